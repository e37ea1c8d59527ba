//! What holds for every order, whatever happens to it and however far the outbox has got.

use base::{Currency, FactId, Money, Subject, Timestamp};
use facts::order::{
    Channel, Charge, ChargeKind, FulfilledBy, Item, Order, OrderCharge, Part, Status,
};
use facts::{Act, Approval, Body, Fact};
use intents::{Body as Planned, Decided, IntentId, State};
use mapping::Changes;
use proptest::prelude::*;

use crate::rules::{self, Rules};
use crate::world::{self, World, apply, claim, deliver, due, post_one, settle};

/// How a marketplace prints its numbers.
#[derive(Debug, Clone, Copy)]
struct Place {
    id: &'static str,
    currency: Currency,
    percent: i64,
    tax: Tax,
    /// Of a discount as it is printed.
    sign: i64,
    facilitator: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tax {
    Beside,
    Inside,
    Unsaid,
}

const UK: Place = Place {
    id: "A1F83G8C2ARO7P",
    currency: Currency::GBP,
    percent: 20,
    tax: Tax::Beside,
    sign: 1,
    facilitator: false,
};

const PLACES: [Place; 6] = [
    UK,
    Place { tax: Tax::Unsaid, ..UK },
    Place { id: "A1PA6795UKMFR9", currency: Currency::EUR, percent: 19, ..UK },
    Place {
        id: "ATVPDKIKX0DER",
        currency: Currency::USD,
        percent: 7,
        facilitator: true,
        sign: -1,
        ..UK
    },
    Place {
        id: "A1VC38T7YXB528",
        currency: Currency::JPY,
        percent: 10,
        tax: Tax::Inside,
        sign: -1,
        ..UK
    },
    Place {
        id: "A39IBJ37TRP1C6",
        currency: Currency::AUD,
        percent: 10,
        tax: Tax::Inside,
        facilitator: true,
        ..UK
    },
];

/// One item as it was ordered, and how it goes on.
#[derive(Debug, Clone)]
struct Sold {
    ordered: u64,
    fulfilled: u64,
    cancelled: u64,
    unit: i64,
    shipping: i64,
    discount: i64,
}

/// What happens next, and how far the outbox gets before.
#[derive(Debug, Clone, Copy)]
enum Happening {
    Ships(usize, u64),
    CancelsUnits(usize, u64),
    Amends(usize, i64),
    CancelsAll,
    Revives,
}

#[derive(Debug, Clone, Copy)]
enum Outbox {
    Nothing,
    One,
    OnTheWire,
    All,
}

fn sold() -> impl Strategy<Value = Sold> {
    (1_u64..4, 1_i64..20_000, prop_oneof![Just(0_i64), 0_i64..900], 0_i64..400).prop_map(
        |(ordered, unit, shipping, discount)| {
            let discount = discount.min(unit / 2);
            Sold { ordered, fulfilled: 0, cancelled: 0, unit, shipping, discount }
        },
    )
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        4 => (0_usize..3, 1_u64..4).prop_map(|(at, units)| Happening::Ships(at, units)),
        2 => (0_usize..3, 1_u64..4).prop_map(|(at, units)| Happening::CancelsUnits(at, units)),
        2 => (0_usize..3, 1_i64..20_000).prop_map(|(at, unit)| Happening::Amends(at, unit)),
        1 => Just(Happening::CancelsAll),
        1 => Just(Happening::Revives),
    ]
}

fn outbox() -> impl Strategy<Value = Outbox> {
    prop_oneof![
        Just(Outbox::Nothing),
        Just(Outbox::One),
        Just(Outbox::OnTheWire),
        Just(Outbox::All),
    ]
}

fn happen(items: &mut [Sold], cancelled: &mut bool, happening: Happening) {
    let at = |at: usize| at.checked_rem(items.len()).unwrap_or(0);
    match happening {
        Happening::Ships(item, units) => {
            let item = &mut items[at(item)];
            item.fulfilled += units.min(item.ordered - item.fulfilled - item.cancelled);
        }
        Happening::CancelsUnits(item, units) => {
            let item = &mut items[at(item)];
            item.cancelled += units.min(item.ordered - item.fulfilled - item.cancelled);
        }
        Happening::Amends(item, unit) => {
            let item = &mut items[at(item)];
            item.unit = unit;
            item.discount = item.discount.min(unit / 2);
        }
        Happening::CancelsAll => *cancelled = items.iter().all(|item| item.fulfilled == 0),
        Happening::Revives => *cancelled = false,
    }
}

