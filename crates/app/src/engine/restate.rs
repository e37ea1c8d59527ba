//! The Restate engine: many nodes on one `PostgreSQL`. A Restate server calls `turn` of one virtual
//! object per lane on whichever node it reaches; a relay on every node wakes the lanes that are
//! due. Nothing but a lane's name and a count goes to Restate, and nothing is read from it: if its
//! data is lost, the relays wake every due lane again.
//!
//! Restate serialises the calls of one object; should it ever run two, the lane's lease lets one of
//! them pass. <https://docs.restate.dev/foundations/services>

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::sync::Arc;

use axum::extract::Request;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Version};
use base::Timestamp;
use restate_sdk::endpoint::{Endpoint, HandleOptions, ProtocolMode};
use restate_sdk::prelude::{HandlerError, ObjectContext};
use serde::Deserialize;
use store::DueLane;
use tokio::sync::Notify;

use super::{EngineError, Lanes, Node, Turned};
use crate::serve::metrics::Duty;
use crate::stages::Next;

/// How long one invocation goes on with a busy lane. Restate takes one that says nothing for a
/// minute for stuck; a turn may take some of that.
const INVOCATION_MS: i64 = 15 * Timestamp::SECOND;
/// How often a relay looks for due lanes by itself.
const GLANCE_MS: i64 = 500;
/// A lane that was woken and is still due and free after so long is woken again: Restate may have
/// lost it.
const AGAIN_MS: i64 = 10 * Timestamp::SECOND;
/// Lanes woken in one look.
const LANES_MAX: usize = 1_000;
/// Between tries to reach Restate.
const PATIENCE_MS: i64 = 2 * Timestamp::SECOND;
const OBJECT: &str = "DaybookLane";

/// Where Restate is, and where it reaches the nodes.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RestateConfig {
    /// Restate's ingress, such as `http://127.0.0.1:8080`.
    pub ingress: String,
    /// Restate's admin API, such as `http://127.0.0.1:9070`.
    pub admin: String,
    /// Where this node listens for Restate.
    #[serde(default = "listen")]
    pub listen: String,
    /// How Restate reaches the nodes: one address for all of them, such as that of a balancer.
    /// Without it, this node's own.
    pub advertise: Option<String>,
    /// Restate's public key; calls that are not signed with it are refused.
    pub identity_key: Option<String>,
}

impl RestateConfig {
    /// Where Restate reaches this node.
    pub fn address(&self) -> String {
        self.advertise.clone().unwrap_or_else(|| format!("http://{}", self.listen))
    }
}

fn listen() -> String {
    "127.0.0.1:9080".to_owned()
}

/// One lane as a virtual object: its key is the lane's name.
struct DaybookLane {
    lanes: Arc<Lanes>,
}

#[restate_sdk::object(name = "DaybookLane")]
impl DaybookLane {
    /// Takes turns until the lane is not due any more, and says how many. Nothing of it is journaled:
    /// a turn may run again at any time, and what it did is in our own tables. A call that reaches no
    /// node is given up soon, and a relay makes another. Restate's own default keeps it, at the front
    /// of its lane, and after an hour lays it aside until a person comes.
    #[handler(
        name = "turn",
        idempotency_retention = "10m",
        invocation_retry_policy(
            initial_interval = "100ms",
            factor = 2.0,
            max_interval = "2s",
            max_attempts = 6,
            on_max_attempts = "kill",
        )
    )]
    async fn turn(&self, ctx: ObjectContext<'_>) -> Result<u32, HandlerError> {
        let clock = &self.lanes.clock;
        if !self.lanes.alive.is_at(clock.now()) {
            // Another node may: Restate asks again.
            return Err(std::io::Error::other("this node gives no turns now").into());
        }
        let end = clock.now().after_ms(INVOCATION_MS);
        let mut turns = 1;
        while is_more(self.lanes.clone(), ctx.key().to_owned()).await && clock.now() < end {
            turns += 1;
        }
        Ok(turns)
    }
}

/// One turn. It goes on when Restate hangs up, so that its lane is not left claimed. A failure ends
/// the invocation in order: the lane stays due, and a relay wakes it.
async fn is_more(lanes: Arc<Lanes>, lane: String) -> bool {
    let turn = tokio::spawn(async move { lanes.turn(&lane).await });
    match turn.await {
        Ok(Ok(turned)) => turned == Turned::Worked(Next::Now),
        Ok(Err(error)) => {
            tracing::warn!(code = error.code(), "A turn failed: {}", crate::say(&error));
            false
        }
        Err(error) => {
            tracing::error!("A turn ended in the middle: {error}");
            false
        }
    }
}

/// Serves Restate's calls and wakes lanes.
pub struct Restate {
    pub lanes: Arc<Lanes>,
    pub node: Arc<Node>,
    /// Rung by whoever made a lane due in this process.
    pub bell: Arc<Notify>,
    config: RestateConfig,
    client: reqwest::Client,
}

impl Restate {
    pub fn new(
        lanes: Arc<Lanes>,
        node: Arc<Node>,
        bell: Arc<Notify>,
        config: RestateConfig,
    ) -> Result<Restate, EngineError> {
        let limit = std::time::Duration::from_secs(10);
        let built = reqwest::Client::builder().timeout(limit).build();
        let client = built.map_err(|error| unusable(&config.ingress, &error.to_string()))?;
        Ok(Restate { lanes, node, bell, config, client })
    }

