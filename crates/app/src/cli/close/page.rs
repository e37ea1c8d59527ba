//! The pack as one page to read, print and file.

mod lists;
mod parts;

use super::super::settlement::{escape, push, shell};
use super::Close;

pub(super) fn page(close: &Close) -> String {
    let mut out = String::new();
    head(close, &mut out);
    parts::summary(close, &mut out);
    for section in &close.balances {
        parts::section(section, &mut out);
    }
    parts::bridge(close, &mut out);
    lists::tax(close, &mut out);
    lists::fees(close, &mut out);
    lists::gross(close, &mut out);
    lists::settlements(close, &mut out);
    lists::waiting(close, &mut out);
    out.push_str("</section>");
    shell(&format!("Month end {} · {}", close.month, close.organisation), &out)
}

fn head(close: &Close, out: &mut String) {
    let (class, word) = if close.is_well {
        ("good", "Ties to Xero and to Amazon")
    } else {
        ("bad", "Does not tie: see what is marked")
    };
    let way = if close.way == "summary" { "one document a settlement" } else { "order by order" };
    push(
        out,
        format_args!(
            "<section class=\"settlement\"><div class=\"head\"><div><h1>Month end {}</h1>\
             <p class=\"soft\">{} · Amazon in Xero, {way} · balances of {}, in {}</p>\
             <p><span class=\"badge {class}\">{word}</span></p></div></div>",
            close.month,
            escape(&close.organisation),
            close.date,
            close.currency
        ),
    );
    for note in &close.notes {
        push(out, format_args!("<p class=\"note\">{}</p>", escape(note)));
    }
    let made = close.made_at.get(..16).unwrap_or_default().replace('T', " ");
    push(
        out,
        format_args!(
            "<p class=\"soft small\">Debits are positive and credits negative, as in the trial balance. \
             Made {made} UTC from what Daybook has posted, Xero's trial balance and Amazon's balance.</p>"
        ),
    );
}
