//! The boxes of the British VAT return that a line of a document belongs in.
//!
//! Northern Ireland's trade in goods with the European Union aside, a seller's documents with
//! Amazon fill boxes 1, 4, 6 and 7; 8 and 9 stay empty.

use base::{Currency, Money, MoneyError, Rate, Rounding};

/// In the order in which they are printed.
pub(super) const NAMES: [&str; 6] = ["1", "4", "6", "7", "8", "9"];

/// What buyers and sellers under the reverse charge account for by themselves.
const REVERSE_CHARGE_PERCENT: u32 = 20;

/// One amount for each of `NAMES`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Boxes(pub [Money; 6]);

impl Boxes {
    pub fn none(currency: Currency) -> Boxes {
        Boxes([Money::zero(currency); 6])
    }

    /// Of a line on an invoice, whose tax class and net and tax are these; costs are negative there.
    /// A service under the reverse charge is in four boxes. None for a class that the return does
    /// not know.
    pub fn of_income(class: &str, net: Money, tax: Money) -> Result<Option<Boxes>, MoneyError> {
        let zero = Money::zero(net.currency());
        let (cost, input) = (net.negated()?, tax.negated()?);
        let [one, four, six, seven] = match class {
            "standard" | "reduced" | "zero" | "export" | "exempt" | "books" | "food" => {
                [tax, zero, net, zero]
            }
            "input_standard" | "input_zero" | "input_exempt" => [zero, input, zero, cost],
            "reverse_charge" => {
                let Some(rate) = Rate::percent(REVERSE_CHARGE_PERCENT.into()) else {
                    return Ok(None);
                };
                let tax = rate.of(cost, Rounding::HalfAwayFromZero)?;
                [tax, tax, cost, cost]
            }
            "none" => [zero; 4],
            _ => return Ok(None),
        };
        Ok(Some(Boxes([one, four, six, seven, zero, zero])))
    }

    pub fn plus(self, other: Boxes) -> Result<Boxes, MoneyError> {
        let mut sums = self.0;
        for (sum, amount) in sums.iter_mut().zip(other.0) {
            *sum = sum.plus(amount)?;
        }
        Ok(Boxes(sums))
    }

    pub fn negated(self) -> Result<Boxes, MoneyError> {
        let mut negated = self.0;
        for amount in &mut negated {
            *amount = amount.negated()?;
        }
        Ok(Boxes(negated))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    #[test]
    fn a_sale_and_a_fee_are_in_boxes_of_their_own() {
        let sale = Boxes::of_income("standard", gbp(10_000), gbp(2_000)).unwrap().unwrap();
        let fee = Boxes::of_income("input_standard", gbp(-1_830), gbp(-366)).unwrap().unwrap();
        let sum = sale.plus(fee).unwrap();
        let expected = [2_000, 366, 10_000, 1_830, 0, 0].map(gbp);
        assert_eq!(sum, Boxes(expected));
        assert_eq!(sum.plus(sum.negated().unwrap()).unwrap(), Boxes::none(Currency::GBP));
    }

    #[test]
    fn a_service_under_the_reverse_charge_is_in_four() {
        let fee = Boxes::of_income("reverse_charge", gbp(-1_000), gbp(0)).unwrap().unwrap();
        assert_eq!(fee, Boxes([200, 200, 1_000, 1_000, 0, 0].map(gbp)));
        assert_eq!(Boxes::of_income("gst_free", gbp(1), gbp(0)), Ok(None));
    }
}
