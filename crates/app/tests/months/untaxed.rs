//! A settlement's lines without tax as journals, or as money on a clearing account of type BANK: every
//! settlement is whole, every day's bridge closes, and what is taken back comes again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use app::book::Lane;
use app::cli::{close, statement};
use app::home::Home;
use app::transport::InProcess;
use base::{Clock as _, Currency, Day, Decimal, FactId, Money, Subject, Timestamp, Zone};
use facts::{Act, Approval, Body, Fact};
use intents::State;
use mapping::Role;
use mapping::settlement::{UntaxedLines, Way};
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;
use xero::api::accounts;

use crate::calm;
use crate::kept::{Account, Kept};
use crate::settlements;

const ACCOUNT: Account =
    Account { seed: 3, setting: Setting::Us, edition: Edition::Us, months: 2, orders: 40 };

/// Balances by account code, without those that are zero.
type Trial = BTreeMap<String, Decimal>;

fn trial(kept: &Kept) -> Trial {
    let accounts = kept.world.xero().ledger().accounts.into_iter();
    let moved = accounts.filter(|account| !account.balance.is_zero());
    moved.map(|account| (account.code, account.balance.normalize())).collect()
}

/// Order by order, with the clearing account that the choice needs.
async fn kept(untaxed_lines: UntaxedLines) -> Kept {
    let world = ACCOUNT.world();
    let carrier = Arc::new(InProcess::new(world.router()));
    let wished = ACCOUNT.connected_by(carrier.clone(), world, |wish| wish.way = Way::PerOrder);
    let mut kept = wished.await;
    if untaxed_lines == UntaxedLines::BankTransaction {
        clears_through_a_bank(&mut kept, carrier).await;
    }
    kept.set(|settings| settings.untaxed_lines = untaxed_lines).await;
    kept.work().await;
    settlements::are_whole(&kept).await;
    kept
}

/// The owner opens a bank account for clearing, connects again, and gives it the role.
async fn clears_through_a_bank(kept: &mut Kept, carrier: Arc<InProcess>) {
    let create = accounts::Create {
        code: Some("1099"),
        name: "Clearing with Amazon",
        kind: "BANK",
        bank_account_number: Some("AMAZON-1"),
        ..accounts::Create::default()
    };
    let made = xero::ask(&kept.xero(), kept.tenant(), &create).await.unwrap();
    let opened = made.accounts.into_iter().next().unwrap();
    let home = Home::read(kept.folder.path()).unwrap();
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.since = ACCOUNT.history().from;
    wish.way = Way::PerOrder;
    let clock = kept.world.clock().clone();
    let pace = kept.engine.pace;
    kept.engine = calm::connected(&home, clock, carrier, &wish).await;
    kept.engine.pace = pace;
    let role = Role::Clearing(Currency::USD);
    kept.publish(|rules| _ = rules.accounts.insert(role, opened.account_id)).await;
}

/// The days of the account's months that are over.
fn days(kept: &Kept) -> impl Iterator<Item = Day> {
    let (first, today) = (kept.history().options.from.day(&Zone::utc()), kept.today());
    let over = std::iter::successors(Some(first), |day| Some(day.after_days(1)));
    over.take_while(move |day| *day < today)
}

/// The kinds of documents that carry rows, over all settlements.
async fn kinds(kept: &Kept) -> BTreeSet<String> {
    let mut kinds = BTreeSet::new();
    for known in kept.history().settlement_truth(kept.world.clock().now()) {
        let proof = kept.proof(&kept.row(&Subject::settlement(&known.id)).await).await;
        let carrying = proof.documents.into_iter().filter(|one| !one.carries.is_zero());
        kinds.extend(carrying.map(|one| one.kind));
    }
    kinds
}

/// Each transaction on clearing is a line of its settlement's bank statement.
async fn is_on_statements(kept: &Kept) {
    for known in kept.history().settlement_truth(kept.world.clock().now()) {
        let proof = kept.proof(&kept.row(&Subject::settlement(&known.id)).await).await;
        let statement = statement::of_settlement(&kept.engine, &known.id).await.unwrap();
        let moved = proof.documents.iter().filter(|one| {
            one.part.starts_with("document:") && matches!(one.kind.as_str(), "spend" | "receive")
        });
        for one in moved {
            let is_it =
                |line: &&statement::Line| line.reference == one.number && line.date == one.date;
            let lines = statement.lines.iter().filter(is_it);
            let amounts: Vec<Money> = lines.map(|line| line.amount).collect();
            assert_eq!(amounts, [one.carries], "{one:?}");
        }
    }
}

