//! `/BankTransactions`: money received and spent
//! (<https://developer.xero.com/documentation/api/accounting/banktransactions>). Prepayments and
//! overpayments are not simulated and refused. The two sides of a transfer are here too, to read.

use base::{Currency, Day, Decimal, Timestamp};

use super::accounts::Account;
use super::ask::Ask;
use super::bank_listing;
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::document::{Amounts, Kind, Status, Totals};
use super::drafting::{self, Party};
use super::fields;
use super::json::Object;
use super::ledger::{self, Trade};
use super::lines::{self, Findings, Line, Terms};
use super::reply::Reply;

pub(crate) const KIND: batch::Kind = batch::Kind {
    collection: "BankTransactions",
    id: "BankTransactionID",
    // The schema has no flag, only the list of errors.
    flag: "",
    elements_max: batch::ELEMENTS_MAX,
};

/// Seen from Xero by several clients; it holds for deleting too.
const RECONCILED: &str =
    "This Bank Transaction cannot be edited as it has been reconciled with a Bank Statement.";

/// Which way the money went, and whether a transfer moved it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    Receive,
    Spend,
    ReceiveTransfer,
    SpendTransfer,
}

#[derive(Debug, Clone)]
pub(crate) struct BankTransaction {
    pub(crate) id: String,
    pub(crate) way: Way,
    pub(crate) contact: String,
    /// The bank account's id.
    pub(crate) account: String,
    pub(crate) date: Day,
    pub(crate) reference: String,
    pub(crate) currency: Currency,
    pub(crate) rate: Decimal,
    pub(crate) amounts: Amounts,
    pub(crate) lines: Vec<Line>,
    pub(crate) url: String,
    pub(crate) totals: Totals,
    pub(crate) reconciled: bool,
    pub(crate) deleted: bool,
    /// Made by the simulated bookkeeper, not by a client.
    pub(crate) by_bookkeeper: bool,
    pub(crate) updated: Timestamp,
    pub(crate) sequence: u64,
}

impl Way {
    fn read(text: &str) -> Option<Way> {
        match text {
            "RECEIVE" => Some(Way::Receive),
            "SPEND" => Some(Way::Spend),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Way::Receive => "RECEIVE",
            Way::Spend => "SPEND",
            Way::ReceiveTransfer => "RECEIVE-TRANSFER",
            Way::SpendTransfer => "SPEND-TRANSFER",
        }
    }

    pub(crate) fn is_transfer(self) -> bool {
        matches!(self, Way::ReceiveTransfer | Way::SpendTransfer)
    }

    /// +1 where money comes in, else -1.
    pub(crate) fn sign(self) -> Decimal {
        match self {
            Way::Receive | Way::ReceiveTransfer => Decimal::ONE,
            Way::Spend | Way::SpendTransfer => Decimal::NEGATIVE_ONE,
        }
    }
}

impl BankTransaction {
    /// Nothing yet on an account.
    pub(crate) fn blank(way: Way, account: &Account, books: &Books, now: Timestamp) -> Self {
        let currency = account.bank.as_ref().map_or(books.base_currency, |bank| bank.currency);
        BankTransaction {
            id: String::new(),
            way,
            contact: String::new(),
            account: account.id.clone(),
            date: books.organisation.today(now),
            reference: String::new(),
            currency,
            rate: books.day_rate(currency),
            amounts: Amounts::Inclusive,
            lines: Vec::new(),
            url: String::new(),
            totals: Totals::default(),
            reconciled: false,
            deleted: false,
            by_bookkeeper: false,
            updated: now,
            sequence: 0,
        }
    }

    /// What it did to the bank account: in is positive.
    pub(crate) fn signed(&self) -> Decimal {
        self.way.sign() * self.totals.total
    }
}

const WRITE_PARAMS: &[&str] = &["summarizeErrors", "unitdp"];

/// `PUT /BankTransactions`: creates.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(WRITE_PARAMS);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::BANK_TRANSACTION.walk(ask, element);
        if element.get(KIND.id).is_some() {
            ask.unknown(&format!("field {} on {}", KIND.id, ask.operation));
        }
        create(books, ask, element)
    })
}

