//! How Xero writes and reads dates.

use base::{Day, Timestamp};

/// `/Date(1518685950940+0000)/`: the offset is decoration, the number is UTC
/// (<https://developer.xero.com/documentation/api/accounting/requests-and-responses>).
pub(crate) fn moment(at: Timestamp) -> String {
    format!("/Date({}+0000)/", at.0)
}

/// A document's date: midnight UTC of the calendar date.
pub(crate) fn day(day: Day) -> String {
    moment(day.midnight_utc())
}

/// `2009-05-27T00:00:00`, the readable twin of a document's date.
pub(crate) fn day_string(day: Day) -> String {
    format!("{day}T00:00:00")
}

/// `2019-03-12T23:10:38Z`, the readable twin of `UpdatedDateUTC`.
pub(crate) fn moment_string(at: Timestamp) -> String {
    let seconds = Timestamp(at.0 - at.0.rem_euclid(Timestamp::SECOND));
    seconds.iso().replace(".000Z", "Z")
}

/// `31 January 2026`, as messages and reports write it.
pub(crate) fn words(day: Day) -> String {
    day.0.strftime("%-d %B %Y").to_string()
}

/// Reads `YYYY-MM-DD`, `YYYY-MM-DDTHH:MM:SS` or `/Date(ms+0000)/`.
pub(crate) fn parse_day(text: &str) -> Option<Day> {
    if let Some(inner) = text.strip_prefix("/Date(").and_then(|rest| rest.strip_suffix(")/")) {
        // An offset says where the client was, not when: the number is UTC whatever follows it.
        let end = inner.rfind(['+', '-']).filter(|at| *at > 0).unwrap_or(inner.len());
        let ms: i64 = inner.get(..end)?.parse().ok()?;
        return Some(Timestamp(ms).day(&base::Zone::utc()));
    }
    Day::parse(text).ok()
}

/// Reads the `If-Modified-Since` header: `yyyy-mm-ddThh:mm:ss` in UTC, or with an offset.
pub(crate) fn parse_moment(text: &str) -> Option<Timestamp> {
    let utc = format!("{}Z", text.trim());
    let whole = format!("{}T00:00:00Z", text.trim());
    [text.trim(), &utc, &whole].into_iter().find_map(|form| Timestamp::parse(form).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_is_read_in_every_form() {
        let christmas = Day::parse("2024-12-25").unwrap();
        for text in [
            "2024-12-25",
            "2024-12-25T00:00:00",
            "/Date(1735084800000+0000)/",
            "/Date(1735084800000)/",
            "/Date(1735084800000-0800)/",
        ] {
            assert_eq!(parse_day(text), Some(christmas), "{text}");
        }
        assert_eq!(day(christmas), "/Date(1735084800000+0000)/");
        assert_eq!(parse_day("25/12/2024"), None);
    }

    #[test]
    fn if_modified_since_is_utc_when_it_names_no_zone() {
        let noon = Timestamp::parse("2024-12-25T12:00:00Z").unwrap();
        assert_eq!(parse_moment("2024-12-25T12:00:00"), Some(noon));
        assert_eq!(parse_moment("2024-12-25T13:00:00+01:00"), Some(noon));
    }
}
