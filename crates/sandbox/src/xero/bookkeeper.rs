//! A simulated bookkeeper in front of the bank statement: matches lines with what is in the books,
//! sooner or later, or codes them wrongly.

use base::{Currency, Day, Decimal, Timestamp};

use super::accounts::{Account, Class};
use super::bank_transactions::{self, BankTransaction, Way};
use super::books::Books;
use super::document::{Amounts, Document, Kind, Status};
use super::lines::{self, Line, Terms};
use super::payments::{self, Paid};
use super::statement::{Mood, Stand, StatementLine, StatementView};
use super::{contacts, reading};

/// Nobody matches a line with something older or newer than a month.
const DAYS_APART_MAX: i32 = 31;

/// References end there.
const TEXT_MAX: usize = 255;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum What {
    /// Money that the books already have on the account, unreconciled.
    Transaction,
    Payment,
    /// An open document, to be paid by the line.
    Document,
}

/// Something that a line of the same amount can be matched with.
struct Candidate {
    what: What,
    id: String,
    /// The account that the money is on; `None` of an open document.
    account: Option<String>,
    currency: Currency,
    /// Money in is positive.
    amount: Decimal,
    date: Day,
    names: Vec<String>,
    sequence: u64,
}

/// Does what can be done by now. Called before every call, so that it costs nothing while nothing
/// has changed.
pub(crate) fn work(books: &mut Books, now: Timestamp) {
    if !books.statement.is_waiting() {
        return;
    }
    let today = books.organisation.today(now);
    let seen = Some((today, books.last_sequence(), books.ledger.len()));
    if books.statement.seen == seen {
        return;
    }
    let mut lines = std::mem::take(&mut books.statement.lines);
    let mut candidates = candidates(books);
    for view in lines.iter_mut().filter(|view| is_due(view, today)) {
        view.stand = match view.line.mood {
            Mood::CodesWrongly => code_wrongly(books, &view.line, now),
            Mood::Matches | Mood::Late { .. } => reconcile(books, &view.line, &mut candidates, now),
        };
    }
    books.statement.lines = lines;
    books.statement.seen = Some((today, books.last_sequence(), books.ledger.len()));
}

fn is_due(view: &StatementView, today: Day) -> bool {
    view.stand == Stand::Waiting && view.line.mood.acts_on(view.line.date) <= today
}

fn candidates(books: &Books) -> Vec<Candidate> {
    let transactions = books.bank_transactions.values();
    let transactions = transactions.filter(|it| !it.deleted && !it.reconciled).map(|it| {
        let names = vec![it.reference.clone()];
        Candidate {
            what: What::Transaction,
            id: it.id.clone(),
            account: Some(it.account.clone()),
            currency: it.currency,
            amount: it.signed(),
            date: it.date,
            names,
            sequence: it.sequence,
        }
    });
    let payments = books.payments.values().filter(|it| !it.deleted && !it.reconciled);
    let payments = payments.filter_map(|it| {
        let document = books.documents.get(&it.document)?;
        let bank = books.account_by_id(&it.account)?.bank.as_ref()?;
        Some(Candidate {
            what: What::Payment,
            id: it.id.clone(),
            account: Some(it.account.clone()),
            currency: bank.currency,
            amount: document.kind.sign() * it.bank_amount,
            date: it.date,
            names: vec![it.reference.clone(), document.number.clone()],
            sequence: it.sequence,
        })
    });
    let open = books.documents.all().filter(|it| it.status == Status::Authorised);
    let documents = open.map(|it| Candidate {
        what: What::Document,
        id: it.id.clone(),
        account: None,
        currency: it.currency,
        amount: it.kind.sign() * it.outstanding(),
        date: it.date,
        names: vec![it.number.clone(), it.reference.clone()],
        sequence: it.sequence,
    });
    transactions.chain(payments).chain(documents).collect()
}

/// The best match of a line: money on the account before open documents, what the line names
/// before what it does not, then the nearest day.
fn best(line: &StatementLine, account: &Account, candidates: &[Candidate]) -> Option<usize> {
    let text = line.text.to_lowercase();
    let fits = |it: &&Candidate| {
        it.amount == line.amount.amount()
            && it.currency == line.amount.currency()
            && it.account.as_ref().is_none_or(|id| *id == account.id)
            && days_apart(it.date, line.date) <= DAYS_APART_MAX
    };
    let rank = |it: &Candidate| {
        let named =
            it.names.iter().any(|name| !name.is_empty() && text.contains(&name.to_lowercase()));
        (it.what == What::Document, !named, days_apart(it.date, line.date), it.sequence)
    };
    let found = candidates.iter().enumerate().filter(|(_, it)| fits(it));
    found.min_by_key(|(_, it)| rank(it)).map(|(index, _)| index)
}

