//! The five troubles that every bridge meets, as stories: what happened, what Daybook did, what the
//! user saw, how it ended. Each is told in `docs/troubles.md`, whose words are those that are checked
//! here.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;
#[path = "support/plain.rs"]
mod plain;

use std::path::Path;
use std::process::Command;

use app::book::Lane;
use app::cli::books;
use app::engine::Engine;
use base::{FactId, Subject, Timestamp};
use facts::{Act, Approval, Body, Fact};
use mapping::rulebook::{Sku, UnknownSku};
use mapping::{Role, RuleBook};
use sandbox::amazon::Region;
use sandbox::faults::Fault;
use sandbox::server::Sandbox;
use store::{Letter, Said};
use tempfile::TempDir;

const ORDER: &str = "202-0000001-0000001";
const PUT_INVOICES: &str = "PUT /api.xro/2.0/Invoices";

/// A connected book and its two vendors.
struct Case {
    world: Sandbox,
    engine: Engine,
    folder: TempDir,
}

async fn case(orders: usize) -> Case {
    let (world, engine, folder) = plain::connected(3, orders).await;
    Case { world, engine, folder }
}

/// One order of a mug for 12.00; `total` is what Amazon says that the whole comes to.
fn order(sku: &str, total: &str) -> String {
    format!(
        r#"{{"orderId":"{ORDER}","createdTime":"2026-11-10T10:00:00Z","lastUpdatedTime":"2026-11-11T10:00:00Z",
        "salesChannel":{{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P","marketplaceName":"Amazon.co.uk"}},
        "proceeds":{{"grandTotal":{{"amount":"{total}","currencyCode":"GBP"}}}},
        "fulfillment":{{"fulfillmentStatus":"SHIPPED","fulfilledBy":"AMAZON"}},
        "orderItems":[{{"orderItemId":"1","quantityOrdered":1,"product":{{"sellerSku":"{sku}","title":"Mug"}},
        "proceeds":{{"proceedsTotal":{{"amount":"12.00","currencyCode":"GBP"}},"breakdowns":[{{"type":"ITEM","subtotal":{{"amount":"12.00","currencyCode":"GBP"}}}}]}},
        "fulfillment":{{"quantityFulfilled":1,"quantityUnfulfilled":0}}}}]}}"#
    )
}

impl Case {
    fn sells(&self, text: &str) {
        let time = self.engine.clock.now().after_ms(-Timestamp::HOUR);
        self.world.amazon().insert_order(Region::Eu, text, time).unwrap();
    }

    /// Publishes the rule book with a change.
    async fn rules(&self, change: impl FnOnce(&mut RuleBook)) {
        let Engine { store, book, clock, .. } = &self.engine;
        let version = store.rules(book).await.unwrap().unwrap();
        let mut rules = RuleBook::from_json(&version.body).unwrap();
        change(&mut rules);
        store.publish_rules(book, &rules.to_json().unwrap(), clock.now()).await.unwrap();
        store.nudge(&Lane::Book.name(book), clock.now()).await.unwrap();
    }

    async fn work(&self) {
        calm::work(&self.engine, &self.world, || false).await;
    }

    /// What a person sees in a terminal.
    fn sees(&self, args: &[&str]) -> String {
        let home: &Path = self.folder.path();
        let mut command = Command::new(env!("CARGO_BIN_EXE_daybook"));
        for name in ["DAYBOOK_HOME", "DAYBOOK_DATABASE", "DAYBOOK_MASTER_KEY"] {
            command.env_remove(name);
        }
        let output = command.arg("--home").arg(home).args(args).output().unwrap();
        assert!(output.status.success(), "{args:?}: {output:?}");
        String::from_utf8(output.stdout).unwrap()
    }

    async fn letters(&self) -> Vec<Letter> {
        self.engine.store.letters(&self.engine.book).await.unwrap()
    }

    /// What `daybook letters replay --all` does, at the world's time.
    async fn replay(&self, reason: &str) {
        let letters = self.letters().await;
        let said = Said { who: "Ann", reason, at: self.engine.clock.now() };
        let Engine { store, book, .. } = &self.engine;
        store.replay_letters(book, &letters, said).await.unwrap();
        for lane in self.engine.lanes().await.unwrap() {
            store.nudge(&lane.name, said.at).await.unwrap();
        }
    }

    async fn ends_well(&self) {
        let report = books::report(&self.engine).await.unwrap();
        assert!(report.agrees, "{:#?}", report.differences);
        assert_eq!(self.letters().await, []);
        let truth = self.world.truth();
        assert_eq!(truth.duplicates_ids, Vec::<String>::new());
        assert_eq!(truth.posted, truth.should_post);
    }

    /// An order whose invoice went out in the first send.
    fn first_order(&self) -> String {
        let ledger = self.world.xero().ledger();
        ledger.invoices.first().unwrap().reference.clone()
    }
}

