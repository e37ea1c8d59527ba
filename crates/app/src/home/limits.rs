//! `[retry]` and `[keep]` of `config.toml`: how failed calls are tried again, and what is kept.

use base::Timestamp;
use intents::retry::{CircuitPolicy, Policies, Policy};
use serde::Deserialize;
use store::Limits;

/// `[retry]`. What is not named stays as it is by default.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PoliciesConfig {
    pub busy: PolicyConfig,
    pub unclear: PolicyConfig,
    pub refused: PolicyConfig,
    pub auth: PolicyConfig,
    pub unsent: PolicyConfig,
    pub circuit: CircuitConfig,
}

/// One class of error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PolicyConfig {
    /// The longest wait before the second try.
    pub first_seconds: Option<u32>,
    /// By how much it grows with each try.
    pub factor: Option<u32>,
    pub max_seconds: Option<u32>,
    /// After so many tries it is a dead letter, or an alarm.
    pub attempts: Option<u32>,
    /// After so many hours it is.
    pub hours: Option<u32>,
}

/// When a vendor that does not answer is left alone.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CircuitConfig {
    /// After so many failures in a row.
    pub failures: Option<u32>,
    pub first_seconds: Option<u32>,
    pub max_seconds: Option<u32>,
}

/// `[keep]`.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct KeepConfig {
    /// Exchanges of tries that ended badly.
    pub exchanges_days: Option<u32>,
}

const DAY_SECONDS: u32 = 86_400;
const FACTOR_MAX: u32 = 10;
const ATTEMPTS_MAX: u32 = 1_000;
const HOURS_MAX: u32 = 24 * 90;
const DAYS_MAX: u32 = 3_650;

/// The limits that the configuration comes to, or what is wrong with it.
pub(super) fn limits(retry: &PoliciesConfig, keep: KeepConfig) -> Result<Limits, String> {
    let usual = Limits::default();
    let days = within("keep.exchanges_days", keep.exchanges_days, (1, DAYS_MAX))?;
    let retry = Policies {
        busy: policy("busy", &retry.busy, usual.retry.busy)?,
        unclear: policy("unclear", &retry.unclear, usual.retry.unclear)?,
        refused: policy("refused", &retry.refused, usual.retry.refused)?,
        auth: policy("auth", &retry.auth, usual.retry.auth)?,
        unsent: policy("unsent", &retry.unsent, usual.retry.unsent)?,
        circuit: circuit(&retry.circuit, usual.retry.circuit)?,
    };
    let exchanges_ms = days.map_or(usual.exchanges_ms, |days| i64::from(days) * Timestamp::DAY);
    Ok(Limits { retry, exchanges_ms })
}

fn policy(name: &str, config: &PolicyConfig, usual: Policy) -> Result<Policy, String> {
    let named = |key: &str| format!("retry.{name}.{key}");
    let first = within(&named("first_seconds"), config.first_seconds, (1, DAY_SECONDS))?;
    let most = within(&named("max_seconds"), config.max_seconds, (1, DAY_SECONDS))?;
    let factor = within(&named("factor"), config.factor, (1, FACTOR_MAX))?;
    let attempts = within(&named("attempts"), config.attempts, (1, ATTEMPTS_MAX))?;
    let hours = within(&named("hours"), config.hours, (1, HOURS_MAX))?;
    let policy = Policy {
        first_ms: first.map_or(usual.first_ms, ms),
        factor: factor.unwrap_or(usual.factor),
        max_ms: most.map_or(usual.max_ms, ms),
        attempts_max: attempts.or(usual.attempts_max),
        age_max_ms: hours.map(|hours| i64::from(hours) * Timestamp::HOUR).or(usual.age_max_ms),
        then: usual.then,
    };
    in_order(&named("first_seconds"), policy.first_ms, policy.max_ms)?;
    Ok(policy)
}

fn circuit(config: &CircuitConfig, usual: CircuitPolicy) -> Result<CircuitPolicy, String> {
    let failures = within("retry.circuit.failures", config.failures, (1, ATTEMPTS_MAX))?;
    let first = within("retry.circuit.first_seconds", config.first_seconds, (1, DAY_SECONDS))?;
    let most = within("retry.circuit.max_seconds", config.max_seconds, (1, DAY_SECONDS))?;
    let policy = CircuitPolicy {
        failures: failures.unwrap_or(usual.failures),
        first_ms: first.map_or(usual.first_ms, ms),
        max_ms: most.map_or(usual.max_ms, ms),
    };
    in_order("retry.circuit.first_seconds", policy.first_ms, policy.max_ms)?;
    Ok(policy)
}

fn ms(seconds: u32) -> i64 {
    i64::from(seconds) * Timestamp::SECOND
}

fn within(
    name: &str,
    value: Option<u32>,
    (least, most): (u32, u32),
) -> Result<Option<u32>, String> {
    match value {
        Some(value) if value < least || value > most => {
            Err(format!("{name} is {value}: it must be {least} to {most}"))
        }
        value => Ok(value),
    }
}

fn in_order(name: &str, first_ms: i64, max_ms: i64) -> Result<(), String> {
    if first_ms <= max_ms {
        return Ok(());
    }
    Err(format!("{name} is longer than max_seconds"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::home::Config;

    fn limits_of(text: &str) -> Result<Limits, String> {
        let config: Config = toml::from_str(text).map_err(|error| error.to_string())?;
        config.limits()
    }

    #[test]
    fn nothing_said_is_the_usual_table() {
        assert_eq!(limits_of("").unwrap(), Limits::default());
    }

    #[test]
    fn one_line_changes_one_number() {
        let text = "[retry.unclear]\nattempts = 3\n[keep]\nexchanges_days = 7";
        let limits = limits_of(text).unwrap();
        let usual = Policies::DEFAULT.unclear;
        assert_eq!(limits.retry.unclear, Policy { attempts_max: Some(3), ..usual });
        assert_eq!(limits.exchanges_ms, 7 * Timestamp::DAY);
    }

    #[test]
    fn what_cannot_be_meant_is_refused_by_its_name() {
        for (text, name) in [
            ("[retry.unclear]\nattempts = 0", "retry.unclear.attempts"),
            ("[retry.busy]\nfirst_seconds = 100", "retry.busy.first_seconds"),
            ("[retry.circuit]\nmax_seconds = 1", "retry.circuit.first_seconds"),
            ("[keep]\nexchanges_days = 0", "keep.exchanges_days"),
            ("[retry.unclaer]\nattempts = 1", "unclaer"),
        ] {
            let error = limits_of(text).unwrap_err();
            assert!(error.contains(name), "{error}");
        }
    }
}
