//! Journals in a reply, by narration; of an undoing by id.

use intents::{Body, JournalLine, Receipt};

use super::{Element, Verdict, is_undone, undone};
use crate::api::{dates, manual_journals};
use crate::sink::compare::{ReadBack, has_options};
use crate::sink::known::{Known, is_same_id};
use crate::sink::thing::Thing;

impl Element for manual_journals::ManualJournal {
    fn verdict(&self) -> Verdict<'_> {
        let lines = self.journal_lines.iter().flat_map(|line| &line.validation_errors);
        Verdict {
            remote_id: self.manual_journal_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().chain(lines).collect(),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        if let Body::Undo(_) = body {
            let id = self.manual_journal_id.as_deref();
            return is_undone(body, Thing::ManualJournal, id, known);
        }
        let Body::ManualJournal(made) = body else { return false };
        self.narration.as_deref() == Some(made.narration.as_str())
    }

    /// Unlike other documents a journal has no total: without its lines nothing is told.
    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            return undone(self.manual_journal_id.as_deref(), self.status.as_deref());
        }
        let Body::ManualJournal(made) = body else { return None };
        if self.journal_lines.is_empty() {
            return None;
        }
        let status = self.status.as_deref()?;
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.manual_journal_id.clone()?,
            number: None,
            status: status.to_owned(),
            total: None,
            tax: None,
        });
        back.check("status", "POSTED", status);
        back.check("date", made.date, dates::day(self.date.as_deref()?)?);
        back.differences.extend(line_difference(&made.lines, &self.journal_lines));
        Some(back)
    }
}

/// The first line of ours that Xero does not show, or that it shows more.
fn line_difference(
    ours: &[JournalLine],
    theirs: &[manual_journals::JournalLine],
) -> Option<String> {
    let mut left: Vec<&manual_journals::JournalLine> = theirs.iter().collect();
    for line in ours {
        let Some(at) = left.iter().position(|candidate| is_line(line, candidate)) else {
            let (amount, account) = (line.amount, &line.account_code);
            return Some(format!("line: {amount} on {account} was not kept so"));
        };
        left.swap_remove(at);
    }
    let extra = left.len();
    (extra > 0).then(|| format!("lines: Xero has {extra} more than was meant"))
}

/// The tax type is not compared: a journal without tax has none, whatever word Xero shows for it.
fn is_line(ours: &JournalLine, theirs: &manual_journals::JournalLine) -> bool {
    let is_account = theirs.account_code.as_deref() == Some(ours.account_code.as_str())
        || is_same_id(theirs.account_id.as_deref(), &ours.account_id);
    is_account
        && theirs.line_amount.is_some_and(|exact| exact.0 == ours.amount.amount())
        && has_options(&ours.tracking, &theirs.tracking)
}
