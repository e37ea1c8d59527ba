//! Many books in one store, worked by several nodes through days of simulated time. One thing
//! happens at a time, in an order that the seed gives; where nothing is due, time jumps.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use app::cli::connect::{patiently, sandbox_wish};
use app::cli::open::pace;
use app::engine::{Lanes, Node};
use app::home::Config;
use app::serve::{Choice, Parts, Service};
use app::setup::Setup;
use app::transport::{Carrier, InProcess};
use base::{Clock, Request, Secret, Sent, Timestamp};
use intents::{BookId, State};
use mapping::rulebook::Posting;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use store::{Store, Vault};

use crate::luck::{Luck, Outage, Unreliable};

/// What is played.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) books: usize,
    pub(crate) orders: usize,
    pub(crate) days: u16,
    pub(crate) nodes: usize,
    /// Where the books are kept.
    pub(crate) database: String,
    pub(crate) luck: Luck,
}

/// What it came to.
#[derive(Debug, Default)]
pub(crate) struct Came {
    pub(crate) turns: u64,
    pub(crate) deaths: u32,
    pub(crate) orders: usize,
    pub(crate) posted: usize,
    pub(crate) held: usize,
    pub(crate) calls: BTreeMap<String, u64>,
    /// Requests over a limit, as the vendors count, by vendor and operation.
    pub(crate) throttled: BTreeMap<String, u64>,
    /// How long after the last change of an order everything was in Xero, in milliseconds.
    pub(crate) behind_ms: i64,
}

/// A simulated day begins when nobody works, so that outages meet the trade.
pub(crate) const START: &str = "2026-11-16T00:00:00Z";
/// How long after the last order everything must have come to rest.
const PATIENCE_MS: i64 = 12 * Timestamp::HOUR;
/// How often the promises are looked at.
const LOOK_MS: i64 = 2 * Timestamp::HOUR;
/// A node that ended comes back after so long at most.
const DOWN_MAX_MS: u64 = 90_000;
const BEAT_MS: i64 = 4 * Timestamp::SECOND;

/// Sends each call to the world that its address begins with, such as `/7/xero/…`.
struct Switch(Vec<Arc<dyn Carrier>>);

impl Carrier for Switch {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        let parts = address.strip_prefix('/').and_then(|rest| {
            let (number, _) = rest.split_once('/').unwrap_or((rest, ""));
            let carrier = self.0.get(number.parse::<usize>().ok()?)?;
            Some((carrier, rest.strip_prefix(number)?))
        });
        let (carrier, address) = parts.unwrap_or_else(|| panic!("no world at {address}"));
        carrier.carry(address, request)
    }
}

/// One process: its hands, its word that it is alive, and until when it is down.
struct Process {
    lanes: Lanes,
    node: Arc<Node>,
    beaten: Timestamp,
    down_until: Option<Timestamp>,
}

impl Process {
    async fn rise(&mut self, now: Timestamp) {
        self.down_until = None;
        self.beaten = Timestamp(0);
        self.beat(now).await;
        self.lanes.take_over().await.unwrap();
    }

    async fn beat(&mut self, now: Timestamp) {
        if now.since(self.beaten) >= BEAT_MS {
            self.node.beat().await.unwrap();
            self.beaten = now;
        }
    }
}

pub(crate) struct Fleet {
    pub(crate) worlds: Vec<Sandbox>,
    pub(crate) books: Vec<BookId>,
    pub(crate) store: Store,
    clock: Arc<WorldClock>,
    luck: Arc<Luck>,
    processes: Vec<Process>,
    last: Timestamp,
    came: Came,
}

