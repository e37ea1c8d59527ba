//! Reading `/BankTransactions`.

use super::ask::Ask;
use super::bank_transactions::BankTransaction;
use super::books::Books;
use super::contacts::Contact;
use super::dates;
use super::filter::{self, Fields, Value};
use super::json::{Json, Object};
use super::reply::Reply;

/// A transaction with what filters see of its surroundings.
struct Row<'a> {
    transaction: &'a BankTransaction,
    contact: Option<&'a Contact>,
    account_code: &'a str,
}

impl Fields for Row<'_> {
    fn field(&self, path: &str) -> Option<Value> {
        let transaction = self.transaction;
        Some(match path {
            "banktransactionid" => Value::text(&transaction.id),
            "type" => Value::text(transaction.way.word()),
            "status" => Value::text(status(transaction)),
            "date" => Value::Moment(transaction.date.midnight_utc()),
            "reference" => Value::text(&transaction.reference),
            "total" => Value::Number(transaction.totals.total),
            "isreconciled" => Value::Bool(transaction.reconciled),
            "currencycode" => Value::text(transaction.currency.code()),
            "bankaccount.accountid" => Value::text(&transaction.account),
            "bankaccount.code" => Value::text(self.account_code),
            "contact.contactid" => Value::text(&transaction.contact),
            "contact.name" => Value::text(self.contact.map_or("", |contact| contact.name.as_str())),
            "updateddateutc" => Value::Moment(transaction.updated),
            _ => return None,
        })
    }
}

fn status(transaction: &BankTransaction) -> &'static str {
    if transaction.deleted { "DELETED" } else { "AUTHORISED" }
}

/// `References` came with `OpenAPI` 16.2.0 in August 2026.
const PARAMS: &[&str] = &["where", "order", "page", "unitdp", "pageSize", "References"];

/// `GET /BankTransactions`. Without a page there are no lines.
pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(PARAMS);
    let references = ask.list("References");
    let wanted = |transaction: &&BankTransaction| {
        let reference = transaction.reference.as_str();
        references.as_ref().is_none_or(|list| list.contains(&reference))
    };
    let mut found: Vec<&BankTransaction> =
        books.bank_transactions.values().filter(wanted).collect();
    found.sort_by_key(|transaction| transaction.sequence);
    let rows: Vec<Row<'_>> = found.into_iter().map(|it| row(books, it)).collect();
    let selected = filter::select(rows.iter().collect(), ask, |row| row.transaction.updated)?;
    let page = filter::page(selected, ask, false)?;
    let paged = page.pagination.is_some();
    let render = |row: &&Row<'_>| {
        let mut object = render(books, row.transaction, ask.unit_decimals());
        if !paged {
            object.set("LineItems", Json::List(Vec::new()));
        }
        object
    };
    let objects = page.items.iter().map(render).collect();
    Ok(books.reply(ask, filter::members(page.pagination, "BankTransactions", objects)))
}

fn row<'a>(books: &'a Books, transaction: &'a BankTransaction) -> Row<'a> {
    let account = books.account_by_id(&transaction.account);
    Row {
        transaction,
        contact: books.contacts.get(&transaction.contact),
        account_code: account.map_or("", |account| account.code.as_str()),
    }
}

/// `GET /BankTransactions/{BankTransactionID}`.
pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let found = books.bank_transactions.get(&id.to_lowercase()).ok_or_else(Reply::not_found)?;
    let object = render(books, found, ask.unit_decimals());
    Ok(books.reply(ask, Object::new().with_list("BankTransactions", vec![object])))
}

pub(crate) fn render(books: &Books, transaction: &BankTransaction, decimals: u32) -> Object {
    let lines = transaction.lines.iter().map(|line| line.render(books, decimals)).collect();
    let contact = books.contacts.get(&transaction.contact).map(Contact::render_summary);
    let mut object = Object::new()
        .with_text("BankTransactionID", &transaction.id)
        .with("BankAccount", Json::Object(account(books, &transaction.account)))
        .with_text("Type", transaction.way.word())
        .with_some("Reference", Some(&transaction.reference))
        .with_bool("IsReconciled", transaction.reconciled)
        .with_bool("HasAttachments", books.attachments.has(&transaction.id))
        .with_some("Url", Some(&transaction.url))
        .with_scaled("CurrencyRate", transaction.rate, 6);
    // A transfer is with nobody.
    if let Some(contact) = contact {
        object = object.with("Contact", Json::Object(contact));
    }
    object
        .with_text("DateString", dates::day_string(transaction.date))
        .with_text("Date", dates::day(transaction.date))
        .with_text("Status", status(transaction))
        .with_text("LineAmountTypes", transaction.amounts.word())
        .with_list("LineItems", lines)
        .with_money("SubTotal", transaction.totals.net)
        .with_money("TotalTax", transaction.totals.tax)
        .with_money("Total", transaction.totals.total)
        .with_text("UpdatedDateUTC", dates::moment(transaction.updated))
        .with_text("CurrencyCode", transaction.currency.code())
}

/// An account as other documents show it.
pub(crate) fn account(books: &Books, id: &str) -> Object {
    let account = books.account_by_id(id);
    Object::new()
        .with_text("AccountID", id)
        .with_some("Code", account.map(|account| account.code.as_str()))
        .with_some("Name", account.map(|account| account.name.as_str()))
}
