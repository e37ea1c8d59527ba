//! `listSummary`: what a settlement came to.

use base::{Money, Timestamp};

use super::balances::partner;
use super::breakdowns::tree;
use super::wire::{self, related};
use crate::amazon::Amazon;
use crate::amazon::marketplaces::Region;
use crate::amazon::reply::{self, Refusal};
use crate::amazon::search::fields;

impl Amazon {
    /// Of a settlement that has ended, and nothing of any other. A summary by dates is not
    /// simulated.
    pub(crate) fn list_summary(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        super::no_token(&fields)?;
        let get = |name: &str| fields.get(name).copied();
        if get("periodStart").or(get("periodEnd")).is_some() {
            return Err(Refusal::input("A summary by period is not simulated."));
        }
        let id = match (get("relatedIdentifierName"), get("relatedIdentifierValue")) {
            (Some("SETTLEMENT_ID"), Some(id)) => id,
            (Some("SETTLEMENT_ID"), None) | (None, _) => {
                return Err(Refusal::input("A related identifier must be given."));
            }
            (Some(_), _) => {
                return Err(Refusal::input("relatedIdentifierName must be SETTLEMENT_ID."));
            }
        };
        let history = self.history_of(region);
        let here = history.map_or("", |of| of.options.setting.market().marketplace().id);
        let wanted = super::is_wanted(&fields, region, here, super::ACCOUNT_TYPE)?;
        let summary = history.filter(|_| wanted).and_then(|of| summary(of, id, now));
        Ok(reply::text(&wire::SummaryReply { summaries: summary.into_iter().collect() }))
    }
}

fn summary(
    history: &crate::amazon::history::History,
    id: &str,
    now: Timestamp,
) -> Option<wire::Summary> {
    let ended = history.settlements.iter().filter(|of| of.end <= now);
    let settlement = ended.into_iter().find(|of| of.id == id)?;
    let currency = history.currency();
    Some(wire::Summary {
        partner_metadata: partner(history, super::ACCOUNT_TYPE),
        net_proceeds: Money::from_minor(settlement.total, currency).into(),
        related_identifiers: vec![related("SETTLEMENT_ID", id)],
        breakdowns: tree(history.rows(settlement).map(|(_, _, row)| row), currency),
        period_start: settlement.start.iso(),
        period_end: settlement.end.iso(),
    })
}
