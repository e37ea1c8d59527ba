//! Reading an organisation, from its first call to the chart.

use base::{Currency, Day, Sent, Timestamp};

use super::{
    DepositKind, Landing, MentionKind, pull_by_reference, pull_chart, pull_deposits,
    pull_reconciled, pull_trial_balance,
};
use crate::PullStop;
use crate::script::{Script, now, reply};

const ORGANISATION: &str = r#"{"Organisations":[{"Name":"Northwind","PaysTax":true,"Version":"UK","BaseCurrency":"GBP",
    "CountryCode":"GB","IsDemoCompany":true,"SalesTaxBasis":"ACCRUALS","PeriodLockDate":"/Date(1546214400000+0000)/",
    "EndOfYearLockDate":"","Timezone":"GMTSTANDARDTIME","ShortCode":"!mBdtL","OrganisationID":"o-1","Class":"DEMO"}]}"#;
const ACCOUNTS: &str = r#"{"Accounts":[
    {"AccountID":"a-1","Code":"200","Name":"Sales","Type":"REVENUE","Class":"REVENUE","Status":"ACTIVE","TaxType":"OUTPUT2",
     "EnablePaymentsToAccount":false,"SystemAccount":""},
    {"AccountID":"a-2","Name":"Amazon EUR","Type":"BANK","Class":"ASSET","Status":"ACTIVE","CurrencyCode":"EUR","BankAccountType":"BANK"},
    {"AccountID":"a-3","Code":"610","Name":"Accounts Receivable","Type":"CURRENT","Class":"ASSET","Status":"ARCHIVED",
     "EnablePaymentsToAccount":true,"SystemAccount":"DEBTORS"}]}"#;
const TAX_RATES: &str = r#"{"TaxRates":[{"Name":"20% (VAT on Income)","TaxType":"OUTPUT2","CanApplyToAssets":true,
    "CanApplyToEquity":true,"CanApplyToExpenses":false,"CanApplyToLiabilities":true,"CanApplyToRevenue":true,
    "DisplayTaxRate":20.0000,"EffectiveRate":20.0000,"Status":"ACTIVE"},
    {"Name":"Old","TaxType":"TAX001","DisplayTaxRate":17.5,"Status":"ARCHIVED"}]}"#;
const TRACKING: &str = r#"{"TrackingCategories":[{"Name":"Marketplace","Status":"ACTIVE","TrackingCategoryID":"t-1",
    "Options":[{"TrackingOptionID":"p-1","Name":"Amazon.co.uk","Status":"ACTIVE"},{"TrackingOptionID":"p-2","Name":"x","Status":"ARCHIVED"}]}]}"#;
const CURRENCIES: &str = r#"{"Currencies":[{"Code":"EUR","Description":"Euro"},{"Code":"GBP"}]}"#;
const ITEMS: &str = r#"{"Items":[{"ItemID":"i-1","Code":"MUG","IsTrackedAsInventory":true,"PurchaseDetails":{},
    "SalesDetails":{"UnitPrice":5000.0000,"AccountCode":"200","TaxType":"OUTPUT2"}},{"ItemID":"i-2","Code":"CUP","Name":"Cup","SalesDetails":[]}]}"#;
const CONTACTS: [&str; 2] = [
    r#"{"pagination":{"page":1,"pageSize":1000,"pageCount":2,"itemCount":1001},"Contacts":[
    {"ContactID":"c-1","ContactStatus":"ACTIVE","Name":"Amazon.co.uk","ContactNumber":"amazon:S:UK","EmailAddress":""}]}"#,
    r#"{"pagination":{"page":2,"pageSize":1000,"pageCount":2,"itemCount":1001},"Contacts":[
    {"ContactID":"c-2","ContactStatus":"ARCHIVED","Name":"Old","MergedToContactID":"c-1"}]}"#,
];

fn replies() -> Vec<Sent> {
    [ORGANISATION, ACCOUNTS, TAX_RATES, TRACKING, CURRENCIES, ITEMS, CONTACTS[0], CONTACTS[1]]
        .into_iter()
        .map(|body| reply(200, body))
        .collect()
}

