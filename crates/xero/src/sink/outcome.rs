//! What became of a send: every status, every silence, every element. There is one `match` on what
//! was sent and one on the status; in neither does an unforeseen case mean success.

use std::collections::BTreeMap;

use base::{CallError, Response, Sent, Timestamp};
use intents::{Intent, IntentId, Kind, Outcome, Reason};

use super::Pushed;
use super::element::Element;
use super::known::Known;
use super::refusal;
use super::tally::tally;
use super::thing::{Thing, undone};
use crate::api::{
    allocations, attachments, bank_transactions, bank_transfers, contacts, credit_notes, fault,
    invoices, items, json, manual_journals, payments,
};
use crate::connection;
use crate::spec::SPEC;

/// Judges what came of a send of these members. Pure.
pub(super) fn judge(
    sent: &Sent,
    kind: Kind,
    members: &[Intent],
    known: Known<'_>,
    now: Timestamp,
) -> Pushed {
    match sent {
        Sent::Reply(response) => of_reply(response, kind, members, known, now),
        Sent::Busy(until) => all(members, None, &Outcome::Busy(*until)),
        Sent::NotSent(why) => all(members, None, &Outcome::NotSent(not_sent(why))),
        Sent::Lost(why) => all(members, None, &Outcome::Lost(Reason::new("timeout", why))),
    }
}

/// Our own transport says why, with a code before the colon where it has one.
fn not_sent(why: &str) -> Reason {
    let code = why.split(':').next().unwrap_or("");
    let is_code =
        !code.is_empty() && code.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
    Reason::new(if is_code && code.contains('_') { code } else { "not_sent" }, why)
}

/// A reply: by its status for all members, or by its elements for each.
fn of_reply(
    response: &Response,
    kind: Kind,
    members: &[Intent],
    known: Known<'_>,
    now: Timestamp,
) -> Pushed {
    let status = response.status;
    let words = format!("Xero answered {status}");
    let outcome = match status {
        200..=299 => return of_elements(response, kind, members, known),
        400 => bad_request(response, kind, members.len()),
        401 | 403 => return no_entry(response, members),
        404 => not_found(response, kind),
        413 => too_large(members.len()),
        429 => Outcome::Busy(now.after_ms(wait_ms(response))),
        // A gateway may give up while Xero goes on working: it may land later.
        500..=599 => Outcome::Lost(Reason::new("server_error", words)),
        _ => unclear(&words),
    };
    let mut pushed = all(members, Some(status), &outcome);
    pushed.saw_server_error = (500..=599).contains(&status);
    pushed
}

/// Xero refused the request as a whole and saved nothing of it. With several members it may be the
/// fault of one.
fn bad_request(response: &Response, kind: Kind, members: usize) -> Outcome {
    let mut complaints = fault::complaints(response);
    if complaints.is_empty() {
        complaints.push(fault::problem(response));
    }
    // The key was used for another request: what that one did is unknown here.
    if complaints.iter().any(|complaint| complaint.contains("Idempotency Key")) {
        return Outcome::Unclear(Reason::new("idempotency_clash", complaints.join(" / ")));
    }
    if members > 1 {
        return Outcome::Halve(refusal::reason(&complaints));
    }
    refused(kind, &complaints)
}

/// The document that the path names is not there. What was to be taken back may be gone already:
/// then that is what was meant. Where the path names no document, the address is wrong and nothing
/// was written.
fn not_found(response: &Response, kind: Kind) -> Outcome {
    match kind {
        Kind::InvoiceEdit | Kind::InvoiceVoid | Kind::Allocation | Kind::Attachment => {
            Outcome::Refused(Reason::new("document_missing", fault::words(response)))
        }
        Kind::Undo => Outcome::Unclear(Reason::new("document_missing", fault::words(response))),
        Kind::Contact
        | Kind::Item
        | Kind::Invoice
        | Kind::CreditNote
        | Kind::Payment
        | Kind::Bill
        | Kind::SupplierCredit
        | Kind::Refund
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal => {
            Outcome::NotSent(Reason::new("not_sent", "Xero has nothing at this address"))
        }
    }
}

fn too_large(members: usize) -> Outcome {
    let reason = Reason::new("request_too_large", "Xero takes 3.5 MB in one request");
    if members > 1 { Outcome::Halve(reason) } else { Outcome::Refused(reason) }
}

fn no_entry(response: &Response, members: &[Intent]) -> Pushed {
    let trouble = connection::trouble(response);
    let code = trouble.as_ref().map_or("needs_consent", connection::ConnectionTrouble::code);
    let words = format!("Xero answered {}", response.status);
    let outcome = Outcome::NotSent(Reason::new(code, words));
    Pushed { trouble, ..all(members, Some(response.status), &outcome) }
}

