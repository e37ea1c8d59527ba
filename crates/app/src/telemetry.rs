//! Logs and traces: how much is said, in which form, and where spans go.
//!
//! A span is one turn or one call: lane, operation, status. Bodies, tokens and buyers are in none.

mod otlp;

use std::io::IsTerminal as _;
use std::path::Path;

use base::Sent;
use clap::ValueEnum;
use opentelemetry::trace::TracerProvider as _;
use opentelemetry_sdk::trace::SdkTracerProvider;
use serde::Deserialize;
use tracing::Span;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::{EnvFilter, Layer, Registry};

use crate::transport::Vendor;

/// How a line of the log looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object a line.
    Json,
}

/// `[telemetry]` of `config.toml`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// Where a collector takes OTLP over HTTP, such as `http://localhost:4318`; none: no traces.
    pub otlp_endpoint: Option<String>,
}

/// What is to be said, and how.
#[derive(Debug, Clone, Default)]
pub struct Wanted {
    pub format: LogFormat,
    /// As `RUST_LOG` has it.
    pub filter: String,
    pub config: Config,
}

/// Keeps the spans that are not sent yet.
#[derive(Debug, Default)]
pub struct Telemetry {
    provider: Option<SdkTracerProvider>,
}

impl Telemetry {
    /// Sends what is left. Not to be called on the runtime that carries it.
    pub fn end(self) {
        if let Some(Err(error)) = self.provider.map(|provider| provider.shutdown()) {
            tracing::warn!("Some spans were not sent: {error}");
        }
    }
}

/// The `[telemetry]` of a data folder, without making the folder. A file that cannot be read is the
/// verb's to tell about.
pub fn config_of(dir: &Path) -> Config {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Part {
        telemetry: Config,
    }
    let text = std::fs::read_to_string(dir.join("config.toml")).unwrap_or_default();
    toml::from_str::<Part>(&text).unwrap_or_default().telemetry
}

/// Begins to log, and to trace if that is wanted, for the whole process. Spans are sent on the
/// runtime that this is called in.
pub fn start(wanted: &Wanted) -> Telemetry {
    let provider = wanted.config.otlp_endpoint.as_deref().map(otlp::provider);
    let (provider, refused) = match provider.transpose() {
        Ok(provider) => (provider, None),
        Err(error) => (None, Some(error)),
    };
    let traces = provider.as_ref().map(|provider| {
        // Spans alone: a line of the log may hold a vendor's words.
        let ours = filter_fn(|about| about.is_span() && about.target().starts_with("app"));
        tracing_opentelemetry::layer().with_tracer(provider.tracer("daybook")).with_filter(ours)
    });
    let subscriber = Registry::default().with(traces).with(log(wanted));
    // Only a second call could fail, and there is none.
    drop(tracing::subscriber::set_global_default(subscriber));
    if let Some(error) = refused {
        tracing::error!(code = "config_invalid", "Traces are not sent: {error}");
    }
    Telemetry { provider }
}

fn log<S>(wanted: &Wanted) -> Box<dyn Layer<S> + Send + Sync>
where
    S: tracing::Subscriber + for<'a> tracing_subscriber::registry::LookupSpan<'a>,
{
    let layer = tracing_subscriber::fmt::layer()
        .with_writer(std::io::stderr)
        .with_ansi(std::io::stderr().is_terminal())
        .log_internal_errors(false);
    let filter = EnvFilter::new(&wanted.filter);
    match wanted.format {
        LogFormat::Text => layer.with_filter(filter).boxed(),
        LogFormat::Json => layer.json().flatten_event(true).with_filter(filter).boxed(),
    }
}

/// One turn of a lane.
pub fn turn_span(lane: &str) -> Span {
    let book = lane.split('/').next().unwrap_or_default();
    tracing::info_span!("turn", lane, book, code = tracing::field::Empty)
}

/// One call to a vendor. The attempt is 2 when it is the same call with a new token.
pub fn call_span(vendor: Vendor, operation: &str, attempt: u32) -> Span {
    let vendor = vendor.as_str();
    tracing::info_span!("call", vendor, operation, attempt, status = tracing::field::Empty)
}

/// How the call ended: its HTTP status, or why there is none.
pub fn ended(span: &Span, sent: &Sent) {
    match sent {
        Sent::Reply(reply) => span.record("status", reply.status),
        Sent::Busy(_) | Sent::NotSent(_) | Sent::Lost(_) => {
            span.record("status", crate::metrics::status(sent))
        }
    };
}
