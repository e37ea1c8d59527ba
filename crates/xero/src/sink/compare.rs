//! Does what Xero shows equal what was meant? To the cent, or it is told with both values.

use std::fmt::Display;

use intents::{Line, Receipt, Tracking};

use super::known::is_same_id;
use super::paper::{Meant, Paper};
use crate::api::lines;

/// Something of ours as Xero gives it back.
#[derive(Debug)]
pub(super) struct ReadBack {
    pub(super) receipt: Receipt,
    /// What is not as it was meant, with both values.
    pub(super) differences: Vec<String>,
}

impl ReadBack {
    pub(super) fn equal(receipt: Receipt) -> ReadBack {
        ReadBack { receipt, differences: Vec::new() }
    }

    pub(super) fn check<T: Display + PartialEq>(&mut self, what: &str, ours: T, theirs: T) {
        if ours != theirs {
            self.differs(what, ours, theirs);
        }
    }

    pub(super) fn differs(&mut self, what: &str, ours: impl Display, theirs: impl Display) {
        self.differences.push(format!("{what}: {ours} was meant, Xero has {theirs}"));
    }
}

/// What makes a found document ours: type, status, contact, currency, total, tax, reference. Nothing
/// when one of them is not told.
pub(super) fn head(paper: &Paper<'_>, meant: &Meant<'_>) -> Option<ReadBack> {
    let (status, total, tax) = (paper.status?, paper.total?, paper.tax?);
    let (contact_id, currency) = (paper.contact_id?, paper.currency?);
    let mut back = ReadBack::equal(paper.receipt()?);
    back.check("type", meant.kind, paper.kind.unwrap_or(meant.kind));
    if !meant.statuses.contains(&status) {
        back.differs("status", meant.statuses.join(" or "), status);
    }
    let contact = meant.contact_id.unwrap_or("a contact that has no receipt");
    if !is_same_id(Some(contact_id), contact) {
        back.differs("contact", contact, contact_id);
    }
    back.check("currency", meant.total.currency().code(), currency.code());
    back.check("total", meant.total.amount(), total);
    back.check("tax", meant.tax.amount(), tax);
    if let Some(reference) = meant.reference {
        back.check("reference", reference, paper.reference.unwrap_or_default());
    }
    Some(back)
}

/// What a fresh document must read back: its head, its number, its date, and the lines if they are
/// shown.
pub(super) fn fresh(paper: &Paper<'_>, meant: &Meant<'_>) -> Option<ReadBack> {
    let mut back = head(paper, meant)?;
    back.check("date", meant.date, paper.date?);
    back.differences.extend(line_difference(meant.lines, paper.lines));
    Some(back)
}

/// True when a document is word for word what an edit would make it.
pub(super) fn is_edited(paper: &Paper<'_>, meant: &Meant<'_>) -> bool {
    let is_same_head = fresh(paper, meant).is_some_and(|back| back.differences.is_empty());
    is_same_head
        && (meant.due_date.is_none() || paper.due_date == meant.due_date)
        && paper.lines.len() == meant.lines.len()
        && paper.lines.iter().zip(meant.lines).all(|(theirs, ours)| is_verbatim(ours, theirs))
}

fn is_verbatim(ours: &Line, theirs: &lines::Line) -> bool {
    is_line(ours, theirs)
        && theirs.description.as_deref().unwrap_or_default() == ours.description
        && theirs.quantity.map(|exact| exact.0) == Some(ours.quantity)
        && theirs.unit_amount.map(|exact| exact.0) == Some(ours.unit_amount)
        && theirs.tax_amount.map(|exact| exact.0) == Some(ours.tax.amount())
        && theirs.item_code == ours.item_code
}

/// The first line of ours that Xero does not show. A reply without lines says nothing about them.
pub(super) fn line_difference(ours: &[Line], theirs: &[lines::Line]) -> Option<String> {
    if theirs.is_empty() {
        return None;
    }
    let mut left: Vec<&lines::Line> = theirs.iter().collect();
    for line in ours {
        let Some(at) = left.iter().position(|candidate| is_line(line, candidate)) else {
            let (amount, account) = (line.amount, &line.account_code);
            let tax_type = &line.tax_type;
            return Some(format!("line: {amount} to {account} with {tax_type} was not kept so"));
        };
        left.swap_remove(at);
    }
    let extra = left.len();
    (extra > 0).then(|| format!("lines: Xero has {extra} more than was meant"))
}

fn is_line(ours: &Line, theirs: &lines::Line) -> bool {
    let is_account = theirs.account_code.as_deref() == Some(ours.account_code.as_str())
        || is_same_id(theirs.account_id.as_deref(), &ours.account_id);
    let is_amount = theirs.line_amount.is_some_and(|exact| exact.0 == ours.amount.amount());
    is_account
        && is_amount
        && has_options(&ours.tracking, &theirs.tracking)
        && theirs.tax_type.as_deref() == Some(ours.tax_type.as_str())
}

/// All of our tracking options are there. A reply may name an option without its id; then the count
/// has to do.
pub(super) fn has_options(ours: &[Tracking], theirs: &[lines::Tracking]) -> bool {
    let ids: Vec<&str> = theirs.iter().filter_map(|one| one.option_id.as_deref()).collect();
    if ids.is_empty() {
        return theirs.len() >= ours.len();
    }
    ours.iter().all(|meant| ids.iter().any(|id| id.eq_ignore_ascii_case(&meant.option_id)))
}
