//! Reading one line of an invoice or credit note: its amount, its account, its tracking, its tax.

use base::Decimal;

use super::accounts::Account;
use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::document::{Amounts, Kind};
use super::json::Object;
use super::lines::{Findings, Line, Terms};

/// Quantities have up to 13 digits, amounts up to 9,999,999,999.99.
const QUANTITY_MAX: i64 = 9_999_999_999_999;
pub(crate) const AMOUNT_MAX: i64 = 9_999_999_999;
pub(crate) const DESCRIPTION_MAX: usize = 4000;
const TRACKING_MAX: usize = 2;

/// Reads one line. Its id is left as sent, or empty.
pub(crate) fn read(
    books: &Books,
    ask: &Ask<'_>,
    terms: Terms,
    element: &Object,
    findings: &mut Findings,
) -> Line {
    let errors = &mut findings.errors;
    let mut line = Line {
        id: element.text("LineItemID").unwrap_or_default().to_owned(),
        description: element.text("Description").unwrap_or_default().to_owned(),
        quantity: bounded(element, "Quantity", QUANTITY_MAX, errors).map(|it| it.round_dp(4)),
        unit: bounded(element, "UnitAmount", AMOUNT_MAX, errors)
            .map(|unit| unit.round_dp(ask.unit_decimals())),
        amount: Decimal::ZERO,
        tax: Decimal::ZERO,
        tax_type: element.text("TaxType").map(str::to_owned),
        account: None,
        item: element.text("ItemCode").map(str::to_owned),
        tracking: Vec::new(),
        discount_rate: bounded(element, "DiscountRate", AMOUNT_MAX, errors),
        discount_amount: bounded(element, "DiscountAmount", AMOUNT_MAX, errors),
    };
    let given = bounded(element, "LineAmount", AMOUNT_MAX, errors);
    read_item(books, terms, &mut line, errors);
    work_out_amount(terms, &mut line, given, errors);
    let description = line.description.chars().count();
    errors.check(
        description <= DESCRIPTION_MAX,
        "Description must not be more than 4000 characters long.",
    );
    errors.check(description > 0 || terms.is_draft(), "Description must be specified");
    line.tracking = read_tracking(books, element, errors);
    read_account(books, terms, element, &mut line, findings);
    // A line may be a description and nothing else.
    if line.unit.is_some() || line.account.is_some() {
        read_tax(books, terms, element, &mut line, &mut findings.errors);
    }
    line
}

pub(crate) fn bounded(
    element: &Object,
    name: &str,
    max: i64,
    errors: &mut Refusal,
) -> Option<Decimal> {
    let number = errors.take(element.decimal(name))?;
    if number.abs() > Decimal::from(max) {
        errors.say(&format!("The {name} value '{number}' is out of range."));
        return None;
    }
    Some(number)
}

/// An item fills what the line leaves out, except the account: that is always the client's to say.
fn read_item(books: &Books, terms: Terms, line: &mut Line, errors: &mut Refusal) {
    let Some(code) = line.item.as_deref() else { return };
    let Some(item) = books.items.by_code(code) else {
        errors.say(&format!("Item code '{code}' is not valid"));
        return;
    };
    if line.description.is_empty() {
        line.description.clone_from(&item.description);
    }
    if line.unit.is_none() {
        line.unit = if terms.kind.is_sale() { item.sale.price } else { item.purchase.price };
    }
}

fn work_out_amount(terms: Terms, line: &mut Line, given: Option<Decimal>, errors: &mut Refusal) {
    match (line.quantity, line.unit, given) {
        (None, None, None) => return,
        (None, None, Some(amount)) => {
            (line.quantity, line.unit) = (Some(Decimal::ONE), Some(amount));
        }
        (Some(quantity), None, Some(amount)) => {
            line.unit = Some(amount.checked_div(quantity).unwrap_or_default().round_dp(4));
        }
        (None, Some(unit), Some(amount)) => {
            line.quantity = Some(amount.checked_div(unit).unwrap_or_default().round_dp(4));
        }
        (None, Some(_), None) => line.quantity = Some(Decimal::ONE),
        (Some(_), None, None) => line.unit = Some(Decimal::ZERO),
        (Some(_), Some(_), _) => {}
    }
    let (quantity, unit) = (line.quantity.unwrap_or_default(), line.unit.unwrap_or_default());
    if quantity.is_sign_negative() && !quantity.is_zero() {
        let mut shown = quantity;
        shown.rescale(4);
        errors.say(&format!(
            "The quantity value '{shown}' is invalid. Quantity must not be less than zero."
        ));
    }
    let whole = quantity * unit;
    let discount = discount(terms, line, whole, errors);
    let worked_out = (whole - discount).round_dp(2);
    if worked_out.abs() > Decimal::from(AMOUNT_MAX) {
        errors.say(&format!("The LineAmount value '{worked_out}' is out of range."));
        return;
    }
    line.amount = worked_out;
    if let Some(given) = given.filter(|given| *given != worked_out) {
        errors.say(&format!(
            "The line total {given} does not match the expected line total {worked_out}"
        ));
    }
    let decimals = terms.decimals();
    let fits = worked_out.round_dp(decimals) == worked_out;
    errors.check(fits, &format!("{} amounts must be whole numbers", terms.currency.code()));
}

