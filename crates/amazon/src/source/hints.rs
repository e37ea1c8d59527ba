//! A notification of Amazon's becomes a *hint*: what changed, and when. No fact comes of it; the
//! lane looks for itself. A hint may come twice, late, in disorder or never.
//!
//! Of what a notification says only ids, times and words are taken. The postal code in it is never
//! read ([`read_hint`]), and is taken out of what could not be read ([`redacted`]).
//! <https://developer-docs.amazon.com/sp-api/docs/notification-type-values>

mod parts;
mod redaction;

use base::Timestamp;
use base::id::content_hash;
use serde_json::value::RawValue;

use self::parts::Parts;
use super::order::is_order_id;
use crate::api::notifications as wire;
use crate::spec::{Region, marketplace};

pub use self::redaction::redacted;

/// "Look here": what one notification comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hint {
    /// Amazon's id of the notification: the same one is delivered again under the same id. Where
    /// Amazon gives none, the hash of the whole.
    pub id: String,
    /// By whose subscription it came.
    pub subscription_id: Option<String>,
    /// Amazon's word for the type, as it was written.
    pub kind: String,
    /// None where the notification names no seller.
    pub seller_id: Option<String>,
    /// None where it names no marketplace, or one that we do not know.
    pub region: Option<Region>,
    pub marketplace_id: Option<String>,
    /// When it happened, by Amazon's clock.
    pub occurred: Option<Timestamp>,
    pub about: About,
}

/// What a hint points at.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum About {
    /// An order changed.
    Order { order_id: String },
    /// Money moved; Amazon does not say which transaction.
    Transactions,
    /// A report is ready, or will never be.
    Report { report_id: String, report_type: String, status: String },
    /// Stock in Amazon's warehouses changed, in these marketplaces.
    FbaStock { sku: String, marketplaces: Vec<String> },
    /// The quantity of a listing that the seller ships changed.
    ListingStock { sku: String, marketplaces: Vec<String> },
    /// A type that nobody here waits for.
    #[default]
    Unknown,
}

impl About {
    /// True when the report is a settlement's that can be fetched.
    pub fn is_settlement(&self) -> bool {
        let About::Report { report_type, status, .. } = self else { return false };
        report_type == crate::api::reports::SETTLEMENT && status == crate::api::reports::DONE
    }
}

/// Why a notification could not be read. It names fields, never what stands in them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HintError {
    #[error("the notification is not a JSON object")]
    Shape,
    #[error("the notification has no readable {0}")]
    Missing(&'static str),
}

impl HintError {
    /// The page in `docs/errors`.
    pub fn code(self) -> &'static str {
        match self {
            HintError::Shape | HintError::Missing(_) => "notification_unreadable",
        }
    }
}

/// Reads the body of one message. Amazon writes most types in `PascalCase` and some in
/// `camelCase`; `EventBridge` wraps the whole in `detail`. Fields that are not known are normal.
pub fn read_hint(body: &str) -> Result<Hint, HintError> {
    let whole = Parts::of(body).ok_or(HintError::Shape)?;
    let wrapped = whole.object("detail").filter(|detail| detail.has("NotificationType"));
    let envelope = wrapped.unwrap_or(whole);
    let kind = envelope.text("NotificationType").ok_or(HintError::Missing("NotificationType"))?;
    let metadata = envelope.object("NotificationMetadata").unwrap_or_default();
    let payload = envelope.object("Payload").unwrap_or_default();
    let read = of_kind(&kind, &payload)?;
    let id = metadata.text("NotificationId").unwrap_or_else(|| content_hash(body.as_bytes()));
    let occurred = envelope.time("EventTime").or_else(|| metadata.time("PublishTime"));
    let marketplace = read.marketplace_id.as_deref().and_then(marketplace);
    Ok(Hint {
        id,
        subscription_id: metadata.text("SubscriptionId"),
        kind,
        seller_id: read.seller_id,
        region: marketplace.map(|place| place.region),
        marketplace_id: read.marketplace_id,
        occurred,
        about: read.about,
    })
}

