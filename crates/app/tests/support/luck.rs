//! Luck: calls that are lost, late or never leave, processes that end in the middle, and vendors
//! that are away for an hour. All of it from a seed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::Poll;

use app::stages::Gate;
use app::transport::{Carrier, InProcess};
use base::{Clock, Method, Request, Response, Sent, Timestamp};
use sandbox::random::Random;
use sandbox::server::FaultPlan;

/// How likely things go wrong, of a thousand, and the dice.
pub(crate) struct Luck {
    random: Mutex<Random>,
    /// The process ends at this point.
    death: u64,
    /// The request arrives late or never, or its answer never does.
    lost: u64,
    /// There is no connection.
    unsent: u64,
    pub(crate) vendors: FaultPlan,
    is_dead: Mutex<bool>,
    /// Ends are over after so many, so that a world comes to rest.
    deaths_left: Mutex<u32>,
    /// Between these moments a vendor is away: nothing that is sent to it arrives.
    outages: Vec<Outage>,
}

/// A vendor that is away.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outage {
    /// `/xero/` or `/amazon/`: what an address must contain.
    pub(crate) vendor: &'static str,
    pub(crate) from: Timestamp,
    pub(crate) to: Timestamp,
}

impl Luck {
    pub(crate) fn good() -> Arc<Luck> {
        Arc::new(Luck::new(0, [0; 3], FaultPlan::None))
    }

    pub(crate) fn bad(seed: u64) -> Arc<Luck> {
        Arc::new(Luck::new(seed, [25, 60, 20], FaultPlan::Heavy))
    }

    /// Of a thousand: deaths, lost calls, calls that do not leave.
    pub(crate) fn new(seed: u64, [death, lost, unsent]: [u64; 3], vendors: FaultPlan) -> Luck {
        Luck {
            random: Mutex::new(Random::stream(seed, "luck")),
            death,
            lost,
            unsent,
            vendors,
            is_dead: Mutex::new(false),
            deaths_left: Mutex::new(30),
            outages: Vec::new(),
        }
    }

    pub(crate) fn with(mut self, deaths: u32, outages: Vec<Outage>) -> Luck {
        self.deaths_left = Mutex::new(deaths);
        self.outages = outages;
        self
    }

    pub(crate) fn chance(&self, per_mille: u64) -> bool {
        self.random.lock().unwrap().chance(per_mille)
    }

    pub(crate) fn below(&self, bound: u64) -> u64 {
        self.random.lock().unwrap().below(bound)
    }

    /// Something is lost on its way.
    pub(crate) fn loses(&self) -> bool {
        self.chance(self.lost)
    }

    /// How often a vendor goes away.
    pub(crate) fn outages(&self) -> usize {
        self.outages.len()
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

    pub(crate) fn is_away(&self, address: &str, now: Timestamp) -> bool {
        let away = |one: &Outage| address.contains(one.vendor) && one.from <= now && now < one.to;
        self.outages.iter().any(away)
    }

    /// Lets a process live until it has done this, or until luck ends it: then `None`.
    pub(crate) async fn life<T>(&self, work: impl Future<Output = T>) -> Option<T> {
        let mut work = Box::pin(work);
        std::future::poll_fn(|context| {
            if let Poll::Ready(done) = work.as_mut().poll(context) {
                return Poll::Ready(Some(done));
            }
            if self.revive() { Poll::Ready(None) } else { Poll::Pending }
        })
        .await
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
pub(crate) struct Unreliable {
    inner: InProcess,
    luck: Arc<Luck>,
    clock: Arc<dyn Clock>,
    /// Writes that were given up and are still on their way: when they land, where, what.
    travelling: Mutex<Vec<(Timestamp, String, Request)>>,
}

impl Unreliable {
    pub(crate) fn new(inner: InProcess, luck: Arc<Luck>, clock: Arc<dyn Clock>) -> Unreliable {
        Unreliable { inner, luck, clock, travelling: Mutex::default() }
    }

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
            let late = self.luck.below(LATE_MAX_MS);
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
            let place = format!("{address}{}", request.path);
            let is_away = self.luck.is_away(&place, self.clock.now());
            if is_away || self.luck.chance(self.luck.unsent) {
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
