use base::Decimal;

use super::world::{World, invoice};
use crate::random::Random;

fn balance(world: &World, code: &str) -> Decimal {
    let accounts = world.xero.ledger().accounts;
    accounts.iter().find(|account| account.code == code).unwrap().balance
}

fn number(text: &str) -> Decimal {
    if text.is_empty() { Decimal::ZERO } else { text.parse().unwrap() }
}

/// The last row of the trial balance: debits and credits, month and year.
fn sums(world: &World, date: &str) -> [Decimal; 4] {
    let report = world.get(&format!("/Reports/TrialBalance?date={date}")).ok();
    let last = (0..9).rev().find(|n| !report.at(&format!("Reports/0/Rows/{n}/RowType")).is_empty());
    let cell = |n: usize| {
        number(&report.at(&format!("Reports/0/Rows/{}/Rows/0/Cells/{n}/Value", last.unwrap())))
    };
    [cell(1), cell(2), cell(3), cell(4)]
}

#[test]
fn a_paid_sale_leaves_clearing_debited_and_sales_and_vat_credited() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let id = world.sale(&contact, "AMZ-1", "12.00").ok().at("Invoices/0/InvoiceID");
    assert_eq!(balance(&world, "610"), Decimal::from(12));
    world.pay(&id, "12.00").ok();
    assert_eq!(balance(&world, "610"), Decimal::ZERO);
    assert_eq!(balance(&world, "612"), Decimal::from(12));
    assert_eq!(balance(&world, "200"), Decimal::from(-10));
    assert_eq!(balance(&world, "820"), Decimal::from(-2));
}

