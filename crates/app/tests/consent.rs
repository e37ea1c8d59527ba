//! A person's consent, with a browser that follows redirects: with the app's secret, and by PKCE.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a test stops at the first surprise"
)]

use std::sync::Mutex;

use app::cli::consent::{Consent, consent};
use app::transport::{Addresses, Carrier, InProcess, Wire};
use base::{Request, Secret, Sent, Timestamp};
use sandbox::server::{Sandbox, SandboxOptions};
use tokio::sync::oneshot;

/// A person who allows everything: follows the consent page's redirect back to loopback.
async fn browse(xero: &InProcess, url: String, change: fn(String) -> String) {
    let Sent::Reply(reply) = xero.carry(&url, &Request::get("")).await else { panic!("no answer") };
    let back = reply.header("location").expect("a redirect").replace("localhost", "127.0.0.1");
    let sent = Wire::new().unwrap().carry(&change(back), &Request::get("")).await;
    assert!(matches!(sent, Sent::Reply(_)), "{sent:?}");
}

async fn ask(secret: bool, change: fn(String) -> String) -> Result<Secret, String> {
    let world = Sandbox::new(SandboxOptions::new(1, 1, Timestamp(1_764_000_000_000)));
    let connection = world.connection("");
    let addresses = Addresses {
        api: connection.xero_api.clone(),
        token: connection.xero_token_url.clone(),
        connections: connection.xero_connections_url.clone(),
    };
    let client_secret = secret.then(|| Secret::new(connection.xero_client_secret.clone()));
    let carrier = InProcess::new(world.router());
    let (sender, receiver) = oneshot::channel();
    let sender = Mutex::new(Some(sender));
    let wish = Consent {
        client_id: &connection.xero_client_id,
        client_secret: client_secret.as_ref(),
        addresses: &addresses,
        authorise_url: &connection.xero_authorize_url,
        port: 0,
        show: &|url| sender.lock().unwrap().take().unwrap().send(url.to_owned()).unwrap(),
    };
    let person = async {
        let url = receiver.await.unwrap();
        browse(&carrier, url, change).await;
    };
    let (asked, ()) = tokio::join!(consent(&carrier, &wish), person);
    asked.map_err(|failure| failure.code)
}

#[tokio::test]
async fn a_consent_brings_a_refresh_token() {
    assert!(!ask(true, |url| url).await.unwrap().is_empty());
}

#[tokio::test]
async fn an_app_without_a_secret_proves_itself_by_its_verifier() {
    assert!(!ask(false, |url| url).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_browser_that_brings_another_requests_state_is_refused() {
    let refused = ask(true, |url| url.replace("state=", "state=x")).await;
    assert_eq!(refused.unwrap_err(), "needs_consent");
}
