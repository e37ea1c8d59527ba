//! Why orders stop, and what the settings change.

use base::{Currency, Day, FactId, Money, Timestamp};
use facts::chart::LedgerContact;
use facts::order::{Channel, ChargeKind, Order, OrderCharge, Part, Status};
use facts::{Act, Approval, Body, Fact};
use intents::{Body as Planned, ContactRef, Decided, Intent, Invoice, Progress, Receipt, State};

use super::samples::{Sample, fact, gbp, item, order, uk};
use super::{Changes, decide};
use crate::rulebook::{
    ContactPolicy, InvoiceDate, Posting, RuleBook, Sku, Table, TrackedItems, UnknownSku,
};

impl Sample {
    fn having(mut self, order: Order) -> Sample {
        self.facts.push(fact(order));
        self
    }

    fn decide(&self) -> Changes {
        decide(&self.situation())
    }
}

#[track_caller]
fn stops(sample: &Sample, code: &str) -> String {
    let changes = sample.decide();
    assert!(changes.intents.is_empty(), "{changes:?}");
    let stop = changes.stop.expect("a stop");
    assert_eq!(stop.code, code, "{}", stop.detail);
    stop.detail
}

#[track_caller]
fn invoice(sample: &Sample) -> Invoice {
    let changes = sample.decide();
    assert_eq!(changes.stop, None);
    let Planned::Invoice(invoice) = &changes.intents.first().expect("an invoice").body else {
        panic!("no invoice: {changes:?}")
    };
    invoice.clone()
}

fn mug() -> Order {
    uk().order()
}

/// The decided invoice as if it had been posted.
fn posted(mut sample: Sample) -> Sample {
    let changes = sample.decide();
    sample.decided.extend(changes.intents.into_iter().map(|intent| decided(intent, State::Posted)));
    sample
}

fn decided(intent: Intent, state: State) -> Decided {
    let receipt = Receipt {
        remote_id: intent.id.to_string(),
        number: None,
        status: "AUTHORISED".to_owned(),
        total: None,
        tax: None,
    };
    let progress =
        Progress { state, attempts: 0, generation: 1, not_before: Timestamp(0), reason: None };
    Decided { intent, progress, receipt: Some(receipt) }
}

fn row(table: &mut Table, cells: &str) {
    let text = table.as_json().replacen("\"rules\": [", &format!("\"rules\": [{{{cells}}},"), 1);
    *table = Table::from_json(text).unwrap();
}

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
fn a_tracked_item_stays_off_the_line_unless_the_owner_chose_otherwise() {
    let mut order = mug();
    order.items[0].sku = Some("TRACKED-1".to_owned());
    assert_eq!(invoice(&uk().having(order.clone())).lines[0].item_code, None);
    let with = |book: &mut RuleBook| book.settings.tracked_items = TrackedItems::WithItem;
    let line = invoice(&uk().with(with).having(order)).lines[0].clone();
    assert_eq!(line.item_code.as_deref(), Some("TRACKED-1"));
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
fn no_tax_on_a_taxed_sku_is_a_question_answered_once() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 0)];
    let mut sample = uk().having(order(vec![item("1", charges)], 12_00));
    stops(&sample, "tax_question");
    sample.facts.push(said(&sample, Act::TaxIsRight, "2026-01-11T00:00:00Z"));
    assert_eq!(invoice(&sample).lines[0].tax_type, "ZERORATEDOUTPUT");
    let class = |book: &mut RuleBook| {
        let (sku, category) = ("SKU-1".to_owned(), String::new());
        let tax_class = Some("zero".to_owned());
        book.skus.push(Sku { sku, category, tax_class, item_code: None });
    };
    sample.facts.truncate(1);
    assert_eq!(invoice(&sample.with(class)).lines[0].tax_type, "ZERORATEDOUTPUT");
}

fn said(sample: &Sample, act: Act, when: &str) -> Fact {
    Fact {
        id: FactId::derive(&["person", when]),
        occurred: Timestamp::parse(when).unwrap(),
        body: Body::Approval(Approval { who: "Ada".to_owned(), act }),
        ..sample.facts[0].clone()
    }
}

