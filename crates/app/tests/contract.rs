//! The vendors' own files say yes: every request of a run and every reply to it passes a validating
//! proxy, one for each file of `DAYBOOK_SPECS` that is concerned. So neither our requests nor the
//! sandbox's replies are our own idea of the API.
//!
//! The proxy reads numbers into doubles and writes them anew: nothing here is about exactness.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;
#[path = "contract/checked.rs"]
mod checked;
#[path = "contract/prism.rs"]
mod prism;
#[path = "contract/worlds.rs"]
mod worlds;

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use app::transport::{Carrier as _, Wire};
use axum::Router;
use base::{Host, Method, Request, Sent};
use checked::{Violation, judge};
use prism::Prism;
use sandbox::Fault;
use tokio::net::TcpListener;
use worlds::Worlds;

/// A status that a vendor sends and its file does not have.
struct NotInTheFile {
    file: &'static str,
    status: u16,
    because: &'static str,
}

/// Tolerated where the simulated vendor was told to fail, and nowhere else. Nothing but a status is
/// tolerated at all.
const NOT_IN_THE_FILES: [NotInTheFile; 3] = [
    NotInTheFile {
        file: checked::ACCOUNTING,
        status: 401,
        because: "an access token ran out; the file has 200 and 400 alone",
    },
    NotInTheFile {
        file: checked::ACCOUNTING,
        status: 429,
        because: "a limit was met; the file has 200 and 400 alone",
    },
    NotInTheFile {
        file: checked::ACCOUNTING,
        status: 500,
        because: "Xero failed; the file has 200 and 400 alone",
    },
];

/// What the calm run must have done for its silence to mean anything: all that orders need, a
/// change before shipment and one after it.
const MUST_PASS: [&str; 25] = [
    "getDestinations",
    "createDestination",
    "getSubscription",
    "createSubscription",
    "getMarketplaceParticipations",
    "searchOrders",
    "GET /Accounts",
    "GET /Connections",
    "GET /Contacts",
    "GET /CreditNotes",
    "GET /Currencies",
    "GET /Invoices",
    "GET /Items",
    "GET /Organisation",
    "GET /Payments",
    "GET /Reports/TrialBalance",
    "GET /TaxRates",
    "GET /TrackingCategories",
    "POST /Invoices/{id}",
    "PUT /Contacts",
    "PUT /CreditNotes",
    "PUT /CreditNotes/{id}/Allocations",
    "PUT /Invoices",
    "PUT /Items",
    "PUT /Payments",
];

/// Which calls fail, in which way. Elements of a reply that are missing or cut off are left out: no
/// proxy would pass them on.
const FAILURES: [(&str, Fault); 9] = [
    ("amazon searchOrders", Fault::TooMany),
    ("amazon searchOrders", Fault::ErrorBefore),
    ("PUT /api.xro/2.0/Contacts", Fault::TooMany),
    ("PUT /api.xro/2.0/Items", Fault::ErrorBefore),
    ("PUT /api.xro/2.0/Invoices", Fault::TooMany),
    ("PUT /api.xro/2.0/Invoices", Fault::ErrorAfter),
    ("PUT /api.xro/2.0/Payments", Fault::ErrorBefore),
    ("PUT /api.xro/2.0/Payments", Fault::ErrorAfter),
    ("GET /api.xro/2.0/Invoices", Fault::ErrorBefore),
];

/// The folder of the vendors' files, or nothing after saying that the test is left out.
fn specs() -> Option<PathBuf> {
    let folder = std::env::var_os("DAYBOOK_SPECS").map(PathBuf::from);
    if folder.is_none() {
        say("skipped: DAYBOOK_SPECS does not name the folder of the vendors' OpenAPI files");
    }
    folder
}

/// Shown whether or not the test passes: not captured, as what `eprintln!` says would be.
fn say(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "contract: {text}"));
}

/// One test for both runs, because they share the proxies, which are slow to start.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_request_and_every_reply_keeps_to_the_vendors_files() {
    let Some(specs) = specs() else { return };
    let worlds = Worlds::start(&specs).await;
    a_calm_run_breaks_nothing(&worlds).await;
    a_run_with_failures_meets_statuses_that_the_files_lack_and_no_more(&worlds).await;
}

