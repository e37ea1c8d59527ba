use amazon::source::PullStop;
use amazon::source::reports::{
    FetchedReport, ReportRef, ReportsPage, ReportsPosition, fetch_report, sweep_reports,
};
use base::{Host, Response, Sent, Timestamp};
use facts::Body;

use crate::script::{Script, account, at, denied, invalid, now, reply};

fn report(id: &str, rest: &str) -> String {
    format!(
        r#"{{"reportId":"{id}","reportType":"GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2","processingStatus":"DONE","marketplaceIds":["A1F83G8C2ARO7P"],
        "createdTime":"2026-11-16T10:00:00Z","dataStartTime":"2026-11-01T10:00:00Z","dataEndTime":"2026-11-15T10:00:00Z"{rest}}}"#
    )
}

fn list(reports: &[String], token: &str) -> Sent {
    let token = if token.is_empty() { String::new() } else { format!(r#","nextToken":"{token}""#) };
    reply(200, &format!(r#"{{"reports":[{}]{token}}}"#, reports.join(",")))
}

const DOCUMENT: &str = r#","reportDocumentId":"D-1""#;

async fn sweep(script: &Script, position: &ReportsPosition) -> Result<ReportsPage, PullStop> {
    sweep_reports(script, &account(), position, now()).await
}

fn listed(text: &str) -> ReportsPosition {
    ReportsPosition { listed: Some(at(text)), page: None }
}

#[tokio::test]
async fn the_first_list_reaches_as_far_back_as_amazon_keeps_reports() {
    let script = Script::of(vec![list(&[report("1", DOCUMENT), report("1", DOCUMENT)], "")]);
    let page = sweep(&script, &ReportsPosition::default()).await.unwrap();
    assert_eq!(
        script.asked(),
        [
            "/reports/2021-06-30/reports?reportTypes=GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2&processingStatuses=DONE&pageSize=100&createdSince=2026-08-26T12%3A10%3A00.000Z"
        ]
    );
    assert_eq!((page.more, page.missed_since), (false, None));
    assert_eq!(page.next, listed("2026-11-24T12:00:00Z"));
    let expected = ReportRef {
        report_id: "1".to_owned(),
        document_id: "D-1".to_owned(),
        created: at("2026-11-16T10:00:00Z"),
        marketplace_ids: vec!["A1F83G8C2ARO7P".to_owned()],
        data_start: Some(at("2026-11-01T10:00:00Z")),
        data_end: Some(at("2026-11-15T10:00:00Z")),
    };
    assert_eq!(page.reports, [expected]);
}

#[tokio::test]
async fn the_next_list_reaches_back_into_the_last_one() {
    let script = Script::of(vec![list(&[], "")]);
    sweep(&script, &listed("2026-11-23T12:00:00Z")).await.unwrap();
    assert!(script.asked()[0].ends_with("createdSince=2026-11-16T12%3A00%3A00.000Z"));
}

#[tokio::test]
async fn the_next_page_is_asked_for_by_its_token_alone() {
    let script = Script::of(vec![list(&[], "t2"), list(&[report("2", DOCUMENT)], "")]);
    let first = sweep(&script, &ReportsPosition::default()).await.unwrap();
    assert!(first.more);
    assert_eq!(ReportsPosition::parse(&first.next.to_text()), Some(first.next.clone()));
    let later = now().after_ms(Timestamp::HOUR);
    let second = sweep_reports(&script, &account(), &first.next, later).await.unwrap();
    assert_eq!(script.asked()[1], "/reports/2021-06-30/reports?nextToken=t2");
    // The list was begun an hour ago: what was made since is not in it.
    assert_eq!((second.next, second.more), (listed("2026-11-24T12:00:00Z"), false));
}

#[tokio::test]
async fn a_page_token_that_is_old_or_refused_starts_the_list_again() {
    let script = Script::of(vec![list(&[], "t2"), invalid()]);
    let first = sweep(&script, &listed("2026-11-20T12:00:00Z")).await.unwrap();
    let again = sweep(&script, &first.next).await.unwrap();
    assert_eq!((again.next, again.more), (listed("2026-11-20T12:00:00Z"), true));
    assert!(again.restarted.is_some());
    let tomorrow = now().after_ms(Timestamp::DAY);
    let page = sweep_reports(&script, &account(), &first.next, tomorrow).await.unwrap();
    assert!(page.restarted.is_some() && script.asked().len() == 2);
}

#[tokio::test]
async fn what_was_lost_in_a_long_pause_is_told() {
    let script = Script::of(vec![list(&[], "")]);
    let page = sweep(&script, &listed("2026-06-01T00:00:00Z")).await.unwrap();
    assert_eq!(page.missed_since, Some(at("2026-06-01T00:00:00Z")));
    assert!(script.asked()[0].ends_with("createdSince=2026-08-26T12%3A10%3A00.000Z"));
}

#[tokio::test]
async fn a_done_report_without_a_document_is_seen() {
    let script = Script::of(vec![list(&[report("1", ""), report("2", DOCUMENT)], "")]);
    let page = sweep(&script, &ReportsPosition::default()).await.unwrap();
    assert_eq!((page.reports.len(), page.facts.len()), (1, 1));
    assert_eq!(page.facts[0].subject.as_str(), "settlement:report:1");
    let Body::Unreadable { reason } = &page.facts[0].body else { unreachable!() };
    assert_eq!(reason, "reportDocumentId is missing");
}

#[tokio::test]
async fn reports_of_another_kind_or_state_are_not_taken() {
    let other = report("1", DOCUMENT).replace("FLAT_FILE_V2", "XML");
    let unfinished = report("2", DOCUMENT).replace("DONE", "IN_PROGRESS");
    let script = Script::of(vec![list(&[other, unfinished], "")]);
    assert!(sweep(&script, &ReportsPosition::default()).await.unwrap().reports.is_empty());
}

#[tokio::test]
async fn a_missing_role_is_told() {
    let stop = sweep(&Script::of(vec![denied()]), &ReportsPosition::default()).await.unwrap_err();
    assert!(stop.is_role_missing());
}

fn reference() -> ReportRef {
    ReportRef {
        report_id: "1".to_owned(),
        document_id: "D-1".to_owned(),
        created: at("2026-11-16T10:00:00Z"),
        marketplace_ids: Vec::new(),
        data_start: None,
        data_end: None,
    }
}

fn place(rest: &str) -> Sent {
    let url = "https://files.example/x?X-Amz-Signature=1";
    reply(200, &format!(r#"{{"reportDocumentId":"D-1","url":"{url}"{rest}}}"#))
}

fn bytes(body: &[u8], content_type: &str) -> Sent {
    let headers = vec![("content-type".to_owned(), content_type.to_owned())];
    Sent::Reply(Response { status: 200, headers, body: body.to_vec() })
}

#[tokio::test]
async fn a_document_is_fetched_as_it_lies_and_without_our_headers() {
    let gzip = [0x1f, 0x8b, 0x08, 0x00];
    let script = Script::of(vec![
        place(r#","compressionAlgorithm":"GZIP""#),
        bytes(&gzip, "text/plain;charset=Cp1252"),
    ]);
    let fetched = fetch_report(&script, &reference(), now()).await.unwrap();
    assert_eq!((fetched.bytes.as_slice(), fetched.gzip), (gzip.as_slice(), true));
    assert_eq!(fetched.charset.as_deref(), Some("Cp1252"));
    let requests = script.requests();
    assert_eq!(requests[0].target(), "/reports/2021-06-30/documents/D-1");
    assert_eq!(requests[1].target(), "https://files.example/x?X-Amz-Signature=1");
    assert_eq!((requests[1].host, requests[1].headers.len()), (Host::Presigned, 0));
    let (hash, document) = (fetched.hash.clone(), fetched.into_document());
    assert_eq!((document.hash, document.kind.as_str()), (hash, "amazon.settlement_report"));
}

#[tokio::test]
async fn an_address_that_ran_out_is_asked_for_once_more_and_no_more() {
    let expired = || {
        reply(403, "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>")
    };
    let script = Script::of(vec![place(""), expired(), place(""), bytes(b"a", "text/plain")]);
    let fetched = fetch_report(&script, &reference(), now()).await.unwrap();
    assert_eq!(fetched, FetchedReport::of(b"a".to_vec(), None));
    let script = Script::of(vec![place(""), expired(), place(""), expired()]);
    let stop = fetch_report(&script, &reference(), now()).await.unwrap_err();
    assert_eq!(stop.remedy(), amazon::Remedy::Person);
    assert!(!stop.is_role_missing());
}

#[tokio::test]
async fn a_document_that_does_not_come_is_asked_for_later() {
    let lost = Sent::Lost("timeout".to_owned());
    for answer in [reply(503, ""), reply(429, ""), lost] {
        let script = Script::of(vec![place(""), answer]);
        let stop = fetch_report(&script, &reference(), now()).await.unwrap_err();
        assert_eq!(stop.remedy(), amazon::Remedy::Later, "{stop}");
    }
    let script = Script::of(vec![denied()]);
    assert!(fetch_report(&script, &reference(), now()).await.unwrap_err().is_role_missing());
}

#[tokio::test]
async fn a_compression_that_nobody_knows_is_not_taken_for_the_report() {
    let script = Script::of(vec![place(r#","compressionAlgorithm":"ZSTD""#)]);
    let stop = fetch_report(&script, &reference(), now()).await.unwrap_err();
    assert!(stop.to_string().contains("ZSTD"));
}
