//! Settlement reports, as Amazon's model `reports_2021-06-30` has them: they come by themselves,
//! are listed for ninety days, and are downloaded from an address that dies after five minutes.

mod documents;

use std::collections::BTreeMap;

use base::{Timestamp, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use super::Amazon;
use super::history::{History, Report};
use super::marketplaces::Region;
use super::reply::{self, Refusal};
use super::search::{fields, list, moment, places};

/// The one kind that there still is.
pub(crate) const SETTLEMENT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";
/// Reports are kept so long.
const KEPT_MS: i64 = 90 * Timestamp::DAY;
const STATUSES: [&str; 5] = ["CANCELLED", "DONE", "FATAL", "IN_PROGRESS", "IN_QUEUE"];

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportsReply {
    reports: Vec<ReportBody>,
    #[serde(skip_serializing_if = "Option::is_none")]
    next_token: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ReportBody {
    report_id: String,
    report_type: &'static str,
    marketplace_ids: Vec<&'static str>,
    data_start_time: String,
    data_end_time: String,
    created_time: String,
    processing_status: &'static str,
    processing_start_time: String,
    processing_end_time: String,
    report_document_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Specification {
    report_type: String,
    #[serde(rename = "marketplaceIds")]
    _marketplace_ids: Vec<String>,
}

/// Which reports a request asks for, and from which one on.
struct Asked {
    since: Timestamp,
    until: Timestamp,
    limit: usize,
    skip: usize,
    is_settlement: bool,
}

/// Settlement reports cannot be asked for; other kinds are not simulated.
pub(crate) fn refuse_to_create(body: &[u8]) -> Refusal {
    match serde_json::from_slice::<Specification>(body) {
        Err(_) => Refusal::input("The body is not a report specification."),
        Ok(of) if of.report_type.starts_with("GET_V2_SETTLEMENT_REPORT_DATA_") => Refusal {
            message: "Request for report type 1118 is not allowed".to_owned(),
            ..Refusal::input("")
        },
        Ok(_) => Refusal::input("This report type is not simulated."),
    }
}

impl Amazon {
    pub(crate) fn get_reports(
        &self,
        region: Region,
        pairs: &[(String, String)],
    ) -> Result<String, Refusal> {
        let now = self.kit.now();
        let fields = fields(pairs)?;
        let asked = match fields.get("nextToken") {
            Some(_) if fields.len() > 1 => {
                return Err(Refusal::input("nextToken must be the only parameter."));
            }
            Some(token) => self.unseal(region, token, now)?,
            None => Asked::read(&fields, region, now)?,
        };
        let history = self.history_of(region).filter(|_| asked.is_settlement);
        let mut found: Vec<(&History, &Report)> = history
            .into_iter()
            .flat_map(|history| kept(history, now).map(move |report| (history, report)))
            .filter(|(_, of)| asked.since <= of.created && of.created <= asked.until)
            .collect();
        // The newest first.
        found.reverse();
        let more = found.len() > asked.skip + asked.limit;
        let shown = found.into_iter().skip(asked.skip).take(asked.limit);
        Ok(reply::text(&ReportsReply {
            reports: shown.map(|(history, report)| body(history, report)).collect(),
            next_token: more.then(|| self.seal(region, &asked, now)),
        }))
    }

    pub(crate) fn get_report(&self, region: Region, id: &str) -> Result<String, Refusal> {
        let now = self.kit.now();
        let history = self.history_of(region);
        let found = history.and_then(|history| {
            kept(history, now).find(|report| report.id == id).map(|report| body(history, report))
        });
        found.map(|found| reply::text(&found)).ok_or_else(|| Refusal::not_found(id))
    }

    /// A token holds the whole request, because it comes back alone.
    fn seal(&self, region: Region, asked: &Asked, now: Timestamp) -> String {
        let body = format!(
            "{}.{}.{}.{}.{}",
            now.0,
            asked.since.0,
            asked.until.0,
            asked.limit,
            asked.skip + asked.limit
        );
        let seal = digest(&[&self.page_secret, region.code(), "reports", &body]);
        URL_SAFE_NO_PAD.encode(format!("{seal}.{body}"))
    }

    fn unseal(&self, region: Region, token: &str, now: Timestamp) -> Result<Asked, Refusal> {
        let refused = || Refusal::input("nextToken is not valid.");
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_reason| refused())?;
        let text = String::from_utf8(bytes).map_err(|_reason| refused())?;
        let (seal, body) = text.split_once('.').ok_or_else(refused)?;
        if seal != digest(&[&self.page_secret, region.code(), "reports", body]) {
            return Err(refused());
        }
        let numbers: Vec<i64> = body.split('.').filter_map(|part| part.parse().ok()).collect();
        let [issued, since, until, limit, skip] = numbers.as_slice() else {
            return Err(refused());
        };
        if now.since(Timestamp(*issued)) > Timestamp::DAY {
            return Err(Refusal::input("nextToken has expired."));
        }
        Ok(Asked {
            since: Timestamp(*since),
            until: Timestamp(*until),
            limit: usize::try_from(*limit).unwrap_or(10),
            skip: usize::try_from(*skip).unwrap_or(0),
            is_settlement: true,
        })
    }
}

impl Asked {
    fn read(
        fields: &BTreeMap<&str, &str>,
        region: Region,
        now: Timestamp,
    ) -> Result<Asked, Refusal> {
        let get = |name: &str| fields.get(name).copied();
        let Some(types) = get("reportTypes") else {
            return Err(Refusal::input("Either reportTypes or nextToken must be given."));
        };
        let types: Vec<&str> = types.split(',').collect();
        if types.len() > 10 {
            return Err(Refusal::input("At most 10 reportTypes can be given."));
        }
        let places = places(get("marketplaceIds"), region)?;
        if places.is_some_and(|places| places.len() > 10) {
            return Err(Refusal::input("At most 10 marketplaceIds can be given."));
        }
        let statuses = list(get("processingStatuses"), "processingStatuses", &STATUSES)?;
        let is_done = statuses.is_none_or(|statuses| statuses.iter().any(|word| word == "DONE"));
        let limit = match get("pageSize").map_or(Ok(10), str::parse::<usize>) {
            Ok(limit) if (1..=100).contains(&limit) => limit,
            Ok(_) | Err(_) => return Err(Refusal::input("pageSize must be between 1 and 100.")),
        };
        let time = |name| get(name).map(|text| moment(name, text)).transpose();
        let oldest = now.after_ms(-KEPT_MS);
        let since = time("createdSince")?.unwrap_or(oldest);
        let until = time("createdUntil")?.unwrap_or(now);
        if since < oldest {
            return Err(Refusal::input("createdSince must be within the last 90 days."));
        }
        if until < since {
            return Err(Refusal::input("createdUntil must not be before createdSince."));
        }
        // By a documented oddity, marketplaceIds do not filter settlement reports.
        let is_settlement = is_done && types.contains(&SETTLEMENT);
        Ok(Asked { since, until, limit, skip: 0, is_settlement })
    }
}

/// The reports that are there by now and not yet gone.
fn kept(history: &History, now: Timestamp) -> impl Iterator<Item = &Report> {
    let is_kept = move |of: &&Report| of.created <= now && now.since(of.created) <= KEPT_MS;
    history.reports.iter().filter(is_kept)
}

fn body(history: &History, report: &Report) -> ReportBody {
    let settlements = || report.settlements.iter().filter_map(|of| history.settlements.get(*of));
    let start = settlements().map(|of| of.start).min().unwrap_or(report.created);
    let end = settlements().map(|of| of.end).max().unwrap_or(report.created);
    ReportBody {
        report_id: report.id.clone(),
        report_type: SETTLEMENT,
        marketplace_ids: vec![history.options.setting.market().marketplace().id],
        data_start_time: start.iso(),
        data_end_time: end.iso(),
        created_time: report.created.iso(),
        processing_status: "DONE",
        processing_start_time: report.created.iso(),
        processing_end_time: report.created.iso(),
        report_document_id: report.document_id.clone(),
    }
}
