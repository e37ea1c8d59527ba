//! Settlements, with both vendors scripted: booked in both ways, and every way of booking them
//! wrong.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/scripted.rs"]
mod scripted;

use std::collections::BTreeMap;

use auditor::{Accounts, Audit, Keeping, Question, Settled, Side, Way};
use base::{Currency, Money, Request, Timestamp};
use scripted::{Vendor, Waiting, balance, reply, start};

const ORDER: &str = "202-1234567-1234567";
const REPORTS: &str = "/reports/2021-06-30/reports";
const DOCUMENT: &str = "/reports/2021-06-30/documents/d-11";
const TRANSACTIONS: &str = "/finances/2024-06-19/transactions";
const SUMMARY: &str = "/finances/2024-06-19/summary";
const PAYOUTS: &str = "/finances/transfers/2024-06-01/payouts";
const URL: &str = "https://files.example/d-11?signed";

const NAMES: &str = "settlement-id\tsettlement-start-date\tsettlement-end-date\tdeposit-date\ttotal-amount\tcurrency\ttransaction-type\torder-id\tamount-type\tamount-description\tamount\tquantity-purchased";

/// A row of settlement 11: words and amount.
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str);

/// A sale of 120.00, its fee, and what is held back.
const ROWS: [Row; 3] = [
    ("Order", ORDER, "ItemPrice", "Principal", "120.00"),
    ("Order", ORDER, "ItemFees", "Commission", "-19.00"),
    ("other-transaction", "", "other-transaction", "Current Reserve Amount", "-20.00"),
];

fn file(total: &str, rows: &[Row]) -> String {
    let mut lines = vec![
        NAMES.to_owned(),
        format!("11\t01.11.2026 09:00:00 UTC\t15.11.2026 09:00:00 UTC\t\t{total}\tGBP"),
    ];
    lines.extend(rows.iter().map(|(kind, order, of, what, amount)| {
        format!("11\t\t\t\t\t\t{kind}\t{order}\t{of}\t{what}\t{amount}\t1")
    }));
    lines.join("\n")
}

fn order(shipped: &str) -> String {
    let money = r#"{"amount":"120.00","currencyCode":"GBP"}"#;
    format!(
        r#"{{"orders":[{{"orderId":"{ORDER}","createdTime":"2026-11-02T00:00:00Z","lastUpdatedTime":"2026-11-03T00:00:00Z",
            "salesChannel":{{"channelName":"AMAZON"}},"proceeds":{{"grandTotal":{money}}},
            "fulfillment":{{"fulfillmentStatus":"{shipped}"}},
            "orderItems":[{{"proceeds":{{"proceedsTotal":{money}}},"fulfillment":{{"quantityFulfilled":1,"quantityUnfulfilled":0}}}}]}}],
            "lastUpdatedBefore":"2026-11-24T11:58:00Z"}}"#
    )
}

fn payouts(status: &str) -> String {
    format!(
        r#"{{"payouts":[{{"id":"p","currentStatus":"{status}","relatedIdentifiers":[
            {{"relatedIdentifierName":"SETTLEMENT_ID","relatedIdentifierValue":"11"}}]}}]}}"#
    )
}

