//! The door: faults, limits, access and keys before a request reaches the books, and what is
//! done to its answer on the way out.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::request::Parts;
use axum::middleware::{self, Next};
use axum::response::Response;
use axum::routing::any;

use super::ask::Ask;
use super::json::{Json, Object};
use super::reply::{Content, Form, Reply};
use super::{bookkeeper, dispatch, identity};
use crate::Fault;
use crate::faults::Lost;
use crate::xero::Xero;

/// No body is read beyond Xero's outer limit of 10 MB, and a little, so that what is too large is
/// refused in Xero's words.
const BODY_CAP: usize = 11_000_000;

/// Requests of the API that are in flight: this one is among them.
#[derive(Clone, Copy)]
struct InFlight(usize);

/// Counts a request out when it ends, however it ends.
struct Guard<'a> {
    all: &'a AtomicUsize,
    /// How many there were when it came in, with it.
    count: usize,
}

impl Guard<'_> {
    fn enter(all: &AtomicUsize) -> Guard<'_> {
        Guard { all, count: all.fetch_add(1, Ordering::SeqCst) + 1 }
    }
}

impl Drop for Guard<'_> {
    fn drop(&mut self) {
        self.all.fetch_sub(1, Ordering::SeqCst);
    }
}

pub(crate) fn router(xero: Arc<Xero>) -> Router {
    Router::new()
        .route("/identity/connect/authorize", any(enter))
        .route("/connect/token", any(enter))
        .route("/connect/revocation", any(enter))
        .route("/connections", any(enter))
        .route("/Connections", any(enter))
        .route("/connections/{id}", any(enter))
        .route("/Connections/{id}", any(enter))
        .route("/api.xro/2.0/{*path}", any(enter))
        .route_layer(middleware::from_fn_with_state(Arc::clone(&xero), meet_fault))
        .with_state(xero)
}

/// Draws what goes wrong with the request, waits if it is late, and ends the connection if it is
/// lost.
async fn meet_fault(State(xero): State<Arc<Xero>>, mut request: Request, next: Next) -> Response {
    if xero.kit.is_away("xero") {
        return Reply::text(503, "Service Unavailable").into_response(Form::Json);
    }
    let fault = xero.kit.faults.draw(&format!("{} {}", request.method(), request.uri().path()));
    // Tokens and connections are not the organisation's calls.
    let guard =
        request.uri().path().starts_with("/api.xro/").then(|| Guard::enter(&xero.in_flight));
    let in_flight = guard.as_ref().map_or(1, |guard| guard.count);
    if let Fault::Latency(ms) = fault {
        xero.kit.clock.until(xero.kit.now().after_ms(i64::from(ms))).await;
    }
    if fault == Fault::LostBefore {
        return lost();
    }
    request.extensions_mut().insert(fault);
    request.extensions_mut().insert(InFlight(in_flight));
    let response = next.run(request).await;
    drop(guard);
    if fault == Fault::LostAfter { lost() } else { response }
}

/// Nothing comes back: whoever carries the response cuts the connection.
fn lost() -> Response {
    let mut response = Reply::empty(500).into_response(Form::Json);
    response.extensions_mut().insert(Lost);
    response
}

async fn enter(State(xero): State<Arc<Xero>>, request: Request) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let Ok(bytes) = axum::body::to_bytes(body, BODY_CAP).await else {
        return Reply::text(413, "The request is too large").into_response(Form::Json);
    };
    answer(&xero, &parts, &bytes)
}

/// The whole of it is done at once, under the lock.
fn answer(xero: &Xero, parts: &Parts, bytes: &Bytes) -> Response<Body> {
    let fault = parts.extensions.get::<Fault>().copied().unwrap_or(Fault::None);
    let in_flight = parts.extensions.get::<InFlight>().map_or(1, |count| count.0);
    let path = parts.uri.path();
    let segments = path.split('/').filter(|part| !part.is_empty()).map(decoded);
    let mut ask = Ask {
        kit: &xero.kit,
        now: xero.kit.now(),
        method: parts.method.as_str().to_owned(),
        segments: segments.collect(),
        query: pairs(parts.uri.query().unwrap_or_default()),
        headers: parts.headers.clone(),
        body: String::from_utf8_lossy(bytes).into_owned(),
        bytes: bytes.clone(),
        edition: xero.edition,
        fault,
        operation: String::new(),
    };
    if !path.starts_with("/api.xro/") {
        ask.operation = identity::operation(&ask);
        xero.kit.called("xero", &ask.operation);
        return go_out(identity::answer(xero, &ask), fault, Form::Json);
    }
    ask.segments.drain(..2.min(ask.segments.len()));
    ask.operation = dispatch::operation(&ask);
    xero.kit.called("xero", &ask.operation);
    let (reply, form) = admitted(xero, &ask, in_flight);
    go_out(reply, fault, form)
}

