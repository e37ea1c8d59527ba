//! How a part of one of Amazon's replies becomes a fact: what is archived of it, and what the
//! fact is called.

use std::collections::BTreeSet;

use base::id::content_hash;
use base::{CurrencyError, FactId, MoneyError, Subject, TimeError, Timestamp};
use facts::{Body, Fact};
use serde_json::value::RawValue;

use super::{Account, Raw, privacy};

/// Why a part of a reply could not be read. It is kept as an unreadable fact that says so.
#[derive(Debug, thiserror::Error)]
pub enum FinancesError {
    #[error("it is not as Amazon's model says: {0}")]
    Shape(serde_json::Error),
    #[error("{0} is missing")]
    Missing(&'static str),
    #[error("{field}: {error}")]
    Time { field: &'static str, error: TimeError },
    #[error("{place}: {error}")]
    Currency { place: String, error: CurrencyError },
    #[error("{place}: {error}")]
    Amount { place: String, error: MoneyError },
    #[error("the quantity {0} is less than none")]
    Quantity(i64),
    #[error("{0}")]
    Unlike(String),
}

/// Where facts of one kind come from and where they are archived.
#[derive(Clone, Copy)]
pub(super) struct Filing<'a> {
    pub(super) account: &'a Account,
    /// `transactions`: the last word of the facts' source.
    pub(super) name: &'static str,
    /// What the archived document is called.
    pub(super) kind: &'static str,
    pub(super) now: Timestamp,
}

/// What was read of a part, or as much of it as could be.
pub(super) struct Part {
    pub(super) subject: Option<Subject>,
    pub(super) occurred: Option<Timestamp>,
    /// Amazon's own name of it.
    pub(super) about: String,
    pub(super) body: Result<Body, FinancesError>,
}

impl Part {
    /// A part of which nothing could be read.
    pub(super) fn unshaped(error: serde_json::Error) -> Part {
        let body = Err(FinancesError::Shape(error));
        Part { subject: None, occurred: None, about: String::new(), body }
    }
}

impl Filing<'_> {
    /// Reads one part as Amazon wrote it. Never fails: what cannot be read is a fact that says
    /// why, with the money still in the archived document.
    pub(super) fn fact(self, raw: &RawValue, read: impl FnOnce(&str) -> Part) -> (Fact, Raw) {
        let document = self.document(raw);
        let part = read(&String::from_utf8_lossy(&document.bytes));
        let fact = self.fact_of(part, &document);
        (fact, document)
    }

    pub(super) fn document(self, raw: &RawValue) -> Raw {
        let text = privacy::pruned(self.account, raw);
        let hash = content_hash(text.as_bytes());
        Raw { hash, kind: self.kind.to_owned(), bytes: text.into_bytes() }
    }

    /// The id is that of the content: the same thing read twice is one fact, changed another.
    pub(super) fn fact_of(self, part: Part, document: &Raw) -> Fact {
        let id = self.id(&part.about, &document.hash);
        let subject = part.subject;
        let subject = subject
            .unwrap_or_else(|| Subject::from_stored(format!("unreadable:{}", document.hash)));
        let occurred = part.occurred.unwrap_or(self.now);
        let body = part.body.unwrap_or_else(|error| Body::Unreadable { reason: error.to_string() });
        self.envelope(id, subject, occurred, (&document.hash, body))
    }

    pub(super) fn envelope(
        self,
        id: FactId,
        subject: Subject,
        occurred: Timestamp,
        (raw_hash, body): (&str, Body),
    ) -> Fact {
        let source = format!("amazon:{}:{}", self.account.region.as_str(), self.name);
        Fact { id, subject, occurred, source, raw_hash: raw_hash.to_owned(), body }
    }

    pub(super) fn id(self, about: &str, content: &str) -> FactId {
        let source = format!("amazon.{}", self.name);
        let region = self.account.region.as_str();
        FactId::derive(&[&source, &self.account.seller_id, region, about, content])
    }
}

impl Account {
    /// The subject of what belongs to no order and no settlement. Without a marketplace it is the
    /// account in its whole region.
    pub(super) fn subject(&self, marketplace_id: &str) -> Subject {
        let place = if marketplace_id.is_empty() { self.region.as_str() } else { marketplace_id };
        Subject::from_stored(format!("account:{}:{place}", self.seller_id))
    }
}

/// Facts and their documents; what Amazon prints twice is there once.
pub(super) fn once(
    read: impl IntoIterator<Item = (Fact, Raw)>,
    facts: &mut Vec<Fact>,
    documents: &mut Vec<Raw>,
) {
    let mut seen: BTreeSet<FactId> = facts.iter().map(|fact| fact.id.clone()).collect();
    for (fact, document) in read {
        if seen.insert(fact.id.clone()) {
            facts.push(fact);
            documents.push(document);
        }
    }
}

/// A moment, or a bare date, which is the day's beginning.
pub(super) fn time(field: &'static str, text: &str) -> Result<Timestamp, FinancesError> {
    Timestamp::parse(text).or_else(|error| {
        let day = base::Day::parse(text).ok().filter(|_| !text.contains('T'));
        day.map(base::Day::midnight_utc).ok_or(FinancesError::Time { field, error })
    })
}

pub(super) fn time_opt(
    field: &'static str,
    text: Option<&str>,
) -> Result<Option<Timestamp>, FinancesError> {
    text.filter(|text| !text.is_empty()).map(|text| time(field, text)).transpose()
}

/// Amazon writes empty texts where it means nothing.
pub(super) fn filled(text: Option<&String>) -> Option<String> {
    text.map(|text| text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
}
