//! A transport that answers what it was told to.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use amazon::Region;
use amazon::source::Account;
use base::{Currency, Money, Request, Response, Sent, Timestamp, Transport};

/// Answers in order, and remembers what it was asked.
pub(crate) struct Script {
    answers: Mutex<VecDeque<Sent>>,
    asked: Mutex<Vec<Request>>,
}

impl Script {
    pub(crate) fn of(answers: Vec<Sent>) -> Script {
        Script { answers: Mutex::new(answers.into()), asked: Mutex::default() }
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.asked.lock().unwrap().clone()
    }

    pub(crate) fn asked(&self) -> Vec<String> {
        self.requests().iter().map(Request::target).collect()
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        self.asked.lock().unwrap().push(request.clone());
        let answer = self.answers.lock().unwrap().pop_front().expect("one call too many");
        Box::pin(async move { answer })
    }
}

pub(crate) fn reply(status: u16, body: &str) -> Sent {
    Sent::Reply(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// Amazon's words for a role that is not there.
pub(crate) fn denied() -> Sent {
    reply(
        403,
        r#"{"errors":[{"code":"Unauthorized","message":"Access to requested resource is denied.","details":""}]}"#,
    )
}

pub(crate) fn invalid() -> Sent {
    reply(400, r#"{"errors":[{"code":"InvalidInput","message":"Invalid Input"}]}"#)
}

pub(crate) fn account() -> Account {
    let marketplaces = vec!["A1F83G8C2ARO7P".to_owned()];
    Account { region: Region::Europe, seller_id: "A1".to_owned(), marketplaces, buyer_data: false }
}

pub(crate) fn at(text: &str) -> Timestamp {
    Timestamp::parse(text).unwrap()
}

pub(crate) fn now() -> Timestamp {
    at("2026-11-24T12:00:00Z")
}

pub(crate) fn gbp(minor: i64) -> Money {
    Money::from_minor(minor, Currency::GBP)
}
