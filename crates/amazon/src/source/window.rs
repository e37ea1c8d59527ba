//! Reading by windows of time: Amazon's money is filed late and changes after it was filed, so
//! that each run reads the last days again.

use base::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Page, TOKEN_MS};

/// Amazon takes no window that ends less than two minutes ago.
const SETTLE_MS: i64 = 2 * Timestamp::MINUTE;

/// Amazon answers a window of more than 180 days with nothing and no error. One hour less, so that
/// no way of counting makes it longer.
const WINDOW_MAX_MS: i64 = 180 * Timestamp::DAY - Timestamp::HOUR;

/// How far a sweep of one of Amazon's financial operations has got. Each has its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FinancesPosition {
    /// Where the next window, or the one whose pages are being read, begins.
    pub since: Timestamp,
    pub page: Option<NextPage>,
    /// Where a stretch of the past ends; none goes on for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// A page in the middle of a window, which must be asked for with the window's own ends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct NextPage {
    pub before: Timestamp,
    pub token: String,
    /// When the token was given.
    pub given: Timestamp,
}

/// What to ask for next.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Window<'a> {
    pub(super) after: Timestamp,
    pub(super) before: Timestamp,
    pub(super) token: Option<&'a str>,
}

impl FinancesPosition {
    /// Everything from this moment on.
    pub fn start(since: Timestamp) -> FinancesPosition {
        FinancesPosition { since, page: None, until: None }
    }

    /// What was filed within a stretch of the past.
    pub fn between(since: Timestamp, until: Timestamp) -> FinancesPosition {
        FinancesPosition { since, page: None, until: Some(until) }
    }

    /// True when a stretch was read to its end.
    pub fn is_over(&self) -> bool {
        self.until.is_some_and(|until| self.since >= until)
    }

    fn at(&self, since: Timestamp, page: Option<NextPage>) -> FinancesPosition {
        FinancesPosition { since, page, until: self.until }
    }

    pub fn parse(text: &str) -> Option<FinancesPosition> {
        serde_json::from_str(text).ok()
    }

    pub fn to_text(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// What to ask for, or the page to give when nothing is to be asked.
    pub(super) fn window(&self, now: Timestamp) -> Result<Window<'_>, Box<Page<FinancesPosition>>> {
        if let Some(page) = &self.page {
            if now.since(page.given) >= TOKEN_MS {
                return Err(Box::new(self.restarted("the page token is a day old".to_owned())));
            }
            let token = Some(page.token.as_str());
            return Ok(Window { after: self.since, before: page.before, token });
        }
        let shown = now.after_ms(-SETTLE_MS);
        let longest = self.since.after_ms(WINDOW_MAX_MS).min(self.until.unwrap_or(shown));
        let before = shown.min(longest);
        if before <= self.since {
            return Err(Box::new(empty(self.clone(), false)));
        }
        Ok(Window { after: self.since, before, token: None })
    }

    /// An empty page that goes on with the next page of the window, with the next window, or, when
    /// all was read, with the last `trail_ms` again.
    pub(super) fn page_after(
        &self,
        before: Timestamp,
        token: Option<&str>,
        trail_ms: i64,
        now: Timestamp,
    ) -> Page<FinancesPosition> {
        if let Some(token) = token {
            let page = NextPage { before, token: token.to_owned(), given: now };
            return empty(self.at(self.since, Some(page)), true);
        }
        // What was filed in the last days is another sweep's.
        if self.until.is_some() {
            let next = self.at(before, None);
            let has_more = !next.is_over();
            return empty(next, has_more);
        }
        let since = before.min(now.after_ms(-trail_ms)).max(self.since);
        // A window that ended at the longest and not at now has another one after it.
        let is_cut = before.since(self.since) >= WINDOW_MAX_MS;
        empty(FinancesPosition::start(since), is_cut && since > self.since)
    }

    /// The window is read from its start again.
    pub(super) fn restarted(&self, why: String) -> Page<FinancesPosition> {
        let mut page = empty(self.at(self.since, None), true);
        page.restarted = Some(why);
        page
    }
}

