//! Both ways of booking the same months: whichever a book chose, each month's end shows the same
//! balances once what Amazon holds back is accrued.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;
#[path = "support/months.rs"]
mod months;

use std::collections::{BTreeMap, BTreeSet};

use app::cli::bridge;
use app::stages::LaneState;
use base::{Day, Money, Zone};
use mapping::Role;
use mapping::settlement::Way;
use mapping::settlement::bridge::{Bridge, ItemKind};
use months::{Chosen, Kept, kept};
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;

/// Accounts by name, debits positive. What is with Amazon, on its way or in the bank is one.
type Balances = BTreeMap<String, Money>;

const WITH_AMAZON: &str = "With Amazon or from it";

/// Where the documents of orders have their lines.
const OF_SALES: [&str; 6] = [
    "Sales",
    "Amazon shipping income",
    "Amazon gift wrap income",
    "Amazon promotional rebates",
    "VAT",
    "GST",
];

impl Kept {
    fn month_ends(&self) -> Vec<Day> {
        let history = self.world.amazon().history().unwrap();
        let first = history.options.from.day(&Zone::utc()).month_start();
        let mut ends = Vec::new();
        let mut next = first;
        loop {
            next = next.after_days(31).month_start();
            let end = next.after_days(-1);
            if end >= self.today() {
                return ends;
            }
            ends.push(end);
        }
    }

    /// Of the day's trial balance.
    async fn balances(&self, day: Day) -> Balances {
        let engine = &self.engine;
        let (chart, _) = engine.store.chart(&engine.book).await.unwrap().unwrap();
        let currency = chart.organisation.base_currency;
        let caller = engine.xero_caller(&engine.settings.xero, &LaneState::default());
        let tenant = &engine.settings.xero.tenant_id;
        let found = xero::pull_trial_balance(&caller, tenant, day, currency).await.unwrap();
        let rules = engine.rules().await.unwrap();
        let with_amazon = [
            Role::Clearing(currency),
            Role::Bank(currency),
            Role::Deferred,
            Role::CarriedForward,
            Role::AccruedFees,
        ];
        let with_amazon: BTreeSet<String> = with_amazon
            .iter()
            .filter_map(|role| rules.book().accounts.get(role))
            .map(|id| id.to_lowercase())
            .collect();
        let mut balances = Balances::new();
        for row in found {
            let account = chart.account_by_id(&row.account_id).unwrap();
            let is_open = matches!(account.system.as_deref(), Some("DEBTORS" | "CREDITORS"));
            let is_with = is_open || with_amazon.contains(&row.account_id.to_lowercase());
            let name = if is_with { WITH_AMAZON.to_owned() } else { account.name.clone() };
            let known = balances.entry(name).or_insert(Money::zero(currency));
            *known = known.plus(row.balance).unwrap();
        }
        balances.retain(|_, balance| !balance.is_zero());
        balances
    }

    async fn bridge(&self, day: Day) -> Bridge {
        let made = bridge::of_day(&self.engine, day).await;
        made.map_err(|failure| format!("{day}: {} {}", failure.code, failure.detail)).unwrap()
    }

    /// Every day's bridge closes.
    async fn closes(&self) {
        let mut day = self.world.amazon().history().unwrap().options.from.day(&Zone::utc());
        let mut open = Vec::new();
        while day < self.today() {
            let bridge = self.bridge(day).await;
            if !bridge.closes() {
                open.push(format!("{bridge:#?}"));
            }
            day = day.after_days(1);
        }
        assert!(open.is_empty(), "{} days do not close:\n{}", open.len(), open.join("\n"));
    }
}

/// Both ways, what differs between them on a day.
struct Compared {
    day: Day,
    summary: Balances,
    per_order: Balances,
    /// What documents of orders carry and Amazon has not posted by then, or the other way round: an
    /// order that ships in parcels is one document, and one transaction for each parcel.
    between: Money,
}

impl Compared {
    fn difference(&self, name: &str) -> Money {
        let zero = Money::zero(self.between.currency());
        let of = |balances: &Balances| balances.get(name).copied().unwrap_or(zero);
        of(&self.summary).minus(of(&self.per_order)).unwrap()
    }

    /// The same on every account, but for the sales of orders between the days.
    fn must_agree(&self) {
        let names: BTreeSet<&String> = self.summary.keys().chain(self.per_order.keys()).collect();
        let differing: Vec<(&str, Money)> = names
            .into_iter()
            .map(|name| (name.as_str(), self.difference(name)))
            .filter(|(_, difference)| !difference.is_zero())
            .collect();
        let found = self.difference(WITH_AMAZON);
        assert_eq!(found, self.between, "{}: {differing:?}", self.day);
        if self.between.is_zero() {
            assert!(differing.is_empty(), "{}: {differing:?}", self.day);
        }
        let is_of_sale = |name: &str| OF_SALES.contains(&name);
        let others = differing.iter().filter(|(name, _)| !is_of_sale(name) && *name != WITH_AMAZON);
        assert_eq!(others.count(), 0, "{}: {differing:?}", self.day);
    }
}

/// The same account kept in both ways, with the bank's lines matched.
async fn both(seed: u64, setting: Setting, edition: Edition) -> [Kept; 2] {
    let chosen = Chosen { seed, setting, edition, way: Way::Summary, by_shipment: false };
    let summary = kept(chosen).await;
    summary.statement().await;
    let per_order = kept(Chosen { way: Way::PerOrder, by_shipment: true, ..chosen }).await;
    per_order.statement().await;
    [summary, per_order]
}

/// Where Amazon states no tax, a settlement does not know which goods carry another rate than the
/// standard one, so income and tax are not compared: each way's bridge closes.
async fn check_bridges(seed: u64, setting: Setting, edition: Edition) {
    for kept in both(seed, setting, edition).await {
        kept.closes().await;
    }
}

async fn check(seed: u64, setting: Setting, edition: Edition) {
    let [summary, per_order] = both(seed, setting, edition).await;
    let ends = summary.month_ends();
    assert!(ends.len() >= 2, "{ends:?}");
    for day in ends {
        let bridge = per_order.bridge(day).await;
        let of_orders = bridge.left.iter().filter(|item| item.kind == ItemKind::Order);
        let between = Money::sum(of_orders.map(|item| item.amount), bridge.currency).unwrap();
        let (summary, per_order) = (summary.balances(day).await, per_order.balances(day).await);
        Compared { day, summary, per_order, between }.must_agree();
    }
    summary.closes().await;
    per_order.closes().await;
}

#[tokio::test]
async fn uk() {
    check(1, Setting::UkVat, Edition::Uk).await;
}

#[tokio::test]
async fn uk_without_vat_rows() {
    check_bridges(2, Setting::UkGross, Edition::Uk).await;
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
    check_bridges(5, Setting::Au, Edition::Au).await;
}