fn snapshot(place: Place, sold: &[Sold], cancelled: bool, step: i64) -> Order {
    let created = Timestamp::parse("2026-02-01T09:00:00Z").unwrap();
    let items: Vec<Item> =
        (0..).zip(sold).map(|(at, item)| item_of(place, at, item, cancelled)).collect();
    let totals = items.iter().filter_map(|item| item.total);
    let total = Money::sum(totals, place.currency).unwrap();
    let (fulfilled, open): (u64, u64) = sold.iter().fold((0, 0), |(f, o), item| {
        (f + item.fulfilled, o + item.ordered - item.fulfilled - item.cancelled)
    });
    let status = match (cancelled || fulfilled + open == 0, fulfilled, open) {
        (true, _, _) => Status::Cancelled,
        (_, 0, _) => Status::Unshipped,
        (_, _, 0) => Status::Shipped,
        _ => Status::PartiallyShipped,
    };
    Order {
        order_id: "202-7654321-7654321".to_owned(),
        region: "EU".to_owned(),
        seller_id: "A1SELLER".to_owned(),
        marketplace_id: place.id.to_owned(),
        marketplace_name: String::new(),
        channel: Channel::Amazon,
        created,
        updated: created.after_ms(step * Timestamp::DAY),
        status,
        fulfilled_by: FulfilledBy::Amazon,
        programs: Vec::new(),
        associated: Vec::new(),
        grand_total: (status_has_total(cancelled, fulfilled + open)).then_some(total),
        charges: Vec::new(),
        items,
        payment_methods: Vec::new(),
        ship_to: None,
        buyer: None,
    }
}

fn status_has_total(cancelled: bool, live: u64) -> bool {
    !cancelled && live > 0
}

fn item_of(place: Place, at: usize, sold: &Sold, cancelled: bool) -> Item {
    let live = sold.ordered - sold.cancelled;
    let is_gone = cancelled || live == 0;
    let money = |minor: i64| Money::from_minor(minor, place.currency);
    let goods = sold.unit * i64::try_from(live).unwrap();
    let discount = if goods > sold.discount { sold.discount } else { 0 };
    let inside = |minor: i64| {
        let gross = i128::from(minor) * i128::from(place.percent);
        let part = if place.tax == Tax::Inside { 100 + i128::from(place.percent) } else { 100 };
        i64::try_from((2 * gross + part) / (2 * part)).unwrap()
    };
    let taxes = [inside(goods), inside(sold.shipping), -inside(discount)];
    let tax: i64 = taxes.iter().sum();
    let plain = |kind, minor| Charge { kind, amount: money(minor), parts: Vec::new() };
    let mut charges = vec![plain(ChargeKind::Item, goods)];
    charges.push(plain(ChargeKind::Shipping, sold.shipping));
    charges.push(plain(ChargeKind::Discount, place.sign * discount));
    if place.tax != Tax::Unsaid {
        let kinds = [ChargeKind::Item, ChargeKind::Shipping, ChargeKind::Discount];
        let parts =
            kinds.into_iter().zip(taxes).map(|(of, minor)| Part { of, amount: money(minor) });
        charges.push(Charge { kind: ChargeKind::Tax, amount: money(tax), parts: parts.collect() });
    }
    let beside = if place.tax == Tax::Beside { tax } else { 0 };
    let total = goods + sold.shipping - discount + beside;
    Item {
        item_id: at.to_string(),
        sku: Some(format!("SKU-{at}")),
        asin: None,
        title: Some(format!("Thing {at}")),
        ordered: sold.ordered,
        fulfilled: Some(sold.fulfilled),
        unfulfilled: Some(if cancelled { 0 } else { live - sold.fulfilled }),
        unit_price: Some(money(sold.unit)),
        total: (!is_gone).then(|| money(total)),
        charges: if is_gone { Vec::new() } else { charges },
        promotions: Vec::new(),
        facilitator: place.facilitator.then(|| "Amazon".to_owned()),
        reporting_scheme: None,
        cancelled_by: None,
    }
}

