//! Intake by push: Amazon sends word of changes to a queue of ours, and the lanes look at once
//! instead of at the next sweep.
//!
//! [`listen`] takes messages off a [`mailbox`] ([`sqs`], or [`in_process`] from the simulated
//! Amazon), keeps hints, makes the lanes due, and only then deletes. [`subscriptions`] sees to it
//! that Amazon sends them. What is lost on the way comes with the next sweep.

pub mod in_process;
pub mod listen;
pub mod mailbox;
pub mod sqs;
pub mod subscriptions;

use serde::Deserialize;

pub use self::listen::Listener;
pub use self::mailbox::{Letter, Mailbox, MailboxError};

/// `[notifications]` of the config file: an SQS Standard queue.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notifications {
    /// Where messages are taken from.
    pub queue_url: String,
    /// What Amazon is told to send to: `arn:aws:sqs:region:account:name`.
    pub queue_arn: String,
    /// The queue's AWS region, where the ARN does not say it.
    #[serde(default)]
    region: Option<String>,
    /// Another address than AWS's own, for a server that stands in for it.
    #[serde(default)]
    pub endpoint: Option<String>,
}

impl Notifications {
    /// A queue at AWS's own address, or at another.
    pub fn of(queue_url: &str, queue_arn: &str, endpoint: Option<&str>) -> Notifications {
        Notifications {
            queue_url: queue_url.to_owned(),
            queue_arn: queue_arn.to_owned(),
            region: None,
            endpoint: endpoint.map(str::to_owned),
        }
    }

    /// The queue's AWS region, where anything says it: the config, the ARN, or AWS's own address.
    pub fn region(&self) -> Option<&str> {
        let of_arn = || self.queue_arn.split(':').nth(3).filter(|region| !region.is_empty());
        let of_url = || self.queue_url.split_once("://sqs.")?.1.split('.').next();
        self.region.as_deref().or_else(of_arn).or_else(of_url)
    }
}
