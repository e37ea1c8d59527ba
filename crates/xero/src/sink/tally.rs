//! What became of many in few words, for the row of an attempt.

use std::collections::BTreeMap;

/// `200: 48 delivered, 1 refused account_invalid`. Words of Xero's may hold names and stay out.
pub(super) fn tally(status: Option<u16>, members: impl Iterator<Item = String>) -> String {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for words in members {
        let count = counts.entry(words).or_insert(0);
        *count = count.saturating_add(1);
    }
    let parts: Vec<String> =
        counts.iter().map(|(words, count)| format!("{count} {words}")).collect();
    let status = status.map_or_else(|| "no reply".to_owned(), |status| status.to_string());
    format!("{status}: {}", parts.join(", "))
}
