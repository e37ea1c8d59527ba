//! Both ways of booking the same months: whichever a book chose, each month's end shows the same
//! balances once what Amazon holds back is accrued.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, BTreeSet};

use base::{Day, Money, Zone};
use mapping::Role;
use mapping::rulebook::InvoiceDate;
use mapping::settlement::Way;
use mapping::settlement::bridge::{Item, ItemKind};
use sandbox::amazon::history::{Setting, Transaction};
use sandbox::xero::Edition;

use crate::kept::{Account, Kept};
use crate::settlements;

/// Orders are placed for so long; `DAYBOOK_MONTHS` asks for another time.
const MONTHS: u32 = 2;

/// Orders a month.
const ORDERS: usize = 20;

/// Accounts by name, debits positive. What is with Amazon, on its way or in the bank is one.
type Balances = BTreeMap<String, Money>;

const WITH_AMAZON: &str = "With Amazon or from it";

/// Where the documents of orders have their lines; a year's income is retained once it is over.
const OF_SALES: [&str; 7] = [
    "Sales",
    "Amazon shipping income",
    "Amazon gift wrap income",
    "Amazon promotional rebates",
    "VAT",
    "GST",
    "Retained Earnings",
];

/// The days of the account's months that are over.
fn days(kept: &Kept) -> Vec<Day> {
    let first = kept.history().options.from.day(&Zone::utc());
    let over = std::iter::successors(Some(first), |day| Some(day.after_days(1)));
    over.take_while(|day| *day < kept.today()).collect()
}

fn month_ends(kept: &Kept) -> Vec<Day> {
    let mut ends = days(kept);
    ends.retain(|day| day.after_days(1).month_start() == day.after_days(1));
    ends
}

/// Of the day's trial balance.
async fn balances(kept: &Kept, day: Day) -> Balances {
    let engine = &kept.engine;
    let (chart, _) = engine.store.chart(&engine.book).await.unwrap().unwrap();
    let currency = chart.organisation.base_currency;
    let found = xero::pull_trial_balance(&kept.xero(), kept.tenant(), day, currency).await.unwrap();
    let mut with_amazon = BTreeSet::new();
    for role in [
        Role::Clearing(currency),
        Role::Bank(currency),
        Role::Deferred,
        Role::CarriedForward,
        Role::AccruedFees,
    ] {
        with_amazon.insert(kept.account(role).await.0.to_lowercase());
    }
    let (suspense, _) = kept.account(Role::Suspense).await;
    let mut balances = Balances::new();
    for row in found {
        let account = chart.account_by_id(&row.account_id).unwrap();
        assert!(
            !row.account_id.eq_ignore_ascii_case(&suspense),
            "{day}: {} in suspense",
            row.balance
        );
        let is_open = matches!(account.system.as_deref(), Some("DEBTORS" | "CREDITORS"));
        let is_with = is_open || with_amazon.contains(&row.account_id.to_lowercase());
        let name = if is_with { WITH_AMAZON.to_owned() } else { account.name.clone() };
        let known = balances.entry(name).or_insert(Money::zero(currency));
        *known = known.plus(row.balance).unwrap();
    }
    balances.retain(|_, balance| !balance.is_zero());
    balances
}

/// Both ways, what differs between them on a day.
struct Compared {
    day: Day,
    summary: Balances,
    per_order: Balances,
    /// What documents of orders carry and Amazon has not posted by then, or the other way round: an
    /// order that ships in parcels is one document, and one transaction for each parcel.
    between: Money,
    /// Between income and its tax, where Amazon states no tax: a document of an order rounds the tax
    /// of each of its lines, and a summary that of their sum.
    rounding: Money,
}

impl Compared {
    fn difference(&self, name: &str) -> Money {
        let zero = Money::zero(self.between.currency());
        let of = |balances: &Balances| balances.get(name).copied().unwrap_or(zero);
        of(&self.summary).minus(of(&self.per_order)).unwrap()
    }

