//! One request as the simulated Xero reads it.

use axum::body::Bytes;
use axum::http::HeaderMap;
use base::{Day, Timestamp};

use super::edition::Edition;
use super::json::{Json, Object};
use super::reply::{Form, Reply};
use crate::{Fault, Kit};

/// Xero advises at most 3.5 MB a request; this organisation insists on it.
const BODY_MAX: usize = 3_500_000;

pub(crate) struct Ask<'a> {
    pub(crate) kit: &'a Kit,
    pub(crate) now: Timestamp,
    pub(crate) method: String,
    /// What follows `/api.xro/2.0/`, decoded.
    pub(crate) segments: Vec<String>,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
    /// The body as it came, for files.
    pub(crate) bytes: Bytes,
    pub(crate) edition: Edition,
    pub(crate) fault: Fault,
    /// The path with its ids taken out, such as `POST /Invoices/{id}`.
    pub(crate) operation: String,
}

impl Ask<'_> {
    /// The query parameter of that name, in any case.
    pub(crate) fn param(&self, name: &str) -> Option<&str> {
        let found = self.query.iter().find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str()).filter(|value| !value.is_empty())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.param(name).is_some_and(|value| value.eq_ignore_ascii_case("true"))
    }

    /// A comma-separated list parameter.
    pub(crate) fn list(&self, name: &str) -> Option<Vec<&str>> {
        self.param(name).map(|value| value.split(',').map(str::trim).collect())
    }

    /// True unless the client asked for each element's own result.
    pub(crate) fn summarises_errors(&self) -> bool {
        !self.param("summarizeErrors").is_some_and(|value| value.eq_ignore_ascii_case("false"))
    }

    /// Decimals of unit amounts: 4 with `unitdp=4`, else 2.
    pub(crate) fn unit_decimals(&self) -> u32 {
        if self.param("unitdp") == Some("4") { 4 } else { 2 }
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The calendar day in the organisation's time zone.
    pub(crate) fn today(&self) -> Day {
        self.edition.today(self.now)
    }

    pub(crate) fn form(&self) -> Form {
        let accepts = self.header("accept").unwrap_or_default();
        if accepts.contains("application/json") { Form::Json } else { Form::Xml }
    }

    /// Notes every query parameter that is not among the names known here.
    pub(crate) fn knows(&self, names: &[&str]) {
        for (key, _) in &self.query {
            if !names.iter().any(|name| name.eq_ignore_ascii_case(key)) {
                self.unknown(&format!("query {key} on {}", self.operation));
            }
        }
    }

    pub(crate) fn unknown(&self, what: &str) {
        self.kit.unknown("xero", what);
    }

    /// The elements of the body: those of the collection, or the one bare object.
    pub(crate) fn elements(&self, collection: &str) -> Result<Vec<Object>, Reply> {
        if self.body.len() > BODY_MAX {
            return Err(Reply::refused(10, "ValidationException", "The request exceeds 3.5 MB"));
        }
        if !self.header("content-type").is_some_and(|media| media.contains("json")) {
            return Err(Reply::unreadable(
                "Data at the root level is invalid. Line 1, position 1.",
            ));
        }
        let Some(Json::Object(object)) = Json::parse(&self.body) else {
            return Err(Reply::unreadable("JSON for post data was invalid"));
        };
        let Some(inner) = object.get(collection) else { return Ok(vec![object]) };
        for (name, _) in &object.0 {
            if name != collection {
                self.unknown(&format!("field {name} beside {collection} on {}", self.operation));
            }
        }
        let Some(items) = inner.as_list() else {
            return Err(Reply::unreadable("JSON for post data was invalid"));
        };
        let objects = items.iter().map(|item| item.as_object().cloned());
        let objects: Option<Vec<Object>> = objects.collect();
        match objects {
            Some(objects) if !objects.is_empty() => Ok(objects),
            Some(_) | None => Err(Reply::unreadable("JSON for post data was invalid")),
        }
    }

    /// The only element of a request that takes one.
    pub(crate) fn element(&self, collection: &str) -> Result<Object, Reply> {
        let mut elements = self.elements(collection)?;
        match (elements.pop(), elements.is_empty()) {
            (Some(element), true) => Ok(element),
            (Some(_) | None, _) => Err(Reply::refused(
                10,
                "ValidationException",
                &format!("Only one element of {collection} is accepted in a request"),
            )),
        }
    }
}
