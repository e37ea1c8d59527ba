//! Leaves a vendor alone that does not answer: after some failures in a row nothing is sent on this
//! connection but one call an interval. Pure; the lane's row keeps it, beside the budget.
//!
//! Only what the vendor owes us counts: no connection, no answer, a 5xx. Whatever else it says, a
//! refusal too, is an answer, and closes the circuit.

use base::{Sent, Timestamp};
use intents::retry::CircuitPolicy;
use serde::{Deserialize, Serialize};

/// What a lane remembers of its vendor's silence.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Circuit {
    /// Failures in a row.
    failures: u32,
    /// Since when nothing is sent any more.
    open_since: Option<Timestamp>,
    /// When the next call is let through.
    probe_at: Option<Timestamp>,
    /// How long to wait after a probe that fails.
    interval_ms: i64,
}

impl Circuit {
    /// Until when nothing is sent, if nothing is.
    pub fn open_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.probe_at.filter(|probe| *probe > now)
    }

    /// Since when the vendor has been left alone.
    pub fn open_since(&self) -> Option<Timestamp> {
        self.open_since
    }

    /// Lets a call through, or says when to ask again. What goes through while the circuit is open
    /// is the one probe of its interval.
    pub fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        match self.probe_at {
            Some(probe) if probe > now => Err(probe),
            Some(_) => {
                self.probe_at = Some(now.after_ms(self.interval_ms));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// A call ended. True of a failure after which the circuit is open.
    pub fn ended(&mut self, sent: &Sent, policy: CircuitPolicy, now: Timestamp) -> bool {
        if !is_failure(sent) {
            *self = Circuit::default();
            return false;
        }
        self.failures = self.failures.saturating_add(1);
        if self.failures < policy.failures {
            return false;
        }
        self.interval_ms = match self.open_since {
            Some(_) => self.interval_ms.saturating_mul(2).min(policy.max_ms),
            None => policy.first_ms,
        };
        self.open_since = self.open_since.or(Some(now));
        self.probe_at = Some(now.after_ms(self.interval_ms));
        true
    }
}

fn is_failure(sent: &Sent) -> bool {
    match sent {
        Sent::Reply(reply) => reply.status >= 500,
        Sent::NotSent(_) | Sent::Lost(_) => true,
        Sent::Busy(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use base::Response;

    use super::*;

    const POLICY: CircuitPolicy = CircuitPolicy { failures: 3, first_ms: 10_000, max_ms: 40_000 };

    fn lost() -> Sent {
        Sent::Lost("timeout".to_owned())
    }

    fn answered(status: u16) -> Sent {
        Sent::Reply(Response { status, headers: Vec::new(), body: Vec::new() })
    }

    #[test]
    fn a_dead_vendor_costs_one_call_an_interval() {
        let mut circuit = Circuit::default();
        let mut calls = 0;
        for second in 0..3_600 {
            let now = Timestamp(second * Timestamp::SECOND);
            if circuit.admit(now).is_ok() {
                circuit.ended(&lost(), POLICY, now);
                calls += 1;
            }
        }
        // Three to open it, probes after 10, 20 and 40 s, then every 40 s.
        assert_eq!(calls, 3 + 2 + (3_600 - 2 - 30) / 40);
        assert_eq!(circuit.open_since(), Some(Timestamp(2 * Timestamp::SECOND)));
    }

    #[test]
    fn any_answer_closes_it() {
        let mut circuit = Circuit::default();
        for _ in 0..3 {
            circuit.ended(&answered(503), POLICY, Timestamp(0));
        }
        assert_eq!(circuit.admit(Timestamp(1)), Err(Timestamp(10_000)));
        circuit.admit(Timestamp(10_000)).unwrap();
        // Two probes at once are one too many.
        assert!(circuit.admit(Timestamp(10_000)).is_err());
        circuit.ended(&answered(401), POLICY, Timestamp(10_001));
        assert_eq!(circuit, Circuit::default());
    }

    #[test]
    fn failures_that_are_not_in_a_row_do_not_open_it() {
        let mut circuit = Circuit::default();
        for _ in 0..9 {
            assert!(!circuit.ended(&lost(), POLICY, Timestamp(0)));
            assert!(!circuit.ended(&lost(), POLICY, Timestamp(0)));
            assert!(!circuit.ended(&answered(200), POLICY, Timestamp(0)));
        }
    }
}
