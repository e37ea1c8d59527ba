//! Settlements as one HTML page that stands alone: styles and pictures inside, no script, nothing
//! fetched from anywhere, light or dark as the reader's system is.

mod chart;
mod parts;

use self::chart::{Step, waterfall};
use super::shown::{FileShown, Output, Shown, grouped};
use super::table::{minute, title};

const STYLE: &str = include_str!("page/style.css");

pub(super) fn page(output: &Output) -> String {
    let mut body = String::new();
    if output.settlements.len() + output.files.iter().filter(|one| one.error.is_some()).count() > 1
    {
        body.push_str(&index(output));
    }
    for settlement in &output.settlements {
        body.push_str(&section(settlement));
    }
    for file in output.files.iter().filter(|file| file.error.is_some()) {
        body.push_str(&unread(file));
    }
    let name = match output.settlements.as_slice() {
        [one] => format!("Settlement {}", one.settlement_id),
        many => format!("{} settlements", many.len()),
    };
    shell(&name, &body)
}

/// A whole page around a body.
pub(in crate::cli) fn shell(title: &str, body: &str) -> String {
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>\
         <p class=\"brand\">Daybook</p>{body}</main></body></html>\n",
        escape(title)
    )
}

/// Text as it may stand in a page, in attributes too.
pub(in crate::cli) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

fn section(shown: &Shown) -> String {
    let mut out = String::new();
    let id = escape(&shown.settlement_id);
    let place = if shown.marketplace.is_empty() { "Amazon" } else { shown.marketplace.as_str() };
    let (class, word) = footing(shown);
    push(
        &mut out,
        format_args!(
            "<section class=\"settlement\" id=\"s{id}\"><div class=\"head\"><div>\
             <h1>Settlement {id}</h1><p class=\"soft\">{} · {} to {} UTC</p>\
             <p><span class=\"badge {class}\">{word}</span></p></div>\
             <div class=\"payout\"><div class=\"amount\">{} {}</div><p class=\"soft\">{}</p></div></div>",
            escape(place),
            minute(&shown.start),
            minute(&shown.end),
            grouped(shown.sum.0),
            shown.currency,
            payout(shown)
        ),
    );
    out.push_str(&parts::problem(shown));
    push(
        &mut out,
        format_args!(
            "<div class=\"card\"><h2>From sales to payout</h2><div class=\"scroll\">{}</div></div>",
            picture(shown)
        ),
    );
    push(
        &mut out,
        format_args!(
            "<div class=\"pair\">{}{}</div>",
            parts::categories(shown),
            parts::accounts(shown)
        ),
    );
    out.push_str(&parts::documents(shown));
    out.push_str(&parts::unknown(shown));
    out.push_str(&parts::checks(shown));
    out.push_str(&parts::facts(shown));
    out.push_str("</section>");
    out
}

fn footing(shown: &Shown) -> (&'static str, &'static str) {
    match shown.foots {
        Some(true) => ("good", "Adds up to the cent"),
        Some(false) => ("bad", "Does not add up"),
        None => ("none", "Declares no total"),
    }
}

fn payout(shown: &Shown) -> String {
    let is_negative = shown.sum.0.is_negative();
    match &shown.deposit_date {
        Some(_) if is_negative => "owed to Amazon: nothing is paid out".to_owned(),
        Some(date) => format!("to the bank from {date}"),
        None => "what the rows come to".to_owned(),
    }
}

fn picture(shown: &Shown) -> String {
    let step = |name: &str, amount| Step { label: name.to_owned(), amount };
    let categories = shown.categories.0.iter().filter(|(_, amount)| !amount.is_zero());
    let steps: Vec<Step> = categories.map(|(one, amount)| step(title(*one), *amount)).collect();
    let last = if shown.sum.0.is_negative() { "Owed to Amazon" } else { "Payout" };
    waterfall(&steps, &step(last, shown.sum.0))
}

fn index(output: &Output) -> String {
    let mut out = String::from(
        "<div class=\"card\"><h2>Settlements</h2><div class=\"scroll\"><table><thead><tr><th>Settlement</th>\
         <th>Marketplace</th><th>Until</th><th>Adds up</th><th class=\"number\">Amount</th></tr></thead><tbody>",
    );
    for shown in &output.settlements {
        let id = escape(&shown.settlement_id);
        let (class, word) = footing(shown);
        push(
            &mut out,
            format_args!(
                "<tr><td><a href=\"#s{id}\">{id}</a></td><td>{}</td><td>{}</td>\
                 <td><span class=\"badge {class}\">{word}</span></td><td class=\"number\">{} {}</td></tr>",
                escape(&shown.marketplace),
                minute(&shown.end),
                grouped(shown.sum.0),
                shown.currency
            ),
        );
    }
    for file in output.files.iter().filter(|file| file.error.is_some()) {
        push(
            &mut out,
            format_args!(
                "<tr><td colspan=\"3\">{}</td><td><span class=\"badge bad\">Not read</span></td><td></td></tr>",
                escape(&file.file)
            ),
        );
    }
    out.push_str("</tbody></table></div></div>");
    out
}

fn unread(file: &FileShown) -> String {
    let Some(error) = &file.error else { return String::new() };
    let place = match (error.line, error.column) {
        (0, _) => String::new(),
        (line, 0) => format!("Line {line}: "),
        (line, column) => format!("Line {line}, cell {column}: "),
    };
    format!(
        "<div class=\"card\"><h2>{} <span class=\"badge bad\">Not read</span></h2>\
         <p class=\"problem\">{place}{}</p><p>{}</p><p class=\"soft small\"><code>{}</code></p></div>",
        escape(&file.file),
        escape(&error.detail),
        escape(&error.advice),
        escape(&error.code)
    )
}

pub(in crate::cli) fn push(out: &mut String, words: std::fmt::Arguments<'_>) {
    out.push_str(&std::fmt::format(words));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_fetches_nothing_and_runs_nothing() {
        let page = shell("<b>", "x");
        assert!(page.contains("<title>&lt;b&gt;</title>"));
        for word in ["<script", "http://", "https://", "url(", "@import", "javascript:"] {
            assert!(!page.contains(word), "{word}");
        }
    }
}
