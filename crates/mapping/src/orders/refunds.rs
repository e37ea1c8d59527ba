//! A refund that Amazon's Finances report: a credit note with the accounts and tax types of the
//! posted invoice's lines, given back from clearing the same day.
//!
//! One event makes one document. A refund that is held back and released later comes as two
//! transactions that name each other: the first one seen makes the credit note, and the other one
//! finds it made.

use std::collections::BTreeMap;

use base::{Decimal, Money, Rate, Rounding};
use facts::Fact;
use facts::finances::{Transaction, TransactionItem};
use intents::document::Cover;
use intents::{Body, CreditNote, Intent, IntentId, Invoice, InvoiceStatus, Line, Payment};

use crate::orders::because::because;
use crate::orders::booked::content;
use crate::orders::lines::FACILITATOR_TAX;
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::orders::{Changes, hold};
use crate::rulebook::Role;
use crate::settlement::transactions::{is_of_sale, is_refund, nature};
use crate::settlement::words::LineKind;

/// Parts of refunds begin with it.
const PREFIX: &str = "refund:";

/// A refund as the transactions about it tell.
struct Event<'a> {
    /// The first transaction's id, by which both of a pair are known.
    id: String,
    fact: &'a Fact,
    transaction: &'a Transaction,
}

/// Adds what refunds ask for to what the order asks for.
pub(crate) fn add(sale: &Sale<'_>, changes: &mut Changes) -> Result<(), Stop> {
    let events = events(sale);
    if events.is_empty() || changes.wait {
        return Ok(());
    }
    let Some((invoice, top)) = standing(sale, changes) else { return Ok(()) };
    if invoice.status == InvoiceStatus::Draft {
        return Ok(());
    }
    let mut made = 0_usize;
    for event in events {
        let part = format!("{PREFIX}{}", event.id);
        if sale.booked.newest(&part).is_some() {
            continue;
        }
        let documents = credited(sale, &event, (&invoice, &top), made)?;
        made = made.saturating_add(1);
        changes.intents.extend(documents);
    }
    Ok(())
}

/// The invoice as it stands or is about to, and the intent that its content is in.
fn standing(sale: &Sale<'_>, changes: &Changes) -> Option<(Invoice, IntentId)> {
    let part = sale.part();
    let new = changes.intents.iter().rev().find(|intent| intent.part == part);
    let new = new.and_then(|intent| match &intent.body {
        Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } => {
            Some((invoice.clone(), intent.id.clone()))
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    });
    new.or_else(|| {
        let known = sale.booked.newest(&part)?;
        Some((content(known)?.clone(), known.intent.id.clone()))
    })
}

fn events<'a>(sale: &Sale<'a>) -> Vec<Event<'a>> {
    let mut events: BTreeMap<String, Event<'a>> = BTreeMap::new();
    for (fact, transaction) in sale.history.transactions() {
        if !is_refund(transaction) {
            continue;
        }
        let id = transaction.releases.as_ref().unwrap_or(&transaction.transaction_id).clone();
        let event = Event { id: id.clone(), fact, transaction };
        // The earliest word counts: its date is when the buyer got the money.
        let is_earlier =
            events.get(&id).is_none_or(|known| transaction.posted < known.transaction.posted);
        if is_earlier {
            events.insert(id, event);
        }
    }
    let mut events: Vec<Event<'a>> = events.into_values().collect();
    events.sort_by(|a, b| a.transaction.posted.cmp(&b.transaction.posted).then(a.id.cmp(&b.id)));
    events
}

/// The credit note and what is given back: from clearing, and from Marketplace tax what Amazon
/// takes back there.
fn credited(
    sale: &Sale<'_>,
    event: &Event<'_>,
    (invoice, top): (&Invoice, &IntentId),
    made: usize,
) -> Result<Vec<Intent>, Stop> {
    let currency = event.transaction.total.currency();
    if currency != invoice.currency {
        let detail =
            format!("{} is in {}, and the refund in {currency}", invoice.number, invoice.currency);
        return Err(Stop::new("refund_currency_differs", detail));
    }
    let date = sale.case.day(event.transaction.posted);
    sale.case.must_be_open(date, "the credit note for a refund")?;
    let mut sheet = Sheet { sale, invoice, lines: Vec::new(), facilitated: Money::zero(currency) };
    for item in &event.transaction.items {
        sheet.item(event.transaction, item)?;
    }
    sheet.rest(event.transaction)?;
    let total = Money::sum(sheet.lines.iter().map(|line| line.amount), currency)?;
    if total.is_zero() {
        return Ok(Vec::new());
    }
    if !total.is_positive() {
        let detail = format!("refund {} comes to {total}", event.id);
        return Err(Stop::new("refund_not_positive", detail));
    }
    let tax = Money::sum(sheet.lines.iter().map(|line| line.tax), currency)?;
    let nth = notes(sale).saturating_add(made).saturating_add(1);
    let note = CreditNote {
        number: format!("{}-CN{nth}", invoice.number),
        contact: invoice.contact.clone(),
        date,
        currency,
        rate: invoice.rate,
        reference: invoice.reference.clone(),
        lines: sheet.lines,
        total,
        tax,
    };
    documents(sale, event, (note, top), sheet.facilitated)
}

