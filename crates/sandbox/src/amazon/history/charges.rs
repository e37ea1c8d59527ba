//! What the account is charged and paid beside its orders, a settlement at a time.

use base::{Timestamp, Zone};

use super::setting::Setting;
use super::stock;
use super::transaction::{OrderRef, Row, Transaction};
use super::words::{Words, other, words};
use crate::random::Random;

/// The time that one settlement covers.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Window {
    pub number: usize,
    pub start: Timestamp,
    pub end: Timestamp,
}

impl Window {
    pub(crate) fn holds(&self, at: Timestamp) -> bool {
        self.start <= at && at < self.end
    }
}

/// Gathers the charges of a window.
pub(crate) struct Desk<'a> {
    pub setting: Setting,
    pub window: Window,
    /// What was sold, by the time at which its money came free.
    pub sales: &'a [&'a Transaction],
    pub random: Random,
    pub out: Vec<Transaction>,
}

/// From this settlement on, charges come in the shapes that Amazon has used since 2024.
const NEW_SHAPES: usize = 4;
const ADVERTISING: Words = words("ServiceFee", "Cost of Advertising", "TransactionTotalAmount");
const ADVERTISING_BACK: Words =
    words("ServiceFee", "Refund for Advertiser", "TransactionTotalAmount");
const MICRO: Words = words("Transfers", "Micro Deposit", "Micro Deposit");

/// Every charge of a window. `unknown` puts in words that nobody has seen before.
pub(crate) fn charges(mut desk: Desk<'_>, unknown: bool) -> Vec<Transaction> {
    desk.monthly();
    if !desk.sales.is_empty() {
        desk.advertising();
        desk.campaigns();
        desk.banking();
        stock::fees(&mut desk);
        stock::goods(&mut desk);
        desk.retrocharges();
    }
    if unknown {
        desk.unknown();
    }
    desk.out
}

