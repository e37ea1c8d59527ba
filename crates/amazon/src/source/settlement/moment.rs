//! The moments of the flat files: `2024-10-23 14:28:39 UTC`, `15.11.2024 08:59:45 UTC`,
//! `2025-07-31T22:07:18+00:00`; and their days, which may be written with slashes.

use base::Timestamp;

/// A date as it may be meant. `03/04/24` is the third of April or the fourth of March.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Days {
    first: i64,
    second: Option<i64>,
}

impl Days {
    pub(super) fn of(moment: Timestamp) -> Days {
        Days { first: moment.0.div_euclid(Timestamp::DAY), second: None }
    }

    /// Midnight UTC, where only one day can be meant.
    pub(super) fn only(self) -> Option<Timestamp> {
        match self.second {
            Some(second) if second != self.first => None,
            _ => self.first.checked_mul(Timestamp::DAY).map(Timestamp),
        }
    }

    pub(super) fn has(self, moment: Timestamp) -> bool {
        let day = moment.0.div_euclid(Timestamp::DAY);
        self.first == day || self.second == Some(day)
    }
}

/// Reads moments. Most rows of a file share a few days: the last date's text is remembered.
#[derive(Debug, Default)]
pub(super) struct Moments {
    text: Option<[u8; 10]>,
    day: i64,
}

impl Moments {
    /// A date, a time and an offset or `UTC`.
    pub(super) fn read(&mut self, text: &str) -> Option<Timestamp> {
        let bytes = text.as_bytes();
        let (date, rest) = bytes.split_first_chunk::<10>()?;
        if Some(*date) != self.text {
            self.day = dated(date)?;
            self.text = Some(*date);
        }
        let (separator, clock) = rest.split_first()?;
        if !matches!(separator, b' ' | b'T') {
            return None;
        }
        let (within, rest) = clock_ms(clock)?;
        let offset = offset_ms(rest.trim_ascii())?;
        let midnight = self.day.checked_mul(Timestamp::DAY)?;
        midnight.checked_add(within)?.checked_sub(offset).map(Timestamp)
    }
}

/// `2024-10-26`, `26.10.2024`, `10/26/2024`, `26/10/24`.
pub(super) fn days(text: &str) -> Option<Days> {
    let bytes = text.as_bytes();
    if let Ok(date) = <&[u8; 10]>::try_from(bytes)
        && let Some(first) = dated(date)
    {
        return Some(Days { first, second: None });
    }
    let mut parts = bytes.split(|byte| *byte == b'/');
    let (a, b, year) = (number(parts.next()?)?, number(parts.next()?)?, parts.next()?);
    let year = match year.len() {
        2 => number(year)?.checked_add(2000)?,
        4 => number(year)?,
        _ => return None,
    };
    if parts.next().is_some() {
        return None;
    }
    let month_first = day_number(year, a, b);
    let day_first = day_number(year, b, a);
    match (month_first, day_first) {
        (Some(first), second) | (None, second @ Some(first)) => Some(Days { first, second }),
        (None, None) => None,
    }
}

/// The year first with hyphens or slashes, or the day first with points.
fn dated(date: &[u8; 10]) -> Option<i64> {
    let (year, month, day) = match date {
        [y @ .., b'-' | b'/', m1, m2, b'-' | b'/', d1, d2]
        | [d1, d2, b'.', m1, m2, b'.', y @ ..] => (y, [*m1, *m2], [*d1, *d2]),
        _ => return None,
    };
    day_number(number(year)?, number(&month)?, number(&day)?)
}

/// `14:28:39`, perhaps with a fraction; and what follows.
fn clock_ms(text: &[u8]) -> Option<(i64, &[u8])> {
    let (clock, mut rest) = text.split_first_chunk::<8>()?;
    let [h1, h2, b':', m1, m2, b':', s1, s2] = clock else { return None };
    let (hour, minute) = (number(&[*h1, *h2])?, number(&[*m1, *m2])?);
    let second = number(&[*s1, *s2])?;
    let mut ms = time_ms(hour, minute, second)?;
    if let Some((b'.', fraction)) = rest.split_first() {
        let end = fraction.iter().position(|byte| !byte.is_ascii_digit()).unwrap_or(fraction.len());
        let (digits, after) = fraction.split_at_checked(end)?;
        let three = digits.iter().copied().chain([b'0'; 3]).take(3);
        let extra =
            three.fold(0_i64, |sum, digit| sum * 10 + i64::from(digit.saturating_sub(b'0')));
        ms = ms.checked_add(if digits.is_empty() { return None } else { extra })?;
        rest = after;
    }
    Some((ms, rest))
}

