//! Money for what has left: a payment per shipment event, and with it the tax that Amazon keeps.
//!
//! A shipment event is a rise of what is fulfilled between two snapshots. What is paid after an
//! event is worked out from the snapshot as a whole, not from the step, so cents never get lost
//! between two events, and the last one pays the rest to the cent.

use std::collections::BTreeSet;

use base::{Currency, Money, MoneyError};
use facts::Order;
use facts::chart::Account;
use facts::order::{Item, Status};
use intents::{Body, Intent, IntentId, Invoice, InvoiceStatus, Line, Payment};

use crate::orders::because::because;
use crate::orders::booked::{self, Booked};
use crate::orders::case::{self, Case};
use crate::orders::components::stated_tax;
use crate::orders::history::{History, Snapshot};
use crate::orders::invoice::facilitated;
use crate::orders::lines::{FACILITATOR_TAX, is_remitted};
use crate::orders::reading::{self, Footed};
use crate::orders::stop::Stop;
use crate::rulebook::Role;

/// The payment method of business orders that Amazon collects later.
/// <https://developer-docs.amazon.com/sp-api/docs/orders-api-v2026-01-01-reference>
const INVOICED: &str = "Invoice";

/// The invoice that is to be paid, as it stands or will.
pub(crate) struct Payable<'a> {
    pub(crate) invoice: &'a Invoice,
    /// The intent that made the document.
    pub(crate) root: &'a IntentId,
    /// The intent with its present content.
    pub(crate) top: &'a IntentId,
    /// The document carries only the items that foot.
    pub(crate) is_part: bool,
    /// Its lines less credit notes.
    pub(crate) standing: Vec<Line>,
}

#[derive(Debug, Default)]
pub(crate) struct Paying {
    pub(crate) intents: Vec<Intent>,
    pub(crate) withdraw: Vec<IntentId>,
}

/// The two accounts that an order's money goes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Leg {
    Clearing,
    MarketplaceTax,
}

/// What should have been paid once a snapshot is known, in the document's currency.
struct Due<'a> {
    snapshot: Snapshot<'a>,
    clearing: Money,
    marketplace_tax: Money,
}

/// True for business orders that stay open until Amazon releases the money.
pub(crate) fn is_invoiced(order: &Order) -> bool {
    order.payment_methods.iter().any(|method| method == INVOICED)
}

/// The tax on these lines that a payment of its own settles: none in the net form.
pub(crate) fn aside(lines: &[Line], currency: Currency) -> Result<Money, Stop> {
    if lines.iter().flat_map(|line| &line.covers).any(is_remitted) {
        return Ok(Money::zero(currency));
    }
    facilitated(lines, currency)
}

/// The part of what was paid that went to Marketplace tax.
pub(crate) fn tax_paid(booked: Booked<'_>, root: &IntentId, paid: Money) -> Result<Money, Stop> {
    let payments = booked.payments(root).into_iter();
    let of_tax = payments.filter(|(decided, _)| {
        booked::is_sent(decided) && decided.intent.part.ends_with(Leg::MarketplaceTax.name())
    });
    Ok(Money::sum(of_tax.map(|(_, payment)| payment.amount), paid.currency())?)
}

/// The first shipment, for books that date invoices by it.
pub(crate) fn first_shipment<'a>(history: &History<'a>) -> Option<Snapshot<'a>> {
    history.snapshots().iter().find(|snapshot| shipped(snapshot.order) > 0).copied()
}

pub(crate) fn payments(
    case: &Case<'_>,
    history: &History<'_>,
    payable: &Payable<'_>,
) -> Result<Paying, Stop> {
    let booked = Booked(case.situation.decided);
    let mut paying = Paying::default();
    if payable.invoice.status == InvoiceStatus::Draft || is_invoiced(case.order) {
        return Ok(paying);
    }
    let dues = dues(case, history, payable)?;
    if dues.is_empty() {
        return Ok(paying);
    }
    for leg in [Leg::Clearing, Leg::MarketplaceTax] {
        pay(case, booked, payable, (leg, &dues), &mut paying)?;
    }
    paying.intents.sort_by_key(|intent| booked::ordinal(&intent.part));
    Ok(paying)
}

