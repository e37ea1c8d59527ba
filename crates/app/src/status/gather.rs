//! Reads a snapshot: one question for each kind of thing, sorted to their books in memory.

use std::collections::BTreeMap;

use base::Timestamp;
use intents::{BookId, Priority, State};
use serde::Deserialize;
use store::{BackfillState, Coded, Connection, NodeRow, Store, StoreError, WatchedLane};

use super::secrets::secrets;
use super::{
    AlarmStatus, BookStatus, ChannelStatus, ConnectionStatus, LaneStatus, NodeStatus, PastStatus,
    RegionLeft, SUSPENSE_CODE, Snapshot, Trouble, Waiting,
};
use crate::backfill::Progress;
use crate::book::Lane;
use crate::codes::is_for_a_person;
use crate::engine::ENGINE;
use crate::transport::Budget;

/// What of a book's settings says which lanes it has.
#[derive(Deserialize)]
struct Links {
    #[serde(default)]
    amazon: Vec<Link>,
    sandbox: Option<String>,
}

#[derive(Deserialize)]
struct Link {
    region: String,
}

/// What of a lane's memory is shown.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Memory {
    budget: Budget,
    failures: u32,
    trouble: Option<String>,
    troubled: Option<Timestamp>,
    succeeded: Option<Timestamp>,
    swept: Option<Timestamp>,
}

/// How every book of the store stands now.
pub async fn snapshot(store: &Store, now: Timestamp) -> Result<Snapshot, StoreError> {
    let connections = store.all_connections().await?;
    let secrets = secrets(store, &connections).await?;
    let mut books = Books::read(store).await?;
    for lane in store.watched_lanes().await? {
        books.lane(lane, now);
    }
    books.queues(store, now).await?;
    books.past(store, now).await?;
    for connection in connections {
        books.connection(connection);
    }
    for open in store.open_alarms().await? {
        let Some(book) = books.of(&open.book) else { continue };
        let row = open.row;
        book.alarms.push(AlarmStatus {
            code: row.alarm.code,
            subject: row.alarm.subject,
            detail: row.alarm.detail,
            first: row.first,
            last: row.last,
        });
    }
    let channels = store.waiting_deliveries().await?.into_iter();
    let channels = channels.map(|(name, waiting, oldest)| ChannelStatus { name, waiting, oldest });
    let (books, channels) = (books.sorted(), channels.collect());
    Ok(Snapshot { at: now, books, secrets, nodes: nodes(store, now).await?, channels })
}

async fn nodes(store: &Store, now: Timestamp) -> Result<Vec<NodeStatus>, StoreError> {
    let leader = store.leader(ENGINE, now).await?;
    let node = |row: NodeRow| NodeStatus {
        leads: leader.as_deref() == Some(row.name.as_str()),
        is_alive: row.alive_until > now,
        started: row.started,
        name: row.name,
    };
    Ok(store.nodes().await?.into_iter().map(node).collect())
}

/// The books while they are filled in, and the lanes that each of them has.
struct Books(BTreeMap<BookId, (BookStatus, Vec<String>)>);

impl Books {
    async fn read(store: &Store) -> Result<Books, StoreError> {
        let rows = store.books().await?.into_iter().map(|row| {
            // Settings that cannot be read have lanes of no region; the engine says so.
            let links = serde_json::from_str(&row.settings)
                .unwrap_or(Links { amazon: Vec::new(), sandbox: None });
            let regions = links.amazon.into_iter().map(|link| Lane::Amazon { region: link.region });
            let lanes = regions.chain([Lane::Book, Lane::Xero]);
            let lanes = lanes.map(|lane| lane.name(&row.id)).collect();
            let is_demo = links.sandbox.as_deref() == Some("");
            (row.id.clone(), (empty(row.id, row.name, is_demo), lanes))
        });
        Ok(Books(rows.collect()))
    }

    fn of(&mut self, book: &BookId) -> Option<&mut BookStatus> {
        self.0.get_mut(book).map(|(book, _)| book)
    }

    /// By name, as people look for them.
    fn sorted(self) -> Vec<BookStatus> {
        let mut books: Vec<BookStatus> = self.0.into_values().map(|(book, _)| book).collect();
        books.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
        books
    }

    /// A lane whose link is gone from the settings sleeps, and is late for nobody.
    fn lane(&mut self, row: WatchedLane, now: Timestamp) {
        let Some((book, lanes)) = self.0.get_mut(&row.book) else { return };
        let Some(lane) = Lane::parse(&row.name).filter(|_| lanes.contains(&row.name)) else {
            return;
        };
        let memory: Memory = serde_json::from_str(&row.state).unwrap_or_default();
        let budget = &memory.budget;
        match &lane {
            Lane::Xero => book.xero_left = Some(budget.xero_left(now)),
            Lane::Amazon { region } => book
                .amazon_left
                .push(RegionLeft { region: region.clone(), buckets: budget.buckets_left(now) }),
            Lane::Book => {}
        }
        book.lanes.push(lane_status(row, memory, now));
    }

