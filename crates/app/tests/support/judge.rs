//! What a fleet promises, looked at again and again while it plays, and in full of each book that
//! has come to rest.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Arc;

use app::book::Lane;
use app::cli::{Failure, books, bridge};
use app::engine::{Alive, Engine};
use app::pages::ErrorPage;
use app::report::Report;
use app::stages::{LaneState, OpenGate, prove};
use base::{Subject, Timestamp, Zone};
use intents::{DriftState, State};
use mapping::Role;
use proof::Proof;

use crate::fleet::{Fleet, Seller};
use crate::market::Market;
use crate::post;
use crate::process::fleet_pace;

/// Amazon shows a change two minutes later.
const SHOWN_MS: i64 = 2 * Timestamp::MINUTE;
/// A book is judged while nothing changes for so long.
const STILL_MS: i64 = 20 * Timestamp::MINUTE;
/// Amazon may be two days late with a transaction that is in its balance already.
const TOLD_DAYS: i64 = 3;
/// The vendors' minutes are over, as they count them.
const MINUTES_MS: i64 = 2 * Timestamp::MINUTE;

/// A failure's words.
fn told<T>(result: Result<T, Failure>, what: &str) -> T {
    result.unwrap_or_else(|failure| unreachable(what, &failure))
}

#[expect(clippy::panic, reason = "a test stops at the first surprise")]
fn unreachable(what: &str, failure: &Failure) -> ! {
    panic!("{what}: {} {}", failure.code, failure.detail)
}

/// A person finds out what it means and what to do.
#[track_caller]
fn is_explained(code: &str, about: &str) {
    assert!(ErrorPage::of(code).is_some(), "{code} of {about} has no page");
}

impl Fleet {
    /// What must hold at every moment. A change of an order may still be on its way.
    pub(crate) async fn look(&self) {
        for seller in self.sellers.iter().filter(|seller| !seller.is_judged) {
            let (book, truth) = (&seller.book, seller.world.truth());
            let at = format!("{book} at {}", truth.now);
            assert_eq!(truth.doubles, vec![], "{at}: doubles");
            assert_eq!(truth.unknown_names, vec![], "{at}: names");
            let throttled = seller.world.kit().log().throttled;
            assert_eq!(throttled, BTreeMap::new(), "{at}: over a limit");
            if matches!(seller.market, Market::World) {
                assert_eq!(truth.duplicates_ids, Vec::<String>::new(), "{at}: doubles");
            }
            for letter in self.store.letters(book).await.unwrap() {
                is_explained(&letter.reason.code, &format!("{at}: {}", letter.subject));
            }
            for row in self.store.alarms(book).await.unwrap() {
                is_explained(&row.alarm.code, &format!("{at}: {}", row.alarm.subject));
            }
        }
    }

    /// Each book that is at rest is looked at in full, once.
    pub(crate) async fn judge(&mut self) {
        for number in 0..self.sellers.len() {
            let seller = self.sellers.get(number).unwrap();
            if seller.is_judged {
                continue;
            }
            let engine = self.engine(seller).await;
            if !is_at_rest(seller, &engine).await {
                continue;
            }
            // The vendors' counts, before they are asked for more.
            let log = seller.world.kit().log();
            assert_eq!(log.throttled, BTreeMap::new(), "{}: over a limit", seller.book);
            for ((vendor, _), count) in log.calls {
                *self.came.calls.entry(vendor).or_default() += count;
            }
            let (report, proofs) = judged(seller, &engine).await;
            let bridges = usize::from(matches!(seller.market, Market::Account(..)));
            let waits = self.store.latencies(&seller.book).await.unwrap();
            let start = Timestamp::parse(crate::fleet::START).unwrap();
            let live = waits.iter().filter(|(changed, _)| *changed >= start);
            self.came.waits_ms.extend(live.map(|(changed, posted)| posted.since(*changed)));
            self.came.orders += report.orders;
            self.came.posted += report.posted;
            self.came.held += report.held;
            for (why, count) in report.recorded {
                let of_all = why.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end();
                *self.came.recorded.entry(of_all.to_owned()).or_default() += count;
            }
            self.came.settlements += report.settlements.map_or(0, |settled| settled.posted);
            self.came.proofs += proofs;
            self.came.bridges += u64::try_from(bridges).unwrap();
            self.sellers.get_mut(number).unwrap().is_judged = true;
        }
    }

