//! Worlds on one address, one after the other, behind proxies that are started once.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::sync::{Arc, Mutex};

use app::cli::books;
use app::engine::Engine;
use app::home::Home;
use app::intake::Notifications;
use app::report::Report;
use app::transport::Carrier;
use axum::Router;
use axum::extract::{Request, State};
use axum::response::Response;
use base::Timestamp;
use sandbox::amazon::Layout;
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use tokio::net::TcpListener;
use tower::ServiceExt as _;

use crate::calm;
use crate::checked::{Checked, Violation};

const START: &str = "2026-11-16T09:00:00Z";
/// With this seed, of so many orders that come in over time, some change before they ship and some
/// after it.
const SEED: u64 = 15;
const LIVE_ORDERS: usize = 120;
/// Enough for one full send of each kind: the proxies take seconds over each.
const PAST_ORDERS: usize = 40;

pub(crate) struct Worlds {
    url: String,
    present: Arc<Mutex<Router>>,
    pub(crate) checked: Arc<Checked>,
}

impl Worlds {
    pub(crate) async fn start(specs: &Path) -> Worlds {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let world = world(Layout::Backfill, 0);
        let present = Arc::new(Mutex::new(world.router()));
        let router = Router::new().fallback(answer).with_state(present.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        let checked = Arc::new(Checked::start(specs, &url, &world.connection(&url)));
        Worlds { url, present, checked }
    }

    /// A new world, whose orders come in over time, takes the place of the old one.
    pub(crate) fn begin_live(&self) -> Sandbox {
        self.begin(world(Layout::Live, LIVE_ORDERS))
    }

    /// A new world, whose orders are all in the past, takes the place of the old one.
    pub(crate) fn begin_past(&self) -> Sandbox {
        self.begin(world(Layout::Backfill, PAST_ORDERS))
    }

    fn begin(&self, world: Sandbox) -> Sandbox {
        *self.present.lock().unwrap() = world.router();
        world
    }

    /// Connects a book, works it to the end or to a violation that `stop` names, and asks the
    /// auditor. `between` happens when the book is connected.
    pub(crate) async fn play(
        &self,
        world: &Sandbox,
        stop: fn(&Violation) -> bool,
        between: impl FnOnce(),
    ) -> Report {
        let dir = tempfile::tempdir().unwrap();
        let home = Home::read(dir.path()).unwrap();
        let carrier: Arc<dyn Carrier> = self.checked.clone();
        let wish = calm::wish(carrier.as_ref(), &self.url).await;
        let connected = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
        // Nobody listens there; what is checked is how Amazon is asked to send.
        let arn = "arn:aws:sqs:eu-west-1:123456789012:daybook";
        let notifications = Some(Notifications::of("http://127.0.0.1:9/", arn, None));
        let engine = Engine { notifications, ..connected };
        between();
        let checked = &self.checked;
        calm::work(&engine, world, || checked.found().iter().any(stop)).await;
        books::report(&engine).await.unwrap()
    }
}

fn world(layout: Layout, orders: usize) -> Sandbox {
    let start = Timestamp::parse(START).unwrap();
    Sandbox::new(SandboxOptions {
        layout,
        clock: WorldClock::jumping(start),
        ..SandboxOptions::new(SEED, orders, start)
    })
}

async fn answer(State(present): State<Arc<Mutex<Router>>>, request: Request) -> Response {
    let router = present.lock().unwrap().clone();
    router.oneshot(request).await.unwrap_or_else(|never| match never {})
}
