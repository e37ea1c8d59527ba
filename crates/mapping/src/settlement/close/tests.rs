//! Lists against a ledger that a person can add up.

use base::{Currency, Day, Money, Subject, Timestamp, Zone};

use super::*;

const USD: Currency = Currency::USD;

fn usd(minor: i64) -> Money {
    Money::from_minor(minor, USD)
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

fn moved(subject: &Subject, account: &str, (date, minor): (&str, i64), number: &str) -> Movement {
    let place = match account {
        "receivable" => Place::Receivable,
        "payable" => Place::Payable,
        account => Place::Account(account.to_owned()),
    };
    Movement {
        place,
        day: day(date),
        amount: usd(minor),
        number: number.to_owned(),
        text: "words".to_owned(),
        subject: subject.clone(),
    }
}

fn account(role: Role, id: &str, minor: i64) -> Account {
    Account {
        role,
        account_id: id.to_owned(),
        code: "640".to_owned(),
        name: "An account".to_owned(),
        balance: usd(minor),
    }
}

fn settled(id: &str, (starts, ends): (&str, &str), minor: i64) -> Settled {
    Settled {
        settlement_id: id.to_owned(),
        series: "one".to_owned(),
        starts: Timestamp::parse(starts).unwrap(),
        ends: Timestamp::parse(ends).unwrap(),
        total: usd(minor),
        is_returned: false,
    }
}

fn claimed(settlement: &str, order: &str, minor: i64) -> Claimed {
    let (settlement_id, order_id) = (settlement.to_owned(), order.to_owned());
    Claimed { settlement_id, order_id, opening: None, amount: usd(minor) }
}

/// Everything else is empty.
struct Told {
    zone: Zone,
    accounts: Vec<Account>,
    movements: Vec<Movement>,
    settlements: Vec<Settled>,
    claims: Vec<Claimed>,
    openings: Vec<Opening>,
    directs: Vec<Direct>,
    receivable: i64,
}

impl Told {
    fn new(accounts: Vec<Account>, movements: Vec<Movement>) -> Told {
        Told {
            zone: Zone::utc(),
            accounts,
            movements,
            settlements: Vec::new(),
            claims: Vec::new(),
            openings: Vec::new(),
            directs: Vec::new(),
            receivable: 0,
        }
    }

    #[track_caller]
    fn sections(&self, date: &str) -> Vec<Section> {
        let books = Books {
            date: day(date),
            zone: &self.zone,
            currency: USD,
            accounts: &self.accounts,
            movements: &self.movements,
            settlements: &self.settlements,
            claims: &self.claims,
            openings: &self.openings,
            accrued: &[],
            directs: &self.directs,
            others: &[],
            receivable: usd(self.receivable),
            payable: usd(0),
        };
        sections(&books).unwrap()
    }

    #[track_caller]
    fn section(&self, date: &str, name: &str) -> Section {
        self.sections(date).into_iter().find(|section| section.name == name).unwrap()
    }

    /// Ids and amounts of a section that ties.
    #[track_caller]
    fn items(&self, date: &str, name: &str) -> Vec<(String, i64)> {
        let section = self.section(date, name);
        let items = section.items.into_iter();
        items.map(|item| (item.id, item.amount.minor())).collect()
    }
}

fn item(id: &str, minor: i64) -> (String, i64) {
    (id.to_owned(), minor)
}

/// Sold for 100.00 on 30 January; fees of 19.00 and a reserve of 20.00; paid out in February.
fn worked_example(clearing: i64) -> Told {
    let (order, settlement) = (Subject::order("A"), Subject::settlement("S"));
    let mut told = Told::new(
        vec![account(Role::Clearing(USD), "clearing", clearing)],
        vec![
            moved(&order, "clearing", ("2026-01-30", 10_000), "AMZ-A"),
            moved(&settlement, "clearing", ("2026-02-08", -3_900), "AMZ-S-1"),
            moved(&settlement, "clearing", ("2026-02-11", -6_100), "AMZ-S-payout"),
        ],
    );
    told.settlements = vec![settled("S", ("2026-01-27T09:00:00Z", "2026-02-10T09:00:00Z"), 6_100)];
    told.claims = vec![claimed("S", "A", 10_000)];
    told
}

#[test]
fn an_order_stays_until_its_settlement_ended_and_a_settlement_until_its_payout() {
    let clearing = "clearing:USD";
    assert_eq!(worked_example(10_000).items("2026-01-31", clearing), [item("A", 10_000)]);
    let before_the_end = [item("S", -3_900), item("A", 10_000)];
    assert_eq!(worked_example(6_100).items("2026-02-09", clearing), before_the_end);
    assert_eq!(worked_example(6_100).items("2026-02-10", clearing), [item("S", 6_100)]);
    assert_eq!(worked_example(0).items("2026-02-11", clearing), []);
    for (date, ledger) in [("2026-01-31", 10_000), ("2026-02-09", 6_100), ("2026-02-11", 0)] {
        assert!(worked_example(ledger).section(date, clearing).is_well, "{date}");
    }
}

#[test]
fn what_someone_else_wrote_is_the_difference() {
    let section = worked_example(10_500).section("2026-01-31", "clearing:USD");
    assert_eq!(section.difference, Some(usd(500)));
    assert!(!section.is_well && section.notes[0].contains("5.00 USD more"), "{section:?}");
}

#[test]
fn what_has_stood_for_long_comes_first() {
    let mut told = worked_example(10_000 + 700);
    told.movements.push(moved(&Subject::order("B"), "clearing", ("2025-12-20", 700), "AMZ-B"));
    let section = told.section("2026-01-31", "clearing:USD");
    assert!(section.is_well);
    let first = section.items.first().unwrap();
    assert_eq!((first.id.as_str(), first.days, first.age), ("B", Some(42), Some(Age::Older)));
    let older = section.ages.iter().find(|sum| sum.age == Age::Older).unwrap();
    assert_eq!((older.items, older.amount), (1, usd(700)));
    assert!(section.notes[0].contains("thirty days"));
}

/// −321.69, −62.31 and +1,016.08: the next one takes over what is owed.
#[test]
fn a_chain_below_zero_stands_with_its_last_settlement() {
    let [one, two, three] = ["1", "2", "3"].map(Subject::settlement);
    let mut told = Told::new(
        vec![account(Role::Clearing(USD), "clearing", -6_231)],
        vec![
            moved(&one, "clearing", ("2026-01-10", -32_169), "AMZ-1"),
            moved(&two, "clearing", ("2026-01-20", 32_169 - 6_231), "AMZ-2"),
            moved(&three, "clearing", ("2026-01-30", 6_231 + 101_608), "AMZ-3"),
            moved(&three, "clearing", ("2026-02-02", -101_608), "AMZ-3-payout"),
        ],
    );
    told.settlements = vec![
        settled("3", ("2026-01-20T09:00:00Z", "2026-01-30T09:00:00Z"), 101_608),
        settled("1", ("2026-01-01T09:00:00Z", "2026-01-10T09:00:00Z"), -32_169),
        settled("2", ("2026-01-10T09:00:00Z", "2026-01-20T09:00:00Z"), -6_231),
    ];
    assert_eq!(told.items("2026-01-25", "clearing:USD"), [item("2", -6_231)]);
    assert!(told.section("2026-01-25", "clearing:USD").is_well);
    assert_eq!(told.items("2026-01-31", "clearing:USD"), [item("3", 101_608)]);
    assert_eq!(told.items("2026-02-02", "clearing:USD"), []);
}

/// The invoice of a payout that came back is paid from clearing, and the next settlement has its money.
#[test]
fn what_the_bank_sent_back_goes_on_to_the_next_settlement() {
    let [one, two] = ["1", "2"].map(Subject::settlement);
    let mut told = Told::new(
        vec![account(Role::Clearing(USD), "clearing", 0)],
        vec![
            moved(&one, "clearing", ("2026-01-14", 37_327), "AMZ-1"),
            moved(&two, "clearing", ("2026-01-20", -37_327), "AMZ-2"),
        ],
    );
    let first = settled("1", ("2026-01-01T09:00:00Z", "2026-01-10T09:00:00Z"), 37_327);
    told.settlements = vec![
        Settled { is_returned: true, ..first },
        settled("2", ("2026-01-10T09:00:00Z", "2026-01-20T09:00:00Z"), 50_000),
    ];
    let item = &told.section("2026-01-15", "clearing:USD").items[0];
    assert!(item.id == "1" && item.text.contains("sent its money back"), "{item:?}");
    assert_eq!(told.items("2026-01-31", "clearing:USD"), []);
}

#[test]
fn a_reserve_stands_with_the_settlement_that_holds_it_back() {
    let [one, two] = ["1", "2"].map(Subject::settlement);
    let mut told = Told::new(
        vec![account(Role::Reserved, "reserved", 2_000)],
        vec![
            moved(&one, "reserved", ("2026-01-10", 1_500), "AMZ-1"),
            moved(&two, "reserved", ("2026-01-20", 2_000 - 1_500), "AMZ-2"),
        ],
    );
    told.settlements = vec![
        settled("1", ("2026-01-01T09:00:00Z", "2026-01-10T09:00:00Z"), 9_900),
        settled("2", ("2026-01-10T09:00:00Z", "2026-01-20T09:00:00Z"), 9_900),
    ];
    assert_eq!(told.items("2026-01-31", "reserved"), [item("2", 2_000)]);
    assert!(told.section("2026-01-31", "reserved").is_well);
}

#[test]
fn tax_of_a_paid_order_must_be_gone_and_of_an_open_one_may_stand() {
    let (paid, open) = (Subject::order("P"), Subject::order("O"));
    let taxes = |left: i64| {
        let mut told = Told::new(
            vec![account(Role::MarketplaceTax, "tax", -700 + left)],
            vec![
                moved(&paid, "tax", ("2026-01-05", -500), "AMZ-P"),
                moved(&paid, "tax", ("2026-01-06", 500 + left), "AMZ-P"),
                moved(&open, "tax", ("2026-01-30", -700), "AMZ-O"),
                moved(&open, "receivable", ("2026-01-30", 10_700), "AMZ-O"),
            ],
        );
        told.receivable = 10_700;
        told
    };
    let well = taxes(0).section("2026-01-31", "marketplace_tax");
    assert!(well.is_well && well.items.len() == 1, "{well:?}");
    let wrong = taxes(-1).section("2026-01-31", "marketplace_tax");
    assert_eq!(wrong.difference, Some(usd(0)));
    assert!(!wrong.is_well && wrong.items.iter().any(|item| item.id == "P"), "{wrong:?}");
}

#[test]
fn opening_balances_stand_until_settlements_settle_them() {
    let settlement = Subject::settlement("S");
    let mut told = Told::new(
        vec![account(Role::Clearing(USD), "clearing", 300)],
        vec![moved(&settlement, "clearing", ("2026-02-11", -1_700), "AMZ-S-payout")],
    );
    told.settlements = vec![settled("S", ("2026-01-27T09:00:00Z", "2026-02-10T09:00:00Z"), 1_700)];
    told.openings = vec![Opening {
        balance: Balance::Clearing,
        role: Role::Clearing(USD),
        order_id: String::new(),
        date: day("2026-01-31"),
        amount: usd(2_000),
    }];
    told.claims = vec![Claimed { opening: Some(Balance::Clearing), ..claimed("S", "", 1_700) }];
    assert_eq!(told.items("2026-02-05", "clearing:USD"), [item("opening", 2_000)]);
    assert_eq!(told.items("2026-02-28", "clearing:USD"), [item("opening", 300)]);
    assert!(told.section("2026-02-28", "clearing:USD").is_well);
}

#[test]
fn what_left_amazon_without_a_payout_has_a_name_until_the_bank_has_it() {
    let settlement = Subject::settlement("S");
    let mut told = Told::new(
        vec![account(Role::Clearing(USD), "clearing", 8)],
        vec![
            moved(&settlement, "clearing", ("2026-01-28", 108), "AMZ-S-1"),
            moved(&settlement, "clearing", ("2026-01-29", -100), "AMZ-S-payout"),
        ],
    );
    told.settlements = vec![settled("S", ("2026-01-01T09:00:00Z", "2026-01-28T09:00:00Z"), 100)];
    told.directs = vec![Direct {
        transaction_id: "T".to_owned(),
        settlement_id: "S".to_owned(),
        text: "Micro Deposit".to_owned(),
        posted: day("2026-01-02"),
        amount: usd(-8),
    }];
    assert_eq!(told.items("2026-01-31", "clearing:USD"), [item("T", 8)]);
    let coded = moved(&Direct::subject("T"), "clearing", ("2026-02-03", -8), "line");
    told.movements.push(coded);
    assert_eq!(told.items("2026-01-31", "clearing:USD"), [item("T", 8)]);
    assert_eq!(told.items("2026-02-28", "clearing:USD"), []);
}

#[test]
fn roles_that_share_an_account_share_a_section() {
    let told = Told::new(
        vec![
            account(Role::Reserved, "one", 1_500),
            account(Role::Deferred, "ONE", 1_500),
            account(Role::Suspense, "other", 0),
        ],
        vec![moved(&Subject::settlement("1"), "one", ("2026-01-10", 1_500), "AMZ-1")],
    );
    let sections = told.sections("2026-01-31");
    let names: Vec<&str> = sections.iter().map(|section| section.name.as_str()).collect();
    assert_eq!(names, ["reserved and deferred", "suspense", "receivable", "payable"]);
    assert!(sections.iter().all(|section| section.is_well), "{sections:?}");
}

#[test]
fn days_make_ages() {
    let ages = [0, 7, 8, 14, 15, 30, 31].map(Age::of);
    let expected =
        [Age::Week, Age::Week, Age::Fortnight, Age::Fortnight, Age::Month, Age::Month, Age::Older];
    assert_eq!(ages, expected);
}
