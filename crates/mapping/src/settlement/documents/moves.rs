//! What moves money, and journals: neither has a payment.

use base::Money;
use facts::chart::Account;
use intents::{BankTransaction, BankTransfer, Direction, JournalLine, ManualJournal};

use super::{Sheet, account, line};
use crate::orders::case::usable_on_lines;
use crate::orders::currency;
use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::plan::lines::NO_TAX;
use crate::settlement::plan::{Planned, PlannedLine};

/// Xero's type of accounts that its own stock is counted on: it takes no journals there.
const INVENTORY: &str = "INVENTORY";

fn bank<'a>(sheet: &Sheet<'a, '_>, role: Role) -> Result<&'a Account, Stop> {
    let account = account(sheet.settling, role)?;
    if account.is_bank() && account.is_active {
        return Ok(account);
    }
    let detail = format!("{} is not an active bank account", account.name);
    Err(Stop::new("account_unusable", detail))
}

pub(super) fn moved(
    sheet: &Sheet<'_, '_>,
    planned: &Planned,
    (direction, role): (Direction, Role),
) -> Result<BankTransaction, Stop> {
    let account = bank(sheet, role)?;
    let currency = planned.total.currency();
    let dated = currency::rate(&sheet.settling.case, currency, planned.date)?;
    let lines = planned.lines.iter().map(|one| line(sheet, one)).collect::<Result<Vec<_>, _>>()?;
    Ok(BankTransaction {
        direction,
        bank_account_id: account.account_id.clone(),
        bank_account_name: account.name.clone(),
        contact: sheet.contact.clone(),
        date: planned.date,
        currency,
        rate: planned.rate.or(dated.map(|dated| dated.rate)),
        reference: planned.number.clone(),
        lines,
        total: planned.total,
    })
}

pub(super) fn transfer(
    sheet: &Sheet<'_, '_>,
    planned: &Planned,
    from: Role,
    to: Role,
) -> Result<BankTransfer, Stop> {
    let (from, to) = (bank(sheet, from)?, bank(sheet, to)?);
    Ok(BankTransfer {
        from_account_id: from.account_id.clone(),
        from_account_name: from.name.clone(),
        to_account_id: to.account_id.clone(),
        to_account_name: to.name.clone(),
        date: planned.date,
        amount: planned.total,
        reference: planned.number.clone(),
    })
}

/// What the lines come to is on the other account; nothing where they cancel out.
pub(super) fn journal(
    sheet: &Sheet<'_, '_>,
    planned: &Planned,
    against: Role,
) -> Result<ManualJournal, Stop> {
    let (currency, base) = (planned.total.currency(), sheet.settling.case.base());
    if currency != base {
        let detail = format!("a journal is in {base} alone, and the settlement is in {currency}");
        return Err(Stop::new("untaxed_lines_unusable", detail));
    }
    let other = account(sheet.settling, against)?;
    usable_in_journals(other)?;
    let none = sheet.settling.case.tax_type(NO_TAX)?;
    let mut lines = planned
        .lines
        .iter()
        .map(|one| journal_line(sheet, one))
        .collect::<Result<Vec<_>, Stop>>()?;
    let rest = Money::sum(planned.lines.iter().map(|line| line.amount), currency)?;
    if !rest.is_zero() {
        lines.push(JournalLine {
            description: planned.text.clone(),
            amount: rest,
            account_id: other.account_id.clone(),
            account_code: other.code.clone().unwrap_or_default(),
            tax_type: none.to_owned(),
            tracking: Vec::new(),
            covers: Vec::new(),
        });
    }
    let narration = format!("{} {}", planned.number, planned.text);
    Ok(ManualJournal { narration, date: planned.date, lines, on_cash_basis: true })
}

/// Income is a credit.
fn journal_line(sheet: &Sheet<'_, '_>, planned: &PlannedLine) -> Result<JournalLine, Stop> {
    let line = line(sheet, planned)?;
    usable_in_journals(sheet.settling.case.line_account(planned.role)?)?;
    Ok(JournalLine {
        description: line.description,
        amount: line.amount.negated()?,
        account_id: line.account_id,
        account_code: line.account_code,
        tax_type: line.tax_type,
        tracking: line.tracking,
        covers: line.covers,
    })
}

fn usable_in_journals(account: &Account) -> Result<(), Stop> {
    usable_on_lines(account)?;
    if account.kind == INVENTORY {
        let detail = format!("{} takes no journals: Xero counts stock on it", account.name);
        return Err(Stop::new("account_unusable", detail));
    }
    Ok(())
}
