//! The editions of Xero, one organisation each: country, currency, time zone, financial year, tax.

use base::{Currency, Day, Timestamp, Zone};

use super::chart::{self, Row as AccountRow};
use super::tax_rates::{Row as RateRow, tables};

/// Which organisation the sandbox plays. Canada and the euro countries have Xero's global edition,
/// in which an organisation makes its own tax rates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Edition {
    #[default]
    Uk,
    Us,
    Au,
    Nz,
    Germany,
    Canada,
}

/// An edition as data.
pub(crate) struct Country {
    pub(crate) version: &'static str,
    pub(crate) code: &'static str,
    pub(crate) currency: &'static str,
    /// Xero's word and the IANA name.
    pub(crate) timezone: (&'static str, &'static str),
    /// Month and day.
    pub(crate) year_end: (i8, i8),
    pub(crate) tax_number: &'static str,
    pub(crate) sales_tax: (&'static str, &'static str),
    /// Tax types of a usual sale, a usual cost, and of no tax at all.
    pub(crate) sale: &'static str,
    pub(crate) cost: &'static str,
    pub(crate) no_tax: &'static str,
    pub(crate) rates: &'static [RateRow],
    pub(crate) chart: &'static [&'static [AccountRow]],
    /// The name of the account that holds the tax.
    pub(crate) tax_account: &'static str,
    pub(crate) bank_number: &'static str,
}

const UK: Country = Country {
    version: "UK",
    code: "GB",
    currency: "GBP",
    timezone: ("GMTSTANDARDTIME", "Europe/London"),
    year_end: (3, 31),
    tax_number: "GB123456789",
    sales_tax: ("ACCRUALS", "QUARTERLY1"),
    sale: "OUTPUT2",
    cost: "INPUT2",
    no_tax: "NONE",
    rates: tables::UK,
    chart: chart::UK,
    tax_account: "VAT",
    bank_number: "20251312345678",
};

const US: Country = Country {
    version: "US",
    code: "US",
    currency: "USD",
    timezone: ("EASTERNSTANDARDTIME", "America/New_York"),
    year_end: (12, 31),
    tax_number: "",
    sales_tax: ("ACCRUALS", "QUARTERLY"),
    sale: "NONE",
    cost: "NONE",
    no_tax: "NONE",
    rates: tables::US,
    chart: chart::US,
    tax_account: "Sales Tax",
    bank_number: "121000358123456789",
};

const AU: Country = Country {
    version: "AU",
    code: "AU",
    currency: "AUD",
    timezone: ("AUSEASTERNSTANDARDTIME", "Australia/Sydney"),
    year_end: (6, 30),
    tax_number: "53004085616",
    sales_tax: ("ACCRUALS", "QUARTERLY1"),
    sale: "OUTPUT",
    cost: "INPUT",
    no_tax: "BASEXCLUDED",
    rates: tables::AU,
    chart: chart::WORLDWIDE,
    tax_account: "GST",
    bank_number: "062000123456789",
};

const NZ: Country = Country {
    version: "NZ",
    code: "NZ",
    currency: "NZD",
    timezone: ("NEWZEALANDSTANDARDTIME", "Pacific/Auckland"),
    year_end: (3, 31),
    tax_number: "49091850",
    sales_tax: ("INVOICE", "TWOMONTHS"),
    sale: "OUTPUT2",
    cost: "INPUT2",
    no_tax: "NONE",
    rates: tables::NZ,
    chart: chart::WORLDWIDE,
    tax_account: "GST",
    bank_number: "0108700123456001",
};

const GERMANY: Country = Country {
    version: "GLOBAL",
    code: "DE",
    currency: "EUR",
    timezone: ("WEUROPESTANDARDTIME", "Europe/Berlin"),
    year_end: (12, 31),
    tax_number: "DE123456789",
    sales_tax: ("ACCRUALS", "MONTHLY"),
    sale: "TAX001",
    cost: "TAX003",
    no_tax: "NONE",
    rates: tables::GERMANY,
    chart: chart::WORLDWIDE,
    tax_account: "VAT",
    bank_number: "DE89370400440532013000",
};

const CANADA: Country = Country {
    version: "GLOBAL",
    code: "CA",
    currency: "CAD",
    timezone: ("EASTERNSTANDARDTIME", "America/Toronto"),
    year_end: (12, 31),
    tax_number: "123456789RT0001",
    sales_tax: ("ACCRUALS", "QUARTERLY"),
    sale: "TAX003",
    cost: "TAX004",
    no_tax: "NONE",
    rates: tables::CANADA,
    chart: chart::WORLDWIDE,
    tax_account: "GST/HST",
    bank_number: "0004123456789",
};

impl Edition {
    pub const ALL: [Edition; 6] =
        [Edition::Uk, Edition::Us, Edition::Au, Edition::Nz, Edition::Germany, Edition::Canada];

    /// The edition of a country's code such as `de`, in any case; `uk` is Great Britain.
    pub fn named(name: &str) -> Option<Edition> {
        let code = if name.eq_ignore_ascii_case("uk") { "GB" } else { name };
        Edition::ALL.into_iter().find(|it| it.country_code().eq_ignore_ascii_case(code))
    }

    /// ISO 3166, such as `DE`.
    pub fn country_code(self) -> &'static str {
        self.country().code
    }

    pub fn currency(self) -> Currency {
        self.country().currency.parse().unwrap_or(Currency::GBP)
    }

    pub(crate) fn country(self) -> &'static Country {
        match self {
            Edition::Uk => &UK,
            Edition::Us => &US,
            Edition::Au => &AU,
            Edition::Nz => &NZ,
            Edition::Germany => &GERMANY,
            Edition::Canada => &CANADA,
        }
    }

    /// The calendar day in the organisation's time zone.
    pub(crate) fn today(self, now: Timestamp) -> Day {
        now.day(&Zone::named(self.country().timezone.1).unwrap_or_else(|_| Zone::utc()))
    }
}
