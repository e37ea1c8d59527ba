//! An order in Amazon's words becomes an order in ours. The file worth reading: every amount,
//! status and quantity of an order passes through here, and nothing is guessed.

mod item;
mod words;

use base::id::content_hash;
use base::{CurrencyError, FactId, MoneyError, Subject, TimeError, Timestamp};
use facts::order as ours;
use facts::{Body, Fact};
use serde_json::value::RawValue;

use super::{Account, Raw, privacy};
use crate::api::orders::order as wire;

/// What an archived order is called.
pub const DOCUMENT_KIND: &str = "amazon.order";

/// Amazon's order numbers have 19 characters; multi-channel ones a few more.
const ORDER_ID_MAX: usize = 50;

/// Why an order could not be read. It is kept as an unreadable fact that says so.
#[derive(Debug, thiserror::Error)]
pub enum OrderError {
    #[error("the order is not as Amazon's model says: {0}")]
    Shape(serde_json::Error),
    #[error("the order number {0:?} is not one of Amazon's")]
    OrderId(String),
    #[error("{field}: {error}")]
    Time { field: &'static str, error: TimeError },
    #[error("{place}: {error}")]
    Currency { place: String, error: CurrencyError },
    #[error("{place}: {error}")]
    Amount { place: String, error: MoneyError },
}

/// Reads one order as Amazon wrote it. Never fails: an order that cannot be read is a fact that
/// says why, with the money still in the archived document.
pub fn read_order(account: &Account, raw: &RawValue, now: Timestamp) -> (Fact, Raw) {
    let text = privacy::pruned(account, raw);
    let hash = content_hash(text.as_bytes());
    let read = order(account, &text);
    let (subject, occurred, body) = match read {
        Ok(order) => (Subject::order(&order.order_id), order.updated, Body::Order(Box::new(order))),
        Err(error) => unreadable(&text, &hash, &error, now),
    };
    let updated = match &body {
        Body::Order(order) => order.updated.iso(),
        Body::Unreadable { .. }
        | Body::Approval(_)
        | Body::Settlement(_)
        | Body::Transaction(_)
        | Body::Payout(_)
        | Body::Summary(_)
        | Body::PaymentGroup(_)
        | Body::Balance(_)
        | Body::Proof { .. } => String::new(),
    };
    let region = account.region.as_str();
    let about = subject.order_id().unwrap_or(subject.as_str());
    let parts = ["amazon.orders", &account.seller_id, region, about, &updated, hash.as_str()];
    let fact = Fact {
        id: FactId::derive(&parts),
        subject,
        occurred,
        source: format!("amazon:{region}:orders"),
        raw_hash: hash.clone(),
        body,
    };
    (fact, Raw { hash, kind: DOCUMENT_KIND.to_owned(), bytes: text.into_bytes() })
}

/// The subject is the order when its number can be found, else the document itself. Its moment is
/// Amazon's where it can be read, so that a later snapshot that is in order takes its place.
fn unreadable(
    text: &str,
    hash: &str,
    error: &OrderError,
    now: Timestamp,
) -> (Subject, Timestamp, Body) {
    let subject = match privacy::text_of(text, "orderId").filter(|id| is_order_id(id)) {
        Some(order_id) => Subject::order(&order_id),
        None => Subject::from_stored(format!("unreadable:{hash}")),
    };
    let updated = privacy::text_of(text, "lastUpdatedTime");
    let occurred = updated.and_then(|text| Timestamp::parse(&text).ok()).unwrap_or(now);
    (subject, occurred, Body::Unreadable { reason: error.to_string() })
}

pub(super) fn is_order_id(text: &str) -> bool {
    let is_plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    !text.is_empty() && text.len() <= ORDER_ID_MAX && is_plain
}

fn order(account: &Account, text: &str) -> Result<ours::Order, OrderError> {
    let wire: wire::Order = serde_json::from_str(text).map_err(OrderError::Shape)?;
    if !is_order_id(&wire.order_id) {
        return Err(OrderError::OrderId(wire.order_id));
    }
    let fulfillment = wire.fulfillment.as_ref();
    let proceeds = wire.proceeds.as_ref();
    let grand_total = proceeds.and_then(|proceeds| proceeds.grand_total.as_ref());
    let channel = &wire.sales_channel;
    Ok(ours::Order {
        region: account.region.as_str().to_owned(),
        seller_id: account.seller_id.clone(),
        marketplace_id: channel.marketplace_id.clone().unwrap_or_default(),
        marketplace_name: channel.marketplace_name.clone().unwrap_or_default(),
        channel: words::channel(&channel.channel_name),
        created: time("createdTime", &wire.created_time)?,
        updated: time("lastUpdatedTime", &wire.last_updated_time)?,
        status: words::status(fulfillment.and_then(|f| f.fulfillment_status.as_deref())),
        fulfilled_by: words::fulfilled_by(fulfillment.and_then(|f| f.fulfilled_by.as_deref())),
        associated: list(wire.associated_orders.as_ref()).map(words::associated).collect(),
        grand_total: grand_total.map(|total| money(total, || "grandTotal".into())).transpose()?,
        charges: order_charges(proceeds)?,
        items: wire.order_items.iter().map(item::item).collect::<Result<_, _>>()?,
        payment_methods: payment_methods(wire.payment.as_ref()),
        ship_to: ship_to(wire.recipient.as_ref()),
        buyer: wire.buyer.as_ref().map(buyer),
        programs: wire.programs.unwrap_or_default(),
        order_id: wire.order_id,
    })
}

fn time(field: &'static str, text: &str) -> Result<Timestamp, OrderError> {
    Timestamp::parse(text).map_err(|error| OrderError::Time { field, error })
}

/// An amount, exact in its currency; `place` says where it stood.
fn money(wire: &wire::Money, place: impl Fn() -> String) -> Result<base::Money, OrderError> {
    let currency = wire
        .currency_code
        .parse()
        .map_err(|error| OrderError::Currency { place: place(), error })?;
    base::Money::exact(wire.amount.0, currency)
        .map_err(|error| OrderError::Amount { place: place(), error })
}

/// The elements of a list that may be missing or null.
fn list<T>(list: Option<&Vec<T>>) -> impl Iterator<Item = &T> {
    list.into_iter().flatten()
}

fn order_charges(
    proceeds: Option<&wire::OrderProceeds>,
) -> Result<Vec<ours::OrderCharge>, OrderError> {
    list(proceeds.and_then(|proceeds| proceeds.breakdowns.as_ref()))
        .map(|breakdown| {
            Ok(ours::OrderCharge {
                kind: words::charge_kind(&breakdown.kind),
                is_pending: breakdown.status.as_deref() == Some("PENDING"),
                amount: money(&breakdown.subtotal, || format!("order {}", breakdown.kind))?,
            })
        })
        .collect()
}

fn payment_methods(wire: Option<&wire::Payment>) -> Vec<String> {
    list(wire.and_then(|payment| payment.payment_executions.as_ref()))
        .filter_map(|execution| execution.payment_method.clone())
        .collect()
}

fn ship_to(wire: Option<&wire::Recipient>) -> Option<ours::ShipTo> {
    let address = wire?.delivery_address.as_ref()?;
    let country = filled(address.country_code.as_ref());
    Some(ours::ShipTo { country, state: filled(address.state_or_region.as_ref()) })
}

fn buyer(wire: &wire::Buyer) -> ours::Buyer {
    ours::Buyer {
        name: filled(wire.buyer_name.as_ref()),
        email: filled(wire.buyer_email.as_ref()),
        company: filled(wire.buyer_company_name.as_ref()),
        purchase_order: filled(wire.buyer_purchase_order_number.as_ref()),
    }
}

/// Amazon writes empty texts where it means nothing.
fn filled(text: Option<&String>) -> Option<String> {
    text.filter(|text| !text.is_empty()).cloned()
}

#[cfg(test)]
mod tests {
    use base::{Currency, Money};
    use proptest::prelude::*;

