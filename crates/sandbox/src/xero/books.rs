//! Everything the one simulated organisation holds.

use std::collections::BTreeMap;

use base::{Currency, Timestamp};

use super::accounts::Account;
use super::allocations::Allocation;
use super::ask::Ask;
use super::attachments::Attachments;
use super::bank_transactions::BankTransaction;
use super::bank_transfers::BankTransfer;
use super::chart;
use super::contacts::Contacts;
use super::currencies;
use super::documents::Documents;
use super::edition::Edition;
use super::history::History;
use super::items::Items;
use super::journals::Journal;
use super::json::Object;
use super::ledger::Ledger;
use super::organisation::Organisation;
use super::payments::Payment;
use super::reply::Reply;
use super::statement::Statement;
use super::tax_rates::{self, TaxRate};
use super::touched::Touch;
use super::tracking::Category;
use crate::random::Random;

#[derive(Debug, Clone)]
pub(crate) struct Books {
    pub(crate) ids: Random,
    sequence: u64,
    pub(crate) base_currency: Currency,
    pub(crate) organisation: Organisation,
    pub(crate) currencies: Vec<Currency>,
    pub(crate) accounts: Vec<Account>,
    pub(crate) tax_rates: Vec<TaxRate>,
    pub(crate) tracking: Vec<Category>,
    pub(crate) contacts: Contacts,
    pub(crate) items: Items,
    pub(crate) documents: Documents,
    pub(crate) payments: BTreeMap<String, Payment>,
    pub(crate) allocations: BTreeMap<String, Allocation>,
    pub(crate) bank_transactions: BTreeMap<String, BankTransaction>,
    pub(crate) bank_transfers: BTreeMap<String, BankTransfer>,
    pub(crate) journals: BTreeMap<String, Journal>,
    pub(crate) attachments: Attachments,
    pub(crate) history: History,
    pub(crate) statement: Statement,
    pub(crate) ledger: Ledger,
}

impl Books {
    pub(crate) fn open(seed: u64, edition: Edition, start: Timestamp) -> Books {
        let mut ids = Random::stream(seed, "xero ids");
        let organisation = Organisation::new(uuid(&mut ids), edition, start);
        let accounts = chart::default_chart(&mut ids, edition, start);
        Books {
            ids,
            sequence: 0,
            base_currency: edition.currency(),
            organisation,
            currencies: vec![edition.currency()],
            accounts,
            tax_rates: tax_rates::of(edition.country()),
            tracking: Vec::new(),
            contacts: Contacts::default(),
            items: Items::default(),
            documents: Documents::default(),
            payments: BTreeMap::new(),
            allocations: BTreeMap::new(),
            bank_transactions: BTreeMap::new(),
            bank_transfers: BTreeMap::new(),
            journals: BTreeMap::new(),
            attachments: Attachments::default(),
            history: History::default(),
            statement: Statement::default(),
            ledger: Ledger::default(),
        }
    }

    /// Documents and contacts that were made or changed since this was asked.
    pub(crate) fn take_touched(&mut self) -> Vec<Touch> {
        let mut all = self.contacts.touched.take();
        all.extend(self.documents.touched.take());
        all
    }

    pub(crate) fn new_id(&mut self) -> String {
        uuid(&mut self.ids)
    }

    /// Counts up: in which order things were made.
    pub(crate) fn next_sequence(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }

    /// How many things were made so far.
    pub(crate) fn last_sequence(&self) -> u64 {
        self.sequence
    }

    /// 200 with the usual envelope. Its id is derived, so that a reading needs no change.
    pub(crate) fn reply(&self, ask: &Ask<'_>, members: Object) -> Reply {
        let mut ids = Random::stream(self.sequence, &format!("{} {}", ask.operation, ask.now.0));
        Reply::envelope(&uuid(&mut ids), ask.now, members)
    }

    pub(crate) fn tax_rate(&self, tax_type: &str) -> Option<&TaxRate> {
        self.tax_rates.iter().find(|rate| rate.tax_type == tax_type)
    }

    pub(crate) fn account_by_id(&self, id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.id.eq_ignore_ascii_case(id))
    }

    pub(crate) fn account_by_code(&self, code: &str) -> Option<&Account> {
        let mut named = self.accounts.iter().filter(|account| !account.code.is_empty());
        named.find(|account| account.code.eq_ignore_ascii_case(code))
    }

    /// The account that Xero itself posts to under that name.
    pub(crate) fn system_account(&self, system: &str) -> String {
        let found = self.accounts.iter().find(|account| account.is_system(system));
        found.map_or_else(String::new, |account| account.id.clone())
    }

    /// The currency if the organisation has subscribed to it, else Xero's message.
    pub(crate) fn subscribed(&self, code: &str) -> Result<Currency, String> {
        let message = || format!("Organisation is not subscribed to currency {code}");
        let currency: Currency = code.parse().map_err(|_reason| message())?;
        if self.currencies.contains(&currency) { Ok(currency) } else { Err(message()) }
    }

    /// Foreign units for one unit of the base currency, as Xero would have it that day.
    pub(crate) fn day_rate(&self, currency: Currency) -> base::Decimal {
        if currency == self.base_currency {
            return base::Decimal::ONE;
        }
        let per_pound = currencies::per_pound(currency);
        let rate = per_pound.checked_div(currencies::per_pound(self.base_currency));
        rate.unwrap_or(per_pound).round_dp(6)
    }

    /// The tax type of a line without tax.
    pub(crate) fn no_tax(&self) -> &'static str {
        self.organisation.edition.country().no_tax
    }
}

/// A version 4 UUID from the seeded stream.
pub(crate) fn uuid(ids: &mut Random) -> String {
    let (high, low) = (ids.next(), ids.next());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        0x8000 | ((low >> 48) & 0x3fff),
        low & 0xffff_ffff_ffff
    )
}
