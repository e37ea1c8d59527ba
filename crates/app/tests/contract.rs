//! The vendors' own files say yes: every request of a run and every reply to it passes a validating
//! proxy, one for each file of `DAYBOOK_SPECS` that is concerned. So neither our requests nor the
//! sandbox's replies are our own idea of the API.
//!
//! The proxy reads numbers into doubles and writes them anew: nothing here is about exactness.

#[path = "support/calm.rs"]
mod calm;
#[path = "contract/checked.rs"]
mod checked;
#[path = "contract/prism.rs"]
mod prism;

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use app::cli::books;
use app::home::Home;
use app::transport::{Carrier, Wire};
use axum::routing::get;
use base::{Host, Method, Request, Sent, Timestamp};
use checked::{Checked, Violation};
use prism::Prism;
use sandbox::Fault;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use tokio::net::TcpListener;

const START: &str = "2026-11-16T09:00:00Z";
const ORDERS: usize = 60;
const SEED: u64 = 7;

/// Statuses that a vendor sends and its file does not have. Nothing else is tolerated, and these
/// only where the simulated vendor was told to fail.
const NOT_IN_THE_FILE: [(&str, u16, &str); 3] = [
    ("xero/xero_accounting.yaml", 401, "the file has 200 and 400 alone; an access token ran out"),
    ("xero/xero_accounting.yaml", 429, "the file has 200 and 400 alone; a limit was met"),
    ("xero/xero_accounting.yaml", 500, "the file has 200 and 400 alone; Xero failed"),
];

/// The folder of the vendors' files, or nothing after saying that the test is left out.
fn specs() -> Option<PathBuf> {
    let folder = std::env::var_os("DAYBOOK_SPECS").map(PathBuf::from);
    if folder.is_none() {
        say("skipped: DAYBOOK_SPECS does not name the folder of the vendors' OpenAPI files");
    }
    folder
}

/// Shown whether or not the test passes.
fn say(text: &str) {
    writeln!(std::io::stderr(), "contract: {text}").unwrap();
}

/// A world on loopback, and a carrier that leads to it through the proxies.
struct Watched {
    world: Sandbox,
    clock: Arc<WorldClock>,
    url: String,
    checked: Arc<Checked>,
}

async fn watched(specs: &std::path::Path) -> Watched {
    let start = Timestamp::parse(START).unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        layout: Layout::Live,
        clock: clock.clone(),
        ..SandboxOptions::new(SEED, ORDERS, start)
    });
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(world.clone().serve(listener));
    let checked = Arc::new(Checked::start(specs, &url, &world.connection(&url)));
    Watched { world, clock, url, checked }
}

impl Watched {
    /// Connects a book and works it to the end, or to the first violation that `stop` names.
    async fn play(&self, stop: fn(&Violation) -> bool) -> app::report::Report {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::read(dir.path()).unwrap();
        let carrier: Arc<dyn Carrier> = self.checked.clone();
        let wish = calm::wish(carrier.as_ref(), &self.url).await;
        let engine = calm::connected(&home, self.clock.clone(), carrier, &wish).await;
        calm::work(&engine, &self.world, || self.checked.found().iter().any(stop)).await;
        books::report(&engine).await.unwrap_or_default()
    }
}

#[track_caller]
fn assert_none(found: &[Violation]) {
    let words: Vec<String> = found.iter().map(ToString::to_string).collect();
    assert!(found.is_empty(), "{} calls break the contract:\n{}", found.len(), words.join("\n"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_calm_run_keeps_to_both_vendors_files() {
    let Some(specs) = specs() else { return };
    let watched = watched(&specs).await;
    let report = watched.play(|_any| true).await;
    assert_none(&watched.checked.found());
    for (operation, calls) in watched.checked.passed() {
        say(&format!("{calls:>4}  {operation}"));
    }
    let truth = watched.world.truth();
    assert_eq!(truth.posted, truth.should_post);
    assert_eq!(truth.unknown_names, vec![]);
    assert!(report.agrees, "{:?}", report.differences);
}
