//! The states that an order goes through.

use base::Currency;
use base::Money;

use super::draft::{Draft, Line, Shown};
use super::recipe::{Defect, Life};
use crate::random::Random;

/// The states of an order in turn, the first one pending. `ready` is the order when all of it is
/// ready to ship.
pub(crate) fn states(ready: &Draft, life: Life, random: &mut Random) -> Vec<Draft> {
    let pending = Draft { status: "PENDING", shown: Shown::Nothing, ..ready.clone() };
    if ready.defect == Some(Defect::UnknownStatus) {
        // A word that Amazon's own samples have and its model has not.
        let odd = Draft { status: "INVOICE_UNCONFIRMED", ..ready.clone() };
        return vec![pending, odd];
    }
    let unshipped = ready.clone();
    let mut states = vec![pending];
    match life {
        Life::Pending => {}
        Life::CancelledPending => states.push(cancelled(ready, random)),
        Life::Unshipped => states.push(unshipped),
        Life::Shipped => states.extend([unshipped, shipped(ready)]),
        Life::CancelledUnshipped => states.extend([unshipped, cancelled(ready, random)]),
        Life::PartlyOpen => states.extend([unshipped, partly(ready, random)]),
        Life::PartlyThenRest => {
            states.extend([unshipped, partly(ready, random), shipped(ready)]);
        }
        Life::PartlyRestCancelled => {
            let partly = partly(ready, random);
            let rest = rest_cancelled(&partly);
            states.extend([unshipped, partly, rest]);
        }
        Life::FewerUnits => {
            let fewer = fewer_units(ready);
            let shipped = shipped(&fewer);
            states.extend([unshipped, fewer, shipped]);
        }
        Life::LowerPrice => {
            let lower = lower_price(ready);
            let shipped = shipped(&lower);
            states.extend([unshipped, lower, shipped]);
        }
    }
    states
}

fn each_line(draft: &Draft, change: impl Fn(&mut Line)) -> Draft {
    let mut draft = draft.clone();
    draft.lines.iter_mut().for_each(change);
    draft
}

fn shipped(draft: &Draft) -> Draft {
    let shipped = each_line(draft, |line| {
        line.fulfilled = line.units();
        line.unfulfilled = 0;
    });
    Draft { status: "SHIPPED", ..shipped }
}

fn cancelled(draft: &Draft, random: &mut Random) -> Draft {
    let by = random.pick(&["BUYER", "MERCHANT", "AMAZON"]).copied().unwrap_or("BUYER");
    let cancelled = each_line(draft, |line| {
        line.fulfilled = 0;
        line.unfulfilled = 0;
        line.cancelled_by = Some(by);
    });
    // Both ways in which Amazon could show that nothing is left to pay.
    let shown = if random.chance(500) { Shown::Prices } else { Shown::Zero };
    Draft { status: "CANCELLED", shown, tip: 0, ..cancelled }
}

/// Some units ship, line by line, and at least one does not.
fn partly(draft: &Draft, random: &mut Random) -> Draft {
    let units: i64 = draft.lines.iter().map(Line::units).sum();
    let most = u64::try_from(units - 1).unwrap_or(1).max(1);
    let mut left = i64::try_from(random.below(most)).unwrap_or(0) + 1;
    let mut partly = draft.clone();
    for line in &mut partly.lines {
        let now = left.min(line.unfulfilled);
        line.fulfilled += now;
        line.unfulfilled -= now;
        left -= now;
    }
    Draft { status: "PARTIALLY_SHIPPED", ..partly }
}

/// What has not shipped is cancelled; each line's total becomes the share that shipped.
fn rest_cancelled(partly: &Draft) -> Draft {
    let reading = partly.reading();
    let rest = each_line(partly, |line| {
        let total = line.parts(reading).total(reading);
        line.restated = Some(shipped_share(total, line));
        if line.unfulfilled > 0 {
            line.cancelled_by = Some("MERCHANT");
            line.unfulfilled = 0;
        }
    });
    Draft { status: "SHIPPED", ..rest }
}

/// Minor units of whatever currency: splitting does not depend on it.
fn shipped_share(total: i64, line: &Line) -> i64 {
    let weights = [line.fulfilled, line.unfulfilled].map(|units| u64::try_from(units).unwrap_or(0));
    let shares = Money::from_minor(total, Currency::GBP).allocate(&weights);
    shares.ok().and_then(|shares| shares.first().copied()).map_or(0, Money::minor)
}

fn fewer_units(draft: &Draft) -> Draft {
    let mut fewer = draft.clone();
    if let Some(line) = fewer.lines.iter_mut().find(|line| line.unfulfilled > 1) {
        line.unfulfilled -= 1;
        line.cancelled_by = Some("BUYER");
    }
    fewer
}

fn lower_price(draft: &Draft) -> Draft {
    each_line(draft, |line| line.unit = line.unit * 9 / 10)
}
