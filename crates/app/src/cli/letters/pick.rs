//! Which letters are meant.

use base::{Day, Timestamp};
use clap::Args;
use intents::BookId;
use store::{Letter, What};

use crate::book::Settings;
use crate::cli::Failure;

/// Which letters: all conditions that are given must hold.
#[derive(Debug, Clone, Default, Args)]
pub(super) struct Filter {
    /// The reason's code, such as `account_invalid`.
    #[arg(long, value_name = "CODE")]
    pub code: Option<String>,
    /// What it is: invoice, payment and so on; order, settlement, unreadable.
    #[arg(long, value_name = "KIND")]
    pub kind: Option<String>,
    /// What went wrong since a day (2026-01-31) or moment (2026-01-31T08:00:00Z), UTC.
    #[arg(long, value_name = "DAY")]
    pub since: Option<String>,
    /// An order's or settlement's id, or a subject such as order:202-1234567-8901234.
    #[arg(long, value_name = "SUBJECT")]
    pub subject: Option<String>,
}

/// The same, read.
#[derive(Debug)]
pub(super) struct Wanted<'a> {
    filter: &'a Filter,
    since: Option<Timestamp>,
}

pub(super) struct Picked {
    pub(super) book: BookId,
    pub(super) settings: Settings,
    pub(super) letters: Vec<Letter>,
}

impl Filter {
    pub(super) fn read(&self) -> Result<Wanted<'_>, Failure> {
        let since = self.since.as_deref().map(moment).transpose()?;
        Ok(Wanted { filter: self, since })
    }
}

fn moment(text: &str) -> Result<Timestamp, Failure> {
    let day = Day::parse(text).map(Day::midnight_utc);
    day.or_else(|_no_day| Timestamp::parse(text)).map_err(|error| {
        Failure::new("letter_unclear", format!("--since {text} is no day and no moment: {error}"))
    })
}

impl Wanted<'_> {
    pub(super) fn is_empty(&self) -> bool {
        let Filter { code, kind, since, subject } = self.filter;
        [code, kind, since, subject].into_iter().all(Option::is_none)
    }

    pub(super) fn takes(&self, letter: &Letter) -> bool {
        let fits =
            |wanted: &Option<String>, is: &dyn Fn(&str) -> bool| wanted.as_deref().is_none_or(is);
        fits(&self.filter.code, &|code| letter.reason.code == code)
            && fits(&self.filter.kind, &|kind| kind_of(letter) == kind)
            && fits(&self.filter.subject, &|subject| is_about(letter, subject))
            && self.since.is_none_or(|since| letter.since >= since)
    }
}

/// The kind of a document, or of a subject.
pub(super) fn kind_of(letter: &Letter) -> &str {
    match &letter.what {
        What::Intent { kind, .. } => kind.as_str(),
        What::Unread { .. } => "unreadable",
        What::Subject => letter.subject.as_str().split(':').next().unwrap_or_default(),
    }
}

fn is_about(letter: &Letter, named: &str) -> bool {
    let subject = &letter.subject;
    [Some(subject.as_str()), subject.order_id(), subject.settlement_id()].contains(&Some(named))
}

/// An intent's id may be shortened to this many characters.
const ID_MIN: usize = 10;

/// Each id must name at least one letter.
pub(super) fn by_ids(letters: Vec<Letter>, ids: &[String]) -> Result<Vec<Letter>, Failure> {
    let is_named = |letter: &Letter, id: &str| {
        let is_start = id.len() >= ID_MIN && letter.id.starts_with(id);
        letter.id == id || is_start || is_about(letter, id)
    };
    for id in ids {
        if !letters.iter().any(|letter| is_named(letter, id.trim())) {
            let detail = format!("no letter is called {id}");
            return Err(Failure::new("letter_unknown", detail));
        }
    }
    let picked = letters.into_iter().filter(|one| ids.iter().any(|id| is_named(one, id.trim())));
    Ok(picked.collect())
}
