//! What a settlement adds up to, for reading.

use mapping::settlement::{Footing, Group, Part, Verdict};

use crate::settlements::Told;
use crate::settlements::month_end::MonthEnd;

pub(crate) fn told(settlements: &[Told], before: Option<&MonthEnd>) -> String {
    let before = before.map(MonthEnd::facts).into_iter();
    before.chain(settlements.iter().map(|told| one(&told.footing))).collect()
}

fn one(footing: &Footing) -> String {
    let settlement = &footing.settlement;
    let mut text = vec![format!(
        "settlement {} of {} to {}: {}, rows: {}\n",
        settlement.settlement_id, settlement.start, settlement.end, footing.sum, footing.rows
    )];
    text.extend(footing.parts.iter().map(part));
    for (claim, claimed) in &footing.claims {
        text.push(format!(
            "covered by {} item {}: {:?} {}\n",
            claim.order_id,
            claim.item_id,
            claim.kind,
            claimed.amount.amount()
        ));
    }
    for unknown in &footing.unknown {
        text.push(format!(
            "unknown {} / {} / {}: {} on line {}\n",
            unknown.transaction_type,
            unknown.amount_type,
            unknown.amount_description,
            unknown.amount.amount(),
            unknown.first_line
        ));
    }
    for check in footing.checks.iter().filter(|check| check.verdict != Verdict::Holds) {
        text.push(format!("check {} {:?}: {}\n", check.name, check.verdict, check.detail));
    }
    text.concat()
}

fn part(part: &Part) -> String {
    let head = format!("{} to {}: {}\n", part.month, part.last, part.total.amount());
    head + &part.groups.iter().map(group).collect::<String>()
}

fn group(group: &Group) -> String {
    let refund = if group.is_refund { " refund" } else { "" };
    let stated =
        if group.stated { format!(" of which tax {}", group.tax.amount()) } else { String::new() };
    let words = group.words.iter().map(|(words, amount)| format!("{words} {}", amount.amount()));
    let place: Vec<&str> = [group.marketplace.as_str(), group.fulfilment.as_str()]
        .into_iter()
        .filter(|word| !word.is_empty())
        .collect();
    format!(
        "    {:?}{refund}, {:?} liable{}{}: {}{stated} ({})\n",
        group.kind,
        group.liable,
        if place.is_empty() { "" } else { ", " },
        place.join(" "),
        group.amount.amount(),
        words.collect::<Vec<_>>().join(", ")
    )
}
