//! Settlement files as Amazon writes them, made in code: nobody's real figures.

/// The 24 columns of the flat file V2.
pub(crate) const V2: [&str; 24] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "amount-type",
    "amount-description",
    "amount",
    "fulfillment-id",
    "posted-date",
    "posted-date-time",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "promotion-id",
];

/// The columns of V1 without the three of promotions.
pub(crate) const V1: [&str; 33] = [
    "settlement-id",
    "settlement-start-date",
    "settlement-end-date",
    "deposit-date",
    "total-amount",
    "currency",
    "transaction-type",
    "order-id",
    "merchant-order-id",
    "adjustment-id",
    "shipment-id",
    "marketplace-name",
    "shipment-fee-type",
    "shipment-fee-amount",
    "order-fee-type",
    "order-fee-amount",
    "fulfillment-id",
    "posted-date",
    "order-item-code",
    "merchant-order-item-id",
    "merchant-adjustment-item-id",
    "sku",
    "quantity-purchased",
    "price-type",
    "price-amount",
    "item-related-fee-type",
    "item-related-fee-amount",
    "misc-fee-amount",
    "other-fee-amount",
    "other-fee-reason-description",
    "direct-payment-type",
    "direct-payment-amount",
    "other-amount",
];

/// Lines of cells under names; a cell is given by its column's name.
pub(crate) struct Table {
    names: Vec<&'static str>,
    lines: Vec<String>,
    pub(crate) end: &'static str,
}

