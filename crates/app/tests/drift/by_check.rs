//! What the next check finds.

use app::cli::books;
use intents::{DriftKind, DriftState};
use sandbox::xero::DocumentView;

use crate::case::orders;

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
