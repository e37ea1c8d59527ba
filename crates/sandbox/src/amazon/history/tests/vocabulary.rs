//! The words against a list of words that were seen in real files.

use std::collections::BTreeSet;

use super::NOW;
use crate::amazon::history::{History, Options, Quirks, Setting};

/// The rows of a settlement that Amazon takes or gives by itself, as far as they are known to come
/// with and without a SKU.
#[test]
fn a_kind_of_row_always_names_its_goods_or_never_does() {
    for setting in Setting::ALL {
        let history = History::tell(Options::before(21, setting, 800, NOW));
        let (mut with, mut without) = (BTreeSet::new(), BTreeSet::new());
        for settlement in &history.settlements {
            for (_, _, row) in history.rows(settlement) {
                let list = if row.item.is_some() { &mut with } else { &mut without };
                list.insert(row.words);
            }
        }
        let mixed: Vec<_> = with.intersection(&without).collect();
        assert!(mixed.is_empty(), "{setting:?} {mixed:?}");
        let goods = ["Order", "Refund", "Liquidations"];
        assert!(without.iter().all(|words| !goods.contains(&words.transaction_type)));
        let account = ["FBAFees", "ServiceFee", "Debt Adjustment", "Order_Retrocharge"];
        assert!(with.iter().all(|words| !account.contains(&words.transaction_type)));
    }
}

#[test]
fn switches_change_nothing_but_what_they_are_for() {
    let plain = Options::before(21, Setting::Us, 200, NOW);
    let told = |quirks| History::tell(Options { quirks, ..plain });
    let totals =
        |history: &History| -> Vec<i64> { history.settlements.iter().map(|of| of.total).collect() };
    let calm = totals(&told(Quirks::default()));
    let odd = Quirks { reissue: true, listed_twice: true, bundled: true, ..Quirks::default() };
    assert_eq!(calm, totals(&told(odd)));
    let unknown = Quirks { unknown_triples: true, ..Quirks::default() };
    assert_ne!(calm, totals(&told(unknown)));
}
