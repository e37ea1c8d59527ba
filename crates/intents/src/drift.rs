//! A posted document that is not in the other system as it was posted: someone edited it, took it
//! away, or wrote the same once more. Found by looking again; what becomes of it is a person's
//! choice.

use serde::{Deserialize, Serialize};

base::id!(
    /// Derived from the book, the intent, the kind, and what in the other system it is about.
    DriftId,
    "drift"
);

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftKind {
    /// It reads otherwise than it was posted.
    Edited,
    Voided,
    Deleted,
    /// Another live document says the same.
    Duplicate,
    /// Money of others was set against it.
    PaidElsewhere,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DriftState {
    /// Waits for a person.
    Open,
    /// A person said that it is right as it is.
    Accepted,
    /// It was posted again.
    Reposted,
    /// What was ours of it was taken back.
    Reversed,
    /// It was put right in the other system.
    Gone,
}

/// What a person asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Wish {
    Repost,
    Reverse,
}

impl DriftKind {
    pub const ALL: [DriftKind; 5] = [
        DriftKind::Edited,
        DriftKind::Voided,
        DriftKind::Deleted,
        DriftKind::Duplicate,
        DriftKind::PaidElsewhere,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DriftKind::Edited => "edited",
            DriftKind::Voided => "voided",
            DriftKind::Deleted => "deleted",
            DriftKind::Duplicate => "duplicate",
            DriftKind::PaidElsewhere => "paid_elsewhere",
        }
    }

    pub fn parse(text: &str) -> Option<DriftKind> {
        DriftKind::ALL.into_iter().find(|kind| kind.as_str() == text)
    }

    /// True when our document is not there any more.
    pub fn is_loss(self) -> bool {
        match self {
            DriftKind::Voided | DriftKind::Deleted => true,
            DriftKind::Edited | DriftKind::Duplicate | DriftKind::PaidElsewhere => false,
        }
    }
}

impl DriftState {
    pub const ALL: [DriftState; 5] = [
        DriftState::Open,
        DriftState::Accepted,
        DriftState::Reposted,
        DriftState::Reversed,
        DriftState::Gone,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            DriftState::Open => "open",
            DriftState::Accepted => "accepted",
            DriftState::Reposted => "reposted",
            DriftState::Reversed => "reversed",
            DriftState::Gone => "gone",
        }
    }

    pub fn parse(text: &str) -> Option<DriftState> {
        DriftState::ALL.into_iter().find(|state| state.as_str() == text)
    }

    /// After another look found a difference there, the same one or another. What was accepted
    /// counts for what it was, and not for what it becomes.
    pub fn seen(self, is_same: bool) -> DriftState {
        match self {
            DriftState::Accepted if is_same => DriftState::Accepted,
            DriftState::Open
            | DriftState::Accepted
            | DriftState::Reposted
            | DriftState::Reversed
            | DriftState::Gone => DriftState::Open,
        }
    }

    /// After another look found no difference.
    pub fn missed(self) -> DriftState {
        match self {
            DriftState::Open | DriftState::Accepted => DriftState::Gone,
            DriftState::Reposted | DriftState::Reversed | DriftState::Gone => self,
        }
    }
}

impl Wish {
    pub fn as_str(self) -> &'static str {
        match self {
            Wish::Repost => "repost",
            Wish::Reverse => "reverse",
        }
    }

    pub fn parse(text: &str) -> Option<Wish> {
        [Wish::Repost, Wish::Reverse].into_iter().find(|wish| wish.as_str() == text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_accepted_is_reported_again_only_when_it_changes() {
        assert_eq!(DriftState::Accepted.seen(true), DriftState::Accepted);
        assert_eq!(DriftState::Accepted.seen(false), DriftState::Open);
        assert_eq!(DriftState::Gone.seen(true), DriftState::Open);
    }

    #[test]
    fn what_was_put_right_closes_itself() {
        assert_eq!(DriftState::Open.missed(), DriftState::Gone);
        assert_eq!(DriftState::Accepted.missed(), DriftState::Gone);
        assert_eq!(DriftState::Reposted.missed(), DriftState::Reposted);
    }

    #[test]
    fn words_are_read_back() {
        for kind in DriftKind::ALL {
            assert_eq!(DriftKind::parse(kind.as_str()), Some(kind));
        }
        for state in DriftState::ALL {
            assert_eq!(DriftState::parse(state.as_str()), Some(state));
        }
        for wish in [Wish::Repost, Wish::Reverse] {
            assert_eq!(Wish::parse(wish.as_str()), Some(wish));
        }
    }
}
