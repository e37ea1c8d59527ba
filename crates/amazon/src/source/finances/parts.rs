//! Amazon's trees of amounts, taken apart without losing a cent.
//!
//! A transaction tells its money twice: its items in detail, and the whole in its own tree, which
//! may be coarser, finer, or the only one. Here each cent is counted once: what the items carry
//! stands with the items, what only the whole knows stands with the whole, and what nobody names
//! is a part that says so. The parts always add up to the total that Amazon printed.

use base::{Currency, Money};
use facts::finances::Part;

use super::FinancesError;
use crate::api::finances::{Breakdown, Money as Wire};

/// The path of what Amazon's breakdowns do not explain.
pub const NOT_BROKEN_DOWN: &str = "(not broken down)";

/// An amount, exact in its currency; `place` says where it stood.
pub(in crate::source) fn money(wire: &Wire, place: &str) -> Result<Money, FinancesError> {
    let place = || place.to_owned();
    let currency = wire
        .currency_code
        .parse()
        .map_err(|error| FinancesError::Currency { place: place(), error })?;
    Money::exact(wire.currency_amount.0, currency)
        .map_err(|error| FinancesError::Amount { place: place(), error })
}

/// The leaves of the trees, with a leaf for whatever a tree's children leave open.
pub(super) fn leaves(trees: &[Breakdown], currency: Currency) -> Result<Vec<Part>, FinancesError> {
    let mut parts = Vec::new();
    for tree in trees {
        descend(tree, &[], currency, &mut parts)?;
    }
    Ok(parts)
}

fn descend(
    tree: &Breakdown,
    above: &[String],
    currency: Currency,
    parts: &mut Vec<Part>,
) -> Result<Money, FinancesError> {
    let mut path = above.to_vec();
    path.push(tree.breakdown_type.clone().unwrap_or_default());
    let said =
        tree.breakdown_amount.as_ref().map(|wire| money(wire, &path.join("/"))).transpose()?;
    let children = tree.breakdowns.as_deref().unwrap_or_default();
    if children.is_empty() {
        let Some(amount) = said else { return Ok(Money::zero(currency)) };
        parts.push(Part { path, amount });
        return Ok(amount);
    }
    let mut sum = Money::zero(currency);
    for child in children {
        let amount = descend(child, &path, currency, parts)?;
        sum = plus(sum, amount, &path)?;
    }
    let Some(said) = said else { return Ok(sum) };
    let rest = minus(said, sum, &path)?;
    if !rest.is_zero() {
        path.push(NOT_BROKEN_DOWN.to_owned());
        parts.push(Part { path, amount: rest });
    }
    Ok(said)
}

/// The parts of something that comes to `total`, with one more for what is left.
pub(super) fn footed(mut parts: Vec<Part>, total: Money) -> Result<Vec<Part>, FinancesError> {
    let rest = minus(total, sum(&parts, total.currency())?, &[])?;
    if !rest.is_zero() {
        parts.push(Part { path: vec![NOT_BROKEN_DOWN.to_owned()], amount: rest });
    }
    Ok(parts)
}

/// What the whole's own tree says beyond what the items carry. `rest` is the total less the items;
/// `roots` are the items' first words with their amounts, by which the whole's leaves are known
/// again. Only if what is left of the leaves comes to exactly `rest` are their names used.
pub(super) fn beyond(
    leaves: Vec<Part>,
    mut roots: Vec<(String, Money)>,
    rest: Money,
) -> Result<Vec<Part>, FinancesError> {
    if rest.is_zero() {
        return Ok(Vec::new());
    }
    let mut left = Vec::new();
    for mut leaf in leaves {
        let word = leaf.path.last().cloned().unwrap_or_default();
        let known = roots.extract_if(.., |(root, _)| *root == word).map(|(_, amount)| amount);
        for amount in known.collect::<Vec<_>>() {
            leaf.amount = minus(leaf.amount, amount, &leaf.path)?;
        }
        if !leaf.amount.is_zero() {
            left.push(leaf);
        }
    }
    let is_proven = roots.is_empty() && sum(&left, rest.currency())? == rest;
    if is_proven { Ok(left) } else { footed(Vec::new(), rest) }
}

pub(super) fn sum(parts: &[Part], currency: Currency) -> Result<Money, FinancesError> {
    Money::sum(parts.iter().map(|part| part.amount), currency)
        .map_err(|error| FinancesError::Amount { place: "the breakdowns".to_owned(), error })
}

pub(super) fn plus(left: Money, right: Money, path: &[String]) -> Result<Money, FinancesError> {
    left.plus(right).map_err(|error| FinancesError::Amount { place: path.join("/"), error })
}

