//! Which documents and bank moves belong to which settlement: by number and reference.

use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Money, MoneyError};

use crate::compare::file::{PREFIX, SETTLEMENTS, number_of, reference_of};
use crate::xero::bank::{Move, MoveWay};
use crate::xero::entries::Entry;
use crate::xero::wire::{CreditNote, Invoice};
use crate::xero::{Besides, Books};

/// A reversal is numbered as what it takes back, with this at the end.
const REVERSED: &str = "-R";
const ACCRUAL: &str = "ACCRUAL-";

/// An invoice or a bill in the ledger.
pub(super) struct Paper<'a> {
    pub(super) invoice: &'a Invoice,
    pub(super) is_bill: bool,
    /// Money that comes in is positive.
    pub(super) value: Money,
    /// `2026-01-31T00:00:00`: the day in the order of days.
    pub(super) day: &'a str,
}

/// What the books hold of one settlement.
#[derive(Default)]
pub(super) struct Folder<'a> {
    pub(super) papers: Vec<Paper<'a>>,
    /// Reversals of nothing that stands, or of something worth something else: their values.
    pub(super) stray_notes: Vec<Money>,
    /// Live invoices of others that name the settlement.
    pub(super) foreign: Vec<&'a Invoice>,
    /// Documents whose number and reference do not go together.
    pub(super) misnamed: Vec<&'a Invoice>,
    pub(super) payouts: Vec<&'a Move>,
    /// What left clearing where Amazon pays in another currency: `payouts` are in that one.
    pub(super) sent: Vec<&'a Move>,
    pub(super) charges: Vec<&'a Move>,
    /// What carries rows without being an invoice or a bill, and what takes such a thing back.
    pub(super) entries: Vec<&'a Entry>,
}

/// Every settlement's documents.
#[derive(Default)]
pub(super) struct Folders<'a> {
    pub(super) settlements: BTreeMap<String, Folder<'a>>,
    /// An accrual stands that was not taken back.
    pub(super) accrual_is_open: bool,
}

impl<'a> Folders<'a> {
    pub(super) fn of(books: &'a Books, besides: &'a Besides) -> Result<Folders<'a>, MoneyError> {
        let mut notes = Notes::of(books, besides);
        let mut folders = Folders::default();
        let invoices = books.invoices.iter().map(|invoice| (invoice, false));
        let bills = besides.bills.iter().map(|bill| (bill, true));
        for (invoice, is_bill) in invoices.chain(bills).filter(|(one, _)| one.is_live()) {
            folders.add(invoice, is_bill, &mut notes)?;
        }
        for note in notes.left() {
            let number = note.number.as_deref().unwrap_or_default();
            let Some(name) = number.strip_suffix(REVERSED).and_then(Name::of) else { continue };
            let is_bill = note.kind == "ACCPAYCREDIT";
            let value = if is_bill { note.money()? } else { note.money()?.negated()? };
            folders.folder(name.id).stray_notes.push(value);
        }
        for moved in &besides.moves {
            let Some(name) = Name::of(&moved.reference) else { continue };
            let folder = folders.folder(name.id);
            let mut words = name.rest.split('-');
            match words.next() {
                Some("payout") if words.next() == Some("sent") => folder.sent.push(moved),
                Some("payout") => folder.payouts.push(moved),
                Some("charge") => folder.charges.push(moved),
                _ => {}
            }
        }
        for entry in &besides.entries {
            let Some(name) = Name::of(&entry.reference).filter(Name::is_document) else { continue };
            folders.folder(name.id).entries.push(entry);
        }
        Ok(folders)
    }

    fn folder(&mut self, id: &str) -> &mut Folder<'a> {
        self.settlements.entry(id.to_owned()).or_default()
    }

    fn add(
        &mut self,
        invoice: &'a Invoice,
        is_bill: bool,
        notes: &mut Notes<'a>,
    ) -> Result<(), MoneyError> {
        let number = number_of(invoice);
        let reversal = notes.take(number, is_bill, invoice);
        if number.starts_with(PREFIX) && number.contains(ACCRUAL) {
            self.accrual_is_open |= !reversal;
            return Ok(());
        }
        let Some(name) = Name::of(number) else {
            // A purchase has no reference but its number.
            let reference = reference_of(invoice);
            if !is_bill && is_id(reference) && !number.starts_with(PREFIX) {
                self.folder(reference).foreign.push(invoice);
            }
            return Ok(());
        };
        let folder = self.folder(name.id);
        if !is_bill && reference_of(invoice) != name.id {
            folder.misnamed.push(invoice);
        }
        if !reversal {
            let money = invoice.money()?;
            let value = if is_bill { money.negated()? } else { money };
            let day = invoice.date.as_deref().unwrap_or_default();
            folder.papers.push(Paper { invoice, is_bill, value, day });
        }
        Ok(())
    }
}

