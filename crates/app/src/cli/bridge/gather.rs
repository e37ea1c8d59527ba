//! Brings together what a bridge is made of: stored facts and decisions, Xero's trial balance, what
//! others paid on our documents, Amazon's balance.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, MoneyError, Subject, Zone};
use facts::finances::{Payout, PayoutStatus};
use facts::{Body as Said, Chart, Fact};
use intents::{Body, Decided, State};
use mapping::Role;
use mapping::rulebook::Compiled;
use mapping::settlement::Way;
use mapping::settlement::bridge::{
    self, Account, Bridge, Carrier, Direct, Moved, Open, OrderBooked, Spans,
};
use mapping::settlement::cutover::is_before;
use store::{Settlement, SubjectRow};
use xero::{DepositKind, Paid};

use super::super::Failure;
use super::accrued::accrued;
use super::booked::Booked;
use super::told::{self, transactions};
use crate::book::Lane;
use crate::engine::Engine;
use crate::say;
use crate::stages::{LaneState, settle};
use crate::transport::Caller;

/// Subjects that are read at once.
const PAGE: u32 = 500;
/// The bank line of money that left Amazon without a payout comes within so many days.
const CODED_DAYS: i64 = 31;

/// Everything about a day, owned.
pub(super) struct Gathered {
    date: Day,
    zone: Zone,
    currency: Currency,
    balance: Money,
    accounts: Vec<Account>,
    open: Vec<Open>,
    settlements: Vec<Carrier>,
    orders: BTreeMap<String, OrderBooked>,
    held: BTreeMap<String, String>,
    facts: Vec<Fact>,
    payouts: Vec<Moved>,
    coded: BTreeMap<String, Day>,
    accrued: BTreeSet<String>,
    cutover: Option<Day>,
}

impl Gathered {
    pub(super) fn bridge(&self) -> Result<Bridge, MoneyError> {
        bridge::bridge(&Spans {
            date: self.date,
            zone: &self.zone,
            currency: self.currency,
            balance: self.balance,
            accounts: &self.accounts,
            open: &self.open,
            settlements: &self.settlements,
            orders: &self.orders,
            held: &self.held,
            transactions: &transactions(&self.facts),
            payouts: &self.payouts,
            coded: &self.coded,
            accrued: &self.accrued,
            cutover: self.cutover,
        })
    }
}

/// What asking needs.
struct Asking<'a> {
    engine: &'a Engine,
    rules: Compiled,
    day: Day,
    zone: Zone,
    currency: Currency,
    xero: Caller,
}

pub(super) async fn gather(engine: &Engine, day: Day) -> Result<Gathered, Failure> {
    let rules = engine.rules().await?;
    let chart = engine.store.chart(&engine.book).await?;
    let (chart, _) = chart.ok_or_else(|| {
        Failure::new("bridge_not_ready", "Xero's chart has not been read yet: run daybook run")
    })?;
    let zone = Zone::named(&chart.organisation.time_zone)
        .map_err(|error| Failure::new("unknown_time_zone", error.to_string()))?;
    let currency = currency(engine, &chart).await?;
    let xero = engine.xero_caller(&engine.settings.xero, &state(engine, &Lane::Xero).await?);
    let asking = Asking { engine, rules, day, zone, currency, xero };
    asking.gather().await
}

pub(in crate::cli) async fn currency(engine: &Engine, chart: &Chart) -> Result<Currency, Failure> {
    let settlements = engine.store.settlements(&engine.book).await?;
    let currencies = settlements.iter().map(|one| one.total.currency());
    one_currency(chart.organisation.base_currency, currencies)
}

/// Reserved and Carried forward are one account each, in the organisation's own currency: with
/// settlements of another currency they say nothing about one of them.
fn one_currency(
    own: Currency,
    mut currencies: impl Iterator<Item = Currency>,
) -> Result<Currency, Failure> {
    match currencies.find(|one| *one != own) {
        None => Ok(own),
        Some(other) => {
            let detail = format!("the book has settlements in {other}, and the ledger is in {own}");
            Err(Failure::new("bridge_currency", detail))
        }
    }
}

