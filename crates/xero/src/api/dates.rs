//! Xero's two ways of writing a time: `/Date(1552432238716+0000)/` and ISO 8601.
//! <https://developer.xero.com/documentation/api/accounting/requests-and-responses#json-responses-and-date-formats>

use base::{Day, Timestamp, Zone};

/// A moment. The offset inside `/Date()/` is decoration: the number counts from 1970 in UTC.
pub(crate) fn moment(text: &str) -> Option<Timestamp> {
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        let (is_before_1970, digits) = match inner.strip_prefix('-') {
            Some(digits) => (true, digits),
            None => (false, inner),
        };
        let count: i64 = digits.split(['+', '-']).next()?.parse().ok()?;
        return Some(Timestamp(if is_before_1970 { count.saturating_neg() } else { count }));
    }
    // Xero's ISO texts mostly have no offset and mean UTC.
    Timestamp::parse(text).or_else(|_without| Timestamp::parse(&format!("{text}Z"))).ok()
}

/// A calendar date. Xero writes a document's date as midnight UTC of it.
pub(crate) fn day(text: &str) -> Option<Day> {
    if text.starts_with("/Date(") {
        return moment(text).map(|moment| moment.day(&Zone::utc()));
    }
    Day::parse(text).ok()
}

/// The date of a document: from its ISO field where there is one, else from the other.
pub(crate) fn day_of(iso: Option<&str>, date: Option<&str>) -> Option<Day> {
    iso.and_then(day).or_else(|| date.and_then(day))
}

/// A moment for `If-Modified-Since`: UTC, whole seconds, rounded down so that nothing is missed.
pub(crate) fn since(moment: Timestamp) -> String {
    let iso = moment.iso();
    let whole = iso.split('.').next().unwrap_or_default();
    format!("{whole}Z")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_of_writing_a_moment_read_the_same() {
        let expected = Timestamp::parse("2019-03-12T23:10:38.716Z").unwrap();
        for text in [
            "/Date(1552432238716+0000)/",
            "/Date(1552432238716)/",
            "/Date(1552432238716+1300)/",
            "2019-03-12T23:10:38.716Z",
            "2019-03-12T23:10:38.716",
        ] {
            assert_eq!(moment(text), Some(expected), "{text}");
        }
        assert_eq!(moment("/Date(-1000+0000)/"), Some(Timestamp(-1000)));
        assert_eq!(moment("yesterday"), None);
        assert_eq!(moment("/Date()/"), None);
    }

    #[test]
    fn a_documents_date_is_the_utc_date_of_its_midnight() {
        let expected = Day::parse("2019-03-11").unwrap();
        for text in ["/Date(1552262400000+0000)/", "2019-03-11T00:00:00", "2019-03-11"] {
            assert_eq!(day(text), Some(expected), "{text}");
        }
        assert_eq!(day_of(None, Some("/Date(1552262400000)/")), Some(expected));
        assert_eq!(day_of(Some("2019-03-11T00:00:00"), None), Some(expected));
        assert_eq!(day_of(None, None), None);
    }

    #[test]
    fn modified_since_is_cut_to_the_second() {
        let moment = Timestamp::parse("2026-11-24T06:00:00.999Z").unwrap();
        assert_eq!(since(moment), "2026-11-24T06:00:00Z");
    }
}
