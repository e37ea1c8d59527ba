//! What became of a settlement's money in the bank, as far as Xero tells: its own document matched
//! with a statement line, or the same amount coded somewhere else, or nothing yet.
//!
//! Xero's API shows no statement lines. *Matched* means that Xero calls our receipt, transfer or
//! payment reconciled. Here also: did another tool post the settlement before Daybook came?

use base::{Day, Money, Subject, Timestamp, Zone};
use facts::Chart;
use facts::finances::{Payout, PayoutStatus};
use intents::{Body, Decided, Intent, State};
use mapping::{Compiled, Role};
use store::{Alarm, Settlement, SubjectRow};
use xero::{DepositKind, Landing, MentionKind};

use super::pull::xero_stopped;
use super::settle::{self, Told};
use super::{StageError, Turn};
use crate::book::{Lane, XeroLink};
use crate::transport::Caller;

/// A deposit coded elsewhere within so many days of ours is likely the same one.
const DOUBLE_DAYS: i64 = 10;
/// A payout reaches the bank one to five days after it was started; after so many it is missed.
const MISSED_DAYS: i64 = 10;
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

/// Asks Xero about each settlement whose money is not matched yet, and tells what should worry
/// someone.
pub async fn bank(
    turn: &Turn<'_>,
    link: &XeroLink,
    caller: &Caller,
    rules: &Compiled,
) -> Result<(), StageError> {
    let book = &turn.lease.book;
    let Some((chart, _)) = turn.store.chart(book).await? else { return Ok(()) };
    for one in turn.store.settlements(book).await? {
        let name = bank_name(&one.settlement_id);
        let known = turn.store.cursor(book, &name).await?;
        if known.as_deref() == Some("matched") {
            continue;
        }
        let row = turn.store.subject(book, &Subject::settlement(&one.settlement_id)).await?;
        let asked = Asked { turn, link, caller, rules, chart: &chart, one: &one, row: &row };
        let status = asked.status().await?;
        if known.as_deref() != Some(status) {
            turn.store.set_cursor(turn.lease, &name, status).await?;
            turn.store.nudge(&Lane::Book.name(book), turn.clock.now()).await?;
        }
    }
    Ok(())
}

/// The cursor that keeps a settlement's state in the bank.
pub fn bank_name(settlement_id: &str) -> String {
    format!("bank:{settlement_id}")
}

struct Asked<'a> {
    turn: &'a Turn<'a>,
    link: &'a XeroLink,
    caller: &'a Caller,
    rules: &'a Compiled,
    chart: &'a Chart,
    one: &'a Settlement,
    row: &'a SubjectRow,
}

impl Asked<'_> {
    /// `expected`, `initiated`, `posted`, `matched`, `likely_double`, `missing`, `failed`, `none`.
    async fn status(&self) -> Result<&'static str, StageError> {
        let told = settle::told(&self.row.facts);
        let payout = told.as_ref().and_then(|told| told.payout);
        if is_failed(payout) {
            return Ok("failed");
        }
        let Some(landed) = landed(self.row) else {
            return Ok(if self.one.total.is_positive() { started(payout) } else { "none" });
        };
        let ids = [landed.remote_id.to_owned()];
        let standing =
            xero::pull_reconciled(self.caller, &self.link.tenant_id, landed.landing, &ids);
        let standing = standing.await.map_err(xero_stopped)?;
        if standing.get(landed.remote_id).is_some_and(|standing| standing.is_reconciled) {
            return Ok("matched");
        }
        let Some(deposited) = self.deposited(told.as_ref()) else { return Ok("posted") };
        let today = self.turn.clock.now().day(&self.zone());
        if today < deposited {
            return Ok(started(payout));
        }
        if let Some(double) = self.double(&landed, deposited).await? {
            self.alarm("likely_double_deposit", double).await?;
            return Ok("likely_double");
        }
        if today > deposited.after_days(MISSED_DAYS) {
            let detail = format!("{} of {deposited} is not matched in Xero", landed.amount);
            self.alarm("payout_missing", detail).await?;
            return Ok("missing");
        }
        Ok("posted")
    }

    fn zone(&self) -> Zone {
        Zone::named(&self.chart.organisation.time_zone).unwrap_or_else(|_unknown| Zone::utc())
    }

    fn deposited(&self, told: Option<&Told<'_>>) -> Option<Day> {
        let started = told.and_then(|told| told.payout).and_then(|payout| payout.created);
        Some(started.or(self.one.deposited)?.day(&self.zone()))
    }

    /// A deposit of the same amount in the same days that is not ours.
    async fn double(&self, landed: &Landed<'_>, day: Day) -> Result<Option<String>, StageError> {
        let role = Role::Bank(self.one.total.currency());
        let Some(account) = self.rules.book().accounts.get(&role) else { return Ok(None) };
        let (from, to) = (day.after_days(-DOUBLE_DAYS), day.after_days(DOUBLE_DAYS));
        let found = xero::pull_deposits(self.caller, &self.link.tenant_id, account, from, to).await;
        let found = found.map_err(xero_stopped)?;
        let amount = landed.amount.amount();
        let is_ours = |one: &xero::Deposit| {
            let reference = one.reference.as_deref();
            one.id == landed.remote_id || reference.is_some_and(|text| text.starts_with(OURS))
        };
        let other = found
            .into_iter()
            .find(|one| one.amount == amount && one.kind == DepositKind::Received && !is_ours(one));
        Ok(other.map(|one| {
            let whose = one.contact_name.unwrap_or_else(|| "nobody".to_owned());
            format!("{amount} of {} is coded as received from {whose}", one.date)
        }))
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
