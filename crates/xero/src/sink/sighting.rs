//! What a look-up shows of each member. Adopted is only what equals the intent and is nobody's
//! receipt; anything else in its place is held for a person.

mod undo;

use std::collections::BTreeSet;

use base::{CallError, Response};
use intents::{Body, Intent, IntentId, Kind, Reason, Receipt, Sighting};

use super::compare::{self, ReadBack};
use super::element::{Element, is_gone};
use super::known::Known;
use super::paper::{Meant, Paper};
use crate::api::{
    Pagination, attachments, bank_transactions, bank_transfers, contacts, credit_notes, invoices,
    is_more, items, json, manual_journals, payments,
};

/// The elements of a look-up's reply. When there are more pages, what is not on this one may be on
/// another: then nothing is absent.
struct Page<T> {
    elements: Vec<T>,
    is_whole: bool,
}

impl<T> Page<T> {
    fn new(elements: Vec<T>, pagination: Option<&Pagination>) -> Page<T> {
        let is_whole = !is_more(pagination, 1, elements.len());
        Page { elements, is_whole }
    }

    fn absent(&self) -> Sighting {
        if self.is_whole {
            return Sighting::Absent;
        }
        Sighting::Unclear(Reason::new("look_up_failed", "the look-up has more than one page"))
    }
}

/// What one question's reply shows of its members. Whatever is adopted becomes taken.
pub(super) fn sightings(
    kind: Kind,
    response: &Response,
    about: &[&Intent],
    known: Known<'_>,
    taken: &mut BTreeSet<String>,
) -> Vec<(IntentId, Sighting)> {
    let seen = match kind {
        Kind::Contact => json::<contacts::Page>(response).map(|reply| {
            let page = Page::new(reply.contacts, reply.pagination.as_ref());
            each(about, taken, |member, taken| contact(&page, member, taken))
        }),
        Kind::Item => json::<items::Page>(response).map(|reply| {
            let page = Page { elements: reply.items, is_whole: true };
            each(about, taken, |member, taken| item(&page, member, known, taken))
        }),
        Kind::Invoice | Kind::Bill => json::<invoices::Page>(response).map(|reply| {
            let page = Page::new(reply.invoices, reply.pagination.as_ref());
            each(about, taken, |member, taken| document(&page, member, known, taken))
        }),
        Kind::CreditNote | Kind::SupplierCredit => {
            json::<credit_notes::Page>(response).map(|reply| {
                let page = Page::new(reply.credit_notes, reply.pagination.as_ref());
                each(about, taken, |member, taken| document(&page, member, known, taken))
            })
        }
        Kind::Payment | Kind::Refund => json::<payments::Page>(response).map(|reply| {
            let page = Page::new(reply.payments, reply.pagination.as_ref());
            each(about, taken, |member, taken| payment(&page, member, known, taken))
        }),
        Kind::Allocation => json::<credit_notes::Page>(response).map(|reply| {
            each(about, taken, |member, taken| allocation(&reply, member, known, taken))
        }),
        Kind::InvoiceEdit | Kind::InvoiceVoid => json::<invoices::Page>(response)
            .map(|reply| each(about, taken, |member, _| changed(&reply, member, known))),
        Kind::BankTransaction => json::<bank_transactions::Page>(response).map(|reply| {
            let page = Page::new(reply.bank_transactions, reply.pagination.as_ref());
            each(about, taken, |member, taken| by_key(&page, member, known, taken))
        }),
        Kind::BankTransfer => json::<bank_transfers::Page>(response).map(|reply| {
            let page = Page { elements: reply.bank_transfers, is_whole: true };
            each(about, taken, |member, taken| by_key(&page, member, known, taken))
        }),
        Kind::ManualJournal => json::<manual_journals::Page>(response).map(|reply| {
            let page = Page::new(reply.manual_journals, reply.pagination.as_ref());
            each(about, taken, |member, taken| by_key(&page, member, known, taken))
        }),
        Kind::Attachment => json::<attachments::Page>(response).map(|reply| {
            let page = Page { elements: reply.attachments, is_whole: true };
            each(about, taken, |member, _| attachment(&page, member, known))
        }),
        Kind::Undo => undo::sightings(response, about, known),
    };
    seen.unwrap_or_else(|error| unreadable(&error, about))
}

fn each(
    about: &[&Intent],
    taken: &mut BTreeSet<String>,
    mut see: impl FnMut(&Intent, &BTreeSet<String>) -> Sighting,
) -> Vec<(IntentId, Sighting)> {
    let mut seen = Vec::new();
    for member in about {
        let sighting = see(member, taken);
        if let Sighting::Found(receipt) = &sighting {
            taken.insert(receipt.remote_id.clone());
        }
        seen.push((member.id.clone(), sighting));
    }
    seen
}

fn unreadable(error: &CallError, about: &[&Intent]) -> Vec<(IntentId, Sighting)> {
    let sighting = Sighting::Unclear(Reason::new("look_up_failed", error.to_string()));
    about.iter().map(|member| (member.id.clone(), sighting.clone())).collect()
}

