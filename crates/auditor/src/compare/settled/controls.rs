//! What stands on the accounts that money only passes through, and on the reserve.

use base::{Decimal, Money, MoneyError};

use super::Desk;
use super::papers::Folders;
use crate::amazon::file::Settlement;
use crate::amazon::reports::Told as Reported;
use crate::compare::tally::Tally;

pub(super) fn check(
    desk: &Desk<'_>,
    (folders, charges_wait): (&Folders<'_>, bool),
    tally: &mut Tally,
) {
    let accounts = desk.both.accounts;
    let tips = desk.tips();
    let is_in_debt = tips.iter().any(|tip| {
        let came_back = desk.told.finances.failed.as_ref();
        tip.total.is_negative() || came_back.is_some_and(|failed| failed.contains_key(&tip.id))
    });
    let nothing_is_held = desk.told.keeping.held.is_empty() && tally.settled.too_recent.is_empty();
    let passed_through = [
        ("marketplace tax", Some(&accounts.marketplace_tax), tally.open_tax.is_nothing()),
        ("carried forward", accounts.carried_forward.as_ref(), !is_in_debt),
        ("deferred", accounts.deferred.as_ref(), !folders.accrual_is_open),
        ("accrued fees", accounts.accrued_fees.as_ref(), !folders.accrual_is_open),
        ("transit", accounts.transit.as_ref(), !charges_wait),
    ];
    for (name, account, is_due) in passed_through {
        let Some(account) = account.filter(|_| is_due) else { continue };
        stands(desk, (name, account), Some(Decimal::ZERO), tally);
    }
    if let Some(account) = accounts.reserved.as_ref().filter(|_| nothing_is_held) {
        let expected = desk.reserved(&tips);
        if let Some(expected) = tally.counted(expected).flatten() {
            stands(desk, ("reserved", account), Some(expected.amount()), tally);
        }
    }
    let suspended = desk.told.keeping.suspended.values();
    if let Some(account) = accounts.suspense.as_ref().filter(|_| suspended.len() > 0) {
        let expected = desk.in_base(suspended.copied());
        if let Some(expected) = tally.counted(expected).flatten() {
            // Income stands in credit.
            stands(
                desk,
                ("suspense", account),
                Decimal::ZERO.checked_sub(expected.amount()),
                tally,
            );
        }
    }
}

/// Debits are positive.
fn stands(
    desk: &Desk<'_>,
    (name, account): (&str, &str),
    expected: Option<Decimal>,
    tally: &mut Tally,
) {
    let found = desk.both.books.balance.net(account);
    if found != expected {
        let words = |amount: Option<Decimal>| amount.map_or_else(String::new, |it| it.to_string());
        let what = format!("what stands on {name} differs");
        tally.unsettle("", &what, &words(expected), &words(found));
    }
}

impl Desk<'_> {
    /// Settlements that no other one follows: the newest of each account. The next one of an
    /// account begins where the last one ended.
    fn tips(&self) -> Vec<&Settlement> {
        let all = &self.told.settlements.told;
        let follows = |one: &Reported, other: &Reported| {
            let (end, start) = (one.settlement.end, other.settlement.start);
            let is_same = one.settlement.total.currency() == other.settlement.total.currency();
            one.region == other.region && is_same && end.is_some() && end == start
        };
        let is_tip = |one: &&Reported| !all.values().any(|other| follows(one, other));
        all.values().filter(is_tip).map(|one| &one.settlement).collect()
    }

    /// What the newest settlements hold back. None where that is in another currency than the
    /// books.
    fn reserved(&self, tips: &[&Settlement]) -> Result<Option<Money>, MoneyError> {
        let held = tips.iter().filter_map(|tip| tip.reserved).map(Money::negated);
        self.in_base(held.collect::<Result<Vec<Money>, MoneyError>>()?)
    }

    fn in_base(
        &self,
        amounts: impl IntoIterator<Item = Money>,
    ) -> Result<Option<Money>, MoneyError> {
        let Some(besides) = &self.both.books.besides else { return Ok(None) };
        let base = besides.base_currency;
        let amounts: Vec<Money> = amounts.into_iter().collect();
        if amounts.iter().any(|amount| amount.currency() != base) {
            return Ok(None);
        }
        Money::sum(amounts, base).map(Some)
    }
}

impl Tally {
    fn counted<T>(&mut self, result: Result<T, MoneyError>) -> Option<T> {
        match result {
            Ok(value) => Some(value),
            Err(error) => {
                self.uncountable("", Err(error));
                None
            }
        }
    }
}
