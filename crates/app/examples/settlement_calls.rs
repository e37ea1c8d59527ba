//! How many calls to Xero a month part of a settlement costs in summary, for benches.
//!
//! `cargo run --release --package app --example settlement_calls -- [MONTHS] [ORDERS]`
//!
//! A book is connected to a simulated seller on the first day of the months and worked until all of
//! their settlements are posted; a bookkeeper matches each bank line two days after it came. Every
//! call is counted on its way. `docs/benchmarks.md` says how to read the tables.

#![expect(clippy::print_stdout, reason = "the tables are what the program is for")]
#![expect(clippy::unwrap_used, reason = "a bench stops at the first surprise")]

#[path = "../tests/support/calm.rs"]
mod calm;

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::engine::Engine;
use app::home::Home;
use app::stages::Pace;
use app::transport::{Carrier, InProcess};
use base::{Host, Method, Request, Sent, Subject, Timestamp};
use intents::{Kind, State};
use mapping::Role;
use mapping::settlement::Way;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::{Edition, Mood, StatementLine};

/// Amazon is asked a few times a day, which costs Xero nothing; Xero is checked as in real life.
const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

const MONTHS: u32 = 6;
const ORDERS: usize = 120;

/// Days that a bank line waits for the bookkeeper.
const LATE: u32 = 2;

/// The most calls that a month part may cost.
const AIM: u64 = 5;

/// What settlements are written as.
const DOCUMENTS: [&str; 6] =
    ["Invoices", "CreditNotes", "Payments", "ManualJournals", "BankTransactions", "BankTransfers"];

/// What a call is made for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum For {
    /// The documents, and whether another tool made them before.
    Documents,
    /// Whether the bank's line was matched, and nothing else with it.
    Bank,
    Files,
    /// However many settlements there are: tokens, the chart, contacts, the daily sweep.
    Book,
}

const ALL: [For; 4] = [For::Documents, For::Bank, For::Files, For::Book];

/// Calls to Xero by purpose and operation.
type Calls = BTreeMap<(For, String), u64>;

/// Counts what goes to Xero.
struct Counted {
    inner: InProcess,
    calls: Mutex<Calls>,
}

/// A book that was worked through its months.
struct Worked {
    settlements: u64,
    parts: u64,
    set_up: u64,
    calls: Calls,
}

impl For {
    fn of(request: &Request) -> For {
        let asks = |name: &str| request.query.iter().any(|(key, _)| key == name);
        let narrowed = request.query.iter().find(|(key, _)| key == "where");
        let narrowed = narrowed.map_or("", |(_, condition)| condition.as_str());
        if request.host != Host::Api {
            return For::Book;
        }
        if request.path.contains("/Attachments") {
            return For::Files;
        }
        match (request.method, request.path.split('/').nth(1).unwrap_or_default()) {
            (Method::Get, "Payments" | "BankTransactions" | "BankTransfers") => For::Bank,
            (Method::Get, "Invoices") if asks("IDs") => For::Bank,
            // The sweep of what changed names no document.
            (Method::Get, "Invoices") if narrowed == "Type==\"ACCREC\"" => For::Book,
            (_, resource) if DOCUMENTS.contains(&resource) => For::Documents,
            _ => For::Book,
        }
    }

    fn text(self) -> &'static str {
        match self {
            For::Documents => "documents",
            For::Bank => "the bank's line",
            For::Files => "attachments",
            For::Book => "the book as a whole",
        }
    }
}

impl Carrier for Counted {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        if address.contains("/xero") {
            let mut path: Vec<&str> = request.path.split('/').collect();
            // Ids and names of files are each another operation.
            for at in [2, 4] {
                if let Some(part) = path.get_mut(at) {
                    *part = "{…}";
                }
            }
            let path = path.join("/");
            let path = if path.is_empty() { "a token" } else { &path };
            let operation = format!("{} {path}", request.method.as_str());
            let key = (For::of(request), operation);
            *self.calls.lock().unwrap().entry(key).or_default() += 1;
        }
        self.inner.carry(address, request)
    }
}

impl Worked {
    fn sum(&self, of: For) -> u64 {
        self.calls.iter().filter(|((purpose, _), _)| *purpose == of).map(|(_, count)| count).sum()
    }

    /// What the aim is about.
    fn settlements_own(&self) -> u64 {
        self.sum(For::Documents) + self.sum(For::Bank)
    }

    /// To two decimals.
    fn per_part(&self, count: u64) -> String {
        let hundredths = (count * 100).checked_div(self.parts).unwrap_or(0);
        format!("{}.{:02}", hundredths / 100, hundredths % 100)
    }

