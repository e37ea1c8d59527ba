//! How documents of ours stand at the bank: has a person matched them with a statement line?

use std::collections::{BTreeMap, BTreeSet};

use base::{Decimal, Transport};

use crate::api::query::any_of;
use crate::api::{bank_transactions, bank_transfers, invoices, is_more, payments};
use crate::ask::{PullStop, ask};

/// Ids in one condition: with forty of them its address is well below 4,000 characters.
const IDS_MAX: usize = 40;

/// A thousand payments a page: nobody has more on forty invoices.
const PAGES_MAX: u32 = 10;

/// What can land in a bank account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Landing {
    /// An invoice or a bill, by its payments.
    Invoice,
    BankTransaction,
    BankTransfer,
}

/// How one of them stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    pub status: String,
    /// A statement line is matched with it; at a transfer, on either side; at an invoice, with one
    /// of its live payments.
    pub is_reconciled: bool,
    /// In the document's currency; a transfer tells none.
    pub total: Decimal,
    pub has_attachments: bool,
}

/// The standing of each that Xero knows, by its id as it was asked for.
pub async fn pull_reconciled(
    transport: &dyn Transport,
    tenant_id: &str,
    landing: Landing,
    ids: &[String],
) -> Result<BTreeMap<String, Standing>, PullStop> {
    let mut all = BTreeMap::new();
    for some in ids.chunks(IDS_MAX) {
        let found = match landing {
            Landing::Invoice => of_invoices(transport, tenant_id, some).await?,
            Landing::BankTransaction => of_transactions(transport, tenant_id, some).await?,
            Landing::BankTransfer => of_transfers(transport, tenant_id, some).await?,
        };
        for (id, standing) in found {
            let asked = some.iter().find(|asked| asked.eq_ignore_ascii_case(&id));
            all.insert(asked.cloned().unwrap_or(id), standing);
        }
    }
    Ok(all)
}

type Found = Vec<(String, Standing)>;

async fn of_invoices(
    transport: &dyn Transport,
    tenant_id: &str,
    ids: &[String],
) -> Result<Found, PullStop> {
    let call = invoices::ByIds { ids: ids.iter().map(String::as_str).collect() };
    let invoices = ask(transport, tenant_id, &call).await?.invoices;
    // A statement line is matched with a payment: where nothing is paid yet, nothing is matched.
    let is_paid = |wire: &invoices::Invoice| wire.amount_paid.is_none_or(|paid| !paid.0.is_zero());
    let reconciled = if invoices.iter().any(is_paid) {
        reconciled_invoices(transport, tenant_id, ids).await?
    } else {
        BTreeSet::new()
    };
    let standing = |wire: &invoices::Invoice| {
        let id = wire.invoice_id.clone()?;
        let is_reconciled = reconciled.contains(&id.to_lowercase());
        let (status, total) = (wire.status.clone()?, wire.total?.0);
        let has_attachments = wire.has_attachments;
        Some((id, Standing { status, is_reconciled, total, has_attachments }))
    };
    whole(invoices.iter().map(standing), "an invoice without id, status or total")
}

/// The invoices of which a live payment is matched with a statement line; ids in lower case.
async fn reconciled_invoices(
    transport: &dyn Transport,
    tenant_id: &str,
    ids: &[String],
) -> Result<BTreeSet<String>, PullStop> {
    let mut reconciled = BTreeSet::new();
    for page in 1..=PAGES_MAX {
        let condition = any_of("Invoice.InvoiceId", ids);
        let reply = ask(transport, tenant_id, &payments::Where { condition, page }).await?;
        let live = reply.payments.iter().filter(|one| one.status.as_deref() == Some("AUTHORISED"));
        for one in live.filter(|one| one.is_reconciled) {
            let invoice = one.invoice.as_ref().and_then(|invoice| invoice.invoice_id.as_ref());
            reconciled.extend(invoice.map(|id| id.to_lowercase()));
        }
        if !is_more(reply.pagination.as_ref(), page, reply.payments.len()) {
            return Ok(reconciled);
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of payments")))
}

async fn of_transactions(
    transport: &dyn Transport,
    tenant_id: &str,
    ids: &[String],
) -> Result<Found, PullStop> {
    let condition = any_of("BankTransactionID", ids);
    let call = bank_transactions::Where { condition, page: 1 };
    let found = ask(transport, tenant_id, &call).await?.bank_transactions;
    let standing = |wire: &bank_transactions::BankTransaction| {
        let standing = Standing {
            status: wire.status.clone()?,
            is_reconciled: wire.is_reconciled,
            total: wire.total?.0,
            has_attachments: wire.has_attachments,
        };
        Some((wire.bank_transaction_id.clone()?, standing))
    };
    whole(found.iter().map(standing), "a bank transaction without id, status or total")
}

/// One call for each: their list has no pages and leaves out the deleted.
async fn of_transfers(
    transport: &dyn Transport,
    tenant_id: &str,
    ids: &[String],
) -> Result<Found, PullStop> {
    let mut all = Vec::new();
    for id in ids {
        let call = bank_transfers::Get { bank_transfer_id: id };
        let found = match ask(transport, tenant_id, &call).await {
            Ok(reply) => reply.bank_transfers,
            Err(PullStop::Status { status: 404, .. }) => continue,
            Err(stop) => return Err(stop),
        };
        let standing = |wire: &bank_transfers::BankTransfer| {
            let standing = Standing {
                status: wire.status.clone().unwrap_or_else(|| "AUTHORISED".to_owned()),
                is_reconciled: wire.from_is_reconciled || wire.to_is_reconciled,
                total: wire.amount?.0,
                has_attachments: wire.has_attachments,
            };
            Some((wire.bank_transfer_id.clone()?, standing))
        };
        all.extend(whole(found.iter().map(standing), "a transfer without id or amount")?);
    }
    Ok(all)
}

/// All of them, or none: what cannot be read is not left out in silence.
pub(super) fn whole<T>(
    read: impl Iterator<Item = Option<T>>,
    missing: &str,
) -> Result<Vec<T>, PullStop> {
    read.collect::<Option<Vec<T>>>().ok_or_else(|| PullStop::Unreadable(missing.to_owned()))
}
