//! The general ledger: what every document, payment and allocation does to the accounts, in base
//! currency. Entries are only ever added; what is undone is reversed on the same day.

use std::collections::BTreeMap;

use base::{Day, Decimal};

use super::books::Books;
use super::document::{Amounts, Document, Totals, to_base};
use super::lines::Line;

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
    /// Taken back by another entry, or the entry that takes one back.
    undone: bool,
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
        self.entries.push(Entry { date, legs, undone: false });
    }

    /// Takes back what stands for the source, dated as it was.
    pub(crate) fn reverse(&mut self, source: &str) {
        let standing = self.standing.remove(source);
        let Some(entry) = standing.and_then(|index| self.entries.get_mut(index)) else { return };
        entry.undone = true;
        let back = |leg: &Leg| Leg { account: leg.account.clone(), amount: -leg.amount };
        let legs = entry.legs.iter().map(back).collect();
        let reversal = Entry { date: entry.date, legs, undone: true };
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

    /// How many entries there are: they are never fewer than before.
    pub(crate) fn len(&self) -> usize {
        self.entries.len()
    }

    /// What came to an account and what left it between two days, both included, without what
    /// was undone.
    pub(crate) fn flows(&self, account: &str, from: Day, to: Day) -> (Decimal, Decimal) {
        let within = |entry: &&Entry| !entry.undone && entry.date >= from && entry.date <= to;
        let legs = self.entries.iter().filter(within).flat_map(|entry| &entry.legs);
        let (mut received, mut spent) = (Decimal::ZERO, Decimal::ZERO);
        for leg in legs.filter(|leg| leg.account == account) {
            if leg.amount > Decimal::ZERO {
                received += leg.amount;
            } else {
                spent -= leg.amount;
            }
        }
        (received, spent)
    }

    #[cfg(test)]
    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }
}

/// Lines with their tax, and the account that holds their total.
pub(crate) struct Trade<'a> {
    pub(crate) account: String,
    /// +1 where the total is a debit, else -1.
    pub(crate) sign: Decimal,
    pub(crate) rate: Decimal,
    pub(crate) amounts: Amounts,
    pub(crate) lines: &'a [Line],
    pub(crate) totals: Totals,
}

/// The legs of an authorised document: its total on the control account, and its lines.
pub(crate) fn document_legs(books: &Books, document: &Document) -> Vec<Leg> {
    let trade = Trade {
        account: books.system_account(document.kind.control()),
        sign: document.kind.sign(),
        rate: document.rate,
        amounts: document.amounts,
        lines: &document.lines,
        totals: document.totals,
    };
    trade_legs(books, &trade)
}

/// The total on its account, each line's net on the line's, the tax on the tax account, and what
/// conversion leaves over on Rounding.
pub(crate) fn trade_legs(books: &Books, trade: &Trade<'_>) -> Vec<Leg> {
    let base = |amount: Decimal| to_base(amount, trade.rate);
    let mut legs = Legs::default();
    legs.add(trade.account.clone(), trade.sign * base(trade.totals.total));
    for line in trade.lines {
        let account = line.account.clone().unwrap_or_default();
        legs.add(account, -trade.sign * base(line.net(trade.amounts)));
    }
    legs.add(books.system_account("GST"), -trade.sign * base(trade.totals.tax));
    legs.balanced_on(books.system_account("ROUNDING"))
}

/// The legs of a posted journal, whose amounts are debits where they are positive.
pub(crate) fn journal_legs(books: &Books, lines: &[Line], amounts: Amounts) -> Vec<Leg> {
    let mut legs = Legs::default();
    for line in lines {
        legs.add(line.account.clone().unwrap_or_default(), line.net(amounts));
    }
    let tax: Decimal = lines.iter().map(|line| line.tax).sum();
    legs.add(books.system_account("GST"), tax);
    legs.balanced_on(books.system_account("ROUNDING"))
}

/// Money that leaves one bank account for another, in base currency.
pub(crate) fn transfer_legs(from: &str, to: &str, amount: Decimal) -> Vec<Leg> {
    let mut legs = Legs::default();
    legs.add(from.to_owned(), -amount);
    legs.add(to.to_owned(), amount);
    legs.0
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
