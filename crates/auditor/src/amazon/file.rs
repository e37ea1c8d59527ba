//! A settlement report's file, read for itself: tabs between cells, names in the first line, one
//! amount a row (<https://developer-docs.amazon.com/sp-api/docs/report-type-values-settlement>).
//!
//! Whether a comma or a point stands before the decimals is judged amount by amount. That nothing
//! was misread shows where the rows add up to the total in the settlement's own row.

mod cells;

use std::collections::BTreeMap;
use std::io::Read as _;

use base::{Currency, Money, MoneyError, Timestamp};

use cells::{Columns, amount, moment};

/// A file of more than a million rows is some 300 MB.
const BYTES_MAX: u64 = 2 * 1024 * 1024 * 1024;
const GZIP: [u8; 2] = [0x1f, 0x8b];

/// A settlement as its rows tell it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Settlement {
    pub(crate) id: String,
    pub(crate) start: Option<Timestamp>,
    pub(crate) end: Option<Timestamp>,
    /// What its own row says that it comes to.
    pub(crate) total: Money,
    /// What its rows come to.
    pub(crate) sum: Money,
    /// Rows that move something.
    pub(crate) rows: u64,
    /// What a card was charged, as rows tell it.
    pub(crate) charged: Money,
    /// The last row that holds money back for the next one; negative.
    pub(crate) reserved: Option<Money>,
    pub(crate) orders: BTreeMap<String, OrderRows>,
}

/// What the rows of an order in a settlement say of its sale and of its refunds. Fees are no part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct OrderRows {
    /// What the buyer paid, tax included.
    pub(crate) sold: Money,
    /// Of that, the tax that Amazon keeps; negative.
    pub(crate) withheld: Money,
    /// What went back to the buyer; negative.
    pub(crate) refunded: Money,
    /// Of that, the tax that Amazon gives back; positive.
    pub(crate) unwithheld: Money,
    /// Units that the rows of the goods' prices name.
    pub(crate) units: u64,
}

/// Which of the four sums an amount of an order belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Share {
    Sold,
    Withheld,
    Refunded,
    Unwithheld,
}

impl OrderRows {
    pub(crate) fn nothing(currency: Currency) -> OrderRows {
        let zero = Money::zero(currency);
        OrderRows { sold: zero, withheld: zero, refunded: zero, unwithheld: zero, units: 0 }
    }

    pub(crate) fn add(&mut self, share: Share, amount: Money) -> Result<(), MoneyError> {
        let sum = match share {
            Share::Sold => &mut self.sold,
            Share::Withheld => &mut self.withheld,
            Share::Refunded => &mut self.refunded,
            Share::Unwithheld => &mut self.unwithheld,
        };
        *sum = sum.plus(amount)?;
        Ok(())
    }

    pub(crate) fn add_all(&mut self, other: OrderRows) -> Result<(), MoneyError> {
        self.add(Share::Sold, other.sold)?;
        self.add(Share::Withheld, other.withheld)?;
        self.add(Share::Refunded, other.refunded)?;
        self.add(Share::Unwithheld, other.unwithheld)?;
        self.units = self.units.saturating_add(other.units);
        Ok(())
    }

    /// What documents of the order carry of the settlement's total.
    pub(crate) fn net(self) -> Result<Money, MoneyError> {
        self.sold.plus(self.withheld)?.plus(self.refunded)?.plus(self.unwithheld)
    }
}

/// Every settlement of a file, or why it cannot be read.
pub(crate) fn read(bytes: &[u8]) -> Result<Vec<Settlement>, String> {
    let unpacked = unpacked(bytes)?;
    let mut lines = unpacked.split(|byte| *byte == b'\n');
    let names = text(lines.next().unwrap_or_default());
    let columns = Columns::of(names.trim_start_matches('\u{feff}'))?;
    let mut found: Vec<Settlement> = Vec::new();
    for (line, bytes) in (2_u64..).zip(lines) {
        let text = text(bytes);
        if text.trim().is_empty() {
            continue;
        }
        let row = Row { columns: &columns, cells: text.split('\t').map(str::trim).collect() };
        row.read(&mut found).map_err(|why| format!("line {line}: {why}"))?;
    }
    Ok(found)
}

fn unpacked(bytes: &[u8]) -> Result<Vec<u8>, String> {
    if !bytes.starts_with(&GZIP) {
        return Ok(bytes.to_vec());
    }
    let mut plain = Vec::new();
    let mut decoder = flate2::read::MultiGzDecoder::new(bytes).take(BYTES_MAX);
    decoder.read_to_end(&mut plain).map_err(|error| format!("it cannot be unpacked: {error}"))?;
    Ok(plain)
}

