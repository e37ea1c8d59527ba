//! A proof as a page for people.

use base::Money;
use proof::{Finding, Proof, Verdict};

use super::minute;
use crate::cli::settlement::{escape, grouped, push, shell};

pub(super) fn page(proof: &Proof, findings: &[Finding]) -> String {
    let mut out = String::new();
    head(proof, findings, &mut out);
    finding_table(findings, &mut out);
    chain(proof, &mut out);
    categories(proof, &mut out);
    documents(proof, &mut out);
    checks(proof, &mut out);
    facts(proof, &mut out);
    shell(&format!("Proof of settlement {}", proof.settlement.settlement_id), &out)
}

fn head(proof: &Proof, findings: &[Finding], out: &mut String) {
    let settlement = &proof.settlement;
    let (class, word) = if findings.is_empty() {
        ("good", "The proof holds")
    } else {
        ("bad", "The proof does not hold")
    };
    push(
        out,
        format_args!(
            "<section class=\"settlement\"><div class=\"head\"><div><h1>Proof of settlement {}</h1>\
             <p class=\"soft\">{} · {} to {}</p><p><span class=\"badge {class}\">{word}</span></p></div>\
             <div class=\"payout\"><div class=\"amount\">{} {}</div><p class=\"soft\">{} rows</p></div></div>",
            escape(&settlement.settlement_id),
            escape(&settlement.marketplace),
            minute(settlement.start),
            minute(settlement.end),
            grouped(proof.report.sum),
            settlement.currency,
            proof.report.rows
        ),
    );
}

fn finding_table(findings: &[Finding], out: &mut String) {
    for finding in findings {
        let side = |name: &str, text: &Option<String>| {
            text.as_deref().map_or(String::new(), |text| format!(" · {name} {}", escape(text)))
        };
        push(
            out,
            format_args!(
                "<p class=\"problem\"><strong>{}</strong>: {}{}{} <code class=\"soft\">{}</code></p>",
                escape(&finding.place),
                escape(&finding.detail),
                side("expected", &finding.expected),
                side("found", &finding.found),
                escape(&finding.code)
            ),
        );
    }
}

/// The equation that the proof is about, each side with its number.
fn chain(proof: &Proof, out: &mut String) {
    out.push_str("<div class=\"card\"><h2>Each cent once</h2><table><tbody>");
    let mut row = |name: &str, rows: Option<u64>, amount: Option<Money>| {
        let rows = rows.map_or(String::new(), |rows| format!("{rows} rows"));
        push(
            out,
            format_args!("<tr><td>{name}</td><td class=\"soft\">{rows}</td>{}</tr>", cell(amount)),
        );
    };
    row("Amazon's rows", Some(proof.report.rows), Some(proof.report.sum));
    row("Amazon's declared total", None, proof.settlement.total);
    for (name, share) in proof.coverage.shares().into_iter().filter(|(_, share)| share.rows > 0) {
        row(coverage_word(name), Some(share.rows), Some(share.amount));
        if let Some(opening) = proof.coverage.opening.filter(|_opening| name == "covered") {
            row("of these by the opening balances", Some(opening.rows), Some(opening.amount));
        }
    }
    for control in &proof.controls {
        let name = match control.name.as_str() {
            "summary" => "Amazon's summary",
            "payout" => "Amazon's payout",
            _ => "Amazon's event group",
        };
        let name = if control.verdict == Verdict::Missing {
            format!("{name}: not known, {}", escape(&control.detail))
        } else {
            name.to_owned()
        };
        row(&name, None, control.found);
    }
    if let Some(payout) = &proof.payout {
        row("Money to the bank", None, Some(payout.amount));
    }
    out.push_str("</tbody></table></div>");
}

fn coverage_word(name: &str) -> &'static str {
    match name {
        "covered" => "Carried by documents of orders or opening balances",
        "posted" => "Posted by this settlement's documents",
        "planned" => "Would be posted by this settlement's documents",
        _ => "Held for a person",
    }
}

fn categories(proof: &Proof, out: &mut String) {
    out.push_str("<div class=\"card\"><h2>By kind</h2><table><tbody>");
    for (name, amount) in &proof.categories {
        push(out, format_args!("<tr><td>{}</td>{}</tr>", escape(name), cell(Some(*amount))));
    }
    out.push_str("</tbody></table></div>");
}

fn documents(proof: &Proof, out: &mut String) {
    if proof.documents.is_empty() {
        return;
    }
    out.push_str(
        "<div class=\"card\"><h2>Documents</h2><div class=\"scroll\"><table><thead><tr><th>Document</th><th>Number</th>\
         <th>Date</th><th>Status</th><th class=\"number\">Total</th><th class=\"number\">Carries</th></tr></thead><tbody>",
    );
    for one in &proof.documents {
        let id = one
            .xero_id
            .as_deref()
            .map_or(String::new(), |id| format!("<br><code>{}</code>", escape(id)));
        push(
            out,
            format_args!(
                "<tr><td class=\"kind\">{}</td><td><code>{}</code>{id}</td><td>{}</td><td>{}</td>{}{}</tr>",
                escape(&one.kind),
                escape(&one.number),
                one.date,
                escape(&one.status),
                cell(Some(one.total)),
                cell(Some(one.carries).filter(|amount| !amount.is_zero()))
            ),
        );
    }
    out.push_str("</tbody></table></div></div>");
}

fn checks(proof: &Proof, out: &mut String) {
    if proof.checks.is_empty() {
        return;
    }
    out.push_str(
        "<div class=\"card\"><h2>Checks</h2><div class=\"scroll\"><table><thead><tr><th>Check</th><th></th>\
         <th>What it says</th><th class=\"number\">Expected</th><th class=\"number\">Found</th></tr></thead><tbody>",
    );
    for check in &proof.checks {
        let (class, word) = match check.verdict {
            Verdict::Holds => ("good", "holds"),
            Verdict::Fails => ("bad", "fails"),
            Verdict::Review => ("look", "have a look"),
            Verdict::Missing => ("none", "not known"),
        };
        push(
            out,
            format_args!(
                "<tr><td>{}</td><td><span class=\"badge {class}\">{word}</span></td><td>{}</td>{}{}</tr>",
                escape(&check.name),
                escape(&check.detail),
                cell(check.expected),
                cell(check.found)
            ),
        );
    }
    out.push_str("</tbody></table></div></div>");
}

fn facts(proof: &Proof, out: &mut String) {
    out.push_str(
        "<div class=\"card\"><h2>What is bound by the signature</h2><dl class=\"facts wide\">",
    );
    let mut say = |name: &str, value: &str| {
        push(
            out,
            format_args!("<div><dt>{name}</dt><dd><code>{}</code></dd></div>", escape(value)),
        );
    };
    say("Root of the rows", &proof.root.to_string());
    say("SHA-256 of the report", &proof.report.sha256.to_string());
    say("Rule book", &format!("{} {}", proof.book.rules, proof.book.rules_hash));
    say("Made", &format!("{}, {}", minute(proof.made_at), proof.program));
    let signed = match &proof.signature {
        Some(one) if proof.installation => format!("installation {}", one.public_key),
        Some(one) => format!("a key for this proof alone {}", one.public_key),
        None => "nobody".to_owned(),
    };
    say("Signed by", &signed);
    out.push_str("</dl></div></section>");
}

fn cell(amount: Option<Money>) -> String {
    let Some(amount) = amount else { return "<td></td>".to_owned() };
    let class = if amount.is_negative() { "number minus" } else { "number" };
    format!("<td class=\"{class}\">{}</td>", grouped(amount))
}
