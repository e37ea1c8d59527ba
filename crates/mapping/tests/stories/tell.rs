//! What was decided: as journals an accountant can check by hand, and as documents.

use std::collections::BTreeMap;

use base::{Currency, Money};
use facts::{Body as Told, Fact};
use intents::{
    BankTransaction, Body, CreditNote, Decided, Direction, Intent, Invoice, JournalLine, Line,
    Payment, State,
};
use mapping::Changes;

use crate::world::World;

const RECEIVABLE: &str = "Accounts Receivable";
const PAYABLE: &str = "Accounts Payable";
const VAT: &str = "VAT";

/// Debits are positive.
pub(crate) type Journal = Vec<(String, Money)>;

pub(crate) fn journals(world: &World) -> String {
    steps(world) + "balances\n" + &rows(&balances(world))
}

/// The journals alone.
pub(crate) fn steps(world: &World) -> String {
    let mut text = String::new();
    for (index, (fact, changes)) in world.steps.iter().enumerate() {
        text += &heading(index, fact);
        text += &outcome(changes, |reason| reason.code.clone());
        for intent in &changes.intents {
            text += &journal_text(world, intent);
        }
    }
    text
}

fn heading(index: usize, fact: &Fact) -> String {
    let what = match &fact.body {
        Told::Order(order) => snake(&format!("{:?}", order.status)),
        Told::Unreadable { .. } => "unreadable".to_owned(),
        Told::Approval(approval) => format!("person {}", snake(&format!("{:?}", approval.act))),
        Told::Settlement(_) => "settlement".to_owned(),
        Told::Transaction(one) => format!("transaction {}", snake(&format!("{:?}", one.status))),
        Told::Payout(payout) => format!("payout {}", snake(&format!("{:?}", payout.status))),
        Told::Summary(_) => "summary".to_owned(),
        Told::PaymentGroup(_) => "payment group".to_owned(),
        Told::Balance(_) => "balance".to_owned(),
        Told::Proof { .. } => "proof".to_owned(),
    };
    let time = fact.occurred.iso().replace(".000Z", "Z");
    format!("after {}: {what} {time}\n", index + 1)
}

fn snake(word: &str) -> String {
    let mut text = String::new();
    for (at, letter) in word.char_indices() {
        if letter.is_uppercase() && at > 0 {
            text.push('_');
        }
        text.extend(letter.to_lowercase());
    }
    text
}

fn outcome(changes: &Changes, show: impl Fn(&intents::Reason) -> String) -> String {
    let stop = changes.stop.iter().map(|reason| format!("stop {}\n", show(reason)));
    let note = changes.note.iter().map(|reason| format!("note {}\n", show(reason)));
    let wait = changes.wait.then(|| "wait\n".to_owned());
    stop.chain(note).chain(wait).collect()
}

pub(crate) fn journal_text(world: &World, intent: &Intent) -> String {
    let hold = intent.hold.as_ref().map_or(String::new(), |why| format!("held {why}: "));
    let head = match &intent.body {
        Body::Invoice(invoice) => format!("{} {} {}", invoice.date, intent.part, invoice.number),
        Body::InvoiceEdit { invoice, .. } => format!("{} edit {}", invoice.date, invoice.number),
        Body::InvoiceVoid { number, .. } => format!("void {number}"),
        Body::CreditNote(note) | Body::SupplierCredit(note) => {
            format!("{} {} {}", note.date, intent.part, note.number)
        }
        Body::Allocation(a) => format!("{} {} {}", a.date, intent.part, a.amount.amount()),
        Body::Payment(payment) => format!("{} {}", payment.date, intent.part),
        Body::Bill(bill) => format!("{} {} {}", bill.date, intent.part, bill.number),
        Body::Refund(refund) => format!("{} {}", refund.date, intent.part),
        Body::BankTransaction(made) => format!("{} {} {}", made.date, intent.part, made.reference),
        Body::BankTransfer(made) => format!("{} {} {}", made.date, intent.part, made.reference),
        Body::ManualJournal(journal) => format!("{} {}", journal.date, journal.narration),
        Body::Undo(undo) => format!("undo {}", undo.label),
        Body::Contact(_) | Body::Item(_) | Body::Attachment(_) => return String::new(),
    };
    format!("{hold}{head}\n{}", rows(&journal(world, intent)))
}

