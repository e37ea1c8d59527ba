//! `/Currencies` (<https://developer.xero.com/documentation/api/accounting/currencies>) and the
//! rate that a document gets when it names none.

use base::{Currency, Decimal};

use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::fields;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::reply::Reply;

/// Code, name, foreign units for one pound in ten-thousandths.
const KNOWN: &[(&str, &str, i64)] = &[
    ("GBP", "British Pound", 10_000),
    ("EUR", "Euro", 11_700),
    ("USD", "United States Dollar", 12_700),
    ("CAD", "Canadian Dollar", 17_400),
    ("AUD", "Australian Dollar", 19_400),
    ("JPY", "Japanese Yen", 1_935_000),
    ("AED", "United Arab Emirates Dirham", 46_600),
    ("BRL", "Brazilian Real", 70_100),
    ("EGP", "Egyptian Pound", 618_000),
    ("INR", "Indian Rupee", 1_075_000),
    ("MXN", "Mexican Peso", 241_000),
    ("NZD", "New Zealand Dollar", 21_300),
    ("PLN", "Polish Zloty", 49_900),
    ("SAR", "Saudi Riyal", 47_600),
    ("SEK", "Swedish Krona", 132_000),
    ("SGD", "Singapore Dollar", 17_000),
    ("TRY", "Turkish Lira", 438_000),
    ("ZAR", "South African Rand", 231_000),
];

/// The day rate of a currency that the table lacks.
const OTHER: i64 = 20_000;

/// Foreign units for one pound. Xero takes XE's rate of the day; here each day has the same.
pub(crate) fn per_pound(currency: Currency) -> Decimal {
    let known = KNOWN.iter().find(|(code, _, _)| *code == currency.code());
    Decimal::new(known.map_or(OTHER, |(_, _, rate)| *rate), 4)
}

fn render(currency: Currency) -> Object {
    let known = KNOWN.iter().find(|(code, _, _)| *code == currency.code());
    Object::new()
        .with_text("Code", currency.code())
        .with_text("Description", known.map_or(currency.code(), |(_, name, _)| *name))
}

impl Fields for Currency {
    fn field(&self, path: &str) -> Option<Value> {
        (path == "code").then(|| Value::text(self.code()))
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order"]);
    let found = filter::select(books.currencies.iter().collect(), ask, |_| base::Timestamp(0))?;
    let objects = found.into_iter().map(|currency| render(*currency)).collect();
    Ok(books.reply(ask, Object::new().with_list("Currencies", objects)))
}

/// `PUT /Currencies` subscribes to one currency. It cannot be undone.
pub(crate) fn subscribe(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element("Currencies")?;
    fields::CURRENCY.walk(ask, &element);
    let code = element.text("Code").unwrap_or_default();
    let refuse =
        |message: String| Reply::invalid(vec![Refusal::of(&message).echo(&element, "CurrencyID")]);
    let currency: Currency =
        code.parse().map_err(|_reason| refuse(format!("Currency code {code} is not valid")))?;
    if books.currencies.contains(&currency) {
        return Err(refuse(format!("Currency {code} has already been added")));
    }
    books.currencies.push(currency);
    Ok(books.reply(ask, Object::new().with_list("Currencies", vec![render(currency)])))
}
