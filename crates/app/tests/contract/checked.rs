//! A carrier whose every call passes a validating proxy, and what the proxies said.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::collections::BTreeMap;
use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Mutex;

use app::transport::courier::operation;
use app::transport::{Carrier, Wire};
use base::{Host, Request, Response, Sent};
use sandbox::server::Connection;

use crate::prism::Prism;

/// Which of the vendor's files a call is checked against, below the folder of all of them.
pub(crate) const ACCOUNTING: &str = "xero/xero_accounting.yaml";
pub(crate) const IDENTITY: &str = "xero/xero-identity.yaml";
const ORDERS: &str = "amazon/orders_2026-01-01.json";
const SELLERS: &str = "amazon/sellers.json";
const NOTIFICATIONS: &str = "amazon/notifications.json";

/// What a proxy found wrong with a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Violation {
    pub(crate) file: &'static str,
    pub(crate) operation: String,
    /// Of the vendor's reply; the proxy's own when it kept the call or the reply back.
    pub(crate) status: u16,
    /// True when only the status is not in the file, which is no reason to keep a reply back.
    pub(crate) is_status_alone: bool,
    pub(crate) detail: String,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Violation { file, operation, status, detail, .. } = self;
        write!(f, "{file} has another {operation} ({status})\n  {detail}")
    }
}

/// One proxy: calls to `address` whose path begins with `path` go there.
struct Door {
    file: &'static str,
    address: String,
    path: &'static str,
    /// What takes the place of `address`.
    url: String,
    _prism: Prism,
}

/// Carries calls through the proxies; tokens and the sandbox's own levers go directly, for which
/// no vendor publishes a file.
pub(crate) struct Checked {
    wire: Wire,
    doors: Vec<Door>,
    direct: Vec<String>,
    found: Mutex<Vec<Violation>>,
    passed: Mutex<BTreeMap<String, u64>>,
}

impl Checked {
    /// Starts a proxy for every file, and one for every region of Amazon's.
    pub(crate) fn start(specs: &Path, root: &str, connection: &Connection) -> Checked {
        let mut wanted = vec![(ACCOUNTING, connection.xero_api.clone(), "/", "")];
        // The file writes the path with a capital; Xero's guides and clients write it without.
        wanted.push((IDENTITY, connection.xero_connections_url.clone(), "", "/Connections"));
        for region in &connection.amazon_regions {
            wanted.push((ORDERS, region.api.clone(), "/orders/2026-01-01/", ""));
            wanted.push((SELLERS, region.api.clone(), "/sellers/v1/", ""));
            wanted.push((NOTIFICATIONS, region.api.clone(), "/notifications/v1/", ""));
        }
        let started: Vec<_> = wanted
            .into_iter()
            .map(|(file, address, path, rest)| {
                let upstream = match rest {
                    "" => address.clone(),
                    _ => address.rsplit_once('/').unwrap().0.to_owned(),
                };
                (file, address, path, rest, Prism::start(&specs.join(file), &upstream))
            })
            .collect();
        let doors = started.into_iter().map(|(file, address, path, rest, prism)| {
            let prism = prism.wait();
            Door { file, address, path, url: format!("{}{rest}", prism.url), _prism: prism }
        });
        Checked {
            wire: Wire::new().unwrap(),
            doors: doors.collect(),
            direct: vec![
                root.to_owned(),
                connection.amazon_token_url.clone(),
                connection.xero_token_url.clone(),
            ],
            found: Mutex::default(),
            passed: Mutex::default(),
        }
    }

    pub(crate) fn found(&self) -> Vec<Violation> {
        self.found.lock().unwrap().clone()
    }

    /// Calls that passed with nothing to say about them, by file and operation, and what was said
    /// about the others; from here on they are counted anew.
    pub(crate) fn take(&self) -> (BTreeMap<String, u64>, Vec<Violation>) {
        let passed = std::mem::take(&mut *self.passed.lock().unwrap());
        (passed, std::mem::take(&mut *self.found.lock().unwrap()))
    }

    async fn exchange(&self, address: &str, request: &Request) -> Sent {
        if self.direct.iter().any(|direct| direct == address) {
            return self.wire.carry(address, request).await;
        }
        let door = self
            .doors
            .iter()
            .find(|door| door.address == address && request.path.starts_with(door.path))
            .unwrap_or_else(|| panic!("no vendor's file has {address}{}", request.path));
        let sent = self.wire.carry(&door.url, request).await;
        let operation = match request.host {
            Host::Connections => format!("{} /Connections", request.method.as_str()),
            Host::Api | Host::Token | Host::Presigned => operation(request),
        };
        let Sent::Reply(reply) = &sent else {
            panic!("{operation}: the proxy gave no answer: {sent:?}")
        };
        match judge(reply) {
            None => {
                let key = format!("{}: {operation}", door.file);
                *self.passed.lock().unwrap().entry(key).or_default() += 1;
            }
            Some((is_status_alone, said)) => {
                let body = String::from_utf8_lossy(&request.body);
                let detail = format!("{} {body}\n  {said}", request.target());
                let (file, status) = (door.file, reply.status);
                let violation = Violation { file, operation, status, is_status_alone, detail };
                if !is_status_alone {
                    // Said at once: a run that is cut short here may end in another failure.
                    crate::say(&violation.to_string());
                }
                self.found.lock().unwrap().push(violation);
            }
        }
        sent
    }
}

impl Carrier for Checked {
    fn carry<'a>(
        &'a self,
        address: &'a str,
        request: &'a Request,
    ) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(self.exchange(address, request))
    }
}

/// What the proxy says about a call: in place of a reply that it kept back, or in a header.
pub(crate) fn judge(reply: &Response) -> Option<(bool, String)> {
    if reply.header("content-type").is_some_and(|kind| kind.contains("application/problem+json")) {
        return Some((false, reply.text()));
    }
    let said = reply.header("sl-violations")?;
    let is_status_alone = said.matches("\"message\"").count() == 1
        && said.contains("Unable to match the returned status code");
    Some((is_status_alone, said.to_owned()))
}
