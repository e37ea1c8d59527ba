//! Under which rules a settlement is shown: the rule book that was named, or the one of its
//! currency; and a person's own meanings of unknown words.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use base::{Currency, Zone};
use mapping::settlement::{FoldRules, Overrides, Pack, UntaxedLines, Way};

use super::shown::RulesShown;
use crate::cli::Failure;

/// What the command line says about rules.
pub(super) struct Choice {
    named: Option<Rc<Chosen>>,
    overrides: Overrides,
    way: Way,
    untaxed_lines: UntaxedLines,
}

/// A pack, and why it is this one.
pub(super) struct Chosen {
    pub(super) pack: Pack,
    pub(super) hash: String,
    pub(super) zone: Zone,
    why: String,
}

/// Countries' packs by the currency that Amazon settles in there.
const BY_CURRENCY: [(&str, &str); 14] = [
    ("GBP", "uk"),
    ("EUR", "eu"),
    ("PLN", "eu"),
    ("SEK", "eu"),
    ("CZK", "eu"),
    ("DKK", "eu"),
    ("HUF", "eu"),
    ("RON", "eu"),
    ("BGN", "eu"),
    ("USD", "us"),
    ("CAD", "ca"),
    ("AUD", "au"),
    ("NZD", "nz"),
    ("INR", "in"),
];

/// Amazon's regions by the currency of the settlement; all others are in the European region.
const REGIONS: [(&str, &str); 7] = [
    ("USD", "NA"),
    ("CAD", "NA"),
    ("MXN", "NA"),
    ("BRL", "NA"),
    ("JPY", "FE"),
    ("AUD", "FE"),
    ("SGD", "FE"),
];

impl Choice {
    pub(super) fn of(
        named: Option<&str>,
        map: Option<&PathBuf>,
        (way, untaxed_lines): (Way, UntaxedLines),
    ) -> Result<Choice, Failure> {
        let named = named.map(|name| load(name).map(Rc::new)).transpose()?;
        let overrides = map.map_or_else(|| Ok(Overrides::default()), |path| read_map(path))?;
        Ok(Choice { named, overrides, way, untaxed_lines })
    }

    /// The rules for settlements in a currency; none where no built-in pack is for it.
    pub(super) fn for_currency(&self, currency: Currency) -> Result<Option<Rc<Chosen>>, Failure> {
        if let Some(named) = &self.named {
            return Ok(Some(Rc::clone(named)));
        }
        let known = BY_CURRENCY.iter().find(|(code, _)| *code == currency.code());
        let Some((_, name)) = known else { return Ok(None) };
        let why = format!("chosen by the settlement's currency {currency}; --rules names another");
        built_in(name, why).map(|chosen| chosen.map(Rc::new))
    }

    /// How rows are folded under these rules.
    pub(super) fn fold(&self, chosen: Option<&Chosen>) -> FoldRules {
        FoldRules {
            zone: chosen.map_or_else(Zone::utc, |chosen| chosen.zone.clone()),
            cuts: chosen.map(|chosen| chosen.pack.cuts()).unwrap_or_default(),
            overrides: self.overrides.clone(),
            way: self.way,
            uncovered: std::collections::BTreeSet::new(),
            // A file has no organisation whose table would know.
            without_tax: std::collections::BTreeSet::new(),
        }
    }

    pub(super) fn way(&self) -> Way {
        self.way
    }

    pub(super) fn untaxed_lines(&self) -> UntaxedLines {
        self.untaxed_lines
    }

    pub(super) fn shown(&self, chosen: Option<&Chosen>, currency: Currency) -> RulesShown {
        let way = Way::as_str(self.way);
        let untaxed_lines = self.untaxed_lines.as_str();
        let Some(chosen) = chosen else {
            let chosen = format!("no built-in rule book is for {currency}: name one with --rules");
            let (id, name, hash) = (None, None, None);
            return RulesShown { id, name, hash, way, untaxed_lines, chosen };
        };
        RulesShown {
            id: Some(chosen.pack.id.clone()),
            name: Some(chosen.pack.name.clone()),
            hash: Some(chosen.hash.clone()),
            way,
            untaxed_lines,
            chosen: chosen.why.clone(),
        }
    }
}

/// The part of Amazon's world that settles in a currency.
pub(super) fn region(currency: Currency) -> &'static str {
    let known = REGIONS.iter().find(|(code, _)| *code == currency.code());
    known.map_or("EU", |(_, region)| *region)
}

fn load(name: &str) -> Result<Chosen, Failure> {
    if let Some(chosen) = built_in(name, "named with --rules".to_owned())? {
        return Ok(chosen);
    }
    let path = Path::new(name);
    if !path.exists() {
        let known = Pack::NAMES.join(", ");
        let detail = format!("{name:?} is neither a file nor one of {known}");
        return Err(Failure::new("settlement_rules_unknown", detail));
    }
    let broken = |detail: String| Failure::new("rule_failed", format!("{name}: {detail}"));
    let text = read(path)?;
    let pack = Pack::from_json(&text).map_err(|error| broken(crate::say(&error)))?;
    let problems = pack.check();
    if !problems.is_empty() {
        return Err(broken(problems.join("\n  ")));
    }
    chosen(pack, format!("read from {name}"))
}

fn built_in(name: &str, why: String) -> Result<Option<Chosen>, Failure> {
    Pack::built_in(name).map(|pack| chosen(pack, why)).transpose()
}

fn chosen(pack: Pack, why: String) -> Result<Chosen, Failure> {
    let hash = pack.hash().map_err(|error| Failure::new("rule_failed", crate::say(&error)))?;
    let zone = Zone::named(&pack.zone);
    let zone = zone.map_err(|error| Failure::new("rule_failed", error.to_string()))?;
    Ok(Chosen { pack, hash, zone, why })
}

fn read_map(path: &Path) -> Result<Overrides, Failure> {
    serde_json::from_str(&read(path)?).map_err(|error| {
        Failure::new("settlement_map_unreadable", format!("{}: {error}", path.display()))
    })
}

fn read(path: &Path) -> Result<String, Failure> {
    std::fs::read_to_string(path)
        .map_err(|error| Failure::new("file_unreadable", format!("{}: {error}", path.display())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SUMMARY: (Way, UntaxedLines) = (Way::Summary, UntaxedLines::Document);

    #[test]
    fn every_currency_of_the_list_has_a_pack_and_others_have_none() {
        let choice = Choice::of(None, None, SUMMARY).unwrap();
        for (code, name) in BY_CURRENCY {
            let currency = code.parse().unwrap();
            let chosen = choice.for_currency(currency).unwrap().unwrap();
            assert_eq!(chosen.pack.id, name);
            assert_eq!(choice.fold(Some(&chosen)).zone, chosen.zone);
        }
        assert!(choice.for_currency(Currency::JPY).unwrap().is_none());
        assert!(choice.shown(None, Currency::JPY).chosen.contains("--rules"));
    }

    #[test]
    fn a_name_that_is_nothing_and_a_file_that_is_no_pack_have_codes() {
        let code = |name: &str| Choice::of(Some(name), None, SUMMARY).err().unwrap().code;
        assert_eq!(code("atlantis"), "settlement_rules_unknown");
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("rules.json");
        std::fs::write(&path, "{}").unwrap();
        assert_eq!(code(path.to_str().unwrap()), "rule_failed");
        let failed = Choice::of(None, Some(&path), SUMMARY).err().unwrap();
        assert_eq!(failed.code, "settlement_map_unreadable");
    }
}
