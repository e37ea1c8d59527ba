//! Settlement reports: which there are, and their documents. Amazon makes them by itself, lists
//! them for ninety days, and gives each document under an address that lives five minutes.

mod contents;

use std::collections::BTreeSet;

use base::id::content_hash;
use base::{Subject, Timestamp, Transport};
use facts::Fact;
use serde::{Deserialize, Serialize};

use super::filing::{Filing, FinancesError, Part, time, time_opt};
use super::{Account, PullStop, Raw, TOKEN_MS, ask, ask_in_role};
use crate::api::reports::{self as wire, Download, GetReportDocument, GetReports};

pub use contents::facts_of_report;

/// What an archived settlement report is called.
pub const REPORT_KIND: &str = "amazon.settlement_report";

/// How far a list reaches back into the last one: a report is found by when it was asked for, and
/// may take long until its document is there.
const OVERLAP_MS: i64 = 7 * Timestamp::DAY;

/// Amazon keeps reports for ninety days. A little less, so that the oldest moment is still within
/// them when the request arrives.
const KEPT_MS: i64 = 90 * Timestamp::DAY - 10 * Timestamp::MINUTE;

/// How far the listing has got.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportsPosition {
    /// The moment of the last whole list; none before the first.
    pub listed: Option<Timestamp>,
    pub page: Option<ListPage>,
}

/// A page in the middle of a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListPage {
    pub token: String,
    /// When the token was given.
    pub given: Timestamp,
    /// When the list was begun.
    pub began: Timestamp,
}

/// One page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReportsPage {
    /// Reports whose document can be fetched. Many of them were there the last time already.
    pub reports: Vec<ReportRef>,
    /// Reports that Amazon calls done and that cannot be fetched.
    pub facts: Vec<Fact>,
    pub next: ReportsPosition,
    pub more: bool,
    /// Why the list is read from its start again.
    pub restarted: Option<String>,
    /// Nobody listed for longer than Amazon keeps reports: those from then on, up to where the
    /// list begins, are gone, and must come by hand from Seller Central.
    pub missed_since: Option<Timestamp>,
}

/// A settlement report that is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportRef {
    pub report_id: String,
    pub document_id: String,
    pub created: Timestamp,
    pub marketplace_ids: Vec<String>,
    pub data_start: Option<Timestamp>,
    pub data_end: Option<Timestamp>,
}

/// A document as it was downloaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FetchedReport {
    /// Still compressed when they came so.
    pub bytes: Vec<u8>,
    /// What the download's `Content-Type` said.
    pub charset: Option<String>,
    /// The bytes are gzip.
    pub gzip: bool,
    /// SHA-256 of the bytes.
    pub hash: String,
}

