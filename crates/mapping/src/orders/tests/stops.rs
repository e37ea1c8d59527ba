//! What stops an order, by its code.

use super::*;

#[test]
fn a_missing_sku_stops() {
    let mut order = mug();
    order.items[0].sku = None;
    stops(&uk().having(order), "missing_sku");
}

#[test]
fn an_unknown_status_stops_until_a_row_says_what_it_means() {
    let mut order = mug();
    order.status = Status::Other("INVOICE_UNCONFIRMED".to_owned());
    stops(&uk().having(order.clone()), "unknown_status");
    let cells = r#""_id":"unconfirmed","status":"\"INVOICE_UNCONFIRMED\"","act":"\"record\"","reason":"\"not confirmed\"""#;
    let sample = uk().with(|book| row(&mut book.tables.posting, cells)).having(order);
    assert_eq!(sample.decide().note.unwrap().detail, "not confirmed");
}

#[test]
fn an_unknown_sku_is_created_or_held_as_the_owner_chose() {
    let created = uk().having(mug()).decide();
    assert!(created.shared.iter().any(|made| matches!(made.body, Planned::Item(_))));
    let hold = |book: &mut RuleBook| book.settings.unknown_sku = UnknownSku::Hold;
    stops(&uk().with(hold).having(mug()), "unknown_sku");
}

#[test]
fn a_currency_that_the_organisation_lacks_stops() {
    let mut sample = uk().having(mug());
    sample.chart.currencies.clear();
    assert_eq!(sample.decide().stop, None, "its own currency is always there");
    let mut order = mug();
    let sek = Money::from_minor(12_00, "SEK".parse().unwrap());
    order.grand_total = Some(sek);
    order.items[0].charges[0].amount = sek;
    stops(&uk().having(order), "currency_not_enabled");
}

fn euros() -> Order {
    let eur = Money::from_minor(12_00, Currency::EUR);
    let mut order = mug();
    order.grand_total = Some(eur);
    order.items[0].charges[0].amount = eur;
    order
}

#[test]
fn a_missing_rate_stops_and_a_dated_one_is_found() {
    stops(&uk().having(euros()), "rate_missing");
    let monthly = |book: &mut RuleBook| {
        let days = [("2026-01-09", "1.2"), ("2026-01-01", "1.1"), ("2025-12-01", "1.0")];
        book.rates = days
            .into_iter()
            .map(|(from, rate)| crate::rulebook::DatedRate {
                currency: Currency::EUR,
                from: Day::parse(from).unwrap(),
                rate: base::Rate(rate.parse().unwrap()),
                source: "test".to_owned(),
            })
            .collect();
    };
    let invoice = invoice(&uk().with(monthly).having(euros()));
    assert_eq!(invoice.rate.unwrap().0.to_string(), "1.1");
}

#[test]
fn missing_archived_and_unusable_accounts_stop() {
    let drop = |book: &mut RuleBook| {
        book.accounts.remove(&crate::Role::Sales);
    };
    stops(&uk().with(drop).having(mug()), "account_missing");
    let to = |id: &'static str| {
        move |book: &mut RuleBook| {
            book.accounts.insert(crate::Role::Sales, id.to_owned());
        }
    };
    stops(&uk().with(to("acc-old")).having(mug()), "account_archived");
    stops(&uk().with(to("acc-vat")).having(mug()), "account_unusable");
    stops(&uk().with(to("acc-bank")).having(mug()), "account_unusable");
    let mut sample = uk().having(mug());
    for account in &mut sample.chart.accounts {
        account.payments_enabled = false;
    }
    stops(&sample, "account_unusable");
}

#[test]
fn a_tax_type_must_be_active_and_for_income() {
    let mut sample = uk().having(mug());
    sample.chart.tax_rates.retain(|rate| rate.tax_type != "OUTPUT2");
    stops(&sample, "tax_type_missing");
    let mut sample = uk().having(mug());
    for rate in &mut sample.chart.tax_rates {
        rate.classes.retain(|class| class != "REVENUE");
    }
    stops(&sample, "tax_type_missing");
}

