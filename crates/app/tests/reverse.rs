//! A settlement that is taken back leaves Xero as it was before it; posted again, as it was after
//! it: in calm, under faults, and with the process ending at every commit in turn. Where Xero's
//! lock date or a matched bank line forbids it, a reversal says the opposite.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::Poll;

use app::book::Lane;
use app::engine::Engine;
use app::home::Home;
use app::stages::{Gate, Pace, prove};
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Currency, Day, Decimal, FactId, Money, Subject, Timestamp, Zone};
use facts::{Act, Approval, Body, Fact};
use intents::State;
use mapping::Role;
use mapping::settlement::Way;
use proof::Proof;
use sandbox::amazon::history::{History, Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::random::Random;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions};
use sandbox::xero::{Edition, LedgerView, Mood, StatementLine};
use store::SubjectRow;

/// Weeks go by: a turn a few times a day is enough.
const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 7 * Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

/// How often it is taken back and posted again in an ordinary run of the killing tests.
const ENDS: u64 = 4;

/// Balances by account code, without those that are zero.
type Trial = BTreeMap<String, Decimal>;

/// What the newest settlement comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ends {
    PaidOut,
    InDebt,
}

/// One month of one account with a few orders: the first from this seed on that ends like that.
fn story(seed: u64, ends: Ends) -> Options {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    let of = |seed| Options { months: 1, ..Options::before(seed, Setting::UkVat, 16, end) };
    let fits = |options: &Options| {
        let total = History::tell(*options).settlements.last().unwrap().total;
        if ends == Ends::PaidOut { total > 0 } else { total < 0 }
    };
    (seed..).step_by(100).map(of).find(fits).unwrap()
}

/// The book is connected on the account's first day.
fn world(seed: u64, ends: Ends, faults: FaultPlan) -> Sandbox {
    let history = story(seed, ends);
    let start = history.from;
    let clock = WorldClock::jumping(start);
    Sandbox::new(SandboxOptions {
        limits: false,
        faults,
        edition: Edition::Uk,
        history: Some(history),
        clock,
        ..SandboxOptions::new(seed, 0, start)
    })
}

fn trial(ledger: &LedgerView) -> Trial {
    let accounts = ledger.accounts.iter();
    let moved = accounts.filter(|account| !account.balance.is_zero());
    moved.map(|account| (account.code.clone(), account.balance.normalize())).collect()
}

fn mentions(ledger: &LedgerView, id: &str) -> bool {
    let numbers = ledger.invoices.iter().map(|document| document.number.as_str());
    let references = ledger.bank_transactions.iter().map(|moved| moved.reference.as_str());
    numbers.chain(references).any(|text| text.contains(id))
}

/// A book with all of its settlements posted.
struct Kept {
    engine: Engine,
    world: Sandbox,
    /// The newest settlement.
    id: String,
    /// Xero as it was before that settlement, and after it.
    before: Trial,
    after: Trial,
    said: u32,
    _folder: tempfile::TempDir,
}

async fn kept(seed: u64, ends: Ends, way: Way, faults: FaultPlan) -> Kept {
    let world = world(seed, ends, faults);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = way;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    let last = world.amazon().history().unwrap().settlements.last().unwrap();
    let id = last.id.clone();
    let before = RefCell::new(Trial::new());
    calm::work(&engine, &world, || {
        let ledger = world.xero().ledger();
        if !mentions(&ledger, &id) {
            *before.borrow_mut() = trial(&ledger);
        }
        false
    })
    .await;
    let after = trial(&world.xero().ledger());
    let kept =
        Kept { engine, world, id, before: before.into_inner(), after, said: 0, _folder: folder };
    kept.proved().await;
    assert_ne!(kept.before, kept.after, "the newest settlement is posted");
    kept
}

impl Kept {
    fn today(&self) -> Day {
        self.world.clock().now().day(&Zone::named("Europe/London").unwrap())
    }

    async fn row(&self) -> SubjectRow {
        let subject = Subject::settlement(&self.id);
        self.engine.store.subject(&self.engine.book, &subject).await.unwrap()
    }

    /// As the verbs `reverse` and `repost` say it.
    async fn say(&mut self, act: Act) {
        self.said += 1;
        let (subject, now) = (Subject::settlement(&self.id), self.world.clock().now());
        let fact = Fact {
            id: FactId::derive(&["person", subject.as_str(), &self.said.to_string()]),
            subject,
            occurred: now,
            source: "person".to_owned(),
            raw_hash: String::new(),
            body: Body::Approval(Approval { who: "Ada".to_owned(), act }),
        };
        let store = &self.engine.store;
        assert!(store.record_said(&self.engine.book, &fact, now).await.unwrap());
        store.nudge(&Lane::Book.name(&self.engine.book), now).await.unwrap();
    }

