//! Amazon's own examples, from the model files in the folder that `DAYBOOK_SPECS` names.

#![expect(clippy::print_stdout, reason = "a test that cannot run says so")]

use amazon::api::reports::{CreateReport, GetReport, GetReportDocument, GetReports};
use amazon::source::finances::{self, FinancesPosition};
use amazon::source::payouts;
use base::{Call as _, Response};
use facts::Body;
use facts::finances::PayoutStatus;
use serde_json::Value;

use crate::script::{Script, account, at, now, reply};

/// The replies that stand in a model file as examples of an operation.
fn replies(file: &str, operation: &str) -> Option<Vec<String>> {
    let Some(folder) = std::env::var_os("DAYBOOK_SPECS") else {
        println!("skipped: DAYBOOK_SPECS does not name the folder of the vendors' files");
        return None;
    };
    let path = std::path::Path::new(&folder).join("amazon").join(file);
    let model: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let paths = model.get("paths").and_then(Value::as_object).unwrap().values();
    let mut operations = paths.flat_map(|path| path.as_object().unwrap().values());
    let is_it = |found: &&Value| found.get("operationId").is_some_and(|id| id == operation);
    let found = operations.find(is_it).unwrap();
    let mut bodies = Vec::new();
    for (status, answer) in found.get("responses").and_then(Value::as_object).unwrap() {
        if !status.starts_with('2') {
            continue;
        }
        bodies.extend(answer.pointer("/examples/application~1json").map(Value::to_string));
        let cases = answer.pointer("/x-amzn-api-sandbox/static").and_then(Value::as_array);
        let replies = cases.into_iter().flatten().filter_map(|case| case.get("response"));
        bodies.extend(replies.map(Value::to_string));
    }
    assert!(!bodies.is_empty(), "{file} has no example of {operation}");
    Some(bodies)
}

fn response(body: &str) -> Response {
    Response { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
}

/// The examples have a next page that is not there.
fn last_page(body: &str) -> String {
    let mut value: Value = serde_json::from_str(body).unwrap();
    value.as_object_mut().unwrap().remove("nextToken");
    value.to_string()
}

fn start() -> FinancesPosition {
    FinancesPosition::start(at("2026-11-01T00:00:00Z"))
}

#[test]
fn reports_and_their_documents_are_read() {
    let Some(lists) = replies("reports_2021-06-30.json", "getReports") else { return };
    for body in lists {
        let page = GetReports::Next { token: "t" }.read(&response(&body)).unwrap();
        assert!(page.next_token().is_some());
        assert_eq!(page.reports[0].report_id, "ReportId1");
    }
    for body in replies("reports_2021-06-30.json", "getReport").unwrap() {
        let report = GetReport { report_id: "ID323" }.read(&response(&body)).unwrap();
        assert_eq!(report.processing_status, "IN_PROGRESS");
    }
    for body in replies("reports_2021-06-30.json", "getReportDocument").unwrap() {
        let document = GetReportDocument { document_id: "x" }.read(&response(&body)).unwrap();
        assert!(document.url.starts_with("https://") && document.compression_algorithm.is_none());
    }
    let wish = CreateReport {
        report_type: "GET_MERCHANT_LISTINGS_ALL_DATA",
        marketplaces: &[],
        data_start: None,
        data_end: None,
        options: std::collections::BTreeMap::new(),
    };
    for body in replies("reports_2021-06-30.json", "createReport").unwrap() {
        assert_eq!(wish.read(&response(&body)).unwrap(), "ID323");
    }
}

#[tokio::test]
async fn transactions_are_read() {
    let Some(bodies) = replies("finances_2024-06-19.json", "listTransactions") else { return };
    for body in bodies {
        let script = Script::of(vec![reply(200, &body)]);
        let page =
            finances::sweep_transactions(&script, &account(), &start(), now()).await.unwrap();
        assert!(page.more);
        let Body::Transaction(read) = &page.facts[0].body else { unreachable!("{page:?}") };
        assert_eq!(read.total.to_string(), "10.00 USD");
        assert_eq!(page.facts[0].subject.as_str(), "order:8129762527551");
        // Amazon's own example has no id and no status.
        assert!(read.transaction_id.starts_with("content:"));
    }
}

#[tokio::test]
async fn balances_and_summaries_are_read() {
    let Some(bodies) = replies("finances_2024-06-19.json", "listBalances") else { return };
    for body in bodies {
        let script = Script::of(vec![reply(200, &last_page(&body))]);
        let pulled = finances::balances(&script, &account(), None, now()).await.unwrap();
        let Body::Balance(read) = &pulled.facts[0].body else { unreachable!("{pulled:?}") };
        assert_eq!(read.total.to_string(), "15000.00 USD");
        assert_eq!(read.reserve.unwrap().to_string(), "-2000.00 USD");
    }
    for body in replies("finances_2024-06-19.json", "listSummary").unwrap() {
        let script = Script::of(vec![reply(200, &last_page(&body))]);
        let pulled = finances::summary(&script, &account(), "1", now()).await.unwrap();
        let Body::Summary(read) = &pulled.facts[0].body else { unreachable!("{pulled:?}") };
        assert_eq!(read.net_proceeds.to_string(), "8000.00 USD");
        // The example does not add up; what is missing has a part of its own.
        let sum = base::Money::sum(read.parts.iter().map(|part| part.amount), base::Currency::USD);
        assert_eq!(sum.unwrap(), read.net_proceeds);
    }
}

#[tokio::test]
async fn payment_groups_are_read() {
    let Some(bodies) = replies("financesV0.json", "listFinancialEventGroups") else { return };
    for body in bodies {
        if body.contains("errors") {
            continue;
        }
        let script = Script::of(vec![reply(200, &body)]);
        let page = finances::event_groups(&script, &account(), &start(), now()).await.unwrap();
        let Body::PaymentGroup(read) = &page.facts[0].body else { unreachable!("{page:?}") };
        assert_eq!(read.original_total.unwrap().to_string(), "10.34 USD");
    }
}

#[tokio::test]
async fn payouts_are_read() {
    let Some(bodies) = replies("transfers_2024-06-01.json", "listPayouts") else { return };
    for body in bodies {
        let script = Script::of(vec![reply(200, &body)]);
        let page = payouts::sweep_payouts(&script, &account(), &start(), now()).await.unwrap();
        let Body::Payout(last) = &page.facts.last().unwrap().body else { unreachable!() };
        assert_eq!((&last.status, page.facts.len()), (&PayoutStatus::Paid, 3));
        assert_eq!(last.amount.unwrap().to_string(), "1250.75 USD");
    }
    for body in replies("transfers_2024-06-01.json", "listExpectedPayouts").unwrap() {
        let script = Script::of(vec![reply(200, &last_page(&body))]);
        let found = payouts::expected(&script, &account(), now()).await.unwrap();
        assert_eq!(found[0].amount.unwrap().to_string(), "2547.89 USD");
    }
}
