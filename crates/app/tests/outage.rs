//! Stopping Xero for an hour, then starting it, needs nobody; nor does an authorisation that ended,
//! once a person has connected again. Over real HTTP, with a clock that jumps to what is due.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::future::Future;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use app::book::Lane;
use app::cli::books;
use app::cli::consent::{Consent, consent};
use app::engine::{Engine, Round};
use app::home::Home;
use app::setup::{Setup, Wish};
use app::stages::LaneState;
use app::transport::{Carrier, Wire};
use base::{Request, Secret, Sent, Timestamp};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;
use tokio::sync::oneshot;

/// How a vendor is out of order.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outage {
    /// Nobody listens.
    Gone,
    /// A gateway answers, and nothing behind it does.
    Gateway,
}

/// One vendor's address. What serves it can be stopped, with every connection, and started again.
struct Door {
    address: SocketAddr,
    server: Option<Runtime>,
}

impl Door {
    async fn open(router: axum::Router) -> Door {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let mut door = Door { address: listener.local_addr().unwrap(), server: None };
        drop(listener);
        door.serve(router).await;
        door
    }

    async fn serve(&mut self, router: axum::Router) {
        self.close();
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap();
        let address = self.address;
        let (ready, is_ready) = oneshot::channel();
        runtime.spawn(async move {
            // Who served here before may be a moment in going.
            let listener = loop {
                match TcpListener::bind(address).await {
                    Ok(listener) => break listener,
                    Err(_taken) => tokio::task::yield_now().await,
                }
            };
            ready.send(()).unwrap();
            axum::serve(listener, router).await.unwrap();
        });
        is_ready.await.unwrap();
        self.server = Some(runtime);
    }

    fn close(&mut self) {
        if let Some(server) = self.server.take() {
            server.shutdown_background();
        }
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.close();
    }
}

/// The network, which counts the calls to Xero.
struct Counting {
    wire: Wire,
    xero: String,
    calls: AtomicU32,
}

impl Carrier for Counting {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        if address.starts_with(&self.xero) {
            self.calls.fetch_add(1, Ordering::SeqCst);
        }
        self.wire.carry(address, request)
    }
}

struct Case {
    world: Sandbox,
    xero: Door,
    amazon: Door,
    carrier: Arc<Counting>,
    wish: Wish,
    engine: Engine,
    _folder: TempDir,
}

async fn case(orders: usize) -> Case {
    let start = Timestamp::parse("2026-11-16T09:00:00Z").unwrap();
    let clock = WorldClock::jumping(start);
    let world = Sandbox::new(SandboxOptions {
        defects_per_mille: 0,
        clock: clock.clone(),
        ..SandboxOptions::new(7, orders, start)
    });
    let (xero, amazon) = (Door::open(world.router()).await, Door::open(world.router()).await);
    let wire = Wire::new().unwrap();
    let carrier = Arc::new(Counting { wire, xero: xero.url(), calls: AtomicU32::new(0) });
    let mut wish = calm::wish(carrier.as_ref(), &amazon.url()).await;
    let addresses = &mut wish.xero.addresses;
    for address in [&mut addresses.api, &mut addresses.token, &mut addresses.connections] {
        *address = address.replace(&amazon.url(), &xero.url());
    }
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let engine = calm::connected(&home, clock, carrier.clone(), &wish).await;
    Case { world, xero, amazon, carrier, wish, engine, _folder: folder }
}

impl Case {
    async fn lane(&self, lane: &Lane) -> LaneState {
        let name = lane.name(&self.engine.book);
        let row = self.engine.lanes().await.unwrap().into_iter().find(|row| row.name == name);
        serde_json::from_str(&row.unwrap().state).unwrap()
    }

    /// Works on while simulated time passes, whatever fails.
    async fn pass(&self, ms: i64) {
        let rules = self.engine.rules().await.unwrap();
        let end = self.engine.clock.now().after_ms(ms);
        while self.engine.clock.now() < end {
            if let Round::Idle { next } = self.engine.round(&rules).await.unwrap() {
                self.engine.clock.until(next.min(end)).await;
            }
        }
    }

    fn posted(&self) -> usize {
        self.world.truth().posted
    }

    async fn ends_well(&self) {
        calm::work(&self.engine, &self.world, || false).await;
        let report = books::report(&self.engine).await.unwrap();
        assert!(report.agrees, "{:#?}", report.differences);
        assert!(report.dead.is_empty(), "{:?}", report.dead);
        let truth = self.world.truth();
        assert_eq!(truth.duplicates_ids, Vec::<String>::new());
        assert_eq!(truth.posted, truth.should_post);
    }
}

/// An hour without Xero costs so many calls: five until it is left alone, probes after 15 s, 30 s and
/// so on, then one in five minutes.
const CALLS_MAX: u32 = 5 + 5 + 12;

