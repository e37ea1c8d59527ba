//! Which settlement reports there are, since when, and their bytes.

use std::io::Write as _;

use base::{Timestamp, digest};
use flate2::Compression;
use flate2::write::GzEncoder;

use super::file::{File, Head};
use super::settle::Settlement;
use super::transaction::Row;
use super::{History, Options, Setting};
use crate::random::Random;

/// How a document's text is written as bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Charset {
    Utf8,
    Cp1252,
}

/// A settlement report as it is listed.
#[derive(Debug, Clone)]
pub struct Report {
    pub id: String,
    pub document_id: String,
    pub created: Timestamp,
    /// The places of its settlements in the history's list; its own is the last.
    pub settlements: Vec<usize>,
    /// A row is missing, so that the rest does not add up to the total.
    pub is_flawed: bool,
    pub charset: Charset,
    /// What the download says of itself.
    pub content_type: &'static str,
    pub is_gzip: bool,
}

/// A whole document follows a flawed one.
const REISSUED_MS: i64 = 3 * Timestamp::DAY;
/// The settlement whose document is flawed, if one is to be.
const FLAWED: usize = 3;

/// Every report of the settlements, in the order in which they come.
pub(crate) fn reports(options: &Options, settlements: &[Settlement]) -> Vec<Report> {
    let mut random = Random::stream(options.seed, "reports");
    let mut reports = Vec::new();
    for settlement in settlements {
        let minutes = i64::try_from(40 + random.below(300)).unwrap_or(40);
        let created = settlement.end.after_ms(minutes * Timestamp::MINUTE);
        let report = report(options, settlement.number, created, &mut random);
        let quirks = options.quirks;
        if quirks.reissue && settlement.number == FLAWED {
            reports.push(Report { is_flawed: true, ..report });
            let again = created.after_ms(REISSUED_MS);
            reports.push(self::report(options, settlement.number, again, &mut random));
            continue;
        }
        let is_twice = quirks.listed_twice && settlement.number % 4 == 1;
        reports.push(report.clone());
        if is_twice {
            // Another report and another document id, and the same bytes.
            let created = created.after_ms(11 * Timestamp::MINUTE);
            let other = self::report(options, settlement.number, created, &mut random);
            reports.push(Report {
                id: other.id,
                document_id: other.document_id,
                created,
                ..report
            });
        }
    }
    reports.sort_by_key(|report| report.created);
    reports
}

fn report(options: &Options, number: usize, created: Timestamp, random: &mut Random) -> Report {
    let name = digest(&[&options.seed.to_string(), "report", &created.0.to_string()]);
    let id = 50_000 + random.below(40_000);
    let region = options.setting.region().code();
    let (charset, content_type) = written(options.setting, random);
    let first = if options.quirks.bundled { number.saturating_sub(1) } else { number };
    Report {
        id: format!("{id}{:06}", created.0 / Timestamp::MINUTE % 1_000_000),
        document_id: format!("amzn1.spdoc.1.4.{region}.{name}"),
        created,
        settlements: (first..=number).collect(),
        is_flawed: false,
        charset,
        content_type,
        is_gzip: random.chance(500),
    }
}

/// Europe and America mostly write Windows' Latin letters, sometimes without saying so.
fn written(setting: Setting, random: &mut Random) -> (Charset, &'static str) {
    let old = !matches!(setting, Setting::Au | Setting::In) && random.chance(550);
    match (old, random.below(3)) {
        (true, 0) => (Charset::Cp1252, "text/plain"),
        (true, _) => (Charset::Cp1252, "text/plain; charset=Cp1252"),
        (false, 0) => (Charset::Utf8, "application/octet-stream"),
        (false, 1) => (Charset::Utf8, "text/plain"),
        (false, _) => (Charset::Utf8, "text/plain;charset=UTF-8"),
    }
}

impl History {
    /// The document of a report as it is downloaded, packed if the report says so.
    pub fn document(&self, report: &Report) -> Vec<u8> {
        let mut text = String::new();
        let mut file = File::new(self.options.setting, &mut text);
        file.columns();
        for place in &report.settlements {
            if let Some(settlement) = self.settlements.get(*place) {
                self.write(&mut file, settlement, report.is_flawed);
            }
        }
        let bytes = match report.charset {
            Charset::Utf8 => text.into_bytes(),
            Charset::Cp1252 => text.chars().map(cp1252).collect(),
        };
        if report.is_gzip { packed(&bytes) } else { bytes }
    }

    fn write(&self, file: &mut File<'_>, settlement: &Settlement, is_flawed: bool) {
        file.head(&Head {
            id: &settlement.id,
            start: settlement.start,
            end: settlement.end,
            deposit: settlement.deposit,
            total: settlement.total,
        });
        let lost = is_flawed.then(|| self.lost_row(settlement)).flatten();
        for (place, (of, at, row)) in self.rows(settlement).enumerate() {
            if lost != Some(place) {
                file.row(&settlement.id, of, at, row);
            }
        }
    }

    /// The row that a flawed document lacks: the reserve if there is one, else any with money.
    fn lost_row(&self, settlement: &Settlement) -> Option<usize> {
        let rows: Vec<&Row> = self.rows(settlement).map(|(_, _, row)| row).collect();
        rows.iter().rposition(|row| row.amount != 0)
    }
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::default());
    // Writing to a Vec cannot fail.
    match packer.write_all(bytes) {
        Ok(()) => packer.finish().unwrap_or_default(),
        Err(_) => Vec::new(),
    }
}

/// The byte of a letter that the catalogue or a coupon uses; a question mark for any other.
fn cp1252(letter: char) -> u8 {
    match letter {
        '€' => 0x80,
        '‘' => 0x91,
        '’' => 0x92,
        '“' => 0x93,
        '”' => 0x94,
        '–' => 0x96,
        other => match u8::try_from(u32::from(other)) {
            Ok(byte) if !(0x80..0xA0).contains(&byte) => byte,
            Ok(_) | Err(_) => b'?',
        },
    }
}
