//! What a node says of itself to the others on its database.

use base::Timestamp;
use serde::{Deserialize, Serialize};
use store::NodeRow;

use super::{EngineError, NODE_LEASE_MS};
use crate::serve::Choice;

/// Stored as JSON; what is not there was said by an older version.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    pub engine: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restate: Option<Reached>,
    /// It gives turns, or did a minute ago: what a vendor allows an application is shared with it.
    #[serde(default)]
    pub calls: bool,
}

/// Which Restate gives this node turns, and where it reaches it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reached {
    pub admin: String,
    pub address: String,
}

/// What a vendor counts by the minute is not over before, whatever became of the caller.
pub(super) const CALLED_MS: i64 = Timestamp::MINUTE + NODE_LEASE_MS;

impl About {
    pub fn of(choice: &Choice) -> About {
        let restate = match choice {
            Choice::Embedded => None,
            Choice::Restate(config) => {
                Some(Reached { admin: config.admin.clone(), address: config.address() })
            }
        };
        About { engine: choice.as_str().to_owned(), restate, calls: true }
    }

    /// How many of these nodes may have called a vendor within the last minute.
    pub(super) fn callers(nodes: &[NodeRow], now: Timestamp) -> u32 {
        let lately = now.after_ms(-CALLED_MS);
        let calls = |node: &&NodeRow| {
            let about: Option<About> = serde_json::from_str(&node.about).ok();
            node.alive_until > lately && about.is_some_and(|about| about.calls)
        };
        u32::try_from(nodes.iter().filter(calls).count()).unwrap_or(u32::MAX)
    }

    /// Refuses a second address for the same Restate: it would give all turns to the node that came
    /// last, and none to anyone when that one dies. Of two nodes that start at once, the one that
    /// says that it was later is refused.
    pub(super) fn agrees_with(
        &self,
        own: &NodeRow,
        others: &[NodeRow],
        now: Timestamp,
    ) -> Result<(), EngineError> {
        let Some(ours) = &self.restate else { return Ok(()) };
        for other in others.iter().filter(|other| other.alive_until > now) {
            let is_earlier = (other.started, &other.name) < (own.started, &own.name);
            let about: Option<About> = serde_json::from_str(&other.about).ok();
            let Some(theirs) = about.and_then(|about| about.restate) else { continue };
            if is_earlier && theirs.admin == ours.admin && theirs.address != ours.address {
                return Err(EngineError::Addresses {
                    ours: ours.address.clone(),
                    node: other.name.chars().take(8).collect(),
                    theirs: theirs.address,
                });
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(1_000_000);

    fn about(admin: &str, address: &str) -> About {
        let (admin, address) = (admin.to_owned(), address.to_owned());
        let restate = Some(Reached { admin, address });
        About { engine: "restate".to_owned(), restate, calls: true }
    }

    fn row(name: &str, started: i64, alive_until: i64, about: &About) -> NodeRow {
        NodeRow {
            name: name.to_owned(),
            alive_until: Timestamp(alive_until),
            started: Timestamp(started),
            about: serde_json::to_string(about).unwrap(),
        }
    }

    #[test]
    fn a_second_address_for_one_restate_is_refused_while_the_first_is_in_use() {
        let (first, second) =
            (about("http://admin", "http://a"), about("http://admin", "http://b"));
        let a = row("a", 10, 1_000_001, &first);
        let b = row("b", 20, 1_000_001, &second);
        let rows = [a.clone(), b.clone()];
        let error = second.agrees_with(&b, &rows, NOW).unwrap_err();
        assert_eq!(error.code(), "restate_addresses_differ");
        // The one that was there before goes on.
        assert!(first.agrees_with(&a, &rows, NOW).is_ok());
        // A node that is silent has no say, nor has one of another Restate or another engine.
        let silent = row("a", 10, 1_000_000, &first);
        let elsewhere = row("a", 10, 1_000_001, &about("http://other", "http://a"));
        let embedded = row("a", 10, 1_000_001, &About::of(&Choice::Embedded));
        assert!(second.agrees_with(&b, &[silent, elsewhere, embedded], NOW).is_ok());
        assert!(first.agrees_with(&b, &[a], NOW).is_ok());
    }

    #[test]
    fn who_called_within_the_last_minute_counts() {
        let idle = About { calls: false, ..about("http://admin", "http://a") };
        let calling = about("http://admin", "http://a");
        let nodes = [
            row("a", 1, NOW.0 + 1, &calling),
            row("b", 1, NOW.0 - Timestamp::MINUTE, &calling),
            row("c", 1, NOW.0 - CALLED_MS, &calling),
            row("d", 1, NOW.0 + 1, &idle),
        ];
        assert_eq!(About::callers(&nodes, NOW), 2);
    }

    #[test]
    fn what_an_older_version_said_of_itself_can_be_read() {
        let old: About = serde_json::from_str(r#"{"engine":"restate"}"#).unwrap();
        assert_eq!((old.restate, old.calls), (None, false));
    }
}
