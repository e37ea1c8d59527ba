//! `daybook close YYYY-MM`: the month-end pack. Every balance with Amazon as a list against Xero's
//! trial balance, the bridge to Amazon's own balance, and the month's tax, fees, gross sales,
//! settlements and open ends.

mod accrued;
mod gather;
mod listed;
mod month;
mod others;
mod outside;
mod page;
mod sheets;
mod text;
mod transit;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use base::{Currency, Day, Timestamp, Zone};
use clap::Args;
use mapping::settlement::bridge::Bridge;
use mapping::settlement::close::{FeeRow, GrossRow, Section, Tax};
use serde::Serialize;

use self::gather::Gathered;
pub use self::listed::{Gap, SettledRow, Waiting};
use super::open::Opened;
use super::{Common, Failure, bridge, note, print, print_json};
use crate::engine::Engine;

/// What a pack ends with that does not tie.
const DIFFERS_CODE: &str = "close_differs";
const MONTH_CODE: &str = "close_month_invalid";

/// Amazon says that transactions may be missing for so long.
const LATE_MS: i64 = 2 * Timestamp::DAY;

#[derive(Debug, Args)]
pub struct CloseArgs {
    /// The month, as YYYY-MM. It must be over.
    #[arg(value_name = "YYYY-MM")]
    pub month: String,
    /// Write the pack as a page, as JSON and as CSV files into this folder.
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,
}

/// The pack: what `--json` prints, and what the page, the table and the spreadsheets are made of.
#[derive(Debug, Serialize)]
pub struct Close {
    /// `2026-01`
    pub month: String,
    /// Its last day.
    pub date: Day,
    pub organisation: String,
    /// `summary` or `per_order`.
    pub way: &'static str,
    pub currency: Currency,
    pub made_at: String,
    /// Every list ties, and the bridge closes.
    pub is_well: bool,
    /// The page in `docs/errors`, where not.
    pub code: Option<&'static str>,
    pub notes: Vec<String>,
    pub balances: Vec<Section>,
    pub bridge: BridgeTold,
    pub tax: Tax,
    pub fees: Vec<FeeRow>,
    pub gross: GrossTold,
    pub settlements: Vec<SettledRow>,
    pub gaps: Vec<Gap>,
    /// What waits now, whatever month it is of.
    pub open: Vec<Waiting>,
}

/// The bridge of the last day, or why there is none.
#[derive(Debug, Serialize)]
pub struct BridgeTold {
    pub closes: bool,
    pub code: Option<String>,
    pub detail: Option<String>,
    pub bridge: Option<Bridge>,
}

#[derive(Debug, Serialize)]
pub struct GrossTold {
    pub rows: Vec<GrossRow>,
    /// The day of the first transaction that Daybook knows: earlier sales are not in the year's.
    pub since: Option<Day>,
}

impl Close {
    /// For people.
    pub fn text(&self) -> String {
        text::text(self)
    }
}

