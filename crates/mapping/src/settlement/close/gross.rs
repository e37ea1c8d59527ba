//! What buyers paid, month by month and marketplace by marketplace, before fees and refunds: the
//! numbers to hold against Amazon's form 1099-K.

use std::collections::BTreeMap;

use base::{Currency, Day, Money, MoneyError, Zone};
use facts::finances::{Part, Transaction};
use serde::Serialize;

use crate::settlement::bridge::known;
use crate::settlement::pack::country_of;
use crate::settlement::transactions::nature;
use crate::settlement::words::LineKind;

/// Time zones by country. Amazon's American and Canadian reports are in Pacific time.
const ZONES: [(&str, &str); 23] = [
    ("US", "America/Los_Angeles"),
    ("CA", "America/Los_Angeles"),
    ("MX", "America/Mexico_City"),
    ("BR", "America/Sao_Paulo"),
    ("GB", "Europe/London"),
    ("IE", "Europe/Dublin"),
    ("DE", "Europe/Berlin"),
    ("FR", "Europe/Paris"),
    ("IT", "Europe/Rome"),
    ("ES", "Europe/Madrid"),
    ("NL", "Europe/Amsterdam"),
    ("BE", "Europe/Brussels"),
    ("SE", "Europe/Stockholm"),
    ("PL", "Europe/Warsaw"),
    ("TR", "Europe/Istanbul"),
    ("AE", "Asia/Dubai"),
    ("SA", "Asia/Riyadh"),
    ("EG", "Africa/Cairo"),
    ("ZA", "Africa/Johannesburg"),
    ("IN", "Asia/Kolkata"),
    ("JP", "Asia/Tokyo"),
    ("SG", "Asia/Singapore"),
    ("AU", "Australia/Sydney"),
];

/// What Amazon calls a sale, in Finances and in settlement reports.
const SHIPMENTS: [&str; 2] = ["Shipment", "Order"];

/// One marketplace's sales of a calendar month, and since the year began.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct GrossRow {
    pub marketplace: String,
    /// In which months begin and end.
    pub zone: String,
    pub currency: Currency,
    pub month: Gross,
    pub year: Gross,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Gross {
    /// Transactions of sales.
    pub sales: u64,
    pub principal: Money,
    pub shipping: Money,
    pub gift_wrap: Money,
    pub tax: Money,
    pub total: Money,
}

/// What a part of a sale is for the form.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Column {
    Principal,
    Shipping,
    GiftWrap,
    Tax,
}

/// The zone of a marketplace by its name: its country's; UTC where Daybook knows none.
pub fn zone_of(marketplace: &str) -> (&'static str, Zone) {
    let country = country_of(marketplace);
    let named = ZONES.iter().find(|(code, _)| Some(*code) == country.as_deref());
    let zone = named.and_then(|(_, name)| Some((*name, Zone::named(name).ok()?)));
    zone.unwrap_or(("UTC", Zone::utc()))
}

