//! `POST /webhooks/xero`: Xero says that something changed. What it says is written down before it
//! is answered, so that nothing is lost when we end in between; then the book's lane is nudged,
//! which reads the documents again.
//!
//! A good signature is answered 200 and any other 401, both with nothing in them: that is also all
//! that Xero's *intent to receive* asks for. What could not be written down is answered 503, and Xero
//! says it again: at once, then every fifteen minutes for a day.
//! <https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/>

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use base::{Clock, Secret};
use intents::BookId;
use store::{Notice, Store, StoreError};
use xero::webhook;

use crate::book::{Lane, Settings};
use crate::say;

/// Where Xero delivers.
pub const PATH: &str = "/webhooks/xero";

/// The variable that names the key, as Xero's developer site shows it.
pub const KEY_VARIABLE: &str = "DAYBOOK_XERO_WEBHOOK_KEY";

/// Xero's deliveries are a few kilobytes; a hundred events are thirty.
const BODY_MAX_BYTES: usize = 1024 * 1024;

/// Xero waits five seconds for an answer. A database that takes longer gets it said again.
const WRITE_MAX: Duration = Duration::from_secs(3);

/// What the door needs.
#[derive(Clone)]
pub struct Hooks {
    pub store: Store,
    pub clock: Arc<dyn Clock>,
    /// Of every application that books are connected by. Without any nothing is let in.
    pub keys: Arc<[Secret]>,
}

/// The vault's name of an application's webhook key.
pub fn key_name(client_id: &str) -> String {
    format!("xero:{client_id}:webhook")
}

/// The keys that deliveries may be signed with: from the environment, and from the vault for each
/// application.
pub async fn keys(store: &Store) -> Result<Arc<[Secret]>, StoreError> {
    let named = std::env::var(KEY_VARIABLE).ok().filter(|value| !value.is_empty());
    let mut keys: Vec<Secret> = named.into_iter().map(Secret::new).collect();
    let mut applications: Vec<String> =
        books(store).await?.into_values().map(|(_, client_id)| client_id).collect();
    applications.sort();
    applications.dedup();
    for client_id in applications {
        keys.extend(store.secret(&key_name(&client_id)).await?);
    }
    Ok(keys.into())
}

/// The door, to be merged into what listens. Nothing before it may change the body.
pub fn router(hooks: Hooks) -> Router {
    Router::new()
        .route(PATH, post(xero))
        .layer(DefaultBodyLimit::max(BODY_MAX_BYTES))
        .with_state(hooks)
}

async fn xero(State(hooks): State<Hooks>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get(webhook::SIGNATURE_HEADER).and_then(|value| value.to_str().ok());
    let Some(signature) = signature else { return StatusCode::UNAUTHORIZED };
    if !hooks.keys.iter().any(|key| webhook::is_signed(key, &body, signature)) {
        return StatusCode::UNAUTHORIZED;
    }
    let notices = match webhook::read(&body) {
        Ok(notices) => notices,
        Err(error) => {
            // Said again it would read no better, and after a day Xero would say nothing any more.
            // What changed is found by the daily check.
            tracing::warn!("A webhook of Xero's could not be read: {}", say(&error));
            return StatusCode::OK;
        }
    };
    if notices.is_empty() {
        return StatusCode::OK;
    }
    match tokio::time::timeout(WRITE_MAX, write_down(&hooks, notices)).await {
        Ok(Ok(())) => StatusCode::OK,
        Ok(Err(error)) => {
            tracing::error!(code = error.code(), "A webhook was not kept: {}", say(&error));
            StatusCode::SERVICE_UNAVAILABLE
        }
        Err(_too_late) => {
            tracing::error!("A webhook was not kept in time");
            StatusCode::SERVICE_UNAVAILABLE
        }
    }
}

/// Keeps what is about our books, then wakes their lanes. Organisations of nobody's are left out:
/// an application's webhook speaks for every organisation that it was ever connected to.
async fn write_down(hooks: &Hooks, notices: Vec<webhook::Notice>) -> Result<(), StoreError> {
    let books = books(&hooks.store).await?;
    let mut by_book: BTreeMap<&BookId, Vec<Notice>> = BTreeMap::new();
    for notice in notices {
        let Some((book, _)) = books.get(&notice.tenant_id.to_lowercase()) else { continue };
        by_book.entry(book).or_default().push(Notice {
            key: notice.key,
            category: notice.category,
            change: notice.change,
            resource_id: notice.resource_id,
            occurred: notice.occurred,
            sequence: notice.sequence.and_then(|count| i64::try_from(count).ok()),
        });
    }
    for (book, notices) in by_book {
        let now = hooks.clock.now();
        let new = hooks.store.record_notices(book, &notices, now).await?;
        if new > 0 {
            hooks.store.nudge(&Lane::Xero.name(book), now).await?;
        }
    }
    Ok(())
}

/// Books by their organisation's tenant id, each with the application that it is connected by.
async fn books(store: &Store) -> Result<BTreeMap<String, (BookId, String)>, StoreError> {
    let rows = store.books().await?.into_iter();
    let known = rows.filter_map(|row| {
        let settings: Settings = serde_json::from_str(&row.settings).ok()?;
        let link = settings.xero;
        Some((link.tenant_id.to_lowercase(), (row.id, link.credential.client_id)))
    });
    Ok(known.collect())
}
