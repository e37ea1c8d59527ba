//! A book that begins in the midst of an account's history: opening balances are proposed, a person
//! posts them, and from then on the books and Amazon's balance are apart by named items alone.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::collections::BTreeMap;
use std::sync::Arc;

use app::cli::bridge;
use app::cli::cutover::{self, Proposed};
use app::engine::Engine;
use app::home::Home;
use app::stages::{LaneState, Pace, prove};
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Day, Exact, Money, Subject, Timestamp, Zone};
use facts::Body;
use intents::State;
use mapping::Role;
use mapping::rulebook::{Posting, RuleBook};
use mapping::settlement::bridge::ItemKind;
use mapping::settlement::cutover::{is_before, orders_of};
use mapping::settlement::{Balance, Way};
use proof::Proof;
use sandbox::amazon::history::{History, Options, Setting, Settlement};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{Edition, Mood, StatementLine};
use store::SubjectRow;
use xero::api::manual_journals;

/// Months go by: a turn a day is enough.
const PACE: Pace = Pace {
    poll_ms: Timestamp::DAY,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 30 * Timestamp::DAY,
    reports_ms: Timestamp::DAY,
};

/// Amazon may be so late in telling of a transaction.
const LATE_MS: i64 = 3 * Timestamp::DAY;

fn end() -> Timestamp {
    Timestamp::parse("2026-04-14T09:00:00Z").unwrap()
}

struct Kept {
    engine: Engine,
    world: Sandbox,
    begins: Day,
    proposed: Proposed,
    _folder: tempfile::TempDir,
}

/// The book is connected for the account's whole past, and begins on a day of it.
async fn kept(
    seed: u64,
    (setting, edition): (Setting, Edition),
    way: Way,
    begins: impl Fn(&History) -> Timestamp,
) -> Kept {
    let whole =
        Options::before(seed, setting, 50, Timestamp::parse("2026-07-01T09:00:00Z").unwrap());
    let history = Options { months: 3, ..whole };
    let begins = begins(&History::tell(history)).day(&Zone::utc());
    let clock = WorldClock::jumping(history.from);
    let options = SandboxOptions {
        limits: false,
        edition,
        history: Some(history),
        clock,
        ..SandboxOptions::new(seed, 0, history.from)
    };
    let world = Sandbox::new(options);
    world.clock().advance_to(begins.midnight_utc().after_ms(Timestamp::HOUR));
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = way;
    wish.since = history.from;
    // Nothing leaves Daybook before the book has begun.
    wish.posting = Posting::Approve;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    let told = begins.midnight_utc().after_ms(LATE_MS);
    calm::work(&engine, &world, || world.clock().now() >= told).await;
    let proposed = cutover::propose_day(&engine, begins).await;
    let proposed = proposed.map_err(|failure| format!("{}: {}", failure.code, failure.detail));
    Kept { engine, world, begins, proposed: proposed.unwrap(), _folder: folder }
}

impl Kept {
    fn history(&self) -> &History {
        self.world.amazon().history().unwrap()
    }

    async fn row(&self, subject: &Subject) -> SubjectRow {
        self.engine.store.subject(&self.engine.book, subject).await.unwrap()
    }

    /// Each part of the balance is what Amazon itself calls it, and nothing is unnamed.
    fn is_amazons(&self) {
        let Proposed { proposal, journal } = &self.proposed;
        let truth = self.history().balance(self.begins.midnight_utc());
        let total = |of| proposal.total(of).unwrap().minor();
        assert_eq!(proposal.balance.minor(), truth.total);
        assert_eq!(proposal.difference().unwrap().minor(), 0);
        assert_eq!(total(Balance::Deferred), truth.deferred);
        assert_eq!(total(Balance::Reserved), truth.reserve);
        assert_eq!(total(Balance::Clearing), truth.available);
        assert!(proposal.items.iter().all(|item| !item.id.is_empty() && !item.text.is_empty()));
        let lines = journal.lines.iter().map(|line| line.amount);
        let lines = Money::sum(lines, proposal.currency).unwrap();
        assert!(lines.plus(journal.against).unwrap().is_zero());
        assert_eq!(lines, proposal.balance);
        assert_eq!(journal.date, self.begins.after_days(-1));
    }