/// Cumulative amounts after each event: a snapshot by which more has been earned than before. A
/// snapshot that does not foot is no event; the next one that does carries its shipment too.
fn dues<'a>(
    case: &Case<'_>,
    history: &History<'a>,
    payable: &Payable<'_>,
) -> Result<Vec<Due<'a>>, Stop> {
    let aside = AsideOf::new(payable);
    let scale = Scale::new(case, payable)?;
    let mut dues = Vec::new();
    let (mut most, mut most_tax) = (i64::MIN, 0);
    let has_left = |snapshot: &&Snapshot<'_>| shipped(snapshot.order) > 0;
    for snapshot in history.snapshots().iter().filter(has_left) {
        let footed = match reading::read(snapshot.order, case.place) {
            Err(_) if payable.is_part => reading::read_part(snapshot.order, case.place),
            read => read,
        };
        let Ok(footed) = footed else { continue };
        let (all, tax) = cumulative(&footed, is_complete(snapshot.order), &aside)?;
        let clearing = all.minus(tax)?;
        if clearing.minor() <= most && tax.minor() <= most_tax {
            continue;
        }
        (most, most_tax) = (clearing.minor().max(most), tax.minor().max(most_tax));
        dues.push(Due {
            snapshot: *snapshot,
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
struct Scale {
    /// What Amazon says now, per leg.
    order: [Money; 2],
    /// What the document carries now, per leg.
    document: [Money; 2],
}

impl Scale {
    fn new(case: &Case<'_>, payable: &Payable<'_>) -> Result<Scale, Stop> {
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

    fn of(&self, amount: Money, leg: Leg) -> Result<Money, Stop> {
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

    fn limit(&self, leg: Leg) -> Money {
        let [clearing, tax] = self.document;
        match leg {
            Leg::Clearing => clearing,
            Leg::MarketplaceTax => tax,
        }
    }
}

fn pay(
    case: &Case<'_>,
    booked: Booked<'_>,
    payable: &Payable<'_>,
    (leg, dues): (Leg, &[Due<'_>]),
    paying: &mut Paying,
) -> Result<(), Stop> {
    let known = booked.payments(payable.root);
    let of_leg = known.iter().filter(|(d, _)| d.intent.part.ends_with(leg.name()));
    let currency = payable.invoice.currency;
    let sent = of_leg.clone().filter(|(d, _)| !booked::is_unsent(d)).map(|(_, p)| p.amount);
    // Room that is left on the invoice, whatever the order in which events became known.
    let mut room = Scale::new(case, payable)?.limit(leg).minus(Money::sum(sent, currency)?)?;
    let mut settled = Money::zero(currency);
    let mut seen: Vec<&str> = Vec::new();
    for (index, due) in (1_u32..).zip(dues) {
        let part = format!("payment:{index}:{}", leg.name());
        let existing = of_leg.clone().find(|(d, _)| d.intent.part == part);
        if let Some((decided, payment)) = existing {
            seen.push(&decided.intent.part);
            if !booked::is_unsent(decided) {
                settled = settled.plus(payment.amount)?;
                continue;
            }
        }
        let wanted = due.of(leg).minus(settled)?;
        let wanted = if wanted.minor() > room.minor() { room } else { wanted };
        let is_due = wanted.is_positive();
        if let Some((decided, payment)) = existing {
            let is_same = payment.amount == wanted && decided.intent.needs.contains(payable.top);
            if is_due && is_same {
                (settled, room) = (settled.plus(wanted)?, room.minus(wanted)?);
                continue;
            }
            paying.withdraw.push(decided.intent.id.clone());
        }
        if is_due {
            (settled, room) = (settled.plus(wanted)?, room.minus(wanted)?);
            paying.intents.push(payment(case, payable, (leg, due), &part, wanted)?);
        }
    }
    let left_over =
        of_leg.filter(|(d, _)| booked::is_unsent(d) && !seen.contains(&d.intent.part.as_str()));
    paying.withdraw.extend(left_over.map(|(decided, _)| decided.intent.id.clone()));
    Ok(())
}

impl Leg {
    fn name(self) -> &'static str {
        match self {
            Leg::Clearing => "clearing",
            Leg::MarketplaceTax => "marketplace_tax",
        }
    }
}

impl Due<'_> {
    fn of(&self, leg: Leg) -> Money {
        match leg {
            Leg::Clearing => self.clearing,
            Leg::MarketplaceTax => self.marketplace_tax,
        }
    }
}

fn payment(
    case: &Case<'_>,
    payable: &Payable<'_>,
    (leg, due): (Leg, &Due<'_>),
    part: &str,
    amount: Money,
) -> Result<Intent, Stop> {
    let date = case.day(due.snapshot.order.updated);
    case.must_be_open(date, "the payment")?;
    let account = account(case, payable, leg)?;
    let invoice = payable.invoice;
    let body = Payment {
        invoice: payable.root.clone(),
        invoice_number: invoice.number.clone(),
        account_id: account.account_id.clone(),
        account_name: account.name.clone(),
        date,
        amount,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
    };
    let (book, subject) = (case.situation.book, case.situation.subject);
    let revision = Booked(case.situation.decided).next_revision(part);
    Ok(Intent {
        id: Intent::id_of(book, subject, part, revision),
        book: book.clone(),
        subject: subject.clone(),
        part: part.to_owned(),
        revision,
        body: Body::Payment(body),
        needs: vec![payable.top.clone()],
        supersedes: None,
        hold: None,
        because: because(case, vec![due.snapshot.fact.id.clone()], Vec::new()),
    })
}

/// Amazon's tax goes back to the account that the invoice's own line named.
fn account<'c>(case: &Case<'c>, payable: &Payable<'_>, leg: Leg) -> Result<&'c Account, Stop> {
    let currency = payable.invoice.currency;
    match leg {
        Leg::Clearing => case.payment_account(Role::Clearing(currency), currency),
        Leg::MarketplaceTax => {
            let mut lines = payable.invoice.lines.iter();
            let own = lines.find(|l| l.covers.iter().any(|c| c.component == FACILITATOR_TAX));
            let id = own.map(|line| line.account_id.as_str()).unwrap_or_default();
            let Some(account) = case.situation.chart.account_by_id(id) else {
                return case.payment_account(Role::MarketplaceTax, currency);
            };
            case::takes_payments(account, currency)?;
            Ok(account)
        }
    }
}

/// Units that have left. An order that Amazon calls shipped without counting has left whole.
fn shipped(order: &Order) -> u64 {
    let counted: u64 =
        order.items.iter().filter_map(|item| item.fulfilled).fold(0, u64::saturating_add);
    match order.status {
        Status::Shipped if counted == 0 => {
            order.items.iter().map(Item::live).fold(0, u64::saturating_add)
        }
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

/// True when something has left and nothing more will.
fn is_complete(order: &Order) -> bool {
    let open: u64 =
        order.items.iter().filter_map(|item| item.unfulfilled).fold(0, u64::saturating_add);
    order.status == Status::Shipped || (shipped(order) > 0 && open == 0)
}
