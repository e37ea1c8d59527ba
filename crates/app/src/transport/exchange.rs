//! What is kept of a call that ended badly: the request and the reply, as they may be shown.
//!
//! Headers are chosen by name, so that no token can slip through; bodies lose secrets and personal
//! data ([`redact`](super::redact)) and are cut where they are long. Of token calls and of addresses
//! that are a secret of their own no more is kept than that they were made.

use base::{Host, Request, Sent, Timestamp};
use store::Exchange;

use super::redact::{clean, clean_line};

/// So much of a body is kept.
const BODY_MAX: usize = 64 * 1024;
/// So much of a page that is no JSON: a gateway's words stand at its beginning.
const PAGE_MAX: usize = 512;
const CUT: &str = " … (cut)";

const REQUEST_HEADERS: [&str; 5] =
    ["accept", "content-type", "idempotency-key", "if-modified-since", "xero-tenant-id"];
const REPLY_HEADERS: [&str; 11] = [
    "content-type",
    "date",
    "retry-after",
    "x-amzn-errortype",
    "x-amzn-ratelimit-limit",
    "x-amzn-requestid",
    "x-appminlimit-remaining",
    "x-daylimit-remaining",
    "x-minlimit-remaining",
    "x-rate-limit-problem",
    "xero-correlation-id",
];

/// A call as it was made, cut but not yet cleaned: most calls end well, and are forgotten.
#[derive(Debug, Clone)]
pub struct Made {
    at: Timestamp,
    is_secret: bool,
    line: String,
    request_headers: Vec<(String, String)>,
    request_body: String,
    status: Option<u16>,
    reply_headers: Vec<(String, String)>,
    reply_body: String,
}

impl Made {
    /// Remembers a call. Nothing of it leaves this module before [`Made::kept`] cleans it.
    pub fn of(request: &Request, sent: &Sent, at: Timestamp) -> Made {
        let is_secret = matches!(request.host, Host::Token | Host::Presigned);
        let (status, headers, body) = match sent {
            Sent::Reply(reply) => {
                let headers = chosen(&reply.headers, &REPLY_HEADERS);
                (Some(reply.status), headers, cut(&reply.body))
            }
            Sent::NotSent(why) => (None, Vec::new(), format!("not sent: {why}")),
            Sent::Lost(why) => (None, Vec::new(), format!("no answer: {why}")),
            Sent::Busy(until) => (None, Vec::new(), format!("not sent before {until}")),
        };
        Made {
            at,
            is_secret,
            line: line(request),
            request_headers: chosen(&request.headers, &REQUEST_HEADERS),
            request_body: if is_secret { String::new() } else { cut(&request.body) },
            status,
            reply_headers: headers,
            reply_body: if is_secret && status.is_some() { String::new() } else { body },
        }
    }

    /// What may be kept of it, and why it is.
    pub fn kept(&self, code: &str, at: Timestamp) -> Exchange {
        let (asked, is_asked_whole) = body(&self.request_body);
        let (answered, is_answered_whole) = body(&self.reply_body);
        let [request_body, reply_body] = clean([asked, answered]);
        let marked = |text: String, is_whole| if is_whole { text } else { text + CUT };
        let note = |text: &str| if self.is_secret && text.is_empty() { "(not kept)" } else { "" };
        Exchange {
            at,
            code: code.to_owned(),
            request: self.line.clone(),
            request_headers: self.request_headers.clone(),
            request_body: marked(request_body, is_asked_whole) + note(&self.request_body),
            status: self.status,
            reply_headers: self.reply_headers.clone(),
            reply_body: words(&self.reply_body)
                .unwrap_or_else(|| marked(reply_body, is_answered_whole) + note(&self.reply_body)),
        }
    }

    /// When the call was made.
    pub fn at(&self) -> Timestamp {
        self.at
    }
}

/// What is no JSON: our own words where there was no reply, else the beginning of a page.
fn words(text: &str) -> Option<String> {
    let is_json = text.trim_start().starts_with(['{', '[']);
    if is_json || text.is_empty() {
        return None;
    }
    let start: String = text.chars().take(PAGE_MAX).collect();
    let is_whole = start.len() == text.len();
    let start = clean_line(&start);
    Some(if is_whole { start } else { start + CUT })
}

