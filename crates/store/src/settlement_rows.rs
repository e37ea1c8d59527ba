//! Settlements and claims as rows.

use base::{Currency, FactId, Money, Timestamp};
use serde::Serialize;
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::rows::Place;
use crate::{Claim, Settlement};

#[derive(Serialize)]
pub(crate) struct ClaimRow<'a> {
    order_id: &'a str,
    item_id: &'a str,
    component: &'a str,
    is_refund: u8,
    currency: String,
    amount: i64,
    rows: u64,
}

impl<'a> ClaimRow<'a> {
    pub(crate) fn of(claim: &'a Claim) -> ClaimRow<'a> {
        ClaimRow {
            order_id: &claim.order_id,
            item_id: &claim.item_id,
            component: &claim.component,
            is_refund: u8::from(claim.is_refund),
            currency: claim.amount.currency().to_string(),
            amount: claim.amount.minor(),
            rows: claim.rows,
        }
    }
}

fn currency(row: &AnyRow, table: &'static str, id: &str) -> Result<Currency, sqlx::Error> {
    let code: String = row.try_get("currency")?;
    let place = Place { table, column: "currency", row: id };
    place.known(code.parse().ok(), &code).map_err(|error| sqlx::Error::Decode(Box::new(error)))
}

impl FromRow<'_, AnyRow> for Settlement {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let settlement_id: String = row.try_get("settlement_id")?;
        let currency = currency(row, "settlements", &settlement_id)?;
        let money = |column| row.try_get(column).map(|minor| Money::from_minor(minor, currency));
        let rows: i64 = row.try_get("rows_read")?;
        let deposited: Option<i64> = row.try_get("deposited")?;
        Ok(Settlement {
            fact: FactId::from_stored(row.try_get::<String, _>("fact")?),
            report: row.try_get("report")?,
            region: row.try_get("region")?,
            seller_id: row.try_get("seller")?,
            series: row.try_get("series")?,
            starts: Timestamp(row.try_get("starts")?),
            ends: Timestamp(row.try_get("ends")?),
            deposited: deposited.map(Timestamp),
            rows: u64::try_from(rows).unwrap_or_default(),
            total: money("total")?,
            current_reserve: money("current_reserve")?,
            covered: money("covered")?,
            posted: money("posted")?,
            held: money("held")?,
            settlement_id,
        })
    }
}

impl FromRow<'_, AnyRow> for Claim {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let order_id: String = row.try_get("order_id")?;
        let currency = currency(row, "claims", &order_id)?;
        let (is_refund, rows): (i64, i64) = (row.try_get("is_refund")?, row.try_get("rows_read")?);
        Ok(Claim {
            settlement_id: row.try_get("settlement_id")?,
            item_id: row.try_get("item_id")?,
            component: row.try_get("component")?,
            is_refund: is_refund == 1,
            amount: Money::from_minor(row.try_get("amount")?, currency),
            rows: u64::try_from(rows).unwrap_or_default(),
            order_id,
        })
    }
}
