//! The documents as they go to Xero, with the reasons.

use mapping::settlement::{Planned, PlannedLine, What};

use crate::settlements::journals::name;
use crate::settlements::month_end::MonthEnd;
use crate::settlements::{Chosen, Told};

pub(crate) fn told(settlements: &[Told], chosen: &Chosen, before: Option<&MonthEnd>) -> String {
    let mut text: Vec<String> = before.map(MonthEnd::documents).into_iter().collect();
    for told in settlements {
        text.extend(told.plan.documents.iter().map(|planned| document(planned, chosen)));
        for question in &told.plan.questions {
            text.push(format!("asks {}: {}\n", question.code, question.detail));
        }
    }
    text.concat()
}

fn document(planned: &Planned, chosen: &Chosen) -> String {
    let pack = &chosen.pack;
    let (date, number, total) = (planned.date, &planned.number, planned.total);
    let head = match planned.what {
        What::Invoice => format!("invoice {number} of {date}: {total}, tax {}", planned.tax),
        What::Bill => format!("bill {number} of {date}: {total}, tax {}", planned.tax),
        What::Payment { account, .. } => {
            format!("payment of {number}, {date}: {total} through {}", name(account, pack))
        }
        What::Receive { bank } => {
            format!("receive {number}, {date}: {total} on {}", name(bank, pack))
        }
        What::Spend { bank } => format!("spend {number}, {date}: {total} on {}", name(bank, pack)),
        What::Transfer { from, to } => format!(
            "transfer {number}, {date}: {total} from {} to {}",
            name(from, pack),
            name(to, pack)
        ),
        What::Journal { against } => {
            format!("journal {number} of {date}: {total} against {}", name(against, pack))
        }
    };
    let lines = planned.lines.iter().map(|one| line(one, chosen));
    format!("{head} {:?}\n", planned.text) + &lines.collect::<String>()
}

fn line(line: &PlannedLine, chosen: &Chosen) -> String {
    let tax_type = chosen.pack.tax_type(&line.class, chosen.edition);
    let stated = if line.stated { " as stated" } else { "" };
    format!(
        "    {} on {} {} tax {}{stated} {:?}: {} ({})\n",
        line.amount.amount(),
        chosen.pack.code(line.role).unwrap().code,
        tax_type.map_or_else(|| format!("({} is asked for)", line.class), str::to_owned),
        line.tax.amount(),
        line.description,
        line.reason,
        counted(line.rows)
    )
}

fn counted(rows: u64) -> String {
    match rows {
        0 => "no row of Amazon's".to_owned(),
        1 => "1 row".to_owned(),
        rows => format!("{rows} rows"),
    }
}
