//! What tests of sources and sinks need: above all a transport that answers from a list and keeps
//! what it was asked.

use std::collections::VecDeque;
use std::future::Future;
use std::pin::Pin;
use std::sync::{Mutex, PoisonError};

use base::{Request, Response, Sent, Transport};
use intents::Because;

pub(crate) fn reply(status: u16, body: &str) -> Sent {
    Sent::Reply(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// A transport that answers from a list and keeps what it was asked.
pub(crate) struct Script {
    answers: Mutex<VecDeque<Sent>>,
    asked: Mutex<Vec<Request>>,
}

impl Script {
    pub(crate) fn new(answers: impl IntoIterator<Item = Sent>) -> Script {
        let answers = Mutex::new(answers.into_iter().collect());
        Script { answers, asked: Mutex::default() }
    }

    pub(crate) fn asked(&self) -> Vec<Request> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Script {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        self.asked.lock().unwrap_or_else(PoisonError::into_inner).push(request.clone());
        let next = self.answers.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
        let answer = next.unwrap_or_else(|| Sent::NotSent("the script has ended".to_owned()));
        Box::pin(std::future::ready(answer))
    }
}

/// Ends a future that waits for nothing.
pub(crate) fn now<T>(future: impl Future<Output = T>) -> T {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(value) => value,
        std::task::Poll::Pending => panic!("a scripted transport never waits"),
    }
}

/// Why a test's intent was decided: for nothing.
pub(crate) fn because() -> Because {
    Because { rule_book: String::new(), facts: Vec::new(), traces: Vec::new() }
}
