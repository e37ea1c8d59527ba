//! A stretch of the past: how far a lane has got with it, and what it is foretold to take.

use amazon::source::Position;
use amazon::source::window::FinancesPosition;
use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::Backfill;

/// What is read of the past, in this order: an order is decided best when its money is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Transactions,
    PaymentGroups,
    Payouts,
    Orders,
}

impl Source {
    /// Amazon's operation that gives it.
    pub fn operation(self) -> &'static str {
        match self {
            Source::Transactions => "listTransactions",
            Source::PaymentGroups => "listFinancialEventGroups",
            Source::Payouts => "listPayouts",
            Source::Orders => "searchOrders",
        }
    }

    pub fn words(self) -> &'static str {
        match self {
            Source::Transactions => "transactions",
            Source::PaymentGroups => "payment groups",
            Source::Payouts => "payouts",
            Source::Orders => "orders",
        }
    }
}

/// How far one source has been read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reading<P> {
    pub position: P,
    pub pages: u64,
    pub items: u64,
    /// Bytes of what Amazon sent.
    pub bytes: u64,
    /// The application has no role for it.
    #[serde(default)]
    pub is_denied: bool,
}

/// How far one lane has got, as its cursor keeps it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub since: Timestamp,
    pub until: Timestamp,
    pub began: Timestamp,
    pub ended: Option<Timestamp>,
    pub transactions: Reading<FinancesPosition>,
    pub payment_groups: Reading<FinancesPosition>,
    pub payouts: Reading<FinancesPosition>,
    pub orders: Reading<Position>,
}

impl<P> Reading<P> {
    fn from(position: P) -> Reading<P> {
        Reading { position, pages: 0, items: 0, bytes: 0, is_denied: false }
    }
}

impl Progress {
    /// The cursor's name of a region's lane.
    pub fn cursor(region: &str) -> String {
        format!("backfill:{region}")
    }

    /// Where a lane goes on: from what it kept, if that is of this stretch.
    pub fn of(kept: Option<&str>, wanted: &Backfill, now: Timestamp) -> Progress {
        let kept = kept.and_then(|text| serde_json::from_str::<Progress>(text).ok());
        kept.filter(|kept| (kept.since, kept.until) == (wanted.since, wanted.until))
            .unwrap_or_else(|| Progress::start(wanted, now))
    }

    fn start(wanted: &Backfill, now: Timestamp) -> Progress {
        let (since, until) = (wanted.since, wanted.until);
        let money = || Reading::from(FinancesPosition::between(since, until));
        Progress {
            since,
            until,
            began: now,
            ended: None,
            transactions: money(),
            payment_groups: money(),
            payouts: money(),
            orders: Reading::from(Position::between(since, until)),
        }
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    pub fn money(&self, source: Source) -> Option<&Reading<FinancesPosition>> {
        match source {
            Source::Transactions => Some(&self.transactions),
            Source::PaymentGroups => Some(&self.payment_groups),
            Source::Payouts => Some(&self.payouts),
            Source::Orders => None,
        }
    }

    pub fn money_mut(&mut self, source: Source) -> Option<&mut Reading<FinancesPosition>> {
        match source {
            Source::Transactions => Some(&mut self.transactions),
            Source::PaymentGroups => Some(&mut self.payment_groups),
            Source::Payouts => Some(&mut self.payouts),
            Source::Orders => None,
        }
    }

    /// What is to be read next; none when all was read.
    pub fn next(&self, with_money: bool) -> Option<Source> {
        let money = [Source::Transactions, Source::PaymentGroups, Source::Payouts];
        let is_open = |source: &Source| {
            let reading = self.money(*source);
            reading.is_some_and(|one| !one.is_denied && !one.position.is_over())
        };
        let money = money.into_iter().filter(|_source| with_money).find(is_open);
        money.or_else(|| (!self.orders.position.is_over()).then_some(Source::Orders))
    }

    /// How long the orders that are left will take, if they go on as they went.
    pub fn left_ms(&self, now: Timestamp) -> Option<i64> {
        let (read_ms, left_ms) = (
            self.orders.position.since.since(self.since),
            self.until.since(self.orders.position.since),
        );
        if read_ms <= 0 {
            return None;
        }
        let took_ms = i128::from(now.since(self.began));
        i64::try_from(took_ms * i128::from(left_ms) / i128::from(read_ms)).ok()
    }

    /// Of a hundred parts of the stretch, those whose orders were read.
    pub fn percent(&self) -> i64 {
        let whole_ms = self.until.since(self.since).max(1);
        self.orders.position.since.since(self.since).saturating_mul(100) / whole_ms
    }
}

/// What a stretch is foretold to take.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Forecast {
    pub regions: Vec<RegionForecast>,
    /// Calls to Xero; none where orders get no documents of their own.
    pub xero_calls: u64,
    /// Days that they take beside everything else, at the organisation's daily limit.
    pub xero_days: u64,
    /// Bytes in the database.
    pub bytes: u64,
}

/// One region's part of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionForecast {
    pub region: String,
    pub orders: u64,
    /// Calls of `searchOrders`.
    pub pages: u64,
    /// How long Amazon's limit makes them take beside live work.
    pub takes_ms: i64,
    /// Bytes of what Amazon sends.
    pub bytes: u64,
}

/// A day of the stretch that was looked at: how many orders a whole day like it has, and how many
/// bytes one of them is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sampled {
    /// Orders that were shown.
    pub orders: u64,
    pub bytes: u64,
    /// The time that these orders span, in milliseconds: a day, or less where the page was full.
    pub span_ms: i64,
}

