//! A settlement row that says more than its order's invoice: its rows are held and shown with both
//! numbers, and the rest of the settlement is posted.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[path = "support/calm.rs"]
mod calm;

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::engine::Engine;
use app::home::Home;
use app::stages::{Pace, prove, settle};
use app::transport::{Carrier, InProcess};
use base::{Currency, Decimal, Money, Request, Sent, Subject, Timestamp};
use intents::State;
use mapping::settlement::Way;
use proof::Proof;
use sandbox::amazon::history::{Options, Setting};
use sandbox::clock::WorldClock;
use sandbox::server::{Sandbox, SandboxOptions};
use sandbox::xero::Edition;

const PACE: Pace = Pace {
    poll_ms: 8 * Timestamp::HOUR,
    chart_ms: 30 * Timestamp::DAY,
    check_ms: 7 * Timestamp::DAY,
    reports_ms: 12 * Timestamp::HOUR,
};

/// What a row says too much.
const TOO_MUCH: i64 = 10_00;

/// Carries calls, and writes one row of the first plain report wrongly: the buyer of an order paid
/// ten dollars more, and Amazon's fee is ten dollars higher. It still adds up.
struct Forger {
    inner: InProcess,
    /// The settlement and the order.
    forged: Mutex<Option<(String, String)>>,
}

impl Carrier for Forger {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(async move {
            let mut sent = self.inner.carry(address, request).await;
            if let Sent::Reply(reply) = &mut sent
                && reply.body.starts_with(b"settlement-id\t")
            {
                let mut forged = self.forged.lock().unwrap();
                let text = String::from_utf8(reply.body.clone()).unwrap();
                if forged.is_none()
                    && let Some((text, named)) = forge(&text)
                {
                    reply.body = text.into_bytes();
                    *forged = Some(named);
                }
            }
            sent
        })
    }
}

fn forge(text: &str) -> Option<(String, (String, String))> {
    let mut rows = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
    let head = rows.next()?;
    let at = |name: &str| head.iter().position(|column| column == name);
    let (order, kind, what) = (at("order-id")?, at("transaction-type")?, at("amount-description")?);
    let (id, amount) = (at("settlement-id")?, at("amount")?);
    let is = |row: &[String], words: &str| {
        row.get(kind).is_some_and(|kind| kind == "Order")
            && row.get(what).is_some_and(|of| of == words)
    };
    let mut rows: Vec<Vec<String>> = rows.collect();
    let sale = rows.iter().find(|row| is(row, "Principal"))?;
    let named = (sale.get(id)?.clone(), sale.get(order)?.clone());
    for (words, more) in [("Principal", TOO_MUCH), ("Commission", -TOO_MUCH)] {
        let mut of_it = rows.iter_mut().filter(|row| row.get(order) == Some(&named.1));
        let cell = of_it.find(|row| is(row, words))?.get_mut(amount)?;
        *cell = (cell.parse::<Decimal>().unwrap() + Decimal::new(more, 2)).to_string();
    }
    let lines = std::iter::once(head).chain(rows).map(|row| row.join("\t") + "\n");
    Some((lines.collect(), named))
}

async fn worked(seed: u64) -> (Engine, String, String, tempfile::TempDir) {
    let end = Timestamp::parse("2026-07-01T09:00:00Z").unwrap();
    let history = Options { months: 1, ..Options::before(seed, Setting::Us, 16, end) };
    let clock = WorldClock::jumping(history.from);
    let world = Sandbox::new(SandboxOptions {
        limits: false,
        edition: Edition::Us,
        history: Some(history),
        clock,
        ..SandboxOptions::new(seed, 0, history.from)
    });
    let folder = tempfile::tempdir().unwrap();
    let home = Home::read(folder.path()).unwrap();
    let inner = InProcess::new(world.router());
    let forger = Arc::new(Forger { inner, forged: Mutex::new(None) });
    let carrier: Arc<dyn Carrier> = forger.clone();
    let mut wish = calm::wish(carrier.as_ref(), "").await;
    wish.way = Way::PerOrder;
    let mut engine = calm::connected(&home, world.clock().clone(), carrier, &wish).await;
    engine.pace = PACE;
    calm::work(&engine, &world, || false).await;
    let (settlement_id, order_id) = forger.forged.lock().unwrap().clone().unwrap();
    (engine, settlement_id, order_id, folder)
}

#[tokio::test]
async fn rows_that_exceed_their_invoice_are_held_and_the_rest_is_posted() {
    let (engine, settlement_id, order_id, _folder) = worked(3).await;
    let row =
        engine.store.subject(&engine.book, &Subject::settlement(&settlement_id)).await.unwrap();
    assert_eq!(row.stop, None);
    let live = row.decided.iter().filter(|one| one.progress.state != State::Withdrawn);
    assert!(live.clone().count() > 1);
    assert!(live.clone().all(|one| one.progress.state == State::Posted));
    let note = row.note.clone().unwrap();
    assert_eq!(note.code, "claims_exceed_document", "{}", note.detail);

    let rules = engine.rules().await.unwrap();
    let order = engine.store.subject(&engine.book, &Subject::order(&order_id)).await.unwrap();
    let exceeding = settle::exceeding(&engine.store, &rules, (&engine.book, &order)).await.unwrap();
    let [excess] = exceeding.as_slice() else { panic!("{exceeding:?}") };
    let beyond = excess.claimed.minus(excess.carried).unwrap();
    assert_eq!(beyond, Money::from_minor(TOO_MUCH, Currency::USD));
    for said in [&order_id, &excess.claimed.to_string(), &excess.carried.to_string()] {
        assert!(note.detail.contains(said.as_str()), "{} in {}", said, note.detail);
    }

    let settlement = engine.store.settlement(&engine.book, &settlement_id).await.unwrap().unwrap();
    let claims = engine.store.claims_of(&engine.book, &settlement_id).await.unwrap();
    let of_order = claims.iter().filter(|claim| claim.order_id == order_id && !claim.is_refund);
    let held = Money::sum(of_order.map(|claim| claim.amount), Currency::USD).unwrap();
    assert_eq!(settlement.held, held);
    let (_, hash) = prove::newest(&row.facts).unwrap();
    let bytes = engine.store.document(hash).await.unwrap().unwrap();
    let proof: Proof = serde_json::from_slice(&bytes).unwrap();
    assert!(proof::verify(&proof, None).is_empty());
    assert_eq!(proof.coverage.held.amount, held);

    let others = engine.store.settlements(&engine.book).await.unwrap().into_iter();
    for other in others.filter(|one| one.settlement_id != settlement_id) {
        assert!(other.held.is_zero(), "settlement {}", other.settlement_id);
    }
}
