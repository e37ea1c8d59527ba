//! Which part of the books answers which path of the Accounting API.

use super::ask::Ask;
use super::books::Books;
use super::documents::{self, CREDIT_NOTES, INVOICES};
use super::reply::Reply;
use super::{
    accounts, allocations, bank_listing, bank_summary, bank_transactions, bank_transfers, contacts,
    currencies, items, journals, listing, organisation, papers, payments, reports, tax_rates,
    tracking,
};

/// Path words as Xero writes them.
const WORDS: &[&str] = &[
    "Organisation",
    "Actions",
    "Accounts",
    "TaxRates",
    "TrackingCategories",
    "Options",
    "Currencies",
    "Contacts",
    "Items",
    "Invoices",
    "CreditNotes",
    "Allocations",
    "Payments",
    "BankTransactions",
    "BankTransfers",
    "ManualJournals",
    "Attachments",
    "History",
    "Reports",
    "TrialBalance",
    "BankSummary",
];

/// `POST /Invoices/{id}`: the method and the path with its ids taken out.
pub(crate) fn operation(ask: &Ask<'_>) -> String {
    let word = |segment: &String| {
        let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(segment));
        known.copied().unwrap_or("{id}")
    };
    let Some(resource) = ask.segments.first() else { return format!("{} /", ask.method) };
    let known = WORDS.iter().find(|word| word.eq_ignore_ascii_case(resource));
    let first = known.map_or_else(|| resource.clone(), |word| (*word).to_owned());
    let rest: Vec<&str> = ask.segments.iter().skip(1).map(word).collect();
    let path: Vec<&str> = std::iter::once(first.as_str()).chain(rest).collect();
    format!("{} /{}", ask.method, path.join("/"))
}

/// Whether the request writes several elements at once.
pub(crate) fn is_batch(ask: &Ask<'_>) -> bool {
    matches!(
        ask.operation.as_str(),
        "PUT /Contacts"
            | "POST /Contacts"
            | "PUT /Items"
            | "POST /Items"
            | "PUT /Invoices"
            | "POST /Invoices"
            | "PUT /CreditNotes"
            | "POST /CreditNotes"
            | "PUT /Payments"
            | "PUT /BankTransactions"
            | "POST /BankTransactions"
            | "POST /BankTransfers"
            | "PUT /ManualJournals"
            | "POST /ManualJournals"
            | "PUT /CreditNotes/{id}/Allocations"
    )
}

/// Carries out the request; a refusal is an answer too.
pub(crate) fn answer(books: &mut Books, ask: &Ask<'_>) -> Reply {
    let mut reply = routed(books, ask).unwrap_or_else(|refusal| refusal);
    reply.is_batch = is_batch(ask);
    reply
}

fn routed(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    let segments: Vec<&str> = ask.segments.iter().map(String::as_str).collect();
    let resource = segments.first().map(|segment| segment.to_lowercase()).unwrap_or_default();
    let rest = segments.get(1..).unwrap_or_default();
    if papers::is_meant(rest)
        && let Some(answer) = papers::answer(books, ask, &resource, rest)
    {
        return answer;
    }
    match (resource.as_str(), ask.method.as_str()) {
        ("invoices", _) => document(books, ask, &INVOICES, rest),
        ("creditnotes", _) if rest.len() < 2 => document(books, ask, &CREDIT_NOTES, rest),
        ("creditnotes", _) => allocation(books, ask, rest),
        ("contacts" | "items" | "payments", _) => list_resource(books, ask, &resource, rest),
        ("banktransactions" | "banktransfers" | "manualjournals", _) => {
            ledger_resource(books, ask, &resource, rest)
        }
        (_, "GET") => setting(books, ask, &resource, rest),
        _ => change_setting(books, ask, &resource, rest),
    }
}

fn document(
    books: &mut Books,
    ask: &Ask<'_>,
    family: &documents::Family,
    rest: &[&str],
) -> Result<Reply, Reply> {
    match (ask.method.as_str(), rest) {
        ("GET", []) => listing::list(books, ask, family),
        ("GET", [key]) => listing::one(books, ask, family, key),
        ("PUT", []) => documents::put(books, ask, family),
        ("POST", []) => documents::post(books, ask, family),
        ("POST", [key]) => documents::post_one(books, ask, family, key),
        _ => nowhere(ask),
    }
}

fn allocation(books: &mut Books, ask: &Ask<'_>, rest: &[&str]) -> Result<Reply, Reply> {
    match (ask.method.as_str(), rest) {
        ("PUT", [credit, word]) if word.eq_ignore_ascii_case("allocations") => {
            allocations::put(books, ask, credit)
        }
        ("DELETE", [credit, word, id]) if word.eq_ignore_ascii_case("allocations") => {
            allocations::delete(books, ask, credit, id)
        }
        _ => nowhere(ask),
    }
}

