//! `/BankTransfers`: money from one bank account of the organisation to another
//! (<https://developer.xero.com/documentation/api/accounting/banktransfers>).

use base::{Day, Decimal, Timestamp};

use super::accounts::Account;
use super::ask::Ask;
use super::bank_listing;
use super::bank_transactions::{self, BankTransaction, Way};
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::dates;
use super::document::{Amounts, Totals, to_base};
use super::drafting;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::{Json, Object};
use super::ledger;
use super::reading;
use super::reply::Reply;

const KIND: batch::Kind = batch::Kind {
    collection: "BankTransfers",
    id: "BankTransferID",
    flag: "",
    elements_max: batch::ELEMENTS_MAX,
};

/// A transfer. Its two sides are bank transactions, which say whether they are reconciled.
#[derive(Debug, Clone)]
pub(crate) struct BankTransfer {
    pub(crate) id: String,
    /// The ids of the two bank transactions.
    pub(crate) from: String,
    pub(crate) to: String,
    pub(crate) date: Day,
    pub(crate) amount: Decimal,
    rate: Decimal,
    pub(crate) reference: String,
    pub(crate) deleted: bool,
    from_tracking: Vec<Object>,
    to_tracking: Vec<Object>,
    created: Timestamp,
    updated: Timestamp,
    pub(crate) sequence: u64,
}

struct Row<'a> {
    transfer: &'a BankTransfer,
    from_account: &'a str,
    to_account: &'a str,
}

impl Fields for Row<'_> {
    fn field(&self, path: &str) -> Option<Value> {
        let transfer = self.transfer;
        Some(match path {
            "banktransferid" => Value::text(&transfer.id),
            "date" => Value::Moment(transfer.date.midnight_utc()),
            "amount" => Value::Number(transfer.amount),
            "reference" => Value::text(&transfer.reference),
            "status" => Value::text(status(transfer)),
            "frombankaccount.accountid" => Value::text(self.from_account),
            "tobankaccount.accountid" => Value::text(self.to_account),
            "createddateutc" => Value::Moment(transfer.created),
            _ => return None,
        })
    }
}

fn status(transfer: &BankTransfer) -> &'static str {
    if transfer.deleted { "DELETED" } else { "AUTHORISED" }
}

/// `GET /BankTransfers`: unpaged; deleted ones only if asked for.
pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order", "includeDeleted"]);
    let deleted = ask.flag("includeDeleted");
    let mut found: Vec<&BankTransfer> =
        books.bank_transfers.values().filter(|transfer| deleted || !transfer.deleted).collect();
    found.sort_by_key(|transfer| transfer.sequence);
    let side = |id: &str| books.bank_transactions.get(id).map_or("", |side| side.account.as_str());
    let rows: Vec<Row<'_>> = found
        .into_iter()
        .map(|transfer| Row {
            transfer,
            from_account: side(&transfer.from),
            to_account: side(&transfer.to),
        })
        .collect();
    let selected = filter::select(rows.iter().collect(), ask, |row| row.transfer.updated)?;
    let objects = selected.iter().map(|row| render(books, row.transfer)).collect();
    Ok(books.reply(ask, Object::new().with_list(KIND.collection, objects)))
}

/// `GET /BankTransfers/{BankTransferID}`.
pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let found = books.bank_transfers.get(&id.to_lowercase()).ok_or_else(Reply::not_found)?;
    let object = render(books, found);
    Ok(books.reply(ask, Object::new().with_list(KIND.collection, vec![object])))
}

fn render(books: &Books, transfer: &BankTransfer) -> Object {
    let side = |id: &str| books.bank_transactions.get(id);
    let account = |id: &str| {
        let account = side(id).map(|side| bank_listing::account(books, &side.account));
        Json::Object(account.unwrap_or_default())
    };
    let reconciled = |id: &str| side(id).is_some_and(|side| side.reconciled);
    Object::new()
        .with_text("BankTransferID", &transfer.id)
        .with_text("CreatedDateUTCString", dates::moment_string(transfer.created))
        .with_text("CreatedDateUTC", dates::moment(transfer.created))
        .with_text("DateString", dates::day_string(transfer.date))
        .with_text("Date", dates::day(transfer.date))
        .with_text("Status", status(transfer))
        .with("FromBankAccount", account(&transfer.from))
        .with("ToBankAccount", account(&transfer.to))
        .with_money("Amount", transfer.amount)
        .with_text("FromBankTransactionID", &transfer.from)
        .with_text("ToBankTransactionID", &transfer.to)
        .with_bool("FromIsReconciled", reconciled(&transfer.from))
        .with_bool("ToIsReconciled", reconciled(&transfer.to))
        .with_some("Reference", Some(&transfer.reference))
        .with_scaled("CurrencyRate", transfer.rate, 6)
        .with_bool("HasAttachments", books.attachments.has(&transfer.id))
        .with_list("FromTracking", transfer.from_tracking.clone())
        .with_list("ToTracking", transfer.to_tracking.clone())
}

