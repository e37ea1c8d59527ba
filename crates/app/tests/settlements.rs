//! Months of settlements against the simulated vendors: found, archived, footed, posted, proved.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::sync::Arc;

use app::cli::books;
use app::engine::Engine;
use app::home::Home;
use app::stages::{Pace, prove};
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Subject, Timestamp};
use intents::State;
use mapping::settlement::Way;
use proof::Proof;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::Edition;
use store::SubjectRow;

/// Months go by: a turn a few times a day is enough.
const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 7 * Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

/// Orders are placed for so long; `DAYBOOK_MONTHS` asks for another time.
const MONTHS: usize = 2;

/// When the story would end after six months.
fn end() -> Timestamp {
    Timestamp::parse("2026-07-01T09:00:00Z").unwrap()
}

/// Months of one account; the book is connected on its first day.
fn world(seed: u64, setting: Setting, edition: Edition) -> Sandbox {
    let months = std::env::var("DAYBOOK_MONTHS").ok().and_then(|text| text.parse().ok());
    let months = months.unwrap_or(MONTHS);
    let whole = Options::before(seed, setting, 20 * months, end());
    let history = Options { months: u32::try_from(months).unwrap(), ..whole };
    let start = history.from;
    let clock = WorldClock::jumping(start);
    let options = SandboxOptions {
        limits: false,
        edition,
        history: Some(history),
        clock,
        ..SandboxOptions::new(seed, 0, start)
    };
    Sandbox::new(options)
}

struct Kept {
    engine: Engine,
    world: Sandbox,
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

async fn kept(seed: u64, (setting, edition): (Setting, Edition), way: Way) -> Kept {
    let world = world(seed, setting, edition);
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = way;
    if edition == Edition::Germany {
        let types = GERMAN.iter().map(|(class, tax_type)| ((*class).into(), (*tax_type).into()));
        wish.tax_types = types.collect();
    }
    assert!(wish.money, "the simulated seller has settlements");
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    calm::work(&engine, &world, || false).await;
    Kept { engine, world, _folder: folder }
}

impl Kept {
    async fn row(&self, settlement_id: &str) -> SubjectRow {
        let subject = Subject::settlement(settlement_id);
        self.engine.store.subject(&self.engine.book, &subject).await.unwrap()
    }

    async fn proof(&self, row: &SubjectRow) -> Proof {
        let (_, hash) = prove::newest(&row.facts).unwrap();
        let bytes = self.engine.store.document(hash).await.unwrap().unwrap();
        serde_json::from_slice(&bytes).unwrap()
    }

    /// Every settlement that Amazon made is posted whole, and its proof verifies.
    async fn check(&self) {
        let truth =
            self.world.amazon().history().unwrap().settlement_truth(self.world.clock().now());
        assert!(truth.len() >= 4, "two months and what follows are four settlements");
        let settlements = self.engine.store.settlements(&self.engine.book).await.unwrap();
        assert_eq!(settlements.len(), truth.len());
        for known in &truth {
            let row = self.row(&known.id).await;
            assert_eq!(row.stop, None, "settlement {}", known.id);
            let live = row
                .decided
                .iter()
                .filter(|one| !matches!(one.progress.state, State::Withdrawn | State::Reversed));
            for one in live {
                let reason = &one.progress.reason;
                let part = &one.intent.part;
                assert_eq!(one.progress.state, State::Posted, "{} {part} {reason:?}", known.id);
            }
            let proof = self.proof(&row).await;
            assert_eq!(proof.coverage.held.rows, 0, "settlement {}: rows wait", known.id);
            assert_eq!(proof.report.sum, known.total, "settlement {}", known.id);
            let findings = proof::verify(&proof, None);
            assert!(findings.is_empty(), "settlement {}: {findings:#?}", known.id);
        }
        self.audit(truth.len()).await;
    }

    /// The auditor, who knows nothing of all that, finds both sides to agree.
    async fn audit(&self, settlements: usize) {
        let report = books::report(&self.engine).await;
        let report =
            report.map_err(|failure| format!("{} {}", failure.code, failure.detail)).unwrap();
        assert!(report.agrees, "{report:#?}");
        let settled = report.settlements.as_ref().unwrap();
        let all = u64::try_from(settlements).unwrap();
        assert_eq!((settled.shown, settled.posted, settled.held), (all, all, 0));
        assert!(report.unknown_names.is_empty(), "{:?}", report.unknown_names);
        let text = report.text();
        assert!(!text.lines().any(|line| line.ends_with("  differs")), "{text}");
    }
}

#[tokio::test]
async fn uk_in_summary() {
    kept(1, (Setting::UkVat, Edition::Uk), Way::Summary).await.check().await;
}

#[tokio::test]
async fn uk_without_vat_rows_in_summary() {
    kept(2, (Setting::UkGross, Edition::Uk), Way::Summary).await.check().await;
}

#[tokio::test]
async fn us_order_by_order() {
    kept(3, (Setting::Us, Edition::Us), Way::PerOrder).await.check().await;
}

#[tokio::test]
async fn germany_in_summary() {
    kept(4, (Setting::De, Edition::Germany), Way::Summary).await.check().await;
}
