//! Bank transactions and transfers.

use base::{Day, Decimal};

use super::world::World;

pub(super) fn balance(world: &World, code: &str) -> Decimal {
    let accounts = world.xero.ledger().accounts;
    accounts.iter().find(|account| account.code == code).unwrap().balance
}

fn dec(text: &str) -> Decimal {
    text.parse().unwrap()
}

/// Money on account 090 with one line including 20 % tax where its tax type has it.
pub(super) fn money(kind: &str, contact: &str, reference: &str, amount: &str) -> String {
    let (account, tax) = if kind == "RECEIVE" { ("200", "OUTPUT2") } else { ("404", "INPUT2") };
    format!(
        r#"{{"Type":"{kind}","Contact":{{"ContactID":"{contact}"}},"BankAccount":{{"Code":"090"}},"Date":"2026-06-05","Reference":"{reference}","LineItems":[{{"Description":"Payout","Quantity":1,"UnitAmount":{amount},"AccountCode":"{account}","TaxType":"{tax}"}}]}}"#
    )
}

#[test]
fn money_received_debits_the_bank_and_credits_its_line_and_the_tax() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let answer = world.put("/BankTransactions", &money("RECEIVE", &contact, "P-1", "12.00")).ok();
    assert_eq!(answer.at("BankTransactions/0/Type"), "RECEIVE");
    assert_eq!(answer.at("BankTransactions/0/Status"), "AUTHORISED");
    // Unlike everywhere else, amounts hold their tax unless the client says otherwise.
    assert_eq!(answer.at("BankTransactions/0/LineAmountTypes"), "Inclusive");
    assert_eq!(answer.at("BankTransactions/0/TotalTax"), "2.00");
    assert_eq!(answer.at("BankTransactions/0/BankAccount/Code"), "090");
    assert_eq!(balance(&world, "090"), dec("12"));
    assert_eq!(balance(&world, "200"), dec("-10"));
    assert_eq!(balance(&world, "820"), dec("-2"));
    world.put("/BankTransactions", &money("SPEND", &contact, "P-2", "6.00")).ok();
    assert_eq!(balance(&world, "090"), dec("6"));
    assert_eq!(balance(&world, "404"), dec("5"));
    assert_eq!(balance(&world, "820"), dec("-1"));
}

#[test]
fn only_accounts_of_type_bank_hold_money() {
    let world = World::new();
    let contact = world.contact("Amazon");
    world.clearing();
    let base = money("RECEIVE", &contact, "P-1", "12.00");
    world
        .put("/BankTransactions", &base.replace("\"090\"", "\"612\""))
        .refused("Account code '612' is not a valid code for this document.");
    world
        .put("/BankTransactions", &base.replace("\"Code\":\"090\"", "\"Name\":\"x\""))
        .refused("The account code or ID must be specified");
    for code in ["090", "610", "820", "630"] {
        world
            .put("/BankTransactions", &base.replace("\"200\"", &format!("\"{code}\"")))
            .refused(&format!("Account code '{code}' is not a valid code for this document."));
    }
    // A line may go to clearing, which is not a bank account.
    let body = base.replace("\"200\"", "\"612\"").replace("OUTPUT2", "NONE");
    world.put("/BankTransactions", &body).ok();
    world.xero.archive_account("090");
    world.put("/BankTransactions", &base).refused("Account code '090' has been archived");
}

#[test]
fn quantities_units_and_totals_are_positive() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = money("RECEIVE", &contact, "P-1", "12.00");
    let put = |from: &str, to: &str| world.put("/BankTransactions", &base.replace(from, to));
    put("\"Quantity\":1", "\"Quantity\":0").refused("Quantity must be greater than zero.");
    put("12.00", "0").refused("UnitAmount must not be zero.");
    put("12.00", "-12.00").refused("The Total for this document must be greater than zero.");
    put("\"Quantity\":1", "\"DiscountRate\":10,\"Quantity\":1").refused("Discounts are only");
    let rebate = r#"},{"Description":"Fee","Quantity":1,"UnitAmount":-2.00,"AccountCode":"200"}]"#;
    assert_eq!(put("}]", rebate).ok().at("BankTransactions/0/Total"), "10.00");
    let (head, _) = base.split_once("\"LineItems\"").unwrap();
    world
        .put("/BankTransactions", &format!("{head}\"LineItems\":[]}}"))
        .refused("One or more line items must be specified");
}

#[test]
fn a_stated_tax_must_be_what_xero_works_out() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = money("RECEIVE", &contact, "P-1", "12.00");
    let stated =
        |tax: &str| base.replace("\"TaxType\"", &format!("\"TaxAmount\":{tax},\"TaxType\""));
    world
        .put("/BankTransactions", &stated("1.99"))
        .refused("The TaxAmount must match the auto calculated value.");
    world.put("/BankTransactions", &stated("2.00")).ok();
}

