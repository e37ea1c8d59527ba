use axum::body::Body;
use axum::http::Request;
use base::{Clock, Timestamp};
use serde::Deserialize;

use super::client::{Reply, START, World, months, world_with};
use crate::amazon::Region;
use crate::amazon::history::Setting;

const TYPES: &str = "reportTypes=GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";
const REPORTS: &str = "reports/2021-06-30/reports";

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listed {
    reports: Vec<Report>,
    next_token: Option<String>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    report_id: String,
    report_document_id: String,
    created_time: String,
    processing_status: String,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    url: String,
    compression_algorithm: Option<String>,
}

async fn reports(world: &World, query: &str) -> Reply {
    world.ask(&format!("{REPORTS}?{query}")).await
}

async fn document(world: &World, id: &str, query: &str) -> Document {
    world.ask(&format!("reports/2021-06-30/documents/{id}?{query}")).await.read()
}

/// Asks the file store, as a client without Amazon's headers.
async fn download(world: &World, url: &str) -> Reply {
    let path = url.strip_prefix("/amazon").unwrap();
    world.send(Request::get(path).body(Body::empty()).unwrap()).await
}

#[tokio::test]
async fn reports_of_ninety_days_are_listed_newest_first_over_pages() {
    let world = world_with(months(Setting::UkVat), false);
    let all: Listed = reports(&world, &format!("{TYPES}&pageSize=100")).await.read();
    assert!((5..8).contains(&all.reports.len()) && all.next_token.is_none());
    assert!(all.reports.windows(2).all(|pair| pair[0].created_time > pair[1].created_time));
    let oldest = START.after_ms(-90 * Timestamp::DAY).iso();
    assert!(all.reports.iter().all(|report| report.created_time >= oldest));
    let mut walked = Vec::new();
    let mut query = format!("{TYPES}&pageSize=2");
    loop {
        let page: Listed = reports(&world, &query).await.read();
        assert!(page.reports.len() <= 2);
        walked.extend(page.reports);
        let Some(token) = page.next_token else { break };
        assert_eq!(reports(&world, &format!("{TYPES}&nextToken={token}")).await.status, 400);
        query = format!("nextToken={token}");
    }
    assert_eq!(walked, all.reports);
}

#[tokio::test]
async fn the_rules_of_get_reports_are_kept() {
    let world = world_with(months(Setting::UkVat), false);
    let early = START.after_ms(-91 * Timestamp::DAY).iso();
    for query in [
        String::new(),
        "pageSize=10".to_owned(),
        "nextToken=abc".to_owned(),
        format!("{TYPES}&pageSize=101"),
        format!("{TYPES}&pageSize=0"),
        format!("{TYPES}&processingStatuses=READY"),
        format!("{TYPES}&createdSince={early}"),
        format!("{TYPES}&createdSince=yesterday"),
        format!("{TYPES}&marketplaceIds=NOWHERE"),
    ] {
        assert_eq!(reports(&world, &query).await.status, 400, "{query}");
    }
    let other = reports(&world, "reportTypes=GET_FLAT_FILE_OPEN_LISTINGS_DATA").await;
    assert!(other.read::<Listed>().reports.is_empty());
    let old = "reportTypes=GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE";
    assert!(reports(&world, old).await.read::<Listed>().reports.is_empty());
    let queued = reports(&world, &format!("{TYPES}&processingStatuses=IN_QUEUE")).await;
    assert!(queued.read::<Listed>().reports.is_empty());
}

#[tokio::test]
async fn a_report_comes_when_the_clock_passes_it_and_goes_after_ninety_days() {
    let world = world_with(months(Setting::UkVat), false);
    let next = world.history().reports.iter().find(|of| of.created > START).unwrap();
    let path = format!("{REPORTS}/{}", next.id);
    assert_eq!(world.ask(&path).await.status, 404);
    world.clock.advance_to(next.created);
    let report: Report = world.ask(&path).await.read();
    assert_eq!(report.report_document_id, next.document_id);
    assert_eq!(report.processing_status, "DONE");
    world.clock.advance_to(next.created.after_ms(90 * Timestamp::DAY));
    assert_eq!(world.ask(&path).await.status, 200);
    world.clock.advance_to(next.created.after_ms(91 * Timestamp::DAY));
    assert_eq!(world.ask(&path).await.status, 404);
    let path = format!("reports/2021-06-30/documents/{}", next.document_id);
    assert_eq!(world.ask(&path).await.status, 404);
}

