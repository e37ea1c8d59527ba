//! A bookkeeper edits, voids, deletes, doubles and pays by hand what Daybook posted. It is found by
//! the next check, and at once where Xero tells of it; each choice is carried out, nothing doubles,
//! and what was put right closes itself.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::collections::BTreeMap;
use std::sync::Arc;

use app::cli::books;
use app::cli::sandbox::deliver;
use app::drifts::Chooser;
use app::engine::Engine;
use app::home::Home;
use app::serve::webhooks::{self, Hooks};
use app::transport::{Carrier, InProcess, Wire};
use base::{Decimal, Secret, Timestamp};
use intents::{DriftKind, DriftState};
use mapping::settlement::Way;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{DocumentView, Edition, Hook, Hooked, PaymentView};
use store::Drift;
use tempfile::TempDir;

const KEY: &str = "the webhook's key";

/// Balances by account code, without those that are zero.
type Trial = BTreeMap<String, Decimal>;

/// A book with everything posted, and its bookkeeper.
struct Case {
    world: Sandbox,
    engine: Engine,
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

async fn orders(seed: u64, orders: usize) -> Case {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let options =
        SandboxOptions { defects_per_mille: 0, clock, ..SandboxOptions::new(seed, orders, start) };
    connected(Sandbox::new(options), Way::PerOrder, 1).await
}

/// A month of one account with its settlements.
async fn settled(seed: u64, way: Way) -> Case {
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
    async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    /// The next check finds what it finds.
    async fn next_check(&self) {
        let wait_ms = self.engine.pace.check_ms + Timestamp::HOUR;
        self.engine.clock.until(self.engine.clock.now().after_ms(wait_ms)).await;
        self.work().await;
    }

    /// Longer than after a write of our own.
    async fn later(&self) {
        self.engine.clock.until(self.engine.clock.now().after_ms(5 * Timestamp::MINUTE)).await;
    }

    async fn drifts(&self, state: Option<DriftState>) -> Vec<Drift> {
        self.engine.store.drifts(&self.engine.book, state).await.unwrap()
    }

    async fn listed(&self, state: Option<DriftState>) -> Vec<String> {
        let drifts = self.drifts(state).await;
        let words = |one: &Drift| {
            format!("{} {} {}", one.sighted.kind.as_str(), one.sighted.document, one.state.as_str())
        };
        let mut words: Vec<String> = drifts.iter().map(words).collect();
        words.sort();
        words
    }

    async fn open(&self, kind: DriftKind) -> Drift {
        let open = self.drifts(Some(DriftState::Open)).await;
        let mut of_kind = open.into_iter().filter(|one| one.sighted.kind == kind);
        let found = of_kind.next().unwrap_or_else(|| panic!("no drift is {kind:?}"));
        assert!(of_kind.next().is_none());
        found
    }

    fn chooser(&self) -> Chooser<'_> {
        let (store, book) = (&self.engine.store, &self.engine.book);
        Chooser { store, book, who: "Ada", now: self.engine.clock.now() }
    }

    /// By hand, by Xero's rules.
    #[track_caller]
    fn hand(&self, method: &str, path: &str, body: &str) -> String {
        match self.world.xero().by_hand(method, path, body) {
            Ok(text) => text,
            Err(why) => panic!("{method} {path}: {why}"),
        }
    }

    fn invoices(&self) -> Vec<DocumentView> {
        let all = self.world.xero().ledger().invoices.into_iter();
        all.filter(|one| one.kind == "ACCREC" && one.number.starts_with("AMZ-")).collect()
    }

    /// An invoice of this status in pounds.
    fn an_invoice(&self, status: &str) -> DocumentView {
        let is_it = |one: &DocumentView| one.status == status && one.currency.code() == "GBP";
        self.invoices().into_iter().find(is_it).unwrap()
    }

    fn payments_of(&self, document: &DocumentView) -> Vec<PaymentView> {
        let all = self.world.xero().ledger().payments.into_iter();
        all.filter(|one| one.document_id == document.id && !one.deleted).collect()
    }

