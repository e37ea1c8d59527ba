//! What nodes must agree on before they give turns: the time, and where Restate reaches them.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use app::cli::open::pace;
use app::engine::restate::RestateConfig;
use app::home::Config;
use app::serve::metrics::Duty;
use app::serve::{Choice, Parts, Service};
use app::stages::OpenGate;
use app::transport::InProcess;
use base::{Clock, Secret, Timestamp};
use sandbox::clock::WorldClock;
use store::{Store, Vault};

use crate::cluster::{Postgres, wait_for};
use crate::{PATIENCE, present};

/// The machine's clock, moved by hand.
struct Moved {
    real: Arc<WorldClock>,
    by_ms: AtomicI64,
}

impl Moved {
    fn by(by_ms: i64) -> Arc<Moved> {
        Arc::new(Moved { real: WorldClock::real(0), by_ms: AtomicI64::new(by_ms) })
    }
}

impl Clock for Moved {
    fn now(&self) -> Timestamp {
        self.real.now().after_ms(self.by_ms.load(Ordering::SeqCst))
    }

    fn until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let by_ms = self.by_ms.load(Ordering::SeqCst);
        self.real.until(moment.after_ms(-by_ms))
    }
}

async fn open(url: &str) -> Store {
    let vault = Vault::new(Secret::new("0123456789abcdef0123456789abcdef"));
    Store::open(url, vault).await.unwrap()
}

fn service(store: &Store, clock: Arc<dyn Clock>, name: &str, choice: &Choice) -> Service {
    let world = sandbox::server::Sandbox::new(present(1, 1));
    let parts = Parts {
        store: store.clone(),
        clock,
        carrier: Arc::new(InProcess::new(world.router())),
        gate: Arc::new(OpenGate),
        node: name.to_owned(),
        pace: pace(&Config::default()),
        notifications: None,
        alerts: app::alerts::Config::default(),
    };
    Service::new(parts, choice)
}

/// Why a node does not begin.
async fn refused(service: &Service, choice: Choice) -> &'static str {
    let Err(error) = service.work(choice).await;
    assert!(!service.node.is_alive());
    service.node.leave().await.unwrap();
    error.code()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_whose_clock_is_off_gives_no_turns_until_it_is_right() {
    let Some(postgres) = Postgres::start() else { return };
    let store = open(&postgres.url()).await;
    for by_ms in [3_000, -3_000] {
        let off = service(&store, Moved::by(by_ms), "off", &Choice::Embedded);
        assert_eq!(refused(&off, Choice::Embedded).await, "node_clock_off");
    }
    assert_eq!(store.nodes().await.unwrap(), []);

    let clock = Moved::by(1_500);
    let node = Arc::new(service(&store, clock.clone(), "node", &Choice::Embedded));
    let at_work = node.clone();
    let work = tokio::spawn(async move { at_work.work(Choice::Embedded).await.err() });
    let is = |duty| move |node: &Service| node.node.duty() == duty;
    let waits = |what, is_so: &dyn Fn(&Service) -> bool| {
        tokio::task::block_in_place(|| wait_for(what, PATIENCE, || is_so(&node)));
    };
    waits("it leads", &is(Duty::Active));
    for by_ms in [3_600_000, -3_600_000] {
        clock.by_ms.store(by_ms, Ordering::SeqCst);
        waits("it stands by", &is(Duty::Standby));
        assert!(!node.node.is_alive());
        clock.by_ms.store(0, Ordering::SeqCst);
        waits("it leads again", &is(Duty::Active));
    }
    work.abort();
}

#[tokio::test]
async fn a_node_that_restate_would_call_elsewhere_does_not_begin() {
    let Some(postgres) = Postgres::start() else { return };
    let store = open(&postgres.url()).await;
    let choice = |advertise: Option<&str>, port: u16| {
        Choice::Restate(RestateConfig {
            ingress: "http://127.0.0.1:1".to_owned(),
            admin: "http://127.0.0.1:2".to_owned(),
            listen: format!("127.0.0.1:{port}"),
            advertise: advertise.map(str::to_owned),
            identity_key: None,
        })
    };
    let first = service(&store, Moved::by(0), "first", &choice(Some("http://balancer:9080"), 3));
    first.node.beat().await.unwrap();
    let own = choice(None, 4);
    let second = service(&store, Moved::by(10), "second", &own);
    let Err(error) = second.work(own.clone()).await;
    assert_eq!(error.code(), "restate_addresses_differ");
    assert!(error.to_string().contains("http://balancer:9080"), "{error}");
    second.node.leave().await.unwrap();
    // Once the first one has gone, the address may be another.
    first.node.leave().await.unwrap();
    let second = service(&store, Moved::by(10), "second", &own);
    second.node.beat().await.unwrap();
    second.node.check_addresses().await.unwrap();
}