pub(super) fn minus(left: Money, right: Money, path: &[String]) -> Result<Money, FinancesError> {
    left.minus(right).map_err(|error| FinancesError::Amount { place: path.join("/"), error })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    fn read(json: &str) -> Vec<Breakdown> {
        serde_json::from_str(json).unwrap()
    }

    fn node(word: &str, minor: Option<i64>, children: &[String]) -> String {
        let amount = minor.map_or("null".to_owned(), |minor| {
            format!(r#"{{"currencyCode":"GBP","currencyAmount":{}}}"#, gbp(minor).amount())
        });
        let children = children.join(",");
        format!(
            r#"{{"breakdownType":"{word}","breakdownAmount":{amount},"breakdowns":[{children}]}}"#
        )
    }

    fn told(parts: &[Part]) -> Vec<(String, i64)> {
        parts.iter().map(|part| (part.path.join("/"), part.amount.minor())).collect()
    }

    #[test]
    fn a_leaf_has_all_the_words_from_the_root_down() {
        let fee = node(
            "Commission",
            Some(-60),
            &[node("Base", Some(-50), &[]), node("Tax", Some(-10), &[])],
        );
        let trees = read(&format!("[{}]", node("AmazonFees", Some(-60), &[fee])));
        let parts = leaves(&trees, Currency::GBP).unwrap();
        let expected = [("AmazonFees/Commission/Base", -50), ("AmazonFees/Commission/Tax", -10)];
        assert_eq!(told(&parts), expected.map(|(path, amount)| (path.to_owned(), amount)));
    }

    #[test]
    fn what_children_leave_open_is_a_part_of_its_own() {
        let trees = read(&format!("[{}]", node("Fees", Some(-60), &[node("A", Some(-50), &[])])));
        let parts = leaves(&trees, Currency::GBP).unwrap();
        assert_eq!(told(&parts)[1], ("Fees/(not broken down)".to_owned(), -10));
    }

    #[test]
    fn another_currency_inside_is_refused() {
        let inner = node("A", Some(1), &[]).replace("GBP", "EUR");
        let trees = read(&format!("[{}]", node("Fees", Some(-60), &[inner])));
        assert!(leaves(&trees, Currency::GBP).is_err());
    }

    fn part(path: &[&str], minor: i64) -> Part {
        Part { path: path.iter().map(|word| (*word).to_owned()).collect(), amount: gbp(minor) }
    }

    #[test]
    fn what_only_the_whole_knows_keeps_its_name_when_it_can_be_proven() {
        let whole = vec![part(&["Sales", "Tax"], 20), part(&["Expenses", "RegulatoryFee"], -7)];
        let roots = vec![("Tax".to_owned(), gbp(12)), ("Tax".to_owned(), gbp(8))];
        let parts = beyond(whole.clone(), roots, gbp(-7)).unwrap();
        assert_eq!(parts, [part(&["Expenses", "RegulatoryFee"], -7)]);
        let stranger = vec![("Tax".to_owned(), gbp(20)), ("Odd".to_owned(), gbp(1))];
        assert_eq!(beyond(whole, stranger, gbp(-8)).unwrap(), [part(&[NOT_BROKEN_DOWN], -8)]);
    }

    fn tree() -> impl Strategy<Value = String> {
        let amount = proptest::option::of(-100_000_i64..100_000);
        let leaf = ("[A-C]", amount.clone()).prop_map(|(word, minor)| node(&word, minor, &[]));
        leaf.prop_recursive(4, 24, 4, move |inner| {
            ("[A-C]", amount.clone(), proptest::collection::vec(inner, 0..4))
                .prop_map(|(word, minor, children)| node(&word, minor, &children))
        })
    }

    proptest! {
        #[test]
        fn whatever_the_trees_say_the_parts_add_up_to_the_total(
            trees in proptest::collection::vec(tree(), 0..4),
            total in -100_000_i64..100_000,
        ) {
            let trees = read(&format!("[{}]", trees.join(",")));
            let parts = footed(leaves(&trees, Currency::GBP).unwrap(), gbp(total)).unwrap();
            prop_assert_eq!(sum(&parts, Currency::GBP).unwrap(), gbp(total));
        }

        #[test]
        fn a_tree_with_an_amount_comes_to_that_amount(
            children in proptest::collection::vec(tree(), 0..4),
            minor in -100_000_i64..100_000,
        ) {
            let trees = read(&format!("[{}]", node("Root", Some(minor), &children)));
            let parts = leaves(&trees, Currency::GBP).unwrap();
            prop_assert_eq!(sum(&parts, Currency::GBP).unwrap(), gbp(minor));
        }

        #[test]
        fn what_is_beyond_the_items_is_always_the_rest(
            whole in proptest::collection::vec(("[A-C]", -100_i64..100), 0..5),
            roots in proptest::collection::vec(("[A-D]", -100_i64..100), 0..5),
            rest in -100_i64..100,
        ) {
            let leaves = whole.iter().map(|(word, minor)| part(&["Sales", word], *minor)).collect();
            let roots = roots.into_iter().map(|(word, minor)| (word, gbp(minor))).collect();
            let parts = beyond(leaves, roots, gbp(rest)).unwrap();
            prop_assert_eq!(sum(&parts, Currency::GBP).unwrap(), gbp(rest));
        }
    }
}