impl ReportsPosition {
    pub fn parse(text: &str) -> Option<ReportsPosition> {
        serde_json::from_str(text).ok()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

impl FetchedReport {
    /// A document that came from anywhere, such as a file that a person downloaded.
    pub fn of(bytes: Vec<u8>, charset: Option<String>) -> FetchedReport {
        let (gzip, hash) = (bytes.starts_with(&[0x1f, 0x8b]), content_hash(&bytes));
        FetchedReport { bytes, charset, gzip, hash }
    }

    /// What goes into the archive.
    pub fn into_document(self) -> Raw {
        Raw { hash: self.hash, kind: REPORT_KIND.to_owned(), bytes: self.bytes }
    }
}

/// Reads one page of the settlement reports that Amazon made since the last list.
pub async fn sweep_reports(
    transport: &dyn Transport,
    account: &Account,
    position: &ReportsPosition,
    now: Timestamp,
) -> Result<ReportsPage, PullStop> {
    let oldest = now.after_ms(-KEPT_MS);
    let since = position.listed.map_or(oldest, |listed| listed.after_ms(-OVERLAP_MS).max(oldest));
    let call = match &position.page {
        Some(page) if now.since(page.given) >= TOKEN_MS => {
            return Ok(restarted(position, "the page token is a day old".to_owned()));
        }
        Some(page) => GetReports::Next { token: &page.token },
        None => GetReports::First {
            types: &[wire::SETTLEMENT],
            statuses: &[wire::DONE],
            created_since: since.iso(),
        },
    };
    let reply = match ask_in_role(transport, &call, now).await {
        Err(PullStop::Status { status: 400, detail, .. }) if position.page.is_some() => {
            return Ok(restarted(position, detail));
        }
        reply => reply?,
    };
    let mut page = empty(next(position, reply.next_token(), now));
    page.missed_since = position.listed.filter(|listed| *listed < oldest);
    let mut seen = BTreeSet::new();
    for report in &reply.reports {
        // Amazon filters by type and status; what it lets through all the same is not ours.
        let is_ours =
            report.report_type == wire::SETTLEMENT && report.processing_status == wire::DONE;
        if !is_ours || !seen.insert(report.report_id.as_str()) {
            continue;
        }
        match reference(report) {
            Ok(report) => page.reports.push(report),
            Err(error) => page.facts.push(unfetchable(account, report, error, now)),
        }
    }
    Ok(page)
}

/// Downloads a report's document. An address that ran out is asked for once more.
pub async fn fetch_report(
    transport: &dyn Transport,
    report: &ReportRef,
    now: Timestamp,
) -> Result<FetchedReport, PullStop> {
    match download(transport, report, now).await {
        Err(PullStop::Status { status: 400 | 403 | 404, code, .. }) if code == EXPIRED => {
            download(transport, report, now).await
        }
        result => result,
    }
}

/// What a refused download is called inside here: the document's store knows no code of Amazon's.
const EXPIRED: &str = "address_expired";

async fn download(
    transport: &dyn Transport,
    report: &ReportRef,
    now: Timestamp,
) -> Result<FetchedReport, PullStop> {
    let call = GetReportDocument { document_id: &report.document_id };
    let document = ask_in_role(transport, &call, now).await?;
    if let Some(other) = document.compression_algorithm.filter(|word| word != wire::GZIP) {
        let words = format!("report {} is compressed by {other:?}", report.report_id);
        return Err(PullStop::Unreadable(words));
    }
    match ask(transport, &Download { url: &document.url }, now).await {
        Ok(found) => Ok(FetchedReport::of(found.bytes, found.charset)),
        // The store of files answers for the address: nothing here is about our token.
        Err(PullStop::Unauthorised(_)) => Err(refused(403, report)),
        Err(PullStop::Status { status, .. }) => Err(refused(status, report)),
        Err(stop) => Err(stop),
    }
}

fn refused(status: u16, report: &ReportRef) -> PullStop {
    let detail = format!("the document of report {} was not given out", report.report_id);
    let code = if status < 500 { EXPIRED } else { "" };
    PullStop::Status { status, code: code.to_owned(), detail }
}

fn reference(report: &wire::Report) -> Result<ReportRef, FinancesError> {
    let document_id = report.report_document_id.clone().filter(|id| !id.is_empty());
    Ok(ReportRef {
        report_id: report.report_id.clone(),
        document_id: document_id.ok_or(FinancesError::Missing("reportDocumentId"))?,
        created: time("createdTime", &report.created_time)?,
        marketplace_ids: report.marketplace_ids.clone().unwrap_or_default(),
        data_start: time_opt("dataStartTime", report.data_start_time.as_deref())?,
        data_end: time_opt("dataEndTime", report.data_end_time.as_deref())?,
    })
}

/// The list says that there is a report, and not where: someone must see that.
fn unfetchable(
    account: &Account,
    report: &wire::Report,
    error: FinancesError,
    now: Timestamp,
) -> Fact {
    let filing = Filing { account, name: "reports", kind: REPORT_KIND, now };
    let part = Part {
        subject: Some(subject(&report.report_id)),
        occurred: time("createdTime", &report.created_time).ok(),
        about: report.report_id.clone(),
        body: Err(error),
    };
    // The list itself is not archived: it says nothing that the fact does not.
    let nothing = Raw { hash: String::new(), kind: String::new(), bytes: Vec::new() };
    filing.fact_of(part, &nothing)
}

/// A report that was listed and whose document could not be had: someone must see that, and the
/// reports behind it go on. The same complaint again is the same fact.
pub fn unfetched(account: &Account, report: &ReportRef, why: &str, now: Timestamp) -> Fact {
    let filing = Filing { account, name: "reports", kind: REPORT_KIND, now };
    let part = Part {
        subject: Some(subject(&report.report_id)),
        occurred: Some(report.created),
        about: format!("{}: {why}", report.report_id),
        body: Err(FinancesError::Unlike(why.to_owned())),
    };
    let nothing = Raw { hash: String::new(), kind: String::new(), bytes: Vec::new() };
    filing.fact_of(part, &nothing)
}

/// True of a stop that asking again will not mend: the document is there and is not what it should
/// be, or is not given out.
pub fn is_final(stop: &PullStop) -> bool {
    match stop {
        PullStop::Unreadable(_) => true,
        PullStop::Status { status, code, .. } => *status < 500 && code == EXPIRED,
        PullStop::Busy(_)
        | PullStop::NotSent(_)
        | PullStop::Lost(_)
        | PullStop::Unauthorised(_)
        | PullStop::AuthorisationGone(_) => false,
    }
}

/// The subject of a report of which no settlement could be read.
fn subject(report_id: &str) -> Subject {
    Subject::settlement(&format!("report:{report_id}"))
}

/// The next list begins when this one was begun, not when its last page was read.
fn next(position: &ReportsPosition, token: Option<&str>, now: Timestamp) -> ReportsPosition {
    let began = position.page.as_ref().map_or(now, |page| page.began);
    match token {
        Some(token) => {
            let page = ListPage { token: token.to_owned(), given: now, began };
            ReportsPosition { listed: position.listed, page: Some(page) }
        }
        None => ReportsPosition { listed: Some(began), page: None },
    }
}

fn restarted(position: &ReportsPosition, why: String) -> ReportsPage {
    let mut page = empty(ReportsPosition { listed: position.listed, page: None });
    (page.more, page.restarted) = (true, Some(why));
    page
}

fn empty(next: ReportsPosition) -> ReportsPage {
    let more = next.page.is_some();
    let (reports, facts) = (Vec::new(), Vec::new());
    ReportsPage { reports, facts, next, more, restarted: None, missed_since: None }
}
