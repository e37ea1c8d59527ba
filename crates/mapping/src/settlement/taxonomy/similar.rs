//! The known words that unknown ones are most like, for a person to confirm.

use crate::settlement::taxonomy::table::{Known, Table};
use crate::settlement::words::Nature;
use crate::suggest::likeness;

/// Of a thousand: words less alike than this are no proposal.
const ALIKE_AT_LEAST: usize = 600;

/// What unknown words resemble. A proposal: nothing is booked by it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Similar {
    pub nature: Nature,
    /// The known words: `Order / ItemFees / Commission`.
    pub words: String,
    /// Of a thousand.
    pub likeness: usize,
}

/// The known words most like these, if any are like enough. The description counts as much as the
/// two types together, for it is what names the charge.
pub fn similar(transaction_type: &str, amount_type: &str, description: &str) -> Option<Similar> {
    let words = [transaction_type, amount_type, description];
    let mut best: Option<(usize, &Known)> = None;
    for known in &Table::built_in().known {
        let most = best.map_or(0, |(most, _)| most);
        match alike(words, known, most) {
            Some(likeness) if likeness > most => best = Some((likeness, known)),
            _ => {}
        }
    }
    let (likeness, known) = best.filter(|(likeness, _)| *likeness >= ALIKE_AT_LEAST)?;
    Some(Similar { nature: known.nature, words: known.words.join(" / "), likeness })
}

/// How alike the words are, unless it cannot be more than `most`.
fn alike(words: [&str; 3], known: &Known, most: usize) -> Option<usize> {
    let [first, second, third] = &known.words;
    let [transaction_type, amount_type, description] = words;
    // Where any description is known, the amount type is what names the charge.
    let (name, like) = if third == "*" { (amount_type, second) } else { (description, third) };
    let named = likeness(name, like.trim_end_matches('*')).saturating_mul(2);
    if named.saturating_add(2_000) <= most.saturating_mul(4) {
        return None;
    }
    likeness(transaction_type, first.trim_end_matches('*'))
        .saturating_add(likeness(amount_type, second.trim_end_matches('*')))
        .saturating_add(named)
        .checked_div(4)
}
