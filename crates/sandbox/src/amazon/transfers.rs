//! `listPayouts` and `listExpectedPayouts`, as Amazon's model `transfers_2024-06-01` has them. What
//! would move money, `initiatePayout`, does not exist here.

use std::sync::atomic::Ordering;

use base::{Money, Timestamp};
use serde::Serialize;

use super::Amazon;
use super::finances::wire::{Amount, Partner, RelatedIdentifier, related};
use super::finances::{is_wanted, no_token, partner};
use super::history::{ACCOUNT_TAIL, History, Setting, Settlement, Stage};
use super::marketplaces::Region;
use super::reply::{self, Refusal};
use super::search::{fields, moment};

/// This model spells account types in its own way.
const ACCOUNT_TYPE: &str = "STANDARD_ORDERS";

#[derive(Serialize)]
struct PayoutsReply {
    payouts: Vec<PayoutBody>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PayoutBody {
    id: String,
    partner_metadata: Partner,
    current_status: &'static str,
    status_history: Vec<StatusEntry>,
    #[serde(rename = "type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    account_tail: &'static str,
    payment_method: &'static str,
    creation_date: String,
    payment_rail: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<String>,
    period: Period,
    related_identifiers: Vec<RelatedIdentifier>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct StatusEntry {
    status: &'static str,
    last_updated_date: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    failure_reason: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Period {
    start_date: String,
    end_date: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ExpectedReply {
    expected_payouts: Vec<Expected>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Expected {
    partner_metadata: Partner,
    #[serde(skip_serializing_if = "Option::is_none")]
    amount: Option<Amount>,
    status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    scheduled_date: Option<String>,
    account_tail: &'static str,
    payment_method: &'static str,
    period: Period,
    related_identifiers: Vec<RelatedIdentifier>,
}

impl Amazon {
    pub(crate) fn list_payouts(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        self.check_transfers_role()?;
        let now = self.kit.now();
        let fields = fields(pairs)?;
        no_token(&fields)?;
        let time = |name| fields.get(name).map(|text| moment(name, text)).transpose();
        let (after, before) = (time("createdAfter")?, time("createdBefore")?);
        if after.zip(before).is_some_and(|(after, before)| before <= after) {
            return Err(Refusal::input("createdBefore must be later than createdAfter."));
        }
        let history = self.history_of(region);
        let here = history.map_or("", |of| of.options.setting.market().marketplace().id);
        let wanted = is_wanted(&fields, region, here, ACCOUNT_TYPE)?;
        let mut payouts = Vec::new();
        if let Some(history) = history.filter(|_| wanted) {
            let asked = history.settlements.iter().filter(|of| {
                let created = of.deposit;
                created <= now
                    && after.is_none_or(|after| created >= after)
                    && before.is_none_or(|before| created < before)
                    && fields.get("payoutId").is_none_or(|id| *id == of.payout.id)
            });
            payouts.extend(asked.map(|settlement| body(history, settlement, now)));
        }
        Ok(reply::text(&PayoutsReply { payouts }))
    }

    /// What the settlement that is closed and not yet paid out, or else the open one, will bring.
    pub(crate) fn list_expected_payouts(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        self.check_transfers_role()?;
        let now = self.kit.now();
        let fields = fields(pairs)?;
        no_token(&fields)?;
        let history = self.history_of(region);
        let here = history.map_or("", |of| of.options.setting.market().marketplace().id);
        let wanted = is_wanted(&fields, region, here, ACCOUNT_TYPE)?;
        let next = history.filter(|_| wanted).and_then(|history| {
            let due = history.settlements.iter().find(|of| of.start <= now && of.deposit > now)?;
            Some(expected(history, due, now))
        });
        Ok(reply::text(&ExpectedReply { expected_payouts: next.into_iter().collect() }))
    }

    fn check_transfers_role(&self) -> Result<(), Refusal> {
        let has_role = self.has_transfers_role.load(Ordering::Relaxed);
        if has_role { Ok(()) } else { Err(Refusal::access("")) }
    }
}

fn status(stage: Stage) -> &'static str {
    match stage {
        Stage::Started => "STARTED",
        Stage::InTransit => "IN_TRANSIT",
        Stage::Paid => "PAID",
        Stage::Failed => "FAILED",
        Stage::NoPayout => "NO_PAYOUT",
    }
}

fn body(history: &History, settlement: &Settlement, now: Timestamp) -> PayoutBody {
    let payout = &settlement.payout;
    let seen = || payout.seen(now);
    let current = seen().last().map_or("STARTED", |(stage, _)| status(stage));
    let reason = "The account number is invalid.";
    let is_paid = payout.amount > 0;
    PayoutBody {
        id: payout.id.clone(),
        partner_metadata: partner(history, ACCOUNT_TYPE),
        current_status: current,
        status_history: seen()
            .map(|(stage, at)| StatusEntry {
                status: status(stage),
                last_updated_date: at.iso(),
                failure_reason: (stage == Stage::Failed).then_some(reason),
            })
            .collect(),
        kind: "SCHEDULED",
        amount: is_paid.then(|| history.paid(payout.amount).into()),
        account_tail: ACCOUNT_TAIL,
        payment_method: "BANK_ACCOUNT",
        creation_date: settlement.deposit.iso(),
        payment_rail: rail(history.options.setting),
        trace_id: is_paid.then(|| payout.trace_id.clone()),
        period: period(settlement),
        related_identifiers: vec![related("SETTLEMENT_ID", &settlement.id)],
    }
}

fn expected(history: &History, settlement: &Settlement, now: Timestamp) -> Expected {
    let rows = history.rows(settlement).filter(|(_, at, _)| *at <= now);
    let minor: i64 = if settlement.end <= now {
        settlement.total
    } else {
        rows.map(|(_, _, row)| row.amount).sum()
    };
    let is_owed = minor > 0;
    Expected {
        partner_metadata: partner(history, ACCOUNT_TYPE),
        amount: is_owed.then(|| Money::from_minor(minor, history.currency()).into()),
        status: if is_owed { "SCHEDULED" } else { "NO_PAYOUT_EXPECTED" },
        scheduled_date: is_owed.then(|| settlement.deposit.iso()),
        account_tail: ACCOUNT_TAIL,
        payment_method: "BANK_ACCOUNT",
        period: period(settlement),
        related_identifiers: vec![related("SETTLEMENT_ID", &settlement.id)],
    }
}

fn period(settlement: &Settlement) -> Period {
    Period { start_date: settlement.start.iso(), end_date: settlement.end.iso() }
}

fn rail(setting: Setting) -> &'static str {
    match setting {
        Setting::UkVat | Setting::UkGross => "FASTER_PAYMENTS",
        Setting::De => "SEPA",
        Setting::Us => "ACH",
        Setting::Au => "BECS",
        Setting::Ca => "EFT",
        Setting::In => "NEFT",
    }
}
