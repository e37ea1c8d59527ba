use std::collections::BTreeMap;

use base::Timestamp;

use super::{LATER, NOW, tell};
use crate::amazon::generate::Trait;
use crate::amazon::history::{History, Setting, Stage};

#[test]
fn the_same_seed_tells_the_same_story() {
    let bytes = |seed| -> Vec<Vec<u8>> {
        let history = tell(seed, Setting::De);
        history.reports.iter().map(|report| history.document(report)).collect()
    };
    assert_eq!(bytes(7), bytes(7));
    assert_ne!(bytes(7), bytes(8));
}

#[test]
fn every_settlement_foots_and_every_transaction_is_in_one() {
    for seed in 0..12 {
        for setting in Setting::ALL {
            let history = tell(seed, setting);
            let mut seen = 0;
            for settlement in &history.settlements {
                let sum: i64 = history.rows(settlement).map(|(_, _, row)| row.amount).sum();
                assert_eq!(sum, settlement.total, "{setting:?} {seed} {}", settlement.number);
                for place in &settlement.transactions {
                    let released = history.transactions[*place].released;
                    assert!(settlement.start <= released && released < settlement.end);
                    assert_eq!(*place, seen);
                    seen += 1;
                }
            }
            assert_eq!(seen, history.transactions.len());
        }
    }
}

/// What each order's buyer was charged, by the orders alone.
fn charged(history: &History) -> BTreeMap<String, i64> {
    let sold = |draft: &crate::amazon::generate::Draft| {
        draft.status == "SHIPPED" && draft.sold_on_amazon() && draft.original.is_none()
    };
    let ends = history.orders.iter().filter_map(|order| order.states.last());
    let ends = ends.filter(|draft| sold(draft));
    ends.map(|draft| (draft.id.clone(), draft.grand_total().unwrap().minor())).collect()
}

#[test]
fn released_rows_bring_each_orders_grand_total() {
    for seed in 0..12 {
        for setting in Setting::ALL {
            let history = tell(seed, setting);
            let truth = history.order_truth(LATER);
            let expected = charged(&history);
            assert!(expected.len() > 100);
            for (id, total) in &expected {
                assert_eq!(truth[id].charged, *total, "{setting:?} {seed} {id}");
                assert!(-truth[id].refunded <= *total, "{setting:?} {seed} {id}");
            }
            let from_elsewhere = truth.keys().filter(|id| id.starts_with("S02-")).count();
            assert_eq!(truth.len(), expected.len() + from_elsewhere);
        }
    }
}

#[test]
fn what_amazon_withholds_is_the_tax_that_rows_show() {
    for (setting, all) in [(Setting::Us, true), (Setting::Ca, true), (Setting::De, false)] {
        for seed in 0..12 {
            let history = tell(seed, setting);
            let rows = history.transactions.iter().filter(|of| of.kind == "Shipment");
            for sale in rows.filter(|of| all || of.rows.iter().any(|row| row.words.is_withheld())) {
                let taxes = sale.rows.iter().filter(|row| {
                    row.words.is_withheld()
                        || row.words.description.contains("Tax") && row.words.is_price()
                });
                assert_eq!(taxes.map(|row| row.amount).sum::<i64>(), 0, "{setting:?} {sale:?}");
            }
        }
    }
}

#[test]
fn periods_follow_one_another_and_are_paid_two_days_later() {
    let history = tell(3, Setting::UkVat);
    assert_eq!(history.settlements[0].start, history.options.from);
    for pair in history.settlements.windows(2) {
        assert_eq!(pair[0].end, pair[1].start);
        assert_eq!(pair[1].end.since(pair[1].start), 14 * Timestamp::DAY);
        assert_eq!(pair[0].deposit.since(pair[0].end), 2 * Timestamp::DAY);
        assert!(pair[0].id.parse::<u64>().unwrap() < pair[1].id.parse::<u64>().unwrap());
    }
    let month = |at: Timestamp| at.iso().chars().take(7).collect::<String>();
    let crossing = history.settlements.iter().filter(|of| month(of.start) != month(of.end));
    assert!(crossing.count() >= 5);
}

