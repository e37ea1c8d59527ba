//! Many books in one store, worked by several nodes through days of simulated time, with
//! everything on: Amazon's messages, Xero's webhooks, settlements, checks and alerts. One thing
//! happens at a time, in an order that the seed gives; where nothing is due, time jumps.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeSet;
use std::sync::Arc;

use app::stages::Gate as _;
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Secret, Timestamp};
use intents::BookId;
use sandbox::clock::WorldClock;
use sandbox::server::Sandbox;
use sandbox::xero::Delivery;
use store::{Store, Vault};

use crate::luck::{Luck, Outage, Unreliable};
use crate::market::{Market, Season};
use crate::numbers::Came;
use crate::owner;
use crate::post::{self, Person, PostBox, Switch};
use crate::process::{Ground, Process};

/// What is played.
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) season: Season,
    pub(crate) markets: Vec<Market>,
    pub(crate) nodes: usize,
    /// Where the books are kept.
    pub(crate) database: String,
    pub(crate) luck: Luck,
}

/// A simulated day begins when nobody works, so that outages meet the trade.
pub(crate) const START: &str = "2026-11-16T00:00:00Z";
/// How long after the last order everything must have come to rest: an account's money goes on moving
/// for weeks, and is judged between two movements.
const PATIENCE_MS: i64 = 3 * Timestamp::DAY;
/// How often the promises are looked at, and after the last order whether a book is at rest.
const LOOK_MS: i64 = Timestamp::HOUR;
const REST_MS: i64 = 10 * Timestamp::MINUTE;
/// How often a node looks whether a person should be told of something.
const WATCH_MS: i64 = 5 * Timestamp::MINUTE;
/// A node that ended comes back after so long at most.
const DOWN_MAX_MS: u64 = 90_000;
/// What a node took out of the queue before it ended is seen again after so long.
const HIDDEN_MS: i64 = 31 * Timestamp::SECOND;
/// How long an answer to a webhook takes.
const ANSWER_MS: i64 = 20;

/// One book and the vendors behind it.
pub(crate) struct Seller {
    pub(crate) market: Market,
    pub(crate) world: Sandbox,
    pub(crate) book: BookId,
    /// When anything changes at Amazon.
    pub(crate) changes: BTreeSet<Timestamp>,
    /// It was at rest after its last order, and every promise held.
    pub(crate) is_judged: bool,
}

pub(crate) struct Fleet {
    pub(crate) sellers: Vec<Seller>,
    pub(crate) store: Store,
    pub(crate) clock: Arc<WorldClock>,
    /// Where nothing is lost.
    pub(crate) calm: Arc<dyn Carrier>,
    pub(crate) person: Arc<Person>,
    pub(crate) came: Came,
    luck: Arc<Luck>,
    pub(crate) ground: Ground,
    processes: Vec<Process>,
    /// When letters come again that a node had taken when it ended.
    hidden: Option<Timestamp>,
    watched: Timestamp,
    last: Timestamp,
}

impl Fleet {
    /// Connects every book. Nothing goes wrong yet.
    pub(crate) async fn new(plan: Plan) -> Fleet {
        let Plan { seed, season, markets, nodes, database, luck } = plan;
        let clock = WorldClock::jumping(season.start);
        let world = |(number, market): (usize, &Market)| {
            let seed = seed * 1_000 + u64::try_from(number).unwrap();
            market.world(seed, season, (luck.vendors, clock.clone()))
        };
        let worlds: Vec<Sandbox> = markets.iter().enumerate().map(world).collect();
        let (luck, person) = (Arc::new(luck), Arc::new(Person::default()));
        let vault = Vault::new(Secret::new("0123456789abcdef0123456789abcdef"));
        let store = Store::open(&database, vault).await.unwrap();
        let ground = Ground {
            store: store.clone(),
            clock: clock.clone(),
            rough: rough(&worlds, &person, (&luck, &clock)),
            luck: luck.clone(),
            queue: PostBox::of(&worlds, &clock),
            alerts: Person::channel(&store).await,
        };
        let calm = calm(&worlds, &person);
        let mut sellers = Vec::new();
        for (number, (world, market)) in worlds.into_iter().zip(markets).enumerate() {
            let book = owner::connect(&ground, &calm, (number, market), &world, None).await;
            let after = |at: &Timestamp| world.amazon().next_change(*at);
            let changes = std::iter::successors(after(&Timestamp(0)), after).collect();
            sellers.push(Seller { market, world, book, changes, is_judged: false });
        }
        let mut processes = Vec::new();
        for number in 0..nodes {
            processes.push(Process::down(&ground, number).await);
        }
        let came = Came {
            books: sellers.len(),
            days: season.days,
            nodes,
            outages: luck.outages(),
            ..Came::default()
        };
        let (last, watched, hidden) = (last_order(&sellers, season), season.start, None);
        let mut fleet = Fleet {
            sellers,
            store,
            clock,
            calm,
            person,
            came,
            luck,
            ground,
            processes,
            hidden,
            watched,
            last,
        };
        fleet.listen_to_xero().await;
        fleet
    }

