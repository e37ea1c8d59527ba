//! An order that is decided: its case, its history, and what was booked before.

use base::{Day, FactId};
use facts::Act;
use intents::{Body, Decided, Intent, Trace};

use crate::orders::because::because;
use crate::orders::booked::{self, Booked, content};
use crate::orders::case::Case;
use crate::orders::history::{History, Snapshot, is_same_sale};
use crate::orders::invoice::{self, Built};
use crate::orders::posting::Verdict;
use crate::orders::reading::{self, Footed};
use crate::orders::shipments;
use crate::orders::stop::Stop;
use crate::rulebook::InvoiceDate;

/// The order that should stand in the ledger, with everything needed to say how.
pub(crate) struct Sale<'a> {
    pub(crate) case: Case<'a>,
    pub(crate) history: &'a History<'a>,
    pub(crate) latest: Snapshot<'a>,
    pub(crate) booked: Booked<'a>,
    pub(crate) verdict: &'a Verdict,
}

impl Sale<'_> {
    /// True when the order as it stands sells what the decision knew of: no new content, so rules
    /// published since do not touch it.
    pub(crate) fn is_same(&self, decided: &Decided) -> bool {
        if content(decided).is_none() {
            return false;
        }
        let credit = self.booked.credit_notes().last().map(|(note, _)| &note.intent);
        let last = credit.unwrap_or(&decided.intent);
        let known = self.history.snapshot(&last.because.facts);
        known.is_some_and(|known| is_same_sale(known.order, self.latest.order))
    }

    /// The order's amounts; with a reviewer's word, those of the items that foot. With the facts
    /// that this rests on.
    pub(crate) fn read(&self) -> Result<(Footed<'_>, Vec<FactId>), Stop> {
        let mut rests_on = vec![self.latest.fact.id.clone()];
        rests_on.extend(self.history.approved(Act::TaxIsRight));
        let approved = self.history.approved(Act::PostWhatFoots);
        match reading::read(self.case.order, self.case.place) {
            Err(stop) if stop.is("untied_total") && !approved.is_empty() => {
                rests_on.extend(approved);
                Ok((reading::read_part(self.case.order, self.case.place)?, rests_on))
            }
            read => Ok((read?, rests_on)),
        }
    }

    pub(crate) fn date(&self) -> Option<Day> {
        match self.case.settings().invoice_date {
            InvoiceDate::Purchase => Some(self.case.day(self.case.order.created)),
            InvoiceDate::Ship => shipments::first_shipment(self.history)
                .map(|snapshot| self.case.day(snapshot.order.updated)),
        }
    }

    pub(crate) fn build(&self, footed: &Footed<'_>, date: Day) -> Result<Built, Stop> {
        let mut built = invoice::build(&self.case, footed, date, self.booked.nth())?;
        built.traces.insert(0, self.verdict.trace.clone());
        Ok(built)
    }

    pub(crate) fn intent(
        &self,
        part: &str,
        body: Body,
        facts: Vec<FactId>,
        traces: Vec<Trace>,
    ) -> Intent {
        let situation = &self.case.situation;
        let revision = self.booked.next_revision(part);
        Intent {
            id: Intent::id_of(situation.book, situation.subject, part, revision),
            book: situation.book.clone(),
            subject: situation.subject.clone(),
            part: part.to_owned(),
            revision,
            body,
            needs: Vec::new(),
            supersedes: None,
            hold: None,
            because: because(&self.case, facts, traces),
        }
    }

    pub(crate) fn part(&self) -> String {
        booked::invoice_part(self.booked.nth())
    }
}
