//! Posted documents read again: are they in Xero as they were posted? What differs is a drift,
//! written down for a person, with an alarm when it is new. What was put right closes itself.

mod doubles;
mod money;

use std::collections::{BTreeMap, BTreeSet};

use base::{Subject, Timestamp};
use intents::{Body, BookId, Decided, DriftKind, DriftState, IntentId, Kind, State};
use store::{Alarm, Drift, Looked, Sighted, Store, SubjectRow};
use xero::{Finding, Given, IDS_MAX, PullStop, Resource, Seen, Shelf};

use super::pull::xero_stopped;
use super::{StageError, Turn};
use crate::book::XeroLink;
use crate::transport::Caller;

/// Subjects whose intents are read at once.
const SUBJECTS_MAX: usize = 200;

/// Transfers are read one by one: a turn has time for so many.
const TRANSFERS_MAX: usize = 4;

/// What may be read of a document itself.
const OF_ITSELF: [DriftKind; 3] = [DriftKind::Edited, DriftKind::Voided, DriftKind::Deleted];

/// The way to look into one organisation during one turn.
#[derive(Clone, Copy)]
pub struct Way<'a> {
    pub turn: &'a Turn<'a>,
    pub link: &'a XeroLink,
    pub caller: &'a Caller,
}

/// Why a look was not finished.
#[derive(Debug, thiserror::Error)]
pub enum LookError {
    #[error(transparent)]
    Stage(#[from] StageError),
    #[error(transparent)]
    Stopped(#[from] PullStop),
}

impl From<store::StoreError> for LookError {
    fn from(error: store::StoreError) -> LookError {
        LookError::Stage(StageError::Store(error))
    }
}

impl LookError {
    /// The lane waits for its budget without counting it as a failure.
    pub fn into_next(self) -> Result<super::Next, StageError> {
        match self {
            LookError::Stopped(PullStop::Busy(until)) => Ok(super::Next::At(until)),
            LookError::Stopped(stop) => Err(xero_stopped(stop)),
            LookError::Stage(error) => Err(error),
        }
    }
}

/// How many documents of a resource one look by ids takes.
pub fn ids_max(resource: Resource) -> usize {
    match resource {
        Resource::BankTransfers => TRANSFERS_MAX,
        Resource::Invoices
        | Resource::CreditNotes
        | Resource::Payments
        | Resource::BankTransactions
        | Resource::ManualJournals => IDS_MAX,
    }
}

/// Reads documents by their ids and holds them against what was posted. Says of which subjects the
/// rest should be read too: money is missing there, or a document.
pub async fn by_ids(
    way: &Way<'_>,
    resource: Resource,
    ids: &[String],
) -> Result<BTreeSet<Subject>, LookError> {
    let shelf = xero::read_by_ids(way.caller, &way.link.tenant_id, resource, ids).await?;
    shown(way, &shelf, ids).await
}

/// Holds what a shelf shows against what was posted, and writes down what differs. What was asked
/// for by its id (`asked`) and is not there is gone from Xero.
pub async fn shown(
    way: &Way<'_>,
    shelf: &Shelf,
    asked: &[String],
) -> Result<BTreeSet<Subject>, LookError> {
    let turn = way.turn;
    let book = &turn.lease.book;
    let in_flight = turn.store.subjects_in_flight(book).await?;
    let mut ids = shelf.ids();
    ids.extend(asked.iter().cloned());
    let mut posted = turn.store.posted_by_remote(book, &ids).await?;
    posted.retain(|one| Resource::of(one.intent.kind()).is_some());
    // What is on its way may be there already.
    posted.retain(|one| !in_flight.contains(&one.intent.subject));
    let sales = shelf.sales()?;
    let rows = rows(turn, shelf, &sales, &posted).await?;
    posted.extend(allocations(&rows, &posted));
    let given = given(turn, &posted).await?;

    let mut look = Look { looked: Looked::default(), alarms: Vec::new(), rest: BTreeSet::new() };
    for one in &posted {
        let is_asked = is_among(asked, one);
        let found = shelf.find(one, &given).or_else(|| is_asked.then_some(Finding::Deleted));
        look.own(one, found);
    }
    money::look(&sales, &posted, &rows, &mut look);
    doubles::look(turn, shelf, (&ids, &in_flight), &mut look).await?;
    write(turn, look).await
}

fn is_among(ids: &[String], one: &Decided) -> bool {
    let id = one.receipt.as_ref().map(|receipt| receipt.remote_id.as_str());
    id.is_some_and(|id| ids.iter().any(|asked| asked.eq_ignore_ascii_case(id)))
}

/// What a look has come to so far.
struct Look {
    looked: Looked,
    /// Alarms that no drift stands behind.
    alarms: Vec<Alarm>,
    rest: BTreeSet<Subject>,
}

impl Look {
    fn own(&mut self, posted: &Decided, found: Option<Finding>) {
        let (kind, words) = match found {
            None | Some(Finding::Unclear) => return,
            Some(Finding::Same) => {
                self.whole(&posted.intent.id, &OF_ITSELF);
                return;
            }
            Some(Finding::Edited(words)) => (DriftKind::Edited, words),
            Some(Finding::Voided) => (DriftKind::Voided, "it was voided in Xero".to_owned()),
            Some(Finding::Deleted) => (DriftKind::Deleted, "it was deleted in Xero".to_owned()),
        };
        if kind.is_loss() {
            self.rest.insert(posted.intent.subject.clone());
        }
        self.whole(&posted.intent.id, &OF_ITSELF);
        let id = posted.receipt.as_ref().map(|receipt| receipt.remote_id.clone());
        self.sighted(posted, kind, (id.unwrap_or_default(), words));
    }

    fn whole(&mut self, intent: &IntentId, kinds: &[DriftKind]) {
        self.looked.whole.push((intent.clone(), kinds.to_vec()));
    }

    fn sighted(&mut self, posted: &Decided, kind: DriftKind, (remote_id, found): (String, String)) {
        self.looked.sighted.push(Sighted {
            intent: posted.intent.id.clone(),
            subject: posted.intent.subject.clone(),
            kind,
            remote_id,
            document: posted.intent.label(),
            found,
        });
    }
}

/// The subjects of the sales and credit notes on a shelf, with all that was decided about them.
async fn rows(
    turn: &Turn<'_>,
    shelf: &Shelf,
    sales: &[Seen],
    posted: &[Decided],
) -> Result<BTreeMap<Subject, SubjectRow>, LookError> {
    let is_needed = |one: &&Decided| match one.intent.kind() {
        Kind::Invoice | Kind::InvoiceEdit => !sales.is_empty(),
        Kind::CreditNote | Kind::SupplierCredit => true,
        Kind::Contact
        | Kind::Item
        | Kind::InvoiceVoid
        | Kind::Allocation
        | Kind::Payment
        | Kind::Bill
        | Kind::Refund
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal
        | Kind::Attachment
        | Kind::Undo => false,
    };
    let subjects: BTreeSet<Subject> =
        posted.iter().filter(is_needed).map(|one| one.intent.subject.clone()).collect();
    let subjects: Vec<Subject> = subjects.into_iter().collect();
    let mut rows = BTreeMap::new();
    tracing::debug!(
        shelf = shelf.ids().len(),
        subjects = subjects.len(),
        "Documents are held against what was posted"
    );
    for some in subjects.chunks(SUBJECTS_MAX) {
        let found = turn.store.subjects(&turn.lease.book, some).await?;
        rows.extend(found.into_iter().map(|row| (row.subject.clone(), row)));
    }
    Ok(rows)
}

/// Allocations show on their credit notes, and one that was taken away shows by not being there.
fn allocations(rows: &BTreeMap<Subject, SubjectRow>, posted: &[Decided]) -> Vec<Decided> {
    let is_known = |id: &IntentId| posted.iter().any(|one| one.intent.id == *id);
    let of_rows = rows.values().flat_map(|row| &row.decided);
    let standing = of_rows.filter(|one| one.progress.state == State::Posted);
    let on_shelf = standing.filter(|one| match &one.intent.body {
        Body::Allocation(made) => is_known(&made.credit_note) && !is_known(&one.intent.id),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => false,
    });
    on_shelf.cloned().collect()
}

/// The receipts that comparing needs. Documents of a contact that was merged since name the one
/// that it was merged into.
async fn given(turn: &Turn<'_>, posted: &[Decided]) -> Result<Given, LookError> {
    let mut needed: Vec<IntentId> = posted.iter().flat_map(|one| one.intent.references()).collect();
    needed.sort();
    needed.dedup();
    let mut receipts = turn.store.receipts(&needed).await?;
    if let Some((chart, _read)) = turn.store.chart(&turn.lease.book).await? {
        for receipt in receipts.values_mut() {
            if let Some(contact) = chart.contact(&receipt.remote_id) {
                receipt.remote_id.clone_from(&contact.contact_id);
            }
        }
    }
    Ok(Given::from(receipts))
}

/// Writes down what was seen and raises an alarm for what is new of it.
async fn write(turn: &Turn<'_>, look: Look) -> Result<BTreeSet<Subject>, LookError> {
    let now = turn.clock.now();
    turn.gate.pass("look: before drifts are written down").await;
    let drifted = turn.store.note_drifts(turn.lease, &look.looked, now).await?;
    turn.gate.pass("look: after drifts are written down").await;
    let of_drifts = drifted.opened.iter().map(|drift| {
        let sighted = &drift.sighted;
        let detail = format!("{}: {}", sighted.document, sighted.found);
        alarm(alarm_code(sighted), &sighted.subject, detail)
    });
    for alarm in of_drifts.chain(look.alarms) {
        turn.store.raise_alarm(&turn.lease.book, &alarm, now).await?;
    }
    for drift in &drifted.gone {
        calm(turn.store, &turn.lease.book, drift, ("check", now)).await?;
    }
    Ok(look.rest)
}

/// Which alarm a drift raises.
fn alarm_code(sighted: &Sighted) -> &'static str {
    match sighted.kind {
        DriftKind::Edited | DriftKind::Voided | DriftKind::Deleted => "document_changed",
        DriftKind::PaidElsewhere => "money_differs",
        DriftKind::Duplicate if sighted.subject.order_id().is_some() => "double_invoice",
        DriftKind::Duplicate => "document_unknown",
    }
}

/// Clears the alarm of a drift that is open no more, unless another one of the same kind is.
pub async fn calm(
    store: &Store,
    book: &BookId,
    drift: &Drift,
    (who, now): (&str, Timestamp),
) -> Result<(), store::StoreError> {
    let which = |one: &Drift| (alarm_code(&one.sighted), one.sighted.subject.clone());
    let open = store.drifts(book, Some(DriftState::Open)).await?;
    if open.iter().any(|one| which(one) == which(drift)) {
        return Ok(());
    }
    let (code, subject) = which(drift);
    store.clear_alarm(book, (code, &subject.to_string()), who, now).await?;
    Ok(())
}

fn alarm(code: &str, subject: &Subject, detail: String) -> Alarm {
    Alarm { code: code.to_owned(), subject: subject.to_string(), detail }
}
