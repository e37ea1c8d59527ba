//! A waterfall as one SVG: what each kind of amount adds or takes, and what is left. No script, no
//! font, no address of anybody's; colours come from the page's style, light or dark.

use base::Money;

use super::{escape, push};
use crate::cli::settlement::shown::grouped;

/// One bar.
pub(super) struct Step {
    pub(super) label: String,
    pub(super) amount: Money,
}

const WIDTH: i128 = 980;
const BARS_FROM: i128 = 190;
const BARS_TO: i128 = 830;
const ROW: i128 = 34;
const BAR: i128 = 20;
const TOP: i128 = 8;
/// So that an amount of a penny can still be seen.
const BAR_LEAST: i128 = 2;

/// Lengths are worked out in whole units: labels are exact, bars are to the nearest unit.
pub(super) fn waterfall(steps: &[Step], last: &Step) -> String {
    let scale = Scale::of(steps, last);
    let mut out = String::new();
    let rows = i128::try_from(steps.len()).unwrap_or(0).saturating_add(1);
    let height = ROW.saturating_mul(rows).saturating_add(TOP.saturating_mul(2));
    let words: Vec<String> =
        steps.iter().map(|step| format!("{} {}", step.label, grouped(step.amount))).collect();
    push(
        &mut out,
        format_args!(
            "<svg class=\"chart\" viewBox=\"0 0 {WIDTH} {height}\" role=\"img\" aria-label=\"From sales to payout\">\
         <desc>{}; {} {}</desc>",
            escape(&words.join("; ")),
            escape(&last.label),
            grouped(last.amount)
        ),
    );
    let zero = scale.at(0);
    push(
        &mut out,
        format_args!("<line class=\"axis\" x1=\"{zero}\" y1=\"0\" x2=\"{zero}\" y2=\"{height}\"/>"),
    );
    let mut reached = 0_i128;
    for (index, step) in steps.iter().enumerate() {
        let from = reached;
        reached = reached.saturating_add(i128::from(step.amount.minor()));
        let class = if step.amount.is_negative() { "out" } else { "in" };
        let y = top(index);
        out.push_str(&bar(&scale, (from, reached), y, class));
        out.push_str(&labels(step, y, ""));
        let x = scale.at(reached);
        let (upper, lower) = (y.saturating_add(BAR), y.saturating_add(ROW));
        push(
            &mut out,
            format_args!(
                "<line class=\"step\" x1=\"{x}\" y1=\"{upper}\" x2=\"{x}\" y2=\"{lower}\"/>"
            ),
        );
    }
    let y = top(steps.len());
    out.push_str(&bar(&scale, (0, i128::from(last.amount.minor())), y, "sum"));
    out.push_str(&labels(last, y, " total"));
    out.push_str("</svg>");
    out
}

fn top(index: usize) -> i128 {
    let index = i128::try_from(index).unwrap_or(0);
    ROW.saturating_mul(index).saturating_add(TOP).saturating_add((ROW - BAR) / 2)
}

fn bar(scale: &Scale, (from, to): (i128, i128), y: i128, class: &str) -> String {
    let left = scale.at(from.min(to));
    let width = scale.at(from.max(to)).saturating_sub(left).max(BAR_LEAST);
    format!(
        "<rect class=\"{class}\" x=\"{left}\" y=\"{y}\" width=\"{width}\" height=\"{BAR}\" rx=\"3\"/>"
    )
}

fn labels(step: &Step, y: i128, class: &str) -> String {
    let y = y.saturating_add(15);
    format!(
        "<text class=\"label{class}\" x=\"0\" y=\"{y}\">{}</text>\
         <text class=\"value{class}\" x=\"{WIDTH}\" y=\"{y}\">{}</text>",
        escape(&step.label),
        grouped(step.amount)
    )
}

/// From minor units to the picture's.
struct Scale {
    least: i128,
    span: i128,
}

impl Scale {
    fn of(steps: &[Step], last: &Step) -> Scale {
        let end = i128::from(last.amount.minor());
        let (mut reached, mut low, mut high) = (0_i128, end.min(0), end.max(0));
        for step in steps {
            reached = reached.saturating_add(i128::from(step.amount.minor()));
            low = low.min(reached);
            high = high.max(reached);
        }
        Scale { least: low, span: high.saturating_sub(low).max(1) }
    }

    fn at(&self, minor: i128) -> i128 {
        let part = minor.saturating_sub(self.least).saturating_mul(BARS_TO - BARS_FROM);
        BARS_FROM.saturating_add(part / self.span)
    }
}

#[cfg(test)]
mod tests {
    use base::Currency;

    use super::*;

    fn step(label: &str, minor: i64) -> Step {
        Step { label: label.to_owned(), amount: Money::from_minor(minor, Currency::GBP) }
    }

    #[test]
    fn bars_stay_inside_whatever_the_amounts() {
        for (first, second) in [(12_000, -2_196), (-5, 3), (0, 0), (i64::MAX, i64::MAX)] {
            let sum = step("Payout", first.saturating_add(second));
            let picture = waterfall(&[step("Sales <", first), step("Fees", second)], &sum);
            assert!(picture.contains("Sales &lt;"));
            let number = |bar: &str, name: &str| -> i128 {
                let (_, rest) = bar.split_once(&format!(" {name}=\"")).unwrap();
                rest.split('"').next().unwrap().parse().unwrap()
            };
            for bar in picture.split("<rect").skip(1) {
                let (x, width) = (number(bar, "x"), number(bar, "width"));
                assert!(x >= BARS_FROM && x + width <= BARS_TO + BAR_LEAST, "{picture}");
            }
        }
    }
}
