//! Asks Amazon for its money: settlement reports and their documents, payouts, transactions,
//! control totals, balances. One call a turn, what is most wanted first.
//!
//! A part of it that the application has no role for is told once and left out for a day; the rest
//! goes on, and proofs name what is missing.

mod memory;
mod settled;

use amazon::source::finances::{self, FinancesPosition};
use amazon::source::reports::{ReportRef, ReportsPosition};
use amazon::source::{self, Account, Page, PullStop, payouts};
use base::{Timestamp, Zone};
use serde::{Deserialize, Serialize};
use store::{Alarm, HintsDone, Pulled};

pub use self::memory::Money;

use self::memory::is_due;
use super::pull::{SHOWN_MS, account, amazon_stopped, document};
use super::{LaneState, Next, StageError, Turn, hints, letters};
use crate::book::{AmazonLink, Lane};
use crate::transport::Caller;

/// A role that was refused is asked for again after so long.
const ROLE_AGAIN_MS: i64 = Timestamp::DAY;
/// A page that could not be read is asked for again after so long.
const UNREADABLE_AGAIN_MS: i64 = Timestamp::HOUR;
/// Half a page is not what Amazon means to say: what cannot be read is set aside only when so many
/// answers in a row could not be.
const UNREADABLE_MAX: u32 = 3;
const UNREADABLE_CODE: &str = "amazon_unreadable";
const REFUSED_CODE: &str = "amazon_refused";

/// How far the reports have got, stored together with what came of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
struct Kept {
    position: ReportsPosition,
    /// Listed and not fetched.
    waiting: Vec<ReportRef>,
    /// Fetched and not had: each is a letter, and is fetched again when letters are replayed.
    unread: Vec<ReportRef>,
    /// The replay of letters with which these were last put back in line.
    again: Option<String>,
    /// Settlements whose control total is still to be asked for.
    summaries: Vec<String>,
}

impl Kept {
    fn parse(text: Option<String>) -> Kept {
        text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
    }

    fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// A person replayed letters: what could not be had is waited for again.
    fn put_back(&mut self, replayed: Option<String>) {
        if replayed.is_some() && replayed != self.again {
            self.again = replayed;
            self.waiting.append(&mut self.unread);
        }
    }
}

/// The way to one seller account during one turn.
struct Way<'a> {
    turn: &'a Turn<'a>,
    link: &'a AmazonLink,
    account: Account,
    caller: &'a Caller,
    now: Timestamp,
    /// Answers in a row that could not be read.
    unread: u32,
}

