//! The documents as CSV in Xero's own import templates: one file for sales invoices, one for bills.
//! An import is for one organisation, so the documents of each rule book have files of their own;
//! what a failing check holds is in none.
//!
//! Xero has no such template for money on a bank account and for journals: where a book wants lines
//! without tax there, they are named and not written.
//!
//! The columns are those of the templates that Xero hands out under Invoices and Bills, Import. Amounts
//! include tax: choose *Tax inclusive* on Xero's import page. Xero works tax and totals out itself
//! and takes no negative quantity, so a line that reduces has a negative unit amount. Xero asks how
//! dates are written by the organisation's country: month first in the United States.

use std::collections::BTreeSet;
use std::path::Path;

use super::shown::{DocumentShown, LineShown, Output, Shown};
use crate::cli::{Failure, note};

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

const SALES_FILE: &str = "sales-invoices";
const BILLS_FILE: &str = "bills";

/// Whom the documents are with, as elsewhere in Daybook.
const CONTACT: &str = "Amazon";

/// Writes both files; a file without documents has its heading alone.
pub(super) fn write(output: &Output, folder: &Path) -> Result<(), Failure> {
    let unwritable = |path: &Path, error: std::io::Error| {
        Failure::new("file_unwritable", format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    let all: Vec<&Shown> = output.settlements.iter().collect();
    for held in all.iter().filter(|one| one.is_held() && !one.documents.is_empty()) {
        note(&format!("Not in the spreadsheets: {}, because a check fails", held.settlement_id));
    }
    let others = all.iter().filter(|one| !one.is_held()).flat_map(|one| &one.documents);
    for other in others.filter(|one| one.has_no_template()) {
        let (kind, number) = (other.kind, &other.number);
        note(&format!("Not in the spreadsheets: {kind} {number}; Xero has no template for it"));
    }
    for (ending, settlements) in by_book(&all) {
        let files = [(SALES_FILE, sales(&settlements)), (BILLS_FILE, bills(&settlements))];
        for (name, text) in files {
            let path = folder.join(format!("{name}{ending}.csv"));
            std::fs::write(&path, text).map_err(|error| unwritable(&path, error))?;
        }
    }
    Ok(())
}

/// The settlements whose documents are to be imported, by rule book, with what the files' names
/// end in: nothing where there is one book.
fn by_book<'a>(all: &[&'a Shown]) -> Vec<(String, Vec<&'a Shown>)> {
    let to_import: Vec<&Shown> =
        all.iter().copied().filter(|one| !one.is_held() && !one.documents.is_empty()).collect();
    let books: BTreeSet<&str> = to_import.iter().filter_map(|one| book(one)).collect();
    if books.len() < 2 {
        return vec![(String::new(), to_import)];
    }
    let of = |name: &str| to_import.iter().copied().filter(|one| book(one) == Some(name)).collect();
    books.into_iter().map(|name| (format!("-{name}"), of(name))).collect()
}

fn book(shown: &Shown) -> Option<&str> {
    shown.rules.id.as_deref()
}

fn sales(settlements: &[&Shown]) -> String {
    table(settlements, "invoice", &SALES)
}

fn bills(settlements: &[&Shown]) -> String {
    let columns: Vec<&str> =
        SALES.into_iter().filter(|column| !NOT_ON_BILLS.contains(column)).collect();
    let named: Vec<String> = columns
        .iter()
        .map(|column| {
            if *column == "*Description" { "Description".to_owned() } else { (*column).to_owned() }
        })
        .collect();
    let (head, rows) = (named.join(","), table(settlements, "bill", &columns));
    let rest = rows.split_once("\r\n").map_or("", |(_, rest)| rest);
    format!("{head}\r\n{rest}")
}

fn table(settlements: &[&Shown], kind: &str, columns: &[&str]) -> String {
    let mut out = columns.join(",");
    out.push_str("\r\n");
    for settlement in settlements {
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
        "*InvoiceDate" | "*DueDate" => {
            date(&document.date, settlement.rules.id.as_deref() == Some("us"))
        }
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
pub(in crate::cli) fn date(iso: &str, is_american: bool) -> String {
    let mut parts = iso.splitn(3, '-');
    let (Some(year), Some(month), Some(day)) = (parts.next(), parts.next(), parts.next()) else {
        return iso.to_owned();
    };
    if is_american {
        return format!("{month}/{day}/{year}");
    }
    format!("{day}/{month}/{year}")
}

/// A text that a spreadsheet program would take for a formula is no text any more when it opens the
/// file: an apostrophe before it keeps it one. Numbers are ours and may begin with a minus.
pub(in crate::cli) fn quoted(text: &str) -> String {
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
        assert_eq!(date("2026-01-31", false), "31/01/2026");
        assert_eq!(date("2026-01-31", true), "01/31/2026");
    }

    #[test]
    fn both_headings_are_the_templates() {
        assert!(sales(&[]).contains("*InvoiceNumber,Reference,*InvoiceDate,*DueDate,Total,"));
        let bills = bills(&[]);
        assert!(bills.contains("*InvoiceNumber,*InvoiceDate,*DueDate,Total,InventoryItemCode,Description,*Quantity,*UnitAmount,*AccountCode,*TaxType,TaxAmount,"));
        assert!(bills.trim_end().ends_with(",TrackingOption2,Currency"));
    }
}
