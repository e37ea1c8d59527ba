//! `/_sandbox/xero/bank`: the statement of the simulated bank, and the feed that fills it by itself.

use axum::Json;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use base::{Day, Decimal, Money};
use serde::{Deserialize, Serialize};

use super::Sandbox;
use crate::xero::{Mood, Stand, StatementLine, StatementView};

type Refused = (StatusCode, String);

/// A statement line as it is put.
#[derive(Deserialize)]
pub(super) struct Put {
    /// The bank's id; without one it is made of the rest.
    id: Option<String>,
    /// The code of the bank account.
    account: String,
    date: String,
    /// Money in is positive, in the account's currency.
    amount: String,
    text: String,
    /// `matches`, `late:<days>` or `codes_wrongly`.
    mood: String,
}

/// A statement line and what became of it.
#[derive(Serialize)]
pub(super) struct Shown {
    id: String,
    account: String,
    date: String,
    amount: String,
    currency: String,
    text: String,
    /// `waiting`, `reconciled`, `paid` or `coded_wrongly`.
    stand: &'static str,
    /// What it was reconciled with: the collection and the id.
    with: Option<&'static str>,
    with_id: Option<String>,
}

pub(super) async fn put(
    State(sandbox): State<Sandbox>,
    Json(line): Json<Put>,
) -> Result<StatusCode, Refused> {
    let refused = |message: String| (StatusCode::BAD_REQUEST, message);
    let line = read(&sandbox, line).map_err(refused)?;
    sandbox.xero().bank_statement(line).map_err(|error| refused(error.to_string()))?;
    Ok(StatusCode::CREATED)
}

fn read(sandbox: &Sandbox, line: Put) -> Result<StatementLine, String> {
    let Put { id, account, date, amount, text, mood } = line;
    let id = id.unwrap_or_else(|| base::digest(&[&account, &date, &amount, &text]));
    let currency = sandbox.xero().bank_currency(&account);
    let currency = currency.ok_or_else(|| format!("there is no bank account {account}"))?;
    let day = Day::parse(&date).map_err(|_reason| format!("{date} is not a date"))?;
    let number = Decimal::from_str_exact(&amount);
    let number = number.map_err(|_reason| format!("{amount} is not an amount"))?;
    let amount = Money::exact(number, currency).map_err(|error| error.to_string())?;
    let mood = Mood::named(&mood).ok_or_else(|| format!("there is no mood {mood}"))?;
    Ok(StatementLine { id, account, date: day, amount, text, mood })
}

/// Before each request: what the history has paid out by now is on the statement.
pub(super) async fn fed(State(sandbox): State<Sandbox>, request: Request) -> Request {
    sandbox.feed_bank();
    request
}

impl Sandbox {
    /// The bank books what the history has paid out by now, on the organisation's first bank account
    /// in its currency. The bookkeeper matches each line as soon as there is something to match.
    fn feed_bank(&self) {
        let Some(history) = self.amazon.history() else { return };
        for line in history.bank_lines(self.kit.now()) {
            let Some(account) = self.xero.bank_account(line.amount.currency()) else { continue };
            let line = StatementLine {
                id: format!("{} {}", line.date, line.text),
                account,
                date: line.date,
                amount: line.amount,
                text: line.text,
                mood: Mood::Matches,
            };
            // The account was found by the line's own currency: it cannot be refused.
            drop(self.xero.bank_statement(line));
        }
    }
}

pub(super) async fn list(State(sandbox): State<Sandbox>) -> Json<Vec<Shown>> {
    Json(sandbox.xero().bank_lines().into_iter().map(shown).collect())
}

fn shown(view: StatementView) -> Shown {
    let StatementView { line, stand } = view;
    let (stand, with, with_id) = match stand {
        Stand::Waiting => ("waiting", None, None),
        Stand::Reconciled { with, id } => ("reconciled", Some(with), Some(id)),
        Stand::Paid { payment_id, .. } => ("paid", Some("Payments"), Some(payment_id)),
        Stand::CodedWrongly { bank_transaction_id } => {
            ("coded_wrongly", Some("BankTransactions"), Some(bank_transaction_id))
        }
    };
    Shown {
        id: line.id,
        account: line.account,
        date: line.date.to_string(),
        amount: line.amount.amount().to_string(),
        currency: line.amount.currency().to_string(),
        text: line.text,
        stand,
        with,
        with_id,
    }
}
