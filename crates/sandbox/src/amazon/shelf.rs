//! The seller's orders over time: every order is a row of versions, and the present one is the
//! last that has come about.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;
use std::sync::Arc;

use base::Timestamp;

use super::generate::Draft;
use super::marketplaces::{Region, marketplace};
use super::page::PageKey;
use super::raw::RawState;
use super::search::{Family, Search};
use super::state::State;

/// How an order looked from a moment on.
#[derive(Debug, Clone)]
pub struct Version {
    /// When it came about.
    pub at: Timestamp,
    /// `lastUpdatedTime`: the same moment, except in orders that a test put in.
    pub updated: Timestamp,
    body: Body,
}

#[derive(Debug, Clone)]
enum Body {
    Drafted(Box<Draft>),
    Raw(Box<RawState>),
}

impl Version {
    pub(crate) fn drafted(draft: Draft) -> Version {
        Version { at: draft.updated, updated: draft.updated, body: Body::Drafted(Box::new(draft)) }
    }

    pub(crate) fn raw(raw: RawState, at: Timestamp) -> Version {
        Version { at, updated: raw.updated, body: Body::Raw(Box::new(raw)) }
    }

    /// The order as Amazon writes it, with every dataset.
    pub(crate) fn json(&self) -> String {
        match &self.body {
            Body::Drafted(draft) => super::reply::text(&draft.render()),
            Body::Raw(raw) => raw.text.clone(),
        }
    }

    /// What the order says about itself.
    pub fn state(&self) -> State {
        match &self.body {
            Body::Drafted(draft) => draft.state(),
            Body::Raw(raw) => raw.state.clone(),
        }
    }

    pub fn order_id(&self) -> &str {
        match &self.body {
            Body::Drafted(draft) => &draft.id,
            Body::Raw(raw) => &raw.id,
        }
    }

    /// When the order was placed.
    pub fn created(&self) -> Timestamp {
        match &self.body {
            Body::Drafted(draft) => draft.created,
            Body::Raw(raw) => raw.created,
        }
    }

    /// The draft, if the generator made it.
    pub fn draft(&self) -> Option<&Draft> {
        match &self.body {
            Body::Drafted(draft) => Some(draft),
            Body::Raw(_) => None,
        }
    }
}

/// One order from its first version to its last.
#[derive(Debug, Clone)]
pub struct Shelved {
    pub region: Region,
    pub created: Timestamp,
    /// In the order in which they come about.
    pub versions: Vec<Version>,
    /// Why Daybook must stop it, in one word.
    pub held: Option<String>,
}

impl Shelved {
    /// The version of a moment; `None` before the order was placed.
    pub fn at(&self, now: Timestamp) -> Option<&Version> {
        let seen = self.versions.partition_point(|version| version.at <= now);
        seen.checked_sub(1).and_then(|index| self.versions.get(index))
    }
}

#[derive(Default)]
pub(crate) struct Shelf {
    orders: BTreeMap<Arc<str>, Shelved>,
    by_update: BTreeSet<(Region, Timestamp, Arc<str>)>,
    by_creation: BTreeSet<(Region, Timestamp, Arc<str>)>,
    changes: BTreeSet<Timestamp>,
    /// Versions of which nobody has been told yet.
    untold: BTreeSet<(Timestamp, Arc<str>)>,
}

impl Shelf {
    /// Adds a version of an order; the first one also adds the order.
    pub(crate) fn add(&mut self, id: &str, region: Region, created: Timestamp, version: Version) {
        let id: Arc<str> = Arc::from(id);
        self.changes.insert(version.at);
        self.by_update.insert((region, version.updated, id.clone()));
        self.by_creation.insert((region, created, id.clone()));
        self.untold.insert((version.at, id.clone()));
        let shelved = self.orders.entry(id).or_insert_with(|| Shelved {
            region,
            created,
            versions: Vec::new(),
            held: None,
        });
        shelved.versions.push(version);
        shelved.versions.sort_by_key(|version| version.at);
    }

    /// The versions that have come about by now and of which nobody has been told, each once.
    pub(crate) fn take_untold(&mut self, now: Timestamp) -> Vec<(Region, Version)> {
        let mut taken = Vec::new();
        while let Some((at, id)) = self.untold.pop_first() {
            if at > now {
                self.untold.insert((at, id));
                break;
            }
            let Some(shelved) = self.orders.get(&id) else { continue };
            taken.extend(shelved.at(at).map(|version| (shelved.region, version.clone())));
        }
        taken
    }

    pub(crate) fn hold(&mut self, id: &str, reason: &str) {
        if let Some(shelved) = self.orders.get_mut(id) {
            shelved.held = Some(reason.to_owned());
        }
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Shelved> {
        self.orders.get(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &Shelved)> {
        self.orders.iter().map(|(id, shelved)| (id.as_ref(), shelved))
    }

    pub(crate) fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        self.changes.range((Bound::Excluded(after), Bound::Unbounded)).next().copied()
    }

    pub(crate) fn last_change(&self) -> Option<Timestamp> {
        self.changes.last().copied()
    }

    /// The first orders that a search finds, `count` at most, each with its place in the list.
    pub(crate) fn find(
        &self,
        region: Region,
        search: &Search,
        now: Timestamp,
        count: usize,
    ) -> Vec<(PageKey, &Version)> {
        let index = match search.family {
            Family::Created => &self.by_creation,
            Family::LastUpdated => &self.by_update,
        };
        let from = match &search.from {
            Some(key) => Bound::Excluded((region, key.time, Arc::from(key.order_id.as_str()))),
            None => Bound::Included((region, search.after, Arc::from(""))),
        };
        index
            .range((from, Bound::Unbounded))
            .take_while(|(of, time, _)| *of == region && *time <= search.before)
            .filter_map(|(_, time, id)| {
                let shelved = self.orders.get(id)?;
                let version = shelved.at(now)?;
                let present = search.family == Family::Created || version.updated == *time;
                let wanted = present && visible(shelved, now) && search.wants(&version.state());
                wanted.then(|| (PageKey { time: *time, order_id: id.to_string() }, version))
            })
            .take(count)
            .collect()
    }
}

impl Search {
    fn wants(&self, state: &State) -> bool {
        let any = |list: &Option<Vec<String>>, value: &str| {
            list.as_ref().is_none_or(|list| list.iter().any(|word| word == value))
        };
        // A multi-channel order carries an id outside Amazon's list; it is found by its region.
        let place = match (&self.marketplaces, marketplace(&state.marketplace_id)) {
            (Some(places), Some(place)) => places.iter().any(|wanted| wanted.id == place.id),
            (None, _) | (_, None) => true,
        };
        place && any(&self.statuses, &state.status) && any(&self.fulfilled_by, &state.fulfilled_by)
    }
}

/// Amazon's model: no data older than two years, except in the Far East, from 2016 on.
pub(crate) fn visible(shelved: &Shelved, now: Timestamp) -> bool {
    const TWO_YEARS_MS: i64 = 2 * 365 * Timestamp::DAY;
    const START_OF_2016: Timestamp = Timestamp(1_451_606_400_000);
    match shelved.region {
        Region::Na | Region::Eu => now.since(shelved.created) <= TWO_YEARS_MS,
        Region::Fe => shelved.created >= START_OF_2016,
    }
}
