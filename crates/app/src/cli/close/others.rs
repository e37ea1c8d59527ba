//! What is open with others than Amazon: the ledger's receivables and payables hold it too.

use std::collections::BTreeSet;

use base::{Currency, Day};
use mapping::settlement::close::Other;

use super::super::Failure;
use super::gather::unread;
use crate::transport::Caller;

/// By contact, at the end of a day. `ours` are Xero's ids of what Daybook made.
pub(super) async fn open(
    xero: &Caller,
    tenant_id: &str,
    of: (Day, Currency),
    ours: &BTreeSet<String>,
) -> Result<Vec<Other>, Failure> {
    let debts = xero::pull_debts(xero, tenant_id, of, ours).await.map_err(unread)?;
    let other = |debt: xero::Debt| Other {
        contact: debt.contact_name,
        documents: debt.documents,
        since: debt.since,
        amount: debt.amount,
        is_purchase: debt.is_purchase,
    };
    Ok(debts.into_iter().map(other).collect())
}