    /// The same on every account, but for the sales of orders between the days and for rounding.
    fn must_agree(&self) {
        let is_of_sale = |name: &str| OF_SALES.contains(&name);
        let names: BTreeSet<&String> = self.summary.keys().chain(self.per_order.keys()).collect();
        let differing: Vec<(&str, Money)> = names
            .into_iter()
            .map(|name| (name.as_str(), self.difference(name)))
            .filter(|(_, difference)| !difference.is_zero())
            .collect();
        let found = self.difference(WITH_AMAZON);
        assert_eq!(found, self.between, "{}: {differing:?}", self.day);
        let is_rounding = |name: &str, difference: Money| {
            is_of_sale(name) && difference.minor().abs() <= self.rounding.minor()
        };
        if self.between.is_zero() {
            let is_right = differing.iter().all(|(name, found)| is_rounding(name, *found));
            assert!(is_right, "{}: {differing:?}", self.day);
        }
        let others = differing.iter().filter(|(name, _)| !is_of_sale(name) && *name != WITH_AMAZON);
        assert_eq!(others.count(), 0, "{}: {differing:?}", self.day);
    }
}

/// The same account kept in both ways, with the bank's lines matched: all settlements are whole,
/// and every day's bridge closes.
async fn both(seed: u64, setting: Setting, edition: Edition) -> [Kept; 2] {
    let months = std::env::var("DAYBOOK_MONTHS").ok().and_then(|text| text.parse().ok());
    let months = months.unwrap_or(MONTHS);
    let orders = ORDERS * usize::try_from(months).unwrap();
    let account = Account { seed, setting, edition, months, orders };
    let summary = account.connected(account.world(), |wish| wish.way = Way::Summary).await;
    let per_order = account.connected(account.world(), |wish| wish.way = Way::PerOrder).await;
    per_order.set(|settings| settings.invoice_date = InvoiceDate::Ship).await;
    let both = [summary, per_order];
    for kept in &both {
        kept.work().await;
        settlements::are_whole(kept).await;
        kept.matched().await;
        kept.closes(days(kept)).await;
    }
    both
}

/// A cent for each sale or refund so far, where Amazon states no tax.
fn rounding(kept: &Kept, setting: Setting, day: Day) -> Money {
    let history = kept.history();
    let is_by_then = |of: &&Transaction| of.posted.day(&Zone::utc()) <= day;
    let cents = match setting {
        Setting::UkGross | Setting::Au => history.transactions.iter().filter(is_by_then).count(),
        Setting::UkVat | Setting::De | Setting::Us | Setting::Ca | Setting::In => 0,
    };
    Money::from_minor(i64::try_from(cents).unwrap(), history.currency())
}

async fn check(seed: u64, setting: Setting, edition: Edition) {
    let [summary, per_order] = both(seed, setting, edition).await;
    let ends = month_ends(&summary);
    assert!(ends.len() >= 2, "{ends:?}");
    for day in ends {
        let bridge = per_order.bridge(day).await;
        let elsewhere = summary.bridge(day).await;
        // What neither book has on Amazon's day has the same day in both.
        let is_elsewhere = |order: &Item| {
            let of = format!("of order {},", order.id);
            elsewhere.left.iter().any(|item| {
                let is_early_or_late =
                    [ItemKind::Transaction, ItemKind::Ahead].contains(&item.kind);
                is_early_or_late && item.text.contains(&of)
            })
        };
        let of_orders = bridge.left.iter().filter(|item| item.kind == ItemKind::Order);
        let of_orders = of_orders.filter(|item| !is_elsewhere(item));
        let between = Money::sum(of_orders.map(|item| item.amount), bridge.currency).unwrap();
        let rounding = rounding(&summary, setting, day);
        let summary = balances(&summary, day).await;
        let per_order = balances(&per_order, day).await;
        Compared { day, summary, per_order, between, rounding }.must_agree();
    }
}

#[tokio::test]
async fn uk() {
    check(1, Setting::UkVat, Edition::Uk).await;
}

#[tokio::test]
async fn uk_without_vat_rows() {
    check(2, Setting::UkGross, Edition::Uk).await;
}

#[tokio::test]
async fn us() {
    check(3, Setting::Us, Edition::Us).await;
}

#[tokio::test]
async fn germany() {
    check(4, Setting::De, Edition::Germany).await;
}

#[tokio::test]
async fn australia() {
    check(5, Setting::Au, Edition::Au).await;
}
