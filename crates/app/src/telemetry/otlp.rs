//! Spans to a collector: OTLP over HTTP, as protobuf.

use std::time::Duration;

use async_trait::async_trait;
use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use opentelemetry_otlp::{
    ExporterBuildError, Protocol, WithExportConfig as _, WithHttpConfig as _,
};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tokio::runtime::Handle;

/// A collector stands beside us; one that does not answer keeps no span for longer.
const TIMEOUT: Duration = Duration::from_secs(10);
/// Where a collector takes traces.
/// <https://opentelemetry.io/docs/specs/otlp/#otlphttp-request>
const PATH: &str = "/v1/traces";

#[derive(Debug, thiserror::Error)]
pub(super) enum OtlpError {
    #[error("no HTTP client could be made: {0}")]
    Client(#[from] reqwest::Error),
    #[error("the endpoint cannot be used: {0}")]
    Exporter(#[from] ExporterBuildError),
}

/// Collects spans and sends them from time to time, on the runtime that this is called in.
pub(super) fn provider(endpoint: &str) -> Result<SdkTracerProvider, OtlpError> {
    let client = reqwest::Client::builder().timeout(TIMEOUT).build()?;
    let exporter = opentelemetry_otlp::SpanExporter::builder()
        .with_http()
        .with_http_client(OnRuntime { client, runtime: Handle::current() })
        .with_protocol(Protocol::HttpBinary)
        .with_endpoint(address(endpoint))
        .build()?;
    let resource = Resource::builder().with_service_name("daybook").build();
    let provider = SdkTracerProvider::builder().with_resource(resource);
    Ok(provider.with_batch_exporter(exporter).build())
}

fn address(endpoint: &str) -> String {
    let endpoint = endpoint.trim_end_matches('/');
    if endpoint.ends_with(PATH) { endpoint.to_owned() } else { format!("{endpoint}{PATH}") }
}

/// Spans are collected on a thread of their own, where no socket can be opened; this opens them on
/// the runtime.
#[derive(Debug)]
struct OnRuntime {
    client: reqwest::Client,
    runtime: Handle,
}

#[async_trait]
impl HttpClient for OnRuntime {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        self.runtime.spawn(async move { exchange(&client, request).await }).await?
    }
}

async fn exchange(
    client: &reqwest::Client,
    request: Request<Bytes>,
) -> Result<Response<Bytes>, HttpError> {
    let reply = client.execute(request.try_into()?).await?;
    let (status, headers) = (reply.status(), reply.headers().clone());
    let mut response = Response::new(reply.bytes().await?);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    Ok(response)
}
