//! The tables of a settlement's page.

use mapping::settlement::Verdict;

use super::{escape, push};
use crate::cli::settlement::shown::{
    CheckShown, DocumentShown, LineShown, Plain, QuestionShown, Shown, grouped,
};
use crate::cli::settlement::table::title;

/// What a person must know before reading on.
pub(super) fn problem(shown: &Shown) -> String {
    let mut out = String::new();
    if let (Some(false), Some(total)) = (shown.foots, shown.total) {
        push(
            &mut out,
            format_args!(
                "<p class=\"problem\">Amazon declares {} and the rows come to {}. Nothing of it should be \
                 posted before Amazon gives a complete report.</p>",
                grouped(total.0),
                grouped(shown.sum.0)
            ),
        );
    }
    for note in &shown.notes {
        push(&mut out, format_args!("<p class=\"note\">{}</p>", escape(note)));
    }
    for QuestionShown { code, detail } in &shown.questions {
        push(
            &mut out,
            format_args!(
                "<p class=\"note\">Question: {} <code class=\"soft\">{}</code></p>",
                escape(detail),
                escape(code)
            ),
        );
    }
    out
}

pub(super) fn categories(shown: &Shown) -> String {
    let mut out = String::from("<div class=\"card\"><h2>What is in it</h2><table><tbody>");
    for (category, amount) in &shown.categories.0 {
        push(
            &mut out,
            format_args!("<tr><td>{}</td>{}</tr>", title(*category), number(Plain(*amount))),
        );
    }
    push(
        &mut out,
        format_args!(
            "</tbody><tfoot><tr><td>{} rows</td>{}</tr></tfoot></table></div>",
            shown.rows,
            number(shown.sum)
        ),
    );
    out
}

pub(super) fn accounts(shown: &Shown) -> String {
    let rules = shown.rules.name.as_deref().unwrap_or("No rule book");
    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "<div class=\"card\"><h2>By account</h2><p class=\"soft small\">{}: {}</p>",
            escape(rules),
            escape(&shown.rules.chosen)
        ),
    );
    if shown.accounts.is_empty() {
        out.push_str("</div>");
        return out;
    }
    out.push_str(
        "<div class=\"scroll\"><table><thead><tr><th>Account</th><th class=\"number\">Amount</th>\
         <th class=\"number\">Tax inside</th></tr></thead><tbody>",
    );
    for account in &shown.accounts {
        push(
            &mut out,
            format_args!(
                "<tr><td><span class=\"soft\">{}</span> {}</td>{}{}</tr>",
                escape(&account.code),
                escape(&account.name),
                number(account.amount),
                tax(account.tax)
            ),
        );
    }
    push(
        &mut out,
        format_args!(
            "</tbody><tfoot><tr><td>Carried by the documents below</td>{}<td></td></tr>",
            number(shown.posted)
        ),
    );
    if !shown.covered.0.is_zero() {
        push(
            &mut out,
            format_args!(
                "<tr><td>Carried by documents of orders</td>{}<td></td></tr>",
                number(shown.covered)
            ),
        );
    }
    out.push_str("</tfoot></table></div></div>");
    out
}

pub(super) fn documents(shown: &Shown) -> String {
    if shown.documents.is_empty() {
        return String::new();
    }
    let mut out = String::from("<div class=\"card\"><h2>What would be posted in Xero</h2>");
    for one in &shown.documents {
        out.push_str(&if one.lines.is_empty() { payment(one) } else { document(one) });
    }
    out.push_str("</div>");
    out
}

fn payment(one: &DocumentShown) -> String {
    format!(
        "<div class=\"move\">{}<span class=\"number\">{}</span></div>",
        heading(one),
        grouped(one.total.0)
    )
}

fn heading(one: &DocumentShown) -> String {
    let through = one.account.as_deref().map(|name| format!("<span>{}</span>", escape(name)));
    format!(
        "<span class=\"kind\">{}</span><code>{}</code><span class=\"soft\">{}</span>{}\
         <span class=\"soft\">{}</span>",
        one.kind,
        escape(&one.number),
        one.date,
        through.unwrap_or_default(),
        escape(&one.text)
    )
}

