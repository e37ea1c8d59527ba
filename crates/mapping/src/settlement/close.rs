//! What a month's end comes to: the balances with Amazon taken apart item by item and held against
//! the ledger's own trial balance, and the month's tax, fees and gross sales.
//!
//! Every section is a list that adds up. The list is made of what Daybook posted and of what Amazon
//! told; the number beside it is the ledger's. Where the two differ, someone else wrote there, or
//! Daybook knows less than it should: it is said, never smoothed over.

mod balances;
mod boxes;
mod chains;
mod direct;
mod fees;
mod gross;
mod open;
mod tax;
#[cfg(test)]
mod tests;

use base::{Currency, Day, Money, MoneyError, Subject, Timestamp, Zone};
use serde::Serialize;

pub use self::balances::sections;
pub use self::boxes::Boxes;
pub use self::direct::directs;
pub use self::fees::{FeeAccount, FeeRow, ROLES as FEE_ROLES, fees};
pub use self::gross::{Gross, GrossRow, gross, zone_of};
pub use self::tax::{BoxRow, Return, Tax, TaxRow, TaxTotal, TaxType, tax};
use crate::Role;
use crate::settlement::footing::Balance;
pub use crate::settlement::ledger::{
    Entry, Movement, Paper, PaperKind, Place, Standing, paid_by_others,
};

/// What is known of a month's end.
#[derive(Debug, Clone, Copy)]
pub struct Books<'a> {
    /// The month's last day.
    pub date: Day,
    /// The organisation's.
    pub zone: &'a Zone,
    pub currency: Currency,
    pub accounts: &'a [Account],
    pub movements: &'a [Movement],
    pub settlements: &'a [Settled],
    pub claims: &'a [Claimed],
    pub openings: &'a [Opening],
    pub accrued: &'a [Accrued],
    pub directs: &'a [Direct],
    /// What others than Amazon owe and are owed at the end of the day.
    pub others: &'a [Other],
    /// The trial balance of Accounts Receivable and Accounts Payable.
    pub receivable: Money,
    pub payable: Money,
}

/// An account of a role, with its balance in the ledger at the end of the day: debits positive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub role: Role,
    pub account_id: String,
    pub code: String,
    pub name: String,
    pub balance: Money,
}

/// A settlement as it stands in the series of its account.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settled {
    pub settlement_id: String,
    pub series: String,
    pub starts: Timestamp,
    pub ends: Timestamp,
    pub total: Money,
    /// The bank sent its money back: the next settlement has it.
    pub is_returned: bool,
}

/// What of an order's documents, or of the opening balances, a settlement's rows settle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    pub settlement_id: String,
    /// Empty where the opening balance names no order.
    pub order_id: String,
    /// The opening balance that is settled; none for documents of the order.
    pub opening: Option<Balance>,
    pub amount: Money,
}

/// An item of the balances that the book began with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Opening {
    pub balance: Balance,
    /// The role on whose account it stands.
    pub role: Role,
    pub order_id: String,
    pub date: Day,
    pub amount: Money,
}

/// A transaction that Amazon held back at the month's end and an accrual carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Accrued {
    /// The accrual's document.
    pub number: String,
    pub transaction_id: String,
    pub text: String,
    pub posted: Day,
    /// What the account was debited with.
    pub amount: Money,
}

/// Money that left Amazon otherwise than by a payout, and whose settlement's document leaves it on
/// clearing until its bank line is coded there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Direct {
    pub transaction_id: String,
    pub settlement_id: String,
    pub text: String,
    pub posted: Day,
    /// Amazon's: negative when the money left.
    pub amount: Money,
}

impl Direct {
    /// Of what its bank line is about.
    pub fn subject(transaction_id: &str) -> Subject {
        Subject::from_stored(format!("transaction:{transaction_id}"))
    }
}

/// What is open with a contact that is not Amazon, by the ledger's own documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Other {
    pub contact: String,
    pub documents: u64,
    /// Of the oldest one.
    pub since: Day,
    /// Debits positive.
    pub amount: Money,
    pub is_purchase: bool,
}