/// `PUT /BankTransfers`. It has no `summarizeErrors`, so that how several would be judged is not
/// published: one at a time.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element(KIND.collection)?;
    fields::BANK_TRANSFER.walk(ask, &element);
    let result = create(books, ask, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn create(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Saved, Refusal> {
    let account = |name: &str| bank_transactions::read_bank_account(books, element.object(name));
    let (from, to) = (account("FromBankAccount")?, account("ToBankAccount")?);
    let mut errors = Refusal::default();
    let currency = |account: &Account| account.bank.as_ref().map(|bank| bank.currency);
    errors.check(from.id != to.id, "A transfer needs two different bank accounts");
    errors.check(
        currency(&from) == currency(&to),
        "Transfers between bank accounts of different currencies are not accepted",
    );
    let amount = errors.take(element.decimal("Amount")).unwrap_or_default();
    let decimals = currency(&from).unwrap_or(books.base_currency).exponent().min(2);
    let valid = amount > Decimal::ZERO && amount.round_dp(decimals) == amount;
    errors.check(valid, "The Amount must be greater than zero and have at most 2 decimals");
    let date = drafting::read_day(element, "Date", &mut errors);
    let date = date.unwrap_or_else(|| ask.today());
    if let Some(message) = books.organisation.lock_message(date) {
        errors.say(&message);
    }
    let mut reference = String::new();
    drafting::read_reference(&mut reference, element, &mut errors);
    let from_tracking = read_tracking(books, element, "FromTracking", &mut errors);
    let to_tracking = read_tracking(books, element, "ToTracking", &mut errors);
    errors.none()?;
    let mut side = |way: Way, account: &Account, reconciled: &str| {
        let mut side = BankTransaction::blank(way, account, books, ask.now);
        side.date = date;
        side.amounts = Amounts::NoTax;
        side.totals = Totals { net: amount, tax: Decimal::ZERO, total: amount };
        side.reference.clone_from(&reference);
        side.reconciled = element.bool(reconciled) == Some(true);
        bank_transactions::store(books, side)
    };
    let spent = side(Way::SpendTransfer, &from, "FromIsReconciled");
    let received = side(Way::ReceiveTransfer, &to, "ToIsReconciled");
    let transfer = BankTransfer {
        id: books.new_id(),
        from: spent.id,
        to: received.id,
        date,
        amount,
        rate: spent.rate,
        reference,
        deleted: false,
        from_tracking,
        to_tracking,
        created: ask.now,
        updated: ask.now,
        sequence: books.next_sequence(),
    };
    let legs = ledger::transfer_legs(&from.id, &to.id, to_base(amount, transfer.rate));
    books.ledger.post(&transfer.id, date, legs);
    let object = render(books, &transfer);
    books.bank_transfers.insert(transfer.id.clone(), transfer);
    Ok(Saved::plain(object))
}

fn read_tracking(books: &Books, element: &Object, name: &str, errors: &mut Refusal) -> Vec<Object> {
    let sent: Vec<Object> = element.objects(name).into_iter().cloned().collect();
    let as_line = Object::new().with_list("Tracking", sent.clone());
    reading::read_tracking(books, &as_line, errors);
    sent
}

/// `POST /BankTransfers` deletes those it names.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::BANK_TRANSFER.walk(ask, element);
        let id = element.text(KIND.id).unwrap_or_default().to_lowercase();
        let message = "An existing Bank Transfer with the specified ID could not be found";
        let found = books.bank_transfers.get(&id).cloned();
        delete(books, ask, found.ok_or_else(|| Refusal::of(message))?, element)
    })
}

/// `POST /BankTransfers/{BankTransferID}` with Status DELETED: all that can be done to a transfer.
pub(crate) fn post_one(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element(KIND.collection)?;
    fields::BANK_TRANSFER.walk(ask, &element);
    let found = books.bank_transfers.get(&id.to_lowercase()).cloned();
    let result = delete(books, ask, found.ok_or_else(Reply::not_found)?, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn delete(
    books: &mut Books,
    ask: &Ask<'_>,
    mut transfer: BankTransfer,
    element: &Object,
) -> Result<Saved, Refusal> {
    let mut errors = Refusal::default();
    let delete = element.text("Status") == Some("DELETED");
    errors.check(delete, "A bank transfer can only be deleted: Status must be DELETED");
    errors.check(!transfer.deleted, "Bank Transfer not of valid status for modification");
    let sides = [&transfer.from, &transfer.to];
    let sides: Vec<BankTransaction> =
        sides.into_iter().filter_map(|id| books.bank_transactions.get(id).cloned()).collect();
    errors.check(
        !sides.iter().any(|side| side.reconciled),
        "This Bank Transfer cannot be deleted as it has been reconciled with a Bank Statement.",
    );
    if let Some(message) = books.organisation.lock_message(transfer.date) {
        errors.say(&message);
    }
    errors.none()?;
    books.ledger.reverse(&transfer.id);
    for side in sides {
        let side = BankTransaction { deleted: true, updated: ask.now, ..side };
        bank_transactions::store(books, side);
    }
    transfer.deleted = true;
    transfer.updated = ask.now;
    let object = render(books, &transfer);
    books.bank_transfers.insert(transfer.id.clone(), transfer);
    Ok(Saved::plain(object))
}