#[test]
fn what_a_settlement_leaves_the_next_one_takes_over() {
    for seed in 0..12 {
        for setting in Setting::ALL {
            let history = tell(seed, setting);
            for pair in history.settlements.windows(2) {
                let (before, after) = (&pair[0], &pair[1]);
                let opening = |name: &str| -> i64 {
                    let rows = after.opening.iter().map(|carried| carried.row);
                    rows.filter(|row| row.words.description == name).map(|row| row.amount).sum()
                };
                assert_eq!(opening("Previous Reserve Amount Balance"), before.reserved());
                assert_eq!(opening("Payable to Amazon"), before.total.min(0));
                if let Some(closing) = before.closing {
                    assert!(closing.at > before.end);
                }
                let charged: i64 = history
                    .rows(after)
                    .filter(|(of, _, _)| of.is_some_and(|of| of.description == "Successful charge"))
                    .map(|(_, _, row)| row.amount)
                    .sum();
                assert_eq!(charged, if before.total <= -20_00 { -before.total } else { 0 });
            }
        }
    }
}

#[test]
fn some_settlement_ends_in_debt_and_some_payout_comes_back() {
    for setting in Setting::ALL {
        let history = tell(1, setting);
        let in_debt: Vec<i64> =
            history.settlements.iter().map(|of| of.total).filter(|total| *total < 0).collect();
        assert!(in_debt.iter().any(|total| *total <= -20_00), "{setting:?} {in_debt:?}");
        assert!(in_debt.iter().any(|total| *total > -20_00), "{setting:?} {in_debt:?}");
        let failed = history.settlements.iter().find(|of| of.payout.failed().is_some()).unwrap();
        let back = history.transactions.iter().find(|of| of.description == "Failed Disbursement");
        assert_eq!(back.unwrap().total(), failed.total);
        let lines = history.bank_lines(NOW);
        assert!(lines.iter().all(|line| line.settlement.as_ref() != Some(&failed.id)));
        assert!(lines.len() >= 6);
        for settlement in &history.settlements {
            let paid = settlement.payout.seen(LATER).any(|(stage, _)| stage == Stage::Paid);
            assert_eq!(paid, settlement.total > 0 && settlement.id != failed.id);
        }
    }
}

#[test]
fn retrocharges_net_to_nothing() {
    let history = tell(2, Setting::Us);
    let groups: Vec<i64> = history
        .transactions
        .iter()
        .filter(|of| of.kind == "Retrocharge")
        .map(crate::amazon::history::Transaction::total)
        .collect();
    assert!(!groups.is_empty() && groups.iter().all(|total| *total == 0));
}

#[test]
fn business_orders_wait_for_their_buyers_and_most_others_for_a_week_after_delivery() {
    let history = tell(4, Setting::UkVat);
    let invoiced: Vec<&str> = history
        .orders
        .iter()
        .filter(|order| order.recipe.traits.has(Trait::Invoiced))
        .map(|order| order.states[0].id.as_str())
        .collect();
    let (mut dd7, mut b2b, mut at_once) = (0, 0, 0);
    for sale in history.transactions.iter().filter(|of| of.kind == "Shipment") {
        let waited = sale.released.since(sale.posted) / Timestamp::DAY;
        match sale.deferral.map(|held| held.reason) {
            Some("B2B") => {
                assert!(waited >= 15 && invoiced.contains(&sale.order_id()));
                b2b += 1;
            }
            Some(_) => {
                assert!((7..12).contains(&waited), "{waited}");
                dd7 += 1;
            }
            None => at_once += 1,
        }
    }
    assert!(dd7 > 100 && b2b > 0 && at_once > 0 && at_once < 30);
}
