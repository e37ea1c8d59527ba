//! Closing the accounts every two weeks: reserves, debts, and what is paid out.

use base::{Timestamp, digest};

use super::charges::Window;
use super::payouts::{self, Payout};
use super::setting::Setting;
use super::transaction::{Row, Transaction};
use super::words::{self, other};
use crate::random::Random;

/// Money that a settlement takes over from the one before or leaves to the next. It moves nothing,
/// so it is no transaction.
#[derive(Debug, Clone, Copy)]
pub struct Carried {
    pub at: Timestamp,
    pub row: Row,
}

#[derive(Debug, Clone)]
pub struct Settlement {
    pub id: String,
    /// The Finances API's name for the same period.
    pub group_id: String,
    pub number: usize,
    pub start: Timestamp,
    pub end: Timestamp,
    pub deposit: Timestamp,
    pub total: i64,
    /// What was taken over at the start.
    pub opening: Vec<Carried>,
    /// The places of its transactions in the history's list, by the time of their release.
    pub transactions: Vec<usize>,
    /// What is held back for the next one.
    pub closing: Option<Carried>,
    pub payout: Payout,
}

impl Settlement {
    /// What it started with.
    pub fn beginning(&self) -> i64 {
        self.opening.iter().map(|carried| carried.row.amount).sum()
    }

    /// What is held back at its end; positive.
    pub fn reserved(&self) -> i64 {
        self.closing.map_or(0, |carried| -carried.row.amount)
    }
}

/// Amazon pays two days after the end, to the second.
const DEPOSIT_MS: i64 = 2 * Timestamp::DAY;
const PERIOD_MS: i64 = 14 * Timestamp::DAY;
/// Debts below this are left to the next settlement; above, the card is charged.
const CHARGED_FROM: i64 = 20_00;
/// These settlements end below zero: the first by much, the second by little.
const IN_DEBT: [(usize, u64, u64); 2] = [(2, 5_000, 50_000), (6, 200, 1_500)];
/// This one's payout comes back.
const FAILING: usize = 4;

/// The periods from a moment until past another. A new account's first one is longer.
pub(crate) fn windows(from: Timestamp, until: Timestamp, random: &mut Random) -> Vec<Window> {
    let extra = i64::try_from(random.below(15)).unwrap_or(0) * Timestamp::DAY;
    let mut windows = Vec::new();
    let mut start = from;
    let mut end = from.after_ms(PERIOD_MS + extra);
    loop {
        windows.push(Window { number: windows.len(), start, end });
        if end > until {
            return windows;
        }
        (start, end) = (end, end.after_ms(PERIOD_MS));
    }
}

/// Settles one period after another.
pub(crate) struct Bookkeeper {
    seed: u64,
    setting: Setting,
    random: Random,
    done: Vec<Settlement>,
}

impl Bookkeeper {
    pub(crate) fn new(seed: u64, setting: Setting) -> Bookkeeper {
        let random = Random::stream(seed, "settlements");
        Bookkeeper { seed, setting, random, done: Vec::new() }
    }

    pub(crate) fn settlements(self) -> Vec<Settlement> {
        self.done
    }

    /// Closes a window: `transactions` are all that came free in it, and gains those that closing
    /// it brings about.
    pub(crate) fn close(&mut self, window: Window, transactions: &mut Vec<Transaction>) {
        let (opening, moved) = self.open(window);
        transactions.extend(moved);
        let carried: i64 = opening.iter().map(|carried| carried.row.amount).sum();
        let mut sum = carried + transactions.iter().map(Transaction::total).sum::<i64>();
        if let Some(debt) = self.planned_debt(window.number) {
            let freight = self.freight(window, sum + debt);
            sum += freight.iter().map(Transaction::total).sum::<i64>();
            transactions.extend(freight);
        }
        let closing = self.reserve(window, sum);
        let total = sum + closing.map_or(0, |carried| carried.row.amount);
        let number = window.number;
        let deposit = window.end.after_ms(DEPOSIT_MS);
        let id = settlement_id(self.seed, number);
        let fails = number == FAILING;
        let payout = payouts::payout(self.seed, &id, (total, deposit), fails);
        self.done.push(Settlement {
            group_id: group_id(self.seed, number),
            id,
            number,
            start: window.start,
            end: window.end,
            deposit,
            total,
            opening,
            transactions: Vec::new(),
            closing,
            payout,
        });
    }

