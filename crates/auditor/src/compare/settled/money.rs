//! How a settlement's documents are settled, and where its payout is.

use std::collections::BTreeMap;

use base::{Decimal, Money, MoneyError};

use super::Case;
use super::papers::{Paper, moved};
use crate::Way;
use crate::compare::file::{by_account, number_of};
use crate::compare::tally::Tally;
use crate::xero::bank::Move;

/// What became of a payout, as Amazon tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Payout {
    OnItsWay,
    CameBack,
    /// Nobody may ask; or it came back after the book looked last.
    Untold,
}

pub(super) fn check(case: &Case<'_>, way: Way, tally: &mut Tally) -> Result<(), MoneyError> {
    for paper in &case.folder.papers {
        paid(case, way, paper, tally)?;
    }
    payout(case, way, tally);
    charge(case, tally);
    Ok(())
}

impl Case<'_> {
    fn payout(&self) -> Payout {
        let Some(failed) = &self.desk.told.finances.failed else { return Payout::Untold };
        let Some(since) = failed.get(self.id) else { return Payout::OnItsWay };
        let read_until = self.desk.told.keeping.read_until;
        let is_news = read_until.zip(*since).is_some_and(|(until, since)| since > until);
        if is_news { Payout::Untold } else { Payout::CameBack }
    }

    /// What a card of another currency was charged is known once its statement is there: it stands
    /// in transit until then.
    pub(super) fn charge_waits(&self) -> bool {
        let charged = self.reported.settlement.charged;
        let besides = self.desk.both.books.besides.as_ref();
        let is_foreign = besides.is_some_and(|of| of.base_currency != charged.currency());
        is_foreign && !charged.is_zero() && self.folder.charges.is_empty()
    }

    pub(super) fn clearing(&self) -> Option<&str> {
        let code = self.reported.settlement.total.currency();
        self.desk.both.accounts.clearing.get(code.code()).map(String::as_str)
    }

    /// The invoice that is open for the bank line.
    fn is_open_for_bank(&self, way: Way, paper: &Paper<'_>) -> bool {
        way == Way::Summary
            && paper.value == self.reported.settlement.total
            && paper.value.is_positive()
            && Some(paper.day) == self.folder.last_day()
    }
}

/// Each document is paid whole at once, through clearing or Carried forward. The one that the bank
/// pays is open until then, or paid from clearing once the payout came back.
fn paid(case: &Case<'_>, way: Way, paper: &Paper<'_>, tally: &mut Tally) -> Result<(), MoneyError> {
    let currency = paper.value.currency();
    let total = if paper.is_bill { paper.value.negated()? } else { paper.value };
    let document = std::iter::once((paper.invoice.id.as_str(), currency));
    let mut found: BTreeMap<String, Money> = by_account(case.desk.both.books, document)?;
    let mut through = Money::zero(currency);
    let carried_forward = case.desk.both.accounts.carried_forward.as_deref();
    for account in [case.clearing(), carried_forward].into_iter().flatten() {
        through = through.plus(found.remove(account).unwrap_or(Money::zero(currency)))?;
    }
    let others = Money::sum(found.into_values(), currency)?;
    let (expected, is_right) = if case.is_open_for_bank(way, paper) {
        match case.payout() {
            Payout::OnItsWay => (Money::zero(currency), through.is_zero()),
            Payout::CameBack => (total, through.plus(others)? == total),
            Payout::Untold => (total, through.is_zero() || through == total),
        }
    } else {
        (total, through == total && others.is_zero())
    };
    if !is_right {
        let what = format!("the payments of {} differ", number_of(paper.invoice));
        let words = format!("{through}, and {others} into other accounts");
        tally.unsettle(case.id, &what, &expected.to_string(), &words);
    }
    Ok(())
}

/// Order by order a payout is posted for itself, and undone where it came back; in summary it is
/// the open invoice.
fn payout(case: &Case<'_>, way: Way, tally: &mut Tally) {
    let settlement = &case.reported.settlement;
    let found = if case.folder.sent.is_empty() {
        moved(&case.folder.payouts, case.clearing())
    } else {
        spent(&case.folder.sent, case.clearing())
    };
    let total = settlement.total.amount();
    let is_paid = way == Way::PerOrder && settlement.total.is_positive();
    let is_right = match (is_paid, case.payout()) {
        (false, _) | (true, Payout::CameBack) => found.is_some_and(|found| found.is_zero()),
        (true, Payout::OnItsWay) => found == Some(total),
        (true, Payout::Untold) => found.is_some_and(|sum| sum.is_zero() || sum == total),
    };
    if !is_right {
        let expected = if is_paid { settlement.total.to_string() } else { "none".to_owned() };
        let found = found.map_or_else(String::new, |found| found.to_string());
        tally.unsettle(case.id, "the payout differs", &expected, &found);
    }
}

/// What Amazon charged to a card is spent on it. Finances alone do not tell of it.
fn charge(case: &Case<'_>, tally: &mut Tally) {
    let charged = case.reported.settlement.charged;
    // Between bank accounts the card sends it to clearing: that is out of the card, too.
    let spent = spent(&case.folder.charges, case.clearing());
    if case.charge_waits() {
        return;
    }
    if case.reported.created.is_some() && spent != Some(charged.amount()) {
        let found = spent.map_or_else(String::new, |spent| spent.to_string());
        tally.unsettle(case.id, "what a card was charged differs", &charged.to_string(), &found);
    }
}

/// What went out in all.
fn spent(moves: &[&Move], clearing: Option<&str>) -> Option<Decimal> {
    Decimal::ZERO.checked_sub(moved(moves, clearing)?)
}
