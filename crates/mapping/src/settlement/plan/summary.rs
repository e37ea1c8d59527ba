//! One document per month part; the last one's total is what reaches the bank.
//!
//! An earlier part keeps its own total, since Xero may refuse a document of nothing, and is settled
//! against Carried forward on its date; the last part has one line that takes it over from there.

use base::Money;

use crate::Role;
use crate::settlement::footing::{Balance, Part};
use crate::settlement::pack::Pack;
use crate::settlement::plan::sheet::{Draft, Settled, Sheet};
use crate::settlement::plan::{PlanError, PlannedLine, lines};
use crate::settlement::words::LineKind;

pub(crate) fn draw(sheet: &mut Sheet<'_>, pack: &Pack) -> Result<(), PlanError> {
    let footing = sheet.footing;
    let Some((last, earlier)) = footing.parts.split_last() else { return Ok(()) };
    let mut carried = Money::zero(sheet.currency());
    for part in earlier {
        let lines = lines_of(sheet, pack, part)?;
        let total = Money::sum(lines.iter().map(|line| line.amount), sheet.currency())?;
        carried = carried.plus(total)?;
        let settled = Settled::Through(Role::CarriedForward);
        sheet.put(Draft { lines, date: part.last, text: sheet.text(part), settled })?;
    }
    let mut lines = lines_of(sheet, pack, last)?;
    if !carried.is_zero() {
        let texts = ("Carried forward from earlier months", "moves between balances: no tax");
        lines.push(lines::plain(Role::CarriedForward, LineKind::Transfer, carried, texts));
        sheet.carries(carried)?;
    }
    let opening = lines::opening(sheet, &Balance::ALL)?;
    for line in opening {
        sheet.carries(line.amount)?;
        lines.push(line);
    }
    let settled = Settled::OpenForBank(sheet.balance_role());
    sheet.put(Draft { lines, date: last.last, text: sheet.text(last), settled })?;
    sheet.charges()
}

/// The part's lines, with the balances where lines can stand.
fn lines_of(sheet: &Sheet<'_>, pack: &Pack, part: &Part) -> Result<Vec<PlannedLine>, PlanError> {
    let mut lines = sheet.lines(pack, part)?;
    for line in &mut lines {
        if matches!(line.role, Role::Clearing(_)) {
            line.role = sheet.balance_role();
        }
    }
    Ok(lines)
}
