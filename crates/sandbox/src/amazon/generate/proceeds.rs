//! The amounts of an order as Amazon breaks them down.

use super::draft::{Draft, Line, Parts, Shown};
use super::market::Market;
use super::recipe::Defect;
use crate::amazon::wire::{Amount, Breakdown, Detail, ItemProceeds, OrderProceeds};

/// What the order as a whole brings.
pub(crate) fn of_order(draft: &Draft) -> Option<OrderProceeds> {
    let total = draft.grand_total().filter(|_| draft.sold_on_amazon())?;
    let off_by = if draft.defect == Some(Defect::UntiedTotal) { 7 } else { 0 };
    let plain = draft.shown == Shown::Zero || (draft.number.is_multiple_of(5) && draft.tip == 0);
    Some(OrderProceeds {
        grand_total: Some(draft.market.amount(total.minor() + off_by)),
        breakdowns: if plain { Vec::new() } else { order_breakdowns(draft) },
    })
}

/// What one line brings; nothing is said of a line without units.
pub(crate) fn of_line(draft: &Draft, index: usize, line: &Line) -> Option<ItemProceeds> {
    let told = draft.shown == Shown::All && draft.sold_on_amazon() && line.units() > 0;
    if !told {
        return None;
    }
    let parts = line.parts(draft.reading());
    let mut proceeds = ItemProceeds {
        proceeds_total: draft.market.amount(parts.total(draft.reading())),
        breakdowns: line_breakdowns(draft, &parts),
    };
    if draft.defect == Some(Defect::UnreadableOrder) && index == 0 {
        for breakdown in proceeds.breakdowns.iter_mut().take(1) {
            // A letter where a digit belongs.
            "1O.99".clone_into(&mut breakdown.subtotal.amount);
        }
    }
    Some(proceeds)
}

/// Half of the Japanese orders and those without VAT calculation say nothing of tax.
fn lists_tax(draft: &Draft) -> bool {
    let silent = draft.market == Market::Jp && !draft.number.is_multiple_of(2);
    draft.market.lists_tax() && !silent
}

fn line_breakdowns(draft: &Draft, parts: &Parts) -> Vec<Breakdown> {
    let amount = |minor| draft.market.amount(minor);
    let mut breakdowns = vec![breakdown("ITEM", amount(parts.item))];
    if parts.shipping > 0 {
        breakdowns.push(breakdown("SHIPPING", amount(parts.shipping)));
    }
    if parts.gift > 0 {
        breakdowns.push(breakdown("GIFT_WRAP", amount(parts.gift)));
    }
    if parts.discount() > 0 {
        let mut discount = breakdown("DISCOUNT", amount(draft.signed_discount(parts.discount())));
        discount.detailed_breakdowns = details(
            draft,
            &[("ITEM", parts.promotion), ("SHIPPING", parts.shipping_discount)],
            Draft::signed_discount,
        );
        breakdowns.push(discount);
    }
    if lists_tax(draft) {
        breakdowns.push(tax(draft, parts));
    }
    breakdowns
}

fn tax(draft: &Draft, parts: &Parts) -> Breakdown {
    let mut tax = breakdown("TAX", draft.market.amount(parts.tax()));
    tax.detailed_breakdowns = details(
        draft,
        &[
            ("ITEM", parts.tax_item),
            ("SHIPPING", parts.tax_shipping),
            ("GIFT_WRAP", parts.tax_gift),
        ],
        |_, minor| minor,
    );
    tax.detailed_breakdowns.extend(details(
        draft,
        &[("DISCOUNT", parts.tax_discount)],
        Draft::signed_discount,
    ));
    tax
}

fn details(
    draft: &Draft,
    parts: &[(&'static str, i64)],
    sign: impl Fn(&Draft, i64) -> i64,
) -> Vec<Detail> {
    parts
        .iter()
        .filter(|(_, minor)| *minor != 0)
        .map(|(subtype, minor)| Detail { subtype, value: draft.market.amount(sign(draft, *minor)) })
        .collect()
}

fn order_breakdowns(draft: &Draft) -> Vec<Breakdown> {
    let parts: Vec<Parts> = draft.lines.iter().map(|line| line.parts(draft.reading())).collect();
    let sum = |part: fn(&Parts) -> i64| parts.iter().map(part).sum::<i64>();
    let amount = |minor| draft.market.amount(minor);
    let mut breakdowns = vec![breakdown("ITEM", amount(sum(|part| part.item)))];
    for (kind, minor) in [
        ("SHIPPING", sum(|part| part.shipping)),
        ("GIFT_WRAP", sum(|part| part.gift)),
        ("DISCOUNT", draft.signed_discount(sum(Parts::discount))),
    ] {
        if minor != 0 {
            breakdowns.push(breakdown(kind, amount(minor)));
        }
    }
    if lists_tax(draft) {
        breakdowns.push(breakdown("TAX", amount(sum(Parts::tax))));
    }
    if draft.tip > 0 {
        let tip = breakdown("DELIVERY_TIP", amount(draft.tip));
        breakdowns.push(Breakdown { status: Some("FINALIZED"), ..tip });
    }
    breakdowns
}

fn breakdown(kind: &'static str, subtotal: Amount) -> Breakdown {
    Breakdown { kind, status: None, subtotal, detailed_breakdowns: Vec::new() }
}
