//! What to ask when it is not known whether a write landed.

use std::collections::BTreeMap;

use base::{Call as _, Request};
use intents::{Body, Intent, Kind};

use super::known::Known;
use super::thing::{Thing, endpoint, undone};
use crate::api::query::{between, quoted};
use crate::api::{
    attachments, bank_transactions, bank_transfers, contacts, credit_notes, invoices, items,
    manual_journals, payments,
};
use crate::ask::tenanted;

/// Characters of a condition in one request; escaped it grows by a third, and 4,000 characters of
/// address pass everywhere.
const CONDITION_MAX: usize = 2_000;

/// One request, and the members whose place it shows.
pub(super) struct Question<'a> {
    pub(super) request: Request,
    pub(super) about: Vec<&'a Intent>,
}

/// The questions that show the place of each member. One, unless the condition grows too long. A
/// member that refers to what has no receipt has no place yet, and no question.
pub(super) fn questions<'a>(
    tenant_id: &str,
    kind: Kind,
    members: &'a [Intent],
    known: Known<'_>,
) -> Vec<Question<'a>> {
    let mut asked = match kind {
        Kind::Contact => conditions(members, clause_of_contact, |condition| {
            contacts::Where { condition }.request()
        }),
        Kind::CreditNote => conditions(members, clause_of_credit_note, |condition| {
            credit_notes::Where { condition }.request()
        }),
        Kind::Payment => conditions(
            members,
            |intent| clause_of_payment(intent, known),
            |condition| payments::Where { condition, page: 1 }.request(),
        ),
        Kind::Item => vec![Question { request: items::List.request(), about: refs(members) }],
        Kind::Invoice => vec![Question { request: by_numbers(members), about: refs(members) }],
        Kind::Refund => by_reference(members),
        Kind::InvoiceEdit
        | Kind::InvoiceVoid
        | Kind::Allocation
        | Kind::Attachment
        | Kind::Undo => alone(members, |intent| by_id(intent, known)),
        Kind::Bill
        | Kind::SupplierCredit
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal => alone(members, by_key),
    };
    for question in &mut asked {
        question.request = tenanted(question.request.clone(), tenant_id);
    }
    asked
}

fn refs(members: &[Intent]) -> Vec<&Intent> {
    members.iter().collect()
}

fn by_numbers(members: &[Intent]) -> Request {
    let numbers = members.iter().filter_map(|intent| {
        let Body::Invoice(made) = &intent.body else { return None };
        Some(made.number.as_str())
    });
    invoices::ByNumbers { numbers: numbers.collect() }.request()
}

/// A question for each member that has one.
fn alone(members: &[Intent], request: impl Fn(&Intent) -> Option<Request>) -> Vec<Question<'_>> {
    let question =
        |intent| request(intent).map(|request| Question { request, about: vec![intent] });
    members.iter().filter_map(question).collect()
}

fn by_id(intent: &Intent, known: Known<'_>) -> Option<Request> {
    match &intent.body {
        Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => {
            Some(invoices::Get { invoice_id: known.id(of)? }.request())
        }
        Body::Allocation(made) => {
            known.id(&made.invoice)?;
            Some(credit_notes::Get { credit_note_id: known.id(&made.credit_note)? }.request())
        }
        Body::Attachment(file) => {
            let endpoint = endpoint(file.to_kind)?;
            Some(attachments::List { endpoint, document_id: known.id(&file.to)? }.request())
        }
        Body::Undo(_) => of_undone(intent, known),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_) => None,
    }
}

/// What is to be taken back, by its id; an allocation by its credit note.
fn of_undone(intent: &Intent, known: Known<'_>) -> Option<Request> {
    let (undo, thing) = undone(intent)?;
    let id = known.id(&undo.of)?;
    Some(match thing {
        Thing::Invoice => invoices::Get { invoice_id: id }.request(),
        Thing::CreditNote => credit_notes::Get { credit_note_id: id }.request(),
        Thing::Allocation => {
            credit_notes::Get { credit_note_id: known.id(undo.on.as_ref()?)? }.request()
        }
        Thing::Payment => payments::Get { payment_id: id }.request(),
        Thing::BankTransaction => bank_transactions::Get { bank_transaction_id: id }.request(),
        Thing::BankTransfer => bank_transfers::Get { bank_transfer_id: id }.request(),
        Thing::ManualJournal => manual_journals::Get { manual_journal_id: id }.request(),
    })
}