    fn delete_payments(&self, document: &DocumentView) -> usize {
        let payments = self.payments_of(document);
        for payment in &payments {
            let path = format!("/Payments/{}", payment.id);
            self.hand("POST", &path, r#"{"Status":"DELETED"}"#);
        }
        payments.len()
    }

    fn void(&self, document: &DocumentView) {
        let path = format!("/Invoices/{}", document.id);
        self.hand("POST", &path, r#"{"Status":"VOIDED"}"#);
    }

    /// The same lines, to another account.
    fn recode(&self, document: &DocumentView, code: &str) {
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
    fn copy(&self, document: &DocumentView, number: &str) -> String {
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

    fn pay(&self, document: &DocumentView, account: &str, amount: &str) {
        let body = format!(
            r#"{{"Payments":[{{"Invoice":{{"InvoiceID":"{}"}},"Account":{{"AccountID":"{account}"}},"Date":"2026-11-20","Amount":{amount}}}]}}"#,
            document.id
        );
        self.hand("PUT", "/Payments", &body);
    }

    /// An account in pounds that payments go to.
    fn clearing(&self) -> String {
        let payments = self.world.xero().ledger().payments;
        payments.into_iter().find(|one| one.currency.code() == "GBP").unwrap().account_id
    }

    fn trial(&self) -> Trial {
        let accounts = self.world.xero().ledger().accounts.into_iter();
        let moved = accounts.filter(|account| !account.balance.is_zero());
        moved.map(|account| (account.code, account.balance.normalize())).collect()
    }

    /// Both sides are equal, by the auditor and by the world itself, and nothing is there twice.
    async fn agrees(&self) {
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

#[tokio::test]
async fn each_kind_is_found_by_the_next_check_and_each_choice_is_carried_out() {
    let case = orders(5, 60).await;
    case.agrees().await;
    let before = case.trial();
    let edited = case.an_invoice("AUTHORISED");
    let paid: Vec<DocumentView> = case
        .invoices()
        .into_iter()
        .filter(|one| one.status == "PAID" && case.payments_of(one).len() == 1)
        .take(3)
        .collect();
    let [voided, unpaid, doubled] = paid.as_slice() else { panic!("too few are paid") };

    case.recode(&edited, "260");
    assert_eq!(case.delete_payments(voided), 1);
    case.void(voided);
    assert_eq!(case.delete_payments(unpaid), 1);
    let double = case.copy(doubled, "INV-7001");
    case.next_check().await;
    let open = case.listed(Some(DriftState::Open)).await;
    let expected = |kind: &str, document: String| format!("{kind} {document} open");
    let payment =
        |one: &DocumentView| format!("payment of {} {} on {}", one.total, one.currency, one.number);
    let mut wanted = vec![
        expected("edited", format!("invoice {}", edited.number)),
        expected("voided", format!("invoice {}", voided.number)),
        expected("deleted", payment(voided)),
        expected("deleted", payment(unpaid)),
        expected("duplicate", format!("invoice {}", doubled.number)),
    ];
    wanted.sort();
    assert_eq!(open, wanted);
    let words = case.open(DriftKind::Edited).await.sighted.found;
    assert!(
        words.contains("was not kept so; Xero's lines:") && words.contains("to 260"),
        "{words}"
    );
    let alarms = books::report(&case.engine).await.unwrap().alarms;
    let codes: Vec<&str> = alarms.iter().map(|alarm| alarm.code.as_str()).collect();
    for code in ["document_changed", "double_invoice", "money_differs"] {
        assert!(codes.contains(&code), "{codes:?}");
    }

    // Posted again: the voided one with its payment, the payment of the other by itself.
    case.chooser().repost(&case.open(DriftKind::Voided).await).await.unwrap();
    case.work().await;
    let again = format!("{}-2", voided.number);
    let again = case.invoices().into_iter().find(|one| one.number == again).unwrap();
    assert_eq!((again.status, again.total), ("PAID", voided.total));
    case.chooser().repost(&case.open(DriftKind::Deleted).await).await.unwrap();
    case.work().await;
    let unpaid = case.invoices().into_iter().find(|one| one.id == unpaid.id).unwrap();
    assert_eq!(unpaid.status, "PAID");

    // What is there cannot be posted again.
    let refused = case.chooser().repost(&case.open(DriftKind::Edited).await).await;
    assert_eq!(refused.unwrap_err().code(), "drift_not_repostable");

    // Accepted, it is silent until it changes again.
    case.chooser().accept(&case.open(DriftKind::Edited).await, "other income").await.unwrap();
    case.next_check().await;
    assert_eq!(case.listed(Some(DriftState::Open)).await.len(), 1, "the double is left");
    case.recode(&edited, "270");
    case.next_check().await;
    assert!(case.open(DriftKind::Edited).await.sighted.found.contains("to 270"));

    // Put right in Xero, it closes itself.
    case.recode(&edited, &edited.lines[0].account_code);
    case.hand("POST", &format!("/Invoices/{double}"), r#"{"Status":"VOIDED"}"#);
    case.next_check().await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());
    let all = case.listed(None).await;
    let count = |state: &str| all.iter().filter(|one| one.ends_with(state)).count();
    assert_eq!((count(" gone"), count(" reposted")), (2, 3), "{all:?}");
    assert_eq!(case.trial(), before);
    case.agrees().await;
}

#[tokio::test]
async fn money_of_others_is_found_and_what_cannot_be_done_is_said() {
    let case = orders(6, 40).await;
    let before = case.trial();
    let open = case.an_invoice("AUTHORISED");
    case.pay(&open, &case.clearing(), "1.00");
    case.next_check().await;
    let drift = case.open(DriftKind::PaidElsewhere).await;
    assert!(drift.sighted.found.starts_with("Xero has 1.00 paid"), "{}", drift.sighted.found);
    let refused = case.chooser().reverse(&drift).await.unwrap_err();
    assert_eq!(refused.code(), "drift_not_reversible");
    let refused = case.chooser().repost(&drift).await.unwrap_err();
    assert_eq!(refused.code(), "drift_not_repostable");
    assert_eq!(case.chooser().accept(&drift, " ").await.unwrap_err().code(), "config_invalid");
    assert_eq!(case.chooser().find("drift_0").await.unwrap_err().code(), "drift_unknown");
    case.delete_payments(&open);
    case.next_check().await;
    assert_eq!(case.drifts(None).await[0].state, DriftState::Gone);
    let refused = case.chooser().accept(&drift, "late").await;
    // The row that we hold is old: what counts is what is there.
    assert!(refused.is_ok());
    let settled = case.chooser().find(drift.id.as_str().get(..14).unwrap()).await.unwrap();
    assert_eq!(settled.state, DriftState::Accepted);
    assert_eq!(case.trial(), before);
}

#[tokio::test]
async fn what_is_doubled_by_hand_is_taken_back_and_the_other_stays() {
    let case = orders(5, 60).await;
    let is_paid = |one: &DocumentView| one.status == "PAID" && case.payments_of(one).len() == 1;
    let doubled = case.invoices().into_iter().find(is_paid).unwrap();
    case.copy(&doubled, "INV-7001");
    case.next_check().await;
    case.chooser().reverse(&case.open(DriftKind::Duplicate).await).await.unwrap();
    case.work().await;
    let ours = case.invoices().into_iter().find(|one| one.id == doubled.id).unwrap();
    assert_eq!(ours.status, "VOIDED");
    assert!(case.payments_of(&ours).is_empty());
    assert_eq!(case.drifts(None).await[0].state, DriftState::Reversed);
    let acts = case.engine.store.drift_acts(&case.drifts(None).await[0].id).await.unwrap();
    let acts: Vec<String> = acts.iter().map(|one| format!("{} {}", one.actor, one.act)).collect();
    assert_eq!(acts, ["check found", "Ada asked to reverse", "drift reversed"]);
    case.next_check().await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());
    let truth = case.world.truth();
    assert_eq!((truth.duplicates, truth.lost), (0, 0), "theirs is the one that stands: {truth:#?}");
}

/// Serves the webhook's door, registers it, and shows Xero the intent to receive.
async fn hooked(case: &Case) -> (String, Wire) {
    let keys = [Secret::new("another"), Secret::new(KEY)].into();
    let (store, clock) = (case.engine.store.clone(), case.engine.clock.clone());
    let hooks = Hooks { store, clock, keys };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}{}", listener.local_addr().unwrap(), webhooks::PATH);
    tokio::spawn(async move { axum::serve(listener, webhooks::router(hooks)).await });
    let wire = Wire::new().unwrap();
    case.world.xero().register_webhook(Hook::new(KEY));
    deliver(case.world.xero(), &wire, &url, case.engine.clock.as_ref()).await;
    assert_eq!(case.world.xero().hooked(), Hooked::Live);
    (url, wire)
}

impl Case {
    /// Xero tells what happened; the lane takes it up. No check is due.
    async fn told(&self, (url, wire): &(String, Wire)) -> u64 {
        let calls = self.world.truth().xero_calls;
        for _second in 0..4 {
            self.engine.clock.until(self.engine.clock.now().after_ms(Timestamp::SECOND)).await;
            deliver(self.world.xero(), wire, url, self.engine.clock.as_ref()).await;
        }
        self.work().await;
        let left = self.engine.store.due_notices(&self.engine.book, 10).await.unwrap();
        assert!(left.is_empty());
        self.world.truth().xero_calls - calls
    }
}

#[tokio::test]
async fn what_xero_tells_of_is_found_at_once() {
    let case = orders(5, 60).await;
    let hook = hooked(&case).await;
    case.later().await;
    let before = case.trial();
    let edited = case.an_invoice("AUTHORISED");
    case.recode(&edited, "260");
    assert!(case.told(&hook).await <= 2, "one call for what changed");
    assert_eq!(
        case.open(DriftKind::Edited).await.sighted.document,
        format!("invoice {}", edited.number)
    );
    case.later().await;
    case.recode(&edited, &edited.lines[0].account_code);
    case.told(&hook).await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());

    // Xero tells of the invoice alone, and the payment is found by it.
    let is_paid = |one: &DocumentView| one.status == "PAID" && case.payments_of(one).len() == 1;
    let unpaid = case.invoices().into_iter().find(is_paid).unwrap();
    case.delete_payments(&unpaid);
    case.told(&hook).await;
    let deleted = case.open(DriftKind::Deleted).await;
    case.chooser().repost(&deleted).await.unwrap();
    case.told(&hook).await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());
    let settled = case.chooser().find(deleted.id.as_str()).await.unwrap();
    assert_eq!(case.chooser().repost(&settled).await.unwrap_err().code(), "drift_settled");

    case.later().await;
    let double = case.copy(&unpaid, "INV-7001");
    case.told(&hook).await;
    assert!(case.open(DriftKind::Duplicate).await.sighted.found.contains("INV-7001"));
    case.later().await;
    case.hand("POST", &format!("/Invoices/{double}"), r#"{"Status":"VOIDED"}"#);
    case.told(&hook).await;

    let voided = case.an_invoice("AUTHORISED");
    case.later().await;
    case.void(&voided);
    case.told(&hook).await;
    case.chooser().repost(&case.open(DriftKind::Voided).await).await.unwrap();
    case.told(&hook).await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());
    assert_eq!(case.trial(), before);
    case.agrees().await;
    // The day's check finds nothing that was not told.
    case.next_check().await;
    assert!(case.listed(Some(DriftState::Open)).await.is_empty());
}

#[tokio::test]
async fn what_daybook_wrote_itself_is_not_read_again() {
    let case = orders(7, 30).await;
    let hook = hooked(&case).await;
    case.later().await;
    let is_paid = |one: &DocumentView| one.status == "PAID" && case.payments_of(one).len() == 1;
    let unpaid = case.invoices().into_iter().find(is_paid).unwrap();
    case.delete_payments(&unpaid);
    case.told(&hook).await;
    case.chooser().repost(&case.open(DriftKind::Deleted).await).await.unwrap();
    case.work().await;
    // The payment is ours: Xero tells of the invoice that it changed, and nobody asks.
    assert_eq!(case.told(&hook).await, 0);
}

/// The parts of a settlement order by order, and a summary: each ended by hand, each posted again.
#[tokio::test]
async fn documents_of_settlements_are_posted_again_one_by_one() {
    for way in [Way::PerOrder, Way::Summary] {
        let case = settled(2, way).await;
        let before = case.trial();
        let ledger = case.world.xero().ledger();
        let payout = ledger.bank_transactions.iter().find(|one| one.reference.starts_with("AMZ-"));
        if let Some(payout) = payout {
            let path = format!("/BankTransactions/{}", payout.id);
            case.hand("POST", &path, r#"{"BankTransactions":[{"Status":"DELETED"}]}"#);
        }
        let of_settlement = |one: &&DocumentView| {
            let is_ours = one.number.starts_with("AMZ-EU-");
            is_ours && !matches!(one.status, "VOIDED" | "DELETED")
        };
        let document = ledger.invoices.iter().find(of_settlement).unwrap();
        case.delete_payments(document);
        case.void(document);
        case.next_check().await;
        let open = case.drifts(Some(DriftState::Open)).await;
        assert!(!open.is_empty());
        for drift in &open {
            let still = case.engine.store.drift(&drift.id).await.unwrap().unwrap();
            if still.state == DriftState::Open {
                case.chooser().repost(&still).await.unwrap();
                case.work().await;
            }
        }
        let left = case.listed(Some(DriftState::Open)).await;
        assert!(left.is_empty(), "{left:?}");
        assert_eq!(case.trial(), before, "{way:?}");
        case.next_check().await;
        let left = case.listed(Some(DriftState::Open)).await;
        assert!(left.is_empty(), "{left:?}");
        let report = books::report(&case.engine).await.unwrap();
        assert!(report.agrees && report.dead.is_empty(), "{:#?}", report.differences);
        assert!(case.world.truth().doubles.is_empty());
    }
}

/// A voided document of a settlement is taken back with the rest of it.
#[tokio::test]
async fn a_settlement_is_taken_back_also_when_a_document_of_it_is_gone() {
    let case = settled(3, Way::Summary).await;
    let ledger = case.world.xero().ledger();
    let is_it =
        |one: &&DocumentView| one.number.starts_with("AMZ-EU-") && one.status == "AUTHORISED";
    let document = ledger.invoices.iter().rfind(is_it).unwrap();
    case.void(document);
    case.next_check().await;
    case.chooser().reverse(&case.open(DriftKind::Voided).await).await.unwrap();
    case.work().await;
    assert_eq!(case.drifts(None).await[0].state, DriftState::Reversed);
    let report = books::report(&case.engine).await.unwrap();
    assert!(report.dead.is_empty(), "{:#?}", report.dead);
}
