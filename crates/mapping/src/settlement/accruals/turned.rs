//! The accrual as it was drawn, and its opposite on the first day of the next month.

use base::{Day, Money};
use intents::{Body, Intent, Invoice, JournalLine, Line, ManualJournal, Payment};

use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::decide::Settling;
use crate::settlement::documents;
use crate::settlement::plan::lines::NO_TAX;
use crate::settlement::undo::{credit, opposite};

/// Parts of invoices, bills and journals begin with it, as those of a settlement do.
pub(super) const DOCUMENT: &str = "document:";

/// What takes a part back.
const RELEASE: &str = "release:";

/// Invoices, bills and their payments, each invoice and bill with the credit note that takes it
/// back and what is given back by that.
pub(super) fn documents(settling: &Settling<'_>, drawn: Vec<Intent>, day: Day) -> Vec<Intent> {
    let mut all = Vec::new();
    for intent in &drawn {
        let Some((made, is_bill)) = paper(intent) else { continue };
        let mut paid = drawn.iter().filter_map(|one| {
            let Body::Payment(payment) = &one.body else { return None };
            (payment.invoice == intent.id).then_some(payment)
        });
        if let Some(payment) = paid.next() {
            all.extend(released(settling, intent, (made, is_bill, payment), day));
        }
    }
    drawn.into_iter().chain(all).collect()
}

/// The invoice or the bill that an intent makes; true for a bill.
fn paper(intent: &Intent) -> Option<(&Invoice, bool)> {
    let (Body::Invoice(made) | Body::Bill(made)) = &intent.body else { return None };
    Some((made, matches!(intent.body, Body::Bill(_))))
}

fn released(
    settling: &Settling<'_>,
    intent: &Intent,
    (made, is_bill, payment): (&Invoice, bool, &Payment),
    day: Day,
) -> [Intent; 2] {
    let credit = credit(made, day);
    let number = credit.number.clone();
    let body = if is_bill { Body::SupplierCredit(credit) } else { Body::CreditNote(credit) };
    let part = format!("{RELEASE}{}", intent.part);
    let mut note = like(settling, intent, &part, body);
    note.needs = vec![intent.id.clone()];
    let refund =
        Payment { invoice: note.id.clone(), invoice_number: number, date: day, ..payment.clone() };
    let mut given = like(settling, intent, &format!("{part}:refund"), Body::Refund(refund));
    given.needs = vec![note.id.clone()];
    [note, given]
}

fn like(settling: &Settling<'_>, intent: &Intent, part: &str, body: Body) -> Intent {
    let mut made = documents::intent(settling, part, body, intent.because.traces.clone());
    made.hold.clone_from(&intent.hold);
    made
}

/// The same as two journals: the lines of the invoice or the bill against the account that it
/// would have been settled through.
pub(super) fn journals(
    settling: &Settling<'_>,
    drawn: &[Intent],
    (role, day): (Role, Day),
    text: &str,
) -> Result<Vec<Intent>, Stop> {
    let mut all = Vec::new();
    for intent in drawn {
        let Some((made, is_bill)) = paper(intent) else { continue };
        let lines = lines(settling, (made, is_bill), role)?;
        let narration = format!("{} {text}", made.number);
        let (date, on_cash_basis) = (made.date, false);
        let journal = ManualJournal { narration, date, lines: lines.clone(), on_cash_basis };
        let accrual = like(settling, intent, &intent.part, Body::ManualJournal(journal));
        let narration = format!("{}-R Reversal of {} of {}", made.number, made.number, made.date);
        let lines = opposite(lines)?;
        let journal = ManualJournal { narration, date: day, lines, on_cash_basis };
        let part = format!("{RELEASE}{}", intent.part);
        let mut release = like(settling, intent, &part, Body::ManualJournal(journal));
        release.needs = vec![accrual.id.clone()];
        all.extend([accrual, release]);
    }
    Ok(all)
}

/// On an invoice a line is a credit, on a bill a debit; the account takes the other side.
fn lines(
    settling: &Settling<'_>,
    (made, is_bill): (&Invoice, bool),
    role: Role,
) -> Result<Vec<JournalLine>, Stop> {
    let account = documents::account(settling, role)?;
    let none = settling.case.tax_type(NO_TAX)?;
    let signed = |amount: Money, is_debit: bool| {
        if is_debit { Ok(amount) } else { amount.negated() }
    };
    let journal_line = |line: &Line| -> Result<JournalLine, Stop> {
        Ok(JournalLine {
            description: line.description.clone(),
            amount: signed(line.amount, is_bill)?,
            account_id: line.account_id.clone(),
            account_code: line.account_code.clone(),
            tax_type: none.to_owned(),
            tracking: line.tracking.clone(),
            covers: Vec::new(),
        })
    };
    let mut lines = made.lines.iter().map(journal_line).collect::<Result<Vec<_>, Stop>>()?;
    lines.push(JournalLine {
        description: "Held back by Amazon".to_owned(),
        amount: signed(made.total, !is_bill)?,
        account_id: account.account_id.clone(),
        account_code: account.code.clone().unwrap_or_default(),
        tax_type: none.to_owned(),
        tracking: Vec::new(),
        covers: Vec::new(),
    });
    Ok(lines)
}
