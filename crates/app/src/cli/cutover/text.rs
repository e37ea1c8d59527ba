//! A proposal for an accountant to read.

use base::{Money, MoneyError};
use mapping::settlement::Balance;
use mapping::settlement::cutover::{Item, Proposal, orders_of};
use serde::Serialize;

use super::journal::{Journal, Line};
use super::{DIFFERS_CODE, Proposed, dated};

/// For `--json`.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    /// The version of the rule book that begins there, once it was accepted.
    accepted: Option<i64>,
    /// The page in `docs/errors`, where the items do not come to the balance.
    code: Option<&'static str>,
    difference: Money,
    clearing: Money,
    reserved: Money,
    deferred: Money,
    proposal: &'a Proposal,
    journal: &'a Journal,
}

impl<'a> Told<'a> {
    pub(super) fn of(
        proposed: &'a Proposed,
        accepted: Option<i64>,
    ) -> Result<Told<'a>, MoneyError> {
        let proposal = &proposed.proposal;
        let difference = proposal.difference()?;
        Ok(Told {
            accepted,
            code: (!difference.is_zero()).then_some(DIFFERS_CODE),
            difference,
            clearing: proposal.total(Balance::Clearing)?,
            reserved: proposal.total(Balance::Reserved)?,
            deferred: proposal.total(Balance::Deferred)?,
            proposal,
            journal: &proposed.journal,
        })
    }

    pub(super) fn is_whole(&self) -> bool {
        self.code.is_none()
    }
}

pub(super) fn differs(difference: Money) -> String {
    format!(
        "Amazon's balance and what is known of it are {difference} apart: Amazon may be two days late \
         in telling, or the book was connected with too late a --since"
    )
}

pub(super) fn text(told: &Told<'_>) -> String {
    let proposal = told.proposal;
    let mut out = vec![
        format!("The book begins on {}, in {}", proposal.day, proposal.currency),
        format!(
            "Amazon's balance at the end of {} in UTC: {}",
            dated(proposal.day),
            proposal.balance
        ),
    ];
    let sums = [told.clearing, told.reserved, told.deferred];
    for (balance, sum) in Balance::ALL.into_iter().zip(sums) {
        let items = proposal.items.iter().filter(|item| item.balance == balance);
        part(&mut out, title(balance), (items.collect(), sum));
    }
    out.push(String::new());
    let orders = orders_of(&proposal.orders).len();
    out.push(format!(
        "Orders that were booked before: {orders}; Daybook makes no documents of them."
    ));
    journal(&mut out, told.journal);
    if !proposal.on_the_way.is_empty() {
        out.push(String::new());
        out.push(
            "On the way to the bank, and no part of the balance: leave it where it is".to_owned(),
        );
        out.extend(proposal.on_the_way.iter().map(item));
    }
    out.push(String::new());
    out.push(end(told));
    out.join("\n")
}

fn title(balance: Balance) -> &'static str {
    match balance {
        Balance::Clearing => "Clearing: posted by Amazon and not paid out",
        Balance::Reserved => "Reserved: kept back when the last settlement ended",
        Balance::Deferred => "Deferred: held back until it was delivered or paid",
    }
}

fn part(out: &mut Vec<String>, title: &str, (items, sum): (Vec<&Item>, Money)) {
    out.push(String::new());
    out.push(title.to_owned());
    out.extend(items.into_iter().map(item));
    out.push(format!("  {:>14}  in all", sum.amount().to_string()));
}

fn item(item: &Item) -> String {
    let order = item.order_id.as_ref().map(|order| format!(" of order {order}"));
    let amount = item.amount.amount().to_string();
    format!("  {amount:>14}  {}  {}{}", item.id, item.text, order.unwrap_or_default())
}

