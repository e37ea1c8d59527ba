//! Dead letters from end to end: refused by Xero, listed, mended by a rule, replayed in bulk with
//! `kill -9` in the middle, and posted once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/served.rs"]
mod served;

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use app::home::Home;
use sandbox::server::{Sandbox, SandboxOptions};
use serde_json::Value;

use crate::served::{Served, present};

const ORDERS: usize = 1_200;
/// The code of a new book's sales account in the simulated organisation, and of another one that
/// fits.
const SALES: &str = "200";
const OTHER: &str = "260";

fn serve(seed: u64) -> Served {
    Served::start(SandboxOptions { defects_per_mille: 0, ..present(seed, ORDERS) })
}

fn command(home: &Path, args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
    for name in ["DAYBOOK_HOME", "DAYBOOK_DATABASE", "DAYBOOK_MASTER_KEY"] {
        command.env_remove(name);
    }
    command.arg("--json").arg("--home").arg(home).args(args);
    command.stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a verb prints; it must end well.
fn daybook(home: &Path, args: &[&str]) -> Value {
    let output = command(home, args).output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{args:?}: {text}");
    serde_json::from_str(&text).unwrap_or(Value::Null)
}

#[track_caller]
fn refused(home: &Path, args: &[&str], code: &str) {
    let output = command(home, args).output().unwrap();
    assert!(!output.status.success(), "{args:?}");
    let printed: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(printed.pointer("/error/code").unwrap(), code, "{args:?}");
}

fn run(home: &Path) {
    daybook(home, &["run", "--until-quiet"]);
}

/// Kills a process once something has come about, or lets it end by itself.
fn kill_when(mut child: Child, has_come: impl Fn() -> bool) {
    while child.try_wait().unwrap().is_none() {
        if has_come() {
            drop(child.kill());
            child.wait().unwrap();
            return;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
}

fn count(home: &Path, args: &[&str]) -> u64 {
    daybook(home, args).pointer("/count").and_then(Value::as_u64).unwrap()
}

/// The rules now post sales elsewhere.
fn mend(home: &Path, world: &Sandbox) {
    let accounts = world.xero().ledger().accounts;
    let other = accounts.into_iter().find(|account| account.code == OTHER).unwrap();
    let mut rules = daybook(home, &["rules", "show"]);
    *rules.pointer_mut("/accounts/sales").unwrap() = Value::from(other.id);
    let file = home.join("rules.json");
    std::fs::write(&file, serde_json::to_string(&rules).unwrap()).unwrap();
    daybook(home, &["rules", "publish", file.to_str().unwrap()]);
}

/// What a person sees of the letters, before anything is done.
fn looked_at(home: &Path, dead: u64) {
    assert_eq!(count(home, &["letters", "--code", "account_archived", "--kind", "invoice"]), dead);
    assert_eq!(count(home, &["letters", "--code", "period_locked"]), 0);
    assert_eq!(count(home, &["letters", "--since", "2020-01-01"]), dead);
    assert_eq!(count(home, &["letters", "--since", "2999-01-01"]), 0);
    let list = daybook(home, &["letters"]);
    let first = list.pointer("/letters/0").unwrap();
    let id = first.pointer("/id").and_then(Value::as_str).unwrap();
    let shown = daybook(home, &["letters", "show", id]);
    let shown = shown.pointer("/0").unwrap();
    let text = |place: &str| shown.pointer(place).and_then(Value::as_str).unwrap();
    assert_eq!(text("/letter/code"), "account_archived");
    assert!(text("/what_to_do").starts_with("Restore the account in Xero"));
    let exchange = shown.pointer("/exchanges/0").unwrap().to_string();
    assert!(exchange.contains("idempotency-key") && exchange.contains("archived"), "{exchange}");
    assert!(!exchange.to_lowercase().contains("bearer"), "{exchange}");

    refused(home, &["letters", "show", "nonsense"], "letter_unknown");
    refused(home, &["letters", "replay"], "letter_unclear");
    refused(home, &["letters", "ignore", id, "--reason", " "], "letter_unclear");
    // A preview does nothing.
    assert_eq!(count(home, &["letters", "replay", "--all", "--dry-run"]), dead);
    assert_eq!(count(home, &["letters"]), dead);
    // One is put aside, said who and why, and taken up again.
    let aside = ["letters", "ignore", id, "--reason", "by hand", "--as", "Ann"];
    assert_eq!(count(home, &aside), 1);
    assert_eq!(count(home, &["letters"]), dead - 1);
    let ignored = daybook(home, &["letters", "--ignored"]);
    assert_eq!(ignored.pointer("/letters/0/ignored/who").unwrap(), "Ann");
    let subject = first.pointer("/subject").and_then(Value::as_str).unwrap();
    let order = subject.strip_prefix("order:").unwrap();
    let told = daybook(home, &["explain", order]).to_string();
    assert!(told.contains("\"ignored\":\"by hand\""), "{told}");
}

#[test]
fn a_bulk_replay_that_is_killed_in_the_middle_doubles_nothing() {
    let Served { world, url } = serve(11);
    let folder = tempfile::tempdir().unwrap();
    let home = folder.path();
    daybook(home, &["connect", "--sandbox", &url]);
    assert!(world.xero().archive_account(SALES));
    run(home);
    let dead = count(home, &["letters"]);
    assert!(dead > 200, "{dead} letters are one transaction's worth");
    assert_eq!(world.truth().posted, 0);
    looked_at(home, dead);

    mend(home, &world);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let store = runtime.block_on(Home::read(home).unwrap().store()).unwrap();
    let book = runtime.block_on(store.books()).unwrap().remove(0).id;
    let left = || {
        let letters = runtime.block_on(store.letters(&book)).unwrap();
        letters.iter().filter(|letter| letter.ignored.is_none()).count()
    };
    let mut kills = Vec::new();
    while left() > 0 {
        let before = left();
        let replay = command(home, &["letters", "replay", "--all"]).spawn().unwrap();
        kill_when(replay, || left() < before);
        kills.push(left());
    }
    println!("letters that were left after each kill: {kills:?}");
    assert!(kills.iter().any(|left| *left > 0), "no replay was killed in the middle");
    // The posting is killed too, with a request on the wire.
    let run_once = command(home, &["run", "--until-quiet"]).spawn().unwrap();
    kill_when(run_once, || world.xero().ledger().invoices.len() > 300);
    assert!(world.truth().posted < world.truth().should_post);
    daybook(home, &["letters", "replay", "--all", "--reason", "another account"]);
    // What was put aside is replayed by its name alone.
    let ignored = daybook(home, &["letters", "--ignored"]);
    let id = ignored.pointer("/letters/0/id").and_then(Value::as_str).unwrap();
    daybook(home, &["letters", "replay", id]);
    run(home);

    assert_eq!(count(home, &["letters"]), 0);
    assert_eq!(count(home, &["letters", "--ignored"]), 0);
    let truth = world.truth();
    assert_eq!(truth.duplicates_ids, Vec::<String>::new());
    assert_eq!(truth.lost_ids, Vec::<String>::new());
    assert_eq!(truth.payments_wrong, vec![]);
    assert_eq!(truth.posted, truth.should_post);
    let ledger = world.xero().ledger();
    let lines = ledger.invoices.iter().flat_map(|invoice| &invoice.lines);
    assert!(lines.clone().all(|line| line.account_code != SALES));
    assert!(lines.clone().any(|line| line.account_code == OTHER));
}
