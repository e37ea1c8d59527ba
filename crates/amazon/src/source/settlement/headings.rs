//! The headings of the date-range report, which Amazon prints in the seller's language.

use super::amount::Decimals;

/// A column that we read. The buyer's city, state and postcode are not among them: a column that
/// is not named here is never kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Moment,
    Settlement,
    Type,
    Order,
    Sku,
    Description,
    Quantity,
    Marketplace,
    AccountType,
    Fulfilment,
    TaxCollectionModel,
    ProductSales,
    ProductSalesTax,
    ShippingCredits,
    ShippingCreditsTax,
    GiftWrapCredits,
    GiftWrapCreditsTax,
    Points,
    RegulatoryFee,
    RegulatoryFeeTax,
    PromotionalRebates,
    PromotionalRebatesTax,
    MarketplaceWithheldTax,
    SellingFees,
    FbaFees,
    OtherTransactionFees,
    Other,
    Total,
    TransactionStatus,
    ReleaseDate,
}

/// In lower case and without a colon at the end. One heading stands for one column in every
/// language. Those of Mexico are partly taken from reports of others.
const HEADINGS: [(Column, &[&str]); 30] = [
    (
        Column::Moment,
        &[
            "date/time",
            "datum/uhrzeit",
            "date/heure",
            "data/ora",
            "fecha y hora",
            "日付/時間",
            "fecha/hora",
        ],
    ),
    (
        Column::Settlement,
        &[
            "settlement id",
            "abrechnungsnummer",
            "numéro de versement",
            "numero pagamento",
            "identificador de pago",
            "決済番号",
            "id. de liquidación",
        ],
    ),
    (Column::Type, &["type", "typ", "tipo", "トランザクションの種類"]),
    (
        Column::Order,
        &[
            "order id",
            "bestellnummer",
            "numéro de la commande",
            "numero ordine",
            "número de pedido",
            "注文番号",
            "id. del pedido",
        ],
    ),
    (Column::Sku, &["sku"]),
    (Column::Description, &["description", "beschreibung", "descrizione", "descripción", "説明"]),
    (Column::Quantity, &["quantity", "menge", "quantité", "quantità", "cantidad", "数量"]),
    (Column::Marketplace, &["marketplace", "web de amazon", "amazon 出品サービス"]),
    (Column::AccountType, &["account type"]),
    (
        Column::Fulfilment,
        &[
            "fulfillment",
            "fulfilment",
            "versand",
            "traitement",
            "gestione",
            "gestión logística",
            "フルフィルメント",
            "cumplimiento",
        ],
    ),
    (
        Column::TaxCollectionModel,
        &[
            "tax collection model",
            "steuererhebungsmodell",
            "modèle de perception des taxes",
            "modello di riscossione delle imposte",
            "formulario de recaudación de impuestos",
            "税金徴収型",
        ],
    ),
    (
        Column::ProductSales,
        &[
            "product sales",
            "umsätze",
            "ventes de produits",
            "vendite",
            "ventas de productos",
            "商品売上",
        ],
    ),
    (
        Column::ProductSalesTax,
        &[
            "product sales tax",
            "sales tax collected",
            "produktumsatzsteuer",
            "taxes sur la vente des produits",
            "imposta sulle vendite dei prodotti",
            "impuesto de ventas de productos",
            "商品の売上税",
        ],
    ),
    (
        Column::ShippingCredits,
        &[
            "shipping credits",
            "postage credits",
            "gutschrift für versandkosten",
            "crédits d'expédition",
            "accrediti per le spedizioni",
            "abonos de envío",
            "配送料",
            "créditos de envío",
        ],
    ),
    (
        Column::ShippingCreditsTax,
        &[
            "shipping credits tax",
            "steuer auf versandgutschrift",
            "taxe sur les crédits d'expédition",
            "imposta accrediti per le spedizioni",
            "impuestos por abonos de envío",
            "配送料の税金",
            "impuesto de abono de envío",
        ],
    ),
    (
        Column::GiftWrapCredits,
        &[
            "gift wrap credits",
            "gutschrift für geschenkverpackung",
            "crédits sur l'emballage cadeau",
            "accrediti per confezioni regalo",
            "abonos de envoltorio para regalo",
            "ギフト包装手数料",
            "créditos por envoltorio de regalo",
        ],
    ),
    (
        Column::GiftWrapCreditsTax,
        &[
            "giftwrap credits tax",
            "steuer auf geschenkverpackungsgutschriften",
            "taxes sur les crédits cadeaux",
            "imposta sui crediti confezione regalo",
            "ギフト包装クレジットの税金",
            "impuesto de créditos de envoltura",
        ],
    ),
    (Column::Points, &["amazonポイントの費用"]),
    (Column::RegulatoryFee, &["regulatory fee", "tarifa reglamentaria"]),
    (Column::RegulatoryFeeTax, &["tax on regulatory fee", "impuesto sobre tarifa reglamentaria"]),
    (
        Column::PromotionalRebates,
        &[
            "promotional rebates",
            "rabatte aus werbeaktionen",
            "rabais promotionnels",
            "sconti promozionali",
            "devoluciones promocionales",
            "プロモーション割引額",
            "descuentos promocionales",
        ],
    ),
    (
        Column::PromotionalRebatesTax,
        &[
            "promotional rebates tax",
            "steuer auf aktionsrabatte",
            "taxes sur les remises promotionnelles",
            "imposta sugli sconti promozionali",
            "impuestos de descuentos por promociones",
            "プロモーション割引の税金",
            "impuesto de reembolsos promocionales",
        ],
    ),
    (
        Column::MarketplaceWithheldTax,
        &[
            "marketplace withheld tax",
            "low value goods",
            "einbehaltene steuer auf marketplace",
            "taxes retenues sur le site de vente",
            "trattenuta iva del marketplace",
            "impuesto retenido en el sitio web",
            "源泉徴収税を伴うマーケットプレイス",
            "impuesto de retenciones en la plataforma",
        ],
    ),
    (
        Column::SellingFees,
        &[
            "selling fees",
            "verkaufsgebühren",
            "frais de vente",
            "commissioni di vendita",
            "tarifas de venta",
            "手数料",
        ],
    ),
    (
        Column::FbaFees,
        &[
            "fba fees",
            "fulfilment by amazon fees",
            "gebühren zu versand durch amazon",
            "frais expédié par amazon",
            "costi del servizio logistica di amazon",
            "tarifas de logística de amazon",
            "fba 手数料",
            "tarifas fba",
        ],
    ),
    (
        Column::OtherTransactionFees,
        &[
            "other transaction fees",
            "andere transaktionsgebühren",
            "autres frais de transaction",
            "altri costi relativi alle transazioni",
            "tarifas de otras transacciones",
            "トランザクションに関するその他の手数料",
            "tarifas de otra transacción",
        ],
    ),
    (Column::Other, &["other", "andere", "autre", "altro", "otro", "その他"]),
    (Column::Total, &["total", "gesamt", "totale", "合計"]),
    (Column::TransactionStatus, &["transaction status", "transaktionsstatus"]),
    (Column::ReleaseDate, &["transaction release date", "freigabedatum der transaktion"]),
];