    async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    async fn do_it(&mut self, act: Act) {
        self.say(act).await;
        self.work().await;
    }

    fn trial(&self) -> Trial {
        trial(&self.world.xero().ledger())
    }

    /// The chart is read again: what Xero's settings say is known.
    async fn read_chart(&mut self) {
        self.engine.pace.chart_ms = Timestamp::HOUR;
        self.world.clock().advance_to(self.world.clock().now().after_ms(2 * Timestamp::HOUR));
        self.work().await;
        self.engine.pace = PACE;
    }

    /// Nothing of the settlement is stopped, dead, held or on its way.
    async fn is_through(&self) {
        let row = self.row().await;
        assert_eq!(row.stop, None);
        for one in &row.decided {
            let state = one.progress.state;
            let is_through = matches!(state, State::Posted | State::Withdrawn | State::Reversed);
            let reason = &one.progress.reason;
            assert!(is_through, "{} is {} {reason:?}", one.intent.part, state.as_str());
        }
    }

    /// The newest proof is of the documents that stand, and verifies.
    async fn proved(&self) {
        self.is_through().await;
        let row = self.row().await;
        let (_, hash) = prove::newest(&row.facts).unwrap();
        let bytes = self.engine.store.document(hash).await.unwrap().unwrap();
        let proof: Proof = serde_json::from_slice(&bytes).unwrap();
        let findings = proof::verify(&proof, None);
        assert!(findings.is_empty(), "{findings:#?}");
        let standing = row.decided.iter().filter(|one| {
            one.progress.state == State::Posted && mapping::settlement::stands(&row.decided, one)
        });
        let standing: Vec<String> = standing.map(|one| one.intent.id.to_string()).collect();
        let proved = proof.documents.iter().filter_map(|one| one.intent_id.as_ref());
        for id in proved {
            assert!(standing.contains(id), "{id} is proved and does not stand");
        }
    }

    async fn note(&self) -> String {
        self.row().await.note.unwrap().detail
    }

    fn credit_notes(&self) -> Vec<(String, Day)> {
        let notes = self.world.xero().ledger().credit_notes.into_iter();
        let ours = notes.filter(|note| note.number.contains(&self.id));
        ours.map(|note| (note.number, note.date)).collect()
    }

    /// Numbers of the settlement's documents that stand in Xero.
    fn numbers(&self) -> Vec<String> {
        let documents = self.world.xero().ledger().invoices.into_iter();
        let live = documents.filter(|one| {
            one.number.contains(&self.id) && !matches!(one.status, "VOIDED" | "DELETED")
        });
        live.map(|one| one.number).collect()
    }

    /// The code of the account that has a role.
    async fn code(&self, role: Role) -> String {
        let rules = self.engine.rules().await.unwrap();
        let id = rules.book().accounts.get(&role).unwrap().clone();
        let accounts = self.world.xero().ledger().accounts;
        accounts.into_iter().find(|account| account.id == id).unwrap().code
    }

    /// The bookkeeper matches the settlement's payout with the bank.
    async fn match_bank(&self, amount: Money) {
        let line = StatementLine {
            id: "line-1".to_owned(),
            account: self.code(Role::Bank(Currency::GBP)).await,
            date: self.today(),
            amount,
            text: format!("AMAZON {}", self.id),
            mood: Mood::Matches,
        };
        self.world.xero().bank_statement(line).unwrap();
    }

    fn total(&self) -> Money {
        let history = self.world.amazon().history().unwrap();
        Money::from_minor(history.settlements.last().unwrap().total, Currency::GBP)
    }
}

async fn there_and_back(mut kept: Kept) {
    let first = kept.numbers();
    kept.do_it(Act::Reverse).await;
    kept.is_through().await;
    assert_eq!(kept.trial(), kept.before);
    assert_eq!(kept.note().await, "taken back by a person");

    kept.do_it(Act::Repost).await;
    kept.proved().await;
    assert_eq!(kept.trial(), kept.after);
    let second = kept.numbers();
    assert_eq!(first.len(), second.len());
    assert!(second.iter().all(|number| !first.contains(number)), "{first:?} {second:?}");
}

