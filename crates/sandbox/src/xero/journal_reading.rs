//! What a manual journal would be after what a client sent.

use base::{Decimal, Timestamp};

use super::batch::Refusal;
use super::books::Books;
use super::document::{self, Amounts, Kind};
use super::drafting;
use super::journals::{Journal, Status};
use super::json::Object;
use super::lines::{Findings, Line, Terms};
use super::reading;

const LINES_MIN: usize = 2;

/// Not published; a journal's description on screen ends there.
const NARRATION_MAX: usize = 4000;

/// Merges what was sent into a journal that is new or a draft; with what Xero only warns of.
pub(crate) fn read(
    books: &Books,
    mut journal: Journal,
    element: &Object,
    now: Timestamp,
) -> Result<(Journal, Vec<String>), Refusal> {
    let mut findings = Findings::default();
    let errors = &mut findings.errors;
    if let Some(narration) = element.text("Narration") {
        narration.clone_into(&mut journal.narration);
    }
    errors.check(!journal.narration.is_empty(), "Narration must be specified");
    let length = journal.narration.chars().count();
    errors.check(length <= NARRATION_MAX, "Narration must not be more than 4000 characters long.");
    read_status(&mut journal, element, errors);
    if let Some(day) = drafting::read_day(element, "Date", errors) {
        journal.date = day;
    }
    drafting::read_amounts(&mut journal.amounts, element, errors);
    drafting::read_url(&mut journal.url, element, errors);
    if let Some(shown) = element.bool("ShowOnCashBasisReports") {
        journal.on_cash_basis = shown;
    }
    if let Some(message) = books.organisation.lock_message(journal.date) {
        errors.say(&message);
    }
    read_lines(books, &mut journal, element, &mut findings);
    check_balance(&journal, &mut findings.errors);
    findings.errors.none()?;
    journal.updated = now;
    Ok((journal, findings.warnings))
}

fn read_status(journal: &mut Journal, element: &Object, errors: &mut Refusal) {
    let Some(sent) = element.text("Status") else { return };
    match Status::read(sent) {
        Some(status @ (Status::Draft | Status::Posted)) => journal.status = status,
        Some(Status::Voided | Status::Deleted) | None => {
            errors.say(&format!("Manual Journal Status '{sent}' is not valid for this document"));
        }
    }
}

/// Lines that are sent replace all lines: they have no ids. Lines that are not sent are read again
/// where the status or the tax terms change.
fn read_lines(books: &Books, journal: &mut Journal, element: &Object, findings: &mut Findings) {
    let terms = Terms {
        kind: Kind::Invoice,
        status: match journal.status {
            Status::Draft => document::Status::Draft,
            Status::Posted | Status::Voided | Status::Deleted => document::Status::Authorised,
        },
        amounts: journal.amounts,
        currency: books.base_currency,
        tax_is_fixed: true,
    };
    let sources: Vec<Object> = match element.list("JournalLines") {
        Some(_) => element.objects("JournalLines").into_iter().cloned().collect(),
        None => journal.lines.iter().map(|line| as_sent(books, line)).collect(),
    };
    journal.lines =
        sources.iter().map(|object| read_line(books, terms, object, findings)).collect();
    findings.errors.check(
        journal.lines.len() >= LINES_MIN,
        "A manual journal must have at least two journal lines",
    );
}

fn as_sent(books: &Books, line: &Line) -> Object {
    let mut object = line.render(books, 2);
    object.0.retain(|(name, _)| name != "TaxAmount");
    object
}

fn read_line(books: &Books, terms: Terms, element: &Object, findings: &mut Findings) -> Line {
    let errors = &mut findings.errors;
    let amount = reading::bounded(element, "LineAmount", reading::AMOUNT_MAX, errors);
    let mut line = Line {
        id: String::new(),
        description: element.text("Description").unwrap_or_default().to_owned(),
        quantity: None,
        // Tells the reading of accounts and taxes that the line has an amount.
        unit: amount,
        amount: amount.unwrap_or_default(),
        tax: Decimal::ZERO,
        tax_type: element.text("TaxType").map(str::to_owned),
        account: None,
        item: None,
        tracking: reading::read_tracking(books, element, errors),
        discount_rate: None,
        discount_amount: None,
    };
    errors.check(amount.is_some(), "LineAmount must be specified");
    // What Xero does with a line of nothing is not published.
    errors.check(amount.is_none_or(|it| !it.is_zero()), "LineAmount must not be zero");
    let cents = line.amount.round_dp(terms.decimals()) == line.amount;
    errors.check(cents, "LineAmount must have at most 2 decimals");
    let length = line.description.chars().count();
    errors.check(
        length <= reading::DESCRIPTION_MAX,
        "Description must not be more than 4000 characters long.",
    );
    reading::read_account(books, terms, element, &mut line, findings);
    reading::read_tax(books, terms, element, &mut line, &mut findings.errors);
    line.unit = None;
    line
}

/// On the amounts with their tax, drafts too.
fn check_balance(journal: &Journal, errors: &mut Refusal) {
    let gross = |line: &Line| match journal.amounts {
        Amounts::Inclusive | Amounts::NoTax => line.amount,
        Amounts::Exclusive => line.amount + line.tax,
    };
    let amounts = || journal.lines.iter().map(gross);
    let debits: Decimal = amounts().filter(|amount| *amount > Decimal::ZERO).sum();
    let credits: Decimal = amounts().filter(|amount| *amount < Decimal::ZERO).sum();
    let message = format!("The total debits ({debits:.2}) must equal total credits ({credits:.2})");
    errors.check((debits + credits).is_zero(), &message);
}
