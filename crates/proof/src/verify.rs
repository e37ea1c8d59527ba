//! Does a proof hold by itself? Everything that it says twice must agree.

use base::{Money, MoneyError};

use crate::finding::{Fault, Finding};
use crate::segments::root;
use crate::signature::{is_valid, text};
use crate::statement::{FORMAT, Proof, Standing, Verdict};

/// All that does not hold; nothing means that everything does. With `expected_key` (hex) the proof
/// must be signed by that key.
pub fn verify(proof: &Proof, expected_key: Option<&str>) -> Vec<Finding> {
    if proof.format != FORMAT {
        let detail = format!("this program reads proofs of format {FORMAT}");
        let finding = Finding::of(Fault::FormatUnknown, "format", detail);
        return vec![finding.between(FORMAT, proof.format)];
    }
    let mut found = Vec::new();
    signature(proof, expected_key, &mut found);
    rows(proof, &mut found);
    sums(proof, &mut found);
    coverage(proof, &mut found);
    documents(proof, &mut found);
    checks(proof, &mut found);
    found
}

fn signature(proof: &Proof, expected_key: Option<&str>, found: &mut Vec<Finding>) {
    let Some(signature) = &proof.signature else {
        let detail = "the proof carries no signature: anybody may have changed it";
        found.push(Finding::of(Fault::Unsigned, "signature", detail));
        return;
    };
    if !text(proof).is_ok_and(|text| is_valid(signature, &text)) {
        let detail = "the signature is not of this content: something in the proof was changed \
                      after it was signed";
        found.push(Finding::of(Fault::SignatureInvalid, "signature", detail));
    }
    let other = |key: &&str| !key.trim().eq_ignore_ascii_case(&signature.public_key);
    if let Some(key) = expected_key.filter(other) {
        let detail = "the proof is signed with another key than the one that was expected";
        let finding = Finding::of(Fault::KeyDiffers, "signature.public_key", detail);
        found.push(finding.between(key.trim(), &signature.public_key));
    }
}

fn rows(proof: &Proof, found: &mut Vec<Finding>) {
    let computed = root(&proof.segments);
    if computed != proof.root {
        let detail = "the segments' hashes do not give the root";
        let finding = Finding::of(Fault::RowsDiffer, "root", detail);
        found.push(finding.between(proof.root, computed));
    }
    let counted = proof.segments.iter().fold(0_u64, |sum, one| sum.saturating_add(one.rows));
    if counted != proof.report.rows {
        let detail = "the segments hold another number of rows than the report";
        let finding = Finding::of(Fault::RowsDiffer, "report.rows", detail);
        found.push(finding.between(proof.report.rows, counted));
    }
    let (last, full) = proof.segments.split_last().map_or((None, &[][..]), |(l, f)| (Some(l), f));
    let is_sized = proof.segment_rows.is_power_of_two()
        && full.iter().all(|one| one.rows == proof.segment_rows)
        && last.is_none_or(|one| (1..=proof.segment_rows).contains(&one.rows));
    if !is_sized {
        let detail = "the segments are not of one size, so their tree is not the rows' tree";
        found.push(Finding::of(Fault::RowsDiffer, "segments", detail));
    }
}

fn sums(proof: &Proof, found: &mut Vec<Finding>) {
    let rows = proof.report.sum;
    let segments = proof.segments.iter().map(|one| one.sum);
    let what = "the segments add up to another sum than the report's rows";
    compare(found, Fault::SumsDiffer, ("segments", what), rows, add(proof, segments));
    let categories = proof.categories.values().copied();
    let what = "the categories add up to another sum than the report's rows";
    compare(found, Fault::SumsDiffer, ("categories", what), rows, add(proof, categories));
    if let Some(total) = proof.settlement.total {
        let what = "the rows do not add up to the total that Amazon declares";
        compare(found, Fault::TotalDiffers, ("settlement.total", what), total, Ok(rows));
    }
}

