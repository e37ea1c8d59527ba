//! Xero, simulated: identity, one organisation's Accounting API, and a double-entry ledger behind
//! it.
//!
//! Where Xero's behaviour is published it is as strict as Xero; where it is not, it takes the
//! stricter reading, and the code says so. Start at [`router`](Xero::router) for the door, at
//! `documents` for invoices, bills and credit notes, at `bank_transactions` and `journals` for the
//! rest, at `ledger` for what they do to the accounts, and at `bookkeeper` for what people do with
//! the bank's statement.

mod accounts;
mod allocations;
mod ask;
mod attachments;
mod bank_listing;
mod bank_summary;
mod bank_transactions;
mod bank_transfers;
mod batch;
mod bookkeeper;
mod books;
mod by_hand;
mod chart;
mod connections;
mod contacts;
mod currencies;
mod dates;
mod dispatch;
mod document;
mod documents;
mod drafting;
mod edition;
mod expression;
mod fields;
mod filter;
mod history;
mod idempotency;
mod identity;
mod items;
mod journal_reading;
mod journals;
mod json;
mod jwt;
mod ledger;
mod levers;
mod limits;
mod lines;
mod listing;
mod oauth;
mod organisation;
mod papers;
mod payments;
mod reading;
mod render;
mod reply;
mod reports;
mod router;
mod scopes;
mod statement;
mod tax_rates;
mod told;
mod touched;
mod tracking;
mod view;
mod webhooks;

#[cfg(test)]
mod tests;

use std::sync::atomic::AtomicUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use base::Timestamp;

use crate::Kit;
use crate::random::Random;

use books::Books;
use connections::Connection;
use idempotency::Keys;
use limits::Limits;
use oauth::Oauth;
use webhooks::Webhooks;

pub use edition::Edition;
pub use statement::{Mood, Stand, StatementError, StatementLine, StatementView};
pub use view::{
    AccountView, BankTransactionView, BankTransferView, ContactView, DocumentView, JournalView,
    LedgerView, LineView, PaymentView,
};
pub use webhooks::{Delivery, Hook, Hooked};

/// One app, one user, one organisation.
pub struct Options {
    /// Decides ids and where Xero's fixed windows begin.
    pub seed: u64,
    /// Which organisation: the United Kingdom's unless said otherwise.
    pub edition: Edition,
    pub start: Timestamp,
    pub client_id: String,
    pub client_secret: String,
    /// The refresh token that the user's consent left with the app.
    pub refresh_token: String,
}

/// The simulated Xero. All of its state is behind one lock, which is never held across an await.
pub struct Xero {
    kit: Arc<Kit>,
    edition: Edition,
    in_flight: AtomicUsize,
    state: Mutex<State>,
}

struct State {
    books: Books,
    oauth: Oauth,
    connection: Connection,
    limits: Limits,
    keys: Keys,
    webhooks: Webhooks,
}

impl State {
    /// What was made or changed since is told, where someone wants to be told.
    fn hear(&mut self, now: Timestamp) {
        let touched = self.books.take_touched();
        self.webhooks.hear(touched, &self.connection.tenant, now);
    }
}

impl Xero {
    pub fn new(kit: Arc<Kit>, options: Options) -> Arc<Xero> {
        let books = Books::open(options.seed, options.edition, options.start);
        let edition = options.edition;
        let mut ids = Random::stream(options.seed, "xero connection");
        let event = books::uuid(&mut ids);
        let connection = Connection {
            id: books::uuid(&mut ids),
            tenant: books.organisation.id.clone(),
            event: event.clone(),
            present: true,
            created: options.start,
            updated: options.start,
        };
        let state = State {
            limits: Limits::new(options.seed),
            webhooks: Webhooks::new(options.seed),
            oauth: Oauth::new(options, event),
            keys: Keys::default(),
            books,
            connection,
        };
        Arc::new(Xero { kit, edition, in_flight: AtomicUsize::new(0), state: Mutex::new(state) })
    }

    /// `POST /connect/token`, `POST /connect/revocation`, `/connections` and `/api.xro/2.0/…`.
    pub fn router(self: &Arc<Self>) -> axum::Router {
        router::router(Arc::clone(self))
    }

    /// What the organisation holds now.
    pub fn ledger(&self) -> LedgerView {
        let mut state = self.lock();
        bookkeeper::work(&mut state.books, self.kit.now());
        state.hear(self.kit.now());
        view::view(&state.books)
    }

    /// What a client sends as `xero-tenant-id`.
    pub fn tenant_id(&self) -> String {
        self.lock().connection.tenant.clone()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
