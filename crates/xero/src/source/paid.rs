//! What was paid on documents of ours, by whomever: their payments by day and account.

use base::{Day, Decimal, Transport};

use super::standing::whole;
use crate::api::query::any_of;
use crate::api::{dates, is_more, payments};
use crate::ask::{PullStop, ask};

/// Ids in one condition: with forty of them its address is well below 4,000 characters.
const IDS_MAX: usize = 40;

/// A thousand payments a page: nobody has more on forty invoices.
const PAGES_MAX: u32 = 10;

/// A live payment of an invoice or a bill, in the document's currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paid {
    pub id: String,
    pub invoice_id: String,
    /// Into or out of which it was paid.
    pub account_id: String,
    pub date: Day,
    pub amount: Decimal,
}

/// The payments that stand on these invoices and bills.
pub async fn pull_paid(
    transport: &dyn Transport,
    tenant_id: &str,
    invoice_ids: &[String],
) -> Result<Vec<Paid>, PullStop> {
    let mut all = Vec::new();
    for some in invoice_ids.chunks(IDS_MAX) {
        all.extend(of_some(transport, tenant_id, some).await?);
    }
    Ok(all)
}

async fn of_some(
    transport: &dyn Transport,
    tenant_id: &str,
    ids: &[String],
) -> Result<Vec<Paid>, PullStop> {
    let mut all = Vec::new();
    for page in 1..=PAGES_MAX {
        let condition = any_of("Invoice.InvoiceId", ids);
        let reply = ask(transport, tenant_id, &payments::Where { condition, page }).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.payments.len());
        let live = reply.payments.iter().filter(|one| one.status.as_deref() == Some("AUTHORISED"));
        all.extend(whole(
            live.map(paid),
            "a payment without id, invoice, account, date or amount",
        )?);
        if is_last {
            return Ok(all);
        }
    }
    Err(PullStop::Unreadable(format!("more than {PAGES_MAX} pages of payments")))
}

fn paid(wire: &payments::Payment) -> Option<Paid> {
    Some(Paid {
        id: wire.payment_id.clone()?,
        invoice_id: wire.invoice.as_ref()?.invoice_id.clone()?,
        account_id: wire.account.as_ref()?.account_id.clone()?,
        date: dates::day(wire.date.as_deref()?)?,
        amount: wire.amount?.0,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::{Script, now, reply};

    const PAYMENTS: &str = r#"{"Payments":[
        {"PaymentID":"p-1","Status":"AUTHORISED","Date":"/Date(1768780800000+0000)/","Amount":900.05,
         "Invoice":{"InvoiceID":"i-1"},"Account":{"AccountID":"a-1"}},
        {"PaymentID":"p-2","Status":"DELETED","Date":"/Date(1768780800000+0000)/","Amount":1.00,
         "Invoice":{"InvoiceID":"i-1"},"Account":{"AccountID":"a-1"}}]}"#;

    #[test]
    fn only_payments_that_stand_are_read() {
        let script = Script::new(vec![reply(200, PAYMENTS)]);
        let found = now(pull_paid(&script, "tenant", &["i-1".to_owned()])).unwrap();
        let expected = Paid {
            id: "p-1".to_owned(),
            invoice_id: "i-1".to_owned(),
            account_id: "a-1".to_owned(),
            date: Day::parse("2026-01-19").unwrap(),
            amount: Decimal::new(90_005, 2),
        };
        assert_eq!(found, [expected]);
    }

    #[test]
    fn a_payment_that_cannot_be_read_is_not_left_out() {
        let script = Script::new(vec![reply(200, &PAYMENTS.replace("900.05", "null"))]);
        let read = now(pull_paid(&script, "tenant", &["i-1".to_owned()]));
        assert!(matches!(read, Err(PullStop::Unreadable(_))), "{read:?}");
    }
}