#[test]
fn what_was_said_of_another_content_does_not_count() {
    let charges = vec![(ChargeKind::Item, 12_00), (ChargeKind::Tax, 0)];
    let mut sample = uk().having(order(vec![item("1", charges)], 12_00));
    sample.facts.push(said(&sample, Act::TaxIsRight, "2026-01-11T00:00:00Z"));
    let charges = vec![(ChargeKind::Item, 99_00), (ChargeKind::Tax, 0)];
    let mut dearer = order(vec![item("1", charges)], 99_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    stops(&sample.having(dearer), "tax_question");
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
fn an_order_that_cannot_be_read_stops_until_a_later_one_can() {
    let mut sample = uk().having(mug());
    let mut broken = sample.facts[0].clone();
    broken.id = FactId::derive(&["broken"]);
    broken.occurred = Timestamp::parse("2026-01-11T00:00:00Z").unwrap();
    broken.body = Body::Unreadable { reason: "grandTotal: 12.005".to_owned() };
    sample.facts.push(broken);
    assert_eq!(stops(&sample, "unreadable_order"), "grandTotal: 12.005");
    let mut later = mug();
    later.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    assert_eq!(sample.having(later).decide().stop, None);
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
fn approve_mode_holds_the_first_orders_only() {
    let approve = |book: &mut RuleBook| book.settings.posting = Posting::Approve;
    let sample = uk().with(approve).having(mug());
    let held = sample.decide();
    assert_eq!(held.intents[0].hold.as_deref(), Some("approval"));
    let later = decide(&super::Situation { posted_before: 50, ..sample.situation() });
    assert_eq!(later.intents[0].hold, None);
}

#[test]
fn a_draft_is_not_paid() {
    let draft = |book: &mut RuleBook| book.settings.posting = Posting::Draft;
    assert_eq!(uk().with(draft).having(mug()).decide().intents.len(), 1);
}

#[test]
fn an_invoice_dated_by_shipment_waits_for_it() {
    let by_ship = |book: &mut RuleBook| book.settings.invoice_date = InvoiceDate::Ship;
    let mut open = mug();
    open.status = Status::Unshipped;
    (open.items[0].fulfilled, open.items[0].unfulfilled) = (Some(0), Some(1));
    let sample = uk().with(by_ship).having(open);
    assert_eq!(sample.decide().note.unwrap().code, "recorded");
    assert_eq!(invoice(&sample.having(mug())).date.to_string(), "2026-01-10");
}

#[test]
fn publishing_rules_does_not_touch_what_was_decided() {
    let sample = posted(uk().having(mug()));
    let other = sample.with(|book| book.settings.consolidate_lines = true);
    let mut changes = other.decide();
    changes.saw.clear();
    assert_eq!(changes, Changes::default());
}

#[test]
fn more_after_a_payment_is_a_question_with_both_numbers() {
    let sample = posted(uk().having(mug()));
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    let detail = stops(&sample.having(dearer), "changed_after_shipment");
    assert!(detail.contains("12.00 GBP") && detail.contains("15.00 GBP"), "{detail}");
}

#[test]
fn what_is_on_the_wire_is_waited_for() {
    let mut sample = uk().having(mug());
    let changes = sample.decide();
    sample.decided = changes
        .intents
        .into_iter()
        .take(1)
        .map(|intent| Decided { receipt: None, ..decided(intent, State::Sending) })
        .collect();
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    let changes = sample.having(dearer).decide();
    assert!(changes.wait && changes.intents.is_empty() && changes.withdraw.is_empty());
}

#[test]
fn what_reads_back_otherwise_is_left_to_a_person() {
    let mut sample = uk().having(mug());
    let changes = sample.decide();
    sample.decided = changes.intents.into_iter().take(1).map(|i| decided(i, State::Held)).collect();
    let mut dearer = order(vec![item("1", vec![(ChargeKind::Item, 15_00)])], 15_00);
    dearer.updated = Timestamp::parse("2026-01-12T00:00:00Z").unwrap();
    stops(&sample.having(dearer), "changed_while_held");
}

fn contact(name: &str, number: Option<&str>, is_active: bool) -> LedgerContact {
    LedgerContact {
        contact_id: format!("id of {name}"),
        name: name.to_owned(),
        number: number.map(str::to_owned),
        email: None,
        is_active,
        merged_into: None,
    }
}

/// The contacts to be made.
fn contacts(changes: &Changes) -> Vec<intents::Contact> {
    let contact = |intent: &Intent| {
        let Planned::Contact(contact) = &intent.body else { return None };
        Some(contact.clone())
    };
    changes.shared.iter().filter_map(contact).collect()
}

#[test]
fn a_marketplaces_contact_is_found_by_number_then_by_name() {
    let number = "amazon:A1SELLER:A1F83G8C2ARO7P";
    let with = |contacts: Vec<LedgerContact>| {
        let mut sample = uk().having(mug());
        sample.chart.contacts = contacts;
        sample
    };
    let known = |name: &str| ContactRef::Known(format!("id of {name}"));
    let renamed = with(vec![contact("Amazon UK", Some(number), true)]);
    assert_eq!(invoice(&renamed).contact, known("Amazon UK"));
    let by_name = with(vec![contact("amazon.co.uk", None, true)]);
    assert_eq!(invoice(&by_name).contact, known("amazon.co.uk"));
    stops(&with(vec![contact("Amazon", Some(number), false)]), "contact_archived");
    let taken = with(vec![contact("Amazon.co.uk", Some("amazon:OTHER"), true)]).decide();
    assert_eq!(contacts(&taken)[0].name, "Amazon.co.uk (A1SELLER)");
}

#[test]
fn a_merged_contact_is_followed() {
    let mut sample = uk().having(mug());
    let mut merged = contact("Old", Some("amazon:A1SELLER:A1F83G8C2ARO7P"), false);
    merged.merged_into = Some("id of New".to_owned());
    sample.chart.contacts = vec![merged, contact("New", None, true)];
    assert_eq!(invoice(&sample).contact, ContactRef::Known("id of New".to_owned()));
}

#[test]
fn a_buyer_is_matched_exactly_or_asked_about() {
    let buyers = |book: &mut RuleBook| {
        book.settings.contacts = ContactPolicy::Buyer;
        book.settings.buyer_data = true;
    };
    let mut order = mug();
    let company = Some("Müller & Söhne GmbH".to_owned());
    order.buyer =
        Some(facts::order::Buyer { name: None, email: None, company, purchase_order: None });
    let with = |name: &str| {
        let mut sample = uk().with(buyers).having(order.clone());
        sample.chart.contacts = vec![contact(name, None, true)];
        sample
    };
    let exact = invoice(&with("Müller & Söhne GmbH"));
    assert_eq!(exact.contact, ContactRef::Known("id of Müller & Söhne GmbH".to_owned()));
    stops(&with("Muller & Söhne GmbH"), "contact_fuzzy");
    assert!(matches!(invoice(&with("Somebody else")).contact, ContactRef::Made(_)));
}

#[test]
fn an_order_invoiced_by_amazon_has_its_own_contact() {
    let mut order = mug();
    order.programs = vec!["INVOICE_BY_AMAZON".to_owned()];
    let changes = uk().having(order).decide();
    assert_eq!(contacts(&changes)[0].number, "amazon:A1SELLER:A1F83G8C2ARO7P:iba");
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
