//! Settlement reports: which there are, one after the other, and what their settlements come to.

use amazon::source::reports::{self, ReportRef};
use amazon::source::{PullStop, finances};
use facts::Body;
use store::Pulled;

use super::{Kept, Money, REPORTS_LEAST_MS, Stopped, UNREADABLE_MAX, Way, document, stored};
use crate::stages::hints;

impl Way<'_> {
    /// Lists the reports that are there; those not fetched before wait.
    pub(super) async fn list(
        &self,
        name: &str,
        kept: &mut Kept,
        memory: &mut Money,
    ) -> Result<(), Stopped> {
        let began = kept.position.page.as_ref().map_or(self.now, |page| page.began);
        let page =
            reports::sweep_reports(self.caller, &self.account, &kept.position, self.now).await;
        let Some(page) = self.roled("settlement reports", page, &mut memory.reports_due).await?
        else {
            memory.reports_from = memory.reports_due;
            let swept = hints::swept(hints::REPORT, began);
            return self.record_swept(Pulled::default(), Some(swept)).await;
        };
        if let Some(since) = page.missed_since {
            let detail = format!("reports from {since} on were not fetched while Amazon kept them");
            self.alarm("reports_missed", &self.named("reports"), detail).await?;
        }
        let ids: Vec<&str> = page.reports.iter().map(|one| one.report_id.as_str()).collect();
        let known = self.turn.store.fetched_reports(self.book(), &ids).await?;
        for report in page.reports {
            let mut in_line = kept.waiting.iter().chain(&kept.unread);
            let is_waiting = in_line.any(|one| one.report_id == report.report_id);
            if !known.contains(&report.report_id) && !is_waiting {
                kept.waiting.push(report);
            }
        }
        // Oldest first: each settlement is held against the one before it.
        kept.waiting.sort_by_key(|report| (report.data_start, report.created));
        kept.position = page.next;
        let cursor = Some((name.to_owned(), kept.to_text()));
        let swept = (!page.more).then(|| hints::swept(hints::REPORT, began));
        let pulled = Pulled { facts: page.facts, cursor, ..Pulled::default() };
        self.record_swept(pulled, swept).await?;
        if !page.more {
            memory.reports_from = Some(self.now.after_ms(REPORTS_LEAST_MS));
            memory.reports_due = Some(self.now.after_ms(self.turn.pace.reports_ms));
        }
        Ok(())
    }

    pub(super) async fn fetch(
        &self,
        name: &str,
        kept: &mut Kept,
        report: &ReportRef,
    ) -> Result<(), Stopped> {
        let fetched = match reports::fetch_report(self.caller, report, self.now).await {
            Ok(fetched) => fetched,
            Err(stop) if reports::is_final(&stop) && self.unread >= UNREADABLE_MAX => {
                return self.set_aside(name, kept, (report, &stop)).await;
            }
            Err(stop) => return Err(stop.into()),
        };
        let facts = reports::facts_of_report(&self.account, &fetched, Some(report), self.now);
        let unread = facts.iter().find_map(|fact| {
            if let Body::Unreadable { reason } = &fact.body { Some(reason) } else { None }
        });
        kept.waiting.retain(|one| one.report_id != report.report_id);
        let mut reports = vec![(report.report_id.clone(), fetched.hash.clone())];
        if let Some(why) = unread {
            // Half of a file is not what Amazon means to say either.
            if self.unread < UNREADABLE_MAX {
                return Err(PullStop::Unreadable(why.clone()).into());
            }
            // It was not had, and is fetched again when letters are replayed.
            kept.unread.push(report.clone());
            reports.clear();
        }
        for fact in &facts {
            let Body::Settlement(found) = &fact.body else { continue };
            kept.summaries.push(found.settlement.settlement_id.clone());
        }
        let documents = vec![document(fetched.into_document())];
        let cursor = Some((name.to_owned(), kept.to_text()));
        self.record(Pulled { facts, documents, reports, cursor }).await
    }

    /// A report that cannot be had is kept as a fact that says so; those behind it go on.
    async fn set_aside(
        &self,
        name: &str,
        kept: &mut Kept,
        (report, stop): (&ReportRef, &PullStop),
    ) -> Result<(), Stopped> {
        let fact = reports::unfetched(&self.account, report, &stop.to_string(), self.now);
        kept.waiting.retain(|one| one.report_id != report.report_id);
        kept.unread.push(report.clone());
        let cursor = Some((name.to_owned(), kept.to_text()));
        self.record(Pulled { facts: vec![fact], cursor, ..Pulled::default() }).await
    }

    /// A settlement's control total. What Amazon does not give is missing in the proof.
    pub(super) async fn summary(
        &self,
        name: &str,
        kept: &mut Kept,
        settlement_id: &str,
    ) -> Result<(), Stopped> {
        let mut again = None;
        let asked = finances::summary(self.caller, &self.account, settlement_id, self.now).await;
        let is_unreadable = matches!(asked, Err(PullStop::Unreadable(_)));
        let pulled = self.roled("settlement summaries", asked, &mut again).await?;
        match &pulled {
            None if is_unreadable => kept.summaries.retain(|one| one != settlement_id),
            Some(_) => kept.summaries.retain(|one| one != settlement_id),
            // Without the role none of them can be had.
            None => kept.summaries.clear(),
        }
        let cursor = Some((name.to_owned(), kept.to_text()));
        let pulled = pulled.map_or_else(Pulled::default, stored);
        self.record(Pulled { cursor, ..pulled }).await
    }
}