    async fn listen_to_xero(&mut self) {
        let mut hooks = Vec::new();
        for seller in &self.sellers {
            let client_id = seller.world.connection("").xero_client_id;
            hooks.push(post::keep_key(&self.store, &client_id).await);
        }
        // The door reads its keys once.
        let door = self.ground.door().await;
        for (seller, hook) in self.sellers.iter().zip(hooks) {
            post::register(&seller.world, hook, door.as_ref()).await;
        }
    }

    /// Plays until every book was at rest after its last order, and judged.
    pub(crate) async fn play(&mut self) {
        let (mut looked, mut judged) = (self.clock.now(), self.last);
        while self.sellers.iter().any(|seller| !seller.is_judged) {
            let now = self.clock.now();
            if now.since(looked) >= LOOK_MS {
                looked = now;
                self.look().await;
                assert!(now < self.last.after_ms(PATIENCE_MS), "no rest: {}", self.unrest().await);
            }
            if now.since(judged) >= REST_MS {
                judged = now;
                self.judge().await;
            }
            self.step().await;
        }
        self.came.rest_ms = self.clock.now().since(self.last);
        self.close().await;
    }

    /// Everything that is due has one turn, on whichever node; or time goes on.
    async fn step(&mut self) {
        self.wake().await;
        self.hear().await;
        self.deliver().await;
        self.watch().await;
        let due = self.store.due_lanes(self.clock.now(), 256).await.unwrap();
        if due.is_empty() || self.are_all_down() {
            return self.pass_time().await;
        }
        let mut due: Vec<String> = due.into_iter().map(|row| row.name).collect();
        while !due.is_empty() {
            let drawn = self.luck.below(u64::try_from(due.len()).unwrap());
            let lane = due.swap_remove(usize::try_from(drawn).unwrap());
            self.turn(&lane).await;
        }
    }

    /// Until something is due, comes, changes or is to be looked at.
    async fn pass_time(&self) {
        let now = self.clock.now();
        let mut moments: Vec<Timestamp> =
            self.processes.iter().filter_map(|one| one.down_until).collect();
        if !self.are_all_down() {
            moments.extend(self.store.next_lane().await.unwrap());
            moments.extend(self.hidden);
            moments.extend(self.sellers.iter().filter_map(|seller| self.next_of(seller)));
        }
        let next = moments.into_iter().min().unwrap_or(now).max(now.after_ms(1));
        // A node that is alive says so, however long nothing happens.
        self.clock.advance_to(next.min(now.after_ms(REST_MS)));
    }

    /// When the next change comes about, message arrives or delivery is made.
    fn next_of(&self, seller: &Seller) -> Option<Timestamp> {
        let (now, world) = (self.clock.now(), &seller.world);
        let change = seller.changes.range(now.after_ms(1)..).next().copied();
        let webhook = world.xero().next_webhook().filter(|_| !self.luck.is_away("/xero/", now));
        change.into_iter().chain(world.amazon().next_notification()).chain(webhook).min()
    }

    /// One of the nodes that are up.
    fn drawn(&self) -> Option<usize> {
        let up = self.processes.iter().enumerate().filter(|(_, one)| one.down_until.is_none());
        let up: Vec<usize> = up.map(|(number, _)| number).collect();
        let drawn = self.luck.below(u64::try_from(up.len().max(1)).unwrap());
        up.get(usize::try_from(drawn).unwrap()).copied()
    }

    /// One turn on one of the nodes that are up.
    async fn turn(&mut self, lane: &str) {
        let Some(number) = self.drawn() else { return };
        let (now, luck) = (self.clock.now(), self.luck.clone());
        let process = self.processes.get_mut(number).unwrap();
        process.beat(now).await;
        match luck.life(process.service.lanes.turn(lane)).await {
            Some(Ok(_turned)) => self.came.turns += 1,
            Some(Err(error)) => panic!("{lane}: {error}"),
            None => self.ended(number),
        }
    }

    fn ended(&mut self, number: usize) {
        self.came.deaths += 1;
        let down = i64::try_from(self.luck.below(DOWN_MAX_MS)).unwrap();
        let process = self.processes.get_mut(number).unwrap();
        process.down_until = Some(self.clock.now().after_ms(down));
    }

