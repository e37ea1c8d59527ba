//! What went back to an order's buyer, and an order that is settled whole.
//!
//! A refund has its credit note on the day on which Finances tell of it, and its rows in a later
//! settlement. Once all rows of an order are there they must come to its documents.

use std::collections::BTreeSet;

use base::{Currency, Money, MoneyError, Timestamp};

use super::Case;
use super::sums::Sums;
use super::tally::Tally;
use crate::amazon::file::OrderRows;
use crate::amazon::finances::GivenBack;
use crate::expect::Posted;
use crate::told::Told;

pub(super) fn check(case: &Case<'_>, posted: Posted, tally: &mut Tally) -> Result<(), MoneyError> {
    let Some(told) = case.both.told else { return given_back(case, &[], tally) };
    let refunds: Vec<&GivenBack> = told.refunds_of(case.order_id).collect();
    if !told.finances.is_untold {
        if let Some((_, why)) =
            told.finances.unreadable.iter().find(|(order_id, _)| order_id == case.order_id)
        {
            tally.differ(case.order_id, "a refund cannot be read", why, "");
        }
        given_back(case, &refunds, tally)?;
    }
    settled_whole(case, (posted, told, &refunds), tally)
}

/// Credit notes whose money was given back against what Finances tell.
fn given_back(
    case: &Case<'_>,
    refunds: &[&GivenBack],
    tally: &mut Tally,
) -> Result<(), MoneyError> {
    let found = case.file.refunded()?;
    let refunds = &case.known(refunds, &found)?;
    for currency in currencies(refunds.iter().map(|refund| refund.refunded), &found) {
        let of = |amount: &Money| amount.currency() == currency;
        let told = refunds.iter().filter(|refund| of(&refund.refunded));
        let bought = Money::sum(told.clone().map(|refund| refund.refunded), currency)?.negated()?;
        let kept = Money::sum(told.map(|refund| refund.unwithheld), currency)?;
        let noted = Money::sum(found.iter().copied().filter(of), currency)?;
        tally.refunds_expected.add(bought)?;
        tally.refunds_found.add(noted)?;
        if noted != bought {
            let (amazon, xero) = (bought.to_string(), case.file.words());
            tally.differ(case.order_id, "the refunds differ", &amazon, &xero);
        }
        legs(case, (bought.minus(kept)?, kept), tally)?;
    }
    Ok(())
}

/// Amazon may be two days late in telling.
const LATE_MS: i64 = 2 * Timestamp::DAY;

impl Case<'_> {
    /// What the book may know of what Finances tell: all of it, or all but the latest, where that is
    /// what it has.
    fn known<'r>(
        &self,
        refunds: &[&'r GivenBack],
        found: &[Money],
    ) -> Result<Vec<&'r GivenBack>, MoneyError> {
        let told = self.both.told.and_then(|told| told.keeping.read_until);
        let Some(sure) = told.map(|until| until.after_ms(-LATE_MS)) else {
            return Ok(refunds.to_vec());
        };
        let is_old = |refund: &&&GivenBack| refund.posted.is_none_or(|posted| posted <= sure);
        let old: Vec<&GivenBack> = refunds.iter().filter(is_old).copied().collect();
        let mut sums = Sums::default();
        for refund in &old {
            sums.add(refund.refunded.negated()?)?;
        }
        Ok(if sums.amounts() == found { old } else { refunds.to_vec() })
    }
}