pub(crate) fn journal(world: &World, intent: &Intent) -> Journal {
    match &intent.body {
        Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } => {
            sale(world, &invoice.lines, invoice.total)
        }
        Body::Bill(bill) => purchase(world, &bill.lines, bill.total),
        Body::SupplierCredit(note) => reversed(purchase(world, &note.lines, note.total)),
        Body::InvoiceVoid { of, .. } => {
            let posted = content(world, of, intent.revision);
            reversed(sale(world, &posted.lines, posted.total))
        }
        Body::CreditNote(note) => reversed(sale(world, &note.lines, note.total)),
        Body::Payment(payment) if is_purchase(world, &payment.invoice) => {
            moved(&payment.account_name, PAYABLE, payment.amount)
        }
        Body::Payment(payment) => moved(RECEIVABLE, &payment.account_name, payment.amount),
        Body::Refund(refund) if is_purchase(world, &refund.invoice) => {
            moved(PAYABLE, &refund.account_name, refund.amount)
        }
        Body::Refund(refund) => moved(&refund.account_name, RECEIVABLE, refund.amount),
        Body::BankTransaction(made) => banked(world, made),
        Body::BankTransfer(made) => {
            moved(&made.from_account_name, &made.to_account_name, made.amount)
        }
        Body::ManualJournal(journal) => {
            let name = |line: &JournalLine| account_name(world, &line.account_id);
            journal.lines.iter().map(|line| (name(line), line.amount)).collect()
        }
        Body::Undo(undo) => {
            let made = world.decided.iter().find(|d| d.intent.id == undo.of).unwrap();
            reversed(journal(world, &made.intent))
        }
        Body::Allocation(_) | Body::Contact(_) | Body::Item(_) | Body::Attachment(_) => Vec::new(),
    }
}

/// Money that leaves one account for another.
fn moved(from: &str, to: &str, amount: Money) -> Journal {
    vec![(to.to_owned(), amount), (from.to_owned(), amount.negated().unwrap())]
}

fn is_purchase(world: &World, of: &intents::IntentId) -> bool {
    let made = world.decided.iter().find(|d| d.intent.id == *of).unwrap();
    matches!(made.intent.body, Body::Bill(_) | Body::SupplierCredit(_))
}

fn account_name(world: &World, account_id: &str) -> String {
    world.chart.account_by_id(account_id).unwrap().name.clone()
}

/// The lines of a purchase are debits, where those of a sale are credits.
fn purchase(world: &World, lines: &[Line], total: Money) -> Journal {
    let mut journal = vec![(PAYABLE.to_owned(), total.negated().unwrap())];
    let mut vat = Money::zero(total.currency());
    for line in lines {
        let net = line.amount.minus(line.tax).unwrap();
        add(&mut journal, &account_name(world, &line.account_id), net);
        vat = vat.plus(line.tax).unwrap();
    }
    add(&mut journal, VAT, vat);
    journal.retain(|(_, amount)| !amount.is_zero());
    journal
}

fn banked(world: &World, made: &BankTransaction) -> Journal {
    let mut received = vec![(made.bank_account_name.clone(), made.total)];
    for line in &made.lines {
        let amount = line.amount.negated().unwrap();
        add(&mut received, &account_name(world, &line.account_id), amount);
    }
    match made.direction {
        Direction::Receive => received,
        Direction::Spend => reversed(received),
    }
}

