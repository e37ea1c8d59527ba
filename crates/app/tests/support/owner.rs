//! Who connects the books of a fleet, and connects again where Xero takes the consent no more.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::sync::Arc;

use app::book::Lane;
use app::cli::connect::{patiently, sandbox_wish};
use app::setup::Setup;
use app::stages::LaneState;
use app::transport::Carrier;
use base::{Clock, Secret};
use intents::BookId;
use mapping::rulebook::Posting;
use sandbox::server::Sandbox;

use crate::fleet::Fleet;
use crate::market::Market;
use crate::process::Ground;

const GONE: &str = "authorisation_gone";

impl Fleet {
    /// An answer that is lost with new tokens in it, and an hour without Xero behind it, leave no token
    /// that works: the old one is taken for half an hour. Only a person can mend that, who is told.
    pub(crate) async fn consent_again(&mut self) {
        for row in self.store.lanes().await.unwrap() {
            let state: LaneState = serde_json::from_str(&row.state).unwrap();
            let is_gone = state.trouble.is_some_and(|trouble| trouble.starts_with(GONE));
            if !is_gone || Lane::parse(&row.name) != Some(Lane::Xero) {
                continue;
            }
            let mut sellers = self.sellers.iter().enumerate();
            let (number, seller) = sellers.find(|(_, one)| one.book == row.book).unwrap();
            let token = seller.world.xero().consent_again();
            assert!(token.is_some(), "{}: nobody took the consent back", row.name);
            let of = (number, seller.market);
            let book = connect(&self.ground, &self.calm, of, &seller.world, token).await;
            assert_eq!(book, seller.book);
            self.came.consents += 1;
        }
    }
}

/// Connects a book, or connects it again with what another consent brought.
pub(crate) async fn connect(
    ground: &Ground,
    carrier: &Arc<dyn Carrier>,
    (number, market): (usize, Market),
    world: &Sandbox,
    consent: Option<String>,
) -> BookId {
    let base = format!("/{number}");
    let mut wish = sandbox_wish(carrier.as_ref(), &base, Posting::Post).await.unwrap();
    market.wish(&mut wish);
    if let Some(token) = consent {
        wish.xero.refresh_token = Some(Secret::new(token));
    }
    let below = |address: &mut String| *address = address.replacen("http://127.0.0.1", &base, 1);
    let links = wish.amazon.iter_mut().map(|link| &mut link.addresses);
    for addresses in links.chain(std::iter::once(&mut wish.xero.addresses)) {
        below(&mut addresses.api);
        below(&mut addresses.token);
        below(&mut addresses.connections);
    }
    assert_eq!(wish.money, world.amazon().history().is_some());
    let clock: Arc<dyn Clock> = ground.clock.clone();
    let setup = Setup::new(ground.store.clone(), clock, carrier.clone());
    patiently(&setup, &wish).await.unwrap().0
}