fn fact(order: Order) -> Fact {
    let text = serde_json::to_string(&order).unwrap();
    Fact {
        id: FactId::derive(&["test", &text]),
        subject: Subject::order(&order.order_id),
        occurred: order.updated,
        source: "amazon:EU:orders".to_owned(),
        raw_hash: String::new(),
        body: Body::Order(Box::new(order)),
    }
}

const RATES: &str = "rate EUR 2026-01-01 1.15 HMRC\nrate USD 2026-01-01 1.25 HMRC\n\
                     rate JPY 2026-01-01 195.5 HMRC\nrate AUD 2026-01-01 2.02 HMRC\n";

fn standard_rules() -> Rules {
    rules::read(RATES)
}

/// The first rule book, or with one of the settings that shape documents.
fn any_rules() -> impl Strategy<Value = &'static str> {
    prop_oneof![
        3 => Just(""),
        1 => Just("setting currency convert"),
        1 => Just("setting facilitator net"),
        1 => Just("setting consolidate_lines true"),
        1 => Just("setting invoice_date ship"),
    ]
}

/// An order's life: its snapshots, shown briefly when a property fails.
#[derive(Clone)]
struct Life(Vec<Fact>);

impl std::fmt::Debug for Life {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&crate::facts_text::told(&self.0))
    }
}

fn life() -> impl Strategy<Value = Life> {
    let happenings = proptest::collection::vec(happening(), 0..7);
    (0_usize..PLACES.len(), proptest::collection::vec(sold(), 1..4), happenings).prop_map(
        |(place, mut items, happenings)| {
            let place = PLACES[place];
            let mut cancelled = false;
            let mut facts = vec![fact(snapshot(place, &items, cancelled, 0))];
            for (step, happening) in (1..).zip(happenings) {
                happen(&mut items, &mut cancelled, happening);
                facts.push(fact(snapshot(place, &items, cancelled, step)));
            }
            Life(facts)
        },
    )
}

/// Lines add up, in total and in tax, and each line's quantity times unit is its amount.
fn check_documents(changes: &Changes) {
    for intent in &changes.intents {
        let (lines, total, tax) = match &intent.body {
            Planned::Invoice(i) | Planned::InvoiceEdit { invoice: i, .. } => {
                (&i.lines, i.total, i.tax)
            }
            Planned::CreditNote(note) => (&note.lines, note.total, note.tax),
            _ => continue,
        };
        assert_eq!(Money::sum(lines.iter().map(|l| l.amount), total.currency()).unwrap(), total);
        assert_eq!(Money::sum(lines.iter().map(|l| l.tax), total.currency()).unwrap(), tax);
        for line in lines {
            assert_eq!(line.quantity * line.unit_amount, line.amount.amount(), "{line:?}");
            assert!(line.tax.minor().abs() <= line.amount.minor().abs(), "{line:?}");
            assert!(line.tax.is_zero() || line.tax.is_negative() == line.amount.is_negative());
            let covered = Money::sum(line.covers.iter().map(|c| c.amount), total.currency());
            assert_eq!(covered.unwrap(), line.amount, "{line:?}");
        }
    }
}

/// Whatever is planned can be sent: payments and allocations together stay within the invoice.
fn check_money(decided: &[Decided]) {
    let live = |d: &&Decided| !matches!(d.progress.state, State::Withdrawn | State::Reversed);
    for root in decided.iter().filter(live) {
        let Planned::Invoice(first) = &root.intent.body else { continue };
        let mut contents = decided.iter().filter(live).filter_map(|d| match &d.intent.body {
            Planned::InvoiceEdit { of, invoice } if *of == root.intent.id => Some(invoice.total),
            _ => None,
        });
        let total = contents.next_back().unwrap_or(first.total);
        let money = decided.iter().filter(live).filter_map(|d| match &d.intent.body {
            Planned::Payment(p) if p.invoice == root.intent.id => Some(p.amount),
            Planned::Allocation(a) if a.invoice == root.intent.id => Some(a.amount),
            _ => None,
        });
        let money = Money::sum(money, total.currency()).unwrap();
        assert!(money.minor() <= total.minor(), "{money} set against {total}");
    }
}

