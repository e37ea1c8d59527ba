//! The bank's side: statement lines, which Xero's API does not show, and what a simulated
//! bookkeeper makes of each.

use base::{Currency, Day, Money};
use thiserror::Error;

use super::books::Books;
use crate::xero::Xero;

/// One line of a bank statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The bank's own id: a line that is put again changes nothing.
    pub id: String,
    /// The code of an account of type BANK.
    pub account: String,
    pub date: Day,
    /// Money in is positive.
    pub amount: Money,
    pub text: String,
    pub mood: Mood,
}

/// What the bookkeeper does with a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Reconciles it with what is there: a transaction, transfer or payment of that amount on the
    /// account, else an open document of that amount, which is paid by it. Waits until there is
    /// one.
    Matches,
    /// The same, so many days after the line.
    Late { days: u32 },
    /// Makes a bank transaction of their own, coded to Sales, and leaves the invoice open.
    CodesWrongly,
}

/// How far a line has got.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Stand {
    Waiting,
    /// Reconciled with something that was there: `BankTransactions` or `Payments` and the id.
    Reconciled {
        with: &'static str,
        id: String,
    },
    /// Reconciled with a new payment of a document.
    Paid {
        document_id: String,
        payment_id: String,
    },
    CodedWrongly {
        bank_transaction_id: String,
    },
}

/// A statement line as it stands now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementView {
    pub line: StatementLine,
    pub stand: Stand,
}

#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum StatementError {
    #[error("there is no bank account of the code {code}")]
    NoAccount { code: String },
    #[error("bank account {code} is in {account}, the line in {line}")]
    OtherCurrency { code: String, account: Currency, line: Currency },
}

impl Mood {
    /// `matches`, `late:3` or `codes_wrongly`.
    pub fn named(text: &str) -> Option<Mood> {
        match text {
            "matches" => Some(Mood::Matches),
            "codes_wrongly" => Some(Mood::CodesWrongly),
            _ => Some(Mood::Late { days: text.strip_prefix("late:")?.parse().ok()? }),
        }
    }

    /// The first day on which the bookkeeper acts on a line of that date.
    pub(crate) fn acts_on(self, date: Day) -> Day {
        match self {
            Mood::Matches | Mood::CodesWrongly => date,
            Mood::Late { days } => date.after_days(i64::from(days)),
        }
    }
}

/// All lines, and what the books looked like when the bookkeeper last looked at them.
#[derive(Debug, Clone, Default)]
pub(crate) struct Statement {
    pub(crate) lines: Vec<StatementView>,
    pub(crate) seen: Option<(Day, u64, usize)>,
}

impl Statement {
    pub(crate) fn is_waiting(&self) -> bool {
        self.lines.iter().any(|line| line.stand == Stand::Waiting)
    }
}

impl Xero {
    /// Puts a line on the statement of one of the organisation's bank accounts. The bookkeeper
    /// acts on it before the next call, or when its day has come.
    pub fn bank_statement(&self, line: StatementLine) -> Result<(), StatementError> {
        let now = self.kit.now();
        let mut state = self.lock();
        put(&mut state.books, line)?;
        super::bookkeeper::work(&mut state.books, now);
        Ok(())
    }

    /// Every statement line, oldest first as they were put.
    pub fn bank_lines(&self) -> Vec<StatementView> {
        let now = self.kit.now();
        let mut state = self.lock();
        super::bookkeeper::work(&mut state.books, now);
        state.books.statement.lines.clone()
    }

    /// The code of the organisation's first bank account in a currency.
    pub fn bank_account(&self, currency: Currency) -> Option<String> {
        let state = self.lock();
        let mut accounts = state.books.accounts.iter();
        let found = accounts.find(|account| {
            account.bank.as_ref().is_some_and(|bank| bank.currency == currency) && !account.archived
        });
        found.map(|account| account.code.clone())
    }

    /// What the organisation's bank account of that code is kept in.
    pub fn bank_currency(&self, code: &str) -> Option<Currency> {
        let state = self.lock();
        let bank = state.books.account_by_code(code)?.bank.as_ref()?;
        Some(bank.currency)
    }
}

fn put(books: &mut Books, line: StatementLine) -> Result<(), StatementError> {
    let account = books.account_by_code(&line.account);
    let Some(bank) = account.and_then(|account| account.bank.as_ref()) else {
        return Err(StatementError::NoAccount { code: line.account });
    };
    let (account, currency) = (bank.currency, line.amount.currency());
    if account != currency {
        return Err(StatementError::OtherCurrency { code: line.account, account, line: currency });
    }
    if !books.statement.lines.iter().any(|old| old.line.id == line.id) {
        books.statement.lines.push(StatementView { line, stand: Stand::Waiting });
        books.statement.seen = None;
    }
    Ok(())
}
