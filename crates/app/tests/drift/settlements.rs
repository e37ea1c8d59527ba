//! Documents of settlements.

use app::cli::books;
use intents::{DriftKind, DriftState};
use mapping::settlement::Way;
use sandbox::xero::DocumentView;

use crate::case::settled;

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