    use super::*;
    use crate::spec::Region;

    const NOW: Timestamp = Timestamp(1_800_000_000_000);

    fn account(buyer_data: bool) -> Account {
        let marketplaces = Vec::new();
        Account { region: Region::Europe, seller_id: "A1".to_owned(), marketplaces, buyer_data }
    }

    fn read(text: &str) -> (Fact, Raw) {
        read_order(&account(false), &RawValue::from_string(text.to_owned()).unwrap(), NOW)
    }

    #[track_caller]
    fn order_of(text: &str) -> ours::Order {
        let body = read(text).0.body;
        let Body::Order(order) = body else { panic!("{body:?}") };
        *order
    }

    #[track_caller]
    fn reason_of(text: &str) -> String {
        let body = read(text).0.body;
        let Body::Unreadable { reason } = body else { panic!("it was read: {body:?}") };
        reason
    }

    const ORDER: &str = r#"{"orderId":"202-1234567-8901234","createdTime":"2026-01-24T09:15:00Z",
        "lastUpdatedTime":"2026-01-25T16:30:00.250Z","programs":["PRIME"],
        "associatedOrders":[{"orderId":"202-0-0","associationType":"EXCHANGE_ORIGINAL_ID"}],
        "salesChannel":{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P","marketplaceName":"Amazon.co.uk"},
        "proceeds":{"grandTotal":{"amount":"103.97","currencyCode":"GBP"},"breakdowns":[
            {"type":"ITEM","subtotal":{"amount":"89.97","currencyCode":"GBP"}},
            {"type":"DELIVERY_TIP","status":"PENDING","subtotal":{"amount":"5.00","currencyCode":"GBP"}}]},
        "payment":{"paymentExecutions":[{"paymentMethod":"Invoice"}]},
        "fulfillment":{"fulfillmentStatus":"PARTIALLY_SHIPPED","fulfilledBy":"MERCHANT"},
        "orderItems":[{"orderItemId":"20212345678901","quantityOrdered":3,
            "product":{"asin":"B08DFPV54V","title":"Echo Dot","sellerSku":"ECHO-3","price":{"unitPrice":{"amount":"29.99","currencyCode":"GBP"}}},
            "proceeds":{"proceedsTotal":{"amount":"103.97","currencyCode":"GBP"},"breakdowns":[
                {"type":"ITEM","subtotal":{"amount":"89.97","currencyCode":"GBP"}},
                {"type":"TAX","subtotal":{"amount":"4.00","currencyCode":"GBP"},"detailedBreakdowns":[
                    {"subtype":"ITEM","value":{"amount":"3.00","currencyCode":"GBP"}},
                    {"subtype":"SHIPPING","value":{"amount":"1.00","currencyCode":"GBP"}}]},
                {"type":"DISCOUNT","subtotal":{"amount":"-0.50","currencyCode":"GBP"}}]},
            "promotion":{"breakdowns":[{"promotionId":"UK-BOXING-DAY"}]},
            "cancellation":{"cancellationExecution":{"cancelledBy":"BUYER"}},
            "fulfillment":{"quantityFulfilled":2,"quantityUnfulfilled":1},
            "tax":{"taxCalculationBreakdowns":[{"reportingScheme":"IOSS"}],
                "taxCollections":[{"model":"MARKETPLACE_FACILITATOR","responsibleParty":"Amazon EU"}]}}]}"#;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    #[test]
    fn an_order_keeps_its_times_status_and_total() {
        let order = order_of(ORDER);
        assert_eq!(order.order_id, "202-1234567-8901234");
        assert_eq!((order.region.as_str(), order.seller_id.as_str()), ("EU", "A1"));
        assert_eq!(order.updated.iso(), "2026-01-25T16:30:00.250Z");
        assert_eq!(order.status, ours::Status::PartiallyShipped);
        assert_eq!(order.fulfilled_by, ours::FulfilledBy::Merchant);
        assert_eq!(order.grand_total, Some(gbp(10_397)));
        assert_eq!(order.payment_methods, ["Invoice"]);
        assert!(order.is_replacement() && order.has_program("PRIME"));
    }