#[test]
fn a_closed_period_holds_by_xeros_lock_and_by_a_filed_return() {
    let mut sample = uk().having(mug());
    sample.chart.organisation.period_lock = Some(Day::parse("2026-01-08").unwrap());
    assert!(stops(&sample, "period_locked").contains("2026-01-08"));
    sample.chart.organisation.period_lock = Some(Day::parse("2026-01-07").unwrap());
    assert_eq!(sample.decide().stop, None);
    let filed =
        |book: &mut RuleBook| book.settings.filed_until = Some(Day::parse("2026-03-31").unwrap());
    stops(&uk().with(filed).having(mug()), "period_locked");
}

#[test]
fn tracking_options_must_exist() {
    let tracked = |option: &str| {
        let cells = format!(
            r#""_id":"t","category":"\"Marketplace\"","option":"\"{option}\"","marketplace":"\"Amazon.co.uk\"""#
        );
        uk().with(|book| row(&mut book.tables.tracking, &cells)).having(mug())
    };
    let line = invoice(&tracked("Amazon.co.uk")).lines[0].clone();
    assert_eq!(line.tracking[0].label, "Marketplace: Amazon.co.uk");
    stops(&tracked("Amazon.fr"), "tracking_missing");
    stops(&tracked("Amazon.it"), "tracking_missing");
}

#[test]
fn a_rule_that_fails_names_table_row_and_cell() {
    let cells =
        r#""_id":"mine","category":"number(item.sku) > 1 ? \"a\" : \"b\"","account":"\"sales\"""#;
    let sample = uk().with(|book| row(&mut book.tables.accounts, cells)).having(mug());
    let detail = stops(&sample, "rule_failed");
    assert!(
        detail.starts_with("accounts, row mine, category: it could not be evaluated"),
        "{detail}"
    );
}

#[test]
fn a_line_kind_without_a_row_stops() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Other("OTHER".to_owned()), 1_00)];
    let sample = uk().having(order(vec![item("1", charges)], 13_00));
    let detail = stops(&sample, "rule_failed");
    assert!(detail.contains("no row of accounts matches line.kind = OTHER"), "{detail}");
}

#[test]
fn a_marketplace_that_the_rule_book_lacks_stops() {
    let mut order = mug();
    order.marketplace_id = "A000".to_owned();
    stops(&uk().having(order), "unknown_marketplace");
}

#[test]
fn a_total_below_zero_stops() {
    let charges = vec![(ChargeKind::Item, 1_00), (ChargeKind::Discount, 3_00)];
    stops(&uk().having(order(vec![item("1", charges)], -2_00)), "negative_total");
}

#[test]
fn pending_cancelled_and_foreign_channel_orders_are_recorded() {
    let recorded = |change: &dyn Fn(&mut Order)| {
        let mut order = mug();
        change(&mut order);
        let changes = uk().having(order).decide();
        assert!(changes.intents.is_empty() && changes.stop.is_none(), "{changes:?}");
        changes.note.unwrap().code
    };
    assert_eq!(recorded(&|order| order.status = Status::Pending), "recorded");
    assert_eq!(recorded(&|order| order.status = Status::Cancelled), "recorded");
    assert_eq!(recorded(&|order| order.channel = Channel::NonAmazon), "recorded");
    assert_eq!(recorded(&|order| order.grand_total = None), "recorded");
    assert_eq!(recorded(&|order| order.grand_total = Some(gbp(0))), "recorded");
}

#[test]
fn a_time_zone_that_nobody_knows_stops() {
    let mut sample = uk().having(mug());
    "Atlantis/Central".clone_into(&mut sample.chart.organisation.time_zone);
    stops(&sample, "unknown_time_zone");
}

#[test]
fn amounts_that_cannot_be_worked_with_stop() {
    let huge = vec![(ChargeKind::Item, i64::MAX), (ChargeKind::Shipping, i64::MAX)];
    stops(&uk().having(order(vec![item("1", huge)], 12_00)), "unworkable_amount");
    let mut mixed = mug();
    mixed.items[0].charges[0].amount = Money::from_minor(12_00, Currency::EUR);
    stops(&uk().having(mixed), "unworkable_amount");
}
