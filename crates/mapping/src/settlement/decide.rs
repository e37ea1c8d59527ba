//! What should exist in the ledger for one settlement, as a subject of the book.
//!
//! The same rules as for an order: deciding is pure, deciding again gives nothing new, what was
//! sent is never changed in place. A settlement that fails a check, or asks something of a person,
//! stops; one that a person takes back is undone document by document, newest first.

use base::{FactId, Money};
use facts::finances::{Payout, PayoutStatus};
use facts::order::{Channel, FulfilledBy, Status};
use facts::settlement::Found;
use facts::{Act, Body as Said, Fact, Order};
use intents::{Decided, Intent, IntentId, Kind, Reason, State};

use crate::orders::booked::{self, Booked};
use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::orders::{Changes, Situation, released};
use crate::rulebook::{Marketplace, Posting};
use crate::settlement::checks::{Check, Verdict};
use crate::settlement::documents::{self, Drawn};
use crate::settlement::footing::Footing;
use crate::settlement::pack::Pack;
use crate::settlement::plan::{About, Converted, Question, Way, plan};
use crate::settlement::{again, undo};

/// Everything that deciding a settlement may depend on.
#[derive(Debug, Clone, Copy)]
pub struct SettlementSituation<'a> {
    /// `posted_before` counts settlements: in approve mode the first one waits for a person.
    pub situation: Situation<'a>,
    pub pack: &'a Pack,
    pub way: Way,
    pub found: &'a Found,
    /// The fact that `found` came in.
    pub found_by: &'a Fact,
    pub footing: &'a Footing,
    /// What its neighbours and Amazon's control totals say: [`crate::settlement::checks`].
    pub checks: &'a [Check],
    /// The number of a document that another tool posted for this settlement.
    pub booked_elsewhere: Option<&'a str>,
    /// Rows of orders whose documents wait: neither covered nor posted yet.
    pub held: Money,
    pub charge_card: bool,
}

/// A settlement under decision.
pub(crate) struct Settling<'a> {
    pub(crate) asked: SettlementSituation<'a>,
    pub(crate) case: Case<'a>,
    pub(crate) booked: Booked<'a>,
}

/// Decides one settlement. Pure and total, as [`crate::orders::decide`] is.
pub fn decide_settlement(asked: &SettlementSituation<'_>) -> Changes {
    let mut changes = decided(asked).unwrap_or_else(|stop| {
        // Once a person has mended the document, the settlement is looked at again.
        let wait = stop.is("changed_while_held");
        Changes { stop: Some(stop.reason()), wait, ..Changes::default() }
    });
    changes.saw = asked.situation.facts.iter().map(|fact| fact.id.clone()).collect();
    changes.saw.sort();
    changes.saw.dedup();
    if changes.stop.is_none() {
        changes.release = released(asked.situation.decided, &changes);
    }
    changes
}

fn decided(asked: &SettlementSituation<'_>) -> Result<Changes, Stop> {
    let view = view_of(asked)?;
    let case = Case::new(&asked.situation, &view)?;
    let settling = Settling { asked: *asked, case, booked: Booked(asked.situation.decided) };
    if settling.is_taken_back() {
        return undo::take_back(&settling);
    }
    if let Some(changes) = undo::finish(&settling)? {
        return Ok(changes);
    }
    if settling.is_undoing() {
        // Posting again waits until what stood is gone.
        return Ok(Changes { wait: true, ..Changes::default() });
    }
    let mut standing = settling.standing();
    // A file stays at the document that was taken back, and does not stand in the way of the next.
    standing.retain(|decided| decided.intent.kind() != Kind::Attachment);
    if standing.iter().any(|decided| booked::is_sent(decided)) {
        let mut changes = settling.keep(&standing)?;
        again::add(&settling, &mut changes)?;
        return Ok(changes);
    }
    settling.must_hold()?;
    let drawn = settling.draw()?;
    Ok(settling.replace(&standing, drawn))
}

impl<'a> Settling<'a> {
    /// What a person said last: take it back, or not.
    fn is_taken_back(&self) -> bool {
        self.last_said(&[Act::Reverse, Act::Repost]) == Some(Act::Reverse)
    }

    /// The last of these that a person said.
    fn last_said(&self, of: &[Act]) -> Option<Act> {
        let acts = self.asked.situation.facts.iter().filter_map(|fact| {
            if let Said::Approval(approval) = &fact.body {
                Some((fact.occurred, approval.act))
            } else {
                None
            }
        });
        let said = acts.filter(|(_, act)| of.contains(act));
        said.max_by_key(|(at, _)| *at).map(|(_, act)| act)
    }

    /// True while an undoing of an earlier round is not through.
    fn is_undoing(&self) -> bool {
        self.undoings().iter().any(|one| match one.progress.state {
            State::Ready | State::Sending | State::Checking | State::Held => true,
            State::Dead | State::Posted | State::Withdrawn | State::Reversed => false,
        })
    }