/// The document's content before this revision.
fn content<'w>(world: &'w World, of: &intents::IntentId, revision: u32) -> &'w Invoice {
    let root = world.decided.iter().find(|d| d.intent.id == *of).unwrap();
    let mut contents = world.decided.iter().rev().filter(|d| {
        d.intent.part == root.intent.part
            && d.intent.revision < revision
            && d.progress.state != State::Withdrawn
    });
    contents
        .find_map(|d| match &d.intent.body {
            Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } => Some(invoice),
            _ => None,
        })
        .unwrap()
}

fn sale(world: &World, lines: &[Line], total: Money) -> Journal {
    let mut journal = vec![(RECEIVABLE.to_owned(), total)];
    let mut vat = Money::zero(total.currency());
    for line in lines {
        let account = world.chart.account_by_id(&line.account_id).unwrap();
        let net = line.amount.minus(line.tax).unwrap().negated().unwrap();
        add(&mut journal, &account.name, net);
        vat = vat.minus(line.tax).unwrap();
    }
    add(&mut journal, VAT, vat);
    journal.retain(|(_, amount)| !amount.is_zero());
    journal
}

fn add(journal: &mut Journal, account: &str, amount: Money) {
    match journal.iter_mut().find(|(name, _)| name == account) {
        Some((_, known)) => *known = known.plus(amount).unwrap(),
        None => journal.push((account.to_owned(), amount)),
    }
}

fn reversed(journal: Journal) -> Journal {
    journal.into_iter().map(|(name, amount)| (name, amount.negated().unwrap())).collect()
}

/// What is in the ledger when the story ends; debits and credits are equal.
fn balances(world: &World) -> Journal {
    let mut sums: BTreeMap<String, Money> = BTreeMap::new();
    for decided in world.decided.iter().filter(|d| is_in_ledger(d)) {
        for (account, amount) in journal(world, &decided.intent) {
            let known = sums.entry(account).or_insert(Money::zero(amount.currency()));
            *known = known.plus(amount).unwrap();
        }
    }
    let currency = sums.values().next().map_or(Currency::GBP, |money| money.currency());
    assert!(
        Money::sum(sums.values().copied(), currency).unwrap().is_zero(),
        "unbalanced: {sums:?}"
    );
    sums.into_iter().filter(|(_, amount)| !amount.is_zero()).collect()
}

/// A superseded content is in the ledger no more, unless it was voided: then both are, and cancel.
fn is_in_ledger(decided: &Decided) -> bool {
    match (&decided.intent.body, decided.progress.state) {
        (Body::InvoiceVoid { .. } | Body::Undo(_), _) => false,
        (_, state) => state == State::Posted,
    }
}

pub(crate) fn rows(journal: &Journal) -> String {
    let row = |(account, amount): &(String, Money)| {
        let shown = if amount.is_negative() { amount.negated().unwrap() } else { *amount };
        let shown = shown.amount().to_string();
        let (debit, credit) =
            if amount.is_negative() { (String::new(), shown) } else { (shown, String::new()) };
        format!("{}\n", format!("    {account:<34}{debit:>10}{credit:>10}").trim_end())
    };
    journal.iter().map(row).collect()
}

/// The documents as they go to Xero, with the reasons.
pub(crate) fn documents(world: &World) -> String {
    let mut text = String::new();
    for (index, (fact, changes)) in world.steps.iter().enumerate() {
        text += &heading(index, fact);
        text += &outcome(changes, |reason| format!("{}: {}", reason.code, reason.detail));
        for id in &changes.withdraw {
            let part = world.decided.iter().find(|d| d.intent.id == *id).unwrap();
            text += &["withdraw ", &part.intent.part, " ", &part.intent.revision.to_string(), "\n"]
                .concat();
        }
        for intent in changes.shared.iter().chain(&changes.intents) {
            text += &document(intent);
        }
    }
    text
}