fn differs(receipt: Receipt, code: &str, detail: impl Into<String>) -> Sighting {
    Sighting::Differs(receipt, Reason::new(code, detail))
}

fn too_little() -> Sighting {
    Sighting::Unclear(Reason::new("look_up_failed", "Xero shows too little of it to tell"))
}

/// Found if it reads back as meant and is nobody's yet.
fn adopt(back: Option<ReadBack>, taken: &BTreeSet<String>) -> Sighting {
    let Some(back) = back else { return too_little() };
    if taken.contains(&back.receipt.remote_id) {
        return differs(back.receipt, "xero_differs", "it belongs to another intent");
    }
    if back.differences.is_empty() {
        return Sighting::Found(back.receipt);
    }
    differs(back.receipt, "xero_differs", back.differences.join("; "))
}

/// An invoice, bill or credit note by its number. A number that only an ended document has is used
/// up, unless others may have it too.
fn document<E: Element>(
    page: &Page<E>,
    member: &Intent,
    known: Known<'_>,
    taken: &BTreeSet<String>,
) -> Sighting
where
    for<'a> Paper<'a>: From<&'a E>,
{
    let Some(meant) = Meant::of(&member.body, known) else { return too_little() };
    let papers = page.elements.iter().map(Paper::from);
    let (ended, live): (Vec<Paper<'_>>, Vec<Paper<'_>>) = papers
        .filter(|paper| paper.number == Some(meant.number))
        .filter(|paper| paper.kind.is_none_or(|kind| kind == meant.kind))
        .partition(Paper::is_ended);
    let is_others_too = !meant.is_number_unique && live.len() > 1;
    if let Some(one) = is_others_too.then(|| only_free(&live, &meant, taken)).flatten() {
        return Sighting::Found(one);
    }
    match (live.as_slice(), ended.first()) {
        ([], None) => page.absent(),
        ([], Some(_)) if !meant.is_number_unique => page.absent(),
        ([one], _) => adopt(compare::head(one, &meant), taken),
        ([], Some(one)) => one.receipt().map_or_else(too_little, |receipt| {
            let words = format!("number {} was used by a document that was ended", meant.number);
            differs(receipt, "invoice_number_taken", words)
        }),
        ([one, ..], _) => one.receipt().map_or_else(too_little, |receipt| {
            let words = format!("{} documents have number {}", live.len(), meant.number);
            differs(receipt, "xero_differs", words)
        }),
    }
}

/// The one among several of a number that is as meant and nobody's yet.
fn only_free(live: &[Paper<'_>], meant: &Meant<'_>, taken: &BTreeSet<String>) -> Option<Receipt> {
    let as_meant = live.iter().filter_map(|paper| compare::head(paper, meant));
    let mut free = as_meant
        .filter(|back| back.differences.is_empty() && !taken.contains(&back.receipt.remote_id));
    let one = free.next()?;
    free.next().is_none().then_some(one.receipt)
}

/// By our number first; then by name, if that contact is in use and has no number of another's.
fn contact(page: &Page<contacts::Contact>, member: &Intent, taken: &BTreeSet<String>) -> Sighting {
    let Body::Contact(made) = &member.body else { return too_little() };
    let by_number =
        page.elements.iter().find(|one| one.contact_number.as_ref() == Some(&made.number));
    if let Some(found) = by_number {
        let Some(receipt) = found.receipt(&made.number) else { return too_little() };
        if found.merged_to.is_none() && !found.is_active() {
            let status = found.contact_status.as_deref().unwrap_or("not active");
            return differs(receipt, "contact_archived", format!("the contact is {status}"));
        }
        return adopt(Some(ReadBack::equal(receipt)), taken);
    }
    let is_name = |one: &&contacts::Contact| {
        let name = one.name.as_deref().unwrap_or_default();
        one.is_active() && name.to_lowercase() == made.name.to_lowercase()
    };
    let Some(found) = page.elements.iter().find(is_name) else { return page.absent() };
    let Some(mut receipt) = found.receipt(&made.number) else { return too_little() };
    receipt.number.clone_from(&found.contact_number);
    let is_others = found.contact_number.is_some() || taken.contains(&receipt.remote_id);
    if is_others {
        let words = format!("the name is that of another contact, {}", receipt.remote_id);
        return differs(receipt, "contact_name_taken", words);
    }
    Sighting::Found(receipt)
}

fn item(
    page: &Page<items::Item>,
    member: &Intent,
    known: Known<'_>,
    taken: &BTreeSet<String>,
) -> Sighting {
    match page.elements.iter().find(|one| one.answers(&member.body, known)) {
        Some(found) => adopt(found.read_back(&member.body, known), taken),
        None => page.absent(),
    }
}

/// The first payment of the invoice into the account, of the amount, that is nobody's yet.
fn payment(
    page: &Page<payments::Payment>,
    member: &Intent,
    known: Known<'_>,
    taken: &BTreeSet<String>,
) -> Sighting {
    let mut free = page.elements.iter().filter(|one| {
        one.answers(&member.body, known)
            && one.status.as_deref() == Some("AUTHORISED")
            && one.payment_id.as_ref().is_none_or(|id| !taken.contains(id))
    });
    match free.next() {
        Some(found) => match found.read_back(&member.body, known) {
            // Another date is no other payment: money of this amount is there.
            Some(back) => adopt(Some(ReadBack::equal(back.receipt)), taken),
            None => too_little(),
        },
        // One that names no document may be the one.
        None if page.elements.iter().any(|one| one.may_be(&member.body)) => too_little(),
        None => page.absent(),
    }
}

/// What our own words in it identify: a bank transaction, a transfer, a journal. The words are this
/// intent's alone, so whatever has them and is not as meant is held.
fn by_key<E: Keyed>(
    page: &Page<E>,
    member: &Intent,
    known: Known<'_>,
    taken: &BTreeSet<String>,
) -> Sighting {
    let found = page.elements.iter().filter(|one| one.answers(&member.body, known));
    let live: Vec<&E> = found.filter(|one| !is_gone(one.status())).collect();
    match live.as_slice() {
        [] => page.absent(),
        [one] => adopt(one.read_back(&member.body, known), taken),
        [one, ..] => one.read_back(&member.body, known).map_or_else(too_little, |back| {
            let words = format!("Xero has {} of them", live.len());
            differs(back.receipt, "xero_differs", words)
        }),
    }
}

trait Keyed: Element {
    fn status(&self) -> Option<&str>;
}

impl Keyed for bank_transactions::BankTransaction {
    fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }
}

