//! The moments of the date-range report: local text in the seller's language and zone, such as
//! `Jun 8, 2025 10:23:05 PM PDT`, `29 June 2026 5:39:32 pm GMT+9`, `01.02.2024 03:04:05 UTC`,
//! `1 févr. 2024 03:04:05 UTC`, `2024/02/01 3:04:05JST`.

use base::Timestamp;

use super::moment::{day_number, number, offset_ms, time_ms};

/// How the months begin, in the languages that Amazon's sellers use. No beginning stands for two
/// months.
const MONTHS: [&[&str]; 12] = [
    &["jan", "gen", "ene", "sty", "oca"],
    &["feb", "fév", "fev", "lut", "şub"],
    &["mar", "mär", "mrz", "mrt"],
    &["apr", "avr", "abr", "kwi", "nis"],
    &["may", "mai", "mag", "mei", "maj"],
    &["jun", "juin", "giu", "cze", "haz"],
    &["jul", "juil", "lug", "lip", "tem"],
    &["aug", "août", "aou", "ago", "sie", "ağu"],
    &["sep", "set", "wrz", "eyl"],
    &["oct", "okt", "ott", "out", "paź", "eki"],
    &["nov", "lis", "kas"],
    &["dec", "dez", "déc", "dic", "gru", "ara"],
];

/// Zones that Amazon prints by name, in hours from UTC and quarters of an hour. CST is left out:
/// it is China's and North America's.
const ZONES: [(&str, i64, i64); 26] = [
    ("pst", -8, 0),
    ("pdt", -7, 0),
    ("mst", -7, 0),
    ("mdt", -6, 0),
    ("cdt", -5, 0),
    ("est", -5, 0),
    ("edt", -4, 0),
    ("brt", -3, 0),
    ("wet", 0, 0),
    ("bst", 1, 0),
    ("west", 1, 0),
    ("cet", 1, 0),
    ("mez", 1, 0),
    ("cest", 2, 0),
    ("mesz", 2, 0),
    ("eet", 2, 0),
    ("sast", 2, 0),
    ("eest", 3, 0),
    ("gst", 4, 0),
    ("ist", 5, 2),
    ("sgt", 8, 0),
    ("awst", 8, 0),
    ("jst", 9, 0),
    ("acst", 9, 2),
    ("aest", 10, 0),
    ("aedt", 11, 0),
];

/// Words that stand between the numbers of a date and mean nothing.
const FILLERS: [&str; 3] = ["de", "of", "del"];

/// None where the text is no moment, or where it may be two.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let colon = text.find(':')?;
    let (before, after) = text.split_at_checked(colon)?;
    let date = before.trim_end_matches(|c: char| c.is_ascii_digit());
    let hour = number(before.get(date.len()..)?.as_bytes())?;
    let mut rest = after.get(1..)?;
    let minute = two(&mut rest)?;
    let mut second = 0;
    if let Some(more) = rest.strip_prefix(':') {
        rest = more;
        second = two(&mut rest)?;
    }
    // `p. m.`, `PM`, and spaces of every width.
    let zone: String = rest.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect();
    let zone = zone.to_lowercase();
    let (hour, zone) = half(hour, &zone)?;
    let midnight = day(date)?.checked_mul(Timestamp::DAY)?;
    midnight.checked_add(time_ms(hour, minute, second)?)?.checked_sub(offset(zone)?).map(Timestamp)
}

/// Takes two digits off.
fn two(rest: &mut &str) -> Option<i64> {
    let (digits, more) = rest.split_at_checked(2)?;
    *rest = more;
    number(digits.as_bytes())
}

/// The hour of a day of 24, and what follows the half of the day.
fn half(hour: i64, zone: &str) -> Option<(i64, &str)> {
    if let Some(zone) = zone.strip_prefix("am") {
        return (1..=12).contains(&hour).then_some((hour % 12, zone));
    }
    if let Some(zone) = zone.strip_prefix("pm") {
        return (1..=12).contains(&hour).then_some((hour % 12 + 12, zone));
    }
    Some((hour, zone))
}

fn offset(zone: &str) -> Option<i64> {
    const QUARTER: i64 = Timestamp::HOUR / 4;
    let named = ZONES.iter().find(|(name, ..)| *name == zone);
    if let Some((_, hours, quarters)) = named {
        return Some(hours * Timestamp::HOUR + quarters * QUARTER);
    }
    offset_ms(zone.replace('\u{2212}', "-").to_uppercase().as_bytes())
}

