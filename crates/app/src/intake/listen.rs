//! Listens: messages become hints in the store, and only then are deleted. Where that ends in
//! between, they come again and are the same hints.

mod directory;

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use amazon::source::hints::{HintError, read_hint, redacted};
use base::id::content_hash;
use base::{Clock, Timestamp};
use store::{Hint, Store, UnreadNotification};
use tokio::sync::Notify;

use self::directory::{Addressed, Directory};
use super::Notifications;
use super::mailbox::{Letter, Mailbox, MailboxError};
use super::sqs::Sqs;
use crate::say;
use crate::stages::{Gate, OpenGate};

/// How long to wait after the first failure, and at most.
const BACKOFF_FIRST_MS: i64 = Timestamp::SECOND;
const BACKOFF_MAX_MS: i64 = Timestamp::MINUTE;
/// Books are looked at again after so long; sooner when a seller is not known.
const DIRECTORY_MS: i64 = Timestamp::MINUTE;

/// What a notification of a seller that no book has is kept under.
const NO_BOOK_CODE: &str = "notification_of_no_book";

/// Takes messages off one queue for all books.
pub struct Listener {
    store: Store,
    clock: Arc<dyn Clock>,
    mailbox: Arc<dyn Mailbox>,
    gate: Arc<dyn Gate>,
    /// Rung when there is something new for a lane.
    bell: Arc<Notify>,
    directory: Mutex<Option<(Timestamp, Arc<Directory>)>>,
}

/// What one look into the mailbox came to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Taken {
    pub letters: u64,
    /// Hints that were not known.
    pub new: u64,
    /// Letters about what nobody here waits for.
    pub ignored: u64,
    /// Letters that could not be read, or belong to no book.
    pub unread: u64,
}

#[derive(Debug, thiserror::Error)]
pub enum ListenError {
    #[error(transparent)]
    Mailbox(#[from] MailboxError),
    #[error("the store failed")]
    Store(#[from] store::StoreError),
}

impl ListenError {
    pub fn code(&self) -> &'static str {
        match self {
            ListenError::Mailbox(error) => error.code(),
            ListenError::Store(error) => error.code(),
        }
    }
}

impl Listener {
    /// Listens at the queue that the config names.
    pub async fn at(of: &Notifications, store: Store, clock: Arc<dyn Clock>) -> Listener {
        Listener::new(store, clock, Arc::new(Sqs::open(of).await))
    }

    pub fn new(store: Store, clock: Arc<dyn Clock>, mailbox: Arc<dyn Mailbox>) -> Listener {
        Listener {
            store,
            clock,
            mailbox,
            gate: Arc::new(OpenGate),
            bell: Arc::new(Notify::new()),
            directory: Mutex::default(),
        }
    }

    /// Where a simulation may end the process.
    pub fn with_gate(mut self, gate: Arc<dyn Gate>) -> Listener {
        self.gate = gate;
        self
    }

    /// Rings this bell when there is something new.
    pub fn with_bell(mut self, bell: Arc<Notify>) -> Listener {
        self.bell = bell;
        self
    }

    /// Rings when there is something new: whoever gives turns in this process need not wait until it
    /// looks the next time.
    pub fn bell(&self) -> Arc<Notify> {
        self.bell.clone()
    }

    /// Listens until it is dropped. It may be dropped at any moment.
    pub async fn listen(&self) -> Infallible {
        let mut failures = 0_u32;
        loop {
            match self.round().await {
                Ok(_) => failures = 0,
                Err(error) => {
                    tracing::warn!(code = error.code(), "Listening failed: {}", say(&error));
                    let doubled = 2_i64.saturating_pow(failures.min(20));
                    failures = failures.saturating_add(1);
                    let wait_ms = BACKOFF_FIRST_MS.saturating_mul(doubled).min(BACKOFF_MAX_MS);
                    self.clock.until(self.clock.now().after_ms(wait_ms)).await;
                }
            }
        }
    }