/// Credit notes of this order that have or had a number.
fn notes(sale: &Sale<'_>) -> usize {
    let notes = sale.booked.0.iter().filter(|one| matches!(one.intent.body, Body::CreditNote(_)));
    notes.count()
}

fn documents(
    sale: &Sale<'_>,
    event: &Event<'_>,
    (note, top): (CreditNote, &IntentId),
    facilitated: Money,
) -> Result<Vec<Intent>, Stop> {
    let part = format!("{PREFIX}{}", event.id);
    let facts = || vec![event.fact.id.clone()];
    let (number, date, rate) = (note.number.clone(), note.date, note.rate);
    let (currency, reference) = (note.currency, note.reference.clone());
    let from_clearing = note.total.minus(facilitated)?;
    let mut made = sale.intent(&part, Body::CreditNote(note), facts(), Vec::new());
    made.needs = vec![top.clone()];
    made.hold = hold(&sale.case.situation);
    made.because = because(&sale.case, facts(), Vec::new());
    let mut intents = Vec::new();
    let legs = [
        ("clearing", Role::Clearing(currency), from_clearing),
        ("marketplace_tax", Role::MarketplaceTax, facilitated),
    ];
    for (leg, role, amount) in legs.into_iter().filter(|(_, _, amount)| amount.is_positive()) {
        let account = sale.case.payment_account(role, currency)?;
        let body = Body::Refund(Payment {
            invoice: made.id.clone(),
            invoice_number: number.clone(),
            account_id: account.account_id.clone(),
            account_name: account.name.clone(),
            date,
            amount,
            rate,
            reference: reference.clone(),
        });
        let mut given = sale.intent(&format!("{part}:{leg}"), body, facts(), Vec::new());
        given.needs = vec![made.id.clone()];
        intents.push(given);
    }
    intents.insert(0, made);
    Ok(intents)
}

/// The credit note's lines as they come together.
struct Sheet<'a, 's> {
    sale: &'s Sale<'a>,
    invoice: &'s Invoice,
    lines: Vec<Line>,
    /// What goes back through Marketplace tax.
    facilitated: Money,
}

impl Sheet<'_, '_> {
    /// One item's amounts, as positive money that goes back.
    fn item(&mut self, transaction: &Transaction, item: &TransactionItem) -> Result<(), Stop> {
        let currency = transaction.total.currency();
        let item_id = self.item_id(item);
        let mut amounts: BTreeMap<LineKind, (Money, Money)> = BTreeMap::new();
        let mut withheld = Money::zero(currency);
        for part in &item.parts {
            let Some(nature) = nature(transaction, part) else {
                return Err(unknown(transaction, &part.path));
            };
            if !is_of_sale(nature) {
                continue;
            }
            let zero = Money::zero(currency);
            let back = part.amount.negated()?;
            if nature.kind == LineKind::WithheldTax {
                withheld = withheld.plus(part.amount)?;
                continue;
            }
            let slot = amounts.entry(nature.of).or_insert((zero, zero));
            if nature.kind == LineKind::SaleTax {
                slot.1 = slot.1.plus(back)?;
            } else {
                slot.0 = slot.0.plus(back)?;
            }
        }
        let is_amazons = !withheld.is_zero();
        for (kind, (net, tax)) in amounts {
            self.amount((&item_id, kind), net, tax, is_amazons)?;
        }
        Ok(())
    }

    fn amount(
        &mut self,
        (item_id, kind): (&str, LineKind),
        net: Money,
        tax: Money,
        is_amazons: bool,
    ) -> Result<(), Stop> {
        if is_amazons {
            self.line((item_id, kind), net, None)?;
            self.line_of_tax(item_id, tax)
        } else {
            let stated = Some(tax).filter(|tax| !tax.is_zero());
            self.line((item_id, kind), net.plus(tax)?, stated)
        }
    }

    /// What stands with the whole refund: nothing that names no item is guessed at.
    fn rest(&mut self, transaction: &Transaction) -> Result<(), Stop> {
        for part in &transaction.parts {
            let known = nature(transaction, part);
            let is_fee = known.is_some_and(|nature| !is_of_sale(nature));
            if is_fee || part.amount.is_zero() {
                continue;
            }
            let Some(nature) = known else { return Err(unknown(transaction, &part.path)) };
            self.line(("", nature.kind), part.amount.negated()?, None)?;
        }
        Ok(())
    }

    /// Amazon's order item of a refunded one: by its id, else by its SKU.
    fn item_id(&self, item: &TransactionItem) -> String {
        let known = item.item_id.clone();
        known.unwrap_or_else(|| {
            let items = &self.sale.latest.order.items;
            let by_sku = items.iter().find(|one| one.sku.is_some() && one.sku == item.sku);
            by_sku.map(|one| one.item_id.clone()).unwrap_or_default()
        })
    }