async fn a_calm_run_breaks_nothing(worlds: &Worlds) {
    let world = worlds.begin_live();
    let report = worlds.play(&world, |_any| true, || {}).await;
    let (passed, found) = worlds.checked.take();
    assert_none(&found);
    for (operation, calls) in &passed {
        say(&format!("{calls:>4}  {operation}"));
    }
    for operation in MUST_PASS {
        let was_called = passed.keys().any(|key| key.ends_with(&format!(": {operation}")));
        assert!(was_called, "the run has no {operation}: it proves less than it should");
    }
    let truth = world.truth();
    assert_eq!(truth.posted, truth.should_post);
    assert_eq!(truth.unknown_names, vec![]);
    assert!(report.agrees, "{:?}", report.differences);
}

async fn a_run_with_failures_meets_statuses_that_the_files_lack_and_no_more(worlds: &Worlds) {
    let world = worlds.begin_past();
    for (operation, fault) in FAILURES {
        world.kit().faults.script(operation, fault);
    }
    let expire = || {
        world.xero().expire_access_tokens();
        world.amazon().expire_access_tokens();
    };
    let report = worlds.play(&world, |found| !found.is_status_alone, expire).await;
    let (_passed, found) = worlds.checked.take();
    let (tolerated, broken): (Vec<_>, Vec<_>) = found.into_iter().partition(is_tolerated);
    assert_none(&broken);
    for one in &tolerated {
        say(&format!("tolerated: {} {} of {}", one.status, one.operation, one.file));
    }
    let met: BTreeSet<(&str, u16)> = tolerated.iter().map(|one| (one.file, one.status)).collect();
    for one in NOT_IN_THE_FILES {
        let is_met = met.contains(&(one.file, one.status));
        assert!(is_met, "{} {} was never met ({})", one.file, one.status, one.because);
    }
    let truth = world.truth();
    assert_eq!(truth.posted, truth.should_post);
    assert_eq!(truth.duplicates_ids, Vec::<String>::new());
    assert!(report.agrees, "{:?}", report.differences);
}

fn is_tolerated(found: &Violation) -> bool {
    let listed =
        NOT_IN_THE_FILES.iter().any(|one| one.file == found.file && one.status == found.status);
    found.is_status_alone && listed
}

#[track_caller]
fn assert_none(found: &[Violation]) {
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} calls break the contract:\n{}", found.len(), words.join("\n"));
}

/// The proxies would be no proof if they let everything through.
#[tokio::test]
async fn a_proxy_keeps_back_what_breaks_the_file() {
    let Some(specs) = specs() else { return };
    let tenant = "4ac2549d-e7bc-4a4e-be90-9b7e5760abb9";
    let good = format!(r#"[{{"id":"{tenant}","tenantId":"{tenant}"}}]"#);
    let asked = || Request::new(Method::Get, Host::Connections, "/Connections");
    let with_token = || asked().header("authorization", "Bearer abc");
    let seen = replies(&specs, &good, &[with_token(), asked()]).await;
    assert_eq!(seen.get(&0), None, "the file allows it");
    assert!(seen.contains_key(&1), "a request without a token was passed on");
    let seen = replies(&specs, r#"[{"id":5}]"#, &[with_token()]).await;
    assert!(seen.contains_key(&0), "a reply with a number for an id was passed on");
}

/// Which of the requests a proxy has something to say about, where every reply is `body`.
async fn replies(specs: &Path, body: &str, requests: &[Request]) -> BTreeMap<usize, String> {
    let body = body.to_owned();
    let answer = move || async move { ([("content-type", "application/json")], body) };
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let upstream = format!("http://{}", listener.local_addr().unwrap());
    let router = Router::new().fallback(answer);
    let served = tokio::spawn(async move { axum::serve(listener, router).await });
    let prism = Prism::start(&specs.join(checked::IDENTITY), &upstream).wait();
    let wire = Wire::new().unwrap();
    let mut said = BTreeMap::new();
    for (index, request) in requests.iter().enumerate() {
        let Sent::Reply(reply) = wire.carry(&prism.url, request).await else {
            panic!("the proxy gave no answer");
        };
        said.extend(judge(&reply).map(|(_, words)| (index, words)));
    }
    served.abort();
    said
}
