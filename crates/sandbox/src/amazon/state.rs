//! What an order says about itself at a moment, as far as anyone who keeps books must know.

use base::{Currency, Money};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct State {
    /// The word in `fulfillmentStatus`.
    pub status: String,
    /// False for multi-channel orders, which are no sales on Amazon.
    pub sold_on_amazon: bool,
    pub marketplace_id: String,
    pub fulfilled_by: String,
    pub replaces: bool,
    /// Paid by invoice, later: nothing is received when it ships.
    pub invoiced: bool,
    /// `None` while Amazon shows none, or none that can be read.
    pub total: Option<Money>,
    pub lines: Vec<LineState>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineState {
    pub total: Money,
    pub fulfilled: u64,
    pub unfulfilled: u64,
}

impl State {
    pub fn is_pending(&self) -> bool {
        matches!(self.status.as_str(), "PENDING" | "PENDING_AVAILABILITY")
    }

    pub fn is_cancelled(&self) -> bool {
        matches!(self.status.as_str(), "CANCELLED" | "UNFULFILLABLE")
    }

    /// Why the order is no sale to be posted now; `None` if it is one.
    pub fn no_sale(&self) -> Option<&'static str> {
        if !self.sold_on_amazon {
            return Some("non_amazon");
        }
        if self.is_pending() {
            return Some("pending");
        }
        if self.is_cancelled() {
            return Some("cancelled");
        }
        if self.replaces {
            return Some("replacement");
        }
        match self.total {
            Some(total) if !total.is_zero() => None,
            Some(_) | None => Some("zero_total"),
        }
    }

    /// What the buyer's payment amounts to by now: the whole once all has shipped, before that
    /// each line's share by units. What belongs to no line comes with the last shipment.
    pub fn paid(&self) -> Option<Money> {
        let total = self.total?;
        let nothing = Money::zero(total.currency());
        if self.invoiced || self.no_sale().is_some() {
            return Some(nothing);
        }
        match self.status.as_str() {
            "SHIPPED" => Some(total),
            "PARTIALLY_SHIPPED" => {
                let shares = self.lines.iter().filter_map(LineState::shipped);
                Money::sum(shares, total.currency()).ok()
            }
            _ => Some(nothing),
        }
    }

    pub fn currency(&self) -> Option<Currency> {
        self.total.map(Money::currency)
    }
}

impl LineState {
    /// The share of the line's total that has shipped; nothing of a line without units.
    pub fn shipped(&self) -> Option<Money> {
        let shares = self.total.allocate(&[self.fulfilled, self.unfulfilled]).ok()?;
        shares.first().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    fn shipped_in_part() -> State {
        let line = |total, fulfilled, unfulfilled| LineState { total, fulfilled, unfulfilled };
        State {
            status: "PARTIALLY_SHIPPED".to_owned(),
            sold_on_amazon: true,
            marketplace_id: String::new(),
            fulfilled_by: "MERCHANT".to_owned(),
            replaces: false,
            invoiced: false,
            total: Some(gbp(15_00)),
            lines: vec![line(gbp(10_00), 1, 2), line(gbp(5_00), 0, 1)],
        }
    }

    #[test]
    fn a_part_shipment_pays_each_lines_share_to_the_penny() {
        assert_eq!(shipped_in_part().paid(), Some(gbp(3_33)));
    }

    #[test]
    fn the_last_shipment_pays_the_rest() {
        let state = State { status: "SHIPPED".to_owned(), ..shipped_in_part() };
        assert_eq!(state.paid(), Some(gbp(15_00)));
    }

    #[test]
    fn an_invoiced_order_has_paid_nothing() {
        let state = State { invoiced: true, status: "SHIPPED".to_owned(), ..shipped_in_part() };
        assert_eq!(state.paid(), Some(gbp(0)));
    }
}