#[test]
fn the_currency_is_the_bank_accounts() {
    let world = World::new();
    let contact = world.contact("Amazon.de");
    world.put("/Currencies", r#"{"Code":"EUR"}"#).ok();
    let account =
        r#"{"Code":"613","Name":"EUR","Type":"BANK","BankAccountNumber":"1","CurrencyCode":"EUR"}"#;
    world.put("/Accounts", account).ok();
    let base = money("RECEIVE", &contact, "P-1", "125.00").replace("\"090\"", "\"613\"");
    world
        .put("/BankTransactions", &base.replace("\"Date\"", "\"CurrencyCode\":\"GBP\",\"Date\""))
        .refused("The currency of a bank transaction must be that of its bank account");
    let rated = base.replace("\"Date\"", "\"CurrencyRate\":1.25,\"Date\"");
    let answer = world.put("/BankTransactions", &rated).ok();
    assert_eq!(answer.at("BankTransactions/0/CurrencyCode"), "EUR");
    assert_eq!(balance(&world, "613"), dec("100"));
    let answer = world.put("/BankTransactions", &base).ok();
    assert_eq!(answer.at("BankTransactions/0/CurrencyRate"), "1.170000");
}

#[test]
fn prepayments_and_statuses_other_than_authorised_are_refused() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = money("RECEIVE", &contact, "P-1", "12.00");
    world
        .put("/BankTransactions", &base.replace("RECEIVE", "RECEIVE-PREPAYMENT"))
        .refused("Type 'RECEIVE-PREPAYMENT' is not valid");
    let draft = base.replace("\"Date\"", "\"Status\":\"DRAFT\",\"Date\"");
    world.put("/BankTransactions", &draft).refused("Status is not valid");
    world.xero.set_period_lock(Day::parse("2026-06-05").unwrap());
    world.put("/BankTransactions", &base).refused("before the period lock date");
}

