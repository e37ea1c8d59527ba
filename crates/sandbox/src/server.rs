//! The whole sandbox: both vendors, their truth, and the levers that a test or a person pulls.

mod bank;
mod connection;
mod history;
mod levers;
mod progress;
#[cfg(test)]
mod tests;
mod worlds;

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use base::{Timestamp, digest};
use tokio::sync::Notify;

pub use self::connection::{AmazonRegion, Connection};
pub use self::worlds::Worlds;

use crate::amazon::{self, Amazon, Layout};
use crate::clock::WorldClock;
use crate::faults::{Faults, Lost};
use crate::kit::Kit;
use crate::truth::{Truth, doubles, judge};
use crate::xero::{self, Xero};

/// How much goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultPlan {
    /// Only what is scripted.
    None,
    Heavy,
}

/// One world.
pub struct SandboxOptions {
    pub seed: u64,
    /// What Amazon calls the seller: worlds whose messages reach the same reader differ in it.
    pub seller_id: String,
    pub orders: usize,
    pub faults: FaultPlan,
    /// False switches the vendors' rate limits off.
    pub limits: bool,
    pub layout: Layout,
    /// Xero's organisation: a country's edition.
    pub edition: xero::Edition,
    /// When the world starts.
    pub start: Timestamp,
    /// Of a thousand orders, how many must be stopped.
    pub defects_per_mille: usize,
    /// Whether the Amazon application may see buyers and addresses.
    pub restricted_roles: bool,
    /// Months of settlements, with orders of their own beside `orders`.
    pub history: Option<amazon::history::Options>,
    /// Whether the bank's feed books what the history pays out, for the bookkeeper to match.
    pub bank_feed: bool,
    /// Rung when an order was put in, so that nobody need wait to be told of it.
    pub bell: Arc<Notify>,
    pub clock: Arc<WorldClock>,
}

impl SandboxOptions {
    /// A calm world with limits that stands still at `start`, all its orders behind it.
    pub fn new(seed: u64, orders: usize, start: Timestamp) -> SandboxOptions {
        SandboxOptions {
            seed,
            seller_id: amazon::SELLER_ID.to_owned(),
            orders,
            faults: FaultPlan::None,
            limits: true,
            layout: Layout::Backfill,
            edition: xero::Edition::Uk,
            start,
            defects_per_mille: 15,
            restricted_roles: false,
            history: None,
            bank_feed: false,
            bell: Arc::default(),
            clock: WorldClock::fixed(start),
        }
    }
}

/// How far back the oldest order lies.
const WINDOW_MS: i64 = 30 * Timestamp::DAY;

/// Both vendors of one world. Clones share it.
#[derive(Clone)]
pub struct Sandbox {
    kit: Arc<Kit>,
    clock: Arc<WorldClock>,
    amazon: Arc<Amazon>,
    xero: Arc<Xero>,
    xero_app: Arc<XeroApp>,
    bank_feed: bool,
    bell: Arc<Notify>,
    since: Timestamp,
}

/// The application that Xero knows.
struct XeroApp {
    client_id: String,
    client_secret: String,
    refresh_token: String,
}

impl Sandbox {
    pub fn new(options: SandboxOptions) -> Sandbox {
        let faults = match options.faults {
            FaultPlan::None => Faults::none(),
            FaultPlan::Heavy => Faults::heavy(options.seed),
        };
        let kit = Kit::new(options.clock.clone(), faults, options.limits);
        let orders = amazon::generate::Options {
            seed: options.seed,
            orders: options.orders,
            start: options.start,
            layout: options.layout,
            window_ms: WINDOW_MS,
            defects_per_mille: options.defects_per_mille,
        };
        let restricted_roles = options.restricted_roles;
        let seller_id = options.seller_id;
        let shop = amazon::Options { orders, seller_id, restricted_roles };
        let amazon = match options.history {
            None => Amazon::new(kit.clone(), shop),
            Some(history) => Amazon::with_history(kit.clone(), shop, history),
        };
        let app = XeroApp::of(options.seed);
        let xero = Xero::new(
            kit.clone(),
            xero::Options {
                seed: options.seed,
                edition: options.edition,
                start: options.start,
                client_id: app.client_id.clone(),
                client_secret: app.client_secret.clone(),
                refresh_token: app.refresh_token.clone(),
            },
        );
        let told = options.history.map_or(options.start, |history| history.from);
        let since = options.start.after_ms(-WINDOW_MS).min(told).after_ms(-Timestamp::DAY);
        let (clock, bank_feed, bell) = (options.clock, options.bank_feed, options.bell);
        Sandbox { kit, clock, amazon, xero, xero_app: Arc::new(app), bank_feed, bell, since }
    }

    pub fn amazon(&self) -> &Arc<Amazon> {
        &self.amazon
    }

    pub fn xero(&self) -> &Arc<Xero> {
        &self.xero
    }

    pub fn kit(&self) -> &Arc<Kit> {
        &self.kit
    }

    pub fn clock(&self) -> &Arc<WorldClock> {
        &self.clock
    }

    /// Both vendors and the levers, by path alone: no request is routed by its `Host`. A reply
    /// with [`Lost`] in its extensions stands for no reply.
    pub fn router(&self) -> Router {
        let router = Router::new()
            .nest_service("/amazon", self.amazon.router())
            .nest_service("/xero", self.xero.router())
            .merge(levers::router(self.clone()))
            .merge(history::router(self.clone()));
        if !self.bank_feed {
            return router;
        }
        router.layer(axum::middleware::map_request_with_state(self.clone(), bank::fed))
    }

    /// What ought to be and what is, now.
    pub fn truth(&self) -> Truth {
        let view = self.xero.ledger();
        let doubles = doubles(&view);
        let truth = judge(&self.amazon, &view.into(), &self.kit.log(), self.kit.now());
        Truth { doubles, ..truth }
    }

    /// Answers on a socket until the process ends or the task is dropped. Lost replies end their
    /// connection.
    pub async fn serve(self, listener: tokio::net::TcpListener) -> std::io::Result<()> {
        let router = self.router().layer(axum::middleware::map_response(hang_up_if_lost));
        axum::serve(listener, router).await
    }
}

impl XeroApp {
    fn of(seed: u64) -> XeroApp {
        let name = |what: &str| digest(&[&seed.to_string(), "xero", what]);
        let mut client_id = name("client").to_uppercase();
        client_id.truncate(32);
        XeroApp { client_id, client_secret: name("secret"), refresh_token: name("refresh") }
    }
}

/// A body that breaks before its first byte: the server closes the connection with nothing sent.
async fn hang_up_if_lost(response: Response) -> Response {
    if response.extensions().get::<Lost>().is_none() {
        return response;
    }
    let broken = futures::stream::once(async {
        Err::<Bytes, std::io::Error>(std::io::Error::other("the reply is lost"))
    });
    let mut response = response.map(|_| Body::from_stream(broken));
    // With a length of nothing the server would not even look at the body.
    response.headers_mut().remove(CONTENT_LENGTH);
    response
}
