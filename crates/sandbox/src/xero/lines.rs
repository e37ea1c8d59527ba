//! The lines of invoices and credit notes, and their sums.

use base::{Currency, Decimal};

use super::batch::Refusal;
use super::books::Books;
use super::document::{Amounts, Kind, Status, Totals};
use super::json::{Json, Object};

#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) id: String,
    pub(crate) description: String,
    pub(crate) quantity: Option<Decimal>,
    pub(crate) unit: Option<Decimal>,
    pub(crate) amount: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) tax_type: Option<String>,
    pub(crate) account: Option<String>,
    pub(crate) item: Option<String>,
    /// Category and option ids.
    pub(crate) tracking: Vec<(String, String)>,
    pub(crate) discount_rate: Option<Decimal>,
    pub(crate) discount_amount: Option<Decimal>,
}

/// What of its document a line depends on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Terms {
    pub(crate) kind: Kind,
    pub(crate) status: Status,
    pub(crate) amounts: Amounts,
    pub(crate) currency: Currency,
    /// A bank transaction or journal: its tax is what Xero works out, and nothing is discounted.
    pub(crate) tax_is_fixed: bool,
}

/// What was wrong with a line, and what Xero only warns of.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) errors: Refusal,
    pub(crate) warnings: Vec<String>,
}

impl Terms {
    /// Drafts may be incomplete.
    pub(crate) fn is_draft(self) -> bool {
        self.status == Status::Draft
    }

    /// Decimals of amounts: two at most, none for yen.
    pub(crate) fn decimals(self) -> u32 {
        self.currency.exponent().min(2)
    }
}

impl Line {
    /// The line without its tax.
    pub(crate) fn net(&self, amounts: Amounts) -> Decimal {
        match amounts {
            Amounts::Inclusive => self.amount - self.tax,
            Amounts::Exclusive | Amounts::NoTax => self.amount,
        }
    }

    pub(crate) fn render(&self, books: &Books, decimals: u32) -> Object {
        let account = self.account.as_deref().and_then(|id| books.account_by_id(id));
        let mut object = Object::new()
            .with_text("LineItemID", &self.id)
            .with_text("Description", &self.description);
        if let Some(unit) = self.unit {
            object = object.with_scaled("UnitAmount", unit, decimals);
        }
        object = object
            .with_some("TaxType", self.tax_type.as_deref())
            .with_money("TaxAmount", self.tax)
            .with_money("LineAmount", self.amount)
            .with_some("AccountCode", account.map(|account| account.code.as_str()))
            .with_some("AccountID", self.account.as_deref())
            .with_some("ItemCode", self.item.as_deref());
        if let Some(rate) = self.discount_rate {
            object = object.with_scaled("DiscountRate", rate, 4);
        }
        if let Some(amount) = self.discount_amount {
            object = object.with_money("DiscountAmount", amount);
        }
        object = object.with_list("Tracking", self.render_tracking(books));
        if let Some(quantity) = self.quantity {
            object = object.with_scaled("Quantity", quantity, 4);
        }
        object.with_list("ValidationErrors", Vec::new())
    }

    fn render_tracking(&self, books: &Books) -> Vec<Object> {
        let render = |(category_id, option_id): &(String, String)| {
            let category = books.tracking.iter().find(|category| category.id == *category_id)?;
            let option = category.options.iter().find(|option| option.id == *option_id)?;
            let object = Object::new()
                .with_text("Name", &category.name)
                .with_text("Option", &option.name)
                .with_text("TrackingCategoryID", &category.id)
                .with_text("TrackingOptionID", &option.id);
            Some(object)
        };
        self.tracking.iter().filter_map(render).collect()
    }

    /// The line as a client could have sent it, to be read again under other terms.
    pub(crate) fn as_sent(&self, books: &Books) -> Object {
        let mut object = self.render(books, 4);
        object.0.retain(|(name, _)| name != "ValidationErrors" && name != "LineAmount");
        if self.unit.is_none() {
            object.0.retain(|(name, _)| name != "TaxAmount");
        }
        object
    }
}

/// The document's totals: the sums of what each line was rounded to.
pub(crate) fn totals(lines: &[Line], amounts: Amounts) -> Totals {
    let net: Decimal = lines.iter().map(|line| line.net(amounts)).sum();
    let tax: Decimal = lines.iter().map(|line| line.tax).sum();
    Totals { net, tax, total: net + tax }
}

/// A line's members over those of the line it changes.
pub(crate) fn overlaid(mut old: Object, element: &Object) -> Object {
    let recalculates = ["Quantity", "UnitAmount", "LineAmount", "TaxType", "DiscountRate"];
    if recalculates.iter().any(|name| element.get(name).is_some()) {
        old.0.retain(|(name, _)| name != "TaxAmount");
    }
    if element.get("LineAmount").is_some() {
        old.0.retain(|(name, _)| name != "UnitAmount");
    }
    if element.get("AccountCode").is_some() {
        old.0.retain(|(name, _)| name != "AccountID");
    }
    for (name, value) in element.0.iter().filter(|(_, value)| *value != Json::Null) {
        old.0.retain(|(key, _)| key != name);
        old.0.push((name.clone(), value.clone()));
    }
    old
}
