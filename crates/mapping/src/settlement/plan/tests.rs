//! Documents add up, whatever a settlement holds.

mod untaxed;

mod foreign;

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, Timestamp, Zone};
use facts::settlement::{Layout, Settlement};
use proptest::prelude::*;

use super::{About, Card, PlanError, Planned, UntaxedLines, Way, What, plan};
use crate::Role;
use crate::settlement::footing::{Claim, Claimed, Footing, Group, Links, Part, Unknown, Untaxed};
use crate::settlement::pack::{KINDS, Pack};
use crate::settlement::words::{Liable, LineKind};

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn day(text: &str) -> Day {
    Day::parse(text).expect("a day")
}

fn group(kind: LineKind, minor: i64) -> Group {
    Group {
        kind,
        is_refund: false,
        liable: Liable::Seller,
        marketplace: "Amazon.co.uk".to_owned(),
        fulfilment: String::new(),
        period: day("2026-01-01"),
        stated: false,
        untaxed: false,
        amount: gbp(minor),
        tax: gbp(0),
        rows: 1,
        words: Vec::new(),
    }
}

fn part(month: &str, groups: Vec<Group>) -> Part {
    let total = Money::sum(groups.iter().map(|group| group.amount), Currency::GBP);
    Part {
        month: day(month),
        last: day(month).after_days(20),
        total: total.expect("a sum"),
        groups,
    }
}

fn footing(parts: Vec<Part>) -> Footing {
    let sum = Money::sum(parts.iter().map(|part| part.total), Currency::GBP).expect("a sum");
    let moment = |text: &str| Timestamp::parse(text).expect("a moment");
    Footing {
        settlement: Settlement {
            settlement_id: "12345678901".to_owned(),
            start: moment("2026-01-01T09:00:00Z"),
            end: moment("2026-01-15T09:00:00Z"),
            deposit: Some(moment("2026-01-17T23:30:00Z")),
            total: Some(sum),
            currency: Currency::GBP,
        },
        layout: Layout::FlatFileV2,
        rows: 1,
        sum,
        categories: BTreeMap::new(),
        parts,
        unknown: Vec::new(),
        checks: Vec::new(),
        links: Links {
            previous_reserve: gbp(0),
            current_reserve: gbp(0),
            payable_to_amazon: gbp(0),
            successful_charge: gbp(0),
            failed_transfers: gbp(0),
            debt_adjustments: gbp(0),
        },
        claims: BTreeMap::new(),
        opening: BTreeMap::new(),
        untaxed: Untaxed { orders: BTreeSet::new(), amount: gbp(0) },
        marketplace: "Amazon.co.uk".to_owned(),
        transfers: gbp(0),
    }
}

fn about(way: Way) -> About {
    About {
        way,
        region: "EU".to_owned(),
        next_number: 1,
        clearing_is_bank: false,
        untaxed_lines: UntaxedLines::Document,
        card: Card::Known,
        converted: None,
        zone: Zone::named("Europe/London").expect("a zone"),
    }
}

fn uk() -> Pack {
    Pack::built_in("uk").expect("a built-in pack")
}

fn parts_of(documents: &[Planned]) -> Vec<(&str, &str, i64)> {
    documents
        .iter()
        .map(|one| (one.part.as_str(), one.number.as_str(), one.total.minor()))
        .collect()
}

#[test]
fn the_tax_is_stated_or_inside_the_price() {
    let stated = Group { stated: true, tax: gbp(1999), ..group(LineKind::Goods, 12000) };
    let footing = footing(vec![part("2026-01-01", vec![stated, group(LineKind::Shipping, 600)])]);
    let planned = plan(&footing, &uk(), &about(Way::Summary)).unwrap();
    let lines = &planned.documents[0].lines;
    assert_eq!((lines[0].tax, lines[0].stated), (gbp(1999), true));
    assert_eq!((lines[1].tax, lines[1].stated), (gbp(100), false));
    assert_eq!(planned.documents[0].tax, gbp(2099));
}