    /// Stretches of the past that are not read to their end.
    async fn past(&mut self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for wanted in store.backfills().await? {
            let Some((book, lanes)) = self.0.get_mut(&wanted.book) else { continue };
            let lanes = lanes.iter().filter_map(|name| Lane::parse(name));
            for lane in lanes {
                let Lane::Amazon { region } = lane else { continue };
                let kept = store.cursor(&wanted.book, &Progress::cursor(&region)).await?;
                let progress = Progress::of(kept.as_deref(), &wanted, now);
                if progress.ended.is_none() {
                    let is_paused = wanted.state == BackfillState::Paused;
                    let percent = progress.percent();
                    book.past.push(PastStatus { region, percent, is_paused });
                }
            }
        }
        Ok(())
    }

    async fn queues(&mut self, store: &Store, now: Timestamp) -> Result<(), StoreError> {
        for open in store.open_intents().await? {
            let Some(book) = self.of(&open.book) else { continue };
            *book
                .open
                .entry(open.state.as_str())
                .or_default()
                .entry(open.kind.as_str())
                .or_default() += open.intents;
            let is_underway = open.state == State::Ready || open.state.is_in_flight();
            // The past is in no hurry.
            let is_underway = is_underway && open.priority != Priority::Backfill;
            if is_underway && book.oldest_unposted.is_none_or(|known| open.oldest < known) {
                book.oldest_unposted = Some(open.oldest);
            }
        }
        for (rows, place) in [
            (store.held_by_code().await?, Place::Held),
            (store.dead_by_code().await?, Place::Dead),
            (store.stopped_by_code().await?, Place::Stopped),
        ] {
            for row in rows {
                self.waiting(row, place);
            }
        }
        for row in store.noted_with(SUSPENSE_CODE).await? {
            let Some(book) = self.of(&row.book) else { continue };
            book.suspended = row.count;
        }
        for due in store.due_by_book(now).await? {
            let Some(book) = self.of(&due.book) else { continue };
            book.undecided = due.subjects;
            book.undecided_since = Some(due.oldest);
        }
        for (book, posted) in store.posted_after(now.after_ms(-Timestamp::DAY)).await? {
            let Some(book) = self.of(&book) else { continue };
            book.posted_last_day = posted;
        }
        Ok(())
    }

    fn waiting(&mut self, row: Coded, place: Place) {
        let Some(book) = self.of(&row.book) else { return };
        let waiting = Waiting { code: row.code, count: row.count, oldest: row.oldest };
        match place {
            Place::Held => book.held.push(waiting),
            Place::Dead => book.dead.push(waiting),
            Place::Stopped => book.stopped.push(waiting),
        }
    }

    fn connection(&mut self, row: Connection) {
        let Some(book) = self.of(&row.book) else { return };
        let lane = match row.vendor.as_str() {
            "xero" => "xero".to_owned(),
            vendor => format!("{vendor}/{}", row.label),
        };
        // One that is left out of the settings is not used any more.
        let Some(lane) = book.lanes.iter().find(|known| known.short == lane) else { return };
        let told = lane.trouble.as_ref().filter(|trouble| trouble.is_for_a_person);
        let state = told.map_or(row.state, |trouble| trouble.code.clone());
        book.connections.push(ConnectionStatus { vendor: row.vendor, label: row.label, state });
    }
}

#[derive(Clone, Copy)]
enum Place {
    Held,
    Dead,
    Stopped,
}

fn lane_status(row: WatchedLane, memory: Memory, now: Timestamp) -> LaneStatus {
    let short = row.name.split_once('/').map_or(row.name.as_str(), |(_, rest)| rest).to_owned();
    let trouble = memory.trouble.map(|text| {
        let is_for_a_person = is_for_a_person(&text);
        let (code, detail) = text.split_once(": ").unwrap_or((text.as_str(), ""));
        let (code, detail) = (code.to_owned(), detail.to_owned());
        Trouble { code, detail, is_for_a_person, since: memory.troubled }
    });
    LaneStatus {
        short,
        lag_ms: now.since(row.due).max(0),
        due: row.due,
        node: Some(row.node).filter(|_| row.lease_until > now),
        failures: memory.failures,
        trouble,
        succeeded: memory.succeeded,
        read_to: memory.swept,
        name: row.name,
    }
}

fn empty(id: BookId, name: String, is_demo: bool) -> BookStatus {
    BookStatus {
        id,
        name,
        is_demo,
        lanes: Vec::new(),
        open: BTreeMap::new(),
        oldest_unposted: None,
        held: Vec::new(),
        dead: Vec::new(),
        stopped: Vec::new(),
        suspended: 0,
        undecided: 0,
        undecided_since: None,
        posted_last_day: 0,
        past: Vec::new(),
        xero_left: None,
        amazon_left: Vec::new(),
        connections: Vec::new(),
        alarms: Vec::new(),
    }
}
