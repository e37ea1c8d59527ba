//! One element of a reply, whichever resource it is of: what it complains of, which intent it is
//! about, and what it shows. One file per resource, as in `api`.

mod allocations;
mod attachments;
mod bank_transactions;
mod bank_transfers;
mod contacts;
mod credit_notes;
mod invoices;
mod items;
mod manual_journals;
mod payments;

use intents::{Body, Receipt};

use super::compare::ReadBack;
use super::known::{Known, is_same_id};
use super::thing::Thing;
use crate::api::{Complaint, lines};

pub(super) trait Element {
    fn verdict(&self) -> Verdict<'_>;

    /// True when it is about this intent: by number or by what it pays, never by position.
    fn answers(&self, body: &Body, known: Known<'_>) -> bool;

    /// What it shows of this intent; nothing when it shows too little to tell.
    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack>;

    fn remote_id(&self) -> Option<&str> {
        self.verdict().remote_id
    }

    /// Its own complaints and those of its parts.
    fn complaints(&self) -> Vec<String> {
        told(self.verdict().complaints)
    }

    fn warnings(&self) -> Vec<String> {
        told(self.verdict().warnings)
    }

    /// An element is refused by any sign of it: the three do not always come together.
    fn is_refused(&self) -> bool {
        let Verdict { has_errors, status, .. } = self.verdict();
        let is_error = status.is_some_and(|status| status.eq_ignore_ascii_case("ERROR"));
        has_errors || is_error || !self.complaints().is_empty()
    }
}

/// What Xero says of an element as such.
/// <https://developer.xero.com/documentation/api/accounting/responsecodes>
pub(super) struct Verdict<'a> {
    /// Also what was refused may have one.
    remote_id: Option<&'a str>,
    /// Its flag, whose name differs from resource to resource.
    has_errors: bool,
    status: Option<&'a str>,
    /// Its own and those of its parts.
    complaints: Vec<&'a Complaint>,
    /// Items, allocations and files have none.
    warnings: &'a [Complaint],
}

/// Each complaint's words once, as far as it has any.
fn told<'a>(complaints: impl IntoIterator<Item = &'a Complaint>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for complaint in complaints {
        if !complaint.message.is_empty() && !words.contains(&complaint.message) {
            words.push(complaint.message.clone());
        }
    }
    words
}

/// The complaints of an invoice or credit note, its party and its lines.
fn of_document<'a>(
    own: &'a [Complaint],
    party: Option<&'a lines::Party>,
    lines: &'a [lines::Line],
) -> Vec<&'a Complaint> {
    let party = party.into_iter().flat_map(|party| &party.validation_errors);
    let lines = lines.iter().flat_map(|line| &line.validation_errors);
    own.iter().chain(party).chain(lines).collect()
}

/// True when an undoing takes back this thing: by its kind and its id.
fn is_undone(body: &Body, thing: Thing, id: Option<&str>, known: Known<'_>) -> bool {
    let Body::Undo(undo) = body else { return false };
    Thing::of(undo.of_kind) == Some(thing)
        && known.id(&undo.of).is_some_and(|meant| is_same_id(id, meant))
}

/// What a thing shows of its undoing: that it is gone, or that it is not.
fn undone(id: Option<&str>, status: Option<&str>) -> Option<ReadBack> {
    let status = status?;
    let mut back = ReadBack::equal(Receipt {
        remote_id: id?.to_owned(),
        number: None,
        status: status.to_owned(),
        total: None,
        tax: None,
    });
    if !is_gone(Some(status)) {
        back.differs("status", "VOIDED or DELETED", status);
    }
    Some(back)
}

/// What was voided or deleted is kept by Xero, and means nothing.
pub(super) fn is_gone(status: Option<&str>) -> bool {
    matches!(status, Some("VOIDED" | "DELETED"))
}
