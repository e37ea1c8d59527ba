//! For machines that look after machines: `/metrics` for Prometheus, `/healthz` (the process lives),
//! `/readyz` (it can do its work).

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use base::Timestamp;
use prometheus_client::encoding::prometheus_text;
use serde::Serialize;
use store::StoreError;

use crate::alerts::Severity;
use crate::metrics;
use crate::watch::Watch;

/// Whoever scrapes more often sees the same snapshot again.
const SNAPSHOT_AGE_MS: i64 = 5 * Timestamp::SECOND;

/// What this process does for the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Duty {
    /// It is not known yet.
    Starting,
    /// It gives turns.
    Active,
    /// Another process gives turns; it takes over when that one ends.
    Standby,
}

/// What probes and scrapers ask.
pub struct Probes {
    pub watch: Arc<Watch>,
    pub duty: Box<dyn Fn() -> Duty + Send + Sync>,
}

/// The routes. They tell nothing secret; keep them inside all the same.
pub fn router(probes: Arc<Probes>) -> Router {
    Router::new()
        .route("/metrics", get(scraped))
        .route("/healthz", get(healthy))
        .route("/readyz", get(ready))
        .with_state(probes)
}

async fn healthy() -> &'static str {
    "ok\n"
}

#[derive(Debug, Serialize)]
struct Answer {
    ready: bool,
    engine: Duty,
    /// The newest migration that was applied; none when the store cannot be reached.
    migration: Option<i64>,
    migration_known: Option<i64>,
    /// Why it is not ready: an error's code.
    code: Option<&'static str>,
}

async fn ready(State(probes): State<Arc<Probes>>) -> Response {
    let engine = (probes.duty)();
    let told = match probes.watch.store.applied().await {
        Ok(applied) => {
            let is_migrated = applied.migration == applied.migration_known;
            Answer {
                ready: is_migrated && engine != Duty::Starting,
                engine,
                migration: Some(applied.migration),
                migration_known: Some(applied.migration_known),
                code: (!is_migrated).then_some("database_version"),
            }
        }
        Err(error) => Answer {
            ready: false,
            engine,
            migration: None,
            migration_known: None,
            code: Some(error.code()),
        },
    };
    let status = if told.ready { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(told)).into_response()
}

async fn scraped(State(probes): State<Arc<Probes>>) -> Response {
    match text(&probes.watch).await {
        Ok(text) => ([(CONTENT_TYPE, prometheus_text::CONTENT_TYPE)], text).into_response(),
        Err(error) => {
            tracing::warn!(code = error.code(), "Metrics cannot be told: {}", crate::say(&error));
            (StatusCode::SERVICE_UNAVAILABLE, error.code()).into_response()
        }
    }
}

/// Everything that is measured, in Prometheus' text format.
pub async fn text(watch: &Watch) -> Result<String, StoreError> {
    let snapshot = watch.snapshot(SNAPSHOT_AGE_MS).await?;
    let open = watch.store.open_alerts().await?;
    let count = |severity: Severity| {
        let word = severity.as_str();
        (word, open.iter().filter(|alert| alert.severity == word).count() as u64)
    };
    // Writing to a text cannot fail.
    let gauges = metrics::gauges::text(&snapshot, &Severity::ALL.map(count)).unwrap_or_default();
    Ok(format!("{gauges}{}", metrics::text().unwrap_or_default()))
}
