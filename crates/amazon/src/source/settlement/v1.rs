//! V1's columns in V2's words.
//! <https://developer-docs.amazon.com/sp-api/docs/report-type-values-settlement>

use super::columns::Kind;

/// V2 files these under `FBA Inventory Reimbursement`; V1 writes them as the type of a transaction.
const REIMBURSEMENTS: [&str; 25] = [
    "COMPENSATED_CLAWBACK",
    "CRETURN_WRONG_ITEM",
    "CS_ERROR_ITEMS",
    "CS_ERROR_NON_ITEMIZED",
    "CUSTOMER_DAMAGE",
    "FREE_REPLACEMENT_REFUND_ITEMS",
    "INBOUND_CARRIER_DAMAGE",
    "INCORRECT_FEES_ITEMS",
    "INCORRECT_FEES_NON_ITEMIZED",
    "MISSING_FROM_INBOUND",
    "MISSING_FROM_INBOUND_CLAWBACK",
    "MULTICHANNEL_ORDER_DAMAGED",
    "MULTICHANNEL_ORDER_LATE",
    "MULTICHANNEL_ORDER_LOST",
    "PAYMENT_RETRACTION_ITEMS",
    "PREPFEE_REFUND",
    "REMOVAL_ORDER_DAMAGED",
    "REMOVAL_ORDER_LOST",
    "REVERSAL_REIMBURSEMENT",
    "RE_EVALUATION",
    "TRANSFER_REPLACEMENT",
    "WAREHOUSE_DAMAGE",
    "WAREHOUSE_DAMAGE_EXCEPTION",
    "WAREHOUSE_LOST",
    "WAREHOUSE_LOST_MANUAL",
];

const OTHER: &str = "other-transaction";

/// Transaction type, amount type and description of an amount. `word` is what the column beside
/// it says.
pub(super) fn words<'a>(kind: &'a Kind, transaction_type: &'a str, word: &'a str) -> [&'a str; 3] {
    match kind {
        Kind::ItemFees if transaction_type == "ServiceFee" => {
            [transaction_type, word, "TransactionTotalAmount"]
        }
        Kind::ItemFees => [transaction_type, "ItemFees", word],
        Kind::Other if REIMBURSEMENTS.contains(&transaction_type) => {
            [OTHER, "FBA Inventory Reimbursement", transaction_type]
        }
        Kind::Other => [OTHER, OTHER, transaction_type],
        Kind::Of(name) => [transaction_type, name, if word.is_empty() { name } else { word }],
        Kind::Unknown(name) => [transaction_type, name, word],
        Kind::Cell(_) => [transaction_type, "", word],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_become_v2s_words() {
        let price = Kind::Of("ItemPrice");
        assert_eq!(words(&price, "Order", "Principal"), ["Order", "ItemPrice", "Principal"]);
        let fees = Kind::ItemFees;
        assert_eq!(words(&fees, "Order", "Commission"), ["Order", "ItemFees", "Commission"]);
        let advertising = ["ServiceFee", "Cost of Advertising", "TransactionTotalAmount"];
        assert_eq!(words(&fees, "ServiceFee", "Cost of Advertising"), advertising);
        let other = Kind::Other;
        assert_eq!(words(&other, "Subscription Fee", ""), [OTHER, OTHER, "Subscription Fee"]);
        let damage = [OTHER, "FBA Inventory Reimbursement", "WAREHOUSE_DAMAGE"];
        assert_eq!(words(&other, "WAREHOUSE_DAMAGE", ""), damage);
        assert_eq!(words(&Kind::Of("MiscFee"), "Order", ""), ["Order", "MiscFee", "MiscFee"]);
    }
}
