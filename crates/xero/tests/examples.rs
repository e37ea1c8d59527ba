//! Xero's own example replies, from its `OpenAPI` file in the folder that `DAYBOOK_SPECS` names.

#![expect(clippy::print_stdout, reason = "a test that was skipped says so")]
#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "helpers of tests: what is not as expected fails the test"
)]

use base::{Call, Response};
use xero::api::{
    accounts, allocations, attachments, bank_transactions, bank_transfers, contacts, credit_notes,
    currencies, invoices, items, manual_journals, organisation, payments, tax_rates, tracking,
    trial_balance,
};

/// The file's lines, or nothing when there is no folder.
fn lines() -> Option<Vec<String>> {
    let Some(folder) = std::env::var_os("DAYBOOK_SPECS") else {
        println!("skipped: DAYBOOK_SPECS does not name the folder of the vendors' files");
        return None;
    };
    let path = std::path::Path::new(&folder).join("xero/xero_accounting.yaml");
    let text = std::fs::read_to_string(&path).expect("the file that the folder must have");
    Some(text.lines().map(str::to_owned).collect())
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The example of an operation's 200 reply, as JSON text. Numbers keep their digits.
fn example(lines: &[String], operation: &str) -> Response {
    let wanted = format!("operationId: {operation}");
    let mut rest = lines.iter().skip_while(|line| line.trim() != wanted);
    rest.find(|line| line.trim() == "\"200\":").expect("a reply");
    let head = rest.find(|line| line.trim() == "example:").expect("an example");
    let block: Vec<&str> =
        rest.take_while(|line| indent(line) > indent(head)).map(String::as_str).collect();
    let mut reader = Reader { lines: &block, next: 0 };
    let body = reader.block(indent(block[0]));
    Response { status: 200, headers: Vec::new(), body: body.into_bytes() }
}

/// Reads the few forms of YAML that the examples are written in: maps, lists, scalars on one line.
struct Reader<'a> {
    lines: &'a [&'a str],
    next: usize,
}

impl Reader<'_> {
    fn peek(&self) -> Option<(usize, &str)> {
        let line = self.lines.get(self.next)?;
        Some((indent(line), line.trim()))
    }

    /// The map or list whose entries stand at this column.
    fn block(&mut self, column: usize) -> String {
        match self.peek() {
            Some((at, text)) if at == column && text.starts_with("- ") => self.list(column),
            _ => self.map(column),
        }
    }

    fn list(&mut self, column: usize) -> String {
        let mut parts = Vec::new();
        while let Some((at, text)) = self.peek() {
            if at != column || !text.starts_with("- ") {
                break;
            }
            // The entry's first field stands on the dash's line.
            let first = text.trim_start_matches("- ").to_owned();
            if !first.contains(": ") && !first.ends_with(':') {
                self.next += 1;
                parts.push(scalar(&first));
                continue;
            }
            parts.push(self.entries(column + 2, Some(first)));
        }
        format!("[{}]", parts.join(","))
    }

    fn map(&mut self, column: usize) -> String {
        self.entries(column, None)
    }

    fn entries(&mut self, column: usize, first: Option<String>) -> String {
        let mut fields = Vec::new();
        let mut pending = first;
        loop {
            let text = match pending.take() {
                Some(text) => text,
                None => match self.peek() {
                    Some((at, text)) if at == column && !text.starts_with("- ") => text.to_owned(),
                    _ => break,
                },
            };
            self.next += 1;
            let (name, value) = text.split_once(':').expect("a field");
            let value = match value.trim() {
                "" => match self.peek() {
                    // A list may stand at the column of its name.
                    Some((at, text)) if at > column || (at == column && text.starts_with("- ")) => {
                        self.block(at)
                    }
                    _ => "null".to_owned(),
                },
                scalar => self::scalar(scalar),
            };
            fields.push(format!("{}:{value}", quoted(name)));
        }
        format!("{{{}}}", fields.join(","))
    }
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).expect("a text can be written")
}

fn scalar(text: &str) -> String {
    let is_number = text.strip_prefix('-').unwrap_or(text).split('.').count() <= 2
        && text.strip_prefix('-').unwrap_or(text).chars().all(|c| c.is_ascii_digit() || c == '.')
        && !(text.len() > 1 && text.starts_with('0') && !text.starts_with("0."));
    match text {
        "[]" | "{}" | "true" | "false" | "null" => text.to_owned(),
        _ if is_number => text.to_owned(),
        _ if text.starts_with('"') => text.to_owned(),
        _ if text.starts_with('\'') => quoted(text.trim_matches('\'')),
        _ => quoted(text),
    }
}

#[test]
fn the_settings_of_xeros_examples_are_read() {
    let Some(lines) = lines() else { return };
    let organisation = organisation::Get.read(&example(&lines, "getOrganisations")).unwrap();
    assert_eq!(organisation.base_currency, "NZD");
    assert_eq!(organisation.period_lock_date.as_deref(), Some("/Date(1546214400000+0000)/"));
    let accounts = accounts::List.read(&example(&lines, "getAccounts")).unwrap().accounts;
    assert!(!accounts.is_empty());
    let rates = tax_rates::List.read(&example(&lines, "getTaxRates")).unwrap().tax_rates;
    let gst = rates.iter().find(|rate| rate.tax_type == "OUTPUT2").unwrap();
    assert_eq!(gst.effective_rate.unwrap().0, 15.into());
    let tracking = tracking::List.read(&example(&lines, "getTrackingCategories")).unwrap();
    assert_eq!(tracking.tracking_categories.len(), 2);
    let currencies = currencies::List.read(&example(&lines, "getCurrencies")).unwrap();
    assert!(currencies.currencies.iter().any(|currency| currency.code == "NZD"));
    let items = items::List.read(&example(&lines, "getItems")).unwrap().items;
    assert_eq!(items[0].code.as_deref(), Some("123"));
    let contacts = contacts::List { page: 1 }.read(&example(&lines, "getContacts")).unwrap();
    assert!(contacts.contacts.iter().all(|contact| contact.contact_id.is_some()));
}

