//! `getReportDocument` and the address that it gives, which belongs to a file store and knows
//! nothing of Amazon's API.

use axum::body::Body;
use axum::http::header::{AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::Response;
use base::{Timestamp, digest};
use serde::Serialize;

use super::kept;
use crate::amazon::Amazon;
use crate::amazon::history::{History, Report};
use crate::amazon::marketplaces::Region;
use crate::amazon::reply::{self, Refusal};
use crate::amazon::search::fields;

/// An address is good for so long.
const ADDRESS_SECONDS: i64 = 300;
/// Where the sandbox serves this vendor.
const PREFIX: &str = "/amazon";

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct DocumentReply<'a> {
    report_document_id: &'a str,
    url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    compression_algorithm: Option<&'static str>,
}

impl Amazon {
    pub(crate) fn get_report_document(
        &self,
        region: Region,
        id: &str,
        pairs: &[(String, String)],
        host: Option<&str>,
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        let names_encoding = match fields.get("enableContentEncodingUrlHeader").copied() {
            None | Some("false") => false,
            Some("true") => true,
            Some(_) => {
                return Err(Refusal::input(
                    "enableContentEncodingUrlHeader must be true or false.",
                ));
            }
        };
        let history = self.history_of(region);
        let found = history.and_then(|of| kept(of, now).find(|report| report.document_id == id));
        let report = found.ok_or_else(|| Refusal::not_found(id))?;
        let encoding = if names_encoding && report.is_gzip { "gzip" } else { "identity" };
        // In one process there is no host: then the address is a path.
        let base = host.map_or_else(String::new, |host| format!("http://{host}"));
        let seal = self.seal_of(id, now, encoding);
        let url = format!(
            "{base}{PREFIX}/documents/{id}?X-Amz-Date={}&X-Amz-Expires={ADDRESS_SECONDS}\
             &X-Amz-Signature={seal}&response-content-encoding={encoding}",
            now.0
        );
        let compression_algorithm = report.is_gzip.then_some("GZIP");
        Ok(reply::text(&DocumentReply { report_document_id: id, url, compression_algorithm }))
    }

    /// The bytes of a document, to whoever holds a living address.
    pub(crate) fn download(
        &self,
        id: &str,
        pairs: &[(String, String)],
        headers: &HeaderMap,
    ) -> Response {
        let signed = ["x-amz-access-token", "x-amz-date", AUTHORIZATION.as_str()];
        if signed.iter().any(|name| headers.contains_key(*name)) {
            return refused("There were headers present in the request which were not signed");
        }
        let now = self.kit.now();
        let get = |name: &str| pairs.iter().find(|(of, _)| of == name).map(|(_, text)| text);
        let issued = get("X-Amz-Date").and_then(|text| text.parse().ok()).map(Timestamp);
        let encoding = get("response-content-encoding").map_or("identity", String::as_str);
        let Some(issued) = issued else { return refused("Access Denied") };
        if get("X-Amz-Signature") != Some(&self.seal_of(id, issued, encoding)) {
            return refused("Access Denied");
        }
        if now.since(issued) > ADDRESS_SECONDS * Timestamp::SECOND {
            return refused("Request has expired");
        }
        let history = self.history();
        let found = history.and_then(|history| found(history, id));
        let Some((history, report)) = found else { return refused("Access Denied") };
        let mut response = Response::new(Body::from(history.document(report)));
        let kind = HeaderValue::from_static(report.content_type);
        response.headers_mut().insert(CONTENT_TYPE, kind);
        if encoding == "gzip" {
            response.headers_mut().insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        }
        response
    }

    fn seal_of(&self, id: &str, issued: Timestamp, encoding: &str) -> String {
        digest(&[&self.page_secret, "document", id, &issued.0.to_string(), encoding])
    }
}

fn found<'a>(history: &'a History, id: &str) -> Option<(&'a History, &'a Report)> {
    history.reports.iter().find(|report| report.document_id == id).map(|report| (history, report))
}

/// The file store answers in XML.
fn refused(message: &str) -> Response {
    let body = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Error><Code>AccessDenied</Code><Message>{message}</Message></Error>"
    );
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = StatusCode::FORBIDDEN;
    let kind = HeaderValue::from_static("application/xml");
    response.headers_mut().insert(CONTENT_TYPE, kind);
    response
}
