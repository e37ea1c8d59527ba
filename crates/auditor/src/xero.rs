//! Xero's side: sales invoices, credit notes, payments and the trial balance
//! (<https://developer.xero.com/documentation/api/accounting/overview>).

pub(crate) mod trial_balance;
pub(crate) mod wire;

use std::collections::BTreeMap;

use base::{Request, Transport};

use crate::AuditError;
use crate::ask::Asker;

pub(crate) use trial_balance::TrialBalance;

/// The largest page that Xero gives.
const PAGE_SIZE: usize = 1000;
const PAGES_MAX: u32 = 10_000;

/// All that is compared.
pub(crate) struct Books {
    pub(crate) invoices: Vec<wire::Invoice>,
    pub(crate) notes: Vec<wire::CreditNote>,
    /// Payments that count, by the invoice that they pay.
    pub(crate) payments: BTreeMap<String, Vec<wire::Payment>>,
    pub(crate) balance: TrialBalance,
}

struct Organisation<'a> {
    transport: &'a dyn Transport,
    tenant_id: &'a str,
}

impl Books {
    pub(crate) async fn read(
        asker: &mut Asker<'_>,
        transport: &dyn Transport,
        tenant_id: &str,
    ) -> Result<Books, AuditError> {
        let organisation = Organisation { transport, tenant_id };
        let invoices = organisation.invoices(asker).await?;
        let notes = organisation.credit_notes(asker).await?;
        let payments = organisation.payments(asker).await?;
        let request = organisation.get("/Reports/TrialBalance");
        let reports: wire::Reports = asker.ask(transport, &request).await?;
        let balance = TrialBalance::of(&reports);
        Ok(Books { invoices, notes, payments, balance })
    }
}

impl Organisation<'_> {
    fn get(&self, path: &str) -> Request {
        Asker::get(path).header("xero-tenant-id", self.tenant_id)
    }

    fn page(&self, path: &str, page: u32) -> Request {
        self.get(path).query("page", page.to_string()).query("pageSize", PAGE_SIZE.to_string())
    }

    async fn invoices(&self, asker: &mut Asker<'_>) -> Result<Vec<wire::Invoice>, AuditError> {
        let mut all: BTreeMap<String, wire::Invoice> = BTreeMap::new();
        for page in 1..=PAGES_MAX {
            let request = self
                .page("/Invoices", page)
                .query("where", "Type==\"ACCREC\"")
                .query("summaryOnly", "true");
            let reply: wire::Invoices = asker.ask(self.transport, &request).await?;
            let is_last = is_last(reply.pagination.as_ref(), page, reply.invoices.len());
            all.extend(reply.invoices.into_iter().map(|one| (one.id.clone(), one)));
            if is_last {
                all.retain(|_, invoice| invoice.kind == "ACCREC");
                return Ok(all.into_values().collect());
            }
        }
        Err(endless("/Invoices"))
    }

    async fn credit_notes(
        &self,
        asker: &mut Asker<'_>,
    ) -> Result<Vec<wire::CreditNote>, AuditError> {
        let mut all: BTreeMap<String, wire::CreditNote> = BTreeMap::new();
        for page in 1..=PAGES_MAX {
            let request = self.page("/CreditNotes", page);
            let reply: wire::CreditNotes = asker.ask(self.transport, &request).await?;
            let is_last = is_last(reply.pagination.as_ref(), page, reply.credit_notes.len());
            all.extend(reply.credit_notes.into_iter().map(|one| (one.id.clone(), one)));
            if is_last {
                all.retain(|_, note| note.kind == "ACCRECCREDIT");
                return Ok(all.into_values().collect());
            }
        }
        Err(endless("/CreditNotes"))
    }

    async fn payments(
        &self,
        asker: &mut Asker<'_>,
    ) -> Result<BTreeMap<String, Vec<wire::Payment>>, AuditError> {
        let mut all: BTreeMap<String, wire::Payment> = BTreeMap::new();
        for page in 1..=PAGES_MAX {
            let request = self.page("/Payments", page).query("where", "Status==\"AUTHORISED\"");
            let reply: wire::Payments = asker.ask(self.transport, &request).await?;
            let is_last = is_last(reply.pagination.as_ref(), page, reply.payments.len());
            all.extend(reply.payments.into_iter().map(|one| (one.id.clone(), one)));
            if is_last {
                return Ok(by_invoice(all));
            }
        }
        Err(endless("/Payments"))
    }
}

/// A page that says how many there are is believed; otherwise a short page is the last.
fn is_last(pagination: Option<&wire::Pagination>, page: u32, found: usize) -> bool {
    match pagination.and_then(|pagination| pagination.page_count) {
        Some(count) => found == 0 || page >= count,
        None => found < PAGE_SIZE,
    }
}

fn by_invoice(all: BTreeMap<String, wire::Payment>) -> BTreeMap<String, Vec<wire::Payment>> {
    let mut paid: BTreeMap<String, Vec<wire::Payment>> = BTreeMap::new();
    for payment in all.into_values().filter(|payment| payment.status == "AUTHORISED") {
        if let Some(invoice) = &payment.invoice {
            paid.entry(invoice.invoice_id.clone()).or_default().push(payment);
        }
    }
    paid
}

fn endless(what: &str) -> AuditError {
    AuditError::Endless { what: what.to_owned(), pages: PAGES_MAX }
}
