//! A queue at Amazon SQS.
//! <https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html>

use std::error::Error;
use std::time::Duration;

use aws_config::meta::region::RegionProviderChain;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::retry::RetryConfig;
use aws_sdk_sqs::config::timeout::TimeoutConfig;
use aws_sdk_sqs::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sqs::types::{
    DeleteMessageBatchRequestEntry, QueueAttributeName, SendMessageBatchRequestEntry,
};

use super::Notifications;
use super::mailbox::{Answer, Letter, Mailbox, MailboxError, TAKEN_MAX};
use crate::say;

/// SQS holds a call open for so long at most until a message comes.
const WAIT_S: u16 = 20;
/// A call that says nothing for longer than that is given up.
const GIVEN_UP: Duration = Duration::from_secs(40);
const CONNECT: Duration = Duration::from_secs(10);

/// One queue, and who may use it.
#[derive(Debug, Clone)]
pub struct Sqs {
    client: Client,
    url: String,
}

impl Sqs {
    /// With the credentials that any AWS tool would find: environment, profile, or the machine's
    /// role. Nothing is called yet.
    pub async fn open(of: &Notifications) -> Sqs {
        let named = of.region().map(|region| Region::new(region.to_owned()));
        let region = RegionProviderChain::first_try(named).or_default_provider();
        let mut loader = aws_config::defaults(BehaviorVersion::latest()).region(region);
        if let Some(endpoint) = &of.endpoint {
            loader = loader.endpoint_url(endpoint);
        }
        let config = aws_sdk_sqs::config::Builder::from(&loader.load().await);
        Sqs::with(config, &of.queue_url)
    }

    /// With a configuration of one's own.
    pub fn with(config: aws_sdk_sqs::config::Builder, url: &str) -> Sqs {
        let timeouts =
            TimeoutConfig::builder().connect_timeout(CONNECT).operation_timeout(GIVEN_UP).build();
        // Whoever calls decides when to call again.
        let config = config.retry_config(RetryConfig::disabled()).timeout_config(timeouts).build();
        Sqs { client: Client::from_conf(config), url: url.to_owned() }
    }

    /// Sends messages, [`TAKEN_MAX`] at most: what the simulated Amazon has to tell.
    pub async fn send(&self, bodies: &[String]) -> Result<(), MailboxError> {
        let mut entries = Vec::new();
        for (number, body) in bodies.iter().take(TAKEN_MAX).enumerate() {
            let entry = SendMessageBatchRequestEntry::builder();
            let entry = entry.id(number.to_string()).message_body(body).build();
            entries.push(entry.map_err(|error| MailboxError::Refused(error.to_string()))?);
        }
        let call = self.client.send_message_batch().queue_url(&self.url);
        let sent = call.set_entries(Some(entries)).send().await.map_err(|error| stopped(&error))?;
        all_done(sent.failed.iter().map(|entry| entry.message().unwrap_or(entry.code())))
    }

    /// The queue's own ARN: it is there, and we may use it.
    pub async fn arn(&self) -> Result<String, MailboxError> {
        let name = QueueAttributeName::QueueArn;
        let call = self.client.get_queue_attributes().queue_url(&self.url);
        let found =
            call.attribute_names(name.clone()).send().await.map_err(|error| stopped(&error))?;
        let arn = found.attributes.and_then(|mut all| all.remove(&name));
        arn.ok_or_else(|| MailboxError::Refused("the queue does not say its ARN".to_owned()))
    }

    async fn take(&self) -> Result<Vec<Letter>, MailboxError> {
        let most = i32::try_from(TAKEN_MAX).unwrap_or(1);
        let call = self.client.receive_message().queue_url(&self.url);
        let call = call.max_number_of_messages(most).wait_time_seconds(i32::from(WAIT_S));
        let received = call.send().await.map_err(|error| stopped(&error))?;
        let letters = received.messages.unwrap_or_default().into_iter().filter_map(|message| {
            let body = message.body.unwrap_or_default();
            message.receipt_handle.map(|receipt| Letter { body, receipt })
        });
        Ok(letters.collect())
    }

    async fn drop_all(&self, letters: &[Letter]) -> Result<(), MailboxError> {
        let mut entries = Vec::new();
        for (number, letter) in letters.iter().take(TAKEN_MAX).enumerate() {
            let entry = DeleteMessageBatchRequestEntry::builder();
            let entry = entry.id(number.to_string()).receipt_handle(&letter.receipt).build();
            entries.push(entry.map_err(|error| MailboxError::Refused(error.to_string()))?);
        }
        let call = self.client.delete_message_batch().queue_url(&self.url);
        let dropped =
            call.set_entries(Some(entries)).send().await.map_err(|error| stopped(&error))?;
        all_done(dropped.failed.iter().map(|entry| entry.message().unwrap_or(entry.code())))
    }
}

impl Mailbox for Sqs {
    fn receive(&self) -> Answer<'_, Vec<Letter>> {
        Box::pin(self.take())
    }

    fn delete<'a>(&'a self, letters: &'a [Letter]) -> Answer<'a, ()> {
        Box::pin(self.drop_all(letters))
    }
}

/// A batch succeeds as a whole although members of it fail.
fn all_done<'a>(mut failed: impl Iterator<Item = &'a str>) -> Result<(), MailboxError> {
    failed.next().map_or(Ok(()), |why| Err(MailboxError::Refused(why.to_owned())))
}

fn stopped<E>(error: &SdkError<E>) -> MailboxError
where
    E: ProvideErrorMetadata + Error + 'static,
{
    let refusal = error.as_service_error().and_then(|of| Some((of.code()?, of.message())));
    match refusal {
        Some((code, message)) => {
            MailboxError::Refused(format!("{code}: {}", message.unwrap_or("no reason given")))
        }
        // In words alone: the whole of it may hold a reply, and in that a message.
        None => MailboxError::NotReached(say(error)),
    }
}
