//! Notifications, as Amazon's model `notifications` has them: where they go, who is subscribed to
//! what, and the messages that the changing world sends.
//!
//! Destinations belong to the application and take a grantless token; subscriptions belong to a
//! region's seller and end with the authorisation. Messages wait in `post` until someone takes
//! them: a queue in the same process, or a real one that `daybook sandbox` sends them to.

mod post;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod wire;
mod words;

use std::collections::BTreeMap;
use std::sync::atomic::Ordering;
use std::sync::{MutexGuard, PoisonError};

use base::{Timestamp, digest};
use serde::Deserialize;
use serde_json::value::RawValue;

use super::Amazon;
use super::history::History;
use super::marketplaces::Region;
use super::reply::{self, Refusal};
use super::search::fields;

pub use self::post::Notification;

use self::post::Post;
use self::wire::{Directive, NewDestination, NewSubscription, Payload};

/// The scope of a grantless token for these operations.
pub(crate) const SCOPE: &str = "sellingpartnerapi::notifications";

/// What the application and its seller set up.
pub(crate) struct Notices {
    seed: u64,
    seller_id: String,
    made: u64,
    destinations: BTreeMap<(Region, String), Destination>,
    subscriptions: BTreeMap<(Region, String), Subscription>,
    post: Post,
}

#[derive(Debug, Clone)]
struct Destination {
    name: String,
    resource: wire::Resource,
}

#[derive(Debug, Clone)]
struct Subscription {
    id: String,
    payload_version: String,
    destination_id: String,
    directive: Option<Directive>,
    since: Timestamp,
}

/// Versions of the payload that the simulated types have.
const PAYLOAD_VERSION: &str = "1.0";
const NAME_MAX: usize = 256;
const ARN_MAX: usize = 1000;
const EXPRESSION_MAX: usize = 256;

impl Notices {
    pub(crate) fn new((seed, seller_id): (u64, &str), history: Option<&History>) -> Notices {
        Notices {
            seed,
            seller_id: seller_id.to_owned(),
            made: 0,
            destinations: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            post: Post::new(seed, history),
        }
    }

    fn name(&mut self, what: &str) -> String {
        self.made += 1;
        let digits = digest(&[&self.seed.to_string(), what, &self.made.to_string()]);
        let parts = [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)];
        let parts = parts.map(|(from, to)| digits.get(from..to).unwrap_or_default());
        parts.join("-")
    }

    /// The queue that a region's seller gets a type in, if that was so at the moment.
    fn queue(&self, region: Region, kind: &str, at: Timestamp) -> Option<(&str, &Subscription)> {
        let subscription = self.subscriptions.get(&(region, kind.to_owned()))?;
        let place = (region, subscription.destination_id.clone());
        let sqs = self.destinations.get(&place)?.resource.sqs.as_ref()?;
        (subscription.since <= at).then_some((sqs.arn.as_str(), subscription))
    }
}

impl Amazon {
    fn notices(&self) -> MutexGuard<'_, Notices> {
        self.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A seller without an authorisation is told nothing.
    pub(crate) fn end_subscriptions(&self, region: Region) {
        self.collect();
        self.notices().subscriptions.retain(|(of, _), _| *of != region);
    }

    pub(crate) fn get_destinations(&self, region: Region) -> String {
        let notices = self.notices();
        let of_region = notices.destinations.iter().filter(|((of, _), _)| *of == region);
        let list: Vec<wire::Destination> = of_region
            .map(|((_, id), of)| wire::Destination::of(id, &of.name, &of.resource))
            .collect();
        reply::text(&Payload { payload: list })
    }

    pub(crate) fn create_destination(
        &self,
        region: Region,
        body: &[u8],
    ) -> Result<String, Refusal> {
        let new: NewDestination =
            self.body(body, "createDestination", &wire::DESTINATION_FIELDS)?;
        if new.name.is_empty() || new.name.len() > NAME_MAX {
            return Err(Refusal::input("name must have 1 to 256 characters."));
        }
        let resource = new.resource_specification;
        match (&resource.sqs, &resource.event_bridge) {
            (Some(sqs), None) if is_queue(&sqs.arn) => {}
            (None, Some(bus)) if !bus.region.is_empty() && !bus.account_id.is_empty() => {}
            _ => {
                return Err(Refusal::input(
                    "resourceSpecification must name one sqs queue by its ARN, or one eventBridge.",
                ));
            }
        }
        let mut notices = self.notices();
        let is_taken = |of: &Destination| {
            of.name == new.name || (of.resource.sqs == resource.sqs && resource.sqs.is_some())
        };
        if notices.destinations.iter().any(|((of, _), one)| *of == region && is_taken(one)) {
            return Err(Refusal::conflict());
        }
        let id = notices.name("destination");
        let answer = wire::Destination::of(&id, &new.name, &resource);
        let answer = reply::text(&Payload { payload: answer });
        notices.destinations.insert((region, id), Destination { name: new.name, resource });
        Ok(answer)
    }

    pub(crate) fn get_subscription(
        &self,
        region: Region,
        kind: &str,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        self.in_role()?;
        words::channel(kind)?;
        let fields = fields(pairs)?;
        let version = fields.get("payloadVersion").copied();
        let notices = self.notices();
        let found = notices.subscriptions.get(&(region, kind.to_owned()));
        let found = found.filter(|of| version.is_none_or(|version| of.payload_version == version));
        let found = found.ok_or_else(|| Refusal::not_found(kind))?;
        Ok(reply::text(&Payload { payload: found.wire() }))
    }

