//! `listFinancialEventGroups` of the old Finances API: a settlement by another name.

use base::{Money, Timestamp};

use super::wire;
use crate::amazon::Amazon;
use crate::amazon::history::{ACCOUNT_TAIL, History, Settlement, Stage};
use crate::amazon::marketplaces::Region;
use crate::amazon::page::{Cursor, Page, PageKey};
use crate::amazon::reply::{self, Refusal};
use crate::amazon::search::{SETTLING_MS, fields, moment};

const WINDOW_MAX_MS: i64 = 180 * Timestamp::DAY;

impl Amazon {
    pub(crate) fn list_event_groups(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        let get = |name: &str| fields.get(name).copied();
        let limit = match get("MaxResultsPerPage").map_or(Ok(10), str::parse::<usize>) {
            Ok(limit) if (1..=100).contains(&limit) => limit,
            Ok(_) | Err(_) => {
                return Err(Refusal::input("MaxResultsPerPage must be between 1 and 100."));
            }
        };
        let time = |name| get(name).map(|text| moment(name, text)).transpose();
        let after = time("FinancialEventGroupStartedAfter")?;
        let before = time("FinancialEventGroupStartedBefore")?;
        let settled = now.after_ms(-SETTLING_MS);
        if after.max(before).is_some_and(|at| at > settled) {
            return Err(Refusal::input("The times must be more than two minutes before now."));
        }
        if after.zip(before).is_some_and(|(after, before)| before <= after) {
            return Err(Refusal::input("The end must be later than the start."));
        }
        let end = before.unwrap_or(settled);
        let start = after.unwrap_or(Timestamp(i64::MIN));
        let same = format!("{}.{}", after.map_or(0, |at| at.0), before.map_or(0, |at| at.0));
        let cursor = Cursor { secret: &self.page_secret, region, name: "NextToken" };
        let page = get("NextToken").map(|token| cursor.open(token, &same, now)).transpose()?;
        let from = page.map_or(Timestamp(i64::MIN), |page| page.key.time);
        let is_too_long = after.is_some_and(|after| end.since(after) > WINDOW_MAX_MS);
        let history = self.history_of(region).filter(|_| !is_too_long);
        let settlements = history.iter().flat_map(|history| &history.settlements);
        let mut found: Vec<&Settlement> = settlements
            .filter(|of| start <= of.start && of.start < end && of.start > from)
            .take(limit + 1)
            .collect();
        let more = found.len() > limit;
        found.truncate(limit);
        let last = found.last().filter(|_| more).map(|of| Page {
            before: end,
            key: PageKey { time: of.start, order_id: String::new() },
        });
        let groups = found.iter().filter_map(|of| history.map(|history| group(history, of, now)));
        Ok(reply::text(&wire::GroupsReply {
            payload: wire::Groups {
                financial_event_group_list: groups.collect(),
                next_token: last.map(|page| cursor.seal(&page, &same, now)),
            },
        }))
    }
}

fn group(history: &History, settlement: &Settlement, now: Timestamp) -> wire::Group {
    let is_closed = settlement.end <= now;
    let money = |minor| Money::from_minor(minor, history.currency());
    let total = if is_closed {
        settlement.total
    } else {
        let rows = history.rows(settlement).filter(|(_, at, _)| *at <= now);
        rows.map(|(_, _, row)| row.amount).sum()
    };
    let stage = settlement.payout.seen(now).last().map(|(stage, _)| stage);
    let status = match stage {
        Some(Stage::Paid) => Some("Succeeded"),
        Some(Stage::Failed) => Some("Failed"),
        Some(Stage::Started | Stage::InTransit) => Some("Processing"),
        Some(Stage::NoPayout) | None => is_closed.then_some("Unknown"),
    };
    let is_sent = settlement.payout.started().is_some_and(|at| at <= now);
    wire::Group {
        financial_event_group_id: settlement.group_id.clone(),
        processing_status: if is_closed { "Closed" } else { "Open" },
        fund_transfer_status: status,
        original_total: money(total).into(),
        converted_total: is_closed.then(|| history.paid(total).into()),
        fund_transfer_date: is_closed.then(|| settlement.deposit.iso()),
        trace_id: is_sent.then(|| settlement.payout.trace_id.clone()),
        account_tail: is_closed.then_some(ACCOUNT_TAIL),
        beginning_balance: money(settlement.beginning()).into(),
        financial_event_group_start: settlement.start.iso(),
        financial_event_group_end: is_closed.then(|| settlement.end.iso()),
    }
}
