//! Amazon's settlements: which reports there are, and what their files say.
//! <https://developer-docs.amazon.com/sp-api/docs/reports-api-v2021-06-30-reference>
//!
//! Amazon lists reports for ninety days. What is older is asked of its Finances where the books
//! name it.

use std::collections::{BTreeMap, BTreeSet};

use base::call::escape;
use base::{Host, Method, Request, Timestamp};
use serde::Deserialize;

use super::file::{self, Settlement};
use crate::ask::Asker;
use crate::{AuditError, Side};

const REPORTS: &str = "/reports/2021-06-30/reports";
const DOCUMENTS: &str = "/reports/2021-06-30/documents";
const SETTLEMENT: &str = "GET_V2_SETTLEMENT_REPORT_DATA_FLAT_FILE_V2";
/// A hundred reports each.
const PAGES_MAX: u32 = 1_000;
/// An address that died on the way is asked for again.
const ADDRESSES_MAX: u32 = 3;

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    reports: Vec<Report>,
    next_token: Option<String>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Report {
    #[serde(rename = "reportId")]
    id: String,
    created_time: String,
    #[serde(rename = "reportDocumentId")]
    document_id: Option<String>,
}

#[derive(Debug, Deserialize)]
struct Document {
    url: String,
}

/// A settlement and the report that told of it last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    pub(crate) region: String,
    /// When the report was made; none where Finances told instead.
    pub(crate) created: Option<Timestamp>,
    pub(crate) settlement: Settlement,
}

/// Every settlement of every side, by id.
#[derive(Debug, Default)]
pub(crate) struct Settlements {
    pub(crate) told: BTreeMap<String, Told>,
    /// Reports that could not be read: id and reason.
    pub(crate) unreadable: Vec<(String, String)>,
    /// Settlements that only the books name, and that nobody may ask for.
    pub(crate) untold: BTreeSet<String>,
}

impl Settlements {
    /// Reads every report of one region. What a later report says of a settlement counts.
    pub(crate) async fn read(
        &mut self,
        asker: &mut Asker<'_>,
        side: &Side<'_>,
    ) -> Result<(), AuditError> {
        let mut reports = listed(asker, side).await?;
        reports.sort_by(|a, b| a.created_time.cmp(&b.created_time));
        for report in reports {
            let Some(id) = &report.document_id else { continue };
            match downloaded(asker, side, id).await? {
                Ok(found) => found.into_iter().for_each(|one| self.add(side, &report, one)),
                Err(why) => self.unreadable.push((report.id.clone(), why)),
            }
        }
        Ok(())
    }

    fn add(&mut self, side: &Side<'_>, report: &Report, settlement: Settlement) {
        let (region, id) = (side.region.to_owned(), settlement.id.clone());
        let created = Timestamp::parse(&report.created_time).ok();
        // A document that repeats a settlement does not make it newer.
        let first = self.told.get(&id).filter(|known| known.settlement == settlement);
        let created = first.map_or(created, |known| known.created);
        self.told.insert(id, Told { region, created, settlement });
    }
}

async fn listed(asker: &mut Asker<'_>, side: &Side<'_>) -> Result<Vec<Report>, AuditError> {
    let mut request = Asker::get(REPORTS)
        .query("reportTypes", SETTLEMENT)
        .query("processingStatuses", "DONE")
        .query("pageSize", "100");
    let mut reports = Vec::new();
    for _page in 0..PAGES_MAX {
        let page: Page = asker.ask(side.transport, &request).await?;
        reports.extend(page.reports);
        let Some(token) = page.next_token.filter(|token| !token.is_empty()) else {
            return Ok(reports);
        };
        // A token comes alone.
        request = Asker::get(REPORTS).query("nextToken", token);
    }
    Err(AuditError::Endless { what: format!("reports of {}", side.region), pages: PAGES_MAX })
}

/// A document's settlements, or why it cannot be read.
async fn downloaded(
    asker: &mut Asker<'_>,
    side: &Side<'_>,
    document_id: &str,
) -> Result<Result<Vec<Settlement>, String>, AuditError> {
    let path = format!("{DOCUMENTS}/{}", escape(document_id));
    let mut refused = None;
    for _address in 0..ADDRESSES_MAX {
        let document: Document = asker.ask(side.transport, &Asker::get(path.as_str())).await?;
        // The address is signed for whoever has it: no header of Amazon's API goes there.
        let request = Request::new(Method::Get, Host::Presigned, document.url);
        match asker.ask_for(side.transport, &request, |bytes| Ok(file::read(bytes))).await {
            Err(AuditError::Refused { what, status: 403, detail }) => {
                refused = Some(AuditError::Refused { what, status: 403, detail });
            }
            other => return other,
        }
    }
    let what = "GET a report's document".to_owned();
    Err(refused.unwrap_or(AuditError::Endless { what, pages: ADDRESSES_MAX }))
}
