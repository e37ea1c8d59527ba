//! What became of a settlement's money in the bank, as far as Xero tells: its own document matched
//! with a statement line, or the same amount coded somewhere else, or nothing yet.
//!
//! Xero's API shows no statement lines. *Matched* means that Xero calls our receipt, transfer or
//! payment reconciled. Here also: did another tool post the settlement before Daybook came?

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Day, Money, Subject, Timestamp, Zone};
use facts::finances::{Payout, PayoutStatus};
use intents::{Body, Decided, Intent, State};
use mapping::{Compiled, Role};
use store::{Alarm, Settlement, SubjectRow};
use xero::{Deposit, DepositKind, Landing, MentionKind};

use super::pull::xero_stopped;
use super::settle;
use super::{StageError, Turn};
use crate::book::{Lane, XeroLink};
use crate::transport::Caller;

/// A deposit coded elsewhere within so many days of ours is likely the same one.
const DOUBLE_DAYS: i64 = 10;
/// A payout reaches the bank one to five days after it was started; after so many it is missed.
const MISSED_DAYS: i64 = 10;
/// After so many it is not coded elsewhere any more.
const LOOKED_DAYS: i64 = 60;
/// Documents with this prefix are Daybook's own.
const OURS: &str = "AMZ-";

/// Looks whether another tool posted a settlement that Daybook is about to post. False when none
/// waits for that.
pub async fn look_elsewhere(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
) -> Result<bool, StageError> {
    let book = &turn.lease.book;
    for one in turn.store.settlements(book).await? {
        let name = settle::elsewhere_name(&one.settlement_id);
        if turn.store.cursor(book, &name).await?.is_some() {
            continue;
        }
        let found = xero::pull_by_reference(caller, &link.tenant_id, &one.settlement_id).await;
        let found = found.map_err(xero_stopped)?;
        let live = found.into_iter().filter(|mention| {
            let is_gone = matches!(mention.status.as_str(), "VOIDED" | "DELETED" | "DRAFT");
            let is_ours = mention.title.as_deref().is_some_and(|title| title.starts_with(OURS))
                || mention.reference.as_deref().is_some_and(|title| title.starts_with(OURS));
            !is_gone && !is_ours
        });
        let number = live.map(|mention| named(&mention)).next().unwrap_or_default();
        turn.store.set_cursor(turn.lease, &name, &number).await?;
        let subject = Subject::settlement(&one.settlement_id);
        turn.store.wake_subjects(turn.lease, &[subject], turn.clock.now()).await?;
        turn.store.nudge(&Lane::Book.name(book), turn.clock.now()).await?;
        return Ok(true);
    }
    Ok(false)
}

fn named(mention: &xero::Mention) -> String {
    let kind = match mention.kind {
        MentionKind::Invoice => "invoice",
        MentionKind::Bill => "bill",
        MentionKind::ManualJournal => "journal",
    };
    format!("{kind} {} of {}", mention.title.as_deref().unwrap_or(&mention.id), mention.date)
}

/// Where the document stands that the bank's line is to be matched with.
struct Landed<'a> {
    landing: Landing,
    remote_id: &'a str,
    amount: Money,
}

/// Asks Xero about the settlements whose money is not matched yet, all at once, and tells what should
/// worry someone.
pub async fn bank(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    rules: &Compiled,
) -> Result<(), StageError> {
    let book = &turn.lease.book;
    let Some((chart, _)) = turn.store.chart(book).await? else { return Ok(()) };
    let zone = Zone::named(&chart.organisation.time_zone).unwrap_or_else(|_unknown| Zone::utc());
    let mut waiting = Vec::new();
    for one in turn.store.settlements(book).await? {
        let known = turn.store.cursor(book, &bank_name(&one.settlement_id)).await?;
        if known.as_deref() != Some("matched") {
            let row = turn.store.subject(book, &Subject::settlement(&one.settlement_id)).await?;
            waiting.push((one, row, known));
        }
    }
    let today = turn.clock.now().day(&zone);
    let asked = waiting.iter().map(|(one, row, known)| {
        let known = known.as_deref();
        Asked { turn, zone: &zone, today, one, row, known }
    });
    let asked: Vec<Asked<'_>> = asked.collect();
    let bank = Bank::read(&asked, (link, caller), rules).await?;
    for one in &asked {
        let status = one.status(&bank).await?;
        one.clear(status).await?;
        if one.known != Some(status) {
            turn.store.set_cursor(turn.lease, &bank_name(&one.one.settlement_id), status).await?;
            turn.store.nudge(&Lane::Book.name(book), turn.clock.now()).await?;
        }
    }
    Ok(())
}

