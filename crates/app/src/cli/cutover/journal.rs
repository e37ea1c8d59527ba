//! The journal that brings the opening balances into the ledger. Daybook does not post it: whoever
//! closed the books before knows where they carry what Amazon owes.

use base::{Day, Money, MoneyError};
use facts::Chart;
use mapping::settlement::cutover::Proposal;
use mapping::settlement::{Balance, Way};
use mapping::{Compiled, Role};
use serde::Serialize;

use super::dated;

/// Debits are positive.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Journal {
    pub date: Day,
    pub lines: Vec<Line>,
    /// The other side: the account that carried what Amazon owes until now.
    pub against: Money,
    /// What no journal may touch: balances of accounts of Xero's type BANK.
    pub by_bank: Vec<Line>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Line {
    pub role: String,
    /// None where the book has no account of the role.
    pub account_id: Option<String>,
    pub code: Option<String>,
    pub name: Option<String>,
    pub amount: Money,
}

impl Journal {
    pub(super) fn of(
        proposal: &Proposal,
        rules: &Compiled,
        chart: &Chart,
    ) -> Result<Journal, MoneyError> {
        let (mut lines, mut by_bank) = (Vec::new(), Vec::new());
        for balance in Balance::ALL {
            let amount = proposal.total(balance)?;
            if amount.is_zero() {
                continue;
            }
            let role = role(balance, proposal, (rules, chart));
            let line = line(role, amount, (rules, chart));
            if is_bank(role, (rules, chart)) { by_bank.push(line) } else { lines.push(line) }
        }
        let sum = Money::sum(lines.iter().map(|line| line.amount), proposal.currency)?;
        Ok(Journal { date: dated(proposal.day), lines, against: sum.negated()?, by_bank })
    }
}

/// Where documents take the opening balance over: in the summary way lines cannot stand on an account
/// of type BANK, and Carried forward has the balance there.
fn role(balance: Balance, proposal: &Proposal, known: (&Compiled, &Chart)) -> Role {
    let clearing = Role::Clearing(proposal.currency);
    match balance {
        Balance::Clearing
            if known.0.book().settings.way == Way::Summary && is_bank(clearing, known) =>
        {
            Role::CarriedForward
        }
        Balance::Clearing => clearing,
        Balance::Reserved => Role::Reserved,
        Balance::Deferred => Role::Deferred,
    }
}

fn is_bank(role: Role, (rules, chart): (&Compiled, &Chart)) -> bool {
    let id = rules.book().accounts.get(&role);
    let account = id.and_then(|id| chart.account_by_id(id));
    account.is_some_and(facts::chart::Account::is_bank)
}

fn line(role: Role, amount: Money, (rules, chart): (&Compiled, &Chart)) -> Line {
    let account_id = rules.book().accounts.get(&role).cloned();
    let account = account_id.as_deref().and_then(|id| chart.account_by_id(id));
    Line {
        role: role.to_string(),
        code: account.and_then(|account| account.code.clone()),
        name: account.map(|account| account.name.clone()),
        account_id,
        amount,
    }
}
