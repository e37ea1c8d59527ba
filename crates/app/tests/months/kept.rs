//! The account, the book that is kept of it, and what its people do.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::cli::bridge;
use app::engine::Engine;
use app::home::Home;
use app::setup::Wish;
use app::stages::{LaneState, Pace, prove};
use app::transport::{Caller, Carrier, InProcess};
use base::{Clock as _, Day, Exact, Money, Subject, Timestamp, Zone};
use mapping::Role;
use mapping::rulebook::{RuleBook, Settings};
use mapping::settlement::bridge::Bridge;
use proof::Proof;
use sandbox::amazon::history::{BankLine, History, Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{Edition, Mood, StatementLine};
use store::SubjectRow;
use xero::api::manual_journals;

use crate::calm;

/// Months go by: a turn a few times a day is enough.
const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 7 * Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

/// Which account, of which organisation, and for how long orders are placed.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Account {
    pub(crate) seed: u64,
    pub(crate) setting: Setting,
    pub(crate) edition: Edition,
    pub(crate) months: u32,
    pub(crate) orders: usize,
}

/// What the owner of a German organisation says about its tax rates.
const GERMAN: [(&str, &str); 10] = [
    ("standard", "TAX001"),
    ("reduced", "TAX002"),
    ("books", "TAX002"),
    ("food", "TAX002"),
    ("zero", "TAX006"),
    ("export", "TAX007"),
    ("exempt", "NONE"),
    ("input_standard", "TAX003"),
    ("reverse_charge", "TAX005"),
    ("input_zero", "INPUT"),
];

impl Account {
    /// Three months with fifty orders: some settlements are negative, and a payout comes back.
    pub(crate) fn of_a_quarter(seed: u64, (setting, edition): (Setting, Edition)) -> Account {
        Account { seed, setting, edition, months: 3, orders: 50 }
    }

    pub(crate) fn history(self) -> Options {
        let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
        let whole = Options::before(self.seed, self.setting, self.orders, end);
        Options { months: self.months, ..whole }
    }

    pub(crate) fn world(self) -> Sandbox {
        self.world_of(|_history| ())
    }

    /// The same account with a history that was changed before it is told.
    pub(crate) fn world_of(self, change: impl FnOnce(&mut Options)) -> Sandbox {
        let mut history = self.history();
        change(&mut history);
        let start = history.from;
        Sandbox::new(SandboxOptions {
            limits: false,
            edition: self.edition,
            history: Some(history),
            clock: WorldClock::jumping(start),
            ..SandboxOptions::new(self.seed, 0, start)
        })
    }

    /// A book of the account's whole past in a fresh folder, as `change` wishes it.
    pub(crate) async fn connected(self, world: Sandbox, change: impl FnOnce(&mut Wish)) -> Kept {
        let carrier = Arc::new(InProcess::new(world.router()));
        self.connected_by(carrier, world, change).await
    }

    /// The same, with every call going through a carrier of the test's own.
    pub(crate) async fn connected_by(
        self,
        carrier: Arc<dyn Carrier>,
        world: Sandbox,
        change: impl FnOnce(&mut Wish),
    ) -> Kept {
        let folder = tempfile::tempdir().unwrap();
        let home = Home::read(folder.path()).unwrap();
        let mut wish = calm::wish(carrier.as_ref(), "").await;
        assert!(wish.money, "the simulated seller has settlements");
        wish.since = self.history().from;
        if self.edition == Edition::Germany {
            let types = GERMAN.iter();
            wish.tax_types = types.map(|(class, of)| ((*class).into(), (*of).into())).collect();
        }
        change(&mut wish);
        let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
        engine.pace = PACE;
        Kept { engine, world, folder }
    }
}

pub(crate) struct Kept {
    pub(crate) engine: Engine,
    pub(crate) world: Sandbox,
    pub(crate) folder: tempfile::TempDir,
}

impl Kept {
    pub(crate) fn history(&self) -> &History {
        self.world.amazon().history().unwrap()
    }

    pub(crate) fn today(&self) -> Day {
        self.world.clock().now().day(&Zone::utc())
    }

    /// Until nothing is left to do.
    pub(crate) async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    pub(crate) async fn work_until(&self, moment: Timestamp) {
        calm::work(&self.engine, &self.world, || self.world.clock().now() >= moment).await;
    }