pub async fn run_close(common: &Common, args: CloseArgs) -> Result<ExitCode, Failure> {
    let opened = Opened::to_read(common).await?;
    let engine = opened.engine().await?;
    let close = of_month(&engine, month(&args.month)?).await?;
    if let Some(folder) = &args.out {
        for path in write(&close, folder)? {
            note(&format!("written: {}", path.display()));
        }
    }
    if common.json {
        print_json(&close)?;
    } else {
        print(&close.text());
    }
    Ok(if close.is_well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The first day of a month that is written `2026-01`.
pub fn month(text: &str) -> Result<Day, Failure> {
    let is_written = text.len() == 7 && text.as_bytes().get(4) == Some(&b'-');
    let day = Day::parse(&format!("{text}-01")).ok().filter(|_day| is_written);
    day.ok_or_else(|| Failure::new(MONTH_CODE, format!("{text:?} is not a month such as 2026-01")))
}

/// The pack of a month that is over, by any day of it. Reads what is stored, and asks Xero for its
/// trial balance and Amazon for its balance; changes nothing.
pub async fn of_month(engine: &Engine, day: Day) -> Result<Close, Failure> {
    let first = day.month_start();
    let date = last_day(first);
    let gathered = Gathered::of(engine, date).await?;
    let mut notes = gathered.notes.clone();
    let end = date.after_days(1).starts(&gathered.zone);
    if engine.clock.now() < end.after_ms(LATE_MS) {
        notes.push(
            "Amazon may still report transactions of this month: it is complete two days after its end."
                .to_owned(),
        );
    }
    let bridge = bridged(engine, date).await;
    let mut balances = gathered.sections().map_err(gather::unworkable)?;
    let in_transit = transit::section(bridge.bridge.as_ref(), gathered.currency);
    balances.push(in_transit.map_err(gather::unworkable)?);
    let is_well = bridge.closes && balances.iter().all(|section| section.is_well);
    let listed = listed::listed(engine, &gathered, first).await?;
    Ok(Close {
        month: first.to_string().chars().take(7).collect(),
        date,
        organisation: gathered.chart.organisation.name.clone(),
        way: gathered.rules.book().settings.way.as_str(),
        currency: gathered.currency,
        made_at: engine.clock.now().iso(),
        is_well,
        code: (!is_well).then_some(DIFFERS_CODE),
        notes,
        balances,
        bridge,
        tax: month::tax(&gathered).map_err(gather::unworkable)?,
        fees: month::fees(&gathered).map_err(gather::unworkable)?,
        gross: month::gross(&gathered).map_err(gather::unworkable)?,
        settlements: listed.settlements,
        gaps: listed.gaps,
        open: listed.open,
    })
}

/// The last day of the month that begins on a day.
pub(super) fn last_day(first: Day) -> Day {
    first.after_days(31).month_start().after_days(-1)
}

/// A bridge that cannot be made is a finding of the pack, not its end.
async fn bridged(engine: &Engine, date: Day) -> BridgeTold {
    match bridge::of_day(engine, date).await {
        Ok(bridge) => {
            let closes = bridge.closes();
            let code = (!closes).then(|| bridge::OPEN_CODE.to_owned());
            let detail = (!closes).then(|| format!("{} are not explained", bridge.difference));
            BridgeTold { closes, code, detail, bridge: Some(bridge) }
        }
        Err(failure) => BridgeTold {
            closes: false,
            code: Some(failure.code),
            detail: Some(failure.detail),
            bridge: None,
        },
    }
}

/// True from the moment on at which the day is over, at Amazon and where the organisation is.
pub(super) fn is_over(date: Day, zone: &Zone, now: Timestamp) -> bool {
    let next = date.after_days(1);
    now >= next.midnight_utc().max(next.starts(zone))
}

/// Writes the pack into a folder, each file named after the month; answers their paths.
pub fn write(close: &Close, folder: &Path) -> Result<Vec<PathBuf>, Failure> {
    let unwritable = |path: &Path, error: std::io::Error| {
        Failure::new("file_unwritable", format!("{}: {error}", path.display()))
    };
    std::fs::create_dir_all(folder).map_err(|error| unwritable(folder, error))?;
    let json = serde_json::to_string_pretty(close)
        .map_err(|error| Failure::new("unprintable", error.to_string()))?;
    let mut files = vec![(".html".to_owned(), page::page(close)), (".json".to_owned(), json)];
    let sheets = sheets::sheets(close).into_iter();
    files.extend(sheets.map(|(name, text)| (format!("-{name}.csv"), text)));
    let mut paths = Vec::new();
    for (ending, content) in files {
        let path = folder.join(format!("close-{}{ending}", close.month));
        std::fs::write(&path, content).map_err(|error| unwritable(&path, error))?;
        paths.push(path);
    }
    Ok(paths)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_month_is_written_with_its_year() {
        assert_eq!(month("2026-02").ok(), Day::parse("2026-02-01").ok());
        assert_eq!(last_day(Day::parse("2026-02-01").unwrap()).to_string(), "2026-02-28");
        for wrong in ["2026-13", "2026-2", "January", "2026-02-01", ""] {
            assert_eq!(month(wrong).err().unwrap().code, MONTH_CODE, "{wrong}");
        }
    }

    #[test]
    fn a_month_is_over_when_it_is_over_everywhere() {
        let date = Day::parse("2026-01-31").unwrap();
        let at = |text: &str| Timestamp::parse(text).unwrap();
        let york = Zone::named("America/New_York").unwrap();
        assert!(!is_over(date, &york, at("2026-02-01T04:59:00Z")));
        assert!(is_over(date, &york, at("2026-02-01T05:00:00Z")));
        let sydney = Zone::named("Australia/Sydney").unwrap();
        assert!(!is_over(date, &sydney, at("2026-01-31T23:59:00Z")));
    }
}