    /// Works until the process ends.
    pub async fn work(&self) -> Result<Infallible, EngineError> {
        let bound = tokio::net::TcpListener::bind(&self.config.listen).await;
        let listener = bound.map_err(|error| unusable(&self.config.listen, &error.to_string()))?;
        let serving = axum::serve(listener, self.router()?);
        tokio::select! {
            ended = serving => {
                let words = ended.err().map_or_else(String::new, |error| error.to_string());
                Err(unusable(&self.config.listen, &words))
            }
            never = self.relay() => never,
        }
    }

    /// Restate's calls, one request and one connection each: a balancer of connections may choose a
    /// node for each. Connections that were kept would stay with the node that was there first, and a
    /// machine that is added would get no work.
    fn router(&self) -> Result<axum::Router, EngineError> {
        let mut builder = Endpoint::builder().bind(DaybookLane { lanes: self.lanes.clone() });
        if let Some(key) = &self.config.identity_key {
            let keyed = builder.identity_key(key);
            builder = keyed.map_err(|error| unusable("identity_key", &error.to_string()))?;
        }
        let endpoint = builder.build();
        let answer = move |request: Request| {
            let options = HandleOptions { protocol_mode: ProtocolMode::RequestResponse };
            let is_http_1 = request.version() <= Version::HTTP_11;
            let mut reply = endpoint.handle_with_options(request, options);
            if is_http_1 {
                reply.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
            }
            std::future::ready(reply.map(axum::body::Body::new))
        };
        Ok(axum::Router::new().fallback(answer))
    }

    /// Tells Restate where the nodes are, until it has heard.
    async fn be_registered(&self) {
        let clock = &self.lanes.clock;
        while let Err(error) = self.register().await {
            tracing::warn!(code = error.code(), "{}", crate::say(&error));
            clock.until(clock.now().after_ms(PATIENCE_MS)).await;
        }
    }

    async fn register(&self) -> Result<(), EngineError> {
        let uri = serde_json::to_string(&self.config.address()).unwrap_or_default();
        let body = format!("{{\"uri\":{uri},\"use_http_11\":true,\"force\":true}}");
        let address = format!("{}/deployments", self.config.admin);
        let asked = self.client.post(&address).header("content-type", "application/json");
        let answer = asked.body(body).send().await;
        let answer = answer.map_err(|error| unusable(&self.config.admin, &error.to_string()))?;
        let status = answer.status();
        if status.is_success() {
            return Ok(());
        }
        let words = answer.text().await.unwrap_or_default();
        Err(unusable(&self.config.admin, &format!("HTTP {status}: {words}")))
    }

    /// Wakes lanes that are due and nobody's.
    async fn relay(&self) -> Result<Infallible, EngineError> {
        let clock = &self.lanes.clock;
        self.be_registered().await;
        tracing::info!(node = self.node.name, "Restate gives turns now");
        self.node.set_duty(Duty::Active);
        let mut woken: BTreeMap<String, (i64, Timestamp)> = BTreeMap::new();
        loop {
            let next = match self.wake_due(&mut woken).await {
                Ok(next) => next,
                Err(error) => {
                    tracing::warn!(code = error.code(), "{}", crate::say(&error));
                    if matches!(error, EngineError::Restate { .. }) {
                        // It may have lost its data, and knows of no node then.
                        self.be_registered().await;
                    }
                    clock.now().after_ms(PATIENCE_MS)
                }
            };
            let glance = clock.now().after_ms(GLANCE_MS);
            tokio::select! {
                () = self.bell.notified() => {}
                () = clock.until(next.min(glance)) => {}
            }
        }
    }

    async fn wake_due(
        &self,
        woken: &mut BTreeMap<String, (i64, Timestamp)>,
    ) -> Result<Timestamp, EngineError> {
        let now = self.lanes.clock.now();
        if !self.node.is_alive() {
            return Ok(now.after_ms(PATIENCE_MS));
        }
        let due = self.lanes.store.due_lanes(now, LANES_MAX).await?;
        woken.retain(|_name, (_fence, at)| now.since(*at) < AGAIN_MS);
        let fresh: Vec<DueLane> = due
            .into_iter()
            .filter(|row| woken.get(&row.name).is_none_or(|(fence, _at)| *fence != row.fence))
            .collect();
        let calls = fresh.iter().map(|row| self.wake(row, now));
        for (row, called) in fresh.iter().zip(futures::future::join_all(calls).await) {
            called?;
            woken.insert(row.name.clone(), (row.fence, now));
        }
        let next = self.lanes.store.next_due_after(now).await?;
        Ok(next.unwrap_or(now.after_ms(GLANCE_MS)).max(now.after_ms(GLANCE_MS / 10)))
    }

    /// Asks for a turn, without waiting for it. Relays of several nodes ask once: the key names the
    /// lane and its fence, and the time, so that a lane whose call was lost is asked for again.
    async fn wake(&self, row: &DueLane, now: Timestamp) -> Result<(), EngineError> {
        let name =
            percent_encoding::utf8_percent_encode(&row.name, percent_encoding::NON_ALPHANUMERIC);
        let address = format!("{}/{OBJECT}/{name}/turn/send", self.config.ingress);
        let moment = now.0.checked_div(AGAIN_MS).unwrap_or(0);
        let key = format!("{}#{}#{moment}", row.name, row.fence);
        let answer = self.client.post(address).header("idempotency-key", key).send().await;
        let answer = answer.map_err(|error| unusable(&self.config.ingress, &error.to_string()))?;
        if answer.status().is_success() {
            return Ok(());
        }
        Err(unusable(&self.config.ingress, &format!("HTTP {}", answer.status())))
    }
}

fn unusable(address: &str, detail: &str) -> EngineError {
    EngineError::Restate { address: address.to_owned(), detail: detail.to_owned() }
}
