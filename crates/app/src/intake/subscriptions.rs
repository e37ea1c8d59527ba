//! Sees to it that Amazon sends word: a destination for the queue, and a subscription of the seller
//! for each type. Once a day, and whenever the seller authorised anew or the queue is another one.
//!
//! Whatever goes wrong here is told and tried again later; it stops nothing, because everything is
//! asked for regularly all the same.

use std::collections::BTreeMap;

use amazon::source::notifications::{self as source, Wanted};
use amazon::source::{PullStop, Remedy};
use base::{Timestamp, digest};
use serde::{Deserialize, Serialize};
use store::{Alarm, Tokens};

use super::Notifications;
use crate::book::{AmazonLink, Credential, Grant};
use crate::stages::{LaneState, Next, StageError, Turn};
use crate::transport::tokens::Access;
use crate::transport::{Caller, Grantless};

/// How long a hint is remembered after it ended. SQS keeps messages for fourteen days at most, so
/// that no double comes later.
const REMEMBERED_MS: i64 = 30 * Timestamp::DAY;
const AGAIN_FIRST_MS: i64 = Timestamp::MINUTE;
const AGAIN_MAX_MS: i64 = 6 * Timestamp::HOUR;

/// What is not of one type.
const DESTINATION: &str = "destination";

/// What a person is told when Amazon does not let us subscribe.
const REFUSED_CODE: &str = "subscription_refused";
/// What a person is told when another queue has what was ours.
const TAKEN_CODE: &str = "subscription_taken";

const ORDERS: Wanted = Wanted {
    kind: amazon::api::notifications::ORDER_CHANGE,
    order_change_types: &amazon::api::notifications::ORDER_CHANGE_TYPES,
};
/// For books that read money.
const MONEY: [Wanted; 2] = [
    Wanted { kind: amazon::api::notifications::TRANSACTION_UPDATE, order_change_types: &[] },
    Wanted {
        kind: amazon::api::notifications::REPORT_PROCESSING_FINISHED,
        order_change_types: &[],
    },
];

/// What a lane knows of its subscriptions.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Standing {
    /// When they are looked at again.
    pub(crate) due: Option<Timestamp>,
    /// Of which queue and which authorisation what follows is true.
    of: String,
    /// Amazon's id of the queue, once it is known in this round.
    destination: Option<String>,
    /// Types that this round has still to look at.
    left: Vec<String>,
    failures: u32,
    /// Types that Amazon sends, each with its subscription's id.
    pub standing: BTreeMap<String, String>,
    /// How often one was made, and made anew in place of another.
    pub created: u32,
    pub repaired: u32,
    /// When a round last came to its end without trouble.
    pub verified: Option<Timestamp>,
    /// What Amazon said against it, by type.
    pub trouble: BTreeMap<String, String>,
    /// Types that were ours and that another queue has, with that queue's destination.
    pub lost: BTreeMap<String, String>,
}

/// How the subscription to a type was found or left.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Verified {
    Ours,
    /// Another queue of the same application has it since, and is there.
    Taken {
        destination: String,
        queue: String,
    },
}

/// The way to one seller's subscriptions during one turn.
struct Way<'a> {
    turn: &'a Turn<'a>,
    link: &'a AmazonLink,
    caller: &'a Caller,
    grantless: Grantless<'a>,
    queue_arn: &'a str,
    now: Timestamp,
}

/// One type, or the destination, if any is due. `None`: the turn is free for other work.
pub async fn keep(
    turn: &Turn<'_>,
    link: &AmazonLink,
    caller: &Caller,
    state: &mut LaneState,
) -> Result<Option<Next>, StageError> {
    let Some(queue) = turn.notifications else { return Ok(None) };
    let now = turn.clock.now();
    let memory = &mut state.subscriptions;
    let of = what_for(turn, link, queue).await?;
    if memory.of != of {
        *memory = Standing { of, ..Standing::default() };
    }
    if memory.due.is_some_and(|due| due > now) {
        return Ok(None);
    }
    let access = application(turn, link).await?;
    let grantless = Grantless { courier: &caller.courier, access };
    let way = Way { turn, link, caller, grantless, queue_arn: &queue.queue_arn, now };
    way.step(memory).await
}

/// Another queue or a new authorisation is another beginning.
async fn what_for(
    turn: &Turn<'_>,
    link: &AmazonLink,
    queue: &Notifications,
) -> Result<String, StageError> {
    let tokens = turn.store.tokens(&link.credential.tokens).await?;
    let refresh = tokens.and_then(|tokens| tokens.refresh);
    let refresh = refresh.as_ref().map_or("", |token| token.expose());
    let wanted: Vec<&str> = wanted(turn).into_iter().map(|wanted| wanted.kind).collect();
    Ok(digest(&[&queue.queue_arn, &link.credential.client_id, refresh, &wanted.join(",")]))
}

