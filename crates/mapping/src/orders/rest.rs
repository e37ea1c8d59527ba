//! The part of an order that does not foot, when a reviewer let the other part go.

use base::{Decimal, Money};
use intents::document::Cover;
use intents::{Body, Decided, Intent, Invoice, Line};

use crate::orders::currency;
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::rulebook::{CurrencyMode, Role};

pub(crate) const PART: &str = "invoice_rest";

/// True when the invoice carries only what foots: a reviewer's word is among its reasons.
pub(crate) fn is_of_part(sale: &Sale<'_>, decided: &Decided) -> bool {
    let approvals = sale.history.approved(facts::Act::PostWhatFoots);
    decided.intent.because.facts.iter().any(|fact| approvals.contains(fact))
}

/// A held invoice for what is left of Amazon's total, on Suspense: it waits for a person, linked
/// to the one that was posted.
pub(crate) fn held(
    sale: &Sale<'_>,
    invoice: &Invoice,
    posted: &Intent,
    rest: Money,
) -> Result<Intent, Stop> {
    let case = &sale.case;
    let account = case.line_account(Role::Suspense)?;
    let rate = case.tax_rate(case.tax_type("none")?, account)?;
    let cover = Cover { item_id: String::new(), component: "rest".to_owned(), amount: rest };
    let line = Line {
        description: format!("{} less the items that add up", invoice.reference),
        quantity: Decimal::ONE,
        unit_amount: rest.amount(),
        amount: rest,
        account_id: account.account_id.clone(),
        account_code: account.code.clone().unwrap_or_default(),
        tax_type: rate.tax_type.clone(),
        tax: Money::zero(rest.currency()),
        tax_reason: format!("unknown until a person looks ({})", rate.name),
        item_code: None,
        tracking: Vec::new(),
        covers: vec![cover],
    };
    let exchange = currency::rate(case, rest.currency(), invoice.date)?;
    let (lines, total) = match exchange {
        Some(dated) if case.settings().currency == CurrencyMode::Convert => {
            currency::converted(vec![line], rest, invoice.currency, dated.rate)?
        }
        Some(_) | None => (vec![line], rest),
    };
    let body = Invoice {
        number: format!("{}-REST", invoice.number),
        lines,
        total,
        tax: Money::zero(total.currency()),
        ..invoice.clone()
    };
    let facts = posted.because.facts.clone();
    let mut intent = sale.intent(PART, Body::Invoice(body), facts, Vec::new());
    intent.needs = vec![posted.id.clone()];
    intent.hold = Some("untied_total".to_owned());
    Ok(intent)
}