    /// What concerns all books together.
    pub(crate) async fn close(&mut self) {
        assert_eq!(self.store.unread_notifications(10).await.unwrap(), vec![]);
        let notices = self.person.notices();
        for alert in notices.iter().flat_map(|notice| &notice.alerts) {
            is_explained(&alert.code, &alert.key);
        }
        self.came.alerts = notices.iter().map(|notice| notice.alerts.len()).sum();
    }

    /// The book as a person at a desk works it, with nothing lost on the way.
    async fn engine(&self, seller: &Seller) -> Engine {
        let row = self.store.book(&seller.book).await.unwrap().unwrap();
        Engine {
            store: self.store.clone(),
            clock: self.clock.clone(),
            carrier: self.calm.clone(),
            gate: Arc::new(OpenGate),
            node: "judge".to_owned(),
            alive: Alive::always(),
            pace: fleet_pace(),
            settings: serde_json::from_str(&row.settings).unwrap(),
            notifications: Some(post::queue()),
            book: row.id,
        }
    }

    /// Why it does not come to rest, for the failure's words.
    pub(crate) async fn unrest(&self) -> String {
        let mut words = Vec::new();
        for seller in self.sellers.iter().filter(|seller| !seller.is_judged) {
            let (book, truth) = (&seller.book, seller.world.truth());
            let counts = self.store.counts(book).await.unwrap();
            let (lost, unpaid) = (&truth.lost_ids, &truth.payments_wrong);
            let market = seller.market;
            words
                .push(format!("{book} {market:?}: lost {lost:?}, payments {unpaid:?}, {counts:?}"));
        }
        for row in self.store.lanes().await.unwrap() {
            if row.state.contains("\"trouble\":\"") {
                words.push(format!("{}: {}", row.name, row.state));
            }
        }
        words.join("\n")
    }
}

/// Everything that changed was read, decided and sent, and nothing changes for a while.
async fn is_at_rest(seller: &Seller, engine: &Engine) -> bool {
    let now = engine.clock.now();
    if seller.changes.range(now..now.after_ms(STILL_MS)).next().is_some() {
        return false;
    }
    let last = seller.changes.range(..now).next_back().copied().unwrap_or(now);
    let shown = last.after_ms(SHOWN_MS);
    for row in engine.lanes().await.unwrap() {
        let state: LaneState = serde_json::from_str(&row.state).unwrap();
        let is_amazon = matches!(Lane::parse(&row.name), Some(Lane::Amazon { .. }));
        let is_unread = state.money.read_until().is_none_or(|until| until < shown);
        // Its next turn may clear what it says of itself.
        let is_troubled = state.trouble.is_some();
        if is_troubled || (is_amazon && engine.settings.money && is_unread) {
            return false;
        }
    }
    let rules = engine.rules().await.unwrap();
    engine.is_quiet(shown, &rules).await.unwrap()
}

