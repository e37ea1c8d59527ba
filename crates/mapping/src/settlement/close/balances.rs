//! The balances with Amazon, each as a list against the trial balance.

use std::collections::BTreeMap;

use base::{Money, MoneyError};

use super::chains::{SHIPPED, balance_items, rests};
use super::{Account, Accrued, Age, Books, Item, Movement, Place, Section, open};
use crate::Role;
use crate::settlement::ledger::account_place;

/// In the order in which they are shown.
fn roles(books: &Books<'_>) -> [Role; 7] {
    [
        Role::Clearing(books.currency),
        Role::Reserved,
        Role::Deferred,
        Role::CarriedForward,
        Role::AccruedFees,
        Role::Suspense,
        Role::MarketplaceTax,
    ]
}

fn title(role: Role) -> &'static str {
    let titles = [
        (Role::Reserved, "Reserved by Amazon"),
        (Role::Deferred, "Deferred: sold and held back by Amazon"),
        (Role::CarriedForward, "Carried forward between month parts"),
        (Role::AccruedFees, "Accrued Amazon fees"),
        (Role::Suspense, "Suspense: rows whose words nobody knows"),
        (Role::MarketplaceTax, "Marketplace tax"),
    ];
    let known = titles.into_iter().find(|(one, _)| *one == role);
    known.map_or("Clearing: what Amazon owes", |(_, title)| title)
}

/// Every account of the balance with Amazon, and the open documents. Roles that share an account
/// share a section.
pub fn sections(books: &Books<'_>) -> Result<Vec<Section>, MoneyError> {
    let mut by_account: Vec<(&Account, Vec<Role>)> = Vec::new();
    for role in roles(books) {
        let Some(account) = books.accounts.iter().find(|one| one.role == role) else { continue };
        let same = |(known, _): &&mut (&Account, Vec<Role>)| {
            known.account_id.eq_ignore_ascii_case(&account.account_id)
        };
        match by_account.iter_mut().find(same) {
            Some((_, roles)) => roles.push(role),
            None => by_account.push((account, vec![role])),
        }
    }
    let mut sections = Vec::new();
    for (account, roles) in by_account {
        sections.push(section(books, account, &roles)?);
    }
    for place in [Place::Receivable, Place::Payable] {
        sections.push(open::section(books, &place)?);
    }
    Ok(sections)
}

fn section(books: &Books<'_>, account: &Account, roles: &[Role]) -> Result<Section, MoneyError> {
    let place = account_place(&account.account_id);
    let here = || books.movements.iter().filter(|moved| moved.place == place);
    let items = match roles {
        [Role::Suspense] => of_lines(books, here())?,
        [Role::MarketplaceTax] => of_tax(books, here())?,
        [Role::AccruedFees | Role::Deferred] => {
            let items = balance_items(books, roles, here())?;
            of_transactions(books, items)?
        }
        _ => balance_items(books, roles, here())?,
    };
    let names: Vec<String> = roles.iter().map(Role::to_string).collect();
    let titles: Vec<&str> = roles.iter().map(|role| title(*role)).collect();
    let label = match account.code.as_str() {
        "" => account.name.clone(),
        code => format!("{code} {}", account.name),
    };
    let (name, title) = (names.join(" and "), titles.join(" · "));
    let mut section = Section::tied((&name, &title), Some(label), items, account.balance)?;
    noted(roles, &mut section);
    Ok(section)
}