fn let_outbox_run(decided: &mut [Decided], outbox: Outbox) {
    // What was on the wire is answered first.
    while let Some(at) = decided.iter().position(|d| d.progress.state == State::Sending) {
        deliver(decided, at);
    }
    match outbox {
        Outbox::Nothing => {}
        Outbox::One => {
            post_one(decided);
        }
        Outbox::OnTheWire => {
            if let Some(at) = due(decided) {
                claim(decided, at);
            }
        }
        Outbox::All => settle(decided),
    }
}

fn live_through(facts: &[Fact], outboxes: &[Outbox], rules: &Rules) -> World {
    let mut world = World::new(rules);
    for (at, fact) in facts.iter().enumerate() {
        world.facts.push(fact.clone());
        one_decision(&mut world, rules);
        let outbox = outboxes.get(at).copied().unwrap_or(Outbox::All);
        let_outbox_run(&mut world.decided, outbox);
        one_decision(&mut world, rules);
    }
    for _ in 0..6 {
        let_outbox_run(&mut world.decided, Outbox::All);
        one_decision(&mut world, rules);
    }
    world
}

fn one_decision(world: &mut World, rules: &Rules) {
    let subject = world.facts[0].subject.clone();
    let changes = world.decide(rules, &subject);
    check_documents(&changes);
    apply(&mut world.decided, &changes);
    check_money(&world.decided);
    let again = world.decide(rules, &subject);
    let nothing = (&again.intents, &again.withdraw, &again.shared);
    assert_eq!(nothing, (&Vec::new(), &Vec::new(), &Vec::new()), "decided twice");
    world.steps.push((world.facts[0].clone(), changes));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn an_orders_life_ends_with_the_ledger_right(
        facts in life(),
        outboxes in proptest::collection::vec(outbox(), 0..8),
        setting in any_rules(),
    ) {
        let facts = facts.0;
        let rules = rules::read(&format!("{RATES}{setting}"));
        let world = live_through(&facts, &outboxes, &rules);
        let last = world.decide(&rules, &facts[0].subject);
        if last.stop.is_none() {
            check_end(&world, &facts, setting);
        } else {
            let code = last.stop.unwrap().code;
            prop_assert_eq!(code, "changed_after_shipment");
        }
    }

    #[test]
    fn facts_in_any_order_give_the_same_changes(facts in life(), seed in any::<u64>()) {
        let facts = facts.0;
        let rules = standard_rules();
        let mut world = World::new(&rules);
        world.facts.clone_from(&facts);
        let straight = world.decide(&rules, &facts[0].subject);
        let mut key = seed;
        world.facts.sort_by_key(|fact| {
            key = key.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(fact.id.as_str().len() as u64 + 1);
            key
        });
        prop_assert_eq!(world.decide(&rules, &facts[0].subject), straight);
    }

    #[test]
    fn a_sound_order_posts_amazons_total(facts in life()) {
        let facts = facts.0;
        let rules = standard_rules();
        let mut world = World::new(&rules);
        world.facts = vec![facts[0].clone()];
        let changes = world.decide(&rules, &facts[0].subject);
        prop_assert_eq!(changes.stop, None);
        let Body::Order(order) = &facts[0].body else { panic!("a snapshot") };
        let Planned::Invoice(invoice) = &changes.intents[0].body else { panic!("an invoice") };
        prop_assert_eq!(Some(invoice.total), order.grand_total);
    }
}

/// Nothing is left to do, the document is Amazon's total, and what has left is paid.
fn check_end(world: &World, facts: &[Fact], setting: &str) {
    let Body::Order(order) = &facts.last().unwrap().body else { panic!("a snapshot") };
    let roots = live_documents(world);
    let waits = setting.ends_with("ship") && order.status == Status::Unshipped;
    let Some(total) = order.grand_total.filter(|_| !waits) else {
        assert!(roots.is_empty() || waits, "a cancelled order stands");
        return;
    };
    let [root] = roots.as_slice() else { panic!("one live document, not {roots:?}") };
    let posted = |d: &&Decided| d.progress.state == State::Posted;
    let credited = world.decided.iter().filter(posted).filter_map(|d| match &d.intent.body {
        Planned::Allocation(allocation) => Some(allocation.amount),
        _ => None,
    });
    let posted_total = world::total_of(&world.decided, root);
    let credited = Money::sum(credited, posted_total.currency()).unwrap();
    let stands = posted_total.minus(credited).unwrap();
    let is_plain = !setting.ends_with("convert") && !setting.ends_with("net");
    assert!(!is_plain || stands == total, "{stands} stands, and Amazon's total is {total}");
    let paid = world::set_against(&world.decided, root).minus(credited).unwrap();
    let is_shipped = order.status == Status::Shipped;
    assert!(!is_shipped || paid == stands, "{paid} of {stands} paid, all shipped");
    assert!(order.status != Status::Unshipped || paid.is_zero(), "{paid} paid, nothing shipped");
}

