//! Money that goes back to buyers: refunds, and claims that Amazon or a bank decided.

use base::{Timestamp, digest};

use super::sale::rounded;
use super::setting::Setting;
use super::transaction::{Item, OrderRef, Row, Transaction};
use super::words::{self, Words, order};
use crate::random::Random;

/// Amazon keeps a fifth of the commission that it gives back.
const KEPT: i64 = 200;

/// The refund of a sale at a moment, whole or in part. `None` where nothing was paid.
pub(crate) fn refund(
    setting: Setting,
    sale: &Transaction,
    at: Timestamp,
    random: &mut Random,
) -> Option<Transaction> {
    let of = sale.order.as_ref().filter(|order| !order.is_elsewhere)?;
    let transaction_type = match random.below(100) {
        0..92 => "Refund",
        92..96 => "A-to-z Guarantee Refund",
        _ => "Chargeback Refund",
    };
    let place = usize::try_from(random.below(sale.items.len() as u64)).unwrap_or(0);
    let rows: Vec<&Row> = sale.rows.iter().filter(|row| row.item == Some(place)).collect();
    let is_discounted = rows.iter().any(|row| row.words.amount_type == "Promotion");
    // Pairs of tax halve alike only where no discount divides them.
    let divisor = if random.chance(250) && !is_discounted { 2 } else { 1 };
    let mut back: Vec<Row> = rows
        .iter()
        .filter(|row| !keeps(row.words))
        .map(|row| Row { amount: -row.amount / divisor, item: Some(0), ..**row })
        .filter(|row| row.amount != 0 || row.words.is_withheld())
        .collect();
    keep_some(setting, &mut back);
    restock(setting, &mut back, random);
    for row in &mut back {
        row.words = row.words.within(transaction_type);
    }
    if back.iter().all(|row| row.amount == 0) {
        return None;
    }
    let sold = sale.items.get(place)?;
    let name = digest(&[&of.id, &of.shipment, &sold.code, "refund"]);
    let mut transaction = Transaction::charge(("Refund", "Refund Order"), at, back);
    transaction.order = Some(OrderRef {
        shipment: String::new(),
        adjustment: format!("amzn1:crow:{}", name.get(..22).unwrap_or_default()),
        ..of.clone()
    });
    let number: u64 = name.bytes().fold(0, |sum, byte| sum * 7 % 999_983 + u64::from(byte));
    transaction.items.push(Item {
        quantity: None,
        adjustment: format!("{}{number:06}", sold.code),
        ..sold.clone()
    });
    Some(transaction)
}

/// Fees that are not given back, and withholding that stays.
fn keeps(words: Words) -> bool {
    let is_handling = matches!(
        words.description,
        "FBAPerUnitFulfillmentFee" | "FBA Pick & Pack Fee" | "FBA Pick & Pack Fee IGST"
    );
    is_handling || words.amount_type == "ItemTDS"
}

/// The commission comes back whole; a part of it is charged again, with its own digital fee.
fn keep_some(setting: Setting, back: &mut Vec<Row>) {
    let commission = back.iter().find(|row| row.words == words::COMMISSION).copied();
    let Some(commission) = commission.filter(|row| row.amount > 0) else { return };
    let kept = rounded(commission.amount * KEPT, 1000);
    let indian = setting == Setting::In;
    let name =
        if indian { order("ItemFees", "Refund commission") } else { words::REFUND_COMMISSION };
    back.push(Row { words: name, amount: -kept, ..commission });
    if indian {
        let tax = order("ItemFees", "Refund commission IGST");
        back.push(Row { words: tax, amount: -rounded(kept * 180, 1000), ..commission });
    }
    let is_digital = |row: &&mut Row| {
        matches!(row.words, words::DIGITAL | words::DIGITAL_SPELT) && row.amount > 0
    };
    if let Some(digital) = back.iter_mut().find(is_digital) {
        // Refunds know one spelling alone.
        digital.words = words::DIGITAL;
        digital.amount -= rounded(kept * setting.digital_fee(), 1000);
    }
}

/// Goods that come back late or used: the seller keeps a tenth of the price.
fn restock(setting: Setting, back: &mut Vec<Row>, random: &mut Random) {
    if setting != Setting::Us || !random.chance(20) {
        return;
    }
    let principal = back.iter().find(|row| row.words == words::PRINCIPAL).copied();
    if let Some(principal) = principal {
        let amount = -principal.amount / 10;
        back.push(Row { words: words::RESTOCKING, amount, ..principal });
    }
}