#[test]
fn a_chart_is_read_with_seven_calls_and_one_for_each_further_page_of_contacts() {
    let script = Script::new(replies());
    now(pull_chart(&script, "tenant")).unwrap();
    let asked: Vec<String> = script.asked().iter().map(base::Request::target).collect();
    assert_eq!(
        asked,
        [
            "/Organisation",
            "/Accounts",
            "/TaxRates",
            "/TrackingCategories?includeArchived=true",
            "/Currencies",
            "/Items?unitdp=4",
            "/Contacts?includeArchived=true&page=1&pageSize=1000",
            "/Contacts?includeArchived=true&page=2&pageSize=1000",
        ]
    );
    for request in script.asked() {
        assert!(request.headers.contains(&("xero-tenant-id".to_owned(), "tenant".to_owned())));
        assert!(request.headers.contains(&("accept".to_owned(), "application/json".to_owned())));
    }
}

#[test]
fn the_chart_says_what_the_organisation_has() {
    let chart = now(pull_chart(&Script::new(replies()), "tenant")).unwrap();
    let organisation = &chart.organisation;
    assert_eq!(organisation.base_currency, Currency::GBP);
    assert_eq!(organisation.time_zone, "Europe/London");
    assert_eq!(organisation.close_date(), Some(Day::parse("2018-12-31").unwrap()));
    assert_eq!((organisation.is_demo, organisation.year_end_lock), (true, None));
    assert_eq!(chart.currencies, [Currency::GBP, Currency::EUR]);

    let bank = chart.account_by_id("a-2").unwrap();
    assert!(bank.is_bank() && bank.code.is_none() && bank.currency == Some(Currency::EUR));
    let debtors = chart.account_by_code("610").unwrap();
    assert_eq!(debtors.system.as_deref(), Some("DEBTORS"));
    assert!(!debtors.is_active && debtors.payments_enabled);
    assert_eq!(chart.account_by_code("200").unwrap().system, None);

    let rate = chart.tax_rate("OUTPUT2").unwrap();
    assert_eq!(rate.percent, 20.into());
    assert_eq!(rate.classes, ["ASSET", "EQUITY", "LIABILITY", "REVENUE"]);
    assert!(!chart.tax_rate("TAX001").unwrap().is_active);

    assert_eq!(chart.tracking[0].options.len(), 2);
    assert!(!chart.tracking[0].options[1].is_active);
    let mug = chart.item("MUG").unwrap();
    assert_eq!((mug.name.as_str(), mug.is_tracked), ("MUG", true));
    assert_eq!(mug.sales_tax_type.as_deref(), Some("OUTPUT2"));
    assert_eq!(chart.item("CUP").unwrap().sales_account, None);
    assert_eq!(chart.contact("c-2").unwrap().contact_id, "c-1");
    assert_eq!(chart.contact_by_number("amazon:S:UK").unwrap().email, None);
}

#[track_caller]
fn check_stop(at: usize, sent: Sent, is_it: fn(&PullStop) -> bool) {
    let mut answers = replies();
    answers[at] = sent;
    let stop = now(pull_chart(&Script::new(answers), "tenant")).unwrap_err();
    assert!(is_it(&stop), "{stop}");
}

