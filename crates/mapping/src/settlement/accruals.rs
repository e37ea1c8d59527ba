//! What Amazon posted in a month and held back at its end: accrued on its last day, taken back on
//! the first day of the next one.
//!
//! A book in summary has nothing yet of what is held back: its sales, refunds and fees are accrued
//! with their tax, against Deferred. Order by order, the order's documents carry the sale, and only
//! its fees are accrued, against Accrued Amazon fees. Where the organisation has VAT or GST an
//! accrual is an invoice or a bill that is settled at once, and a credit note on the next day one,
//! so that its tax is on the return of the right period; elsewhere two journals say the same.
//!
//! Amazon's Finances name the amounts; they go through the same fold as the rows that a settlement
//! report will have when it settles them, so that both come to the same lines.

mod rows;
#[cfg(test)]
mod tests;
mod turned;

use std::collections::BTreeSet;

use base::{Currency, Day, FactId, Money, Zone};
use facts::finances::Transaction;
use facts::settlement::{Found, Layout, Settlement};
use facts::{Body as Said, Fact};
use intents::{Decided, Intent, Reason, State};

use crate::orders::booked::Booked;
use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::orders::{Changes, Situation};
use crate::rulebook::{Posting, Role};
use crate::settlement::bridge::held_back;
use crate::settlement::decide::{SettlementSituation, Settling, view_of};
use crate::settlement::documents;
use crate::settlement::fold::FoldRules;
use crate::settlement::footing::Footing;
use crate::settlement::pack::Pack;
use crate::settlement::plan::sheet::{Draft, Settled, Sheet};
use crate::settlement::plan::{About, Card, Plan, PlanError, UntaxedLines, Way, lines};

/// The edition of Xero whose organisations have a sales tax and neither VAT nor GST.
const WITHOUT_VAT: &str = "US";

/// A calendar month of one account in one currency.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Period {
    /// The first day of the month.
    pub month: Day,
    /// `EU`, `NA`, `FE`.
    pub region: String,
    pub seller_id: String,
    pub currency: Currency,
}

/// Everything that deciding what a month's end accrues may depend on.
#[derive(Debug, Clone, Copy)]
pub struct PeriodSituation<'a> {
    /// Its facts are those of Amazon's transactions. `posted_before` counts settlements: before the
    /// first one, approve mode waits for a person.
    pub situation: Situation<'a>,
    pub pack: &'a Pack,
    pub way: Way,
    pub period: &'a Period,
    /// Orders that have documents of their own, or wait for one.
    pub with_documents: &'a BTreeSet<String>,
}

impl Period {
    /// The month of a day.
    pub fn of(day: Day, (region, seller_id): (&str, &str), currency: Currency) -> Period {
        let month = day.month_start();
        let (region, seller_id) = (region.to_owned(), seller_id.to_owned());
        Period { month, region, seller_id, currency }
    }

    /// The first day of the next month.
    pub fn next(&self) -> Day {
        self.month.after_days(31).month_start()
    }

    pub fn last_day(&self) -> Day {
        self.next().after_days(-1)
    }

    /// `2026-01`
    pub fn name(&self) -> String {
        self.month.to_string().chars().take(7).collect()
    }

    /// Stands for the settlement id in numbers and references: `ACCRUAL-2026-01-GBP`.
    pub fn key(&self) -> String {
        format!("ACCRUAL-{}-{}", self.name(), self.currency)
    }
}

/// What was held back at a period's end, and the account that its accrual is settled against.
struct Accrued<'a> {
    role: Role,
    transactions: Vec<&'a Transaction>,
    /// Only what no document of an order carries.
    fees_alone: bool,
}

/// The transactions that an intent accrues, by the facts that it names.
pub fn accrued_by<'a>(intent: &Intent, facts: &'a [Fact]) -> BTreeSet<&'a str> {
    let named: BTreeSet<&FactId> = intent.because.facts.iter().collect();
    let known = facts.iter().filter(|fact| named.contains(&fact.id));
    known.filter_map(transaction).map(|one| one.transaction_id.as_str()).collect()
}

/// Decides what a month's end accrues. Pure; deciding again gives only what came since: a
/// transaction that Amazon told late is accrued by a document of its own.
pub fn decide_period(asked: &PeriodSituation<'_>) -> Changes {
    decided(asked).unwrap_or_else(|stop| {
        let stop = Some(stop.reason());
        Changes { stop, ..Changes::default() }
    })
}

