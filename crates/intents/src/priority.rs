//! What goes first when an organisation's calls are few.

use serde::{Deserialize, Serialize};

/// How urgent a document is. The order is that of urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    /// What happened lately.
    Live,
    /// Settlements, accruals and what takes them back.
    Settlement,
    /// Stock.
    Inventory,
    /// What happened long ago: read late, or decided again.
    Backfill,
}

impl Priority {
    pub const ALL: [Priority; 4] =
        [Priority::Live, Priority::Settlement, Priority::Inventory, Priority::Backfill];

    /// As the store keeps it: the smaller, the more urgent.
    pub fn rank(self) -> i64 {
        match self {
            Priority::Live => 0,
            Priority::Settlement => 1,
            Priority::Inventory => 2,
            Priority::Backfill => 3,
        }
    }

    pub fn of_rank(rank: i64) -> Option<Priority> {
        Priority::ALL.into_iter().find(|one| one.rank() == rank)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_in_the_order_of_urgency_and_are_read_back() {
        assert!(Priority::ALL.is_sorted());
        for one in Priority::ALL {
            assert_eq!(Priority::of_rank(one.rank()), Some(one));
        }
        assert!(Priority::ALL.is_sorted_by_key(|one| one.rank()));
        assert_eq!(Priority::of_rank(4), None);
    }
}