/// The gross sales of the month that holds `day`, and of its year up to the month's end, as Amazon's
/// Finances give them. `names` tell a marketplace by its id.
pub fn gross(
    transactions: &[&Transaction],
    day: Day,
    names: &BTreeMap<String, String>,
) -> Result<Vec<GrossRow>, MoneyError> {
    let (month, end) = (day.month_start(), day.month_start().after_days(31).month_start());
    let year = year_start(day);
    let mut rows: BTreeMap<(String, Currency), GrossRow> = BTreeMap::new();
    let mut zones: BTreeMap<String, (&'static str, Zone)> = BTreeMap::new();
    for one in known(transactions) {
        let marketplace = name(one.of, names);
        let (zone_name, zone) =
            zones.entry(marketplace.clone()).or_insert_with(|| zone_of(&marketplace));
        let posted = one.posted.day(zone);
        if posted < year || posted >= end || !is_shipment(one.of) {
            continue;
        }
        let Some(sale) = Gross::of(one.of)? else { continue };
        let currency = one.of.total.currency();
        let key = (marketplace.clone(), currency);
        let row = rows.entry(key).or_insert_with(|| GrossRow {
            marketplace,
            zone: (*zone_name).to_owned(),
            currency,
            month: Gross::none(currency),
            year: Gross::none(currency),
        });
        row.year = row.year.plus(sale)?;
        if posted >= month {
            row.month = row.month.plus(sale)?;
        }
    }
    Ok(rows.into_values().collect())
}

/// Sold to a buyer. What is liquidated goes to a dealer, and what is reimbursed to nobody.
fn is_shipment(one: &Transaction) -> bool {
    SHIPMENTS.iter().any(|kind| one.transaction_type.eq_ignore_ascii_case(kind))
}

fn year_start(day: Day) -> Day {
    Day(day.0.first_of_year())
}

fn name(one: &Transaction, names: &BTreeMap<String, String>) -> String {
    match names.get(&one.marketplace_id) {
        Some(name) => name.clone(),
        None if one.marketplace_name.is_empty() => "Amazon".to_owned(),
        None => one.marketplace_name.clone(),
    }
}

impl Gross {
    fn none(currency: Currency) -> Gross {
        let zero = Money::zero(currency);
        Gross { sales: 0, principal: zero, shipping: zero, gift_wrap: zero, tax: zero, total: zero }
    }

    /// What a transaction sold; none where it is no sale.
    fn of(one: &Transaction) -> Result<Option<Gross>, MoneyError> {
        let mut sale = Gross::none(one.total.currency());
        let parts = one.parts.iter().chain(one.items.iter().flat_map(|item| &item.parts));
        let mut is_sale = false;
        for part in parts {
            let Some(column) = column(one, part) else { continue };
            is_sale = true;
            sale.total = sale.total.plus(part.amount)?;
            let sum = match column {
                Column::Principal => &mut sale.principal,
                Column::Shipping => &mut sale.shipping,
                Column::GiftWrap => &mut sale.gift_wrap,
                Column::Tax => &mut sale.tax,
            };
            *sum = sum.plus(part.amount)?;
        }
        sale.sales = u64::from(is_sale);
        Ok(is_sale.then_some(sale))
    }

    fn plus(self, other: Gross) -> Result<Gross, MoneyError> {
        Ok(Gross {
            sales: self.sales.saturating_add(other.sales),
            principal: self.principal.plus(other.principal)?,
            shipping: self.shipping.plus(other.shipping)?,
            gift_wrap: self.gift_wrap.plus(other.gift_wrap)?,
            tax: self.tax.plus(other.tax)?,
            total: self.total.plus(other.total)?,
        })
    }
}

fn of_price(kind: LineKind) -> Option<Column> {
    let columns = [
        (LineKind::Goods, Column::Principal),
        (LineKind::Shipping, Column::Shipping),
        (LineKind::GiftWrap, Column::GiftWrap),
    ];
    columns.into_iter().find(|(one, _)| *one == kind).map(|(_, column)| column)
}

/// None for what is no part of the price: fees, discounts, refunds, tax that Amazon keeps.
fn column(one: &Transaction, part: &Part) -> Option<Column> {
    let nature = nature(one, part).filter(|nature| !nature.is_refund)?;
    if nature.kind == LineKind::SaleTax {
        return of_price(nature.of).map(|_of| Column::Tax);
    }
    of_price(nature.kind)
}

#[cfg(test)]
mod tests {
    use base::Timestamp;
    use facts::finances::TransactionStatus;

    use super::*;

    fn usd(minor: i64) -> Money {
        Money::from_minor(minor, Currency::USD)
    }

    fn told(id: &str, kind: &str, posted: &str) -> Transaction {
        let part = |path: &[&str], minor| Part {
            path: path.iter().map(|word| (*word).to_owned()).collect(),
            amount: usd(minor),
        };
        Transaction {
            transaction_id: id.to_owned(),
            transaction_type: kind.to_owned(),
            status: TransactionStatus::Released,
            description: String::new(),
            posted: Timestamp::parse(posted).unwrap(),
            total: usd(9_000),
            region: "NA".to_owned(),
            seller_id: "s".to_owned(),
            account_type: String::new(),
            marketplace_id: String::new(),
            marketplace_name: "Amazon.com".to_owned(),
            order_id: None,
            shipment_id: None,
            refund_id: None,
            settlement_id: None,
            event_group_id: None,
            releases: None,
            released_by: None,
            deferral: None,
            items: Vec::new(),
            parts: vec![
                part(&["Sales", "Principal"], 10_000),
                part(&["Sales", "Tax"], 700),
                part(&["Tax", "MarketplaceFacilitatorTax-Principal"], -700),
                part(&["Expenses", "AmazonFees", "Commission"], -1_500),
                part(&["Sales", "Shipping"], 500),
            ],
        }
    }

    #[test]
    fn a_month_ends_at_the_marketplaces_midnight_and_counts_what_buyers_paid() {
        let all = [
            told("a", "Shipment", "2026-02-01T07:59:00Z"),
            told("b", "Shipment", "2026-02-01T08:01:00Z"),
            told("c", "Shipment", "2025-12-31T20:00:00Z"),
            told("d", "Refund", "2026-02-10T20:00:00Z"),
            told("e", "FBALiquidation", "2026-02-10T20:00:00Z"),
        ];
        let all: Vec<&Transaction> = all.iter().collect();
        let february = Day::parse("2026-02-28").unwrap();
        let rows = gross(&all, february, &BTreeMap::new()).unwrap();
        let [row] = rows.as_slice() else { panic!("{rows:?}") };
        assert_eq!((row.month.sales, row.month.total), (1, usd(11_200)));
        let month = (row.month.principal, row.month.tax, row.month.shipping);
        assert_eq!(month, (usd(10_000), usd(700), usd(500)));
        assert_eq!((row.year.sales, row.year.total), (2, usd(22_400)));
    }
}
