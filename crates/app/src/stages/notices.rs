//! What Xero said by webhook is looked at: ids of one list together, in one call. A notice says
//! that something changed, and nothing of what it is now.

use std::collections::{BTreeMap, BTreeSet};

use base::{Subject, Timestamp};
use intents::State;
use store::Notice;
use xero::Resource;

use super::look::{self, LookError, Way};
use super::{Next, StageError, Turn};
use crate::book::XeroLink;
use crate::transport::Caller;

/// Notices that are taken up at once.
const NOTICES_MAX: u32 = 400;

/// Xero tells us of our own writes too. A write is written down when its answer came, at most so
/// long after it was done; and the clocks differ a little.
const ECHO_BEFORE_MS: i64 = 40 * Timestamp::SECOND;
const ECHO_AFTER_MS: i64 = 5 * Timestamp::SECOND;

/// Takes up what was said. None when nothing was.
pub async fn notices(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
) -> Result<Option<Next>, StageError> {
    let due = turn.store.due_notices(&turn.lease.book, NOTICES_MAX).await?;
    if due.is_empty() {
        return Ok(None);
    }
    let way = Way { turn, link, caller };
    match take_up(&way, due).await {
        Ok(()) => Ok(Some(Next::Now)),
        Err(stop) => stop.into_next().map(Some),
    }
}

async fn take_up(way: &Way<'_>, due: Vec<Notice>) -> Result<(), LookError> {
    let turn = way.turn;
    let echoes = echoes(turn, &due).await?;
    // One list at a time: what Xero told first decides which.
    let is_followed = |notice: &Notice| {
        Resource::of_category(&notice.category).filter(|_list| !echoes.contains(&notice.key))
    };
    let first = due.iter().find_map(is_followed);
    let mut ids: Vec<String> = Vec::new();
    let mut done: Vec<String> = Vec::new();
    for notice in &due {
        match is_followed(notice) {
            // Ours, or of a list that we do not follow: the daily check reads it.
            None => done.push(notice.key.clone()),
            Some(resource) if Some(resource) == first => {
                let is_known = ids.contains(&notice.resource_id);
                if !is_known && ids.len() < look::ids_max(resource) {
                    ids.push(notice.resource_id.clone());
                }
                if ids.contains(&notice.resource_id) {
                    done.push(notice.key.clone());
                }
            }
            Some(_another_list) => {}
        }
    }
    if let Some(resource) = first {
        let rest = look::by_ids(way, resource, &ids).await?;
        read_rest(way, &rest).await?;
    }
    turn.gate.pass("notices: before they are finished").await;
    Ok(turn.store.finish_notices(turn.lease, &done, turn.clock.now()).await?)
}

/// The notices of what Daybook wrote itself: what Xero answered was compared then.
async fn echoes(turn: &Turn<'_>, due: &[Notice]) -> Result<BTreeSet<String>, LookError> {
    let moments: Vec<Timestamp> = due.iter().filter_map(|notice| notice.occurred).collect();
    let Some(first) = moments.iter().min() else { return Ok(BTreeSet::new()) };
    let ids: BTreeSet<String> = due.iter().map(|notice| notice.resource_id.clone()).collect();
    let ids: Vec<String> = ids.into_iter().collect();
    let since = first.after_ms(-ECHO_AFTER_MS);
    let written = turn.store.written_at(&turn.lease.book, &ids, since).await?;
    let is_echo = |notice: &&Notice| {
        let (Some(at), Some(writes)) = (notice.occurred, written.get(&notice.resource_id)) else {
            return false;
        };
        let near = |write: &Timestamp| {
            at.after_ms(-ECHO_AFTER_MS) <= *write && *write <= at.after_ms(ECHO_BEFORE_MS)
        };
        writes.iter().any(near)
    };
    Ok(due.iter().filter(is_echo).map(|notice| notice.key.clone()).collect())
}

/// Where money or a document is missing, the payments and credit notes of the same subjects are
/// read as well: Xero does not tell of those.
pub async fn read_rest(way: &Way<'_>, subjects: &BTreeSet<Subject>) -> Result<(), LookError> {
    let subjects: Vec<Subject> = subjects.iter().cloned().collect();
    let rows = way.turn.store.subjects(&way.turn.lease.book, &subjects).await?;
    let mut lists: BTreeMap<Resource, Vec<String>> = BTreeMap::new();
    let posted = rows.iter().flat_map(|row| &row.decided);
    for one in posted.filter(|one| one.progress.state == State::Posted) {
        let resource = Resource::of(one.intent.kind());
        let (Some(resource), Some(receipt)) = (resource, &one.receipt) else { continue };
        let is_allocation = matches!(one.intent.body, intents::Body::Allocation(_));
        if resource != Resource::Invoices && !is_allocation {
            lists.entry(resource).or_default().push(receipt.remote_id.clone());
        }
    }
    for (resource, ids) in lists {
        for some in ids.chunks(look::ids_max(resource)) {
            look::by_ids(way, resource, some).await?;
        }
    }
    Ok(())
}
