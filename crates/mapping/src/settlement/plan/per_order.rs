//! What the documents of orders do not cover, and the payout.
//!
//! Orders are paid into clearing; the rest of each month part is paid out of it at once, and what
//! is left there is the payout.

use base::{Money, Rate, Rounding};

use crate::Role;
use crate::settlement::footing::Balance;
use crate::settlement::pack::Pack;
use crate::settlement::plan::sheet::{Draft, Settled, Sheet};
use crate::settlement::plan::{
    PlanError, Planned, PlannedLine, UntaxedLines, What, lines, untaxed,
};
use crate::settlement::words::LineKind;

/// The part that reaches the bank.
const PAYOUT: &str = "payout";

/// As many as Xero takes of a rate.
const RATE_DECIMALS: u32 = 6;

pub(crate) fn draw(sheet: &mut Sheet<'_>, pack: &Pack) -> Result<(), PlanError> {
    let footing = sheet.footing;
    let clearing = Role::Clearing(sheet.currency());
    let wanted = untaxed::wanted(sheet.about);
    let mut opening = lines::opening(sheet, &[Balance::Reserved, Balance::Deferred])?;
    let last = footing.parts.len();
    for (part, number) in footing.parts.iter().zip(1..) {
        let lines = sheet.lines(pack, part)?;
        // Neither money on clearing nor a journal against it can have its other side there.
        let is_apart = sheet.about.clearing_is_bank || wanted != UntaxedLines::Document;
        let (balances, rest): (Vec<PlannedLine>, Vec<PlannedLine>) =
            lines.into_iter().partition(|line| is_apart && line.role == clearing);
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
        let (rest, apart): (Vec<PlannedLine>, Vec<PlannedLine>) =
            rest.into_iter().partition(|line| !untaxed::is_moved(wanted, line));
        sheet.put(Draft { lines: rest, date, text: text.clone(), settled })?;
        untaxed::put(sheet, wanted, Draft { lines: apart, date, text: text.clone(), settled })?;
        // Clearing has these balances already: a document whose line and payment meet on one account
        // says that the rows were seen, and moves nothing.
        let balance = sheet.balance_role();
        let lines = balances.into_iter().map(|mut line| {
            line.role = balance;
            line
        });
        let settled = Settled::Through(balance);
        sheet.put(Draft { lines: lines.collect(), date, text, settled })?;
    }
    sheet.charges()?;
    if footing.sum.is_positive() {
        let payout = match sheet.about.converted {
            Some(paid) => converted(sheet, paid.amount)?.to_vec(),
            None => vec![payout(sheet)],
        };
        sheet.documents.extend(payout);
    }
    Ok(())
}

fn payout(sheet: &Sheet<'_>) -> Planned {
    let currency = sheet.currency();
    let (bank, clearing) = (Role::Bank(currency), Role::Clearing(currency));
    let (what, lines) = if sheet.about.clearing_is_bank {
        (What::Transfer { from: clearing, to: bank }, Vec::new())
    } else {
        let texts = ("Payout by Amazon", "money moves from clearing to the bank: no tax");
        let line = lines::plain(clearing, LineKind::Transfer, sheet.footing.sum, texts);
        (What::Receive { bank }, vec![line])
    };
    moved(sheet, (PAYOUT, what), sheet.footing.sum, lines)
}

/// Amazon converts the payout on its way: spent from clearing and received on the bank through
/// Transit, which is at zero afterwards. The rate is the one that Amazon gave; what six decimals of it
/// leave is a difference of exchange.
fn converted(sheet: &Sheet<'_>, paid: Money) -> Result<[Planned; 2], PlanError> {
    let sum = sheet.footing.sum;
    let rate = Rate::between(sum, paid, RATE_DECIMALS)?;
    let worth = rate.convert(sum, paid.currency(), Rounding::HalfAwayFromZero)?;
    let texts = ("Payout by Amazon", "money moves from clearing to the bank: no tax");
    let out = vec![lines::plain(Role::Transit, LineKind::Transfer, sum, texts)];
    let mut arrived = vec![lines::plain(Role::Transit, LineKind::Transfer, worth, texts)];
    let rest = paid.minus(worth)?;
    if !rest.is_zero() {
        let texts = ("Rounding of Amazon's exchange rate", "a difference of exchange: no tax");
        arrived.push(lines::plain(Role::FxDifferences, LineKind::Transfer, rest, texts));
    }
    let from = What::Spend { bank: Role::Clearing(sum.currency()) };
    let to = What::Receive { bank: Role::Bank(paid.currency()) };
    let sent = Planned { rate: Some(rate), ..moved(sheet, ("payout:sent", from), sum, out) };
    Ok([sent, moved(sheet, (PAYOUT, to), paid, arrived)])
}

fn moved(
    sheet: &Sheet<'_>,
    (part, what): (&str, What),
    total: Money,
    lines: Vec<PlannedLine>,
) -> Planned {
    let settlement = &sheet.footing.settlement;
    Planned {
        part: part.to_owned(),
        what,
        number: format!("{}-{}", sheet.name(), part.replace(':', "-")),
        date: settlement.deposit.unwrap_or(settlement.end).day(&sheet.about.zone),
        lines,
        total,
        tax: Money::zero(total.currency()),
        rate: None,
        text: format!("Payout of settlement {}", settlement.settlement_id),
    }
}