/// What a payload says.
#[derive(Default)]
struct Read {
    seller_id: Option<String>,
    marketplace_id: Option<String>,
    about: About,
}

fn of_kind(kind: &str, payload: &Parts<'_>) -> Result<Read, HintError> {
    match kind.to_ascii_uppercase().as_str() {
        wire::ORDER_CHANGE => order(&inner(payload, "OrderChangeNotification")),
        wire::TRANSACTION_UPDATE => {
            Ok(transactions(&inner(payload, "TransactionUpdateNotification")))
        }
        wire::REPORT_PROCESSING_FINISHED => {
            report(&inner(payload, "ReportProcessingFinishedNotification"))
        }
        wire::FBA_INVENTORY_AVAILABILITY_CHANGES => fba_stock(payload),
        wire::LISTINGS_ITEM_MFN_QUANTITY_CHANGE => listing_stock(payload),
        _ => Ok(Read { seller_id: payload.text("SellerId"), ..Read::default() }),
    }
}

/// The notification inside its payload; some types have it flat.
fn inner<'a>(payload: &Parts<'a>, name: &str) -> Parts<'a> {
    payload.object(name).unwrap_or_else(|| payload.clone())
}

fn order(of: &Parts<'_>) -> Result<Read, HintError> {
    let order_id = of.text("AmazonOrderId").filter(|id| is_order_id(id));
    let order_id = order_id.ok_or(HintError::Missing("AmazonOrderId"))?;
    let summary = of.object("Summary").unwrap_or_default();
    Ok(Read {
        seller_id: of.text("SellerId"),
        marketplace_id: summary.text("MarketplaceId"),
        about: About::Order { order_id },
    })
}

fn transactions(of: &Parts<'_>) -> Read {
    let seller = of.object("SellingPartnerMetadata").unwrap_or_default();
    Read {
        seller_id: seller.text("SellingPartnerId"),
        marketplace_id: seller.text("MarketplaceId"),
        about: About::Transactions,
    }
}

/// Reports of an account that is no seller's name no seller; a seller's account id ends with it.
const MERCHANT: &str = "amzn1.merchant.o.";

fn report(of: &Parts<'_>) -> Result<Read, HintError> {
    let text = |name| of.text(name).ok_or(HintError::Missing(name));
    let account = || of.text("AccountId")?.strip_prefix(MERCHANT).map(str::to_owned);
    Ok(Read {
        seller_id: of.text("SellerId").or_else(account),
        marketplace_id: None,
        about: About::Report {
            report_id: text("ReportId")?,
            report_type: text("ReportType")?,
            status: text("ProcessingStatus")?,
        },
    })
}

fn fba_stock(of: &Parts<'_>) -> Result<Read, HintError> {
    let places = of.list("FulfillmentInventoryByMarketplace");
    let marketplaces: Vec<String> =
        places.iter().filter_map(|place| place.text("MarketplaceId")).collect();
    Ok(Read {
        seller_id: of.text("SellerId"),
        marketplace_id: marketplaces.first().cloned(),
        about: About::FbaStock { sku: sku(of)?, marketplaces },
    })
}

fn listing_stock(of: &Parts<'_>) -> Result<Read, HintError> {
    let marketplace_id = of.text("MarketplaceId");
    Ok(Read {
        seller_id: of.text("SellerId"),
        about: About::ListingStock {
            sku: sku(of)?,
            marketplaces: marketplace_id.iter().cloned().collect(),
        },
        marketplace_id,
    })
}

fn sku(of: &Parts<'_>) -> Result<String, HintError> {
    of.text("Sku").ok_or(HintError::Missing("Sku"))
}

/// A JSON value as it was written, if it is one.
fn raw(text: &str) -> Option<&RawValue> {
    serde_json::from_str(text).ok()
}

#[cfg(test)]
mod tests;
