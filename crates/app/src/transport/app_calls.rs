//! How many calls one application of Xero's makes in a minute, over all organisations that this
//! process works. What the other processes make is theirs: each has an equal share of the limit.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::{Clock, Timestamp};

/// Xero's limit a minute and application, over all organisations.
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>
const APP_MINUTE: u32 = 10_000;
/// Calls are counted by the second in which they end; Xero's windows are of unknown phase, so a call
/// counts for a minute from the end of that second on.
const COUNTED_MS: i64 = Timestamp::MINUTE + Timestamp::SECOND;

/// What this process has called, by application.
#[derive(Debug)]
pub struct AppCalls {
    /// Processes that share the limit, this one among them.
    sharing: AtomicU32,
    apps: Mutex<BTreeMap<String, Window>>,
}

#[derive(Debug, Default)]
struct Window {
    in_flight: u32,
    /// Seconds and how many calls ended in them, oldest first.
    ended: VecDeque<(i64, u32)>,
}

/// A call under way. It counts until it ends, however that is, and for a minute more.
pub struct Flying {
    calls: Arc<AppCalls>,
    app: String,
    clock: Arc<dyn Clock>,
}

impl Default for AppCalls {
    fn default() -> AppCalls {
        AppCalls { sharing: AtomicU32::new(1), apps: Mutex::default() }
    }
}

impl AppCalls {
    /// So many processes call now, or did within the last minute.
    pub fn share_among(&self, processes: u32) {
        self.sharing.store(processes.max(1), Ordering::SeqCst);
    }

    /// Begins a call of an application, or says when there is room for one.
    pub fn begin(self: &Arc<Self>, app: &str, clock: &Arc<dyn Clock>) -> Result<Flying, Timestamp> {
        let now = clock.now();
        let limit = APP_MINUTE / self.sharing.load(Ordering::SeqCst).max(1);
        let mut apps = self.apps();
        let window = apps.entry(app.to_owned()).or_default();
        window.forget(now);
        if window.calls() >= limit {
            let oldest = window.ended.front().map(|(second, _)| Timestamp(*second));
            let next = oldest.unwrap_or(now).after_ms(COUNTED_MS);
            return Err(next.max(now.after_ms(Timestamp::SECOND)));
        }
        window.in_flight = window.in_flight.saturating_add(1);
        Ok(Flying { calls: self.clone(), app: app.to_owned(), clock: clock.clone() })
    }

    fn apps(&self) -> MutexGuard<'_, BTreeMap<String, Window>> {
        self.apps.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Window {
    fn calls(&self) -> u32 {
        let ended = self.ended.iter().map(|(_, calls)| *calls);
        ended.fold(self.in_flight, u32::saturating_add)
    }

    fn forget(&mut self, now: Timestamp) {
        while self
            .ended
            .front()
            .is_some_and(|(second, _)| now.0.saturating_sub(*second) >= COUNTED_MS)
        {
            self.ended.pop_front();
        }
    }

    fn end(&mut self, now: Timestamp) {
        self.in_flight = self.in_flight.saturating_sub(1);
        let second = now.0 - now.0.rem_euclid(Timestamp::SECOND);
        match self.ended.back_mut() {
            Some((last, calls)) if *last == second => *calls = calls.saturating_add(1),
            Some(_) | None => self.ended.push_back((second, 1)),
        }
    }
}

impl Drop for Flying {
    fn drop(&mut self) {
        let now = self.clock.now();
        if let Some(window) = self.calls.apps().get_mut(&self.app) {
            window.end(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use sandbox::clock::WorldClock;

    use super::*;

    #[tokio::test]
    async fn no_minute_sees_more_calls_of_an_application_than_its_share() {
        let world = WorldClock::jumping(Timestamp(500));
        let clock: Arc<dyn Clock> = world.clone();
        let calls = Arc::new(AppCalls::default());
        calls.share_among(4);
        for _ in 0..1_250 {
            drop(calls.begin("ours", &clock).unwrap());
        }
        clock.until(Timestamp(2_000)).await;
        let flying: Vec<Flying> =
            (0..1_250).map(|_| calls.begin("ours", &clock).unwrap()).collect();
        let full = calls.begin("ours", &clock).err();
        assert_eq!(full, Some(Timestamp(COUNTED_MS)));
        drop(calls.begin("another", &clock).unwrap());
        clock.until(Timestamp(COUNTED_MS)).await;
        drop(calls.begin("ours", &clock).unwrap());
        drop(flying);
        // The other processes are gone: what they might have called is ours now.
        calls.share_among(1);
        let more = (0..8_749).filter(|_| calls.begin("ours", &clock).is_ok()).count();
        assert_eq!(more, 8_749);
        assert!(calls.begin("ours", &clock).is_err());
    }
}
