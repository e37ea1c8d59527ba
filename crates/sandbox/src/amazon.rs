//! Amazon's Selling Partner API, simulated: tokens, marketplaces, and a seller's orders that come
//! about and change as the world's time passes.
//!
//! It keeps the rules of Amazon's own models (Orders v2026-01-01, Sellers v1; with a history also
//! Reports 2021-06-30, Finances 2024-06-19 and v0, Transfers 2024-06-01) and is as strict as they
//! are, or stricter where they are silent. [`generate`] makes up the orders, [`history`] months of
//! them with their settlements; [`Amazon`] serves both and answers what the truth about them is.

mod buckets;
mod datasets;
mod door;
mod finances;
pub mod generate;
pub mod history;
pub mod marketplaces;
pub mod notifications;
mod operation;
mod orders;
mod page;
mod query;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod raw;
mod reply;
mod reports;
mod search;
mod sellers;
mod shelf;
pub mod state;
#[cfg(test)]
mod tests;
mod tokens;
mod transfers;
#[expect(clippy::struct_field_names, reason = "the names are Amazon's")]
mod wire;

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use base::Timestamp;

pub use self::generate::Layout;
pub use self::marketplaces::Region;
pub use self::raw::RawError;
pub use self::shelf::{Shelved, Version};
pub use self::state::{LineState, State};

use self::buckets::Buckets;
use self::history::History;
use self::notifications::Notices;
use self::raw::RawState;
use self::shelf::Shelf;
use self::tokens::Tokens;
use crate::kit::Kit;
use crate::random::Random;

/// What kind of seller and application this is.
#[derive(Debug, Clone)]
pub struct Options {
    pub orders: generate::Options,
    pub seller_id: String,
    /// Whether the application has the roles that show buyers and addresses.
    pub restricted_roles: bool,
}

/// One seller on Amazon, with an authorisation in each region.
pub struct Amazon {
    kit: Arc<Kit>,
    seller_id: String,
    tokens: Tokens,
    buckets: Buckets,
    shelf: Mutex<Shelf>,
    random: Mutex<Random>,
    requests: AtomicU64,
    page_secret: String,
    restricted_roles: bool,
    /// Months of settlements, in a world that has them.
    history: Option<History>,
    has_transfers_role: AtomicBool,
    has_notifications_role: AtomicBool,
    notices: Mutex<Notices>,
}

/// The seller unless another one is asked for. Amazon's own API tells its id only beside money.
pub const SELLER_ID: &str = "A2SANDB0XSELL3";

/// The id of a seller of many, each with a world of its own; the first is [`SELLER_ID`].
pub fn seller_id(number: u32) -> String {
    if number == 0 { SELLER_ID.to_owned() } else { format!("A2SANDB0X{number:05}") }
}

impl Amazon {
    pub fn new(kit: Arc<Kit>, options: Options) -> Arc<Amazon> {
        Amazon::open(kit, options, None)
    }

    /// The same, with months of settlements and their orders beside those of `options`.
    pub fn with_history(kit: Arc<Kit>, options: Options, history: history::Options) -> Arc<Amazon> {
        let seller_id = options.seller_id.clone();
        let history = History { seller_id, ..History::tell(history) };
        Amazon::open(kit, options, Some(history))
    }

    fn open(kit: Arc<Kit>, options: Options, history: Option<History>) -> Arc<Amazon> {
        let seed = options.orders.seed;
        let notices = Notices::new((seed, &options.seller_id), history.as_ref());
        let mut shelf = Shelf::default();
        let told = history.iter().flat_map(|history| &history.orders);
        for order in told {
            let Some(id) = order.states.first().map(|first| first.id.clone()) else { continue };
            for state in &order.states {
                shelf.add(&id, order.region, state.created, Version::drafted(state.clone()));
            }
        }
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
            seller_id: options.seller_id,
            tokens: Tokens::new(seed),
            buckets: Buckets::default(),
            shelf: Mutex::new(shelf),
            random: Mutex::new(Random::stream(seed, "amazon replies")),
            requests: AtomicU64::new(0),
            page_secret: seed.to_string(),
            restricted_roles: options.restricted_roles,
            has_transfers_role: AtomicBool::new(
                history.as_ref().is_none_or(|of| !of.options.quirks.no_transfers_role),
            ),
            has_notifications_role: AtomicBool::new(true),
            notices: Mutex::new(notices),
            history,
        })
    }

    /// Serves `/auth/o2/token` and, under `/na`, `/eu` and `/fe`, each region's API.
    pub fn router(self: &Arc<Self>) -> Router {
        Router::new().fallback(door::answer).with_state(self.clone())
    }

    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn seller_id(&self) -> &str {
        &self.seller_id
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
    /// With it end the subscriptions.
    pub fn revoke(&self, region: Region) {
        self.end_subscriptions(region);
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

    /// The months of settlements, in a world that has them.
    pub fn history(&self) -> Option<&History> {
        self.history.as_ref()
    }

    /// Those that the API of a region tells of.
    fn history_of(&self, region: Region) -> Option<&History> {
        self.history.as_ref().filter(|history| history.options.setting.region() == region)
    }

    /// The application loses the role for payouts.
    pub fn take_transfers_role(&self) {
        self.has_transfers_role.store(false, Ordering::Relaxed);
    }

    /// The application has the role for payouts again.
    pub fn give_transfers_role(&self) {
        self.has_transfers_role.store(true, Ordering::Relaxed);
    }

    /// The application loses the role that subscriptions need, or has it again.
    pub fn set_notifications_role(&self, has_role: bool) {
        self.has_notifications_role.store(has_role, Ordering::Relaxed);
    }

    /// The next moment at which some order changes, or anything of the history.
    pub fn next_change(&self, after: Timestamp) -> Option<Timestamp> {
        let told = self.history.as_ref().and_then(|history| history.next_change(after));
        self.shelf().next_change(after).into_iter().chain(told).min()
    }

    /// The moment after which nothing changes any more.
    pub fn last_change(&self) -> Option<Timestamp> {
        let told = self.history.as_ref().and_then(History::last_change);
        self.shelf().last_change().into_iter().chain(told).max()
    }

    /// Looks at every order with its id.
    pub fn each_order(&self, mut look: impl FnMut(&str, &Shelved)) {
        self.shelf().all().for_each(|(id, shelved)| look(id, shelved));
    }
}
