//! Time as data: moments, calendar days in a named zone, and the clock that is handed down.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A moment: milliseconds since 1970-01-01T00:00:00Z.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Timestamp(pub i64);

/// A text that is not a moment, a day or a zone.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TimeError {
    #[error("{0:?} is not an ISO 8601 time with an offset")]
    Moment(String),
    #[error("{0:?} is not a date written YYYY-MM-DD")]
    Day(String),
    #[error("{0:?} is not a time zone that this build knows")]
    Zone(String),
}

impl Timestamp {
    pub const SECOND: i64 = 1000;
    pub const MINUTE: i64 = 60_000;
    pub const HOUR: i64 = 3_600_000;
    pub const DAY: i64 = 86_400_000;

    /// Reads `2024-12-25T10:30:00Z` and its variants with offsets and fractions.
    pub fn parse(text: &str) -> Result<Timestamp, TimeError> {
        jiff::Timestamp::from_str(text)
            .map(|moment| Timestamp(moment.as_millisecond()))
            .map_err(|_reason| TimeError::Moment(text.to_owned()))
    }

    /// `2024-12-25T10:30:00.000Z`, as both vendors take it.
    pub fn iso(self) -> String {
        jiff::Timestamp::from_millisecond(self.0)
            .map(|moment| moment.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string())
            .unwrap_or_default()
    }

    /// The moment so many milliseconds later (or earlier, if negative).
    pub fn after_ms(self, ms: i64) -> Timestamp {
        Timestamp(self.0.saturating_add(ms))
    }

    /// Milliseconds from `earlier` to here.
    pub fn since(self, earlier: Timestamp) -> i64 {
        self.0.saturating_sub(earlier.0)
    }

    /// The calendar day in a zone.
    pub fn day(self, zone: &Zone) -> Day {
        let moment =
            jiff::Timestamp::from_millisecond(self.0).unwrap_or(jiff::Timestamp::UNIX_EPOCH);
        Day(moment.to_zoned_datetime(zone.0.clone()).date())
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.iso())
    }
}

/// A time zone by its IANA name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

impl Zone {
    pub fn named(name: &str) -> Result<Zone, TimeError> {
        TimeZone::get(name).map(Zone).map_err(|_reason| TimeError::Zone(name.to_owned()))
    }

    pub fn utc() -> Zone {
        Zone(TimeZone::UTC)
    }
}

/// A calendar date. Which zone decided it is written where it was decided.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(pub Date);

impl Day {
    /// Reads `YYYY-MM-DD`, and the date of `YYYY-MM-DDTHH:MM:SS`.
    pub fn parse(text: &str) -> Result<Day, TimeError> {
        let date = text.split('T').next().unwrap_or(text);
        Date::from_str(date).map(Day).map_err(|_reason| TimeError::Day(text.to_owned()))
    }

    /// The first day of its month.
    pub fn month_start(self) -> Day {
        Day(self.0.first_of_month())
    }

    /// So many days later (earlier, if negative); stays put at the end of the calendar.
    pub fn after_days(self, days: i64) -> Day {
        Day(self.0.saturating_add(jiff::Span::new().days(days.clamp(-36_500, 36_500))))
    }

    /// The first moment of this date in a zone.
    pub fn starts(self, zone: &Zone) -> Timestamp {
        self.0.to_zoned_datetime(zone.0.clone()).map_or_else(
            |_reason| self.midnight_utc(),
            |z| Timestamp(z.timestamp().as_millisecond()),
        )
    }

    /// Midnight UTC of this date: how Xero writes a document's date.
    pub fn midnight_utc(self) -> Timestamp {
        self.0
            .to_zoned_datetime(TimeZone::UTC)
            .map_or(Timestamp(0), |z| Timestamp(z.timestamp().as_millisecond()))
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

impl Serialize for Day {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Day {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Day::parse(&text).map_err(serde::de::Error::custom)
    }
}

/// Where time comes from. Only `app` makes a real one; everything else takes it as a parameter.
pub trait Clock: Send + Sync {
    fn now(&self) -> Timestamp;

    /// Ends when `now()` has reached the moment.
    fn until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>>;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_depends_on_the_zone() {
        let late = Timestamp::parse("2024-12-24T23:30:00Z").unwrap();
        assert_eq!(late.day(&Zone::utc()).to_string(), "2024-12-24");
        assert_eq!(late.day(&Zone::named("Asia/Tokyo").unwrap()).to_string(), "2024-12-25");
    }

    #[test]
    fn a_day_starts_when_its_zone_says_so() {
        let day = Day::parse("2024-08-01").unwrap();
        assert_eq!(day.starts(&Zone::utc()), day.midnight_utc());
        let london = Zone::named("Europe/London").unwrap();
        assert_eq!(day.starts(&london).iso(), "2024-07-31T23:00:00.000Z");
        assert_eq!(day.starts(&london).day(&london), day);
    }

    #[test]
    fn iso_round_trips() {
        let moment = Timestamp::parse("2024-12-25T10:30:00.250Z").unwrap();
        assert_eq!(Timestamp::parse(&moment.iso()).unwrap(), moment);
        assert_eq!(Timestamp::parse("2024-12-25T11:30:00.25+01:00").unwrap(), moment);
        assert!(Timestamp::parse("yesterday").is_err());
    }
}
