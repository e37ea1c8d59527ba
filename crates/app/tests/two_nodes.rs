//! A node that sleeps past its lease: another one takes its lane over, and what the first one had
//! written down to send goes out once.

#[path = "support/calm.rs"]
mod calm;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use app::engine::{Engine, EngineError, Round};
use app::home::Home;
use app::stages::Gate;
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Timestamp};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use tokio::sync::Notify;

/// Puts the node to sleep once, when a send is written down and not yet on the wire.
#[derive(Default)]
struct Sleep {
    is_done: AtomicBool,
    asleep: Notify,
    wake: Notify,
}

impl Gate for Sleep {
    fn pass<'a>(&'a self, point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            let is_here = point == "push: after the send is written down";
            if is_here && !self.is_done.swap(true, Ordering::SeqCst) {
                self.asleep.notify_one();
                self.wake.notified().await;
            }
        })
    }
}

async fn live(engine: &Engine) -> Result<(), EngineError> {
    engine.take_over().await?;
    let rules = engine.rules().await?;
    for _round in 0..ROUNDS_MAX {
        if let Round::Idle { next } = engine.round(&rules).await? {
            engine.clock.until(next).await;
        }
    }
    Ok(())
}

/// More than it takes until a send is on its way.
const ROUNDS_MAX: u32 = 500;

#[tokio::test]
async fn what_a_sleeping_node_was_about_to_send_goes_out_once() {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world =
        Sandbox::new(SandboxOptions { clock: clock.clone(), ..SandboxOptions::new(3, 60, start) });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let carrier: Arc<dyn Carrier> = Arc::new(InProcess::new(world.router()));
    let wish = calm::wish(carrier.as_ref(), "").await;
    let awake = calm::connected(&home, clock.clone(), carrier.clone(), &wish).await;
    let sleep = Arc::new(Sleep::default());
    let sleeper = Engine {
        store: awake.store.clone(),
        clock: awake.clock.clone(),
        carrier,
        gate: sleep.clone(),
        node: "the one that sleeps".to_owned(),
        alive: awake.alive.clone(),
        pace: awake.pace,
        book: awake.book.clone(),
        settings: awake.settings.clone(),
        notifications: None,
    };

    let mut life = Box::pin(live(&sleeper));
    tokio::select! {
        ended = &mut life => panic!("it never slept: {ended:?}"),
        () = sleep.asleep.notified() => {}
    }
    clock.until(clock.now().after_ms(Timestamp::HOUR)).await;
    calm::work(&awake, &world, || false).await;
    assert_eq!(world.truth().posted, world.truth().should_post);

    sleep.wake.notify_one();
    let error = life.await.unwrap_err();
    assert_eq!(error.code(), "fence_lost");
    calm::work(&awake, &world, || false).await;
    let truth = world.truth();
    assert_eq!(truth.duplicates_ids, Vec::<String>::new());
    assert_eq!(truth.payments_wrong, vec![]);
    assert_eq!(truth.posted, truth.should_post);
}
