//! One row of a pack's tax table.

use base::Day;
use serde::{Deserialize, Serialize};

use crate::settlement::pack::Pack;
use crate::settlement::words::{Liable, LineKind};

/// Which tax class an amount has. An empty list, or nothing, fits everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TaxRule {
    pub id: String,
    #[serde(default)]
    pub kinds: Vec<LineKind>,
    #[serde(default)]
    pub refunds: OnRefunds,
    /// Country codes of marketplaces, `home` or `abroad`.
    #[serde(default)]
    pub marketplaces: Vec<String>,
    /// Countries in which the organisation is established: who bills a fee depends on it.
    #[serde(default)]
    pub established: Vec<String>,
    #[serde(default)]
    pub liable: Vec<Liable>,
    /// Whether Amazon states the tax.
    #[serde(default)]
    pub stated: Option<bool>,
    /// Whether what Amazon states is a tax of nothing.
    #[serde(default)]
    pub states_nothing: Option<bool>,
    /// `AFN` or `MFN`.
    #[serde(default)]
    pub fulfilment: Option<String>,
    /// The first day on which the rule holds.
    #[serde(default)]
    pub from: Option<Day>,
    /// The first day on which it holds no more.
    #[serde(default)]
    pub until: Option<Day>,
    pub class: String,
    #[serde(default)]
    pub treatment: Treatment,
    /// An accountant must confirm it: the reason on the line says so.
    #[serde(default)]
    pub confirm: bool,
    pub reason: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRefunds {
    #[default]
    Any,
    Only,
    Never,
}

/// What happens to the tax inside an amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Treatment {
    /// It stays in the line and goes on the home return with the class's tax type.
    #[default]
    Inside,
    /// It is owed in another country, or to a state: its own no-tax line on a liability account. As
    /// Amazon states it, else at the pack's rate for the marketplace's country.
    SetApart,
}

/// Where an amount was sold or a fee charged.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Where {
    /// Of the marketplace; none where neither row nor settlement names one.
    pub(crate) country: Option<String>,
    /// The settlement is in the pack's currency, which decides where no marketplace is named.
    pub(crate) is_home_currency: bool,
}

/// What a rule is asked about.
#[derive(Debug, Clone)]
pub(crate) struct Asked<'a> {
    pub(crate) kind: LineKind,
    pub(crate) is_refund: bool,
    pub(crate) place: &'a Where,
    pub(crate) liable: Liable,
    pub(crate) stated: bool,
    pub(crate) states_nothing: bool,
    pub(crate) fulfilment: &'a str,
    pub(crate) period: Day,
}

impl Where {
    pub(crate) fn is_home(&self, pack: &Pack) -> bool {
        match &self.country {
            Some(country) => pack.countries.contains(country),
            None => self.is_home_currency,
        }
    }
}

impl TaxRule {
    pub(crate) fn fits(&self, asked: &Asked<'_>, pack: &Pack) -> bool {
        self.fits_kind(asked)
            && self.fits_place(asked.place, pack)
            && fits(&self.liable, &asked.liable)
            && self.stated.is_none_or(|stated| stated == asked.stated)
            && self.states_nothing.is_none_or(|nothing| nothing == asked.states_nothing)
            && self.fulfilment.as_deref().is_none_or(|wanted| wanted == asked.fulfilment)
            && self.from.is_none_or(|from| from <= asked.period)
            && self.until.is_none_or(|until| asked.period < until)
    }

    fn fits_kind(&self, asked: &Asked<'_>) -> bool {
        let on_refunds = match self.refunds {
            OnRefunds::Any => true,
            OnRefunds::Only => asked.is_refund,
            OnRefunds::Never => !asked.is_refund,
        };
        on_refunds && fits(&self.kinds, &asked.kind)
    }

    fn fits_place(&self, place: &Where, pack: &Pack) -> bool {
        let is_home = place.is_home(pack);
        let is_there = self.marketplaces.is_empty()
            || self.marketplaces.iter().any(|wanted| match wanted.as_str() {
                "home" => is_home,
                "abroad" => !is_home,
                code => place.country.as_deref() == Some(code),
            });
        let is_ours = self.established.is_empty()
            || self.established.iter().any(|wanted| pack.countries.contains(wanted));
        is_there && is_ours
    }

    /// The reason for people, with what must be confirmed.
    pub(crate) fn because(&self) -> String {
        let confirm = if self.confirm { "; to be confirmed by an accountant" } else { "" };
        format!("{}{confirm}", self.reason)
    }
}

fn fits<T: PartialEq>(wanted: &[T], found: &T) -> bool {
    wanted.is_empty() || wanted.contains(found)
}
