//! Intents → one write request, exact bytes. It formats; everything was decided before.

mod documents;
mod files;
mod money;
mod parts;
mod undo;

use base::id::content_hash;
use base::{Call as _, Decimal, Method, Money, MoneyError, Request, digest};
use intents::send::Member;
use intents::{Body, Intent, IntentId, Kind, Send, SendId};

use super::known::{Given, Known};
use crate::api::{
    bank_transactions, bank_transfers, contacts, credit_notes, invoices, items, manual_journals,
    payments,
};
use crate::ask::tenanted;

/// Why an intent cannot be written down as Xero's request. Each is a fault of ours: what decides
/// intents promises otherwise.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    #[error("a send of nothing")]
    Empty,
    #[error("{count} members in a send that takes {max}")]
    TooMany { count: usize, max: usize },
    #[error("{intent} is not of the send's kind {kind:?}")]
    Mixed { intent: IntentId, kind: Kind },
    #[error("{intent} needs the receipt of {needed}, which is not there")]
    MissingReceipt { intent: IntentId, needed: IntentId },
    #[error("the lines of {intent} sum to {found}, not to {meant}")]
    Untied { intent: IntentId, meant: Money, found: Money },
    #[error("a line of {intent} is {quantity} times {unit_amount}, which is not exactly {amount}")]
    Inexact { intent: IntentId, quantity: Decimal, unit_amount: Decimal, amount: Money },
    #[error("{number} in {intent} has more decimals than Xero keeps")]
    TooFine { intent: IntentId, number: Decimal },
    #[error("the journal of {intent} is off by {by}, or has fewer than two lines")]
    Unbalanced { intent: IntentId, by: Money },
    #[error("{intent} has nothing by which Xero would find it again")]
    NoKey { intent: IntentId },
    #[error("what {kind:?} makes cannot be taken back, which {intent} asks for")]
    NotUndoable { intent: IntentId, kind: Kind },
    #[error("Xero shows no files at what {kind:?} makes, where {intent} would put one")]
    NotAttachable { intent: IntentId, kind: Kind },
    #[error("the bytes of the file that {intent} shows are not those that were meant")]
    WrongFile { intent: IntentId },
    #[error("the file of {intent} has {bytes} bytes, Xero takes {max}")]
    AttachmentTooLarge { intent: IntentId, bytes: usize, max: usize },
    #[error("the amounts of {intent} do not add up")]
    Amounts {
        intent: IntentId,
        #[source]
        source: MoneyError,
    },
}

impl BuildError {
    pub fn code(&self) -> &'static str {
        match self {
            BuildError::MissingReceipt { .. } => "missing_receipt",
            BuildError::AttachmentTooLarge { .. } => "attachment_too_large",
            BuildError::Empty
            | BuildError::TooMany { .. }
            | BuildError::Mixed { .. }
            | BuildError::Untied { .. }
            | BuildError::Inexact { .. }
            | BuildError::TooFine { .. }
            | BuildError::Unbalanced { .. }
            | BuildError::NoKey { .. }
            | BuildError::NotUndoable { .. }
            | BuildError::NotAttachable { .. }
            | BuildError::WrongFile { .. }
            | BuildError::Amounts { .. } => "unsendable",
        }
    }
}

/// Writes the send of these members (each with its generation) to an organisation.
pub fn build(
    tenant_id: &str,
    kind: Kind,
    members: &[(Intent, u32)],
    given: &Given,
) -> Result<Send, BuildError> {
    let (count, max) = (members.len(), kind.batch_max());
    if count > max {
        return Err(BuildError::TooMany { count, max });
    }
    let intents: Vec<&Intent> = members.iter().map(|(intent, _)| intent).collect();
    let request = request(kind, &intents, Known::new(given))?;
    let key = key(tenant_id, members, &request);
    let request = keyed(tenanted(request, tenant_id), &key);
    let members = members.iter();
    Ok(Send {
        id: SendId::derive(&[&key]),
        kind,
        members: members
            .map(|(intent, generation)| Member {
                intent: intent.id.clone(),
                generation: *generation,
            })
            .collect(),
        request,
        first_sent: None,
        saw_server_error: false,
    })
}

/// Xero keeps no key for deletions.
fn keyed(request: Request, key: &str) -> Request {
    match request.method {
        Method::Put | Method::Post => request.header("idempotency-key", key),
        Method::Get | Method::Delete => request,
    }
}