/// Every promise to one book.
async fn judged(seller: &Seller, engine: &Engine) -> (Report, u64) {
    let book = &seller.book;
    seller.world.kit().faults.end();
    let report = told(books::report(engine).await, "the report");
    let letters = engine.store.letters(book).await.unwrap();
    let noted = engine.store.noted(book).await.unwrap();
    let lanes = engine.lanes().await.unwrap();
    let told = || {
        let (market, text) = (seller.market, report.text());
        format!("{book} {market:?}: {text}\n{letters:#?}\n{noted:#?}\n{lanes:#?}")
    };
    assert!(report.agrees, "{}", told());
    assert_eq!((report.duplicates, report.lost), (0, 0), "{book}");
    assert!(report.dead.is_empty(), "{book}: {:?}", report.dead);
    assert!(report.alarms.is_empty(), "{book}: {:?}", report.alarms);
    assert!(report.unknown_names.is_empty(), "{book}: {:?}", report.unknown_names);
    for held in &report.held_orders {
        is_explained(&held.code, &held.order_id);
    }
    let counts = engine.store.counts(book).await.unwrap();
    let sending = counts.iter().filter(|((_, state), _)| *state == State::Sending);
    assert_eq!(sending.count(), 0, "{book}: left on the wire");
    let drifts = engine.store.drifts(book, Some(DriftState::Open)).await.unwrap();
    assert!(drifts.is_empty(), "{book}: {drifts:?}");
    let proofs = match seller.market {
        Market::World => 0,
        Market::Account(..) => settled(engine, seller.market, &report).await,
    };
    (report, proofs)
}

/// Every settlement is posted whole and proved, the bridge of a day of which Amazon told everything
/// closes, and nothing is in suspense.
async fn settled(engine: &Engine, way: Market, report: &Report) -> u64 {
    let (store, book) = (&engine.store, &engine.book);
    let sums = report.settlements.as_ref().unwrap();
    assert_eq!((sums.posted, sums.held), (sums.shown, 0), "{book}: {sums:#?}");
    assert!(sums.shown >= 2, "{book}: {sums:#?}");
    let mut proofs = 0;
    for known in store.settlements(book).await.unwrap() {
        let id = &known.settlement_id;
        let row = store.subject(book, &Subject::settlement(id)).await.unwrap();
        assert_eq!(row.stop, None, "{book}: settlement {id}");
        let is_live = |state| !matches!(state, State::Withdrawn | State::Reversed);
        for one in row.decided.iter().filter(|one| is_live(one.progress.state)) {
            let (part, reason) = (&one.intent.part, &one.progress.reason);
            assert_eq!(one.progress.state, State::Posted, "{book}: {id} {part} {reason:?}");
        }
        let (_, hash) = prove::newest(&row.facts).unwrap();
        let bytes = store.document(hash).await.unwrap().unwrap();
        let proof: Proof = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(proof.coverage.held.rows, 0, "{book}: {id}: rows wait");
        assert_eq!(proof.report.sum, known.total, "{book}: {id}");
        let findings = proof::verify(&proof, None);
        assert!(findings.is_empty(), "{book}: {id}: {findings:#?}");
        proofs += 1;
    }
    let clock = &engine.clock;
    clock.until(clock.now().after_ms(MINUTES_MS)).await;
    let day = clock.now().day(&Zone::utc()).after_days(-TOLD_DAYS);
    let bridge = told(bridge::of_day(engine, day).await, "the bridge");
    assert!(bridge.closes(), "{book} {way:?} on {day}: {bridge:#?}");
    clock.until(clock.now().after_ms(MINUTES_MS)).await;
    is_nothing_suspended(engine).await;
    proofs
}

async fn is_nothing_suspended(engine: &Engine) {
    let (chart, _) = engine.store.chart(&engine.book).await.unwrap().unwrap();
    let (link, today) = (&engine.settings.xero, engine.clock.now().day(&Zone::utc()));
    let rules = engine.rules().await.unwrap();
    let suspense = rules.book().accounts.get(&Role::Suspense).unwrap().to_lowercase();
    let caller = engine.xero_caller(link, &LaneState::default());
    let currency = chart.organisation.base_currency;
    let rows = xero::pull_trial_balance(&caller, &link.tenant_id, today, currency).await.unwrap();
    let found = rows.iter().find(|row| row.account_id.eq_ignore_ascii_case(&suspense));
    assert!(found.is_none_or(|row| row.balance.is_zero()), "{}: {found:?}", engine.book);
}
