//! The tax rates of an organisation and `/TaxRates`
//! (<https://developer.xero.com/documentation/api/accounting/types#tax-rates>).

pub(crate) mod tables;

use base::{Decimal, Rate};

use super::accounts::Class;
use super::ask::Ask;
use super::books::Books;
use super::edition::Country;
use super::filter::{self, Fields, Value};
use super::json::Object;
use super::reply::Reply;

#[derive(Debug, Clone)]
pub(crate) struct TaxRate {
    pub(crate) tax_type: &'static str,
    name: &'static str,
    report: &'static str,
    percent: Decimal,
    side: Side,
    active: bool,
}

/// Which classes of account a rate can apply to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    Sales,
    Purchases,
    /// Zero-rated and exempt sales: revenue and liabilities alone.
    SalesOnly,
    ImportsOnly,
    Any,
}

/// Tax type, name, report type, hundredths of a percent, side.
pub(crate) type Row = (&'static str, &'static str, &'static str, i64, Side);

/// Rates that an organisation no longer uses: a document may not name them.
const RETIRED: &[(&str, &str)] = &[("UK", "INPUT")];

/// The rates of a country's organisation.
pub(crate) fn of(country: &Country) -> Vec<TaxRate> {
    let rate = |(tax_type, name, report, percent, side): &Row| TaxRate {
        tax_type,
        name,
        report,
        percent: Decimal::new(*percent, 2),
        side: *side,
        active: !RETIRED.contains(&(country.version, tax_type)),
    };
    country.rates.iter().map(rate).collect()
}

impl TaxRate {
    /// The rate as a factor.
    pub(crate) fn factor(&self) -> Rate {
        Rate::percent(self.percent).unwrap_or(Rate(Decimal::ZERO))
    }

    pub(crate) fn is_zero(&self) -> bool {
        self.percent.is_zero()
    }

    pub(crate) fn is_active(&self) -> bool {
        self.active
    }

    pub(crate) fn applies_to(&self, class: Class) -> bool {
        match self.side {
            Side::Any => true,
            Side::Sales => class != Class::Expense,
            Side::Purchases => class != Class::Revenue,
            Side::SalesOnly => matches!(class, Class::Revenue | Class::Liability),
            Side::ImportsOnly => class == Class::Liability,
        }
    }

    fn render(&self) -> Object {
        let component = Object::new()
            .with_text("Name", self.name)
            .with_scaled("Rate", self.percent, 4)
            .with_bool("IsCompound", false)
            .with_bool("IsNonRecoverable", false);
        Object::new()
            .with_text("Name", self.name)
            .with_text("TaxType", self.tax_type)
            .with_text("ReportTaxType", self.report)
            .with_bool("CanApplyToAssets", self.applies_to(Class::Asset))
            .with_bool("CanApplyToEquity", self.applies_to(Class::Equity))
            .with_bool("CanApplyToExpenses", self.applies_to(Class::Expense))
            .with_bool("CanApplyToLiabilities", self.applies_to(Class::Liability))
            .with_bool("CanApplyToRevenue", self.applies_to(Class::Revenue))
            .with_scaled("DisplayTaxRate", self.percent, 4)
            .with_scaled("EffectiveRate", self.percent, 4)
            .with_text("Status", if self.active { "ACTIVE" } else { "ARCHIVED" })
            .with_list("TaxComponents", vec![component])
    }
}

impl Fields for TaxRate {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "name" => Value::text(self.name),
            "taxtype" => Value::text(self.tax_type),
            "status" => Value::text(if self.active { "ACTIVE" } else { "ARCHIVED" }),
            "effectiverate" | "displaytaxrate" => Value::Number(self.percent),
            _ => return None,
        })
    }
}

pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order"]);
    let found = filter::select(books.tax_rates.iter().collect(), ask, |_| base::Timestamp(0))?;
    let objects = found.into_iter().map(TaxRate::render).collect();
    Ok(books.reply(ask, Object::new().with_list("TaxRates", objects)))
}

pub(crate) fn one(books: &Books, ask: &Ask<'_>, tax_type: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let rate = books.tax_rate(tax_type).ok_or_else(Reply::not_found)?;
    Ok(books.reply(ask, Object::new().with_list("TaxRates", vec![rate.render()])))
}
