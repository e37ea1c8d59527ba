use facts::finances::{Part, TransactionStatus};
use proptest::prelude::*;

use super::*;

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

/// A shipment of an order, free at once.
fn posted(id: &str, minor: i64, when: &str) -> Transaction {
    let part = |path: &[&str], minor| Part {
        path: path.iter().map(|word| (*word).to_owned()).collect(),
        amount: gbp(minor),
    };
    Transaction {
        transaction_id: id.to_owned(),
        transaction_type: "Shipment".to_owned(),
        status: TransactionStatus::Released,
        description: "Order Payment".to_owned(),
        posted: at(when),
        total: gbp(minor),
        region: "EU".to_owned(),
        seller_id: "s".to_owned(),
        account_type: String::new(),
        marketplace_id: String::new(),
        marketplace_name: String::new(),
        order_id: Some("202-1".to_owned()),
        shipment_id: None,
        refund_id: None,
        settlement_id: Some("1".to_owned()),
        event_group_id: None,
        releases: None,
        released_by: None,
        deferral: None,
        items: Vec::new(),
        parts: vec![
            part(&["Sales", "Principal"], minor.saturating_add(100)),
            part(&["Expenses", "AmazonFees", "Commission"], -100),
        ],
    }
}

fn failed_transfer(minor: i64, when: &str) -> Transaction {
    let parts =
        vec![Part { path: vec!["Transfer of funds unsuccessful".to_owned()], amount: gbp(minor) }];
    let kind = "Transfer".to_owned();
    Transaction { transaction_type: kind, order_id: None, parts, ..posted("back", minor, when) }
}

/// A settlement of January with one document.
fn carrier() -> Carrier {
    let document =
        Document { number: "AMZ-EU-1-1".to_owned(), date: day("2026-01-14"), reversed: None };
    Carrier {
        settlement_id: "1".to_owned(),
        starts: at("2026-01-01T00:00:00Z"),
        ends: at("2026-01-15T00:00:00Z"),
        documents: vec![document],
    }
}

#[derive(Default)]
struct World {
    ledger: i64,
    open: i64,
    amazon: i64,
    settlements: Vec<Carrier>,
    orders: BTreeMap<String, OrderBooked>,
    held: BTreeMap<String, String>,
    transactions: Vec<Transaction>,
    payouts: Vec<Moved>,
}

impl World {
    fn bridge(&self, date: &str) -> Bridge {
        let balance = gbp(self.ledger);
        let accounts = [Account { role: "clearing:GBP".into(), name: "Amazon".into(), balance }];
        let amount = gbp(self.open);
        let open = [Open { number: "AMZ-EU-1-1".into(), text: "open".into(), amount }];
        let transactions: Vec<&Transaction> = self.transactions.iter().collect();
        bridge(&Spans {
            date: day(date),
            zone: &Zone::named("Europe/London").unwrap(),
            currency: Currency::GBP,
            balance: gbp(self.amazon),
            accounts: &accounts,
            open: &open,
            settlements: &self.settlements,
            orders: &self.orders,
            held: &self.held,
            transactions: &transactions,
            payouts: &self.payouts,
            coded: &BTreeMap::new(),
            accrued: &BTreeSet::new(),
            cutover: None,
        })
        .unwrap()
    }
}

#[track_caller]
fn closes(bridge: &Bridge, expected: &[(ItemKind, i64)]) {
    assert!(bridge.closes(), "{bridge:#?}");
    let items = bridge.left.iter().chain(&bridge.right);
    let between: Vec<(ItemKind, i64)> = items
        .filter(|item| !matches!(item.kind, ItemKind::Account | ItemKind::Open | ItemKind::Balance))
        .map(|item| (item.kind, item.amount.minor()))
        .collect();
    assert_eq!(between, expected, "{bridge:#?}");
}

#[test]
fn what_no_document_carries_is_listed_until_its_document_is_there() {
    let transactions = vec![posted("t", 900, "2026-01-10T10:00:00Z")];
    let settlements = vec![carrier()];
    let world = World { amazon: 900, settlements, transactions, ..World::default() };
    closes(&world.bridge("2026-01-10"), &[(ItemKind::Transaction, 900)]);
    closes(&World { open: 900, ..world }.bridge("2026-01-14"), &[]);
}

#[test]
fn a_deferred_transaction_and_its_release_are_one() {
    let mut held = posted("t", 900, "2026-01-10T10:00:00Z");
    held.status = TransactionStatus::DeferredReleased;
    held.settlement_id = None;
    let mut release = posted("r", 900, "2026-01-20T10:00:00Z");
    release.settlement_id = None;
    release.releases = Some("t".to_owned());
    let transactions = vec![held, release];
    let world =
        World { amazon: 900, settlements: vec![carrier()], transactions, ..World::default() };
    // Free after the settlement's end, so its document does not carry it.
    closes(&world.bridge("2026-01-21"), &[(ItemKind::Transaction, 900)]);
}

