//! The month's own lists on the pack's page: tax, fees, gross sales, settlements, what waits.

use base::Money;
use mapping::settlement::close::Gross;

use super::super::super::settlement::{escape, push};
use super::super::Close;
use super::super::listed::SettledRow;
use super::super::text::documents;
use super::parts::{TABLE_END, badge, card, cell, table};

pub(super) fn tax(close: &Close, out: &mut String) {
    card(out, "Tax of the documents dated in the month", "");
    out.push_str(
        "<p class=\"soft small\">By the date of the document, accruals and their reversals included. On a sales \
         invoice a fee that Amazon took off is negative.</p>",
    );
    table(
        out,
        &[
            ("Documents", false),
            ("Tax type", false),
            ("Rate", true),
            ("Count", true),
            ("Net", true),
            ("Tax", true),
        ],
    );
    for row in &close.tax.rows {
        let percent =
            row.percent.as_deref().map_or(String::new(), |percent| format!("{percent} %"));
        push(
            out,
            format_args!(
                "<tr><td>{}</td><td>{} <span class=\"soft small\">{}</span></td><td class=\"number\">{percent}</td>\
                 <td class=\"number\">{}</td>{}{}</tr>",
                documents(row.documents),
                escape(&row.name),
                escape(&row.tax_type),
                row.count,
                cell(row.net),
                cell(row.tax)
            ),
        );
    }
    out.push_str(TABLE_END);
    totals(close, out);
    if !close.tax.boxes.is_empty() {
        out.push_str("<h3 class=\"part\">Boxes of the VAT return</h3>");
        table(out, &[("Box", false), ("What", false), ("Amount", true)]);
        for row in &close.tax.boxes {
            push(
                out,
                format_args!(
                    "<tr><td>{}</td><td>{}</td>{}</tr>",
                    row.number,
                    row.what,
                    cell(row.amount)
                ),
            );
        }
        out.push_str(TABLE_END);
    }
    if !close.tax.unboxed.is_empty() {
        push(
            out,
            format_args!(
                "<p class=\"problem\">No box is known for {}.</p>",
                escape(&close.tax.unboxed.join(", "))
            ),
        );
    }
    out.push_str("</div>");
}

fn totals(close: &Close, out: &mut String) {
    out.push_str("<h3 class=\"part\">Together, by tax type: income positive, costs negative</h3>");
    table(out, &[("Tax type", false), ("Net", true), ("Tax", true)]);
    for row in &close.tax.totals {
        push(
            out,
            format_args!(
                "<tr><td>{} <span class=\"soft small\">{}</span></td>{}{}</tr>",
                escape(&row.name),
                escape(&row.tax_type),
                cell(row.net),
                cell(row.tax)
            ),
        );
    }
    out.push_str(TABLE_END);
}

pub(super) fn fees(close: &Close, out: &mut String) {
    card(out, "Amazon's fees, to hold against its tax invoices", "");
    out.push_str(
        "<p class=\"soft small\">Daybook cannot fetch Amazon's fee tax invoices: download them in Seller Central \
         (Reports, Tax Document Library) and tick each line off. Accruals by journal, which carry no tax, are not in it.</p>",
    );
    table(
        out,
        &[
            ("Marketplace", false),
            ("Fee", false),
            ("Account", false),
            ("Tax type", false),
            ("Net", true),
            ("Input tax", true),
            ("Gross", true),
            ("Ticked", true),
        ],
    );
    let mut sums = [Money::zero(close.currency); 3];
    for row in &close.fees {
        for (sum, amount) in sums.iter_mut().zip([row.net, row.tax, row.gross]) {
            *sum = sum.plus(amount).unwrap_or(*sum);
        }
        push(
            out,
            format_args!(
                "<tr><td>{}</td><td>{}</td><td>{}</td><td>{}</td>{}{}{}<td class=\"number\">☐</td></tr>",
                escape(if row.marketplace.is_empty() {
                    "(whole account)"
                } else {
                    &row.marketplace
                }),
                escape(&row.kind),
                escape(&row.account),
                escape(&row.tax_type),
                cell(row.net),
                cell(row.tax),
                cell(row.gross)
            ),
        );
    }
    push(
        out,
        format_args!(
            "</tbody><tfoot><tr><td colspan=\"4\">In all</td>{}<td></td></tr></tfoot></table></div></div>",
            sums.map(cell).concat()
        ),
    );
}

