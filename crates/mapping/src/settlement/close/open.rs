//! What is owed by and to Amazon on documents that are open, and what else stands on the ledger's
//! receivables and payables.

use std::collections::BTreeMap;

use base::{Day, Money, MoneyError, Subject};

use super::{Books, Item, Movement, Place, Section};

/// Receivables or payables.
pub(super) fn section(books: &Books<'_>, place: &Place) -> Result<Section, MoneyError> {
    let is_purchase = *place == Place::Payable;
    let (name, title, ledger) = if is_purchase {
        ("payable", "Open payables with Amazon", books.payable)
    } else {
        ("receivable", "Open receivables with Amazon", books.receivable)
    };
    let mut items = items(books, place)?;
    let ours = Money::sum(items.iter().map(|item| item.amount), books.currency)?;
    let others = books.others.iter().filter(|one| one.is_purchase == is_purchase);
    let others: Vec<Item> = others
        .map(|one| {
            let text = format!("not with Amazon: {} documents of this contact", one.documents);
            Item::new(&one.contact, text, one.amount).since(one.since, books.date)
        })
        .collect();
    let count = others.len();
    items.extend(others);
    let account = if is_purchase { "Accounts Payable" } else { "Accounts Receivable" };
    let mut section = Section::tied((name, title), Some(account.to_owned()), items, ledger)?;
    if count > 0 {
        section.notes.insert(
            0,
            format!(
                "With Amazon: {ours}. The rest of the account is with others ({count}), as Xero's documents \
                 have it."
            ),
        );
    }
    Ok(section)
}

struct Open<'a> {
    amount: Money,
    date: Day,
    subject: &'a Subject,
}

fn items(books: &Books<'_>, place: &Place) -> Result<Vec<Item>, MoneyError> {
    let by_then = |moved: &&Movement| moved.place == *place && moved.day <= books.date;
    let mut open: BTreeMap<&str, Open<'_>> = BTreeMap::new();
    for moved in books.movements.iter().filter(by_then) {
        let known = open.entry(moved.number.as_str()).or_insert_with(|| Open {
            amount: Money::zero(books.currency),
            date: moved.day,
            subject: &moved.subject,
        });
        known.amount = known.amount.plus(moved.amount)?;
        known.date = known.date.min(moved.day);
    }
    open.retain(|_, one| !one.amount.is_zero());
    let item = |(number, one): (&str, Open<'_>)| {
        let item = Item::new(number, of(one.subject), one.amount);
        item.since(one.date, books.date)
    };
    Ok(open.into_iter().map(item).collect())
}

fn of(subject: &Subject) -> String {
    match (subject.order_id(), subject.settlement_id()) {
        (Some(order), _) => format!("order {order}: not paid by now"),
        (None, Some(settlement)) => format!("settlement {settlement}: not matched with the bank"),
        (None, None) => format!("{subject}: open"),
    }
}