#[tokio::test]
async fn a_summary_goes_and_comes_back() {
    there_and_back(kept(8, Ends::PaidOut, Way::Summary, FaultPlan::None).await).await;
}

#[tokio::test]
async fn what_amazon_is_owed_goes_and_comes_back() {
    there_and_back(kept(5, Ends::InDebt, Way::Summary, FaultPlan::None).await).await;
}

#[tokio::test]
async fn per_order_it_goes_and_comes_back() {
    there_and_back(kept(2, Ends::PaidOut, Way::PerOrder, FaultPlan::None).await).await;
}

#[tokio::test]
async fn under_faults_a_summary_goes_and_comes_back() {
    there_and_back(kept(6, Ends::PaidOut, Way::Summary, FaultPlan::Heavy).await).await;
}

#[tokio::test]
async fn under_faults_per_order_it_goes_and_comes_back() {
    there_and_back(kept(4, Ends::PaidOut, Way::PerOrder, FaultPlan::Heavy).await).await;
}

#[tokio::test]
async fn a_person_who_changes_her_mind_at_once_gets_it_posted_again() {
    let mut kept = kept(5, Ends::PaidOut, Way::PerOrder, FaultPlan::None).await;
    kept.say(Act::Reverse).await;
    kept.do_it(Act::Repost).await;
    kept.proved().await;
    assert_eq!(kept.trial(), kept.after);
}

/// The lock date is known: nothing is tried in the closed period.
#[tokio::test]
async fn in_a_closed_period_it_is_reversed_on_the_first_open_day() {
    for way in [Way::Summary, Way::PerOrder] {
        let mut kept = kept(6, Ends::PaidOut, way, FaultPlan::None).await;
        let lock = kept.today().after_days(3);
        kept.world.xero().set_period_lock(lock);
        kept.read_chart().await;
        kept.do_it(Act::Reverse).await;
        kept.is_through().await;
        assert_eq!(kept.trial(), kept.before);
        let notes = kept.credit_notes();
        assert!(!notes.is_empty());
        for (number, date) in notes {
            assert_eq!(date, lock.after_days(1), "{number}");
        }
        assert!(kept.note().await.contains("period_locked"), "{}", kept.note().await);
    }
}

/// The lock date is not known yet: Xero refuses, and that is the reason.
#[tokio::test]
async fn when_xero_refuses_for_its_lock_date_it_is_reversed() {
    for (way, faults) in [(Way::Summary, FaultPlan::None), (Way::PerOrder, FaultPlan::Heavy)] {
        let mut kept = kept(6, Ends::PaidOut, way, faults).await;
        let today = kept.today();
        kept.world.xero().set_period_lock(today.after_days(-1));
        kept.do_it(Act::Reverse).await;
        kept.is_through().await;
        assert_eq!(kept.trial(), kept.before);
        let notes = kept.credit_notes();
        assert!(!notes.is_empty());
        assert!(notes.iter().all(|(_, date)| *date == today), "{notes:?}");
        assert!(kept.note().await.contains("period_locked"), "{}", kept.note().await);
        if faults == FaultPlan::None {
            // Opened again, it is posted once more, and what was reversed stays.
            kept.world.xero().clear_locks();
            kept.read_chart().await;
            kept.do_it(Act::Repost).await;
            kept.proved().await;
            assert_eq!(kept.trial(), kept.after);
        }
    }
}

/// The money stays in the bank, and clearing owes it.
#[tokio::test]
async fn an_invoice_matched_with_the_bank_is_reversed_by_a_credit_note() {
    let mut kept = kept(8, Ends::PaidOut, Way::Summary, FaultPlan::None).await;
    let total = kept.total();
    assert!(total.is_positive());
    kept.match_bank(total).await;
    kept.do_it(Act::Reverse).await;
    kept.is_through().await;
    let mut expected = kept.before.clone();
    let sides = [
        (Role::Bank(Currency::GBP), total.amount()),
        (Role::Clearing(Currency::GBP), -total.amount()),
    ];
    for (role, amount) in sides {
        let balance = expected.entry(kept.code(role).await).or_default();
        *balance = (*balance + amount).normalize();
    }
    expected.retain(|_, balance| !balance.is_zero());
    assert_eq!(kept.trial(), expected);
    assert_eq!(kept.credit_notes().len(), 1);
    assert!(kept.note().await.contains("has_payments"), "{}", kept.note().await);
}