    /// What the period takes over, and the money that moves because of the one before.
    fn open(&mut self, window: Window) -> (Vec<Carried>, Vec<Transaction>) {
        let (mut opening, mut moved) = (Vec::new(), Vec::new());
        let Some(before) = self.done.last() else { return (opening, moved) };
        let mut carry = |words, amount, seconds: u64| {
            let at = window.start.after_ms(i64::try_from(seconds).unwrap_or(0) * Timestamp::SECOND);
            opening.push(Carried { at, row: Row::of(words, amount) });
        };
        if before.reserved() > 0 {
            carry(words::UNRESERVED, before.reserved(), 30 + self.random.below(90));
        }
        if before.total < 0 {
            carry(words::PAYABLE, before.total, 10 + self.random.below(15));
        }
        if before.total <= -CHARGED_FROM {
            let hours = i64::try_from(20 + self.random.below(30)).unwrap_or(24);
            let at = window.start.after_ms(hours * Timestamp::HOUR);
            let row = Row::of(words::CHARGED, -before.total);
            moved.push(Transaction::charge(("DebtRecovery", "Successful charge"), at, vec![row]));
        }
        if let Some(at) = before.payout.failed() {
            let row = Row::of(words::RETURNED, before.total);
            moved.push(Transaction::charge(
                ("FailedDisbursement", "Failed Disbursement"),
                at,
                vec![row],
            ));
        }
        (opening, moved)
    }

    fn planned_debt(&mut self, number: usize) -> Option<i64> {
        let (_, least, most) = IN_DEBT.into_iter().find(|(in_debt, _, _)| *in_debt == number)?;
        let debt = least + self.random.below(most - least);
        // A little debt must be too little for the card in every run.
        i64::try_from(debt).ok()
    }

    /// A container of new goods is charged to the account, of such an amount that it ends below
    /// zero.
    fn freight(&mut self, window: Window, amount: i64) -> Option<Transaction> {
        let row = Row::of(other("FBA International Freight Shipping Charge"), -amount);
        let hours = i64::try_from(100 + self.random.below(100)).unwrap_or(100);
        let at = window.start.after_ms(hours * Timestamp::HOUR);
        let named = ("ServiceFee", "FBA International Freight Shipping Charge");
        (amount > 0).then(|| Transaction::charge(named, at, vec![row]))
    }

    /// Amazon keeps some of it back in most periods; the row is dated after the period's end.
    fn reserve(&mut self, window: Window, sum: i64) -> Option<Carried> {
        let in_debt = IN_DEBT.iter().any(|(number, _, _)| *number == window.number);
        let holds = !in_debt && sum > 0 && self.random.chance(600);
        let per_mille = i64::try_from(80 + self.random.below(300)).unwrap_or(80);
        let amount = sum * per_mille / 1000;
        let seconds = i64::try_from(8 + self.random.below(290)).unwrap_or(8);
        let at = window.end.after_ms(seconds * Timestamp::SECOND);
        let row = Row::of(words::RESERVED, -amount);
        (holds && amount > 0 && self.setting != Setting::In).then_some(Carried { at, row })
    }
}

/// Eleven digits, growing with time.
fn settlement_id(seed: u64, number: usize) -> String {
    let base = 10_000_000_000 + seed % 90_000 * 100_000;
    (base + 17_389 + 211 * u64::try_from(number).unwrap_or(0)).to_string()
}

fn group_id(seed: u64, number: usize) -> String {
    let name = digest(&[&seed.to_string(), "event group", &number.to_string()]);
    name.to_uppercase()
}
