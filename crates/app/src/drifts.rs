//! What people choose about drifts, for the command line and whatever else speaks for them.

use base::{FactId, Subject, Timestamp};
use facts::{Act, Approval, Body, Fact};
use intents::{BookId, DriftKind, DriftState, Wish};
use store::{Choice, Drift, Store, StoreError};

use crate::book::Lane;
use crate::stages::look;

/// Why a choice cannot be taken.
#[derive(Debug, thiserror::Error)]
pub enum ChoiceError {
    #[error("{0}")]
    Unknown(String),
    /// It was reposted, reversed or put right already.
    #[error("{document} is {}", state.as_str())]
    Settled { document: String, state: DriftState },
    #[error("{document} {why}")]
    NotRepostable { document: String, why: String },
    #[error("{document} {why}")]
    NotReversible { document: String, why: String },
    #[error("say why Xero's version is right")]
    NoReason,
    #[error("the store failed")]
    Store(#[from] StoreError),
}

impl ChoiceError {
    /// The page in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            ChoiceError::Unknown(_) => "drift_unknown",
            ChoiceError::Settled { .. } => "drift_settled",
            ChoiceError::NotRepostable { .. } => "drift_not_repostable",
            ChoiceError::NotReversible { .. } => "drift_not_reversible",
            ChoiceError::NoReason => "config_invalid",
            ChoiceError::Store(error) => error.code(),
        }
    }
}

/// Who chooses about the drifts of which book, and when.
#[derive(Clone, Copy)]
pub struct Chooser<'a> {
    pub store: &'a Store,
    pub book: &'a BookId,
    pub who: &'a str,
    pub now: Timestamp,
}

impl Chooser<'_> {
    /// A drift by its id, or by the beginning of it that only one has.
    pub async fn find(&self, text: &str) -> Result<Drift, ChoiceError> {
        let text = text.trim();
        let begins = |drift: &Drift| {
            let id = drift.id.as_str();
            let bare = id.split_once('_').map_or(id, |(_, bare)| bare);
            !text.is_empty() && (id.starts_with(text) || bare.starts_with(text))
        };
        let mut found = self.store.drifts(self.book, None).await?;
        found.retain(begins);
        match (found.pop(), found.is_empty()) {
            (Some(drift), true) => Ok(drift),
            (Some(_), false) => {
                Err(ChoiceError::Unknown(format!("more than one drift begins with {text}")))
            }
            (None, _) => Err(ChoiceError::Unknown(format!("no drift is called {text:?}"))),
        }
    }

    /// Xero's version is right: not reported again until it changes again.
    pub async fn accept(&self, drift: &Drift, reason: &str) -> Result<(), ChoiceError> {
        must_be_open(drift)?;
        let reason = reason.trim();
        if reason.is_empty() {
            return Err(ChoiceError::NoReason);
        }
        self.choose(drift, Choice::Accept { reason }).await?;
        Ok(look::calm(self.store, self.book, drift, (self.who, self.now)).await?)
    }

    /// A document that is gone is posted again, by the next turn of the organisation's lane.
    pub async fn repost(&self, drift: &Drift) -> Result<(), ChoiceError> {
        must_be_repostable(drift)?;
        self.choose(drift, Choice::Ask(Wish::Repost)).await?;
        Ok(self.store.nudge(&Lane::Xero.name(self.book), self.now).await?)
    }

    /// What is ours of the order or the settlement is taken back: the rules decide how.
    pub async fn reverse(&self, drift: &Drift) -> Result<(), ChoiceError> {
        must_be_reversible(drift)?;
        self.say(&drift.sighted.subject, Act::Reverse).await?;
        self.choose(drift, Choice::Ask(Wish::Reverse)).await?;
        self.store.nudge(&Lane::Book.name(self.book), self.now).await?;
        Ok(self.store.nudge(&Lane::Xero.name(self.book), self.now).await?)
    }

    /// What a person says is a fact; said again after the other word it is another fact.
    async fn say(&self, subject: &Subject, act: Act) -> Result<(), ChoiceError> {
        let row = self.store.subject(self.book, subject).await?;
        let acts = row.facts.iter().filter_map(|fact| {
            if let Body::Approval(approval) = &fact.body { Some(approval.act) } else { None }
        });
        let said: Vec<Act> = acts.filter(|act| matches!(act, Act::Reverse | Act::Repost)).collect();
        if said.last() == Some(&act) {
            return Ok(());
        }
        let nth = said.len().to_string();
        let fact = Fact {
            id: FactId::derive(&["person", subject.as_str(), &format!("{act:?}"), &nth]),
            subject: subject.clone(),
            occurred: self.now,
            source: "person".to_owned(),
            raw_hash: String::new(),
            body: Body::Approval(Approval { who: self.who.to_owned(), act }),
        };
        self.store.record_said(self.book, &fact, self.now).await?;
        Ok(())
    }

    async fn choose(&self, drift: &Drift, choice: Choice<'_>) -> Result<(), ChoiceError> {
        if self.store.choose(&drift.id, choice, self.who, self.now).await? {
            return Ok(());
        }
        Err(ChoiceError::Unknown(format!("no drift is called {}", drift.id)))
    }
}

fn must_be_open(drift: &Drift) -> Result<(), ChoiceError> {
    match drift.state {
        DriftState::Open | DriftState::Accepted => Ok(()),
        DriftState::Reposted | DriftState::Reversed | DriftState::Gone => {
            let document = drift.sighted.document.clone();
            Err(ChoiceError::Settled { document, state: drift.state })
        }
    }
}

/// Only what is gone can be posted again: anything else would be doubled by it.
fn must_be_repostable(drift: &Drift) -> Result<(), ChoiceError> {
    must_be_open(drift)?;
    let document = drift.sighted.document.clone();
    if !drift.sighted.kind.is_loss() {
        let why = "is in Xero: only what was voided or deleted there can be posted again";
        return Err(ChoiceError::NotRepostable { document, why: why.to_owned() });
    }
    if !is_one_by_one(&drift.sighted.subject) {
        let why = "belongs to no order and no settlement: it is not posted again by itself";
        return Err(ChoiceError::NotRepostable { document, why: why.to_owned() });
    }
    Ok(())
}

/// Under money of others nothing can be taken away.
fn must_be_reversible(drift: &Drift) -> Result<(), ChoiceError> {
    must_be_open(drift)?;
    let document = drift.sighted.document.clone();
    if drift.sighted.kind == DriftKind::PaidElsewhere {
        let why = format!("has money of others on it: {}", drift.sighted.found);
        return Err(ChoiceError::NotReversible { document, why });
    }
    if !is_one_by_one(&drift.sighted.subject) {
        let why = "belongs to no order and no settlement: it is not taken back by itself";
        return Err(ChoiceError::NotReversible { document, why: why.to_owned() });
    }
    Ok(())
}

/// Subjects whose documents the rules can take back and post again one by one.
fn is_one_by_one(subject: &Subject) -> bool {
    subject.order_id().is_some() || subject.settlement_id().is_some()
}
