//! Order by order and settlement by settlement: what Amazon says against what Xero holds.

mod file;
mod refunds;
mod settled;
mod sums;
mod tally;

use std::collections::{BTreeMap, BTreeSet};

use base::{Money, MoneyError, Timestamp};

use crate::amazon::wire::Order;
use crate::amazon::{Orders, Reading};
use crate::expect::{self, Expected, Posted};
use crate::told::Told;
use crate::xero::Books;
use crate::{Accounts, Audit, Way};

use file::{File, Filed};
use tally::Tally;

pub(crate) use file::strangers;
pub(crate) use settled::settlements_named;

/// Both sides, and what the auditor was told.
pub(crate) struct Both<'a> {
    pub(crate) orders: &'a Orders,
    /// Orders that the books name and Amazon does not know.
    pub(crate) unknown: &'a BTreeSet<String>,
    pub(crate) books: &'a Books,
    pub(crate) held: &'a BTreeMap<String, String>,
    pub(crate) accounts: &'a Accounts,
    /// None where the book keeps no settlements.
    pub(crate) told: Option<&'a Told<'a>>,
}

pub(crate) fn compare(both: &Both<'_>) -> Audit {
    let mut tally = Tally::default();
    let filed = Filed::of(both.orders, both.books, both.unknown);
    tally.audit.differences.extend(filed.misnamed.iter().cloned());
    let nothing = File::default();
    let case =
        |order_id| Case { both, order_id, file: filed.orders.get(order_id).unwrap_or(&nothing) };
    for (order_id, reading) in &both.orders.read {
        let checked = case(order_id).check(reading, &mut tally);
        tally.uncountable(order_id, checked);
    }
    for order_id in both.unknown {
        let checked = case(order_id).check_unknown(&mut tally);
        tally.uncountable(order_id, checked);
    }
    nameless(both, &mut tally);
    trial_balance(both, &mut tally);
    if let Some(told) = both.told {
        settled::settlements(both, told, &mut tally);
    }
    tally.finish(both)
}

/// One order and its documents.
struct Case<'a> {
    both: &'a Both<'a>,
    order_id: &'a str,
    file: &'a File<'a>,
}