    fn print(&self, name: &str) {
        let Worked { settlements, parts, set_up, calls } = self;
        println!("{name}: {settlements} settlements, {parts} month parts\n");
        println!("| call to Xero | for | calls | a month part |\n|---|---|--:|--:|");
        for ((of, operation), count) in calls {
            println!("| `{operation}` | {} | {count} | {} |", of.text(), self.per_part(*count));
        }
        println!("\n| all calls for | calls | a month part |\n|---|--:|--:|");
        for of in ALL {
            let sum = self.sum(of);
            println!("| {} | {sum} | {} |", of.text(), self.per_part(sum));
        }
        let own = self.settlements_own();
        println!("| documents and the bank's line | {own} | {} |", self.per_part(own));
        let verdict = if own <= AIM * parts { "kept" } else { "missed" };
        println!("\nThe aim of {AIM} calls a month part is {verdict}.");
        println!("Calls of the set-up, which are apart: {set_up}.\n");
    }
}

#[tokio::main]
async fn main() {
    let said: Vec<String> = std::env::args().skip(1).collect();
    let months = said.first().map_or(MONTHS, |text| text.parse().unwrap());
    let orders = said.get(1).map_or(ORDERS, |text| text.parse().unwrap());
    let sellers = [
        ("United Kingdom", Setting::UkVat, Edition::Uk),
        ("United States", Setting::Us, Edition::Us),
    ];
    for (name, setting, edition) in sellers {
        let worked = worked(world(setting, edition, (months, orders))).await;
        worked.print(name);
    }
}

fn world(setting: Setting, edition: Edition, (months, orders): (u32, usize)) -> Sandbox {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    let history = Options { months, ..Options::before(1, setting, orders, end) };
    let start = history.from;
    Sandbox::new(SandboxOptions {
        limits: false,
        edition,
        history: Some(history),
        clock: WorldClock::jumping(start),
        ..SandboxOptions::new(1, 0, start)
    })
}

async fn worked(world: Sandbox) -> Worked {
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let inner = InProcess::new(world.router());
    let counted = Arc::new(Counted { inner, calls: Mutex::default() });
    let carrier: Arc<dyn Carrier> = counted.clone();
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = Way::Summary;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    statement(&engine, &world).await;
    let set_up = std::mem::take(&mut *counted.calls.lock().unwrap()).values().sum();
    calm::work(&engine, &world, || false).await;
    let calls = counted.calls.lock().unwrap().clone();
    let (settlements, parts) = posted(&engine, &world).await;
    Worked { settlements, parts, set_up, calls }
}

/// What the bank will book of Amazon's payouts, each on its day.
async fn statement(engine: &Engine, world: &Sandbox) {
    let history = world.amazon().history().unwrap();
    let (chart, _) = engine.store.chart(&engine.book).await.unwrap().unwrap();
    let rules = engine.rules().await.unwrap();
    let bank = rules.book().accounts.get(&Role::Bank(history.currency())).unwrap();
    let account = chart.account_by_id(bank).unwrap().code.clone().unwrap();
    for line in history.bank_lines(Timestamp(i64::MAX)) {
        let line = StatementLine {
            id: format!("{} {}", line.date, line.text),
            account: account.clone(),
            date: line.date,
            amount: line.amount,
            text: line.text,
            mood: Mood::Late { days: LATE },
        };
        world.xero().bank_statement(line).unwrap();
    }
}

/// Settlements and their month parts, each of which has one invoice, bill or credit note. All must
/// be posted, or the calls would be those of half the work.
async fn posted(engine: &Engine, world: &Sandbox) -> (u64, u64) {
    let truth = world.amazon().history().unwrap().settlement_truth(engine.clock.now());
    let (mut settlements, mut parts) = (0, 0);
    for known in &truth {
        let subject = Subject::settlement(&known.id);
        let row = engine.store.subject(&engine.book, &subject).await.unwrap();
        assert_eq!(row.stop, None, "settlement {}", known.id);
        let live = row
            .decided
            .iter()
            .filter(|one| !matches!(one.progress.state, State::Withdrawn | State::Reversed));
        for one in live {
            let part = &one.intent.part;
            assert_eq!(one.progress.state, State::Posted, "{} {part}", known.id);
            parts += u64::from(matches!(one.intent.kind(), Kind::Invoice | Kind::Bill));
        }
        settlements += 1;
    }
    (settlements, parts)
}