#[tokio::test]
async fn a_settlement_report_cannot_be_asked_for() {
    let world = world_with(months(Setting::Us), false);
    let token = world.token(Region::Na).await;
    let post = |body: &'static str| {
        let request = Request::post(format!("/na/{REPORTS}"))
            .header("user-agent", "Test/1.0")
            .header("x-amz-access-token", &token)
            .header("content-length", body.len())
            .body(Body::from(body))
            .unwrap();
        world.send(request)
    };
    let settlement = r#"{"reportType":"GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2","marketplaceIds":["ATVPDKIKX0DER"]}"#;
    let reply = post(settlement).await;
    assert_eq!(reply.status, 400);
    assert!(reply.text.contains("Request for report type 1118 is not allowed"));
    assert_eq!(post("{}").await.status, 400);
}

#[tokio::test]
async fn a_documents_address_dies_after_five_minutes_and_takes_no_other_headers() {
    let world = world_with(months(Setting::UkVat), false);
    let all: Listed = reports(&world, TYPES).await.read();
    let id = &all.reports[0].report_document_id;
    let url = document(&world, id, "").await.url;
    let reply = download(&world, &url).await;
    assert_eq!(reply.status, 200);
    let report = world.history().reports.iter().find(|of| of.document_id == *id).unwrap();
    assert_eq!(reply.bytes, world.history().document(report));
    assert_eq!(reply.header("content-type"), Some(report.content_type));
    let path = url.strip_prefix("/amazon").unwrap();
    let with_token = Request::get(path).header("x-amz-access-token", "Atza|x");
    let refused = world.send(with_token.body(Body::empty()).unwrap()).await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.starts_with("<?xml"));
    let forged = url.replace("Signature=", "Signature=0");
    assert_eq!(download(&world, &forged).await.status, 403);
    world.clock.advance_to(world.clock.now().after_ms(5 * Timestamp::MINUTE));
    assert_eq!(download(&world, &url).await.status, 200);
    world.clock.advance_to(world.clock.now().after_ms(1));
    let late = download(&world, &url).await;
    assert_eq!(late.status, 403);
    assert!(late.text.contains("Request has expired"));
}

#[tokio::test]
async fn some_documents_are_packed_and_can_say_so() {
    let world = world_with(months(Setting::UkVat), false);
    let all: Listed = reports(&world, TYPES).await.read();
    let (mut packed, mut plain) = (0, 0);
    for report in &all.reports {
        let id = &report.report_document_id;
        let silent = document(&world, id, "").await;
        let telling = document(&world, id, "enableContentEncodingUrlHeader=true").await;
        let encoding = |reply: &Reply| reply.header("content-encoding").map(str::to_owned);
        let silent_reply = download(&world, &silent.url).await;
        let telling_reply = download(&world, &telling.url).await;
        assert_eq!(encoding(&silent_reply), None);
        if silent.compression_algorithm.as_deref() == Some("GZIP") {
            packed += 1;
            assert!(silent_reply.bytes.starts_with(&[0x1f, 0x8b]));
            assert_eq!(encoding(&telling_reply).as_deref(), Some("gzip"));
        } else {
            plain += 1;
            assert!(silent_reply.bytes.starts_with(b"settlement-id\t"));
            assert_eq!(encoding(&telling_reply), None);
        }
    }
    assert!(packed > 0 && plain > 0);
}

#[tokio::test]
async fn behind_a_host_the_address_is_whole() {
    let world = world_with(months(Setting::UkVat), false);
    let all: Listed = reports(&world, TYPES).await.read();
    let token = world.token(Region::Eu).await;
    let id = &all.reports[0].report_document_id;
    let request = Request::get(format!("/eu/reports/2021-06-30/documents/{id}"))
        .header("user-agent", "Test/1.0")
        .header("host", "127.0.0.1:4010")
        .header("x-amz-access-token", &token)
        .body(Body::empty())
        .unwrap();
    let document: Document = world.send(request).await.read();
    assert!(document.url.starts_with("http://127.0.0.1:4010/amazon/documents/amzn1.spdoc."));
}

#[tokio::test]
async fn reports_have_the_rates_of_the_model() {
    let world = world_with(months(Setting::UkVat), true);
    for _ in 0..10 {
        let reply = reports(&world, TYPES).await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.header("x-amzn-ratelimit-limit"), Some("0.0222"));
    }
    assert_eq!(reports(&world, TYPES).await.status, 429);
    let document = || world.ask("reports/2021-06-30/documents/none");
    for _ in 0..15 {
        assert_eq!(document().await.status, 404);
    }
    assert_eq!(document().await.status, 429);
    world.clock.advance_to(world.clock.now().after_ms(59_881));
    assert_eq!(document().await.status, 404);
}

#[tokio::test]
async fn another_region_has_no_report() {
    let world = world_with(months(Setting::Us), false);
    let token = world.token(Region::Eu).await;
    let reply = world.get(&token, &format!("/eu/{REPORTS}?{TYPES}")).await;
    assert!(reply.read::<Listed>().reports.is_empty());
}
