//! From what was read to what is shown: the documents that would be posted, their accounts, and
//! what is to be known about them.

use std::collections::BTreeMap;

use amazon::source::settlement::UNSETTLED;
use base::Money;
use facts::settlement::Layout;
use mapping::Role;
use mapping::settlement::plan::{About, Card, Question};
use mapping::settlement::{
    Category, Check, Footing, Pack, Plan, Planned, PlannedLine, Unknown, UntaxedLines, Verdict,
    Way, What, plan,
};

use super::compare::Settled;
use super::rules::{Choice, Chosen, region};
use super::shown::{
    AccountShown, Categories, CheckShown, DocumentShown, LineShown, Plain, QuestionShown, Shown,
    UnknownShown, grouped,
};

/// A settlement as it is shown, and its plan where there is one.
pub(super) fn draw(settled: &Settled, choice: &Choice) -> (Shown, Option<Plan>) {
    let footing = &settled.footing;
    let currency = footing.settlement.currency;
    let chosen = settled.chosen.as_deref();
    let mut notes = Vec::new();
    let mut questions = Vec::new();
    let plan = match (chosen, is_planned(settled, &mut notes)) {
        (Some(chosen), true) => {
            planned(footing, chosen, (choice.way(), choice.untaxed_lines()), &mut questions)
        }
        (None, true) => {
            questions.push(missing(currency));
            None
        }
        (_, false) => None,
    };
    if !footing.transfers.is_zero() {
        notes.push(format!(
            "the report shows payouts of {} beside its transactions: they are no part of the sum",
            grouped(footing.transfers)
        ));
    }
    let none = Money::zero(currency);
    let pack = chosen.map(|chosen| &chosen.pack);
    let documents = plan.as_ref().zip(pack).map_or_else(Vec::new, |(plan, pack)| {
        plan.documents.iter().map(|one| document(one, pack)).collect()
    });
    if choice.way() == Way::PerOrder && plan.is_some() {
        notes.push(
            "orders and refunds are taken as carried by documents of their own: what is shown \
             here is the rest, and the payout"
                .to_owned(),
        );
    }
    let accounts = plan
        .as_ref()
        .zip(pack)
        .map_or_else(Vec::new, |(plan, pack)| accounts(plan, pack).unwrap_or_default());
    let settlement = &footing.settlement;
    let shown = Shown {
        settlement_id: settlement.settlement_id.clone(),
        file: settled.file.clone(),
        also_in: settled.also_in.clone(),
        layout: footing.layout,
        currency,
        region: region(currency).to_owned(),
        marketplace: footing.marketplace.clone(),
        start: settlement.start.iso(),
        end: settlement.end.iso(),
        deposit_date: settlement.deposit.map(|moment| day(&moment.iso())),
        rows: footing.rows,
        total: settlement.total.map(Plain),
        sum: Plain(footing.sum),
        foots: settlement.total.map(|total| total == footing.sum),
        categories: categories(footing),
        unknown: footing.unknown.iter().map(unknown).collect(),
        checks: checks(settled).map(CheckShown::from).collect(),
        rules: choice.shown(chosen, currency),
        notes,
        posted: Plain(plan.as_ref().map_or(none, |plan| plan.posted)),
        covered: Plain(plan.as_ref().map_or(none, |plan| plan.covered)),
        accounts,
        documents,
        questions,
        root: settled.sealed.as_ref().map(|sealed| sealed.root.to_string()),
    };
    (shown, plan)
}

/// The checks of the settlement alone, then those with others.
pub(super) fn checks(settled: &Settled) -> impl Iterator<Item = &Check> {
    settled.footing.checks.iter().chain(&settled.more)
}

/// True where nothing speaks against posting; a failing check holds it.
pub(super) fn is_held(settled: &Settled) -> bool {
    checks(settled).any(|check| check.verdict == Verdict::Fails)
}

fn is_planned(settled: &Settled, notes: &mut Vec<String>) -> bool {
    if settled.footing.settlement.settlement_id == UNSETTLED {
        notes.push("Amazon has not settled these rows yet: nothing is posted of them".to_owned());
        return false;
    }
    if settled.is_second {
        notes.push(
            "the flat file of this settlement says what is posted; this report is compared with it"
                .to_owned(),
        );
        return false;
    }
    if settled.footing.layout == Layout::DateRange {
        notes.push(
            "a date-range report declares no total: whether it is complete cannot be told from it"
                .to_owned(),
        );
    }
    if is_held(settled) {
        notes.push("a check fails: in a book these documents would wait for a person".to_owned());
    }
    true
}

fn missing(currency: base::Currency) -> QuestionShown {
    QuestionShown {
        code: "settlement_rules_missing".to_owned(),
        detail: format!("which country's rules are the {currency} documents to follow?"),
    }
}

fn planned(
    footing: &Footing,
    chosen: &Chosen,
    (way, untaxed_lines): (Way, UntaxedLines),
    questions: &mut Vec<QuestionShown>,
) -> Option<Plan> {
    let currency = footing.settlement.currency;
    // Xero keeps foreign currency in bank accounts alone; what is spent on clearing needs one, too.
    let clearing_is_bank =
        currency != chosen.pack.currency || untaxed_lines == UntaxedLines::BankTransaction;
    let about = About {
        way,
        region: region(currency).to_owned(),
        next_number: 1,
        clearing_is_bank,
        untaxed_lines,
        card: Card::Known,
        converted: None,
        zone: chosen.zone.clone(),
    };
    match plan(footing, &chosen.pack, &about) {
        Ok(plan) => {
            questions.extend(plan.questions.iter().map(question));
            Some(plan)
        }
        Err(error) => {
            let (code, detail) = ("settlement_plan_failed".to_owned(), crate::say(&error));
            questions.push(QuestionShown { code, detail });
            None
        }
    }
}

