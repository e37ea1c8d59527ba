//! A book that begins in the midst of an account's history: opening balances are proposed, a person
//! posts them, and from then on the books and Amazon's balance are apart by named items alone.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use app::cli::bridge;
use app::cli::cutover::{self, Proposed};
use base::{Clock as _, Day, Money, Subject, Timestamp, Zone};
use facts::Body;
use intents::State;
use mapping::Role;
use mapping::rulebook::Posting;
use mapping::settlement::bridge::ItemKind;
use mapping::settlement::cutover::{is_before, orders_of};
use mapping::settlement::{Balance, Way};
use sandbox::amazon::history::{History, Setting, Settlement};
use sandbox::xero::{Edition, Mood};

use crate::kept::{Account, Kept};

/// Amazon may be so late in telling of a transaction.
const LATE_MS: i64 = 3 * Timestamp::DAY;

fn end() -> Timestamp {
    Timestamp::parse("2026-04-14T09:00:00Z").unwrap()
}

struct Begun {
    kept: Kept,
    begins: Day,
    proposed: Proposed,
}

/// The book is connected for the account's whole past, and begins on a day of it.
async fn begun(
    seed: u64,
    of: (Setting, Edition),
    way: Way,
    begins: impl Fn(&History) -> Timestamp,
) -> Begun {
    let account = Account::of_a_quarter(seed, of);
    let begins = begins(&History::tell(account.history())).day(&Zone::utc());
    let world = account.world();
    world.clock().advance_to(begins.midnight_utc().after_ms(Timestamp::HOUR));
    let kept = account
        .connected(world, |wish| {
            wish.way = way;
            // Nothing leaves Daybook before the book has begun.
            wish.posting = Posting::Approve;
        })
        .await;
    kept.work_until(begins.midnight_utc().after_ms(LATE_MS)).await;
    let proposed = cutover::propose_day(&kept.engine, begins).await;
    let proposed = proposed.map_err(|failure| format!("{}: {}", failure.code, failure.detail));
    Begun { kept, begins, proposed: proposed.unwrap() }
}

impl Begun {
    /// Each part of the balance is what Amazon itself calls it, and nothing is unnamed.
    fn is_amazons(&self) {
        let Proposed { proposal, journal } = &self.proposed;
        let truth = self.kept.history().balance(self.begins.midnight_utc());
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
        let (old_books, _) = self.kept.account(Role::Suspense).await;
        let lines = journal.lines.iter();
        let mut lines: Vec<(&str, Money)> =
            lines.map(|one| (one.account_id.as_deref().unwrap(), one.amount)).collect();
        lines.push((&old_books, journal.against));
        self.kept.journal("Opening balances with Amazon", journal.date, &lines).await;
    }

    async fn release(&self) {
        let rules = self.kept.engine.rules().await.unwrap();
        assert_eq!(rules.book().settings.cutover, Some(self.begins));
        self.kept.set(|settings| settings.posting = Posting::Post).await;
    }

    /// The bank books what Amazon paid of the book's own, and the bookkeeper matches it.
    async fn statement(&self) {
        let own: Vec<&str> = self.own().iter().map(|one| one.id.as_str()).collect();
        self.kept
            .statement(|line| {
                let is_own = match &line.settlement {
                    Some(id) => own.contains(&id.as_str()),
                    None => line.date > self.begins,
                };
                is_own.then_some(Mood::Matches)
            })
            .await;
    }

    /// Settlements that are not the old books', as far as Amazon has made them.
    fn own(&self) -> Vec<&Settlement> {
        let (moment, now) = (self.begins.midnight_utc(), self.kept.world.clock().now());
        let currency = self.kept.history().currency();
        let is_own = |one: &&Settlement| {
            let total = Money::from_minor(one.total, currency);
            !is_before(moment, (one.end, total), one.payout.started())
        };
        // The last report may have come after the last look.
        let told = now.after_ms(-2 * Timestamp::DAY);
        let known = self.kept.history().reports.iter().filter(|report| report.created <= told);
        let known: Vec<usize> = known.flat_map(|report| &report.settlements).copied().collect();
        let all = self.kept.history().settlements.iter().enumerate();
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
        let today = self.kept.today();
        days.retain(|day| *day < today && *day >= self.begins.after_days(-1));
        days.sort_unstable();
        days.dedup();
        days
    }