/// All days' bridges, and the last month. Answers what Amazon charged in it, by account and kind.
async fn closes(kept: &Kept) -> Vec<(String, String, Money)> {
    kept.closes(days(kept)).await;
    let last = kept.today().month_start().after_days(-1).to_string();
    let month = close::month(last.trim_end_matches(|c| c != '-').trim_end_matches('-')).unwrap();
    let made = close::of_month(&kept.engine, month).await;
    let made = made.map_err(|failure| format!("{} {}", failure.code, failure.detail)).unwrap();
    assert!(made.is_well, "{}", made.text());
    assert!(made.settlements.iter().all(|one| !one.documents.is_empty()), "{}", made.text());
    made.fees.into_iter().map(|row| (row.account, row.kind, row.gross)).collect()
}

/// As the verbs `reverse` and `repost` say it, of the newest settlement; until nothing is left to do.
async fn said(kept: &Kept, act: Act) {
    let subject = Subject::settlement(&kept.history().settlements.last().unwrap().id);
    let now = kept.world.clock().now();
    let fact = Fact {
        id: FactId::derive(&["person", subject.as_str(), &now.iso()]),
        subject,
        occurred: now,
        source: "person".to_owned(),
        raw_hash: String::new(),
        body: Body::Approval(Approval { who: "Ada".to_owned(), act }),
    };
    let (store, book) = (&kept.engine.store, &kept.engine.book);
    assert!(store.record_said(book, &fact, now).await.unwrap());
    store.nudge(&Lane::Book.name(book), now).await.unwrap();
    kept.work().await;
    kept.world.clock().advance_to(kept.world.clock().now().after_ms(Timestamp::HOUR));
}

/// Parts of the newest settlement that are in Xero and not taken back.
async fn posted(kept: &Kept) -> Vec<String> {
    let id = &kept.history().settlements.last().unwrap().id;
    let row = kept.row(&Subject::settlement(id)).await;
    assert_eq!(row.stop, None);
    let posted = row.decided.iter().filter(|one| one.progress.state == State::Posted);
    posted.map(|one| one.intent.part.clone()).collect()
}

/// Taken back and posted again, in an open period and in a closed one.
async fn there_and_back(kept: &Kept) {
    let after = trial(kept);
    said(kept, Act::Reverse).await;
    let before = trial(kept);
    assert_ne!(before, after);
    said(kept, Act::Repost).await;
    assert_eq!(trial(kept), after);

    // The day of the organisation, which is behind UTC, is open.
    kept.world.xero().set_period_lock(kept.today().after_days(-2));
    said(kept, Act::Reverse).await;
    assert_eq!(trial(kept), before);
    let parts = posted(kept).await;
    assert!(parts.iter().any(|part| part.starts_with("undo:reversal:document")), "{parts:?}");
    kept.world.xero().clear_locks();
    said(kept, Act::Repost).await;
    assert_eq!(trial(kept), after);
    settlements::are_whole(kept).await;
}

#[tokio::test]
async fn us_as_journals() {
    let journals = kept(UntaxedLines::ManualJournal).await;
    assert!(kinds(&journals).await.contains("journal"));
    journals.matched().await;
    let fees = closes(&journals).await;
    let documents = kept(UntaxedLines::Document).await;
    documents.matched().await;
    assert!(!fees.is_empty());
    assert_eq!(fees, closes(&documents).await);
    assert!(!kinds(&documents).await.contains("journal"));
    assert_eq!(trial(&journals), trial(&documents));
    there_and_back(&journals).await;
}

/// In a foreign currency clearing is of type BANK anyway, and every document says its rate.
#[tokio::test]
async fn euro_in_a_british_book_as_money_on_clearing() {
    let account =
        Account { seed: 6, setting: Setting::De, edition: Edition::Uk, months: 2, orders: 40 };
    let world = account.world();
    world.xero().open_foreign_account(Currency::EUR);
    let kept = account.connected(world, |wish| wish.way = Way::PerOrder).await;
    kept.set(|settings| settings.untaxed_lines = UntaxedLines::BankTransaction).await;
    kept.work().await;
    settlements::are_whole(&kept).await;
    let kinds = kinds(&kept).await;
    assert!(kinds.contains("spend") || kinds.contains("receive"), "{kinds:?}");
}

#[tokio::test]
async fn us_as_money_on_clearing() {
    let kept = kept(UntaxedLines::BankTransaction).await;
    is_on_statements(&kept).await;
    let kinds = kinds(&kept).await;
    assert!(kinds.contains("spend"), "{kinds:?}");
    kept.matched().await;
    closes(&kept).await;
    there_and_back(&kept).await;
}
