//! A client with a token, and short ways to say what it sends.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use base::Timestamp;
use tower::ServiceExt as _;

use crate::faults::Lost;
use crate::xero::json::Json;
use crate::xero::{Edition, Options, Xero};
use crate::{Fault, Faults, Kit, WorldClock};

pub(super) const BASIC: &str = "Basic Y2xpZW50OnNlY3JldA=="; // client:secret

pub(super) struct World {
    pub(super) clock: Arc<WorldClock>,
    pub(super) kit: Arc<Kit>,
    pub(super) xero: Arc<Xero>,
    pub(super) token: String,
    runtime: tokio::runtime::Runtime,
}

pub(super) struct Answer {
    pub(super) status: u16,
    pub(super) headers: axum::http::HeaderMap,
    pub(super) text: String,
    pub(super) lost: bool,
}

impl Answer {
    /// The value at a path such as `Invoices/0/Total`; empty if there is none.
    pub(super) fn at(&self, path: &str) -> String {
        let json = Json::parse(&self.text).unwrap_or(Json::Null);
        let step = |json: &Json, part: &str| match part.parse::<usize>() {
            Ok(index) => json.as_list().and_then(|items| items.get(index)).cloned(),
            Err(_) => json.as_object().and_then(|object| object.get(part)).cloned(),
        };
        let found = path.split('/').try_fold(json, |json, part| step(&json, part));
        match found {
            Some(Json::Text(text) | Json::Number(text)) => text,
            Some(other) => other.write(),
            None => String::new(),
        }
    }

    pub(super) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    #[track_caller]
    pub(super) fn ok(self) -> Answer {
        assert_eq!(self.status, 200, "{}", self.text);
        self
    }

    /// Refused with this message among others.
    #[track_caller]
    pub(super) fn refused(self, message: &str) -> Answer {
        assert_eq!(self.status, 400, "{}", self.text);
        assert!(self.text.contains(message), "{}", self.text);
        self
    }
}

impl World {
    pub(super) fn new() -> World {
        World::with_limits(false)
    }

    pub(super) fn with_limits(limits: bool) -> World {
        World::on(WorldClock::jumping(World::start()), limits)
    }

    pub(super) fn start() -> Timestamp {
        Timestamp::parse("2026-06-15T10:00:00Z").unwrap()
    }

    pub(super) fn on(clock: Arc<WorldClock>, limits: bool) -> World {
        World::of(Edition::Uk, clock, limits)
    }

    pub(super) fn of(edition: Edition, clock: Arc<WorldClock>, limits: bool) -> World {
        let start = World::start();
        let kit = Kit::new(clock.clone(), Faults::none(), limits);
        let options = Options {
            seed: 7,
            edition,
            start,
            client_id: "client".to_owned(),
            client_secret: "secret".to_owned(),
            refresh_token: "refresh-0".to_owned(),
        };
        let xero = Xero::new(kit.clone(), options);
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let mut world = World { clock, kit, xero, token: String::new(), runtime };
        world.token = world.refresh("refresh-0").at("access_token");
        world
    }

    /// Several requests at once; the clock moves when all are under way.
    pub(super) fn at_once(&self, requests: Vec<Request<Body>>, wait_ms: i64) -> Vec<u16> {
        let sent = requests.into_iter().map(|request| self.xero.router().oneshot(request));
        let moved = async {
            tokio::task::yield_now().await;
            self.later_ms(wait_ms);
        };
        let all = futures::future::join(futures::future::join_all(sent), moved);
        let (answers, ()) = self.runtime.block_on(all);
        answers.into_iter().map(|answer| answer.unwrap().status().as_u16()).collect()
    }

    pub(super) fn raw(&self, request: Request<Body>) -> Answer {
        self.runtime.block_on(async {
            let response = self.xero.router().oneshot(request).await.unwrap();
            let (parts, body) = response.into_parts();
            let bytes = axum::body::to_bytes(body, 50_000_000).await.unwrap();
            Answer {
                status: parts.status.as_u16(),
                headers: parts.headers,
                text: String::from_utf8(bytes.to_vec()).unwrap(),
                lost: parts.extensions.get::<Lost>().is_some(),
            }
        })
    }

