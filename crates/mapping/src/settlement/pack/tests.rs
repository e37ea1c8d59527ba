//! The built-in packs, and what the gate finds in broken ones.

use base::{Currency, Day, Decimal};

use super::{FORMAT, Pack, PackError, Treatment};
use crate::Role;
use crate::orders::samples::{chart, roles};
use crate::rulebook::RuleBook;
use crate::settlement::words::LineKind;
use crate::suggest::{self, Choice};

#[test]
fn every_built_in_pack_passes_the_gate() {
    for name in Pack::NAMES {
        let pack = Pack::built_in(name).unwrap();
        assert_eq!(pack.check(), Vec::<String>::new(), "{name}");
        assert_eq!(pack.id, name);
        assert!(pack.registrations.iter().any(|country| country == pack.home()));
    }
    assert_eq!(Pack::built_in("atlantis"), None);
}

#[test]
fn a_pack_reads_back_as_it_is_written() {
    for name in Pack::NAMES {
        let pack = Pack::built_in(name).unwrap();
        let again = Pack::from_json(&pack.to_json().unwrap()).unwrap();
        assert_eq!(again, pack);
        assert_eq!(again.hash().unwrap(), pack.hash().unwrap());
    }
    let (uk, us) = (Pack::built_in("uk").unwrap(), Pack::built_in("us").unwrap());
    assert_ne!(uk.hash().unwrap(), us.hash().unwrap());
}

#[test]
fn another_format_and_unknown_fields_are_refused() {
    let text = Pack::built_in("uk").unwrap().to_json().unwrap();
    let newer = text.replacen("\"format\": 1", "\"format\": 2", 1);
    let refused = Pack::from_json(&newer);
    assert!(matches!(refused, Err(PackError::Format { found }) if found == FORMAT + 1));
    let odd = text.replacen("\"format\": 1", "\"format\": 1, \"colour\": \"red\"", 1);
    assert!(matches!(Pack::from_json(&odd), Err(PackError::Unreadable(_))));
}

#[test]
fn an_organisation_gets_the_pack_of_its_country() {
    let id = |country: &str| Pack::for_country(country).map(|pack| pack.id);
    assert_eq!(id("GB").as_deref(), Some("uk"));
    assert_eq!(id("IN").as_deref(), Some("in"));
    assert_eq!(id("CH"), None);
    let france = Pack::for_country("FR").unwrap();
    assert_eq!((france.id.as_str(), france.home()), ("eu", "FR"));
    assert_eq!(france.rate("standard").unwrap().0, Decimal::new(2, 1));
    assert_eq!(france.abroad["DE"], Decimal::from(19));
    assert!(!france.abroad.contains_key("FR"));
    let sweden = Pack::for_country("SE").unwrap();
    assert_eq!(sweden.currency.code(), "SEK");
    for country in ["FR", "SE", "AT", "LU"] {
        assert_eq!(Pack::for_country(country).unwrap().check(), Vec::<String>::new(), "{country}");
    }
}

#[test]
fn a_dated_rule_cuts_periods() {
    let day = Day::parse("2024-08-01").unwrap();
    assert_eq!(Pack::built_in("uk").unwrap().cuts(), vec![day]);
    assert_eq!(Pack::built_in("us").unwrap().cuts(), Vec::new());
}

/// Orders and settlements use the same tax types.
#[test]
fn tax_types_are_those_of_the_first_rule_book() {
    for (name, version) in [("uk", "UK"), ("au", "AU"), ("nz", "NZ"), ("us", "USONRAMP")] {
        let mut chart = chart();
        chart.organisation.version = version.to_owned();
        let book = RuleBook::first(&chart, roles()).unwrap();
        let pack = Pack::built_in(name).unwrap();
        for class in pack.classes.keys() {
            let of_pack = pack.tax_type(class, version);
            assert!(of_pack.is_some(), "{name} has no tax type for {class}");
            if let Some(of_book) = book.tax_types.get(class) {
                assert_eq!(Some(of_book.as_str()), of_pack, "{name} {class}");
            }
        }
    }
}