    /// As an accountant does it: from the account in which the old books have it.
    async fn post_journal(&self) {
        let journal = &self.proposed.journal;
        let rules = self.engine.rules().await.unwrap();
        let old_books = rules.book().accounts.get(&Role::Suspense).unwrap();
        let sides = journal.lines.iter().map(|one| (one.account_id.as_ref().unwrap(), one.amount));
        let lines = sides.chain([(old_books, journal.against)]);
        let lines = lines.map(|(account, amount)| manual_journals::NewJournalLine {
            line_amount: Exact::from(amount.amount()),
            account_code: None,
            account_id: Some(account),
            description: "Opening balance",
            tax_type: "NONE",
            tracking: Vec::new(),
        });
        let create = manual_journals::Create {
            manual_journals: vec![manual_journals::NewManualJournal {
                narration: "Opening balances with Amazon",
                date: journal.date.to_string(),
                line_amount_types: "NoTax",
                status: "POSTED",
                show_on_cash_basis_reports: false,
                journal_lines: lines.collect(),
            }],
        };
        let caller = self.engine.xero_caller(&self.engine.settings.xero, &LaneState::default());
        let tenant = &self.engine.settings.xero.tenant_id;
        let page = xero::ask(&caller, tenant, &create).await.unwrap();
        let errors = page.manual_journals.iter().flat_map(|one| &one.validation_errors);
        assert_eq!(errors.count(), 0, "{page:?}");
    }

    async fn release(&self) {
        let store = &self.engine.store;
        let current = store.rules(&self.engine.book).await.unwrap().unwrap();
        let mut rules = RuleBook::from_json(&current.body).unwrap();
        assert_eq!(rules.settings.cutover, Some(self.begins));
        rules.settings.posting = Posting::Post;
        let now = self.world.clock().now();
        store.publish_rules(&self.engine.book, &rules.to_json().unwrap(), now).await.unwrap();
    }

    /// The bank books what Amazon paid of the book's own, and the bookkeeper matches it.
    async fn statement(&self) {
        let (chart, _) = self.engine.store.chart(&self.engine.book).await.unwrap().unwrap();
        let rules = self.engine.rules().await.unwrap();
        let bank = rules.book().accounts.get(&Role::Bank(self.history().currency())).unwrap();
        let account = chart.account_by_id(bank).unwrap().code.clone().unwrap();
        let own: Vec<&str> = self.own().iter().map(|one| one.id.as_str()).collect();
        for line in self.history().bank_lines(self.world.clock().now()) {
            let is_own = match &line.settlement {
                Some(id) => own.contains(&id.as_str()),
                None => line.date > self.begins,
            };
            if !is_own {
                continue;
            }
            let line = StatementLine {
                id: format!("{} {}", line.date, line.text),
                account: account.clone(),
                date: line.date,
                amount: line.amount,
                text: line.text,
                mood: Mood::Matches,
            };
            self.world.xero().bank_statement(line).unwrap();
        }
    }

    /// Settlements that are not the old books', as far as Amazon has made them.
    fn own(&self) -> Vec<&Settlement> {
        let (moment, now) = (self.begins.midnight_utc(), self.world.clock().now());
        let currency = self.history().currency();
        let is_own = |one: &&Settlement| {
            let total = Money::from_minor(one.total, currency);
            !is_before(moment, (one.end, total), one.payout.started())
        };
        // The last report may have come after the last look.
        let told = now.after_ms(-2 * Timestamp::DAY);
        let known = self.history().reports.iter().filter(|report| report.created <= told);
        let known: Vec<usize> = known.flat_map(|report| &report.settlements).copied().collect();
        let all = self.history().settlements.iter().enumerate();
        all.filter(|(at, one)| known.contains(at) && is_own(one)).map(|(_, one)| one).collect()
    }

