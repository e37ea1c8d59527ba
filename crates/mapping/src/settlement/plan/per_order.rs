//! What the documents of orders do not cover, and the payout.
//!
//! Orders are paid into clearing; the rest of each month part is paid out of it at once, and what
//! is left there is the payout.

use base::Money;

use crate::Role;
use crate::settlement::footing::Balance;
use crate::settlement::pack::Pack;
use crate::settlement::plan::sheet::{Draft, Settled, Sheet};
use crate::settlement::plan::{PlanError, Planned, PlannedLine, What, lines};
use crate::settlement::words::LineKind;

pub(crate) fn draw(sheet: &mut Sheet<'_>, pack: &Pack) -> Result<(), PlanError> {
    let footing = sheet.footing;
    let clearing = Role::Clearing(sheet.currency());
    let mut opening = lines::opening(sheet, &[Balance::Reserved, Balance::Deferred])?;
    let last = footing.parts.len();
    for (part, number) in footing.parts.iter().zip(1..) {
        let lines = lines::of(footing, pack, part)?;
        let (balances, rest): (Vec<PlannedLine>, Vec<PlannedLine>) = lines
            .into_iter()
            .partition(|line| sheet.about.clearing_is_bank && line.role == clearing);
        let mut rest = rest;
        if number == last {
            // What was held back at the cut-over goes to clearing, out of which it is paid.
            for line in opening.drain(..) {
                sheet.carries(line.amount)?;
                rest.push(line);
            }
        }
        let (date, text) = (part.last, sheet.text(part));
        let settled = Settled::Through(clearing);
        sheet.put(Draft { lines: rest, date, text: text.clone(), settled })?;
        // Clearing has these balances already: a document whose line and payment meet on Carried
        // forward says that the rows were seen, and moves nothing.
        let lines = balances.into_iter().map(|mut line| {
            line.role = Role::CarriedForward;
            line
        });
        let settled = Settled::Through(Role::CarriedForward);
        sheet.put(Draft { lines: lines.collect(), date, text, settled })?;
    }
    sheet.charges()?;
    if footing.sum.is_positive() {
        let planned = payout(sheet);
        sheet.documents.push(planned);
    }
    Ok(())
}

fn payout(sheet: &Sheet<'_>) -> Planned {
    let currency = sheet.currency();
    let settlement = &sheet.footing.settlement;
    let (bank, clearing) = (Role::Bank(currency), Role::Clearing(currency));
    let (what, lines) = if sheet.about.clearing_is_bank {
        (What::Transfer { from: clearing, to: bank }, Vec::new())
    } else {
        let texts = ("Payout by Amazon", "money moves from clearing to the bank: no tax");
        let line = lines::plain(clearing, LineKind::Transfer, sheet.footing.sum, texts);
        (What::Receive { bank }, vec![line])
    };
    Planned {
        part: "payout".to_owned(),
        what,
        number: format!("{}-payout", sheet.name()),
        date: settlement.deposit.unwrap_or(settlement.end).day(&sheet.about.zone),
        lines,
        total: sheet.footing.sum,
        tax: Money::zero(currency),
        text: format!("Payout of settlement {}", settlement.settlement_id),
    }
}