    #[test]
    fn a_tip_that_may_still_change_is_pending() {
        let order = order_of(ORDER);
        assert_eq!(order.charges[1].kind, ours::ChargeKind::DeliveryTip);
        assert_eq!((order.charges[0].is_pending, order.charges[1].is_pending), (false, true));
    }

    #[test]
    fn an_item_keeps_every_charge_with_its_sign_and_parts() {
        let item = &order_of(ORDER).items[0];
        let tax = item.charge(&ours::ChargeKind::Tax).unwrap();
        let parts = [(ours::ChargeKind::Item, gbp(3_00)), (ours::ChargeKind::Shipping, gbp(1_00))];
        assert_eq!(tax.parts.iter().map(|p| (p.of.clone(), p.amount)).collect::<Vec<_>>(), parts);
        assert_eq!(item.charge(&ours::ChargeKind::Discount).unwrap().amount, gbp(-50));
        assert_eq!((item.ordered, item.fulfilled, item.unfulfilled), (3, Some(2), Some(1)));
        assert_eq!(item.unit_price, Some(gbp(29_99)));
        assert_eq!(item.promotions, ["UK-BOXING-DAY"]);
        assert_eq!(item.facilitator.as_deref(), Some("Amazon EU"));
        assert_eq!(item.reporting_scheme.as_deref(), Some("IOSS"));
        assert_eq!(item.cancelled_by.as_deref(), Some("BUYER"));
    }

