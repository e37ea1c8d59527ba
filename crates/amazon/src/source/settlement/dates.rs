//! The dates of a flat file's lines, and whether they agree with each other.

use base::Timestamp;

use super::columns::Columns;
use super::malformed::{Malformed, Place, quoted, refused};
use super::moment::{Days, Moments, days};

#[derive(Debug, Default)]
pub(super) struct Dates {
    moments: Moments,
    /// The last `posted-date` that agreed with a moment, and the day.
    agreed: String,
    day: i64,
}

impl Dates {
    pub(super) fn moment(&mut self, text: &str, place: Place) -> Result<Timestamp, Malformed> {
        self.moments.read(text).ok_or_else(|| unreadable(text, place))
    }

    /// When a row was posted: `posted-date-time`, with which `posted-date` must agree on the day
    /// in one way of reading it; or that date alone, where it can mean one day only.
    pub(super) fn posted<'a>(
        &mut self,
        cell: impl Fn(usize) -> &'a str,
        columns: &Columns,
        line: u64,
    ) -> Result<Timestamp, Malformed> {
        let (date, time) = (cell(columns.posted_date), cell(columns.posted_time));
        let place = Place::cell(line, columns.posted_date);
        if time.is_empty() {
            return self.alone(date, place);
        }
        let posted = self.moment(time, Place::cell(line, columns.posted_time))?;
        let day = posted.0.div_euclid(Timestamp::DAY);
        if date.is_empty() || (self.day == day && self.agreed == date) {
            return Ok(posted);
        }
        if !self.days(date, place)?.has(posted) {
            let detail =
                format!("posted-date is {}, posted-date-time {}", quoted(date), quoted(time));
            return Err(refused("settlement_dates_disagree", place, detail));
        }
        self.agreed.clear();
        self.agreed.push_str(date);
        self.day = day;
        Ok(posted)
    }

    /// V1 writes a moment into `posted-date`.
    fn alone(&mut self, date: &str, place: Place) -> Result<Timestamp, Malformed> {
        if let Some(moment) = self.moments.read(date) {
            return Ok(moment);
        }
        self.days(date, place)?.only().ok_or_else(|| {
            let detail = format!("the date {} may be read in two ways", quoted(date));
            refused("settlement_date_unreadable", place, detail)
        })
    }

    fn days(&mut self, date: &str, place: Place) -> Result<Days, Malformed> {
        let moment = || self.moments.read(date).map(Days::of);
        days(date).or_else(moment).ok_or_else(|| unreadable(date, place))
    }
}

pub(super) fn unreadable(text: &str, place: Place) -> Malformed {
    let detail = if text.is_empty() {
        "there is no date".to_owned()
    } else {
        format!("{} is not a date that Amazon writes", quoted(text))
    };
    refused("settlement_date_unreadable", place, detail)
}
