//! Xero's side: invoices, bills, credit notes, payments, bank transactions, manual
//! journals and the trial balance
//! (<https://developer.xero.com/documentation/api/accounting/overview>).

pub(crate) mod bank;
pub(crate) mod entries;
pub(crate) mod trial_balance;
pub(crate) mod wire;

use std::collections::BTreeMap;

use base::{Currency, Request, Transport};
use serde::de::DeserializeOwned;

use crate::AuditError;
use crate::ask::Asker;

pub(crate) use trial_balance::TrialBalance;

/// The largest page that Xero gives.
const PAGE_SIZE: usize = 1000;
const PAGES_MAX: u32 = 10_000;

/// All that is compared.
pub(crate) struct Books {
    /// Sales invoices.
    pub(crate) invoices: Vec<wire::Invoice>,
    /// Credit notes to customers.
    pub(crate) notes: Vec<wire::CreditNote>,
    /// Payments that count, by the invoice, bill or credit note that they are of.
    pub(crate) payments: BTreeMap<String, Vec<wire::Payment>>,
    pub(crate) balance: TrialBalance,
    /// What settlements have besides; none where the book keeps none.
    pub(crate) besides: Option<Besides>,
}

/// What only settlements use.
pub(crate) struct Besides {
    pub(crate) bills: Vec<wire::Invoice>,
    /// Credit notes of suppliers.
    pub(crate) bill_notes: Vec<wire::CreditNote>,
    pub(crate) moves: Vec<bank::Move>,
    /// Bank transactions, once more, and manual journals.
    pub(crate) entries: Vec<entries::Entry>,
    pub(crate) base_currency: Currency,
}

struct Organisation<'a> {
    transport: &'a dyn Transport,
    tenant_id: &'a str,
}

impl Books {
    /// A book that keeps settlements has bills and moves money on bank accounts besides.
    pub(crate) async fn read(
        asker: &mut Asker<'_>,
        (transport, tenant_id): (&dyn Transport, &str),
        keeps_settlements: bool,
    ) -> Result<Books, AuditError> {
        let organisation = Organisation { transport, tenant_id };
        let invoices = organisation.invoices(asker, "ACCREC").await?;
        let listed = organisation.all::<wire::CreditNotes>(asker, "/CreditNotes", &[]).await?;
        let (notes, bill_notes): (Vec<_>, Vec<_>) =
            listed.into_iter().partition(|note| note.kind == "ACCRECCREDIT");
        let besides = if keeps_settlements {
            Some(organisation.besides(asker, bill_notes).await?)
        } else {
            None
        };
        let filter = [("where", "Status==\"AUTHORISED\"")];
        let payments = organisation.all::<wire::Payments>(asker, "/Payments", &filter).await?;
        let request = organisation.get("/Reports/TrialBalance");
        let reports: wire::Reports = asker.ask(transport, &request).await?;
        let balance = TrialBalance::of(&reports);
        Ok(Books { invoices, notes, payments: by_document(payments), balance, besides })
    }

    /// What was paid on a document, or given back of a credit note.
    pub(crate) fn paid_on(&self, id: &str) -> &[wire::Payment] {
        self.payments.get(id).map(Vec::as_slice).unwrap_or_default()
    }
}

