//! India has words of its own, and a goods-and-services tax row beside every fee.

use super::sale::rounded;
use super::transaction::Row;
use super::words::{self, Words, order};

const TCS: Words = order("ItemTCS", "TCS-IGST");
const TDS: Words = order("ItemTDS", "TDS (Section 194-O)");

/// The same rows in Indian words, with the tax on fees and what is withheld of the net price.
pub(crate) fn rows(rows: Vec<Row>, net: i64) -> Vec<Row> {
    let mut told = Vec::new();
    for row in rows {
        let (words, taxed) = indian(row.words);
        told.push(Row { words, ..row });
        if let Some(words) = taxed {
            let tax = -rounded(-row.amount * 180, 1000);
            told.push(Row { words, amount: tax, ..row });
        }
    }
    for (words, per_mille) in [(TCS, 5), (TDS, 1)] {
        told.push(Row::of(words, -rounded(net * per_mille, 1000)));
    }
    told
}

/// The Indian words, and those of the tax on it where it is a fee.
fn indian(plain: Words) -> (Words, Option<Words>) {
    let fee = |name, tax| (order("ItemFees", name), Some(order("ItemFees", tax)));
    match plain {
        words::TAX => (order("ItemPrice", "Product Tax"), None),
        words::SHIPPING_TAX => (order("ItemPrice", "Shipping tax"), None),
        words::PROMOTION => (order("Promotion", "Promo rebates"), None),
        words::PROMOTION_SHIPPING => (order("Promotion", "Shipping discount"), None),
        words::TAX_DISCOUNT => (order("Promotion", "Product tax discount"), None),
        words::COMMISSION => fee("Commission", "Commission IGST"),
        words::FULFILMENT => fee("FBA Pick & Pack Fee", "FBA Pick & Pack Fee IGST"),
        words::SHIPPING_CHARGEBACK => fee("Shipping Chargeback", "Shipping Chargeback IGST"),
        other => (other, None),
    }
}