fn days_apart(a: Day, b: Day) -> i32 {
    a.0.since(b.0).map_or(i32::MAX, |span| span.get_days().abs())
}

fn reconcile(
    books: &mut Books,
    line: &StatementLine,
    candidates: &mut Vec<Candidate>,
    now: Timestamp,
) -> Stand {
    let Some(account) = books.account_by_code(&line.account).cloned() else {
        return Stand::Waiting;
    };
    let Some(index) = best(line, &account, candidates) else { return Stand::Waiting };
    let found = candidates.swap_remove(index);
    match found.what {
        What::Transaction => {
            if let Some(transaction) = books.bank_transactions.get_mut(&found.id) {
                transaction.reconciled = true;
                transaction.updated = now;
            }
            Stand::Reconciled { with: "BankTransactions", id: found.id }
        }
        What::Payment => {
            if let Some(payment) = books.payments.get_mut(&found.id) {
                payment.reconciled = true;
                payment.updated = now;
            }
            Stand::Reconciled { with: "Payments", id: found.id }
        }
        What::Document => pay(books, line, (&found.id, &account), now),
    }
}

fn pay(
    books: &mut Books,
    line: &StatementLine,
    (document, account): (&str, &Account),
    now: Timestamp,
) -> Stand {
    let Some(document) = books.documents.get(document).cloned() else { return Stand::Waiting };
    if books.organisation.lock_message(line.date).is_some() {
        return Stand::Waiting;
    }
    let paid = Paid {
        date: line.date,
        amount: line.amount.amount().abs(),
        rate: rate(books, &document),
        reference: shortened(&line.text),
        reconciled: true,
    };
    let payment = payments::pay(books, now, (&document, account), paid);
    Stand::Paid { document_id: document.id, payment_id: payment.id }
}

/// The bookkeeper leaves the rate to Xero.
fn rate(books: &Books, document: &Document) -> Decimal {
    books.day_rate(document.currency)
}

fn shortened(text: &str) -> String {
    text.chars().take(TEXT_MAX).collect()
}

/// The line as income of its own: to Sales, with the tax type that the account has.
fn code_wrongly(books: &mut Books, line: &StatementLine, now: Timestamp) -> Stand {
    let Some(account) = books.account_by_code(&line.account).cloned() else {
        return Stand::Waiting;
    };
    let Some(sales) = sales(books).cloned() else { return Stand::Waiting };
    if books.organisation.lock_message(line.date).is_some() {
        return Stand::Waiting;
    }
    let way = if line.amount.is_negative() { Way::Spend } else { Way::Receive };
    let mut transaction = BankTransaction::blank(way, &account, books, now);
    transaction.date = line.date;
    transaction.reference = shortened(&line.text);
    transaction.reconciled = true;
    transaction.by_bookkeeper = true;
    transaction.contact = contacts::named(books, &line.text, now);
    transaction.lines = vec![sales_line(books, &sales, &transaction, line)];
    transaction.totals = lines::totals(&transaction.lines, Amounts::Inclusive);
    let stored = bank_transactions::store(books, transaction);
    Stand::CodedWrongly { bank_transaction_id: stored.id }
}

fn sales(books: &Books) -> Option<&Account> {
    let mut income = books.accounts.iter().filter(|account| account.class() == Class::Revenue);
    income.clone().find(|account| account.name == "Sales").or_else(|| income.next())
}

fn sales_line(
    books: &Books,
    sales: &Account,
    transaction: &BankTransaction,
    line: &StatementLine,
) -> Line {
    let amount = line.amount.amount().abs();
    let terms = Terms {
        kind: Kind::Invoice,
        status: Status::Authorised,
        amounts: Amounts::Inclusive,
        currency: transaction.currency,
        tax_is_fixed: true,
    };
    let factor = books.tax_rate(&sales.tax_type).map(|rate| rate.factor().0);
    Line {
        id: String::new(),
        description: line.text.clone(),
        quantity: Some(Decimal::ONE),
        unit: Some(amount),
        amount,
        tax: reading::worked_out_tax(terms, amount, factor.unwrap_or_default()),
        tax_type: Some(sales.tax_type.clone()),
        account: Some(sales.id.clone()),
        item: None,
        tracking: Vec::new(),
        discount_rate: None,
        discount_amount: None,
    }
}