#[test]
fn a_chart_is_whole_or_not_at_all() {
    check_stop(1, Sent::Busy(Timestamp(5)), |s| matches!(s, PullStop::Busy(Timestamp(5))));
    check_stop(2, Sent::NotSent("x".to_owned()), |s| matches!(s, PullStop::NotSent(_)));
    check_stop(3, Sent::Lost("x".to_owned()), |s| matches!(s, PullStop::Lost(_)));
    check_stop(4, reply(429, ""), |s| matches!(s, PullStop::Status { status: 429, .. }));
    check_stop(5, reply(200, "{}"), |s| matches!(s, PullStop::Unreadable(_)));
    check_stop(7, reply(200, r#"{"Contacts":[{}]}"#), |s| matches!(s, PullStop::Unreadable(_)));
    let gone = r#"{"Status":403,"Detail":"AuthenticationUnsuccessful"}"#;
    check_stop(0, reply(403, gone), |s| matches!(s, PullStop::Connection(_)));
}

#[test]
fn nothing_about_the_organisation_is_guessed() {
    for (from, to) in [
        ("GMTSTANDARDTIME", "MARSSTANDARDTIME"),
        (r#""BaseCurrency":"GBP""#, r#""BaseCurrency":"pounds""#),
        ("/Date(1546214400000+0000)/", "soon"),
    ] {
        let organisation = ORGANISATION.replace(from, to);
        check_stop(0, reply(200, &organisation), |s| matches!(s, PullStop::Unreadable(_)));
    }
}

const TWO_INVOICES: &str = r#"{"Invoices":[
    {"Type":"ACCREC","InvoiceID":"i-1","Status":"PAID","Total":120.00,"HasAttachments":true},
    {"Type":"ACCPAY","InvoiceID":"I-2","Status":"AUTHORISED","Total":10.00}]}"#;

#[test]
fn an_invoice_is_reconciled_when_a_live_payment_of_it_is() {
    let payments = r#"{"Payments":[
        {"PaymentID":"p-1","Status":"AUTHORISED","IsReconciled":true,"Invoice":{"InvoiceID":"I-1"}},
        {"PaymentID":"p-2","Status":"DELETED","IsReconciled":true,"Invoice":{"InvoiceID":"i-2"}}]}"#;
    let script = Script::new([reply(200, TWO_INVOICES), reply(200, payments)]);
    let ids = ["i-1".to_owned(), "i-2".to_owned(), "i-3".to_owned()];
    let found = now(pull_reconciled(&script, "tenant", Landing::Invoice, &ids)).unwrap();
    let asked: Vec<String> = script.asked().iter().map(base::Request::target).collect();
    assert_eq!(
        asked[0],
        "/Invoices?IDs=i-1%2Ci-2%2Ci-3&includeArchived=true&unitdp=4&page=1&pageSize=1000"
    );
    assert!(
        asked[1].starts_with(
            "/Payments?where=Invoice.InvoiceId%3D%3Dguid%28%22i-1%22%29%20OR%20Invoice"
        )
    );
    let told: Vec<(&str, bool, bool)> = found
        .iter()
        .map(|(id, one)| (id.as_str(), one.is_reconciled, one.has_attachments))
        .collect();
    assert_eq!(told, [("i-1", true, true), ("i-2", false, false)]);
    assert_eq!(found["i-2"].status, "AUTHORISED");
}

#[test]
fn what_nobody_paid_is_not_asked_for_its_payments() {
    let open = r#"{"Invoices":[
        {"Type":"ACCREC","InvoiceID":"i-1","Status":"AUTHORISED","Total":120.00,"AmountPaid":0.00}]}"#;
    let script = Script::new([reply(200, open)]);
    let ids = ["i-1".to_owned()];
    let found = now(pull_reconciled(&script, "tenant", Landing::Invoice, &ids)).unwrap();
    assert!(!found["i-1"].is_reconciled);
    assert_eq!(script.asked().len(), 1);

    let paid = open.replace("0.00}", "0.01}");
    let payments = r#"{"Payments":[
        {"PaymentID":"p-1","Status":"AUTHORISED","IsReconciled":true,"Invoice":{"InvoiceID":"i-1"}}]}"#;
    let script = Script::new([reply(200, &paid), reply(200, payments)]);
    let found = now(pull_reconciled(&script, "tenant", Landing::Invoice, &ids)).unwrap();
    assert!(found["i-1"].is_reconciled);
}