fn empty(next: FinancesPosition, more: bool) -> Page<FinancesPosition> {
    Page { facts: Vec::new(), documents: Vec::new(), next, more, restarted: None }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);
    const WEEK: i64 = 7 * Timestamp::DAY;

    fn ago(days: i64) -> Timestamp {
        NOW.after_ms(-days * Timestamp::DAY)
    }

    #[test]
    fn a_window_ends_two_minutes_ago_at_the_latest() {
        let position = FinancesPosition::start(ago(3));
        let window = position.window(NOW).unwrap();
        let before = NOW.after_ms(-120_000);
        assert_eq!(window, Window { after: ago(3), before, token: None });
    }

    #[test]
    fn a_run_ends_with_the_last_days_still_to_be_read_again() {
        let position = FinancesPosition::start(ago(30));
        let before = position.window(NOW).unwrap().before;
        let page = position.page_after(before, None, WEEK, NOW);
        assert_eq!((page.next, page.more), (FinancesPosition::start(ago(7)), false));
    }

    #[test]
    fn a_start_within_the_last_days_stays_where_it_is() {
        let position = FinancesPosition::start(ago(2));
        let before = position.window(NOW).unwrap().before;
        let page = position.page_after(before, None, WEEK, NOW);
        assert_eq!((page.next, page.more), (position, false));
    }

    #[test]
    fn a_page_in_the_middle_keeps_both_ends_however_late_it_is_read() {
        let position = FinancesPosition::start(ago(30));
        let before = position.window(NOW).unwrap().before;
        let page = position.page_after(before, Some("t2"), WEEK, NOW);
        assert!(page.more);
        let later = NOW.after_ms(Timestamp::HOUR);
        let window = page.next.window(later).unwrap();
        assert_eq!(window, Window { after: ago(30), before, token: Some("t2") });
    }

    #[test]
    fn a_token_of_yesterday_is_not_sent() {
        let page = NextPage { before: ago(1), token: "t2".to_owned(), given: ago(1) };
        let position = FinancesPosition { page: Some(page), ..FinancesPosition::start(ago(30)) };
        let page = position.window(NOW).unwrap_err();
        assert_eq!((page.next, page.more), (FinancesPosition::start(ago(30)), true));
        assert!(page.restarted.is_some());
    }

    #[test]
    fn a_position_is_read_back_as_it_was_written() {
        let page = NextPage { before: ago(1), token: "t2".to_owned(), given: ago(0) };
        let position = FinancesPosition { page: Some(page), ..FinancesPosition::start(ago(30)) };
        assert_eq!(FinancesPosition::parse(&position.to_text()), Some(position));
        assert_eq!(FinancesPosition::parse("{}"), None);
    }

    #[test]
    fn a_stretch_of_the_past_is_read_to_its_end_and_no_further() {
        let mut position = FinancesPosition::between(ago(700), ago(100));
        let mut windows = Vec::new();
        while !position.is_over() {
            let window = position.window(NOW).unwrap();
            assert!(window.before <= ago(100) && window.after == position.since);
            windows.push(window.before);
            let page = position.page_after(window.before, None, WEEK, NOW);
            assert_eq!(page.more, !page.next.is_over());
            position = page.next;
        }
        assert_eq!((windows.len(), windows.last()), (4, Some(&ago(100))));
    }

    proptest! {
        /// From any start the windows follow each other without a hole, none is longer than Amazon
        /// takes, and they come to an end.
        #[test]
        fn windows_leave_no_hole(days in 0_i64..4_000, trail in 0_i64..100) {
            let trail = trail * Timestamp::DAY;
            let mut position = FinancesPosition::start(ago(days));
            let mut read_to = position.since;
            for _ in 0..40 {
                let Ok(window) = position.window(NOW) else { break };
                prop_assert!(window.after <= read_to);
                prop_assert!(window.before.since(window.after) < 180 * Timestamp::DAY);
                read_to = read_to.max(window.before);
                let page = position.page_after(window.before, None, trail, NOW);
                prop_assert!(page.next.since >= position.since);
                let more = page.more;
                position = page.next;
                if !more { break }
            }
            prop_assert!(read_to >= NOW.after_ms(-SETTLE_MS).max(ago(days)) || days == 0);
        }
    }
}
