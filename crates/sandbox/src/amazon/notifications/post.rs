//! Messages on their way: what the changing world has to tell, and when each message arrives.
//!
//! Amazon promises neither order nor that a message comes once, nor that it comes. On a calm day
//! here each comes once and at once; faults double, delay, swap and lose them
//! (`notification ORDER_CHANGE` in a script).

use std::collections::BTreeMap;

use base::{Exact, Timestamp, digest};

use super::wire::{self, Envelope};
use super::{Notices, Subscription, words};
use crate::amazon::history::{History, Transaction};
use crate::amazon::marketplaces::Region;
use crate::amazon::reports::SETTLEMENT;
use crate::amazon::{Amazon, Version, reply};
use crate::faults::Fault;
use crate::random::Random;

/// A message for a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The queue of the destination.
    pub arn: String,
    /// `ORDER_CHANGE`
    pub kind: &'static str,
    /// As Amazon writes it.
    pub body: String,
}

/// How much later a double comes at most, and one that others overtake.
const DOUBLE_MS: u64 = 600_000;
const OVERTAKEN_MS: u64 = 60_000;

const APPLICATION: &str = "amzn1.sellerapps.app.aacccfff-4455-4b7c-4422-664ecacdd336";

pub(crate) struct Post {
    seed: u64,
    random: Random,
    numbered: u64,
    /// What of the history is to be told, by moment, and how far that has got.
    tellings: Vec<(Timestamp, Telling)>,
    told: usize,
    /// By the moment of their arrival.
    waiting: BTreeMap<(Timestamp, u64), Notification>,
}

/// A place in the history's lists.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Telling {
    Transaction(usize),
    Report(usize),
}

impl Post {
    pub(crate) fn new(seed: u64, history: Option<&History>) -> Post {
        let mut tellings: Vec<(Timestamp, Telling)> =
            history.iter().flat_map(|of| told(of)).collect();
        tellings.sort_unstable();
        Post {
            seed,
            random: Random::stream(seed, "notifications"),
            numbered: 0,
            tellings,
            told: 0,
            waiting: BTreeMap::new(),
        }
    }

    fn id(&mut self) -> String {
        self.numbered += 1;
        digest(&[&self.seed.to_string(), "notification", &self.numbered.to_string()])
    }

    /// What has come about since the last time and until now.
    fn due(&mut self, now: Timestamp) -> Vec<(Timestamp, Telling)> {
        let rest = self.tellings.get(self.told..).unwrap_or_default();
        let due: Vec<_> = rest.iter().take_while(|(at, _)| *at <= now).copied().collect();
        self.told += due.len();
        due
    }

    /// Puts a message on its way; what becomes of it there is the fault's.
    fn send(&mut self, at: Timestamp, notification: &Notification, fault: Fault) {
        let mut later = |ms: u64| {
            let drawn = self.random.below(ms.max(1));
            at.after_ms(i64::try_from(drawn).unwrap_or(0))
        };
        let arrivals = match fault {
            Fault::LostBefore | Fault::LostAfter | Fault::Missing => Vec::new(),
            Fault::Duplicated => vec![at, later(DOUBLE_MS)],
            Fault::Shuffled => vec![later(OVERTAKEN_MS)],
            Fault::Latency(ms) => vec![at.after_ms(i64::from(ms))],
            Fault::None
            | Fault::TooMany
            | Fault::ErrorBefore
            | Fault::ErrorAfter
            | Fault::Truncated
            | Fault::CutAfter(_) => vec![at],
        };
        for arrival in arrivals {
            self.numbered += 1;
            self.waiting.insert((arrival, self.numbered), notification.clone());
        }
    }

    fn take(&mut self, now: Timestamp, most: usize) -> Vec<Notification> {
        let mut taken = Vec::new();
        while taken.len() < most {
            let Some(first) = self.waiting.first_entry().filter(|of| of.key().0 <= now) else {
                break;
            };
            taken.push(first.remove());
        }
        taken
    }
}