    #[test]
    fn unknown_words_are_kept_and_nothing_stands_for_them() {
        let text = ORDER
            .replace("\"PARTIALLY_SHIPPED\"", "\"INVOICE_UNCONFIRMED\"")
            .replace("\"DELIVERY_TIP\"", "\"ECO_FEE\"")
            .replace("\"AMAZON\"", "\"AMAZON_LOCAL\"")
            .replace("\"MERCHANT\"", "\"ROBOT\"");
        let order = order_of(&text);
        assert_eq!(order.status, ours::Status::Other("INVOICE_UNCONFIRMED".to_owned()));
        assert_eq!(order.charges[1].kind, ours::ChargeKind::Other("ECO_FEE".to_owned()));
        assert_eq!(order.channel, ours::Channel::Other("AMAZON_LOCAL".to_owned()));
        assert_eq!(order.fulfilled_by, ours::FulfilledBy::Other("ROBOT".to_owned()));
    }

    #[test]
    fn all_but_ids_and_times_may_be_missing_or_null() {
        let order = order_of(
            r#"{"orderId":"S01-1","createdTime":"2026-01-24T09:15:00Z","lastUpdatedTime":"2026-01-24T09:15:00Z",
                "salesChannel":{"channelName":"NON_AMAZON"},"programs":null,"proceeds":null,"associatedOrders":null,
                "orderItems":[{"orderItemId":"1","quantityOrdered":1,"product":{"sellerSku":""},"proceeds":{"breakdowns":null}}]}"#,
        );
        assert_eq!(order.channel, ours::Channel::NonAmazon);
        assert_eq!(order.status, ours::Status::Other(String::new()));
        assert_eq!((order.grand_total, order.marketplace_id.as_str()), (None, ""));
        assert_eq!((order.items[0].sku.clone(), order.items[0].live()), (None, 1));
    }

    #[test]
    fn an_amount_that_its_currency_cannot_hold_is_unreadable_and_says_where() {
        let text = ORDER.replace("\"3.00\"", "\"3.005\"");
        let reason = "item 20212345678901 TAX of ITEM: 3.005 has more decimals than GBP has";
        assert_eq!(reason_of(&text), reason);
        let yen = ORDER
            .replace("\"103.97\",\"currencyCode\":\"GBP\"", "\"10.5\",\"currencyCode\":\"JPY\"");
        assert_eq!(reason_of(&yen), "grandTotal: 10.5 has more decimals than JPY has");
    }

    #[test]
    fn an_amount_that_is_no_number_is_unreadable() {
        for amount in ["\"12,00\"", "\"\"", "\"twelve\"", "null", "{}", "\"1e400\"", "\"NaN\""] {
            let text = ORDER.replace("\"103.97\"", amount);
            assert!(reason_of(&text).contains("not as Amazon's model says"), "{amount}");
        }
    }

    #[test]
    fn an_amount_may_be_written_as_a_number() {
        let order = order_of(&ORDER.replace("\"103.97\"", "103.97"));
        assert_eq!(order.grand_total, Some(gbp(10_397)));
    }

    #[test]
    fn a_currency_that_is_none_is_unreadable() {
        let text = ORDER.replacen("\"GBP\"", "\"gbp\"", 1);
        assert!(reason_of(&text).starts_with("grandTotal: \"gbp\" is not a currency code"));
    }

    #[test]
    fn a_negative_quantity_is_unreadable() {
        assert!(
            reason_of(&ORDER.replace("\"quantityOrdered\":3", "\"quantityOrdered\":-3"))
                .contains("-3")
        );
    }

    #[test]
    fn an_unreadable_order_belongs_to_its_order_and_keeps_amazons_moment() {
        let (fact, _) =
            read(&ORDER.replace("\"quantityOrdered\":3", "\"quantityOrdered\":\"three\""));
        assert_eq!(fact.subject, Subject::order("202-1234567-8901234"));
        assert_eq!(fact.occurred.iso(), "2026-01-25T16:30:00.250Z");
    }