impl Desk<'_> {
    pub(crate) fn is_new(&self) -> bool {
        self.window.number >= NEW_SHAPES
    }

    /// A moment well inside the window, on a whole second.
    pub(crate) fn moment(&mut self) -> Timestamp {
        let seconds = (self.window.end.since(self.window.start) / Timestamp::SECOND - 7200).max(1);
        let drawn = self.random.below(u64::try_from(seconds).unwrap_or(1)) + 3600;
        self.window.start.after_ms(i64::try_from(drawn).unwrap_or(0) * Timestamp::SECOND)
    }

    /// Between 60 and 140 % of so many pence, in the marketplace's money.
    pub(crate) fn about(&mut self, pence: i64) -> i64 {
        let percent = 60 + i64::try_from(self.random.below(81)).unwrap_or(40);
        (self.setting.market().price(pence) * percent / 100).max(1)
    }

    pub(crate) fn put(&mut self, named: (&'static str, &'static str), rows: Vec<Row>) {
        let at = self.moment();
        self.out.push(Transaction::charge(named, at, rows));
    }

    /// A fee in today's shape: its name is the amount-type, its parts are the descriptions.
    pub(crate) fn fee(&mut self, transaction_type: &'static str, name: &'static str, base: i64) {
        let row = |part, amount| Row::of(words(transaction_type, name, part), amount);
        let mut rows = vec![row("Base fee", -base)];
        let off = if self.random.chance(120) { base / 10 } else { 0 };
        if off > 0 {
            rows.push(row("Discount on fee", off));
        }
        let tax = (base - off) * self.setting.fee_tax() / 1000;
        if tax > 0 && self.setting == Setting::In {
            rows.push(row("Tax on fee CGST", -(tax / 2)));
            rows.push(row("Tax on fee SGST", -(tax - tax / 2)));
        } else if tax > 0 {
            rows.push(row("Tax on fee", -tax));
        }
        self.put(("ServiceFee", name), rows);
    }

    /// What falls on a day of the month.
    fn monthly(&mut self) {
        let mut at = self.window.start;
        while at < self.window.end {
            let day = at.day(&Zone::utc()).0.day();
            let posted = at.after_ms(5 * Timestamp::MINUTE);
            if day == 2 && self.setting.subscription() > 0 && self.window.holds(posted) {
                self.subscription(posted);
            }
            if day == 9 {
                stock::storage(self);
            }
            if day == 16 {
                stock::aged_storage(self);
            }
            at = at.after_ms(Timestamp::DAY);
        }
    }

    /// The plan's fee; now and then the card is charged for it at once.
    fn subscription(&mut self, at: Timestamp) {
        let fee = self.setting.subscription();
        let mut rows = vec![Row::of(other("Subscription Fee"), -fee)];
        if self.random.chance(100) {
            rows.push(Row::of(super::words::CHARGED, fee));
        }
        self.out.push(Transaction::charge(("ServiceFee", "Subscription"), at, rows));
    }

    fn advertising(&mut self) {
        let sales = i64::try_from(self.sales.len()).unwrap_or(1);
        let times = 1 + i64::from(self.random.chance(650));
        for _ in 0..times {
            let cost = self.about(65 * sales / times);
            let rows = vec![Row::of(ADVERTISING, -cost)];
            self.put(("ProductAdsPayment", "Cost of Advertising"), rows);
        }
        if self.random.chance(60) {
            let back = self.about(240);
            let rows = vec![Row::of(ADVERTISING_BACK, back)];
            self.put(("ProductAdsPayment", "Refund for Advertiser"), rows);
        }
    }

    /// Coupons, deals and reviews, in both generations of their shapes.
    fn campaigns(&mut self) {
        let drawn = self.random.below(10);
        let (flat, share) = (self.about(500), self.about(180));
        match (self.is_new(), drawn) {
            (false, 0 | 1) => {
                let words = words(
                    "CouponRedemptionFee",
                    "CouponRedemptionFee",
                    "Save 10% on “Tea & Toast”",
                );
                self.put(("CouponPayment", "Coupon"), vec![Row::of(words, -share)]);
            }
            (false, 2) => {
                let words = words("Lightning Deal Fee", "LightningDealFee", "LightningDealFee");
                self.put(("SellerDealPayment", "Deal"), vec![Row::of(words, -flat)]);
            }
            (true, 0 | 1) => {
                for name in ["Coupon Participation Fee", "Coupon Performance Based Fee"] {
                    let row = Row::short(words("AmazonFees", name, "Base fee"), -share);
                    self.put(("CouponPayment", name), vec![row]);
                }
            }
            (true, 2 | 3) => {
                self.fee("AmazonFees", "Deal Participation Fee", flat);
                self.fee("AmazonFees", "Deal Performance Based Fee", share);
            }
            (true, 4) => {
                let row = Row::short(words("AmazonFees", "Vine Enrollment Fee", "Base fee"), -flat);
                self.put(("ServiceFee", "Vine Enrollment Fee"), vec![row]);
            }
            _ => {}
        }
        if self.setting == Setting::De && self.is_new() && self.random.chance(150) {
            let eco =
                words("AmazonFees", "Eco-contribution for EPR Pay on Behalf - FR", "Base fee");
            self.put(("ServiceFee", "EPR Pay on Behalf"), vec![Row::of(eco, -share)]);
        }
    }

    /// The bank, the lender and the seller's accounts in other countries.
    fn banking(&mut self) {
        if self.window.number == 0 && self.random.chance(330) {
            let words = vec![Row::of(MICRO, -i64::try_from(1 + self.random.below(9)).unwrap_or(1))];
            self.put(("MicroDeposit", "Micro Deposit"), words);
        }
        let lends = matches!(self.setting, Setting::Us | Setting::UkVat | Setting::De);
        if lends && self.window.number > 4 {
            let rows = vec![Row::of(other("Amazon Capital Services"), -self.about(6_000) / 10)];
            self.put(("LoanServicing", "LoanPayment"), rows);
        }
        let country = match self.setting {
            Setting::UkVat | Setting::UkGross => "Cross-Account Debt Adjustment for DE",
            Setting::De => "Cross-Account Debt Adjustment for FR, IT",
            Setting::Us | Setting::Au | Setting::Ca | Setting::In => return,
        };
        if self.window.number > 2 && self.random.chance(300) {
            let row =
                Row::of(words("Debt Adjustment", "Debt Adjustment", country), -self.about(70));
            self.put(("DebtRecovery", "DebtAdjustment"), vec![row]);
        }
    }

    /// Tax that was settled between Amazon and the state later: nothing is left of it.
    fn retrocharges(&mut self) {
        let withheld = match self.setting {
            Setting::Us | Setting::Ca => "MarketplaceFacilitatorTax",
            Setting::De => "MarketplaceFacilitatorVAT",
            Setting::UkVat | Setting::UkGross | Setting::Au | Setting::In => return,
        };
        if self.window.number % 4 != 3 {
            return;
        }
        let (principal, shipping) = match withheld {
            "MarketplaceFacilitatorTax" => {
                ("MarketplaceFacilitatorTax-Principal", "MarketplaceFacilitatorTax-Shipping")
            }
            _ => ("MarketplaceFacilitatorVAT-Principal", "MarketplaceFacilitatorVAT-Shipping"),
        };
        let (tax, on_shipping) = (self.about(120), self.about(25));
        let row = |kind, name, amount| Row::of(words("Order_Retrocharge", kind, name), amount);
        let rows = vec![
            row("ItemPrice", "Tax", tax),
            row("ItemPrice", "ShippingTax", on_shipping),
            row("ItemWithheldTax", principal, -tax),
            row("ItemWithheldTax", shipping, -on_shipping),
        ];
        self.put(("Retrocharge", "RetroChargeRefund"), rows);
        let sale = self.sales.first().and_then(|sale| sale.order.as_ref());
        if let (Some(transaction), Some(of)) = (self.out.last_mut(), sale) {
            transaction.order = Some(OrderRef { shipment: String::new(), ..of.clone() });
        }
    }

    fn unknown(&mut self) {
        let fee = self.about(130);
        let rows =
            vec![Row::of(words("AmazonFees", "Quantum Shelf Placement Fee", "Base fee"), -fee)];
        self.put(("ServiceFee", "Quantum Shelf Placement Fee"), rows);
        let gain = self.about(40);
        let rows = vec![Row::of(words("Seller Karma", "Karma", "Karma Credit"), gain)];
        self.put(("Adjustment", "Karma Credit"), rows);
    }
}
