//! A payment group: a settlement period as the older Finances API counts it, and the only place
//! that says what was paid in another currency.

use base::{Exact, Money};
use facts::Body;
use facts::finances as ours;

use super::super::filing::{Part, filled, time, time_opt};
use super::FinancesError;
use super::parts::money;
use crate::api::finances::Money as Wire;
use crate::api::finances_v0::{FinancialEventGroup, Money as OldWire};
use crate::source::Account;

pub(super) fn part(account: &Account, text: &str) -> Part {
    let wire: FinancialEventGroup = match serde_json::from_str(text) {
        Ok(wire) => wire,
        Err(error) => return Part::unshaped(error),
    };
    let read = group(account, &wire);
    let occurred = match &read {
        Ok(group) => Some(group.transferred.or(group.end).unwrap_or(group.start)),
        Err(_) => None,
    };
    let about = filled(wire.financial_event_group_id.as_ref()).unwrap_or_default();
    // Which marketplace a group belongs to, Amazon does not say, and its id is no settlement's.
    let subject = Some(account.subject(""));
    Part { subject, occurred, about, body: read.map(|group| Body::PaymentGroup(Box::new(group))) }
}

fn group(
    account: &Account,
    wire: &FinancialEventGroup,
) -> Result<ours::PaymentGroup, FinancesError> {
    let id = filled(wire.financial_event_group_id.as_ref());
    let start = wire.financial_event_group_start.as_deref();
    let start = start.ok_or(FinancesError::Missing("FinancialEventGroupStart"))?;
    let end = wire.financial_event_group_end.as_deref();
    Ok(ours::PaymentGroup {
        group_id: id.ok_or(FinancesError::Missing("FinancialEventGroupId"))?,
        status: wire.processing_status.clone().unwrap_or_default(),
        start: time("FinancialEventGroupStart", start)?,
        end: time_opt("FinancialEventGroupEnd", end)?,
        original_total: amount(wire.original_total.as_ref(), "OriginalTotal")?,
        converted_total: amount(wire.converted_total.as_ref(), "ConvertedTotal")?,
        beginning_balance: amount(wire.beginning_balance.as_ref(), "BeginningBalance")?,
        transferred: time_opt("FundTransferDate", wire.fund_transfer_date.as_deref())?,
        trace_id: filled(wire.trace_id.as_ref()),
        account_tail: filled(wire.account_tail.as_ref()),
        region: account.region.as_str().to_owned(),
        seller_id: account.seller_id.clone(),
    })
}

/// This API leaves out an amount, or one half of it, where it means none.
fn amount(wire: Option<&OldWire>, place: &'static str) -> Result<Option<Money>, FinancesError> {
    let Some(wire) = wire else { return Ok(None) };
    let code = filled(wire.currency_code.as_ref());
    match (wire.currency_amount, code) {
        (Some(Exact(amount)), Some(code)) => {
            let wire = Wire { currency_amount: Exact(amount), currency_code: code };
            money(&wire, place).map(Some)
        }
        (None, _) => Ok(None),
        (Some(_), None) => Err(FinancesError::Missing(place)),
    }
}
