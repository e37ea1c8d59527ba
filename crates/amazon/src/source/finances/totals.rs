//! Amazon's own totals: what a settlement comes to, and what is owed.

use base::{Day, Money};
use facts::Body;
use facts::finances as ours;

use super::super::filing::{Part, filled, time, time_opt};
use super::FinancesError;
use super::parts::{footed, leaves, money};
use crate::api::finances::{Balance, SETTLEMENT_ID, Summary, TOTAL};
use crate::source::Account;

/// One of the balances that Amazon gave, with those that it is made of.
pub(super) fn balance(account: &Account, as_of: Option<Day>, text: &str) -> Part {
    let wire: Balance = match serde_json::from_str(text) {
        Ok(wire) => wire,
        Err(error) => return Part::unshaped(error),
    };
    let partner = wire.partner_metadata.clone();
    let marketplace_id = filled(partner.as_ref().and_then(|p| p.marketplace_id.as_ref()));
    let marketplace_id = marketplace_id.unwrap_or_default();
    let account_type = filled(partner.as_ref().and_then(|p| p.account_type.as_ref()));
    let account_type = account_type.unwrap_or_default();
    let read = read_balance(account, as_of, &wire).map(|balance| ours::Balance {
        marketplace_id: marketplace_id.clone(),
        account_type: account_type.clone(),
        ..balance
    });
    let day = as_of.map(|day| day.to_string()).unwrap_or_default();
    let occurred = match (&read, as_of) {
        // The end of the day: the last millisecond that is still of it.
        (_, Some(day)) => Some(day.after_days(1).midnight_utc().after_ms(-1)),
        (Ok(read), None) => read.updated,
        (Err(_), None) => None,
    };
    let subject = Some(account.subject(&marketplace_id));
    let body = read.map(|balance| Body::Balance(Box::new(balance)));
    Part { subject, occurred, about: format!("{marketplace_id}/{account_type}/{day}"), body }
}

fn read_balance(
    account: &Account,
    as_of: Option<Day>,
    wire: &Balance,
) -> Result<ours::Balance, FinancesError> {
    if wire.balance_type.as_deref() != Some(TOTAL) {
        let word = wire.balance_type.as_deref().unwrap_or_default();
        return Err(FinancesError::Unlike(format!("TOTAL was asked for and {word:?} came")));
    }
    // A balance of another day than the one that was asked for must not stand for it.
    if let (Some(asked), Some(said)) = (as_of, wire.as_of_date.as_deref())
        && Day::parse(said).ok() != Some(asked)
    {
        return Err(FinancesError::Unlike(format!("{asked} was asked for and {said:?} came")));
    }
    let total = wire.amount.as_ref().ok_or(FinancesError::Missing("amount"))?;
    Ok(ours::Balance {
        region: account.region.as_str().to_owned(),
        seller_id: account.seller_id.clone(),
        marketplace_id: String::new(),
        account_type: String::new(),
        as_of,
        updated: time_opt("lastUpdatedTime", wire.last_updated_time.as_deref())?,
        total: money(total, TOTAL)?,
        available: inner(wire, "AVAILABLE")?,
        deferred: inner(wire, "DEFERRED")?,
        reserve: inner(wire, "ACCOUNT_LEVEL_RESERVE")?,
    })
}

/// The first balance of a kind below, at any depth.
fn inner(wire: &Balance, kind: &str) -> Result<Option<Money>, FinancesError> {
    for balance in wire.balances.as_deref().unwrap_or_default() {
        if balance.balance_type.as_deref() == Some(kind) {
            return balance.amount.as_ref().map(|amount| money(amount, kind)).transpose();
        }
        if let Some(found) = inner(balance, kind)? {
            return Ok(Some(found));
        }
    }
    Ok(None)
}

/// The question to which a summary is the answer.
#[derive(Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) account: &'a Account,
    pub(super) settlement_id: &'a str,
    /// How many Amazon gave.
    pub(super) summaries: usize,
}

impl Asked<'_> {
    pub(super) fn summary(self, text: &str) -> Part {
        let wire: Summary = match serde_json::from_str(text) {
            Ok(wire) => wire,
            Err(error) => return Part::unshaped(error),
        };
        let end = wire.period_end.as_deref();
        let occurred = end.and_then(|text| time("periodEnd", text).ok());
        let subject = Some(base::Subject::settlement(self.settlement_id));
        let body = self.read(&wire).map(|summary| Body::Summary(Box::new(summary)));
        Part { subject, occurred, about: self.settlement_id.to_owned(), body }
    }

    fn read(self, wire: &Summary) -> Result<ours::Summary, FinancesError> {
        // Which of several is the settlement's total cannot be told.
        if self.summaries != 1 {
            let words = format!("Amazon gives {} summaries of one settlement", self.summaries);
            return Err(FinancesError::Unlike(words));
        }
        let named = wire.related_identifiers.as_deref().unwrap_or_default().iter();
        let mut named = named
            .filter(|related| related.related_identifier_name.as_deref() == Some(SETTLEMENT_ID))
            .filter_map(|related| related.related_identifier_value.as_deref());
        if let Some(other) = named.find(|id| *id != self.settlement_id) {
            let words = format!("{} was asked for and {other:?} came", self.settlement_id);
            return Err(FinancesError::Unlike(words));
        }
        let proceeds = wire.net_proceeds.as_ref().ok_or(FinancesError::Missing("netProceeds"))?;
        let net_proceeds = money(proceeds, "netProceeds")?;
        let trees = wire.breakdowns.as_deref().unwrap_or_default();
        Ok(ours::Summary {
            settlement_id: self.settlement_id.to_owned(),
            net_proceeds,
            parts: footed(leaves(trees, net_proceeds.currency())?, net_proceeds)?,
            region: self.account.region.as_str().to_owned(),
            seller_id: self.account.seller_id.clone(),
        })
    }
}
