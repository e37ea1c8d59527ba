//! The publish gate of a pack: everything must match some rule, and nothing may be lost on the way.

use std::collections::BTreeSet;

use base::{Day, Decimal, Zone};

use crate::settlement::pack::{Asked, KINDS, Pack, Treatment, Where, is_balance, is_sale};
use crate::settlement::words::{Liable, LineKind};

const LIABLE: [Liable; 3] = [Liable::Nobody, Liable::Seller, Liable::Amazon];

/// A country where no marketplace is: what a rule for named countries does not fit.
const NOWHERE: &str = "ZZ";

pub(crate) fn check(pack: &Pack) -> Vec<String> {
    let mut wrong = Vec::new();
    itself(pack, &mut wrong);
    accounts(pack, &mut wrong);
    classes(pack, &mut wrong);
    rules(pack, &mut wrong);
    for kind in KINDS {
        if let Some(text) = every_case(pack, kind) {
            wrong.push(text);
        }
    }
    wrong
}

fn itself(pack: &Pack, wrong: &mut Vec<String>) {
    if pack.countries.is_empty() {
        wrong.push("the pack is for no country".to_owned());
    }
    if Zone::named(&pack.zone).is_err() {
        wrong.push(format!("{:?} is no time zone", pack.zone));
    }
    for (country, percent) in &pack.abroad {
        if percent.is_sign_negative() || *percent > Decimal::ONE_HUNDRED {
            wrong.push(format!("{percent} % is no tax rate of {country}"));
        }
    }
}

fn accounts(pack: &Pack, wrong: &mut Vec<String>) {
    for kind in KINDS {
        let role = pack.role(kind, false, pack.currency);
        let Some(role) = role else {
            wrong.push(format!("{kind:?} has no account"));
            continue;
        };
        match pack.code(role) {
            None => wrong.push(format!("the role {role} has no code for a file without a book")),
            Some(code) if code.code.is_empty() || code.code.chars().count() > 10 => {
                wrong.push(format!(
                    "{:?} is no account code: Xero takes one to ten characters",
                    code.code
                ));
            }
            Some(_) => {}
        }
    }
}

fn classes(pack: &Pack, wrong: &mut Vec<String>) {
    match pack.classes.get("none").map(|class| class.rate) {
        None => wrong.push("lines without tax need the class \"none\"".to_owned()),
        Some(rate) if rate != Some(Decimal::ZERO) => {
            wrong.push("the class \"none\" has a rate".to_owned());
        }
        Some(_) => {}
    }
    for (name, class) in &pack.classes {
        let is_rate =
            class.rate.is_none_or(|rate| !rate.is_sign_negative() && rate <= Decimal::ONE_HUNDRED);
        if !is_rate {
            wrong.push(format!("the class {name:?} has a rate that is none"));
        }
    }
}

fn rules(pack: &Pack, wrong: &mut Vec<String>) {
    for (at, rule) in pack.tax.iter().enumerate() {
        if pack.tax.iter().take(at).any(|earlier| earlier.id == rule.id) {
            wrong.push(format!("two rules are called {:?}", rule.id));
        }
        if !pack.classes.contains_key(&rule.class) {
            wrong.push(format!(
                "rule {:?} names the class {:?}, which is none",
                rule.id, rule.class
            ));
        }
        if let (Some(from), Some(until)) = (rule.from, rule.until)
            && until <= from
        {
            wrong.push(format!("rule {:?} ends on {until}, before it begins", rule.id));
        }
        let is_apart = rule.treatment == Treatment::SetApart;
        if is_apart && pack.rate(&rule.class).is_some() {
            wrong.push(format!("rule {:?} sets tax apart and taxes the rest at home", rule.id));
        }
    }
}