pub(super) fn gross(close: &Close, out: &mut String) {
    card(out, "Gross sales before fees and refunds", "");
    out.push_str(
        "<p class=\"soft small\">What buyers paid, tax included, by the day on which Amazon posted the sale in the \
         marketplace's own time zone: for Amazon's form 1099-K.",
    );
    if let Some(since) = close.gross.since {
        push(
            out,
            format_args!(" Daybook knows sales since {since}; earlier ones are not in the year."),
        );
    }
    out.push_str("</p>");
    table(
        out,
        &[
            ("Marketplace", false),
            ("Period", false),
            ("Sales", true),
            ("Principal", true),
            ("Shipping", true),
            ("Gift wrap", true),
            ("Tax", true),
            ("Gross", true),
        ],
    );
    let year = close.month.split('-').next().unwrap_or_default();
    for row in &close.gross.rows {
        let periods = [(close.month.clone(), row.month), (format!("{year} to date"), row.year)];
        for (period, gross) in periods {
            push(
                out,
                format_args!(
                    "<tr><td>{} <span class=\"soft small\">{}, {}</span></td><td>{period}</td>{}</tr>",
                    escape(&row.marketplace),
                    row.currency,
                    escape(&row.zone),
                    gross_cells(gross)
                ),
            );
        }
    }
    out.push_str(TABLE_END);
    out.push_str("</div>");
}

fn gross_cells(gross: Gross) -> String {
    let amounts =
        [gross.principal, gross.shipping, gross.gift_wrap, gross.tax, gross.total].map(cell);
    format!("<td class=\"number\">{}</td>{}", gross.sales, amounts.concat())
}

pub(super) fn settlements(close: &Close, out: &mut String) {
    card(out, "Settlements and payouts of the month", "");
    for gap in &close.gaps {
        push(
            out,
            format_args!(
                "<p class=\"problem\">A settlement is missing between {} (until {}) and {} (from {}).</p>",
                escape(&gap.after),
                gap.from,
                escape(&gap.before),
                gap.until
            ),
        );
    }
    table(
        out,
        &[
            ("Settlement", false),
            ("From – to", false),
            ("Documents", false),
            ("Payout", false),
            ("Bank now", false),
            ("Proof", false),
            ("Total", true),
        ],
    );
    for row in &close.settlements {
        settled(row, out);
    }
    out.push_str(TABLE_END);
    out.push_str("</div>");
}

/// How Xero tells of the payout now.
fn bank(word: &str) -> String {
    let words = match word {
        "expected" => "not started",
        "initiated" => "on its way",
        "posted" => "in Xero, not matched",
        "matched" => "matched",
        "missing" => "not matched for days",
        "likely_double" => "likely booked twice",
        "failed" => "sent back",
        "none" => "nothing to pay",
        other => other,
    };
    escape(words)
}

fn settled(row: &SettledRow, out: &mut String) {
    let documents: Vec<String> = row.documents.iter().map(|number| escape(number)).collect();
    let payout = row.payout.as_ref().map_or("none".to_owned(), |payout| {
        let day = payout.initiated.map_or(String::new(), |day| format!("{day}, "));
        format!(
            "{day}{}<br><code class=\"soft small\">{}</code>",
            escape(&payout.status),
            escape(&payout.payout_id)
        )
    });
    push(
        out,
        format_args!(
            "<tr><td><code>{}</code><br><span class=\"soft small\">{}</span></td><td><span class=\"day\">{}</span> – <span class=\"day\">{}</span></td><td>{}</td>\
             <td>{payout}</td><td>{}</td><td>{}</td>{}</tr>",
            escape(&row.settlement_id),
            row.standing,
            row.starts,
            row.ends,
            documents.join("<br>"),
            bank(&row.bank),
            badge(row.proof.is_some(), ("yes", "no")),
            cell(row.total)
        ),
    );
}

pub(super) fn waiting(close: &Close, out: &mut String) {
    card(out, "What waits now", "");
    if close.open.is_empty() {
        out.push_str("<p>Nothing waits for a person.</p></div>");
        return;
    }
    table(out, &[("What", false), ("Id", false), ("Why", false)]);
    for one in &close.open {
        push(
            out,
            format_args!(
                "<tr><td>{}</td><td><code>{}</code></td><td>{}<br><code class=\"soft small\">{}</code></td></tr>",
                one.kind,
                escape(&one.id),
                escape(&one.detail),
                escape(&one.code)
            ),
        );
    }
    out.push_str(TABLE_END);
    out.push_str("</div>");
}
