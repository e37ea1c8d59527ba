//! How prices and taxes are written in each marketplace. Amazon documents neither the sign of
//! discounts nor whether an item's price includes tax, so the shapes here cover both readings.

use base::{Currency, Money};

use super::catalogue::TaxClass;
use super::people::{self, Place};
use crate::amazon::marketplaces::{Marketplace, marketplace};
use crate::amazon::wire::Amount;

/// A marketplace and, where it has two, the seller's tax setting there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Market {
    /// Amazon's VAT calculation service on: net prices, tax stated.
    UkVat,
    /// The service off: gross prices, no word of tax.
    UkGross,
    DeVat,
    DeGross,
    Us,
    Ca,
    Au,
    Jp,
    Se,
    In,
}

/// What an item's price means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reading {
    /// Tax comes on top and is part of the total.
    TaxOnTop,
    /// Prices include tax; where it is listed it only informs.
    TaxInside,
}

/// What is the sign of a discount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiscountSign {
    Positive,
    Negative,
}

impl Market {
    pub fn marketplace(self) -> &'static Marketplace {
        let id = match self {
            Market::UkVat | Market::UkGross => "A1F83G8C2ARO7P",
            Market::DeVat | Market::DeGross => "A1PA6795UKMFR9",
            Market::Us => "ATVPDKIKX0DER",
            Market::Ca => "A2EUQ1WTGCTBG2",
            Market::Au => "A39IBJ37TRP1C6",
            Market::Jp => "A1VC38T7YXB528",
            Market::Se => "A2NODRKZP88ZB9",
            Market::In => "A21TJRUUN4KGV",
        };
        marketplace(id).unwrap_or(&FALLBACK)
    }

    pub fn reading(self) -> Reading {
        match self {
            Market::UkVat | Market::DeVat | Market::Us | Market::Ca | Market::Se | Market::In => {
                Reading::TaxOnTop
            }
            Market::UkGross | Market::DeGross | Market::Au | Market::Jp => Reading::TaxInside,
        }
    }

    /// Whether the order says anything about tax.
    pub fn lists_tax(self) -> bool {
        !matches!(self, Market::UkGross | Market::DeGross)
    }

    pub fn discount_sign(self) -> DiscountSign {
        match self {
            Market::UkVat | Market::UkGross | Market::Us | Market::Au => DiscountSign::Positive,
            Market::DeVat | Market::DeGross | Market::Ca | Market::Jp | Market::Se | Market::In => {
                DiscountSign::Negative
            }
        }
    }

    /// Who collects the tax instead of the seller, where someone always does.
    pub fn facilitator(self) -> Option<&'static str> {
        match self {
            Market::Us => Some("Amazon Services, Inc."),
            Market::Ca => Some("Amazon.com.ca ULC"),
            Market::UkVat
            | Market::UkGross
            | Market::DeVat
            | Market::DeGross
            | Market::Au
            | Market::Jp
            | Market::Se
            | Market::In => None,
        }
    }

    pub fn currency(self) -> Currency {
        match self {
            Market::UkVat | Market::UkGross => Currency::GBP,
            Market::DeVat | Market::DeGross => Currency::EUR,
            Market::Us => Currency::USD,
            Market::Ca => Currency::CAD,
            Market::Au => Currency::AUD,
            Market::Jp => Currency::JPY,
            Market::Se => "SEK".parse().unwrap_or(Currency::EUR),
            Market::In => "INR".parse().unwrap_or(Currency::EUR),
        }
    }

    pub fn money(self, minor: i64) -> Money {
        Money::from_minor(minor, self.currency())
    }

    pub fn amount(self, minor: i64) -> Amount {
        Amount {
            amount: self.money(minor).amount().to_string(),
            currency_code: self.marketplace().currency,
        }
    }

    /// The marketplace's price of so many pence, in its minor unit.
    pub fn price(self, pence: i64) -> i64 {
        match self {
            Market::UkVat | Market::UkGross => pence,
            Market::DeVat | Market::DeGross => pence * 118 / 100,
            Market::Us => pence * 127 / 100,
            Market::Ca => pence * 173 / 100,
            Market::Au => pence * 194 / 100,
            Market::Jp => pence * 19 / 10,
            Market::Se => pence * 13,
            Market::In => pence * 112,
        }
    }

    /// Tax in thousandths of a percent.
    pub fn rate(self, class: TaxClass, place: &Place) -> i64 {
        let (standard, book, food) = match self {
            Market::UkVat | Market::UkGross => (20_000, 0, 0),
            Market::DeVat | Market::DeGross => (19_000, 7_000, 7_000),
            Market::Us | Market::Ca => (place.rate, place.rate, place.rate),
            Market::Au => (10_000, 10_000, 0),
            Market::Jp => (10_000, 10_000, 8_000),
            Market::Se => (25_000, 6_000, 12_000),
            Market::In => (18_000, 5_000, 5_000),
        };
        match class {
            TaxClass::Standard => standard,
            TaxClass::Book => book,
            TaxClass::Food => food,
        }
    }

    pub fn places(self) -> &'static [Place] {
        match self {
            Market::UkVat | Market::UkGross => &people::UK,
            Market::DeVat | Market::DeGross => &people::DE,
            Market::Us => &people::US,
            Market::Ca => &people::CA,
            Market::Au => &people::AU,
            Market::Jp => &people::JP,
            Market::Se => &people::SE,
            Market::In => &people::IN,
        }
    }

    /// The first block of order ids in this marketplace.
    pub fn id_prefixes(self) -> &'static [u64] {
        match self {
            Market::UkVat | Market::UkGross => &[202, 203, 204, 205, 206],
            Market::DeVat | Market::DeGross => &[302, 303, 304, 305, 306],
            Market::Us => &[111, 112, 113, 114],
            Market::Ca => &[701, 702],
            Market::Au => &[503, 250],
            Market::Jp => &[249, 503],
            Market::Se => &[407],
            Market::In => &[402, 403, 404, 405, 406, 408],
        }
    }
}

/// Never read: every id above is in the table, as a test shows.
static FALLBACK: Marketplace = crate::amazon::marketplaces::MARKETPLACES[6];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_market_is_in_the_table_with_its_currency() {
        let markets = [
            Market::UkVat,
            Market::UkGross,
            Market::DeVat,
            Market::DeGross,
            Market::Us,
            Market::Ca,
            Market::Au,
            Market::Jp,
            Market::Se,
            Market::In,
        ];
        for market in markets {
            assert_eq!(market.marketplace().currency, market.currency().code());
            assert!(market.places().iter().all(|at| at.country == market.marketplace().country));
        }
    }

    #[test]
    fn yen_have_no_decimals() {
        assert_eq!(Market::Jp.amount(1980).amount, "1980");
        assert_eq!(Market::UkVat.amount(1980).amount, "19.80");
    }
}