    pub(crate) async fn set(&self, change: impl FnOnce(&mut Settings)) {
        self.publish(|rules| change(&mut rules.settings)).await;
    }

    pub(crate) async fn publish(&self, change: impl FnOnce(&mut RuleBook)) {
        let (store, book) = (&self.engine.store, &self.engine.book);
        let current = store.rules(book).await.unwrap().unwrap();
        let mut rules = RuleBook::from_json(&current.body).unwrap();
        change(&mut rules);
        let body = rules.to_json().unwrap();
        store.publish_rules(book, &body, self.world.clock().now()).await.unwrap();
    }

    /// The id and the code of a role's account.
    pub(crate) async fn account(&self, role: Role) -> (String, String) {
        let (chart, _) = self.engine.store.chart(&self.engine.book).await.unwrap().unwrap();
        let rules = self.engine.rules().await.unwrap();
        let id = rules.book().accounts.get(&role).unwrap().clone();
        let code = chart.account_by_id(&id).unwrap().code.clone().unwrap();
        (id, code)
    }

    pub(crate) fn xero(&self) -> Caller {
        self.engine.xero_caller(&self.engine.settings.xero, &LaneState::default())
    }

    pub(crate) fn tenant(&self) -> &str {
        &self.engine.settings.xero.tenant_id
    }

    /// The bank books what Amazon paid, and the bookkeeper is in a mood for each line; without one
    /// it is another book's.
    pub(crate) async fn statement(&self, mood: impl Fn(&BankLine) -> Option<Mood>) {
        for line in self.history().bank_lines(self.world.clock().now()) {
            let Some(mood) = mood(&line) else { continue };
            let (_, account) = self.account(Role::Bank(line.amount.currency())).await;
            let line = StatementLine {
                id: format!("{} {}", line.date, line.text),
                account,
                date: line.date,
                amount: line.amount,
                text: line.text,
                mood,
            };
            self.world.xero().bank_statement(line).unwrap();
        }
    }

    /// The bookkeeper matches every line.
    pub(crate) async fn matched(&self) {
        self.statement(|_line| Some(Mood::Matches)).await;
    }

    /// A journal that someone enters in Xero.
    pub(crate) async fn journal(&self, narration: &str, date: Day, lines: &[(&str, Money)]) {
        let journal_lines = lines.iter().map(|(account, amount)| manual_journals::NewJournalLine {
            line_amount: Exact::from(amount.amount()),
            account_code: None,
            account_id: Some(account),
            description: narration,
            tax_type: "NONE",
            tracking: Vec::new(),
        });
        let create = manual_journals::Create {
            manual_journals: vec![manual_journals::NewManualJournal {
                narration,
                date: date.to_string(),
                line_amount_types: "NoTax",
                status: "POSTED",
                show_on_cash_basis_reports: true,
                journal_lines: journal_lines.collect(),
            }],
        };
        let page = xero::ask(&self.xero(), self.tenant(), &create).await.unwrap();
        let errors = page.manual_journals.iter().flat_map(|one| &one.validation_errors);
        assert_eq!(errors.count(), 0, "{page:?}");
    }

    pub(crate) async fn row(&self, subject: &Subject) -> SubjectRow {
        self.engine.store.subject(&self.engine.book, subject).await.unwrap()
    }

    pub(crate) async fn proof(&self, row: &SubjectRow) -> Proof {
        let (_, hash) = prove::newest(&row.facts).unwrap();
        let bytes = self.engine.store.document(hash).await.unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    pub(crate) async fn bridge(&self, day: Day) -> Bridge {
        let made = bridge::of_day(&self.engine, day).await;
        made.map_err(|failure| format!("{day}: {} {}", failure.code, failure.detail)).unwrap()
    }

    /// All these days' bridges close, with every item named.
    pub(crate) async fn closes(&self, days: impl IntoIterator<Item = Day>) -> Vec<Bridge> {
        let mut all = Vec::new();
        for day in days {
            all.push(self.bridge(day).await);
        }
        let open: Vec<String> =
            all.iter().filter(|one| !one.closes()).map(|one| format!("{one:#?}")).collect();
        assert!(open.is_empty(), "{} days do not close:\n{}", open.len(), open.join("\n"));
        for item in all.iter().flat_map(|one| one.left.iter().chain(&one.right)) {
            assert!(!item.id.is_empty() && !item.text.is_empty(), "{item:?}");
        }
        all
    }
}