#[test]
fn what_amazon_keeps_of_the_shipping_has_its_own_name_where_it_stands_alone() {
    let stated = Group { stated: true, tax: gbp(83), ..group(LineKind::Shipping, 499) };
    let kept = group(LineKind::ShippingChargeback, -499);
    let names = |groups: Vec<Group>| -> Vec<String> {
        // Something else, so that the document is not one of nothing.
        let groups = [groups, vec![group(LineKind::Goods, 12000)]].concat();
        let footing = footing(vec![part("2026-01-01", groups)]);
        let planned = plan(&footing, &uk(), &about(Way::Summary)).unwrap();
        planned.documents[0].lines.iter().map(|line| line.description.clone()).collect()
    };
    let has = |names: &[String], word: &str| names.iter().any(|name| name.starts_with(word));
    let apart = names(vec![stated, kept.clone()]);
    assert!(has(&apart, "Shipping kept by Amazon") && has(&apart, "Shipping"), "{apart:?}");
    let together = names(vec![group(LineKind::Shipping, 600), kept]);
    assert!(!has(&together, "Shipping kept"), "{together:?}");
}

#[test]
fn a_stated_tax_is_matched_to_a_rate() {
    let sold = |tax: i64| {
        let group = Group { stated: true, tax: gbp(tax), rows: 2, ..group(LineKind::Goods, 10500) };
        let planned =
            plan(&footing(vec![part("2026-01-01", vec![group])]), &uk(), &about(Way::Summary));
        let line = planned.unwrap().documents[0].lines[0].clone();
        (line.class, line.tax.minor(), line.reason.contains("more than one rate"))
    };
    assert_eq!(sold(1750), ("standard".to_owned(), 1750, false));
    assert_eq!(sold(501), ("reduced".to_owned(), 501, false));
    assert_eq!(sold(999), ("standard".to_owned(), 999, true));
    assert_eq!(sold(0), ("zero".to_owned(), 0, false));
}

#[test]
fn foreign_tax_stands_on_a_line_of_its_own() {
    let sold = Group {
        stated: true,
        tax: gbp(1900),
        marketplace: "Amazon.de".to_owned(),
        ..group(LineKind::Goods, 11900)
    };
    let inside = Group { stated: false, tax: gbp(0), ..sold.clone() };
    for group in [sold, inside] {
        let footing = footing(vec![part("2026-01-01", vec![group])]);
        let planned = plan(&footing, &uk(), &about(Way::Summary)).unwrap();
        let lines: Vec<_> = planned.documents[0]
            .lines
            .iter()
            .map(|line| (line.role, line.class.as_str(), line.amount, line.tax))
            .collect();
        let net = (Role::Sales, "none", gbp(10000), gbp(0));
        assert_eq!(lines, vec![net, (Role::ForeignVat, "none", gbp(1900), gbp(0))]);
    }
}

#[test]
fn numbers_follow_those_that_were_taken_back() {
    let parts = vec![
        part("2026-01-01", vec![group(LineKind::Goods, 5000)]),
        part("2026-02-01", vec![group(LineKind::SellingFee, -7000)]),
    ];
    let asked = About { next_number: 4, ..about(Way::Summary) };
    let planned = plan(&footing(parts), &uk(), &asked).unwrap();
    assert_eq!(
        parts_of(&planned.documents),
        vec![
            ("document:1", "AMZ-EU-12345678901-4", 5000),
            ("payment:1", "AMZ-EU-12345678901-4", 5000),
            ("document:2", "AMZ-EU-12345678901-5", 2000),
            ("payment:2", "AMZ-EU-12345678901-5", 2000),
        ]
    );
    assert_eq!(
        planned.documents[3].what,
        What::Payment { of_part: 2, account: Role::Clearing(Currency::GBP) }
    );
}

