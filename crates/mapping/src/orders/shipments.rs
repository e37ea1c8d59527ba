//! What an order has earned by what has left, snapshot by snapshot.

use std::collections::BTreeSet;

use base::{Currency, Money, MoneyError, Timestamp};
use facts::order::{Item, Status};
use facts::{Fact, Order};
use intents::Line;

use crate::orders::case::Case;
use crate::orders::components::stated_tax;
use crate::orders::history::{History, Snapshot};
use crate::orders::invoice::facilitated;
use crate::orders::lines::{FACILITATOR_TAX, is_remitted};
use crate::orders::payments::Payable;
use crate::orders::reading::{self, Footed};
use crate::orders::stop::Stop;

/// The two accounts that an order's money goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leg {
    Clearing,
    MarketplaceTax,
}

impl Leg {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Leg::Clearing => "clearing",
            Leg::MarketplaceTax => "marketplace_tax",
        }
    }
}

/// What should have been paid once something is known, in the document's currency.
pub(crate) struct Due<'a> {
    /// What tells of it.
    pub(crate) fact: &'a Fact,
    /// When it happened: the payment's date.
    pub(crate) at: Timestamp,
    /// For people: `shipped 1 of 2`.
    pub(crate) what: String,
    pub(crate) clearing: Money,
    pub(crate) marketplace_tax: Money,
}

impl Due<'_> {
    pub(crate) fn of(&self, leg: Leg) -> Money {
        match leg {
            Leg::Clearing => self.clearing,
            Leg::MarketplaceTax => self.marketplace_tax,
        }
    }
}

/// The first shipment, for books that date invoices by it.
pub(crate) fn first_shipment<'a>(history: &History<'a>) -> Option<Snapshot<'a>> {
    history.snapshots().iter().find(|snapshot| shipped(snapshot.order) > 0).copied()
}

/// The tax on these lines that a payment of its own settles: none in the net form.
pub(crate) fn aside(lines: &[Line], currency: Currency) -> Result<Money, Stop> {
    if lines.iter().flat_map(|line| &line.covers).any(is_remitted) {
        return Ok(Money::zero(currency));
    }
    facilitated(lines, currency)
}

/// Cumulative amounts after each event: a snapshot by which more has been earned than before. A
/// snapshot that does not foot is no event; the next one that does carries its shipment too. In a
/// converted document the end is an event as well: a credit note may have rounded a cent away
/// from what was paid.
pub(crate) fn dues<'a>(
    case: &Case<'_>,
    history: &History<'a>,
    payable: &Payable<'_>,
) -> Result<Vec<Due<'a>>, Stop> {
    let aside = AsideOf::new(payable);
    let scale = Scale::new(case, payable)?;
    let mut dues = Vec::new();
    let (mut most, mut most_tax) = (i64::MIN, 0);
    let mut has_ended = false;
    let has_left = |snapshot: &&Snapshot<'_>| shipped(snapshot.order) > 0;
    for snapshot in history.snapshots().iter().filter(has_left) {
        let footed = match reading::read(snapshot.order, case.place) {
            Err(_) if payable.is_part => reading::read_part(snapshot.order, case.place),
            read => read,
        };
        let Ok(footed) = footed else { continue };
        let complete = is_complete(snapshot.order);
        let (all, tax) = cumulative(&footed, complete, &aside)?;
        let clearing = all.minus(tax)?;
        let is_more = clearing.minor() > most || tax.minor() > most_tax;
        let ends = complete && !has_ended && scale.converts();
        if !is_more && !ends {
            continue;
        }
        has_ended |= complete;
        (most, most_tax) = (clearing.minor().max(most), tax.minor().max(most_tax));
        let (shipped, all) = (shipped(snapshot.order), live(snapshot.order));
        dues.push(Due {
            fact: snapshot.fact,
            at: snapshot.order.updated,
            what: format!("shipped {shipped} of {all}"),
            clearing: scale.of(clearing, Leg::Clearing)?,
            marketplace_tax: scale.of(tax, Leg::MarketplaceTax)?,
        });
    }
    Ok(dues)
}

/// The items whose tax Amazon keeps, by the invoice's own lines.
struct AsideOf<'a> {
    items: BTreeSet<&'a str>,
    /// Both legs stand on the invoice, so neither is paid.
    is_net: bool,
}

impl<'a> AsideOf<'a> {
    fn new(payable: &'a Payable<'_>) -> AsideOf<'a> {
        let covers = || payable.invoice.lines.iter().flat_map(|line| &line.covers);
        let items = covers().filter(|cover| cover.component == FACILITATOR_TAX);
        let items = items.map(|cover| cover.item_id.as_str()).collect();
        AsideOf { items, is_net: covers().any(is_remitted) }
    }

    fn tax(&self, item: &Item, zero: Money) -> Result<Money, MoneyError> {
        if !self.items.contains(item.item_id.as_str()) {
            return Ok(zero);
        }
        Ok(stated_tax(item)?.unwrap_or(zero))
    }
}

