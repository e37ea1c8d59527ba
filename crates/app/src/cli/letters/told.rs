//! Letters as JSON.

use serde::Serialize;
use store::{AttemptRow, Exchange, Letter, LetterAct, What};

use super::pick::kind_of;
use crate::pages::ErrorPage;

/// A list, and what was done with it.
#[derive(Serialize)]
pub(super) struct List<'a> {
    /// `replayed`, `ignored`, or `would be replayed` and so on; none where nothing is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    done: Option<&'a str>,
    count: usize,
    letters: Vec<ToldLetter<'a>>,
}

#[derive(Serialize)]
pub(super) struct ToldLetter<'a> {
    pub(super) id: &'a str,
    pub(super) kind: &'a str,
    pub(super) subject: &'a str,
    /// Of a document: which part of its subject, its state in the outbox, and how often it was
    /// sent without a clear end.
    pub(super) part: Option<&'a str>,
    pub(super) state: Option<&'a str>,
    pub(super) attempts: Option<u32>,
    pub(super) code: &'a str,
    pub(super) detail: &'a str,
    /// When it last went wrong, UTC.
    pub(super) since: String,
    pub(super) ignored: Option<ToldAct<'a>>,
}

#[derive(Serialize)]
pub(super) struct ToldAct<'a> {
    pub(super) at: String,
    pub(super) who: &'a str,
    pub(super) act: &'a str,
    pub(super) code: &'a str,
    pub(super) reason: &'a str,
}

/// One letter with all that is known of it.
#[derive(Serialize)]
pub(super) struct Shown<'a> {
    pub(super) letter: ToldLetter<'a>,
    pub(super) title: &'a str,
    pub(super) meaning: &'a str,
    pub(super) what_to_do: &'a str,
    pub(super) attempts: Vec<ToldAttempt<'a>>,
    pub(super) acts: Vec<ToldAct<'a>>,
    pub(super) exchanges: Vec<ToldExchange<'a>>,
    /// The bytes that could not be read, without personal data.
    pub(super) document: Option<&'a str>,
    /// Documents that wait for this one.
    pub(super) waiting: Vec<String>,
}

#[derive(Serialize)]
pub(super) struct ToldAttempt<'a> {
    at: String,
    by: &'a str,
    outcome: &'a str,
    status: Option<u16>,
    detail: &'a str,
}

#[derive(Serialize)]
pub(super) struct ToldExchange<'a> {
    at: String,
    code: &'a str,
    request: &'a str,
    request_headers: &'a [(String, String)],
    request_body: &'a str,
    status: Option<u16>,
    reply_headers: &'a [(String, String)],
    reply_body: &'a str,
}

impl<'a> List<'a> {
    pub(super) fn of(letters: &'a [Letter], done: Option<&'a str>) -> List<'a> {
        let told = letters.iter().map(ToldLetter::of).collect();
        List { done, count: letters.len(), letters: told }
    }
}

impl<'a> ToldLetter<'a> {
    pub(super) fn of(letter: &'a Letter) -> ToldLetter<'a> {
        let (part, state, attempts) = match &letter.what {
            What::Intent { part, state, attempts, .. } => {
                (Some(part.as_str()), Some(state.as_str()), Some(*attempts))
            }
            What::Subject | What::Unread { .. } => (None, None, None),
        };
        ToldLetter {
            id: &letter.id,
            kind: kind_of(letter),
            subject: letter.subject.as_str(),
            part,
            state,
            attempts,
            code: &letter.reason.code,
            detail: &letter.reason.detail,
            since: letter.since.iso(),
            ignored: letter.ignored.as_ref().map(ToldAct::of),
        }
    }

    /// What the code's page says: what it is, what it means, what to do.
    pub(super) fn page(&self) -> (&'static str, &'static str, &'static str) {
        let page = ErrorPage::of(self.code);
        page.map_or(("", "", ""), |page| (page.title(), page.meaning(), page.what_to_do()))
    }
}

impl<'a> ToldAct<'a> {
    pub(super) fn of(act: &'a LetterAct) -> ToldAct<'a> {
        let LetterAct { at, who, act, code, reason } = act;
        ToldAct { at: at.iso(), who, act, code, reason }
    }
}

impl<'a> ToldAttempt<'a> {
    pub(super) fn of(row: &'a AttemptRow) -> ToldAttempt<'a> {
        ToldAttempt {
            at: row.at.iso(),
            by: &row.by,
            outcome: &row.outcome,
            status: row.status,
            detail: &row.detail,
        }
    }
}

impl<'a> ToldExchange<'a> {
    pub(super) fn of(exchange: &'a Exchange) -> ToldExchange<'a> {
        ToldExchange {
            at: exchange.at.iso(),
            code: &exchange.code,
            request: &exchange.request,
            request_headers: &exchange.request_headers,
            request_body: &exchange.request_body,
            status: exchange.status,
            reply_headers: &exchange.reply_headers,
            reply_body: &exchange.reply_body,
        }
    }
}
