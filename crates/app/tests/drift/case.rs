//! A book with everything posted, and what a bookkeeper does to it by hand.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::sync::Arc;

use app::cli::books;
use app::drifts::Chooser;
use app::engine::Engine;
use app::home::Home;
use app::transport::{Carrier, InProcess};
use base::{Decimal, Timestamp};
use intents::{DriftKind, DriftState};
use mapping::settlement::Way;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{DocumentView, Edition, PaymentView};
use store::Drift;
use tempfile::TempDir;

use crate::calm;

/// Balances by account code, without those that are zero.
pub(crate) type Trial = BTreeMap<String, Decimal>;

/// A book with everything posted, and its bookkeeper.
pub(crate) struct Case {
    pub(crate) world: Sandbox,
    pub(crate) engine: Engine,
    _folder: TempDir,
}

async fn connected(world: Sandbox, way: Way, check_days: i64) -> Case {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = way;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace.check_ms = check_days * Timestamp::DAY;
    engine.pace.poll_ms = 8 * Timestamp::HOUR;
    engine.pace.reports_ms = 12 * Timestamp::HOUR;
    let case = Case { world, engine, _folder: folder };
    case.work().await;
    // What happened while it was posted is looked at once, and nothing of it is a drift.
    case.next_check().await;
    assert_eq!(case.listed(None).await, Vec::<String>::new());
    case
}

pub(crate) async fn orders(seed: u64, orders: usize) -> Case {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let options =
        SandboxOptions { defects_per_mille: 0, clock, ..SandboxOptions::new(seed, orders, start) };
    connected(Sandbox::new(options), Way::PerOrder, 1).await
}

/// A month of one account with its settlements.
pub(crate) async fn settled(seed: u64, way: Way) -> Case {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    let history = Options { months: 1, ..Options::before(seed, Setting::UkVat, 10, end) };
    let start = history.from;
    let options = SandboxOptions {
        limits: false,
        edition: Edition::Uk,
        history: Some(history),
        clock: WorldClock::jumping(start),
        ..SandboxOptions::new(seed, 0, start)
    };
    connected(Sandbox::new(options), way, 7).await
}

impl Case {
    pub(crate) async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    /// The next check finds what it finds.
    pub(crate) async fn next_check(&self) {
        let wait_ms = self.engine.pace.check_ms + Timestamp::HOUR;
        self.engine.clock.until(self.engine.clock.now().after_ms(wait_ms)).await;
        self.work().await;
    }

    /// Longer than after a write of our own.
    pub(crate) async fn later(&self) {
        self.engine.clock.until(self.engine.clock.now().after_ms(5 * Timestamp::MINUTE)).await;
    }

    pub(crate) async fn drifts(&self, state: Option<DriftState>) -> Vec<Drift> {
        self.engine.store.drifts(&self.engine.book, state).await.unwrap()
    }

    pub(crate) async fn listed(&self, state: Option<DriftState>) -> Vec<String> {
        let drifts = self.drifts(state).await;
        let words = |one: &Drift| {
            format!("{} {} {}", one.sighted.kind.as_str(), one.sighted.document, one.state.as_str())
        };
        let mut words: Vec<String> = drifts.iter().map(words).collect();
        words.sort();
        words
    }

    pub(crate) async fn open(&self, kind: DriftKind) -> Drift {
        let open = self.drifts(Some(DriftState::Open)).await;
        let mut of_kind = open.into_iter().filter(|one| one.sighted.kind == kind);
        let found = of_kind.next().unwrap_or_else(|| panic!("no drift is {kind:?}"));
        assert!(of_kind.next().is_none());
        found
    }