/// What Xero does not keep apart by a unique number, by our own words in it.
fn by_key(intent: &Intent) -> Option<Request> {
    match &intent.body {
        Body::Bill(made) => {
            let kind = quoted(invoices::PURCHASE);
            let condition = format!("Type=={kind} AND InvoiceNumber=={}", quoted(&made.number));
            Some(invoices::Where { condition }.request())
        }
        Body::SupplierCredit(made) => {
            let kind = quoted(credit_notes::PURCHASE);
            let condition = format!("Type=={kind} AND CreditNoteNumber=={}", quoted(&made.number));
            Some(credit_notes::Where { condition }.request())
        }
        Body::BankTransaction(made) => {
            let condition = format!("Reference=={}", quoted(&made.reference));
            Some(bank_transactions::Where { condition, page: 1 }.request())
        }
        // The list has no pages, and only dates narrow it for sure.
        Body::BankTransfer(made) => {
            let condition = between(made.date.after_days(-1), made.date.after_days(1));
            Some(bank_transfers::Where { condition }.request())
        }
        Body::ManualJournal(made) => {
            let condition = format!("Narration=={}", quoted(&made.narration));
            Some(manual_journals::Where { condition, page: 1 }.request())
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Refund(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

/// Refunds by our reference, those of one reference together: a credit note shows its refunds
/// without their accounts, and a list of payments cannot be narrowed by credit notes.
fn by_reference(members: &[Intent]) -> Vec<Question<'_>> {
    let mut grouped: BTreeMap<&str, Vec<&Intent>> = BTreeMap::new();
    for intent in members {
        let Body::Refund(made) = &intent.body else { continue };
        grouped.entry(&made.reference).or_default().push(intent);
    }
    let request = |reference: &str| {
        let condition = format!("Reference=={}", quoted(reference));
        payments::Where { condition, page: 1 }.request()
    };
    grouped
        .into_iter()
        .map(|(reference, about)| Question { request: request(reference), about })
        .collect()
}

/// Joins clauses by OR, as many as fit into one request.
fn conditions(
    members: &[Intent],
    clause: impl Fn(&Intent) -> Option<String>,
    request: impl Fn(String) -> Request,
) -> Vec<Question<'_>> {
    let mut questions = Vec::new();
    let mut condition = String::new();
    let mut about = Vec::new();
    for intent in members {
        let Some(clause) = clause(intent) else { continue };
        if !condition.is_empty() && condition.len().saturating_add(clause.len()) > CONDITION_MAX {
            let request = request(std::mem::take(&mut condition));
            questions.push(Question { request, about: std::mem::take(&mut about) });
        }
        // Two payments of one invoice ask the same.
        if !condition.split(" OR ").any(|asked| asked == clause) {
            let or = if condition.is_empty() { "" } else { " OR " };
            condition = format!("{condition}{or}{clause}");
        }
        about.push(intent);
    }
    if !about.is_empty() {
        questions.push(Question { request: request(condition), about });
    }
    questions
}

fn clause_of_contact(intent: &Intent) -> Option<String> {
    let Body::Contact(made) = &intent.body else { return None };
    Some(format!("ContactNumber=={} OR Name=={}", quoted(&made.number), quoted(&made.name)))
}

fn clause_of_credit_note(intent: &Intent) -> Option<String> {
    let Body::CreditNote(made) = &intent.body else { return None };
    Some(format!("CreditNoteNumber=={}", quoted(&made.number)))
}

/// <https://developer.xero.com/documentation/api/accounting/payments#optimised-use-of-the-where-filter>
fn clause_of_payment(intent: &Intent, known: Known<'_>) -> Option<String> {
    let Body::Payment(made) = &intent.body else { return None };
    Some(format!("Invoice.InvoiceId==guid(\"{}\")", known.id(&made.invoice)?))
}
