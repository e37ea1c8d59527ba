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
use base::{Request, Sent, Timestamp};
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
    /// The request never arrives, or its answer never does.
    lost: u64,
    vendors: FaultPlan,
    is_dead: Mutex<bool>,
    /// Ends are over after so many, so that a world comes to rest.
    deaths_left: Mutex<u32>,
}

impl Luck {
    pub(crate) fn good() -> Arc<Luck> {
        Luck::new(0, 0, 0, FaultPlan::None)
    }

    pub(crate) fn bad(seed: u64) -> Arc<Luck> {
        Luck::new(seed, 25, 60, FaultPlan::Heavy)
    }

    fn new(seed: u64, death: u64, lost: u64, vendors: FaultPlan) -> Arc<Luck> {
        Arc::new(Luck {
            random: Mutex::new(Random::stream(seed, "luck")),
            death,
            lost,
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

/// Carries calls unless luck has it otherwise.
struct Unreliable {
    inner: InProcess,
    luck: Arc<Luck>,
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
            self.luck.may_die().await;
            if self.luck.chance(self.luck.lost) {
                return Sent::Lost("the request never arrived".to_owned());
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
    let unreliable: Arc<dyn Carrier> =
        Arc::new(Unreliable { inner: InProcess::new(world.router()), luck: luck.clone() });
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