/// Out of which accounts it was given back.
fn legs(
    case: &Case<'_>,
    (from_clearing, from_tax): (Money, Money),
    tally: &mut Tally,
) -> Result<(), MoneyError> {
    let currency = from_clearing.currency();
    let accounts = case.both.accounts;
    let clearing = accounts.clearing.get(currency.code()).map(String::as_str);
    let mut found = case.file.given_back(case.both.books)?;
    found.retain(|_, amount| amount.currency() == currency);
    let expected = [
        ("clearing", clearing, from_clearing),
        ("marketplace tax", Some(accounts.marketplace_tax.as_str()), from_tax),
    ];
    for (name, account, amount) in expected {
        let given = account.and_then(|account| found.remove(account));
        let given = given.unwrap_or(Money::zero(currency));
        if given != amount {
            let what = format!("what was given back from {name} differs");
            tally.differ(case.order_id, &what, &amount.to_string(), &given.to_string());
        }
    }
    for (account, given) in found {
        let what = format!("a refund from the account {account}");
        tally.differ(case.order_id, &what, "", &given.to_string());
    }
    Ok(())
}

fn currencies(told: impl Iterator<Item = Money>, found: &[Money]) -> BTreeSet<Currency> {
    told.chain(found.iter().copied()).map(Money::currency).collect()
}

/// Every unit that left has its rows: then rows and documents come to the same.
fn settled_whole(
    case: &Case<'_>,
    (posted, told, refunds): (Posted, &Told<'_>, &[&GivenBack]),
    tally: &mut Tally,
) -> Result<(), MoneyError> {
    let currency = posted.total.currency();
    let rows = told.rows_of(case.order_id, currency)?;
    let is_whole = told.is_settled_whole(case.order_id, posted)?;
    let are_settled = refunds.iter().all(|refund| told.is_settled(refund));
    if !is_whole || !are_settled || case.file.live.is_empty() {
        return Ok(());
    }
    tally.settled.orders_settled = tally.settled.orders_settled.saturating_add(1);
    let mut differ = |what: &str, amazon: Money, xero: String| {
        tally.differ(case.order_id, what, &amazon.to_string(), &xero);
    };
    let stands = Sums::of(case.file.values()?, currency)?;
    if rows.sold != stands {
        differ("its settled rows differ from its invoice", rows.sold, case.file.words());
    }
    let refunded = Sums::of(case.file.refunded()?, currency)?.negated()?;
    if rows.refunded != refunded {
        differ(
            "its settled refunds differ from its credit notes",
            rows.refunded,
            case.file.words(),
        );
    }
    let tax = posted.facilitator_tax.negated()?;
    if rows.withheld != tax {
        differ(
            "the tax that amazon keeps differs from its settled rows",
            tax,
            rows.withheld.to_string(),
        );
    }
    Ok(())
}

impl Told<'_> {
    fn refunds_of(&self, order_id: &str) -> impl Iterator<Item = &GivenBack> {
        // Nothing went back where all that did is nothing.
        let is_some = |refund: &&GivenBack| !refund.refunded.is_zero();
        self.finances.refunds_of(order_id).filter(is_some)
    }

    /// What all settlements' rows say of an order.
    fn rows_of(&self, order_id: &str, currency: Currency) -> Result<OrderRows, MoneyError> {
        let mut sum = OrderRows::nothing(currency);
        for told in self.settlements.told.values() {
            let rows = told.settlement.orders.get(order_id);
            if let Some(rows) = rows.filter(|rows| rows.sold.currency() == currency) {
                sum.add_all(*rows)?;
            }
        }
        Ok(sum)
    }

    /// True where every unit that left, and may leave, has its rows.
    pub(super) fn is_settled_whole(
        &self,
        order_id: &str,
        posted: Posted,
    ) -> Result<bool, MoneyError> {
        let rows = self.rows_of(order_id, posted.total.currency())?;
        Ok(posted.units.is_some_and(|units| units > 0 && units == rows.units))
    }

    /// True where settlements have rows of the order's sale.
    pub(super) fn has_rows_of(&self, order_id: &str) -> bool {
        let mut told = self.settlements.told.values();
        told.any(|told| {
            let rows = told.settlement.orders.get(order_id);
            rows.is_some_and(|rows| !rows.sold.is_zero())
        })
    }

    fn is_settled(&self, refund: &GivenBack) -> bool {
        let id = refund.settlement_id.as_ref();
        id.is_some_and(|id| self.settlements.told.contains_key(id))
    }
}