pub(in crate::cli) async fn state(engine: &Engine, lane: &Lane) -> Result<LaneState, Failure> {
    let name = lane.name(&engine.book);
    let rows = engine.store.lanes().await?;
    let row = rows.into_iter().find(|row| row.name == name);
    Ok(row.and_then(|row| serde_json::from_str(&row.state).ok()).unwrap_or_default())
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over by map_err")]
pub(in crate::cli) fn unworkable(error: MoneyError) -> Failure {
    Failure::new("unworkable_amount", error.to_string())
}

#[expect(clippy::needless_pass_by_value, reason = "errors are handed over by map_err")]
fn unread(error: xero::PullStop) -> Failure {
    Failure::new("bridge_xero_unread", say(&error))
}

impl Asking<'_> {
    async fn gather(&self) -> Result<Gathered, Failure> {
        let accounts = self.accounts().await?;
        let (orders, held, mut open) = self.orders().await?;
        let (settlements, payouts, of_settlements) = self.settlements().await?;
        open.extend(of_settlements);
        open.sort_by(|a, b| a.number.cmp(&b.number));
        let facts = told::facts(self.engine).await?;
        let of_accruals = (self.day, self.account(Role::Deferred));
        let accrued = accrued(self.engine, of_accruals, &facts).await?;
        let coded = self.coded(&bridge::directs(&transactions(&facts))).await?;
        Ok(Gathered {
            date: self.day,
            zone: self.zone.clone(),
            currency: self.currency,
            balance: told::balance(self.engine, self.day, self.currency).await?,
            accounts,
            open,
            settlements,
            orders,
            held,
            facts,
            payouts,
            coded,
            accrued,
            cutover: self.rules.book().settings.cutover,
        })
    }

    fn tenant(&self) -> &str {
        &self.engine.settings.xero.tenant_id
    }

    fn account(&self, role: Role) -> Option<&str> {
        self.rules.book().accounts.get(&role).map(String::as_str)
    }

    fn roles(&self) -> [Role; 4] {
        [Role::Clearing(self.currency), Role::Reserved, Role::Deferred, Role::CarriedForward]
    }

    /// The accounts of the balance with Amazon, in small letters.
    fn with_amazon(&self) -> BTreeSet<String> {
        let ids = self.roles().into_iter().filter_map(|role| self.account(role));
        ids.map(str::to_lowercase).collect()
    }

    async fn accounts(&self) -> Result<Vec<Account>, Failure> {
        let found = xero::pull_trial_balance(&self.xero, self.tenant(), self.day, self.currency);
        let found = found.await.map_err(unread)?;
        let named = self.engine.store.chart(&self.engine.book).await?;
        let mut accounts = Vec::new();
        for role in self.roles() {
            let Some(id) = self.account(role) else { continue };
            let chart = named.as_ref().and_then(|(chart, _)| chart.account_by_id(id));
            let row = found.iter().find(|one| one.account_id.eq_ignore_ascii_case(id));
            accounts.push(Account {
                role: role.to_string(),
                name: chart.map_or_else(|| id.to_owned(), |account| account.name.clone()),
                balance: row.map_or(Money::zero(self.currency), |row| row.balance),
            });
        }
        Ok(accounts)
    }

    /// The documents of orders, those that wait for one, and what is open.
    async fn orders(
        &self,
    ) -> Result<(BTreeMap<String, OrderBooked>, BTreeMap<String, String>, Vec<Open>), Failure> {
        let store = &self.engine.store;
        let (mut orders, mut held, mut open) = (BTreeMap::new(), BTreeMap::new(), Vec::new());
        let (with_amazon, mut after) = (self.with_amazon(), None);
        loop {
            let page = store.subjects_page(&self.engine.book, after.as_ref(), PAGE).await?;
            let Some(last) = page.last().cloned() else { return Ok((orders, held, open)) };
            let named: Vec<Subject> =
                page.into_iter().filter(|one| one.order_id().is_some()).collect();
            let rows = store.subjects(&self.engine.book, &named).await?;
            for (row, booked) in rows.iter().zip(self.booked(&rows).await?) {
                let Some(id) = row.subject.order_id().map(str::to_owned) else { continue };
                if booked.documents.is_empty() {
                    held.extend(self.waits(row).map(|reason| (id, reason)));
                    continue;
                }
                open.extend(booked.opens(self.day).map_err(unworkable)?);
                orders.insert(id, booked.order(&with_amazon).map_err(unworkable)?);
            }
            after = Some(last);
        }
    }

    /// Why an order's settlement rows wait, where they do.
    fn waits(&self, row: &SubjectRow) -> Option<String> {
        let is_live =
            |one: &&Decided| !matches!(one.progress.state, State::Withdrawn | State::Reversed);
        let is_invoice =
            |one: &Decided| matches!(one.intent.body, Body::Invoice(_) | Body::InvoiceEdit { .. });
        let is_decided = row.decided.iter().filter(is_live).any(is_invoice);
        let per_order = self.rules.book().settings.way == Way::PerOrder;
        match &row.stop {
            Some(stop) if per_order && !row.facts.is_empty() => Some(stop.code.clone()),
            Some(_) | None => (per_order && is_decided).then(|| "not_posted".to_owned()),
        }
    }

    /// The documents of some subjects, with the payments of others on what is open.
    async fn booked<'r>(&self, rows: &'r [SubjectRow]) -> Result<Vec<Booked<'r>>, Failure> {
        let (mut all, mut unsettled) = (Vec::new(), Vec::new());
        for row in rows {
            let booked = Booked::of(row).map_err(unworkable)?;
            unsettled.extend(booked.unsettled(self.day).map_err(unworkable)?);
            all.push(booked);
        }
        if !unsettled.is_empty() {
            let paid = xero::pull_paid(&self.xero, self.tenant(), &unsettled);
            let paid: Vec<Paid> = paid.await.map_err(unread)?;
            for booked in &mut all {
                booked.add(&paid, self.currency).map_err(unworkable)?;
            }
        }
        Ok(all)
    }

    async fn settlements(&self) -> Result<(Vec<Carrier>, Vec<Moved>, Vec<Open>), Failure> {
        let (mut carriers, mut payouts, mut open) = (Vec::new(), Vec::new(), Vec::new());
        let store = &self.engine.store;
        let settlements = store.settlements(&self.engine.book).await?;
        let named: Vec<Subject> =
            settlements.iter().map(|one| Subject::settlement(&one.settlement_id)).collect();
        let rows = store.subjects(&self.engine.book, &named).await?;
        let booked = self.booked(&rows).await?;
        for ((one, row), booked) in settlements.iter().zip(&rows).zip(booked) {
            if self.is_of_others(one, row) {
                continue;
            }
            open.extend(booked.opens(self.day).map_err(unworkable)?);
            carriers.push(Carrier {
                settlement_id: one.settlement_id.clone(),
                starts: one.starts,
                ends: one.ends,
                documents: booked.carriers(),
            });
            payouts.extend(self.moved(one, row, &booked));
        }
        Ok((carriers, payouts, open))
    }

    /// Others settled it before the cut-over: nothing of it is in the balance that the book began with.
    fn is_of_others(&self, one: &Settlement, row: &SubjectRow) -> bool {
        let Some(day) = self.rules.book().settings.cutover else { return false };
        let paid = settle::paid(newest_payout(&row.facts), one.deposited);
        is_before(day.midnight_utc(), (one.ends, one.total), paid)
    }

    fn moved(&self, one: &Settlement, row: &SubjectRow, booked: &Booked<'_>) -> Option<Moved> {
        let told = newest_payout(&row.facts);
        let amount = told.and_then(|payout| payout.amount).unwrap_or(one.total);
        if !amount.is_positive() || amount.currency() != self.currency {
            return None;
        }
        let initiated = told.and_then(|payout| payout.created).or(one.deposited);
        let returned = told.filter(|payout| is_back(&payout.status)).map(|payout| payout.updated);
        Some(Moved {
            payout_id: told.map_or_else(|| one.settlement_id.clone(), |one| one.payout_id.clone()),
            text: format!("Payout of settlement {}", one.settlement_id),
            amount,
            initiated,
            returned,
            received: self.received(row, booked),
        })
    }

    /// The receipt or transfer of the payout, and what a bank line paid of open invoices.
    fn received(&self, row: &SubjectRow, booked: &Booked<'_>) -> Vec<(Day, Money)> {
        let posted = row.decided.iter().filter(|one| one.progress.state == State::Posted);
        let payouts = posted.filter(|one| one.intent.part == "payout");
        let mut received: Vec<(Day, Money)> =
            payouts.filter_map(|one| payout(&one.intent.body)).collect();
        let with_amazon = self.with_amazon();
        for document in booked.documents.iter().filter(|one| one.amount.is_positive()) {
            let settled = booked.settled(document).iter();
            let from_bank = settled.filter(|one| {
                !one.account_id.is_empty() && !with_amazon.contains(&one.account_id.to_lowercase())
            });
            received.extend(from_bank.map(|one| (one.date, one.amount)));
        }
        received
    }

    /// The bank lines of money that left Amazon without a payout.
    async fn coded(&self, directs: &[Direct]) -> Result<BTreeMap<String, Day>, Failure> {
        let mut coded = BTreeMap::new();
        let Some(bank) = self.account(Role::Bank(self.currency)) else { return Ok(coded) };
        for one in directs.iter().filter(|one| one.amount.is_negative()) {
            let from = one.posted.day(&self.zone);
            let to = from.after_days(CODED_DAYS);
            let found = xero::pull_deposits(&self.xero, self.tenant(), bank, from, to);
            let wanted = one.amount.negated().map_err(unworkable)?.amount();
            let found = found.await.map_err(unread)?;
            let line = found
                .iter()
                .find(|deposit| deposit.kind == DepositKind::Received && deposit.amount == wanted);
            coded.extend(line.map(|line| (one.transaction_id.clone(), line.date)));
        }
        Ok(coded)
    }
}

fn newest_payout(facts: &[Fact]) -> Option<&Payout> {
    let payouts = facts.iter().filter_map(|fact| {
        if let Said::Payout(payout) = &fact.body { Some(payout.as_ref()) } else { None }
    });
    payouts.max_by_key(|payout| payout.updated)
}

fn is_back(status: &PayoutStatus) -> bool {
    match status {
        PayoutStatus::Failed | PayoutStatus::Cancelled => true,
        PayoutStatus::Started
        | PayoutStatus::InTransit
        | PayoutStatus::Paid
        | PayoutStatus::NoPayout
        | PayoutStatus::Other(_) => false,
    }
}

fn payout(body: &Body) -> Option<(Day, Money)> {
    match body {
        Body::BankTransaction(moved) => Some((moved.date, moved.total)),
        Body::BankTransfer(moved) => Some((moved.date, moved.amount)),
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_book_of_two_currencies_has_no_bridge() {
        let (own, other) = (Currency::GBP, Currency::EUR);
        assert_eq!(one_currency(own, [own, own].into_iter()).ok(), Some(own));
        let refused = one_currency(own, [own, other].into_iter()).err();
        assert_eq!(refused.map(|failure| failure.code).as_deref(), Some("bridge_currency"));
    }
}
