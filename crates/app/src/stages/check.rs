//! Did it land, and does it still hold? Once a day everything that changed in Xero is held against
//! what was posted, list by list and a page a turn; and, because Xero does not tell of every change,
//! a piece of all that was ever posted is read again by its ids, so that in a month all of it was.

use base::Timestamp;
use intents::Kind;
use serde::{Deserialize, Serialize};
use xero::Resource;

use super::look::{self, LookError, Way};
use super::{LaneState, Next, StageError, Turn};
use crate::book::XeroLink;
use crate::transport::Caller;

/// Xero's clock and ours may differ, and a change may be stored a little after it is stamped.
const OVERLAP_MS: i64 = 10 * Timestamp::MINUTE;

/// A thousand a page: who changes more in a day is read the next day.
const PAGES_MAX: u32 = 50;

/// In so many checks all that was posted is read again.
const SWEEP_CHECKS: u64 = 30;

/// Calls that one check spends on reading again: a twentieth of the least that Xero gives a day.
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>
const SWEEP_CALLS_MAX: u64 = 50;

/// What is read again, in this order. Allocations show on their credit notes.
const SWEPT: [Kind; 10] = [
    Kind::Invoice,
    Kind::InvoiceEdit,
    Kind::Bill,
    Kind::CreditNote,
    Kind::SupplierCredit,
    Kind::Payment,
    Kind::Refund,
    Kind::BankTransaction,
    Kind::BankTransfer,
    Kind::ManualJournal,
];

/// How far a check has got, between its turns.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checking {
    /// When it began; none while none is under way.
    pub began: Option<Timestamp>,
    /// Which of Xero's lists comes next, and which page of it; 0 is the first.
    pub list: usize,
    pub page: u32,
    /// Where the reading again goes on: the kind, and the last intent that was read.
    pub kind: usize,
    pub after: String,
    /// Documents that this check still reads again.
    pub left: u64,
}

/// Does one call's worth of the check. None when it is through.
pub async fn check(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Option<Next>, StageError> {
    let way = Way { turn, link, caller };
    match step(&way, state).await {
        Ok(true) => Ok(Some(Next::Now)),
        Ok(false) => {
            state.checked = state.checking.began.take().or(state.checked);
            Ok(None)
        }
        Err(stop) => stop.into_next().map(Some),
    }
}

/// False when nothing is left to do.
async fn step(way: &Way<'_>, state: &mut LaneState) -> Result<bool, LookError> {
    let turn = way.turn;
    let counts = turn.store.standing_counts(&turn.lease.book).await?;
    if state.checking.began.is_none() {
        let posted: u64 =
            counts.iter().filter(|(kind, _)| SWEPT.contains(kind)).map(|(_, n)| *n).sum();
        let checking = &mut state.checking;
        checking.began = Some(turn.clock.now());
        (checking.list, checking.page) = (0, 0);
        checking.left = quota(posted);
    }
    let since = state.checked.map(|moment| moment.after_ms(-OVERLAP_MS));
    let checking = &mut state.checking;
    while let Some(resource) = Resource::ALL.get(checking.list).copied() {
        let is_used = counts.keys().any(|kind| Resource::of(*kind) == Some(resource));
        if !is_used && resource != Resource::Invoices {
            (checking.list, checking.page) = (checking.list.saturating_add(1), 0);
            continue;
        }
        let page = checking.page.saturating_add(1);
        let tenant = &way.link.tenant_id;
        let shelf = xero::read_changed(way.caller, tenant, resource, since, page).await?;
        look::shown(way, &shelf, &[]).await?;
        if shelf.more && page < PAGES_MAX {
            checking.page = page;
        } else {
            (checking.list, checking.page) = (checking.list.saturating_add(1), 0);
        }
        return Ok(true);
    }
    sweep(way, checking).await
}

/// How many documents a check reads again.
fn quota(posted: u64) -> u64 {
    let least = u64::try_from(xero::IDS_MAX).unwrap_or_default();
    let most = least.saturating_mul(SWEEP_CALLS_MAX);
    posted.div_ceil(SWEEP_CHECKS).max(least).min(most).min(posted)
}

/// Reads the next few of one kind again. False when this check's share is done.
async fn sweep(way: &Way<'_>, checking: &mut Checking) -> Result<bool, LookError> {
    let turn = way.turn;
    while checking.left > 0 {
        let Some(kind) = SWEPT.get(checking.kind).copied() else {
            // All of it was read: the next check begins again.
            (checking.kind, checking.left) = (0, 0);
            break;
        };
        let Some(resource) = Resource::of(kind) else { break };
        let room = u64::try_from(look::ids_max(resource)).unwrap_or_default();
        let limit = u32::try_from(room.min(checking.left)).unwrap_or(1);
        let book = &turn.lease.book;
        let found = turn.store.standing_after(book, kind, &checking.after, limit).await?;
        let (posted, Some(last)) = found else {
            checking.kind = checking.kind.saturating_add(1);
            checking.after.clear();
            continue;
        };
        let ids: Vec<String> = posted
            .into_iter()
            .filter_map(|one| one.receipt.map(|receipt| receipt.remote_id))
            .collect();
        if !ids.is_empty() {
            look::by_ids(way, resource, &ids).await?;
        }
        checking.after = last;
        checking.left = checking.left.saturating_sub(u64::from(limit));
        return Ok(true);
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_check_reads_a_thirtieth_again_within_its_share_of_calls() {
        assert_eq!(quota(0), 0);
        assert_eq!(quota(7), 7);
        assert_eq!(quota(900), 40);
        assert_eq!(quota(3_000), 100);
        assert_eq!(quota(10_000_000), 2_000);
    }
}
