//! What Xero tells of.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use app::cli::sandbox::deliver;
use app::serve::webhooks::{self, Hooks};
use app::transport::Wire;
use base::{Secret, Timestamp};
use intents::{DriftKind, DriftState};
use sandbox::xero::{DocumentView, Hook, Hooked};

use crate::case::{Case, orders};

const KEY: &str = "the webhook's key";

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