impl Fleet {
    /// Connects every book. Nothing goes wrong yet.
    pub(crate) async fn new(plan: Plan) -> Fleet {
        let start = Timestamp::parse(START).unwrap();
        let clock = WorldClock::jumping(start);
        let worlds: Vec<Sandbox> = (0..plan.books)
            .map(|number| {
                let seed = plan.seed * 1_000 + u64::try_from(number).unwrap();
                Sandbox::new(SandboxOptions {
                    faults: plan.luck.vendors,
                    layout: Layout::Ahead { days: plan.days },
                    clock: clock.clone(),
                    ..SandboxOptions::new(seed, plan.orders, start)
                })
            })
            .collect();
        let luck = Arc::new(plan.luck);
        let calm =
            |world: &Sandbox| -> Arc<dyn Carrier> { Arc::new(InProcess::new(world.router())) };
        let rough = |world: &Sandbox| -> Arc<dyn Carrier> {
            let inner = InProcess::new(world.router());
            Arc::new(Unreliable::new(inner, luck.clone(), clock.clone()))
        };
        let calm: Arc<dyn Carrier> = Arc::new(Switch(worlds.iter().map(calm).collect()));
        let rough: Arc<dyn Carrier> = Arc::new(Switch(worlds.iter().map(rough).collect()));
        let vault = Vault::new(Secret::new("0123456789abcdef0123456789abcdef"));
        let store = Store::open(&plan.database, vault).await.unwrap();
        let mut books = Vec::new();
        for number in 0..worlds.len() {
            books.push(connect(&store, &clock, &calm, number).await);
        }
        let processes =
            (0..plan.nodes).map(|number| process(&store, &clock, &rough, &luck, number)).collect();
        let last = worlds.iter().filter_map(|world| world.amazon().last_change()).max();
        let last = last.unwrap_or(start);
        Fleet { worlds, books, store, clock, luck, processes, last, came: Came::default() }
    }

    /// Plays until everything that is to be in Xero is there.
    pub(crate) async fn play(mut self) -> (Fleet, Came) {
        let mut looked = self.clock.now();
        loop {
            let now = self.clock.now();
            if now.since(looked) >= LOOK_MS {
                looked = now;
                self.look();
                if now > self.last.after_ms(Timestamp::HOUR) && self.is_done().await {
                    break;
                }
                assert!(now < self.last.after_ms(PATIENCE_MS), "no rest: {}", self.unrest().await);
            }
            self.step().await;
        }
        self.sum_up();
        let came = std::mem::take(&mut self.came);
        (self, came)
    }

    /// Everything that is due has one turn, on whichever node; or time goes on.
    async fn step(&mut self) {
        self.wake().await;
        let now = self.clock.now();
        let mut due = self.store.due_lanes(now, 256).await.unwrap();
        if due.is_empty() || self.are_all_down() {
            let next = self.store.next_lane().await.unwrap().unwrap_or(now);
            let back = self.processes.iter().filter_map(|one| one.down_until).min();
            let next = next.min(back.unwrap_or(next)).max(now.after_ms(1));
            // A node that is alive says so, however long nothing happens.
            self.clock.advance_to(next.min(now.after_ms(LOOK_MS)));
            return;
        }
        while !due.is_empty() {
            let drawn = self.luck.below(u64::try_from(due.len()).unwrap());
            let row = due.swap_remove(usize::try_from(drawn).unwrap());
            self.turn(&row.name).await;
        }
    }

    /// One turn on one of the nodes that are up.
    async fn turn(&mut self, lane: &str) {
        let now = self.clock.now();
        let mut up: Vec<&mut Process> =
            self.processes.iter_mut().filter(|one| one.down_until.is_none()).collect();
        if up.is_empty() {
            return;
        }
        let drawn = self.luck.below(u64::try_from(up.len()).unwrap());
        let process = up.swap_remove(usize::try_from(drawn).unwrap());
        process.beat(now).await;
        match self.luck.life(process.lanes.turn(lane)).await {
            Some(Ok(_turned)) => self.came.turns += 1,
            Some(Err(error)) => panic!("{lane}: {error}"),
            None => {
                self.came.deaths += 1;
                let down = i64::try_from(self.luck.below(DOWN_MAX_MS)).unwrap();
                process.down_until = Some(self.clock.now().after_ms(down));
            }
        }
    }

    fn are_all_down(&self) -> bool {
        self.processes.iter().all(|one| one.down_until.is_some())
    }

    /// Processes whose time has come are started again.
    async fn wake(&mut self) {
        let now = self.clock.now();
        for process in &mut self.processes {
            if process.down_until.is_some_and(|until| until <= now) {
                process.rise(now).await;
            }
        }
    }

    /// What must hold at every moment. A change of an order may still be on its way.
    fn look(&self) {
        for world in &self.worlds {
            let truth = world.truth();
            assert_eq!(truth.duplicates_ids, Vec::<String>::new(), "doubles at {}", truth.now);
            assert_eq!(truth.doubles, vec![], "doubles at {}", truth.now);
            assert_eq!(truth.unknown_names, vec![], "names at {}", truth.now);
        }
    }

