//! What stands in a settlement report: one fact per settlement, whatever document it came in.

use std::collections::BTreeMap;

use base::id::hex;
use base::{FactId, Money, MoneyError, Subject, Timestamp};
use facts::settlement::{Found, Layout, Row, Settlement};
use facts::{Body, Fact};
use sha2::{Digest, Sha256};

use super::super::filing::{Filing, FinancesError, Part};
use super::super::settlement::{Event, Hints, Malformed, Reader};
use super::{FetchedReport, REPORT_KIND, ReportRef, subject};
use crate::source::{Account, Raw};

/// Amazon Japan writes names in an encoding of its own.
const JAPAN: &str = "A1VC38T7YXB528";

/// Why a report gave no settlement.
#[derive(Debug, thiserror::Error)]
enum ContentsError {
    #[error("{} at line {}, cell {}: {}", .0.code, .0.line, .0.column, .0.detail)]
    Malformed(Malformed),
    #[error("the rows of settlement {settlement_id}: {error}")]
    Sum { settlement_id: String, error: MoneyError },
    #[error("line {line} belongs to settlement {settlement_id:?}, which the report does not have")]
    Stranger { settlement_id: String, line: u64 },
}

/// A settlement while its rows go by.
struct Tally {
    settlement: Settlement,
    rows: u64,
    sum: Money,
    /// Of everything that the document says about it, to the byte.
    content: Sha256,
    marketplaces: BTreeMap<String, u64>,
}

/// Reads a report once and gives one fact for each settlement in it, or a single unreadable one
/// that says where the file is not what it should be. Without a report's name, such as for a file
/// from a person's disk, the file is known by its hash.
pub fn facts_of_report(
    account: &Account,
    fetched: &FetchedReport,
    report: Option<&ReportRef>,
    now: Timestamp,
) -> Vec<Fact> {
    let filing = Filing { account, name: "reports", kind: REPORT_KIND, now };
    match read(account, fetched, report) {
        Ok((layout, tallies)) => tallies
            .into_values()
            .map(|tally| tally.fact(filing, layout, (fetched, report)))
            .collect(),
        Err(error) => {
            let name = report.map_or(fetched.hash.as_str(), |report| report.report_id.as_str());
            let part = Part {
                subject: Some(subject(name)),
                occurred: report.map(|report| report.created),
                about: name.to_owned(),
                body: Err(FinancesError::Unlike(error.to_string())),
            };
            // Only the hash goes into the fact: the bytes are archived by whoever fetched them.
            let (hash, kind) = (fetched.hash.clone(), REPORT_KIND.to_owned());
            vec![filing.fact_of(part, &Raw { hash, kind, bytes: Vec::new() })]
        }
    }
}

fn read(
    account: &Account,
    fetched: &FetchedReport,
    report: Option<&ReportRef>,
) -> Result<(Layout, BTreeMap<String, Tally>), ContentsError> {
    let places = report.map_or(account.marketplaces.as_slice(), |report| &report.marketplace_ids);
    let hints = Hints {
        charset: fetched.charset.clone(),
        gzip: Some(fetched.gzip),
        japan: !places.is_empty() && places.iter().all(|place| place == JAPAN),
    };
    let mut reader =
        Reader::new(fetched.bytes.as_slice(), &hints).map_err(ContentsError::Malformed)?;
    let layout = reader.layout();
    let mut tallies = BTreeMap::new();
    while let Some(event) = reader.next_event().map_err(ContentsError::Malformed)? {
        match event {
            Event::Settlement(settlement) => {
                tallies
                    .entry(settlement.settlement_id.clone())
                    .or_insert_with(|| Tally::of(settlement));
            }
            Event::Row(row) => add(&mut tallies, &row)?,
        }
    }
    Ok((layout, tallies))
}

fn add(tallies: &mut BTreeMap<String, Tally>, row: &Row<'_>) -> Result<(), ContentsError> {
    let Some(tally) = tallies.get_mut(row.settlement_id) else {
        let settlement_id = row.settlement_id.to_owned();
        return Err(ContentsError::Stranger { settlement_id, line: row.line });
    };
    tally.add(row).map_err(|error| {
        let settlement_id = row.settlement_id.to_owned();
        ContentsError::Sum { settlement_id, error }
    })
}

impl Tally {
    fn of(settlement: Settlement) -> Tally {
        let mut content = Sha256::new();
        // What the document declares is part of what it says: the same rows under another total
        // are another settlement.
        content.update(serde_json::to_vec(&settlement).unwrap_or_default());
        let sum = Money::zero(settlement.currency);
        Tally { settlement, rows: 0, sum, content, marketplaces: BTreeMap::new() }
    }

    fn add(&mut self, row: &Row<'_>) -> Result<(), MoneyError> {
        self.sum = self.sum.plus(row.amount)?;
        self.rows = self.rows.saturating_add(1);
        self.content.update(row.raw);
        self.content.update(b"\n");
        match self.marketplaces.get_mut(row.marketplace) {
            Some(rows) => *rows = rows.saturating_add(1),
            None => {
                self.marketplaces.insert(row.marketplace.to_owned(), 1);
            }
        }
        Ok(())
    }

    /// The name that most rows have; of several the first in the alphabet.
    fn marketplace(&self) -> String {
        let named = self.marketplaces.iter().filter(|(name, _)| !name.is_empty());
        let most = named.max_by(|(a, x), (b, y)| x.cmp(y).then(b.cmp(a)));
        most.map(|(name, _)| name.clone()).unwrap_or_default()
    }

    /// The id is that of the seller, the settlement and what the rows say: two documents with the
    /// same rows give one fact, a settlement that Amazon issued again in other words another.
    fn fact(
        self,
        filing: Filing<'_>,
        layout: Layout,
        (fetched, report): (&FetchedReport, Option<&ReportRef>),
    ) -> Fact {
        let marketplace = self.marketplace();
        let content = hex(&self.content.finalize());
        let settlement_id = &self.settlement.settlement_id;
        let id: FactId = filing.id(settlement_id, &content);
        let subject = Subject::settlement(settlement_id);
        let occurred = self.settlement.end;
        let found = Found {
            settlement: self.settlement,
            layout,
            report_id: report.map(|report| report.report_id.clone()),
            region: filing.account.region.as_str().to_owned(),
            seller_id: filing.account.seller_id.clone(),
            marketplace,
            rows: self.rows,
            sum: self.sum,
            gzip: fetched.gzip,
        };
        filing.envelope(id, subject, occurred, (&fetched.hash, Body::Settlement(Box::new(found))))
    }
}