/// The cursor that keeps a settlement's state in the bank.
pub fn bank_name(settlement_id: &str) -> String {
    format!("bank:{settlement_id}")
}

/// What Xero says of the bank: the documents that a statement line is matched with, and what was
/// received, by currency.
#[derive(Default)]
struct Bank {
    matched: BTreeSet<String>,
    received: BTreeMap<Currency, Vec<Deposit>>,
}

impl Bank {
    async fn read(
        all: &[Asked<'_>],
        (link, caller): (&XeroLink, &Caller),
        rules: &Compiled,
    ) -> Result<Bank, StageError> {
        let mut bank = Bank::default();
        let due: Vec<(&Asked<'_>, Landed<'_>)> =
            all.iter().filter_map(|one| Some((one, one.due()?))).collect();
        for landing in [Landing::Invoice, Landing::BankTransaction, Landing::BankTransfer] {
            let ids = due.iter().filter(|(_, landed)| landed.landing == landing);
            let ids: Vec<String> = ids.map(|(_, landed)| landed.remote_id.to_owned()).collect();
            let found = xero::pull_reconciled(caller, &link.tenant_id, landing, &ids).await;
            let found = found.map_err(xero_stopped)?.into_iter();
            bank.matched.extend(found.filter(|(_, one)| one.is_reconciled).map(|(id, _)| id));
        }
        let mut windows: BTreeMap<Currency, (Day, Day)> = BTreeMap::new();
        for (one, landed) in &due {
            let Some(day) = one.deposited().filter(|day| one.looks_for_double(*day)) else {
                continue;
            };
            if bank.matched.contains(landed.remote_id) {
                continue;
            }
            let window = windows.entry(one.one.total.currency()).or_insert((day, day));
            *window = (window.0.min(day), window.1.max(day));
        }
        for (currency, (first, last)) in windows {
            let role = Role::Bank(currency);
            let Some(account) = rules.book().accounts.get(&role) else { continue };
            let (from, to) = (first.after_days(-DOUBLE_DAYS), last.after_days(DOUBLE_DAYS));
            let found = xero::pull_deposits(caller, &link.tenant_id, account, from, to).await;
            bank.received.insert(currency, found.map_err(xero_stopped)?);
        }
        Ok(bank)
    }

    /// A deposit of the same amount in the same days that is not ours.
    fn double(&self, of: &Asked<'_>, landed: &Landed<'_>, day: Day) -> Option<String> {
        let (from, to) = (day.after_days(-DOUBLE_DAYS), day.after_days(DOUBLE_DAYS));
        let amount = landed.amount.amount();
        let is_ours = |one: &Deposit| {
            let reference = one.reference.as_deref();
            one.id == landed.remote_id || reference.is_some_and(|text| text.starts_with(OURS))
        };
        let other = self.received.get(&of.one.total.currency())?.iter().find(|one| {
            let is_near = from <= one.date && one.date <= to;
            is_near && one.amount == amount && one.kind == DepositKind::Received && !is_ours(one)
        })?;
        let whose = other.contact_name.as_deref().unwrap_or("nobody");
        Some(format!("{amount} of {} is coded as received from {whose}", other.date))
    }
}

struct Asked<'a> {
    turn: &'a Turn<'a>,
    zone: &'a Zone,
    today: Day,
    one: &'a Settlement,
    row: &'a SubjectRow,
    /// What was found before.
    known: Option<&'a str>,
}