fn journal(out: &mut Vec<String>, journal: &Journal) {
    out.push(String::new());
    out.push(format!(
        "Post this journal in Xero, dated {}, without tax (Daybook does not post it):",
        journal.date
    ));
    out.extend(journal.lines.iter().map(line));
    let side = sided(journal.against);
    out.push(format!("  {side}  the account that carries what Amazon owes until now"));
    if journal.by_bank.is_empty() {
        return;
    }
    out.push(String::new());
    out.push(format!(
        "A journal may not touch an account of type BANK. Enter this as a conversion balance, or as \
         money received (spent, where negative) on it, dated {}, coded to the account that carries \
         what Amazon owes until now:",
        journal.date
    ));
    out.extend(journal.by_bank.iter().map(line));
}

fn line(line: &Line) -> String {
    let code = line.code.as_deref().unwrap_or("no code");
    let name = line.name.as_deref().unwrap_or("the book has no such account yet");
    format!("  {}  {code} {name} ({})", sided(line.amount), line.role)
}

fn sided(amount: Money) -> String {
    let side = if amount.is_negative() { "credit" } else { "debit " };
    format!("{side} {:>14}", amount.amount().abs().to_string())
}

fn end(told: &Told<'_>) -> String {
    let day = told.proposal.day;
    match (told.accepted, told.code) {
        (Some(version), _) => format!(
            "Version {version} of the rule book begins on {day}. Next: daybook run, once the journal \
             is posted"
        ),
        (None, Some(code)) => {
            format!("{}\n  see docs/errors/{code}.md", differs(told.difference))
        }
        (None, None) => {
            format!("Nothing is changed yet: daybook cutover --date {day} --accept begins there.")
        }
    }
}

#[cfg(test)]
mod tests {
    use base::{Currency, Day};

    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    fn line(role: &str, minor: i64) -> Line {
        let name = Some(format!("Amazon {role}"));
        Line { role: role.to_owned(), account_id: None, code: None, name, amount: gbp(minor) }
    }

    fn proposed(by_bank: Vec<Line>) -> Proposed {
        let day = Day::parse("2026-02-20").unwrap();
        let item = |balance, id: &str, minor| Item {
            balance,
            id: id.to_owned(),
            order_id: None,
            text: "words".to_owned(),
            amount: gbp(minor),
        };
        let items = vec![
            item(Balance::Clearing, "t-1", 9_000),
            item(Balance::Reserved, "s-1", 1_000),
            item(Balance::Deferred, "t-2", 500),
        ];
        let proposal = Proposal {
            day,
            currency: Currency::GBP,
            balance: gbp(10_500),
            items,
            orders: Vec::new(),
            on_the_way: Vec::new(),
        };
        let lines = vec![line("reserved", 1_000), line("deferred", 500)];
        let journal = Journal { date: dated(day), lines, against: gbp(-1_500), by_bank };
        Proposed { proposal, journal }
    }

    #[test]
    fn an_accountant_reads_each_part_and_both_sides() {
        let proposed = proposed(Vec::new());
        let told = Told::of(&proposed, None).unwrap();
        let said = text(&told);
        for part in ["90.00  in all", "10.00  in all", "5.00  in all", "dated 2026-02-19"] {
            assert!(said.contains(part), "{part} in {said}");
        }
        assert!(said.contains("credit          15.00  the account that carries"), "{said}");
        assert!(said.contains("--accept begins there"), "{said}");
        assert!(told.is_whole());
    }

    #[test]
    fn what_a_journal_may_not_touch_is_told_apart() {
        let proposed = proposed(vec![line("clearing:GBP", 9_000)]);
        let said = text(&Told::of(&proposed, Some(4)).unwrap());
        let (journal, bank) = said.split_once("A journal may not touch").unwrap();
        assert!(!journal.contains("(clearing:GBP)") && bank.contains("(clearing:GBP)"), "{said}");
        assert!(said.contains("Version 4"), "{said}");
    }

    #[test]
    fn what_does_not_add_up_is_said_with_its_page() {
        let mut proposed = proposed(Vec::new());
        proposed.proposal.balance = gbp(10_600);
        let told = Told::of(&proposed, None).unwrap();
        assert!(!told.is_whole());
        let said = text(&told);
        assert!(said.contains("1.00 GBP apart") && said.contains("cutover_differs"), "{said}");
    }
}
