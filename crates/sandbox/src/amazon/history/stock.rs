//! Charges and payments that are about goods in Amazon's warehouses.

use base::digest;

use super::charges::Desk;
use super::setting::Setting;
use super::transaction::{Item, OrderRef, Row, Transaction};
use super::words::{Words, other, words};
use crate::amazon::generate::CATALOGUE;

/// Reimbursements by their code, the weight of each, and whether an order is behind it.
const REIMBURSED: [(&str, u64, bool); 6] = [
    ("WAREHOUSE_LOST", 30, false),
    ("WAREHOUSE_DAMAGE", 25, false),
    ("REVERSAL_REIMBURSEMENT", 30, true),
    ("FREE_REPLACEMENT_REFUND_ITEMS", 4, true),
    ("COMPENSATED_CLAWBACK", 10, true),
    ("MISSING_FROM_INBOUND", 6, false),
];

/// The month's storage.
pub(crate) fn storage(desk: &mut Desk<'_>) {
    let fee = desk.about(1_800);
    if desk.setting == Setting::In {
        // The transaction-type of these rows is empty in India.
        let row = |part, amount| Row::of(words("", "FBA Inventory Storage Fee", part), amount);
        let rows = vec![
            row("Base fee", -fee),
            row("Tax on fee CGST", -(fee * 9 / 100)),
            row("Tax on fee SGST", -(fee * 9 / 100)),
        ];
        desk.put(("ServiceFee", "FBAStorageBilling"), rows);
    } else if desk.is_new() {
        desk.fee("FBAFees", "FBA Inventory Storage Fee", fee);
    } else {
        desk.put(("ServiceFee", "FBAStorageBilling"), vec![Row::of(other("Storage Fee"), -fee)]);
    }
}

/// Goods that have lain too long; not every month.
pub(crate) fn aged_storage(desk: &mut Desk<'_>) {
    let fee = desk.about(420);
    match (desk.random.chance(400), desk.is_new()) {
        (false, _) => {}
        (true, true) => desk.fee("FBAFees", "FBA Long Term Storage Fee", fee),
        (true, false) => {
            let rows = vec![Row::of(other("StorageRenewalBilling"), -fee)];
            desk.put(("ServiceFee", "FBALongTermStorageBilling"), rows);
        }
    }
}

/// Goods on their way into and out of the warehouses.
pub(crate) fn fees(desk: &mut Desk<'_>) {
    let inbound = desk.about(1_400);
    if desk.random.chance(350) {
        match (desk.is_new(), desk.setting) {
            (true, Setting::Us) => {
                desk.fee("FBAFees", "FBA Inbound Placement Service Fee", inbound);
            }
            (true, _) => desk.fee("FBAFees", "FBA Amazon-Partnered Carrier Shipment Fee", inbound),
            (false, _) => {
                let old = if desk.window.number < 2 {
                    "FBAInboundTransportationFee"
                } else {
                    "Inbound Transportation Fee"
                };
                desk.put(("ServiceFee", old), vec![Row::of(other(old), -inbound)]);
            }
        }
    }
    if desk.is_new() {
        // The same fee for every unit of one removal.
        let each = desk.about(45);
        for _ in 0..desk.random.below(6) {
            desk.fee("FBAFees", "FBA Removal Order: Disposal Fee", each);
        }
    } else if desk.random.chance(500) {
        removal(desk);
    }
    if desk.window.number % 6 == 5 {
        for (name, sign) in [
            ("FBA fulfilment fee per unit - Reversal", 1),
            ("FBA fulfilment fee per unit - Correction", -1),
        ] {
            let amount = desk.about(290) * sign;
            let row = Row::of_item(words("AmazonFees", name, "Base fee"), amount, 0);
            desk.put(("ServiceFee", name), vec![row]);
            let item = item(desk);
            if let Some(transaction) = desk.out.last_mut() {
                transaction.items.push(item);
            }
        }
    }
}

/// A removal in the older shape: its order-id is the removal's.
fn removal(desk: &mut Desk<'_>) {
    let name = if desk.random.chance(500) { "RemovalComplete" } else { "DisposalComplete" };
    let rows = vec![Row::of(other(name), -desk.about(160))];
    desk.put(("ServiceFee", name), rows);
    let number = 10_000_000 + desk.random.below(89_999_999);
    if let Some(transaction) = desk.out.last_mut() {
        transaction.order = Some(OrderRef { id: format!("{number}VO"), ..OrderRef::default() });
    }
}

/// Goods lost, given back or sold off: some of every hundred sales.
pub(crate) fn goods(desk: &mut Desk<'_>) {
    for sale in desk.sales {
        if desk.random.chance(15) {
            reimbursement(desk, sale);
        }
        if desk.random.chance(3) {
            liquidation(desk);
        }
    }
}

fn item(desk: &mut Desk<'_>) -> Item {
    let product = desk.random.pick(&CATALOGUE).unwrap_or(&CATALOGUE[0]);
    Item { code: String::new(), product, quantity: Some(1), adjustment: String::new() }
}

fn reimbursement(desk: &mut Desk<'_>, sale: &Transaction) {
    let drawn = crate::amazon::generate::recipe::weighted(
        &mut desk.random,
        &REIMBURSED.map(|(code, weight, of_order)| ((code, of_order), weight)),
    );
    let Some((code, of_order)) = drawn else { return };
    let mut item = item(desk);
    let price = desk.setting.market().price(item.product.price) * 2 / 3;
    let amount = if code == "COMPENSATED_CLAWBACK" { -price } else { price };
    let row = |amount| {
        Row::of_item(words("other-transaction", "FBA Inventory Reimbursement", code), amount, 0)
    };
    let mut order = None;
    if of_order {
        let seen = sale.order.as_ref();
        let id = seen.map(|seen| seen.id.clone()).unwrap_or_default();
        let shipment = seen.map_or("", |seen| &seen.shipment);
        let name = digest(&[&id, shipment, code]);
        let reverses = code == "REVERSAL_REIMBURSEMENT";
        let adjustment = if reverses {
            item.adjustment =
                name.bytes().take(12).map(|byte| char::from(b'0' + byte % 10)).collect();
            format!("amzn1:crow:{}", name.get(..22).unwrap_or_default())
        } else {
            String::new()
        };
        order = Some(OrderRef { id, adjustment, ..OrderRef::default() });
    }
    desk.put(("Adjustment", "FBAInventoryReimbursement"), vec![row(amount)]);
    if let Some(transaction) = desk.out.last_mut() {
        transaction.items.push(item);
        transaction.order = order;
    }
}

const SOLD_OFF: Words = words("Liquidations", "ItemPrice", "Principal");
const BROKERAGE: Words = words("Liquidations", "ItemFees", "LiquidationsBrokerageFee");

/// Sold off by the pallet; such rows are a tab short.
fn liquidation(desk: &mut Desk<'_>) {
    let item = item(desk);
    let price = desk.setting.market().price(item.product.price) / 10;
    let row = |words, amount| Row { is_short: true, ..Row::of_item(words, amount, 0) };
    let rows = vec![row(SOLD_OFF, price), row(BROKERAGE, -(price / 4))];
    desk.put(("FBALiquidation", "Liquidations"), rows);
    let number = 10_000_000 + desk.random.below(89_999_999);
    let store = desk.setting.store();
    if let Some(transaction) = desk.out.last_mut() {
        transaction.items.push(item);
        let id = format!("{number}LQ");
        transaction.order = Some(OrderRef { id, store, network: "AFN", ..OrderRef::default() });
    }
}