/// What an accountant should look at in a section that ties.
fn noted(roles: &[Role], section: &mut Section) {
    let is_late = |item: &&Item| item.age == Some(Age::Older) && item.text.starts_with(SHIPPED);
    let late = section.items.iter().filter(is_late).count();
    if matches!(roles, [Role::Clearing(_)]) && late > 0 {
        let orders =
            if late == 1 { "1 order was".to_owned() } else { format!("{late} orders were") };
        section.notes.push(format!(
            "{orders} shipped over thirty days ago and not settled since: ask Amazon for the money."
        ));
    }
    if roles == [Role::Suspense] && !section.items.is_empty() {
        section.notes.push(
            "Say what the words stand for (daybook rules), then take the settlement back and \
             post it again."
                .to_owned(),
        );
    }
    if roles == [Role::MarketplaceTax] && !section.items.is_empty() {
        let paid = section.items.iter().filter(|item| item.text != UNPAID).count();
        section.is_well &= paid == 0;
        section.notes.push(if paid == 0 {
            "It must come to nothing, and does with the orders' payments: these invoices are not paid \
             by now."
                .to_owned()
        } else {
            format!("It must come to nothing, and {paid} orders leave something here.")
        });
    }
}

/// Line by line: what is in suspense has words of its own.
fn of_lines<'a>(
    books: &Books<'_>,
    movements: impl Iterator<Item = &'a Movement>,
) -> Result<Vec<Item>, MoneyError> {
    let mut lines: BTreeMap<(&str, &str), (Money, &Movement)> = BTreeMap::new();
    for moved in movements.filter(|moved| moved.day <= books.date) {
        let key = (moved.number.as_str(), moved.text.as_str());
        let (amount, _) = lines.entry(key).or_insert((Money::zero(books.currency), moved));
        *amount = amount.plus(moved.amount)?;
    }
    let left = lines.into_values().filter(|(amount, _)| !amount.is_zero());
    let item = |(amount, moved): (Money, &Movement)| {
        let mut item = Item::new(&moved.number, &moved.text, amount);
        item.documents = vec![moved.number.clone()];
        item.since(moved.day, books.date)
    };
    Ok(left.map(item).collect())
}

/// What an order leaves on Marketplace tax until it is paid.
const UNPAID: &str = "its invoice is open: the tax is settled with the order's payment";

fn of_tax<'a>(
    books: &Books<'_>,
    movements: impl Iterator<Item = &'a Movement>,
) -> Result<Vec<Item>, MoneyError> {
    let open = books.movements.iter().filter(|moved| moved.place == Place::Receivable);
    let open = rests(books, open)?;
    let left = rests(books, movements)?;
    let mut items = Vec::new();
    for (subject, rest) in left.iter().filter(|(_, rest)| !rest.amount.is_zero()) {
        let is_open = open.get(subject).is_some_and(|one| !one.amount.is_zero());
        let text = match (subject.order_id(), is_open) {
            (Some(_), true) => UNPAID,
            (Some(_), false) => "paid, and the tax is not settled",
            (None, _) => "tax that Amazon collected and did not withhold, or the other way round",
        };
        let id = subject.as_str().split_once(':').map_or(subject.as_str(), |(_, id)| id);
        let mut item = Item::new(id, text, rest.amount);
        item.documents = rest.documents();
        items.push(match rest.first {
            Some(first) => item.since(first, books.date),
            None => item,
        });
    }
    Ok(items)
}

/// An accrual as the transactions that it carries, where these come to its amount.
fn of_transactions(books: &Books<'_>, items: Vec<Item>) -> Result<Vec<Item>, MoneyError> {
    let mut all = Vec::new();
    for item in items {
        let mut of_it: Vec<&Accrued> =
            books.accrued.iter().filter(|one| item.documents.contains(&one.number)).collect();
        of_it.sort_by_key(|one| (one.posted, one.transaction_id.as_str()));
        let sum = Money::sum(of_it.iter().map(|one| one.amount), books.currency)?;
        if of_it.is_empty() || sum != item.amount {
            all.push(item);
            continue;
        }
        all.extend(of_it.into_iter().map(|one| {
            let mut item = Item::new(&one.transaction_id, &one.text, one.amount);
            item.documents = vec![one.number.clone()];
            item.since(one.posted, books.date)
        }));
    }
    Ok(all)
}