/// What was earned up to a snapshot, and the part of it that is Amazon's to remit.
fn cumulative(
    footed: &Footed<'_>,
    complete: bool,
    aside: &AsideOf<'_>,
) -> Result<(Money, Money), Stop> {
    let zero = Money::zero(footed.total.currency());
    let (mut all, mut tax) = (zero, zero);
    for item in &footed.items {
        let gross = reading::item_sum(item, footed.reading, zero.currency())?;
        let own_tax = aside.tax(item, zero)?;
        let weights = [item.fulfilled.unwrap_or(0), item.unfulfilled.unwrap_or(0)];
        let part = |money: Money| -> Result<Money, MoneyError> {
            if complete {
                return Ok(money);
            }
            if weights.iter().all(|weight| *weight == 0) {
                return Ok(zero);
            }
            Ok(money.allocate(&weights)?.first().copied().unwrap_or(zero))
        };
        all = all.plus(part(gross)?)?;
        tax = tax.plus(part(own_tax)?)?;
    }
    if complete {
        all = footed.total;
    }
    if aside.is_net { Ok((all.minus(tax)?, zero)) } else { Ok((all, tax)) }
}

/// From the order's amounts to the document's: the same, unless the document is in the
/// organisation's currency; never more than the document carries.
pub(crate) struct Scale {
    /// What Amazon says now, per leg.
    order: [Money; 2],
    /// What the document carries now, per leg.
    document: [Money; 2],
}

impl Scale {
    pub(crate) fn new(case: &Case<'_>, payable: &Payable<'_>) -> Result<Scale, Stop> {
        let currency = payable.invoice.currency;
        let lines = &payable.standing;
        let total = Money::sum(lines.iter().map(|line| line.amount), currency)?;
        let tax = self::aside(lines, currency)?;
        let document = [total.minus(tax)?, tax];
        let aside = AsideOf::new(payable);
        let footed = match reading::read(case.order, case.place) {
            Err(_) if payable.is_part => reading::read_part(case.order, case.place)?,
            read => read?,
        };
        let (all, tax) = cumulative(&footed, true, &aside)?;
        Ok(Scale { order: [all.minus(tax)?, tax], document })
    }

    pub(crate) fn of(&self, amount: Money, leg: Leg) -> Result<Money, Stop> {
        let [clearing, tax] = self.order;
        let [document_clearing, document_tax] = self.document;
        let (order, document) = match leg {
            Leg::Clearing => (clearing, document_clearing),
            Leg::MarketplaceTax => (tax, document_tax),
        };
        let amount = if amount.is_negative() { Money::zero(amount.currency()) } else { amount };
        if order.currency() == document.currency() {
            return Ok(if amount.minor() > document.minor() { document } else { amount });
        }
        let left = order.minus(amount)?;
        if !left.is_positive() {
            return Ok(document);
        }
        let weights = [amount.minor().unsigned_abs(), left.minor().unsigned_abs()];
        Ok(document.allocate(&weights)?.first().copied().unwrap_or(document))
    }

    /// True when the document is in another currency than the order.
    fn converts(&self) -> bool {
        let ([order, _], [document, _]) = (self.order, self.document);
        order.currency() != document.currency()
    }

    pub(crate) fn limit(&self, leg: Leg) -> Money {
        let [clearing, tax] = self.document;
        match leg {
            Leg::Clearing => clearing,
            Leg::MarketplaceTax => tax,
        }
    }
}

/// Units that have left. An order that Amazon calls shipped without counting has left whole.
pub(crate) fn shipped(order: &Order) -> u64 {
    let counted: u64 =
        order.items.iter().filter_map(|item| item.fulfilled).fold(0, u64::saturating_add);
    match order.status {
        Status::Shipped if counted == 0 => live(order),
        Status::Shipped
        | Status::PartiallyShipped
        | Status::Unshipped
        | Status::Unfulfillable
        | Status::Other(_)
        | Status::Pending
        | Status::PendingAvailability
        | Status::Cancelled => counted,
    }
}

/// Units that have left or will.
pub(crate) fn live(order: &Order) -> u64 {
    order.items.iter().map(Item::live).fold(0, u64::saturating_add)
}

/// True when something has left and nothing more will.
fn is_complete(order: &Order) -> bool {
    let open: u64 =
        order.items.iter().filter_map(|item| item.unfulfilled).fold(0, u64::saturating_add);
    order.status == Status::Shipped || (shipped(order) > 0 && open == 0)
}
