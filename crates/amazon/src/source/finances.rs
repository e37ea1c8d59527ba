//! Amazon's money as its Finances APIs tell it: transactions, balances, summaries and payment
//! groups. These are the preview and the checks; what is booked is the settlement report.

mod groups;
pub(super) mod parts;
mod totals;
mod transaction;

use base::{Day, Timestamp, Transport};
use serde_json::value::RawValue;

use super::filing::{Filing, once};
use super::{Account, Page, PullStop, Pulled, ask_in_role};
use crate::api::finances::{ListBalances, ListSummary, ListTransactions};
use crate::api::finances_v0::ListFinancialEventGroups;

pub use super::filing::FinancesError;
pub use super::window::{FinancesPosition, NextPage};
pub use parts::NOT_BROKEN_DOWN;
pub use transaction::read_transaction;

/// What an archived transaction, balance, summary and payment group is called.
pub const TRANSACTION_KIND: &str = "amazon.transaction";
pub const BALANCE_KIND: &str = "amazon.balance";
pub const SUMMARY_KIND: &str = "amazon.summary";
pub const GROUP_KIND: &str = "amazon.payment_group";

/// Amazon may not have the orders of the last 48 hours yet, and changes the status of what it
/// holds back: a week is read again each time.
const TRANSACTIONS_TRAIL_MS: i64 = 7 * Timestamp::DAY;

/// The first settlement of an account has been seen to stay open for 56 days; what was paid, and
/// how much of it in another currency, is known only after it closed.
const GROUPS_TRAIL_MS: i64 = 90 * Timestamp::DAY;

/// Most pages that one question about totals may take: a page has 500 of them.
pub(super) const PAGES_MAX: usize = 5;

/// Reads one page of the transactions that were posted since the position.
pub async fn sweep_transactions(
    transport: &dyn Transport,
    account: &Account,
    position: &FinancesPosition,
    now: Timestamp,
) -> Result<Page<FinancesPosition>, PullStop> {
    let window = match position.window(now) {
        Ok(window) => window,
        Err(page) => return Ok(*page),
    };
    let call = ListTransactions {
        posted_after: window.after.iso(),
        posted_before: window.before.iso(),
        next_token: window.token,
    };
    let reply = match ask_in_role(transport, &call, now).await {
        Err(PullStop::Status { status: 400, detail, .. }) if window.token.is_some() => {
            return Ok(position.restarted(detail));
        }
        reply => reply?,
    };
    let mut page =
        position.page_after(window.before, reply.next_token(), TRANSACTIONS_TRAIL_MS, now);
    let found = reply.transactions.as_deref().unwrap_or_default();
    let read = found.iter().map(|raw| read_transaction(account, raw, now));
    once(read, &mut page.facts, &mut page.documents);
    Ok(page)
}

/// Reads one page of the payment groups that were opened since the position.
pub async fn event_groups(
    transport: &dyn Transport,
    account: &Account,
    position: &FinancesPosition,
    now: Timestamp,
) -> Result<Page<FinancesPosition>, PullStop> {
    let window = match position.window(now) {
        Ok(window) => window,
        Err(page) => return Ok(*page),
    };
    let call = ListFinancialEventGroups {
        started_after: window.after.iso(),
        started_before: window.before.iso(),
        next_token: window.token,
    };
    let reply = match ask_in_role(transport, &call, now).await {
        Err(PullStop::Status { status: 400, detail, .. }) if window.token.is_some() => {
            return Ok(position.restarted(detail));
        }
        reply => reply?,
    };
    let mut page = position.page_after(window.before, reply.next_token(), GROUPS_TRAIL_MS, now);
    let filing = Filing { account, name: "payment_groups", kind: GROUP_KIND, now };
    let found = reply.financial_event_group_list.as_deref().unwrap_or_default();
    let read = found.iter().map(|raw| filing.fact(raw, |text| groups::part(account, text)));
    once(read, &mut page.facts, &mut page.documents);
    Ok(page)
}

/// What Amazon owes now, or owed at the end of a day: one fact per account type and marketplace.
pub async fn balances(
    transport: &dyn Transport,
    account: &Account,
    as_of: Option<Day>,
    now: Timestamp,
) -> Result<Pulled, PullStop> {
    let mut found: Vec<Box<RawValue>> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = ListBalances {
            marketplaces: &account.marketplaces,
            as_of: as_of.map(|day| day.to_string()),
            next_token: token.as_deref(),
        };
        let page = ask_in_role(transport, &call, now).await?;
        token = page.next_token().map(str::to_owned);
        found.extend(page.balances.unwrap_or_default());
        if token.is_none() {
            let filing = Filing { account, name: "balances", kind: BALANCE_KIND, now };
            let read = found
                .iter()
                .map(|raw| filing.fact(raw, |text| totals::balance(account, as_of, text)));
            return Ok(pulled(read));
        }
    }
    Err(too_many("balances"))
}

/// Amazon's own total of a settlement, or nothing where it has none.
pub async fn summary(
    transport: &dyn Transport,
    account: &Account,
    settlement_id: &str,
    now: Timestamp,
) -> Result<Pulled, PullStop> {
    let mut found: Vec<Box<RawValue>> = Vec::new();
    let mut token: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let call = ListSummary { settlement_id, next_token: token.as_deref() };
        let page = match ask_in_role(transport, &call, now).await {
            // Older than what Amazon keeps, or not its settlement.
            Err(PullStop::Status { status: 404, .. }) => return Ok(pulled(Vec::new())),
            page => page?,
        };
        token = page.next_token().map(str::to_owned);
        found.extend(page.summaries.unwrap_or_default());
        if token.is_none() {
            let filing = Filing { account, name: "summaries", kind: SUMMARY_KIND, now };
            let asked = totals::Asked { account, settlement_id, summaries: found.len() };
            let read = found.iter().map(|raw| filing.fact(raw, |text| asked.summary(text)));
            return Ok(pulled(read));
        }
    }
    Err(too_many("summaries"))
}

fn pulled(read: impl IntoIterator<Item = (facts::Fact, super::Raw)>) -> Pulled {
    let mut pulled = Pulled { facts: Vec::new(), documents: Vec::new() };
    once(read, &mut pulled.facts, &mut pulled.documents);
    pulled
}

pub(super) fn too_many(what: &str) -> PullStop {
    PullStop::Unreadable(format!("more than {PAGES_MAX} pages of {what}"))
}
