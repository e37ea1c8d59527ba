//! The balances and the bridge on the pack's page, and what all of its tables are made of.

use base::Money;
use mapping::settlement::close::Section;

use super::super::super::settlement::{escape, grouped, push};
use super::super::Close;
use super::super::text::counted;

pub(super) fn cell(amount: Money) -> String {
    let class = if amount.is_negative() { "number minus" } else { "number" };
    format!("<td class=\"{class}\">{}</td>", grouped(amount))
}

fn maybe(amount: Option<Money>) -> String {
    amount.map_or("<td class=\"number soft\">–</td>".to_owned(), cell)
}

pub(super) fn card(out: &mut String, title: &str, badge: &str) {
    push(out, format_args!("<div class=\"card\"><h2>{} {badge}</h2>", escape(title)));
}

pub(super) fn table(out: &mut String, columns: &[(&str, bool)]) {
    out.push_str("<div class=\"scroll\"><table><thead><tr>");
    for (name, is_number) in columns {
        let class = if *is_number { " class=\"number\"" } else { "" };
        push(out, format_args!("<th{class}>{name}</th>"));
    }
    out.push_str("</tr></thead><tbody>");
}

pub(super) const TABLE_END: &str = "</tbody></table></div>";

pub(super) fn badge(is_well: bool, words: (&str, &str)) -> String {
    let (class, word) = if is_well { ("good", words.0) } else { ("bad", words.1) };
    format!("<span class=\"badge {class}\">{word}</span>")
}

/// Every list in a line: what it comes to beside what Xero has.
pub(super) fn summary(close: &Close, out: &mut String) {
    card(out, "Balances with Amazon", "");
    let columns = [("Balance", false), ("Account", false), ("Items", true), ("Listed", true)];
    let rest = [("Xero's trial balance", true), ("Difference", true), ("", false)];
    table(out, &[&columns[..], &rest[..]].concat());
    for section in &close.balances {
        let judged = match section.ledger {
            Some(_) => badge(section.is_well, ("ties", "look here")),
            None => String::new(),
        };
        push(
            out,
            format_args!(
                "<tr><td>{}</td><td class=\"soft\">{}</td><td class=\"number\">{}</td>\
                 {}{}{}<td class=\"number\">{judged}</td></tr>",
                linked(section),
                escape(section.account.as_deref().unwrap_or("no account of its own")),
                section.items.len(),
                cell(section.sum),
                maybe(section.ledger),
                maybe(section.difference)
            ),
        );
    }
    out.push_str(TABLE_END);
    out.push_str("</div>");
}

/// A list of nothing that ties is not shown again below.
fn is_shown(section: &Section) -> bool {
    !section.items.is_empty() || !section.is_well
}

fn linked(section: &Section) -> String {
    let title = escape(&section.title);
    if is_shown(section) { format!("<a href=\"#{}\">{title}</a>", anchor(section)) } else { title }
}

fn anchor(section: &Section) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() { c } else { '-' };
    section.name.chars().map(plain).collect()
}

pub(super) fn section(section: &Section, out: &mut String) {
    if !is_shown(section) {
        return;
    }
    let judged = match section.ledger {
        Some(_) => badge(section.is_well, ("ties", "look here")),
        None => String::new(),
    };
    push(out, format_args!("<div class=\"card\" id=\"{}\">", anchor(section)));
    push(out, format_args!("<h2>{} {judged}</h2>", escape(&section.title)));
    let class = if section.is_well { "note" } else { "problem" };
    for note in &section.notes {
        push(out, format_args!("<p class=\"{class}\">{}</p>", escape(note)));
    }
    ages(section, out);
    table(
        out,
        &[("Id", false), ("What", false), ("Since", false), ("Days", true), ("Amount", true)],
    );
    for item in &section.items {
        let named = item.documents.iter().filter(|number| **number != item.id);
        let named: Vec<String> = named.map(|number| escape(number)).collect();
        let named = if named.is_empty() {
            String::new()
        } else {
            format!("<br><span class=\"soft small\">{}</span>", named.join(", "))
        };
        push(
            out,
            format_args!(
                "<tr><td><code>{}</code></td><td>{}{named}</td><td class=\"day\">{}</td><td class=\"number\">{}</td>{}</tr>",
                escape(&item.id),
                escape(&item.text),
                item.date.map_or(String::new(), |day| day.to_string()),
                item.days.map_or(String::new(), |days| days.to_string()),
                cell(item.amount)
            ),
        );
    }
    sums(section, out);
    out.push_str("</table></div></div>");
}

fn sums(section: &Section, out: &mut String) {
    out.push_str("</tbody><tfoot>");
    let mut row = |name: &str, amount: Money| {
        push(out, format_args!("<tr><td colspan=\"4\">{name}</td>{}</tr>", cell(amount)));
    };
    row("Listed", section.sum);
    if let (Some(ledger), Some(difference)) = (section.ledger, section.difference) {
        row("Xero's trial balance", ledger);
        row("Difference", difference);
    }
    out.push_str("</tfoot>");
}

fn ages(section: &Section, out: &mut String) {
    if section.ages.is_empty() {
        return;
    }
    out.push_str("<dl class=\"facts part\">");
    for age in &section.ages {
        push(
            out,
            format_args!(
                "<div><dt>{} · {}</dt><dd>{}</dd></div>",
                age.age.words(),
                counted(age.items),
                grouped(age.amount)
            ),
        );
    }
    out.push_str("</dl>");
}

pub(super) fn bridge(close: &Close, out: &mut String) {
    let told = &close.bridge;
    card(out, "Bridge to Amazon's balance", &badge(told.closes, ("closes", "look here")));
    if let (Some(code), Some(detail)) = (&told.code, &told.detail) {
        push(
            out,
            format_args!(
                "<p class=\"problem\">{} <code class=\"soft\">{}</code></p>",
                escape(detail),
                escape(code)
            ),
        );
    }
    if let Some(bridge) = &told.bridge {
        let sides = [
            ("In the books, with what they do not carry yet", &bridge.left),
            ("At Amazon, with what it has sent", &bridge.right),
        ];
        for (title, items) in sides {
            push(out, format_args!("<h3 class=\"part\">{title}</h3>"));
            table(out, &[("Id", false), ("What", false), ("Amount", true)]);
            let mut sum = Money::zero(bridge.currency);
            for item in items {
                sum = sum.plus(item.amount).unwrap_or(sum);
                push(
                    out,
                    format_args!(
                        "<tr><td><code>{}</code></td><td>{}</td>{}</tr>",
                        escape(&item.id),
                        escape(&item.text),
                        cell(item.amount)
                    ),
                );
            }
            push(
                out,
                format_args!(
                    "</tbody><tfoot><tr><td colspan=\"2\">In all</td>{}</tr></tfoot></table></div>",
                    cell(sum)
                ),
            );
        }
    }
    out.push_str("</div>");
}
