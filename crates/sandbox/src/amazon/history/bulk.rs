//! One settlement of any size, written straight to a sink: for benches and for readers that must
//! not keep what they read.

use std::io::{self, Write};

use base::Timestamp;

use super::file::{File, Head};
use super::setting::Setting;
use super::transaction::{Row, Transaction};
use super::words::{Words, words};
use super::{orders, sale};
use crate::amazon::generate::Trait;

/// What [`write_settlement`] wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    pub settlement_id: String,
    /// The sum of all rows, which the header row tells too; minor units.
    pub total: i64,
    /// Rows of money, without the header row.
    pub rows: u64,
    pub bytes: u64,
    /// Minor units that rows of orders' prices and discounts bring.
    pub prices: i64,
}

const ID: &str = "19003456781";
const START: Timestamp = Timestamp(1_790_000_385_000);
const PERIOD_MS: i64 = 14 * Timestamp::DAY;
const FILLER: Words = words("ServiceFee", "Cost of Advertising", "TransactionTotalAmount");
/// Written in pieces of about this size.
const PIECE_BYTES: usize = 256 * 1024;

/// Writes a settlement of exactly so many rows, in UTF-8. The same seed writes the same bytes.
///
/// The header row holds the total and comes first, so the rows are made up twice: once to add them
/// up, once to write them. Nothing is kept.
pub fn write_settlement(
    mut out: impl Write,
    rows: u64,
    seed: u64,
    setting: Setting,
) -> io::Result<Totals> {
    let mut totals = Totals { settlement_id: ID.to_owned(), total: 0, rows, bytes: 0, prices: 0 };
    each_row(rows, seed, setting, |_, _, row| {
        totals.total += row.amount;
        if row.words.is_price() {
            totals.prices += row.amount;
        }
        Ok(())
    })?;
    let mut text = String::with_capacity(PIECE_BYTES + 1024);
    let mut file = File::new(setting, &mut text);
    let end = START.after_ms(PERIOD_MS);
    file.columns();
    let deposit = end.after_ms(2 * Timestamp::DAY);
    file.head(&Head { id: ID, start: START, end, deposit, total: totals.total });
    each_row(rows, seed, setting, |of, at, row| {
        file.row(ID, of, at, row);
        if file.out.len() < PIECE_BYTES {
            return Ok(());
        }
        totals.bytes += file.out.len() as u64;
        out.write_all(file.out.as_bytes())?;
        file.out.clear();
        Ok(())
    })?;
    totals.bytes += text.len() as u64;
    out.write_all(text.as_bytes())?;
    out.flush()?;
    Ok(totals)
}

/// Makes up the rows one by one; the last ones fill the count.
fn each_row(
    count: u64,
    seed: u64,
    setting: Setting,
    mut take: impl FnMut(Option<&Transaction>, Timestamp, &Row) -> io::Result<()>,
) -> io::Result<()> {
    let mut left = count;
    let mut number = 2_000_000;
    // The moments grow, so that each order has its own.
    let step = (PERIOD_MS / Timestamp::SECOND - 600).max(1);
    while left > 0 {
        let done = i64::try_from((count - left) * 1000 / count.max(1)).unwrap_or(0);
        let at =
            START.after_ms((step * done / 1000 + i64::try_from(number % 60).unwrap_or(0)) * 1000);
        let told = orders::order(seed, setting, number, at);
        number += 1;
        let end = told.end().filter(|end| !end.traits.has(Trait::Replacement));
        for (index, parcel) in told.parcels.iter().enumerate() {
            let Some(end) = end else { continue };
            let transaction = sale::sale(setting, end, parcel, index);
            let room = transaction.rows.len() as u64 <= left;
            for row in transaction.rows.iter().filter(|_| room) {
                take(Some(&transaction), at, row)?;
                left -= 1;
            }
        }
        if number % 200 == 0 || left < 12 {
            let cost = i64::try_from(number % 9_973).unwrap_or(1) + 1;
            if left > 0 {
                take(None, at, &Row::of(FILLER, -cost))?;
                left -= 1;
            }
        }
    }
    Ok(())
}
