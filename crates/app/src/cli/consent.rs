//! A person's consent in Xero: a browser goes there and comes back to loopback with a code, which
//! is exchanged at once. With the app's secret, or by PKCE without one.

use std::sync::{Arc, Mutex, PoisonError};

use axum::extract::{Query, State};
use axum::response::Html;
use axum::routing::get;
use base::{Call as _, Host, Request, Secret, Sent};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use xero::token::{Client, Exchange, Grant};

use super::Failure;
use crate::transport::{Addresses, Carrier};

/// What is asked for, and where.
pub struct Consent<'a> {
    pub client_id: &'a str,
    /// None: the app is a PKCE app.
    pub client_secret: Option<&'a Secret>,
    pub addresses: &'a Addresses,
    pub authorise_url: &'a str,
    /// The app's redirect URI is `http://localhost:<port>/callback`.
    pub port: u16,
    /// Shows the address to the person.
    pub show: &'a (dyn Fn(&str) + Sync),
}

#[derive(Deserialize)]
struct Back {
    code: Option<String>,
    state: Option<String>,
    error: Option<String>,
}

type Waiting = Arc<Mutex<Option<oneshot::Sender<Back>>>>;

/// Shows the address, waits for the browser to come back, and gives the refresh token.
pub async fn consent(carrier: &dyn Carrier, wish: &Consent<'_>) -> Result<Secret, Failure> {
    let failed = |error: std::io::Error| Failure::new("port_unusable", error.to_string());
    let listener = TcpListener::bind(("127.0.0.1", wish.port)).await.map_err(failed)?;
    let port = listener.local_addr().map_err(failed)?.port();
    let redirect_uri = format!("http://localhost:{port}/callback");
    let (state, verifier) = (random()?, Secret::new(random()?));
    let challenge = wish.client_secret.is_none().then(|| xero::token::challenge(&verifier));
    let url =
        xero::token::authorise_url(wish.client_id, &redirect_uri, &state, challenge.as_deref())
            .replacen(xero::SPEC.authorise_url, wish.authorise_url, 1);
    (wish.show)(&url);

    let back = wait_for_browser(listener).await?;
    if let Some(error) = back.error {
        return Err(Failure::new("needs_consent", format!("Xero says {error}")));
    }
    if back.state.as_deref() != Some(state.as_str()) {
        return Err(Failure::new("needs_consent", "the browser came back from another request"));
    }
    let code = back.code.map(Secret::new);
    let code = code.ok_or_else(|| Failure::new("needs_consent", "the browser brought no code"))?;
    let verifier = wish.client_secret.is_none().then_some(&verifier);
    let call = Exchange {
        client: Client { id: wish.client_id, secret: wish.client_secret },
        grant: Grant::Code { code: &code, redirect_uri: &redirect_uri, verifier },
    };
    exchange(carrier, wish, &call).await
}

async fn exchange(
    carrier: &dyn Carrier,
    wish: &Consent<'_>,
    call: &Exchange<'_>,
) -> Result<Secret, Failure> {
    let request: Request = call.request();
    debug_assert_eq!(request.host, Host::Token);
    let reply = match carrier.carry(&wish.addresses.token, &request).await {
        Sent::Reply(reply) => reply,
        Sent::Busy(_) => return Err(Failure::new("xero_not_reached", "busy")),
        Sent::NotSent(why) | Sent::Lost(why) => return Err(Failure::new("xero_not_reached", why)),
    };
    let granted = call.read(&reply).map_err(|error| {
        let stop = xero::token::stop(&reply, &error);
        Failure::new(stop.code(), stop.to_string())
    })?;
    granted.refresh.ok_or_else(|| {
        Failure::new("needs_consent", "Xero gave no refresh token: is offline_access allowed?")
    })
}

/// Answers requests until one brings the consent's outcome.
async fn wait_for_browser(listener: TcpListener) -> Result<Back, Failure> {
    let (sender, receiver) = oneshot::channel();
    let waiting: Waiting = Arc::new(Mutex::new(Some(sender)));
    let router = axum::Router::new().route("/callback", get(callback)).with_state(waiting);
    let lost = || Failure::new("needs_consent", "the browser never came back");
    tokio::select! {
        served = async { axum::serve(listener, router).await } => {
            Err(served.err().map_or_else(lost, |e| Failure::new("port_unusable", e.to_string())))
        }
        back = receiver => back.map_err(|_closed| lost()),
    }
}

async fn callback(State(waiting): State<Waiting>, Query(back): Query<Back>) -> Html<&'static str> {
    let sender = waiting.lock().unwrap_or_else(PoisonError::into_inner).take();
    // A second visit of the page finds nobody waiting, and needs nobody.
    drop(sender.map(|sender| sender.send(back)));
    Html("<p>Daybook has what it needs. You can close this window.</p>")
}

/// 256 bits as 43 characters: long enough for RFC 7636's verifier.
fn random() -> Result<String, Failure> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| Failure::new("no_random", error.to_string()))?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}
