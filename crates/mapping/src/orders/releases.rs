//! What Amazon has let go of an order that its buyer pays on invoice.
//!
//! Amazon holds the money of such an order back until the buyer has paid, or until it pays in the
//! buyer's stead, and says so by releasing the transaction of each shipment.

use base::{Money, MoneyError};
use facts::finances::Transaction;

use crate::orders::case::Case;
use crate::orders::history::History;
use crate::orders::payments::Payable;
use crate::orders::shipments::{Due, Leg, Scale, aside};
use crate::orders::stop::Stop;
use crate::settlement::bridge::posted;
use crate::settlement::transactions::{is_of_sale, is_refund, nature};
use crate::settlement::words::LineKind;

/// What happened to the money at one moment.
struct Moved<'a> {
    by: &'a Transaction,
    sold: Money,
    kept: Money,
}

/// Cumulative amounts after each event, oldest first: the tax that Amazon keeps is gone when it posts
/// the sale, and the seller's money comes free with the release.
pub(crate) fn released<'a>(
    case: &Case<'_>,
    history: &History<'a>,
    payable: &Payable<'_>,
) -> Result<Vec<Due<'a>>, Stop> {
    let sales: Vec<&Transaction> =
        history.transactions().map(|(_, one)| one).filter(|one| !is_refund(one)).collect();
    let moved = moved(&sales)?;
    let Some(first) = moved.first() else { return Ok(Vec::new()) };
    let scale = Scale::new(case, payable)?;
    let has_aside = !aside(&payable.standing, payable.invoice.currency)?.is_zero();
    let zero = Money::zero(first.sold.currency());
    let (mut all, mut tax) = (zero, zero);
    let mut dues = Vec::new();
    for one in moved {
        let told = history.transactions().find(|(_, told)| std::ptr::eq(*told, one.by));
        let Some((fact, _)) = told else { continue };
        (all, tax) = (all.plus(one.sold)?, tax.plus(one.kept)?);
        let aside = if has_aside { tax } else { zero };
        let what = if one.sold.is_zero() { "posted by Amazon" } else { "released by Amazon" };
        dues.push(Due {
            fact,
            at: one.by.posted,
            what: what.to_owned(),
            clearing: scale.of(all, Leg::Clearing)?,
            marketplace_tax: scale.of(aside, Leg::MarketplaceTax)?,
        });
    }
    Ok(dues)
}

/// In the order in which it happened. What was never held back is one event.
fn moved<'a>(sales: &[&'a Transaction]) -> Result<Vec<Moved<'a>>, MoneyError> {
    let mut all = Vec::new();
    for (one, release) in posted(sales) {
        let (sold, kept) = sale(one)?;
        let zero = Money::zero(one.total.currency());
        match release {
            Some(by) if by.posted == one.posted => all.push(Moved { by, sold, kept }),
            Some(by) => {
                all.push(Moved { by: one, sold: zero, kept });
                all.push(Moved { by, sold, kept: zero });
            }
            None => all.push(Moved { by: one, sold: zero, kept }),
        }
    }
    all.retain(|one| !one.sold.is_zero() || !one.kept.is_zero());
    all.sort_by_key(|one| (one.by.posted, one.by.transaction_id.as_str()));
    Ok(all)
}

/// What the buyer paid less the tax that Amazon keeps, and that tax.
fn sale(one: &Transaction) -> Result<(Money, Money), MoneyError> {
    let currency = one.total.currency();
    let (mut sold, mut kept) = (Money::zero(currency), Money::zero(currency));
    let of_items = one.items.iter().flat_map(|item| &item.parts);
    for part in one.parts.iter().chain(of_items) {
        let Some(nature) = nature(one, part).filter(|nature| is_of_sale(*nature)) else { continue };
        sold = sold.plus(part.amount)?;
        if nature.kind == LineKind::WithheldTax {
            kept = kept.minus(part.amount)?;
        }
    }
    Ok((sold, kept))
}

#[cfg(test)]
mod tests {
    use base::{Currency, Money};
    use facts::finances::{Part, TransactionStatus};
    use facts::order::ChargeKind;
    use intents::Body;

    use crate::orders::decide;
    use crate::orders::samples::{at, fact, fact_of, item, order, sale, uk};

    #[test]
    fn an_order_on_invoice_is_paid_when_amazon_lets_the_money_go() {
        let mut sample = uk();
        let mut sold = order(vec![item("1", vec![(ChargeKind::Item, 12_000)])], 12_000);
        sold.payment_methods = vec!["Invoice".to_owned()];
        let mut held = sale("t1", ("2026-01-10", TransactionStatus::Deferred));
        sample.facts = vec![fact(sold), fact_of(held.clone())];
        let paid = |sample: &crate::orders::samples::Sample| {
            let changes = decide(&sample.situation());
            let paid: Vec<_> = changes
                .intents
                .iter()
                .filter_map(|intent| {
                    let Body::Payment(paid) = &intent.body else { return None };
                    Some((paid.date.to_string(), paid.amount.to_string()))
                })
                .collect();
            (paid, changes.note.map(|note| note.code))
        };
        assert_eq!(paid(&sample), (Vec::new(), Some("invoiced_order".to_owned())));
        held.status = TransactionStatus::DeferredReleased;
        held.released_by = Some("r1".to_owned());
        let mut release = sale("r1", ("2026-02-14", TransactionStatus::Released));
        release.releases = Some("t1".to_owned());
        assert_eq!(release.posted, at("2026-02-14"));
        sample.facts.extend([fact_of(held), fact_of(release)]);
        let whole = ("2026-02-14".to_owned(), "120.00 GBP".to_owned());
        assert_eq!(paid(&sample), (vec![whole], None));
    }

    #[test]
    fn the_tax_that_amazon_keeps_is_gone_when_it_posts_the_sale() {
        let mut sample = uk();
        let charges = vec![(ChargeKind::Item, 10_000), (ChargeKind::Tax, 2_000)];
        let mut sold = order(vec![item("1", charges)], 12_000);
        sold.items[0].facilitator = Some("Amazon".to_owned());
        sold.payment_methods = vec!["Invoice".to_owned()];
        let mut held = sale("t1", ("2026-01-10", TransactionStatus::Deferred));
        let kept = ["Expenses", "TaxWithheld", "MarketplaceFacilitatorTax-Principal"];
        held.items[0].parts.push(Part {
            path: kept.map(str::to_owned).to_vec(),
            amount: Money::from_minor(-2_000, Currency::GBP),
        });
        sample.facts = vec![fact(sold), fact_of(held)];
        let decided = decide(&sample.situation());
        let paid: Vec<(&str, Money)> = decided
            .intents
            .iter()
            .filter_map(|intent| {
                let Body::Payment(paid) = &intent.body else { return None };
                Some((intent.part.as_str(), paid.amount))
            })
            .collect();
        let tax = Money::from_minor(2_000, Currency::GBP);
        assert_eq!(paid, [("payment:1:marketplace_tax", tax)], "{decided:#?}");
        assert_eq!(decided.note.map(|note| note.code).as_deref(), Some("invoiced_order"));
    }
}
