//! Notifications v1: where Amazon sends word of changes, and of which.
//!
//! A *destination* belongs to the application: its operations, and those by a subscription's id,
//! take a token that belongs to no seller. A *subscription* belongs to a seller and one type.
//! <https://developer-docs.amazon.com/sp-api/docs/notifications-api-v1-reference>

use base::call::escape;
use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{USER_AGENT, get, read_json};

pub const DESTINATIONS_PATH: &str = "/notifications/v1/destinations";
pub const SUBSCRIPTIONS_PATH: &str = "/notifications/v1/subscriptions";

/// The scope of a token for the operations that belong to no seller.
/// <https://developer-docs.amazon.com/sp-api/docs/grantless-operations>
pub const SCOPE: &str = "sellingpartnerapi::notifications";

/// The payload version that all types of ours are subscribed with. (Report notifications call
/// themselves `2020-09-04` inside; Amazon takes and gives back `1.0` for them all the same.)
pub const PAYLOAD_VERSION: &str = "1.0";

pub const ORDER_CHANGE: &str = "ORDER_CHANGE";
pub const TRANSACTION_UPDATE: &str = "TRANSACTION_UPDATE";
pub const REPORT_PROCESSING_FINISHED: &str = "REPORT_PROCESSING_FINISHED";
pub const FBA_INVENTORY_AVAILABILITY_CHANGES: &str = "FBA_INVENTORY_AVAILABILITY_CHANGES";
/// Amazon sends it by `EventBridge` alone.
pub const LISTINGS_ITEM_MFN_QUANTITY_CHANGE: &str = "LISTINGS_ITEM_MFN_QUANTITY_CHANGE";

/// Every change of an order that Amazon tells of.
pub const ORDER_CHANGE_TYPES: [&str; 3] =
    ["OrderStatusChange", "BuyerRequestedChange", "DeliveryTipChange"];

/// One call a second, burst 5, each operation (Amazon's model file `notifications.json`).
const EACH: Limit = Limit::bucket(1_000, 5);

/// Every destination of the application in the region. Grantless.
#[derive(Debug, Clone, Copy)]
pub struct GetDestinations;

/// Names a queue as a destination. Grantless; 409 when the name or the queue is taken.
#[derive(Debug, Clone)]
pub struct CreateDestination<'a> {
    /// At most 256 characters, unique in the application.
    pub name: &'a str,
    /// `arn:aws:sqs:region:account:name`
    pub arn: &'a str,
}

/// The seller's subscription to a type; 404 when there is none.
#[derive(Debug, Clone)]
pub struct GetSubscription<'a> {
    pub kind: &'a str,
    pub payload_version: &'a str,
}

/// Subscribes the seller to a type; 409 when it is subscribed.
#[derive(Debug, Clone)]
pub struct CreateSubscription<'a> {
    pub kind: &'a str,
    pub payload_version: &'a str,
    pub destination_id: &'a str,
    /// Which changes of orders; for other types none.
    pub order_change_types: &'a [&'a str],
}

/// Ends a subscription of any seller of the application. Grantless.
#[derive(Debug, Clone)]
pub struct DeleteSubscriptionById<'a> {
    pub kind: &'a str,
    pub subscription_id: &'a str,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination {
    pub destination_id: String,
    pub name: String,
    /// The queue; none where it is an event bus.
    pub arn: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subscription {
    pub subscription_id: String,
    pub payload_version: String,
    pub destination_id: String,
    /// Empty where all changes of orders are told, and for other types.
    pub order_change_types: Vec<String>,
}

impl Call for GetDestinations {
    type Reply = Vec<Destination>;
    const OPERATION: &'static str = "getDestinations";
    const LIMIT: Limit = EACH;

    fn request(&self) -> Request {
        get(DESTINATIONS_PATH)
    }

    fn read(&self, response: &Response) -> Result<Vec<Destination>, CallError> {
        let found: Vec<DestinationWire> = payload(response)?;
        Ok(found.into_iter().map(Destination::from).collect())
    }
}

impl Call for CreateDestination<'_> {
    type Reply = Destination;
    const OPERATION: &'static str = "createDestination";
    const LIMIT: Limit = EACH;

    fn request(&self) -> Request {
        let specification = Resource { sqs: Some(Sqs { arn: self.arn.to_owned() }) };
        let body = NewDestination { name: self.name, resource_specification: specification };
        post(DESTINATIONS_PATH, &body)
    }

    fn read(&self, response: &Response) -> Result<Destination, CallError> {
        payload::<DestinationWire>(response).map(Destination::from)
    }
}

