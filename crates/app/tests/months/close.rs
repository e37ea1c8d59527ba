//! At a month's end every balance with Amazon is a list that comes to what Xero's trial balance has,
//! and whatever someone else wrote there is said.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use app::cli::close::{self, Close};
use app::cli::cutover;
use base::{Day, Decimal, Exact, Money, Timestamp, Zone};
use mapping::rulebook::Posting;
use mapping::settlement::Way;
use mapping::{Role, settlement::close::Section};
use sandbox::amazon::history::Setting;
use sandbox::xero::{Edition, Mood};
use xero::api::{contacts, invoices, lines};

use crate::kept::{Account, Kept};

/// Two months are over, and what was late of the second one is known.
fn end() -> Timestamp {
    Timestamp::parse("2026-03-06T09:00:00Z").unwrap()
}

async fn kept(seed: u64, of: (Setting, Edition), way: Way) -> Kept {
    let account = Account::of_a_quarter(seed, of);
    let kept = account.connected(account.world(), |wish| wish.way = way).await;
    kept.work_until(end()).await;
    kept.matched().await;
    kept
}

/// The book begins in the midst of the account's history, with opening balances that an accountant
/// posts.
async fn begun(seed: u64, of: (Setting, Edition), way: Way, begins: Day) -> Kept {
    let account = Account::of_a_quarter(seed, of);
    let world = account.world();
    let moment = begins.midnight_utc();
    world.clock().advance_to(moment.after_ms(Timestamp::HOUR));
    let kept = account
        .connected(world, |wish| {
            wish.way = way;
            wish.posting = Posting::Approve;
        })
        .await;
    kept.work_until(moment.after_ms(3 * Timestamp::DAY)).await;
    let proposed = cutover::propose_day(&kept.engine, begins).await;
    let proposed = proposed.map_err(|failure| failure.detail).unwrap();
    cutover::accept(&kept.engine, &proposed).await.map_err(|failure| failure.detail).unwrap();
    let (old_books, _) = kept.account(Role::Sales).await;
    let lines = proposed.journal.lines.iter();
    let mut lines: Vec<(&str, Money)> =
        lines.map(|line| (line.account_id.as_deref().unwrap(), line.amount)).collect();
    lines.push((&old_books, proposed.journal.against));
    kept.journal("Opening balances with Amazon", proposed.journal.date, &lines).await;
    kept.set(|settings| settings.posting = Posting::Post).await;
    kept.work_until(end()).await;
    kept.statement(|line| (line.date > begins).then_some(Mood::Matches)).await;
    kept
}

fn day(text: &str) -> Day {
    Day::parse(text).unwrap()
}

async fn month(kept: &Kept, month: &str) -> Close {
    let made = close::of_month(&kept.engine, close::month(month).unwrap()).await;
    made.map_err(|failure| format!("{month}: {} {}", failure.code, failure.detail)).unwrap()
}

/// As someone does it who knows no better: an amount by hand on an account of the book.
async fn by_hand(kept: &Kept, date: Day, (from, to): (&str, &str), minor: i64) {
    let amount = |minor| Money::from_minor(minor, kept.history().currency());
    let lines = [(to, amount(minor)), (from, amount(-minor))];
    kept.journal("A correction", date, &lines).await;
}

async fn differs_by_hand(kept: &Kept) {
    let (suspense, _) = kept.account(Role::Suspense).await;
    let (fees, _) = kept.account(Role::SellerFees).await;
    by_hand(kept, day("2026-02-10"), (&fees, &suspense), 1_234).await;
    let january = month(kept, "2026-01").await;
    assert!(january.is_well, "it is dated later");
    let february = month(kept, "2026-02").await;
    assert!(!february.is_well);
    assert_eq!(february.code, Some("close_differs"));
    let text = february.text();
    assert!(text.contains("LOOK HERE") && text.contains("close_differs.md"), "{text}");
    let apart: Vec<&str> = february
        .balances
        .iter()
        .filter(|section| !section.is_well)
        .map(|section| section.name.as_str())
        .collect();
    assert_eq!(apart, ["suspense"]);
    let section = february.balances.iter().find(|one| one.name == "suspense").unwrap();
    assert_eq!(section.difference.unwrap().minor(), 1_234);
    assert!(!section.notes.is_empty());
}