    pub(crate) fn undoings(&self) -> Vec<&'a Decided> {
        let undoings = self.booked.0.iter().filter(|d| undo::is_undoing(&d.intent));
        undoings.collect()
    }

    /// The settlement's documents that count: newest revisions, neither withdrawn nor taken back.
    pub(crate) fn standing(&self) -> Vec<&'a Decided> {
        let mut parts: Vec<&str> = self
            .booked
            .0
            .iter()
            .map(|decided| decided.intent.part.as_str())
            .filter(|part| !part.starts_with(undo::PREFIX))
            .collect();
        parts.sort_unstable();
        parts.dedup();
        let newest = parts.into_iter().filter_map(|part| self.booked.newest(part));
        newest
            .filter(|decided| decided.progress.state != State::Reversed)
            .filter(|decided| !undo::is_reversed(self.booked, decided))
            .collect()
    }

    /// Every check that fails holds the settlement and says so with both numbers.
    fn must_hold(&self) -> Result<(), Stop> {
        if let Some(number) = self.asked.booked_elsewhere {
            let detail = format!("{number} in Xero carries this settlement already");
            return Err(Stop::new("settlement_booked_elsewhere", detail));
        }
        let checks = self.asked.footing.checks.iter().chain(self.asked.checks);
        for check in checks {
            match check.verdict {
                Verdict::Fails => return Err(Stop::of(&check.code, told(check))),
                Verdict::Holds | Verdict::Review | Verdict::Missing => {}
            }
        }
        Ok(())
    }

    /// The documents that should exist, from the plan.
    fn draw(&self) -> Result<Drawn, Stop> {
        let asked = &self.asked;
        let about = About {
            way: asked.way,
            region: asked.found.region.clone(),
            next_number: self.next_number(),
            clearing_is_bank: documents::clearing_is_bank(self)?,
            untaxed_lines: documents::untaxed_lines(self),
            card: documents::card(self),
            converted: self.converted(),
            zone: self.case.zone.clone(),
        };
        let answer = self.last_said(&[Act::TaxIsRight, Act::TaxIsInside]);
        let is_right = answer == Some(Act::TaxIsRight);
        let answered = is_right.then(|| asked.footing.with_untaxed_right());
        let footing = answered.as_ref().unwrap_or(asked.footing);
        let plan = plan(footing, asked.pack, &about)
            .map_err(|error| Stop::new("settlement_plan_failed", error.to_string()))?;
        // What nobody knows goes to suspense inside a balanced document: a task, not a stop.
        let is_told = |question: &&Question| {
            let is_answered = is_right || answer.is_some();
            question.code == "settlement_unknown_words"
                || (question.code == "tax_question" && is_answered)
        };
        let mut asking = plan.questions.iter().filter(|question| !is_told(question));
        if let Some(question) = asking.next() {
            return Err(Stop::of(&question.code, question.detail.clone()));
        }
        documents::draw(self, &plan)
    }

    /// What Amazon pays out, where it is not the settlement's currency.
    fn converted(&self) -> Option<Converted> {
        let facts = self.asked.situation.facts.iter();
        let told = facts.filter_map(|fact| match &fact.body {
            Said::Payout(payout) => Some((payout.updated, payout.amount?)),
            Said::PaymentGroup(group) => Some((fact.occurred, group.converted_total?)),
            Said::Order(_)
            | Said::Unreadable { .. }
            | Said::Settlement(_)
            | Said::Transaction(_)
            | Said::Summary(_)
            | Said::Balance(_)
            | Said::Approval(_)
            | Said::Proof { .. } => None,
        });
        let other = self.asked.footing.sum.currency();
        let (_, amount) =
            told.filter(|(_, amount)| amount.currency() != other).max_by_key(|(at, _)| *at)?;
        Some(Converted { amount, is_base: amount.currency() == self.case.base() })
    }

    /// One more than the highest number that was ever used: Xero frees none.
    pub(crate) fn next_number(&self) -> u32 {
        let numbers = self.booked.0.iter().filter_map(|decided| documents::number(&decided.intent));
        let suffixes = numbers.filter_map(|number| number.rsplit('-').next()?.parse::<u32>().ok());
        suffixes.max().unwrap_or(0).saturating_add(1)
    }

    /// Nothing of it was sent: the same content stays, another one takes its place.
    fn replace(&self, standing: &[&Decided], drawn: Drawn) -> Changes {
        let same = |one: &Intent| {
            standing.iter().any(|known| {
                known.intent.part == one.part && documents::reads_same(&known.intent, one)
            })
        };
        let note = self.noted(&drawn);
        if !standing.is_empty() && drawn.intents.iter().all(same) {
            return Changes { note, ..Changes::default() };
        }
        let withdraw: Vec<IntentId> =
            standing.iter().map(|known| known.intent.id.clone()).collect();
        let shared = drawn.shared;
        Changes { intents: drawn.intents, shared, withdraw, note, ..Changes::default() }
    }

    fn noted(&self, drawn: &Drawn) -> Option<Reason> {
        let unknown = &self.asked.footing.unknown;
        if let Some(first) = unknown.first() {
            let words = [&first.transaction_type, &first.amount_type, &first.amount_description];
            let words: Vec<&str> = words.into_iter().map(String::as_str).collect();
            let detail =
                format!("{} kinds of rows are in suspense: {}", unknown.len(), words.join("/"));
            return Some(Reason::new("settlement_unknown_words", detail));
        }
        if !self.asked.held.is_zero() {
            let detail = format!("{} waits for the documents of its orders", self.asked.held);
            return Some(Reason::new("settlement_rows_held", detail));
        }
        if drawn.intents.is_empty() {
            return Some(Reason::new("recorded", "nothing is left to post"));
        }
        None
    }

    /// It stands: what came since may add to it, and changes nothing of it.
    fn keep(&self, standing: &[&Decided]) -> Result<Changes, Stop> {
        let mut changes = Changes::default();
        if let Some(fact) = self.reissue(standing) {
            let detail = format!("Amazon issued the settlement again ({fact}) after it was posted");
            return Err(Stop::new("settlement_reissued", detail));
        }
        if let Some(failed) = self.failed_payout() {
            changes = undo::payout_failed(self, standing, failed)?;
        }
        documents::attach(self, standing, &mut changes);
        Ok(changes)
    }

    /// The fact of a newer issue than the one that was posted.
    fn reissue(&self, standing: &[&Decided]) -> Option<FactId> {
        let known = |id: &FactId| standing.iter().any(|d| d.intent.because.facts.contains(id));
        let id = &self.asked.found_by.id;
        (!known(id)).then(|| id.clone())
    }

    fn failed_payout(&self) -> Option<&'a Payout> {
        let payouts = self.asked.situation.facts.iter().filter_map(|fact| {
            if let Said::Payout(payout) = &fact.body { Some(payout.as_ref()) } else { None }
        });
        let last = payouts.max_by_key(|payout| payout.updated)?;
        match last.status {
            PayoutStatus::Failed | PayoutStatus::Cancelled => Some(last),
            PayoutStatus::Started
            | PayoutStatus::InTransit
            | PayoutStatus::Paid
            | PayoutStatus::NoPayout
            | PayoutStatus::Other(_) => None,
        }
    }

    /// In approve mode a book's first settlement waits for a person.
    pub(crate) fn hold(&self) -> Option<String> {
        let waits = match self.case.settings().posting {
            Posting::Approve => self.asked.situation.posted_before == 0,
            Posting::Draft | Posting::Post => false,
        };
        waits.then(|| "approval".to_owned())
    }
}