#[test]
fn bank_transactions_and_transfers_say_themselves_whether_they_are_reconciled() {
    let transactions = r#"{"BankTransactions":[
        {"BankTransactionID":"b-1","Status":"AUTHORISED","IsReconciled":true,"Total":75.50}]}"#;
    let script = Script::new([reply(200, transactions)]);
    let ids = ["b-1".to_owned()];
    let found = now(pull_reconciled(&script, "tenant", Landing::BankTransaction, &ids)).unwrap();
    assert!(found["b-1"].is_reconciled);

    let transfer = r#"{"BankTransfers":[
        {"BankTransferID":"t-1","Amount":50.00,"FromIsReconciled":false,"ToIsReconciled":true}]}"#;
    let script = Script::new([reply(200, transfer), reply(404, "")]);
    let ids = ["t-1".to_owned(), "t-2".to_owned()];
    let found = now(pull_reconciled(&script, "tenant", Landing::BankTransfer, &ids)).unwrap();
    assert_eq!((found.len(), found["t-1"].is_reconciled), (1, true));
}

#[test]
fn what_cannot_be_read_is_not_left_out_in_silence() {
    let nameless = r#"{"BankTransactions":[{"Status":"AUTHORISED","Total":1}]}"#;
    let script = Script::new([reply(200, nameless)]);
    let ids = ["b-1".to_owned()];
    let stop = now(pull_reconciled(&script, "tenant", Landing::BankTransaction, &ids)).unwrap_err();
    assert!(matches!(stop, PullStop::Unreadable(_)));
}

#[test]
fn deposits_are_what_came_into_the_account_in_whichever_way() {
    let transactions = r#"{"BankTransactions":[
        {"BankTransactionID":"b-1","Type":"RECEIVE","Status":"AUTHORISED","Total":812.33,"DateString":"2026-11-17T00:00:00",
         "IsReconciled":true,"Reference":"AMAZON 19823746510","Contact":{"ContactID":"c","Name":"Amazon"}},
        {"BankTransactionID":"b-2","Type":"RECEIVE-TRANSFER","Status":"AUTHORISED","Total":5.00,"DateString":"2026-11-16T00:00:00"},
        {"BankTransactionID":"b-3","Type":"SPEND","Status":"AUTHORISED","Total":9.00,"DateString":"2026-11-16T00:00:00"},
        {"BankTransactionID":"b-4","Type":"RECEIVE","Status":"DELETED","Total":9.00,"DateString":"2026-11-16T00:00:00"}]}"#;
    let payments = r#"{"Payments":[
        {"PaymentID":"p-1","PaymentType":"ACCRECPAYMENT","Status":"AUTHORISED","Date":"/Date(1794873600000+0000)/","Amount":100.00,
         "BankAmount":85.10,"Account":{"AccountID":"BANK"},"Invoice":{"InvoiceID":"i","Contact":{"Name":"Amazon.de"}}},
        {"PaymentID":"p-2","PaymentType":"ACCPAYPAYMENT","Status":"AUTHORISED","Date":"/Date(1794873600000+0000)/","Amount":1.00,"Account":{"AccountID":"bank"}},
        {"PaymentID":"p-3","PaymentType":"ACCRECPAYMENT","Status":"AUTHORISED","Date":"/Date(1794873600000+0000)/","Amount":1.00,"Account":{"AccountID":"other"}}]}"#;
    let script = Script::new([reply(200, transactions), reply(200, payments)]);
    let (from, to) = (Day::parse("2026-11-15").unwrap(), Day::parse("2026-11-20").unwrap());
    let found = now(pull_deposits(&script, "tenant", "bank", from, to)).unwrap();
    let told: Vec<(&str, DepositKind, String)> =
        found.iter().map(|one| (one.id.as_str(), one.kind, one.amount.to_string())).collect();
    let expected = [
        ("b-2", DepositKind::Transferred, "5.00".to_owned()),
        ("b-1", DepositKind::Received, "812.33".to_owned()),
        ("p-1", DepositKind::Paid, "85.10".to_owned()),
    ];
    assert_eq!(told, expected);
    assert!(found[1].is_reconciled);
    assert_eq!(found[2].contact_name.as_deref(), Some("Amazon.de"));
    let asked: Vec<String> = script.asked().iter().map(base::Request::target).collect();
    assert_eq!(
        asked[0],
        "/BankTransactions?where=BankAccount.AccountID%3D%3Dguid%28%22bank%22%29%20AND%20Date%3E%3DDateTime%282026%2C%2011%2C%2015%29%20AND%20Date%3CDateTime%282026%2C%2011%2C%2021%29&unitdp=4&page=1&pageSize=1000"
    );
}

