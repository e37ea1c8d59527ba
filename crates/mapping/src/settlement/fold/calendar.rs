//! Which month part a row is in, and where it was sold.

use std::collections::BTreeMap;

use base::{Day, Timestamp, Zone};
use facts::settlement::Row;

use crate::settlement::fold::FoldError;

/// One month, or the part of it before or after a tax rule's first day.
#[derive(Debug)]
pub(super) struct Span {
    start: Timestamp,
    end: Timestamp,
    /// The first day of the month.
    pub(super) month: Day,
    /// The first day of the span: after a tax rule's day it is that day.
    pub(super) period: Day,
    /// When the last row was posted, of rows that belong where they were posted, and of others.
    pub(super) last: Option<Timestamp>,
    pub(super) last_waiting: Option<Timestamp>,
}

/// A span, a marketplace and a fulfilment channel, by their numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) span: u16,
    marketplace: u16,
    fulfilment: u16,
}

#[derive(Debug)]
pub(super) struct Calendar {
    zone: Zone,
    cuts: Vec<Day>,
    pub(super) spans: Vec<Span>,
    names: Vec<Box<str>>,
    numbers: BTreeMap<Box<str>, u16>,
    places: Vec<(Place, u64)>,
    by_place: BTreeMap<Place, u16>,
    /// The last row's place: the next one mostly has the same.
    last: u16,
}

impl Calendar {
    pub(super) fn new(zone: Zone, cuts: &[Day]) -> Calendar {
        let mut cuts = cuts.to_vec();
        cuts.sort_unstable();
        Calendar {
            zone,
            cuts,
            spans: Vec::new(),
            names: Vec::new(),
            numbers: BTreeMap::new(),
            places: Vec::new(),
            by_place: BTreeMap::new(),
            last: 0,
        }
    }

    /// The number of a row's place. `counts`: it belongs to the month in which it was posted.
    pub(super) fn place(&mut self, row: &Row<'_>, counts: bool) -> Result<u16, FoldError> {
        let at = if self.same_as_last(row) { self.last } else { self.look_up(row)? };
        self.last = at;
        if let Some((place, rows)) = self.places.get_mut(usize::from(at)) {
            *rows = rows.saturating_add(1);
            if let Some(span) = self.spans.get_mut(usize::from(place.span)) {
                let last = if counts { &mut span.last } else { &mut span.last_waiting };
                *last = (*last).max(Some(row.posted));
            }
        }
        Ok(at)
    }

    pub(super) fn get(&self, place: u16) -> Option<Place> {
        self.places.get(usize::from(place)).map(|(place, _)| *place)
    }

    pub(super) fn marketplace(&self, place: Place) -> &str {
        self.name(place.marketplace)
    }

    pub(super) fn fulfilment(&self, place: Place) -> &str {
        self.name(place.fulfilment)
    }

    pub(super) fn period(&self, place: Place) -> Option<Day> {
        self.spans.get(usize::from(place.span)).map(|span| span.period)
    }

    /// The day of a moment in the organisation's zone.
    pub(super) fn day(&self, moment: Timestamp) -> Day {
        moment.day(&self.zone)
    }

    /// The last day on which something was posted that belongs there, or else anything.
    pub(super) fn last_day(&self, span: &Span) -> Day {
        let last = span.last.or(span.last_waiting).unwrap_or(span.start);
        last.day(&self.zone)
    }

    /// The last span in which rows belong: what waits for the end goes there.
    pub(super) fn last_span(&self) -> Option<u16> {
        let counted = self.spans.iter().zip(0_u16..).filter(|(span, _)| span.last.is_some());
        counted.max_by_key(|(span, _)| span.period).map(|(_, number)| number)
    }

    /// The marketplace that most rows name.
    pub(super) fn main_marketplace(&self) -> String {
        let mut rows: BTreeMap<&str, u64> = BTreeMap::new();
        for (place, count) in &self.places {
            let sum = rows.entry(self.marketplace(*place)).or_default();
            *sum = sum.saturating_add(*count);
        }
        let named = rows.into_iter().filter(|(name, _)| !name.is_empty());
        // Of two with as many rows, the first in the alphabet.
        let most = named.rev().max_by_key(|(_, rows)| *rows);
        most.map(|(name, _)| name.to_owned()).unwrap_or_default()
    }

    fn name(&self, number: u16) -> &str {
        self.names.get(usize::from(number)).map_or("", |name| name)
    }

    fn same_as_last(&self, row: &Row<'_>) -> bool {
        let Some(place) = self.get(self.last) else { return false };
        let span = self.spans.get(usize::from(place.span));
        span.is_some_and(|span| span.start <= row.posted && row.posted < span.end)
            && self.marketplace(place) == row.marketplace
            && self.fulfilment(place) == row.fulfilment
    }

    fn look_up(&mut self, row: &Row<'_>) -> Result<u16, FoldError> {
        let place = Place {
            span: self.span(row.posted)?,
            marketplace: self.number(row.marketplace)?,
            fulfilment: self.number(row.fulfilment)?,
        };
        if let Some(number) = self.by_place.get(&place) {
            return Ok(*number);
        }
        let number = next(self.places.len(), "months, marketplaces and channels")?;
        self.places.push((place, 0));
        self.by_place.insert(place, number);
        Ok(number)
    }

    fn number(&mut self, name: &str) -> Result<u16, FoldError> {
        if let Some(number) = self.numbers.get(name) {
            return Ok(*number);
        }
        let number = next(self.names.len(), "marketplaces")?;
        self.names.push(name.into());
        self.numbers.insert(name.into(), number);
        Ok(number)
    }

    fn span(&mut self, posted: Timestamp) -> Result<u16, FoldError> {
        let around = |span: &Span| span.start <= posted && posted < span.end;
        let day = posted.day(&self.zone);
        let month = day.month_start();
        let period = self.cuts.iter().copied().filter(|cut| *cut <= day).fold(month, Day::max);
        let same = |span: &Span| around(span) || span.period == period;
        if let Some(number) = self.spans.iter().position(same) {
            return next(number, "months");
        }
        let next_month = Day(month.0.last_of_month()).after_days(1);
        let end = self.cuts.iter().copied().filter(|cut| *cut > day).fold(next_month, Day::min);
        let number = next(self.spans.len(), "months")?;
        self.spans.push(Span {
            start: period.starts(&self.zone),
            end: end.starts(&self.zone),
            month,
            period,
            last: None,
            last_waiting: None,
        });
        Ok(number)
    }
}

fn next(number: usize, what: &'static str) -> Result<u16, FoldError> {
    u16::try_from(number).map_err(|_too_many| FoldError::Varied(what))
}