/// A check in words with both numbers.
fn told(check: &Check) -> String {
    match (check.expected, check.found) {
        (Some(expected), Some(found)) => {
            format!("{}: {} (expected {expected}, found {found})", check.name, check.detail)
        }
        (Some(_) | None, _) => format!("{}: {}", check.name, check.detail),
    }
}

/// The settlement as an order would look: what contact, tracking and currency rules are asked with.
pub(crate) fn view_of(asked: &SettlementSituation<'_>) -> Result<Order, Stop> {
    let found = asked.found;
    let settlement = &found.settlement;
    let place = place(asked).ok_or_else(|| {
        let detail = format!("no marketplace for {} {}", found.marketplace, settlement.currency);
        Stop::new("unknown_marketplace", detail)
    })?;
    Ok(Order {
        order_id: settlement.settlement_id.clone(),
        region: found.region.clone(),
        seller_id: found.seller_id.clone(),
        marketplace_id: place.marketplace_id.clone(),
        marketplace_name: place.name.clone(),
        channel: Channel::Amazon,
        created: settlement.start,
        updated: settlement.end,
        status: Status::Shipped,
        fulfilled_by: FulfilledBy::Amazon,
        programs: Vec::new(),
        associated: Vec::new(),
        grand_total: Some(asked.footing.sum),
        charges: Vec::new(),
        items: Vec::new(),
        payment_methods: Vec::new(),
        ship_to: None,
        buyer: None,
    })
}

/// The marketplace that the rows name; a settlement of account rows alone is the first one's with
/// its currency at home.
fn place<'a>(asked: &SettlementSituation<'a>) -> Option<&'a Marketplace> {
    let known = &asked.situation.rules.book().marketplaces;
    let named =
        known.iter().find(|place| place.name.eq_ignore_ascii_case(&asked.found.marketplace));
    named.or_else(|| {
        let home = country_of(asked);
        known.iter().find(|place| place.country == home)
    })
}

/// Where a currency is at home; the euro wherever the organisation is, else in Germany, whose
/// marketplace is the largest.
fn country_of(asked: &SettlementSituation<'_>) -> String {
    let organisation = &asked.situation.chart.organisation;
    let currency = asked.found.settlement.currency;
    if organisation.base_currency == currency {
        return organisation.country.clone();
    }
    let home = match currency.code() {
        "EUR" => "DE",
        // Codes of one country begin with its ISO code.
        code => code.get(..2).unwrap_or_default(),
    };
    home.to_owned()
}