/// `POST /BankTransactions`: changes the one of that id, else creates.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(WRITE_PARAMS);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::BANK_TRANSACTION.walk(ask, element);
        let Some(id) = element.text(KIND.id) else { return create(books, ask, element) };
        let found = books.bank_transactions.get(&id.to_lowercase()).cloned();
        let message = "An existing Bank Transaction with the specified ID could not be found";
        change(books, ask, found.ok_or_else(|| Refusal::of(message))?, element)
    })
}

/// `POST /BankTransactions/{BankTransactionID}`.
pub(crate) fn post_one(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&["unitdp"]);
    let element = ask.element(KIND.collection)?;
    fields::BANK_TRANSACTION.walk(ask, &element);
    let found = books.bank_transactions.get(&id.to_lowercase()).cloned();
    let found = found.ok_or_else(Reply::not_found)?;
    let result = change(books, ask, found, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn create(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Saved, Refusal> {
    let sent = element.text("Type").unwrap_or_default();
    let way = Way::read(sent);
    let way = way.ok_or_else(|| Refusal::of(&format!("Type '{sent}' is not valid")))?;
    let account = read_bank_account(books, element.object("BankAccount"))?;
    let blank = BankTransaction::blank(way, &account, books, ask.now);
    let authorised = element.text("Status").is_none_or(|status| status == "AUTHORISED");
    let draft = draft(books, ask, blank, element, authorised)?;
    save(books, ask, draft)
}

/// An active account of type BANK, by id or code.
pub(crate) fn read_bank_account(books: &Books, sent: Option<&Object>) -> Result<Account, Refusal> {
    let id = sent.and_then(|account| account.text("AccountID"));
    let code = sent.and_then(|account| account.text("Code"));
    let found = match (id, code) {
        (Some(id), _) => books.account_by_id(id),
        (None, Some(code)) => books.account_by_code(code),
        (None, None) => return Err(Refusal::of("The account code or ID must be specified")),
    };
    let shown = code.or(id).unwrap_or_default();
    let Some(account) = found.filter(|account| account.is_bank()) else {
        let message = format!("Account code '{shown}' is not a valid code for this document.");
        return Err(Refusal::of(&message));
    };
    if account.archived {
        let message = format!("Account code '{shown}' has been archived, or deleted.");
        return Err(Refusal::of(&message));
    }
    Ok(account.clone())
}

/// A transaction as it would be saved, and whom it is with.
struct Draft {
    transaction: BankTransaction,
    party: Party,
    warnings: Vec<String>,
}

fn draft(
    books: &Books,
    ask: &Ask<'_>,
    mut transaction: BankTransaction,
    element: &Object,
    has_valid_status: bool,
) -> Result<Draft, Refusal> {
    let mut findings = Findings::default();
    let errors = &mut findings.errors;
    errors.check(has_valid_status, "Bank Transaction Status is not valid for this document");
    let party = drafting::read_party(books, &transaction.contact, element, errors)?;
    drafting::read_reference(&mut transaction.reference, element, errors);
    drafting::read_url(&mut transaction.url, element, errors);
    drafting::read_amounts(&mut transaction.amounts, element, errors);
    if let Some(day) = drafting::read_day(element, "Date", errors) {
        transaction.date = day;
    }
    if let Some(reconciled) = element.bool("IsReconciled") {
        transaction.reconciled = reconciled;
    }
    read_currency(books, &mut transaction, element, errors);
    let terms = Terms {
        kind: if transaction.way == Way::Receive { Kind::Invoice } else { Kind::Bill },
        status: Status::Authorised,
        amounts: transaction.amounts,
        currency: transaction.currency,
        tax_is_fixed: true,
    };
    let old = std::mem::take(&mut transaction.lines);
    transaction.lines = drafting::merged_lines(books, ask, terms, (&old, element), &mut findings);
    transaction.totals = lines::totals(&transaction.lines, transaction.amounts);
    check_whole(books, &transaction, &mut findings.errors);
    findings.errors.none()?;
    transaction.updated = ask.now;
    Ok(Draft { transaction, party, warnings: findings.warnings })
}

/// The currency is the bank account's; only overpayments may name another.
fn read_currency(
    books: &Books,
    transaction: &mut BankTransaction,
    element: &Object,
    errors: &mut Refusal,
) {
    let sent = element.text("CurrencyCode");
    errors.check(
        sent.is_none_or(|code| code == transaction.currency.code()),
        "The currency of a bank transaction must be that of its bank account",
    );
    let rate = drafting::read_rate(element, books.base_currency, transaction.currency);
    if let Some(rate) = errors.take(rate) {
        transaction.rate = rate;
    }
}

fn check_whole(books: &Books, transaction: &BankTransaction, errors: &mut Refusal) {
    errors.check(!transaction.lines.is_empty(), drafting::NO_LINES);
    for line in &transaction.lines {
        let quantity = line.quantity.unwrap_or_default();
        errors.check(quantity > Decimal::ZERO, "Quantity must be greater than zero.");
        let unit = line.unit.unwrap_or_default();
        errors.check(!unit.is_zero(), "UnitAmount must not be zero.");
    }
    let positive = transaction.totals.total > Decimal::ZERO;
    errors.check(positive, "The Total for this document must be greater than zero.");
    if let Some(message) = books.organisation.lock_message(transaction.date) {
        errors.say(&message);
    }
}

fn save(books: &mut Books, ask: &Ask<'_>, draft: Draft) -> Result<Saved, Refusal> {
    let Draft { mut transaction, party, warnings } = draft;
    transaction.contact = party.settle(books, ask)?;
    let stored = store(books, transaction);
    let object = bank_listing::render(books, &stored, ask.unit_decimals());
    Ok(Saved { object, warnings })
}

/// Gives ids to what has none, and brings the ledger in line.
pub(crate) fn store(books: &mut Books, mut transaction: BankTransaction) -> BankTransaction {
    if transaction.id.is_empty() {
        transaction.id = books.new_id();
        transaction.sequence = books.next_sequence();
    }
    for line in &mut transaction.lines {
        if line.id.is_empty() {
            line.id = books.new_id();
        }
    }
    books.ledger.reverse(&transaction.id);
    // The two sides of a transfer have one entry, which is the transfer's.
    if !transaction.deleted && !transaction.way.is_transfer() {
        let trade = Trade {
            account: transaction.account.clone(),
            sign: transaction.way.sign(),
            rate: transaction.rate,
            amounts: transaction.amounts,
            lines: &transaction.lines,
            totals: transaction.totals,
        };
        let legs = ledger::trade_legs(books, &trade);
        books.ledger.post(&transaction.id, transaction.date, legs);
    }
    if !transaction.contact.is_empty() {
        books.contacts.traded(&transaction.contact, transaction.way == Way::Receive);
    }
    books.bank_transactions.insert(transaction.id.clone(), transaction.clone());
    transaction
}

fn change(
    books: &mut Books,
    ask: &Ask<'_>,
    mut old: BankTransaction,
    element: &Object,
) -> Result<Saved, Refusal> {
    if old.way.is_transfer() {
        return Err(Refusal::of("A bank transfer cannot be changed as a bank transaction"));
    }
    if old.deleted {
        return Err(Refusal::of("Bank Transaction not of valid status for modification"));
    }
    if old.reconciled {
        return Err(Refusal::of(RECONCILED));
    }
    if let Some(message) = books.organisation.lock_message(old.date) {
        return Err(Refusal::of(&message));
    }
    let status = element.text("Status");
    if status == Some("DELETED") {
        old.deleted = true;
        old.updated = ask.now;
        let stored = store(books, old);
        let object = bank_listing::render(books, &stored, ask.unit_decimals());
        return Ok(Saved::plain(object));
    }
    let same_type = element.text("Type").is_none_or(|word| word == old.way.word());
    if !same_type {
        return Err(Refusal::of("The Type of a bank transaction cannot be changed"));
    }
    if let Some(sent) = element.object("BankAccount") {
        let account = read_bank_account(books, Some(sent))?;
        if account.id != old.account {
            // What Xero does here is not published.
            return Err(Refusal::of("The bank account of a bank transaction cannot be changed"));
        }
    }
    let draft = draft(books, ask, old, element, status.is_none_or(|it| it == "AUTHORISED"))?;
    save(books, ask, draft)
}