impl Call for GetSubscription<'_> {
    type Reply = Subscription;
    const OPERATION: &'static str = "getSubscription";
    const LIMIT: Limit = EACH;

    fn request(&self) -> Request {
        get(format!("{SUBSCRIPTIONS_PATH}/{}", escape(self.kind)))
            .query("payloadVersion", self.payload_version)
    }

    fn read(&self, response: &Response) -> Result<Subscription, CallError> {
        payload::<SubscriptionWire>(response).map(Subscription::from)
    }
}

impl Call for CreateSubscription<'_> {
    type Reply = Subscription;
    const OPERATION: &'static str = "createSubscription";
    const LIMIT: Limit = EACH;

    fn request(&self) -> Request {
        let of_orders = !self.order_change_types.is_empty();
        let body = NewSubscription {
            payload_version: self.payload_version,
            destination_id: self.destination_id,
            processing_directive: of_orders.then_some(NewDirective {
                event_filter: NewFilter {
                    event_filter_type: self.kind,
                    order_change_types: self.order_change_types,
                },
            }),
        };
        post(&format!("{SUBSCRIPTIONS_PATH}/{}", escape(self.kind)), &body)
    }

    fn read(&self, response: &Response) -> Result<Subscription, CallError> {
        payload::<SubscriptionWire>(response).map(Subscription::from)
    }
}

impl Call for DeleteSubscriptionById<'_> {
    type Reply = ();
    const OPERATION: &'static str = "deleteSubscriptionById";
    const LIMIT: Limit = EACH;

    fn request(&self) -> Request {
        let (kind, id) = (escape(self.kind), escape(self.subscription_id));
        let path = format!("{SUBSCRIPTIONS_PATH}/{kind}/{id}");
        Request::new(Method::Delete, Host::Api, path)
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT)
    }

    fn read(&self, response: &Response) -> Result<(), CallError> {
        // A success says nothing that we need, and may say nothing at all.
        let _: Option<Empty> = if response.body.is_empty() { None } else { read_json(response)? };
        Ok(())
    }
}

/// The operation at a path of this API and its method; none where it has no such operation that
/// is called here.
pub(crate) fn operation(method: Method, path: &str) -> Option<(&'static str, Limit)> {
    let kind = path.strip_prefix(SUBSCRIPTIONS_PATH).and_then(|rest| rest.strip_prefix('/'));
    let name = match (method, kind) {
        (Method::Get, None) if path == DESTINATIONS_PATH => GetDestinations::OPERATION,
        (Method::Post, None) if path == DESTINATIONS_PATH => CreateDestination::OPERATION,
        (Method::Get, Some(kind)) if !kind.contains('/') => GetSubscription::OPERATION,
        (Method::Post, Some(kind)) if !kind.contains('/') => CreateSubscription::OPERATION,
        (Method::Delete, Some(kind)) if kind.contains('/') => DeleteSubscriptionById::OPERATION,
        (Method::Get | Method::Post | Method::Put | Method::Delete, _) => return None,
    };
    Some((name, EACH))
}

/// The usage plan of an operation of this API, by its name.
pub(crate) fn limit(operation: &str) -> Option<Limit> {
    let names = [
        GetDestinations::OPERATION,
        CreateDestination::OPERATION,
        GetSubscription::OPERATION,
        CreateSubscription::OPERATION,
        DeleteSubscriptionById::OPERATION,
    ];
    names.contains(&operation).then_some(EACH)
}

fn post<T: Serialize>(path: &str, body: &T) -> Request {
    // Texts and lists of texts: there is nothing in it that could not be written.
    let body = serde_json::to_vec(body).unwrap_or_default();
    Request::new(Method::Post, Host::Api, path)
        .header("accept", "application/json")
        .header("user-agent", USER_AGENT)
        .json(body)
}

fn payload<T: serde::de::DeserializeOwned>(response: &Response) -> Result<T, CallError> {
    read_json::<Reply<T>>(response).map(|reply| reply.payload)
}

#[derive(Deserialize)]
struct Reply<T> {
    payload: T,
}

#[derive(Deserialize)]
struct Empty {}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct DestinationWire {
    destination_id: String,
    name: String,
    resource: Resource,
}

#[derive(Deserialize, Serialize)]
struct Resource {
    #[serde(skip_serializing_if = "Option::is_none")]
    sqs: Option<Sqs>,
}

