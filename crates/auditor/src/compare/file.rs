//! Which documents belong to which order: by number and reference.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Money, MoneyError};

use super::sums::Sums;
use crate::Difference;
use crate::amazon::Orders;
use crate::xero::Books;
use crate::xero::wire::{CreditNote, Invoice};

pub(super) const PREFIX: &str = "AMZ-";

/// Settlements' documents are numbered `AMZ-<region>-…`; they are no order's.
pub(super) const SETTLEMENTS: [&str; 3] = ["NA-", "EU-", "FE-"];

/// What the books hold of one order.
#[derive(Default)]
pub(super) struct File<'a> {
    /// Sales invoices in the ledger.
    pub(super) live: Vec<&'a Invoice>,
    pub(super) void: Vec<&'a Invoice>,
    /// Credit notes in the ledger that are set against the invoice: what was cancelled.
    notes: Vec<&'a CreditNote>,
    /// Those whose money was given back: refunds.
    pub(super) refunds: Vec<&'a CreditNote>,
}

/// Every order's documents.
pub(super) struct Filed<'a> {
    pub(super) orders: BTreeMap<String, File<'a>>,
    /// Documents whose number and reference do not go together.
    pub(super) misnamed: Vec<Difference>,
}

impl<'a> Filed<'a> {
    pub(super) fn of(orders: &Orders, books: &'a Books, unknown: &BTreeSet<String>) -> Filed<'a> {
        let mut filed = Filed { orders: BTreeMap::new(), misnamed: Vec::new() };
        let is_audited = |id: &str| orders.read.contains_key(id) || unknown.contains(id);
        for invoice in &books.invoices {
            let name = Name::of(invoice);
            if let Some(order_id) = name.order_id().filter(|id| is_audited(id)) {
                filed.add(order_id, invoice, name.is_ours());
            }
        }
        for note in books.notes.iter().filter(|note| note.is_live()) {
            let reference = note.reference.as_deref().unwrap_or_default();
            if is_audited(reference) {
                let file = filed.orders.entry(reference.to_owned()).or_default();
                let is_refund = !books.paid_on(&note.id).is_empty();
                if is_refund { file.refunds.push(note) } else { file.notes.push(note) }
            }
        }
        filed
    }

    fn add(&mut self, order_id: &str, invoice: &'a Invoice, is_ours: bool) {
        if !invoice.is_live() && !invoice.is_void() {
            return;
        }
        if !is_ours && invoice.is_live() {
            self.misnamed.push(Difference {
                order_id: order_id.to_owned(),
                settlement_id: String::new(),
                what: "number and reference are not of one order".to_owned(),
                amazon: String::new(),
                xero: format!("{} / {}", number_of(invoice), reference_of(invoice)),
            });
        }
        let file = self.orders.entry(order_id.to_owned()).or_default();
        if invoice.is_live() {
            file.live.push(invoice);
        } else if is_ours {
            file.void.push(invoice);
        }
    }
}

impl File<'_> {
    /// What the books hold of the order, per currency: live invoices less live credit notes that
    /// were set against them. What was refunded stays sold.
    pub(super) fn values(&self) -> Result<Vec<Money>, MoneyError> {
        let mut sums = Sums::default();
        for invoice in &self.live {
            sums.add(invoice.money()?)?;
        }
        for note in &self.notes {
            sums.add(note.money()?.negated()?)?;
        }
        Ok(sums.amounts())
    }

    /// What is paid on the live invoices, by account.
    pub(super) fn paid(&self, books: &Books) -> Result<BTreeMap<String, Money>, MoneyError> {
        by_account(books, self.live.iter().map(|one| (one.id.as_str(), one.currency)))
    }

    /// What was given back, by account.
    pub(super) fn given_back(&self, books: &Books) -> Result<BTreeMap<String, Money>, MoneyError> {
        by_account(books, self.refunds.iter().map(|one| (one.id.as_str(), one.currency)))
    }

    /// What credit notes refund, per currency.
    pub(super) fn refunded(&self) -> Result<Vec<Money>, MoneyError> {
        let mut sums = Sums::default();
        for note in &self.refunds {
            sums.add(note.money()?)?;
        }
        Ok(sums.amounts())
    }

    /// For people: each document with its status and total.
    pub(super) fn words(&self) -> String {
        let invoices = self.live.iter().chain(&self.void).map(|invoice| {
            let total = invoice.total;
            format!("{} {} {total:?} {}", number_of(invoice), invoice.status, invoice.currency)
        });
        let notes =
            self.notes.iter().chain(&self.refunds).map(|note| {
                format!("credit note {} {:?} {}", note.status, note.total, note.currency)
            });
        invoices.chain(notes).collect::<Vec<_>>().join(", ")
    }
}