fn list_resource(
    books: &mut Books,
    ask: &Ask<'_>,
    resource: &str,
    rest: &[&str],
) -> Result<Reply, Reply> {
    match (resource, ask.method.as_str(), rest) {
        ("contacts", "GET", []) => contacts::list(books, ask),
        ("contacts", "GET", [key]) => contacts::one(books, ask, key),
        ("contacts", "PUT", []) => contacts::put(books, ask),
        ("contacts", "POST", []) => contacts::post(books, ask),
        ("contacts", "POST", [id]) => contacts::post_one(books, ask, id),
        ("items", "GET", []) => items::list(books, ask),
        ("items", "GET", [key]) => items::one(books, ask, key),
        ("items", "PUT", []) => items::put(books, ask),
        ("items", "POST", []) => items::post(books, ask),
        ("items", "POST", [id]) => items::post_one(books, ask, id),
        ("payments", "GET", []) => payments::list(books, ask),
        ("payments", "GET", [id]) => payments::one(books, ask, id),
        ("payments", "PUT", []) => payments::put(books, ask),
        ("payments", "POST", []) => payments::post(books, ask),
        ("payments", "POST", [id]) => payments::delete(books, ask, id),
        _ => nowhere(ask),
    }
}

fn ledger_resource(
    books: &mut Books,
    ask: &Ask<'_>,
    resource: &str,
    rest: &[&str],
) -> Result<Reply, Reply> {
    match (resource, ask.method.as_str(), rest) {
        ("banktransactions", "GET", []) => bank_listing::list(books, ask),
        ("banktransactions", "GET", [id]) => bank_listing::one(books, ask, id),
        ("banktransactions", "PUT", []) => bank_transactions::put(books, ask),
        ("banktransactions", "POST", []) => bank_transactions::post(books, ask),
        ("banktransactions", "POST", [id]) => bank_transactions::post_one(books, ask, id),
        ("banktransfers", "GET", []) => bank_transfers::list(books, ask),
        ("banktransfers", "GET", [id]) => bank_transfers::one(books, ask, id),
        ("banktransfers", "PUT", []) => bank_transfers::put(books, ask),
        ("banktransfers", "POST", []) => bank_transfers::post(books, ask),
        ("banktransfers", "POST", [id]) => bank_transfers::post_one(books, ask, id),
        ("manualjournals", "GET", []) => journals::list(books, ask),
        ("manualjournals", "GET", [id]) => journals::one(books, ask, id),
        ("manualjournals", "PUT", []) => journals::put(books, ask),
        ("manualjournals", "POST", []) => journals::post(books, ask),
        ("manualjournals", "POST", [id]) => journals::post_one(books, ask, id),
        _ => nowhere(ask),
    }
}

fn setting(books: &Books, ask: &Ask<'_>, resource: &str, rest: &[&str]) -> Result<Reply, Reply> {
    match (resource, rest) {
        ("organisation", []) => Ok(organisation::read(books, ask)),
        ("organisation", [word]) if word.eq_ignore_ascii_case("actions") => {
            Ok(organisation::actions(books, ask))
        }
        ("accounts", []) => accounts::list(books, ask),
        ("accounts", [id]) => accounts::one(books, ask, id),
        ("taxrates", []) => tax_rates::list(books, ask),
        ("taxrates", [tax_type]) => tax_rates::one(books, ask, tax_type),
        ("trackingcategories", []) => tracking::list(books, ask),
        ("trackingcategories", [id]) => tracking::one(books, ask, id),
        ("currencies", []) => currencies::list(books, ask),
        ("reports", [word]) if word.eq_ignore_ascii_case("trialbalance") => {
            reports::trial_balance(books, ask)
        }
        ("reports", [word]) if word.eq_ignore_ascii_case("banksummary") => {
            bank_summary::report(books, ask)
        }
        _ => nowhere(ask),
    }
}

fn change_setting(
    books: &mut Books,
    ask: &Ask<'_>,
    resource: &str,
    rest: &[&str],
) -> Result<Reply, Reply> {
    match (resource, ask.method.as_str(), rest) {
        ("accounts", "PUT", []) => accounts::create(books, ask),
        ("accounts", "POST", [id]) => accounts::update(books, ask, id),
        ("currencies", "PUT", []) => currencies::subscribe(books, ask),
        ("trackingcategories", "PUT", []) => tracking::create(books, ask),
        ("trackingcategories", "PUT", [id, word]) if word.eq_ignore_ascii_case("options") => {
            tracking::add_options(books, ask, id)
        }
        _ => nowhere(ask),
    }
}

fn nowhere(ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.unknown(&format!("path {} {}", ask.method, ask.segments.join("/")));
    Err(Reply::not_found())
}
