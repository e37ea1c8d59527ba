//! The simulated Amazon's messages with no queue between: for worlds in one process.

use std::sync::{Arc, Mutex, PoisonError};

use base::{Clock, Timestamp};
use sandbox::amazon::Amazon;

use super::mailbox::{Answer, Letter, Mailbox, TAKEN_MAX};

/// What was taken and not deleted comes again after so long, as at SQS by default.
const HIDDEN_MS: i64 = 30 * Timestamp::SECOND;

/// A mailbox that the simulated Amazon sends to.
pub struct InProcess {
    amazon: Arc<Amazon>,
    clock: Arc<dyn Clock>,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    numbered: u64,
    /// Letters with the moment at which they may be taken again.
    letters: Vec<(Timestamp, Letter)>,
}

impl InProcess {
    pub fn new(amazon: Arc<Amazon>, clock: Arc<dyn Clock>) -> InProcess {
        InProcess { amazon, clock, held: Mutex::default() }
    }

    /// Never waits: a simulated world's clock stands still meanwhile.
    fn take(&self) -> Vec<Letter> {
        let now = self.clock.now();
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        for notification in self.amazon.take_notifications(TAKEN_MAX) {
            held.numbered = held.numbered.saturating_add(1);
            let receipt = held.numbered.to_string();
            held.letters.push((now, Letter { body: notification.body, receipt }));
        }
        let free = held.letters.iter_mut().filter(|(from, _)| *from <= now);
        free.take(TAKEN_MAX)
            .map(|(from, letter)| {
                *from = now.after_ms(HIDDEN_MS);
                letter.clone()
            })
            .collect()
    }

    fn drop_all(&self, letters: &[Letter]) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        let is_kept = |receipt: &str| letters.iter().any(|letter| letter.receipt == receipt);
        held.letters.retain(|(_, letter)| !is_kept(&letter.receipt));
    }
}

impl Mailbox for InProcess {
    fn receive(&self) -> Answer<'_, Vec<Letter>> {
        Box::pin(std::future::ready(Ok(self.take())))
    }

    fn delete<'a>(&'a self, letters: &'a [Letter]) -> Answer<'a, ()> {
        self.drop_all(letters);
        Box::pin(std::future::ready(Ok(())))
    }
}