fn document(one: &DocumentShown) -> String {
    let mut out = String::new();
    push(
        &mut out,
        format_args!(
            "<details open><summary>{}<span class=\"number\">{}</span></summary><div class=\"scroll\"><table>\
             <thead><tr><th>Line</th><th>Account</th><th>Tax</th><th class=\"number\">Amount</th>\
             <th class=\"number\">Tax inside</th></tr></thead><tbody>",
            heading(one),
            grouped(one.total.0)
        ),
    );
    for line in &one.lines {
        out.push_str(&row(line));
    }
    push(
        &mut out,
        format_args!(
            "</tbody><tfoot><tr><td colspan=\"3\">Total</td>{}{}</tr></tfoot></table></div></details>",
            number(one.total),
            number(one.tax)
        ),
    );
    out
}

fn row(line: &LineShown) -> String {
    let stated =
        if line.stated { "<br><span class=\"soft small\">stated by Amazon</span>" } else { "" };
    format!(
        "<tr><td>{}<br><span class=\"soft small\">{}</span></td><td><span class=\"soft\">{}</span> {}</td>\
         <td>{}{stated}</td>{}{}</tr>",
        escape(&line.description),
        escape(&line.reason),
        escape(&line.account),
        escape(&line.account_name),
        escape(&line.tax_name),
        number(line.amount),
        tax(line.tax)
    )
}

pub(super) fn unknown(shown: &Shown) -> String {
    if shown.unknown.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<div class=\"card\"><h2>Words that nobody knows yet <span class=\"badge look\">in suspense</span></h2>\
         <p class=\"soft small\">Their amounts count; say what they are with <code>--map</code>.</p>\
         <div class=\"scroll\"><table><thead><tr><th>Transaction</th><th>Type</th><th>Description</th><th>Rows</th>\
         <th>First line</th><th>Perhaps</th><th class=\"number\">Amount</th></tr></thead><tbody>",
    );
    for one in &shown.unknown {
        push(
            &mut out,
            format_args!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}</tr>",
                escape(&one.transaction_type),
                escape(&one.amount_type),
                escape(&one.amount_description),
                one.rows,
                one.first_line,
                one.suggestion.map_or("", title),
                number(one.amount)
            ),
        );
    }
    out.push_str("</tbody></table></div></div>");
    out
}

pub(super) fn checks(shown: &Shown) -> String {
    if shown.checks.is_empty() {
        return String::new();
    }
    let mut out = String::from(
        "<div class=\"card\"><h2>Checks</h2><div class=\"scroll\"><table><thead><tr><th>Check</th><th></th>\
         <th>What it says</th><th class=\"number\">Expected</th><th class=\"number\">Found</th></tr></thead><tbody>",
    );
    for check in &shown.checks {
        out.push_str(&check_row(check));
    }
    out.push_str("</tbody></table></div></div>");
    out
}

fn check_row(check: &CheckShown) -> String {
    let (class, word) = match check.verdict {
        Verdict::Holds => ("good", "holds"),
        Verdict::Fails => ("bad", "fails"),
        Verdict::Review => ("look", "have a look"),
        Verdict::Missing => ("none", "not known"),
    };
    let cell = |amount: Option<Plain>| amount.map_or("<td></td>".to_owned(), number);
    format!(
        "<tr><td>{}</td><td><span class=\"badge {class}\">{word}</span></td><td>{}<br>\
         <code class=\"soft small\">{}</code></td>{}{}</tr>",
        escape(&check.name),
        escape(&check.detail),
        escape(&check.code),
        cell(check.expected),
        cell(check.found)
    )
}

/// How to come back to exactly this.
pub(super) fn facts(shown: &Shown) -> String {
    let mut out =
        String::from("<div class=\"card\"><h2>Where it comes from</h2><dl class=\"facts\">");
    let mut say = |name: &str, value: &str| {
        push(&mut out, format_args!("<div><dt>{name}</dt><dd>{}</dd></div>", escape(value)));
    };
    say("File", &shown.file);
    say("Rows", &shown.rows.to_string());
    say("Amazon's total", &shown.total.map_or("none".to_owned(), |one| grouped(one.0)));
    say("Way of booking", &shown.rules.way.replace('_', " "));
    if let Some(hash) = &shown.rules.hash {
        say("Rule book's hash", &hash.chars().take(16).collect::<String>());
    }
    if let Some(root) = &shown.root {
        say("Root of the rows", root);
    }
    out.push_str("</dl></div>");
    out
}

fn number(amount: Plain) -> String {
    let class = if amount.0.is_negative() { "number minus" } else { "number" };
    format!("<td class=\"{class}\">{}</td>", grouped(amount.0))
}

/// A tax of nothing is left out.
fn tax(amount: Plain) -> String {
    if amount.0.is_zero() { "<td class=\"number\"></td>".to_owned() } else { number(amount) }
}