/// A language by its heading for the date, and how it writes decimals.
const LANGUAGES: [(&str, &str, Decimals); 7] = [
    ("date/time", "en", Decimals::Point),
    ("datum/uhrzeit", "de", Decimals::Comma),
    ("date/heure", "fr", Decimals::Comma),
    ("data/ora", "it", Decimals::Comma),
    ("fecha y hora", "es", Decimals::Comma),
    ("日付/時間", "ja", Decimals::Point),
    ("fecha/hora", "es-MX", Decimals::Point),
];

/// The column of a heading.
pub(super) fn column(heading: &str) -> Option<Column> {
    let heading = plain(heading);
    let named = HEADINGS.iter().find(|(_, words)| words.contains(&heading.as_str()));
    named.map(|(column, _)| *column)
}

/// The language of a line of headings, if it is one.
pub(super) fn language<'a>(
    mut cells: impl Iterator<Item = &'a str>,
) -> Option<(&'static str, Decimals)> {
    cells.find_map(|cell| {
        let cell = plain(cell);
        let found = LANGUAGES.iter().find(|(heading, ..)| *heading == cell)?;
        Some((found.1, found.2))
    })
}

/// A column as English reports name it: what a person is told of.
pub(super) fn english(column: Column) -> &'static str {
    let named = HEADINGS.iter().find(|(other, _)| *other == column);
    named.and_then(|(_, words)| words.first()).copied().unwrap_or_default()
}

fn plain(heading: &str) -> String {
    let text = heading.trim_start_matches('\u{feff}').replace('’', "'").to_lowercase();
    let words: Vec<&str> = text.split_whitespace().collect();
    words.join(" ").trim_end_matches(':').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_heading_stands_for_one_column() {
        let all: Vec<&str> = HEADINGS.iter().flat_map(|(_, words)| words.iter().copied()).collect();
        for (at, one) in all.iter().enumerate() {
            assert!(!all.iter().enumerate().any(|(i, other)| i != at && other == one), "{one}");
            assert_eq!(plain(one), **one);
        }
    }

    #[test]
    fn headings_are_read_in_each_language() {
        assert_eq!(column("Umsätze"), Some(Column::ProductSales));
        assert_eq!(column("Data/Ora:"), Some(Column::Moment));
        assert_eq!(column(" taxe sur les crédits d’expédition "), Some(Column::ShippingCreditsTax));
        assert_eq!(column("トランザクションの種類"), Some(Column::Type));
        assert_eq!(column("order city"), None);
        assert_eq!(english(Column::FbaFees), "fba fees");
    }

    #[test]
    fn the_date_tells_the_language() {
        let german = language(["Datum/Uhrzeit", "Typ"].into_iter());
        assert_eq!(german, Some(("de", Decimals::Comma)));
        assert_eq!(language(["settlement-id"].into_iter()), None);
    }
}
