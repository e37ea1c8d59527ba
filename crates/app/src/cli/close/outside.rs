//! What stands on the accounts with Amazon and is in no document of Daybook's: what the book began
//! with, and bank lines that someone coded to clearing.

use mapping::Role;
use mapping::settlement::Balance;
use mapping::settlement::close::{Direct, Movement, Opening, Place};
use xero::DepositKind;

use super::super::Failure;
use super::super::cutover::propose_day;
use super::gather::{Gathered, unread, unworkable};
use crate::engine::Engine;
use crate::transport::Caller;

/// The bank line of money that left Amazon without a payout comes within so many days.
const CODED_DAYS: i64 = 31;

/// Money that left Amazon without a payout, where its bank line is coded to clearing.
pub(super) async fn coded(
    gathered: &Gathered,
    engine: &Engine,
    xero: &Caller,
) -> Result<Vec<Movement>, Failure> {
    let tenant = &engine.settings.xero.tenant_id;
    let (Some(clearing), Some(bank)) = (
        gathered.account(Role::Clearing(gathered.currency)),
        gathered.account(Role::Bank(gathered.currency)),
    ) else {
        return Ok(Vec::new());
    };
    let mut coded = Vec::new();
    for one in &gathered.directs {
        let (from, to) = (one.posted, one.posted.after_days(CODED_DAYS));
        let found = xero::pull_deposits(xero, tenant, bank, from, to).await.map_err(unread)?;
        let wanted = one.amount.negated().map_err(unworkable)?.amount();
        let is_it = |deposit: &&xero::Deposit| {
            deposit.kind == DepositKind::Received && deposit.amount == wanted
        };
        let Some(deposit) = found.iter().find(is_it) else { continue };
        coded.push(Movement {
            place: Place::Account(clearing.to_lowercase()),
            day: deposit.date,
            amount: one.amount,
            number: deposit.reference.clone().unwrap_or_else(|| deposit.id.clone()),
            text: "bank line coded to clearing".to_owned(),
            subject: Direct::subject(&one.transaction_id),
        });
    }
    Ok(coded)
}

/// The balances that the book began with, as the cut-over proposed them: whoever kept the books
/// before has posted them.
pub(super) async fn openings(
    gathered: &Gathered,
    engine: &Engine,
) -> Result<Vec<Opening>, Failure> {
    let Some(begins) = gathered.rules.book().settings.cutover else { return Ok(Vec::new()) };
    let proposed = propose_day(engine, begins).await?;
    let carried = Role::CarriedForward.to_string();
    let is_carried = proposed.journal.lines.iter().any(|line| line.role == carried);
    let mut openings = Vec::new();
    for item in proposed.proposal.items {
        let role = match item.balance {
            Balance::Clearing if is_carried => Role::CarriedForward,
            Balance::Clearing => Role::Clearing(gathered.currency),
            Balance::Reserved => Role::Reserved,
            Balance::Deferred => Role::Deferred,
        };
        openings.push(Opening {
            balance: item.balance,
            role,
            order_id: match item.balance {
                Balance::Deferred => item.order_id.unwrap_or_default(),
                Balance::Clearing | Balance::Reserved => String::new(),
            },
            date: proposed.journal.date,
            amount: item.amount,
        });
    }
    Ok(openings)
}
