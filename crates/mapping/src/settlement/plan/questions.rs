//! What a person must answer before documents are posted.

use base::Money;

use crate::settlement::footing::{Footing, Group};
use crate::settlement::pack::{Pack, Treatment};
use crate::settlement::plan::sheet::charged;
use crate::settlement::plan::{About, Card, PlanError, Question, Way, lines, untaxed as apart};
use crate::settlement::words::{Liable, LineKind};

/// Orders that a question names.
const EXAMPLES_AT_MOST: usize = 10;

pub(crate) fn of(
    footing: &Footing,
    pack: &Pack,
    about: &About,
) -> Result<Vec<Question>, PlanError> {
    let mut questions = Vec::new();
    questions.extend(unknown_words(footing)?);
    if about.way == Way::Summary {
        questions.extend(untaxed(footing, pack)?);
    }
    questions.extend(charge_card(footing, about)?);
    questions.extend(payout_currency(footing, about));
    questions.extend(untaxed_lines(footing, about));
    Ok(questions)
}

fn unknown_words(footing: &Footing) -> Result<Option<Question>, PlanError> {
    let Some(first) = footing.unknown.first() else { return Ok(None) };
    let amounts = footing.unknown.iter().map(|unknown| unknown.amount);
    let sum = Money::sum(amounts, footing.sum.currency())?;
    let words = [&first.transaction_type, &first.amount_type, &first.amount_description];
    let blank =
        |word: &'_ String| if word.is_empty() { "(blank)".to_owned() } else { word.clone() };
    let words = words.map(blank);
    let detail = format!(
        "unknown kinds of rows go to suspense: {}, {sum} in all; the first is {}",
        footing.unknown.len(),
        words.join(" / ")
    );
    Ok(Some(Question { code: "settlement_unknown_words".to_owned(), detail }))
}

/// Only where the pack taxes what Amazon does not: a sale abroad that no rule taxes asks nothing.
fn untaxed(footing: &Footing, pack: &Pack) -> Result<Option<Question>, PlanError> {
    let untaxed = &footing.untaxed;
    let mut is_taxed = false;
    for group in footing.parts.iter().flat_map(|part| &part.groups) {
        is_taxed = is_taxed || (is_sold(group) && taxes(footing, pack, group)?);
    }
    if untaxed.orders.is_empty() || !is_taxed {
        return Ok(None);
    }
    let examples: Vec<&str> =
        untaxed.orders.iter().take(EXAMPLES_AT_MOST).map(String::as_str).collect();
    let detail = format!(
        "orders without tax where others have some: {}, of {}; an export, or tax calculation off \
         at Amazon? {}",
        untaxed.orders.len(),
        untaxed.amount,
        examples.join(", ")
    );
    Ok(Some(Question { code: "tax_question".to_owned(), detail }))
}

fn is_sold(group: &Group) -> bool {
    group.kind == LineKind::Goods && group.liable != Liable::Amazon
}

/// Goods of this place are taxed by the pack where Amazon states the tax.
fn taxes(footing: &Footing, pack: &Pack, group: &Group) -> Result<bool, PlanError> {
    let rule = lines::rule(footing, pack, group)?;
    Ok(rule.treatment == Treatment::SetApart || pack.rate(&rule.class).is_some() || group.stated)
}

fn charge_card(footing: &Footing, about: &About) -> Result<Option<Question>, PlanError> {
    if about.card != Card::Unknown {
        return Ok(None);
    }
    let mut sum = Money::zero(footing.sum.currency());
    for part in &footing.parts {
        sum = sum.plus(charged(part, footing.sum.currency())?)?;
    }
    let detail = format!("Amazon charged {sum} to a card, and the book does not say which");
    let question = Question { code: "charge_card_unknown".to_owned(), detail };
    Ok((!sum.is_zero()).then_some(question))
}

/// Transit is kept in the organisation's currency, and only a bank account keeps another one.
fn payout_currency(footing: &Footing, about: &About) -> Option<Question> {
    let paid = about.converted.filter(|_| about.way == Way::PerOrder)?;
    if about.clearing_is_bank && paid.is_base {
        return None;
    }
    let detail = format!(
        "Amazon pays {} for {}: only a payout from a bank account of the settlement's currency into \
         the organisation's own can be posted",
        paid.amount, footing.sum
    );
    Some(Question { code: "payout_currency".to_owned(), detail })
}

fn untaxed_lines(footing: &Footing, about: &About) -> Option<Question> {
    if about.way == Way::Summary || apart::fits(about) {
        return None;
    }
    let is = if about.clearing_is_bank { "a bank account" } else { "no bank account" };
    let detail = format!(
        "untaxed_lines is {}, and the clearing account of {} is {is}",
        about.untaxed_lines.as_str(),
        footing.sum.currency()
    );
    Some(Question { code: "untaxed_lines_unusable".to_owned(), detail })
}
