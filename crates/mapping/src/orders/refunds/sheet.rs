//! The lines of a refund's credit note, each like the line of the invoice that carried it.

use std::collections::BTreeMap;

use base::{Decimal, Money, Rate, Rounding};
use facts::finances::{Transaction, TransactionItem};
use intents::document::Cover;
use intents::{Invoice, Line};

use crate::orders::lines::{FACILITATOR_TAX, FOREIGN_VAT};
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::rulebook::Role;
use crate::settlement::transactions::{is_of_sale, nature};
use crate::settlement::words::LineKind;

/// The credit note's lines as they come together.
pub(super) struct Sheet<'a, 's> {
    pub(super) sale: &'s Sale<'a>,
    pub(super) invoice: &'s Invoice,
    pub(super) lines: Vec<Line>,
    /// What goes back through Marketplace tax.
    pub(super) facilitated: Money,
}

impl Sheet<'_, '_> {
    /// One item's amounts, as positive money that goes back.
    pub(super) fn item(
        &mut self,
        transaction: &Transaction,
        item: &TransactionItem,
    ) -> Result<(), Stop> {
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
        let is_claim = matches!(kind, LineKind::Goodwill | LineKind::ReturnShipping);
        if is_amazons {
            self.line((item_id, kind), net, None)?;
            self.facilitated = self.facilitated.plus(tax)?;
            self.line_of_tax((item_id, FACILITATOR_TAX), tax)
        } else if !is_claim && self.line_with(item_id, FOREIGN_VAT).is_some() {
            let gross = net.plus(tax)?;
            let tax = if tax.is_zero() { self.owed_inside(item_id, gross)? } else { tax };
            self.line((item_id, kind), gross.minus(tax)?, None)?;
            self.line_of_tax((item_id, FOREIGN_VAT), tax)
        } else {
            let stated = Some(tax).filter(|tax| !tax.is_zero());
            self.line((item_id, kind), net.plus(tax)?, stated)
        }
    }

    /// What stands with the whole refund: nothing that names no item is guessed at.
    pub(super) fn rest(&mut self, transaction: &Transaction) -> Result<(), Stop> {
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

    /// The invoice's line that carries tax of others for an item.
    fn line_with(&self, item_id: &str, component: &str) -> Option<&Line> {
        let is_of = |cover: &Cover| cover.item_id == item_id && cover.component == component;
        self.invoice.lines.iter().find(|line| line.covers.iter().any(is_of))
    }

    /// What is owed abroad inside an amount of an item's, as the invoice splits the item.
    fn owed_inside(&self, item_id: &str, gross: Money) -> Result<Money, Stop> {
        let zero = Money::zero(gross.currency());
        let covers = self.invoice.lines.iter().flat_map(|line| &line.covers);
        let (mut owed, mut all) = (zero, zero);
        for cover in covers.filter(|cover| cover.item_id == item_id) {
            all = all.plus(cover.amount)?;
            if cover.component == FOREIGN_VAT {
                owed = owed.plus(cover.amount)?;
            }
        }
        let rate = owed.amount().checked_div(all.amount()).map(Rate);
        Ok(rate.map_or(Ok(zero), |rate| rate.of(gross, Rounding::HalfAwayFromZero))?)
    }

    /// Tax that Amazon kept, or that is owed abroad, goes back through its own line.
    fn line_of_tax(&mut self, (item_id, component): (&str, &str), tax: Money) -> Result<(), Stop> {
        if tax.is_zero() {
            return Ok(());
        }
        let is_of_tax = |line: &&Line| line.covers.iter().any(|c| c.component == component);
        let own = self.line_with(item_id, component);
        let Some(sold) = own.or_else(|| self.invoice.lines.iter().find(is_of_tax)) else {
            let detail = format!("{} has no line for {component}", self.invoice.number);
            return Err(Stop::new("refund_without_line", detail));
        };
        let cover =
            Cover { item_id: item_id.to_owned(), component: component.to_owned(), amount: tax };
        let line = Line {
            description: format!("Refund: {}", sold.description),
            quantity: Decimal::ONE,
            unit_amount: tax.amount(),
            amount: tax,
            covers: vec![cover],
            ..sold.clone()
        };
        let same = |known: &&mut Line| {
            known.account_id == line.account_id && known.description == line.description
        };
        if let Some(known) = self.lines.iter_mut().find(same) {
            known.amount = known.amount.plus(tax)?;
            known.unit_amount = known.amount.amount();
            known.covers.extend(line.covers);
        } else {
            self.lines.push(line);
        }
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
