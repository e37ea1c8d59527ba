//! How Xero's words become ours: the organisation's chart, and its documents as they stand.

mod balances;
mod chart;
mod deposits;
mod documents;
mod mentions;
mod owed;
mod paid;
mod standing;
mod zones;

use base::Transport;

use crate::api::{
    accounts, contacts, currencies, is_more, items, organisation, tax_rates, tracking,
};
use crate::ask::{PullStop, ask};

pub use balances::{Balance, pull_trial_balance};
pub use deposits::{Deposit, DepositKind, pull_deposits};
pub use documents::Seen;
pub(crate) use documents::seen;
pub use mentions::{Mention, MentionKind, pull_by_reference};
pub use owed::{Debt, pull_debts};
pub use paid::{Paid, pull_paid};
pub use standing::{Landing, Standing, pull_reconciled};

/// A hundred thousand contacts. Xero itself slows down long before.
const CONTACT_PAGES_MAX: u32 = 100;

/// Reads an organisation's chart: seven calls, and one more for every further thousand contacts.
pub async fn pull_chart(
    transport: &dyn Transport,
    tenant_id: &str,
) -> Result<facts::Chart, PullStop> {
    let organisation = ask(transport, tenant_id, &organisation::Get).await?;
    let accounts = ask(transport, tenant_id, &accounts::List).await?;
    let tax_rates = ask(transport, tenant_id, &tax_rates::List).await?;
    let tracking = ask(transport, tenant_id, &tracking::List).await?;
    let currencies = ask(transport, tenant_id, &currencies::List).await?;
    let items = ask(transport, tenant_id, &items::List).await?;
    let contacts = pull_contacts(transport, tenant_id).await?;
    let read = chart::Read {
        organisation,
        accounts: accounts.accounts,
        tax_rates: tax_rates.tax_rates,
        tracking: tracking.tracking_categories,
        currencies: currencies.currencies,
        items: items.items,
        contacts,
    };
    chart::chart(&read).map_err(|error| PullStop::Unreadable(error.to_string()))
}

async fn pull_contacts(
    transport: &dyn Transport,
    tenant_id: &str,
) -> Result<Vec<contacts::Contact>, PullStop> {
    let mut all = Vec::new();
    for page in 1..=CONTACT_PAGES_MAX {
        let reply = ask(transport, tenant_id, &contacts::List { page }).await?;
        let is_last = !is_more(reply.pagination.as_ref(), page, reply.contacts.len());
        all.extend(reply.contacts);
        if is_last {
            return Ok(all);
        }
    }
    Err(PullStop::Unreadable(format!("more than {CONTACT_PAGES_MAX} pages of contacts")))
}

#[cfg(test)]
mod tests;