/// Method and target. Questions about contacts name people.
fn line(request: &Request) -> String {
    let method = request.method.as_str();
    match request.host {
        Host::Token => return format!("{method} (a token)"),
        Host::Presigned => return format!("{method} (a document)"),
        Host::Api | Host::Connections => {}
    }
    let is_about_people = request.path.starts_with("/Contacts");
    let values = request.query.iter().map(|(name, value)| {
        let is_kept = !is_about_people || !["where", "searchTerm"].contains(&name.as_str());
        let value = if is_kept { clean_line(value) } else { "(taken out)".to_owned() };
        format!("{name}={value}")
    });
    let query: Vec<String> = values.collect();
    let mark = if query.is_empty() { "" } else { "?" };
    format!("{method} {}{mark}{}", clean_line(&request.path), query.join("&"))
}

fn chosen(headers: &[(String, String)], names: &[&str]) -> Vec<(String, String)> {
    headers.iter().filter(|(name, _)| names.contains(&name.as_str())).cloned().collect()
}

/// One byte more than is kept tells that something is missing.
fn cut(bytes: &[u8]) -> String {
    let part = bytes.get(..bytes.len().min(BODY_MAX.saturating_add(1))).unwrap_or_default();
    String::from_utf8_lossy(part).into_owned()
}

fn body(text: &str) -> (&str, bool) {
    if text.len() <= BODY_MAX {
        return (text, true);
    }
    let end = (0..=BODY_MAX).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    (text.get(..end).unwrap_or_default(), false)
}

#[cfg(test)]
mod tests {
    use base::{Method, Response};

    use super::*;

    fn replied(status: u16, body: &str) -> Sent {
        let headers = vec![
            ("retry-after".to_owned(), "7".to_owned()),
            ("set-cookie".to_owned(), "session=secret".to_owned()),
        ];
        Sent::Reply(Response { status, headers, body: body.as_bytes().to_vec() })
    }

    fn kept(request: &Request, sent: &Sent) -> Exchange {
        Made::of(request, sent, Timestamp(0)).kept("account_invalid", Timestamp(0))
    }

    #[test]
    fn tokens_and_cookies_are_never_kept() {
        let request = Request::new(Method::Put, Host::Api, "/Invoices")
            .header("authorization", "Bearer secret")
            .header("x-amz-access-token", "secret")
            .header("idempotency-key", "key-1")
            .json(br#"{"Invoices":[{"InvoiceNumber":"AMZ-1","Total":12.00}]}"#.to_vec());
        let exchange = kept(&request, &replied(400, r#"{"Message":"no","Total":12.00}"#));
        assert!(!format!("{exchange:?}").contains("secret"), "{exchange:?}");
        assert!(exchange.request_body.contains("12.00") && exchange.reply_body.contains("12.00"));
        assert_eq!(exchange.request_headers.len(), 2);
        assert_eq!(exchange.reply_headers, vec![("retry-after".to_owned(), "7".to_owned())]);
        let token = Request::new(Method::Post, Host::Token, "/connect/token")
            .form(&[("refresh_token", "secret")]);
        let exchange = kept(&token, &replied(400, r#"{"error":"secret"}"#));
        assert!(!format!("{exchange:?}").contains("secret"), "{exchange:?}");
        assert_eq!(exchange.request, "POST (a token)");
    }

    #[test]
    fn a_long_body_is_cut_and_says_so() {
        let body = format!("{{\"a\":\"{}\",\"email\":\"x@y.example\"}}", "ä".repeat(BODY_MAX));
        let exchange = kept(&Request::get("/Invoices"), &replied(500, &body));
        assert!(exchange.reply_body.ends_with(CUT));
        assert!(exchange.reply_body.len() <= BODY_MAX + CUT.len());
    }

    #[test]
    fn a_page_of_a_gateway_is_kept_in_part_and_silence_in_words() {
        let page = format!("<html>504 Gateway Time-out {}</html>", "x".repeat(2_000));
        let exchange = kept(&Request::get("/Invoices"), &replied(504, &page));
        assert!(exchange.reply_body.starts_with("<html>504 Gateway Time-out"));
        assert!(exchange.reply_body.len() < 600);
        let lost = kept(&Request::get("/Invoices"), &Sent::Lost("timeout".to_owned()));
        assert_eq!((lost.status, lost.reply_body.as_str()), (None, "no answer: timeout"));
    }

    #[test]
    fn a_question_about_a_contact_names_nobody() {
        let request = Request::get("/Contacts").query("where", "Name==\"Ann Lee\"");
        let exchange = kept(&request.query("page", "1"), &replied(500, ""));
        assert_eq!(exchange.request, "GET /Contacts?where=(taken out)&page=1");
    }
}