#[tokio::test]
async fn a_receipt_matched_with_the_bank_is_reversed_by_its_opposite() {
    let mut kept = kept(9, Ends::PaidOut, Way::PerOrder, FaultPlan::Heavy).await;
    kept.match_bank(kept.total()).await;
    kept.do_it(Act::Reverse).await;
    kept.is_through().await;
    assert_eq!(kept.trial(), kept.before);
    let reference = format!("{}-payout-R", kept.id);
    let moved = kept.world.xero().ledger().bank_transactions;
    assert_eq!(moved.iter().filter(|one| one.reference.contains(&reference)).count(), 1);
    kept.do_it(Act::Repost).await;
    kept.proved().await;
    assert_eq!(kept.trial(), kept.after);
}

/// Ends the process at one commit of deciding, sending or proving.
#[derive(Default)]
struct Reaper {
    /// Commits until the end; none while it is zero.
    left: AtomicU64,
    is_dead: AtomicBool,
    /// Where it ended.
    points: Mutex<Vec<&'static str>>,
}

impl Reaper {
    fn arm(&self, at: u64) {
        self.left.store(at, Ordering::SeqCst);
    }

    fn revive(&self) -> bool {
        self.is_dead.swap(false, Ordering::SeqCst)
    }
}

impl Gate for Reaper {
    fn pass<'a>(&'a self, point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let left = self.left.load(Ordering::SeqCst);
            let counts = ["map:", "push:", "look:", "prove:"];
            if left == 0 || !counts.iter().any(|stage| point.starts_with(stage)) {
                return;
            }
            self.left.store(left - 1, Ordering::SeqCst);
            if left == 1 {
                self.is_dead.store(true, Ordering::SeqCst);
                self.points.lock().unwrap().push(point);
                std::future::pending::<()>().await;
            }
        })
    }
}

/// One life of the process. True if it ended before its work was done.
async fn dies(kept: &Kept, reaper: &Reaper) -> bool {
    let mut work = Box::pin(kept.work());
    std::future::poll_fn(|context| {
        if work.as_mut().poll(context).is_ready() {
            return Poll::Ready(false);
        }
        if reaper.revive() { Poll::Ready(true) } else { Poll::Pending }
    })
    .await
}

/// Which commit it is, counted from the act: some of them, or as many as `DAYBOOK_ENDS` asks for,
/// one after the other.
fn places(random: &mut Random) -> Vec<u64> {
    let wanted = std::env::var("DAYBOOK_ENDS").ok().and_then(|text| text.parse::<u64>().ok());
    match wanted {
        Some(wanted) => (1..=wanted).collect(),
        None => (0..ENDS).map(|nth| 1 + nth * 5 + random.below(5)).collect(),
    }
}

/// Takes it back, or posts it again, with the process ending at that commit, and perhaps once more
/// soon after.
async fn killed(kept: &mut Kept, reaper: &Reaper, act: Act, (at, again): (u64, u64)) {
    kept.say(act).await;
    reaper.arm(at);
    let mut ends = 0;
    while dies(kept, reaper).await {
        ends += 1;
        reaper.arm(if ends == 1 { again } else { 0 });
    }
    reaper.arm(0);
    kept.is_through().await;
}

/// Takes it back and posts it again some times, ending at a commit drawn from those of each.
async fn killed_anywhere(way: Way, seed: u64) {
    let mut kept = kept(seed, Ends::PaidOut, way, FaultPlan::None).await;
    let reaper = Arc::new(Reaper::default());
    kept.engine.gate = reaper.clone();
    let mut random = Random::stream(seed, "ends");
    for at in places(&mut random) {
        for act in [Act::Reverse, Act::Repost] {
            killed(&mut kept, &reaper, act, (at, random.below(6))).await;
            let points = reaper.points.lock().unwrap().clone();
            let expected = if act == Act::Reverse { &kept.before } else { &kept.after };
            assert_eq!(kept.trial(), *expected, "{act:?}, ended at {points:?}");
        }
    }
    kept.proved().await;
    let points: BTreeSet<&str> = reaper.points.lock().unwrap().iter().copied().collect();
    for stage in ["map:", "push:"] {
        assert!(points.iter().any(|point| point.starts_with(stage)), "{points:?}");
    }
}

#[tokio::test]
async fn whenever_the_process_ends_a_summary_ends_the_same() {
    killed_anywhere(Way::Summary, 8).await;
}

#[tokio::test]
async fn whenever_the_process_ends_per_order_it_ends_the_same() {
    killed_anywhere(Way::PerOrder, 12).await;
}