/// The answer to a call of the Accounting API, with the headers that all carry.
fn admitted(xero: &Xero, ask: &Ask<'_>, in_flight: usize) -> (Reply, Form) {
    let mut state = xero.lock();
    let (mut reply, form) = if let Err(reply) = gate(&mut state, ask, in_flight) {
        (reply, Form::Json)
    } else {
        // Whatever the bookkeeper could do since the last call is done before this one.
        bookkeeper::work(&mut state.books, ask.now);
        let reply = carried_out(&mut state, ask);
        state.hear(ask.now);
        (reply, ask.form())
    };
    for (name, value) in state.limits.headers(ask.now, ask.kit.limits) {
        reply = reply.header(name, value);
    }
    (reply, form)
}

/// Access first, then limits.
fn gate(state: &mut super::State, ask: &Ask<'_>, in_flight: usize) -> Result<(), Reply> {
    identity::admit(state, ask)?;
    if ask.fault == Fault::TooMany {
        return Err(state.limits.unfair(ask.now));
    }
    if ask.kit.limits {
        let taken = state.limits.take(ask.now, in_flight);
        taken.inspect_err(|_| ask.kit.throttled("xero", &ask.operation))?;
    }
    Ok(())
}

/// Keys come after limits; an internal error is kept under its key like any other answer.
fn carried_out(state: &mut super::State, ask: &Ask<'_>) -> Reply {
    if let Some(reply) = state.keys.find(ask) {
        return reply;
    }
    let reply = match ask.fault {
        Fault::ErrorBefore => Reply::server_error(),
        Fault::CutAfter(0) if !dispatch::is_batch(ask) => Reply::server_error(),
        Fault::ErrorAfter | Fault::CutAfter(_) => {
            dispatch::answer(&mut state.books, ask);
            Reply::server_error()
        }
        Fault::None
        | Fault::Latency(_)
        | Fault::TooMany
        | Fault::LostBefore
        | Fault::LostAfter
        | Fault::Truncated
        | Fault::Shuffled
        | Fault::Missing
        | Fault::Duplicated => dispatch::answer(&mut state.books, ask),
    };
    state.keys.keep(ask, &reply);
    reply
}

fn go_out(mut reply: Reply, fault: Fault, form: Form) -> Response<Body> {
    match fault {
        Fault::Truncated => return reply.into_truncated(form),
        Fault::Shuffled => disturb(&mut reply, |items| items.reverse()),
        Fault::Missing => disturb(&mut reply, |items| {
            items.truncate(items.len().saturating_sub(1));
        }),
        Fault::None
        | Fault::Latency(_)
        | Fault::TooMany
        | Fault::ErrorBefore
        | Fault::ErrorAfter
        | Fault::LostBefore
        | Fault::LostAfter
        | Fault::CutAfter(_)
        | Fault::Duplicated => {}
    }
    reply.into_response(form)
}

/// Changes the collection of a reply to a batch write. Reads and single writes stay as they are.
fn disturb(reply: &mut Reply, change: impl FnOnce(&mut Vec<Json>)) {
    if !reply.is_batch {
        return;
    }
    let Content::Json(Json::Object(Object(members))) = &mut reply.content else { return };
    let found = members.iter_mut().rev().find_map(|(_, value)| match value {
        Json::List(items) => Some(items),
        Json::Null | Json::Bool(_) | Json::Number(_) | Json::Text(_) | Json::Object(_) => None,
    });
    if let Some(items) = found {
        change(items);
    }
}

fn decoded(text: &str) -> String {
    percent_encoding::percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// A query or a form as pairs.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    let pair = |part: &str| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        (decoded(&name.replace('+', " ")), decoded(&value.replace('+', " ")))
    };
    text.split('&').filter(|part| !part.is_empty()).map(pair).collect()
}
