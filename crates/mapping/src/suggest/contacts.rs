//! Contacts whose name is nearly the same.

use facts::Chart;
use facts::chart::LedgerContact;
use rapidfuzz::distance::indel;

/// Of a thousand: below it two names are different people.
const SIMILAR_AT_LEAST: usize = 850;

/// How alike two texts are, of a thousand. Counted in whole letters: no float.
pub(crate) fn likeness(a: &str, b: &str) -> usize {
    let (a, b) = (a.to_lowercase(), b.to_lowercase());
    let longest = a.chars().count().saturating_add(b.chars().count());
    let alike = longest.saturating_sub(indel::distance(a.chars(), b.chars()));
    alike.saturating_mul(1000).checked_div(longest).unwrap_or(0)
}

/// The active contact whose name is most like this one, if any is like it enough.
pub(crate) fn similar_contact<'c>(chart: &'c Chart, name: &str) -> Option<&'c LedgerContact> {
    let active = chart.contacts.iter().filter(|contact| contact.is_active);
    active
        .map(|contact| (likeness(&contact.name, name), contact))
        .filter(|(likeness, _)| *likeness >= SIMILAR_AT_LEAST)
        .max_by(|a, b| a.0.cmp(&b.0).then_with(|| b.1.name.cmp(&a.1.name)))
        .map(|(_, contact)| contact)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_of_the_pen_is_alike_and_another_name_is_not() {
        assert!(likeness("Müller & Söhne GmbH", "Muller & Söhne GmbH") >= SIMILAR_AT_LEAST);
        assert!(likeness("Northwind Ltd", "Southgate plc") < SIMILAR_AT_LEAST);
        assert_eq!(likeness("same", "SAME"), 1000);
        assert_eq!(likeness("", ""), 0);
    }
}
