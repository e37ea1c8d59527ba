//! What a story's owner chose: one line per difference from the first rule book.

use std::collections::BTreeMap;

use base::Timestamp;
use facts::{Act, Chart};
use mapping::{Compiled, Role, RuleBook};
use serde_json::Value;

pub(crate) struct Rules {
    pub(crate) chart: Chart,
    pub(crate) compiled: Compiled,
    pub(crate) approvals: Vec<(Timestamp, Act)>,
}

const ROLES: [(&str, &str); 13] = [
    ("clearing:GBP", "acc-gbp"),
    ("clearing:EUR", "acc-eur"),
    ("clearing:USD", "acc-usd"),
    ("clearing:JPY", "acc-jpy"),
    ("clearing:AUD", "acc-aud"),
    ("sales", "acc-sales"),
    ("shipping_income", "acc-shipping"),
    ("gift_wrap_income", "acc-wrap"),
    ("promotional_rebates", "acc-promo"),
    ("marketplace_tax", "acc-mtax"),
    ("foreign_vat", "acc-fvat"),
    ("suspense", "acc-susp"),
    ("fx_differences", "acc-fx"),
];

pub(crate) fn chart() -> Chart {
    serde_json::from_str(include_str!("../chart.json")).unwrap()
}

pub(crate) fn roles() -> BTreeMap<Role, String> {
    ROLES.iter().map(|(role, id)| (role.parse().unwrap(), (*id).to_owned())).collect()
}

/// `setting NAME VALUE`, `sku SKU CLASS`, `rate CURRENCY FROM RATE SOURCE`,
/// `row TABLE {cells}` (put first), `approve TIME ACT`, `lock DAY`.
pub(crate) fn read(text: &str) -> Rules {
    let mut chart = chart();
    let first = RuleBook::first(&chart, roles()).unwrap();
    let mut book: Value = serde_json::from_str(&first.to_json().unwrap()).unwrap();
    book["settings"]["posting"] = Value::from("post");
    let mut approvals = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()) {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["setting", name, value] => {
                book["settings"][*name] =
                    serde_json::from_str(value).unwrap_or_else(|_text| Value::from(*value));
            }
            ["sku", sku, class] => {
                let row = serde_json::json!({ "sku": sku, "tax_class": class, "item_code": null });
                book["skus"].as_array_mut().unwrap().push(row);
            }
            ["rate", currency, from, rate, source] => {
                let row = serde_json::json!({
                    "currency": currency, "from": from, "rate": rate, "source": source
                });
                book["rates"].as_array_mut().unwrap().push(row);
            }
            ["row", table, ..] => {
                let cells = line.split_once('{').unwrap().1;
                let row: Value = serde_json::from_str(&format!("{{{cells}")).unwrap();
                book["tables"][*table]["rules"].as_array_mut().unwrap().insert(0, row);
            }
            ["approve", time, act] => {
                let act = serde_json::from_str(&format!("\"{act}\"")).unwrap();
                approvals.push((Timestamp::parse(time).unwrap(), act));
            }
            ["lock", day] => {
                chart.organisation.period_lock = Some(base::Day::parse(day).unwrap());
            }
            other => panic!("{other:?} is no rule"),
        }
    }
    let book = RuleBook::from_json(&book.to_string()).unwrap();
    assert_eq!(book.check(&chart), Vec::new());
    Rules { chart, compiled: book.compile().unwrap(), approvals }
}
