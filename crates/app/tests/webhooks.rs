//! Xero's webhooks over real HTTP: what is let in, what is kept before it is answered, and what is
//! answered when it cannot be kept.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use app::book::{Credential, Grant, Lane, Settings, XeroLink};
use app::serve::webhooks::{self, Hooks};
use app::transport::{Addresses, Carrier as _, Wire};
use base::{Host, Method, Request, Response, Secret, Sent, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use intents::BookId;
use sandbox::clock::WorldClock;
use sha2::Sha256;
use store::{Book, Store, Vault};

const KEY: &str = "s3cret+webhook/key==";
const TENANT: &str = "C2CC9B6E-9458-4c7d-93cc-f02b81b0594f";
const NOW: Timestamp = Timestamp(1_780_000_000_000);

struct Door {
    store: Store,
    url: String,
    book: BookId,
    _folder: tempfile::TempDir,
}

fn settings() -> Settings {
    let address = String::new;
    let addresses = Addresses { api: address(), token: address(), connections: address() };
    let credential = Credential {
        client_id: "client".to_owned(),
        secret: None,
        tokens: "t".to_owned(),
        grant: Grant::RefreshToken,
    };
    Settings {
        name: "Org".to_owned(),
        since: NOW,
        xero: XeroLink { tenant_id: TENANT.to_lowercase(), addresses, credential },
        amazon: Vec::new(),
        sandbox: None,
        limits: true,
        money: false,
        setup_calls: 0,
    }
}

async fn door() -> Door {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite:{}/daybook.db", folder.path().display());
    let vault = Vault::new(Secret::new("0123456789abcdef0123456789abcdef"));
    let store = Store::open(&url, vault).await.unwrap();
    let book = BookId::derive(&["org"]);
    let text = serde_json::to_string(&settings()).unwrap();
    let row = Book { id: book.clone(), name: "Org".to_owned(), settings: text };
    store.put_book(&row).await.unwrap();
    let lane = Lane::Xero.name(&book);
    store.ensure_lane(&lane, &book, NOW).await.unwrap();
    let lease = store.claim_lane(&lane, "test", NOW, 1000).await.unwrap().unwrap();
    store.settle_lane(&lease, NOW.after_ms(Timestamp::DAY), "{}", NOW).await.unwrap();
    store.put_secret(&webhooks::key_name("client"), &Secret::new(KEY)).await.unwrap();
    let keys = webhooks::keys(&store).await.unwrap();
    let hooks = Hooks { store: store.clone(), clock: WorldClock::fixed(NOW), keys };
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, webhooks::router(hooks)).await });
    Door { store, url, book, _folder: folder }
}

fn sign(key: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
    mac.update(body);
    STANDARD.encode(mac.finalize().into_bytes())
}

impl Door {
    async fn deliver(&self, body: &[u8], signature: Option<&str>) -> Response {
        let mut request =
            Request::new(Method::Post, Host::Api, "/webhooks/xero").json(body.to_vec());
        if let Some(signature) = signature {
            request = request.header("x-xero-signature", signature);
        }
        let sent = Wire::new().unwrap().carry(&self.url, &request).await;
        let Sent::Reply(reply) = sent else { panic!("{sent:?}") };
        reply
    }

    async fn signed(&self, body: &str) -> u16 {
        let signature = sign(KEY, body.as_bytes());
        let reply = self.deliver(body.as_bytes(), Some(&signature)).await;
        assert!(reply.body.is_empty());
        assert!(reply.header("set-cookie").is_none());
        reply.status
    }

    async fn kept(&self) -> Vec<String> {
        let due = self.store.due_notices(&self.book, 100).await.unwrap();
        due.into_iter()
            .map(|one| format!("{} {} {}", one.category, one.change, one.resource_id))
            .collect()
    }

    async fn due(&self) -> Timestamp {
        self.store.lanes().await.unwrap().first().unwrap().due
    }
}

fn event(id: &str, tenant: &str, second: u32) -> String {
    format!(
        r#"{{"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/{id}","resourceId":"{id}","eventDateUtc":"2026-06-21T01:15:{second:02}.902","eventType":"UPDATE","eventCategory":"INVOICE","tenantId":"{tenant}","tenantType":"ORGANISATION"}}"#
    )
}

fn body(events: &[String]) -> String {
    let count = events.len();
    let events = events.join(",");
    format!(
        r#"{{"events":[{events}],"firstEventSequence":1,"lastEventSequence":{count},"entropy":"X"}}"#
    )
}

/// One delivery that is signed well and several that are not, all without events.
#[tokio::test]
async fn an_intent_to_receive_is_answered_as_xero_asks() {
    let door = door().await;
    let empty = body(&[]);
    assert_eq!(door.signed(&empty).await, 200);
    let good = sign(KEY, empty.as_bytes());
    let other = sign("another key", empty.as_bytes());
    for bad in [None, Some(""), Some("nonsense"), Some(other.as_str()), good.get(1..)] {
        let reply = door.deliver(empty.as_bytes(), bad).await;
        assert_eq!((reply.status, reply.body.len()), (401, 0), "{bad:?}");
        assert!(reply.header("set-cookie").is_none());
    }
    let longer = format!("{empty} ");
    assert_eq!(door.deliver(longer.as_bytes(), Some(&good)).await.status, 401);
    assert!(door.kept().await.is_empty());
    assert_eq!(door.due().await, NOW.after_ms(Timestamp::DAY));
}

#[tokio::test]
async fn what_is_said_is_kept_once_and_wakes_the_lane() {
    let door = door().await;
    let events = [event("a", TENANT, 1), event("b", TENANT, 2), event("c", "someone else", 3)];
    assert_eq!(door.signed(&body(&events)).await, 200);
    assert_eq!(door.kept().await, ["INVOICE UPDATE a", "INVOICE UPDATE b"]);
    assert_eq!(door.due().await, NOW);
    // Said again, in another order and with something new.
    let events = [event("b", TENANT, 2), event("d", TENANT, 4), event("a", TENANT, 1)];
    assert_eq!(door.signed(&body(&events)).await, 200);
    assert_eq!(door.kept().await.len(), 3);
    // It changed again.
    assert_eq!(door.signed(&body(&[event("a", TENANT, 9)])).await, 200);
    assert_eq!(door.kept().await.len(), 4);
}

#[tokio::test]
async fn what_cannot_be_kept_is_refused_so_that_it_is_said_again() {
    let door = door().await;
    door.store.close().await;
    assert_eq!(door.signed(&body(&[event("a", TENANT, 1)])).await, 503);
    assert_eq!(door.signed(&body(&[])).await, 200);
}

#[tokio::test]
async fn what_cannot_be_read_is_not_asked_for_again() {
    let door = door().await;
    assert_eq!(door.signed("{\"events\":7}").await, 200);
    let large = vec![b' '; 2 * 1024 * 1024];
    assert_eq!(door.deliver(&large, Some(&sign(KEY, &large))).await.status, 413);
    assert!(door.kept().await.is_empty());
}
