//! The documents as CSV in Xero's own import templates: one file for sales invoices, one for bills.
//!
//! The columns are those of the templates that Xero hands out under Invoices and Bills, Import. Amounts
//! include tax: choose *Tax inclusive* on Xero's import page. Xero works tax and totals out itself
//! and takes no negative quantity, so a line that reduces has a negative unit amount. Xero asks how
//! dates are written by the organisation's country: month first in the United States.

use std::path::Path;

use super::shown::{DocumentShown, LineShown, Output, Shown};
use crate::cli::Failure;

const SALES: [&str; 29] = [
    "*ContactName",
    "EmailAddress",
    "POAddressLine1",
    "POAddressLine2",
    "POAddressLine3",
    "POAddressLine4",
    "POCity",
    "PORegion",
    "POPostalCode",
    "POCountry",
    "*InvoiceNumber",
    "Reference",
    "*InvoiceDate",
    "*DueDate",
    "Total",
    "InventoryItemCode",
    "*Description",
    "*Quantity",
    "*UnitAmount",
    "Discount",
    "*AccountCode",
    "*TaxType",
    "TaxAmount",
    "TrackingName1",
    "TrackingOption1",
    "TrackingName2",
    "TrackingOption2",
    "Currency",
    "BrandingTheme",
];

/// A bill has no reference of its own, no discount and no branding.
const NOT_ON_BILLS: [&str; 3] = ["Reference", "Discount", "BrandingTheme"];

const SALES_FILE: &str = "sales-invoices.csv";
const BILLS_FILE: &str = "bills.csv";

/// Whom the documents are with, as elsewhere in Daybook.
const CONTACT: &str = "Amazon";

/// Writes both files; a file without documents has its heading alone.
pub(super) fn write(output: &Output, folder: &Path) -> Result<(), Failure> {
    let unwritable = |path: &Path, error: std::io::Error| {
        Failure::new("file_unwritable", format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    for (name, text) in [(SALES_FILE, sales(output)), (BILLS_FILE, bills(output))] {
        let path = folder.join(name);
        std::fs::write(&path, text).map_err(|error| unwritable(&path, error))?;
    }
    Ok(())
}

fn sales(output: &Output) -> String {
    table(output, "invoice", &SALES)
}

fn bills(output: &Output) -> String {
    let columns: Vec<&str> =
        SALES.into_iter().filter(|column| !NOT_ON_BILLS.contains(column)).collect();
    let named: Vec<String> = columns
        .iter()
        .map(|column| {
            if *column == "*Description" { "Description".to_owned() } else { (*column).to_owned() }
        })
        .collect();
    let (head, rows) = (named.join(","), table(output, "bill", &columns));
    let rest = rows.split_once("\r\n").map_or("", |(_, rest)| rest);
    format!("{head}\r\n{rest}")
}

fn table(output: &Output, kind: &str, columns: &[&str]) -> String {
    let mut out = columns.join(",");
    out.push_str("\r\n");
    for settlement in &output.settlements {
        for document in settlement.documents.iter().filter(|one| one.kind == kind) {
            for line in &document.lines {
                let cells = columns.iter().map(|column| cell(column, settlement, document, line));
                out.push_str(&cells.map(|text| quoted(&text)).collect::<Vec<_>>().join(","));
                out.push_str("\r\n");
            }
        }
    }
    out
}

fn cell(column: &str, settlement: &Shown, document: &DocumentShown, line: &LineShown) -> String {
    match column {
        "*ContactName" => contact(settlement),
        "*InvoiceNumber" => document.number.clone(),
        "Reference" => settlement.settlement_id.clone(),
        "*InvoiceDate" | "*DueDate" => date(&document.date, settlement.rules.id.as_deref()),
        "Total" => document.total.to_string(),
        "*Description" => line.description.clone(),
        "*Quantity" => "1".to_owned(),
        "*UnitAmount" => line.amount.to_string(),
        "*AccountCode" => line.account.clone(),
        "*TaxType" => line.tax_name.clone(),
        "TaxAmount" => line.tax.to_string(),
        "Currency" => settlement.currency.to_string(),
        _ => String::new(),
    }
}

fn contact(settlement: &Shown) -> String {
    if settlement.marketplace.is_empty() {
        return CONTACT.to_owned();
    }
    settlement.marketplace.clone()
}

/// `31/01/2026`; an organisation in the United States writes `01/31/2026`.
fn date(iso: &str, rules: Option<&str>) -> String {
    let mut parts = iso.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return iso.to_owned();
    };
    if rules == Some("us") {
        return format!("{month}/{day}/{year}");
    }
    format!("{day}/{month}/{year}")
}

/// A text that a spreadsheet program would take for a formula is no text any more when it opens the
/// file: an apostrophe before it keeps it one. Numbers are ours and may begin with a minus.
fn quoted(text: &str) -> String {
    let is_number = text.trim_start_matches('-').chars().all(|c| c.is_ascii_digit() || c == '.');
    let is_formula = text.starts_with(['=', '+', '-', '@']) && !is_number;
    let text = if is_formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) {
        return format!("\"{}\"", text.replace('"', "\"\""));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_quoted_and_no_formula_gets_through() {
        assert_eq!(quoted("-12.34"), "-12.34");
        assert_eq!(quoted("=1+1"), "'=1+1");
        assert_eq!(quoted("-1+cmd"), "'-1+cmd");
        assert_eq!(quoted("Fees, \"big\""), "\"Fees, \"\"big\"\"\"");
    }

    #[test]
    fn dates_are_written_as_the_organisation_does() {
        assert_eq!(date("2026-01-31", Some("uk")), "31/01/2026");
        assert_eq!(date("2026-01-31", Some("us")), "01/31/2026");
    }

    #[test]
    fn both_headings_are_the_templates() {
        let output = Output { settlements: Vec::new(), files: Vec::new() };
        assert!(sales(&output).contains("*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,"));
        let bills = bills(&output);
        assert!(bills.contains("*InvoiceNumber,*InvoiceDate,*DueDate,Total,InventoryItemCode,Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,TaxAmount,"));
        assert!(bills.trim_end().ends_with(",TrackingOption2,Currency"));
    }
}
