//! The boxes of a return, where an accountant can check them by hand.

use base::{Currency, Money};
use mapping::settlement::close::Boxes;
use mapping::settlement::{Pack, Planned, PlannedLine};

/// A line's tax class and amounts, as income.
pub(crate) struct Taxed {
    class: String,
    net: Money,
    tax: Money,
}

impl Taxed {
    pub(crate) fn new(class: &str, amount: Money, tax: Money) -> Taxed {
        Taxed { class: class.to_owned(), net: amount.minus(tax).unwrap(), tax }
    }

    pub(crate) fn turned(self) -> Taxed {
        let (net, tax) = (self.net.negated().unwrap(), self.tax.negated().unwrap());
        Taxed { net, tax, ..self }
    }
}

pub(crate) fn of(planned: &Planned) -> Vec<Taxed> {
    let amounts = |line: &PlannedLine| {
        let amount = planned.as_income(line.amount).unwrap();
        Taxed::new(&line.class, amount, planned.as_income(line.tax).unwrap())
    };
    planned.lines.iter().map(amounts).collect()
}

/// In the documents' currency.
pub(crate) fn told(pack: &Pack, lines: &[Taxed]) -> String {
    let Some(first) = lines.first() else { return String::new() };
    match pack.id.as_str() {
        "uk" => british(lines, first.net.currency()),
        "nz" => new_zealand(lines, first.net.currency()),
        _ => String::new(),
    }
}

/// Boxes 1, 4, 6 and 7 of the British return.
fn british(lines: &[Taxed], currency: Currency) -> String {
    let mut sums = Boxes::none(currency);
    for line in lines {
        let of_line = Boxes::of_income(&line.class, line.net, line.tax).unwrap();
        let of_line = of_line.unwrap_or_else(|| panic!("{} is no tax class", line.class));
        sums = sums.plus(of_line).unwrap();
    }
    let [one, four, six, seven, eight, nine] = sums.0.map(Money::amount);
    assert!(eight.is_zero() && nine.is_zero());
    format!("return boxes: 1 = {one}, 4 = {four}, 6 = {six}, 7 = {seven}\n")
}

/// Of New Zealand's GST return: sales with their GST (5), the zero-rated ones among them (6) and the
/// GST of the others (8), purchases with their GST (11) and that GST (12).
fn new_zealand(lines: &[Taxed], currency: Currency) -> String {
    let sum = |classes: &[&str], amount: fn(&Taxed) -> Money| {
        let lines = lines.iter().filter(|line| classes.contains(&line.class.as_str()));
        Money::sum(lines.map(amount), currency).unwrap()
    };
    let whole = |line: &Taxed| line.net.plus(line.tax).unwrap();
    let tax = |line: &Taxed| line.tax;
    let (sales, bought) = (["standard", "reduced", "zero", "export"], ["input_standard"]);
    let six = sum(&["zero", "export"], whole).amount();
    let (five, eight) = (sum(&sales, whole).amount(), sum(&sales, tax).amount());
    let cost = |amount: fn(&Taxed) -> Money| sum(&bought, amount).negated().unwrap().amount();
    let (eleven, twelve) = (cost(whole), cost(tax));
    format!("return boxes: 5 = {five}, 6 = {six}, 8 = {eight}, 11 = {eleven}, 12 = {twelve}\n")
}
