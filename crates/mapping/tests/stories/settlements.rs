//! Stories of settlements: a settlement file is read, footed and planned, and told as journals.
//!
//! A story with a `1-held.json` begins at a month's end: what Amazon's Finances say that it held back
//! then is accrued, after the documents of the order in `1-order.json` where the book posts those.

mod boxes;
mod documents;
mod footings;
mod journals;
mod month_end;

use std::collections::BTreeSet;

use amazon::{Event, Hints, Reader};
use base::{Day, Zone};
use facts::settlement::Settlement;
use mapping::settlement::{
    About, Card, Fold, FoldRules, Footing, Overrides, Pack, Plan, UntaxedLines, Verdict, Way, plan,
};

use crate::settlements::month_end::MonthEnd;
use crate::shelf::Story;

/// What a story's owner chose: one line per choice.
pub(crate) struct Chosen {
    pub(crate) pack: Pack,
    about: About,
    /// Xero's edition of the organisation.
    pub(crate) edition: &'static str,
}

/// A settlement with what was made of it.
pub(crate) struct Told {
    pub(crate) footing: Footing,
    pub(crate) plan: Plan,
    /// The day on which the deposit reaches the bank, in the organisation's zone.
    pub(crate) deposit: Option<Day>,
}

#[test]
fn every_settlement_story_is_told_as_it_is_written() {
    let mut differing = Vec::new();
    for story in Story::of_settlements() {
        let chosen = chosen(&story.read("3-rules.txt"));
        let told = told(&story.read("1-amazon.txt"), &chosen);
        let before = MonthEnd::of(&story, &chosen);
        let before = before.as_ref();
        let says = [
            story.says("2-facts.txt", &footings::told(&told, before)),
            story.says("4-intents.txt", &journals::told(&told, &chosen, before)),
            story.says("5-xero.txt", &documents::told(&told, &chosen, before)),
        ];
        if says.contains(&false) {
            differing.push(story);
        }
    }
    assert!(differing.is_empty(), "these stories are told otherwise: {differing:?}");
}

/// Both ways of booking, with clearing of either type, carry each settlement to the cent.
#[test]
fn every_settlement_has_a_plan_in_either_way() {
    for story in Story::of_settlements() {
        let mut chosen = chosen(&story.read("3-rules.txt"));
        for way in [Way::Summary, Way::PerOrder] {
            for clearing_is_bank in [false, true] {
                chosen.about.way = way;
                chosen.about.clearing_is_bank = clearing_is_bank;
                for told in told(&story.read("1-amazon.txt"), &chosen) {
                    let sum = told.plan.posted.plus(told.plan.covered).unwrap();
                    assert_eq!(sum, told.footing.sum, "{story:?}");
                }
            }
        }
    }
}

/// A month ends with the same income, costs and tax whichever way the book posts, and with the same
/// in all with Amazon.
#[test]
fn both_ways_end_a_month_alike() {
    for name in ["settlement_us_accrued_fees", "settlement_uk_accrued_with_vat"] {
        let story = Story::named(name);
        let mut chosen = chosen(&story.read("3-rules.txt"));
        let [summary, per_order] = [Way::Summary, Way::PerOrder].map(|way| {
            chosen.about.way = way;
            let end = MonthEnd::of(&story, &chosen).unwrap();
            end.at_the_end(&chosen.pack).beyond_amazon(&chosen.pack, end.currency)
        });
        assert!(!summary.is_empty());
        assert_eq!(summary, per_order, "{name}");
    }
}

/// Amazon's VAT calculation on or off gives the same document.
#[test]
fn the_vat_service_makes_no_difference_to_a_settlement() {
    let amounts = |name: &str| {
        let story = Story::named(name);
        let chosen = chosen(&story.read("3-rules.txt"));
        let told = told(&story.read("1-amazon.txt"), &chosen);
        let document = &told[0].plan.documents[0];
        let lines = document.lines.iter();
        let lines: Vec<_> = lines.map(|l| (l.role, l.class.clone(), l.amount, l.tax)).collect();
        (document.what, document.total, document.tax, lines)
    };
    assert_eq!(amounts("settlement_uk_vat_service_on"), amounts("settlement_uk_vat_service_off"));
}

/// `pack NAME`, `region REGION`, `way summary|per_order`, `clearing bank`, `card unknown`,
/// `untaxed_lines document|bank_transaction|manual_journal`.
pub(crate) fn chosen(text: &str) -> Chosen {
    let (mut pack, mut region, mut way) = ("", "EU", Way::Summary);
    let (mut clearing_is_bank, mut card) = (false, Card::Known);
    let mut untaxed_lines = UntaxedLines::Document;
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        match line.split_whitespace().collect::<Vec<_>>().as_slice() {
            ["pack", name] => pack = name,
            ["region", name] => region = name,
            ["way", "summary"] => way = Way::Summary,
            ["way", "per_order"] => way = Way::PerOrder,
            ["clearing", "bank"] => clearing_is_bank = true,
            ["card", "unknown"] => card = Card::Unknown,
            ["untaxed_lines", name] => untaxed_lines = UntaxedLines::parse(name).unwrap(),
            other => panic!("{other:?} is no rule of a settlement"),
        }
    }
    let edition = match pack {
        "uk" => "UK",
        "au" => "AU",
        "nz" => "NZ",
        "us" => "US",
        _ => "GLOBAL",
    };
    let pack = Pack::built_in(pack).expect("a built-in pack");
    let zone = Zone::named(&pack.zone).expect("a zone");
    let region = region.to_owned();
    let about = About {
        way,
        region,
        next_number: 1,
        clearing_is_bank,
        untaxed_lines,
        card,
        converted: None,
        zone,
    };
    Chosen { pack, about, edition }
}

fn told(file: &str, chosen: &Chosen) -> Vec<Told> {
    let about = &chosen.about;
    footings(file, chosen)
        .into_iter()
        .map(|footing| {
            assert!(
                footing.checks.iter().all(|check| check.verdict != Verdict::Fails),
                "{:?}",
                footing.checks
            );
            let planned = plan(&footing, &chosen.pack, about);
            let plan = planned.unwrap_or_else(|error| panic!("{error}"));
            let deposit = footing.settlement.deposit.map(|moment| moment.day(&about.zone));
            Told { footing, plan, deposit }
        })
        .collect()
}

fn footings(file: &str, chosen: &Chosen) -> Vec<Footing> {
    let rules = FoldRules {
        zone: chosen.about.zone.clone(),
        cuts: chosen.pack.cuts(),
        overrides: Overrides::default(),
        way: chosen.about.way,
        uncovered: BTreeSet::new(),
        without_tax: BTreeSet::new(),
    };
    let mut reader = Reader::new(file.as_bytes(), &Hints::default())
        .unwrap_or_else(|malformed| panic!("{malformed:?}"));
    let layout = reader.layout();
    let mut folds: Vec<(Settlement, Fold)> = Vec::new();
    while let Some(event) = reader.next_event().unwrap_or_else(|malformed| panic!("{malformed:?}"))
    {
        match event {
            Event::Settlement(settlement) => {
                let fold = Fold::start(&settlement, layout, &rules);
                folds.push((settlement, fold.expect("a fold")));
            }
            Event::Row(row) => {
                let of = folds.iter_mut().find(|(one, _)| one.settlement_id == row.settlement_id);
                of.expect("a settlement").1.row(&row).expect("a row that adds up");
            }
        }
    }
    folds.into_iter().map(|(_, fold)| fold.finish().expect("a footing")).collect()
}