impl Organisation<'_> {
    fn get(&self, path: &str) -> Request {
        Asker::get(path).header("xero-tenant-id", self.tenant_id)
    }

    /// Every page of a list, each thing once.
    async fn all<P: Page>(
        &self,
        asker: &mut Asker<'_>,
        path: &str,
        filters: &[(&str, &str)],
    ) -> Result<Vec<P::One>, AuditError> {
        let mut all: BTreeMap<String, P::One> = BTreeMap::new();
        for number in 1..=PAGES_MAX {
            let mut request = self
                .get(path)
                .query("page", number.to_string())
                .query("pageSize", PAGE_SIZE.to_string());
            for (name, value) in filters {
                request = request.query(name, *value);
            }
            let page: P = asker.ask(self.transport, &request).await?;
            let (pagination, found) = page.open();
            let is_last = is_last(pagination.as_ref(), number, found.len());
            all.extend(found.into_iter().map(|one| (P::id(&one).to_owned(), one)));
            if is_last {
                return Ok(all.into_values().collect());
            }
        }
        Err(AuditError::Endless { what: path.to_owned(), pages: PAGES_MAX })
    }

    async fn invoices(
        &self,
        asker: &mut Asker<'_>,
        kind: &str,
    ) -> Result<Vec<wire::Invoice>, AuditError> {
        let of_kind = format!("Type==\"{kind}\"");
        let filters = [("where", of_kind.as_str()), ("summaryOnly", "true")];
        let mut all = self.all::<wire::Invoices>(asker, "/Invoices", &filters).await?;
        all.retain(|invoice| invoice.kind == kind);
        Ok(all)
    }

    async fn besides(
        &self,
        asker: &mut Asker<'_>,
        mut bill_notes: Vec<wire::CreditNote>,
    ) -> Result<Besides, AuditError> {
        bill_notes.retain(|note| note.kind == "ACCPAYCREDIT");
        let bills = self.invoices(asker, "ACCPAY").await?;
        let listed = self.all::<bank::BankTransactions>(asker, "/BankTransactions", &[]).await?;
        let journals = self.all::<entries::ManualJournals>(asker, "/ManualJournals", &[]).await?;
        let journals = journals.into_iter().filter_map(entries::Entry::of_journal);
        let of_bank = listed.iter().filter_map(entries::Entry::of_transaction);
        let entries: Vec<entries::Entry> = of_bank.chain(journals).collect();
        let listed = listed.into_iter();
        let mut moves: Vec<bank::Move> = listed.filter_map(bank::Move::of_transaction).collect();
        let request = self.get("/BankTransfers");
        let transfers: bank::BankTransfers = asker.ask(self.transport, &request).await?;
        moves.extend(transfers.transfers.into_iter().filter_map(bank::Move::of_transfer));
        let request = self.get("/Organisation");
        let reply: bank::Organisations = asker.ask(self.transport, &request).await?;
        let Some(organisation) = reply.organisations.into_iter().next() else {
            let (what, detail) = ("GET /Organisation".to_owned(), "it names none".to_owned());
            return Err(AuditError::Refused { what, status: 200, detail });
        };
        let base_currency = organisation.base_currency;
        Ok(Besides { bills, bill_notes, moves, entries, base_currency })
    }
}

/// A page of a list.
trait Page: DeserializeOwned {
    type One;

    fn open(self) -> (Option<wire::Pagination>, Vec<Self::One>);
    fn id(one: &Self::One) -> &str;
}

impl Page for wire::Invoices {
    type One = wire::Invoice;

    fn open(self) -> (Option<wire::Pagination>, Vec<wire::Invoice>) {
        (self.pagination, self.invoices)
    }

    fn id(one: &wire::Invoice) -> &str {
        &one.id
    }
}

impl Page for wire::CreditNotes {
    type One = wire::CreditNote;

    fn open(self) -> (Option<wire::Pagination>, Vec<wire::CreditNote>) {
        (self.pagination, self.credit_notes)
    }

    fn id(one: &wire::CreditNote) -> &str {
        &one.id
    }
}

impl Page for wire::Payments {
    type One = wire::Payment;

    fn open(self) -> (Option<wire::Pagination>, Vec<wire::Payment>) {
        (self.pagination, self.payments)
    }

    fn id(one: &wire::Payment) -> &str {
        &one.id
    }
}

impl Page for bank::BankTransactions {
    type One = bank::BankTransaction;

    fn open(self) -> (Option<wire::Pagination>, Vec<bank::BankTransaction>) {
        (self.pagination, self.transactions)
    }

    fn id(one: &bank::BankTransaction) -> &str {
        &one.id
    }
}

impl Page for entries::ManualJournals {
    type One = entries::ManualJournal;

    fn open(self) -> (Option<wire::Pagination>, Vec<entries::ManualJournal>) {
        (self.pagination, self.journals)
    }

    fn id(one: &entries::ManualJournal) -> &str {
        &one.id
    }
}

/// A page that says how many there are is believed; otherwise a short page is the last.
fn is_last(pagination: Option<&wire::Pagination>, page: u32, found: usize) -> bool {
    match pagination.and_then(|pagination| pagination.page_count) {
        Some(count) => found == 0 || page >= count,
        None => found < PAGE_SIZE,
    }
}

fn by_document(all: Vec<wire::Payment>) -> BTreeMap<String, Vec<wire::Payment>> {
    let mut paid: BTreeMap<String, Vec<wire::Payment>> = BTreeMap::new();
    for payment in all.into_iter().filter(|payment| payment.status == "AUTHORISED") {
        if let Some(document_id) = payment.document_id() {
            paid.entry(document_id.to_owned()).or_default().push(payment);
        }
    }
    paid
}
