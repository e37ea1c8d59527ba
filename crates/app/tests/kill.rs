//! `kill -9` of `daybook run` at random moments, restarted each time, ends in the same books as an
//! undisturbed run. The sandbox is never killed: vendors do not die with us.
//! `DAYBOOK_KILLS` asks for more kills than the ordinary run has.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/served.rs"]
mod served;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use sandbox::random::Random;
use sandbox::server::Sandbox;

use crate::served::{Served, present};

const DAYBOOK: &str = env!("CARGO_BIN_EXE_daybook");
const KILLS: u32 = 24;
/// Kills in one world; worlds run side by side, since each waits for what was on the wire.
const KILLS_A_WORLD: u32 = 12;
const ORDERS: usize = 240;

fn daybook(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(DAYBOOK);
    for name in ["DAYBOOK_HOME", "DAYBOOK_DATABASE", "DAYBOOK_MASTER_KEY"] {
        command.env_remove(name);
    }
    command.arg("--home").arg(home).args(args).stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

fn connect(home: &Path, url: &str) {
    let output = daybook(home, &["connect", "--sandbox", url]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

/// Runs to its end; `Err` holds what it said.
fn run(home: &Path) -> Child {
    daybook(home, &["run", "--until-quiet"]).spawn().unwrap()
}

/// What a ledger comes to, without the ids that differ from world to world.
fn books(world: &Sandbox) -> BTreeMap<String, String> {
    let ledger = world.xero().ledger();
    let mut books = BTreeMap::new();
    for document in ledger.invoices.iter().chain(&ledger.credit_notes) {
        let text = format!(
            "{} {} {} total {} tax {} paid {}",
            document.kind,
            document.status,
            document.currency,
            document.total,
            document.total_tax,
            document.amount_paid
        );
        let old = books.insert(document.number.clone(), text);
        assert_eq!(old, None, "two documents are numbered {}", document.number);
    }
    books
}

/// Kills the run at random moments until it ends by itself. Says how often it was killed.
fn disturb(seed: u64, url: &str, kills: u32) -> u32 {
    let home = tempfile::tempdir().unwrap();
    connect(home.path(), url);
    let mut random = Random::stream(seed, "kills");
    let mut killed = 0;
    while killed < kills {
        let mut child = run(home.path());
        let wait = Duration::from_millis(5 + random.below(350));
        if ends_within(&mut child, wait) {
            break;
        }
        child.kill().unwrap();
        child.wait().unwrap();
        killed += 1;
    }
    let output = run(home.path()).wait_with_output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    killed
}

#[expect(clippy::disallowed_methods, reason = "a kill at a random moment needs the real clock")]
fn ends_within(child: &mut Child, wait: Duration) -> bool {
    let end = std::time::Instant::now() + wait;
    while std::time::Instant::now() < end {
        if child.try_wait().unwrap().is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(2));
    }
    false
}

fn world(seed: u64, kills: u32) -> u32 {
    let calm = Served::start(present(seed, ORDERS));
    let home = tempfile::tempdir().unwrap();
    connect(home.path(), &calm.url);
    assert!(run(home.path()).wait().unwrap().success());

    let stormy = Served::start(present(seed, ORDERS));
    let killed = disturb(seed, &stormy.url, kills);

    let truth = stormy.world.truth();
    assert_eq!(truth.duplicates_ids, Vec::<String>::new(), "seed {seed}");
    assert_eq!(truth.lost_ids, Vec::<String>::new(), "seed {seed}");
    assert_eq!(truth.payments_wrong, vec![], "seed {seed}");
    assert_eq!(books(&stormy.world), books(&calm.world), "seed {seed}");
    killed
}

#[test]
fn a_run_that_is_killed_ends_in_the_same_books() {
    let wanted: u32 =
        std::env::var("DAYBOOK_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    let worlds: Vec<_> = (0..u64::from(wanted.div_ceil(KILLS_A_WORLD)))
        .map(|seed| std::thread::spawn(move || world(seed + 1, KILLS_A_WORLD)))
        .collect();
    let killed: u32 = worlds.into_iter().map(|one| one.join().unwrap()).sum();
    println!("killed {killed} times");
    assert!(killed >= wanted / 2, "killed only {killed} times");
}
