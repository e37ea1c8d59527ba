//! The pack as spreadsheets: one CSV file for each list.

use base::Money;

use super::super::settlement::quoted;
use super::Close;
use super::text::documents;

/// What the files are called, with what is in them.
pub(super) fn sheets(close: &Close) -> [(&'static str, String); 7] {
    [
        ("balances", balances(close)),
        ("bridge", bridge(close)),
        ("tax", tax(close)),
        ("fees", fees(close)),
        ("gross", gross(close)),
        ("settlements", settlements(close)),
        ("open", open(close)),
    ]
}

struct Sheet(String);

impl Sheet {
    fn new(heading: &str) -> Sheet {
        Sheet(format!("{heading}\n"))
    }

    fn row(&mut self, cells: &[String]) {
        let cells: Vec<String> = cells.iter().map(|cell| quoted(cell)).collect();
        self.0.push_str(&cells.join(","));
        self.0.push('\n');
    }
}

fn plain(money: Money) -> String {
    money.amount().to_string()
}

fn some<T: ToString>(value: Option<T>) -> String {
    value.map_or(String::new(), |value| value.to_string())
}

/// The items of each list, then what they come to beside Xero's number.
fn balances(close: &Close) -> String {
    let mut sheet =
        Sheet::new("section,account,row,id,text,documents,since,days,age,amount,currency");
    for section in &close.balances {
        let mut row =
            |kind: &str, [id, text, documents]: [String; 3], aged: [String; 3], amount| {
                let [since, days, age] = aged;
                let account = section.account.clone().unwrap_or_default();
                let (kind, currency) = (kind.to_owned(), close.currency.to_string());
                let name = section.name.clone();
                sheet.row(&[
                    name, account, kind, id, text, documents, since, days, age, amount, currency,
                ]);
            };
        for item in &section.items {
            let age = item.age.map_or(String::new(), |age| age.words().to_owned());
            row(
                "item",
                [item.id.clone(), item.text.clone(), item.documents.join(" ")],
                [some(item.date), some(item.days), age],
                plain(item.amount),
            );
        }
        let none = || [String::new(), String::new(), String::new()];
        row("listed", none(), none(), plain(section.sum));
        if let (Some(ledger), Some(difference)) = (section.ledger, section.difference) {
            row("xero", none(), none(), plain(ledger));
            row("difference", none(), none(), plain(difference));
        }
    }
    sheet.0
}

fn bridge(close: &Close) -> String {
    let mut sheet = Sheet::new("side,kind,id,text,amount,currency");
    let Some(bridge) = &close.bridge.bridge else { return sheet.0 };
    for (side, items) in [("books", &bridge.left), ("amazon", &bridge.right)] {
        for item in items {
            sheet.row(&[
                side.to_owned(),
                format!("{:?}", item.kind).to_lowercase(),
                item.id.clone(),
                item.text.clone(),
                plain(item.amount),
                close.currency.to_string(),
            ]);
        }
    }
    sheet.0
}

fn tax(close: &Close) -> String {
    let mut sheet = Sheet::new("row,documents,tax_type,name,percent,count,net,tax,currency");
    let currency = close.currency.to_string();
    for row in &close.tax.rows {
        sheet.row(&[
            "tax type".to_owned(),
            documents(row.documents).to_owned(),
            row.tax_type.clone(),
            row.name.clone(),
            row.percent.clone().unwrap_or_default(),
            row.count.to_string(),
            plain(row.net),
            plain(row.tax),
            currency.clone(),
        ]);
    }
    for row in &close.tax.totals {
        sheet.row(&[
            "together".to_owned(),
            String::new(),
            row.tax_type.clone(),
            row.name.clone(),
            String::new(),
            String::new(),
            plain(row.net),
            plain(row.tax),
            currency.clone(),
        ]);
    }
    for row in &close.tax.boxes {
        let amount = plain(row.amount);
        let is_tax = matches!(row.number, "1" | "4");
        let (net, tax) = if is_tax { (String::new(), amount) } else { (amount, String::new()) };
        sheet.row(&[
            format!("box {}", row.number),
            String::new(),
            String::new(),
            row.what.to_owned(),
            String::new(),
            String::new(),
            net,
            tax,
            currency.clone(),
        ]);
    }
    sheet.0
}

fn fees(close: &Close) -> String {
    let mut sheet = Sheet::new(
        "marketplace,kind,account,tax_type,net,tax,gross,currency,documents,amazon_invoice,ticked",
    );
    for row in &close.fees {
        sheet.row(&[
            row.marketplace.clone(),
            row.kind.clone(),
            row.account.clone(),
            row.tax_type.clone(),
            plain(row.net),
            plain(row.tax),
            plain(row.gross),
            close.currency.to_string(),
            row.documents.join(" "),
            String::new(),
            String::new(),
        ]);
    }
    sheet.0
}

fn gross(close: &Close) -> String {
    let mut sheet =
        Sheet::new("marketplace,zone,period,sales,principal,shipping,gift_wrap,tax,total,currency");
    for row in &close.gross.rows {
        let year = close.month.split('-').next().unwrap_or_default().to_owned();
        for (period, gross) in [(close.month.clone(), row.month), (year, row.year)] {
            sheet.row(&[
                row.marketplace.clone(),
                row.zone.clone(),
                period,
                gross.sales.to_string(),
                plain(gross.principal),
                plain(gross.shipping),
                plain(gross.gift_wrap),
                plain(gross.tax),
                plain(gross.total),
                row.currency.to_string(),
            ]);
        }
    }
    sheet.0
}

fn settlements(close: &Close) -> String {
    let mut sheet = Sheet::new(
        "settlement_id,starts,ends,total,currency,documents,standing,payout_id,initiated,paid_out,payout_status,bank,proof",
    );
    for row in &close.settlements {
        let payout = row.payout.as_ref();
        sheet.row(&[
            row.settlement_id.clone(),
            row.starts.to_string(),
            row.ends.to_string(),
            plain(row.total),
            row.total.currency().to_string(),
            row.documents.join(" "),
            row.standing.to_owned(),
            payout.map_or(String::new(), |payout| payout.payout_id.clone()),
            some(payout.and_then(|payout| payout.initiated)),
            payout.and_then(|payout| payout.amount).map_or(String::new(), plain),
            payout.map_or(String::new(), |payout| payout.status.clone()),
            row.bank.clone(),
            row.proof.clone().unwrap_or_default(),
        ]);
    }
    sheet.0
}

fn open(close: &Close) -> String {
    let mut sheet = Sheet::new("kind,id,code,detail");
    for one in &close.open {
        let (kind, id) = (one.kind.to_owned(), one.id.clone());
        sheet.row(&[kind, id, one.code.clone(), one.detail.clone()]);
    }
    sheet.0
}