/// The first case of a kind that no rule fits, or whose tax would be wrong.
fn every_case(pack: &Pack, kind: LineKind) -> Option<String> {
    let (periods, circumstances) = (periods(pack), circumstances());
    for place in &places(pack) {
        for period in &periods {
            let found =
                circumstances.iter().find_map(|one| case(pack, &one.asked((kind, place, *period))));
            if found.is_some() {
                return found;
            }
        }
    }
    None
}

/// What differs between rows of one kind, place and period.
#[derive(Clone, Copy)]
struct Circumstance {
    liable: Liable,
    is_refund: bool,
    /// Amazon states a tax; and it is nothing.
    stated: (bool, bool),
    fulfilment: &'static str,
}

impl Circumstance {
    fn asked<'p>(&self, (kind, place, period): (LineKind, &'p Where, Day)) -> Asked<'p> {
        let (stated, states_nothing) = self.stated;
        Asked {
            kind,
            is_refund: self.is_refund,
            place,
            liable: self.liable,
            stated,
            states_nothing,
            fulfilment: self.fulfilment,
            period,
        }
    }
}

fn circumstances() -> Vec<Circumstance> {
    let mut all = Vec::new();
    for liable in LIABLE {
        for stated in [(false, false), (true, false), (true, true)] {
            for fulfilment in ["AFN", "MFN", ""] {
                let sold = Circumstance { liable, is_refund: false, stated, fulfilment };
                all.extend([sold, Circumstance { is_refund: true, ..sold }]);
            }
        }
    }
    all
}

fn case(pack: &Pack, asked: &Asked<'_>) -> Option<String> {
    let kind = asked.kind;
    let country = asked.place.country.as_deref().unwrap_or("no marketplace");
    let Some(rule) = pack.rule(asked) else {
        return Some(format!("no rule fits {kind:?} in {country} on {}", asked.period));
    };
    let is_taxed = pack
        .classes
        .get(&rule.class)
        .is_some_and(|class| class.rate.is_none_or(|rate| !rate.is_zero()));
    if is_taxed && (is_balance(kind) || kind == LineKind::Suspense) {
        return Some(format!("rule {:?} taxes {kind:?}, which moves between balances", rule.id));
    }
    let is_stated_sale = is_sale(kind) && asked.stated && !asked.states_nothing;
    if is_stated_sale
        && asked.liable == Liable::Seller
        && !is_taxed
        && rule.treatment == Treatment::Inside
    {
        return Some(format!(
            "rule {:?} leaves stated tax of {kind:?} in {country} nowhere",
            rule.id
        ));
    }
    None
}

/// A day before and after each cut.
fn periods(pack: &Pack) -> Vec<Day> {
    let mut days: Vec<Day> =
        pack.cuts().into_iter().flat_map(|day| [day.after_days(-1), day]).collect();
    days.extend(Day::parse("2026-01-01"));
    days
}

/// Which rules name a country, and whether it is home.
fn named_by(pack: &Pack, country: &str) -> Vec<bool> {
    let names = |list: &[String]| list.iter().any(|name| name == country);
    let rules = pack.tax.iter().map(|rule| names(&rule.marketplaces));
    rules.chain([names(&pack.countries)]).collect()
}

fn places(pack: &Pack) -> Vec<Where> {
    let named = pack.tax.iter().flat_map(|rule| rule.marketplaces.iter().map(String::as_str));
    let mut countries: Vec<&str> =
        named.filter(|name| *name != "home" && *name != "abroad").collect();
    countries.extend(pack.countries.iter().map(String::as_str));
    countries.push(NOWHERE);
    countries.sort_unstable();
    // Countries that the same rules name are one case.
    let mut seen = BTreeSet::new();
    countries.retain(|country| seen.insert(named_by(pack, country)));
    let named = countries
        .into_iter()
        .map(|country| Where { country: Some(country.to_owned()), is_home_currency: true });
    let unnamed = [false, true].map(|is_home_currency| Where { country: None, is_home_currency });
    named.chain(unnamed).collect()
}