pub(crate) fn document(intent: &Intent) -> String {
    match &intent.body {
        Body::Contact(contact) => format!("contact {:?} {}\n", contact.name, contact.number),
        Body::Item(item) => format!("item {} {:?}\n", item.code, item.name),
        Body::Invoice(invoice) => invoice_text("invoice", intent, invoice),
        Body::InvoiceEdit { invoice, .. } => invoice_text("edit", intent, invoice),
        Body::InvoiceVoid { number, .. } => format!("void {number}\n"),
        Body::CreditNote(note) => note_text("credit note", note),
        Body::Bill(bill) => invoice_text("bill", intent, bill),
        Body::SupplierCredit(note) => note_text("supplier credit", note),
        Body::Allocation(allocation) => format!(
            "allocation of {} to {}, {}\n",
            allocation.credit_note_number, allocation.invoice_number, allocation.amount
        ),
        Body::Payment(payment) => payment_text("payment", payment),
        Body::Refund(refund) => payment_text("refund", refund),
        Body::BankTransaction(made) => {
            let head = format!(
                "{} {} {} on {}, {}\n",
                snake(&format!("{:?}", made.direction)),
                made.reference,
                made.date,
                made.bank_account_name,
                made.total
            );
            head + &made.lines.iter().map(line_text).collect::<String>()
        }
        Body::BankTransfer(made) => format!(
            "transfer {} {} from {} to {}, {}\n",
            made.reference, made.date, made.from_account_name, made.to_account_name, made.amount
        ),
        Body::ManualJournal(journal) => {
            let head = format!("journal {:?} {}\n", journal.narration, journal.date);
            head + &journal.lines.iter().map(journal_line_text).collect::<String>()
        }
        Body::Attachment(file) => format!("file {:?} {}\n", file.file_name, file.content_type),
        Body::Undo(undo) => format!("undo {}\n", undo.label),
    }
}

fn note_text(word: &str, note: &CreditNote) -> String {
    let head = format!("{word} {} {} {}\n", note.number, note.date, note.total);
    head + &note.lines.iter().map(line_text).collect::<String>()
}

fn payment_text(word: &str, payment: &Payment) -> String {
    format!(
        "{word} of {} on {}, {} into {}{}\n",
        payment.amount,
        payment.invoice_number,
        payment.date,
        payment.account_name,
        payment.rate.map_or(String::new(), |rate| format!(" at {}", rate.0))
    )
}

fn journal_line_text(line: &JournalLine) -> String {
    let tracking: String = line.tracking.iter().flat_map(|t| [" ", t.label.as_str()]).collect();
    let (amount, account) = (line.amount.amount(), &line.account_code);
    format!("    {amount} on {account} {}{tracking} {:?}\n", line.tax_type, line.description)
}

fn invoice_text(word: &str, intent: &Intent, invoice: &Invoice) -> String {
    let head = format!(
        "{word} {} ({} {}) of {}, due {}, {:?}, reference {}\n",
        invoice.number,
        intent.part,
        intent.revision,
        invoice.date,
        invoice.due_date,
        invoice.status,
        invoice.reference
    );
    let rate = invoice.rate.map_or(String::new(), |rate| format!(" at {}", rate.0));
    let dated = match (&invoice.rate_source, &invoice.rate_from) {
        (Some(source), Some(from)) => format!(" ({source}, from {from})"),
        _ => String::new(),
    };
    let url = invoice.url.clone().unwrap_or_default();
    let totals = format!("    {} of which tax {}{rate}{dated} {url}\n", invoice.total, invoice.tax);
    head + &totals + &invoice.lines.iter().map(line_text).collect::<String>()
}

fn line_text(line: &Line) -> String {
    let item = line.item_code.as_ref().map_or(String::new(), |code| format!(" [{code}]"));
    let tracking: String = line.tracking.iter().flat_map(|t| [" ", t.label.as_str()]).collect();
    format!(
        "    {} x {} = {} on {} {} tax {}{item}{tracking} {:?}: {}\n",
        line.quantity,
        line.unit_amount,
        line.amount.amount(),
        line.account_code,
        line.tax_type,
        line.tax.amount(),
        line.description,
        line.tax_reason
    )
}