impl Case<'_> {
    fn check(&self, reading: &Reading, tally: &mut Tally) -> Result<(), MoneyError> {
        tally.audit.orders = tally.audit.orders.saturating_add(1);
        if self.file.live.len() > 1 {
            tally.audit.duplicates.push(self.order_id.to_owned());
        }
        self.check_voids(reading, tally);
        if let Some(reason) = self.both.held.get(self.order_id) {
            tally.audit.held = tally.audit.held.saturating_add(1);
            return self.check_held(reason, reading, tally);
        }
        let order = match reading {
            Ok(order) => order,
            Err(why) => {
                tally.differ(self.order_id, "the order cannot be read", why, &self.file.words());
                return Ok(());
            }
        };
        if self.is_without_document(order) {
            return Ok(());
        }
        match expect::expected(order) {
            Ok(Expected::Posted(posted)) => self.check_posted(posted, tally),
            Ok(Expected::Nothing(reason)) => self.check_nothing(reason, tally),
            Err(error) => {
                let why = error.to_string();
                tally.differ(self.order_id, "cannot be worked out", &why, &self.file.words());
                Ok(())
            }
        }
    }

    /// In summary an order's rows are booked with their settlement, and so are those of an order
    /// that had no document in time: the settlement's documents must carry them. An order from before
    /// the book's beginning is somebody else's. Whichever has a document all the same is compared.
    fn is_without_document(&self, order: &Order) -> bool {
        let Some(told) = self.both.told else { return false };
        let created = order.created_time.as_deref().and_then(|text| Timestamp::parse(text).ok());
        let is_earlier = told.keeping.from.zip(created).is_some_and(|(from, at)| at < from);
        let has_none = self.file.live.is_empty() && self.file.refunds.is_empty();
        let is_settled = told.has_rows_of(self.order_id);
        has_none && (told.keeping.way == Way::Summary || is_earlier || is_settled)
    }

    /// A voided invoice had a reason: another one took its place, or the order is no more.
    fn check_voids(&self, reading: &Reading, tally: &mut Tally) {
        let is_explained =
            !self.file.live.is_empty() || reading.as_ref().is_ok_and(expect::explains_a_void);
        if !self.file.void.is_empty() && !is_explained {
            tally.differ(self.order_id, "voided without a reason", "", &self.file.words());
        }
    }

    /// A held order has no document; or one that is less than the order, which a reviewer let go.
    fn check_held(
        &self,
        reason: &str,
        reading: &Reading,
        tally: &mut Tally,
    ) -> Result<(), MoneyError> {
        if self.file.live.is_empty() {
            return Ok(());
        }
        let total = reading.as_ref().ok().and_then(|order| expect::grand_total(order).ok());
        let value = match self.file.values()?.as_slice() {
            [value] if self.file.live.len() == 1 => Some(*value),
            _ => None,
        };
        let is_part = total.flatten().zip(value).is_some_and(|(total, value)| {
            total.currency() == value.currency() && value.minor() < total.minor()
        });
        if is_part {
            tally.audit.part_posted.push(self.order_id.to_owned());
            return Ok(());
        }
        tally.xero.add_all(self.file.values()?)?;
        tally.differ(self.order_id, "held and yet posted", reason, &self.file.words());
        Ok(())
    }

    fn check_unknown(&self, tally: &mut Tally) -> Result<(), MoneyError> {
        tally.differ(self.order_id, "amazon does not know this order", "", &self.file.words());
        tally.xero.add_all(self.file.values()?)
    }

    /// Nothing is left in the books: no invoice, or one that credit notes take back whole.
    fn check_nothing(&self, reason: &str, tally: &mut Tally) -> Result<(), MoneyError> {
        let values = self.file.values()?;
        if values.iter().any(|value| !value.is_zero()) {
            tally.differ(self.order_id, "should not be posted", reason, &self.file.words());
        }
        tally.xero.add_all(values)
    }

    fn check_posted(&self, posted: Posted, tally: &mut Tally) -> Result<(), MoneyError> {
        let is_free = match self.both.told {
            Some(told) => told.is_settled_whole(self.order_id, posted)?,
            None => false,
        };
        let posted = match self.both.told {
            _ if is_free => posted.released()?,
            Some(told) if posted.is_invoiced => {
                let (to_clearing, to_marketplace_tax) =
                    told.finances.freed_of(self.order_id, posted.total.currency())?;
                Posted { to_clearing, to_marketplace_tax, ..posted }
            }
            Some(_) | None => posted,
        };
        tally.audit.should_post = tally.audit.should_post.saturating_add(1);
        tally.amazon.add(posted.total)?;
        let values = self.file.values()?;
        if self.file.live.is_empty() {
            tally.audit.lost.push(self.order_id.to_owned());
        }
        if self.file.live.len() == 1 && values == [posted.total] {
            tally.audit.posted = tally.audit.posted.saturating_add(1);
        } else if self.file.live.len() == 1 {
            let total = posted.total.to_string();
            tally.differ(self.order_id, "the totals differ", &total, &self.file.words());
        }
        tally.xero.add_all(values)?;
        tally.open_tax.add(posted.facilitator_tax.minus(posted.to_marketplace_tax)?)?;
        self.check_payments(posted, tally)?;
        refunds::check(self, posted, tally)
    }

    fn check_payments(&self, posted: Posted, tally: &mut Tally) -> Result<(), MoneyError> {
        let currency = posted.total.currency();
        let accounts = self.both.accounts;
        let clearing = accounts.clearing.get(currency.code()).map(String::as_str);
        let expected = [
            ("clearing", clearing, posted.to_clearing),
            ("marketplace tax", Some(accounts.marketplace_tax.as_str()), posted.to_marketplace_tax),
        ];
        let mut found = self.file.paid(self.both.books)?;
        for (name, account, amount) in expected {
            let paid = account.and_then(|account| found.remove(account));
            let paid = paid.unwrap_or(Money::zero(currency));
            tally.payments_expected.add(amount)?;
            tally.payments_found.add(paid)?;
            if paid != amount {
                let what = format!("the payments into {name} differ");
                tally.differ(self.order_id, &what, &amount.to_string(), &paid.to_string());
            }
        }
        for (account, paid) in found {
            tally.payments_found.add(paid)?;
            let what = format!("a payment into the account {account}");
            tally.differ(self.order_id, &what, "", &paid.to_string());
        }
        Ok(())
    }
}

/// Orders without a number are held under their content, which only Daybook can name.
fn nameless(both: &Both<'_>, tally: &mut Tally) {
    let held = both.held.keys().filter(|key| key.starts_with("unreadable:")).count();
    for reason in both.orders.nameless.iter().skip(held) {
        tally.differ("", "an order without a number", reason, "");
    }
}

fn trial_balance(both: &Both<'_>, tally: &mut Tally) {
    let balance = &both.books.balance;
    tally.audit.trial_balance_balances = balance.balances();
    if !balance.balances() {
        let words = match balance.sums() {
            Some(sums) => sums.map(|sum| sum.to_string()).join(" / "),
            None => "beyond counting".to_owned(),
        };
        tally.differ("", "the trial balance does not balance", "", &words);
    }
    let is_told_of = both.told.is_some_and(|told| !told.keeping.suspended.is_empty());
    let suspense = both.accounts.suspense.as_deref().filter(|_| !is_told_of);
    if let Some(amount) = suspense.and_then(|account| balance.movement(account)) {
        tally.differ("", "something is in suspense", "", &amount.to_string());
    }
}
