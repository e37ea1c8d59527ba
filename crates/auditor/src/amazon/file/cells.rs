//! The cells of a settlement report: where each stands, amounts, and moments.

use base::{Currency, Decimal, Money, Timestamp};

/// Where the columns that are read stand.
pub(super) struct Columns {
    pub(super) id: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) total: usize,
    pub(super) currency: usize,
    pub(super) transaction_type: usize,
    pub(super) order_id: usize,
    pub(super) amount_type: usize,
    pub(super) description: usize,
    pub(super) amount: usize,
    pub(super) quantity: usize,
}

impl Columns {
    pub(super) fn of(names: &str) -> Result<Columns, String> {
        let names: Vec<&str> = names.split('\t').map(str::trim).collect();
        let place = |name: &str| {
            let found = names.iter().position(|known| *known == name);
            found.ok_or_else(|| format!("the file has no column {name}"))
        };
        Ok(Columns {
            id: place("settlement-id")?,
            start: place("settlement-start-date")?,
            end: place("settlement-end-date")?,
            total: place("total-amount")?,
            currency: place("currency")?,
            transaction_type: place("transaction-type")?,
            order_id: place("order-id")?,
            amount_type: place("amount-type")?,
            description: place("amount-description")?,
            amount: place("amount")?,
            quantity: place("quantity-purchased")?,
        })
    }
}

/// `54,20`, `1.234,56`, `-0.05`. The last sign stands before decimals unless three digits follow it.
pub(super) fn amount(text: &str, currency: Currency) -> Result<Money, String> {
    let unread = || format!("{text:?} is no amount in {currency}");
    let digits: String = text.chars().filter(|one| !one.is_whitespace()).collect();
    let last = digits.rfind([',', '.']);
    let decimals = last.and_then(|at| digits.len().checked_sub(at)?.checked_sub(1));
    let (whole, fraction) = match (last, decimals) {
        (Some(at), Some(decimals)) if decimals != 3 => digits.split_at_checked(at),
        _ => None,
    }
    .unwrap_or((digits.as_str(), ""));
    let mut plain: String = whole.chars().filter(|one| !matches!(one, ',' | '.')).collect();
    plain.push_str(&fraction.replace(',', "."));
    let decimal = Decimal::from_str_exact(&plain).map_err(|_reason| unread())?;
    Money::exact(decimal, currency).map_err(|_reason| unread())
}

/// `2024-10-23 14:28:39 UTC`, `15.11.2024 08:59:45 UTC`, or as ISO 8601 has it.
pub(super) fn moment(text: &str) -> Option<Timestamp> {
    let Some(plain) = text.strip_suffix(" UTC") else { return Timestamp::parse(text).ok() };
    let (day, time) = plain.split_once(' ')?;
    let mut parts: Vec<&str> = day.split(['.', '-']).collect();
    if day.contains('.') {
        parts.reverse();
    }
    Timestamp::parse(&format!("{}T{time}Z", parts.join("-"))).ok()
}
