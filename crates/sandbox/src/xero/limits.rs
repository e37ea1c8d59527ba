//! Xero's limits: per organisation 60 calls a minute, 5 at once and 5,000 a day, per app 10,000 a
//! minute. Windows are fixed, and when they begin is the vendor's secret
//! (<https://developer.xero.com/faq/limits>).

use base::Timestamp;

use super::reply::Reply;
use crate::random::Random;

const MINUTE_MAX: u32 = 60;
const DAY_MAX: u32 = 5_000;
const APP_MINUTE_MAX: u32 = 10_000;
pub(crate) const CONCURRENT_MAX: usize = 5;

#[derive(Debug)]
pub(crate) struct Limits {
    minute: Window,
    day: Window,
    app: Window,
}

#[derive(Debug)]
struct Window {
    max: u32,
    length: i64,
    offset: i64,
    /// Which window was counted last, and how many calls it saw.
    index: i64,
    used: u32,
}

impl Limits {
    pub(crate) fn new(seed: u64) -> Limits {
        let mut random = Random::stream(seed, "xero windows");
        Limits {
            minute: Window::new(MINUTE_MAX, Timestamp::MINUTE, &mut random),
            day: Window::new(DAY_MAX, Timestamp::DAY, &mut random),
            app: Window::new(APP_MINUTE_MAX, Timestamp::MINUTE, &mut random),
        }
    }

    /// Counts a call, or refuses it without counting.
    pub(crate) fn take(&mut self, now: Timestamp, in_flight: usize) -> Result<(), Reply> {
        if in_flight > CONCURRENT_MAX {
            // No Retry-After is documented for this one.
            return Err(too_many("concurrent"));
        }
        for (window, name) in
            [(&mut self.minute, "minute"), (&mut self.day, "day"), (&mut self.app, "appminute")]
        {
            window.turn(now);
            if window.used >= window.max {
                let seconds = window.seconds_left(now).to_string();
                return Err(too_many(name).header("retry-after", seconds));
            }
        }
        for window in [&mut self.minute, &mut self.day, &mut self.app] {
            window.used += 1;
        }
        Ok(())
    }

    /// A 429 though the client kept its limits.
    pub(crate) fn unfair(&self, now: Timestamp) -> Reply {
        too_many("minute").header("retry-after", self.minute.seconds_left(now).to_string())
    }

    /// The headers that every reply carries; pinned at full while limits are off.
    pub(crate) fn headers(&mut self, now: Timestamp, counted: bool) -> [(&'static str, String); 3] {
        let left = |window: &mut Window| {
            window.turn(now);
            let used = if counted { window.used } else { 0 };
            window.max.saturating_sub(used).to_string()
        };
        [
            ("x-daylimit-remaining", left(&mut self.day)),
            ("x-minlimit-remaining", left(&mut self.minute)),
            ("x-appminlimit-remaining", left(&mut self.app)),
        ]
    }
}

impl Window {
    fn new(max: u32, length: i64, random: &mut Random) -> Window {
        let offset = random.below(length.unsigned_abs());
        let offset = i64::try_from(offset).unwrap_or(0);
        Window { max, length, offset, index: i64::MIN, used: 0 }
    }

    /// Starts counting anew when the window has changed.
    fn turn(&mut self, now: Timestamp) {
        let index = (now.0 - self.offset).div_euclid(self.length);
        if index != self.index {
            self.index = index;
            self.used = 0;
        }
    }

    fn seconds_left(&self, now: Timestamp) -> i64 {
        let left = self.length - (now.0 - self.offset).rem_euclid(self.length);
        (left + Timestamp::SECOND - 1) / Timestamp::SECOND
    }
}

fn too_many(problem: &str) -> Reply {
    Reply::text(429, "API rate limit exceeded").header("x-rate-limit-problem", problem)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_61st_call_in_a_window_is_refused_until_the_window_ends() {
        let mut limits = Limits::new(7);
        let mut now = Timestamp(1_800_000_000_000);
        now = now.after_ms(limits.minute.seconds_left(now) * Timestamp::SECOND);
        for _ in 0..60 {
            limits.take(now, 1).unwrap();
        }
        let refused = limits.take(now, 1).unwrap_err();
        assert_eq!(refused.status, 429);
        let wait = limits.minute.seconds_left(now);
        assert!(refused.headers.contains(&("retry-after", wait.to_string())));
        limits.take(now.after_ms(wait * Timestamp::SECOND), 1).unwrap();
    }

    #[test]
    fn where_a_window_begins_depends_on_the_seed() {
        let offsets: std::collections::BTreeSet<i64> =
            (0..20).map(|seed| Limits::new(seed).minute.offset).collect();
        assert!(offsets.len() > 10);
    }

    #[test]
    fn a_sixth_call_at_once_is_refused() {
        let mut limits = Limits::new(1);
        assert!(limits.take(Timestamp(0), 5).is_ok());
        let refused = limits.take(Timestamp(0), 6).unwrap_err();
        assert!(refused.headers.contains(&("x-rate-limit-problem", "concurrent".to_owned())));
    }
}
