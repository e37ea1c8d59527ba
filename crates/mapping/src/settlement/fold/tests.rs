mod checks;
mod opening;
mod properties;
mod taxes;

use base::{Currency, Day, Money, Timestamp, Zone};
use facts::settlement::{Layout, Row, Settlement};

use super::*;
use crate::settlement::checks::Verdict;
use crate::settlement::footing::{Claim, Claimed, Group, Part};
use crate::settlement::words::{Category, Liable, LineKind as K};

const ORDER: &str = "026-1234567-7654321";

/// A row with its words written `Order/ItemPrice/Principal`.
#[derive(Debug, Clone)]
struct Line {
    words: String,
    order: String,
    item: String,
    sku: String,
    posted: Timestamp,
    marketplace: String,
    fulfilment: String,
    amount: i64,
    number: u64,
}

fn line(words: &str, amount: i64) -> Line {
    let of_an_order = ["Order/", "Refund/", "A-to-z", "Chargeback", "Cancellation", "Liquidations"];
    let sold = of_an_order.iter().any(|start| words.starts_with(start));
    Line {
        words: words.to_owned(),
        order: if sold { ORDER.to_owned() } else { String::new() },
        item: if sold { "01234567890123".to_owned() } else { String::new() },
        sku: String::new(),
        posted: Timestamp::parse("2026-01-20T10:00:00Z").unwrap(),
        marketplace: if sold { "Amazon.co.uk".to_owned() } else { String::new() },
        fulfilment: if sold { "AFN".to_owned() } else { String::new() },
        amount,
        number: 1,
    }
}

impl Line {
    fn order(mut self, order: &str) -> Line {
        order.clone_into(&mut self.order);
        self
    }

    fn item(mut self, item: &str) -> Line {
        item.clone_into(&mut self.item);
        self
    }

    fn of(mut self, sku: &str) -> Line {
        sku.clone_into(&mut self.sku);
        self
    }

    fn posted(mut self, posted: &str) -> Line {
        self.posted = Timestamp::parse(posted).unwrap();
        self
    }

    fn at(mut self, marketplace: &str) -> Line {
        marketplace.clone_into(&mut self.marketplace);
        self
    }

    fn row_in(&self, currency: Currency) -> Row<'_> {
        Row { amount: Money::from_minor(self.amount, currency), ..self.row() }
    }

    fn row(&self) -> Row<'_> {
        let mut words = self.words.splitn(3, '/');
        let mut word = || words.next().unwrap_or_default();
        Row {
            line: self.number,
            settlement_id: "1",
            transaction_type: word(),
            amount_type: word(),
            amount_description: word(),
            order_id: &self.order,
            merchant_order_id: "",
            adjustment_id: "",
            shipment_id: "",
            marketplace: &self.marketplace,
            amount: Money::from_minor(self.amount, Currency::GBP),
            fulfilment: &self.fulfilment,
            posted: self.posted,
            order_item_code: &self.item,
            sku: &self.sku,
            quantity: "",
            promotion_id: "",
            raw: b"",
        }
    }
}

fn settlement(lines: &[Line]) -> Settlement {
    let end = Timestamp::parse("2026-01-29T09:00:00Z").unwrap();
    Settlement {
        settlement_id: "1".to_owned(),
        start: Timestamp::parse("2026-01-15T09:00:00Z").unwrap(),
        end,
        deposit: Some(end.after_ms(2 * Timestamp::DAY)),
        total: Some(gbp(lines.iter().map(|line| line.amount).sum())),
        currency: Currency::GBP,
    }
}

fn rules() -> FoldRules {
    FoldRules {
        zone: Zone::named("Europe/London").unwrap(),
        cuts: Vec::new(),
        overrides: Overrides::default(),
        way: Way::Summary,
        uncovered: std::collections::BTreeSet::new(),
        without_tax: std::collections::BTreeSet::new(),
    }
}

fn fold_of(
    settlement: &Settlement,
    layout: Layout,
    rules: &FoldRules,
    lines: &[Line],
) -> Result<Footing, FoldError> {
    let mut fold = Fold::start(settlement, layout, rules)?;
    for line in lines {
        fold.row(&line.row_in(settlement.currency))?;
    }
    fold.finish()
}

fn fold_with(rules: &FoldRules, lines: &[Line]) -> Footing {
    fold_of(&settlement(lines), Layout::FlatFileV2, rules, lines).unwrap()
}

/// The settlement of these lines with the same amounts in Australian dollars.
fn australian(lines: &[Line]) -> Settlement {
    let told = settlement(lines);
    let total = told.total.map(|total| Money::from_minor(total.minor(), Currency::AUD));
    Settlement { total, currency: Currency::AUD, ..told }
}

fn fold_in_australia(lines: &[Line]) -> Footing {
    fold_of(&australian(lines), Layout::FlatFileV2, &rules(), lines).unwrap()
}