/// One call, if anything is due. Says when there is more to do.
pub async fn money(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Next, StageError> {
    let (account, now, unread) = (account(link)?, turn.clock.now(), state.money.unread);
    let way = Way { turn, link, account, caller, now, unread };
    let mut memory = std::mem::take(&mut state.money);
    let before = memory.clone();
    let result = way.step(&mut memory).await;
    memory.note(&before, now);
    memory.unread = match &result {
        Ok(_) => 0,
        Err(stopped) => unread.saturating_add(u32::from(stopped.is_unread())),
    };
    state.money = memory;
    match result {
        Ok(true) => Ok(Next::Now),
        Ok(false) => {
            state.money.swept = Some(way.now);
            Ok(Next::At(state.money.next(way.now, turn.pace.reports_ms)))
        }
        Err(Stopped::Busy(until)) => Ok(Next::At(until.max(way.now.after_ms(1)))),
        Err(Stopped::Stage(error)) => Err(error),
    }
}

enum Stopped {
    Busy(Timestamp),
    Stage(StageError),
}

impl Stopped {
    /// There was an answer, and it is none that can be gone on from.
    fn is_unread(&self) -> bool {
        match self {
            Stopped::Stage(StageError::Vendor { code, .. }) => {
                [UNREADABLE_CODE, REFUSED_CODE].contains(code)
            }
            Stopped::Stage(_) | Stopped::Busy(_) => false,
        }
    }
}

impl From<store::StoreError> for Stopped {
    fn from(error: store::StoreError) -> Stopped {
        Stopped::Stage(StageError::Store(error))
    }
}

impl From<PullStop> for Stopped {
    fn from(stop: PullStop) -> Stopped {
        match stop {
            PullStop::Busy(until) => Stopped::Busy(until),
            PullStop::NotSent(_)
            | PullStop::Lost(_)
            | PullStop::Unauthorised(_)
            | PullStop::AuthorisationGone(_)
            | PullStop::Status { .. }
            | PullStop::Unreadable(_) => Stopped::Stage(amazon_stopped(&stop.with_a_fresh_token())),
        }
    }
}

/// How often reports and transactions are asked for at most, however often Amazon says that there
/// are new ones: each reading of transactions goes over the last days again.
const REPORTS_LEAST_MS: i64 = 5 * Timestamp::MINUTE;
const TRANSACTIONS_LEAST_MS: i64 = 15 * Timestamp::MINUTE;

impl Way<'_> {
    /// False when nothing is due.
    async fn step(&self, memory: &mut Money) -> Result<bool, Stopped> {
        let name = self.named("reports");
        let mut kept = Kept::parse(self.turn.store.cursor(self.book(), &name).await?);
        if !kept.unread.is_empty() {
            kept.put_back(letters::mark(self.turn).await.map_err(Stopped::Stage)?);
        }
        if let Some(report) = kept.waiting.first().cloned() {
            return self.fetch(&name, &mut kept, &report).await.map(|()| true);
        }
        memory.nothing_waits();
        if is_due(memory.reports_due, self.now) {
            return self.list(&name, &mut kept, memory).await.map(|()| true);
        }
        if let Some(settlement_id) = kept.summaries.first().cloned() {
            return self.summary(&name, &mut kept, &settlement_id).await.map(|()| true);
        }
        if is_due(memory.payouts_due, self.now) {
            let (name, position) = self.position("payouts").await?;
            let page =
                payouts::sweep_payouts(self.caller, &self.account, &position, self.now).await;
            self.page(&name, page, &mut memory.payouts_due, None).await?;
            return Ok(true);
        }
        if is_due(memory.groups_due, self.now) {
            let (name, position) = self.position("groups").await?;
            let page =
                finances::event_groups(self.caller, &self.account, &position, self.now).await;
            self.page(&name, page, &mut memory.groups_due, None).await?;
            return Ok(true);
        }
        if is_due(memory.transactions_due, self.now) {
            return self.transactions(memory).await.map(|()| true);
        }
        self.balances(memory).await
    }

    fn book(&self) -> &intents::BookId {
        &self.turn.lease.book
    }

    fn named(&self, what: &str) -> String {
        format!("{what}:{}", self.link.region)
    }

    async fn position(&self, what: &str) -> Result<(String, FinancesPosition), Stopped> {
        let name = self.named(what);
        let stored = self.turn.store.cursor(self.book(), &name).await?;
        let known = stored.and_then(|text| FinancesPosition::parse(&text));
        let position = known.unwrap_or_else(|| FinancesPosition::start(self.turn.settings.since));
        Ok((name, position))
    }

    async fn transactions(&self, memory: &mut Money) -> Result<(), Stopped> {
        let (name, position) = self.position("transactions").await?;
        let page =
            finances::sweep_transactions(self.caller, &self.account, &position, self.now).await;
        let end = position.page.map_or(self.now.after_ms(-SHOWN_MS), |page| page.before);
        let swept = hints::swept(hints::TRANSACTIONS, end);
        let is_denied = matches!(&page, Err(stop) if stop.is_role_missing());
        let least_ms = if is_denied { ROLE_AGAIN_MS } else { TRANSACTIONS_LEAST_MS };
        if self.page(&name, page, &mut memory.transactions_due, Some(swept)).await? {
            memory.transactions_from = Some(self.now.after_ms(least_ms));
        }
        Ok(())
    }

    /// Yesterday's balance, once that day is over everywhere.
    async fn balances(&self, memory: &mut Money) -> Result<bool, Stopped> {
        if !is_due(memory.balances_due, self.now) {
            return Ok(false);
        }
        let today = self.now.day(&Zone::utc());
        memory.balances_due = Some(today.after_days(1).midnight_utc().after_ms(Timestamp::HOUR));
        let day = today.after_days(-1);
        if memory.balance.is_some_and(|known| known >= day) {
            return Ok(false);
        }
        let asked = finances::balances(self.caller, &self.account, Some(day), self.now).await;
        let mut again = None;
        let pulled = self.roled("balances", asked, &mut again).await?;
        memory.balance = Some(day);
        let Some(pulled) = pulled else { return Ok(true) };
        self.record(stored(pulled)).await?;
        Ok(true)
    }

    /// Stores one page of a sweep with the place to go on from, and what hints it answers when it is
    /// the last. True if it is, or if there is none to be had.
    async fn page(
        &self,
        name: &str,
        page: Result<Page<FinancesPosition>, PullStop>,
        due: &mut Option<Timestamp>,
        swept: Option<HintsDone>,
    ) -> Result<bool, Stopped> {
        let Some(page) = self.roled(name, page, due).await? else {
            self.record_swept(Pulled::default(), swept).await?;
            return Ok(true);
        };
        let is_over = !page.more && page.restarted.is_none();
        let pulled = Pulled {
            facts: page.facts,
            documents: page.documents.into_iter().map(document).collect(),
            reports: Vec::new(),
            cursor: Some((name.to_owned(), page.next.to_text())),
        };
        self.record_swept(pulled, swept.filter(|_| is_over)).await?;
        if is_over {
            *due = Some(self.now.after_ms(self.turn.pace.reports_ms));
        }
        Ok(is_over)
    }

    /// None where the application lacks the role: that is told, and asked again tomorrow.
    async fn roled<T>(
        &self,
        what: &str,
        asked: Result<T, PullStop>,
        due: &mut Option<Timestamp>,
    ) -> Result<Option<T>, Stopped> {
        match asked {
            Ok(answer) => {
                for code in ["role_missing", UNREADABLE_CODE] {
                    let store = self.turn.store;
                    store.clear_alarm(self.book(), (code, what), "money", self.now).await?;
                }
                Ok(Some(answer))
            }
            Err(stop) if stop.is_role_missing() => {
                *due = Some(self.now.after_ms(ROLE_AGAIN_MS));
                self.alarm("role_missing", what, stop.to_string()).await?;
                Ok(None)
            }
            // One page that makes no sense must not keep the others from being read.
            Err(PullStop::Unreadable(why)) if self.unread >= UNREADABLE_MAX => {
                *due = Some(self.now.after_ms(UNREADABLE_AGAIN_MS));
                self.alarm(UNREADABLE_CODE, what, why).await?;
                Ok(None)
            }
            Err(stop) => Err(stop.into()),
        }
    }

    async fn alarm(&self, code: &str, subject: &str, detail: String) -> Result<(), Stopped> {
        let alarm = Alarm { code: code.to_owned(), subject: subject.to_owned(), detail };
        Ok(self.turn.store.raise_alarm(self.book(), &alarm, self.now).await?)
    }

    async fn record(&self, pulled: Pulled) -> Result<(), Stopped> {
        self.record_swept(pulled, None).await
    }

    async fn record_swept(&self, pulled: Pulled, swept: Option<HintsDone>) -> Result<(), Stopped> {
        let done: Vec<HintsDone> = swept.into_iter().collect();
        self.turn.gate.pass("money: before recording").await;
        let now = self.turn.clock.now();
        let fresh = self.turn.store.record_hinted(self.turn.lease, &pulled, &done, now).await?;
        self.turn.gate.pass("money: after recording").await;
        if fresh > 0 {
            let lane = Lane::Book.name(self.book());
            self.turn.store.nudge(&lane, self.turn.clock.now()).await?;
        }
        Ok(())
    }
}

fn stored(pulled: source::Pulled) -> Pulled {
    let documents = pulled.documents.into_iter().map(document).collect();
    Pulled { facts: pulled.facts, documents, ..Pulled::default() }
}
