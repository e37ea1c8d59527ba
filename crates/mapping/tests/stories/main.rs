//! Each folder in `stories/` is one business situation told at every stage: what Amazon wrote, the
//! facts, the rules that differ from the first rule book, what was decided with its journals, and
//! the documents. A file is checked against the file before it; `UPDATE=1` rewrites the written
//! ones, keeping their comments, and the diff is the review.
//!
//! Stories of orders begin with Amazon's JSON, those of settlements with a settlement file.

#![expect(clippy::wildcard_enum_match_arm, reason = "tests look for one kind among many")]

#[cfg(test)]
mod facts_text;
#[cfg(test)]
mod properties;
#[cfg(test)]
mod rules;
#[cfg(test)]
mod settlements;
#[cfg(test)]
mod shelf;
#[cfg(test)]
mod tell;
#[cfg(test)]
mod world;

use shelf::Story;
use world::World;

#[test]
fn every_story_is_told_as_it_is_written() {
    let mut differing = Vec::new();
    for story in Story::all() {
        let world = story.world();
        let told = [
            story.says("2-facts.txt", &facts_text::told(&world.facts)),
            story.says("4-intents.txt", &tell::journals(&world)),
            story.says("5-xero.txt", &tell::documents(&world)),
        ];
        if told.contains(&false) {
            differing.push(story);
        }
    }
    assert!(differing.is_empty(), "these stories are told otherwise: {differing:?}");
}

/// Deciding again after everything is written down changes nothing, at every step of every story.
#[test]
fn deciding_twice_is_deciding_once() {
    for story in Story::all() {
        for again in story.world().again {
            assert!(again.intents.is_empty(), "{story:?}: {again:?}");
            assert!(again.withdraw.is_empty(), "{story:?}: {again:?}");
            assert!(again.shared.is_empty(), "{story:?}: {again:?}");
        }
    }
}

/// Amazon's VAT calculation on or off gives the same document, and so does a tax that is listed or
/// not where prices include it.
#[test]
fn the_vat_service_makes_no_difference() {
    let amounts = |story: &str| {
        let world: World = Story::named(story).world();
        let invoice = world.invoice().unwrap();
        let lines: Vec<_> = invoice
            .lines
            .iter()
            .map(|line| (line.amount, line.tax, line.tax_type.clone(), line.account_id.clone()))
            .collect();
        (invoice.total, invoice.tax, lines)
    };
    assert_eq!(amounts("uk_vat_service_on"), amounts("uk_vat_service_off"));
    assert_eq!(amounts("jp_yen_inclusive"), amounts("jp_tax_unlisted"));
}
