//! What comes to a fleet by itself: Amazon's messages by one queue, Xero's webhooks, and what a
//! person is told by alerts.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::alerts::notice::Notice;
use app::alerts::{Config, Severity, Webhook, channels};
use app::intake::in_process::InProcess as Post;
use app::intake::mailbox::Answer;
use app::intake::{Letter, Mailbox, Notifications};
use app::serve::webhooks;
use app::transport::Carrier;
use base::{Clock, Host, Method, Request, Response, Secret, Sent};
use sandbox::clock::WorldClock;
use sandbox::server::Sandbox;
use sandbox::xero::{Delivery, Hook, Hooked};
use store::Store;
use xero::webhook::SIGNATURE_HEADER;

/// The queue of every book's seller. Nobody listens at the address: the messages come by [`PostBox`].
pub(crate) fn queue() -> Notifications {
    Notifications::of("http://127.0.0.1:9/", "arn:aws:sqs:eu-west-1:123456789012:fleet", None)
}

/// All simulated Amazons send here.
pub(crate) struct PostBox(Vec<Post>);

impl PostBox {
    pub(crate) fn of(worlds: &[Sandbox], clock: &Arc<WorldClock>) -> Arc<PostBox> {
        let post = |world: &Sandbox| {
            let clock: Arc<dyn Clock> = clock.clone();
            Post::new(world.amazon().clone(), clock)
        };
        Arc::new(PostBox(worlds.iter().map(post).collect()))
    }

    async fn take(&self) -> Result<Vec<Letter>, app::intake::MailboxError> {
        for (number, post) in self.0.iter().enumerate() {
            let mut letters = post.receive().await?;
            if letters.is_empty() {
                continue;
            }
            for letter in &mut letters {
                letter.receipt = format!("{number} {}", letter.receipt);
            }
            return Ok(letters);
        }
        Ok(Vec::new())
    }

    async fn drop_all(&self, letters: &[Letter]) -> Result<(), app::intake::MailboxError> {
        for letter in letters {
            let (number, receipt) = letter.receipt.split_once(' ').unwrap();
            let post = self.0.get(number.parse::<usize>().unwrap()).unwrap();
            let own = Letter { body: String::new(), receipt: receipt.to_owned() };
            post.delete(&[own]).await?;
        }
        Ok(())
    }
}

impl Mailbox for PostBox {
    fn receive(&self) -> Answer<'_, Vec<Letter>> {
        Box::pin(self.take())
    }

    fn delete<'a>(&'a self, letters: &'a [Letter]) -> Answer<'a, ()> {
        Box::pin(self.drop_all(letters))
    }
}

/// The key that a world's Xero signs with is kept where `connect` keeps it.
pub(crate) async fn keep_key(store: &Store, client_id: &str) -> Hook {
    let key = format!("key of {client_id}");
    store.put_secret(&webhooks::key_name(client_id), &Secret::new(key.as_str())).await.unwrap();
    Hook::new(key)
}

/// Xero asks the address whether it checks signatures, and tells it everything from then on.
pub(crate) async fn register(world: &Sandbox, hook: Hook, door: &dyn Carrier) {
    world.xero().register_webhook(hook);
    for delivery in world.xero().webhooks_due() {
        let status = knock(door, &delivery).await;
        world.xero().webhook_answered(delivery.id, Some(status), 20);
    }
    assert_eq!(world.xero().hooked(), Hooked::Live);
}

/// Makes one delivery; the answer's status.
pub(crate) async fn knock(door: &dyn Carrier, delivery: &Delivery) -> u16 {
    let request = Request::new(Method::Post, Host::Presigned, "")
        .header(SIGNATURE_HEADER, delivery.signature.clone())
        .json(delivery.body.clone());
    let sent = door.carry(webhooks::PATH, &request).await;
    let Sent::Reply(reply) = sent else { panic!("the door is in this process: {sent:?}") };
    reply.status
}

/// Where alerts arrive.
const PERSON: &str = "/person";

/// A person who is told by a webhook.
#[derive(Default)]
pub(crate) struct Person(Mutex<Vec<Notice>>);

impl Person {
    pub(crate) async fn channel(store: &Store) -> Config {
        let key = channels::vault_name("person");
        store.put_secret(&key, &Secret::new("between us")).await.unwrap();
        let (url, key) = (PERSON.to_owned(), "vault:person".to_owned());
        let webhook =
            BTreeMap::from([("person".to_owned(), Webhook { url, key, least: Severity::Info })]);
        Config { webhook, ..Config::default() }
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.0.lock().unwrap().clone()
    }

    fn told(&self, request: &Request) -> Sent {
        let notice: Notice = serde_json::from_slice(&request.body).unwrap();
        self.0.lock().unwrap().push(notice);
        Sent::Reply(Response { status: 200, headers: Vec::new(), body: Vec::new() })
    }
}

/// Sends each call to the world that its address begins with, such as `/7/xero/…`, or to the person.
pub(crate) struct Switch {
    pub(crate) worlds: Vec<Arc<dyn Carrier>>,
    pub(crate) person: Arc<Person>,
}

impl Carrier for Switch {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        if address == PERSON {
            return Box::pin(std::future::ready(self.person.told(request)));
        }
        Box::pin(async move {
            // A document's address is whole, and begins with the host that it was asked for at.
            let is_whole = request.path.strip_prefix("http:/");
            let place = is_whole.map_or_else(|| format!("{address}/"), str::to_owned);
            let (number, rest) = self.world(&place);
            let carrier = self.worlds.get(number).unwrap();
            let rest = rest.trim_end_matches('/');
            if request.path.starts_with("/_sandbox") {
                return carrier.carry(rest, request).await;
            }
            let mut asked = request.clone().header("host", number.to_string());
            if is_whole.is_none() {
                return carrier.carry(rest, &asked).await;
            }
            rest.clone_into(&mut asked.path);
            carrier.carry("", &asked).await
        })
    }
}

impl Switch {
    /// `/7/xero/…` is something of the world 7.
    fn world<'a>(&self, place: &'a str) -> (usize, &'a str) {
        let parts = place.strip_prefix('/').and_then(|rest| rest.split_once('/'));
        let number = parts.and_then(|(number, _)| number.parse::<usize>().ok());
        let number = number.filter(|number| *number < self.worlds.len());
        let number = number.unwrap_or_else(|| panic!("no world at {place}"));
        let (_, rest) = place.split_at(1 + number.to_string().len());
        (number, rest)
    }
}
