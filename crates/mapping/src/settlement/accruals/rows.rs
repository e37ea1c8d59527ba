//! Transactions as the rows that a settlement report will have for them.

use facts::finances::{Part, Transaction, TransactionItem};
use facts::settlement::{Layout, Row, Settlement};

use super::Accrued;
use crate::orders::stop::Stop;
use crate::settlement::fold::{Fold, FoldError, FoldRules};
use crate::settlement::footing::Footing;
use crate::settlement::transactions::{is_of_sale, nature, triple};

/// What they add up to.
pub(super) fn footing(
    settlement: &Settlement,
    accrued: &Accrued<'_>,
    rules: &FoldRules,
) -> Result<Footing, Stop> {
    let folded = || -> Result<Footing, FoldError> {
        let mut fold = Fold::start(settlement, Layout::FlatFileV2, rules)?;
        for transaction in &accrued.transactions {
            let of_items = transaction.items.iter().flat_map(|item| {
                let parts = item.parts.iter();
                parts.map(move |part| (Some(item), part))
            });
            let of_none = transaction.parts.iter().map(|part| (None, part));
            for (item, part) in of_items.chain(of_none) {
                if accrued.fees_alone && is_sale(transaction, part) {
                    continue;
                }
                fold.row(&row(settlement, transaction, (item, part)))?;
            }
        }
        fold.finish()
    };
    folded().map_err(|error| Stop::new(error.code(), error.to_string()))
}

fn is_sale(transaction: &Transaction, part: &Part) -> bool {
    nature(transaction, part).is_some_and(is_of_sale)
}

/// Words that nobody knows stay Amazon's own: they go to suspense, as their row will.
fn row<'a>(
    settlement: &'a Settlement,
    transaction: &'a Transaction,
    (item, part): (Option<&'a TransactionItem>, &'a Part),
) -> Row<'a> {
    let known = triple(transaction, part);
    let leaf = part.path.last().map_or("", String::as_str);
    let root = part.path.first().map_or("", String::as_str);
    let text = |text: &'a Option<String>| text.as_deref().unwrap_or_default();
    Row {
        line: 0,
        settlement_id: &settlement.settlement_id,
        transaction_type: known
            .map_or(transaction.transaction_type.as_str(), |known| known.transaction_type),
        order_id: text(&transaction.order_id),
        merchant_order_id: "",
        adjustment_id: text(&transaction.refund_id),
        shipment_id: text(&transaction.shipment_id),
        marketplace: &transaction.marketplace_name,
        amount_type: known.map_or(root, |known| known.amount_type),
        amount_description: known.map_or(leaf, |known| known.amount_description),
        amount: part.amount,
        fulfilment: item.map_or("", |item| &item.fulfilment),
        posted: transaction.posted,
        order_item_code: item.map_or("", |item| text(&item.item_id)),
        sku: item.map_or("", |item| text(&item.sku)),
        quantity: "",
        promotion_id: "",
        raw: &[],
    }
}