/// Orders with a live invoice of ours.
pub(super) fn sold(books: &Books) -> BTreeSet<&str> {
    let live = books.invoices.iter().filter(|invoice| invoice.is_live()).map(Name::of);
    live.filter(Name::is_ours).filter_map(|name| name.order_id()).collect()
}

/// Payments of documents, by account.
pub(super) fn by_account<'d>(
    books: &Books,
    documents: impl Iterator<Item = (&'d str, Currency)>,
) -> Result<BTreeMap<String, Money>, MoneyError> {
    let mut paid: BTreeMap<String, Money> = BTreeMap::new();
    for (id, currency) in documents {
        for payment in books.paid_on(id) {
            let amount = Money::exact(payment.amount.0, currency)?;
            let sum = paid.entry(payment.account_id().to_owned()).or_insert(Money::zero(currency));
            *sum = sum.plus(amount)?;
        }
    }
    Ok(paid)
}

/// Orders that the books name, that no list showed, and whose documents are of the audited time.
pub(crate) fn strangers(orders: &Orders, books: &Books) -> BTreeSet<String> {
    let ours = books.invoices.iter().filter(|invoice| {
        let is_in_time = invoice.updated().is_none_or(|updated| updated >= orders.since);
        is_in_time && (invoice.is_live() || invoice.is_void())
    });
    ours.filter(|invoice| rest(invoice).is_some())
        .filter_map(|invoice| Name::of(invoice).order_id())
        .filter(|order_id| !orders.read.contains_key(*order_id))
        .map(str::to_owned)
        .collect()
}

/// What an invoice is called.
enum Name<'a> {
    /// Our number of this order, and the order as reference.
    Ours(&'a str),
    /// Our number with another reference: the number's order.
    Mixed(&'a str),
    /// Somebody else's number; the reference may be an order.
    Foreign(&'a str),
    Unnamed,
}

impl<'a> Name<'a> {
    fn of(invoice: &'a Invoice) -> Name<'a> {
        let reference = reference_of(invoice);
        match rest(invoice) {
            Some(rest) if is_of(rest, reference) => Name::Ours(reference),
            Some(rest) => Name::Mixed(rest),
            None if reference.is_empty() || number_of(invoice).starts_with(PREFIX) => Name::Unnamed,
            None => Name::Foreign(reference),
        }
    }

    fn is_ours(&self) -> bool {
        match self {
            Name::Ours(_) => true,
            Name::Mixed(_) | Name::Foreign(_) | Name::Unnamed => false,
        }
    }

    fn order_id(&self) -> Option<&'a str> {
        match self {
            Name::Ours(order_id) | Name::Mixed(order_id) | Name::Foreign(order_id) => {
                Some(order_id)
            }
            Name::Unnamed => None,
        }
    }
}

/// `AMZ-<order>` without its prefix; none for numbers that are no order's.
fn rest(invoice: &Invoice) -> Option<&str> {
    let rest = number_of(invoice).strip_prefix(PREFIX)?;
    (!SETTLEMENTS.iter().any(|region| rest.starts_with(region))).then_some(rest)
}

/// The order itself, or the order and a suffix after a void: `-2`, `-3`.
fn is_of(rest: &str, order_id: &str) -> bool {
    if order_id.is_empty() {
        return false;
    }
    match rest.strip_prefix(order_id) {
        Some("") => true,
        Some(suffix) => {
            suffix.strip_prefix('-').and_then(|n| n.parse::<u32>().ok()).is_some_and(|n| n >= 2)
        }
        None => false,
    }
}

pub(super) fn number_of(invoice: &Invoice) -> &str {
    invoice.number.as_deref().unwrap_or_default()
}

pub(super) fn reference_of(invoice: &Invoice) -> &str {
    invoice.reference.as_deref().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_is_the_orders_with_or_without_a_suffix() {
        assert!(is_of("202-1-1", "202-1-1"));
        assert!(is_of("202-1-1-2", "202-1-1") && is_of("202-1-1-13", "202-1-1"));
        for other in ["202-1-1-1", "202-1-1-x", "202-1-11", "202-1-1-", "202-1"] {
            assert!(!is_of(other, "202-1-1"), "{other}");
        }
        assert!(!is_of("202-1-1", ""));
    }
}