/// Settlement 11 of one shipped order.
fn amazon(file: &str) -> Vendor {
    let report =
        r#"{"reportId":"r-11","createdTime":"2026-11-15T10:00:00Z","reportDocumentId":"d-11"}"#;
    Vendor::default()
        .answers("/orders/2026-01-01/orders", order("SHIPPED"))
        .answers(REPORTS, format!(r#"{{"reports":[{report}]}}"#))
        .answers(DOCUMENT, format!(r#"{{"url":"{URL}"}}"#))
        .answers(URL, file)
        .answers(TRANSACTIONS, r#"{"payload":{"transactions":[]}}"#)
        .answers(PAYOUTS, payouts("PAID"))
}

fn usual() -> Vendor {
    amazon(&file("81.00", &ROWS))
}

#[derive(Default)]
struct Xero {
    invoices: Vec<String>,
    notes: Vec<String>,
    payments: Vec<String>,
    moves: Vec<String>,
    journals: Vec<String>,
}

impl Xero {
    fn document(mut self, kind: &str, number: &str, total: &str, day: &str) -> Xero {
        let reference = match kind {
            "ACCREC" if number.starts_with("AMZ-EU-11-") => "11",
            "ACCREC" if number.starts_with("AMZ-EU-") => "99",
            "ACCREC" => ORDER,
            // A purchase has none.
            _ => "",
        };
        self.invoices.push(format!(
            r#"{{"InvoiceID":"{number}","Type":"{kind}","InvoiceNumber":"{number}","Reference":"{reference}","Status":"AUTHORISED",
                "CurrencyCode":"GBP","Total":{total},"DateString":"{day}T00:00:00"}}"#
        ));
        self
    }

    fn note(mut self, kind: &str, number: &str, total: &str) -> Xero {
        let reference = if number.starts_with("AMZ-EU-") { "11" } else { ORDER };
        self.notes.push(format!(
            r#"{{"CreditNoteID":"{number}","Type":"{kind}","CreditNoteNumber":"{number}","Reference":"{reference}","Status":"AUTHORISED",
                "CurrencyCode":"GBP","Total":{total}}}"#
        ));
        self
    }

    fn paid(mut self, number: &str, account: &str, amount: &str) -> Xero {
        let id = self.payments.len();
        self.payments.push(format!(
            r#"{{"PaymentID":"{id}","Status":"AUTHORISED","Amount":{amount},"Account":{{"AccountID":"{account}"}},"Invoice":{{"InvoiceID":"{number}"}}}}"#
        ));
        self
    }

    fn moved(mut self, kind: &str, reference: &str, total: &str) -> Xero {
        self.moves.push(format!(
            r#"{{"BankTransactionID":"{reference}","Type":"{kind}","Reference":"{reference}","Status":"AUTHORISED","Total":{total}}}"#
        ));
        self
    }

    /// The same on an account of one's choice: what carries rows is money on clearing.
    fn moved_on(self, account: &str, (kind, reference, total): (&str, &str, &str)) -> Xero {
        let mut xero = self.moved(kind, reference, total);
        let on = format!(r#""BankAccount":{{"AccountID":"{account}"}},"Total""#);
        let last = xero.moves.pop().unwrap().replace(r#""Total""#, &on);
        xero.moves.push(last);
        xero
    }

    /// Lines are account and amount, debits positive.
    fn journal(mut self, narration: &str, status: &str, lines: &[(&str, &str)]) -> Xero {
        let lines = lines.iter().map(|(account, amount)| {
            format!(r#"{{"AccountID":"{account}","LineAmount":{amount}}}"#)
        });
        let (id, lines) = (self.journals.len(), lines.collect::<Vec<_>>().join(","));
        self.journals.push(format!(
            r#"{{"ManualJournalID":"{id}","Narration":"{narration}","Status":"{status}",
                "Date":"/Date(1763164800000+0000)/","JournalLines":[{lines}]}}"#
        ));
        self
    }

    fn vendor(&self) -> Vendor {
        let list = |name: &str, all: &[String]| format!(r#"{{"{name}":[{}]}}"#, all.join(","));
        Vendor::default()
            .answers("/Invoices", list("Invoices", &self.invoices))
            .answers("/CreditNotes", list("CreditNotes", &self.notes))
            .answers("/Payments", list("Payments", &self.payments))
            .answers("/BankTransactions", list("BankTransactions", &self.moves))
            .answers("/ManualJournals", list("ManualJournals", &self.journals))
            .answers("/BankTransfers", r#"{"BankTransfers":[]}"#)
            .answers("/Organisation", r#"{"Organisations":[{"BaseCurrency":"GBP"}]}"#)
            .answers("/Reports/TrialBalance", balance(&[RESERVED, SALES]))
    }
}

const RESERVED: (&str, &str, &str) = ("reserved", "20.00", "");
const SALES: (&str, &str, &str) = ("sales", "", "20.00");

/// October's part, settled against Carried forward, and November's, open for the bank line.
fn in_summary() -> Xero {
    Xero::default()
        .document("ACCREC", "AMZ-EU-11-1", "101.00", "2026-10-31")
        .paid("AMZ-EU-11-1", "carried", "101.00")
        .document("ACCREC", "AMZ-EU-11-2", "81.00", "2026-11-15")
}

/// The order's invoice, the rest as a bill, and the payout.
fn per_order() -> Xero {
    sold()
        .document("ACCPAY", "AMZ-EU-11-1", "39.00", "2026-11-15")
        .paid("AMZ-EU-11-1", "clearing", "39.00")
        .moved("RECEIVE", "AMZ-EU-11-payout", "81.00")
}

fn sold() -> Xero {
    Xero::default().document("ACCREC", &format!("AMZ-{ORDER}"), "120.00", "2026-11-02").paid(
        &format!("AMZ-{ORDER}"),
        "clearing",
        "120.00",
    )
}

fn keeping(way: Way) -> Keeping {
    Keeping { way, held: BTreeMap::new(), from: None, read_until: None, suspended: BTreeMap::new() }
}

async fn ask(amazon: &Vendor, xero: &Vendor, keeping: Keeping) -> Audit {
    auditor::audit(Question {
        amazon: vec![Side { region: "EU", transport: amazon, marketplaces: Vec::new() }],
        xero,
        tenant_id: "t-1",
        clock: &Waiting::at(start()),
        since: Timestamp::parse("2026-10-01T00:00:00Z").unwrap(),
        held: BTreeMap::new(),
        accounts: Accounts {
            clearing: BTreeMap::from([("GBP".to_owned(), "clearing".to_owned())]),
            marketplace_tax: "tax".to_owned(),
            suspense: Some("suspense".to_owned()),
            reserved: Some("reserved".to_owned()),
            carried_forward: Some("carried".to_owned()),
            deferred: Some("deferred".to_owned()),
            accrued_fees: None,
            transit: None,
        },
        keeping: Some(keeping),
    })
    .await
    .unwrap()
}

async fn audit(amazon: Vendor, xero: Xero, way: Way) -> Audit {
    ask(&amazon, &xero.vendor(), keeping(way)).await
}

#[track_caller]
fn differs(audit: &Audit, what: &str) {
    assert!(!audit.agrees);
    let found: Vec<&str> = audit.differences.iter().map(|one| one.what.as_str()).collect();
    assert!(found.contains(&what), "{what} is not among {found:?}");
}

#[track_caller]
fn agrees(audit: &Audit) -> &Settled {
    assert!(audit.agrees, "{audit:#?}");
    audit.settlements.as_ref().unwrap()
}

#[tokio::test]
async fn in_summary_the_last_document_is_the_payout() {
    let audit = audit(usual(), in_summary(), Way::Summary).await;
    let settled = agrees(&audit);
    assert_eq!((settled.shown, settled.should_post, settled.posted), (1, 1, 1));
    assert_eq!(settled.amazon_total["GBP"], "81.00");
    assert_eq!(settled.xero_total, settled.amazon_total);
    assert_eq!((audit.orders, audit.should_post), (1, 0));
}

#[tokio::test]
async fn order_by_order_documents_carry_what_orders_do_not() {
    let audit = audit(usual(), per_order(), Way::PerOrder).await;
    let settled = agrees(&audit);
    assert_eq!((settled.posted, settled.orders_settled), (1, 1));
    assert_eq!((audit.should_post, audit.posted), (1, 1));
}

#[tokio::test]
async fn a_book_that_changed_its_way_keeps_what_it_posted() {
    // The order has no document: its rows are the settlement's.
    let audit = audit(usual(), in_summary(), Way::PerOrder).await;
    assert_eq!((agrees(&audit).posted, audit.should_post), (1, 0));
}

#[tokio::test]
async fn a_cent_on_a_document_is_a_difference() {
    for (right, wrong) in
        [("\"Total\":81.00", "\"Total\":81.01"), ("\"Total\":39.00", "\"Total\":38.99")]
    {
        for (xero, way) in [(in_summary(), Way::Summary), (per_order(), Way::PerOrder)] {
            let text = format!(r#"{{"Invoices":[{}]}}"#, xero.invoices.join(","));
            if text.contains(right) {
                let xero = xero.vendor().answers("/Invoices", text.replace(right, wrong));
                let audit = ask(&usual(), &xero, keeping(way)).await;
                differs(&audit, "the settlement's documents differ");
                let settled = audit.settlements.unwrap();
                assert_eq!((settled.posted, settled.should_post), (0, 1));
                assert_ne!(settled.xero_total, settled.amazon_total);
            }
        }
    }
}

#[tokio::test]
async fn a_settlement_without_a_document_is_lost() {
    let summary = audit(usual(), Xero::default(), Way::Summary).await;
    assert_eq!((summary.agrees, summary.settlements.unwrap().lost), (false, vec!["11".to_owned()]));
    let per_order = audit(usual(), sold(), Way::PerOrder).await;
    assert_eq!(per_order.settlements.unwrap().lost, ["11"]);
}

#[tokio::test]
async fn posted_twice_or_beside_another_tool_is_a_duplicate() {
    let twice = in_summary().document("ACCREC", "AMZ-EU-11-3", "81.00", "2026-11-15");
    let audit_of = audit(usual(), twice, Way::Summary).await;
    assert_eq!(audit_of.settlements.as_ref().unwrap().duplicates, ["11"]);
    assert!(!audit_of.agrees);
    let mut beside = in_summary().document("ACCREC", "AMZ-EU-11-9", "81.00", "2026-11-15");
    let other = beside.invoices.pop().unwrap().replace("AMZ-EU-11-9", "A2X-11");
    beside.invoices.push(other);
    assert_eq!(audit(usual(), beside, Way::Summary).await.settlements.unwrap().duplicates, ["11"]);
}

#[tokio::test]
async fn a_reversed_document_counts_for_nothing() {
    let xero = per_order()
        .document("ACCPAY", "AMZ-EU-11-2", "39.00", "2026-11-15")
        .paid("AMZ-EU-11-2", "clearing", "39.00")
        .note("ACCPAYCREDIT", "AMZ-EU-11-1-R", "39.00");
    agrees(&audit(usual(), xero, Way::PerOrder).await);
    let part = per_order().note("ACCPAYCREDIT", "AMZ-EU-11-1-R", "38.00");
    differs(&audit(usual(), part, Way::PerOrder).await, "the settlement's documents differ");
}

#[tokio::test]
async fn each_document_is_settled_where_it_should_be() {
    let cases = [
        (in_summary().paid("AMZ-EU-11-1", "carried", "0.01"), "the payments of AMZ-EU-11-1 differ"),
        (
            in_summary().paid("AMZ-EU-11-2", "clearing", "81.00"),
            "the payments of AMZ-EU-11-2 differ",
        ),
    ];
    for (xero, what) in cases {
        differs(&audit(usual(), xero, Way::Summary).await, what);
    }
    // The bookkeeper matched it with the bank line.
    let matched = in_summary().paid("AMZ-EU-11-2", "bank", "81.00");
    agrees(&audit(usual(), matched, Way::Summary).await);
    let unpaid = per_order().paid("AMZ-EU-11-1", "bank", "1.00");
    differs(&audit(usual(), unpaid, Way::PerOrder).await, "the payments of AMZ-EU-11-1 differ");
}

#[tokio::test]
async fn a_payout_is_posted_once_and_undone_when_it_came_back() {
    let mut without = per_order();
    without.moves.clear();
    differs(&audit(usual(), without, Way::PerOrder).await, "the payout differs");
    let back = || usual().answers(PAYOUTS, payouts("FAILED"));
    differs(&audit(back(), per_order(), Way::PerOrder).await, "the payout differs");
    let undone = per_order().moved("SPEND", "AMZ-EU-11-payout-R", "81.00");
    agrees(&audit(back(), undone, Way::PerOrder).await);
    differs(&audit(back(), in_summary(), Way::Summary).await, "the payments of AMZ-EU-11-2 differ");
    let returned = in_summary().paid("AMZ-EU-11-2", "clearing", "81.00");
    agrees(&audit(back(), returned, Way::Summary).await);
}

#[tokio::test]
async fn what_a_card_was_charged_is_spent_on_it() {
    let charged = ("other-transaction", "", "other-transaction", "Successful charge", "5.00");
    let rows: Vec<Row> = ROWS.into_iter().chain([charged]).collect();
    let amazon = || amazon(&file("86.00", &rows));
    let document = || {
        let xero = sold().document("ACCPAY", "AMZ-EU-11-1", "34.00", "2026-11-15");
        let xero = xero.paid("AMZ-EU-11-1", "clearing", "34.00");
        xero.moved("RECEIVE", "AMZ-EU-11-payout", "86.00")
    };
    agrees(
        &audit(amazon(), document().moved("SPEND", "AMZ-EU-11-charge-1", "5.00"), Way::PerOrder)
            .await,
    );
    differs(&audit(amazon(), document(), Way::PerOrder).await, "what a card was charged differs");
}

/// The order's invoice and the payout; its fee and the reserve are elsewhere.
fn without_papers() -> Xero {
    sold().moved("RECEIVE", "AMZ-EU-11-payout", "81.00")
}

const JOURNAL: [(&str, &str); 3] =
    [("fees", "19.00"), ("reserved", "20.00"), ("clearing", "-39.00")];

fn with_journal() -> Xero {
    without_papers().journal("AMZ-EU-11-1 Amazon settlement 11", "POSTED", &JOURNAL)
}

fn with_money_on_clearing() -> Xero {
    without_papers().moved_on("clearing", ("SPEND", "AMZ-EU-11-1", "39.00"))
}

#[tokio::test]
async fn a_journal_or_money_on_clearing_carries_rows_too() {
    for xero in [with_journal(), with_money_on_clearing()] {
        let audit = audit(usual(), xero, Way::PerOrder).await;
        let settled = agrees(&audit);
        assert_eq!((settled.posted, settled.orders_settled), (1, 1));
        assert_eq!(settled.xero_total, settled.amazon_total);
    }
    // A part on a bill, the rest not.
    let both = without_papers()
        .document("ACCPAY", "AMZ-EU-11-1", "19.00", "2026-11-15")
        .paid("AMZ-EU-11-1", "clearing", "19.00")
        .moved_on("clearing", ("SPEND", "AMZ-EU-11-2", "20.00"));
    agrees(&audit(usual(), both, Way::PerOrder).await);
}

#[tokio::test]
async fn a_cent_or_another_account_is_a_difference_without_papers_too() {
    let cent = [("fees", "19.01"), ("reserved", "20.00"), ("clearing", "-39.01")];
    let elsewhere = [("fees", "19.00"), ("reserved", "20.00"), ("bank", "-39.00")];
    let wrong = [
        without_papers().journal("AMZ-EU-11-1 Amazon settlement 11", "POSTED", &cent),
        without_papers().journal("AMZ-EU-11-1 Amazon settlement 11", "POSTED", &elsewhere),
        without_papers().moved_on("clearing", ("SPEND", "AMZ-EU-11-1", "39.01")),
        without_papers().moved_on("clearing", ("RECEIVE", "AMZ-EU-11-1", "39.00")),
        without_papers().moved_on("bank", ("SPEND", "AMZ-EU-11-1", "39.00")),
        // Beside the documents of a summary it is one too many.
        in_summary().journal("AMZ-EU-11-9 Amazon settlement 11", "POSTED", &JOURNAL),
    ];
    for xero in wrong {
        let audit = audit(usual(), xero, Way::PerOrder).await;
        differs(&audit, "the settlement's documents differ");
    }
}

#[tokio::test]
async fn a_journal_counts_while_it_stands_and_once() {
    let narration = "AMZ-EU-11-1 Amazon settlement 11";
    for status in ["VOIDED", "DRAFT", "DELETED"] {
        let gone = without_papers().journal(narration, status, &JOURNAL);
        let audit_of = audit(usual(), gone, Way::PerOrder).await;
        assert_eq!(audit_of.settlements.unwrap().lost, ["11"], "{status}");
        let again = with_journal().journal(narration, status, &JOURNAL);
        agrees(&audit(usual(), again, Way::PerOrder).await);
    }
    let twice = with_journal().journal("AMZ-EU-11-2 Amazon settlement 11", "POSTED", &JOURNAL);
    assert_eq!(audit(usual(), twice, Way::PerOrder).await.settlements.unwrap().duplicates, ["11"]);
    let back = [("fees", "-19.00"), ("reserved", "-20.00"), ("clearing", "39.00")];
    let reversed = with_journal()
        .journal("AMZ-EU-11-1-R Reversal of AMZ-EU-11-1 of 2026-11-15", "POSTED", &back)
        .journal("AMZ-EU-11-2 Amazon settlement 11", "POSTED", &JOURNAL);
    agrees(&audit(usual(), reversed, Way::PerOrder).await);
    let stranger = with_journal().journal("AMZ-EU-98-1 Amazon settlement 98", "POSTED", &JOURNAL);
    let unknown = usual().answers(SUMMARY, r#"{"summaries":[]}"#);
    let audit_of = ask(&unknown, &stranger.vendor(), keeping(Way::PerOrder)).await;
    differs(&audit_of, "amazon does not know this settlement");
}

/// A refund of 60.00 that was held back and let go: two transactions, one refund.
fn refund() -> String {
    let of = |id: &str, status: &str, other: &str| {
        format!(
            r#"{{"transactionId":"{id}","transactionType":"Refund","transactionStatus":"{status}","postedDate":"2026-11-10T00:00:00Z",
                "totalAmount":{{"currencyCode":"GBP","currencyAmount":-50.00}},
                "relatedIdentifiers":[{{"relatedIdentifierName":"ORDER_ID","relatedIdentifierValue":"{ORDER}"}}{other}],
                "breakdowns":[{{"breakdownType":"Sales","breakdownAmount":{{"currencyCode":"GBP","currencyAmount":-60.00}}}},
                    {{"breakdownType":"Expenses","breakdownAmount":{{"currencyCode":"GBP","currencyAmount":10.00}}}}]}}"#
        )
    };
    let release =
        r#",{"relatedIdentifierName":"DEFERRED_TRANSACTION_ID","relatedIdentifierValue":"t-1"}"#;
    let (first, then) = (of("t-1", "DEFERRED_RELEASED", ""), of("t-2", "Released", release));
    format!(r#"{{"payload":{{"transactions":[{first},{then}]}}}}"#)
}

#[tokio::test]
async fn a_refund_has_one_credit_note_from_the_day_on_which_finances_tell() {
    let amazon = || usual().answers(TRANSACTIONS, refund());
    let number = format!("AMZ-{ORDER}-CN1");
    let noted = || per_order().note("ACCRECCREDIT", &number, "60.00");
    let right = audit(amazon(), noted().paid(&number, "clearing", "60.00"), Way::PerOrder).await;
    agrees(&right);
    assert_eq!(
        (right.refunds_found["GBP"].as_str(), right.xero_total["GBP"].as_str()),
        ("60.00", "120.00")
    );
    differs(&audit(amazon(), per_order(), Way::PerOrder).await, "the refunds differ");
    let elsewhere = noted().paid(&number, "bank", "60.00");
    differs(
        &audit(amazon(), elsewhere, Way::PerOrder).await,
        "what was given back from clearing differs",
    );
    let late = Keeping {
        read_until: Some(Timestamp::parse("2026-11-20T00:00:00Z").unwrap()),
        ..keeping(Way::PerOrder)
    };
    let read_before = amazon().answers(TRANSACTIONS, refund().replace("2026-11-10", "2026-11-19"));
    agrees(&ask(&read_before, &per_order().vendor(), late.clone()).await);
    let audit_of = ask(&amazon(), &per_order().vendor(), late).await;
    differs(&audit_of, "the refunds differ");
    let untold = audit(usual(), noted().paid(&number, "clearing", "60.00"), Way::PerOrder).await;
    differs(&untold, "the refunds differ");
}

#[tokio::test]
async fn an_order_that_is_settled_whole_is_held_against_its_rows() {
    let less: Vec<Row> = ROWS
        .into_iter()
        .map(|row| if row.3 == "Principal" { (row.0, row.1, row.2, row.3, "119.00") } else { row })
        .collect();
    let xero = || {
        let xero = sold().document("ACCPAY", "AMZ-EU-11-1", "39.00", "2026-11-15");
        let xero = xero.paid("AMZ-EU-11-1", "clearing", "39.00");
        xero.moved("RECEIVE", "AMZ-EU-11-payout", "80.00")
    };
    let audit_of = audit(amazon(&file("80.00", &less)), xero(), Way::PerOrder).await;
    differs(&audit_of, "its settled rows differ from its invoice");
    assert_eq!(audit_of.settlements.unwrap().orders_settled, 1);
}

#[tokio::test]
async fn an_order_on_invoice_is_paid_once_it_is_settled() {
    let invoiced = || {
        let payment =
            r#""payment":{"paymentExecutions":[{"paymentMethod":"Invoice"}]},"orderItems""#;
        let orders = order("SHIPPED").replace(r#""orderItems""#, payment);
        usual().answers("/orders/2026-01-01/orders", orders)
    };
    agrees(&audit(invoiced(), per_order(), Way::PerOrder).await);
    let mut open = per_order();
    open.payments.remove(0);
    differs(&audit(invoiced(), open, Way::PerOrder).await, "the payments into clearing differ");
    // Until then it is open.
    let elsewhere = file("-39.00", ROWS.get(1..).unwrap_or_default());
    let waiting = invoiced().answers(URL, elsewhere);
    let mut open = per_order();
    open.payments.remove(0);
    open.moves.clear();
    agrees(&audit(waiting, open, Way::PerOrder).await);
}

#[tokio::test]
async fn an_invoice_of_its_own_and_a_settlement_in_summary_are_one_too_many() {
    let mut both = in_summary();
    both.invoices.extend(sold().invoices);
    both = both.paid(&format!("AMZ-{ORDER}"), "clearing", "120.00");
    differs(&audit(usual(), both, Way::Summary).await, "sold twice in the books");
}

#[tokio::test]
async fn a_held_settlement_has_no_document() {
    let held = || Keeping {
        held: BTreeMap::from([("11".to_owned(), "tax_question".to_owned())]),
        ..keeping(Way::Summary)
    };
    let audit = ask(&usual(), &Xero::default().vendor(), held()).await;
    let settled = agrees(&audit);
    assert_eq!((settled.held, settled.should_post, settled.amazon_total.len()), (1, 0, 0));
    let wrong = Xero::default().document("ACCREC", "AMZ-EU-11-1", "80.00", "2026-11-15");
    differs(&ask(&usual(), &wrong.vendor(), held()).await, "held and yet posted");
}

#[tokio::test]
async fn what_is_not_the_books_or_not_read_yet_is_not_compared() {
    let day = |text| Some(Timestamp::parse(text).unwrap());
    let none = Xero::default().vendor();
    let from = Keeping { from: day("2026-11-05T00:00:00Z"), ..keeping(Way::PerOrder) };
    let audit = ask(&usual(), &none, from).await;
    assert_eq!(agrees(&audit).earlier, ["11"]);
    let until = Keeping { read_until: day("2026-11-15T09:30:00Z"), ..keeping(Way::Summary) };
    let audit = ask(&usual(), &none, until).await;
    assert_eq!(agrees(&audit).too_recent, ["11"]);
}

#[tokio::test]
async fn a_settlement_that_no_report_shows_is_asked_of_finances() {
    let stray = || {
        let xero = in_summary().document("ACCREC", "AMZ-EU-99-1", "50.00", "2026-08-15");
        xero.vendor()
    };
    let told = |total: &str| {
        let body = format!(
            r#"{{"summaries":[{{"netProceeds":{{"currencyCode":"GBP","currencyAmount":{total}}}}}]}}"#
        );
        usual().answers(SUMMARY, body)
    };
    let audit = ask(&told("50.00"), &stray(), keeping(Way::Summary)).await;
    let settled = agrees(&audit);
    assert_eq!((settled.gone.as_slice(), settled.posted), (["99".to_owned()].as_slice(), 2));
    let differing = ask(&told("50.01"), &stray(), keeping(Way::Summary)).await;
    differs(&differing, "the settlement's documents differ");
    let unknown = usual().answers(SUMMARY, r#"{"summaries":[]}"#);
    let audit = ask(&unknown, &stray(), keeping(Way::Summary)).await;
    differs(&audit, "amazon does not know this settlement");
}

#[tokio::test]
async fn what_passes_through_an_account_has_left_it() {
    let with = |rows: &[(&str, &str, &str)]| {
        in_summary().vendor().answers("/Reports/TrialBalance", balance(rows))
    };
    let cases = [
        (("carried", "0.01", ""), "what stands on carried forward differs"),
        (("deferred", "0.01", ""), "what stands on deferred differs"),
        (("tax", "0.01", ""), "what stands on marketplace tax differs"),
        (("suspense", "0.01", ""), "something is in suspense"),
    ];
    for (wrong, what) in cases {
        let xero = with(&[RESERVED, ("sales", "", "20.01"), wrong]);
        differs(&ask(&usual(), &xero, keeping(Way::Summary)).await, what);
    }
    let less = with(&[("reserved", "19.99", ""), ("sales", "", "19.99")]);
    differs(&ask(&usual(), &less, keeping(Way::Summary)).await, "what stands on reserved differs");
    let income = Money::from_minor(1, Currency::GBP);
    let told =
        Keeping { suspended: BTreeMap::from([("11".to_owned(), income)]), ..keeping(Way::Summary) };
    let known = with(&[RESERVED, ("sales", "", "19.99"), ("suspense", "", "0.01")]);
    agrees(&ask(&usual(), &known, told.clone()).await);
    differs(
        &ask(&usual(), &with(&[RESERVED, SALES]), told).await,
        "what stands on suspense differs",
    );
}

#[tokio::test]
async fn a_report_that_does_not_add_up_or_cannot_be_read_is_seen() {
    let short = amazon(&file("81.01", &ROWS));
    differs(&audit(short, in_summary(), Way::Summary).await, "the settlement does not add up");
    let broken = amazon("no report at all");
    let audit = audit(broken, Xero::default(), Way::Summary).await;
    differs(&audit, "report r-11 cannot be read");
}

#[tokio::test]
async fn an_address_that_died_is_asked_for_again_and_no_header_goes_there() {
    // Orders, reports and the document's address come first.
    let amazon = usual();
    let scripted = [("/orders/2026-01-01/orders", order("SHIPPED"))];
    let amazon = scripted.into_iter().fold(amazon, |all, (_, body)| all.first(reply(200, &body)));
    let list = r#"{"reports":[{"reportId":"r-11","createdTime":"2026-11-15T10:00:00Z","reportDocumentId":"d-11"}]}"#;
    let address = format!(r#"{{"url":"{URL}"}}"#);
    let amazon = amazon.first(reply(200, list)).first(reply(200, &address));
    let amazon = amazon.first(reply(403, "<Error>Request has expired</Error>"));
    agrees(&ask(&amazon, &in_summary().vendor(), keeping(Way::Summary)).await);
    let asked = amazon.asked.lock().unwrap();
    let downloads: Vec<&Request> = asked.iter().filter(|request| request.path == URL).collect();
    assert_eq!(downloads.len(), 2);
    assert!(downloads.iter().all(|request| request.headers.is_empty()));
}

#[tokio::test]
async fn without_a_role_what_depends_on_it_is_not_compared() {
    // The orders and the report are answered; Finances and payouts are not for this application.
    let list = r#"{"reports":[{"reportId":"r-11","createdTime":"2026-11-15T10:00:00Z","reportDocumentId":"d-11"}]}"#;
    let address = format!(r#"{{"url":"{URL}"}}"#);
    let amazon = usual()
        .first(reply(200, &order("SHIPPED")))
        .first(reply(200, list))
        .first(reply(200, &address))
        .first(reply(200, &file("81.00", &ROWS)))
        .first(reply(403, "Unauthorized"))
        .first(reply(403, "Unauthorized"));
    agrees(&ask(&amazon, &in_summary().vendor(), keeping(Way::Summary)).await);
}
