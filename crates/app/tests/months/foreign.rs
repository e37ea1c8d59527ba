//! An organisation that sells in another currency than its own: clearing is a bank account of that
//! currency, every document says its rate, and Amazon pays into an account of either currency.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;

use app::cli::statement;
use base::{Clock as _, Currency, Day, Money, Rounding, Subject};
use intents::{Body, State};
use mapping::Role;
use mapping::settlement::Way;
use mapping::settlement::ledger::{Place, Standing};
use sandbox::amazon::history::{Conversion, Setting};
use sandbox::server::Sandbox;
use sandbox::xero::Edition;

use crate::kept::{Account, Kept};
use crate::settlements;

const ACCOUNT: Account =
    Account { seed: 6, setting: Setting::De, edition: Edition::Uk, months: 2, orders: 40 };

/// Pounds that Amazon pays for a euro.
const CONVERSION: Conversion = Conversion { to: Currency::GBP, rate: 8_437 };

/// The seller has an account in euro.
fn paid_in_euro() -> Sandbox {
    let world = ACCOUNT.world();
    world.xero().open_foreign_account(Currency::EUR);
    world
}

fn paid_in_pounds() -> Sandbox {
    ACCOUNT.world_of(|history| history.converts = Some(CONVERSION))
}

async fn kept(world: Sandbox, way: Way) -> Kept {
    let kept = ACCOUNT.connected(world, |wish| wish.way = way).await;
    kept.work().await;
    settlements::are_whole(&kept).await;
    kept
}

/// In the organisation's currency.
async fn balance(kept: &Kept, role: Role) -> Money {
    let (id, _) = kept.account(role).await;
    let day = Day::parse("2026-12-31").unwrap();
    let rows = xero::pull_trial_balance(&kept.xero(), kept.tenant(), day, Currency::GBP).await;
    let of = rows.unwrap().into_iter().find(|row| row.account_id.eq_ignore_ascii_case(&id));
    of.map_or(Money::zero(Currency::GBP), |row| row.balance)
}

#[tokio::test]
async fn in_summary_every_settlement_is_whole() {
    kept(paid_in_euro(), Way::Summary).await;
}

#[tokio::test]
async fn order_by_order_every_settlement_is_whole() {
    let kept = kept(paid_in_euro(), Way::PerOrder).await;
    is_on_statements(&kept).await;
}

/// All that moved on clearing is on one settlement's statement, or of orders that none paid out yet.
async fn is_on_statements(kept: &Kept) {
    let (clearing, _) = kept.account(Role::Clearing(Currency::EUR)).await;
    let (store, book) = (&kept.engine.store, &kept.engine.book);
    let mut moved = BTreeMap::new();
    for subject in store.subjects_page(book, None, 1000).await.unwrap() {
        let row = kept.row(&subject).await;
        for one in Standing::of(&row.decided).movements().unwrap() {
            if one.place == Place::Account(clearing.to_lowercase()) {
                *moved.entry((one.number, one.day, one.amount.minor())).or_insert(0_i32) += 1;
            }
        }
    }
    for known in store.settlements(book).await.unwrap() {
        let id = &known.settlement_id;
        let statement = statement::of_settlement(&kept.engine, id).await.unwrap();
        for line in &statement.lines {
            let key = (line.reference.clone(), line.date, line.amount.minor());
            *moved.entry(key).or_insert(0) -= 1;
        }
    }
    moved.retain(|_, times| *times != 0);
    assert!(moved.is_empty(), "{moved:#?}");
}

#[tokio::test]
async fn in_summary_a_payout_that_amazon_converts_leaves_the_invoice_open() {
    kept(paid_in_pounds(), Way::Summary).await;
}

#[tokio::test]
async fn order_by_order_a_payout_that_amazon_converts_goes_through_transit() {
    let kept = kept(paid_in_pounds(), Way::PerOrder).await;
    let (transit, _) = kept.account(Role::Transit).await;
    let (mut received, mut waiting) = (0, Money::zero(Currency::GBP));
    for known in kept.history().settlement_truth(kept.world.clock().now()) {
        let row = kept.row(&Subject::settlement(&known.id)).await;
        for one in row.decided.iter().filter(|one| one.progress.state == State::Posted) {
            if let Body::BankTransaction(moved) = &one.intent.body
                && one.intent.part == "payout"
            {
                assert_eq!(moved.currency, Currency::GBP);
                received += 1;
            }
            let Body::Invoice(invoice) = &one.intent.body else { continue };
            for line in invoice.lines.iter().filter(|line| line.account_id == transit) {
                let rate = invoice.rate.unwrap();
                let worth = rate.convert(line.amount, Currency::GBP, Rounding::HalfAwayFromZero);
                waiting = waiting.plus(worth.unwrap()).unwrap();
            }
        }
    }
    assert!(received >= 3, "{received} payouts reached the bank");
    // What Amazon charged to a card that is kept in pounds waits for the card's statement.
    assert!(waiting.is_positive(), "a settlement below zero was charged");
    assert_eq!(balance(&kept, Role::Transit).await, waiting.negated().unwrap());
}