#[test]
fn the_payout_is_a_day_of_the_organisations_zone() {
    let footing = footing(vec![part("2026-01-01", vec![group(LineKind::Goods, 5000)])]);
    let tokyo = About { zone: Zone::named("Asia/Tokyo").unwrap(), ..about(Way::PerOrder) };
    let planned = plan(&footing, &uk(), &tokyo).unwrap();
    assert_eq!(planned.documents.last().unwrap().date, day("2026-01-18"));
}

/// Lines cannot stand on a bank account, and clearing is not moved twice.
#[test]
fn a_bank_clearing_account_has_no_lines() {
    let groups = vec![
        group(LineKind::PayableToAmazon, -3000),
        group(LineKind::SuccessfulCharge, 3000),
        group(LineKind::SellingFee, -500),
    ];
    let footing = footing(vec![part("2026-01-01", groups)]);
    for way in [Way::Summary, Way::PerOrder] {
        let asked = About { clearing_is_bank: true, ..about(way) };
        let planned = plan(&footing, &uk(), &asked).unwrap();
        let clearing = Role::Clearing(Currency::GBP);
        let mut lines = planned.documents.iter().flat_map(|document| &document.lines);
        assert!(lines.all(|line| line.role != clearing), "{planned:?}");
        let has = |what: What| planned.documents.iter().any(|document| document.what == what);
        match way {
            Way::Summary => assert!(has(What::Spend { bank: Role::ChargeCard })),
            Way::PerOrder => assert!(has(What::Transfer { from: Role::ChargeCard, to: clearing })),
        }
    }
}

#[test]
fn a_person_is_asked_what_the_settlement_does_not_say() {
    let mut footing = footing(vec![part(
        "2026-01-01",
        vec![group(LineKind::Goods, 5000), group(LineKind::SuccessfulCharge, 900)],
    )]);
    footing.untaxed.orders = ["1", "2"].map(str::to_owned).into();
    footing.unknown.push(Unknown {
        transaction_type: "Order".to_owned(),
        amount_type: "ItemFees".to_owned(),
        amount_description: "MoonFee".to_owned(),
        rows: 1,
        amount: gbp(-100),
        first_line: 3,
        suggestion: None,
        suggested_by: None,
    });
    let asked = About { card: Card::Unknown, ..about(Way::Summary) };
    let planned = plan(&footing, &uk(), &asked).unwrap();
    let codes: Vec<&str> = planned.questions.iter().map(|one| one.code.as_str()).collect();
    assert_eq!(codes, ["settlement_unknown_words", "tax_question", "charge_card_unknown"]);
    assert!(planned.documents.iter().all(|one| !one.part.starts_with("charge")));
}

#[test]
fn nothing_is_planned_that_does_not_add_up() {
    let mut wrong = footing(vec![part("2026-01-01", vec![group(LineKind::Goods, 5000)])]);
    wrong.sum = gbp(5001);
    let refused = plan(&wrong, &uk(), &about(Way::Summary));
    let differs = PlanError::Differs { documents: gbp(5000), settlement: gbp(5001) };
    assert_eq!(refused, Err(differs));
}

fn any_group() -> impl Strategy<Value = Group> {
    let liable = prop_oneof![Just(Liable::Nobody), Just(Liable::Seller), Just(Liable::Amazon)];
    let places = proptest::sample::select(vec!["Amazon.co.uk", "Amazon.de", "Amazon.com", ""]);
    let words = (proptest::sample::select(KINDS.to_vec()), any::<bool>(), liable, places);
    let amounts = (-50_000_i64..50_000, any::<bool>(), any::<bool>(), any::<bool>());
    (words, amounts).prop_map(|((kind, is_refund, liable, place), (minor, stated, late, afn))| {
        Group {
            is_refund,
            liable,
            marketplace: place.to_owned(),
            fulfilment: if afn { "AFN" } else { "" }.to_owned(),
            period: day(if late { "2024-08-01" } else { "2024-07-01" }),
            stated,
            tax: gbp(if stated { minor / 6 } else { 0 }),
            ..group(kind, minor)
        }
    })
}

