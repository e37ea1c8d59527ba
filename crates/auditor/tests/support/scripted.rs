//! A vendor that is scripted, and time that passes when it is waited for.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::collections::{BTreeMap, VecDeque};
use std::future::Future;
use std::pin::Pin;
use std::sync::Mutex;

use base::{Clock, Request, Response, Sent, Timestamp, Transport};

/// A vendor that answers by path; what is scripted comes first.
#[derive(Default)]
pub(crate) struct Vendor {
    answers: BTreeMap<String, String>,
    script: Mutex<VecDeque<Sent>>,
    pub(crate) asked: Mutex<Vec<Request>>,
}

impl Vendor {
    pub(crate) fn answers(mut self, path: &str, body: impl Into<String>) -> Vendor {
        self.answers.insert(path.to_owned(), body.into());
        self
    }

    pub(crate) fn first(self, sent: Sent) -> Vendor {
        self.script.lock().unwrap().push_back(sent);
        self
    }

    fn answer(&self, request: &Request) -> Sent {
        if let Some(sent) = self.script.lock().unwrap().pop_front() {
            return sent;
        }
        let page =
            request.query.iter().find(|(name, _)| name == "paginationToken" || name == "page");
        let key = match page {
            Some((_, page)) if page != "1" => format!("{}#{page}", request.path),
            _ => request.path.clone(),
        };
        match self.answers.get(&key) {
            Some(body) => reply(200, body),
            None => reply(404, r#"{"errors":[{"code":"NotFound"}]}"#),
        }
    }
}

impl Transport for Vendor {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        self.asked.lock().unwrap().push(request.clone());
        let answer = self.answer(request);
        Box::pin(async move { answer })
    }
}

pub(crate) fn reply(status: u16, body: &str) -> Sent {
    Sent::Reply(Response { status, headers: Vec::new(), body: body.as_bytes().to_vec() })
}

/// Time that passes when it is waited for.
pub(crate) struct Waiting(Mutex<Timestamp>);

impl Waiting {
    pub(crate) fn at(now: Timestamp) -> Waiting {
        Waiting(Mutex::new(now))
    }
}

impl Clock for Waiting {
    fn now(&self) -> Timestamp {
        *self.0.lock().unwrap()
    }

    fn until(&self, moment: Timestamp) -> Pin<Box<dyn Future<Output = ()> + Send + '_>> {
        let mut now = self.0.lock().unwrap();
        *now = moment.max(*now);
        Box::pin(async {})
    }
}

pub(crate) fn start() -> Timestamp {
    Timestamp::parse("2026-11-24T12:00:00Z").unwrap()
}

/// A trial balance: account, debit, credit, of the month and of the year alike.
pub(crate) fn balance(rows: &[(&str, &str, &str)]) -> String {
    let row = |(account, debit, credit): &(&str, &str, &str)| {
        format!(
            r#"{{"RowType":"Row","Cells":[{{"Value":"x","Attributes":[{{"Id":"account","Value":"{account}"}}]}},
                {{"Value":"{debit}"}},{{"Value":"{credit}"}},{{"Value":"{debit}"}},{{"Value":"{credit}"}}]}}"#
        )
    };
    let rows: Vec<String> = rows.iter().map(row).collect();
    format!(
        r#"{{"Reports":[{{"Rows":[{{"RowType":"Header","Cells":[]}},{{"RowType":"Section","Rows":[{}]}}]}}]}}"#,
        rows.join(",")
    )
}