/// What Daybook makes of an order's bytes: the fact, decisions, documents and what they are found by.
/// Measured on a demo of a thousand orders: 2.2 MB came from Amazon, 18 MB are in the database.
const BYTES_KEPT_FOR_ONE: u64 = 8;
/// Calls to Xero for a thousand orders (`docs/benchmarks.md`).
const XERO_CALLS_FOR_1000: u64 = 45;
const PAGE: u64 = 100;
/// Pages that the bucket of `searchOrders` gives at once, less what live work keeps and what the
/// forecast itself took.
const PAGES_AT_ONCE: u64 = 10;
/// Amazon gives back one page after so long.
const PAGE_AGAIN_MS: i64 = 180 * Timestamp::SECOND;

impl RegionForecast {
    /// From days that were looked at to the whole stretch. `poll_ms`: how often live work takes a page.
    pub fn of(region: &str, sampled: &[Sampled], stretch_ms: i64, poll_ms: i64) -> RegionForecast {
        let shown: u64 = sampled.iter().map(|one| one.orders).sum();
        let of_day = |one: &Sampled| {
            u128::from(one.orders) * u128::from(Timestamp::DAY.unsigned_abs())
                / u128::from(one.span_ms.max(1).unsigned_abs())
        };
        let in_days: u128 = sampled.iter().map(of_day).sum();
        let days = u128::try_from(sampled.len()).unwrap_or(1).max(1);
        let orders = in_days * u128::from(stretch_ms.max(0).unsigned_abs())
            / u128::from(Timestamp::DAY.unsigned_abs())
            / days;
        let orders = u64::try_from(orders).unwrap_or(u64::MAX);
        let bytes: u64 = sampled.iter().map(|one| one.bytes).sum();
        // Each month of the stretch ends with a page that is not full.
        let months = stretch_ms.max(0).unsigned_abs().div_ceil(30 * Timestamp::DAY.unsigned_abs());
        let pages = orders.div_ceil(PAGE).saturating_add(months);
        RegionForecast {
            region: region.to_owned(),
            orders,
            pages,
            takes_ms: takes_ms(pages, poll_ms),
            bytes: orders.saturating_mul(bytes / shown.max(1)),
        }
    }
}

/// Amazon gives a page every three minutes, and live work takes one of them every `poll_ms`.
fn takes_ms(pages: u64, poll_ms: i64) -> i64 {
    let waited = i64::try_from(pages.saturating_sub(PAGES_AT_ONCE)).unwrap_or(i64::MAX);
    let for_live = PAGE_AGAIN_MS.saturating_mul(PAGE_AGAIN_MS) / (poll_ms - PAGE_AGAIN_MS).max(1);
    waited.saturating_mul(PAGE_AGAIN_MS.saturating_add(for_live))
}

impl Forecast {
    /// `day_calls`: how many calls a day the past may make to Xero; none where orders get no
    /// documents of their own.
    pub fn of(regions: Vec<RegionForecast>, day_calls: Option<u64>) -> Forecast {
        let orders: u64 = regions.iter().map(|one| one.orders).sum();
        let calls = orders.saturating_mul(XERO_CALLS_FOR_1000).div_ceil(1_000);
        let bytes: u64 = regions.iter().map(|one| one.bytes).sum();
        Forecast {
            xero_calls: day_calls.map_or(0, |_| calls),
            xero_days: day_calls.map_or(0, |a_day| calls.div_ceil(a_day.max(1))),
            bytes: bytes.saturating_mul(BYTES_KEPT_FOR_ONE),
            regions,
        }
    }
}

#[cfg(test)]
mod tests {
    use intents::BookId;
    use store::BackfillState;

    use super::*;

    const DAY: i64 = Timestamp::DAY;

    #[test]
    fn days_that_were_looked_at_stand_for_the_others() {
        let quiet = Sampled { orders: 20, bytes: 40_000, span_ms: DAY };
        let busy = Sampled { orders: 100, bytes: 200_000, span_ms: DAY / 2 };
        let forecast = RegionForecast::of("EU", &[quiet, busy], 100 * DAY, 300_000);
        assert_eq!((forecast.orders, forecast.pages), (11_000, 114));
        // 104 pages after those at once: each waits three minutes, and as long again for live work's
        // share of three pages in five.
        assert_eq!(forecast.takes_ms, 104 * 450_000);
        assert_eq!(forecast.bytes, 11_000 * 2_000);
        let whole = Forecast::of(vec![forecast.clone()], Some(666));
        assert_eq!((whole.xero_calls, whole.xero_days), (495, 1));
        assert_eq!(Forecast::of(vec![forecast], None).xero_calls, 0);
        assert_eq!(RegionForecast::of("EU", &[], 100 * DAY, 300_000).orders, 0);
    }

    #[test]
    fn what_was_kept_of_another_stretch_is_not_gone_on_with() {
        let wanted = |since| Backfill {
            book: BookId::derive(&["a"]),
            since: Timestamp(since),
            until: Timestamp(90 * DAY),
            state: BackfillState::Running,
            who: String::new(),
            asked: Timestamp(0),
            forecast: String::new(),
        };
        let mut progress = Progress::of(None, &wanted(0), Timestamp(91 * DAY));
        assert_eq!(progress.next(true), Some(Source::Transactions));
        assert_eq!(progress.next(false), Some(Source::Orders));
        progress.orders.position.since = Timestamp(30 * DAY);
        assert_eq!(progress.percent(), 33);
        assert_eq!(progress.left_ms(Timestamp(92 * DAY)), Some(2 * DAY));
        let text = progress.to_text();
        let now = Timestamp(92 * DAY);
        assert_eq!(Progress::of(Some(&text), &wanted(0), now), progress);
        assert_eq!(Progress::of(Some(&text), &wanted(DAY), now).percent(), 0);
    }
}