/// What documents do to an account that only they and payments move.
fn moved(documents: &[Planned], role: Role) -> Money {
    let is_bill = |of_part: u32| {
        let part = format!("document:{of_part}");
        documents.iter().any(|one| one.part == part && one.what == What::Bill)
    };
    let mut sum = gbp(0);
    for document in documents {
        let on = document.lines.iter().filter(|line| line.role == role);
        let on = Money::sum(on.map(|line| line.amount), Currency::GBP).expect("a small sum");
        sum = match document.what {
            What::Invoice | What::Receive { .. } => sum.minus(on).expect("a small sum"),
            What::Bill | What::Spend { .. } => sum.plus(on).expect("a small sum"),
            What::Payment { of_part, account } if account == role && is_bill(of_part) => {
                sum.minus(document.total).expect("a small sum")
            }
            What::Payment { account, .. } if account == role => {
                sum.plus(document.total).expect("a small sum")
            }
            What::Payment { .. } | What::Transfer { .. } | What::Journal { .. } => sum,
        };
    }
    sum
}

proptest! {
    #[test]
    fn documents_add_up(
        groups in proptest::collection::vec(proptest::collection::vec(any_group(), 0..8), 1..4),
        claimed in -20_000_i64..20_000,
        is_bank in any::<bool>(),
    ) {
        let months = ["2024-06-01", "2024-07-01", "2024-08-01"];
        let parts = groups.into_iter().zip(months).map(|(groups, month)| part(month, groups));
        let mut footing = footing(parts.collect());
        let pack = uk();
        for way in [Way::Summary, Way::PerOrder] {
            if way == Way::PerOrder {
                let claim = Claim {
                    order_id: "202-1".to_owned(),
                    item_id: "1".to_owned(),
                    kind: LineKind::Goods,
                    is_refund: false,
                };
                footing.claims.insert(claim, Claimed { amount: gbp(claimed), rows: 1 });
                footing.sum = footing.sum.plus(gbp(claimed)).unwrap();
            }
            let asked = About { clearing_is_bank: is_bank, ..about(way) };
            let planned = plan(&footing, &pack, &asked).unwrap();
            prop_assert_eq!(planned.posted.plus(planned.covered).unwrap(), footing.sum);
            for document in &planned.documents {
                prop_assert!(document.total.is_positive(), "{:?}", document);
                if !document.lines.is_empty() {
                    let lines = document.lines.iter().map(|line| line.amount);
                    prop_assert_eq!(Money::sum(lines, Currency::GBP).unwrap(), document.total);
                }
            }
            if !is_bank {
                prop_assert_eq!(moved(&planned.documents, Role::CarriedForward), gbp(0));
            }
            let last = planned.documents.iter().rfind(|one| {
                matches!(one.what, What::Invoice | What::Bill)
            });
            if let (Way::Summary, Some(last)) = (way, last) {
                let signed = match last.what {
                    What::Bill => last.total.negated().unwrap(),
                    What::Invoice | What::Payment { .. } | What::Receive { .. }
                    | What::Spend { .. } | What::Transfer { .. } | What::Journal { .. } => last.total,
                };
                // A settlement of nothing ends with an invoice and a bill of the same amount.
                prop_assert!(signed == footing.sum || footing.sum.is_zero());
            }
        }
    }

    /// The same groups in another order are the same documents.
    #[test]
    fn the_order_of_groups_does_not_matter(groups in proptest::collection::vec(any_group(), 0..8)) {
        let mut turned = groups.clone();
        turned.reverse();
        let one = plan(&footing(vec![part("2024-07-01", groups)]), &uk(), &about(Way::Summary));
        let two = plan(&footing(vec![part("2024-07-01", turned)]), &uk(), &about(Way::Summary));
        prop_assert_eq!(one, two);
    }
}
