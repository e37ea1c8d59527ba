//! Months of one seller account as one story: orders ship, their money is held back and released,
//! refunds and charges come, every two weeks a settlement is closed and paid out.
//!
//! The orders are those that the Orders API shows; each of their cents is in one transaction, and
//! once that is released in one row of one settlement. Everything follows from the seed; the
//! world's clock only decides how much of it can be seen. Start at [`History::tell`].

mod balance;
mod bulk;
mod charges;
mod documents;
mod file;
mod india;
mod orders;
mod payouts;
mod recipes;
mod refund;
mod sale;
mod setting;
mod settle;
mod stock;
#[cfg(test)]
mod tests;
mod transaction;
mod truth;
mod words;

use base::{Currency, Timestamp, digest};

pub use self::balance::Balance;
pub use self::bulk::{Totals, write_settlement};
pub use self::documents::{Charset, Report};
pub use self::payouts::{BankLine, Payout, Stage};
pub use self::setting::Setting;
pub use self::settle::{Carried, Settlement};
pub use self::transaction::{Deferral, Item, OrderRef, Row, Transaction};
pub use self::truth::{OrderTruth, SettlementTruth};
pub use self::words::Words;

pub(crate) use self::payouts::ACCOUNT_TAIL;

use self::charges::{Desk, Window};
use self::orders::Told;
use self::settle::Bookkeeper;
use crate::amazon::SELLER_ID;
use crate::amazon::generate::{Generated, Trait};
use crate::random::Random;

/// Which story is told.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub seed: u64,
    pub setting: Setting,
    pub orders: usize,
    /// When the account was opened: the first settlement starts here.
    pub from: Timestamp,
    /// Orders are placed for so many months of thirty days; what follows from them comes later.
    pub months: u32,
    pub quirks: Quirks,
    /// Amazon pays in another currency than it sells in.
    pub converts: Option<Conversion>,
}

/// Amazon's currency converter for sellers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Conversion {
    /// What reaches the bank.
    pub to: Currency,
    /// Ten-thousandths of it for one unit of the account's currency.
    pub rate: i64,
}

/// What Amazon does now and then; all off unless asked for.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of its own")]
pub struct Quirks {
    /// Words that nobody has seen before, in every settlement.
    pub unknown_triples: bool,
    /// One settlement's document lacks a row; three days later a whole one follows.
    pub reissue: bool,
    /// Every fourth document is listed a second time.
    pub listed_twice: bool,
    /// A document repeats the settlement before its own, as in India.
    pub bundled: bool,
    /// The application lacks the role for payouts.
    pub no_transfers_role: bool,
}

/// A month of this generator.
const MONTH_MS: i64 = 30 * Timestamp::DAY;

impl Options {
    /// Six months that end at `now`, with about as many orders as asked for.
    pub fn before(seed: u64, setting: Setting, orders: usize, now: Timestamp) -> Options {
        let months = 6;
        let day = now.0.div_euclid(Timestamp::DAY) * Timestamp::DAY;
        // Amazon opens accounts at odd times.
        let clock = 8 * Timestamp::HOUR + 59 * Timestamp::MINUTE + 45 * Timestamp::SECOND;
        let from = Timestamp(day - i64::from(months) * MONTH_MS - Timestamp::DAY + clock);
        let quirks = Quirks { bundled: setting == Setting::In, ..Quirks::default() };
        Options { seed, setting, orders, from, months, quirks, converts: None }
    }

    /// No order is placed from here on.
    pub fn until(&self) -> Timestamp {
        self.from.after_ms(i64::from(self.months) * MONTH_MS)
    }
}

/// The whole story, from the first order to the last payout.
#[derive(Debug)]
pub struct History {
    pub options: Options,
    /// What Amazon calls the seller.
    pub seller_id: String,
    /// In the order of their release.
    pub transactions: Vec<Transaction>,
    pub settlements: Vec<Settlement>,
    /// The settlement reports, as they come to be listed.
    pub reports: Vec<Report>,
    pub(crate) orders: Vec<Generated>,
}

impl History {
    pub fn tell(options: Options) -> History {
        let mut orders = Vec::new();
        let mut transactions = Vec::new();
        for told in told(&options) {
            transactions.extend(sales(&options, &told));
            orders.push(told.order);
        }
        transactions.sort_by_key(|transaction| transaction.released);
        let (transactions, settlements) = settle(&options, transactions);
        let reports = documents::reports(&options, &settlements);
        let seller_id = SELLER_ID.to_owned();
        History { options, seller_id, transactions, settlements, reports, orders }
    }

    pub fn currency(&self) -> Currency {
        self.options.setting.market().currency()
    }

    /// The next moment after `after` at which anything of it changes.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        self.moments().filter(|at| *at > after).min()
    }

    pub fn last_change(&self) -> Option<Timestamp> {
        self.moments().max()
    }

    fn moments(&self) -> impl Iterator<Item = Timestamp> {
        let transactions = self.transactions.iter().flat_map(|of| {
            [
                of.posted,
                of.released,
                of.posted.after_ms(of.late_ms),
                of.released.after_ms(of.late_ms),
            ]
        });
        let payouts = self.settlements.iter().flat_map(|of| &of.payout.stages).map(|(_, at)| *at);
        let ends = self.settlements.iter().map(|of| of.end);
        transactions.chain(payouts).chain(ends).chain(self.reports.iter().map(|of| of.created))
    }

    /// The rows of a settlement in the order of its file, each with its transaction and moment.
    pub fn rows<'a>(
        &'a self,
        settlement: &'a Settlement,
    ) -> impl Iterator<Item = (Option<&'a Transaction>, Timestamp, &'a Row)> {
        let carried = |of: &'a Carried| (None, of.at, &of.row);
        let moved =
            settlement.transactions.iter().filter_map(|place| self.transactions.get(*place));
        let rows = moved.flat_map(|of| of.rows.iter().map(move |row| (Some(of), of.released, row)));
        settlement
            .opening
            .iter()
            .map(carried)
            .chain(rows)
            .chain(settlement.closing.iter().map(carried))
    }
}