fn fold(lines: &[Line]) -> Footing {
    fold_with(&rules(), lines)
}

fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}

fn groups(footing: &Footing) -> impl Iterator<Item = &Group> {
    footing.parts.iter().flat_map(|part| &part.groups)
}

/// Kind, who owes the tax, whether it is stated, amount, tax.
fn told(footing: &Footing) -> Vec<(K, Liable, bool, i64, i64)> {
    groups(footing).map(|g| (g.kind, g.liable, g.stated, g.amount.minor(), g.tax.minor())).collect()
}

fn group(footing: &Footing, kind: K) -> &Group {
    groups(footing).find(|group| group.kind == kind).unwrap()
}

#[test]
fn months_are_the_organisations_and_the_reserve_is_the_last_ones() {
    let other = "other-transaction/other-transaction";
    let footing = fold(&[
        line("Order/ItemPrice/Principal", 1_000).posted("2026-05-31T22:59:59Z"),
        line("Order/ItemPrice/Principal", 2_000).posted("2026-05-31T23:00:00Z").item("2"),
        line("ServiceFee/Cost of Advertising/TransactionTotalAmount", -50)
            .posted("2026-06-12T00:00:00Z"),
        line(&format!("{other}/Current Reserve Amount"), -700).posted("2026-07-01T08:00:00Z"),
    ]);
    let told: Vec<(String, String, i64)> = footing
        .parts
        .iter()
        .map(|Part { month, last, total, .. }| (month.to_string(), last.to_string(), total.minor()))
        .collect();
    let part = |month: &str, last: &str, total| (month.to_owned(), last.to_owned(), total);
    assert_eq!(
        told,
        [part("2026-05-01", "2026-05-31", 1_000), part("2026-06-01", "2026-06-12", 1_250)]
    );
    assert_eq!(footing.links.current_reserve, gbp(-700));
}

#[test]
fn a_settlement_of_a_reserve_alone_has_a_part() {
    let footing = fold(&[line("other-transaction/other-transaction/Current Reserve Amount", -700)]);
    assert_eq!(footing.parts.len(), 1);
    assert_eq!(footing.parts[0].last.to_string(), "2026-01-20");
    assert_eq!(fold(&[]).parts, []);
}

#[test]
fn a_tax_rules_day_cuts_a_month() {
    let rules = FoldRules { cuts: vec![Day::parse("2026-01-18").unwrap()], ..rules() };
    let footing = fold_with(
        &rules,
        &[
            line("Order/ItemFees/Commission", -100).posted("2026-01-17T23:00:00Z"),
            line("Order/ItemFees/Commission", -200).posted("2026-01-18T00:00:00Z"),
            line("Order/ItemFees/Commission", -400).posted("2026-02-02T00:00:00Z"),
        ],
    );
    let periods: Vec<(String, String, i64)> = footing
        .parts
        .iter()
        .map(|part| {
            let period = part.groups[0].period.to_string();
            (part.month.to_string(), period, part.total.minor())
        })
        .collect();
    let part = |month: &str, period: &str, total| (month.to_owned(), period.to_owned(), total);
    assert_eq!(
        periods,
        [
            part("2026-01-01", "2026-01-01", -100),
            part("2026-01-01", "2026-01-18", -200),
            part("2026-02-01", "2026-02-01", -400),
        ]
    );
}

#[test]
fn documents_of_orders_carry_prices_and_never_fees() {
    let lines = [
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemPrice/Tax", 2_000),
        line("Order/ItemFees/Commission", -1_836),
        line("Order/ItemFees/ShippingChargeback", -100),
        line("Order/ItemWithheldTax/TCS-IGST", -10),
        line("Refund/ItemPrice/Goodwill", -300),
        line("Order/ItemPrice/Principal", 77).order("S02-1234567-1234567"),
        line("FBAFees/FBA Inventory Storage Fee/Base fee", -5),
    ];
    let footing = fold_with(&FoldRules { way: Way::PerOrder, ..rules() }, &lines);
    let claimed: Vec<(&Claim, i64, u64)> = footing
        .claims
        .iter()
        .map(|(claim, held)| (claim, held.amount.minor(), held.rows))
        .collect();
    let claim = |kind, is_refund| Claim {
        order_id: ORDER.to_owned(),
        item_id: "01234567890123".to_owned(),
        kind,
        is_refund,
    };
    assert_eq!(
        claimed,
        [(&claim(K::Goods, false), 12_000, 2), (&claim(K::Goodwill, true), -300, 1)]
    );
    let posted: Vec<(K, i64)> = groups(&footing).map(|g| (g.kind, g.amount.minor())).collect();
    assert_eq!(
        posted,
        [
            (K::Goods, 77),
            (K::SellingFee, -1_836),
            (K::StorageFee, -5),
            (K::ShippingChargeback, -100),
            (K::IncomeTaxWithheld, -10),
        ]
    );
    assert!(footing.checks.iter().all(|check| check.verdict != Verdict::Fails));
}