/// When Amazon tells of what: a transaction when it is posted and when it is released, each as
/// late as the Finances API.
fn told(history: &History) -> Vec<(Timestamp, Telling)> {
    let of_transaction = |(place, of): (usize, &Transaction)| {
        let posted = (of.posted.after_ms(of.late_ms), Telling::Transaction(place));
        let released = (of.released.after_ms(of.late_ms), Telling::Transaction(place));
        std::iter::once(posted).chain(of.deferral.map(|_| released))
    };
    let transactions = history.transactions.iter().enumerate().flat_map(of_transaction);
    let reports = history.reports.iter().enumerate();
    let reports = reports.map(|(place, of)| (of.created, Telling::Report(place)));
    transactions.chain(reports).collect()
}

impl Amazon {
    /// Takes messages that have arrived by now, `most` at most.
    pub fn take_notifications(&self, most: usize) -> Vec<Notification> {
        self.collect();
        self.notices().post.take(self.kit.now(), most)
    }

    /// When the next message on its way arrives, of those about what has come about by now.
    pub fn next_notification(&self) -> Option<Timestamp> {
        self.collect();
        let notices = self.notices();
        notices.post.waiting.first_key_value().map(|((at, _), _)| *at)
    }

    /// Writes messages about what has come about since the last time, to who is subscribed.
    pub(crate) fn collect(&self) {
        let now = self.kit.now();
        let changed = self.shelf().take_untold(now);
        let mut notices = self.notices();
        for (region, version) in changed {
            let message = notices.order_change(region, &version);
            self.send(&mut notices, version.at, message);
        }
        let Some(history) = &self.history else { return };
        let region = history.options.setting.region();
        for (at, telling) in notices.post.due(now) {
            let message = match telling {
                Telling::Transaction(place) => notices.transaction((region, at), history, place),
                Telling::Report(place) => notices.report((region, at), history, place),
            };
            self.send(&mut notices, at, message);
        }
    }

    fn send(&self, notices: &mut Notices, at: Timestamp, message: Option<Notification>) {
        let Some(message) = message else { return };
        let fault = self.kit.faults.draw_post(&format!("notification {}", message.kind));
        notices.post.send(at, &message, fault);
    }
}

impl Notices {
    fn order_change(&mut self, region: Region, version: &Version) -> Option<Notification> {
        let at = version.at;
        let (arn, subscription) = self.queue(region, words::ORDER_CHANGE, at)?;
        let (arn, subscription) = (arn.to_owned(), subscription.clone());
        if !subscription.tells("OrderStatusChange") {
            return None;
        }
        let state = version.state();
        let draft = version.draft();
        let units = |of: fn(&crate::amazon::LineState) -> u64| state.lines.iter().map(of).sum();
        let items = draft.iter().flat_map(|draft| &draft.lines).map(|line| wire::OrderItem {
            order_item_id: line.item_id.to_string(),
            seller_sku: line.product.sku,
            supply_source_id: None,
            quantity: line.ordered,
        });
        let payload = wire::OrderPayload {
            order_change_notification: wire::OrderChange {
                notification_level: "OrderLevel",
                seller_id: self.seller_id.clone(),
                amazon_order_id: version.order_id().to_owned(),
                order_change_type: "OrderStatusChange",
                order_change_trigger: wire::Trigger {
                    time_of_order_change: at.iso(),
                    change_reason: "Order status change",
                },
                summary: wire::Summary {
                    marketplace_id: state.marketplace_id.clone(),
                    order_status: words::status(&state.status),
                    purchase_date: version.created().iso(),
                    destination_postal_code: draft.map(|draft| draft.place.postcode),
                    fulfillment_type: words::fulfilment(&state.fulfilled_by),
                    order_type: "StandardOrder",
                    number_of_items_shipped: units(|line| line.fulfilled),
                    number_of_items_unshipped: units(|line| line.unfulfilled),
                    order_items: items.collect(),
                },
            },
        };
        let body = self.body(words::ORDER_CHANGE, &subscription, at, payload);
        Some(Notification { arn, kind: words::ORDER_CHANGE, body })
    }