/// The seller has another customer, whose invoice is paid after the month's end.
async fn sells_elsewhere(kept: &Kept) {
    let (caller, tenant) = (kept.xero(), kept.tenant());
    let ada = contacts::NewContact { name: "Ada", contact_number: "ada", email_address: None };
    let create = contacts::Create { contacts: vec![ada] };
    let made = xero::ask(&caller, tenant, &create).await.unwrap();
    let contact_id = made.contacts.first().unwrap().contact_id.clone().unwrap();
    let currency = kept.history().currency();
    let (sales, _) = kept.account(Role::Sales).await;
    let line = lines::NewLine {
        description: "A chair",
        quantity: Exact::from(Decimal::ONE),
        unit_amount: Exact::from(Decimal::ONE_HUNDRED),
        item_code: None,
        account_code: None,
        account_id: Some(&sales),
        tax_type: "NONE",
        tax_amount: None,
        tracking: Vec::new(),
    };
    let invoice = invoices::NewInvoice {
        kind: Some(invoices::SALES),
        invoice_number: Some("INV-1"),
        reference: None,
        contact: lines::ContactById { contact_id: &contact_id },
        date: "2026-02-20".to_owned(),
        due_date: "2026-03-20".to_owned(),
        line_amount_types: "NoTax",
        currency_code: currency.code(),
        currency_rate: None,
        url: None,
        status: "AUTHORISED",
        line_items: vec![line],
    };
    let create = invoices::Create { invoices: vec![invoice] };
    xero::ask(&caller, tenant, &create).await.unwrap();
    let february = month(kept, "2026-02").await;
    let receivable = section(&february, "receivable");
    assert!(receivable.is_well, "{receivable:#?}");
    let item = receivable.items.iter().find(|item| item.id == "Ada").unwrap();
    assert_eq!((item.amount.minor(), item.days), (10_000, Some(8)));
}

/// The list comes to what is listed, and that to what Xero has.
fn ties(close: &Close) {
    let mut apart = Vec::new();
    for section in &close.balances {
        let items = section.items.iter().map(|item| item.amount);
        assert_eq!(Money::sum(items, close.currency).unwrap(), section.sum);
        if !section.is_well {
            apart.push(format!("{section:#?}"));
        }
    }
    assert!(apart.is_empty(), "{} of {}:\n{}", apart.len(), close.date, apart.join("\n"));
    assert!(close.bridge.closes, "{:?}: {:#?}", close.date, close.bridge);
    assert!(close.is_well && close.code.is_none());
    assert!(close.text().contains("Every list ties"));
}

fn section<'a>(close: &'a Close, name: &str) -> &'a Section {
    close.balances.iter().find(|section| section.name == name).unwrap()
}

/// What a program reads of the pack.
#[derive(serde::Deserialize)]
struct Read {
    month: String,
    is_well: bool,
    balances: Vec<ReadSection>,
}

#[derive(serde::Deserialize)]
struct ReadSection {
    sum: Money,
}

/// What the files say is what was worked out.
fn writes(close: &Close, folder: &std::path::Path) {
    let out = folder.join("pack");
    let paths = close::write(close, &out).unwrap();
    assert_eq!(paths.len(), 9);
    let read = |ending: &str| {
        std::fs::read_to_string(out.join(format!("close-{}{ending}", close.month))).unwrap()
    };
    let json: Read = serde_json::from_str(&read(".json")).unwrap();
    assert_eq!((json.month, json.is_well), (close.month.clone(), close.is_well));
    let sums: Vec<Money> = json.balances.iter().map(|section| section.sum).collect();
    assert!(sums.iter().eq(close.balances.iter().map(|section| &section.sum)));
    let page = read(".html");
    assert!(page.contains("Ties to Xero and to Amazon"));
    assert!(!page.contains("<script") && !page.contains("http:") && !page.contains("https:"));
    let items: usize = close.balances.iter().map(|section| section.items.len()).sum();
    let sheet = read("-balances.csv");
    assert_eq!(sheet.lines().filter(|line| line.contains(",item,")).count(), items);
    for ending in ["-bridge.csv", "-tax.csv", "-fees.csv", "-gross.csv", "-settlements.csv"] {
        assert!(read(ending).lines().count() > 1, "{ending}");
    }
    assert!(read("-open.csv").starts_with("kind,id,code,detail"));
}