    pub(crate) fn chooser(&self) -> Chooser<'_> {
        let (store, book) = (&self.engine.store, &self.engine.book);
        Chooser { store, book, who: "Ada", now: self.engine.clock.now() }
    }

    /// By hand, by Xero's rules.
    #[track_caller]
    pub(crate) fn hand(&self, method: &str, path: &str, body: &str) -> String {
        match self.world.xero().by_hand(method, path, body) {
            Ok(text) => text,
            Err(why) => panic!("{method} {path}: {why}"),
        }
    }

    pub(crate) fn invoices(&self) -> Vec<DocumentView> {
        let all = self.world.xero().ledger().invoices.into_iter();
        all.filter(|one| one.kind == "ACCREC" && one.number.starts_with("AMZ-")).collect()
    }

    /// An invoice of this status in pounds.
    pub(crate) fn an_invoice(&self, status: &str) -> DocumentView {
        let is_it = |one: &DocumentView| one.status == status && one.currency.code() == "GBP";
        self.invoices().into_iter().find(is_it).unwrap()
    }

    pub(crate) fn payments_of(&self, document: &DocumentView) -> Vec<PaymentView> {
        let all = self.world.xero().ledger().payments.into_iter();
        all.filter(|one| one.document_id == document.id && !one.deleted).collect()
    }

    pub(crate) fn delete_payments(&self, document: &DocumentView) -> usize {
        let payments = self.payments_of(document);
        for payment in &payments {
            let path = format!("/Payments/{}", payment.id);
            self.hand("POST", &path, r#"{"Status":"DELETED"}"#);
        }
        payments.len()
    }

    pub(crate) fn void(&self, document: &DocumentView) {
        let path = format!("/Invoices/{}", document.id);
        self.hand("POST", &path, r#"{"Status":"VOIDED"}"#);
    }

    /// The same lines, to another account.
    pub(crate) fn recode(&self, document: &DocumentView, code: &str) {
        let lines = document.lines.iter().map(|line| {
            let (amount, tax) = (line.amount, &line.tax_type);
            let text = line.description.replace('"', "");
            format!(
                r#"{{"Description":"{text}","Quantity":1,"UnitAmount":{amount},"AccountCode":"{code}","TaxType":"{tax}","TaxAmount":{}}}"#,
                line.tax
            )
        });
        let lines: Vec<String> = lines.collect();
        let body = format!(r#"{{"LineItems":[{}]}}"#, lines.join(","));
        self.hand("POST", &format!("/Invoices/{}?unitdp=4", document.id), &body);
    }

    /// Another invoice for the same order, typed in by hand.
    pub(crate) fn copy(&self, document: &DocumentView, number: &str) -> String {
        let (contact, reference) = (&document.contact_id, &document.reference);
        let body = format!(
            r#"{{"Invoices":[{{"Type":"ACCREC","Contact":{{"ContactID":"{contact}"}},"InvoiceNumber":"{number}","Reference":"{reference}",
            "Date":"2026-11-20","DueDate":"2026-11-30","LineAmountTypes":"NoTax","Status":"AUTHORISED",
            "LineItems":[{{"Description":"By hand","Quantity":1,"UnitAmount":{},"AccountCode":"200"}}]}}]}}"#,
            document.total
        );
        self.hand("PUT", "/Invoices", &body);
        let all = self.world.xero().ledger().invoices;
        all.into_iter().find(|one| one.number == number).unwrap().id
    }

    pub(crate) fn pay(&self, document: &DocumentView, account: &str, amount: &str) {
        let body = format!(
            r#"{{"Payments":[{{"Invoice":{{"InvoiceID":"{}"}},"Account":{{"AccountID":"{account}"}},"Date":"2026-11-20","Amount":{amount}}}]}}"#,
            document.id
        );
        self.hand("PUT", "/Payments", &body);
    }

    /// An account in pounds that payments go to.
    pub(crate) fn clearing(&self) -> String {
        let payments = self.world.xero().ledger().payments;
        payments.into_iter().find(|one| one.currency.code() == "GBP").unwrap().account_id
    }

    pub(crate) fn trial(&self) -> Trial {
        let accounts = self.world.xero().ledger().accounts.into_iter();
        let moved = accounts.filter(|account| !account.balance.is_zero());
        moved.map(|account| (account.code, account.balance.normalize())).collect()
    }

    /// Both sides are equal, by the auditor and by the world itself, and nothing is there twice.
    pub(crate) async fn agrees(&self) {
        let report = books::report(&self.engine).await.unwrap();
        assert!(report.agrees, "{:#?}", report.differences);
        assert!(report.dead.is_empty(), "{:#?}", report.dead);
        let truth = self.world.truth();
        assert_eq!((truth.duplicates, truth.lost), (0, 0), "{truth:#?}");
        assert!(truth.doubles.is_empty(), "{:?}", truth.doubles);
        assert!(truth.totals_wrong.is_empty() && truth.payments_wrong.is_empty(), "{truth:#?}");
        assert!(truth.unknown_names.is_empty(), "{:?}", truth.unknown_names);
    }
}
