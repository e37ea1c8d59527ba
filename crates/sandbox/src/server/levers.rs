//! `/_sandbox/…`: what a test asks of the world itself, beside the vendors' own APIs.

use axum::extract::{Query, State};
use axum::http::header::HOST;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::{get, post};
use axum::{Extension, Json, Router};
use base::Clock;
use serde::{Deserialize, Serialize};

use super::progress::Progress;
use super::worlds::Below;
use super::{Connection, Sandbox, bank};
use crate::amazon::Region;
use crate::amazon::generate::{CATALOGUE, Product};
use crate::faults::Fault;
use crate::truth::Truth;

pub(super) fn router(sandbox: Sandbox) -> Router {
    Router::new()
        .route("/_sandbox/truth", get(truth))
        .route("/_sandbox/connection", get(connection))
        .route("/_sandbox/catalogue", get(catalogue))
        .route("/_sandbox/clock", get(clock))
        .route("/_sandbox/advance", post(advance))
        .route("/_sandbox/faults", post(faults))
        .route("/_sandbox/orders", post(orders))
        .route("/_sandbox/progress", get(progress))
        .route("/_sandbox/outage", post(outage))
        .route("/_sandbox/xero/hand", post(hand))
        .route("/_sandbox/xero/bank", post(bank::put).get(bank::list))
        .with_state(sandbox)
}

/// Why a lever does not move.
type Refused = (StatusCode, String);

#[derive(Serialize)]
struct World {
    now: String,
    /// False: time passes only when it is advanced.
    runs: bool,
    /// When the next order changes.
    next_change: Option<String>,
}

#[derive(Deserialize)]
struct Advance {
    ms: i64,
}

#[derive(Deserialize)]
struct Script {
    operation: String,
    fault: String,
    /// Milliseconds of `latency`, elements of `cut_after`.
    #[serde(default)]
    amount: u32,
}

#[derive(Deserialize)]
struct Inserted {
    region: String,
    /// The reason with which the order must be stopped.
    held: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Outage {
    /// `amazon` or `xero`
    pub(super) vendor: String,
    pub(super) is_away: bool,
}

#[derive(Deserialize)]
struct ByHand {
    method: String,
    /// Below `/api.xro/2.0`: `/Invoices/AMZ-202-1234567-1234567`.
    path: String,
}

/// A person does something in Xero by hand, by Xero's rules.
async fn hand(
    State(sandbox): State<Sandbox>,
    Query(by): Query<ByHand>,
    body: String,
) -> Result<String, Refused> {
    let done = sandbox.xero.by_hand(&by.method, &by.path, &body);
    done.map_err(|why| (StatusCode::BAD_REQUEST, why))
}

async fn progress(State(sandbox): State<Sandbox>) -> Json<Progress> {
    Json(sandbox.progress())
}

/// A vendor is away from now on, or back.
async fn outage(State(sandbox): State<Sandbox>, Query(of): Query<Outage>) -> StatusCode {
    sandbox.kit.set_away(&of.vendor, of.is_away);
    StatusCode::NO_CONTENT
}

async fn truth(State(sandbox): State<Sandbox>) -> Json<Truth> {
    Json(sandbox.truth())
}

async fn connection(
    State(sandbox): State<Sandbox>,
    below: Option<Extension<Below>>,
    headers: HeaderMap,
) -> Json<Connection> {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("127.0.0.1");
    let below = below.map(|Extension(Below(path))| path).unwrap_or_default();
    Json(sandbox.connection(&format!("http://{host}{below}")))
}

async fn catalogue() -> Json<&'static [Product]> {
    Json(&CATALOGUE)
}

async fn clock(State(sandbox): State<Sandbox>) -> Json<World> {
    Json(world(&sandbox))
}

fn world(sandbox: &Sandbox) -> World {
    let now = sandbox.clock.now();
    World {
        now: now.iso(),
        runs: !sandbox.clock.is_fixed(),
        next_change: sandbox.amazon.next_change(now).map(base::Timestamp::iso),
    }
}

async fn advance(
    State(sandbox): State<Sandbox>,
    Json(by): Json<Advance>,
) -> Result<Json<World>, Refused> {
    if !sandbox.clock.is_fixed() {
        return Err((StatusCode::CONFLICT, "this world's clock runs by itself".to_owned()));
    }
    sandbox.clock.advance_to(sandbox.clock.now().after_ms(by.ms.max(0)));
    Ok(Json(world(&sandbox)))
}

async fn faults(
    State(sandbox): State<Sandbox>,
    Json(script): Json<Script>,
) -> Result<StatusCode, Refused> {
    let Some(fault) = Fault::named(&script.fault, script.amount) else {
        return Err((StatusCode::BAD_REQUEST, format!("there is no fault {}", script.fault)));
    };
    sandbox.kit.faults.script(&script.operation, fault);
    Ok(StatusCode::NO_CONTENT)
}

async fn orders(
    State(sandbox): State<Sandbox>,
    Query(inserted): Query<Inserted>,
    order: String,
) -> Result<StatusCode, Refused> {
    let Some(region) = Region::of_code(&inserted.region) else {
        return Err((StatusCode::BAD_REQUEST, format!("there is no region {}", inserted.region)));
    };
    let refused = |error: crate::amazon::RawError| (StatusCode::BAD_REQUEST, error.to_string());
    let id = sandbox.amazon.insert_order(region, &order, sandbox.clock.now()).map_err(refused)?;
    if let Some(reason) = inserted.held {
        sandbox.amazon.expect_held(&id, &reason);
    }
    sandbox.bell.notify_one();
    Ok(StatusCode::CREATED)
}