/// A time of day; a leap second counts as the next second.
pub(super) fn time_ms(hour: i64, minute: i64, second: i64) -> Option<i64> {
    let is_time =
        (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
    is_time
        .then(|| hour * Timestamp::HOUR + minute * Timestamp::MINUTE + second * Timestamp::SECOND)
}

/// `UTC`, `GMT`, `Z`, `+09:00`, `-0700`, `+9`.
pub(super) fn offset_ms(text: &[u8]) -> Option<i64> {
    let rest = match text {
        [b'U', b'T', b'C', rest @ ..] | [b'G', b'M', b'T', rest @ ..] | [b'Z', rest @ ..] => rest,
        [] => return None,
        other => other,
    };
    let (sign, digits) = match rest {
        [] => return Some(0),
        [b'+', digits @ ..] => (1, digits),
        [b'-', digits @ ..] => (-1, digits),
        _ => return None,
    };
    let (hours, minutes) = match digits {
        [h @ .., b':', m1, m2] | [h @ .., m1, m2] if (1..3).contains(&h.len()) => (h, [*m1, *m2]),
        h => (h, *b"00"),
    };
    let (hours, minutes) = (number(hours)?, number(&minutes)?);
    let is_offset = hours <= 15 && minutes < 60;
    is_offset.then(|| sign * (hours * Timestamp::HOUR + minutes * Timestamp::MINUTE))
}

/// Up to four digits.
pub(super) fn number(digits: &[u8]) -> Option<i64> {
    if digits.is_empty() || digits.len() > 4 || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some(digits.iter().fold(0, |sum, digit| sum * 10 + i64::from(digit.saturating_sub(b'0'))))
}

/// Days since 1970-01-01 of a date of the Gregorian calendar, between 1990 and 2199: Amazon was
/// founded in 1994. Howard Hinnant's `days_from_civil`.
/// <https://howardhinnant.github.io/date_algorithms.html>
pub(super) fn day_number(year: i64, month: i64, day: i64) -> Option<i64> {
    let is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    let length = match month {
        1 | 3 | 5 | 7 | 8 | 10 | 12 => 31,
        4 | 6 | 9 | 11 => 30,
        2 if is_leap => 29,
        2 => 28,
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(1990..2200).contains(&year) {
        return None;
    }
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year / 400, year % 400);
    let from_march = (month + 9) % 12;
    let day_of_year = (153 * from_march + 2) / 5 + day - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    Some(era * 146_097 + day_of_era - 719_468)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_regions_write_the_same_moment_differently() {
        let expected = Timestamp::parse("2024-11-15T08:59:45Z").ok();
        for text in [
            "2024-11-15 08:59:45 UTC",
            "15.11.2024 08:59:45 UTC",
            "2024-11-15T08:59:45+00:00",
            "2024-11-15T08:59:45Z",
            "2024-11-15T00:59:45-08:00",
            "2024-11-15T00:59:45.000-0800",
            "2024/11/15 17:59:45 GMT+9",
        ] {
            assert_eq!(Moments::default().read(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_no_moment_is_refused() {
        for text in [
            "",
            "2024-11-15",
            "2024-11-15 08:59:45",
            "2024-11-31 08:59:45 UTC",
            "2024-11-15 24:00:00 UTC",
            "2024-11-15 08:59 UTC",
            "2024-11-15 08:59:45 PST",
            "45611.37",
            "15.11.2024 08:59:45. UTC",
        ] {
            assert_eq!(Moments::default().read(text), None, "{text}");
        }
    }

    #[test]
    fn a_date_with_slashes_may_be_two_days() {
        let day = |text: &str| Timestamp::parse(text).unwrap();
        let both = days("03/04/24").unwrap();
        assert!(both.has(day("2024-03-04T23:00:00Z")) && both.has(day("2024-04-03T01:00:00Z")));
        assert_eq!(both.only(), None);
        assert_eq!(days("26/10/2024").unwrap().only(), Some(day("2024-10-26T00:00:00Z")));
        assert_eq!(days("10/26/24").unwrap().only(), Some(day("2024-10-26T00:00:00Z")));
        assert_eq!(days("05/05/24").unwrap().only(), Some(day("2024-05-05T00:00:00Z")));
        assert_eq!(days("26.10.2024").unwrap().only(), Some(day("2024-10-26T00:00:00Z")));
        assert_eq!(days("13/13/24"), None);
        assert_eq!(days("1/2/3/4"), None);
    }

    proptest! {
        #[test]
        fn a_printed_moment_is_read_back(seconds in 631_152_000_i64..7_258_118_400) {
            let moment = Timestamp(seconds * 1000);
            prop_assert_eq!(Moments::default().read(&moment.iso()), Some(moment));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,30}") {
            Moments::default().read(&text);
            days(&text);
        }
    }
}
