//! What an organisation in Xero has: accounts, tax rates, tracking, currencies, items, contacts.
//! Read as a whole, kept as a whole, decided against as a whole.

use base::{Currency, Day, Decimal};
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Chart {
    pub organisation: Organisation,
    pub accounts: Vec<Account>,
    pub tax_rates: Vec<TaxRate>,
    pub tracking: Vec<Category>,
    /// The currencies that the organisation may post in, its own included.
    pub currencies: Vec<Currency>,
    pub items: Vec<LedgerItem>,
    pub contacts: Vec<LedgerContact>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Organisation {
    pub organisation_id: String,
    pub name: String,
    pub base_currency: Currency,
    /// ISO 3166, two letters.
    pub country: String,
    /// `UK`, `US`, `AU`, `NZ`, `GLOBAL`: which default tax rates the organisation began with.
    pub version: String,
    /// `LEDGER` and the cashbooks cannot be posted to by an application.
    pub class: String,
    /// IANA name; calendar dates of documents are in this zone.
    pub time_zone: String,
    pub sales_tax_basis: String,
    pub pays_tax: bool,
    pub is_demo: bool,
    /// Nothing may be dated on or before it, except by an adviser.
    pub period_lock: Option<Day>,
    /// Nothing may be dated on or before it.
    pub year_end_lock: Option<Day>,
    pub short_code: Option<String>,
}

impl Organisation {
    /// The latest of both lock dates: on or before it nothing is dated, edited or voided.
    pub fn close_date(&self) -> Option<Day> {
        self.period_lock.max(self.year_end_lock)
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    pub account_id: String,
    /// Bank accounts may have none.
    pub code: Option<String>,
    pub name: String,
    /// Xero's type: `REVENUE`, `CURRENT`, `CURRLIAB`, `BANK` and so on.
    pub kind: String,
    /// `ASSET`, `EQUITY`, `EXPENSE`, `LIABILITY`, `REVENUE`.
    pub class: String,
    pub is_active: bool,
    pub payments_enabled: bool,
    /// The currency of a bank account.
    pub currency: Option<Currency>,
    /// `DEBTORS`, `CREDITORS`, `GST`, `ROUNDING` and so on; `None` for ordinary accounts.
    pub system: Option<String>,
    pub tax_type: Option<String>,
}

impl Account {
    pub fn is_bank(&self) -> bool {
        self.kind == "BANK"
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaxRate {
    pub tax_type: String,
    pub name: String,
    /// In percent: 20 for a fifth.
    pub percent: Decimal,
    pub is_active: bool,
    /// The account classes it may be used with: `ASSET`, `EQUITY`, `EXPENSE`, `LIABILITY`, `REVENUE`.
    pub classes: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Category {
    pub category_id: String,
    pub name: String,
    pub is_active: bool,
    pub options: Vec<CategoryOption>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CategoryOption {
    pub option_id: String,
    pub name: String,
    pub is_active: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerItem {
    pub item_id: String,
    pub code: String,
    pub name: String,
    /// Xero keeps its quantity: selling it moves stock and cost of sales.
    pub is_tracked: bool,
    pub sales_account: Option<String>,
    pub sales_tax_type: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerContact {
    pub contact_id: String,
    pub name: String,
    /// Our key, which users do not see as a name: `amazon:<seller>:<marketplace>`.
    pub number: Option<String>,
    pub email: Option<String>,
    pub is_active: bool,
    /// Set when the contact was merged into another one, which is to be used instead.
    pub merged_into: Option<String>,
}

impl Chart {
    pub fn account_by_id(&self, account_id: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.account_id == account_id)
    }

    pub fn account_by_code(&self, code: &str) -> Option<&Account> {
        self.accounts.iter().find(|account| account.code.as_deref() == Some(code))
    }

    pub fn tax_rate(&self, tax_type: &str) -> Option<&TaxRate> {
        self.tax_rates.iter().find(|rate| rate.tax_type == tax_type)
    }

    pub fn item(&self, code: &str) -> Option<&LedgerItem> {
        self.items.iter().find(|item| item.code == code)
    }

    /// Follows merges, at most ten of them.
    pub fn contact(&self, contact_id: &str) -> Option<&LedgerContact> {
        let mut id = contact_id;
        for _hop in 0..10 {
            let contact = self.contacts.iter().find(|contact| contact.contact_id == id)?;
            match contact.merged_into.as_deref() {
                Some(next) => id = next,
                None => return Some(contact),
            }
        }
        None
    }

    pub fn contact_by_number(&self, number: &str) -> Option<&LedgerContact> {
        let found = self.contacts.iter().find(|c| c.number.as_deref() == Some(number))?;
        self.contact(&found.contact_id)
    }
}