    pub(crate) fn create_subscription(
        &self,
        region: Region,
        kind: &str,
        body: &[u8],
    ) -> Result<String, Refusal> {
        self.in_role()?;
        let channel = words::channel(kind)?;
        let new: NewSubscription =
            self.body(body, "createSubscription", &wire::SUBSCRIPTION_FIELDS)?;
        if new.payload_version != PAYLOAD_VERSION {
            return Err(Refusal::input("There is no such payloadVersion of this type."));
        }
        if let Some(directive) = &new.processing_directive {
            check_directive(kind, directive)?;
        }
        self.collect();
        let now = self.kit.now();
        let mut notices = self.notices();
        let destination = notices.destinations.get(&(region, new.destination_id.clone()));
        let destination =
            destination.ok_or_else(|| Refusal::input("There is no such destinationId."))?;
        if !channel.fits(&destination.resource) {
            return Err(Refusal::input("This type is not sent to such a destination."));
        }
        let place = (region, kind.to_owned());
        if notices.subscriptions.contains_key(&place) {
            return Err(Refusal::conflict());
        }
        let subscription = Subscription {
            id: notices.name("subscription"),
            payload_version: new.payload_version,
            destination_id: new.destination_id,
            directive: new.processing_directive,
            since: now,
        };
        let answer = reply::text(&Payload { payload: subscription.wire() });
        notices.subscriptions.insert(place, subscription);
        Ok(answer)
    }

    /// `id` is the type and the subscription's id.
    pub(crate) fn get_subscription_by_id(
        &self,
        region: Region,
        id: &str,
    ) -> Result<String, Refusal> {
        let notices = self.notices();
        let found = id.split_once('/').and_then(|(kind, id)| {
            notices.subscriptions.get(&(region, kind.to_owned())).filter(|of| of.id == id)
        });
        let found = found.ok_or_else(|| Refusal::not_found(id))?;
        Ok(reply::text(&Payload { payload: found.wire() }))
    }

    /// The same. What happened until now is still told.
    pub(crate) fn delete_subscription(&self, region: Region, id: &str) -> Result<String, Refusal> {
        self.collect();
        let mut notices = self.notices();
        let (kind, id) = id.split_once('/').unwrap_or((id, ""));
        let place = (region, kind.to_owned());
        if notices.subscriptions.get(&place).is_none_or(|of| of.id != id) {
            return Err(Refusal::not_found(id));
        }
        notices.subscriptions.remove(&place);
        Ok("{}".to_owned())
    }

    /// What a type needs is a role; without it Amazon says what it says of every missing access.
    fn in_role(&self) -> Result<(), Refusal> {
        if self.has_notifications_role.load(Ordering::Relaxed) {
            return Ok(());
        }
        Err(Refusal::access(""))
    }

    /// Reads a body, and notes the names in it that Amazon does not know.
    fn body<T: for<'a> Deserialize<'a>>(
        &self,
        body: &[u8],
        operation: &str,
        known: &[&str],
    ) -> Result<T, Refusal> {
        let unreadable = |_| Refusal::input("The body is not as the model says.");
        let names: BTreeMap<String, Box<RawValue>> =
            serde_json::from_slice(body).map_err(unreadable)?;
        for name in names.keys().filter(|name| !known.contains(&name.as_str())) {
            self.kit.unknown("amazon", &format!("field {name} on {operation}"));
        }
        serde_json::from_slice(body).map_err(unreadable)
    }
}

impl Subscription {
    fn wire(&self) -> wire::Subscription<'_> {
        wire::Subscription {
            subscription_id: &self.id,
            payload_version: &self.payload_version,
            destination_id: &self.destination_id,
            processing_directive: self.directive.as_ref(),
        }
    }
}

/// `^arn:aws:sqs:\S+:\S+:\S+` of the model.
fn is_queue(arn: &str) -> bool {
    let parts: Vec<&str> = arn.split(':').collect();
    let [first, partition, service, rest @ ..] = parts.as_slice() else { return false };
    let is_filled = rest.len() >= 3 && rest.iter().all(|part| !part.is_empty());
    let is_plain = !arn.contains(char::is_whitespace) && arn.len() <= ARN_MAX;
    [*first, *partition, *service] == ["arn", "aws", "sqs"] && is_filled && is_plain
}

/// A filter of events or an expression, not both; a filter is one of the type itself.
fn check_directive(kind: &str, directive: &Directive) -> Result<(), Refusal> {
    match (&directive.event_filter, &directive.filter_expression) {
        (Some(_), Some(_)) => {
            Err(Refusal::input("eventFilter and filterExpression cannot stand together."))
        }
        (None, Some(expression)) if expression.len() > EXPRESSION_MAX => {
            Err(Refusal::input("filterExpression has more than 256 characters."))
        }
        (Some(filter), None) if filter.event_filter_type != kind => {
            Err(Refusal::input("eventFilterType is not of this notification type."))
        }
        (Some(filter), None) => words::check_filter(kind, filter),
        (None, _) => Ok(()),
    }
}
