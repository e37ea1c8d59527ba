//! What the simulated Xero answers, before it becomes an HTTP response.

use axum::body::{Body, Bytes};
use axum::http::{HeaderName, HeaderValue, Response, StatusCode};
use base::Timestamp;

use super::dates;
use super::json::{Json, Object};

#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(&'static str, String)>,
    pub(crate) content: Content,
    /// It answers a write of several elements.
    pub(crate) is_batch: bool,
}

#[derive(Debug, Clone)]
pub(crate) enum Content {
    Empty,
    Json(Json),
    Text(String),
    /// A file and its media type.
    File(Bytes, String),
}

/// How a client asked to be answered: JSON only if it said so, else XML.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Json,
    Xml,
}

impl Reply {
    pub(crate) fn with(status: u16, content: Content) -> Reply {
        Reply { status, headers: Vec::new(), content, is_batch: false }
    }

    pub(crate) fn json(status: u16, object: Object) -> Reply {
        Reply::with(status, Content::Json(Json::Object(object)))
    }

    pub(crate) fn text(status: u16, text: &str) -> Reply {
        Reply::with(status, Content::Text(text.to_owned()))
    }

    pub(crate) fn empty(status: u16) -> Reply {
        Reply::with(status, Content::Empty)
    }

    pub(crate) fn header(mut self, name: &'static str, value: impl Into<String>) -> Reply {
        self.headers.push((name, value.into()));
        self
    }

    /// Xero's plain 404.
    pub(crate) fn not_found() -> Reply {
        Reply::text(404, "The resource you're looking for cannot be found")
    }

    /// The 400 of a request that is refused as a whole, with no elements.
    pub(crate) fn refused(number: i64, kind: &str, message: &str) -> Reply {
        let error = Object::new()
            .with_int("ErrorNumber", number)
            .with_text("Type", kind)
            .with_text("Message", message);
        Reply::json(400, error)
    }

    /// The 400 that lists the elements that failed.
    pub(crate) fn invalid(elements: Vec<Object>) -> Reply {
        let error = Object::new()
            .with_int("ErrorNumber", 10)
            .with_text("Type", "ValidationException")
            .with_text("Message", "A validation exception occurred")
            .with_list("Elements", elements);
        Reply::json(400, error)
    }

    /// A body that could not be read.
    pub(crate) fn unreadable(message: &str) -> Reply {
        Reply::refused(17, "PostDataInvalidException", message)
    }

    /// 401 and 403 as the API gateway writes them.
    pub(crate) fn problem(status: u16, title: &str, detail: &str, instance: &str) -> Reply {
        let problem = Object::new()
            .with("Type", Json::Null)
            .with_text("Title", title)
            .with_int("Status", i64::from(status))
            .with_text("Detail", detail)
            .with_text("Instance", instance)
            .with("Extensions", Json::Object(Object::new()));
        Reply::json(status, problem)
    }

    pub(crate) fn server_error() -> Reply {
        Reply::refused(500, "Error", "An error occurred in Xero. Check the API Status page")
            .with_status(500)
    }

    fn with_status(mut self, status: u16) -> Reply {
        self.status = status;
        self
    }

    /// 200 with the envelope that every Accounting reply has.
    pub(crate) fn envelope(id: &str, now: Timestamp, members: Object) -> Reply {
        let mut object = Object::new()
            .with_text("Id", id)
            .with_text("Status", "OK")
            .with_text("ProviderName", "Daybook sandbox")
            .with_text("DateTimeUTC", dates::moment(now));
        object.0.extend(members.0);
        Reply::json(200, object)
    }

    /// The bytes and their media type. The gateway's own answers are JSON whatever was asked.
    fn render(&self, form: Form) -> (Bytes, &str) {
        if let Content::File(bytes, media) = &self.content {
            return (bytes.clone(), media);
        }
        let (text, media) = self.render_text(form);
        (Bytes::from(text), media)
    }

    fn render_text(&self, form: Form) -> (String, &'static str) {
        match (&self.content, form) {
            (Content::Empty | Content::File(..), _) => (String::new(), "text/plain"),
            (Content::Text(text), _) => (text.clone(), "text/plain; charset=utf-8"),
            (Content::Json(json), Form::Json) => (json.write(), "application/json; charset=utf-8"),
            (Content::Json(json), Form::Xml) => (xml(json), "text/xml; charset=utf-8"),
        }
    }

    pub(crate) fn into_response(self, form: Form) -> Response<Body> {
        let (bytes, media) = self.render(form);
        let mut response = Response::new(Body::from(bytes));
        *response.status_mut() =
            StatusCode::from_u16(self.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        if !matches!(self.content, Content::Empty) {
            let media = HeaderValue::from_str(media);
            let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
            response.headers_mut().insert("content-type", media);
        }
        for (name, value) in self.headers {
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(HeaderName::from_static(name), value);
            }
        }
        response
    }

    /// The same, but the body ends in the middle.
    pub(crate) fn into_truncated(self, form: Form) -> Response<Body> {
        let (bytes, _) = self.render(form);
        let half = bytes.slice(..bytes.len() / 2);
        let mut response = self.into_response(form);
        *response.body_mut() = Body::from(half);
        response
    }
}

/// The reply as XML, which is what Xero sends to a client that does not ask for JSON.
fn xml(json: &Json) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"utf-8\"?>");
    element("Response", json, &mut out);
    out
}

fn element(name: &str, json: &Json, out: &mut String) {
    if *json == Json::Null {
        return;
    }
    out.push('<');
    out.push_str(name);
    out.push('>');
    match json {
        Json::Null => {}
        Json::List(items) => {
            let single = name.strip_suffix('s').unwrap_or(name);
            for item in items {
                element(single, item, out);
            }
        }
        Json::Object(object) => {
            for (key, value) in &object.0 {
                element(key, value, out);
            }
        }
        Json::Bool(value) => out.push_str(if *value { "true" } else { "false" }),
        Json::Number(text) | Json::Text(text) => {
            let text = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
            out.push_str(&text);
        }
    }
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}