/// Amounts and order numbers are plain ASCII in every encoding that Amazon writes.
fn text(line: &[u8]) -> String {
    String::from_utf8_lossy(line).trim_end_matches('\r').to_owned()
}

struct Row<'a> {
    columns: &'a Columns,
    cells: Vec<&'a str>,
}

impl Row<'_> {
    /// Empty where the row is too short: Amazon leaves out a tab now and then.
    fn cell(&self, place: usize) -> &str {
        self.cells.get(place).copied().unwrap_or_default()
    }

    fn read(&self, found: &mut Vec<Settlement>) -> Result<(), String> {
        let id = self.cell(self.columns.id);
        if !self.cell(self.columns.total).is_empty() {
            let settlement = self.settlement(id)?;
            found.retain(|known| known.id != id);
            found.push(settlement);
            return Ok(());
        }
        let mut known = found.iter_mut().rev();
        let Some(settlement) = known.find(|known| known.id == id) else {
            return Err(format!("no row names the total of settlement {id}"));
        };
        self.add(settlement)
    }

    /// The row that names the period and the total.
    fn settlement(&self, id: &str) -> Result<Settlement, String> {
        let code = self.cell(self.columns.currency);
        let currency: Currency =
            code.parse().map_err(|_reason| format!("{code:?} is no currency"))?;
        Ok(Settlement {
            id: id.to_owned(),
            start: moment(self.cell(self.columns.start)),
            end: moment(self.cell(self.columns.end)),
            total: amount(self.cell(self.columns.total), currency)?,
            sum: Money::zero(currency),
            rows: 0,
            charged: Money::zero(currency),
            reserved: None,
            orders: BTreeMap::new(),
        })
    }

    /// A row of money.
    fn add(&self, settlement: &mut Settlement) -> Result<(), String> {
        let currency = settlement.total.currency();
        let code = self.cell(self.columns.currency);
        if !code.is_empty() && code != currency.code() {
            return Err(format!("{code} in a settlement in {currency}"));
        }
        let amount = amount(self.cell(self.columns.amount), currency)?;
        let beyond = |error: MoneyError| error.to_string();
        settlement.sum = settlement.sum.plus(amount).map_err(beyond)?;
        settlement.rows = settlement.rows.saturating_add(u64::from(!amount.is_zero()));
        match plain(self.cell(self.columns.description)).as_str() {
            "currentreserveamount" => settlement.reserved = Some(amount),
            "successfulcharge" => {
                settlement.charged = settlement.charged.plus(amount).map_err(beyond)?;
            }
            _ => {}
        }
        let order_id = self.cell(self.columns.order_id);
        if let Some(share) = self.share().filter(|_| is_amazons(order_id)) {
            let nothing = OrderRows::nothing(currency);
            let rows = settlement.orders.entry(order_id.to_owned()).or_insert(nothing);
            rows.add(share, amount).map_err(beyond)?;
            rows.units = rows.units.saturating_add(self.units(share));
        }
        Ok(())
    }

    /// What documents of orders carry: prices, discounts, and the tax that Amazon keeps of them.
    fn share(&self) -> Option<Share> {
        let is_refund = match plain(self.cell(self.columns.transaction_type)).as_str() {
            "order" => false,
            "refund" | "atozguaranteerefund" | "chargebackrefund" => true,
            _ => return None,
        };
        match (plain(self.cell(self.columns.amount_type)).as_str(), is_refund) {
            ("itemprice" | "promotion" | "points", false) => Some(Share::Sold),
            ("itemprice" | "promotion" | "points", true) => Some(Share::Refunded),
            ("itemwithheldtax", false) => Some(Share::Withheld),
            ("itemwithheldtax", true) => Some(Share::Unwithheld),
            _ => None,
        }
    }

    fn units(&self, share: Share) -> u64 {
        let is_price = plain(self.cell(self.columns.amount_type)) == "itemprice"
            && plain(self.cell(self.columns.description)) == "principal";
        if share != Share::Sold || !is_price {
            return 0;
        }
        self.cell(self.columns.quantity).parse().unwrap_or(0)
    }
}

/// Amazon writes the same words with and without spaces and hyphens.
fn plain(word: &str) -> String {
    word.chars().filter(char::is_ascii_alphanumeric).map(|one| one.to_ascii_lowercase()).collect()
}

/// `202-1234567-1234567`: not an order of another shop, nor a removal.
pub(crate) fn is_amazons(order_id: &str) -> bool {
    let parts: Vec<&str> = order_id.split('-').collect();
    let digits = |part: &&str| part.bytes().all(|byte| byte.is_ascii_digit());
    parts.iter().map(|part| part.len()).eq([3, 7, 7]) && parts.iter().all(digits)
}

#[cfg(test)]
mod tests;