impl Keyed for bank_transfers::BankTransfer {
    fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }
}

impl Keyed for manual_journals::ManualJournal {
    fn status(&self) -> Option<&str> {
        self.status.as_deref()
    }
}

/// A file by its name. One of another size is there from before: ours will replace it.
fn attachment(page: &Page<attachments::Attachment>, member: &Intent, known: Known<'_>) -> Sighting {
    let Some(found) = page.elements.iter().find(|one| one.answers(&member.body, known)) else {
        return page.absent();
    };
    match found.read_back(&member.body, known) {
        Some(back) if back.differences.is_empty() => Sighting::Found(back.receipt),
        Some(_) => Sighting::Absent,
        None => too_little(),
    }
}

fn allocation(
    reply: &credit_notes::Page,
    member: &Intent,
    known: Known<'_>,
    taken: &BTreeSet<String>,
) -> Sighting {
    let Some(credit_note) = reply.credit_notes.first() else { return too_little() };
    let mut found = credit_note.allocations.iter().filter(|one| {
        one.answers(&member.body, known)
            && one.allocation_id.as_ref().is_none_or(|id| !taken.contains(id))
    });
    match found.next() {
        Some(found) => adopt(found.read_back(&member.body, known), taken),
        None => Sighting::Absent,
    }
}

/// An edit or a void: the document is there, what counts is how it stands.
fn changed(reply: &invoices::Page, member: &Intent, known: Known<'_>) -> Sighting {
    let Some(wire) = reply.invoices.iter().find(|one| one.answers(&member.body, known)) else {
        return too_little();
    };
    let paper = Paper::from(wire);
    let Some(receipt) = paper.receipt() else { return too_little() };
    let is_touched = [wire.amount_paid, wire.amount_credited]
        .into_iter()
        .flatten()
        .any(|amount| !amount.0.is_zero())
        || receipt.status == "PAID";
    match &member.body {
        Body::InvoiceVoid { .. } if paper.is_ended() => Sighting::Found(receipt),
        Body::InvoiceEdit { .. } if paper.is_ended() => {
            let words = format!("the invoice is {}", receipt.status);
            differs(receipt, "document_not_editable", words)
        }
        Body::InvoiceEdit { invoice, .. }
            if compare::is_edited(&paper, &Meant::invoice(invoice, known)) =>
        {
            Sighting::Found(receipt)
        }
        Body::InvoiceEdit { .. } | Body::InvoiceVoid { .. } if is_touched => {
            differs(receipt, "document_not_editable", "the invoice has payments or credits")
        }
        Body::InvoiceEdit { .. } | Body::InvoiceVoid { .. } => Sighting::Absent,
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => too_little(),
    }
}

/// Xero does not know the document that an edit, a void, an undoing or a file is of.
pub(super) fn missing(member: &Intent, known: Known<'_>) -> Sighting {
    let words = "Xero does not know the document any more";
    let of = match &member.body {
        Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => Some(of),
        Body::Undo(undo) => Some(&undo.of),
        Body::Attachment(file) => Some(&file.to),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_) => None,
    };
    let receipt = of.and_then(|of| known.receipt(of)).cloned();
    match receipt {
        Some(receipt) => differs(receipt, "document_missing", words),
        None => Sighting::Unclear(Reason::new("document_missing", words)),
    }
}

/// For the tally.
pub(super) fn words(sighting: &Sighting) -> String {
    match sighting {
        Sighting::Found(_) => "found".to_owned(),
        Sighting::Differs(_, reason) => format!("differs {}", reason.code),
        Sighting::Absent => "absent".to_owned(),
        Sighting::Unclear(reason) => format!("unclear {}", reason.code),
    }
}
