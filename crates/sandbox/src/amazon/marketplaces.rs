//! Regions and marketplaces as Amazon lists them
//! (<https://developer-docs.amazon.com/sp-api/docs/marketplace-ids>).

/// Where a seller's authorisation holds. Each region has its own address and refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Region {
    Na,
    Eu,
    Fe,
}

impl Region {
    pub const ALL: [Region; 3] = [Region::Na, Region::Eu, Region::Fe];

    /// `na`, `eu` or `fe`: the segment of the sandbox's path.
    pub fn code(self) -> &'static str {
        match self {
            Region::Na => "na",
            Region::Eu => "eu",
            Region::Fe => "fe",
        }
    }

    pub fn of_code(code: &str) -> Option<Region> {
        Region::ALL.into_iter().find(|region| region.code() == code)
    }
}

/// One of Amazon's stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Marketplace {
    pub region: Region,
    /// ISO 3166: the United Kingdom is `GB` here, as in the Sellers API's replies.
    pub country: &'static str,
    pub id: &'static str,
    pub currency: &'static str,
    pub domain: &'static str,
    pub language: &'static str,
}

impl Marketplace {
    /// `Amazon.co.uk`
    pub fn name(&self) -> String {
        self.domain.replacen("www.amazon", "Amazon", 1)
    }
}

/// The marketplace of an id, whatever its region.
pub fn marketplace(id: &str) -> Option<&'static Marketplace> {
    MARKETPLACES.iter().find(|marketplace| marketplace.id == id)
}

const fn row(
    region: Region,
    country: &'static str,
    id: &'static str,
    money: (&'static str, &'static str),
    domain: &'static str,
) -> Marketplace {
    let (currency, language) = money;
    Marketplace { region, country, id, currency, domain, language }
}

pub static MARKETPLACES: [Marketplace; 23] = [
    row(Region::Na, "CA", "A2EUQ1WTGCTBG2", ("CAD", "en_CA"), "www.amazon.ca"),
    row(Region::Na, "US", "ATVPDKIKX0DER", ("USD", "en_US"), "www.amazon.com"),
    row(Region::Na, "MX", "A1AM78C64UM0Y8", ("MXN", "es_MX"), "www.amazon.com.mx"),
    row(Region::Na, "BR", "A2Q3Y263D00KWC", ("BRL", "pt_BR"), "www.amazon.com.br"),
    row(Region::Eu, "IE", "A28R8C7NBKEWEA", ("EUR", "en_IE"), "www.amazon.ie"),
    row(Region::Eu, "ES", "A1RKKUPIHCS9HS", ("EUR", "es_ES"), "www.amazon.es"),
    row(Region::Eu, "GB", "A1F83G8C2ARO7P", ("GBP", "en_GB"), "www.amazon.co.uk"),
    row(Region::Eu, "FR", "A13V1IB3VIYZZH", ("EUR", "fr_FR"), "www.amazon.fr"),
    row(Region::Eu, "BE", "AMEN7PMS3EDWL", ("EUR", "fr_BE"), "www.amazon.com.be"),
    row(Region::Eu, "NL", "A1805IZSGTT6HS", ("EUR", "nl_NL"), "www.amazon.nl"),
    row(Region::Eu, "DE", "A1PA6795UKMFR9", ("EUR", "de_DE"), "www.amazon.de"),
    row(Region::Eu, "IT", "APJ6JRA9NG5V4", ("EUR", "it_IT"), "www.amazon.it"),
    row(Region::Eu, "SE", "A2NODRKZP88ZB9", ("SEK", "sv_SE"), "www.amazon.se"),
    row(Region::Eu, "ZA", "AE08WJ6YKNBMC", ("ZAR", "en_ZA"), "www.amazon.co.za"),
    row(Region::Eu, "PL", "A1C3SOZRARQ6R3", ("PLN", "pl_PL"), "www.amazon.pl"),
    row(Region::Eu, "EG", "ARBP9OOSHTCHU", ("EGP", "ar_AE"), "www.amazon.eg"),
    row(Region::Eu, "TR", "A33AVAJ2PDY3EV", ("TRY", "tr_TR"), "www.amazon.com.tr"),
    row(Region::Eu, "SA", "A17E79C6D8DWNP", ("SAR", "ar_AE"), "www.amazon.sa"),
    row(Region::Eu, "AE", "A2VIGQ35RCS4UG", ("AED", "en_AE"), "www.amazon.ae"),
    row(Region::Eu, "IN", "A21TJRUUN4KGV", ("INR", "en_IN"), "www.amazon.in"),
    row(Region::Fe, "SG", "A19VAU5U5O7RUS", ("SGD", "en_SG"), "www.amazon.sg"),
    row(Region::Fe, "AU", "A39IBJ37TRP1C6", ("AUD", "en_AU"), "www.amazon.com.au"),
    row(Region::Fe, "JP", "A1VC38T7YXB528", ("JPY", "ja_JP"), "www.amazon.co.jp"),
];