/// The words stand in what the user saw, and in the story.
#[track_caller]
fn told(seen: &str, words: &[&str]) {
    let stories = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/troubles.md");
    let stories = std::fs::read_to_string(stories).unwrap();
    for one in words {
        assert!(seen.contains(one), "{one:?} is not in\n{seen}");
        assert!(stories.contains(one), "docs/troubles.md does not tell {one:?}");
    }
}

#[tokio::test]
async fn xero_says_too_many_requests() {
    let case = case(60).await;
    for _ in 0..3 {
        case.world.kit().faults.script(PUT_INVOICES, Fault::TooMany);
    }
    case.work().await;
    told(&case.sees(&["explain", &case.first_order()]), &["busy, HTTP 429", "delivered, HTTP 200"]);
    told(&case.sees(&["letters"]), &["no letters waiting"]);
    case.ends_well().await;
}

#[tokio::test]
async fn an_account_is_no_good_any_more() {
    let case = case(30).await;
    assert!(case.world.xero().archive_account("200"));
    case.work().await;
    let letters = case.letters().await;
    assert!(!letters.is_empty());
    told(&case.sees(&["letters"]), &["account_archived: ", " letters waiting"]);
    let shown = case.sees(&["letters", "show", &letters[0].id]);
    told(&shown, &["What to do", "What was tried", "What went over the wire"]);
    assert_eq!(case.world.truth().posted, 0);

    // The accountant posts sales elsewhere from now on.
    let Engine { store, book, .. } = &case.engine;
    let (chart, _read) = store.chart(book).await.unwrap().unwrap();
    let mut accounts = chart.accounts.into_iter();
    let other = accounts.find(|account| account.code.as_deref() == Some("260")).unwrap();
    case.rules(|rules| drop(rules.accounts.insert(Role::Sales, other.account_id))).await;
    case.replay("sales go to 260").await;
    case.work().await;
    let order = case.first_order();
    let seen = case.sees(&["explain", &order]);
    told(&seen, &["account 260", "reconsidered"]);
    case.ends_well().await;
}

#[tokio::test]
async fn nobody_has_said_what_a_sku_is() {
    let case = case(20).await;
    case.rules(|rules| rules.settings.unknown_sku = UnknownSku::Hold).await;
    case.sells(&order("NEW-MUG", "12.00"));
    case.work().await;
    assert!(case.world.truth().posted > 10);
    told(&case.sees(&["letters"]), &["unknown_sku: NEW-MUG", "1 letter waiting"]);
    told(&case.sees(&["explain", ORDER]), &["held: ", "(unknown_sku)"]);
    // The owner says what it is: as the first product of the table.
    let named = |rules: &mut RuleBook| {
        let like = rules.skus.first().cloned().unwrap();
        rules.skus.push(Sku { sku: "NEW-MUG".to_owned(), ..like });
    };
    case.rules(named).await;
    case.work().await;
    case.ends_well().await;
}

#[tokio::test]
async fn the_network_swallows_an_answer() {
    let case = case(60).await;
    case.world.kit().faults.script(PUT_INVOICES, Fault::LostAfter);
    case.work().await;
    told(&case.sees(&["explain", &case.first_order()]), &["lost  ", "found, HTTP 200"]);
    told(&case.sees(&["letters"]), &["no letters waiting"]);
    case.ends_well().await;
}

#[tokio::test]
async fn the_lines_do_not_add_up_to_the_total() {
    let case = case(20).await;
    case.sells(&order("MUG", "13.00"));
    case.work().await;
    told(&case.sees(&["letters"]), &["untied_total: ", "1 letter waiting"]);
    told(&case.sees(&["letters", "show", ORDER]), &["13.00", "What to do"]);
    assert!(case.world.truth().posted > 10);
    // A person says that the items that foot are to be posted; nobody edits an amount.
    let subject = Subject::order(ORDER);
    let Engine { store, book, clock, .. } = &case.engine;
    let approval = Approval { who: "Ann".to_owned(), act: Act::PostWhatFoots };
    let fact = Fact {
        id: FactId::derive(&["person", subject.as_str(), "post what foots"]),
        subject: subject.clone(),
        occurred: clock.now(),
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(approval),
    };
    store.record_said(book, &fact, clock.now()).await.unwrap();
    store.nudge(&Lane::Book.name(book), clock.now()).await.unwrap();
    case.work().await;
    told(
        &case.sees(&["explain", ORDER]),
        &["Ann said PostWhatFoots", "invoice_rest, revision 1: held"],
    );
    assert_eq!(case.letters().await, []);
    let invoices = case.world.xero().ledger().invoices;
    let of_order: Vec<String> = invoices
        .iter()
        .filter(|one| one.reference == ORDER)
        .map(|one| format!("{} {} {}", one.number, one.status, one.total))
        .collect();
    assert_eq!(of_order, ["AMZ-202-0000001-0000001 PAID 12.00"]);
    assert_eq!(case.world.truth().duplicates_ids, Vec::<String>::new());
}
