//! How amounts, taxes and lines come out.

use super::*;

#[test]
fn a_total_that_does_not_foot_shows_every_number() {
    let sample = uk().having(order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], 13_00));
    let detail = stops(&sample, "untied_total");
    let said = "Amazon's total is 13.00 GBP, its parts add up to 12.00: off by 1.00";
    assert_eq!(detail, said, "equal sums are said once");
    let charges = vec![(ChargeKind::Item, 20_10), (ChargeKind::Tax, 4_07)];
    let sample = uk().having(order(vec![item("1", charges)], 24_24));
    assert_eq!(
        stops(&sample, "untied_total"),
        "Amazon's total is 24.24 GBP, its parts add up to 24.17 (tax beside the prices) or 20.10 \
         (tax inside): off by 0.07 at least"
    );
}

#[test]
fn both_signs_of_a_discount_are_read() {
    for printed in [2_00, -2_00] {
        let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Discount, printed)];
        let invoice = invoice(&uk().having(order(vec![item("1", charges)], 10_00)));
        let amounts: Vec<_> = invoice.lines.iter().map(|line| line.amount).collect();
        assert_eq!(amounts, vec![gbp(12_00), gbp(-2_00)]);
    }
}

#[test]
fn tax_beside_and_tax_inside_are_read() {
    let charges = vec![(ChargeKind::Item, 10_00), (ChargeKind::Tax, 2_00)];
    let beside = invoice(&uk().having(order(vec![item("1", charges)], 12_00)));
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 2_00)];
    let inside = invoice(&uk().having(order(vec![item("1", charges)], 12_00)));
    assert_eq!((beside.total, beside.tax), (gbp(12_00), gbp(2_00)));
    assert_eq!(beside.lines, inside.lines);
}

#[test]
fn a_discounts_sign_tells_readings_apart() {
    // 10.00 and 4.00 tax beside it less 2.00, or 10.00 with the tax inside and 2.00 more: both are
    // 12.00, but a discount never makes an order dearer.
    let charges =
        vec![(ChargeKind::Item, 10_00), (ChargeKind::Tax, 4_00), (ChargeKind::Discount, 2_00)];
    let mut order = order(vec![item("1", charges)], 12_00);
    order.items[0].facilitator = Some("Amazon".to_owned());
    let invoice = invoice(&uk().having(order));
    assert!(invoice.lines.iter().any(|line| line.amount.is_negative()));
}

#[test]
fn readings_that_foot_with_different_lines_are_not_chosen_between() {
    // Discounts of both signs: neither reading is sensible, and the declared one does not foot.
    let first = vec![(ChargeKind::Item, 10_00), (ChargeKind::Discount, 3_00)];
    let second =
        vec![(ChargeKind::Item, 20_00), (ChargeKind::Tax, 4_00), (ChargeKind::Discount, -1_00)];
    let mut order = order(vec![item("1", first), item("2", second)], 32_00);
    order.marketplace_id = "A1VC38T7YXB528".to_owned();
    stops(&uk().having(order), "reading_ambiguous");
}

#[test]
fn a_pending_tip_counts_only_where_the_total_counts_it() {
    for (total, lines) in [(15_00, 2), (12_00, 1)] {
        let mut order = order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], total);
        let kind = ChargeKind::DeliveryTip;
        order.charges.push(OrderCharge { kind, is_pending: true, amount: gbp(3_00) });
        assert_eq!(invoice(&uk().having(order)).lines.len(), lines);
    }
}

#[test]
fn a_tracked_item_stays_off_the_line_unless_the_owner_chose_otherwise() {
    let mut order = mug();
    order.items[0].sku = Some("TRACKED-1".to_owned());
    assert_eq!(invoice(&uk().having(order.clone())).lines[0].item_code, None);
    let with = |book: &mut RuleBook| book.settings.tracked_items = TrackedItems::WithItem;
    let line = invoice(&uk().with(with).having(order)).lines[0].clone();
    assert_eq!(line.item_code.as_deref(), Some("TRACKED-1"));
}

#[test]
fn stated_tax_that_no_rate_explains_stops_with_the_rate() {
    let charges = vec![(ChargeKind::Item, 10_000), (ChargeKind::Tax, 13_00)];
    let sample = uk().having(order(vec![item("1", charges)], 11_300));
    assert!(stops(&sample, "tax_type_missing").contains("13.00 %"));
}