fn decided(asked: &PeriodSituation<'_>) -> Result<Changes, Stop> {
    let situation = &asked.situation;
    if situation.rules.settings().posting == Posting::Draft {
        return Ok(noted("drafts are not in the ledger: nothing is accrued"));
    }
    let zone = crate::orders::case::zone(situation)?;
    let new = new_transactions(asked, &zone);
    let Some(newest) = new.last() else {
        let is_accrued = situation.decided.iter().any(counts);
        let note = (!is_accrued).then(|| noted("Amazon held nothing back at the month's end"));
        return Ok(note.unwrap_or_default());
    };
    let found = found(asked.period, newest, &zone);
    let mut changes = Changes::default();
    for accrued in sorted(asked, new) {
        let accruing = Accruing { asked, found: &found, zone: &zone };
        accruing.add(&accrued, &mut changes)?;
    }
    Ok(changes)
}

/// A month's end under decision.
struct Accruing<'a, 'p> {
    asked: &'p PeriodSituation<'a>,
    found: &'a Found,
    zone: &'p Zone,
}

impl Accruing<'_, '_> {
    fn add(&self, accrued: &Accrued<'_>, changes: &mut Changes) -> Result<(), Stop> {
        let (asked, period) = (self.asked, self.asked.period);
        let situation = asked.situation;
        let because = facts_of(situation.facts, &accrued.transactions);
        let found_by = situation.facts.iter().rev().find(|fact| because.contains(&fact.id));
        let Some(found_by) = found_by else { return Ok(()) };
        let rules = fold_rules(asked, self.zone);
        let footing = rows::footing(&self.found.settlement, accrued, &rules)?;
        let settlement = SettlementSituation {
            situation,
            pack: asked.pack,
            way: asked.way,
            found: self.found,
            found_by,
            footing: &footing,
            checks: &[],
            booked_elsewhere: None,
            held: Money::zero(period.currency),
            charge_card: false,
        };
        let view = view_of(&settlement)?;
        let case = Case::new(&situation, &view)?;
        let settling = Settling { asked: settlement, case, booked: Booked(situation.decided) };
        let made = documents_made(situation.decided, &changes.intents);
        let plan = planned(asked, (&footing, accrued.role), (made, self.zone.clone()))?;
        let drawn = documents::draw(&settling, &plan)?;
        changes.shared.extend(drawn.shared);
        let mut intents = if has_tax(&situation, &plan) {
            turned::documents(&settling, drawn.intents, period.next())
        } else {
            let text = text(period, accrued.role);
            turned::journals(&settling, &drawn.intents, (accrued.role, period.next()), &text)?
        };
        for intent in &mut intents {
            intent.because.facts.clone_from(&because);
        }
        changes.intents.extend(intents);
        Ok(())
    }
}

fn noted(words: &str) -> Changes {
    Changes { note: Some(Reason::new("recorded", words)), ..Changes::default() }
}

/// True where the accrual must be on a tax return. A sales tax that the seller owes is told by
/// documents alone.
fn has_tax(situation: &Situation<'_>, plan: &Plan) -> bool {
    let organisation = &situation.chart.organisation;
    let is_stated = plan.documents.iter().any(|document| !document.tax.is_zero());
    organisation.pays_tax && (is_stated || organisation.version != WITHOUT_VAT)
}

fn counts(decided: &Decided) -> bool {
    !matches!(decided.progress.state, State::Withdrawn | State::Reversed)
}

fn transaction(fact: &Fact) -> Option<&Transaction> {
    if let Said::Transaction(one) = &fact.body { Some(one) } else { None }
}

/// Held back at the period's end and in no accrual of it, by the time of their posting.
fn new_transactions<'a>(asked: &PeriodSituation<'a>, zone: &Zone) -> Vec<&'a Transaction> {
    let period = asked.period;
    let all: Vec<&Transaction> = asked.situation.facts.iter().filter_map(transaction).collect();
    let done: BTreeSet<&str> = asked
        .situation
        .decided
        .iter()
        .filter(|one| counts(one))
        .flat_map(|one| accrued_by(&one.intent, asked.situation.facts))
        .collect();
    let mut held = held_back(&all, period.next().starts(zone));
    held.retain(|one| {
        one.total.currency() == period.currency && !done.contains(one.transaction_id.as_str())
    });
    held.sort_by_key(|one| (one.posted, one.transaction_id.as_str()));
    held
}

