use base::{Day, Decimal};

use super::bank::balance;
use super::world::World;

fn journal(status: &str, debit: &str, credit: &str) -> String {
    format!(
        r#"{{"Narration":"Accrual AMZ-1","Date":"2026-06-30","Status":"{status}","JournalLines":[{{"LineAmount":100.00,"AccountCode":"{debit}","Description":"fees"}},{{"LineAmount":-100.00,"AccountCode":"{credit}"}}]}}"#
    )
}

#[test]
fn a_journal_is_a_draft_until_it_is_posted() {
    let world = World::new();
    let bare = journal("", "404", "805").replace("\"Status\":\"\",", "");
    let answer = world.put("/ManualJournals", &bare).ok();
    assert_eq!(answer.at("ManualJournals/0/Status"), "DRAFT");
    assert_eq!(answer.at("ManualJournals/0/LineAmountTypes"), "NoTax");
    assert_eq!(answer.at("ManualJournals/0/ShowOnCashBasisReports"), "true");
    assert_eq!(answer.at("ManualJournals/0/JournalLines/0/TaxType"), "NONE");
    assert_eq!(balance(&world, "404"), Decimal::ZERO);
    let path = format!("/ManualJournals/{}", answer.at("ManualJournals/0/ManualJournalID"));
    world.post(&path, r#"{"Status":"POSTED"}"#).ok();
    assert_eq!(balance(&world, "404"), Decimal::from(100));
    assert_eq!(balance(&world, "805"), Decimal::from(-100));
    world.post(&path, r#"{"Narration":"x"}"#).refused("not of valid status");
    world.post(&path, r#"{"Status":"DRAFT"}"#).refused("not of valid status");
    world.post(&path, r#"{"Status":"VOIDED"}"#).ok();
    assert_eq!(balance(&world, "404"), Decimal::ZERO);
    world.post(&path, r#"{"Status":"POSTED"}"#).refused("not of valid status");
}

#[test]
fn a_draft_is_edited_or_deleted_but_not_voided() {
    let world = World::new();
    let answer = world.put("/ManualJournals", &journal("DRAFT", "404", "805")).ok();
    let id = answer.at("ManualJournals/0/ManualJournalID");
    let path = format!("/ManualJournals/{id}");
    world.post(&path, r#"{"Status":"VOIDED"}"#).refused("'VOIDED' is not valid");
    let changed = format!(r#"{{"ManualJournalID":"{id}","Narration":"Other"}}"#);
    let answer = world.post("/ManualJournals", &changed).ok();
    assert_eq!(answer.at("ManualJournals/0/Narration"), "Other");
    assert_eq!(answer.at("ManualJournals/0/JournalLines/1/LineAmount"), "-100.00");
    let answer = world.post(&path, r#"{"Status":"DELETED"}"#).ok();
    assert_eq!(answer.at("ManualJournals/0/Status"), "DELETED");
}

#[test]
fn bank_control_inventory_and_retained_earnings_take_no_journals() {
    let world = World::new();
    for code in ["090", "610", "800", "630", "960"] {
        for status in ["DRAFT", "POSTED"] {
            world
                .put("/ManualJournals", &journal(status, "404", code))
                .refused(&format!("Account code '{code}' is not a valid code for this document"));
        }
    }
}

#[test]
fn an_unknown_account_warns_on_a_draft_and_refuses_a_posting() {
    let world = World::new();
    let answer =
        world.put("/ManualJournals?summarizeErrors=false", &journal("DRAFT", "476", "805")).ok();
    assert_eq!(
        answer.at("ManualJournals/0/Warnings/0/Message"),
        "Account code '476' has been removed as it does not match a recognised account."
    );
    assert_eq!(answer.at("ManualJournals/0/StatusAttributeString"), "WARNING");
    world
        .put("/ManualJournals", &journal("POSTED", "476", "805"))
        .refused("Account code '476' is not a valid code");
    let path = format!("/ManualJournals/{}", answer.at("ManualJournals/0/ManualJournalID"));
    world.post(&path, r#"{"Status":"POSTED"}"#).refused("Account code must be specified");
}

#[test]
fn debits_must_equal_credits() {
    let world = World::new();
    let body = journal("POSTED", "404", "805").replace("-100.00", "-10.00");
    world
        .put("/ManualJournals", &body)
        .refused("The total debits (100.00) must equal total credits (-10.00)");
    let one = r#"{"Narration":"x","JournalLines":[{"LineAmount":0,"AccountCode":"404"}]}"#;
    world.put("/ManualJournals", one).refused("at least two journal lines");
    let nameless = journal("DRAFT", "404", "805").replace("Accrual AMZ-1", "");
    world.put("/ManualJournals", &nameless).refused("Narration must be specified");
}

#[test]
fn a_taxed_journal_balances_with_its_tax_and_feeds_the_tax_account() {
    let world = World::new();
    let body = r#"{"Narration":"Taxed","Status":"POSTED","LineAmountTypes":"Exclusive","JournalLines":[{"LineAmount":100,"AccountCode":"404","TaxType":"INPUT2"},{"LineAmount":-120,"AccountCode":"805","TaxType":"NONE"}]}"#;
    let answer = world.put("/ManualJournals", body).ok();
    assert_eq!(answer.at("ManualJournals/0/JournalLines/0/TaxAmount"), "20.00");
    assert_eq!(balance(&world, "820"), Decimal::from(20));
    let inclusive = body.replace("Exclusive", "Inclusive").replace("-120", "-100");
    world.put("/ManualJournals", &inclusive).ok();
    assert_eq!(balance(&world, "404"), "183.33".parse::<Decimal>().unwrap());
}

#[test]
fn a_journal_is_found_by_its_narration_and_kept_out_of_locked_periods() {
    let world = World::new();
    world.put("/ManualJournals", &journal("POSTED", "404", "805")).ok();
    let other = journal("POSTED", "404", "805").replace("AMZ-1", "AMZ-2");
    world.put("/ManualJournals", &other).ok();
    let query = "/ManualJournals?where=Narration%3D%3D%22Accrual%20AMZ-1%22&page=1";
    let found = world.get(query).ok();
    assert_eq!(found.at("pagination/itemCount"), "1");
    assert_eq!(found.at("ManualJournals/0/JournalLines/0/LineAmount"), "100.00");
    let unpaged = world.get("/ManualJournals").ok();
    assert_eq!(unpaged.at("ManualJournals/1/JournalLines"), "[]");
    world.xero.set_period_lock(Day::parse("2026-06-30").unwrap());
    world.put("/ManualJournals", &other).refused("before the period lock date");
    let path = format!("/ManualJournals/{}", found.at("ManualJournals/0/ManualJournalID"));
    world.post(&path, r#"{"Status":"VOIDED"}"#).refused("before the period lock date");
}
