//! Where Amazon sends word to, and of what: one call each. The first two and the last are the
//! application's and go out with a token that belongs to no seller.

use base::{Timestamp, Transport};

use super::{PullStop, ask_in_role};
use crate::api::notifications::{
    CreateDestination, CreateSubscription, DeleteSubscriptionById, Destination, GetDestinations,
    GetSubscription, PAYLOAD_VERSION, Subscription,
};

/// A type that a seller is subscribed to, and which changes of it (none: all that there are).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Wanted {
    pub kind: &'static str,
    pub order_change_types: &'static [&'static str],
}

impl Wanted {
    /// True when the subscription tells of all that is wanted, under the version that is read.
    pub fn is_told_by(&self, subscription: &Subscription) -> bool {
        let told = &subscription.order_change_types;
        let is_told = |wanted: &&str| told.iter().any(|one| one == wanted);
        let all = told.is_empty() || self.order_change_types.iter().all(is_told);
        all && subscription.payload_version == PAYLOAD_VERSION
    }
}

/// The application's destinations.
pub async fn destinations(
    transport: &dyn Transport,
    now: Timestamp,
) -> Result<Vec<Destination>, PullStop> {
    ask_in_role(transport, &GetDestinations, now).await
}

/// Makes a queue a destination. `None`: the name or the queue is one already.
pub async fn create_destination(
    transport: &dyn Transport,
    (name, arn): (&str, &str),
    now: Timestamp,
) -> Result<Option<Destination>, PullStop> {
    let asked = ask_in_role(transport, &CreateDestination { name, arn }, now).await;
    unless(409, asked)
}

/// The seller's subscription to a type, if there is one.
pub async fn subscription(
    transport: &dyn Transport,
    kind: &str,
    now: Timestamp,
) -> Result<Option<Subscription>, PullStop> {
    let call = GetSubscription { kind, payload_version: PAYLOAD_VERSION };
    let asked = ask_in_role(transport, &call, now).await;
    unless(404, asked)
}

/// Subscribes the seller. `None`: it is subscribed already.
pub async fn subscribe(
    transport: &dyn Transport,
    wanted: &Wanted,
    destination_id: &str,
    now: Timestamp,
) -> Result<Option<Subscription>, PullStop> {
    let call = CreateSubscription {
        kind: wanted.kind,
        payload_version: PAYLOAD_VERSION,
        destination_id,
        order_change_types: wanted.order_change_types,
    };
    let asked = ask_in_role(transport, &call, now).await;
    unless(409, asked)
}

/// Ends a subscription. One that is gone is as good as ended.
pub async fn unsubscribe(
    transport: &dyn Transport,
    kind: &str,
    subscription_id: &str,
    now: Timestamp,
) -> Result<(), PullStop> {
    let call = DeleteSubscriptionById { kind, subscription_id };
    let asked = ask_in_role(transport, &call, now).await;
    unless(404, asked).map(drop)
}

/// One status of Amazon's is an answer here.
fn unless<T>(expected: u16, asked: Result<T, PullStop>) -> Result<Option<T>, PullStop> {
    match asked {
        Ok(answer) => Ok(Some(answer)),
        Err(PullStop::Status { status, .. }) if status == expected => Ok(None),
        Err(stop) => Err(stop),
    }
}
