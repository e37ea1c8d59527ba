use base::Call;
use lines::*;
use xero::api::*;
#[test]
fn dump() {
    let mut out = String::new();
    let mut d = |r: base::Request, op: &str, lim: base::Limit| {
        out.push_str(&format!("{op} {lim:?} {:?} {}\n", r, String::from_utf8_lossy(&r.body)));
    };
    fn go<C: Call>(c: &C, d: &mut impl FnMut(base::Request, &str, base::Limit)) {
        d(c.request(), C::OPERATION, C::LIMIT)
    }
    let e = base::Exact("1.50".parse().unwrap());
    go(&accounts::List, &mut d);
    go(
        &accounts::Create {
            code: Some("1"),
            name: "n",
            kind: "BANK",
            description: Some("d"),
            tax_type: Some("t"),
            enable_payments_to_account: Some(true),
            bank_account_number: Some("b"),
            currency_code: Some("GBP"),
        },
        &mut d,
    );
    go(
        &allocations::Create {
            credit_note_id: "a/b",
            invoice_id: "i",
            amount: e,
            date: "2020-01-01".into(),
        },
        &mut d,
    );
    go(&connections::List { auth_event_id: Some("x") }, &mut d);
    go(&connections::List { auth_event_id: None }, &mut d);
    go(
        &contacts::Create {
            contacts: vec![
                contacts::NewContact { name: "n", contact_number: "c", email_address: Some("e") },
                contacts::NewContact { name: "n", contact_number: "c", email_address: None },
            ],
        },
        &mut d,
    );
    go(&contacts::List { page: 3 }, &mut d);
    go(&contacts::Where { condition: "a==b c".into() }, &mut d);
    go(
        &credit_notes::Create {
            credit_notes: vec![credit_notes::NewCreditNote {
                kind: "k",
                credit_note_number: "n",
                reference: "r",
                contact: ContactById { contact_id: "c" },
                date: "d".into(),
                line_amount_types: "I",
                currency_code: "GBP",
                currency_rate: Some(e),
                status: "A",
                line_items: vec![],
            }],
        },
        &mut d,
    );
    go(&credit_notes::Where { condition: "a==b c".into() }, &mut d);
    go(&credit_notes::Get { credit_note_id: "a/b" }, &mut d);
    go(&currencies::List, &mut d);
    go(&currencies::Add { code: "EUR" }, &mut d);
    let inv = || invoices::NewInvoice {
        kind: Some("k"),
        invoice_number: Some("n"),
        reference: "r",
        contact: ContactById { contact_id: "c" },
        date: "d".into(),
        due_date: "e".into(),
        line_amount_types: "I",
        currency_code: "GBP",
        currency_rate: Some(e),
        url: Some("u"),
        status: "A",
        line_items: vec![],
    };
    go(&invoices::Create { invoices: vec![inv(), inv()] }, &mut d);
    go(&invoices::Edit { invoice_id: "a/b", invoice: inv() }, &mut d);
    go(&invoices::End { invoice_id: "a/b", status: "VOIDED" }, &mut d);
    go(&invoices::ByNumbers { numbers: vec!["1", "2"] }, &mut d);
    go(&invoices::Get { invoice_id: "a/b" }, &mut d);
    go(&invoices::Changed { since: None, page: 2 }, &mut d);
    go(&invoices::Changed { since: Some(base::Timestamp(1_700_000_000_123)), page: 1 }, &mut d);
    go(
        &items::Create {
            items: vec![items::NewItem {
                code: "c",
                name: "n",
                description: "d",
                is_sold: true,
                is_purchased: false,
            }],
        },
        &mut d,
    );
    go(&items::List, &mut d);
    go(&organisation::Get, &mut d);
    go(
        &payments::Create {
            payments: vec![payments::NewPayment {
                invoice: allocations::InvoiceById { invoice_id: "i" },
                account: payments::AccountById { account_id: "a" },
                date: "d".into(),
                amount: e,
                currency_rate: Some(e),
                reference: "r",
            }],
        },
        &mut d,
    );
    go(&payments::Where { condition: "a==b c".into() }, &mut d);
    go(&tax_rates::List, &mut d);
    go(&tracking::List, &mut d);
    go(&tracking::CreateCategory { name: "n" }, &mut d);
    go(&tracking::AddOption { category_id: "a/b", name: "n" }, &mut d);
    std::fs::write(std::env::var("DUMP").unwrap(), out).unwrap();
}
