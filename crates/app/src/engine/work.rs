//! What one turn of a lane is made of, in the order of what is wanted soonest.

use mapping::rulebook::Compiled;

use super::{Engine, IDLE_MS};
use crate::book::{AmazonLink, Credential, XeroLink};
use crate::intake::subscriptions;
use crate::stages::hints::Hinted;
use crate::stages::push::Pushed;
use crate::stages::{self, LaneState, Next, StageError, Turn};
use crate::transport::tokens::Access;
use crate::transport::{Addresses, Caller, Courier, Vendor};

impl Engine {
    pub(super) async fn amazon(
        &self,
        turn: &Turn<'_>,
        region: &str,
        state: &mut LaneState,
    ) -> Result<Next, StageError> {
        let Some(link) = self.settings.link(region) else {
            return Ok(Next::At(turn.clock.now().after_ms(IDLE_MS)));
        };
        let caller = self.amazon_caller(link, state);
        let next = self.amazon_work(turn, link, &caller, state).await;
        self.called(turn, &caller, state, next).await
    }

    /// What Amazon said has changed, before anything is asked for regularly.
    async fn amazon_work(
        &self,
        turn: &Turn<'_>,
        link: &AmazonLink,
        caller: &Caller,
        state: &mut LaneState,
    ) -> Result<Next, StageError> {
        if let Some(next) = subscriptions::keep(turn, link, caller, state).await? {
            return Ok(next);
        }
        let next = match stages::hints::hints(turn, link, caller, state).await? {
            Hinted::Turn(next) => next,
            Hinted::Until(moment) => self.amazon_poll(turn, link, caller, state).await?.by(moment),
        };
        // What of the subscriptions had to wait is not left until the next reading.
        let asked = state.subscriptions.due.filter(|due| *due > turn.clock.now());
        Ok(next.by(asked.filter(|_due| turn.notifications.is_some())))
    }

    /// Orders first, for they are wanted soonest; between them one call for Amazon's money; and when
    /// nothing of the present is due, one for the past.
    async fn amazon_poll(
        &self,
        turn: &Turn<'_>,
        link: &AmazonLink,
        caller: &Caller,
        state: &mut LaneState,
    ) -> Result<Next, StageError> {
        let now = turn.clock.now();
        if state.orders_due.is_none_or(|due| due <= now) {
            let next = stages::pull::orders(turn, link, caller, state).await?;
            state.orders_due = match next {
                Next::Now => None,
                Next::At(moment) => Some(moment),
            };
            return Ok(Next::Now);
        }
        let mut due = state.orders_due;
        if self.settings.money {
            match stages::money::money(turn, link, caller, state).await? {
                Next::Now => return Ok(Next::Now),
                Next::At(moment) => due = due.into_iter().chain([moment]).min(),
            }
        }
        let past = stages::backfill::backfill(turn, link, caller, state).await?;
        let otherwise = Next::At(turn.next_look());
        Ok(past.unwrap_or(otherwise).by(due))
    }

    /// The organisation's lane: read it when that is old, then look and send, then check.
    pub(super) async fn xero(
        &self,
        turn: &Turn<'_>,
        rules: &Compiled,
        state: &mut LaneState,
    ) -> Result<Next, StageError> {
        let caller = self.xero_caller(&self.settings.xero, state);
        let next = self.xero_work(turn, rules, &caller, state).await;
        self.called(turn, &caller, state, next).await
    }

    async fn xero_work(
        &self,
        turn: &Turn<'_>,
        rules: &Compiled,
        caller: &Caller,
        state: &mut LaneState,
    ) -> Result<Next, StageError> {
        let link = &self.settings.xero;
        let now = turn.clock.now();
        let is_old = state.chart_read.is_none_or(|read| now.since(read) >= turn.pace.chart_ms);
        if is_old || stages::letters::wants_chart(turn).await? {
            return stages::pull::chart(turn, link, caller, state).await;
        }
        let pushed = stages::push::push(turn, link, caller, state).await?;
        if let Pushed::Turn(next) = pushed {
            return Ok(next);
        }
        if let Some(next) = stages::notices::notices(turn, link, caller).await? {
            return Ok(next);
        }
        if let Some(next) = stages::wishes::wishes(turn, link, caller).await? {
            return Ok(next);
        }
        if self.settings.money && stages::bank::look_elsewhere(turn, link, caller).await? {
            return Ok(Next::Now);
        }
        let checked = state.checked.get_or_insert(now);
        if state.checking.began.is_some() || now.since(*checked) >= turn.pace.check_ms {
            if let Some(next) = stages::check::check(turn, link, caller, state).await? {
                return Ok(next);
            }
            turn.store.purge_exchanges(now).await?;
            stages::bank::bank(turn, link, caller, rules).await?;
        }
        let waiting = match pushed {
            Pushed::Waits(priority, until) => {
                let sooner = turn.store.next_intent_due(&turn.lease.book, Some(priority)).await?;
                Some(sooner.map_or(until, |due| due.min(until)))
            }
            Pushed::Turn(_) | Pushed::Nothing => {
                turn.store.next_intent_due(&turn.lease.book, None).await?
            }
        };
        let idle = now.after_ms(turn.pace.chart_ms);
        Ok(Next::At(waiting.unwrap_or(idle).min(idle).max(now.after_ms(1))))
    }

    pub fn amazon_caller(&self, link: &AmazonLink, state: &LaneState) -> Caller {
        self.caller(Vendor::Amazon, &link.addresses, &link.credential, state)
    }

    pub fn xero_caller(&self, link: &XeroLink, state: &LaneState) -> Caller {
        self.caller(Vendor::Xero, &link.addresses, &link.credential, state)
    }

    fn caller(
        &self,
        vendor: Vendor,
        addresses: &Addresses,
        credential: &Credential,
        state: &LaneState,
    ) -> Caller {
        let (carrier, clock) = (self.carrier.clone(), self.clock.clone());
        let courier = Courier::new(vendor, addresses.clone(), carrier, clock)
            .with_budget(state.budget.clone(), self.settings.limits)
            .with_circuit(state.circuit.clone(), self.store.limits().retry);
        let courier = match vendor {
            Vendor::Xero => courier.with_app(&credential.client_id, self.alive.app_calls()),
            Vendor::Amazon => courier,
        };
        let access = Access { store: self.store.clone(), credential: credential.clone() };
        Caller { courier, access }
    }

    /// What a turn's calls leave behind, however it ended: what they spent, what they told of the
    /// vendor's silence, and what could not be read.
    async fn called(
        &self,
        turn: &Turn<'_>,
        caller: &Caller,
        state: &mut LaneState,
        next: Result<Next, StageError>,
    ) -> Result<Next, StageError> {
        state.budget = caller.courier.budget();
        state.circuit = caller.courier.circuit();
        for (operation, count) in caller.courier.counts() {
            self.store.count_calls(caller.courier.vendor.as_str(), &operation, count).await?;
        }
        stages::exchanges::keep_read(turn, caller, &next).await?;
        next
    }
}