fn question(question: &Question) -> QuestionShown {
    QuestionShown { code: question.code.clone(), detail: question.detail.clone() }
}

fn categories(footing: &Footing) -> Categories {
    let in_order = Category::ALL.into_iter();
    let found = in_order.filter_map(|one| Some((one, *footing.categories.get(&one)?)));
    Categories(found.collect())
}

fn unknown(unknown: &Unknown) -> UnknownShown {
    UnknownShown {
        transaction_type: unknown.transaction_type.clone(),
        amount_type: unknown.amount_type.clone(),
        amount_description: unknown.amount_description.clone(),
        rows: unknown.rows,
        amount: Plain(unknown.amount),
        first_line: unknown.first_line,
        suggestion: unknown.suggestion,
        suggested_by: unknown.suggested_by.clone(),
    }
}

fn document(planned: &Planned, pack: &Pack) -> DocumentShown {
    DocumentShown {
        part: planned.part.clone(),
        kind: kind(planned.what),
        number: planned.number.clone(),
        date: planned.date.to_string(),
        text: planned.text.clone(),
        total: Plain(planned.total),
        tax: Plain(planned.tax),
        account: through(planned.what, pack),
        lines: planned.lines.iter().map(|one| line(one, pack)).collect(),
    }
}

pub(in crate::cli) fn kind(what: What) -> &'static str {
    match what {
        What::Invoice => "invoice",
        What::Bill => "bill",
        What::Payment { .. } => "payment",
        What::Receive { .. } => "receive",
        What::Spend { .. } => "spend",
        What::Transfer { .. } => "transfer",
        What::Journal { .. } => "journal",
    }
}

/// The account of a payment, in words.
fn through(what: What, pack: &Pack) -> Option<String> {
    let spell = |role: Role| {
        let (code, name) = account(role, pack);
        format!("{code} {name}")
    };
    match what {
        What::Invoice | What::Bill => None,
        What::Payment { account, .. } | What::Journal { against: account } => Some(spell(account)),
        What::Receive { bank } | What::Spend { bank } => Some(spell(bank)),
        What::Transfer { from, to } => Some(format!("{} → {}", spell(from), spell(to))),
    }
}

fn account(role: Role, pack: &Pack) -> (String, String) {
    let named = || (String::new(), role.to_string());
    pack.code(role).map_or_else(named, |account| (account.code, account.name))
}

fn line(line: &PlannedLine, pack: &Pack) -> LineShown {
    let (account, account_name) = account(line.role, pack);
    let class = pack.classes.get(&line.class);
    let percent = class.and_then(|class| class.rate).map(|rate| rate.normalize().to_string());
    LineShown {
        description: line.description.clone(),
        role: line.role.to_string(),
        account,
        account_name,
        tax_class: line.class.clone(),
        tax_rate: percent,
        tax_name: class.map(|class| class.name.clone()).unwrap_or_default(),
        amount: Plain(line.amount),
        tax: Plain(line.tax),
        stated: line.stated,
        rule: line.rule.clone(),
        reason: line.reason.clone(),
        confirm: pack.tax.iter().any(|rule| rule.id == line.rule && rule.confirm),
        marketplace: line.marketplace.clone(),
        fulfilment: line.fulfilment.clone(),
        rows: line.rows,
    }
}

/// What a document carries of the settlement's rows, positive where Amazon owes it to the seller.
pub(in crate::cli) fn carries(planned: &Planned) -> Option<Money> {
    let zero = Money::zero(planned.total.currency());
    let from_rows = planned.lines.iter().filter(|line| is_of_rows(line)).map(|line| line.amount);
    let sum = Money::sum(from_rows, zero.currency()).ok()?;
    if planned.is_document() { planned.as_income(sum).ok() } else { Some(zero) }
}

/// A line that no rule made is no amount of Amazon's: what is carried from part to part.
fn is_of_rows(line: &PlannedLine) -> bool {
    !line.rule.is_empty()
}

/// By account, over the lines that come from rows: together what is posted.
fn accounts(plan: &Plan, pack: &Pack) -> Option<Vec<AccountShown>> {
    let mut sums: BTreeMap<Role, (Money, Money)> = BTreeMap::new();
    for planned in plan.documents.iter().filter(|planned| planned.is_document()) {
        for line in planned.lines.iter().filter(|line| is_of_rows(line)) {
            let none = Money::zero(line.amount.currency());
            let (amount, tax) = sums.get(&line.role).copied().unwrap_or((none, none));
            let amount = amount.plus(planned.as_income(line.amount).ok()?).ok()?;
            let tax = tax.plus(planned.as_income(line.tax).ok()?).ok()?;
            sums.insert(line.role, (amount, tax));
        }
    }
    let shown = sums.into_iter().map(|(role, (amount, tax))| {
        let (code, name) = account(role, pack);
        AccountShown { role: role.to_string(), code, name, amount: Plain(amount), tax: Plain(tax) }
    });
    Some(shown.collect())
}

fn day(iso: &str) -> String {
    iso.split('T').next().unwrap_or_default().to_owned()
}
