//! Many worlds behind one address: `/0/amazon/…`, `/1/xero/…`, each a seller with an organisation of
//! its own. For whoever measures a service with many books.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::{Query, Request, State};
use axum::http::StatusCode;
use axum::http::uri::{PathAndQuery, Uri};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use base::Timestamp;
use serde::Serialize;
use tower::ServiceExt as _;

use super::levers::Outage;
use super::progress::Arrival;
use super::{Sandbox, hang_up_if_lost};

/// Worlds by number.
#[derive(Clone)]
pub struct Worlds(Arc<Vec<(Sandbox, Router)>>);

/// The path below which a request's world lies: `/17`.
#[derive(Debug, Clone)]
pub(super) struct Below(pub(super) String);

/// The truth of all worlds, added up.
#[derive(Debug, Default, Serialize)]
struct Sum {
    worlds: usize,
    /// Worlds whose books are not what they should be, by number: forty at most.
    uneven: Vec<usize>,
    orders: usize,
    should_post: usize,
    posted: usize,
    duplicates: usize,
    lost: usize,
    totals_wrong: usize,
    payments_wrong: usize,
    unexpected: usize,
    doubles: usize,
    unknown_names: Vec<String>,
    /// Calls and refusals over a limit, by vendor and operation.
    calls: BTreeMap<String, u64>,
    throttled: BTreeMap<String, u64>,
    made: usize,
    /// When a document was last made or changed, in milliseconds since 1970.
    last_ms: Option<Timestamp>,
}

const UNEVEN_MAX: usize = 40;

#[derive(Serialize)]
struct Placed {
    world: usize,
    orders: Vec<Arrival>,
}

impl Worlds {
    pub fn new(worlds: Vec<Sandbox>) -> Worlds {
        let served = worlds.into_iter().map(|world| {
            let router = world.router();
            (world, router)
        });
        Worlds(Arc::new(served.collect()))
    }

    pub fn each(&self) -> impl Iterator<Item = &Sandbox> {
        self.0.iter().map(|(world, _)| world)
    }

    pub fn router(&self) -> Router {
        Router::new()
            .route("/_sandbox/worlds", get(sum))
            .route("/_sandbox/arrivals", get(arrivals))
            .route("/_sandbox/outage", post(outage))
            .fallback(one)
            .with_state(self.clone())
    }

    /// Answers on a socket until the process ends or the task is dropped.
    pub async fn serve(self, listener: tokio::net::TcpListener) -> std::io::Result<()> {
        let router = self.router().layer(axum::middleware::map_response(hang_up_if_lost));
        axum::serve(listener, router).await
    }
}

/// Gives a request to the world that its path begins with.
async fn one(State(worlds): State<Worlds>, mut request: Request) -> Response {
    let Some((number, uri)) = split(request.uri()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some((_, router)) = worlds.0.get(number) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    *request.uri_mut() = uri;
    request.extensions_mut().insert(Below(format!("/{number}")));
    match router.clone().oneshot(request).await {
        Ok(response) => response,
        Err(never) => match never {},
    }
}

/// `/17/xero/connections` is `/xero/connections` of world 17.
fn split(uri: &Uri) -> Option<(usize, Uri)> {
    let text = uri.path_and_query()?.as_str().strip_prefix('/')?;
    let (number, rest) = text.split_at_checked(text.find('/')?)?;
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = Some(rest.parse::<PathAndQuery>().ok()?);
    Some((number.parse().ok()?, Uri::from_parts(parts).ok()?))
}

async fn outage(State(worlds): State<Worlds>, Query(of): Query<Outage>) -> StatusCode {
    for world in worlds.each() {
        world.kit().set_away(&of.vendor, of.is_away);
    }
    StatusCode::NO_CONTENT
}

async fn arrivals(State(worlds): State<Worlds>) -> Json<Vec<Placed>> {
    let of = |(world, one): (usize, &Sandbox)| Placed { world, orders: one.progress().orders };
    Json(worlds.each().enumerate().map(of).collect())
}

async fn sum(State(worlds): State<Worlds>) -> Json<Sum> {
    let mut sum = Sum::default();
    for (number, world) in worlds.each().enumerate() {
        sum.add(number, world);
        // Others are answered in between.
        tokio::task::yield_now().await;
    }
    Json(sum)
}

impl Sum {
    fn add(&mut self, number: usize, world: &Sandbox) {
        let truth = world.truth();
        let wrong = truth.duplicates + truth.lost + truth.totals_wrong.len();
        let wrong = wrong + truth.payments_wrong.len() + truth.unexpected.len();
        let is_even = wrong == 0 && truth.doubles.is_empty();
        if !is_even && self.uneven.len() < UNEVEN_MAX {
            self.uneven.push(number);
        }
        self.worlds += 1;
        self.orders += truth.orders;
        self.should_post += truth.should_post;
        self.posted += truth.posted;
        self.duplicates += truth.duplicates;
        self.lost += truth.lost;
        self.totals_wrong += truth.totals_wrong.len();
        self.payments_wrong += truth.payments_wrong.len();
        self.unexpected += truth.unexpected.len();
        self.doubles += truth.doubles.len();
        self.unknown_names.extend(truth.unknown_names.into_iter().map(|one| one.name));
        let log = world.kit().log();
        for ((vendor, name), count) in log.calls {
            *self.calls.entry(format!("{vendor} {name}")).or_default() += count;
        }
        for ((vendor, name), count) in log.throttled {
            *self.throttled.entry(format!("{vendor} {name}")).or_default() += count;
        }
        let told = world.xero().told();
        self.made += told.made;
        self.last_ms = self.last_ms.max(told.last);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_segment_is_the_world() {
        let uri = "/17/xero/connections?id=2".parse().unwrap();
        let (number, rest) = split(&uri).unwrap();
        assert_eq!((number, rest.to_string().as_str()), (17, "/xero/connections?id=2"));
        assert_eq!(split(&"/xero/connections".parse().unwrap()), None);
        assert_eq!(split(&"/17".parse().unwrap()), None);
    }
}
