//! A cancelled order: nothing of it should stand.

use intents::{Body, Decided, Reason};

use crate::orders::booked::{self, Standing, content};
use crate::orders::changes::{differs, once};
use crate::orders::sale::Sale;
use crate::orders::stop::Stop;
use crate::orders::{Changes, credit, hold};

/// Takes back what was decided: withdrawn while unsent, voided while unpaid, else credited.
pub(crate) fn cancel(sale: &Sale<'_>) -> Result<Changes, Stop> {
    let mut changes = match sale.booked.standing() {
        Standing::Nothing => Changes::default(),
        Standing::InFlight(_) => Changes { wait: true, ..Changes::default() },
        Standing::Differs(held) => return Err(differs(held)),
        Standing::Planned(planned) => {
            let withdraw = vec![planned.intent.id.clone()];
            Changes { withdraw, ..Changes::default() }
        }
        Standing::Posted(posted) => void(sale, posted)?,
        Standing::Amending { planned, .. } if content(planned).is_none() => return Ok(noted(sale)),
        Standing::Amending { posted, planned } => {
            let mut changes = void(sale, posted)?;
            changes.withdraw.push(planned.intent.id.clone());
            changes
        }
    };
    if !changes.wait {
        changes.withdraw.extend(sale.booked.unsent_followers());
    }
    changes.note = noted(sale).note;
    Ok(once(changes))
}

fn noted(sale: &Sale<'_>) -> Changes {
    let note = Some(Reason::new("recorded", sale.verdict.reason.clone()));
    Changes { note, ..Changes::default() }
}

/// A void needs an invoice without payments and credits: Xero refuses others.
fn void(sale: &Sale<'_>, posted: &Decided) -> Result<Changes, Stop> {
    let Some(known) = content(posted) else { return Ok(Changes::default()) };
    if sale.booked.is_money_in_flight() {
        return Ok(Changes { wait: true, ..Changes::default() });
    }
    let root = booked::root(&posted.intent);
    let paid = sale.booked.paid(root, known.total)?;
    if !paid.is_zero() || !sale.booked.sent_credit_notes().is_empty() {
        return credit::credit(sale, posted, None, paid);
    }
    sale.case.must_be_open(known.date, "the invoice to be voided")?;
    let body = Body::InvoiceVoid { of: root.clone(), number: known.number.clone() };
    let facts = vec![sale.latest.fact.id.clone()];
    let traces = vec![sale.verdict.trace.clone()];
    let mut intent = sale.intent(&posted.intent.part, body, facts, traces);
    intent.needs = vec![posted.intent.id.clone()];
    intent.supersedes = Some(posted.intent.id.clone());
    intent.hold = hold(&sale.case.situation);
    Ok(Changes { intents: vec![intent], ..Changes::default() })
}
