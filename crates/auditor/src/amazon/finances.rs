//! What Amazon's Finances tell: refunds on the day on which they happen, weeks before a settlement
//! report has them; what settlements came to whose reports are gone; and payouts that came back.
//! <https://developer-docs.amazon.com/sp-api/docs/finances-api-v2024-06-19-reference>
//!
//! Where the application has no role for it, nothing is told, and what depends on it is not
//! compared.

mod amounts;
pub(crate) mod wire;

use std::collections::BTreeMap;

use base::{Currency, Money, MoneyError, Request, Timestamp};

use super::file::{OrderRows, Settlement, Share};
use super::reports::Told;
use crate::ask::Asker;
use crate::{AuditError, Side};

const TRANSACTIONS: &str = "/finances/2024-06-19/transactions";
const SUMMARY: &str = "/finances/2024-06-19/summary";
const PAYOUTS: &str = "/finances/transfers/2024-06-01/payouts";
/// A longer window is answered with nothing, and no error.
const WINDOW_MS: i64 = 180 * Timestamp::DAY;
/// The last two minutes cannot be asked for.
const SETTLING_MS: i64 = 3 * Timestamp::MINUTE;
/// Five hundred transactions each, or fewer.
const PAGES_MAX: u32 = 100_000;

/// Money that went back to a buyer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct GivenBack {
    /// Negative, tax included.
    pub(crate) refunded: Money,
    /// The tax of it that Amazon gives back; positive.
    pub(crate) unwithheld: Money,
    pub(crate) posted: Option<Timestamp>,
    /// The settlement that it is in, once it is in one.
    pub(crate) settlement_id: Option<String>,
}

/// A parcel that was sold.
#[derive(Debug, Clone, Copy)]
struct Parcel {
    /// Tax included.
    bought: Money,
    /// The tax that Amazon keeps of it: zero or less.
    kept: Money,
    /// Amazon holds nothing of it back.
    is_free: bool,
}

#[derive(Debug, Default)]
pub(crate) struct Finances {
    /// True where the application lacks the role.
    pub(crate) is_untold: bool,
    /// By order, and the id of the transaction that told first.
    refunds: BTreeMap<String, BTreeMap<String, GivenBack>>,
    /// By order, and the id of the transaction that told first.
    parcels: BTreeMap<String, BTreeMap<String, Parcel>>,
    /// What settlements have of orders, by settlement and order.
    settled: BTreeMap<String, BTreeMap<String, OrderRows>>,
    /// Settlements whose payout came back, or never left, and since when; none where the role is
    /// missing.
    pub(crate) failed: Option<BTreeMap<String, Option<Timestamp>>>,
    /// Refunds that cannot be read: the order, and why.
    pub(crate) unreadable: Vec<(String, String)>,
}

impl Finances {
    /// Reads one region's transactions and payouts since a moment.
    pub(crate) async fn read(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
        since: Timestamp,
    ) -> Result<(), AuditError> {
        let end = asker.now().after_ms(-SETTLING_MS);
        let mut after = since;
        while after < end {
            let before = after.after_ms(WINDOW_MS).min(end);
            if !self.window(asker, side, (after, before)).await? {
                self.is_untold = true;
                break;
            }
            after = before;
        }
        self.payouts(asker, side, since).await
    }

    pub(crate) fn refunds_of(&self, order_id: &str) -> impl Iterator<Item = &GivenBack> {
        self.refunds.get(order_id).into_iter().flat_map(BTreeMap::values)
    }

    /// What came free of an order's sale so far, and the tax that Amazon keeps of all that it posted.
    pub(crate) fn freed_of(
        &self,
        order_id: &str,
        currency: Currency,
    ) -> Result<(Money, Money), MoneyError> {
        let parcels = || self.parcels.get(order_id).into_iter().flat_map(BTreeMap::values);
        let parcels = || parcels().filter(|one| one.bought.currency() == currency);
        let free = parcels().filter(|one| one.is_free).map(|one| one.bought.plus(one.kept));
        let free = Money::sum(free.collect::<Result<Vec<_>, _>>()?, currency)?;
        let kept = Money::sum(parcels().map(|one| one.kept), currency)?.negated()?;
        Ok((free, kept))
    }