#[test]
fn a_payout_is_on_its_way_until_the_ledger_has_it_and_gone_when_it_comes_back() {
    let payout = Moved {
        payout_id: "p".to_owned(),
        text: "Payout".to_owned(),
        amount: gbp(900),
        initiated: Some(at("2026-01-16T10:00:00Z")),
        returned: None,
        received: vec![(day("2026-01-19"), gbp(900))],
    };
    let transactions = vec![posted("t", 900, "2026-01-10T10:00:00Z")];
    let settlements = vec![carrier()];
    let payouts = vec![payout.clone()];
    let mut world = World { open: 900, settlements, transactions, payouts, ..World::default() };
    closes(&world.bridge("2026-01-18"), &[(ItemKind::Payout, 900)]);
    world.open = 0;
    closes(&world.bridge("2026-01-19"), &[]);

    world.transactions.push(failed_transfer(900, "2026-01-18T23:00:00Z"));
    let returned = Some(at("2026-01-19T01:00:00Z"));
    world.payouts = vec![Moved { returned, received: Vec::new(), ..payout }];
    (world.open, world.amazon) = (900, 0);
    closes(&world.bridge("2026-01-17"), &[(ItemKind::Payout, 900)]);
    world.amazon = 900;
    closes(&world.bridge("2026-01-18"), &[]);
}

#[test]
fn the_two_days_end_at_different_moments() {
    // Half past midnight of the next day in London, in summer.
    let mut settlement = carrier();
    settlement.ends = at("2026-07-15T00:00:00Z");
    settlement.documents =
        vec![Document { number: "AMZ-EU-1-1".to_owned(), date: day("2026-07-02"), reversed: None }];
    let transactions = vec![posted("t", 900, "2026-07-01T23:30:00Z")];
    let settlements = vec![settlement];
    let world = World { amazon: 900, settlements, transactions, ..World::default() };
    closes(&world.bridge("2026-07-01"), &[(ItemKind::Transaction, 900)]);
}

fn order(steps: &[(&str, i64, i64)]) -> BTreeMap<String, OrderBooked> {
    let steps = steps.iter().map(|(date, amount, paid)| OrderStep {
        number: "AMZ-202-1".to_owned(),
        date: day(date),
        amount: gbp(*amount),
        paid: gbp(*paid),
    });
    BTreeMap::from([("202-1".to_owned(), OrderBooked { steps: steps.collect() })])
}

#[test]
fn an_order_answers_for_the_sale_and_the_settlement_for_the_fees() {
    let transactions = vec![posted("t", 900, "2026-01-10T10:00:00Z")];
    let orders = order(&[("2026-01-08", 1000, 0), ("2026-01-10", 0, 1000)]);
    let settlements = vec![carrier()];
    let world = World { settlements, orders, transactions, ..World::default() };
    let before = World { open: 1000, ..world };
    closes(&before.bridge("2026-01-09"), &[(ItemKind::Order, -1000)]);
    let shipped = World { ledger: 1000, open: 0, amazon: 900, ..before };
    closes(&shipped.bridge("2026-01-10"), &[(ItemKind::Transaction, -100)]);
}

#[test]
fn an_order_that_can_never_agree_is_no_explanation() {
    let transactions = vec![posted("t", 900, "2026-01-10T10:00:00Z")];
    let orders = order(&[("2026-01-08", 990, 0), ("2026-01-10", 0, 990)]);
    let world = World { ledger: 990, amazon: 900, orders, transactions, ..World::default() };
    let bridge = world.bridge("2026-01-10");
    assert_eq!(bridge.difference, gbp(-10));
    let item = bridge.unexplained().unwrap();
    assert!(item.text.contains("202-1"), "{}", item.text);
    assert_eq!(item.amount, gbp(-10));
}

#[test]
fn a_held_order_is_named_with_its_reason() {
    let transactions = vec![posted("t", 900, "2026-01-10T10:00:00Z")];
    let held = BTreeMap::from([("202-1".to_owned(), "untied_total".to_owned())]);
    let (settlements, amazon) = (vec![carrier()], 900);
    let world = World { ledger: -100, amazon, held, settlements, transactions, ..World::default() };
    closes(&world.bridge("2026-01-14"), &[(ItemKind::Order, 1000)]);
}

proptest! {
    /// Whatever was posted and whichever of it is carried: a ledger that has exactly that closes,
    /// and a cent more in it is found.
    #[test]
    fn a_bridge_finds_each_cent(
        moves in proptest::collection::vec((-5_000_i64..5_000, 1_u32..28), 0..20),
        until in 1_u32..28,
        wrong in -3_i64..3,
    ) {
        let transactions: Vec<Transaction> = moves
            .iter()
            .enumerate()
            .map(|(n, (minor, d))| posted(&n.to_string(), *minor, &format!("2026-01-{d:02}T10:00:00Z")))
            .map(|one| Transaction { settlement_id: None, ..one })
            .collect();
        let by = |last: u32| moves.iter().filter(|(_, d)| *d <= last).map(|(minor, _)| *minor).sum::<i64>();
        let world = World {
            open: i64::saturating_add(if until >= 14 { by(14) } else { 0 }, wrong),
            amazon: by(until),
            settlements: vec![carrier()],
            transactions,
            ..World::default()
        };
        let bridge = world.bridge(&format!("2026-01-{until:02}"));
        prop_assert_eq!(bridge.difference, gbp(wrong));
        prop_assert_eq!(bridge.closes(), wrong == 0);
    }
}