    async fn is_done(&self) -> bool {
        for (world, book) in self.worlds.iter().zip(&self.books) {
            let truth = world.truth();
            let is_even = truth.posted == truth.should_post
                && truth.payments_wrong.is_empty()
                && truth.totals_wrong.is_empty()
                && truth.unexpected.is_empty()
                && truth.amazon_total == truth.xero_total;
            if !is_even || self.store.next_intent_due(book, None).await.unwrap().is_some() {
                return false;
            }
        }
        true
    }

    /// Why it does not come to rest, for the failure's words.
    async fn unrest(&self) -> String {
        let mut words = Vec::new();
        for (world, book) in self.worlds.iter().zip(&self.books) {
            let truth = world.truth();
            if truth.posted != truth.should_post || !truth.payments_wrong.is_empty() {
                let counts = self.store.counts(book).await.unwrap();
                let (lost, unpaid) = (&truth.lost_ids, &truth.payments_wrong);
                words.push(format!("{book}: lost {lost:?}, payments {unpaid:?}, {counts:?}"));
            }
        }
        for row in self.store.lanes().await.unwrap() {
            if row.state.contains("\"trouble\":\"") {
                words.push(format!("{}: {}", row.name, row.state));
            }
        }
        words.join("\n")
    }

    fn sum_up(&mut self) {
        let came = &mut self.came;
        came.behind_ms = self.clock.now().since(self.last);
        for world in &self.worlds {
            let truth = world.truth();
            came.orders += truth.orders;
            came.posted += truth.posted;
            came.held += truth.held_expected.len();
            let log = world.kit().log();
            for ((vendor, _), count) in log.calls {
                *came.calls.entry(vendor).or_default() += count;
            }
            for ((vendor, operation), count) in log.throttled {
                *came.throttled.entry(format!("{vendor} {operation}")).or_default() += count;
            }
        }
    }

    /// Intents of all books that are in a state.
    pub(crate) async fn in_state(&self, state: State) -> u64 {
        let mut sum = 0;
        for book in &self.books {
            let counts = self.store.counts(book).await.unwrap();
            let of = counts.iter().filter(|((_, one), _)| *one == state);
            sum += of.map(|(_, count)| count).sum::<u64>();
        }
        sum
    }
}

async fn connect(
    store: &Store,
    clock: &Arc<WorldClock>,
    carrier: &Arc<dyn Carrier>,
    number: usize,
) -> BookId {
    let base = format!("/{number}");
    let mut wish = sandbox_wish(carrier.as_ref(), &base, Posting::Post).await.unwrap();
    let below = |address: &mut String| *address = address.replacen("http://127.0.0.1", &base, 1);
    let links = wish.amazon.iter_mut().map(|link| &mut link.addresses);
    for addresses in links.chain(std::iter::once(&mut wish.xero.addresses)) {
        below(&mut addresses.api);
        below(&mut addresses.token);
        below(&mut addresses.connections);
    }
    let clock: Arc<dyn Clock> = clock.clone();
    let setup = Setup::new(store.clone(), clock, carrier.clone());
    patiently(&setup, &wish).await.unwrap().0
}

fn process(
    store: &Store,
    clock: &Arc<WorldClock>,
    carrier: &Arc<dyn Carrier>,
    luck: &Arc<Luck>,
    number: usize,
) -> Process {
    let parts = Parts {
        store: store.clone(),
        clock: clock.clone(),
        carrier: carrier.clone(),
        gate: luck.clone(),
        node: format!("node {number}"),
        // With notifications, asking is for what they miss.
        pace: pace(&Config { poll_minutes: 15, ..Config::default() }),
        notifications: None,
        alerts: app::alerts::Config::default(),
    };
    let service = Service::new(parts, &Choice::Embedded);
    let lanes = Arc::into_inner(service.lanes).unwrap_or_else(|| panic!("it is nobody else's"));
    Process { lanes, node: service.node, beaten: Timestamp(0), down_until: Some(Timestamp(0)) }
}

/// An hour without Xero on the second day, half an hour without Amazon on the third, and so on.
pub(crate) fn outages(days: u16) -> Vec<Outage> {
    let start = Timestamp::parse(START).unwrap();
    let at = |day: u16, hour: i64| {
        start.after_ms(i64::from(day) * Timestamp::DAY + hour * Timestamp::HOUR)
    };
    (0..days)
        .map(|day| {
            let vendor = if day % 2 == 0 { "/xero/" } else { "/amazon/" };
            Outage { vendor, from: at(day, 11), to: at(day, 12) }
        })
        .collect()
}
