//! What Xero says was paid and credited on our invoices against what our receipts add up to.

use std::collections::BTreeMap;

use base::{Decimal, Subject};
use intents::{Body, Decided, DriftKind, State};
use store::SubjectRow;
use xero::Seen;

use super::{Look, alarm};

pub(super) fn look(
    sales: &[Seen],
    posted: &[Decided],
    rows: &BTreeMap<Subject, SubjectRow>,
    look: &mut Look,
) {
    let mut live: BTreeMap<&Subject, u32> = BTreeMap::new();
    for invoice in sales.iter().filter(|invoice| is_live(invoice)) {
        let is_it = |one: &&Decided| {
            one.receipt.as_ref().is_some_and(|receipt| receipt.remote_id == invoice.id)
        };
        let Some(one) = posted.iter().find(is_it) else { continue };
        let Some(row) = rows.get(&one.intent.subject) else { continue };
        compare(invoice, one, row, look);
        // A settlement has an invoice for each month part.
        if row.subject.order_id().is_some() {
            *live.entry(&row.subject).or_default() += 1;
        }
    }
    for (subject, count) in live.into_iter().filter(|(_, count)| *count > 1) {
        let reference = subject.order_id().unwrap_or_default();
        let detail = format!("{count} live invoices carry the reference {reference}");
        look.alarms.push(alarm("double_invoice", subject, detail));
    }
}

fn compare(invoice: &Seen, one: &Decided, row: &SubjectRow, look: &mut Look) {
    let subject = &one.intent.subject;
    let (paid, credited) = posted_money(&row.decided, invoice);
    // More on a settlement's invoice is the bank's line, which a person matched.
    let is_more_paid = paid < invoice.amount_paid && subject.settlement_id().is_none();
    let words = format!(
        "Xero has {} paid and {} credited on it, Daybook's receipts say {paid} and {credited}",
        invoice.amount_paid, invoice.amount_credited
    );
    if is_more_paid || credited < invoice.amount_credited {
        look.sighted(one, DriftKind::PaidElsewhere, (invoice.id.clone(), words));
        return;
    }
    look.whole(&one.intent.id, &[DriftKind::PaidElsewhere]);
    if invoice.amount_paid < paid || invoice.amount_credited < credited {
        // The payment that is missing says so itself, once it is read.
        look.rest.insert(subject.clone());
        look.alarms.push(alarm("money_differs", subject, words));
    }
}

fn is_live(invoice: &Seen) -> bool {
    invoice.status != "VOIDED" && invoice.status != "DELETED"
}

/// Payments and allocations that are posted on an invoice.
fn posted_money(decided: &[Decided], invoice: &Seen) -> (Decimal, Decimal) {
    let mut sums = (Decimal::ZERO, Decimal::ZERO);
    let number = invoice.number.as_deref().unwrap_or("");
    for one in decided.iter().filter(|one| one.progress.state == State::Posted) {
        match &one.intent.body {
            Body::Payment(payment) if payment.invoice_number == number => {
                sums.0 += payment.amount.amount();
            }
            Body::Allocation(set) if set.invoice_number == number => {
                sums.1 += set.amount.amount();
            }
            Body::Payment(_)
            | Body::Allocation(_)
            | Body::Contact(_)
            | Body::Item(_)
            | Body::Invoice(_)
            | Body::InvoiceEdit { .. }
            | Body::InvoiceVoid { .. }
            | Body::CreditNote(_)
            | Body::Bill(_)
            | Body::SupplierCredit(_)
            | Body::Refund(_)
            | Body::BankTransaction(_)
            | Body::BankTransfer(_)
            | Body::ManualJournal(_)
            | Body::Attachment(_)
            | Body::Undo(_) => {}
        }
    }
    sums
}