/// Invoices that exist and are not void.
fn live_documents(world: &World) -> Vec<IntentId> {
    let void: Vec<&IntentId> = world
        .decided
        .iter()
        .filter(|d| d.progress.state == State::Posted)
        .filter_map(|d| match &d.intent.body {
            Planned::InvoiceVoid { of, .. } => Some(of),
            _ => None,
        })
        .collect();
    let exists = |d: &&Decided| d.receipt.is_some() && matches!(d.intent.body, Planned::Invoice(_));
    let documents = world.decided.iter().filter(exists).map(|d| &d.intent.id);
    documents.filter(|id| !void.contains(id)).cloned().collect()
}

/// Orders that no vendor would send.
fn nonsense() -> impl Strategy<Value = Order> {
    let currency = prop_oneof![Just(Currency::GBP), Just(Currency::JPY), Just(Currency::EUR)];
    let money = (any::<i64>(), currency).prop_map(|(minor, c)| Money::from_minor(minor, c));
    let kind = prop_oneof![
        Just(ChargeKind::Item),
        Just(ChargeKind::Shipping),
        Just(ChargeKind::Tax),
        Just(ChargeKind::Discount),
        Just(ChargeKind::DeliveryTip),
        ".{0,4}".prop_map(ChargeKind::Other),
    ];
    let part = (kind.clone(), money.clone()).prop_map(|(of, amount)| Part { of, amount });
    let charge = (kind.clone(), money.clone(), proptest::collection::vec(part, 0..3))
        .prop_map(|(kind, amount, parts)| Charge { kind, amount, parts });
    let units = proptest::option::of(any::<u64>());
    let item = (
        proptest::option::of(".{0,45}"),
        units.clone(),
        units,
        proptest::option::of(money.clone()),
        proptest::collection::vec(charge, 0..4),
        proptest::option::of(Just("Amazon".to_owned())),
    )
        .prop_map(|(sku, fulfilled, unfulfilled, total, charges, facilitator)| Item {
            item_id: "1".to_owned(),
            sku,
            asin: None,
            title: None,
            ordered: 1,
            fulfilled,
            unfulfilled,
            unit_price: total,
            total,
            charges,
            promotions: Vec::new(),
            facilitator,
            reporting_scheme: None,
            cancelled_by: None,
        });
    let order_charge = (kind, any::<bool>(), money.clone())
        .prop_map(|(kind, is_pending, amount)| OrderCharge { kind, is_pending, amount });
    let status = prop_oneof![
        Just(Status::Shipped),
        Just(Status::PartiallyShipped),
        Just(Status::Unshipped),
        Just(Status::Cancelled),
        ".{0,6}".prop_map(Status::Other),
    ];
    (
        status,
        proptest::option::of(money),
        proptest::collection::vec(order_charge, 0..3),
        proptest::collection::vec(item, 0..3),
        any::<i64>(),
        any::<i64>(),
        0_usize..PLACES.len(),
    )
        .prop_map(|(status, grand_total, charges, items, created, updated, place)| Order {
            status,
            grand_total,
            charges,
            items,
            created: Timestamp(created),
            updated: Timestamp(updated),
            ..snapshot(PLACES[place], &[], false, 0)
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn no_facts_make_deciding_panic(
        orders in proptest::collection::vec(nonsense(), 1..4),
        approved in any::<bool>(),
    ) {
        let rules = standard_rules();
        let mut facts: Vec<Fact> = orders.into_iter().map(fact).collect();
        let occurred = Timestamp(i64::MAX);
        if approved {
            let approval = Approval { who: "Ada".to_owned(), act: Act::PostWhatFoots };
            let id = FactId::derive(&["approval"]);
            facts.push(Fact { id, occurred, body: Body::Approval(approval), ..facts[0].clone() });
        }
        let _world = live_through(&facts, &[Outbox::All, Outbox::One], &rules);
    }
}
