//! Where a kind of amount goes, before the settlement's currency is known.

use std::fmt;
use std::str::FromStr;

use base::Currency;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::Role;
use crate::rulebook::RoleError;

/// Written `clearing`, `bank`, or as a role that has no currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    Clearing,
    Bank,
    Plain(Role),
}

impl Target {
    pub fn role(self, currency: Currency) -> Role {
        match self {
            Target::Clearing => Role::Clearing(currency),
            Target::Bank => Role::Bank(currency),
            Target::Plain(role) => role,
        }
    }

    pub(crate) fn of(role: Role) -> Target {
        if matches!(role, Role::Clearing(_)) {
            return Target::Clearing;
        }
        if matches!(role, Role::Bank(_)) { Target::Bank } else { Target::Plain(role) }
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Clearing => f.write_str("clearing"),
            Target::Bank => f.write_str("bank"),
            Target::Plain(role) => role.fmt(f),
        }
    }
}

impl FromStr for Target {
    type Err = RoleError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "clearing" => Ok(Target::Clearing),
            "bank" => Ok(Target::Bank),
            role => role.parse().map(Target::of),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Target {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