    fn are_all_down(&self) -> bool {
        self.processes.iter().all(|one| one.down_until.is_some())
    }

    /// Processes whose time has come are started again.
    async fn wake(&mut self) {
        let now = self.clock.now();
        for process in &mut self.processes {
            if process.down_until.is_some_and(|until| until <= now) {
                process.rise(&self.ground, now).await;
            }
        }
    }

    /// Some node takes what is in the queue.
    async fn hear(&mut self) {
        let now = self.clock.now();
        let mut first =
            self.sellers.iter().filter_map(|one| one.world.amazon().next_notification());
        let is_visible = self.hidden.is_some_and(|until| until <= now);
        if !is_visible && !first.any(|at| at <= now) {
            return;
        }
        let Some(number) = self.drawn() else { return };
        self.hidden = None;
        let luck = self.luck.clone();
        let process = self.processes.get(number).unwrap();
        loop {
            match luck.life(process.listener.round()).await {
                Some(Ok(taken)) if taken.letters == 0 => return,
                Some(Ok(taken)) => {
                    self.came.notifications += taken.letters;
                    self.came.hints += taken.new;
                }
                Some(Err(error)) => panic!("listening: {error}"),
                None => {
                    self.hidden = Some(now.after_ms(HIDDEN_MS));
                    return self.ended(number);
                }
            }
        }
    }

    /// Every Xero that is not away makes its deliveries.
    async fn deliver(&mut self) {
        let now = self.clock.now();
        let worlds: Vec<Sandbox> = self.sellers.iter().map(|one| one.world.clone()).collect();
        for world in worlds {
            if world.xero().next_webhook().is_none_or(|at| at > now)
                || self.luck.is_away("/xero/", now)
            {
                continue;
            }
            for delivery in world.xero().webhooks_due() {
                let status = self.knock(&delivery).await;
                let count = if status.is_some() {
                    &mut self.came.webhooks
                } else {
                    &mut self.came.webhooks_lost
                };
                *count += 1;
                world.xero().webhook_answered(delivery.id, status, ANSWER_MS);
            }
        }
    }

    /// The answer to a delivery, if one comes.
    async fn knock(&mut self, delivery: &Delivery) -> Option<u16> {
        let number = self.drawn()?;
        let luck = self.luck.clone();
        if luck.loses() {
            return None;
        }
        let door = self.processes.get(number).unwrap().door.clone();
        let answered = luck.life(async {
            luck.pass("door: before it is kept").await;
            let status = post::knock(door.as_ref(), delivery).await;
            luck.pass("door: before it is answered").await;
            status
        });
        let Some(status) = answered.await else {
            self.ended(number);
            return None;
        };
        assert_eq!(status, 200, "a delivery that is signed well");
        Some(status).filter(|_status| !luck.loses())
    }

    /// The node that watches tells what a person should know.
    async fn watch(&mut self) {
        let now = self.clock.now();
        if now.since(self.watched) < WATCH_MS {
            return;
        }
        let Some(process) = self.drawn().and_then(|number| self.processes.get(number)) else {
            return;
        };
        self.watched = now;
        if process.service.node.watches().await.unwrap() {
            process.service.watch.round().await.unwrap();
        }
        self.consent_again().await;
    }
}

/// To the vendors and the person with nothing lost on the way.
fn calm(worlds: &[Sandbox], person: &Arc<Person>) -> Arc<dyn Carrier> {
    let calm = |world: &Sandbox| -> Arc<dyn Carrier> { Arc::new(InProcess::new(world.router())) };
    Arc::new(Switch { worlds: worlds.iter().map(calm).collect(), person: person.clone() })
}

/// The same way, as luck has it.
fn rough(
    worlds: &[Sandbox],
    person: &Arc<Person>,
    (luck, clock): (&Arc<Luck>, &Arc<WorldClock>),
) -> Arc<dyn Carrier> {
    let rough = |world: &Sandbox| -> Arc<dyn Carrier> {
        let inner = InProcess::new(world.router());
        Arc::new(Unreliable::new(inner, luck.clone(), clock.clone()))
    };
    Arc::new(Switch { worlds: worlds.iter().map(rough).collect(), person: person.clone() })
}

/// An account's orders and money go on for weeks; the others end with the season, or soon after.
fn last_order(sellers: &[Seller], season: Season) -> Timestamp {
    let of_world = sellers.iter().filter(|seller| matches!(seller.market, Market::World));
    let last = of_world.filter_map(|seller| seller.changes.last().copied()).max();
    last.unwrap_or(season.end()).max(season.end())
}

/// An hour without Xero on the first day, an hour without Amazon on the second, and so on.
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