/// Seconds that Xero asks to wait; for too many calls at once it names none.
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>
fn wait_ms(response: &Response) -> i64 {
    let seconds =
        response.header(SPEC.retry_header).and_then(|text| text.trim().parse::<i64>().ok());
    let asked = seconds.map(|seconds| seconds.max(1).saturating_mul(Timestamp::SECOND));
    asked.unwrap_or(SPEC.retry_default_ms)
}

fn of_elements(response: &Response, kind: Kind, members: &[Intent], known: Known<'_>) -> Pushed {
    let judged = match kind {
        Kind::Contact => {
            json::<contacts::Page>(response).map(|page| each(&page.contacts, members, known))
        }
        Kind::Item => json::<items::Page>(response).map(|page| each(&page.items, members, known)),
        Kind::Invoice | Kind::InvoiceEdit | Kind::InvoiceVoid | Kind::Bill => {
            json::<invoices::Page>(response).map(|page| each(&page.invoices, members, known))
        }
        Kind::CreditNote | Kind::SupplierCredit => json::<credit_notes::Page>(response)
            .map(|page| each(&page.credit_notes, members, known)),
        Kind::Allocation => {
            json::<allocations::Page>(response).map(|page| each(&page.allocations, members, known))
        }
        Kind::Payment | Kind::Refund => {
            json::<payments::Page>(response).map(|page| each(&page.payments, members, known))
        }
        Kind::BankTransaction => json::<bank_transactions::Page>(response)
            .map(|page| each(&page.bank_transactions, members, known)),
        Kind::BankTransfer => json::<bank_transfers::Page>(response)
            .map(|page| each(&page.bank_transfers, members, known)),
        Kind::ManualJournal => json::<manual_journals::Page>(response)
            .map(|page| each(&page.with_own_warnings(), members, known)),
        Kind::Attachment => {
            json::<attachments::Page>(response).map(|page| each(&page.attachments, members, known))
        }
        Kind::Undo => of_undoing(response, members, known),
    };
    match judged {
        Ok(outcomes) => pushed(outcomes, Some(response.status)),
        Err(CallError::Status { detail, .. } | CallError::Unreadable { detail }) => {
            let reason = Reason::new("unclear_reply", detail);
            all(members, Some(response.status), &Outcome::Unclear(reason))
        }
    }
}

/// The reply to an undoing shows the thing that was taken back. Undoings go alone.
fn of_undoing(
    response: &Response,
    members: &[Intent],
    known: Known<'_>,
) -> Result<Vec<(IntentId, Outcome)>, CallError> {
    let Some((_, thing)) = members.first().and_then(undone) else {
        return Err(CallError::Unreadable { detail: "nothing was to be taken back".to_owned() });
    };
    match thing {
        Thing::Invoice => {
            json::<invoices::Page>(response).map(|page| each(&page.invoices, members, known))
        }
        Thing::CreditNote => json::<credit_notes::Page>(response)
            .map(|page| each(&page.credit_notes, members, known)),
        Thing::Allocation => {
            json::<allocations::Deleted>(response).map(|reply| each(&reply.all(), members, known))
        }
        Thing::Payment => {
            json::<payments::Page>(response).map(|page| each(&page.payments, members, known))
        }
        Thing::BankTransaction => json::<bank_transactions::Page>(response)
            .map(|page| each(&page.bank_transactions, members, known)),
        Thing::BankTransfer => json::<bank_transfers::Page>(response)
            .map(|page| each(&page.bank_transfers, members, known)),
        Thing::ManualJournal => json::<manual_journals::Page>(response)
            .map(|page| each(&page.manual_journals, members, known)),
    }
}

