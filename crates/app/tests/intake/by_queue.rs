//! Over a real queue.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::io::{BufRead as _, BufReader};
use std::pin::Pin;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use app::engine::Engine;
use app::intake::Listener;
use app::intake::sqs::Sqs;
use app::stages::Gate;
use base::{Clock as _, Host, Method, Request, Sent, Subject, Timestamp};
use sandbox::faults::Fault;
use tokio::sync::Notify;

use crate::moto::{Line, Moto, REGION};
use crate::shop::{Shop, at, options, until_idle};

#[tokio::test]
async fn an_order_is_a_fact_within_a_turn_of_its_message() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("orders").await;
    let shop = Shop::open(options(3, 60), Some(queue.notifications())).await;
    let standing = shop.state().await.subscriptions;
    assert_eq!((standing.created, standing.repaired), (1, 0));
    assert!(standing.standing.contains_key("ORDER_CHANGE"), "{standing:?}");
    let (sqs, listener) = (queue.mailbox(), shop.listener(queue.mailbox()));

    let (changed, order_id) = shop.next_order();
    shop.work_until(changed.after_ms(-1)).await;
    while shop.tell(&sqs).await > 0 {
        listener.round().await.unwrap();
        shop.until_idle().await;
    }
    shop.clock.until(changed).await;
    let (single, searches) = (shop.calls("getOrder"), shop.calls("searchOrders"));
    assert!(!shop.facts(&order_id).await.contains(&changed), "no one has looked yet");
    assert_eq!(shop.tell(&sqs).await, 1);
    let taken = listener.round().await.unwrap();
    assert_eq!((taken.letters, taken.new, taken.unread), (1, 1, 0));
    shop.engine.round(&shop.engine.rules().await.unwrap()).await.unwrap();
    assert!(shop.facts(&order_id).await.contains(&changed), "the fact is there after one turn");
    assert_eq!(shop.calls("getOrder"), single + 1);
    assert_eq!(shop.calls("searchOrders"), searches, "nothing was swept for it");
    assert_eq!(shop.engine.store.hint_counts().await.unwrap(), vec![]);
    assert_eq!(queue.counts().await, ("0".to_owned(), "0".to_owned()));
    assert_eq!(shop.world.truth().unknown_names, vec![]);
}

#[tokio::test]
async fn doubles_and_disorder_are_read_once_and_the_lost_comes_with_the_sweep() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("doubles").await;
    let shop = Shop::open(options(5, 60), Some(queue.notifications())).await;
    let (sqs, listener) = (queue.mailbox(), shop.listener(queue.mailbox()));
    let faults = [Fault::Duplicated, Fault::Shuffled, Fault::LostBefore, Fault::Latency(900_000)];
    for fault in faults.iter().cycle().take(20) {
        shop.world.kit().faults.script("notification", *fault);
    }
    let (mut letters, mut new) = (0, 0);
    let end = shop.clock.now().after_ms(3 * Timestamp::HOUR);
    while shop.clock.now() < end {
        let mut left = shop.tell(&sqs).await;
        while left > 0 {
            let taken = listener.round().await.unwrap();
            left -= taken.letters;
            letters += taken.letters;
            new += taken.new;
        }
        shop.work_until(shop.clock.now().after_ms(5 * Timestamp::MINUTE)).await;
    }
    assert!(new > 5 && letters >= new + 5, "{letters} letters, {new} new");
    let truth = shop.world.truth();
    assert_eq!((truth.posted, truth.duplicates), (truth.should_post, 0));
    assert_eq!(truth.payments_wrong, vec![]);
    assert_eq!(shop.engine.store.hint_counts().await.unwrap(), vec![]);
}

#[tokio::test]
async fn what_cannot_be_read_is_kept_without_the_postal_code_and_holds_up_nothing() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("malformed").await;
    let shop = Shop::open(options(3, 20), Some(queue.notifications())).await;
    let (sqs, listener) = (queue.mailbox(), shop.listener(queue.mailbox()));
    let stranger = r#"{"NotificationType":"ORDER_CHANGE","EventTime":"2026-11-16T09:00:00Z","Payload":{
        "OrderChangeNotification":{"SellerId":"A0THER","AmazonOrderId":"202-1-1","Summary":{
        "MarketplaceId":"A1F83G8C2ARO7P","DestinationPostalCode":"LS1 4AP"}}}}"#;
    let bodies = [
        "to 12 Mill Lane, LS1 4AP".to_owned(),
        r#"{"NotificationType":"ORDER_CHANGE","Payload":{"DestinationPostalCode":"LS1 4AP"}}"#
            .to_owned(),
        stranger.to_owned(),
        r#"{"NotificationType":"PRICING_HEALTH","Payload":{}}"#.to_owned(),
    ];
    sqs.send(&bodies).await.unwrap();
    let taken = listener.round().await.unwrap();
    assert_eq!((taken.letters, taken.new, taken.ignored, taken.unread), (4, 0, 1, 3));
    assert_eq!(queue.counts().await, ("0".to_owned(), "0".to_owned()));
    let kept = shop.engine.store.unread_notifications(10).await.unwrap();
    let mut codes: Vec<&str> = kept.iter().map(|row| row.unread.code.as_str()).collect();
    codes.sort_unstable();
    let expected =
        ["notification_of_no_book", "notification_unreadable", "notification_unreadable"];
    assert_eq!(codes, expected);
    assert!(!format!("{kept:?}").contains("LS1"), "{kept:?}");
    assert_eq!(kept.iter().filter(|row| row.unread.body.is_none()).count(), 1);
}

