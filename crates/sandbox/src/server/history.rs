//! `/_sandbox/history`: what is so in a world with months of settlements, for a test in another
//! process to judge by. Amounts are texts in the currency's own decimals.

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use base::{Money, Timestamp};
use serde::{Deserialize, Serialize};

use super::Sandbox;
use crate::amazon::history::{BankLine, History, OrderTruth, SettlementTruth};

pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/_sandbox/history", get(history))
        .route("/_sandbox/transfers_role", post(transfers_role))
        .with_state(sandbox)
}

#[derive(Serialize)]
struct Story {
    now: String,
    currency: String,
    marketplace_id: &'static str,
    /// Those that have ended.
    settlements: Vec<Settlement>,
    /// The money that has come free, by order.
    orders: Vec<Order>,
    bank: Vec<Line>,
    balance: Balance,
}

#[derive(Serialize)]
struct Settlement {
    id: String,
    start: String,
    end: String,
    deposit: String,
    total: String,
    rows: u64,
    sums: Vec<Sum>,
}

#[derive(Serialize)]
struct Sum {
    transaction_type: &'static str,
    amount_type: &'static str,
    description: &'static str,
    amount: String,
}

#[derive(Serialize)]
struct Order {
    #[serde(rename = "order_id")]
    id: String,
    charged: String,
    withheld: String,
    fees: String,
    refunded: String,
    returned: String,
    net: String,
}

#[derive(Serialize)]
struct Line {
    date: String,
    amount: String,
    text: String,
    settlement_id: Option<String>,
}

#[derive(Serialize)]
struct Balance {
    available: String,
    deferred: String,
    reserve: String,
    total: String,
}

#[derive(Deserialize)]
struct Role {
    granted: bool,
}

async fn history(State(sandbox): State<Sandbox>) -> Result<Json<Story>, StatusCode> {
    let history = sandbox.amazon.history().ok_or(StatusCode::NOT_FOUND)?;
    Ok(Json(story(history, sandbox.kit.now())))
}

async fn transfers_role(State(sandbox): State<Sandbox>, Json(role): Json<Role>) -> StatusCode {
    if role.granted {
        sandbox.amazon.give_transfers_role();
    } else {
        sandbox.amazon.take_transfers_role();
    }
    StatusCode::NO_CONTENT
}

fn story(history: &History, now: Timestamp) -> Story {
    let text = |minor| Money::from_minor(minor, history.currency()).amount().to_string();
    let balance = history.balance(now.after_ms(1));
    let orders = history.order_truth(now);
    Story {
        now: now.iso(),
        currency: history.currency().to_string(),
        marketplace_id: history.options.setting.market().marketplace().id,
        settlements: history
            .settlement_truth(now)
            .into_iter()
            .map(|truth| settlement(truth, text))
            .collect(),
        orders: orders.into_iter().map(|(id, truth)| order(id, &truth, text)).collect(),
        bank: history.bank_lines(now).into_iter().map(line).collect(),
        balance: Balance {
            available: text(balance.available),
            deferred: text(balance.deferred),
            reserve: text(balance.reserve),
            total: text(balance.total),
        },
    }
}

fn settlement(truth: SettlementTruth, text: impl Fn(i64) -> String) -> Settlement {
    let sums = truth.sums.iter().map(|(words, minor)| Sum {
        transaction_type: words.transaction_type,
        amount_type: words.amount_type,
        description: words.description,
        amount: text(*minor),
    });
    Settlement {
        start: truth.start.iso(),
        end: truth.end.iso(),
        deposit: truth.deposit.iso(),
        total: truth.total.amount().to_string(),
        rows: truth.rows,
        sums: sums.collect(),
        id: truth.id,
    }
}

fn order(id: String, truth: &OrderTruth, text: impl Fn(i64) -> String) -> Order {
    Order {
        id,
        charged: text(truth.charged),
        withheld: text(truth.withheld),
        fees: text(truth.fees),
        refunded: text(truth.refunded),
        returned: text(truth.returned),
        net: text(truth.net()),
    }
}

fn line(line: BankLine) -> Line {
    Line {
        date: line.date.to_string(),
        amount: line.amount.amount().to_string(),
        text: line.text,
        settlement_id: line.settlement,
    }
}