#[test]
fn what_another_tool_booked_is_found_by_the_settlement_that_it_names() {
    let invoices = r#"{"Invoices":[
        {"Type":"ACCREC","InvoiceID":"i-1","InvoiceNumber":"A2X-19823746510","Status":"AUTHORISED","DateString":"2026-11-14T00:00:00","Total":1,"CurrencyCode":"GBP"},
        {"Type":"ACCPAY","InvoiceID":"i-2","InvoiceNumber":"x","Reference":"LMB 19823746510 b","Status":"VOIDED","DateString":"2026-11-14T00:00:00"},
        {"Type":"ACCREC","InvoiceID":"i-3","InvoiceNumber":"1982","Status":"PAID","DateString":"2026-11-14T00:00:00"}]}"#;
    let journals = r#"{"ManualJournals":[
        {"ManualJournalID":"m-1","Narration":"Settlement 19823746510","Status":"POSTED","Date":"/Date(1794700800000+0000)/"}]}"#;
    let script = Script::new([reply(200, invoices), reply(200, journals)]);
    let found = now(pull_by_reference(&script, "tenant", "19823746510")).unwrap();
    let told: Vec<(&str, MentionKind)> =
        found.iter().map(|one| (one.id.as_str(), one.kind)).collect();
    let expected = [
        ("i-1", MentionKind::Invoice),
        ("i-2", MentionKind::Bill),
        ("m-1", MentionKind::ManualJournal),
    ];
    assert_eq!(told, expected);
    let asked: Vec<String> = script.asked().iter().map(base::Request::target).collect();
    assert_eq!(
        asked[0],
        "/Invoices?searchTerm=19823746510&includeArchived=true&page=1&pageSize=1000"
    );
    assert_eq!(
        asked[1],
        "/ManualJournals?where=Narration.Contains%28%2219823746510%22%29&page=1&pageSize=1000"
    );
}

#[test]
fn a_trial_balance_is_read_by_account_and_never_by_position_alone() {
    let cell = |value: &str| {
        format!(r#"{{"Value":"{value}","Attributes":[{{"Value":"a-1","Id":"account"}}]}}"#)
    };
    let row = |values: [&str; 5]| {
        format!(r#"{{"RowType":"Row","Cells":[{}]}}"#, values.map(cell).join(","))
    };
    let report = |header: &str, row: &str| {
        format!(
            r#"{{"Reports":[{{"Rows":[{{"RowType":"Header","Cells":[{header}]}},{{"RowType":"Section","Title":"Revenue","Rows":[{row},
            {{"RowType":"SummaryRow","Cells":[{{"Value":"Total"}}]}}]}}]}}]}}"#
        )
    };
    let header = ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"]
        .map(|title| format!(r#"{{"Value":"{title}"}}"#));
    let pull = |body: &str| {
        let script = Script::new([reply(200, body)]);
        let date = Day::parse("2026-11-30").unwrap();
        now(pull_trial_balance(&script, "tenant", date, Currency::GBP))
    };
    let sales = row(["Sales (200)", "", "200.00", "", "1,020.22"]);
    let found = pull(&report(&header.join(","), &sales)).unwrap();
    assert_eq!(found[0].account_id, "a-1");
    assert_eq!(found[0].balance.minor(), -102_022);
    assert!(pull(&report(&header[..3].join(","), &sales)).is_err());
    let odd = row(["Sales (200)", "", "", "", "many"]);
    assert!(pull(&report(&header.join(","), &odd)).is_err());
    assert!(pull(r#"{"Reports":[]}"#).is_err());
}
