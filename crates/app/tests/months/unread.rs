//! A report whose document cannot be read: it is a letter, the reports behind it are fetched, and a
//! replay fetches it again.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use app::engine::Engine;
use app::transport::{Carrier, InProcess};
use base::{Clock as _, Request, Sent, Subject, Timestamp};
use mapping::settlement::Way;
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;
use store::{Said, What};

use crate::kept::{Account, Kept};
use crate::settlements;

/// Where Amazon says where a document is, and where it is.
const ADDRESSES: &str = "/reports/2021-06-30/documents/";
const FILES: &str = "/amazon/documents/";

/// Gives half of the first document that is asked for there.
struct Garbling {
    inner: InProcess,
    place: &'static str,
    document: Mutex<Option<String>>,
    is_on: AtomicBool,
}

impl Garbling {
    fn is_garbled(&self, request: &Request) -> bool {
        if !request.path.starts_with(self.place) || !self.is_on.load(Ordering::SeqCst) {
            return false;
        }
        // An address is another one each time from its question mark on.
        let path = request.path.split('?').next().unwrap_or_default();
        let mut document = self.document.lock().unwrap();
        *document.get_or_insert_with(|| path.to_owned()) == path
    }
}

impl Carrier for Garbling {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(async move {
            let mut sent = self.inner.carry(address, request).await;
            if let Sent::Reply(reply) = &mut sent
                && self.is_garbled(request)
            {
                reply.body.truncate(reply.body.len() / 2);
            }
            sent
        })
    }
}

/// Settlements of which Amazon's report was read.
async fn read(kept: &Kept) -> usize {
    let mut read = 0;
    for known in kept.history().settlement_truth(kept.world.clock().now()) {
        let row = kept.row(&Subject::settlement(&known.id)).await;
        let is_read = |fact: &facts::Fact| matches!(fact.body, facts::Body::Settlement(_));
        read += usize::from(row.facts.iter().any(is_read));
    }
    read
}

#[tokio::test]
async fn a_report_that_cannot_be_read_holds_up_no_other_and_is_fetched_again() {
    half_of(ADDRESSES).await;
}

#[tokio::test]
async fn half_a_report_is_no_report_and_is_fetched_again() {
    half_of(FILES).await;
}

async fn half_of(place: &'static str) {
    let account = Account::of_a_quarter(4, (Setting::UkVat, Edition::Uk));
    let world = account.world();
    let carrier = Arc::new(Garbling {
        inner: InProcess::new(world.router()),
        place,
        document: Mutex::default(),
        is_on: AtomicBool::new(true),
    });
    let kept = account.connected_by(carrier.clone(), world, |wish| wish.way = Way::Summary).await;
    // Amazon keeps a report for ninety days.
    kept.work_until(account.history().from.after_ms(40 * Timestamp::DAY)).await;
    let all = kept.history().settlement_truth(kept.world.clock().now()).len();
    assert_eq!(read(&kept).await, all - 1);
    let Engine { store, book, clock, .. } = &kept.engine;
    let letters = store.letters(book).await.unwrap();
    let unread: Vec<_> =
        letters.iter().filter(|one| matches!(one.what, What::Unread { .. })).collect();
    assert_eq!(unread.len(), 1, "{letters:?}");
    assert!(unread.iter().all(|letter| letter.reason.code == "unreadable_document"));

    carrier.is_on.store(false, Ordering::SeqCst);
    let said = Said { who: "ann", reason: "Amazon gives it out again", at: clock.now() };
    store.replay_letters(book, &letters, said).await.unwrap();
    for lane in kept.engine.lanes().await.unwrap() {
        store.nudge(&lane.name, clock.now()).await.unwrap();
    }
    kept.work().await;
    assert!(read(&kept).await > all);
    assert_eq!(store.letters(book).await.unwrap(), []);
    settlements::are_whole(&kept).await;
}

/// Loses some answers about files, gives half of one, and then all is well.
struct Shaky {
    inner: InProcess,
    asked: AtomicU32,
}

const LOST: u32 = 4;

impl Carrier for Shaky {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(async move {
            let mut sent = self.inner.carry(address, request).await;
            if !request.path.starts_with(FILES) {
                return sent;
            }
            let before = self.asked.fetch_add(1, Ordering::SeqCst);
            if before < LOST {
                return Sent::Lost("the answer never arrived".to_owned());
            }
            if let Sent::Reply(reply) = &mut sent
                && before == LOST
            {
                reply.body.truncate(reply.body.len() / 2);
            }
            sent
        })
    }
}

#[tokio::test]
async fn answers_that_are_lost_are_none_that_could_not_be_read() {
    let account = Account::of_a_quarter(4, (Setting::UkVat, Edition::Uk));
    let world = account.world();
    let inner = InProcess::new(world.router());
    let carrier = Arc::new(Shaky { inner, asked: AtomicU32::new(0) });
    let kept = account.connected_by(carrier.clone(), world, |wish| wish.way = Way::Summary).await;
    kept.work_until(account.history().from.after_ms(40 * Timestamp::DAY)).await;
    assert!(carrier.asked.load(Ordering::SeqCst) > LOST + 1);
    let all = kept.history().settlement_truth(kept.world.clock().now()).len();
    assert_eq!(read(&kept).await, all);
    assert_eq!(kept.engine.store.letters(&kept.engine.book).await.unwrap(), []);
}