fn day(date: &str) -> Option<i64> {
    let is_between = |c: char| !c.is_alphanumeric() || matches!(c, '年' | '月' | '日');
    let mut month = None;
    let mut numbers = Vec::new();
    for word in date.split(is_between).filter(|word| !word.is_empty()) {
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            numbers.push((number(word.as_bytes())?, word.len()));
            continue;
        }
        let word = word.to_lowercase();
        if FILLERS.contains(&word.as_str()) {
            continue;
        }
        let found = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)));
        if month.replace(found?).is_some() {
            return None;
        }
    }
    let month = month.and_then(|month| i64::try_from(month + 1).ok());
    match (month, numbers.as_slice()) {
        (Some(month), [(day, 1 | 2), (year, 4)] | [(year, 4), (day, 1 | 2)]) => {
            day_number(*year, month, *day)
        }
        (None, [(year, 4), (month, _), (day, _)]) => day_number(*year, *month, *day),
        (None, [(day, _), (month, _), (year, 4)]) if date.contains('.') => {
            day_number(*year, *month, *day)
        }
        (None, [(a, _), (b, _), (year, 4)]) => {
            let (month_first, day_first) = (day_number(*year, *a, *b), day_number(*year, *b, *a));
            match (month_first, day_first) {
                (Some(one), Some(other)) if one != other => None,
                (one, other) => one.or(other),
            }
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn moments_are_read_in_every_language() {
        for (text, iso) in [
            ("Jun 8, 2025 10:23:05 PM PDT", "2025-06-09T05:23:05Z"),
            ("Jan 1, 2025 12:00:05 AM PST", "2025-01-01T08:00:05Z"),
            ("29 June 2026 5:39:32 pm GMT+9", "2026-06-29T08:39:32Z"),
            ("1 Feb 2024 12:04:05 pm GMT+5:30", "2024-02-01T06:34:05Z"),
            ("01.02.2024 03:04:05 UTC", "2024-02-01T03:04:05Z"),
            ("01.02.2024 03:04:05 GMT+1", "2024-02-01T02:04:05Z"),
            ("1 févr. 2024 03:04:05 UTC", "2024-02-01T03:04:05Z"),
            ("1 juil. 2024 03:04:05 UTC", "2024-07-01T03:04:05Z"),
            ("1 feb 2024 3:04:05 p.\u{a0}m. GMT\u{2212}7", "2024-02-01T22:04:05Z"),
            ("8 de junio de 2025 22:23:05 UTC", "2025-06-08T22:23:05Z"),
            ("2024/02/01 3:04:05JST", "2024-01-31T18:04:05Z"),
            ("2024年2月1日 3:04:05 JST", "2024-01-31T18:04:05Z"),
            ("1 mrt. 2024 03:04:05 UTC", "2024-03-01T03:04:05Z"),
            ("13/06/2025 10:00:00 UTC", "2025-06-13T10:00:00Z"),
        ] {
            assert_eq!(moment(text), Timestamp::parse(iso).ok(), "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_or_two_is_refused() {
        for text in [
            "",
            "Jun 8, 2025",
            "Jun 8, 2025 10:23:05 PM",
            "Jun 8, 2025 10:23:05 PM CST",
            "Jun 8, 2025 13:23:05 PM PDT",
            "Jux 8, 2025 10:23:05 PM PDT",
            "06/07/2025 10:00:00 UTC",
            "Jun Jul 8, 2025 10:23:05 PM PDT",
            "31.02.2024 03:04:05 UTC",
        ] {
            assert_eq!(moment(text), None, "{text}");
        }
    }

    #[test]
    fn no_two_months_begin_alike() {
        let all: Vec<&str> = MONTHS.iter().flat_map(|names| names.iter().copied()).collect();
        for (at, one) in all.iter().enumerate() {
            let alike = all.iter().enumerate().any(|(i, other)| i != at && other.starts_with(one));
            assert!(!alike, "{one}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,40}") {
            moment(&text);
        }

        #[test]
        fn no_likely_text_is_a_panic(text in "[0-9a-zé:/. +-]{0,30}") {
            moment(&text);
        }
    }
}
