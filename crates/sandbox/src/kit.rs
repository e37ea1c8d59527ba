//! What both simulated vendors share: time, faults, and a log of what clients called and got
//! wrong.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Timestamp};

use crate::Faults;

/// Shared by both vendors of one sandbox.
pub struct Kit {
    pub clock: Arc<dyn Clock>,
    pub faults: Faults,
    /// False switches every rate limit off (`--no-limits`); nothing else gets milder.
    pub limits: bool,
    log: Mutex<Log>,
    away: Mutex<BTreeSet<String>>,
}

/// What clients did, by vendor.
#[derive(Debug, Default, Clone)]
pub struct Log {
    /// `("xero", "PUT /Invoices")` to the number of requests that reached the vendor.
    pub calls: BTreeMap<(String, String), u64>,
    /// Query parameters, JSON fields and headers that the vendor would silently ignore, by
    /// vendor: `("xero", "query foo on GET /Invoices")`. Daybook's list must stay empty.
    pub unknown: BTreeMap<(String, String), u64>,
    /// Requests that were refused because the client passed a limit, by vendor and operation.
    pub throttled: BTreeMap<(String, String), u64>,
}

impl Kit {
    pub fn new(clock: Arc<dyn Clock>, faults: Faults, limits: bool) -> Arc<Kit> {
        Arc::new(Kit { clock, faults, limits, log: Mutex::default(), away: Mutex::default() })
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// A vendor answers nothing but 503, or is back.
    pub fn set_away(&self, vendor: &str, is_away: bool) {
        let mut away = self.away.lock().unwrap_or_else(PoisonError::into_inner);
        if is_away {
            away.insert(vendor.to_owned());
        } else {
            away.remove(vendor);
        }
    }

    pub(crate) fn is_away(&self, vendor: &str) -> bool {
        self.away.lock().unwrap_or_else(PoisonError::into_inner).contains(vendor)
    }

    /// Counts a request under the vendor's operation.
    pub fn called(&self, vendor: &str, operation: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        *log.calls.entry((vendor.to_owned(), operation.to_owned())).or_default() += 1;
    }

    /// Notes a name that the vendor does not know and ignores.
    pub fn unknown(&self, vendor: &str, name: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        *log.unknown.entry((vendor.to_owned(), name.to_owned())).or_default() += 1;
    }

    /// Notes a request over the client's limit.
    pub fn throttled(&self, vendor: &str, operation: &str) {
        let mut log = self.log.lock().unwrap_or_else(PoisonError::into_inner);
        *log.throttled.entry((vendor.to_owned(), operation.to_owned())).or_default() += 1;
    }

    pub fn log(&self) -> Log {
        self.log.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