    async fn bridges(&self) {
        let bridges = self.kept.closes(self.days()).await;
        let mut items = bridges.iter().flat_map(|one| &one.left);
        assert!(!items.any(|item| item.kind == ItemKind::Unexplained));
        let early =
            bridge::of_day(&self.kept.engine, self.begins.after_days(-2)).await.err().unwrap();
        assert_eq!(early.code, "bridge_day_invalid");
    }

    /// Own settlements are posted whole, with what the opening balances carry of them; the others are
    /// noted, and nothing of them is in Xero. What came of the opening balances is all of them.
    async fn settlements(&self) {
        let mut taken: BTreeMap<String, i64> = BTreeMap::new();
        let own = self.own();
        assert!(own.len() >= 3);
        for settlement in &own {
            let row = self.kept.row(&Subject::settlement(&settlement.id)).await;
            assert_eq!(row.stop, None, "settlement {}", settlement.id);
            let proof = self.kept.proof(&row).await;
            let findings = proof::verify(&proof, None);
            assert!(findings.is_empty(), "settlement {}: {findings:#?}", settlement.id);
            assert_eq!(proof.coverage.held.rows, 0, "settlement {}: rows wait", settlement.id);
            let claims = self
                .kept
                .engine
                .store
                .claims_of(&self.kept.engine.book, &settlement.id)
                .await
                .unwrap();
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
        for settlement in &self.kept.history().settlements {
            if own.iter().any(|one| one.id == settlement.id)
                || settlement.end > self.begins.midnight_utc()
            {
                continue;
            }
            let row = self.kept.row(&Subject::settlement(&settlement.id)).await;
            assert_eq!(row.note.unwrap().detail, "booked before the cut-over");
            assert!(row.decided.iter().all(|one| one.progress.state == State::Withdrawn));
        }
    }

    /// Orders of before have no documents.
    async fn orders(&self) {
        let listed = orders_of(&self.proposed.proposal.orders);
        assert!(!listed.is_empty());
        for order in listed {
            let row = self.kept.row(&Subject::order(order)).await;
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
        cutover::accept(&self.kept.engine, &self.proposed).await.map_err(|one| one.detail).unwrap();
        self.release().await;
        self.post_journal().await;
        self.kept.work_until(end()).await;
        self.statement().await;
        self.orders().await;
        self.settlements().await;
        self.bridges().await;
        // Said again it changes nothing; begun again elsewhere it would count twice.
        let again = cutover::propose_day(&self.kept.engine, self.begins).await;
        assert_eq!(again.map_err(|one| one.detail).unwrap().proposal, self.proposed.proposal);
        let later = cutover::propose_day(&self.kept.engine, self.begins.after_days(20)).await;
        let later = later.map_err(|one| one.detail).unwrap();
        let refused = cutover::accept(&self.kept.engine, &later).await.err().unwrap();
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
    begun(1, uk, Way::Summary, midst(2)).await.check().await;
}

#[tokio::test]
async fn uk_in_summary_before_a_payout() {
    let uk = (Setting::UkVat, Edition::Uk);
    begun(1, uk, Way::Summary, unpaid(1)).await.check().await;
}

#[tokio::test]
async fn us_order_by_order_in_the_midst_of_a_settlement() {
    let us = (Setting::Us, Edition::Us);
    begun(3, us, Way::PerOrder, midst(1)).await.check().await;
}

#[tokio::test]
async fn us_order_by_order_after_a_settlement_in_debt() {
    let us = (Setting::Us, Edition::Us);
    begun(3, us, Way::PerOrder, unpaid(2)).await.check().await;
}

#[tokio::test]
async fn nothing_is_proposed_of_a_day_to_come_or_unread() {
    let uk = (Setting::UkVat, Edition::Uk);
    let begun = begun(1, uk, Way::Summary, midst(1)).await;
    let kept = &begun.kept;
    let tomorrow = kept.today().after_days(1);
    let early = cutover::propose_day(&kept.engine, tomorrow).await.err().unwrap();
    assert_eq!(early.code, "cutover_day_invalid");
    kept.world.clock().advance_to(tomorrow.midnight_utc().after_ms(Timestamp::HOUR));
    let unread = cutover::propose_day(&kept.engine, tomorrow).await.err().unwrap();
    assert_eq!(unread.code, "cutover_not_ready");
    // What Amazon says and what is known must be the same before anything begins.
    let mut proposed = begun.proposed;
    proposed.proposal.items.pop();
    let refused = cutover::accept(&kept.engine, &proposed).await.err().unwrap();
    assert_eq!(refused.code, "cutover_differs");
}