#[test]
fn stated_tax_a_cent_off_the_rate_is_amazons() {
    let charges = vec![(ChargeKind::Item, 9_99), (ChargeKind::Tax, 1_99)];
    let invoice = invoice(&uk().having(order(vec![item("1", charges)], 11_98)));
    assert_eq!((invoice.tax, invoice.lines[0].tax_type.as_str()), (gbp(1_99), "OUTPUT2"));
}

#[test]
fn a_reduced_rate_is_matched_whatever_the_skus_class() {
    let charges = vec![(ChargeKind::Item, 10_000), (ChargeKind::Tax, 5_00)];
    let invoice = invoice(&uk().having(order(vec![item("1", charges)], 10_500)));
    assert_eq!(invoice.lines[0].tax_type, "RROUTPUT");
}

#[test]
fn more_tax_than_the_line_stops() {
    let mut order = order(
        vec![item(
            "1",
            vec![(ChargeKind::Item, 1_00), (ChargeKind::Shipping, 9_00), (ChargeKind::Tax, 2_00)],
        )],
        10_00,
    );
    order.items[0].charges[2].parts = vec![Part { of: ChargeKind::Item, amount: gbp(2_00) }];
    stops(&uk().having(order), "tax_exceeds_line");
}

#[test]
fn lines_are_consolidated_by_account_tax_and_tracking() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Shipping, 2_40)];
    let two = vec![item("1", charges), item("2", vec![(ChargeKind::Item, 6_00)])];
    let sample = uk().with(|book| book.settings.consolidate_lines = true);
    let invoice = invoice(&sample.having(order(two, 20_40)));
    let amounts: Vec<_> =
        invoice.lines.iter().map(|line| (line.amount, line.covers.len())).collect();
    assert_eq!(amounts, [(gbp(18_00), 2), (gbp(2_40), 1)]);
}

#[test]
fn a_quantity_is_sent_only_where_it_multiplies_exactly() {
    let three = |minor: i64| {
        let mut order = order(vec![item("1", vec![(ChargeKind::Item, minor)])], minor);
        order.items[0].ordered = 3;
        order.items[0].fulfilled = Some(3);
        order.items[0].unit_price = Some(gbp(4_99));
        invoice(&uk().having(order)).lines[0].clone()
    };
    let exact = three(14_97);
    assert_eq!(
        (exact.quantity.to_string(), exact.unit_amount.to_string()),
        ("3".into(), "4.99".into())
    );
    let odd = three(14_98);
    assert_eq!(
        (odd.quantity.to_string(), odd.description.as_str()),
        ("1".into(), "Mug · SKU-1, 3 units")
    );
}

#[test]
fn a_unit_price_is_named_only_where_it_gives_the_line() {
    // Six units at 2.00: the tax, 2.00 of 12.00, fits into one unit. At ten units it does not.
    let text = |units: u64, price: i64| {
        let minor = i64::try_from(units).unwrap() * 2_00;
        let mut order = order(vec![item("1", vec![(ChargeKind::Item, minor)])], minor);
        order.items[0].fulfilled = Some(units);
        order.items[0].unit_price = Some(gbp(price));
        invoice(&uk().having(order)).lines[0].description.clone()
    };
    assert_eq!(text(6, 2_00), "Mug · SKU-1");
    assert_eq!(text(10, 2_00), "Mug · SKU-1, 10 × 2.00");
    assert_eq!(text(10, 1_67), "Mug · SKU-1, 10 units");
}

#[test]
fn what_is_called_by_its_sku_is_called_so_once() {
    let mut order = mug();
    order.items[0].title = None;
    let changes = uk().having(order).decide();
    let Planned::Invoice(invoice) = &changes.intents[0].body else { panic!("an invoice") };
    assert_eq!(invoice.lines[0].description, "SKU-1");
    let described = |changes: &Changes| {
        let Planned::Item(item) = &changes.shared.last().unwrap().body else { panic!("an item") };
        item.description.clone()
    };
    assert_eq!(described(&changes), "SKU-1");
    assert_eq!(described(&uk().having(mug()).decide()), "Mug · SKU-1");
}

