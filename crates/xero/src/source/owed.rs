//! What contacts owe and are owed at the end of a day, by Xero's own documents.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, Transport};

use crate::api::owed::{CreditNotes, Invoices, Owed};
use crate::api::{credit_notes, dates, invoices, is_more};
use crate::ask::{PullStop, ask};

/// A thousand documents a page.
const PAGES_MAX: u32 = 100;

/// What is open with a contact: debits positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Debt {
    pub contact_id: String,
    pub contact_name: String,
    /// Bills, not sales invoices.
    pub is_purchase: bool,
    /// Of the oldest document that is not paid.
    pub since: Day,
    pub documents: u64,
    pub amount: Money,
}

/// What is owed on documents in `currency`, those of these ids left out (in small letters). A credit
/// note that is set against an invoice counts as both: together they come to what is left.
pub async fn pull_debts(
    transport: &dyn Transport,
    tenant_id: &str,
    (day, currency): (Day, Currency),
    without: &BTreeSet<String>,
) -> Result<Vec<Debt>, PullStop> {
    let mut debts: BTreeMap<(String, bool), Debt> = BTreeMap::new();
    for document in documents(transport, tenant_id, day).await? {
        let is_live = matches!(document.status.as_deref(), Some("AUTHORISED" | "PAID"));
        let is_asked = document.currency_code.as_deref() == Some(currency.code());
        if !is_live || !is_asked || is_one_of(&document, without) {
            continue;
        }
        let debt = debt(&document, (day, currency)).ok_or_else(|| {
            PullStop::Unreadable("a document without id, type, contact, date or total".to_owned())
        })?;
        if debt.amount.is_zero() {
            continue;
        }
        match debts.entry((debt.contact_id.clone(), debt.is_purchase)) {
            std::collections::btree_map::Entry::Vacant(free) => _ = free.insert(debt),
            std::collections::btree_map::Entry::Occupied(mut known) => {
                let known = known.get_mut();
                let sum = known.amount.plus(debt.amount);
                known.amount = sum.map_err(|error| PullStop::Unreadable(error.to_string()))?;
                known.since = known.since.min(debt.since);
                known.documents = known.documents.saturating_add(1);
            }
        }
    }
    Ok(debts.into_values().filter(|debt| !debt.amount.is_zero()).collect())
}

async fn documents(
    transport: &dyn Transport,
    tenant_id: &str,
    until: Day,
) -> Result<Vec<Owed>, PullStop> {
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let reply = ask(transport, tenant_id, &Invoices { until, page }).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.documents.len());
        all.extend(reply.documents);
        if is_last {
            return Ok(all.into_iter().chain(notes(transport, tenant_id, until).await?).collect());
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of invoices")))
}

async fn notes(
    transport: &dyn Transport,
    tenant_id: &str,
    until: Day,
) -> Result<Vec<Owed>, PullStop> {
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let reply = ask(transport, tenant_id, &CreditNotes { until, page }).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.documents.len());
        all.extend(reply.documents);
        if is_last {
            return Ok(all);
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of credit notes")))
}

fn id(document: &Owed) -> Option<&str> {
    document.invoice_id.as_deref().or(document.credit_note_id.as_deref())
}

fn is_one_of(document: &Owed, ids: &BTreeSet<String>) -> bool {
    id(document).is_some_and(|id| ids.contains(&id.to_lowercase()))
}

fn debt(document: &Owed, (day, currency): (Day, Currency)) -> Option<Debt> {
    id(document)?;
    let (is_debit, is_purchase) = match document.kind.as_deref()? {
        invoices::SALES => (true, false),
        invoices::PURCHASE => (false, true),
        credit_notes::SALES => (false, false),
        credit_notes::PURCHASE => (true, true),
        _other => return None,
    };
    let mut open = document.total?.0;
    for part in &document.payments {
        if dates::day(part.date.as_deref()?)? <= day {
            open = open.checked_sub(part.amount?.0)?;
        }
    }
    let contact = document.contact.as_ref()?;
    let contact_id = contact.contact_id.clone()?;
    Some(Debt {
        contact_name: contact.name.clone().unwrap_or_else(|| contact_id.clone()),
        contact_id,
        is_purchase,
        since: dates::day_of(document.date_string.as_deref(), document.date.as_deref())?,
        documents: 1,
        amount: Money::exact(if is_debit { open } else { -open }, currency).ok()?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Script, now, reply};

    const INVOICES: &str = r#"{"Invoices":[
        {"Type":"ACCREC","InvoiceID":"i-1","Status":"PAID","CurrencyCode":"GBP","Total":100.00,
         "Contact":{"ContactID":"c-1","Name":"Ada"},"DateString":"2026-01-10T00:00:00",
         "Payments":[{"PaymentID":"p","Date":"/Date(1770076800000+0000)/","Amount":100.00}]},
        {"Type":"ACCREC","InvoiceID":"i-2","Status":"PAID","CurrencyCode":"GBP","Total":7.00,
         "Contact":{"ContactID":"c-1","Name":"Ada"},"DateString":"2026-01-05T00:00:00",
         "Payments":[{"PaymentID":"p","Date":"/Date(1768348800000+0000)/","Amount":7.00}]},
        {"Type":"ACCREC","InvoiceID":"OURS","Status":"AUTHORISED","CurrencyCode":"GBP","Total":9.00,
         "Contact":{"ContactID":"c-2","Name":"Amazon"},"DateString":"2026-01-05T00:00:00"},
        {"Type":"ACCPAY","InvoiceID":"i-3","Status":"VOIDED","CurrencyCode":"GBP","Total":5.00,
         "Contact":{"ContactID":"c-3","Name":"Bob"},"DateString":"2026-01-05T00:00:00"}]}"#;
    const NOTES: &str = r#"{"CreditNotes":[
        {"Type":"ACCRECCREDIT","CreditNoteID":"n-1","Status":"AUTHORISED","CurrencyCode":"GBP",
         "Total":30.00,"Contact":{"ContactID":"c-1","Name":"Ada"},"DateString":"2026-01-20T00:00:00"}]}"#;

    #[test]
    fn what_was_paid_after_the_day_is_still_owed_on_it() {
        let script = Script::new(vec![reply(200, INVOICES), reply(200, NOTES)]);
        let without = BTreeSet::from(["ours".to_owned()]);
        let day = Day::parse("2026-01-31").unwrap();
        let found = now(pull_debts(&script, "tenant", (day, Currency::GBP), &without)).unwrap();
        let expected = Debt {
            contact_id: "c-1".to_owned(),
            contact_name: "Ada".to_owned(),
            is_purchase: false,
            since: Day::parse("2026-01-10").unwrap(),
            documents: 2,
            amount: Money::from_minor(7_000, Currency::GBP),
        };
        assert_eq!(found, [expected]);
        assert!(script.asked().iter().all(|request| format!("{request:?}").contains("Date<")));
    }
}