#[derive(Deserialize, Serialize)]
struct Sqs {
    arn: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SubscriptionWire {
    subscription_id: String,
    payload_version: String,
    destination_id: String,
    processing_directive: Option<Directive>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Directive {
    event_filter: Option<Filter>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Filter {
    order_change_types: Option<Vec<String>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewDestination<'a> {
    name: &'a str,
    resource_specification: Resource,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewSubscription<'a> {
    payload_version: &'a str,
    destination_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    processing_directive: Option<NewDirective<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewDirective<'a> {
    event_filter: NewFilter<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct NewFilter<'a> {
    event_filter_type: &'a str,
    order_change_types: &'a [&'a str],
}

impl From<DestinationWire> for Destination {
    fn from(wire: DestinationWire) -> Self {
        Destination {
            destination_id: wire.destination_id,
            name: wire.name,
            arn: wire.resource.sqs.map(|sqs| sqs.arn),
        }
    }
}

impl From<SubscriptionWire> for Subscription {
    fn from(wire: SubscriptionWire) -> Self {
        let filter = wire.processing_directive.and_then(|directive| directive.event_filter);
        Subscription {
            subscription_id: wire.subscription_id,
            payload_version: wire.payload_version,
            destination_id: wire.destination_id,
            order_change_types: filter.and_then(|of| of.order_change_types).unwrap_or_default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ARN: &str = "arn:aws:sqs:us-east-2:444455556666:queue1";

    fn ok(body: &str) -> Response {
        Response { status: 200, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    fn body(request: &Request) -> &str {
        std::str::from_utf8(&request.body).unwrap()
    }

    #[test]
    fn amazons_examples_are_read() {
        let text = r#"{"payload":[{"destinationId":"9e7a83ee","name":"SQSDestination",
            "resource":{"sqs":{"arn":"arn:aws:sqs:us-east-2:444455556666:queue1"}}},
            {"destinationId":"b","name":"bus","resource":{"eventBridge":{"name":"n","region":"us-east-1","accountId":"1"}}}]}"#;
        let found = GetDestinations.read(&ok(text)).unwrap();
        assert_eq!(found[0].arn.as_deref(), Some(ARN));
        assert_eq!((found[1].name.as_str(), &found[1].arn), ("bus", &None));
        let text = r#"{"payload":{"subscriptionId":"7fcacc7e","payloadVersion":"1.0","destinationId":"3acafc7e",
            "processingDirective":{"eventFilter":{"eventFilterType":"ORDER_CHANGE","orderChangeTypes":["OrderStatusChange"]}}}}"#;
        let call = GetSubscription { kind: ORDER_CHANGE, payload_version: PAYLOAD_VERSION };
        let found = call.read(&ok(text)).unwrap();
        assert_eq!(found.order_change_types, ["OrderStatusChange"]);
        assert_eq!(
            call.request().target(),
            "/notifications/v1/subscriptions/ORDER_CHANGE?payloadVersion=1.0"
        );
    }

    #[test]
    fn a_destination_names_its_queue() {
        let request = CreateDestination { name: "daybook", arn: ARN }.request();
        let expected =
            format!(r#"{{"name":"daybook","resourceSpecification":{{"sqs":{{"arn":"{ARN}"}}}}}}"#);
        assert_eq!((request.method, body(&request)), (Method::Post, expected.as_str()));
    }

    #[test]
    fn only_order_changes_are_filtered() {
        let call = |kind, order_change_types| CreateSubscription {
            kind,
            payload_version: PAYLOAD_VERSION,
            destination_id: "d",
            order_change_types,
        };
        let request = call(ORDER_CHANGE, &ORDER_CHANGE_TYPES[..]).request();
        assert_eq!(
            body(&request),
            r#"{"payloadVersion":"1.0","destinationId":"d","processingDirective":{"eventFilter":{"eventFilterType":"ORDER_CHANGE","orderChangeTypes":["OrderStatusChange","BuyerRequestedChange","DeliveryTipChange"]}}}"#
        );
        let request = call(TRANSACTION_UPDATE, &[]).request();
        assert_eq!(body(&request), r#"{"payloadVersion":"1.0","destinationId":"d"}"#);
    }

    #[test]
    fn a_deletion_may_be_answered_with_nothing() {
        let call = DeleteSubscriptionById { kind: ORDER_CHANGE, subscription_id: "s 1" };
        assert_eq!(call.request().target(), "/notifications/v1/subscriptions/ORDER_CHANGE/s%201");
        assert_eq!((call.read(&ok("")), call.read(&ok("{}"))), (Ok(()), Ok(())));
    }

    #[test]
    fn every_request_has_its_operation() {
        let named = |request: Request| operation(request.method, &request.path).map(|of| of.0);
        assert_eq!(named(GetDestinations.request()), Some("getDestinations"));
        let create = CreateDestination { name: "n", arn: ARN };
        assert_eq!(named(create.request()), Some("createDestination"));
        let one = GetSubscription { kind: ORDER_CHANGE, payload_version: "1.0" };
        assert_eq!(named(one.request()), Some("getSubscription"));
        let delete = DeleteSubscriptionById { kind: ORDER_CHANGE, subscription_id: "1" };
        assert_eq!(named(delete.request()), Some("deleteSubscriptionById"));
        assert_eq!(operation(Method::Get, SUBSCRIPTIONS_PATH), None);
    }
}
