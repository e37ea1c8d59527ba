use base::Timestamp;

use super::tell;
use crate::amazon::history::Setting;

/// The same sum by another way: what settlements hold, what is open, and what waits.
#[test]
fn on_every_day_the_balance_is_what_settlements_and_open_rows_hold() {
    for (seed, setting) in
        [(1, Setting::UkVat), (2, Setting::De), (3, Setting::Us), (4, Setting::Au)]
    {
        let history = tell(seed, setting);
        let mut day = history.options.from.0.div_euclid(Timestamp::DAY) * Timestamp::DAY;
        let last = history.last_change().unwrap();
        while day < last.0 {
            day += Timestamp::DAY;
            let at = Timestamp(day);
            let balance = history.balance(at);
            assert_eq!(balance.available + balance.deferred + balance.reserve, balance.total);
            // Closed and neither paid out nor carried over.
            let closed = history.settlements.iter().rev().find(|of| of.end < at);
            let kept = closed.map_or(0, |of| {
                let is_paid_out = of.payout.started().is_some_and(|started| started < at);
                of.reserved() + if is_paid_out { 0 } else { of.total }
            });
            let open: i64 = history
                .transactions
                .iter()
                .filter(|of| {
                    of.released < at && closed.is_none_or(|closed| of.released >= closed.end)
                })
                .map(crate::amazon::history::Transaction::total)
                .sum();
            let waiting: i64 = history
                .transactions
                .iter()
                .filter(|of| of.posted < at && of.released >= at)
                .map(crate::amazon::history::Transaction::total)
                .sum();
            assert_eq!(balance.total, kept + open + waiting, "{setting:?} {seed} {at}");
            assert_eq!(balance.deferred, waiting);
        }
    }
}

#[test]
fn in_the_end_nothing_is_left_but_what_the_last_settlement_leaves() {
    let history = tell(9, Setting::UkGross);
    let end = history.last_change().unwrap().after_ms(Timestamp::DAY);
    let last = history.settlements.last().unwrap();
    let balance = history.balance(end);
    assert_eq!(balance.deferred, 0);
    assert_eq!(balance.total, last.reserved() + last.total.min(0));
}