    /// The day before, the first days, month ends, and the days around payouts.
    fn days(&self) -> Vec<Day> {
        let mut days = vec![self.begins.after_days(-1), self.begins, self.begins.after_days(5)];
        days.extend(["2026-02-28", "2026-03-31"].map(|text| Day::parse(text).unwrap()));
        for settlement in self.own() {
            let started = settlement.payout.started();
            let moments = started.into_iter().flat_map(|at| [at, at.after_ms(Timestamp::DAY)]);
            let failed = settlement.payout.failed();
            days.extend(moments.chain(failed).map(|at| at.day(&Zone::utc())));
        }
        let today = self.world.clock().now().day(&Zone::utc());
        days.retain(|day| *day < today && *day >= self.begins.after_days(-1));
        days.sort_unstable();
        days.dedup();
        days
    }

    async fn bridges(&self) {
        let mut open = Vec::new();
        for day in self.days() {
            let made = bridge::of_day(&self.engine, day).await;
            let made =
                made.map_err(|failure| format!("{day}: {} {}", failure.code, failure.detail));
            let made = made.unwrap();
            if !made.closes() || made.left.iter().any(|item| item.kind == ItemKind::Unexplained) {
                open.push(format!("{made:#?}"));
            }
        }
        assert!(open.is_empty(), "{} days do not close:\n{}", open.len(), open.join("\n"));
        let early = bridge::of_day(&self.engine, self.begins.after_days(-2)).await.err().unwrap();
        assert_eq!(early.code, "bridge_day_invalid");
    }

    /// Own settlements are posted whole, with what the opening balances carry of them; the others are
    /// noted, and nothing of them is in Xero. What came of the opening balances is all of them.
    async fn settlements(&self) {
        let mut taken: BTreeMap<String, i64> = BTreeMap::new();
        let own = self.own();
        assert!(own.len() >= 3);
        for settlement in &own {
            let row = self.row(&Subject::settlement(&settlement.id)).await;
            assert_eq!(row.stop, None, "settlement {}", settlement.id);
            let (_, hash) = prove::newest(&row.facts).unwrap();
            let bytes = self.engine.store.document(hash).await.unwrap().unwrap();
            let proof: Proof = serde_json::from_slice(&bytes).unwrap();
            let findings = proof::verify(&proof, None);
            assert!(findings.is_empty(), "settlement {}: {findings:#?}", settlement.id);
            assert_eq!(proof.coverage.held.rows, 0, "settlement {}: rows wait", settlement.id);
            let claims =
                self.engine.store.claims_of(&self.engine.book, &settlement.id).await.unwrap();
            let opening: Vec<_> =
                claims.iter().filter(|claim| claim.component.starts_with("opening:")).collect();
            let rows: u64 = opening.iter().map(|claim| claim.rows).sum();
            assert_eq!(proof.coverage.opening.map_or(0, |share| share.rows), rows);
            for claim in opening {
                *taken.entry(claim.component.clone()).or_default() += claim.amount.minor();
            }
        }
        let deferred = self.proposed.proposal.total(Balance::Deferred).unwrap().minor();
        assert_eq!(taken.get("opening:deferred").copied().unwrap_or(0), deferred);
        for settlement in &self.history().settlements {
            if own.iter().any(|one| one.id == settlement.id)
                || settlement.end > self.begins.midnight_utc()
            {
                continue;
            }
            let row = self.row(&Subject::settlement(&settlement.id)).await;
            assert_eq!(row.note.unwrap().detail, "booked before the cut-over");
            assert!(row.decided.iter().all(|one| one.progress.state == State::Withdrawn));
        }
    }

