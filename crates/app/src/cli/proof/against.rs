//! A proof beside Amazon's report: are these the rows that were proved?

use amazon::source::settlement::{Event, Hints, Malformed, Reader};
use base::Money;
use proof::{Fault, Finding, Proof, RowSeen, RowsCheck};

use crate::cli::Failure;
use crate::cli::settlement::Input;

/// What of the report is not as the proof says.
pub(super) fn report(proof: &Proof, name: &str, is_quiet: bool) -> Result<Vec<Finding>, Failure> {
    let input = Input::open(name, is_quiet)?;
    let mut reader = Reader::new(input.clone(), &Hints::default()).map_err(malformed)?;
    let mut found = Vec::new();
    let mut check = RowsCheck::start(proof);
    let id = proof.settlement.settlement_id.as_str();
    let mut is_there = false;
    while let Some(event) = reader.next_event().map_err(malformed)? {
        match event {
            Event::Settlement(settlement) if settlement.settlement_id == id => {
                is_there = true;
                header(proof, &settlement, &mut found);
            }
            Event::Row(row) if row.settlement_id == id => {
                let seen = RowSeen { line: row.line, bytes: row.raw, amount: row.amount };
                let taken = check.row(seen);
                taken.map_err(|error| Failure::new("unworkable_amount", error.to_string()))?;
            }
            Event::Settlement(_) | Event::Row(_) => {}
        }
    }
    drop(reader);
    if !is_there {
        let detail = format!("the report does not contain the settlement {id}");
        return Ok(vec![Finding::of(Fault::SettlementDiffers, "settlement", detail)]);
    }
    found.extend(check.finish());
    let (_, sha256) = input
        .finish()
        .map_err(|error| Failure::new("file_unreadable", format!("{name}: {error}")))?;
    if sha256 != proof.report.sha256 {
        let detail = "the file is not the one that was proved, byte for byte";
        let finding = Finding::of(Fault::ReportDiffers, "report.sha256", detail);
        found.push(finding.between(proof.report.sha256, sha256));
    }
    Ok(found)
}

fn header(proof: &Proof, read: &facts::settlement::Settlement, found: &mut Vec<Finding>) {
    let proved = &proof.settlement;
    let moment =
        |moment: Option<base::Timestamp>| moment.map_or("none".to_owned(), base::Timestamp::iso);
    let money = |money: Option<Money>| money.map_or("none".to_owned(), |m| m.to_string());
    let pairs = [
        ("currency", proved.currency.to_string(), read.currency.to_string()),
        ("start", proved.start.iso(), read.start.iso()),
        ("end", proved.end.iso(), read.end.iso()),
        ("deposit", moment(proved.deposit), moment(read.deposit)),
        ("total", money(proved.total), money(read.total)),
    ];
    for (field, expected, seen) in pairs {
        if expected != seen {
            let place = format!("settlement.{field}");
            let finding =
                Finding::of(Fault::SettlementDiffers, place, "the report's header differs");
            found.push(finding.between(expected, seen));
        }
    }
}

fn malformed(error: Malformed) -> Failure {
    let Malformed { code, line, column, detail, .. } = error;
    let place = match (line, column) {
        (0, _) => String::new(),
        (line, 0) => format!("line {line}: "),
        (line, column) => format!("line {line}, cell {column}: "),
    };
    Failure::new(code, format!("{place}{detail}"))
}
