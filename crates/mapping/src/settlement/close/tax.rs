//! What the documents dated in a month say of tax: per tax type, and per box of the return where
//! Daybook knows the return.

use std::collections::{BTreeMap, BTreeSet};

use base::{Currency, Decimal, Money, MoneyError};
use intents::document::Line;
use serde::Serialize;

use super::boxes::{Boxes, NAMES};
use crate::settlement::ledger::{Paper, PaperKind};

/// What is known of a tax type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxType {
    pub tax_type: String,
    /// As the organisation calls it.
    pub name: String,
    pub percent: Option<Decimal>,
    /// Of the book's, or of its tax pack's; none where it has no class.
    pub class: Option<String>,
}

/// The documents of one kind under one tax type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxRow {
    /// `sales`, `credit_notes`, `bills`, `bill_credits`.
    pub documents: &'static str,
    pub tax_type: String,
    pub name: String,
    pub percent: Option<String>,
    pub count: u64,
    /// As the document shows them: a fee taken off on an invoice is negative.
    pub net: Money,
    pub tax: Money,
}

/// What all documents say together under one tax type: income positive, costs negative.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TaxTotal {
    pub tax_type: String,
    pub name: String,
    pub net: Money,
    pub tax: Money,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct BoxRow {
    #[serde(rename = "box")]
    pub number: &'static str,
    pub what: &'static str,
    pub amount: Money,
}

/// Which return's boxes are filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Return {
    British,
    /// Daybook knows no boxes.
    Unknown,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tax {
    pub rows: Vec<TaxRow>,
    pub totals: Vec<TaxTotal>,
    /// Empty where Daybook knows no boxes.
    pub boxes: Vec<BoxRow>,
    /// Tax types of lines that no box is known for.
    pub unboxed: Vec<String>,
}

const WHAT: [&str; 6] = [
    "VAT due on sales and other outputs",
    "VAT reclaimed on purchases and other inputs",
    "Sales and other outputs, without VAT",
    "Purchases and other inputs, without VAT",
    "Goods supplied to the EU (Northern Ireland), without VAT",
    "Goods acquired from the EU (Northern Ireland), without VAT",
];

impl PaperKind {
    fn word(self) -> &'static str {
        match self {
            PaperKind::Invoice => "sales",
            PaperKind::CreditNote => "credit_notes",
            PaperKind::Bill => "bills",
            PaperKind::SupplierCredit => "bill_credits",
        }
    }
}

#[derive(Default)]
struct Sum {
    numbers: BTreeSet<String>,
    amounts: Vec<(Money, Money)>,
}