/// The way to a token that belongs to no seller: one for the application.
async fn application(turn: &Turn<'_>, link: &AmazonLink) -> Result<Access, StageError> {
    let seller = &link.credential;
    let credential = Credential {
        tokens: format!("amazon|{}|notifications", seller.client_id),
        grant: Grant::ClientCredentials,
        ..seller.clone()
    };
    if turn.store.tokens(&credential.tokens).await?.is_none() {
        let none = Timestamp(0);
        let tokens = Tokens { access: None, access_expires: none, refresh: None, refreshed: none };
        turn.store.put_tokens(&credential.tokens, &tokens).await?;
    }
    Ok(Access { store: turn.store.clone(), credential })
}

fn wanted(turn: &Turn<'_>) -> Vec<Wanted> {
    let money: &[Wanted] = if turn.settings.money { &MONEY } else { &[] };
    std::iter::once(&ORDERS).chain(money).copied().collect()
}

impl Way<'_> {
    async fn step(&self, memory: &mut Standing) -> Result<Option<Next>, StageError> {
        if memory.left.is_empty() {
            memory.destination = None;
            memory.trouble.clear();
            memory.left = wanted(self.turn).iter().map(|of| of.kind.to_owned()).collect();
        }
        let Some(destination) = memory.destination.clone() else {
            return match self.destination().await {
                Ok(id) => {
                    self.calm(DESTINATION).await?;
                    memory.destination = Some(id);
                    Ok(Some(Next::Now))
                }
                Err(stop) => {
                    let is_over = self.stopped(memory, DESTINATION, &stop).await?;
                    if is_over {
                        memory.left.clear();
                        self.end(memory).await?;
                    }
                    Ok(None)
                }
            };
        };
        let kind = memory.left.first().cloned().unwrap_or_default();
        if let Some(wanted) = wanted(self.turn).into_iter().find(|of| of.kind == kind) {
            match self.verify(memory, &wanted, &destination).await {
                Ok(verified) => self.told(memory, &kind, verified).await?,
                Err(stop) => {
                    if !self.stopped(memory, &kind, &stop).await? {
                        return Ok(None);
                    }
                }
            }
        }
        memory.left.retain(|left| *left != kind);
        memory.failures = 0;
        if memory.left.is_empty() {
            self.end(memory).await?;
        }
        Ok(Some(Next::Now))
    }

    async fn end(&self, memory: &mut Standing) -> Result<(), StageError> {
        memory.due = Some(self.now.after_ms(Timestamp::DAY));
        if memory.trouble.is_empty() {
            memory.verified = Some(self.now);
        }
        self.turn.store.forget_hints(self.now.after_ms(-REMEMBERED_MS)).await?;
        Ok(())
    }

    /// The destination of our queue, made if it is not there. Its name follows from the queue, so
    /// that two who make it make one.
    async fn destination(&self) -> Result<String, PullStop> {
        if let Some(id) = self.known_destination().await? {
            return Ok(id);
        }
        let mut name = format!("daybook-{}", digest(&[self.queue_arn]));
        name.truncate(40);
        let created =
            source::create_destination(&self.grantless, (&name, self.queue_arn), self.now).await?;
        if let Some(created) = created {
            return Ok(created.destination_id);
        }
        // Somebody was quicker, or the name belongs to another queue.
        let known = self.known_destination().await?;
        known.ok_or_else(|| conflict(&format!("the name {name} belongs to another destination")))
    }

    async fn known_destination(&self) -> Result<Option<String>, PullStop> {
        let known = source::destinations(&self.grantless, self.now).await?;
        let ours = known.into_iter().find(|of| of.arn.as_deref() == Some(self.queue_arn));
        Ok(ours.map(|of| of.destination_id))
    }

    /// Leaves the seller subscribed to a type, at our destination. One that was ours and that leads
    /// to another queue is left to it: somebody else keeps it there, with the same application and
    /// seller, and would take it back.
    async fn verify(
        &self,
        memory: &mut Standing,
        wanted: &Wanted,
        destination: &str,
    ) -> Result<Verified, PullStop> {
        let found = source::subscription(self.caller, wanted.kind, self.now).await?;
        let was_ours =
            memory.standing.contains_key(wanted.kind) || memory.lost.contains_key(wanted.kind);
        if let Some(found) = found.as_ref().filter(|found| found.destination_id != destination)
            && was_ours
            && let Some(queue) = self.queue_of(&found.destination_id).await?
        {
            memory.standing.remove(wanted.kind);
            return Ok(Verified::Taken { destination: found.destination_id.clone(), queue });
        }
        memory.standing.remove(wanted.kind);
        let is_repair = match &found {
            Some(found) if found.destination_id == destination && wanted.is_told_by(found) => {
                memory.standing.insert(wanted.kind.to_owned(), found.subscription_id.clone());
                return Ok(Verified::Ours);
            }
            Some(found) => {
                let id = &found.subscription_id;
                source::unsubscribe(&self.grantless, wanted.kind, id, self.now).await?;
                true
            }
            None => false,
        };
        let made = source::subscribe(self.caller, wanted, destination, self.now).await?;
        let Some(made) = made else {
            return Err(conflict("Amazon shows no subscription and says that there is one"));
        };
        let count = if is_repair { &mut memory.repaired } else { &mut memory.created };
        *count = count.saturating_add(1);
        memory.standing.insert(wanted.kind.to_owned(), made.subscription_id);
        Ok(Verified::Ours)
    }

    /// The queue of a destination that the application has; `None` when it is gone.
    async fn queue_of(&self, destination: &str) -> Result<Option<String>, PullStop> {
        let known = source::destinations(&self.grantless, self.now).await?;
        let found = known.into_iter().find(|of| of.destination_id == destination);
        Ok(found.map(|of| of.arn.unwrap_or(of.name)))
    }

    /// Notes how a type stands. What was told of it before is over once it is ours.
    async fn told(
        &self,
        memory: &mut Standing,
        kind: &str,
        verified: Verified,
    ) -> Result<(), StageError> {
        match verified {
            Verified::Ours => {
                memory.lost.remove(kind);
                self.calm(kind).await
            }
            Verified::Taken { destination, queue } => {
                let detail = format!("Amazon sends {kind} to {queue}");
                memory.lost.insert(kind.to_owned(), destination);
                memory.trouble.insert(kind.to_owned(), format!("{TAKEN_CODE}: {detail}"));
                self.raise(TAKEN_CODE, kind, detail).await
            }
        }
    }

    async fn raise(&self, code: &str, what: &str, detail: String) -> Result<(), StageError> {
        let alarm = Alarm { code: code.to_owned(), subject: self.subject(what), detail };
        self.turn.store.raise_alarm(&self.turn.lease.book, &alarm, self.now).await?;
        Ok(())
    }

    async fn calm(&self, what: &str) -> Result<(), StageError> {
        let (store, book) = (&self.turn.store, &self.turn.lease.book);
        let subject = self.subject(what);
        let open = store.alarms(book).await?.into_iter().map(|row| row.alarm);
        for alarm in open.filter(|alarm| alarm.subject == subject) {
            if [REFUSED_CODE, TAKEN_CODE].contains(&alarm.code.as_str()) {
                store.clear_alarm(book, (&alarm.code, &subject), "verified", self.now).await?;
            }
        }
        Ok(())
    }

    /// What an alarm about a type, or about the destination, is about.
    fn subject(&self, what: &str) -> String {
        format!("{what} {}", self.link.region)
    }

    /// Notes what stopped us. True when nothing is to be expected of asking again today.
    async fn stopped(
        &self,
        memory: &mut Standing,
        what: &str,
        stop: &PullStop,
    ) -> Result<bool, StageError> {
        if let PullStop::Busy(until) = stop {
            memory.due = Some((*until).max(self.now.after_ms(1)));
            return Ok(false);
        }
        memory.trouble.insert(what.to_owned(), stop.to_string());
        memory.failures = memory.failures.saturating_add(1);
        if stop.remedy() == Remedy::Person {
            self.raise(REFUSED_CODE, what, stop.to_string()).await?;
            return Ok(true);
        }
        // A network that is down, or an authorisation that is gone: the lane's other calls say so.
        let doubled = 2_i64.saturating_pow(memory.failures.saturating_sub(1).min(20));
        let wait_ms = AGAIN_FIRST_MS.saturating_mul(doubled).min(AGAIN_MAX_MS);
        memory.due = Some(self.now.after_ms(wait_ms));
        Ok(false)
    }
}

fn conflict(detail: &str) -> PullStop {
    PullStop::Status { status: 409, code: "StateConflict".to_owned(), detail: detail.to_owned() }
}
