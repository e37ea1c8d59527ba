//! Reports v2021-06-30: lists of reports, their documents, and asking for one.
//! <https://developer-docs.amazon.com/sp-api/docs/reports-api-v2021-06-30-reference>

use std::collections::BTreeMap;

use base::call::escape;
use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::{Deserialize, Serialize};

use super::{USER_AGENT, filled, get, read_json};

pub const PATH: &str = "/reports/2021-06-30/reports";
pub const DOCUMENTS_PATH: &str = "/reports/2021-06-30/documents";

/// A settlement, one amount a line. Amazon makes it by itself; it can be listed, not asked for.
/// <https://developer-docs.amazon.com/sp-api/docs/report-type-values-settlement>
pub const SETTLEMENT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";

/// The status of a report whose document can be read.
pub const DONE: &str = "DONE";

/// The only compression that Amazon's model knows.
pub const GZIP: &str = "GZIP";

/// Most reports that a page may hold.
pub const PAGE_MAX: u32 = 100;

/// A page of reports. Amazon refuses a token that comes with anything else.
#[derive(Debug, Clone)]
pub enum GetReports<'a> {
    First {
        /// One to ten.
        types: &'a [&'a str],
        statuses: &'a [&'a str],
        created_since: String,
    },
    Next {
        token: &'a str,
    },
}

#[derive(Debug, Clone)]
pub struct GetReport<'a> {
    pub report_id: &'a str,
}

/// Where a report's document can be had, for five minutes.
#[derive(Debug, Clone)]
pub struct GetReportDocument<'a> {
    pub document_id: &'a str,
}

/// Asks Amazon to make a report. There is no idempotency key: after a lost answer look with
/// [`GetReports`] before asking again.
#[derive(Debug, Clone)]
pub struct CreateReport<'a> {
    pub report_type: &'a str,
    pub marketplaces: &'a [String],
    pub data_start: Option<String>,
    pub data_end: Option<String>,
    pub options: BTreeMap<String, String>,
}

/// The document's bytes, from wherever Amazon put them. No header of Amazon's API goes there.
#[derive(Debug, Clone)]
pub struct Download<'a> {
    pub url: &'a str,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportsPage {
    pub reports: Vec<Report>,
    next_token: Option<String>,
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Report {
    pub report_id: String,
    pub report_type: String,
    pub created_time: String,
    pub processing_status: String,
    pub report_document_id: Option<String>,
    pub marketplace_ids: Option<Vec<String>>,
    pub data_start_time: Option<String>,
    pub data_end_time: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ReportDocument {
    pub report_document_id: String,
    pub url: String,
    pub compression_algorithm: Option<String>,
}

/// What was downloaded, as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Downloaded {
    pub bytes: Vec<u8>,
    /// From the `Content-Type`; the only place where Amazon says it, and often missing.
    pub charset: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Wish<'a> {
    report_type: &'a str,
    marketplace_ids: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    data_start_time: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    data_end_time: Option<&'a str>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    report_options: &'a BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Created {
    report_id: String,
}

impl ReportsPage {
    /// The next page's token; absent on the last page.
    pub fn next_token(&self) -> Option<&str> {
        filled(self.next_token.as_ref())
    }
}

impl Call for GetReports<'_> {
    type Reply = ReportsPage;
    const OPERATION: &'static str = "getReports";
    /// 0.0222 per second, burst 10 (Amazon's model file `reports_2021-06-30.json`).
    const LIMIT: Limit = Limit::bucket(45_046, 10);

    fn request(&self) -> Request {
        match self {
            GetReports::First { types, statuses, created_since } => get(PATH)
                .query("reportTypes", types.join(","))
                .query("processingStatuses", statuses.join(","))
                .query("pageSize", PAGE_MAX.to_string())
                .query("createdSince", created_since.as_str()),
            GetReports::Next { token } => get(PATH).query("nextToken", *token),
        }
    }

    fn read(&self, response: &Response) -> Result<ReportsPage, CallError> {
        read_json(response)
    }
}

impl Call for GetReport<'_> {
    type Reply = Report;
    const OPERATION: &'static str = "getReport";
    /// 2 per second, burst 15 (Amazon's model file `reports_2021-06-30.json`).
    const LIMIT: Limit = Limit::bucket(500, 15);

    fn request(&self) -> Request {
        get(format!("{PATH}/{}", escape(self.report_id)))
    }

    fn read(&self, response: &Response) -> Result<Report, CallError> {
        read_json(response)
    }
}

impl Call for GetReportDocument<'_> {
    type Reply = ReportDocument;
    const OPERATION: &'static str = "getReportDocument";
    /// 0.0167 per second, burst 15 (Amazon's model file `reports_2021-06-30.json`).
    const LIMIT: Limit = Limit::bucket(60_000, 15);

    fn request(&self) -> Request {
        get(format!("{DOCUMENTS_PATH}/{}", escape(self.document_id)))
    }

    fn read(&self, response: &Response) -> Result<ReportDocument, CallError> {
        read_json(response)
    }
}