    /// One look into the mailbox: keeps what is in it, then deletes it.
    pub async fn round(&self) -> Result<Taken, ListenError> {
        let letters = self.mailbox.receive().await?;
        if letters.is_empty() {
            return Ok(Taken::default());
        }
        let taken = self.keep(&letters).await?;
        self.mailbox.delete(&letters).await?;
        Ok(taken)
    }

    async fn keep(&self, letters: &[Letter]) -> Result<Taken, ListenError> {
        let now = self.clock.now();
        let mut sorted = sort(letters, &*self.directory(now, false).await?, now);
        if !sorted.strangers.is_empty() {
            // Perhaps a book was connected a moment ago.
            sorted = sort(letters, &*self.directory(now, true).await?, now);
        }
        self.gate.pass("intake: before storing").await;
        for unread in sorted.unread.iter().chain(sorted.strangers.values()) {
            tracing::warn!(code = %unread.code, "A notification is kept unread: {}", unread.detail);
            self.store.keep_unread(unread, now).await?;
        }
        let new = self.store.record_hints(&sorted.hints, now).await?;
        self.gate.pass("intake: after storing").await;
        if new > 0 {
            self.bell.notify_one();
        }
        let unread = sorted.unread.len().saturating_add(sorted.strangers.len());
        let count = |number: usize| u64::try_from(number).unwrap_or(u64::MAX);
        let (letters, unread) = (count(letters.len()), count(unread));
        Ok(Taken { letters, new, ignored: sorted.ignored, unread })
    }

    /// Which books there are, as of a minute ago at most.
    async fn directory(&self, now: Timestamp, anew: bool) -> Result<Arc<Directory>, ListenError> {
        let known = self.directory.lock().unwrap_or_else(PoisonError::into_inner).clone();
        if let Some((read, directory)) = known
            && !anew
            && now.since(read) < DIRECTORY_MS
        {
            return Ok(directory);
        }
        let (books, lanes) = (self.store.books().await?, self.store.lanes().await?);
        let directory = Arc::new(Directory::of(&books, &lanes));
        let mut kept = self.directory.lock().unwrap_or_else(PoisonError::into_inner);
        *kept = Some((now, directory.clone()));
        Ok(directory)
    }
}

/// Letters, by what becomes of them.
#[derive(Default)]
struct Sorted {
    hints: Vec<Hint>,
    ignored: u64,
    unread: Vec<UnreadNotification>,
    /// Of sellers that no book has, by their hash.
    strangers: BTreeMap<String, UnreadNotification>,
}

fn sort(letters: &[Letter], directory: &Directory, now: Timestamp) -> Sorted {
    let mut sorted = Sorted::default();
    for letter in letters {
        match read_hint(&letter.body) {
            Err(error) => sorted.unread.push(unreadable(&letter.body, error)),
            Ok(hint) => match directory.addressed(&hint, now) {
                Addressed::To(hints) => sorted.hints.extend(hints),
                Addressed::ToNobody => sorted.ignored = sorted.ignored.saturating_add(1),
                Addressed::ToAStranger => {
                    let unread = of_no_book(&letter.body, hint.seller_id.as_deref());
                    sorted.strangers.insert(unread.hash.clone(), unread);
                }
            },
        }
    }
    sorted
}

fn unreadable(body: &str, error: HintError) -> UnreadNotification {
    kept(body, error.code(), error.to_string())
}

fn of_no_book(body: &str, seller_id: Option<&str>) -> UnreadNotification {
    let detail = match seller_id {
        Some(seller_id) => format!("no book has the seller {seller_id}"),
        None => "it names no seller".to_owned(),
    };
    kept(body, NO_BOOK_CODE, detail)
}

fn kept(body: &str, code: &str, detail: String) -> UnreadNotification {
    UnreadNotification {
        hash: content_hash(body.as_bytes()),
        size: u64::try_from(body.len()).unwrap_or(u64::MAX),
        code: code.to_owned(),
        detail,
        body: redacted(body),
    }
}
