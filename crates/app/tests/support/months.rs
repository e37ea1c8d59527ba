//! A book that is kept for months against one simulated account.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::engine::Engine;
use app::home::Home;
use app::stages::Pace;
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Day, Timestamp, Zone};
use mapping::Role;
use mapping::rulebook::{InvoiceDate, RuleBook};
use mapping::settlement::Way;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{Edition, Mood, StatementLine};

use crate::calm;

/// Months go by: a turn a few times a day is enough.
const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 7 * Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

/// Orders are placed for so long; `DAYBOOK_MONTHS` asks for another time.
const MONTHS: usize = 2;

/// Orders a month.
const ORDERS: usize = 20;

/// Which account, of which organisation, kept in which way.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Chosen {
    pub(crate) seed: u64,
    pub(crate) setting: Setting,
    pub(crate) edition: Edition,
    pub(crate) way: Way,
    /// Invoices are dated by the first shipment, as Amazon's transactions are.
    pub(crate) by_shipment: bool,
}

pub(crate) struct Kept {
    pub(crate) engine: Engine,
    pub(crate) world: Sandbox,
    _folder: tempfile::TempDir,
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

/// How many months of orders a run has.
fn months() -> usize {
    let asked = std::env::var("DAYBOOK_MONTHS").ok().and_then(|text| text.parse().ok());
    asked.unwrap_or(MONTHS)
}

/// The account's months; the book is connected on its first day.
fn world(chosen: Chosen) -> Sandbox {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    let whole = Options::before(chosen.seed, chosen.setting, ORDERS * months(), end);
    let history = Options { months: u32::try_from(months()).unwrap(), ..whole };
    let start = history.from;
    let clock = WorldClock::jumping(start);
    let options = SandboxOptions {
        limits: false,
        edition: chosen.edition,
        history: Some(history),
        clock,
        ..SandboxOptions::new(chosen.seed, 0, start)
    };
    Sandbox::new(options)
}

/// Connected on the first day, and worked until nothing is left to do.
pub(crate) async fn kept(chosen: Chosen) -> Kept {
    let world = world(chosen);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = chosen.way;
    if chosen.edition == Edition::Germany {
        let types = GERMAN.iter().map(|(class, tax_type)| ((*class).into(), (*tax_type).into()));
        wish.tax_types = types.collect();
    }
    assert!(wish.money, "the simulated seller has settlements");
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    let kept = Kept { engine, world, _folder: folder };
    if chosen.by_shipment {
        kept.date_by_shipment().await;
    }
    calm::work(&kept.engine, &kept.world, || false).await;
    kept
}

impl Kept {
    async fn date_by_shipment(&self) {
        let (store, book) = (&self.engine.store, &self.engine.book);
        let mut rules = self.engine.rules().await.unwrap().book().clone();
        rules.settings.invoice_date = InvoiceDate::Ship;
        let body = RuleBook::to_json(&rules).unwrap();
        store.publish_rules(book, &body, self.world.clock().now()).await.unwrap();
    }

    /// The bank books what Amazon paid, and the bookkeeper matches it with what is open.
    pub(crate) async fn statement(&self) {
        let history = self.world.amazon().history().unwrap();
        let (chart, _) = self.engine.store.chart(&self.engine.book).await.unwrap().unwrap();
        let rules = self.engine.rules().await.unwrap();
        let bank = rules.book().accounts.get(&Role::Bank(history.currency())).unwrap();
        let account = chart.account_by_id(bank).unwrap().code.clone().unwrap();
        for line in history.bank_lines(self.world.clock().now()) {
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

    pub(crate) fn today(&self) -> Day {
        self.world.clock().now().day(&Zone::utc())
    }
}