    pub(super) fn form(&self, path: &str, basic: Option<&str>, form: &str) -> Answer {
        let mut request =
            Request::post(path).header("content-type", "application/x-www-form-urlencoded");
        if let Some(basic) = basic {
            request = request.header("authorization", basic);
        }
        self.raw(request.body(Body::from(form.to_owned())).unwrap())
    }

    pub(super) fn refresh(&self, token: &str) -> Answer {
        let form = format!("grant_type=refresh_token&refresh_token={token}");
        self.form("/connect/token", Some(BASIC), &form)
    }

    /// A call with more headers than usual.
    pub(super) fn call(&self, target: &str, headers: &[(&str, &str)], body: &str) -> Answer {
        self.raw(self.request(target, headers, body))
    }

    pub(super) fn request(
        &self,
        target: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Request<Body> {
        let (method, path) = target.split_once(' ').unwrap();
        let mut request = Request::builder()
            .method(method)
            .uri(format!("/api.xro/2.0{path}"))
            .header("authorization", format!("Bearer {}", self.token))
            .header("xero-tenant-id", self.xero.tenant_id())
            .header("content-type", "application/json");
        if !headers.iter().any(|(name, _)| *name == "accept") {
            request = request.header("accept", "application/json");
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        request.body(Body::from(body.to_owned())).unwrap()
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.call(&format!("GET {path}"), &[], "")
    }

    pub(super) fn put(&self, path: &str, body: &str) -> Answer {
        self.call(&format!("PUT {path}"), &[], body)
    }

    pub(super) fn post(&self, path: &str, body: &str) -> Answer {
        self.call(&format!("POST {path}"), &[], body)
    }

    /// A contact's id.
    pub(super) fn contact(&self, name: &str) -> String {
        let body = format!(r#"{{"Contacts":[{{"Name":"{name}"}}]}}"#);
        self.put("/Contacts", &body).ok().at("Contacts/0/ContactID")
    }

    /// An account with payments enabled, of the code 612.
    pub(super) fn clearing(&self) {
        let body = r#"{"Code":"612","Name":"Amazon clearing","Type":"CURRENT","EnablePaymentsToAccount":true}"#;
        self.put("/Accounts", body).ok();
    }

    /// An authorised sales invoice of one line including 20 % tax.
    pub(super) fn sale(&self, contact: &str, number: &str, gross: &str) -> Answer {
        self.put("/Invoices", &invoice(contact, number, gross))
    }

    pub(super) fn pay(&self, invoice: &str, amount: &str) -> Answer {
        let body = format!(
            r#"{{"Payments":[{{"Invoice":{{"InvoiceID":"{invoice}"}},"Account":{{"Code":"612"}},"Date":"2026-06-10","Amount":{amount}}}]}}"#
        );
        self.put("/Payments", &body)
    }

    pub(super) fn fail_next(&self, operation: &str, fault: Fault) {
        self.kit.faults.script(operation, fault);
    }

    pub(super) fn later_ms(&self, ms: i64) {
        use base::Clock as _;
        self.clock.advance_to(self.clock.now().after_ms(ms));
    }

    pub(super) fn numbers(&self) -> Vec<String> {
        self.xero.ledger().invoices.into_iter().map(|invoice| invoice.number).collect()
    }
}

pub(super) fn invoice(contact: &str, number: &str, gross: &str) -> String {
    format!(
        r#"{{"Type":"ACCREC","Contact":{{"ContactID":"{contact}"}},"InvoiceNumber":"{number}","Date":"2026-06-01","DueDate":"2026-06-01","LineAmountTypes":"Inclusive","Status":"AUTHORISED","LineItems":[{{"Description":"Mug","Quantity":1,"UnitAmount":{gross},"AccountCode":"200","TaxType":"OUTPUT2"}}]}}"#
    )
}
