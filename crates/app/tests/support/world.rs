//! A world for the simulation: both vendors, a store on disk, and luck.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use app::cli::books;
use app::cli::open::pace;
use app::engine::Engine;
use app::home::{Config, Home};
use app::report::Report;
use app::stages::Gate;
use app::transport::{Carrier, InProcess};
use base::{Clock, Method, Request, Response, Sent, Timestamp};
use intents::State;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::random::Random;
use sandbox::server::{FaultPlan, Sandbox, SandboxOptions};
use sandbox::truth::Truth;

use crate::calm;

/// What a world came to.
pub(crate) struct Played {
    pub(crate) truth: Truth,
    pub(crate) report: Report,
    /// How often the process ended.
    pub(crate) deaths: u32,
    pub(crate) left_on_the_wire: u64,
}

/// How likely things go wrong, of a thousand, and the dice.
pub(crate) struct Luck {
    random: Mutex<Random>,
    /// The process ends at this point.
    death: u64,
    /// The request arrives late or never, or its answer never does.
    lost: u64,
    /// There is no connection.
    unsent: u64,
    vendors: FaultPlan,
    is_dead: Mutex<bool>,
    /// Ends are over after so many, so that a world comes to rest.
    deaths_left: Mutex<u32>,
}

impl Luck {
    pub(crate) fn good() -> Arc<Luck> {
        Luck::new(0, [0; 3], FaultPlan::None)
    }

    pub(crate) fn bad(seed: u64) -> Arc<Luck> {
        Luck::new(seed, [25, 60, 20], FaultPlan::Heavy)
    }

    fn new(seed: u64, [death, lost, unsent]: [u64; 3], vendors: FaultPlan) -> Arc<Luck> {
        Arc::new(Luck {
            random: Mutex::new(Random::stream(seed, "luck")),
            death,
            lost,
            unsent,
            vendors,
            is_dead: Mutex::new(false),
            deaths_left: Mutex::new(30),
        })
    }

    fn chance(&self, per_mille: u64) -> bool {
        self.random.lock().unwrap().chance(per_mille)
    }

    /// Ends the process here, perhaps: what waits on this never goes on.
    async fn may_die(&self) {
        if self.dies() {
            std::future::pending::<()>().await;
        }
    }

    fn dies(&self) -> bool {
        let mut left = self.deaths_left.lock().unwrap();
        let dies = *left > 0 && self.chance(self.death);
        if dies {
            *left -= 1;
            *self.is_dead.lock().unwrap() = true;
        }
        dies
    }

    fn revive(&self) -> bool {
        std::mem::take(&mut self.is_dead.lock().unwrap())
    }
}

impl Gate for Luck {
    fn pass<'a>(&'a self, _point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(self.may_die())
    }
}

/// A write may land this long after it was given up, and no later: `outbox::QUARANTINE_MS` promises
/// that.
const LATE_MAX_MS: u64 = 55_000;

/// Carries calls unless luck has it otherwise.
struct Unreliable {
    inner: InProcess,
    luck: Arc<Luck>,
    clock: Arc<dyn Clock>,
    /// Writes that were given up and are still on their way: when they land, where, what.
    travelling: Mutex<Vec<(Timestamp, String, Request)>>,
}

impl Unreliable {
    /// What has been travelling until now arrives, before anything that is sent now.
    async fn land(&self) {
        let now = self.clock.now();
        let mut due = Vec::new();
        self.travelling.lock().unwrap().retain(|one| {
            let is_due = one.0 <= now;
            if is_due {
                due.push(one.clone());
            }
            !is_due
        });
        due.sort_by_key(|one| one.0);
        for (_, address, request) in due {
            self.inner.carry(&address, &request).await;
        }
    }

    /// The request is given up here, and arrives later, or never.
    fn give_up(&self, address: &str, request: &Request) -> Sent {
        if request.method != Method::Get && self.luck.chance(500) {
            let late = self.luck.random.lock().unwrap().below(LATE_MAX_MS);
            let at = self.clock.now().after_ms(i64::try_from(late).unwrap());
            self.travelling.lock().unwrap().push((at, address.to_owned(), request.clone()));
        }
        // A gateway may give up too: then there is an answer, and it says nothing.
        if self.luck.chance(300) {
            let body = b"<html>504 Gateway Time-out</html>".to_vec();
            return Sent::Reply(Response { status: 504, headers: Vec::new(), body });
        }
        Sent::Lost("the request is given up".to_owned())
    }
}

impl Carrier for Unreliable {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(async move {
            if request.path.starts_with("/_sandbox") {
                return self.inner.carry(address, request).await;
            }
            self.land().await;
            self.luck.may_die().await;
            if self.luck.chance(self.luck.unsent) {
                return Sent::NotSent("no connection could be made".to_owned());
            }
            if self.luck.chance(self.luck.lost) {
                return self.give_up(address, request);
            }
            let sent = self.inner.carry(address, request).await;
            self.luck.may_die().await;
            if self.luck.chance(self.luck.lost) {
                return Sent::Lost("the answer never arrived".to_owned());
            }
            sent
        })
    }
}

/// Plays a world to its end.
pub(crate) fn play(seed: u64, orders: usize, luck: Arc<Luck>) -> Played {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(life(seed, orders, luck))
}

async fn life(seed: u64, orders: usize, luck: Arc<Luck>) -> Played {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::read(dir.path()).unwrap();
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        faults: luck.vendors,
        layout: Layout::Live,
        clock: clock.clone(),
        ..SandboxOptions::new(seed, orders, start)
    });
    let calm: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let unreliable: Arc<dyn Carrier> = Arc::new(Unreliable {
        inner: InProcess::new(world.router()),
        luck: luck.clone(),
        clock: clock.clone(),
        travelling: Mutex::default(),
    });
    let wish = calm::wish(calm.as_ref(), "").await;
    let connected = calm::connected(&home, clock, calm.clone(), &wish).await;
    let pace = pace(&Config::default());
    let engine = Engine { carrier: unreliable, gate: luck.clone(), pace, ..connected };
    let mut deaths = 0;
    while dies(&engine, &world, &luck).await {
        deaths += 1;
    }
    let engine = Engine { carrier: calm, ..engine };
    let report = books::report(&engine).await.unwrap();
    let counts = engine.store.counts(&engine.book).await.unwrap();
    let left = counts.iter().filter(|((_, state), _)| *state == State::Sending);
    let left_on_the_wire = left.map(|(_, count)| count).sum();
    Played { truth: world.truth(), report, deaths, left_on_the_wire }
}

/// One life of the process. True if it ended before its work was done.
async fn dies(engine: &Engine, world: &Sandbox, luck: &Luck) -> bool {
    let mut work = Box::pin(calm::work(engine, world, || false));
    std::future::poll_fn(|context| {
        if let Poll::Ready(()) = work.as_mut().poll(context) {
            return Poll::Ready(false);
        }
        if luck.revive() { Poll::Ready(true) } else { Poll::Pending }
    })
    .await
}