#[test]
fn an_order_without_a_document_stays_the_settlements() {
    let lines = [
        line("Order/ItemPrice/Principal", 10_000),
        line("Order/ItemPrice/Principal", 500).order("026-0000000-0000002"),
    ];
    let uncovered = std::iter::once("026-0000000-0000002".to_owned()).collect();
    let footing = fold_with(&FoldRules { way: Way::PerOrder, uncovered, ..rules() }, &lines);
    let claimed: Vec<&str> = footing.claims.keys().map(|claim| claim.order_id.as_str()).collect();
    assert_eq!(claimed, [ORDER]);
    assert_eq!(group(&footing, K::Goods).amount, gbp(500));
}

#[test]
fn what_nobody_knows_is_counted_and_shown() {
    let mystery = "Order/ItemFees/Comission";
    let footing = fold(&[line(mystery, -5), line(mystery, -7), line("X/Y/Z", 3)]);
    assert_eq!(footing.sum, gbp(-9));
    assert_eq!(footing.categories.get(&Category::Suspense), Some(&gbp(-9)));
    let [first, second] = footing.unknown.as_slice() else { panic!("{:?}", footing.unknown) };
    assert_eq!(
        (first.amount_description.as_str(), first.rows, first.amount),
        ("Comission", 2, gbp(-12))
    );
    assert_eq!(first.suggestion, Some(Category::AmazonFee));
    assert_eq!(first.suggested_by.as_deref(), Some("Order / ItemFees / Commission"));
    assert_eq!((second.transaction_type.as_str(), second.suggestion), ("X", None));
    let suspense: i64 = groups(&footing).map(|group| group.amount.minor()).sum();
    assert_eq!(suspense, -9);
}

#[test]
fn a_confirmed_meaning_is_used() {
    let overrides = serde_json::from_str(
        r#"[{"transaction_type": "X", "amount_type": "Y", "amount_description": "*",
            "category": "amazon fee", "kind": "paid_service"}]"#,
    );
    let rules = FoldRules { overrides: overrides.unwrap(), ..rules() };
    let footing = fold_with(&rules, &[line("X/Y/Z", -300)]);
    assert_eq!(footing.unknown, []);
    assert_eq!(group(&footing, K::PaidService).amount, gbp(-300));
}

#[test]
fn a_payout_in_a_date_range_report_is_no_part_of_it() {
    let lines =
        [line("Order/ItemPrice/Principal", 900), line("Transfer/Transfer/To your account", -500)];
    let mut about = settlement(&lines);
    about.total = None;
    let footing = fold_of(&about, Layout::DateRange, &rules(), &lines).unwrap();
    assert_eq!((footing.sum, footing.transfers, footing.rows), (gbp(900), gbp(-500), 2));
    assert_eq!(footing.categories.get(&Category::Transfer), None);
    let footing = fold_of(&about, Layout::FlatFileV2, &rules(), &lines).unwrap();
    assert_eq!((footing.sum, footing.transfers), (gbp(400), gbp(0)));
    assert_eq!(group(&footing, K::Transfer).amount, gbp(-500));
}

#[test]
fn another_currency_and_too_much_are_refused() {
    let one = [line("Order/ItemPrice/Principal", 1)];
    let mut fold = Fold::start(&settlement(&one), Layout::FlatFileV2, &rules()).unwrap();
    let mut row = one[0].row();
    row.amount = Money::from_minor(1, Currency::EUR);
    let refused = fold.row(&row).unwrap_err();
    assert_eq!(refused.to_string(), "line 1 is in EUR, the settlement in GBP");
    assert_eq!(refused.code(), "unworkable_amount");
    row.amount = gbp(i64::MAX);
    fold.row(&row).unwrap();
    assert!(matches!(fold.row(&row), Err(FoldError::Money(_))));
    let mut odd = settlement(&one);
    odd.total = Some(Money::from_minor(1, Currency::EUR));
    assert!(Fold::start(&odd, Layout::FlatFileV2, &rules()).is_err());
}

#[test]
fn more_titles_than_anyone_has_are_added_up_by_kind() {
    let mut lines = Vec::new();
    for at in 0..9_000 {
        lines.push(line(&format!("CouponRedemptionFee/CouponRedemptionFee/Coupon {at}"), -1));
    }
    let footing = fold(&lines);
    let coupons = group(&footing, K::PromotionFee);
    assert_eq!((coupons.amount, coupons.rows, coupons.words.len()), (gbp(-9_000), 9_000, 20));
    assert_eq!(coupons.words[0], ("(other words)".to_owned(), gbp(-808)));
}