/// Ends the process at a point, once.
struct End {
    point: &'static str,
    reached: Notify,
}

impl Gate for End {
    fn pass<'a>(&'a self, point: &'static str) -> Pin<Box<dyn Future<Output = ()> + Send + 'a>> {
        Box::pin(async move {
            if point == self.point {
                self.reached.notify_one();
                std::future::pending::<()>().await;
            }
        })
    }
}

/// A listener that ends at a point with a message in its hand.
async fn dies(shop: &Shop, mailbox: Sqs, point: &'static str) {
    let end = Arc::new(End { point, reached: Notify::new() });
    let listener = shop.listener(mailbox).with_gate(end.clone());
    tokio::select! {
        ended = listener.round() => panic!("it never came to {point}: {ended:?}"),
        () = end.reached.notified() => {}
    }
}

#[tokio::test]
async fn a_process_that_ends_between_keeping_and_deleting_loses_and_doubles_nothing() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("ends").await;
    let shop = Shop::open(options(3, 60), Some(queue.notifications())).await;
    let (sqs, listener) = (queue.mailbox(), shop.listener(queue.mailbox()));
    let (changed, order_id) = shop.next_order();
    shop.work_until(changed).await;
    let told = shop.tell(&sqs).await;
    assert!((1..10).contains(&told), "{told} fit into one look");
    dies(&shop, queue.mailbox(), "intake: before storing").await;
    assert_eq!(shop.engine.store.hint_counts().await.unwrap(), vec![], "nothing is kept yet");
    // Each message shows itself again a second later.
    dies(&shop, queue.mailbox(), "intake: after storing").await;
    let kept = shop.engine.store.hint_counts().await.unwrap();
    let waiting: u64 = kept.iter().map(|count| count.waiting).sum();
    assert_eq!(waiting, told, "each is for one lane");
    let mut again = 0;
    while again < told {
        let taken = listener.round().await.unwrap();
        assert_eq!(taken.new, 0, "they are the same");
        again += taken.letters;
    }
    assert_eq!(queue.counts().await, ("0".to_owned(), "0".to_owned()));
    let single = shop.calls("getOrder");
    shop.until_idle().await;
    assert_eq!(shop.calls("getOrder"), single + waiting);
    let facts = shop.facts(&order_id).await;
    assert_eq!(facts.iter().filter(|at| **at == changed).count(), 1);
}

#[tokio::test]
async fn a_queue_that_is_not_there_is_said_in_words() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("there").await;
    let shop = Shop::open(options(3, 0), None).await;
    assert_eq!(queue.mailbox().arn().await.unwrap(), queue.arn);
    let gone = format!("{}/123456789012/gone", moto.url);
    let error = shop.listener(queue.mailbox_at(&gone)).round().await.unwrap_err();
    assert_eq!(error.code(), "queue_refused", "{error}");
    drop(moto);
    let error = shop.listener(queue.mailbox()).round().await.unwrap_err();
    assert_eq!(error.code(), "queue_not_reached", "{error}");
}

/// `daybook sandbox --queue-url` in a process of its own, with credentials from the environment.
struct Served {
    child: Child,
    /// Where its vendors are.
    url: String,
}

impl Served {
    fn start(moto: &Moto, queue: &Line) -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybook"))
            .args(["sandbox", "--json", "--no-limits", "--orders", "20"])
            .args(["--queue-url", &queue.url, "--queue-endpoint", &moto.url])
            .env("AWS_ACCESS_KEY_ID", "test")
            .env("AWS_SECRET_ACCESS_KEY", "test")
            .env("AWS_REGION", REGION)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut line).unwrap();
        let (_, rest) = line.split_once(r#""amazon_api":""#).unwrap();
        let (url, _) = rest.split_once("/amazon/eu").unwrap();
        let url = url.to_owned();
        Served { child, url }
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

#[tokio::test]
async fn the_sandbox_sends_to_a_queue() {
    let Some(moto) = Moto::start() else { return };
    let queue = moto.queue("sandbox").await;
    let served = Served::start(&moto, &queue);
    let folder = tempfile::tempdir().unwrap();
    let connected = at(folder.path(), &served.url).await;
    let engine = Engine { notifications: Some(queue.notifications()), ..connected };
    engine.take_over().await.unwrap();
    until_idle(&engine).await;
    let request = Request::new(Method::Post, Host::Api, "/_sandbox/orders").query("region", "eu");
    let request = request.json(order("202-7654321-1234567", engine.clock.now()).into_bytes());
    let Sent::Reply(reply) = engine.carrier.carry(&served.url, &request).await else {
        panic!("the sandbox gave no answer");
    };
    assert_eq!(reply.status, 201, "{}", reply.text());
    let (store, clock) = (engine.store.clone(), engine.clock.clone());
    let listener = Listener::new(store, clock, Arc::new(queue.mailbox()));
    let taken = listener.round().await.unwrap();
    assert_eq!((taken.letters, taken.new), (1, 1));
    let bell = listener.bell();
    bell.notified().await;
    until_idle(&engine).await;
    let subject = Subject::order("202-7654321-1234567");
    let told = engine.store.explain(&engine.book, &subject).await.unwrap();
    assert_eq!(told.facts.len(), 1);
}

fn order(order_id: &str, now: Timestamp) -> String {
    let now = now.iso();
    format!(
        r#"{{"orderId":"{order_id}","createdTime":"{now}","lastUpdatedTime":"{now}","salesChannel":
            {{"channelName":"AMAZON","marketplaceId":"A1F83G8C2ARO7P"}},"orderItems":[]}}"#
    )
}