impl Asked<'_> {
    /// What a statement line may be matched with by now: the money is not expected earlier.
    fn due(&self) -> Option<Landed<'_>> {
        let is_expected = self.deposited().is_none_or(|day| day <= self.today);
        landed(self.row).filter(|_landed| is_expected && !is_failed(self.payout()))
    }

    /// `expected`, `initiated`, `posted`, `matched`, `likely_double`, `missing`, `failed`, `none`.
    async fn status(&self, bank: &Bank) -> Result<&'static str, StageError> {
        let payout = self.payout();
        if is_failed(payout) {
            return Ok("failed");
        }
        if landed(self.row).is_none() && !self.one.total.is_positive() {
            return Ok("none");
        }
        let Some(landed) = self.due() else { return Ok(started(payout)) };
        if bank.matched.contains(landed.remote_id) {
            return Ok("matched");
        }
        let Some(deposited) = self.deposited() else { return Ok("posted") };
        if let Some(double) = bank.double(self, &landed, deposited) {
            self.alarm("likely_double_deposit", double).await?;
            return Ok("likely_double");
        }
        if self.known == Some("likely_double") && !self.looks_for_double(deposited) {
            return Ok("likely_double");
        }
        if self.today > deposited.after_days(MISSED_DAYS) {
            let detail = format!("{} of {deposited} is not matched in Xero", landed.amount);
            self.alarm("payout_missing", detail).await?;
            return Ok("missing");
        }
        Ok("posted")
    }

    fn payout(&self) -> Option<&Payout> {
        settle::told(&self.row.facts).and_then(|told| told.payout)
    }

    fn deposited(&self) -> Option<Day> {
        let started = self.payout().and_then(|payout| payout.created);
        Some(started.or(self.one.deposited)?.day(self.zone))
    }

    fn looks_for_double(&self, deposited: Day) -> bool {
        self.today <= deposited.after_days(LOOKED_DAYS)
    }

    /// What its state no longer says is over.
    async fn clear(&self, status: &str) -> Result<(), StageError> {
        for (code, of) in
            [("likely_double_deposit", "likely_double"), ("payout_missing", "missing")]
        {
            if status != of && self.known == Some(of) {
                let (book, now) = (&self.turn.lease.book, self.turn.clock.now());
                let subject = self.row.subject.to_string();
                self.turn.store.clear_alarm(book, (code, &subject), "bank", now).await?;
            }
        }
        Ok(())
    }

    async fn alarm(&self, code: &str, detail: String) -> Result<(), StageError> {
        let subject = self.row.subject.to_string();
        let alarm = Alarm { code: code.to_owned(), subject, detail };
        let now: Timestamp = self.turn.clock.now();
        Ok(self.turn.store.raise_alarm(&self.turn.lease.book, &alarm, now).await?)
    }
}

fn is_failed(payout: Option<&Payout>) -> bool {
    payout.is_some_and(|payout| {
        matches!(payout.status, PayoutStatus::Failed | PayoutStatus::Cancelled)
    })
}

fn started(payout: Option<&Payout>) -> &'static str {
    match payout.map(|payout| &payout.status) {
        Some(PayoutStatus::Started | PayoutStatus::InTransit | PayoutStatus::Paid) => "initiated",
        Some(
            PayoutStatus::Failed
            | PayoutStatus::Cancelled
            | PayoutStatus::NoPayout
            | PayoutStatus::Other(_),
        )
        | None => "expected",
    }
}

/// The receipt or transfer of the payout, else the invoice that is left open for the bank's line.
fn landed(row: &SubjectRow) -> Option<Landed<'_>> {
    let standing =
        row.decided.iter().filter(|decided| mapping::settlement::stands(&row.decided, decided));
    let posted: Vec<&Decided> =
        standing.filter(|decided| decided.progress.state == State::Posted).collect();
    let of = |intent: &Intent| match &intent.body {
        Body::BankTransaction(moved) if intent.part == "payout" => {
            Some((Landing::BankTransaction, moved.total))
        }
        Body::BankTransfer(moved) if intent.part == "payout" => {
            Some((Landing::BankTransfer, moved.amount))
        }
        Body::Invoice(invoice) => Some((Landing::Invoice, invoice.total)),
        Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::Contact(_)
        | Body::Item(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => None,
    };
    let payout = posted.iter().find(|decided| decided.intent.part == "payout");
    let last = posted.iter().rev().find(|decided| is_open(decided, &posted));
    let decided = payout.or(last)?;
    let (landing, amount) = of(&decided.intent)?;
    let remote_id = decided.receipt.as_ref()?.remote_id.as_str();
    Some(Landed { landing, remote_id, amount })
}

/// An invoice that no payment of ours settles.
fn is_open(decided: &Decided, posted: &[&Decided]) -> bool {
    let is_invoice = matches!(decided.intent.body, Body::Invoice(_));
    let pays = |other: &&Decided| match &other.intent.body {
        Body::Payment(payment) => payment.invoice == decided.intent.id,
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => false,
    };
    is_invoice && !posted.iter().any(pays)
}