/// Credit notes that take settlements' documents back.
struct Notes<'a>(Vec<&'a CreditNote>);

impl<'a> Notes<'a> {
    fn of(books: &'a Books, besides: &'a Besides) -> Notes<'a> {
        let notes = books.notes.iter().chain(&besides.bill_notes).filter(|note| note.is_live());
        let is_ours = |note: &&CreditNote| {
            note.number.as_deref().is_some_and(|number| number.ends_with(REVERSED))
        };
        Notes(notes.filter(is_ours).collect())
    }

    /// True when a note takes this whole document back.
    fn take(&mut self, number: &str, is_bill: bool, invoice: &Invoice) -> bool {
        let place = self.0.iter().position(|note| {
            let of = note.number.as_deref().and_then(|number| number.strip_suffix(REVERSED));
            of == Some(number)
                && (note.kind == "ACCPAYCREDIT") == is_bill
                && (note.total, note.currency) == (invoice.total, invoice.currency)
        });
        place.map(|place| self.0.remove(place)).is_some()
    }

    fn left(self) -> Vec<&'a CreditNote> {
        self.0
    }
}

impl Folder<'_> {
    pub(super) fn is_empty(&self) -> bool {
        self.papers.is_empty() && self.stray_notes.is_empty() && self.entries.is_empty()
    }

    /// For people: each document with its status and total.
    pub(super) fn words(&self) -> String {
        let papers = self.papers.iter().map(|paper| {
            let (number, status) = (number_of(paper.invoice), &paper.invoice.status);
            format!("{number} {status} {}", paper.value)
        });
        let notes = self.stray_notes.iter().map(|value| format!("credit notes {value}"));
        let entries = self.entries.iter().map(|entry| entry.reference.clone());
        papers.chain(notes).chain(entries).collect::<Vec<_>>().join(", ")
    }
}

/// What moved in all: in is positive. A transfer from clearing comes in.
pub(super) fn moved(moves: &[&Move], clearing: Option<&str>) -> Option<Decimal> {
    moves.iter().try_fold(Decimal::ZERO, |sum, one| {
        let comes_in = match &one.way {
            MoveWay::In => true,
            MoveWay::Out => false,
            MoveWay::From(account) => Some(account.as_str()) == clearing,
        };
        if comes_in { sum.checked_add(one.amount) } else { sum.checked_sub(one.amount) }
    })
}

/// Settlements that live documents of the books name.
pub(crate) fn settlements_named(books: &Books) -> BTreeSet<String> {
    let bills = books.besides.iter().flat_map(|besides| &besides.bills);
    let live = books.invoices.iter().chain(bills).filter(|one| one.is_live());
    let entries = books.besides.iter().flat_map(|besides| &besides.entries);
    let entries = entries.filter_map(|entry| Name::of(&entry.reference)).filter(Name::is_document);
    let papers = live.filter_map(|one| Name::of(number_of(one)));
    papers.chain(entries).map(|name| name.id.to_owned()).collect()
}

/// `AMZ-EU-12345678901-1`, `AMZ-EU-12345678901-payout`.
struct Name<'a> {
    id: &'a str,
    rest: &'a str,
}

impl<'a> Name<'a> {
    fn of(number: &'a str) -> Option<Name<'a>> {
        let rest = number.strip_prefix(PREFIX)?;
        let rest = SETTLEMENTS.iter().find_map(|region| rest.strip_prefix(region))?;
        let (id, rest) = rest.split_once('-')?;
        is_id(id).then_some(Name { id, rest })
    }

    /// It carries rows, or takes back what did: `2`, `2-R`.
    fn is_document(&self) -> bool {
        is_id(self.rest.strip_suffix(REVERSED).unwrap_or(self.rest))
    }
}

fn is_id(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_names_its_settlement() {
        let named = |number| Name::of(number).map(|name| (name.id, name.rest));
        assert_eq!(named("AMZ-EU-12345678901-2"), Some(("12345678901", "2")));
        assert_eq!(named("AMZ-NA-123-payout-R"), Some(("123", "payout-R")));
        let is_document = |number| Name::of(number).is_some_and(|name| name.is_document());
        assert!(is_document("AMZ-NA-123-2") && is_document("AMZ-NA-123-2-R"));
        assert!(!is_document("AMZ-NA-123-payout-R") && !is_document("AMZ-NA-123-charge-1"));
        for other in ["AMZ-EU-ACCRUAL-2026-01-GBP-1", "AMZ-202-1-1", "INV-1", "AMZ-EU-123"] {
            assert_eq!(named(other), None, "{other}");
        }
    }
}