    /// A line like the one of the invoice that carried it.
    fn line(
        &mut self,
        (item_id, kind): (&str, LineKind),
        gross: Money,
        stated: Option<Money>,
    ) -> Result<(), Stop> {
        if gross.is_zero() {
            return Ok(());
        }
        if matches!(kind, LineKind::Goodwill | LineKind::ReturnShipping) {
            return self.claim(kind, gross);
        }
        let Some(sold) = self.sold(item_id, kind) else {
            let detail = format!("{} has no line for {kind:?} of {item_id}", self.invoice.number);
            return Err(Stop::new("refund_without_line", detail));
        };
        let tax = match stated {
            Some(tax) => tax,
            None => share(sold, gross)?,
        };
        let line = Line {
            description: format!("Refund: {}", sold.description),
            quantity: Decimal::ONE,
            unit_amount: gross.amount(),
            amount: gross,
            tax,
            covers: vec![Cover {
                item_id: item_id.to_owned(),
                component: component(kind).to_owned(),
                amount: gross,
            }],
            // Stock comes back when Amazon's inventory ledger says so, not here.
            item_code: None,
            ..sold.clone()
        };
        self.lines.push(line);
        Ok(())
    }

    /// The tax that Amazon kept goes back through its own line and payment.
    fn line_of_tax(&mut self, item_id: &str, tax: Money) -> Result<(), Stop> {
        if tax.is_zero() {
            return Ok(());
        }
        let is_of_tax = |line: &&Line| line.covers.iter().any(|c| c.component == FACILITATOR_TAX);
        let Some(sold) = self.invoice.lines.iter().find(is_of_tax) else {
            let detail = format!("{} has no line for Amazon's tax", self.invoice.number);
            return Err(Stop::new("refund_without_line", detail));
        };
        self.facilitated = self.facilitated.plus(tax)?;
        let cover = Cover {
            item_id: item_id.to_owned(),
            component: FACILITATOR_TAX.to_owned(),
            amount: tax,
        };
        if let Some(known) = self.lines.iter_mut().find(|line| line.account_id == sold.account_id) {
            known.amount = known.amount.plus(tax)?;
            known.unit_amount = known.amount.amount();
            known.covers.push(cover);
            return Ok(());
        }
        let line = Line {
            description: format!("Refund: {}", sold.description),
            quantity: Decimal::ONE,
            unit_amount: tax.amount(),
            amount: tax,
            covers: vec![cover],
            ..sold.clone()
        };
        self.lines.push(line);
        Ok(())
    }

    fn claim(&mut self, kind: LineKind, gross: Money) -> Result<(), Stop> {
        let case = &self.sale.case;
        let account = case.line_account(Role::Claims)?;
        let rate = case.tax_rate(case.tax_type("none")?, account)?;
        let is_postage = kind == LineKind::ReturnShipping;
        let description = if is_postage {
            "Return shipping paid to the buyer"
        } else {
            "Goodwill beyond the price"
        };
        self.lines.push(Line {
            description: description.to_owned(),
            quantity: Decimal::ONE,
            unit_amount: gross.amount(),
            amount: gross,
            account_id: account.account_id.clone(),
            account_code: account.code.clone().unwrap_or_default(),
            tax_type: rate.tax_type.clone(),
            tax: Money::zero(gross.currency()),
            tax_reason: "beyond the price: outside the sale".to_owned(),
            item_code: None,
            tracking: Vec::new(),
            covers: Vec::new(),
        });
        Ok(())
    }

    /// The invoice's line that carried a component: the item's own, else the item's goods, else
    /// the only one of that component.
    fn sold(&self, item_id: &str, kind: LineKind) -> Option<&Line> {
        let has = |line: &&Line, item: &str, component: &str| {
            let named = |cover: &Cover| cover.item_id == item && cover.component == component;
            line.covers.iter().any(named)
        };
        let lines = || self.invoice.lines.iter();
        let wanted = component(kind);
        lines()
            .find(|line| has(line, item_id, wanted))
            .or_else(|| lines().find(|line| has(line, item_id, "item")))
            .or_else(|| lines().find(|line| line.covers.iter().any(|c| c.component == wanted)))
    }
}

/// A line's tax in proportion, as the line itself carries it.
fn share(sold: &Line, gross: Money) -> Result<Money, Stop> {
    let zero = Money::zero(gross.currency());
    let rate = sold.tax.amount().checked_div(sold.amount.amount()).map(Rate);
    Ok(rate.map_or(Ok(zero), |rate| rate.of(gross, Rounding::HalfAwayFromZero))?)
}

/// How the invoice's covers name it.
fn component(kind: LineKind) -> &'static str {
    let named = [
        (LineKind::Shipping, "shipping"),
        (LineKind::GiftWrap, "gift_wrap"),
        (LineKind::Discount, "discount"),
        (LineKind::ShippingDiscount, "discount:shipping"),
        (LineKind::CashOnDelivery, "cod_fee"),
    ];
    named.into_iter().find(|(of, _)| *of == kind).map_or("item", |(_, name)| name)
}

fn unknown(transaction: &Transaction, path: &[String]) -> Stop {
    let words = path.join("/");
    let detail = format!("{} has {words}, which nobody knows", transaction.transaction_id);
    Stop::new("refund_words_unknown", detail)
}