fn coverage(proof: &Proof, found: &mut Vec<Finding>) {
    let shares = proof.coverage.shares();
    let rows = shares.iter().fold(0_u64, |sum, (_, share)| sum.saturating_add(share.rows));
    if rows != proof.report.rows {
        let detail = "covered, posted, planned and held rows are not all rows once";
        let finding = Finding::of(Fault::CoverageDiffers, "coverage", detail);
        found.push(finding.between(proof.report.rows, rows));
    }
    let amount = add(proof, shares.iter().map(|(_, share)| share.amount));
    let what = "covered, posted, planned and held do not add up to the rows";
    compare(found, Fault::CoverageDiffers, ("coverage", what), proof.report.sum, amount);
    if proof.coverage.opening.is_some_and(|opening| opening.rows > proof.coverage.covered.rows) {
        let detail = "the opening balances carry more rows than are covered";
        found.push(Finding::of(Fault::CoverageDiffers, "coverage.opening", detail));
    }
    let is_other = match proof.standing {
        Standing::Planned => proof.coverage.posted.rows > 0,
        Standing::Decided => false,
        Standing::Posted => proof.coverage.planned.rows > 0,
    };
    if is_other {
        let detail = "the proof's standing and its coverage say different things";
        found.push(Finding::of(Fault::CoverageDiffers, "standing", detail));
    }
}

fn documents(proof: &Proof, found: &mut Vec<Finding>) {
    let due = proof.coverage.posted.amount.plus(proof.coverage.planned.amount);
    let carried = add(proof, proof.documents.iter().map(|one| one.carries));
    let what = "the documents carry another amount than the rows that are posted or planned";
    match due {
        Ok(due) => compare(found, Fault::DocumentsDiffer, ("documents", what), due, carried),
        Err(error) => found.push(unworkable(Fault::DocumentsDiffer, "coverage", &error)),
    }
    for document in &proof.documents {
        let place = format!("documents {}", document.part);
        if document.total.is_negative() || (!document.may_carry() && !document.carries.is_zero()) {
            let detail = "a document's total is negative, or a payment carries rows";
            found.push(Finding::of(Fault::DocumentsDiffer, place.clone(), detail));
        }
        if proof.standing == Standing::Posted && document.xero_id.is_none() {
            let detail = "the proof says posted, and this document has no id of Xero's";
            found.push(Finding::of(Fault::DocumentsDiffer, place, detail));
        }
    }
}

fn checks(proof: &Proof, found: &mut Vec<Finding>) {
    for check in proof.checks.iter().filter(|check| check.verdict == Verdict::Fails) {
        let place = format!("checks {}", check.name);
        let detail = format!("the proof itself says that {} fails: {}", check.code, check.detail);
        found.push(Finding {
            expected: check.expected.map(|money| money.to_string()),
            found: check.found.map(|money| money.to_string()),
            ..Finding::of(Fault::CheckFailed, place, detail)
        });
    }
    for control in &proof.controls {
        let place = format!("controls {}", control.name);
        let is_known = control.verdict != Verdict::Missing;
        let agrees = control.expected.is_some() && control.expected == control.found;
        if is_known && (control.verdict != Verdict::Holds || !agrees) {
            let detail = format!("a control total of Amazon's differs: {}", control.detail);
            found.push(Finding {
                expected: control.expected.map(|money| money.to_string()),
                found: control.found.map(|money| money.to_string()),
                ..Finding::of(Fault::ControlDiffers, place, detail)
            });
        }
    }
}

fn add(proof: &Proof, amounts: impl Iterator<Item = Money>) -> Result<Money, MoneyError> {
    Money::sum(amounts, proof.settlement.currency)
}

fn compare(
    found: &mut Vec<Finding>,
    fault: Fault,
    (place, what): (&str, &str),
    expected: Money,
    amount: Result<Money, MoneyError>,
) {
    match amount {
        Ok(amount) if amount == expected => {}
        Ok(amount) => found.push(Finding::of(fault, place, what).between(expected, amount)),
        Err(error) => found.push(unworkable(fault, place, &error)),
    }
}

fn unworkable(fault: Fault, place: &str, error: &MoneyError) -> Finding {
    Finding::of(fault, place, format!("the amounts cannot be added: {error}"))
}