async fn an_hour_without_xero(outage: Outage) {
    let mut case = case(120).await;
    calm::work(&case.engine, &case.world, || case.posted() >= 40).await;
    let before = case.posted();
    assert!(before < 120, "the outage comes too late: {before}");
    case.xero.close();
    if outage == Outage::Gateway {
        let gateway = || async { axum::http::StatusCode::SERVICE_UNAVAILABLE };
        case.xero.serve(axum::Router::new().fallback(gateway)).await;
    }
    let calls = case.carrier.calls.load(Ordering::SeqCst);
    case.pass(Timestamp::HOUR).await;
    let calls = case.carrier.calls.load(Ordering::SeqCst) - calls;
    assert!((6..=CALLS_MAX).contains(&calls), "{calls} calls in an hour");
    let lane = case.lane(&Lane::Xero).await;
    assert!(lane.circuit.open_since().is_some(), "{lane:?}");
    assert!(lane.trouble.is_some(), "{lane:?}");
    // Amazon was read to its end meanwhile.
    let amazon = Lane::Amazon { region: "EU".to_owned() };
    assert!(case.lane(&amazon).await.swept.is_some());

    case.xero.serve(case.world.router()).await;
    let back = case.engine.clock.now();
    calm::work(&case.engine, &case.world, || case.posted() > before).await;
    let waited = case.engine.clock.now().since(back);
    assert!(waited <= 6 * Timestamp::MINUTE, "it took {waited} ms to see that Xero is back");
    case.ends_well().await;
    assert_eq!(case.lane(&Lane::Xero).await.trouble, None);
    assert!(books::report(&case.engine).await.unwrap().alarms.is_empty());
}

#[tokio::test]
async fn an_hour_in_which_nobody_listens_needs_nobody() {
    an_hour_without_xero(Outage::Gone).await;
}

#[tokio::test]
async fn an_hour_in_which_only_a_gateway_answers_needs_nobody() {
    an_hour_without_xero(Outage::Gateway).await;
}

/// A person who allows everything.
async fn connect_again(case: &Case) {
    let connection = case.world.connection(&case.amazon.url());
    let (sender, receiver) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let asked = Consent {
        client_id: &connection.xero_client_id,
        client_secret: case.wish.xero.client_secret.as_ref(),
        addresses: &case.wish.xero.addresses,
        authorise_url: &connection.xero_authorize_url,
        port: 0,
        show: &|url| sender.lock().unwrap().take().unwrap().send(url.to_owned()).unwrap(),
    };
    let person = async {
        let url = receiver.await.unwrap();
        let Sent::Reply(reply) = case.carrier.carry(&url, &Request::get("")).await else {
            panic!("no consent page")
        };
        let back = reply.header("location").unwrap().replace("localhost", "127.0.0.1");
        case.carrier.carry(&back, &Request::get("")).await;
    };
    let (token, ()) = tokio::join!(consent(case.carrier.as_ref(), &asked), person);
    let token: Secret = token.map_err(|failure| failure.detail).unwrap();
    let mut wish = case.wish.clone();
    wish.xero.refresh_token = Some(token);
    let Engine { store, clock, carrier, .. } = &case.engine;
    let setup = Setup::new(store.clone(), clock.clone(), carrier.clone());
    let (book, _settings) = setup.connect(&wish).await.unwrap();
    assert_eq!(book, case.engine.book);
}

#[tokio::test]
async fn an_authorisation_that_ended_pauses_one_connection_until_someone_connects_again() {
    let case = case(60).await;
    calm::work(&case.engine, &case.world, || case.posted() >= 10).await;
    let before = case.posted();
    case.world.xero().revoke();
    let calls = case.carrier.calls.load(Ordering::SeqCst);
    case.pass(6 * Timestamp::HOUR).await;
    let calls = case.carrier.calls.load(Ordering::SeqCst) - calls;
    assert!(calls <= 60, "{calls} calls in six hours without an authorisation");
    assert_eq!(case.posted(), before);
    let trouble = case.engine.trouble().await.unwrap().unwrap();
    assert!(trouble.starts_with("authorisation_gone"), "{trouble}");
    let alarms = case.engine.store.alarms(&case.engine.book).await.unwrap();
    let lane = Lane::Xero.name(&case.engine.book);
    assert!(
        alarms
            .iter()
            .any(|one| one.alarm.subject == lane && one.alarm.code == "authorisation_gone"),
        "{alarms:?}"
    );
    // Amazon's side of the book is read all the same.
    let swept = |state: LaneState| state.swept.unwrap();
    let amazon = Lane::Amazon { region: "EU".to_owned() };
    assert!(case.engine.clock.now().since(swept(case.lane(&amazon).await)) < Timestamp::HOUR);

    connect_again(&case).await;
    let now = case.engine.clock.now();
    let rules = case.engine.rules().await.unwrap();
    case.engine.round(&rules).await.unwrap();
    assert!(case.engine.clock.now().since(now) < Timestamp::MINUTE);
    assert_eq!(case.engine.trouble().await.unwrap(), None);
    case.ends_well().await;
}
