//! How amounts, taxes and lines come out.

use super::*;

#[test]
fn a_total_that_does_not_foot_shows_every_number() {
    let sample = uk().having(order(vec![item("1", vec![(ChargeKind::Item, 12_00)])], 13_00));
    let detail = stops(&sample, "untied_total");
    assert!(detail.contains("13.00 GBP") && detail.contains("12.00 GBP"), "{detail}");
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
    assert_eq!((odd.quantity.to_string(), odd.description.as_str()), ("1".into(), "Mug, 3 × 4.99"));
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
}
