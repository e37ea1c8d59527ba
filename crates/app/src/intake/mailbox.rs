//! Where messages wait for us: taken, and deleted once they are kept.

use std::future::Future;
use std::pin::Pin;

/// Most letters that are taken at once (SQS allows ten).
pub const TAKEN_MAX: usize = 10;

/// One message. Until it is deleted it comes again after a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub body: String,
    /// What it is deleted by.
    pub receipt: String,
}

#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// It may pass by itself.
    #[error("the queue cannot be reached: {0}")]
    NotReached(String),
    /// A person looks: the queue, its policy or the credentials.
    #[error("the queue refuses: {0}")]
    Refused(String),
}

impl MailboxError {
    /// The page in `docs/errors`.
    pub fn code(&self) -> &'static str {
        match self {
            MailboxError::NotReached(_) => "queue_not_reached",
            MailboxError::Refused(_) => "queue_refused",
        }
    }
}

/// What a mailbox answers with, in its time.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, MailboxError>> + Send + 'a>>;

/// A queue that gives each message at least once and in no order. Never retries.
pub trait Mailbox: Send + Sync {
    /// Waits up to twenty seconds for messages; gives [`TAKEN_MAX`] at most, or none.
    fn receive(&self) -> Answer<'_, Vec<Letter>>;

    /// Deletes what is kept.
    fn delete<'a>(&'a self, letters: &'a [Letter]) -> Answer<'a, ()>;
}