/// Every fact that tells of them.
fn facts_of(facts: &[Fact], of: &[&Transaction]) -> Vec<FactId> {
    let wanted: BTreeSet<&str> = of.iter().map(|one| one.transaction_id.as_str()).collect();
    let named = facts.iter().filter(|fact| {
        transaction(fact).is_some_and(|one| wanted.contains(one.transaction_id.as_str()))
    });
    named.map(|fact| fact.id.clone()).collect()
}

/// In summary all goes against Deferred. Order by order so does what no order's document carries,
/// and the fees of the rest go against Accrued Amazon fees.
fn sorted<'a>(asked: &PeriodSituation<'_>, new: Vec<&'a Transaction>) -> Vec<Accrued<'a>> {
    let is_whole = |one: &&Transaction| match (asked.way, one.order_id.as_deref()) {
        (Way::Summary, _) => true,
        (Way::PerOrder, Some(order)) => !asked.with_documents.contains(order),
        (Way::PerOrder, None) => false,
    };
    let (whole, fees): (Vec<&Transaction>, Vec<&Transaction>) = new.into_iter().partition(is_whole);
    let deferred = Accrued { role: Role::Deferred, transactions: whole, fees_alone: false };
    let fees = Accrued { role: Role::AccruedFees, transactions: fees, fees_alone: true };
    [deferred, fees].into_iter().filter(|one| !one.transactions.is_empty()).collect()
}

fn fold_rules(asked: &PeriodSituation<'_>, zone: &Zone) -> FoldRules {
    FoldRules {
        zone: zone.clone(),
        cuts: asked.pack.cuts(),
        overrides: asked.situation.rules.book().words.clone(),
        way: Way::Summary,
        uncovered: BTreeSet::new(),
        without_tax: asked.situation.rules.untaxed_skus(asked.situation.chart),
    }
}

/// The month as a settlement that is still to come.
fn found(period: &Period, newest: &Transaction, zone: &Zone) -> Found {
    let zero = Money::zero(period.currency);
    Found {
        settlement: Settlement {
            settlement_id: period.key(),
            start: period.month.starts(zone),
            end: period.next().starts(zone),
            deposit: None,
            total: None,
            currency: period.currency,
        },
        layout: Layout::FlatFileV2,
        report_id: None,
        region: period.region.clone(),
        seller_id: period.seller_id.clone(),
        marketplace: newest.marketplace_name.clone(),
        rows: 0,
        sum: zero,
        gzip: false,
    }
}

/// Documents of the period that have, or are about to have, a number.
fn documents_made(decided: &[Decided], new: &[Intent]) -> u32 {
    let known = decided.iter().map(|one| &one.intent).chain(new);
    let parts: BTreeSet<&str> = known
        .map(|intent| intent.part.as_str())
        .filter(|part| part.starts_with(turned::DOCUMENT))
        .collect();
    u32::try_from(parts.len()).unwrap_or(u32::MAX)
}

fn planned(
    asked: &PeriodSituation<'_>,
    (footing, role): (&Footing, Role),
    (made, zone): (u32, Zone),
) -> Result<Plan, Stop> {
    let about = About {
        way: asked.way,
        region: asked.period.region.clone(),
        next_number: 1,
        clearing_is_bank: false,
        untaxed_lines: UntaxedLines::Document,
        card: Card::Unknown,
        converted: None,
        zone,
    };
    let plan = || -> Result<Plan, PlanError> {
        let mut sheet = Sheet::new(footing, &about).after(made);
        let mut all = Vec::new();
        for part in &footing.parts {
            all.extend(lines::of(footing, asked.pack, part)?);
        }
        let (date, text) = (asked.period.last_day(), text(asked.period, role));
        sheet.put(Draft { lines: all, date, text, settled: Settled::Through(role) })?;
        let posted = footing.sum;
        let covered = Money::zero(posted.currency());
        let documents = sheet.documents;
        Ok(Plan { way: asked.way, documents, posted, covered, questions: Vec::new() })
    };
    plan().map_err(|error| Stop::new("settlement_plan_failed", error.to_string()))
}

/// For people: what it is, and of when.
fn text(period: &Period, role: Role) -> String {
    let what = if role == Role::AccruedFees { "Fees of what" } else { "What" };
    format!("{what} Amazon held back at the end of {}", period.name())
}