/// Of these documents, all in `currency`.
pub fn tax(
    papers: &[Paper<'_>],
    types: &[TaxType],
    (of, currency): (Return, Currency),
) -> Result<Tax, MoneyError> {
    let mut sums: BTreeMap<(PaperKind, &str), Sum> = BTreeMap::new();
    let (mut boxes, mut unboxed) = (Boxes::none(currency), BTreeSet::new());
    for paper in papers {
        for line in paper.lines {
            let net = line.amount.minus(line.tax)?;
            let sum = sums.entry((paper.kind, line.tax_type.as_str())).or_default();
            sum.numbers.insert(paper.number.to_owned());
            sum.amounts.push((net, line.tax));
            match boxed(paper.kind, line, types)? {
                Some(of_line) => boxes = boxes.plus(of_line)?,
                None => _ = unboxed.insert(line.tax_type.clone()),
            }
        }
    }
    let totals = totals(&sums, (types, currency))?;
    let rows = sums.into_iter().map(|(key, sum)| row(key, &sum, (types, currency)));
    let rows = rows.collect::<Result<Vec<TaxRow>, MoneyError>>()?;
    let numbered = NAMES.into_iter().zip(WHAT).zip(boxes.0);
    let boxes = numbered.map(|((number, what), amount)| BoxRow { number, what, amount }).collect();
    Ok(match of {
        Return::British => Tax { rows, totals, boxes, unboxed: unboxed.into_iter().collect() },
        Return::Unknown => Tax { rows, totals, boxes: Vec::new(), unboxed: Vec::new() },
    })
}

fn row(
    (kind, tax_type): (PaperKind, &str),
    sum: &Sum,
    (types, currency): (&[TaxType], Currency),
) -> Result<TaxRow, MoneyError> {
    let known = types.iter().find(|one| one.tax_type == tax_type);
    let name = name_of(types, tax_type);
    let percent = known.and_then(|one| one.percent);
    Ok(TaxRow {
        documents: kind.word(),
        tax_type: tax_type.to_owned(),
        name,
        percent: percent.map(|percent| percent.normalize().to_string()),
        count: u64::try_from(sum.numbers.len()).unwrap_or(u64::MAX),
        net: Money::sum(sum.amounts.iter().map(|(net, _)| *net), currency)?,
        tax: Money::sum(sum.amounts.iter().map(|(_, tax)| *tax), currency)?,
    })
}

fn name_of(types: &[TaxType], tax_type: &str) -> String {
    let known = types.iter().find(|one| one.tax_type == tax_type);
    known.map_or_else(|| tax_type.to_owned(), |one| one.name.clone())
}

fn totals(
    sums: &BTreeMap<(PaperKind, &str), Sum>,
    (types, currency): (&[TaxType], Currency),
) -> Result<Vec<TaxTotal>, MoneyError> {
    let zero = Money::zero(currency);
    let mut totals: BTreeMap<&str, (Money, Money)> = BTreeMap::new();
    for ((kind, tax_type), sum) in sums {
        let (net, tax) = totals.entry(tax_type).or_insert((zero, zero));
        for (of_net, of_tax) in &sum.amounts {
            *net = net.plus(income(*kind, *of_net)?)?;
            *tax = tax.plus(income(*kind, *of_tax)?)?;
        }
    }
    let total = |(tax_type, (net, tax)): (&str, (Money, Money))| {
        let name = name_of(types, tax_type);
        TaxTotal { tax_type: tax_type.to_owned(), name, net, tax }
    };
    Ok(totals.into_iter().map(total).collect())
}

/// Of a line: what it earns.
fn income(kind: PaperKind, amount: Money) -> Result<Money, MoneyError> {
    if kind.is_debit() { Ok(amount) } else { amount.negated() }
}

/// Lines of invoices are income, those of bills costs; notes say the opposite.
fn boxed(kind: PaperKind, line: &Line, types: &[TaxType]) -> Result<Option<Boxes>, MoneyError> {
    let known = types.iter().find(|one| one.tax_type == line.tax_type);
    let Some(class) = known.and_then(|one| one.class.as_deref()) else { return Ok(None) };
    let net = line.amount.minus(line.tax)?;
    let (net, tax) =
        if kind.is_debit() { (net, line.tax) } else { (net.negated()?, line.tax.negated()?) };
    Boxes::of_income(class, net, tax)
}

#[cfg(test)]
mod tests {
    use base::{Day, Subject};
    use intents::IntentId;

    use super::*;

    fn gbp(minor: i64) -> Money {
        Money::from_minor(minor, Currency::GBP)
    }

    fn line(tax_type: &str, (net, tax): (i64, i64)) -> Line {
        Line {
            description: String::new(),
            quantity: Decimal::ONE,
            unit_amount: Decimal::ONE,
            amount: gbp(net).plus(gbp(tax)).unwrap(),
            account_id: "a".to_owned(),
            account_code: String::new(),
            tax_type: tax_type.to_owned(),
            tax: gbp(tax),
            tax_reason: String::new(),
            item_code: None,
            tracking: Vec::new(),
            covers: Vec::new(),
        }
    }

    fn known(tax_type: &str, class: Option<&str>) -> TaxType {
        TaxType {
            tax_type: tax_type.to_owned(),
            name: tax_type.to_lowercase(),
            percent: Some(Decimal::from(20)),
            class: class.map(str::to_owned),
        }
    }

    fn told(papers: &[(PaperKind, Vec<Line>)], types: &[TaxType]) -> Tax {
        let (id, subject) = (IntentId::derive(&["i"]), Subject::settlement("S"));
        let papers: Vec<Paper<'_>> = papers
            .iter()
            .map(|(kind, lines)| Paper {
                kind: *kind,
                id: &id,
                remote_id: None,
                subject: &subject,
                number: "AMZ-S-1",
                date: Day::parse("2026-01-31").unwrap(),
                lines,
                total: gbp(0),
            })
            .collect();
        tax(&papers, types, (Return::British, Currency::GBP)).unwrap()
    }

    /// Sale 120.00, commission -18.36, FBA -3.60: boxes 1, 4, 6, 7 are 20.00, 3.66, 100.00, 18.30.
    #[test]
    fn a_month_is_what_its_documents_are_and_what_a_credit_note_takes_back_is_gone() {
        let types = [known("OUTPUT2", Some("standard")), known("INPUT2", Some("input_standard"))];
        let lines = || {
            vec![
                line("OUTPUT2", (10_000, 2_000)),
                line("INPUT2", (-1_530, -306)),
                line("INPUT2", (-300, -60)),
            ]
        };
        let month = told(&[(PaperKind::Invoice, lines())], &types);
        let amounts: Vec<i64> = month.boxes.iter().map(|row| row.amount.minor()).collect();
        assert_eq!(amounts, [2_000, 366, 10_000, 1_830, 0, 0]);
        let totals: Vec<_> =
            month.totals.iter().map(|row| (row.name.as_str(), row.net, row.tax)).collect();
        let expected = [("input2", gbp(-1_830), gbp(-366)), ("output2", gbp(10_000), gbp(2_000))];
        assert_eq!(totals, expected);
        let both = [(PaperKind::Invoice, lines()), (PaperKind::CreditNote, lines())];
        let back = told(&both, &types);
        assert!(back.boxes.iter().all(|row| row.amount.is_zero()), "{back:?}");
        assert_eq!(back.rows.len(), 4);
    }

    #[test]
    fn a_tax_type_without_a_class_is_in_no_box_and_said() {
        let month = told(&[(PaperKind::Bill, vec![line("TAX007", (100, 20))])], &[]);
        assert_eq!(month.unboxed, ["TAX007"]);
        assert_eq!(month.rows[0].documents, "bills");
    }
}