/// Where Xero has no default rates, each missing one is a question of its own.
#[test]
fn an_edition_without_rates_has_no_tax_types() {
    let eu = Pack::built_in("eu").unwrap();
    assert_eq!(eu.tax_type("standard", "GLOBAL"), None);
    assert_eq!(eu.tax_type("none", "GLOBALONRAMP"), Some("NONE"));
    let mut chart = chart();
    chart.organisation.version = "GLOBAL".to_owned();
    chart.organisation.country = "DE".to_owned();
    let book = RuleBook::first(&chart, roles()).unwrap();
    assert_eq!(book.tax_types.into_keys().collect::<Vec<_>>(), ["none"]);
}

#[test]
fn codes_are_those_that_set_up_suggests() {
    let mut chart = chart();
    chart.accounts.clear();
    let pack = Pack::built_in("uk").unwrap();
    for suggestion in suggest::suggest_accounts(&chart, &[Currency::GBP]) {
        let Choice::Create(made) = suggestion.choice else { panic!("the chart is empty") };
        let code = pack.code(suggestion.role).unwrap();
        assert_eq!((code.code, code.name), (made.code, made.name));
    }
}

#[test]
fn refunds_go_where_the_pack_says() {
    let mut pack = Pack::built_in("uk").unwrap();
    let gbp = Currency::GBP;
    assert_eq!(pack.role(LineKind::Goods, true, gbp), Some(Role::Sales));
    pack.refunds = super::Refunds::OwnAccount;
    assert_eq!(pack.role(LineKind::Goods, true, gbp), Some(Role::Refunds));
    assert_eq!(pack.role(LineKind::SellingFee, true, gbp), Some(Role::SellerFees));
    assert_eq!(pack.role(LineKind::PayableToAmazon, false, gbp), Some(Role::Clearing(gbp)));
}

#[track_caller]
fn finds(change: impl FnOnce(&mut Pack), expected: &str) {
    let mut pack = Pack::built_in("uk").expect("a built-in pack");
    change(&mut pack);
    let found = pack.check();
    assert!(found.iter().any(|text| text.contains(expected)), "{expected} is not in {found:?}");
}

fn drop_rule(pack: &mut Pack, id: &str) {
    pack.tax.retain(|rule| rule.id != id);
}

#[test]
fn the_gate_finds_what_no_rule_fits() {
    finds(|pack| drop_rule(pack, "suspense"), "no rule fits Suspense");
    finds(|pack| drop_rule(pack, "abroad"), "no rule fits Goods in ZZ");
    // Only where no earlier rule names the country, and not before the dated rule ends.
    finds(|pack| drop_rule(pack, "fees_elsewhere"), "no rule fits SellingFee in AT on 2024-08-01");
}

#[test]
fn the_gate_finds_tax_that_would_be_lost() {
    finds(
        |pack| {
            for rule in &mut pack.tax {
                rule.treatment = Treatment::Inside;
            }
        },
        "leaves stated tax of Goods in",
    );
    finds(
        |pack| {
            for rule in pack.tax.iter_mut().filter(|rule| rule.id == "balances") {
                "standard".clone_into(&mut rule.class);
            }
        },
        "taxes Loan, which moves between balances",
    );
}

#[test]
fn the_gate_finds_doubles_and_names_that_are_none() {
    finds(|pack| pack.tax.extend_from_within(..1), "two rules are called \"home_amazon\"");
    finds(|pack| drop(pack.classes.remove("zero")), "names the class \"zero\", which is none");
    finds(|pack| drop(pack.classes.remove("none")), "lines without tax need the class");
    finds(|pack| pack.accounts.retain(|kind, _| *kind != LineKind::Goods), "Goods has no account");
    finds(|pack| pack.zone.push('x'), "is no time zone");
    finds(|pack| pack.countries.clear(), "for no country");
    finds(|pack| pack.codes.clear(), "has no code for a file without a book");
    finds(
        |pack| {
            for rule in &mut pack.tax {
                rule.from = Day::parse("2025-01-01").ok();
            }
        },
        "before it begins",
    );
}
