//! Reading an organisation, from its first call to the chart.

use base::{Currency, Day, Sent, Timestamp};

use super::{pull_chart, pull_documents};
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

const CHANGED: &str = r#"{"pagination":{"page":1,"pageSize":1000,"pageCount":2,"itemCount":1001},"Invoices":[
    {"Type":"ACCREC","InvoiceID":"i-1","InvoiceNumber":"AMZ-1","Reference":"202-1","Status":"PAID","Total":120.00,"TotalTax":20.00,
     "AmountDue":0.00,"AmountPaid":100.00,"AmountCredited":"20.00","CurrencyCode":"GBP","Contact":{"ContactID":"c-1"},
     "UpdatedDateUTC":"/Date(1552432238716+0000)/"}]}"#;

#[test]
fn changed_invoices_are_read_a_page_at_a_time() {
    let script = Script::new([reply(200, CHANGED)]);
    let since = Timestamp::parse("2026-11-24T06:00:00.500Z").unwrap();
    let documents = now(pull_documents(&script, "tenant", Some(since), 1)).unwrap();
    assert!(documents.more);
    let seen = &documents.invoices[0];
    assert_eq!((seen.id.as_str(), seen.status.as_str()), ("i-1", "PAID"));
    assert_eq!(seen.total.to_string(), "120.00");
    assert_eq!(seen.amount_credited.to_string(), "20.00");
    assert_eq!(seen.updated, Timestamp(1_552_432_238_716));
    let request = &script.asked()[0];
    assert_eq!(
        request.target(),
        "/Invoices?where=Type%3D%3D%22ACCREC%22&order=UpdatedDateUTC%20ASC&summaryOnly=true&page=1&pageSize=1000"
    );
    let header = ("if-modified-since".to_owned(), "2026-11-24T06:00:00Z".to_owned());
    assert!(request.headers.contains(&header));
}

#[test]
fn an_invoice_that_cannot_be_understood_stops_the_check() {
    let body = CHANGED.replace(r#""CurrencyCode":"GBP","#, "");
    let stop = now(pull_documents(&Script::new([reply(200, &body)]), "t", None, 1)).unwrap_err();
    assert!(matches!(stop, PullStop::Unreadable(_)));
}