    #[test]
    fn an_order_without_a_number_belongs_to_its_own_content() {
        for text in [
            r#"{"createdTime":"x"}"#,
            r#"{"orderId":"../../x"}"#,
            r#"{"orderId":""}"#,
            "null",
            "[1]",
        ] {
            let (fact, raw) = read(text);
            assert_eq!(fact.subject, Subject::from_stored(format!("unreadable:{}", raw.hash)));
            assert_eq!(fact.occurred, NOW);
        }
    }

    #[test]
    fn reading_twice_gives_one_id_and_another_content_gives_another() {
        assert_eq!(read(ORDER).0.id, read(ORDER).0.id);
        let spaced = ORDER.replace("{\"type\"", "{ \"type\"");
        assert_eq!(read(ORDER).0.id, read(&spaced).0.id);
        let changed = ORDER.replace("\"103.97\"", "\"103.98\"");
        assert_ne!(read(ORDER).0.id, read(&changed).0.id);
    }

    #[test]
    fn the_archived_document_is_found_by_the_facts_hash() {
        let (fact, raw) = read(ORDER);
        assert_eq!(fact.raw_hash, content_hash(&raw.bytes));
        assert_eq!((raw.kind.as_str(), fact.source.as_str()), (DOCUMENT_KIND, "amazon:EU:orders"));
    }

    #[test]
    fn a_buyer_is_a_fact_only_where_buyer_data_is_on() {
        let text = ORDER.replacen(
            "\"programs\"",
            r#""buyer":{"buyerName":"Sarah","buyerPurchaseOrderNumber":"PO-1"},
               "recipient":{"deliveryAddress":{"countryCode":"GB","stateOrRegion":"","city":"London"}},"programs""#,
            1,
        );
        let off = order_of(&text);
        assert_eq!((off.buyer, off.ship_to), (None, None));
        let raw = RawValue::from_string(text).unwrap();
        let Body::Order(on) = read_order(&account(true), &raw, NOW).0.body else {
            panic!("unread")
        };
        assert_eq!(on.buyer.unwrap().purchase_order.as_deref(), Some("PO-1"));
        assert_eq!(on.ship_to, Some(ours::ShipTo { country: Some("GB".to_owned()), state: None }));
    }

    fn json() -> impl Strategy<Value = String> {
        let leaf = prop_oneof![
            Just("null".to_owned()),
            any::<bool>().prop_map(|value| value.to_string()),
            any::<i64>().prop_map(|value| value.to_string()),
            "[a-zA-Z0-9 .,-]{0,12}".prop_map(|text| format!("\"{text}\"")),
        ];
        let name = prop_oneof![
            "[a-z]{1,6}",
            Just("orderId".to_owned()),
            Just("proceeds".to_owned()),
            Just("orderItems".to_owned()),
            Just("buyer".to_owned()),
            Just("deliveryAddress".to_owned()),
        ];
        leaf.prop_recursive(4, 48, 6, move |inner| {
            let list = proptest::collection::vec(inner.clone(), 0..5);
            let fields = proptest::collection::vec((name.clone(), inner), 0..6);
            prop_oneof![
                list.prop_map(|parts| format!("[{}]", parts.join(","))),
                fields.prop_map(|fields| {
                    let fields: Vec<String> =
                        fields.iter().map(|(name, value)| format!("\"{name}\":{value}")).collect();
                    format!("{{{}}}", fields.join(","))
                }),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_json_is_read_or_says_why(text in json()) {
            let (fact, raw) = read(&text);
            prop_assert_eq!(fact.raw_hash, content_hash(&raw.bytes));
            prop_assert!(!matches!(fact.body, Body::Approval(_)));
        }

        #[test]
        fn an_order_with_any_one_value_replaced_is_read_or_says_why(value in json(), at in 0_usize..40) {
            let places: Vec<(usize, &str)> = ORDER.match_indices("\":").collect();
            let (start, _) = places[at % places.len()];
            let (head, tail) = ORDER.split_at(start + 2);
            let end = tail.find([',', '}', ']']).unwrap();
            let text = format!("{head}{value}{}", tail.split_at(end).1);
            if let Ok(raw) = RawValue::from_string(text) {
                let (fact, document) = read_order(&account(true), &raw, NOW);
                prop_assert_eq!(fact.raw_hash, document.hash);
            }
        }

        #[test]
        fn an_amount_is_exact_or_refused(minor in -10_000_000_000_i64..10_000_000_000) {
            let amount = gbp(minor).amount().to_string();
            let order = order_of(&ORDER.replace("\"103.97\"", &format!("\"{amount}\"")));
            prop_assert_eq!(order.grand_total, Some(gbp(minor)));
        }
    }
}
