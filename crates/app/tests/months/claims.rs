//! A settlement row that says more than its order's invoice: its rows are held and shown with both
//! numbers, and the rest of the settlement is posted.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, Mutex};

use app::stages::settle;
use app::transport::{Carrier, InProcess};
use base::{Currency, Decimal, Money, Request, Sent, Subject};
use intents::State;
use mapping::settlement::Way;
use sandbox::amazon::history::Setting;
use sandbox::xero::Edition;

use crate::kept::{Account, Kept};

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

async fn worked(seed: u64) -> (Kept, String, String) {
    let (setting, edition) = (Setting::Us, Edition::Us);
    let account = Account { seed, setting, edition, months: 1, orders: 16 };
    let world = account.world();
    let inner = InProcess::new(world.router());
    let forger = Arc::new(Forger { inner, forged: Mutex::new(None) });
    let kept = account.connected_by(forger.clone(), world, |wish| wish.way = Way::PerOrder).await;
    kept.work().await;
    let (settlement_id, order_id) = forger.forged.lock().unwrap().clone().unwrap();
    (kept, settlement_id, order_id)
}

#[tokio::test]
async fn rows_that_exceed_their_invoice_are_held_and_the_rest_is_posted() {
    let (kept, settlement_id, order_id) = worked(3).await;
    let engine = &kept.engine;
    let row = kept.row(&Subject::settlement(&settlement_id)).await;
    assert_eq!(row.stop, None);
    let live = row.decided.iter().filter(|one| one.progress.state != State::Withdrawn);
    assert!(live.clone().count() > 1);
    assert!(live.clone().all(|one| one.progress.state == State::Posted));
    let note = row.note.clone().unwrap();
    assert_eq!(note.code, "claims_exceed_document", "{}", note.detail);

    let rules = engine.rules().await.unwrap();
    let order = kept.row(&Subject::order(&order_id)).await;
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
    let proof = kept.proof(&row).await;
    assert!(proof::verify(&proof, None).is_empty());
    assert_eq!(proof.coverage.held.amount, held);

    let others = engine.store.settlements(&engine.book).await.unwrap().into_iter();
    for other in others.filter(|one| one.settlement_id != settlement_id) {
        assert!(other.held.is_zero(), "settlement {}", other.settlement_id);
    }
}