impl Table {
    pub(crate) fn new(names: &[&'static str]) -> Table {
        let lines = vec![names.join("\t")];
        Table { names: names.to_vec(), lines, end: "\n" }
    }

    pub(crate) fn line(&mut self, cells: &[(&str, &str)]) -> &mut Table {
        let cell = |name: &&str| {
            cells.iter().find(|(other, _)| other == name).map_or("", |(_, text)| *text)
        };
        let line: Vec<&str> = self.names.iter().map(cell).collect();
        self.lines.push(line.join("\t"));
        self
    }

    pub(crate) fn raw(&mut self, line: &str) -> &mut Table {
        self.lines.push(line.to_owned());
        self
    }

    /// A settlement's own line.
    pub(crate) fn head(
        &mut self,
        id: &str,
        dates: [&str; 3],
        total: &str,
        currency: &str,
    ) -> &mut Table {
        self.line(&[
            ("settlement-id", id),
            ("settlement-start-date", dates[0]),
            ("settlement-end-date", dates[1]),
            ("deposit-date", dates[2]),
            ("total-amount", total),
            ("currency", currency),
        ])
    }

    /// A row of V2: type, amount type, description, amount, date and time.
    pub(crate) fn row(
        &mut self,
        id: &str,
        words: [&str; 3],
        amount: &str,
        when: &str,
    ) -> &mut Table {
        let date = when.split(' ').next().unwrap_or_default();
        self.line(&[
            ("settlement-id", id),
            ("transaction-type", words[0]),
            ("amount-type", words[1]),
            ("amount-description", words[2]),
            ("amount", amount),
            ("posted-date", date),
            ("posted-date-time", when),
        ])
    }

    pub(crate) fn text(&self) -> String {
        let mut text = self.lines.join(self.end);
        text.push_str(self.end);
        text
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        self.text().into_bytes()
    }
}

pub(crate) const US_DATES: [&str; 3] =
    ["2024-10-09 14:28:39 UTC", "2024-10-23 14:28:39 UTC", "2024-10-25 14:28:39 UTC"];
pub(crate) const EU_DATES: [&str; 3] =
    ["01.11.2024 08:59:45 UTC", "15.11.2024 08:59:45 UTC", "17.11.2024 08:59:45 UTC"];

/// ISO dates, a decimal point.
pub(crate) fn us() -> Table {
    let mut table = Table::new(&V2);
    table.head("20480000001", US_DATES, "17.48", "USD");
    table.line(&[
        ("settlement-id", "20480000001"),
        ("transaction-type", "Order"),
        ("order-id", "112-1111111-2222222"),
        ("merchant-order-id", "112-1111111-2222222"),
        ("shipment-id", "D1"),
        ("marketplace-name", "Amazon.com"),
        ("amount-type", "ItemPrice"),
        ("amount-description", "Principal"),
        ("amount", "24.99"),
        ("fulfillment-id", "AFN"),
        ("posted-date", "2024-10-12"),
        ("posted-date-time", "2024-10-12 01:02:03 UTC"),
        ("order-item-code", "1234567890"),
        ("sku", "MUG \"BLUE\" 2"),
        ("quantity-purchased", "1"),
    ]);
    table.row("20480000001", ["Order", "ItemFees", "Commission"], "-3.75", US_DATES[0]);
    table.row(
        "20480000001",
        ["Order", "ItemFees", "FBAPerUnitFulfillmentFee"],
        "-3.76",
        US_DATES[0],
    );
    table
}

/// Dotted dates, a decimal point, line ends of Windows.
pub(crate) fn uk() -> Table {
    let mut table = Table::new(&V2);
    table.end = "\r\n";
    table.head("19330000001", EU_DATES, "70.28", "GBP");
    table.row("19330000001", ["Order", "ItemPrice", "Principal"], "81.00", EU_DATES[0]);
    table.row("19330000001", ["Order", "ItemFees", "Commission"], "-10.72", EU_DATES[1]);
    table
}

/// Dotted dates, a decimal comma.
pub(crate) fn de() -> Table {
    let mut table = Table::new(&V2);
    table.head("19330000002", EU_DATES, "196,65", "EUR");
    table.row("19330000002", ["Order", "ItemPrice", "Principal"], "250,85", EU_DATES[0]);
    table.row("19330000002", ["Refund", "ItemPrice", "Principal"], "-54,20", EU_DATES[1]);
    table
}

/// Two settlements, mixed, with rows of storage that name no transaction type; the second stands
/// there again.
pub(crate) fn india() -> Table {
    let mut table = Table::new(&V2);
    table.head("301", EU_DATES, "90.00", "INR").head("302", EU_DATES, "-11.80", "INR");
    let second = |table: &mut Table| {
        table.row("302", ["", "FBAFees", "FBA Inventory Storage Fee"], "-10.00", EU_DATES[1]);
        table.row("302", ["", "FBAFees", "Tax on fee CGST"], "-1.80", EU_DATES[1]);
    };
    table.row("301", ["Order", "ItemPrice", "Principal"], "100.00", EU_DATES[0]);
    second(&mut table);
    table.row("301", ["Order", "ItemFees", "Commission"], "-10.00", EU_DATES[0]);
    table.head("302", EU_DATES, "-11.80", "INR");
    second(&mut table);
    table
}

/// Three settlements in a chain, as Canada's V1 wrote them: what is owed is charged to a card.
pub(crate) fn canada(part: usize) -> Table {
    let (total, rows): (&str, &[(&str, &str)]) = match part {
        1 => ("-321.69", &[("Subscription Fee", "-33.89"), ("Storage Fee", "-287.80")]),
        2 => (
            "-62.31",
            &[
                ("Payable to Amazon", "-321.69"),
                ("Successful charge", "321.69"),
                ("Storage Fee", "-62.31"),
            ],
        ),
        _ => (
            "1016.08",
            &[
                ("Payable to Amazon", "-62.31"),
                ("Successful charge", "62.31"),
                ("WAREHOUSE_DAMAGE", "16.08"),
            ],
        ),
    };
    let dates =
        ["2025-07-31T22:07:18+00:00", "2025-08-14T22:07:18+00:00", "2025-08-16T22:07:18+00:00"];
    let mut table = Table::new(&V1);
    let id = format!("2200000000{part}");
    table.head(&id, dates, total, "CAD");
    for (kind, amount) in rows {
        table.line(&[
            ("settlement-id", &id),
            ("transaction-type", kind),
            ("posted-date", dates[0]),
            ("other-amount", &format!("{amount}    ")),
        ]);
    }
    if part > 2 {
        let order = |cells: &[(&'static str, &'static str)]| {
            let mut line = vec![
                ("settlement-id", id.as_str()),
                ("transaction-type", "Order"),
                ("order-id", "701-1111111-2222222"),
                ("posted-date", dates[0]),
                ("sku", "MUG"),
            ];
            line.extend_from_slice(cells);
            line
        };
        table.line(&order(&[("quantity-purchased", "2")]));
        table.line(&order(&[
            ("price-type", "Principal"),
            ("price-amount", "1200.00"),
            ("item-related-fee-type", "Commission"),
            ("item-related-fee-amount", "-180.00"),
        ]));
        table.line(&order(&[
            ("shipment-fee-type", "FBA transportation fee"),
            ("shipment-fee-amount", "-20.00"),
        ]));
    }
    table.raw("");
    table
}

/// Seller Central's report for the United States.
pub(crate) const RANGE_US: &str = concat!(
    "\"Includes Amazon Marketplace, Fulfillment by Amazon (FBA), and Amazon Webstore transactions\"\n",
    "\"All amounts in USD, unless specified\"\n",
    "\"Definitions:\"\n",
    "\"Sales tax collected: Includes sales tax collected from buyers for product sales.\"\n\n",
    "\"date/time\",\"settlement id\",\"type\",\"order id\",\"sku\",\"description\",\"quantity\",\"marketplace\",\"account type\",\"fulfillment\",\"order city\",\"order state\",\"order postal\",\"tax collection model\",\"product sales\",\"product sales tax\",\"shipping credits\",\"shipping credits tax\",\"gift wrap credits\",\"giftwrap credits tax\",\"Regulatory Fee\",\"Tax On Regulatory Fee\",\"promotional rebates\",\"promotional rebates tax\",\"marketplace withheld tax\",\"selling fees\",\"fba fees\",\"other transaction fees\",\"other\",\"total\"\n",
    "\"Jun 8, 2025 10:23:05 PM PDT\",\"22010000001\",\"Order\",\"112-1111111-2222222\",\"MUG\",\"Mug, blue \"\"XL\"\"\",\"1\",\"amazon.com\",\"Standard Orders\",\"Amazon\",\"SPRINGFIELD\",\"IL\",\"62701-1234\",\"MarketplaceFacilitator\",\"1,024.99\",\"1.75\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"-2.00\",\"0\",\"-1.75\",\"-3.75\",\"-3.76\",\"0\",\"0\",\"1,015.48\"\n",
    "\"Jun 9, 2025 1:00:00 AM PDT\",\"22010000001\",\"Service Fee\",\"\",\"\",\"Cost of Advertising\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"-10.00\",\"0\",\"-10.00\"\n",
    "\"Jun 9, 2025 2:00:00 AM PDT\",\"\",\"Order\",\"112-1111111-3333333\",\"MUG\",\"Mug\",\"1\",\"amazon.com\",\"\",\"Seller\",\"SHELBYVILLE\",\"IL\",\"62565\",\"\",\"20.00\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"-3.00\",\"0\",\"0\",\"0\",\"17.00\"\n",
);

pub(crate) const RANGE_DE: &str = concat!(
    "\"Alle Beträge in EUR sofern nicht anders gekennzeichnet\"\n",
    "\"Datum/Uhrzeit\",\"Abrechnungsnummer\",\"Typ\",\"Bestellnummer\",\"SKU\",\"Beschreibung\",\"Menge\",\"Marketplace\",\"Versand\",\"Ort der Bestellung\",\"Bundesland\",\"Postleitzahl\",\"Steuererhebungsmodell\",\"Umsätze\",\"Produktumsatzsteuer\",\"Gutschrift für Versandkosten\",\"Steuer auf Versandgutschrift\",\"Gutschrift für Geschenkverpackung\",\"Steuer auf Geschenkverpackungsgutschriften\",\"Rabatte aus Werbeaktionen\",\"Steuer auf Aktionsrabatte\",\"Einbehaltene Steuer auf Marketplace\",\"Verkaufsgebühren\",\"Gebühren zu Versand durch Amazon\",\"Andere Transaktionsgebühren\",\"Andere\",\"Gesamt\"\n",
    "\"01.02.2024 03:04:05 UTC\",\"19330000003\",\"Bestellung\",\"302-1111111-2222222\",\"BECHER\",\"Becher, groß\",\"1\",\"amazon.de\",\"Amazon\",\"Köln\",\"NRW\",\"50667\",\"MarketplaceFacilitator\",\"1.234,56\",\"19,00\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"\u{2212}19,00\",\"-185,18\",\"-4,50\",\"0\",\"0\",\"1.044,88\"\n",
    "\"02.02.2024 03:04:05 UTC\",\"19330000003\",\"Servicegebühr\",\"\",\"\",\"Werbekosten\",\"\",\"\",\"\",\"\",\"\",\"\",\"\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"0\",\"-20,00\",\"0\",\"-20,00\"\n",
);

pub(crate) const RANGE_AU: &str = concat!(
    "\"All amounts in AUD, unless specified\"\n",
    "\"date/time\",\"settlement ID\",\"type\",\"order ID\",\"sku\",\"description\",\"quantity\",\"marketplace\",\"fulfilment\",\"order city\",\"order state\",\"order postal\",\"product sales\",\"shipping credits\",\"gift wrap credits\",\"promotional rebates\",\"sales tax collected\",\"low value goods\",\"selling fees\",\"fulfilment by amazon fees\",\"other transaction fees\",\"other\",\"total\",\"Transaction status\",\"Transaction Release Date\"\n",
    "\"29 June 2026 5:39:32 pm GMT+9\",\"25000000001\",\"Order\",\"503-1111111-2222222\",\"MUG\",\"Mug\",\"1\",\"amazon.com.au\",\"Amazon\",\"PERTH\",\"WA\",\"6000\",\"20.00\",\"5.00\",\"0\",\"-5.00\",\"2.00\",\"-2.00\",\"-3.00\",\"-4.00\",\"0\",\"0\",\"13.00\",\"Released\",\"17 July 2026 6:10:00 am GMT+9\"\n",
);

pub(crate) const RANGE_FR: &str = concat!(
    "\"Toutes les sommes sont en EUR, sauf indication contraire\"\n",
    "\"date/heure\",\"numéro de versement\",\"type\",\"numéro de la commande\",\"sku\",\"description\",\"quantité\",\"Marketplace\",\"traitement\",\"ville d'où provient la commande\",\"Région d'où provient la commande\",\"code postal de la commande\",\"ventes de produits\",\"Taxes sur la vente des produits\",\"taxe sur les crédits d’expédition\",\"frais de vente\",\"autre\",\"total\"\n",
    "\"1 févr. 2024 03:04:05 UTC\",\"19330000004\",\"Commande\",\"402-1111111-2222222\",\"TASSE\",\"Tasse\",\"1\",\"amazon.fr\",\"Amazon\",\"Lyon\",\"ARA\",\"69001\",\"20,00\",\"4,00\",\"0,10\",\"-3,60\",\"0\",\"20,50\"\n",
);

pub(crate) const RANGE_JA: &str = concat!(
    "\"すべての金額は円です\"\n",
    "\"日付/時間\",\"決済番号\",\"トランザクションの種類\",\"注文番号\",\"SKU\",\"説明\",\"数量\",\"Amazon 出品サービス\",\"フルフィルメント\",\"市町村\",\"都道府県\",\"郵便番号\",\"商品売上\",\"Amazonポイントの費用\",\"手数料\",\"FBA 手数料\",\"その他\",\"合計\"\n",
    "\"2024/02/01 3:04:05JST\",\"19330000005\",\"注文\",\"250-1111111-2222222\",\"マグ\",\"マグカップ\",\"1\",\"amazon.co.jp\",\"Amazon\",\"千代田区\",\"東京都\",\"100-0001\",\"1,980\",\"-20\",\"-198\",\"-400\",\"0\",\"1,362\"\n",
);
