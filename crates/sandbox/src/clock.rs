//! The sandbox's time: still until it is moved, or running beside the machine's own.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use base::{Clock, Timestamp};
use tokio::sync::watch;

/// The world's clock. Both vendors and whoever drives them share one.
pub struct WorldClock {
    kind: Kind,
}

enum Kind {
    Fixed(watch::Sender<Timestamp>),
    Jumping(watch::Sender<Timestamp>),
    Real { offset_ms: i64 },
}

impl WorldClock {
    /// Stands still at `start` until [`WorldClock::advance_to`] moves it.
    pub fn fixed(start: Timestamp) -> Arc<WorldClock> {
        Arc::new(WorldClock { kind: Kind::Fixed(watch::Sender::new(start)) })
    }

    /// Stands still too, but whoever waits moves it: for one driver that is alone in its world.
    pub fn jumping(start: Timestamp) -> Arc<WorldClock> {
        Arc::new(WorldClock { kind: Kind::Jumping(watch::Sender::new(start)) })
    }

    /// Runs with the machine's clock, so many milliseconds ahead of it (behind, if negative).
    pub fn real(offset_ms: i64) -> Arc<WorldClock> {
        Arc::new(WorldClock { kind: Kind::Real { offset_ms } })
    }

    /// Moves a standing clock forward and wakes who waits for the moment. Never back; a running
    /// clock is left alone.
    pub fn advance_to(&self, moment: Timestamp) {
        if let Kind::Fixed(now) | Kind::Jumping(now) = &self.kind {
            now.send_if_modified(|now| {
                let moved = moment > *now;
                *now = moment.max(*now);
                moved
            });
        }
    }

    /// True if time passes only by [`WorldClock::advance_to`].
    pub fn is_fixed(&self) -> bool {
        matches!(self.kind, Kind::Fixed(_) | Kind::Jumping(_))
    }
}

impl Clock for WorldClock {
    fn now(&self) -> Timestamp {
        match &self.kind {
            Kind::Fixed(now) | Kind::Jumping(now) => *now.borrow(),
            Kind::Real { offset_ms } => machine_now().after_ms(*offset_ms),
        }
    }

    fn until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        Box::pin(async move {
            match &self.kind {
                Kind::Fixed(now) => {
                    let mut now = now.subscribe();
                    // Ends with an error only when the clock itself is gone.
                    while *now.borrow_and_update() < moment && now.changed().await.is_ok() {}
                }
                Kind::Jumping(_) => self.advance_to(moment),
                Kind::Real { .. } => wait_for(moment.since(self.now())).await,
            }
        })
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the sandbox in a process of its own is a world of its own: this is where its time comes from"
)]
fn machine_now() -> Timestamp {
    let since_1970 = std::time::SystemTime::now()
        .duration_since(std::time::SystemTime::UNIX_EPOCH)
        .unwrap_or_default();
    Timestamp(i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX))
}

#[expect(clippy::disallowed_methods, reason = "this is the clock that others wait on")]
async fn wait_for(ms: i64) {
    tokio::time::sleep(std::time::Duration::from_millis(u64::try_from(ms).unwrap_or(0))).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_standing_clock_wakes_who_waits_when_it_is_moved() {
        let clock = WorldClock::fixed(Timestamp(1_000));
        let other = clock.clone();
        let waiting = tokio::spawn(async move { other.until(Timestamp(5_000)).await });
        clock.advance_to(Timestamp(4_000));
        clock.advance_to(Timestamp(6_000));
        waiting.await.unwrap();
        assert_eq!(clock.now(), Timestamp(6_000));
    }

    #[tokio::test]
    async fn who_waits_on_a_jumping_clock_moves_it() {
        let clock = WorldClock::jumping(Timestamp(1_000));
        clock.until(Timestamp(9_000)).await;
        assert_eq!(clock.now(), Timestamp(9_000));
    }

    #[test]
    fn a_standing_clock_never_goes_back() {
        let clock = WorldClock::fixed(Timestamp(1_000));
        clock.advance_to(Timestamp(500));
        assert_eq!(clock.now(), Timestamp(1_000));
    }

    #[test]
    fn a_running_clock_is_not_moved() {
        let clock = WorldClock::real(0);
        clock.advance_to(Timestamp(i64::MAX));
        assert!(clock.now() < Timestamp(i64::MAX));
    }
}