/// The orders, spread over the months.
fn told(options: &Options) -> Vec<Told> {
    let mut random = Random::stream(options.seed, "history");
    let seconds = options.until().since(options.from) / Timestamp::SECOND;
    (0..options.orders as u64)
        .map(|number| {
            let second = random.below(u64::try_from(seconds).unwrap_or(1));
            let placed = i64::try_from(second).unwrap_or(0) * Timestamp::SECOND;
            let placed = options.from.after_ms(placed);
            // Numbers of their own: other orders of the same world keep their ids.
            orders::order(options.seed, options.setting, 1_000_000 + number, placed)
        })
        .collect()
}

/// What an order's parcels bring, and what is refunded of them.
fn sales(options: &Options, told: &Told) -> Vec<Transaction> {
    let mut transactions = Vec::new();
    let Some(end) = told.end().filter(|end| !end.traits.has(Trait::Replacement)) else {
        return transactions;
    };
    let mut random = Random::stream(options.seed, &format!("money of {}", end.id));
    for (index, parcel) in told.parcels.iter().enumerate() {
        let sale = sale::sale(options.setting, end, parcel, index);
        let hours = |random: &mut Random, least: i64, most: u64| {
            (least + i64::try_from(random.below(most)).unwrap_or(0)) * Timestamp::HOUR
                + i64::try_from(random.below(3600)).unwrap_or(0) * Timestamp::SECOND
        };
        let delivered = parcel.at.after_ms(hours(&mut random, 20, 70));
        let dd7 = delivered.after_ms(7 * Timestamp::DAY + hours(&mut random, 0, 8));
        let paid = parcel.at.after_ms(hours(&mut random, 15 * 24, 25 * 24));
        let sale = if !end.sold_on_amazon() || random.chance(60) {
            sale
        } else if end.traits.has(Trait::Invoiced) {
            sale.deferred("B2B", paid)
        } else {
            sale.deferred("DD7", dd7)
        };
        if random.chance(50) {
            // Most goods come back after the money came free; else the refund waits with it.
            let early = sale.deferral.is_some() && random.chance(200);
            let wait = hours(&mut random, 20, 25 * 24);
            let at = if early {
                delivered.after_ms(hours(&mut random, 4, 90))
            } else {
                sale.released.after_ms(wait)
            };
            let refund = refund::refund(options.setting, &sale, at, &mut random);
            transactions.extend(refund.map(|refund| match sale.deferral {
                Some(held) if at < held.maturity => refund.deferred(held.reason, held.maturity),
                Some(_) | None => refund,
            }));
        }
        transactions.push(sale);
    }
    transactions
}

/// Closes period after period until all money has come free. Gives back every transaction in the
/// order of release, with its id.
fn settle(options: &Options, sales: Vec<Transaction>) -> (Vec<Transaction>, Vec<Settlement>) {
    let last = sales.last().map_or(options.from, |last| last.released).max(options.until());
    let mut random = Random::stream(options.seed, "windows");
    let mut bookkeeper = Bookkeeper::new(options.seed, options.setting);
    let mut all = Vec::new();
    let mut places = Vec::new();
    let mut left = sales.into_iter().peekable();
    for window in settle::windows(options.from, last, &mut random) {
        let mut inside = Vec::new();
        while let Some(sale) = left.next_if(|sale| window.holds(sale.released)) {
            inside.push(sale);
        }
        inside.extend(charges(options, window, &inside));
        bookkeeper.close(window, &mut inside);
        inside.sort_by_key(|transaction| transaction.released);
        places.push((all.len()..all.len() + inside.len()).collect::<Vec<usize>>());
        all.extend(inside);
    }
    for (number, transaction) in all.iter_mut().enumerate() {
        transaction.id = digest(&[&options.seed.to_string(), "transaction", &number.to_string()]);
        // Amazon may be up to two days late in telling.
        if random.chance(40) {
            transaction.late_ms = i64::try_from(random.below(2 * 86_400)).unwrap_or(0) * 1000;
        }
    }
    let mut settlements = bookkeeper.settlements();
    for (settlement, transactions) in settlements.iter_mut().zip(places) {
        settlement.transactions = transactions;
    }
    (all, settlements)
}

fn charges(options: &Options, window: Window, inside: &[Transaction]) -> Vec<Transaction> {
    let sales: Vec<&Transaction> = inside.iter().filter(|of| of.kind == "Shipment").collect();
    let desk = Desk {
        setting: options.setting,
        window,
        sales: &sales,
        random: Random::stream(options.seed, &format!("charges {}", window.number)),
        out: Vec::new(),
    };
    charges::charges(desk, options.quirks.unknown_triples)
}
