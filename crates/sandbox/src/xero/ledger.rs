//! The general ledger: what every document, payment and allocation does to the accounts, in base
//! currency. Entries are only ever added; what is undone is reversed on the same day.

use std::collections::BTreeMap;

use base::{Day, Decimal};

use super::books::Books;
use super::document::{Document, to_base};

#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    entries: Vec<Entry>,
    /// The entry that stands for a document, payment or allocation now.
    standing: BTreeMap<String, usize>,
}

#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) date: Day,
    pub(crate) legs: Vec<Leg>,
}

/// A debit if positive, a credit if negative.
#[derive(Debug, Clone)]
pub(crate) struct Leg {
    pub(crate) account: String,
    pub(crate) amount: Decimal,
}

impl Ledger {
    pub(crate) fn post(&mut self, source: &str, date: Day, legs: Vec<Leg>) {
        self.standing.insert(source.to_owned(), self.entries.len());
        self.entries.push(Entry { date, legs });
    }

    /// Takes back what stands for the source, dated as it was.
    pub(crate) fn reverse(&mut self, source: &str) {
        let standing = self.standing.remove(source);
        let Some(entry) = standing.and_then(|index| self.entries.get(index)) else { return };
        let back = |leg: &Leg| Leg { account: leg.account.clone(), amount: -leg.amount };
        let reversal = Entry { date: entry.date, legs: entry.legs.iter().map(back).collect() };
        self.entries.push(reversal);
    }

    /// The sum of each account's legs from one day to another, both included.
    pub(crate) fn movements(&self, from: Option<Day>, to: Day) -> BTreeMap<&str, Decimal> {
        let mut sums: BTreeMap<&str, Decimal> = BTreeMap::new();
        let within =
            |entry: &&Entry| entry.date <= to && from.is_none_or(|from| entry.date >= from);
        for leg in self.entries.iter().filter(within).flat_map(|entry| &entry.legs) {
            *sums.entry(leg.account.as_str()).or_default() += leg.amount;
        }
        sums
    }

    #[cfg(test)]
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// The legs of an authorised document: its total on the control account, each line's net on its
/// account, the tax on the tax account, and what conversion leaves over on Rounding.
pub(crate) fn document_legs(books: &Books, document: &Document) -> Vec<Leg> {
    let sign = document.kind.sign();
    let base = |amount: Decimal| document.to_base(amount);
    let mut legs = Legs::default();
    legs.add(books.system_account(document.kind.control()), sign * base(document.totals.total));
    for line in &document.lines {
        let account = line.account.clone().unwrap_or_default();
        legs.add(account, -sign * base(line.net(document.amounts)));
    }
    legs.add(books.system_account("GST"), -sign * base(document.totals.tax));
    legs.balanced_on(books.system_account("ROUNDING"))
}

/// The legs of a payment: money on its account at the payment's rate, the document's control
/// account at the document's, and the difference as a realised gain or loss.
pub(crate) fn payment_legs(
    books: &Books,
    document: &Document,
    (account, amount): (&str, Decimal),
    rate: Decimal,
    released: Decimal,
) -> Vec<Leg> {
    let sign = document.kind.sign();
    let mut legs = Legs::default();
    legs.add(account.to_owned(), sign * to_base(amount, rate));
    legs.add(books.system_account(document.kind.control()), -sign * released);
    legs.balanced_on(difference_account(books, rate == document.rate))
}

/// The legs of a credit note set against an invoice: both on the same control account.
pub(crate) fn allocation_legs(
    books: &Books,
    (credit, credit_released): (&Document, Decimal),
    (invoice, invoice_released): (&Document, Decimal),
) -> Vec<Leg> {
    let control = books.system_account(invoice.kind.control());
    let mut legs = Legs::default();
    legs.add(control.clone(), -credit.kind.sign() * credit_released);
    legs.add(control, -invoice.kind.sign() * invoice_released);
    legs.balanced_on(difference_account(books, credit.rate == invoice.rate))
}

/// At one and the same rate only rounding can differ.
fn difference_account(books: &Books, same_rate: bool) -> String {
    books.system_account(if same_rate { "ROUNDING" } else { "REALISEDCURRENCYGAIN" })
}

#[derive(Default)]
struct Legs(Vec<Leg>);

impl Legs {
    fn add(&mut self, account: String, amount: Decimal) {
        if !amount.is_zero() {
            self.0.push(Leg { account, amount });
        }
    }

    /// The legs, with what is missing to zero on one more account.
    fn balanced_on(mut self, account: String) -> Vec<Leg> {
        let sum: Decimal = self.0.iter().map(|leg| leg.amount).sum();
        self.add(account, -sum);
        self.0
    }
}