#[test]
fn drafts_have_no_effect_and_a_void_takes_its_effect_back() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let draft = invoice(&contact, "AMZ-1", "12.00").replace("AUTHORISED", "DRAFT");
    let id = world.put("/Invoices", &draft).ok().at("Invoices/0/InvoiceID");
    assert_eq!(balance(&world, "200"), Decimal::ZERO);
    let path = format!("/Invoices/{id}");
    world.post(&path, r#"{"Status":"AUTHORISED"}"#).ok();
    assert_eq!(balance(&world, "200"), Decimal::from(-10));
    world.post(&path, r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(balance(&world, "200"), Decimal::ZERO);
    assert_eq!(sums(&world, "2026-06-30"), [Decimal::ZERO; 4]);
}

#[test]
fn a_payment_at_another_rate_realises_the_difference() {
    let world = World::new();
    let contact = world.contact("Amazon.de");
    world.put("/Currencies", r#"{"Code":"EUR"}"#).ok();
    world
        .put("/Accounts", r#"{"Code":"613","Name":"Amazon EUR","Type":"BANK","BankAccountNumber":"1","CurrencyCode":"EUR"}"#)
        .ok();
    let body = invoice(&contact, "AMZ-1", "125.00")
        .replace("\"Status\"", "\"CurrencyCode\":\"EUR\",\"CurrencyRate\":1.25,\"Status\"");
    let id = world.put("/Invoices", &body).ok().at("Invoices/0/InvoiceID");
    assert_eq!(balance(&world, "610"), Decimal::from(100));
    let payment = format!(
        r#"{{"Invoice":{{"InvoiceID":"{id}"}},"Account":{{"Code":"613"}},"Date":"2026-06-10","Amount":125,"CurrencyRate":1.20}}"#
    );
    let answer = world.put("/Payments", &payment).ok();
    assert_eq!(answer.at("Payments/0/BankAmount"), "125.00");
    assert_eq!(balance(&world, "610"), Decimal::ZERO);
    assert_eq!(balance(&world, "613"), Decimal::new(10_417, 2));
    assert_eq!(balance(&world, "499"), Decimal::new(-417, 2));
}

#[test]
fn the_trial_balance_has_xeros_rows_of_texts() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.sale(&contact, "AMZ-1", "12.00").ok();
    let report = world.get("/Reports/TrialBalance?date=2026-06-30").ok();
    assert_eq!(report.at("Reports/0/ReportType"), "TrialBalance");
    assert_eq!(report.at("Reports/0/Rows/0/Cells/4/Value"), "YTD Credit");
    assert_eq!(report.at("Reports/0/Rows/1/Title"), "Revenue");
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/0/Value"), "Sales (200)");
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/0/Attributes/0/Id"), "account");
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/3/Value"), "");
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/4/Value"), "10.00");
    // The next financial year has the profit in Retained Earnings.
    let report = world.get("/Reports/TrialBalance?date=2027-04-30").ok();
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/3/Value"), "0.00");
    assert_eq!(report.at("Reports/0/Rows/1/Rows/0/Cells/4/Value"), "");
    assert!(report.text.contains("Retained Earnings (960)"));
}

#[test]
fn debits_equal_credits_whatever_comes() {
    for seed in 0..4 {
        let world = World::new();
        let traffic = Traffic::new(&world, seed);
        traffic.run(220);
        let state = world.xero.lock();
        for entry in state.books.ledger.entries() {
            let sum: Decimal = entry.legs.iter().map(|leg| leg.amount).sum();
            assert_eq!(sum, Decimal::ZERO, "seed {seed}: {entry:?}");
            assert!(entry.legs.iter().all(|leg| !leg.account.is_empty()), "{entry:?}");
        }
        assert!(state.books.ledger.entries().len() > 40);
        drop(state);
        open_documents_are_the_control_accounts(&world);
        let [month_debit, month_credit, debit, credit] = sums(&world, "2026-12-31");
        assert_eq!((month_debit, debit), (month_credit, credit));
    }
}

/// In base currency and at their own rates, to a penny for each document.
fn open_documents_are_the_control_accounts(world: &World) {
    let ledger = world.xero.ledger();
    for (code, kinds, sign) in
        [("610", ["ACCREC", "ACCRECCREDIT"], 1), ("800", ["ACCPAYCREDIT", "ACCPAY"], 1)]
    {
        let documents = ledger.invoices.iter().chain(&ledger.credit_notes);
        let mut open = Decimal::ZERO;
        let mut count = 0;
        for document in documents.filter(|document| kinds.contains(&document.kind)) {
            if !matches!(document.status, "AUTHORISED" | "PAID") {
                continue;
            }
            let side = if document.kind == kinds[0] { sign } else { -sign };
            open += Decimal::from(side) * document.amount_due / document.rate;
            count += 1;
        }
        let difference = (open - balance(world, code)).abs();
        assert!(difference <= Decimal::new(count * 2, 2), "{code}: {open} {difference}");
    }
}

struct Traffic<'a> {
    world: &'a World,
    random: std::cell::RefCell<Random>,
    contact: String,
}

impl Traffic<'_> {
    fn new(world: &World, seed: u64) -> Traffic<'_> {
        world.clearing();
        world.put("/Currencies", r#"{"Code":"EUR"}"#).ok();
        for code in ["613", "614"] {
            let body = format!(
                r#"{{"Code":"{code}","Name":"Amazon {code}","Type":"BANK","BankAccountNumber":"1","CurrencyCode":"EUR"}}"#
            );
            world.put("/Accounts", &body).ok();
        }
        let contact = world.contact("Amazon");
        Traffic { world, random: Random::seeded(seed).into(), contact }
    }

    fn below(&self, end: u64) -> u64 {
        self.random.borrow_mut().below(end)
    }

    fn run(&self, steps: u64) {
        for step in 0..steps {
            match self.below(10) {
                0 | 1 => self.document(step),
                2 | 3 => self.pay(),
                4 => self.allocate(),
                5 => self.change(),
                6 => self.bank_money(step),
                7 => self.transfer(),
                8 => self.journal(),
                _ => self.delete_payment(),
            }
        }
    }

    fn pick(&self, ids: &[String]) -> String {
        self.random.borrow_mut().pick(ids).cloned().unwrap_or_default()
    }

    fn document(&self, step: u64) {
        let (kind, account, tax) = match self.below(4) {
            0 => ("ACCPAY", "404", "INPUT2"),
            1 => ("ACCRECCREDIT", "200", "OUTPUT2"),
            2 => ("ACCPAYCREDIT", "404", "RRINPUT"),
            _ => ("ACCREC", "200", "OUTPUT2"),
        };
        let amounts = ["Inclusive", "Exclusive", "NoTax"][usize::try_from(self.below(3)).unwrap()];
        let currency = if self.below(2) == 0 {
            "\"CurrencyCode\":\"EUR\",\"CurrencyRate\":1.1737,\"Status\""
        } else {
            "\"Status\""
        };
        let gross = format!("{}.{:02}", 1 + self.below(200), self.below(100));
        let path = if kind.ends_with("CREDIT") { "/CreditNotes" } else { "/Invoices" };
        let body = invoice(&self.contact, &format!("T-{step}"), &gross)
            .replace("ACCREC", kind)
            .replace("\"200\"", &format!("\"{account}\""))
            .replace("OUTPUT2", tax)
            .replace("Inclusive", amounts)
            .replace("\"Status\"", currency);
        let body = if path == "/CreditNotes" {
            body.replace("InvoiceNumber", "CreditNoteNumber")
        } else {
            body
        };
        self.world.put(path, &body).ok();
    }

    fn bank_money(&self, step: u64) {
        let kind = if self.below(2) == 0 { "RECEIVE" } else { "SPEND" };
        let account = if self.below(2) == 0 { "090" } else { "613" };
        let amount = format!("{}.{:02}", 1 + self.below(200), self.below(100));
        let body = super::bank::money(kind, &self.contact, &format!("P-{step}"), &amount)
            .replace("\"090\"", &format!("\"{account}\""))
            .replace("\"Date\"", "\"CurrencyRate\":1.1737,\"Date\"");
        let made = self.world.put("/BankTransactions", &body).ok();
        if self.below(3) == 0 {
            let id = made.at("BankTransactions/0/BankTransactionID");
            self.world.post(&format!("/BankTransactions/{id}"), r#"{"Status":"DELETED"}"#).ok();
        }
    }

    fn transfer(&self) {
        let (from, to) = if self.below(2) == 0 { ("090", "091") } else { ("613", "614") };
        let amount = format!("{}.{:02}", 1 + self.below(90), self.below(100));
        let body = format!(
            r#"{{"FromBankAccount":{{"Code":"{from}"}},"ToBankAccount":{{"Code":"{to}"}},"Amount":{amount},"Date":"2026-06-12"}}"#
        );
        let made = self.world.put("/BankTransfers", &body).ok();
        if self.below(3) == 0 {
            let id = made.at("BankTransfers/0/BankTransferID");
            self.world.post(&format!("/BankTransfers/{id}"), r#"{"Status":"DELETED"}"#).ok();
        }
    }

    fn journal(&self) {
        let amount = format!("{}.{:02}", 1 + self.below(90), self.below(100));
        let status = if self.below(4) == 0 { "DRAFT" } else { "POSTED" };
        let body = format!(
            r#"{{"Narration":"J","Date":"2026-06-12","Status":"{status}","LineAmountTypes":"Inclusive","JournalLines":[{{"LineAmount":{amount},"AccountCode":"404","TaxType":"INPUT2"}},{{"LineAmount":-{amount},"AccountCode":"805"}}]}}"#
        );
        let made = self.world.put("/ManualJournals", &body).ok();
        if self.below(3) == 0 {
            let id = made.at("ManualJournals/0/ManualJournalID");
            self.world.post(&format!("/ManualJournals/{id}"), r#"{"Status":"VOIDED"}"#);
        }
    }

    fn ids(&self, credits: bool) -> Vec<String> {
        let ledger = self.world.xero.ledger();
        let documents = if credits { ledger.credit_notes } else { ledger.invoices };
        documents.into_iter().map(|document| document.id).collect()
    }

    fn pay(&self) {
        let credit = self.below(2) == 0;
        let (noun, id) = if credit {
            ("CreditNote", self.pick(&self.ids(true)))
        } else {
            ("Invoice", self.pick(&self.ids(false)))
        };
        let amount = format!("{}.{:02}", self.below(60), self.below(100));
        let rate = if self.below(2) == 0 { ",\"CurrencyRate\":1.2011" } else { "" };
        let body = format!(
            r#"{{"{noun}":{{"{noun}ID":"{id}"}},"Account":{{"Code":"612"}},"Date":"2026-06-12","Amount":{amount}{rate}}}"#
        );
        self.world.put("/Payments", &body);
    }

    fn allocate(&self) {
        let (credit, invoice) = (self.pick(&self.ids(true)), self.pick(&self.ids(false)));
        let amount = format!("{}.{:02}", self.below(40), self.below(100));
        let body = format!(
            r#"{{"Invoice":{{"InvoiceID":"{invoice}"}},"Amount":{amount},"Date":"2026-06-13"}}"#
        );
        self.world.put(&format!("/CreditNotes/{credit}/Allocations"), &body);
    }

    fn change(&self) {
        let path = format!("/Invoices/{}", self.pick(&self.ids(false)));
        if self.below(3) == 0 {
            self.world.post(&path, r#"{"Status":"VOIDED"}"#);
        } else {
            let body =
                r#"{"LineItems":[{"Description":"new","UnitAmount":33.33,"AccountCode":"620"}]}"#;
            self.world.post(&path, body);
        }
    }

    fn delete_payment(&self) {
        let payments = self.world.xero.ledger().payments;
        let ids: Vec<String> = payments.into_iter().map(|payment| payment.id).collect();
        let path = format!("/Payments/{}", self.pick(&ids));
        self.world.post(&path, r#"{"Status":"DELETED"}"#);
    }
}
