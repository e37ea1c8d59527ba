//! Money that came into a bank account: what a person may have booked by hand where we would book it
//! too.

use base::{Day, Decimal, Transport};

use super::standing::whole;
use crate::api::query::{between, quoted};
use crate::api::{bank_transactions, dates, is_more, payments};
use crate::ask::{PullStop, ask};

/// A thousand a page.
const PAGES_MAX: u32 = 20;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DepositKind {
    /// A bank transaction: money received, in whichever form.
    Received,
    /// The receiving side of a transfer between two bank accounts.
    Transferred,
    /// A payment of an invoice, or a refund of a credit note, into the account.
    Paid,
}

/// One of them, alive, in the bank account's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Deposit {
    pub id: String,
    pub kind: DepositKind,
    pub date: Day,
    pub amount: Decimal,
    pub reference: Option<String>,
    pub is_reconciled: bool,
    pub contact_name: Option<String>,
}

/// What came into the bank account in these days, the first and the last included.
pub async fn pull_deposits(
    transport: &dyn Transport,
    tenant_id: &str,
    bank_account_id: &str,
    from: Day,
    to: Day,
) -> Result<Vec<Deposit>, PullStop> {
    let mut all = received(transport, tenant_id, bank_account_id, (from, to)).await?;
    all.extend(paid(transport, tenant_id, bank_account_id, (from, to)).await?);
    all.sort_by(|a, b| (a.date, &a.id).cmp(&(b.date, &b.id)));
    Ok(all)
}

async fn received(
    transport: &dyn Transport,
    tenant_id: &str,
    account: &str,
    (from, to): (Day, Day),
) -> Result<Vec<Deposit>, PullStop> {
    let days = between(from, to);
    let condition = format!("BankAccount.AccountID==guid({}) AND {days}", quoted(account));
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let call = bank_transactions::Where { condition: condition.clone(), page };
        let reply = ask(transport, tenant_id, &call).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.bank_transactions.len());
        let coming = reply.bank_transactions.iter().filter(|one| is_coming(one));
        all.extend(whole(coming.map(transaction), "a bank transaction without id, date or total")?);
        if is_last {
            return Ok(all);
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of bank transactions")))
}

fn is_coming(one: &bank_transactions::BankTransaction) -> bool {
    let is_in = one.kind.as_deref().is_some_and(|kind| kind.starts_with("RECEIVE"));
    is_in && one.status.as_deref() == Some("AUTHORISED")
}

fn transaction(wire: &bank_transactions::BankTransaction) -> Option<Deposit> {
    let is_transfer = wire.kind.as_deref() == Some("RECEIVE-TRANSFER");
    Some(Deposit {
        id: wire.bank_transaction_id.clone()?,
        kind: if is_transfer { DepositKind::Transferred } else { DepositKind::Received },
        date: dates::day_of(wire.date_string.as_deref(), wire.date.as_deref())?,
        amount: wire.total?.0,
        reference: wire.reference.clone(),
        is_reconciled: wire.is_reconciled,
        contact_name: wire.contact.as_ref().and_then(|contact| contact.name.clone()),
    })
}

/// Payments cannot be narrowed by account at Xero's side: by day and status they are, the rest here.
async fn paid(
    transport: &dyn Transport,
    tenant_id: &str,
    account: &str,
    (from, to): (Day, Day),
) -> Result<Vec<Deposit>, PullStop> {
    let condition = format!("Status==\"AUTHORISED\" AND {}", between(from, to));
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let call = payments::Where { condition: condition.clone(), page };
        let reply = ask(transport, tenant_id, &call).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.payments.len());
        let into = reply.payments.iter().filter(|one| is_into(one, account));
        all.extend(whole(into.map(payment), "a payment without id, date or amount")?);
        if is_last {
            return Ok(all);
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of payments")))
}

/// Customers' payments come in, and so do suppliers' refunds.
fn is_into(one: &payments::Payment, account: &str) -> bool {
    let id = one.account.as_ref().and_then(|account| account.account_id.as_deref());
    let is_account = id.is_some_and(|id| id.eq_ignore_ascii_case(account));
    let is_out = matches!(
        one.payment_type.as_deref(),
        Some("ACCPAYPAYMENT" | "ARCREDITPAYMENT" | "AROVERPAYMENTPAYMENT" | "ARPREPAYMENTPAYMENT")
    );
    is_account && !is_out
}

fn payment(wire: &payments::Payment) -> Option<Deposit> {
    let contact = wire.invoice.as_ref().and_then(|invoice| invoice.contact.as_ref());
    Some(Deposit {
        id: wire.payment_id.clone()?,
        kind: DepositKind::Paid,
        date: dates::day(wire.date.as_deref()?)?,
        amount: wire.bank_amount.or(wire.amount)?.0,
        reference: wire.reference.clone(),
        is_reconciled: wire.is_reconciled,
        contact_name: contact.and_then(|contact| contact.name.clone()),
    })
}
