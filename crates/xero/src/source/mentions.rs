//! Documents that name a text of Amazon's, such as a settlement: what another tool or a person booked
//! before us.

use base::{Currency, Day, Decimal, Transport};

use super::standing::whole;
use crate::api::query::quoted;
use crate::api::{dates, invoices, is_more, manual_journals};
use crate::ask::{PullStop, ask};

/// A thousand a page: a text in more documents than that says nothing.
const PAGES_MAX: u32 = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MentionKind {
    Invoice,
    Bill,
    ManualJournal,
}

/// A document in whose number, reference or narration the text stands, alive or not.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub id: String,
    pub kind: MentionKind,
    pub status: String,
    pub date: Day,
    /// The number, or a journal's narration.
    pub title: Option<String>,
    pub reference: Option<String>,
    pub contact_name: Option<String>,
    /// A journal has neither.
    pub total: Option<Decimal>,
    pub currency: Option<Currency>,
}

/// Two calls: Xero searches invoices and bills by itself, and journals by a condition.
pub async fn pull_by_reference(
    transport: &dyn Transport,
    tenant_id: &str,
    text: &str,
) -> Result<Vec<Mention>, PullStop> {
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let reply = ask(transport, tenant_id, &invoices::Search { text, page }).await?;
        let named = reply.invoices.iter().filter(|one| names(one, text));
        all.extend(whole(named.map(invoice), "an invoice without id, type, status or date")?);
        if !is_more(reply.pagination.as_ref(), page, reply.invoices.len()) {
            break;
        }
    }
    for page in 1..=PAGES_MAX {
        let condition = format!("Narration.Contains({})", quoted(text));
        let call = manual_journals::Where { condition, page };
        let reply = ask(transport, tenant_id, &call).await?;
        let read = reply.manual_journals.iter().map(journal);
        all.extend(whole(read, "a journal without id, status or date")?);
        if !is_more(reply.pagination.as_ref(), page, reply.manual_journals.len()) {
            break;
        }
    }
    Ok(all)
}

/// Xero's search is a search: what it gives is looked at once more.
fn names(wire: &invoices::Invoice, text: &str) -> bool {
    let fields = [&wire.invoice_number, &wire.reference];
    fields.into_iter().flatten().any(|field| field.contains(text))
}

fn invoice(wire: &invoices::Invoice) -> Option<Mention> {
    Some(Mention {
        id: wire.invoice_id.clone()?,
        kind: match wire.kind.as_deref()? {
            invoices::PURCHASE => MentionKind::Bill,
            _sales => MentionKind::Invoice,
        },
        status: wire.status.clone()?,
        date: dates::day_of(wire.date_string.as_deref(), wire.date.as_deref())?,
        title: wire.invoice_number.clone(),
        reference: wire.reference.clone(),
        contact_name: wire.contact.as_ref().and_then(|contact| contact.name.clone()),
        total: wire.total.map(|exact| exact.0),
        currency: wire.currency_code.as_deref().and_then(|code| code.parse().ok()),
    })
}

fn journal(wire: &manual_journals::ManualJournal) -> Option<Mention> {
    Some(Mention {
        id: wire.manual_journal_id.clone()?,
        kind: MentionKind::ManualJournal,
        status: wire.status.clone()?,
        date: dates::day(wire.date.as_deref()?)?,
        title: wire.narration.clone(),
        reference: None,
        contact_name: None,
        total: None,
        currency: None,
    })
}
