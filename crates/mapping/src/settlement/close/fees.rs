//! What Amazon charged in a month, by marketplace and kind, with the input tax that was booked: the
//! list to hold against Amazon's own fee tax invoices.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Money, MoneyError};
use serde::Serialize;

use crate::Role;
use crate::settlement::ledger::{Entry, Paper};

/// An account that fees are booked to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeeAccount {
    pub account_id: String,
    pub role: Role,
    pub name: String,
}

/// One line of the list. Costs are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeeRow {
    /// Empty where the charge names none.
    pub marketplace: String,
    /// As documents call it: `Selling fees`.
    pub kind: String,
    pub account: String,
    pub tax_type: String,
    pub net: Money,
    pub tax: Money,
    pub gross: Money,
    pub documents: Vec<String>,
}

/// The roles whose accounts Amazon's charges are booked to.
pub const ROLES: [Role; 4] =
    [Role::SellerFees, Role::FbaFees, Role::StorageFees, Role::AdvertisingFees];

/// The lines of what takes a document back begin with it.
const REVERSAL: &str = "Reversal of ";

type Key = (String, String, String, String);

/// Of these documents, all in `currency`. `places` are the marketplaces' names.
pub fn fees(
    (papers, entries): (&[Paper<'_>], &[Entry<'_>]),
    accounts: &[FeeAccount],
    (places, currency): (&[String], Currency),
) -> Result<Vec<FeeRow>, MoneyError> {
    let mut sums: BTreeMap<Key, (Money, Money, BTreeSet<String>)> = BTreeMap::new();
    let zero = Money::zero(currency);
    for charge in charges(papers, entries)? {
        let is_of = |one: &&FeeAccount| one.account_id.eq_ignore_ascii_case(charge.account_id);
        let Some(account) = accounts.iter().find(is_of) else { continue };
        let (marketplace, kind) = told(charge.text, places);
        let key = (marketplace, kind, account.name.clone(), charge.tax_type.to_owned());
        let (net, tax, numbers) = sums.entry(key).or_insert((zero, zero, BTreeSet::new()));
        *net = net.plus(charge.net)?;
        *tax = tax.plus(charge.tax)?;
        numbers.insert(charge.number.to_owned());
    }
    let mut rows = Vec::new();
    for ((marketplace, kind, account, tax_type), (net, tax, numbers)) in sums {
        let documents = numbers.into_iter().collect();
        let gross = net.plus(tax)?;
        rows.push(FeeRow { marketplace, kind, account, tax_type, net, tax, gross, documents });
    }
    rows.retain(|row| !row.net.is_zero() || !row.tax.is_zero());
    Ok(rows)
}

/// A line of any document. Costs are positive.
struct Charge<'a> {
    number: &'a str,
    account_id: &'a str,
    tax_type: &'a str,
    text: &'a str,
    net: Money,
    tax: Money,
}

fn charges<'a>(
    papers: &[Paper<'a>],
    entries: &'a [Entry<'a>],
) -> Result<Vec<Charge<'a>>, MoneyError> {
    let mut charges = Vec::new();
    for paper in papers {
        for line in paper.lines {
            let of_line = line.amount.minus(line.tax)?;
            // On a bill a cost is positive already.
            let (net, tax) = if paper.kind.is_debit() {
                (of_line.negated()?, line.tax.negated()?)
            } else {
                (of_line, line.tax)
            };
            let (account_id, tax_type) = (line.account_id.as_str(), line.tax_type.as_str());
            let text = &line.description;
            charges.push(Charge { number: paper.number, account_id, tax_type, text, net, tax });
        }
    }
    for entry in entries {
        charges.extend(entry.lines.iter().map(|line| Charge {
            number: entry.number,
            account_id: line.account_id,
            tax_type: line.tax_type,
            text: line.text,
            net: line.amount,
            tax: Money::zero(line.amount.currency()),
        }));
    }
    Ok(charges)
}

/// `Selling fees, Amazon.co.uk` as its marketplace and its kind.
fn told(description: &str, places: &[String]) -> (String, String) {
    let (mut marketplace, mut kind) = (String::new(), Vec::new());
    let description = match description.strip_prefix(REVERSAL) {
        Some(rest) => rest.split_once(": ").map_or(rest, |(_of, line)| line),
        None => description,
    };
    for part in description.split(", ") {
        let is_place = places.iter().any(|place| place.eq_ignore_ascii_case(part));
        if is_place || part.starts_with("Amazon.") {
            part.clone_into(&mut marketplace);
        } else if !part.starts_with("fulfilled by ") {
            kind.push(part);
        }
    }
    (marketplace, kind.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_tells_its_marketplace_and_its_kind() {
        let places = ["Amazon.co.uk".to_owned()];
        let told = |text| told(text, &places);
        let words = |a: &str, b: &str| (a.to_owned(), b.to_owned());
        assert_eq!(told("Selling fees, Amazon.co.uk"), words("Amazon.co.uk", "Selling fees"));
        let both = "Refunds of selling fees, Amazon.de, fulfilled by the seller";
        assert_eq!(told(both), words("Amazon.de", "Refunds of selling fees"));
        let back =
            "Reversal of AMZ-EU-ACCRUAL-2026-01-GBP-1 of 2026-01-31: Selling fees, Amazon.de";
        assert_eq!(told(back), words("Amazon.de", "Selling fees"));
        assert_eq!(told("Storage fees"), words("", "Storage fees"));
        let two = "Selling fees, Coupon and deal fees, Amazon.co.uk";
        assert_eq!(told(two), words("Amazon.co.uk", "Selling fees, Coupon and deal fees"));
    }
}