    /// False where the role is missing.
    async fn window(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
        (after, before): (Timestamp, Timestamp),
    ) -> Result<bool, AuditError> {
        let mut token: Option<String> = None;
        for _page in 0..PAGES_MAX {
            let request = Asker::get(TRANSACTIONS)
                .query("postedAfter", after.iso())
                .query("postedBefore", before.iso())
                .query_opt("nextToken", token.as_deref());
            let Some(reply) = in_role::<wire::Transactions>(asker, side, &request).await? else {
                return Ok(false);
            };
            for transaction in reply.payload.transactions.unwrap_or_default() {
                self.add(&transaction);
            }
            // A page may be empty and have a next one all the same.
            token = reply.payload.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(true);
            }
        }
        let what = format!("transactions of {}", side.region);
        Err(AuditError::Endless { what, pages: PAGES_MAX })
    }

    fn add(&mut self, transaction: &wire::Transaction) {
        let Some(order_id) = transaction.related("ORDER_ID") else { return };
        let is_refund = transaction.is_refund();
        if !is_refund && !transaction.is_sale() {
            return;
        }
        match amounts::of(transaction) {
            Ok((bought, kept)) => {
                if is_refund {
                    self.refund(transaction, order_id, (bought, kept));
                } else {
                    self.parcel(transaction, order_id, (bought, kept));
                }
                let shares = if is_refund {
                    [(Share::Refunded, bought), (Share::Unwithheld, kept)]
                } else {
                    [(Share::Sold, bought), (Share::Withheld, kept)]
                };
                if let Err(error) = self.settle(transaction, order_id, shares) {
                    self.unreadable.push((order_id.to_owned(), error.to_string()));
                }
            }
            Err(why) if is_refund => self.unreadable.push((order_id.to_owned(), why)),
            // A sale's amounts are the order's own; here they only stand for a report that is gone.
            Err(_sale) => {}
        }
    }

    /// One that was held back and one that lets it go name each other: they are one parcel.
    fn parcel(
        &mut self,
        transaction: &wire::Transaction,
        order_id: &str,
        (bought, kept): (Money, Money),
    ) {
        let id = transaction.related("DEFERRED_TRANSACTION_ID").or(transaction.id());
        let Some(id) = id else { return };
        let new = Parcel { bought, kept, is_free: false };
        let of_order = self.parcels.entry(order_id.to_owned()).or_default();
        of_order.entry(id.to_owned()).or_insert(new).is_free |= transaction.is_released();
    }

    /// One that was held back and one that lets it go name each other: they are one refund.
    fn refund(
        &mut self,
        transaction: &wire::Transaction,
        order_id: &str,
        (refunded, unwithheld): (Money, Money),
    ) {
        let id = transaction.related("DEFERRED_TRANSACTION_ID").or(transaction.id());
        let Some(id) = id else {
            let why = "a refund without an id".to_owned();
            return self.unreadable.push((order_id.to_owned(), why));
        };
        let new =
            GivenBack { refunded, unwithheld, posted: transaction.posted(), settlement_id: None };
        let of_order = self.refunds.entry(order_id.to_owned()).or_default();
        let known = of_order.entry(id.to_owned()).or_insert(new);
        known.posted = known.posted.min(transaction.posted());
        if let Some(settlement_id) = transaction.related("SETTLEMENT_ID") {
            known.settlement_id = Some(settlement_id.to_owned());
        }
    }

    /// What is held back is in no settlement.
    fn settle(
        &mut self,
        transaction: &wire::Transaction,
        order_id: &str,
        shares: [(Share, Money); 2],
    ) -> Result<(), MoneyError> {
        let Some(id) = transaction.related("SETTLEMENT_ID") else { return Ok(()) };
        if !transaction.is_released() {
            return Ok(());
        }
        let orders = self.settled.entry(id.to_owned()).or_default();
        for (share, amount) in shares {
            let nothing = OrderRows::nothing(amount.currency());
            let rows = orders.entry(order_id.to_owned()).or_insert(nothing);
            rows.add(share, amount)?;
            if share == Share::Sold {
                rows.units = rows.units.saturating_add(transaction.units());
            }
        }
        Ok(())
    }

    async fn payouts(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
        since: Timestamp,
    ) -> Result<(), AuditError> {
        let mut token: Option<String> = None;
        for _page in 0..PAGES_MAX {
            let request = Asker::get(PAYOUTS)
                .query("createdAfter", since.iso())
                .query_opt("nextToken", token.as_deref());
            let Some(page) = in_role::<wire::Payouts>(asker, side, &request).await? else {
                return Ok(());
            };
            let failed = self.failed.get_or_insert_default();
            for payout in page.payouts.unwrap_or_default() {
                let is_failed = matches!(payout.current_status.as_str(), "FAILED" | "CANCELLED");
                let id = wire::related(payout.related_identifiers.as_deref(), "SETTLEMENT_ID");
                let id = id.filter(|_| is_failed).map(str::to_owned);
                failed.extend(id.map(|id| (id, payout.changed())));
            }
            token = page.next_token.filter(|token| !token.is_empty());
            if token.is_none() {
                return Ok(());
            }
        }
        Err(AuditError::Endless { what: format!("payouts of {}", side.region), pages: PAGES_MAX })
    }

    /// A settlement whose report is gone, as Finances tell it.
    pub(crate) async fn gone(
        &self,
        asker: &mut Asker<'_>,
        sides: &[Side<'_>],
        id: &str,
    ) -> Result<Gone, AuditError> {
        let mut is_untold = false;
        for side in sides {
            let request = Asker::get(SUMMARY)
                .query("relatedIdentifierName", "SETTLEMENT_ID")
                .query("relatedIdentifierValue", id);
            let Some(reply) = in_role::<wire::Summaries>(asker, side, &request).await? else {
                is_untold = true;
                continue;
            };
            let Some(summary) = reply.summaries.into_iter().flatten().next() else { continue };
            let Some(total) = summary.net_proceeds.money().ok() else { continue };
            let settlement = Settlement {
                id: id.to_owned(),
                start: summary.period_start.and_then(|text| Timestamp::parse(&text).ok()),
                end: summary.period_end.and_then(|text| Timestamp::parse(&text).ok()),
                total,
                sum: total,
                rows: 0,
                charged: Money::zero(total.currency()),
                reserved: None,
                orders: self.settled.get(id).cloned().unwrap_or_default(),
            };
            let region = side.region.to_owned();
            return Ok(Gone::Told(Told { region, created: None, settlement }));
        }
        Ok(if is_untold { Gone::Untold } else { Gone::Unknown })
    }
}

/// A settlement that no report shows.
pub(crate) enum Gone {
    Told(Told),
    /// Amazon has no such settlement.
    Unknown,
    /// The application may not ask.
    Untold,
}

/// None where the application lacks the role.
async fn in_role<T: serde::de::DeserializeOwned>(
    asker: &mut Asker<'_>,
    side: &Side<'_>,
    request: &Request,
) -> Result<Option<T>, AuditError> {
    match asker.ask(side.transport, request).await {
        Ok(reply) => Ok(Some(reply)),
        Err(AuditError::Refused { status: 403, .. }) => Ok(None),
        Err(error) => Err(error),
    }
}
