//! The calls that fill a shelf: what changed, or documents by their ids.

use base::{Timestamp, Transport};

use super::{Papers, Resource, Shelf};
use crate::api::query::any_of;
use crate::api::{
    bank_transactions, bank_transfers, credit_notes, invoices, is_more, manual_journals, payments,
};
use crate::ask::{PullStop, ask};

/// What changed since a moment (everything, without one), a thousand a page, pages counted from 1.
/// What changes while we read comes again: ask from a little before the last time. Transfers come
/// on one page.
pub async fn read_changed(
    transport: &dyn Transport,
    tenant_id: &str,
    resource: Resource,
    since: Option<Timestamp>,
    page: u32,
) -> Result<Shelf, PullStop> {
    Ok(match resource {
        Resource::Invoices => {
            let reply = ask(transport, tenant_id, &invoices::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.invoices.len());
            Shelf { papers: Papers::Invoices(reply.invoices), more }
        }
        Resource::CreditNotes => {
            let reply = ask(transport, tenant_id, &credit_notes::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.credit_notes.len());
            Shelf { papers: Papers::CreditNotes(reply.credit_notes), more }
        }
        Resource::Payments => {
            let reply = ask(transport, tenant_id, &payments::Changed { since, page }).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.payments.len());
            Shelf { papers: Papers::Payments(reply.payments), more }
        }
        Resource::BankTransactions => {
            let call = bank_transactions::Changed { since, page };
            let reply = ask(transport, tenant_id, &call).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.bank_transactions.len());
            Shelf { papers: Papers::BankTransactions(reply.bank_transactions), more }
        }
        Resource::BankTransfers => {
            let reply = ask(transport, tenant_id, &bank_transfers::Changed { since }).await?;
            Shelf { papers: Papers::BankTransfers(reply.bank_transfers), more: false }
        }
        Resource::ManualJournals => {
            let call = manual_journals::Changed { since, page };
            let reply = ask(transport, tenant_id, &call).await?;
            let more = is_more(reply.pagination.as_ref(), page, reply.manual_journals.len());
            Shelf { papers: Papers::ManualJournals(reply.manual_journals), more }
        }
    })
}

/// Documents by their ids, at most [`super::IDS_MAX`] of them: one call, of transfers one for each. What
/// Xero does not know is not among them.
pub async fn read_by_ids(
    transport: &dyn Transport,
    tenant_id: &str,
    resource: Resource,
    ids: &[String],
) -> Result<Shelf, PullStop> {
    let papers = match resource {
        Resource::Invoices => {
            let call = invoices::ByIds { ids: ids.iter().map(String::as_str).collect() };
            Papers::Invoices(ask(transport, tenant_id, &call).await?.invoices)
        }
        Resource::CreditNotes => {
            let call = credit_notes::Where { condition: any_of("CreditNoteID", ids) };
            Papers::CreditNotes(ask(transport, tenant_id, &call).await?.credit_notes)
        }
        Resource::Payments => {
            let call = payments::Where { condition: any_of("PaymentID", ids), page: 1 };
            Papers::Payments(ask(transport, tenant_id, &call).await?.payments)
        }
        Resource::BankTransactions => {
            let condition = any_of("BankTransactionID", ids);
            let call = bank_transactions::Where { condition, page: 1 };
            Papers::BankTransactions(ask(transport, tenant_id, &call).await?.bank_transactions)
        }
        Resource::BankTransfers => {
            let mut all = Vec::new();
            for id in ids {
                let call = bank_transfers::Get { bank_transfer_id: id };
                match ask(transport, tenant_id, &call).await {
                    Ok(reply) => all.extend(reply.bank_transfers),
                    Err(PullStop::Status { status: 404, .. }) => {}
                    Err(stop) => return Err(stop),
                }
            }
            Papers::BankTransfers(all)
        }
        Resource::ManualJournals => {
            let call =
                manual_journals::Where { condition: any_of("ManualJournalID", ids), page: 1 };
            Papers::ManualJournals(ask(transport, tenant_id, &call).await?.manual_journals)
        }
    };
    Ok(Shelf { papers, more: false })
}
