//! Settlements as they should end: found, archived, footed, posted, proved, and audited by someone who
//! knows nothing of all that.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use app::cli::books;
use base::{Clock as _, Money, Subject};
use intents::State;
use proof::Proof;

use crate::kept::Kept;

/// Every settlement that Amazon made is posted whole, and its proof verifies.
pub(crate) async fn are_whole(kept: &Kept) {
    let truth = kept.history().settlement_truth(kept.world.clock().now());
    assert!(truth.len() >= 4, "two months and what follows are four settlements");
    let settlements = kept.engine.store.settlements(&kept.engine.book).await.unwrap();
    assert_eq!(settlements.len(), truth.len());
    for known in &truth {
        let row = kept.row(&Subject::settlement(&known.id)).await;
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
        let proof = kept.proof(&row).await;
        assert_eq!(proof.coverage.held.rows, 0, "settlement {}: rows wait", known.id);
        assert_eq!(proof.report.sum, known.total, "settlement {}", known.id);
        let findings = proof::verify(&proof, None);
        assert!(findings.is_empty(), "settlement {}: {findings:#?}", known.id);
        is_spoilt_by_a_cent(&proof);
    }
    is_audited(kept, truth.len()).await;
}

/// With one cent changed anywhere a proof fails.
fn is_spoilt_by_a_cent(proof: &Proof) {
    let mut spoilt: Vec<Proof> = Vec::new();
    let mut changed = |change: &mut dyn FnMut(&mut Proof)| {
        let mut other = proof.clone();
        change(&mut other);
        spoilt.push(other);
    };
    changed(&mut |proof| more(&mut proof.report.sum));
    changed(&mut |proof| more(&mut proof.coverage.posted.amount));
    changed(&mut |proof| more(&mut proof.coverage.covered.amount));
    changed(&mut |proof| more(&mut proof.coverage.held.amount));
    for name in proof.categories.keys() {
        changed(&mut |proof| more(proof.categories.get_mut(name).unwrap()));
    }
    for at in 0..proof.documents.len() {
        changed(&mut |proof| more(&mut proof.documents.get_mut(at).unwrap().total));
    }
    for at in 0..proof.segments.len() {
        changed(&mut |proof| more(&mut proof.segments.get_mut(at).unwrap().sum));
    }
    if proof.payout.is_some() {
        changed(&mut |proof| more(&mut proof.payout.as_mut().unwrap().amount));
    }
    for other in spoilt {
        assert!(!proof::verify(&other, None).is_empty(), "{other:#?}");
    }
}

fn more(amount: &mut Money) {
    *amount = amount.plus(Money::from_minor(1, amount.currency())).unwrap();
}

/// The auditor finds both sides to agree.
async fn is_audited(kept: &Kept, settlements: usize) {
    let report = books::report(&kept.engine).await;
    let report = report.map_err(|failure| format!("{} {}", failure.code, failure.detail)).unwrap();
    assert!(report.agrees, "{report:#?}");
    let settled = report.settlements.as_ref().unwrap();
    let all = u64::try_from(settlements).unwrap();
    assert_eq!((settled.shown, settled.posted, settled.held), (all, all, 0));
    assert!(report.unknown_names.is_empty(), "{:?}", report.unknown_names);
    let text = report.text();
    assert!(!text.lines().any(|line| line.ends_with("  differs")), "{text}");
}