#[test]
fn the_documents_of_xeros_examples_are_read() {
    let Some(lines) = lines() else { return };
    let list = invoices::ByNumbers { numbers: Vec::new() };
    let page = list.read(&example(&lines, "getInvoices")).unwrap();
    assert_eq!(page.invoices.len(), 3);
    assert_eq!(page.pagination.map(|pagination| pagination.page_count), Some(1));
    let page = list.read(&example(&lines, "createInvoices")).unwrap();
    let invoice = &page.invoices[0];
    assert_eq!(invoice.total.unwrap().0.to_string(), "40.00");
    assert_eq!(invoice.line_items[0].tax_type.as_deref(), Some("NONE"));
    let list = credit_notes::Where { condition: String::new() };
    let page = list.read(&example(&lines, "getCreditNotes")).unwrap();
    assert!(page.credit_notes.iter().all(|note| note.credit_note_id.is_some()));
    let list = payments::Where { condition: String::new(), page: 1 };
    let page = list.read(&example(&lines, "getPayments")).unwrap();
    assert!(page.payments.iter().all(|payment| payment.payment_id.is_some()));
}

#[test]
fn the_refusals_of_xeros_examples_are_seen() {
    let Some(lines) = lines() else { return };
    let list = payments::Where { condition: String::new(), page: 1 };
    let page = list.read(&example(&lines, "createPayments")).unwrap();
    let payment = &page.payments[0];
    assert!(payment.has_validation_errors && payment.payment_id.is_some());
    assert_eq!(
        payment.validation_errors[0].message,
        "Payment amount exceeds the amount outstanding on this document"
    );
    let call = allocations::Create {
        credit_note_id: "",
        invoice_id: "",
        amount: base::Exact(1.into()),
        date: String::new(),
    };
    let page = call.read(&example(&lines, "createCreditNoteAllocation")).unwrap();
    assert_eq!(page.allocations[0].allocation_id, None);
    assert_eq!(page.allocations[0].amount.unwrap().0, 1.into());
}

#[test]
fn the_bank_and_journals_of_xeros_examples_are_read() {
    let Some(lines) = lines() else { return };
    let list = bank_transactions::Where { condition: String::new(), page: 1 };
    for operation in ["getBankTransactions", "createBankTransactions", "updateBankTransaction"] {
        let page = list.read(&example(&lines, operation)).unwrap();
        let is_told = |one: &bank_transactions::BankTransaction| {
            one.bank_transaction_id.is_some()
                && one.total.is_some()
                && one.bank_account.as_ref().is_some_and(|account| account.account_id.is_some())
        };
        assert!(page.bank_transactions.iter().all(is_told), "{operation}");
        assert!(!page.bank_transactions.is_empty());
    }
    let list = bank_transfers::Where { condition: String::new() };
    let page = list.read(&example(&lines, "createBankTransfer")).unwrap();
    assert_eq!(page.bank_transfers[0].amount.unwrap().0, 50.into());
    assert_eq!(page.bank_transfers[0].status.as_deref(), Some("AUTHORISED"));
    let page = list.read(&example(&lines, "deleteBankTransfer")).unwrap();
    assert_eq!(page.bank_transfers[0].status.as_deref(), Some("DELETED"));
    let list = manual_journals::Where { condition: String::new(), page: 1 };
    let page = list.read(&example(&lines, "createManualJournals")).unwrap();
    let journal = &page.manual_journals[0];
    assert_eq!(journal.journal_lines.len(), 2);
    assert!(!journal.warnings.is_empty() && !journal.validation_errors.is_empty());
}

#[test]
fn what_is_taken_back_and_attached_in_xeros_examples_is_read() {
    let Some(lines) = lines() else { return };
    let delete = allocations::Delete { credit_note_id: "", allocation_id: "" };
    let deleted = delete.read(&example(&lines, "deleteCreditNoteAllocations")).unwrap();
    assert!(deleted.is_deleted && deleted.allocation_id.is_some());
    let delete = payments::Delete { payment_id: "" };
    let page = delete.read(&example(&lines, "deletePayment")).unwrap();
    assert_eq!(page.payments[0].status.as_deref(), Some("DELETED"));
    // Xero names a refund's credit note where other payments name their invoice.
    assert_eq!(page.payments[0].payment_type.as_deref(), Some("APCREDITPAYMENT"));
    assert!(page.payments[0].invoice.as_ref().unwrap().invoice_id.is_some());
    let list = attachments::List { endpoint: "Invoices", document_id: "" };
    let page = list.read(&example(&lines, "createInvoiceAttachmentByFileName")).unwrap();
    assert_eq!(page.attachments[0].content_length, Some(2_878_711));
    let date = base::Day::parse("2019-04-24").unwrap();
    let page = trial_balance::Get { date }.read(&example(&lines, "getReportTrialBalance")).unwrap();
    assert_eq!(page.reports[0].rows[0].cells[3].value.as_deref(), Some("YTD Debit"));
}