/// A balance, taken apart and held against the ledger's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Section {
    /// A role, `receivable`, `payable` or `payouts_in_transit`.
    pub name: String,
    pub title: String,
    /// Code and name of the account; none where there is no account of its own.
    pub account: Option<String>,
    pub items: Vec<Item>,
    pub sum: Money,
    /// The trial balance's figure; none where there is no account of its own.
    pub ledger: Option<Money>,
    pub difference: Option<Money>,
    /// By age, where items have one.
    pub ages: Vec<AgeSum>,
    /// What to know about it.
    pub notes: Vec<String>,
    pub is_well: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Item {
    /// An order's, a settlement's, a transaction's or a payout's id, or a document's number.
    pub id: String,
    pub text: String,
    /// Documents that made it.
    pub documents: Vec<String>,
    /// Since when it stands.
    pub date: Option<Day>,
    pub days: Option<i64>,
    pub age: Option<Age>,
    /// Debits positive.
    pub amount: Money,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AgeSum {
    pub age: Age,
    pub items: u64,
    pub amount: Money,
}

/// How long something has stood.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Age {
    /// Over thirty days: the first to be looked at.
    Older,
    /// Fifteen to thirty days.
    Month,
    /// Eight to fourteen.
    Fortnight,
    /// Up to seven.
    Week,
}

impl Age {
    pub const ALL: [Age; 4] = [Age::Week, Age::Fortnight, Age::Month, Age::Older];

    pub fn of(days: i64) -> Age {
        match days {
            ..=7 => Age::Week,
            8..=14 => Age::Fortnight,
            15..=30 => Age::Month,
            31.. => Age::Older,
        }
    }

    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Age::Week => "0–7 days",
            Age::Fortnight => "8–14 days",
            Age::Month => "15–30 days",
            Age::Older => "over 30 days",
        }
    }
}

impl Item {
    pub fn new(id: impl Into<String>, text: impl Into<String>, amount: Money) -> Item {
        Item {
            id: id.into(),
            text: text.into(),
            documents: Vec::new(),
            date: None,
            days: None,
            age: None,
            amount,
        }
    }

    /// With how old it is on a day.
    pub(crate) fn since(mut self, date: Day, on: Day) -> Item {
        let ms = on.midnight_utc().since(date.midnight_utc());
        let days = ms.checked_div(Timestamp::DAY).unwrap_or_default().max(0);
        self.date = Some(date);
        self.days = Some(days);
        self.age = Some(Age::of(days));
        self
    }
}

impl Section {
    /// A list against the ledger's figure: well when both are the same.
    pub fn tied(
        (name, title): (&str, &str),
        account: Option<String>,
        items: Vec<Item>,
        ledger: Money,
    ) -> Result<Section, MoneyError> {
        let mut section = Section::listed((name, title), items, ledger.currency())?;
        let difference = ledger.minus(section.sum)?;
        section.account = account;
        section.ledger = Some(ledger);
        section.difference = Some(difference);
        section.is_well = difference.is_zero();
        if !difference.is_zero() {
            let (apart, words) = if difference.is_negative() {
                (difference.negated()?, "less")
            } else {
                (difference, "more")
            };
            section.notes.push(format!(
                "The ledger has {apart} {words} than the list: an entry that Daybook did not make, or one \
                 that was changed or voided in Xero. Look at the account's transactions up to this day."
            ));
        }
        Ok(section)
    }

    /// A list that has no account of its own.
    pub fn listed(
        (name, title): (&str, &str),
        items: Vec<Item>,
        currency: Currency,
    ) -> Result<Section, MoneyError> {
        let sum = Money::sum(items.iter().map(|item| item.amount), currency)?;
        let ages = ages(&items, currency)?;
        Ok(Section {
            name: name.to_owned(),
            title: title.to_owned(),
            account: None,
            items,
            sum,
            ledger: None,
            difference: None,
            ages,
            notes: Vec::new(),
            is_well: true,
        })
    }
}

fn ages(items: &[Item], currency: Currency) -> Result<Vec<AgeSum>, MoneyError> {
    let mut ages = Vec::new();
    if items.iter().all(|item| item.age.is_none()) {
        return Ok(ages);
    }
    for age in Age::ALL {
        let of_age = || items.iter().filter(move |item| item.age == Some(age));
        let amount = Money::sum(of_age().map(|item| item.amount), currency)?;
        let items = u64::try_from(of_age().count()).unwrap_or(u64::MAX);
        ages.push(AgeSum { age, items, amount });
    }
    Ok(ages)
}