fn discount(terms: Terms, line: &Line, whole: Decimal, errors: &mut Refusal) -> Decimal {
    if line.discount_rate.is_none() && line.discount_amount.is_none() {
        return Decimal::ZERO;
    }
    let sales_invoice = terms.kind == Kind::Invoice && !terms.tax_is_fixed;
    errors.check(sales_invoice, "Discounts are only valid on sales invoices");
    if let Some(rate) = line.discount_rate {
        let valid = !rate.is_sign_negative() && rate <= Decimal::ONE_HUNDRED;
        errors.check(
            valid,
            &format!("The discount rate '{rate}' is invalid. Discount must not be greater than the line total."),
        );
        return if valid { whole * rate / Decimal::ONE_HUNDRED } else { Decimal::ZERO };
    }
    line.discount_amount.unwrap_or_default()
}

/// Category and option ids of what a line, or another part of a document, is tracked by.
pub(crate) fn read_tracking(
    books: &Books,
    element: &Object,
    errors: &mut Refusal,
) -> Vec<(String, String)> {
    let mut tracking = Vec::new();
    let sent = element.objects("Tracking");
    errors.check(sent.len() <= TRACKING_MAX, "A line can have at most 2 tracking categories");
    for object in sent {
        let category = books.tracking.iter().find(|category| {
            let by_id = object.text("TrackingCategoryID").is_some_and(|id| id == category.id);
            let by_name = object.text("Name").is_some_and(|name| name == category.name);
            !category.archived && (by_id || by_name)
        });
        let option = category.and_then(|category| {
            category.options.iter().find(|option| {
                let by_id = object.text("TrackingOptionID").is_some_and(|id| id == option.id);
                by_id || object.text("Option").is_some_and(|name| name == option.name)
            })
        });
        match (category, option) {
            (Some(category), Some(option)) => {
                tracking.push((category.id.clone(), option.id.clone()));
            }
            // Xero's behaviour is not published: refused rather than dropped in silence.
            _ => errors.say("The tracking category or option does not exist"),
        }
    }
    tracking
}

pub(crate) fn read_account(
    books: &Books,
    terms: Terms,
    element: &Object,
    line: &mut Line,
    findings: &mut Findings,
) {
    let (id, code) = (element.text("AccountID"), element.text("AccountCode"));
    let shown = code.or(id).unwrap_or_default();
    let found = match (id, code) {
        (Some(id), _) => books.account_by_id(id),
        (None, Some(code)) => books.account_by_code(code),
        (None, None) => {
            let needed = line.unit.is_some() && !terms.is_draft();
            findings.errors.check(!needed, "Account code must be specified");
            return;
        }
    };
    match found {
        None if terms.is_draft() => findings.warnings.push(format!(
            "Account code '{shown}' has been removed as it does not match a recognised account."
        )),
        None => findings
            .errors
            .say(&format!("Account code '{shown}' is not a valid code for this document.")),
        Some(account) => {
            check_account(account, shown, &mut findings.errors);
            line.account = Some(account.id.clone());
        }
    }
}

fn check_account(account: &Account, shown: &str, errors: &mut Refusal) {
    if account.archived {
        errors.say(&format!(
            "Account code '{shown}' has been archived, or deleted. Each line item must reference a valid account."
        ));
    } else if !account.takes_lines() {
        errors.say(&format!("Account code '{shown}' is not a valid code for this document."));
    }
}

pub(crate) fn read_tax(
    books: &Books,
    terms: Terms,
    element: &Object,
    line: &mut Line,
    errors: &mut Refusal,
) {
    let account = line.account.as_deref().and_then(|id| books.account_by_id(id));
    let named = line.tax_type.clone();
    let Some(tax_type) = named.or_else(|| account.map(|account| account.tax_type.clone())) else {
        errors.check(terms.is_draft(), "The TaxType field is mandatory");
        return;
    };
    let Some(rate) = books.tax_rate(&tax_type).filter(|rate| rate.is_active()) else {
        errors.say(&format!(
            "The TaxType code {tax_type} does not exist or cannot be used for this type of transaction."
        ));
        return;
    };
    if let Some(account) = account.filter(|account| !rate.applies_to(account.class())) {
        errors.say(&format!(
            "The TaxType code '{tax_type}' cannot be used with account code '{}'.",
            account.code
        ));
    }
    if terms.amounts == Amounts::NoTax {
        line.tax_type = Some(books.no_tax().to_owned());
        return;
    }
    line.tax = worked_out_tax(terms, line.amount, rate.factor().0);
    if let Some(stated) = errors.take(element.decimal("TaxAmount")) {
        let stated = stated.round_dp(terms.decimals());
        let within = stated.abs() <= line.amount.abs();
        errors.check(within, "The tax amount cannot be greater than the line amount!");
        // What Xero does here is not published.
        errors.check(
            !rate.is_zero() || stated.is_zero(),
            &format!("The tax amount must be zero for TaxType code '{tax_type}'."),
        );
        // https://developer.xero.com/documentation/api/accounting/banktransactions
        let fits = !terms.tax_is_fixed || stated == line.tax;
        errors.check(fits, "The TaxAmount must match the auto calculated value.");
        if within && fits {
            line.tax = stated;
        }
    }
    line.tax_type = Some(tax_type);
}

/// The tax of one line, rounded at the line, half to even: Xero does not publish how it rounds a
/// half, and this is the reading that differs from the usual one.
/// <https://central.xero.com/s/article/Rounding-in-Xero>
pub(crate) fn worked_out_tax(terms: Terms, amount: Decimal, factor: Decimal) -> Decimal {
    let decimals = terms.decimals();
    match terms.amounts {
        Amounts::NoTax => Decimal::ZERO,
        Amounts::Exclusive => (amount * factor).round_dp(decimals),
        Amounts::Inclusive => amount - (amount / (Decimal::ONE + factor)).round_dp(decimals),
    }
}
