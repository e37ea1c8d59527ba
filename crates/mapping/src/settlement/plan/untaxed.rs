//! Lines without tax as the book's owner wants them: on a bank account money received or spent, on
//! any other a journal. Neither is open at any time, so neither has a payment.

use base::{Money, MoneyError};

use crate::Role;
use crate::settlement::plan::lines::NO_TAX;
use crate::settlement::plan::sheet::{Draft, Sheet, sides, turned};
use crate::settlement::plan::{About, DOCUMENT, Planned, PlannedLine, UntaxedLines, What};

/// What is wished for, where the clearing account's type allows it.
pub(crate) fn wanted(about: &About) -> UntaxedLines {
    if fits(about) { about.untaxed_lines } else { UntaxedLines::Document }
}

/// Xero takes bank transactions on accounts of type BANK alone, and journals on none of them.
pub(crate) fn fits(about: &About) -> bool {
    match about.untaxed_lines {
        UntaxedLines::Document => true,
        UntaxedLines::BankTransaction => about.clearing_is_bank,
        UntaxedLines::ManualJournal => !about.clearing_is_bank,
    }
}

/// True of what becomes no invoice and no bill. A class of no rate that a return has a box for stays
/// on one, where the return finds it.
pub(crate) fn is_moved(wanted: UntaxedLines, line: &PlannedLine) -> bool {
    wanted != UntaxedLines::Document && line.class == NO_TAX && line.tax.is_zero()
}

pub(crate) fn put(
    sheet: &mut Sheet<'_>,
    wanted: UntaxedLines,
    draft: Draft,
) -> Result<(), MoneyError> {
    if draft.lines.is_empty() {
        return Ok(());
    }
    match wanted {
        UntaxedLines::Document => Ok(()),
        UntaxedLines::BankTransaction => moves(sheet, draft),
        UntaxedLines::ManualJournal => journal(sheet, draft),
    }
}

/// Xero takes no bank transaction of nothing: then one of each direction.
fn moves(sheet: &mut Sheet<'_>, draft: Draft) -> Result<(), MoneyError> {
    let total = Money::sum(draft.lines.iter().map(|line| line.amount), sheet.currency())?;
    let all = if total.is_zero() {
        sides(draft.lines, sheet.currency())?
    } else {
        vec![(draft.lines, total)]
    };
    let bank = Role::Clearing(sheet.currency());
    for (lines, total) in all {
        let (what, lines, total) = if total.is_negative() {
            (What::Spend { bank }, turned(lines)?, total.negated()?)
        } else {
            (What::Receive { bank }, lines, total)
        };
        add(sheet, what, (lines, total), (draft.date, &draft.text));
    }
    Ok(())
}

fn journal(sheet: &mut Sheet<'_>, draft: Draft) -> Result<(), MoneyError> {
    let against = Role::Clearing(sheet.currency());
    // Income is a debit of clearing, a cost one of its own account.
    let credits = draft.lines.iter().map(|line| line.amount);
    let income = Money::sum(credits.filter(|amount| amount.is_positive()), sheet.currency())?;
    let costs = draft.lines.iter().map(|line| line.amount).filter(|amount| amount.is_negative());
    let costs = Money::sum(costs, sheet.currency())?.negated()?;
    let debits = if income.minor() > costs.minor() { income } else { costs };
    add(sheet, What::Journal { against }, (draft.lines, debits), (draft.date, &draft.text));
    Ok(())
}

fn add(
    sheet: &mut Sheet<'_>,
    what: What,
    (lines, total): (Vec<PlannedLine>, Money),
    (date, text): (base::Day, &str),
) {
    let (made, number) = sheet.next_document();
    sheet.documents.push(Planned {
        part: format!("{DOCUMENT}{made}"),
        what,
        number,
        date,
        lines,
        total,
        tax: Money::zero(total.currency()),
        rate: None,
        text: text.to_owned(),
    });
}
