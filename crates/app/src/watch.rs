//! What looks after everything else: a snapshot that several may share, and every half a minute a
//! round in which alerts are decided and delivered.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Timestamp};
use store::{Store, StoreError};

use crate::alerts::{self, Config};
use crate::metrics;
use crate::status::{Snapshot, snapshot};
use crate::transport::Carrier;

/// Watches one store. One process at a time calls [`Watch::round`]; should two do so, the second
/// finds that the first has told everything, and tells nothing.
pub struct Watch {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// Carries alerts to webhooks.
    pub carrier: Arc<dyn Carrier>,
    pub config: Config,
    kept: Mutex<Option<Arc<Snapshot>>>,
    /// Up to which receipt delays were measured.
    measured: Mutex<Timestamp>,
    began: Timestamp,
}

/// How often a round is wanted.
pub const ROUND_MS: i64 = 30 * Timestamp::SECOND;
/// Delays of one round; more came of an outage, and are measured by the next.
const DELAYS_MAX: u32 = 5_000;

impl Watch {
    pub fn new(
        store: Store,
        clock: Arc<dyn Clock>,
        carrier: Arc<dyn Carrier>,
        config: Config,
    ) -> Watch {
        let began = clock.now();
        let (kept, measured) = (Mutex::default(), Mutex::new(began));
        Watch { store, clock, carrier, config, kept, measured, began }
    }

    /// How everything stands, as of at most so long ago.
    pub async fn snapshot(&self, age_ms: i64) -> Result<Arc<Snapshot>, StoreError> {
        let now = self.clock.now();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some(kept) = kept.filter(|kept| now.since(kept.at) < age_ms) {
            return Ok(kept);
        }
        let fresh = Arc::new(snapshot(&self.store, now).await?);
        *self.kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(fresh.clone());
        Ok(fresh)
    }

    /// Decides what a person should know, writes it down, and delivers what is due.
    pub async fn round(&self) -> Result<alerts::Told, StoreError> {
        self.measure().await?;
        let fresh = self.snapshot(0).await?;
        alerts::round(self, &fresh).await
    }

    /// Invoices that were posted since the last round, of changes that came while we ran: what came
    /// before was waiting for us, and says nothing of how long things take.
    async fn measure(&self) -> Result<(), StoreError> {
        let from = *self.measured.lock().unwrap_or_else(PoisonError::into_inner);
        let delays = self.store.delays_after(from, DELAYS_MAX).await?;
        for (changed, posted) in &delays {
            if *changed >= self.began {
                metrics::posted_after(posted.since(*changed));
            }
        }
        if let Some((_, last)) = delays.last() {
            *self.measured.lock().unwrap_or_else(PoisonError::into_inner) = *last;
        }
        Ok(())
    }
}
