//! Orders that have documents of their own: what these carry at the end of a day against what Amazon
//! posted of the sale by then.

use std::collections::BTreeMap;

use base::{Day, Money, MoneyError};

use super::entries::Entry;
use super::{Item, ItemKind, Spans};

/// How an order's documents came to move the balance with Amazon.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OrderBooked {
    pub steps: Vec<OrderStep>,
}

/// One of them: an invoice adds its total, a tax payment into another account takes its amount off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderStep {
    /// The document's number.
    pub number: String,
    pub date: Day,
    pub amount: Money,
    /// What a payment took from what is open: a step that moves nothing between the sides.
    pub paid: Money,
}

impl OrderBooked {
    fn sum(
        &self,
        spans: &Spans<'_>,
        of: fn(&OrderStep) -> Money,
        until: Option<Day>,
    ) -> Result<Money, MoneyError> {
        let counted = self.steps.iter().filter(|step| until.is_none_or(|day| step.date <= day));
        Money::sum(counted.map(of), spans.currency)
    }

    fn numbers(&self) -> String {
        let mut numbers: Vec<&str> = self.steps.iter().map(|step| step.number.as_str()).collect();
        numbers.dedup();
        numbers.join(", ")
    }
}

/// The items, and in words the orders that can never agree: those are no reason why it does not
/// close today.
pub(super) fn items(
    spans: &Spans<'_>,
    entries: &[Entry<'_>],
) -> Result<(Vec<Item>, Vec<String>), MoneyError> {
    let mut posted: BTreeMap<&str, Vec<&Entry<'_>>> = BTreeMap::new();
    for entry in entries {
        if let Some(order) = entry.of.order_id.as_deref().filter(|_| !entry.sale.is_zero()) {
            posted.entry(order).or_default().push(entry);
        }
    }
    let (mut items, mut differing) = (Vec::new(), Vec::new());
    let known = spans.orders.keys().map(String::as_str);
    let mut ids: Vec<&str> = known.chain(posted.keys().copied()).collect();
    ids.sort_unstable();
    ids.dedup();
    for id in ids {
        let of_order = posted.get(id).map(Vec::as_slice).unwrap_or_default();
        match Standing::of(spans, id, of_order)?.judged(spans, id, of_order)? {
            Judged::Agrees => {}
            Judged::Between(item) => items.push(item),
            Judged::Differs(words) => differing.push(words),
        }
    }
    Ok((items, differing))
}

/// What both sides have of an order.
struct Standing<'a> {
    booked: Option<&'a OrderBooked>,
    in_books: Money,
    at_amazon: Money,
    books_in_all: Money,
    amazon_in_all: Money,
    /// Not paid by the end of the day.
    open: Money,
}

enum Judged {
    Agrees,
    Between(Item),
    Differs(String),
}

impl<'a> Standing<'a> {
    fn of(spans: &Spans<'a>, id: &str, entries: &[&Entry<'_>]) -> Result<Standing<'a>, MoneyError> {
        let zero = Money::zero(spans.currency);
        let booked = spans.orders.get(id);
        let sum = |of: fn(&OrderStep) -> Money, until| {
            booked.map_or(Ok(zero), |booked| booked.sum(spans, of, until))
        };
        let by_then = entries.iter().filter(|entry| entry.posted < spans.until());
        let in_books = sum(|step| step.amount, Some(spans.date))?;
        let open = in_books.minus(sum(|step| step.paid, Some(spans.date))?)?;
        Ok(Standing {
            booked,
            in_books,
            at_amazon: Money::sum(by_then.map(|entry| entry.sale), spans.currency)?,
            books_in_all: sum(|step| step.amount, None)?,
            amazon_in_all: Money::sum(entries.iter().map(|entry| entry.sale), spans.currency)?,
            open,
        })
    }

    fn judged(
        &self,
        spans: &Spans<'_>,
        id: &str,
        entries: &[&Entry<'_>],
    ) -> Result<Judged, MoneyError> {
        let amount = self.at_amazon.minus(self.in_books)?;
        if amount.is_zero() {
            return Ok(Judged::Agrees);
        }
        let Some(text) = self.why(spans, id, entries, amount)? else {
            let words = format!("{id} by {amount} ({})", self.numbers());
            return Ok(Judged::Differs(words));
        };
        Ok(Judged::Between(Item { id: id.to_owned(), kind: ItemKind::Order, text, amount }))
    }

    fn numbers(&self) -> String {
        self.booked.map(OrderBooked::numbers).unwrap_or_default()
    }

    /// Why the two are not on the same day; none where they never will be.
    fn why(
        &self,
        spans: &Spans<'_>,
        id: &str,
        entries: &[&Entry<'_>],
        amount: Money,
    ) -> Result<Option<String>, MoneyError> {
        let named: Vec<&str> = entries.iter().map(|entry| entry.id).collect();
        if let Some(reason) = spans.held.get(id) {
            return Ok(Some(format!("held, {reason}: transactions {}", named.join(", "))));
        }
        let numbers = self.numbers();
        if amount.negated()? == self.open {
            return Ok(Some(format!("{numbers}: open, Amazon has not posted it by then")));
        }
        if self.books_in_all != self.amazon_in_all {
            return Ok(None);
        }
        let transactions = named.join(", ");
        Ok(Some(format!("{numbers} and Amazon's {transactions} are of different days")))
    }
}
