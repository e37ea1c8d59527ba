//! A seeded world with messages that are doubled, late, in disorder and lost, calls that fail, and
//! a listener that ends in the middle. Whatever the seed, each order is posted once or held.
//! `DAYBOOK_SIM_SEEDS` asks for more seeds.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::intake::Listener;
use app::intake::in_process::InProcess;
use app::stages::Gate;
use base::{Clock as _, Timestamp};
use sandbox::random::Random;
use sandbox::server::{FaultPlan, SandboxOptions};

use crate::calm;
use crate::shop::{Shop, nowhere, options};

const SEEDS: u64 = 6;
/// Of a thousand times that it passes, the listener ends.
const END: u64 = 150;

struct Luck(Mutex<Random>, Mutex<bool>);

impl Gate for Luck {
    fn pass<'a>(&'a self, _point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            if self.0.lock().unwrap().chance(END) {
                *self.1.lock().unwrap() = true;
                std::future::pending::<()>().await;
            }
        })
    }
}

/// One look into the mailbox, which may end in the middle. Says how many hints were new.
async fn look(listener: &Listener, luck: &Luck) -> u64 {
    let mut round = Box::pin(listener.round());
    let ended = std::future::poll_fn(|context| {
        if let std::task::Poll::Ready(taken) = round.as_mut().poll(context) {
            return std::task::Poll::Ready(Some(taken.unwrap().new));
        }
        if std::mem::take(&mut *luck.1.lock().unwrap()) {
            return std::task::Poll::Ready(None);
        }
        std::task::Poll::Pending
    });
    ended.await.unwrap_or(0)
}

async fn play(seed: u64) -> u64 {
    let of = SandboxOptions { faults: FaultPlan::Heavy, ..options(seed, 40) };
    let shop = Shop::open(of, Some(nowhere("q"))).await;
    let luck = Arc::new(Luck(Mutex::new(Random::stream(seed, "listener")), Mutex::default()));
    let mailbox = InProcess::new(shop.world.amazon().clone(), shop.engine.clock.clone());
    let listener = shop.listener(mailbox).with_gate(luck.clone());
    let end = shop.clock.now().after_ms(4 * Timestamp::HOUR);
    let mut new = 0;
    while shop.clock.now() < end {
        new += look(&listener, &luck).await;
        shop.work_until(shop.clock.now().after_ms(20 * Timestamp::SECOND)).await;
    }
    calm::work(&shop.engine, &shop.world, || false).await;
    let truth = shop.world.truth();
    assert_eq!(truth.lost_ids, Vec::<String>::new(), "seed {seed}");
    assert_eq!(truth.duplicates_ids, Vec::<String>::new(), "seed {seed}");
    assert_eq!(truth.totals_wrong, vec![], "seed {seed}");
    assert_eq!(truth.payments_wrong, vec![], "seed {seed}");
    assert_eq!(truth.posted, truth.should_post, "seed {seed}");
    assert_eq!(truth.unknown_names, vec![], "seed {seed}");
    let waiting = shop.engine.store.hint_counts().await.unwrap();
    assert_eq!(waiting, vec![], "seed {seed}");
    new
}

#[tokio::test]
async fn whatever_happens_to_messages_every_order_is_posted_once_or_held() {
    let seeds = std::env::var("DAYBOOK_SIM_SEEDS").ok().and_then(|text| text.parse().ok());
    let mut new = 0;
    for seed in 0..seeds.unwrap_or(SEEDS) {
        new += play(seed).await;
    }
    assert!(new > 20, "only {new} hints came");
}
