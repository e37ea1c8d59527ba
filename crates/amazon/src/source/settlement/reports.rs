//! Other files that people take for a settlement: said by name, so that they know which to fetch.

/// A report, and names of columns that only it has, as they stand in its first line.
const REPORTS: [(&str, &[&str]); 22] = [
    ("an order report with what is to be shipped", &["purchase-date", "buyer-email"]),
    ("an order report", &["amazon-order-id", "purchase-date"]),
    ("an order report", &["order-id", "purchase-date"]),
    ("an FBA reimbursements report", &["reimbursement-id", "amount-total"]),
    ("a VAT transactions report", &["unique_account_identifier", "tax_calculation_date"]),
    ("an inventory ledger (detail)", &["fnsku", "event type"]),
    ("an inventory ledger (detail)", &["fnsku", "event-type"]),
    ("an inventory ledger (summary)", &["fnsku", "starting warehouse balance"]),
    ("a listings report", &["listing-id", "item-name"]),
    ("a listings report", &["item-name", "seller-sku"]),
    ("an FBA inventory report", &["fnsku", "afn-fulfillable-quantity"]),
    ("an FBA storage fee report", &["fnsku", "estimated_monthly_storage_fee"]),
    ("an FBA customer returns report", &["return-date", "license-plate-number"]),
    ("an FBA storage fee report", &["fnsku", "estimated-monthly-storage-fee"]),
    ("an FBA customer returns report", &["return-date", "detailed-disposition"]),
    ("an advertising report", &["campaign name", "impressions"]),
    ("a bank statement", &["description", "amount", "balance"]),
    ("one of Xero's import templates", &["*contactname", "*invoicenumber"]),
    ("a returns report", &["order id", "return request date"]),
    ("an FBA shipments report", &["amazon-order-id", "shipment-item-id"]),
    ("an FBA removal report", &["removal-order-type", "requested-quantity"]),
    ("an FBA fee preview", &["fnsku", "estimated-fee-total"]),
];

/// Which other report has this first line, whether with tabs or with commas.
pub(super) fn recognised(line: &str) -> Option<&'static str> {
    let cells = |separator: char| -> Vec<String> {
        let clean = |cell: &str| cell.trim().trim_matches('"').trim().to_lowercase();
        line.split(separator).map(clean).collect()
    };
    let (tabs, commas) = (cells('\t'), cells(','));
    let has = |names: &[&str], cells: &[String]| {
        names.iter().all(|name| cells.iter().any(|cell| cell == name))
    };
    let found = REPORTS.iter().find(|(_, names)| has(names, &tabs) || has(names, &commas));
    if found.is_none() && commas.iter().any(|cell| cell == "settlement-id") {
        return Some("a flat file that was saved with commas instead of tabs");
    }
    found.map(|(report, _)| *report)
}

/// What the first bytes say where they are no table.
pub(super) enum Sight {
    Empty,
    Html,
    /// An error of the storage service: the link had run out.
    XmlError,
    Report(&'static str),
    Binary(&'static str),
    Utf16,
}

/// Looks at a file's first bytes. None: it may be a table.
pub(super) fn sight(ahead: &[u8]) -> Option<Sight> {
    const SIGNS: [(&[u8], &str); 7] = [
        (b"PK\x03\x04", "a ZIP archive or a workbook"),
        (b"%PDF", "a PDF"),
        (b"\xd0\xcf\x11\xe0", "an old workbook"),
        (b"\x1f\x8b", "a gzip file"),
        (b"\x89PNG", "a picture"),
        (b"BZh", "a bzip2 file"),
        (b"\x28\xb5\x2f\xfd", "a zstd file"),
    ];
    if let Some((_, what)) = SIGNS.iter().find(|(sign, _)| ahead.starts_with(sign)) {
        return Some(Sight::Binary(what));
    }
    if ahead.starts_with(b"\xff\xfe") || ahead.starts_with(b"\xfe\xff") {
        return Some(Sight::Utf16);
    }
    if ahead.contains(&0) {
        return Some(Sight::Binary("bytes that no text has"));
    }
    let text = String::from_utf8_lossy(ahead).trim_start().to_lowercase();
    if text.is_empty() {
        // A long run of blank lines is read to its end before it is called empty.
        return ahead.is_empty().then_some(Sight::Empty);
    }
    if text.starts_with(['{', '[']) {
        return Some(Sight::Report("a JSON document"));
    }
    if !text.starts_with('<') {
        return None;
    }
    if text.contains("<amazonenvelope") || text.contains("<settlementreport") {
        return Some(Sight::Report("the XML form of a settlement, which Amazon gives up"));
    }
    Some(if text.contains("<error>") { Sight::XmlError } else { Sight::Html })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports_are_told_apart_by_their_columns() {
        let vat = "UNIQUE_ACCOUNT_IDENTIFIER\tACTIVITY_PERIOD\tTAX_CALCULATION_DATE";
        assert_eq!(recognised(vat), Some("a VAT transactions report"));
        let ledger = "\"Date\",\"FNSKU\",\"ASIN\",\"Event Type\"";
        assert_eq!(recognised(ledger), Some("an inventory ledger (detail)"));
        let bank = "Date,Description,Amount,Balance";
        assert_eq!(recognised(bank), Some("a bank statement"));
        let returns = "return-date\torder-id\tsku\tdetailed-disposition\treason";
        assert_eq!(recognised(returns), Some("an FBA customer returns report"));
        assert_eq!(recognised("settlement-id\tamount"), None);
        assert!(recognised("settlement-id,amount").unwrap().contains("commas"));
    }
}
