//! A small client of the simulated Amazon.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use base::Timestamp;
use serde::Deserialize;
use tower::ServiceExt;

use crate::amazon::{Amazon, Layout, Options, Region, generate, history};
use crate::clock::WorldClock;
use crate::faults::Faults;
use crate::kit::Kit;

pub(super) const START: Timestamp = Timestamp(1_793_000_000_000);

pub(super) struct World {
    pub clock: Arc<WorldClock>,
    pub kit: Arc<Kit>,
    pub amazon: Arc<Amazon>,
}

pub(super) struct Reply {
    pub status: StatusCode,
    pub headers: axum::http::HeaderMap,
    pub lost: bool,
    pub text: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Found {
    pub orders: Vec<FoundOrder>,
    pub pagination: Option<Pagination>,
    pub last_updated_before: Option<String>,
    pub created_before: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Pagination {
    pub next_token: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct FoundOrder {
    pub order_id: String,
    pub last_updated_time: String,
}

#[derive(Deserialize)]
struct Token {
    access_token: String,
}

fn seller() -> String {
    crate::amazon::SELLER_ID.to_owned()
}

pub(super) fn options(seed: u64, orders: usize) -> generate::Options {
    generate::Options {
        seed,
        orders,
        start: START,
        layout: Layout::Backfill,
        window_ms: 30 * Timestamp::DAY,
        defects_per_mille: 15,
    }
}

pub(super) fn world(orders: usize, limits: bool) -> World {
    world_of(options(7, orders), limits)
}

pub(super) fn world_of(orders: generate::Options, limits: bool) -> World {
    let clock = WorldClock::fixed(START);
    let kit = Kit::new(clock.clone(), Faults::none(), limits);
    let amazon =
        Amazon::new(kit.clone(), Options { orders, seller_id: seller(), restricted_roles: false });
    World { clock, kit, amazon }
}

/// A world with six months of settlements behind it, and no other orders.
pub(super) fn world_with(history: history::Options, limits: bool) -> World {
    let clock = WorldClock::fixed(START);
    let kit = Kit::new(clock.clone(), Faults::none(), limits);
    let options = Options { orders: options(7, 0), seller_id: seller(), restricted_roles: false };
    let amazon = Amazon::with_history(kit.clone(), options, history);
    World { clock, kit, amazon }
}

/// Six months in a setting.
pub(super) fn months(setting: history::Setting) -> history::Options {
    history::Options::before(3, setting, 160, START)
}

impl World {
    pub(super) async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.amazon.router().oneshot(request).await.unwrap();
        let status = response.status();
        let headers = response.headers().clone();
        let lost = response.extensions().get::<crate::faults::Lost>().is_some();
        let bytes = axum::body::to_bytes(response.into_body(), usize::MAX).await.unwrap();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status, headers, lost, text, bytes: bytes.to_vec() }
    }

    pub(super) async fn token_with(&self, form: &str) -> Reply {
        let request = Request::post("/auth/o2/token")
            .header("content-type", "application/x-www-form-urlencoded;charset=UTF-8")
            .body(Body::from(form.to_owned()))
            .unwrap();
        self.send(request).await
    }

    pub(super) fn refresh_form(&self, region: Region) -> String {
        format!(
            "grant_type=refresh_token&refresh_token={}&client_id={}&client_secret={}",
            self.amazon.refresh_token(region).replace('|', "%7C"),
            self.amazon.client_id(),
            self.amazon.client_secret()
        )
    }

    pub(super) async fn token(&self, region: Region) -> String {
        let reply = self.token_with(&self.refresh_form(region)).await;
        serde_json::from_str::<Token>(&reply.text).unwrap().access_token
    }

    /// A GET with the headers that Amazon asks for.
    pub(super) async fn get(&self, token: &str, path: &str) -> Reply {
        let request = Request::get(path)
            .header("user-agent", "Test/1.0 (Language=Rust)")
            .header("x-amz-access-token", token)
            .body(Body::empty())
            .unwrap();
        self.send(request).await
    }

    /// A GET in the region that the history is in.
    pub(super) async fn ask(&self, path: &str) -> Reply {
        let region = self.history().options.setting.region();
        let token = self.token(region).await;
        self.get(&token, &format!("/{}/{path}", region.code())).await
    }

    pub(super) fn history(&self) -> &history::History {
        self.amazon.history().unwrap()
    }

    /// Searches the European region.
    pub(super) async fn search(&self, query: &str) -> Reply {
        let token = self.token(Region::Eu).await;
        self.get(&token, &format!("/eu/orders/2026-01-01/orders?{query}")).await
    }
}

impl Reply {
    pub(super) fn read<T: serde::de::DeserializeOwned>(&self) -> T {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn found(&self) -> Found {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }
}

/// A time so many milliseconds before the start.
pub(super) fn before_start(ms: i64) -> String {
    START.after_ms(-ms).iso()
}