/// The idempotency key: the same send again has the same one, and nothing else has. Forty
/// characters of the 128 that Xero takes.
/// <https://developer.xero.com/documentation/guides/idempotent-requests/idempotency/>
fn key(tenant_id: &str, members: &[(Intent, u32)], request: &Request) -> String {
    let mut parts = vec![tenant_id.to_owned(), request.method.as_str().to_owned()];
    parts.push(request.target());
    for (intent, generation) in members {
        parts.push(intent.id.as_str().to_owned());
        parts.push(generation.to_string());
    }
    parts.push(match String::from_utf8(request.body.clone()) {
        Ok(text) => text,
        Err(_bytes) => content_hash(&request.body),
    });
    let parts: Vec<&str> = parts.iter().map(String::as_str).collect();
    digest(&parts)
}

fn request(kind: Kind, members: &[&Intent], known: Known<'_>) -> Result<Request, BuildError> {
    match kind {
        Kind::Contact => {
            let contacts = each(kind, members, |_, body| documents::new_contact(body).map(Ok))?;
            Ok(contacts::Create { contacts }.request())
        }
        Kind::Item => {
            let items = each(kind, members, |_, body| documents::new_item(body).map(Ok))?;
            Ok(items::Create { items }.request())
        }
        Kind::Invoice | Kind::Bill => {
            let invoices = each(kind, members, |intent, body| match (kind, body) {
                (Kind::Invoice, Body::Invoice(made)) => {
                    Some(documents::invoice(intent, made, known))
                }
                (Kind::Bill, Body::Bill(made)) => Some(documents::bill(intent, made, known)),
                (_, _) => None,
            })?;
            Ok(invoices::Create { invoices }.request())
        }
        Kind::CreditNote | Kind::SupplierCredit => {
            let credit_notes = each(kind, members, |intent, body| match (kind, body) {
                (Kind::CreditNote, Body::CreditNote(made)) => {
                    Some(documents::credit_note(intent, made, known))
                }
                (Kind::SupplierCredit, Body::SupplierCredit(made)) => {
                    Some(documents::supplier_credit(intent, made, known))
                }
                (_, _) => None,
            })?;
            Ok(credit_notes::Create { credit_notes }.request())
        }
        Kind::Payment | Kind::Refund => {
            let payments = each(kind, members, |intent, body| match (kind, body) {
                (Kind::Payment, Body::Payment(made)) => Some(money::payment(intent, made, known)),
                (Kind::Refund, Body::Refund(made)) => Some(money::refund(intent, made, known)),
                (_, _) => None,
            })?;
            Ok(payments::Create { payments }.request())
        }
        Kind::BankTransaction => {
            let bank_transactions = each(kind, members, |intent, body| {
                let Body::BankTransaction(made) = body else { return None };
                Some(money::bank_transaction(intent, made, known))
            })?;
            Ok(bank_transactions::Create { bank_transactions }.request())
        }
        Kind::BankTransfer => {
            let bank_transfers = each(kind, members, |intent, body| {
                let Body::BankTransfer(made) = body else { return None };
                Some(money::bank_transfer(intent, made))
            })?;
            Ok(bank_transfers::Create { bank_transfers }.request())
        }
        Kind::ManualJournal => {
            let manual_journals = each(kind, members, |intent, body| {
                let Body::ManualJournal(made) = body else { return None };
                Some(money::manual_journal(intent, made))
            })?;
            Ok(manual_journals::Create { manual_journals }.request())
        }
        Kind::InvoiceEdit
        | Kind::InvoiceVoid
        | Kind::Allocation
        | Kind::Attachment
        | Kind::Undo => alone(kind, members, known),
    }
}

/// Edits, voids, allocations, files and undoings name one document in their path.
fn alone(kind: Kind, members: &[&Intent], known: Known<'_>) -> Result<Request, BuildError> {
    let mut requests = each(kind, members, |intent, body| match (kind, body) {
        (Kind::InvoiceEdit, Body::InvoiceEdit { of, invoice: content }) => {
            Some(documents::edit(intent, of, content, known))
        }
        (Kind::InvoiceVoid, Body::InvoiceVoid { of, .. }) => {
            Some(documents::end(intent, of, known))
        }
        (Kind::Allocation, Body::Allocation(made)) => Some(money::allocation(intent, made, known)),
        (Kind::Attachment, Body::Attachment(file)) => Some(files::attachment(intent, file, known)),
        (Kind::Undo, Body::Undo(undo)) => Some(undo::undo(intent, undo, known)),
        (_, _) => None,
    })?;
    requests.pop().ok_or(BuildError::Empty)
}

fn each<'a, T>(
    kind: Kind,
    members: &[&'a Intent],
    write: impl Fn(&'a Intent, &'a Body) -> Option<Result<T, BuildError>>,
) -> Result<Vec<T>, BuildError> {
    if members.is_empty() {
        return Err(BuildError::Empty);
    }
    let written = members.iter().map(|intent| {
        write(intent, &intent.body)
            .unwrap_or_else(|| Err(BuildError::Mixed { intent: intent.id.clone(), kind }))
    });
    written.collect()
}
