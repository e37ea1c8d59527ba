//! For set-up, where a person waits: reads are made again until they are answered.

use std::future::Future;
use std::pin::Pin;

use base::{Clock, Method, Request, Sent, Timestamp, Transport};

/// Repeats reads that were not answered. Writes go once: whoever made them looks first.
pub struct Patient<'a> {
    pub inner: &'a dyn Transport,
    pub clock: &'a dyn Clock,
}

const TRIES_MAX: u32 = 8;

impl Patient<'_> {
    async fn exchange(&self, request: &Request) -> Sent {
        let mut tries = 1;
        loop {
            let sent = self.inner.send(request).await;
            let until = match &sent {
                Sent::Busy(until) => *until,
                _ if tries < TRIES_MAX && may_pass(request, &sent) => {
                    self.clock.now().after_ms(i64::from(tries) * Timestamp::SECOND)
                }
                Sent::Reply(_) | Sent::NotSent(_) | Sent::Lost(_) => return sent,
            };
            tries += 1;
            self.clock.until(until).await;
        }
    }
}

fn may_pass(request: &Request, sent: &Sent) -> bool {
    match sent {
        Sent::Reply(reply) => {
            reply.status == 429 || (reply.status >= 500 && request.method == Method::Get)
        }
        Sent::Lost(_) => request.method == Method::Get,
        // Nothing left the house; what a person must mend is told at once.
        Sent::NotSent(why) => !crate::codes::is_for_a_person(why),
        Sent::Busy(_) => true,
    }
}

impl Transport for Patient<'_> {
    fn send<'a>(&'a self, request: &'a Request) -> Pin<Box<dyn Future<Output = Sent> + Send + 'a>> {
        Box::pin(self.exchange(request))
    }
}
