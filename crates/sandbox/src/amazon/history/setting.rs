//! Where the seller sells and under which tax setting: what differs in money and in writing.

use std::fmt::Write as _;

use base::Timestamp;

use crate::amazon::generate::market::Market;
use crate::amazon::marketplaces::Region;

/// One marketplace account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    /// Amazon's VAT calculation on: prices without VAT, and rows of VAT.
    UkVat,
    /// VAT calculation off: `Principal` includes VAT, and no row says so.
    UkGross,
    De,
    Us,
    Au,
    Ca,
    In,
}

/// How tax shows in settlement rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taxes {
    /// Rows of tax, and a row for the tax on discounts.
    OnTop,
    /// Rows of tax on what is left after discounts.
    Netted,
    /// Inside the price, without a row.
    Inside,
}

impl Setting {
    pub const ALL: [Setting; 7] = [
        Setting::UkVat,
        Setting::UkGross,
        Setting::De,
        Setting::Us,
        Setting::Au,
        Setting::Ca,
        Setting::In,
    ];

    pub fn market(self) -> Market {
        match self {
            Setting::UkVat => Market::UkVat,
            Setting::UkGross => Market::UkGross,
            Setting::De => Market::DeVat,
            Setting::Us => Market::Us,
            Setting::Au => Market::Au,
            Setting::Ca => Market::Ca,
            Setting::In => Market::In,
        }
    }

    /// The region whose API tells of the account.
    pub fn region(self) -> Region {
        self.market().marketplace().region
    }

    pub(crate) fn taxes(self) -> Taxes {
        match self {
            Setting::UkVat | Setting::De | Setting::In => Taxes::OnTop,
            Setting::Us | Setting::Ca => Taxes::Netted,
            Setting::UkGross | Setting::Au => Taxes::Inside,
        }
    }

    /// The marketplace's own time.
    pub(crate) fn zone(self) -> &'static str {
        match self {
            Setting::UkVat | Setting::UkGross => "Europe/London",
            Setting::De => "Europe/Berlin",
            Setting::Us | Setting::Ca => "America/Los_Angeles",
            Setting::Au => "Australia/Sydney",
            Setting::In => "Asia/Kolkata",
        }
    }

    /// `Amazon.co.uk`
    pub(crate) fn store(self) -> String {
        self.market().marketplace().name()
    }

    /// How orders from other shops are filed.
    pub(crate) fn elsewhere(self) -> &'static str {
        match self {
            Setting::UkVat | Setting::UkGross => "Non-Amazon UK",
            Setting::Us => "Non-Amazon US",
            Setting::De | Setting::Au | Setting::Ca | Setting::In => "Non-Amazon",
        }
    }

    /// Amazon's digital services fee in thousandths of its other fees.
    pub(crate) fn digital_fee(self) -> i64 {
        match self {
            Setting::UkVat | Setting::UkGross | Setting::De => 20,
            Setting::Ca => 30,
            Setting::Us | Setting::Au | Setting::In => 0,
        }
    }

    /// A month of the professional plan.
    pub(crate) fn subscription(self) -> i64 {
        match self {
            Setting::UkVat | Setting::UkGross => 30_00,
            Setting::De => 46_41,
            Setting::Us => 39_99,
            Setting::Au => 54_95,
            Setting::Ca => 32_09,
            Setting::In => 0,
        }
    }

    /// The tax on Amazon's own fees, in thousandths, where rows of fees state it apart.
    pub(crate) fn fee_tax(self) -> i64 {
        match self {
            Setting::UkVat | Setting::UkGross => 200,
            Setting::Au => 100,
            Setting::In => 180,
            Setting::De | Setting::Us | Setting::Ca => 0,
        }
    }

    /// Two decimals; Germany writes a comma before them.
    pub(crate) fn write_amount(self, out: &mut String, minor: i64) {
        let mark = if self == Setting::De { ',' } else { '.' };
        let sign = if minor < 0 { "-" } else { "" };
        let (whole, cents) = (minor.unsigned_abs() / 100, minor.unsigned_abs() % 100);
        // Writing to a String cannot fail.
        let _written = write!(out, "{sign}{whole}{mark}{cents:02}");
    }

    /// The day as this region writes it; with ` HH:MM:SS UTC` after it, a moment.
    pub(crate) fn day_and_moment(self, at: Timestamp) -> (String, String) {
        // `2024-10-23T14:28:39.000Z`
        let iso = at.iso();
        let (day, time) = iso.split_once('T').unwrap_or((&iso, ""));
        let time = time.split('.').next().unwrap_or_default();
        let day = match self {
            Setting::Us | Setting::Ca => day.to_owned(),
            Setting::UkVat | Setting::UkGross | Setting::De | Setting::Au | Setting::In => {
                let mut parts = day.split('-').rev();
                let mut part = || parts.next().unwrap_or_default();
                format!("{}.{}.{}", part(), part(), part())
            }
        };
        let moment = format!("{day} {time} UTC");
        (day, moment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn amount(setting: Setting, minor: i64) -> String {
        let mut text = String::new();
        setting.write_amount(&mut text, minor);
        text
    }

    #[test]
    fn each_region_writes_amounts_in_its_own_way() {
        assert_eq!(amount(Setting::De, -3_79), "-3,79");
        assert_eq!(amount(Setting::UkVat, 5), "0.05");
        assert_eq!(amount(Setting::Au, 21_211_895), "212118.95");
    }

    #[test]
    fn each_region_writes_days_in_its_own_way() {
        let at = Timestamp::parse("2026-10-23T14:28:39Z").unwrap();
        let written = |setting: Setting| setting.day_and_moment(at);
        assert_eq!(written(Setting::Us).1, "2026-10-23 14:28:39 UTC");
        assert_eq!(written(Setting::De).1, "23.10.2026 14:28:39 UTC");
        assert_eq!(written(Setting::Au).0, "23.10.2026");
    }
}
