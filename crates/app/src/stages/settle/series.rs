//! Which settlements follow each other.
//!
//! A report does not say which of a seller's accounts it is of: each marketplace has one for standard orders
//! and may have another for invoiced ones, and a settlement of account rows alone names no
//! marketplace. What they say for sure is when they begin and end: of one account the next begins
//! where the last one ended, and two never overlap.

use facts::settlement::Found;
use store::Settlement;

/// The series of a settlement among those that are known: the one it touches, else the
/// marketplace's own that it does not overlap, else a new one.
pub(super) fn series(found: &Found, known: &[Settlement]) -> String {
    let settlement = &found.settlement;
    if let Some(same) = known.iter().find(|one| one.settlement_id == settlement.settlement_id) {
        return same.series.clone();
    }
    let of_seller: Vec<&Settlement> = known
        .iter()
        .filter(|one| {
            one.seller_id == found.seller_id
                && one.region == found.region
                && one.total.currency() == settlement.currency
        })
        .collect();
    let first = format!(
        "{}/{}/{}/{}",
        found.seller_id, found.region, settlement.currency, found.marketplace
    );
    let is_own = |one: &&&Settlement| one.series.starts_with(&first);
    let touches = |one: &&&Settlement| one.ends == settlement.start || one.starts == settlement.end;
    let touching = || of_seller.iter().filter(touches);
    if let Some(one) = touching().find(is_own).or_else(|| touching().next()) {
        return one.series.clone();
    }
    let overlaps = |series: &str| {
        let mut of_series = of_seller.iter().filter(|one| one.series == series);
        of_series.any(|one| one.starts < settlement.end && settlement.start < one.ends)
    };
    let free = of_seller.iter().filter(is_own).filter(|one| !overlaps(&one.series));
    match free.max_by_key(|one| one.ends) {
        Some(one) => one.series.clone(),
        None if of_seller.iter().any(|one| one.series == first) => {
            format!("{first}/{}", settlement.settlement_id)
        }
        None => first,
    }
}

#[cfg(test)]
mod tests {
    use base::{Currency, FactId, Money, Timestamp};
    use facts::settlement::Layout;

    use super::*;

    fn day(day: i64) -> Timestamp {
        Timestamp(day * Timestamp::DAY)
    }

    fn found(id: &str, marketplace: &str, (start, end): (i64, i64)) -> Found {
        let sum = Money::zero(Currency::EUR);
        Found {
            settlement: facts::settlement::Settlement {
                settlement_id: id.to_owned(),
                start: day(start),
                end: day(end),
                deposit: None,
                total: Some(sum),
                currency: Currency::EUR,
            },
            layout: Layout::FlatFileV2,
            report_id: None,
            region: "EU".to_owned(),
            seller_id: "S".to_owned(),
            marketplace: marketplace.to_owned(),
            rows: 0,
            sum,
            gzip: false,
        }
    }

    /// Learns settlements in this order; answers their series.
    fn learn(all: &[Found]) -> Vec<String> {
        let mut known: Vec<Settlement> = Vec::new();
        for one in all {
            let series = series(one, &known);
            known.push(Settlement {
                settlement_id: one.settlement.settlement_id.clone(),
                fact: FactId::derive(&[]),
                report: String::new(),
                region: one.region.clone(),
                seller_id: one.seller_id.clone(),
                series,
                starts: one.settlement.start,
                ends: one.settlement.end,
                deposited: None,
                rows: 0,
                total: one.sum,
                current_reserve: one.sum,
                covered: one.sum,
                posted: one.sum,
                held: one.sum,
            });
        }
        known.into_iter().map(|one| one.series).collect()
    }

    #[test]
    fn a_gap_stays_in_its_series_so_that_it_is_seen() {
        let series = learn(&[found("1", "Amazon.de", (0, 14)), found("3", "Amazon.de", (28, 42))]);
        assert_eq!(series[0], series[1]);
    }

    #[test]
    fn account_rows_alone_follow_what_they_touch() {
        let all = [
            found("1", "Amazon.de", (0, 14)),
            found("2", "Amazon.fr", (1, 15)),
            found("3", "", (14, 28)),
            found("4", "Amazon.de", (28, 42)),
            found("5", "Amazon.fr", (15, 29)),
        ];
        let series = learn(&all);
        assert_eq!((&series[2], &series[3]), (&series[0], &series[0]));
        assert_eq!(series[4], series[1]);
        assert_ne!(series[0], series[1]);
    }

    #[test]
    fn two_accounts_of_one_marketplace_are_two_series() {
        let all = [
            found("1", "Amazon.de", (0, 14)),
            found("2", "Amazon.de", (3, 17)),
            found("3", "Amazon.de", (14, 28)),
            found("4", "Amazon.de", (17, 31)),
        ];
        let series = learn(&all);
        assert_ne!(series[0], series[1]);
        assert_eq!((&series[2], &series[3]), (&series[0], &series[1]));
    }
}