    /// Orders of before have no documents.
    async fn orders(&self) {
        let listed = orders_of(&self.proposed.proposal.orders);
        assert!(!listed.is_empty());
        for order in listed {
            let row = self.row(&Subject::order(order)).await;
            // Removals of stock name orders that are none of Amazon's buyers': none was ever told.
            if !row.facts.iter().any(|fact| matches!(fact.body, Body::Order(_))) {
                assert!(row.decided.is_empty(), "{order}");
                continue;
            }
            let note = row.note.as_ref().map(|note| note.detail.as_str());
            assert_eq!(note, Some("booked before the cut-over"), "{row:#?}");
            assert!(row.decided.iter().all(|one| one.progress.state == State::Withdrawn));
        }
    }

    async fn check(self) {
        self.is_amazons();
        cutover::accept(&self.engine, &self.proposed).await.map_err(|one| one.detail).unwrap();
        self.release().await;
        self.post_journal().await;
        calm::work(&self.engine, &self.world, || self.world.clock().now() >= end()).await;
        self.statement().await;
        self.orders().await;
        self.settlements().await;
        self.bridges().await;
        // Said again it changes nothing; begun again elsewhere it would count twice.
        let again = cutover::propose_day(&self.engine, self.begins).await;
        assert_eq!(again.map_err(|one| one.detail).unwrap().proposal, self.proposed.proposal);
        let later = cutover::propose_day(&self.engine, self.begins.after_days(20)).await;
        let later = later.map_err(|one| one.detail).unwrap();
        let refused = cutover::accept(&self.engine, &later).await.err().unwrap();
        assert_eq!(refused.code, "cutover_too_late");
    }
}

fn midst(number: usize) -> impl Fn(&History) -> Timestamp {
    move |history| history.settlements.get(number).unwrap().start.after_ms(6 * Timestamp::DAY)
}

/// Between a settlement's end and its payout.
fn unpaid(number: usize) -> impl Fn(&History) -> Timestamp {
    move |history| history.settlements.get(number).unwrap().end.after_ms(Timestamp::DAY)
}

#[tokio::test]
async fn uk_in_summary_in_the_midst_of_a_settlement() {
    let uk = (Setting::UkVat, Edition::Uk);
    kept(1, uk, Way::Summary, midst(2)).await.check().await;
}

#[tokio::test]
async fn uk_in_summary_before_a_payout() {
    let uk = (Setting::UkVat, Edition::Uk);
    kept(1, uk, Way::Summary, unpaid(1)).await.check().await;
}

#[tokio::test]
async fn us_order_by_order_in_the_midst_of_a_settlement() {
    let us = (Setting::Us, Edition::Us);
    kept(3, us, Way::PerOrder, midst(1)).await.check().await;
}

#[tokio::test]
async fn us_order_by_order_after_a_settlement_in_debt() {
    let us = (Setting::Us, Edition::Us);
    kept(3, us, Way::PerOrder, unpaid(2)).await.check().await;
}

#[tokio::test]
async fn nothing_is_proposed_of_a_day_to_come_or_unread() {
    let uk = (Setting::UkVat, Edition::Uk);
    let kept = kept(1, uk, Way::Summary, midst(1)).await;
    let tomorrow = kept.world.clock().now().day(&Zone::utc()).after_days(1);
    let early = cutover::propose_day(&kept.engine, tomorrow).await.err().unwrap();
    assert_eq!(early.code, "cutover_day_invalid");
    kept.world.clock().advance_to(tomorrow.midnight_utc().after_ms(Timestamp::HOUR));
    let unread = cutover::propose_day(&kept.engine, tomorrow).await.err().unwrap();
    assert_eq!(unread.code, "cutover_not_ready");
    // What Amazon says and what is known must be the same before anything begins.
    let mut proposed = kept.proposed;
    proposed.proposal.items.pop();
    let refused = cutover::accept(&kept.engine, &proposed).await.err().unwrap();
    assert_eq!(refused.code, "cutover_differs");
}