impl Call for CreateReport<'_> {
    /// The report's id.
    type Reply = String;
    const OPERATION: &'static str = "createReport";
    /// 0.0167 per second, burst 15 (Amazon's model file `reports_2021-06-30.json`).
    const LIMIT: Limit = Limit::bucket(60_000, 15);

    fn request(&self) -> Request {
        let wish = Wish {
            report_type: self.report_type,
            marketplace_ids: self.marketplaces,
            data_start_time: self.data_start.as_deref(),
            data_end_time: self.data_end.as_deref(),
            report_options: &self.options,
        };
        Request::new(Method::Post, Host::Api, PATH)
            .header("accept", "application/json")
            .header("user-agent", USER_AGENT)
            // Texts and lists of texts can always be written as JSON.
            .json(serde_json::to_vec(&wish).unwrap_or_default())
    }

    fn read(&self, response: &Response) -> Result<String, CallError> {
        read_json::<Created>(response).map(|reply| reply.report_id)
    }
}

impl Call for Download<'_> {
    type Reply = Downloaded;
    const OPERATION: &'static str = "document";
    /// No usage plan of Amazon's: this is how long to leave a store of files alone that is busy.
    const LIMIT: Limit = Limit::bucket(5_000, 15);

    fn request(&self) -> Request {
        Request::new(Method::Get, Host::Presigned, self.url)
    }

    fn read(&self, response: &Response) -> Result<Downloaded, CallError> {
        if !(200..300).contains(&response.status) {
            let detail = "the document could not be downloaded".to_owned();
            return Err(CallError::Status { status: response.status, detail });
        }
        let charset = response.header("content-type").and_then(charset);
        Ok(Downloaded { bytes: response.body.clone(), charset })
    }
}

/// `Cp1252` of `text/plain; charset=Cp1252`.
fn charset(content_type: &str) -> Option<String> {
    content_type.split(';').skip(1).find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        let value = value.trim().trim_matches('"');
        (name.trim().eq_ignore_ascii_case("charset") && !value.is_empty()).then(|| value.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_asked_for_by_type_and_its_next_page_by_the_token_alone() {
        let first = GetReports::First {
            types: &[SETTLEMENT],
            statuses: &[DONE],
            created_since: "2026-11-01T00:00:00.000Z".to_owned(),
        };
        assert_eq!(
            first.request().target(),
            "/reports/2021-06-30/reports\
             ?reportTypes=GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2&processingStatuses=DONE\
             &pageSize=100&createdSince=2026-11-01T00%3A00%3A00.000Z"
        );
        let next = GetReports::Next { token: "a+b=" };
        assert_eq!(next.request().target(), "/reports/2021-06-30/reports?nextToken=a%2Bb%3D");
    }

    #[test]
    fn the_way_to_a_document_goes_through_its_id() {
        let call = GetReportDocument { document_id: "amzn1.spdoc.1.4.eu/x" };
        let path = "/reports/2021-06-30/documents/amzn1.spdoc.1.4.eu%2Fx";
        assert_eq!(call.request().target(), path);
    }

    #[test]
    fn a_download_takes_nothing_of_ours_along() {
        let request = Download { url: "https://tortuga.example/x?sig=a%2Fb" }.request();
        assert_eq!(request.target(), "https://tortuga.example/x?sig=a%2Fb");
        assert_eq!((request.host, request.headers.len()), (Host::Presigned, 0));
    }

    #[test]
    fn a_charset_is_read_where_there_is_one() {
        for (header, expected) in [
            ("text/plain; charset=Cp1252", Some("Cp1252")),
            ("text/plain;Charset=\"UTF-8\"", Some("UTF-8")),
            ("text/plain; boundary=x; charset=shift_jis", Some("shift_jis")),
            ("text/plain; charset=", None),
            ("application/octet-stream", None),
        ] {
            assert_eq!(charset(header).as_deref(), expected, "{header}");
        }
    }

    #[test]
    fn what_was_downloaded_is_kept_to_the_byte() {
        let headers = vec![("content-type".to_owned(), "text/plain; charset=Cp1252".to_owned())];
        let response = Response { status: 200, headers, body: vec![0x1f, 0x8b, 0xff] };
        let read = Download { url: "https://a" }.read(&response).unwrap();
        assert_eq!(
            read,
            Downloaded { bytes: vec![0x1f, 0x8b, 0xff], charset: Some("Cp1252".to_owned()) }
        );
    }

    #[test]
    fn a_wish_names_only_what_is_wished() {
        let marketplaces = ["A1F83G8C2ARO7P".to_owned()];
        let call = CreateReport {
            report_type: "GET_FBA_REIMBURSEMENTS_DATA",
            marketplaces: &marketplaces,
            data_start: Some("2026-10-01T00:00:00.000Z".to_owned()),
            data_end: None,
            options: BTreeMap::new(),
        };
        let request = call.request();
        assert_eq!((request.method, request.target().as_str()), (Method::Post, PATH));
        assert_eq!(
            String::from_utf8(request.body).unwrap(),
            r#"{"reportType":"GET_FBA_REIMBURSEMENTS_DATA","marketplaceIds":["A1F83G8C2ARO7P"],"dataStartTime":"2026-10-01T00:00:00.000Z"}"#
        );
        let reply =
            Response { status: 202, headers: Vec::new(), body: br#"{"reportId":"1"}"#.to_vec() };
        assert_eq!(call.read(&reply).unwrap(), "1");
    }
}