/// Gross sales are what Amazon's own history sold in the months of the marketplace's zone.
fn gross_is_amazons(kept: &Kept, close: &Close) {
    let history = kept.history();
    let total: i64 = close.gross.rows.iter().map(|row| row.month.total.minor()).sum();
    let zone = close.gross.rows.first().unwrap().zone.clone();
    let zone = Zone::named(&zone).unwrap();
    let of_month = history.transactions.iter().filter(|one| {
        one.kind == "Shipment" && one.posted.day(&zone).month_start() == close.date.month_start()
    });
    let prices = ["Principal", "Shipping", "GiftWrap", "Tax", "ShippingTax", "GiftWrapTax"];
    let rows = of_month.flat_map(|one| &one.rows).filter(|row| {
        row.words.amount_type == "ItemPrice" && prices.contains(&row.words.description)
    });
    let sold: i64 = rows.map(|row| row.amount).sum();
    assert!(sold > 0);
    assert_eq!(total, sold, "{:#?}", close.gross.rows);
    for row in &close.gross.rows {
        for gross in [row.month, row.year] {
            let parts = [gross.principal, gross.shipping, gross.gift_wrap, gross.tax];
            assert_eq!(Money::sum(parts, row.currency).unwrap(), gross.total);
        }
        assert!(row.year.total.minor() >= row.month.total.minor());
    }
    assert_eq!(close.currency, history.currency());
}

#[tokio::test]
async fn uk_in_summary() {
    let kept = kept(1, (Setting::UkVat, Edition::Uk), Way::Summary).await;
    for name in ["2026-01", "2026-02"] {
        let close = month(&kept, name).await;
        ties(&close);
        writes(&close, kept.folder.path());
        gross_is_amazons(&kept, &close);
        let boxes: Vec<&str> = close.tax.boxes.iter().map(|row| row.number).collect();
        assert_eq!(boxes, ["1", "4", "6", "7", "8", "9"]);
        assert!(close.tax.unboxed.is_empty());
        assert!(close.fees.iter().any(|row| row.tax.is_positive()));
        assert!(!close.settlements.is_empty() && close.gaps.is_empty());
    }
    let early = close::of_month(&kept.engine, day("2026-03-01")).await.err().unwrap();
    assert_eq!(early.code, "close_month_invalid");
    differs_by_hand(&kept).await;
}

#[tokio::test]
async fn us_order_by_order() {
    let kept = kept(3, (Setting::Us, Edition::Us), Way::PerOrder).await;
    for name in ["2026-01", "2026-02"] {
        let close = month(&kept, name).await;
        ties(&close);
        writes(&close, kept.folder.path());
        gross_is_amazons(&kept, &close);
        assert!(close.tax.boxes.is_empty());
        let clearing = section(&close, "clearing:USD");
        assert!(clearing.items.iter().any(|item| item.age.is_some()));
        assert!(!close.settlements.is_empty() && close.gaps.is_empty());
    }
    sells_elsewhere(&kept).await;
    differs_by_hand(&kept).await;
}

#[tokio::test]
async fn us_order_by_order_with_a_past() {
    let us = (Setting::Us, Edition::Us);
    let kept = begun(3, us, Way::PerOrder, day("2026-02-25")).await;
    let february = month(&kept, "2026-02").await;
    ties(&february);
    let deferred = section(&february, "deferred");
    assert!(deferred.items.iter().any(|item| item.text.contains("opening")), "{deferred:#?}");
    assert!(section(&february, "clearing:USD").items.iter().any(|item| item.id == "opening"));
    let early = close::of_month(&kept.engine, day("2026-01-01")).await.err().unwrap();
    assert_eq!(early.code, "close_month_invalid");
}