#[test]
fn money_is_edited_and_deleted_unless_it_is_reconciled() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let base = money("RECEIVE", &contact, "P-1", "12.00");
    let id = world.put("/BankTransactions", &base).ok().at("BankTransactions/0/BankTransactionID");
    let path = format!("/BankTransactions/{id}");
    let lines =
        r#"{"LineItems":[{"Description":"x","Quantity":2,"UnitAmount":12,"AccountCode":"200"}]}"#;
    assert_eq!(world.post(&path, lines).ok().at("BankTransactions/0/Total"), "24.00");
    assert_eq!(balance(&world, "090"), dec("24"));
    let exclusive = world.post(&path, r#"{"LineAmountTypes":"Exclusive"}"#).ok();
    assert_eq!(exclusive.at("BankTransactions/0/Total"), "28.80");
    world.post(&path, r#"{"LineAmountTypes":"Inclusive"}"#).ok();
    let by_id = format!(r#"{{"BankTransactionID":"{id}","Reference":"P-9"}}"#);
    let answer = world.post("/BankTransactions", &by_id).ok();
    assert_eq!(answer.at("BankTransactions/0/Reference"), "P-9");
    let deleted = world.post(&path, r#"{"Status":"DELETED"}"#).ok();
    assert_eq!(deleted.at("BankTransactions/0/Status"), "DELETED");
    assert_eq!(balance(&world, "090"), Decimal::ZERO);
    world.post(&path, r#"{"Status":"DELETED"}"#).refused("not of valid status");
    let reconciled = base.replace("\"Date\"", "\"IsReconciled\":true,\"Date\"");
    let answer = world.put("/BankTransactions", &reconciled).ok();
    let path = format!("/BankTransactions/{}", answer.at("BankTransactions/0/BankTransactionID"));
    let message =
        "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement.";
    world.post(&path, r#"{"Status":"DELETED"}"#).refused(message);
    world.post(&path, r#"{"Reference":"x"}"#).refused(message);
}

#[test]
fn money_is_found_by_reference_and_by_page() {
    let world = World::new();
    let contact = world.contact("Amazon");
    for number in 1..=3 {
        let body = money("RECEIVE", &contact, &format!("P-{number}"), "12.00");
        world.put("/BankTransactions", &body).ok();
    }
    let found = world.get("/BankTransactions?where=Reference%3D%3D%22P-2%22&page=1").ok();
    assert_eq!(found.at("BankTransactions/0/Reference"), "P-2");
    assert_eq!(found.at("BankTransactions/0/LineItems/0/LineAmount"), "12.00");
    assert_eq!(found.at("pagination/itemCount"), "1");
    let found = world.get("/BankTransactions?References=P-1,P-3").ok();
    assert_eq!(found.at("BankTransactions/1/Reference"), "P-3");
    assert_eq!(found.at("BankTransactions/0/LineItems"), "[]");
    let second = world.get("/BankTransactions?page=2&pageSize=2").ok();
    assert_eq!(second.at("BankTransactions/0/Reference"), "P-3");
    let since = [("if-modified-since", "2026-06-15T10:00:00")];
    let none = world.call("GET /BankTransactions", &since, "").ok();
    assert_eq!(none.at("BankTransactions"), "[]");
    world.later_ms(2000);
    world.put("/BankTransactions", &money("SPEND", &contact, "P-4", "1.00")).ok();
    let changed = world.call("GET /BankTransactions", &since, "").ok();
    assert_eq!(changed.at("BankTransactions/0/Reference"), "P-4");
    assert_eq!(world.get("/BankTransactions/00000000-0000-0000-0000-000000000000").status, 404);
}

#[test]
fn one_bad_bank_transaction_does_not_stop_the_others_when_errors_are_not_summarised() {
    let world = World::new();
    let contact = world.contact("Amazon");
    let good = money("RECEIVE", &contact, "P-1", "12.00");
    let bad = money("RECEIVE", &contact, "P-2", "-12.00");
    let batch = format!(r#"{{"BankTransactions":[{good},{bad}]}}"#);
    world.put("/BankTransactions", &batch).refused("greater than zero");
    assert!(world.xero.ledger().bank_transactions.is_empty());
    let answer = world.put("/BankTransactions?summarizeErrors=false", &batch).ok();
    assert_eq!(answer.at("BankTransactions/0/StatusAttributeString"), "OK");
    assert_eq!(answer.at("BankTransactions/1/StatusAttributeString"), "ERROR");
    assert_eq!(answer.at("BankTransactions/1/HasErrors"), "");
    assert_eq!(world.xero.ledger().bank_transactions.len(), 1);
}

fn transfer(from: &str, to: &str, amount: &str) -> String {
    format!(
        r#"{{"BankTransfers":[{{"FromBankAccount":{{"Code":"{from}"}},"ToBankAccount":{{"Code":"{to}"}},"Amount":{amount},"Date":"2026-06-06","Reference":"T-1"}}]}}"#
    )
}

#[test]
fn a_transfer_moves_money_between_bank_accounts_and_shows_on_both() {
    let world = World::new();
    let answer = world.put("/BankTransfers", &transfer("090", "091", "20.00")).ok();
    assert_eq!(answer.at("BankTransfers/0/Amount"), "20.00");
    assert_eq!(balance(&world, "090"), dec("-20"));
    assert_eq!(balance(&world, "091"), dec("20"));
    let side = answer.at("BankTransfers/0/ToBankTransactionID");
    let path = format!("/BankTransactions/{side}");
    assert_eq!(world.get(&path).ok().at("BankTransactions/0/Type"), "RECEIVE-TRANSFER");
    world.post(&path, r#"{"Status":"DELETED"}"#).refused("cannot be changed");
    let id = answer.at("BankTransfers/0/BankTransferID");
    let path = format!("/BankTransfers/{id}");
    assert_eq!(world.get(&path).ok().at("BankTransfers/0/Reference"), "T-1");
    world.post(&path, r#"{"Reference":"x"}"#).refused("can only be deleted");
    assert_eq!(
        world.post(&path, r#"{"Status":"DELETED"}"#).ok().at("BankTransfers/0/Status"),
        "DELETED"
    );
    assert_eq!(balance(&world, "091"), Decimal::ZERO);
    assert_eq!(world.get("/BankTransfers").ok().at("BankTransfers"), "[]");
    let all = world.get("/BankTransfers?includeDeleted=true").ok();
    assert_eq!(all.at("BankTransfers/0/BankTransferID"), id);
    world.post(&path, r#"{"Status":"DELETED"}"#).refused("not of valid status");
}

#[test]
fn a_transfer_needs_two_bank_accounts_of_one_currency_and_an_amount() {
    let world = World::new();
    world.clearing();
    world.put("/Currencies", r#"{"Code":"EUR"}"#).ok();
    let account =
        r#"{"Code":"613","Name":"EUR","Type":"BANK","BankAccountNumber":"1","CurrencyCode":"EUR"}"#;
    world.put("/Accounts", account).ok();
    let put = |from, to, amount| world.put("/BankTransfers", &transfer(from, to, amount));
    put("612", "090", "1.00").refused("Account code '612' is not a valid code");
    put("090", "090", "1.00").refused("two different bank accounts");
    put("613", "090", "1.00").refused("different currencies");
    put("090", "091", "0").refused("greater than zero");
    put("090", "091", "1.001").refused("at most 2 decimals");
    let both = format!(
        r#"{{"BankTransfers":[{0},{0}]}}"#,
        r#"{"FromBankAccount":{"Code":"090"},"ToBankAccount":{"Code":"091"},"Amount":1}"#
    );
    world.put("/BankTransfers", &both).refused("Only one element");
    assert!(world.xero.ledger().bank_transfers.is_empty());
    let body =
        transfer("090", "091", "1.00").replace("\"Amount\"", "\"ToIsReconciled\":true,\"Amount\"");
    let id = world.put("/BankTransfers", &body).ok().at("BankTransfers/0/BankTransferID");
    let delete = format!(r#"{{"BankTransfers":[{{"BankTransferID":"{id}","Status":"DELETED"}}]}}"#);
    world.post("/BankTransfers", &delete).refused("reconciled with a Bank Statement");
}