    fn transaction(
        &mut self,
        (region, at): (Region, Timestamp),
        history: &History,
        place: usize,
    ) -> Option<Notification> {
        let (arn, subscription) = self.queue(region, words::TRANSACTION_UPDATE, at)?;
        let (arn, subscription) = (arn.to_owned(), subscription.clone());
        let of = history.transactions.get(place)?;
        let money = base::Money::from_minor(of.total(), history.currency());
        let order = Some(of.order_id().to_owned()).filter(|id| !id.is_empty());
        let payload = wire::TransactionPayload {
            transaction_update_notification: wire::TransactionUpdate {
                selling_partner_metadata: wire::SellingPartner {
                    selling_partner_id: self.seller_id.clone(),
                    marketplace_id: history.options.setting.market().marketplace().id,
                    account_type: "PAYABLE",
                },
                // Not the word of the Finances API, which is ORDER_ID.
                related_identifiers: order
                    .into_iter()
                    .map(|related_identifier_value| wire::Related {
                        related_identifier_name: "OrderId",
                        related_identifier_value,
                    })
                    .collect(),
                transaction_type: of.kind,
                posted_date: at.iso(),
                total_amount: wire::Amount {
                    currency_amount: Exact(money.amount()),
                    currency_code: money.currency().code().to_owned(),
                },
            },
        };
        let body = self.body(words::TRANSACTION_UPDATE, &subscription, at, payload);
        Some(Notification { arn, kind: words::TRANSACTION_UPDATE, body })
    }

    fn report(
        &mut self,
        (region, at): (Region, Timestamp),
        history: &History,
        place: usize,
    ) -> Option<Notification> {
        let (arn, subscription) = self.queue(region, words::REPORT_FINISHED, at)?;
        let (arn, subscription) = (arn.to_owned(), subscription.clone());
        let of = history.reports.get(place)?;
        let payload = wire::ReportPayload {
            report_processing_finished_notification: wire::ReportFinished {
                seller_id: self.seller_id.clone(),
                account_id: format!("amzn1.merchant.o.{}", self.seller_id),
                report_id: of.id.clone(),
                report_type: SETTLEMENT,
                processing_status: "DONE",
                report_document_id: of.document_id.clone(),
            },
        };
        let metadata = self.metadata(&subscription, at);
        let body = reply::text(&wire::CamelEnvelope {
            notification_version: "2020-09-04",
            notification_type: words::REPORT_FINISHED,
            payload_version: &subscription.payload_version,
            event_time: at.iso(),
            payload,
            notification_metadata: metadata.into(),
        });
        Some(Notification { arn, kind: words::REPORT_FINISHED, body })
    }

    fn body<P: serde::Serialize>(
        &mut self,
        kind: &str,
        subscription: &Subscription,
        at: Timestamp,
        payload: P,
    ) -> String {
        let notification_metadata = self.metadata(subscription, at);
        reply::text(&Envelope {
            notification_version: "1.0",
            notification_type: kind,
            payload_version: &subscription.payload_version,
            event_time: at.iso(),
            payload,
            notification_metadata,
        })
    }

    fn metadata(&mut self, subscription: &Subscription, at: Timestamp) -> wire::Metadata {
        wire::Metadata {
            application_id: APPLICATION,
            subscription_id: subscription.id.clone(),
            publish_time: at.iso(),
            notification_id: self.post.id(),
        }
    }
}

impl Subscription {
    /// True when its filter lets this kind of change through.
    fn tells(&self, change: &str) -> bool {
        let filter = self.directive.as_ref().and_then(|directive| directive.event_filter.as_ref());
        let changes = filter.and_then(|filter| filter.order_change_types.as_ref());
        changes.is_none_or(|changes| changes.iter().any(|one| one == change))
    }
}