#[test]
fn exports_have_a_tax_class_of_their_own() {
    // As in Australia, where exports and goods without GST have different tax types.
    let sample = || {
        uk().with(|book| {
            book.tax_types.insert("export".to_owned(), "EXEMPTOUTPUT".to_owned());
        })
    };
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 0)];
    let mut shipped_abroad = order(vec![item("1", charges)], 12_00);
    let country = Some("FR".to_owned());
    shipped_abroad.ship_to = Some(facts::order::ShipTo { country, state: None });
    let line = invoice(&sample().having(shipped_abroad)).lines[0].clone();
    assert_eq!(line.tax_type, "EXEMPTOUTPUT");
    let reason = |by: FulfilledBy| {
        let mut order = mug();
        "ATVPDKIKX0DER".clone_into(&mut order.marketplace_id);
        order.fulfilled_by = by;
        order.items[0].facilitator = Some("Amazon".to_owned());
        let line = invoice(&sample().having(order)).lines[0].clone();
        (line.tax_type, line.tax_reason)
    };
    let (tax_type, said) = reason(FulfilledBy::Merchant);
    assert_eq!(tax_type, "EXEMPTOUTPUT");
    assert!(said.starts_with("dispatched from home: an export"), "{said}");
    let (tax_type, said) = reason(FulfilledBy::Amazon);
    assert_eq!(tax_type, "NONE");
    assert!(said.contains("stock abroad"), "{said}");
    let (tax_type, said) = reason(FulfilledBy::Other("PARTNER".to_owned()));
    assert_eq!(tax_type, "NONE");
    assert!(!said.contains("stock abroad"), "{said}");
}

#[test]
fn sold_abroad_without_tax_says_why() {
    let reason = |marketplace: &str, class: &str| {
        let mut order = mug();
        marketplace.clone_into(&mut order.marketplace_id);
        let tax_class = Some(class.to_owned());
        let sku = "SKU-1".to_owned();
        let known = Sku { sku, category: String::new(), tax_class, item_code: None };
        let line = invoice(&uk().with(|book| book.skus.push(known)).having(order)).lines[0].clone();
        assert_eq!(line.tax_type, "NONE");
        line.tax_reason
    };
    let (us, sg, au) = ("ATVPDKIKX0DER", "A19VAU5U5O7RUS", "A39IBJ37TRP1C6");
    assert!(reason(us, "standard").contains("Amazon states no tax"));
    assert!(reason(sg, "standard").contains("no rate for this marketplace"));
    assert!(reason(au, "food").contains("no tax due there"));
    assert!(reason(au, "standard").contains("the marketplace's rate inside the price"));
}

#[test]
fn the_items_own_account_is_used_where_the_table_says_so() {
    let cells = r#""_id":"own","kind":"\"item\"","account":"\"item\"""#;
    let sample = || uk().with(|book| row(&mut book.tables.accounts, cells));
    let mut order = mug();
    order.items[0].sku = Some("TRACKED-1".to_owned());
    assert_eq!(invoice(&sample().having(order)).lines[0].account_code, "200");
    stops(&sample().having(mug()), "account_missing");
}

#[test]
fn every_decision_says_which_rows_made_it() {
    let changes = uk().having(mug()).decide();
    let because = &changes.intents[0].because;
    let rows: Vec<_> = because.traces.iter().map(|t| format!("{} {}", t.table, t.rule)).collect();
    for row in
        ["posting sold", "contacts marketplace", "accounts goods", "tax home", "tracking none"]
    {
        assert!(rows.contains(&row.to_owned()), "{row} is not among {rows:?}");
    }
    assert_eq!(because.rule_book, uk().rules.hash());
    assert_eq!(because.facts.len(), 1);
    let of_line = because.traces.iter().filter(|t| t.reading.starts_with("Mug · SKU-1: "));
    assert_eq!(of_line.count(), 3, "the line's traces carry its text");
}

#[test]
fn no_trace_is_there_twice_and_a_payment_has_its_own() {
    let mut two = vec![item("1", vec![(ChargeKind::Item, 12_00)])];
    two.push(Item { item_id: "2".to_owned(), ..two[0].clone() });
    let changes = uk().having(order(two, 24_00)).decide();
    for intent in &changes.intents {
        let traces = &intent.because.traces;
        let once = |at: usize| !traces[..at].contains(&traces[at]);
        assert!((0..traces.len()).all(once), "{traces:?}");
    }
    let payment = changes.intents.iter().find(|intent| intent.part == "payment:1:clearing");
    let [trace] = payment.unwrap().because.traces.as_slice() else { panic!("one trace") };
    assert_eq!((trace.table.as_str(), trace.rule.as_str()), ("payments", "clearing"));
    assert_eq!(trace.reading, "shipped 2 of 2 by 2026-01-10: 24.00 of 24.00 → 24.00 GBP");
}