/// Each member alone, found by what it is about. Members that are alike (two payments of one amount
/// from one invoice into one account) take the elements that answer them: first those that read
/// back as meant, then what is left, in turn.
fn each<E: Element>(
    elements: &[E],
    members: &[Intent],
    known: Known<'_>,
) -> Vec<(IntentId, Outcome)> {
    let elements = without_repeats(elements);
    let answering = |member: &Intent| -> Vec<usize> {
        let answers = |one: &&E| one.answers(&member.body, known);
        (0..elements.len()).filter(|at| elements.get(*at).is_some_and(answers)).collect()
    };
    let mut taken: BTreeMap<usize, &IntentId> = BTreeMap::new();
    for must_be_as_meant in [true, false] {
        for member in members {
            if taken.values().any(|id| **id == member.id) {
                continue;
            }
            let fits = |at: &usize| {
                let element = elements.get(*at);
                let as_meant = element.is_some_and(|one| is_as_meant(*one, member, known));
                !taken.contains_key(at) && (as_meant || !must_be_as_meant)
            };
            if let Some(at) = answering(member).into_iter().find(fits) {
                taken.insert(at, &member.id);
            }
        }
    }
    let outcome = |member: &Intent| {
        let found = answering(member);
        let first = found.first().and_then(|at| elements.get(*at));
        let alike =
            members.iter().filter(|other| first.is_some_and(|e| e.answers(&other.body, known)));
        if found.len() > alike.count() {
            return unclear("the reply has several elements for it");
        }
        let at = taken.iter().find(|(_, id)| ***id == member.id).map(|(at, _)| *at);
        let element = at.and_then(|at| elements.get(at));
        element.map_or_else(|| unclear("the reply does not mention it"), |e| one(*e, member, known))
    };
    members.iter().map(|member| (member.id.clone(), outcome(member))).collect()
}

fn is_as_meant<E: Element>(element: &E, member: &Intent, known: Known<'_>) -> bool {
    !element.is_refused()
        && element.read_back(&member.body, known).is_some_and(|back| back.differences.is_empty())
}

/// The same thing said twice is said once: by its id, if it was saved.
fn without_repeats<E: Element>(elements: &[E]) -> Vec<&E> {
    let mut once: Vec<&E> = Vec::new();
    for element in elements {
        let is_repeat = !element.is_refused()
            && element.remote_id().is_some()
            && once
                .iter()
                .any(|seen| !seen.is_refused() && seen.remote_id() == element.remote_id());
        if !is_repeat {
            once.push(element);
        }
    }
    once
}

fn one<E: Element>(element: &E, member: &Intent, known: Known<'_>) -> Outcome {
    if element.is_refused() {
        return refused(member.kind(), &element.complaints());
    }
    let Some(back) = element.read_back(&member.body, known) else {
        return unclear("the reply leaves out what would tell");
    };
    let warnings = element.warnings();
    if warnings.iter().any(|warning| refusal::spoils(warning)) {
        return Outcome::Differs(back.receipt, refusal::reason(&warnings));
    }
    if back.differences.is_empty() {
        return Outcome::Delivered(back.receipt);
    }
    let reason = Reason::new("xero_differs", back.differences.join("; "));
    Outcome::Differs(back.receipt, reason)
}

fn refused(kind: Kind, complaints: &[String]) -> Outcome {
    if refusal::is_sighting(kind, complaints) {
        return Outcome::Unclear(Reason::new("already_exists", complaints.join(" / ")));
    }
    let reason = match kind {
        Kind::Undo => refusal::reason_of_undoing(complaints),
        Kind::Contact
        | Kind::Item
        | Kind::Invoice
        | Kind::InvoiceEdit
        | Kind::InvoiceVoid
        | Kind::CreditNote
        | Kind::Allocation
        | Kind::Payment
        | Kind::Bill
        | Kind::SupplierCredit
        | Kind::Refund
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal
        | Kind::Attachment => refusal::reason(complaints),
    };
    // A payment of ours that landed late takes up what is outstanding: look before giving up.
    if reason.code == "payment_exceeds_outstanding" {
        return Outcome::Unclear(reason);
    }
    Outcome::Refused(reason)
}

fn unclear(detail: &str) -> Outcome {
    Outcome::Unclear(Reason::new("unclear_reply", detail))
}

fn all(members: &[Intent], status: Option<u16>, outcome: &Outcome) -> Pushed {
    let outcomes = members.iter().map(|member| (member.id.clone(), outcome.clone()));
    pushed(outcomes.collect(), status)
}

fn pushed(outcomes: Vec<(IntentId, Outcome)>, status: Option<u16>) -> Pushed {
    let detail = tally(status, outcomes.iter().map(|(_, outcome)| words(outcome)));
    Pushed { outcomes, saw_server_error: false, status, detail, trouble: None }
}

/// For the tally.
fn words(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Delivered(_) => "delivered".to_owned(),
        Outcome::Differs(_, reason) => format!("differs {}", reason.code),
        Outcome::Refused(reason) => format!("refused {}", reason.code),
        Outcome::Halve(reason) => format!("to halve {}", reason.code),
        Outcome::Busy(until) => format!("to wait until {until}"),
        Outcome::NotSent(reason) => format!("not sent {}", reason.code),
        Outcome::Unclear(reason) => format!("unclear {}", reason.code),
        Outcome::Lost(reason) => format!("lost {}", reason.code),
    }
}
