//! Payments, refunds, allocations, bank transactions, transfers and journals, as Xero writes them.

use base::{Call as _, Exact, Request};
use intents::{
    Allocation, BankTransaction, BankTransfer, Direction, Intent, JournalLine, ManualJournal,
    Payment,
};

use super::super::known::Known;
use super::BuildError;
use super::parts::{amounts, check_sums, contact, is_keyed, lines, made_by, rate, tracking};
use crate::api::allocations::{self, InvoiceById};
use crate::api::lines::NewLine;
use crate::api::payments::{self, AccountById, CreditNoteById};
use crate::api::{bank_transactions, bank_transfers, manual_journals};

pub(super) fn payment<'a>(
    intent: &'a Intent,
    made: &'a Payment,
    known: Known<'a>,
) -> Result<payments::NewPayment<'a>, BuildError> {
    let invoice_id = made_by(intent, &made.invoice, known)?;
    Ok(payments::NewPayment { invoice: Some(InvoiceById { invoice_id }), ..paid(intent, made)? })
}

/// Its reference is the way back to it: a credit note shows its refunds without their accounts.
pub(super) fn refund<'a>(
    intent: &'a Intent,
    made: &'a Payment,
    known: Known<'a>,
) -> Result<payments::NewPayment<'a>, BuildError> {
    is_keyed(intent, &made.reference)?;
    let credit_note_id = made_by(intent, &made.invoice, known)?;
    let credit_note = Some(CreditNoteById { credit_note_id });
    Ok(payments::NewPayment { credit_note, ..paid(intent, made)? })
}

fn paid<'a>(intent: &'a Intent, made: &'a Payment) -> Result<payments::NewPayment<'a>, BuildError> {
    Ok(payments::NewPayment {
        invoice: None,
        credit_note: None,
        account: AccountById { account_id: &made.account_id },
        date: made.date.to_string(),
        amount: Exact(made.amount.amount()),
        currency_rate: rate(intent, made.rate)?,
        reference: &made.reference,
    })
}

pub(super) fn allocation(
    intent: &Intent,
    made: &Allocation,
    known: Known<'_>,
) -> Result<Request, BuildError> {
    let call = allocations::Create {
        credit_note_id: made_by(intent, &made.credit_note, known)?,
        invoice_id: made_by(intent, &made.invoice, known)?,
        amount: Exact(made.amount.amount()),
        date: made.date.to_string(),
    };
    Ok(call.request())
}

/// Xero works the tax of bank transactions out by itself: where a line has any, the amounts include
/// it, and what Xero makes of it is read back.
pub(super) fn bank_transaction<'a>(
    intent: &'a Intent,
    made: &'a BankTransaction,
    known: Known<'a>,
) -> Result<bank_transactions::NewBankTransaction<'a>, BuildError> {
    is_keyed(intent, &made.reference)?;
    let tax = amounts(intent, made.lines.iter().map(|line| line.tax), made.currency)?;
    check_sums(intent, &made.lines, made.total, tax)?;
    let is_untaxed = made.lines.iter().all(|line| line.tax.is_zero());
    let line_items = lines(intent, &made.lines)?.into_iter();
    Ok(bank_transactions::NewBankTransaction {
        kind: match made.direction {
            Direction::Receive => bank_transactions::RECEIVED,
            Direction::Spend => bank_transactions::SPENT,
        },
        reference: &made.reference,
        contact: contact(intent, &made.contact, known)?,
        bank_account: AccountById { account_id: &made.bank_account_id },
        date: made.date.to_string(),
        currency_rate: rate(intent, made.rate)?,
        line_amount_types: if is_untaxed { "NoTax" } else { "Inclusive" },
        status: "AUTHORISED",
        line_items: line_items.map(|line| NewLine { tax_amount: None, ..line }).collect(),
    })
}

pub(super) fn bank_transfer<'a>(
    intent: &Intent,
    made: &'a BankTransfer,
) -> Result<bank_transfers::NewBankTransfer<'a>, BuildError> {
    is_keyed(intent, &made.reference)?;
    Ok(bank_transfers::NewBankTransfer {
        from_bank_account: AccountById { account_id: &made.from_account_id },
        to_bank_account: AccountById { account_id: &made.to_account_id },
        amount: Exact(made.amount.amount()),
        date: made.date.to_string(),
        reference: &made.reference,
    })
}

pub(super) fn manual_journal<'a>(
    intent: &Intent,
    made: &'a ManualJournal,
) -> Result<manual_journals::NewManualJournal<'a>, BuildError> {
    is_keyed(intent, &made.narration)?;
    check_balance(intent, &made.lines)?;
    Ok(manual_journals::NewManualJournal {
        narration: &made.narration,
        date: made.date.to_string(),
        line_amount_types: "NoTax",
        status: "POSTED",
        show_on_cash_basis_reports: made.on_cash_basis,
        journal_lines: made.lines.iter().map(journal_line).collect(),
    })
}

fn check_balance(intent: &Intent, lines: &[JournalLine]) -> Result<(), BuildError> {
    let Some(first) = lines.first() else { return Err(BuildError::Empty) };
    let by = amounts(intent, lines.iter().map(|line| line.amount), first.amount.currency())?;
    if by.is_zero() && lines.len() >= 2 {
        return Ok(());
    }
    Err(BuildError::Unbalanced { intent: intent.id.clone(), by })
}

fn journal_line(made: &JournalLine) -> manual_journals::NewJournalLine<'_> {
    let has_code = !made.account_code.is_empty();
    manual_journals::NewJournalLine {
        line_amount: Exact(made.amount.amount()),
        account_code: has_code.then_some(made.account_code.as_str()),
        account_id: (!has_code).then_some(made.account_id.as_str()),
        description: &made.description,
        tax_type: &made.tax_type,
        tracking: tracking(&made.tracking),
    }
}
