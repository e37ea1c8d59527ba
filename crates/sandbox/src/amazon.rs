//! Amazon's Selling Partner API, simulated: tokens, marketplaces, and a seller's orders that come
//! about and change as the world's time passes.
//!
//! It keeps the rules of Amazon's own models (Orders v2026-01-01, Sellers v1) and is as strict as
//! they are, or stricter where they are silent. [`generate`] makes up the orders; [`Amazon`] serves
//! them and answers what the truth about them is.

mod buckets;
mod datasets;
mod door;
pub mod generate;
pub mod marketplaces;
mod operation;
mod orders;
mod page;
mod query;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod raw;
mod reply;
mod search;
mod sellers;
mod shelf;
pub mod state;
#[cfg(test)]
mod tests;
mod tokens;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod wire;

use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use base::Timestamp;

pub use self::generate::Layout;
pub use self::marketplaces::Region;
pub use self::raw::RawError;
pub use self::shelf::{Shelved, Version};
pub use self::state::{LineState, State};

use self::buckets::Buckets;
use self::raw::RawState;
use self::shelf::Shelf;
use self::tokens::Tokens;
use crate::kit::Kit;
use crate::random::Random;

/// What kind of seller and application this is.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    pub orders: generate::Options,
    /// Whether the application has the roles that show buyers and addresses.
    pub restricted_roles: bool,
}

/// One seller on Amazon, with an authorisation in each region.
pub struct Amazon {
    kit: Arc<Kit>,
    tokens: Tokens,
    buckets: Buckets,
    shelf: Mutex<Shelf>,
    random: Mutex<Random>,
    requests: AtomicU64,
    page_secret: String,
    restricted_roles: bool,
}

impl Amazon {
    pub fn new(kit: Arc<Kit>, options: Options) -> Arc<Amazon> {
        let seed = options.orders.seed;
        let mut shelf = Shelf::default();
        for order in generate::generate(options.orders) {
            let held = order.recipe.defect.map(generate::Defect::reason);
            let Some(id) = order.states.first().map(|first| first.id.clone()) else { continue };
            for state in order.states {
                shelf.add(&id, order.region, state.created, Version::drafted(state));
            }
            if let Some(reason) = held {
                shelf.hold(&id, reason);
            }
        }
        Arc::new(Amazon {
            kit,
            tokens: Tokens::new(seed),
            buckets: Buckets::default(),
            shelf: Mutex::new(shelf),
            random: Mutex::new(Random::stream(seed, "amazon replies")),
            requests: AtomicU64::new(0),
            page_secret: seed.to_string(),
            restricted_roles: options.restricted_roles,
        })
    }

    /// Serves `/auth/o2/token` and, under `/na`, `/eu` and `/fe`, each region's API.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(door::answer).with_state(self.clone())
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn client_id(&self) -> &str {
        &self.tokens.client_id
    }

    pub fn client_secret(&self) -> &str {
        &self.tokens.client_secret
    }

    /// The refresh token of a region's authorisation. Amazon's do not rotate.
    pub fn refresh_token(&self, region: Region) -> String {
        self.tokens.refresh_token(region)
    }

    /// A code as the seller's consent would bring it, good for five minutes and one use.
    pub fn grant_code(&self, region: Region) -> String {
        self.tokens.grant_code(region, self.kit.now())
    }

    /// The seller withdraws the authorisation of a region, until the next consent.
    pub fn revoke(&self, region: Region) {
        self.tokens.revoke(region);
    }

    /// Every access token ends now.
    pub fn expire_access_tokens(&self) {
        self.tokens.expire_access(self.kit.now());
    }

    /// Puts in an order, or another version of one, as Amazon's own JSON; it can be seen from
    /// `time` on. Gives back the order's id.
    pub fn insert_order(
        &self,
        region: Region,
        text: &str,
        time: Timestamp,
    ) -> Result<String, RawError> {
        let raw = RawState::read(text)?;
        let (id, created) = (raw.id.clone(), raw.created);
        self.shelf().add(&id, region, created, Version::raw(raw, time));
        Ok(id)
    }

    /// Says that an order must be stopped, and with which reason.
    pub fn expect_held(&self, order_id: &str, reason: &str) {
        self.shelf().hold(order_id, reason);
    }

    /// The next moment at which some order changes.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        self.shelf().next_change(after)
    }

    /// The moment after which no order changes any more.
    pub fn last_change(&self) -> Option<Timestamp> {
        self.shelf().last_change()
    }

    /// Looks at every order with its id.
    pub fn each_order(&self, mut look: impl FnMut(&str, &Shelved)) {
        self.shelf().all().for_each(|(id, shelved)| look(id, shelved));
    }
}
