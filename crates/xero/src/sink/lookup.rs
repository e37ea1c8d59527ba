//! What to ask when it is not known whether a write landed.

use base::{Call as _, Request};
use intents::{Body, Intent, Kind};

use super::known::Known;
use crate::api::{contacts, credit_notes, invoices, items, payments};
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
            |condition| payments::Where { condition }.request(),
        ),
        Kind::Item => vec![Question { request: items::List.request(), about: refs(members) }],
        Kind::Invoice => vec![Question { request: by_numbers(members), about: refs(members) }],
        Kind::InvoiceEdit | Kind::InvoiceVoid | Kind::Allocation => {
            let alone = members.iter().filter_map(|intent| by_id(intent, known));
            alone.collect()
        }
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

fn by_id<'a>(intent: &'a Intent, known: Known<'_>) -> Option<Question<'a>> {
    let request = match &intent.body {
        Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => {
            invoices::Get { invoice_id: known.id(of)? }.request()
        }
        Body::Allocation(made) => {
            known.id(&made.invoice)?;
            credit_notes::Get { credit_note_id: known.id(&made.credit_note)? }.request()
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Payment(_) => return None,
    };
    Some(Question { request, about: vec![intent] })
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

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
}
