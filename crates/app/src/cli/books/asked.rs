//! What the auditor is asked: both sides' transports, and what Daybook says of its book.

use std::collections::BTreeMap;

use auditor::{Accounts, Audit, Keeping, Question, Side};
use base::{Day, Money, MoneyError, Subject, Timestamp};
use intents::{Body, Direction, State};
use mapping::Role;
use mapping::settlement::{Way, stands};

use super::Failure;
use crate::book::Lane;
use crate::engine::Engine;
use crate::report::HeldOrder;
use crate::say;
use crate::stages::LaneState;
use crate::transport::Caller;

/// Asks the auditor about both sides as they are now.
pub(super) async fn audit(engine: &Engine, held: &[HeldOrder]) -> Result<Audit, Failure> {
    let xero_state = lane_state(engine, &Lane::Xero).await?;
    let xero = engine.xero_caller(&engine.settings.xero, &xero_state);
    let mut callers: Vec<(String, Vec<String>, Caller)> = Vec::new();
    for link in &engine.settings.amazon {
        let lane = Lane::Amazon { region: link.region.clone() };
        let state = lane_state(engine, &lane).await?;
        let caller = engine.amazon_caller(link, &state);
        callers.push((link.region.clone(), link.marketplaces.clone(), caller));
    }
    let question = Question {
        amazon: callers
            .iter()
            .map(|(region, marketplaces, caller)| Side {
                region,
                transport: caller,
                marketplaces: marketplaces.clone(),
            })
            .collect(),
        xero: &xero,
        tenant_id: &engine.settings.xero.tenant_id,
        clock: engine.clock.as_ref(),
        since: engine.settings.since,
        held: held.iter().map(|one| (one.order_id.clone(), one.code.clone())).collect(),
        accounts: accounts(engine).await?,
        keeping: keeping(engine, held).await?,
    };
    auditor::audit(question).await.map_err(|error| Failure::new("audit_failed", say(&error)))
}

async fn lane_state(engine: &Engine, lane: &Lane) -> Result<LaneState, Failure> {
    let name = lane.name(&engine.book);
    let rows = engine.store.lanes().await?;
    let row = rows.into_iter().find(|row| row.name == name);
    Ok(row.and_then(|row| serde_json::from_str(&row.state).ok()).unwrap_or_default())
}

/// What the auditor is told of settlements, where the book keeps them.
async fn keeping(engine: &Engine, held: &[HeldOrder]) -> Result<Option<Keeping>, Failure> {
    if !engine.settings.money {
        return Ok(None);
    }
    let rules = engine.rules().await?;
    let settings = &rules.book().settings;
    let mut read_until = Vec::new();
    for link in &engine.settings.amazon {
        let lane = Lane::Amazon { region: link.region.clone() };
        read_until
            .push(lane_state(engine, &lane).await?.money.read_until().unwrap_or(Timestamp(0)));
    }
    let of_settlement = |one: &HeldOrder| {
        let subject = Subject::from_stored(one.order_id.as_str());
        subject.settlement_id().map(|id| (id.to_owned(), one.code.clone()))
    };
    Ok(Some(Keeping {
        way: match settings.way {
            Way::PerOrder => auditor::Way::PerOrder,
            Way::Summary => auditor::Way::Summary,
        },
        held: held.iter().filter_map(of_settlement).collect(),
        from: settings.cutover.map(Day::midnight_utc),
        read_until: read_until.into_iter().min(),
        suspended: suspended(engine, rules.book().accounts.get(&Role::Suspense)).await?,
    }))
}

/// What Daybook put on Suspense, by settlement: rows whose words nobody knows.
async fn suspended(
    engine: &Engine,
    suspense: Option<&String>,
) -> Result<BTreeMap<String, Money>, Failure> {
    let mut suspended = BTreeMap::new();
    for settlement in engine.store.settlements(&engine.book).await? {
        let subject = Subject::settlement(&settlement.settlement_id);
        let row = engine.store.subject(&engine.book, &subject).await?;
        let standing = row.decided.iter().filter(|one| stands(&row.decided, one));
        let posted = standing.filter(|one| one.progress.state == State::Posted);
        let zero = Money::zero(settlement.total.currency());
        let sum = posted.flat_map(|one| lines_on(&one.intent.body, suspense));
        let sum = sum.into_iter().try_fold(zero, |sum, amount| sum.plus(amount?));
        let sum = sum.map_err(|error| Failure::new("unworkable_amount", error.to_string()))?;
        if !sum.is_zero() {
            suspended.insert(settlement.settlement_id, sum);
        }
    }
    Ok(suspended)
}

/// A document's lines on an account; income is positive.
fn lines_on(body: &Body, account: Option<&String>) -> Vec<Result<Money, MoneyError>> {
    let (lines, is_cost) = match body {
        Body::Invoice(invoice) => (&invoice.lines, false),
        Body::Bill(bill) => (&bill.lines, true),
        Body::BankTransaction(moved) => (&moved.lines, moved.direction == Direction::Spend),
        Body::ManualJournal(made) => {
            let lines = made.lines.iter().filter(|line| Some(&line.account_id) == account);
            return lines.map(|line| line.amount.negated()).collect();
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => return Vec::new(),
    };
    let lines = lines.iter().filter(|line| Some(&line.account_id) == account);
    let signed = |amount: Money| if is_cost { amount.negated() } else { Ok(amount) };
    lines.map(|line| signed(line.amount)).collect()
}

async fn accounts(engine: &Engine) -> Result<Accounts, Failure> {
    let rules = engine.rules().await?;
    let mut accounts = Accounts::default();
    for (role, account_id) in &rules.book().accounts {
        match role {
            Role::Clearing(currency) => {
                accounts.clearing.insert(currency.code().to_owned(), account_id.clone());
            }
            Role::MarketplaceTax => accounts.marketplace_tax.clone_from(account_id),
            Role::Suspense => accounts.suspense = Some(account_id.clone()),
            Role::Reserved => accounts.reserved = Some(account_id.clone()),
            Role::CarriedForward => accounts.carried_forward = Some(account_id.clone()),
            Role::Deferred => accounts.deferred = Some(account_id.clone()),
            Role::AccruedFees => accounts.accrued_fees = Some(account_id.clone()),
            Role::Transit => accounts.transit = Some(account_id.clone()),
            Role::ForeignVat
            | Role::Sales
            | Role::ShippingIncome
            | Role::GiftWrapIncome
            | Role::PromotionalRebates
            | Role::Refunds
            | Role::SellerFees
            | Role::FbaFees
            | Role::StorageFees
            | Role::AdvertisingFees
            | Role::Reimbursements
            | Role::Claims
            | Role::Loan
            | Role::WithheldTax
            | Role::Bank(_)
            | Role::ChargeCard
            | Role::FxDifferences => {}
        }
    }
    Ok(accounts)
}
