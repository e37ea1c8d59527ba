//! One order under decision, with what every step asks about it.

use base::{Currency, Day, Money, Timestamp, Zone};
use facts::Order;
use facts::chart::{Account, LedgerItem, TaxRate};

use crate::orders::stop::Stop;
use crate::orders::{Situation, asking};
use crate::rulebook::inputs::Inputs;
use crate::rulebook::{CurrencyMode, Marketplace, PURCHASES, Role, Settings};

/// The tax class of what is dispatched from home to abroad.
const EXPORT: &str = "export";

pub(crate) struct Case<'a> {
    pub(crate) situation: Situation<'a>,
    pub(crate) order: &'a Order,
    pub(crate) place: &'a Marketplace,
    pub(crate) zone: Zone,
    pub(crate) inputs: Inputs,
    /// A reviewer said that the tax is right as Amazon gives it.
    pub(crate) tax_is_right: bool,
}

impl<'a> Case<'a> {
    pub(crate) fn new(situation: &Situation<'a>, order: &'a Order) -> Result<Case<'a>, Stop> {
        let place = situation.rules.marketplace(&order.marketplace_id).ok_or_else(|| {
            let detail = format!("{} {}", order.marketplace_id, order.marketplace_name);
            Stop::new("unknown_marketplace", detail)
        })?;
        let zone = zone(situation)?;
        let inputs = asking::order(situation, order, Some(place), &zone);
        Ok(Case { situation: *situation, order, place, zone, inputs, tax_is_right: false })
    }

    pub(crate) fn settings(&self) -> &'a Settings {
        self.situation.rules.settings()
    }

    pub(crate) fn day(&self, moment: Timestamp) -> Day {
        moment.day(&self.zone)
    }

    pub(crate) fn base(&self) -> Currency {
        self.situation.chart.organisation.base_currency
    }

    /// The currency that documents are in, which the organisation must have.
    pub(crate) fn document_currency(&self, total: Money) -> Result<Currency, Stop> {
        let currency = total.currency();
        if currency == self.base() || self.settings().currency == CurrencyMode::Convert {
            return Ok(self.base());
        }
        if self.situation.chart.currencies.contains(&currency) {
            return Ok(currency);
        }
        let detail = format!("the order is in {currency}, which the organisation does not use");
        Err(Stop::new("currency_not_enabled", detail))
    }

    pub(crate) fn must_be_open(&self, day: Day, what: &str) -> Result<(), Stop> {
        must_be_open(&self.situation, day, what)
    }

    /// An account that document lines may name.
    pub(crate) fn line_account(&self, role: Role) -> Result<&'a Account, Stop> {
        let account = self.role(role)?;
        usable_on_lines(account)?;
        Ok(account)
    }

    /// An account that payments may go to. Foreign money needs a bank account in its currency.
    pub(crate) fn payment_account(
        &self,
        role: Role,
        currency: Currency,
    ) -> Result<&'a Account, Stop> {
        let account = self.role(role)?;
        takes_payments(account, currency)?;
        let is_clearing = matches!(role, Role::Clearing(_));
        if is_clearing && currency != self.base() && !account.is_bank() {
            let detail = format!("{} must be a bank account in {currency}", account.name);
            return Err(Stop::new("account_unusable", detail));
        }
        Ok(account)
    }

    fn role(&self, role: Role) -> Result<&'a Account, Stop> {
        let id = self.situation.rules.account(role).ok_or_else(|| {
            Stop::new("account_missing", format!("no account has the role {role}"))
        })?;
        self.situation.chart.account_by_id(id).ok_or_else(|| {
            let detail = format!("the account with the role {role} is not in the chart");
            Stop::new("account_missing", detail)
        })
    }

    /// An active tax rate that may be used with an account.
    pub(crate) fn tax_rate(&self, tax_type: &str, account: &Account) -> Result<&'a TaxRate, Stop> {
        let rate = self.situation.chart.tax_rate(tax_type).ok_or_else(|| {
            Stop::new("tax_type_missing", format!("the organisation has no tax rate {tax_type}"))
        })?;
        if !rate.is_active {
            let detail = format!("the tax rate {} is not active", rate.name);
            return Err(Stop::new("tax_type_missing", detail));
        }
        if rate.classes.contains(&account.class) {
            return Ok(rate);
        }
        let detail = format!("the tax rate {} is not for {}", rate.name, account.name);
        Err(Stop::new("tax_type_missing", detail))
    }

    /// The tax type of a class; a class may also be a tax type itself.
    pub(crate) fn tax_type(&self, class: &str) -> Result<&'a str, Stop> {
        if let Some(tax_type) = self.situation.rules.tax_type(class) {
            return Ok(tax_type);
        }
        self.situation.chart.tax_rate(class).map(|rate| rate.tax_type.as_str()).ok_or_else(|| {
            Stop::new("tax_type_missing", format!("the tax class {class} has no tax type"))
        })
    }

    /// What the owner says of a SKU, else what its item in Xero says, else the book's default.
    pub(crate) fn tax_class(&self, sku: &str) -> String {
        let rules = self.situation.rules;
        if let Some(class) = rules.sku(sku).and_then(|known| known.tax_class.clone()) {
            return class;
        }
        let of_item = self.ledger_item(sku).and_then(|item| item.sales_tax_type.as_deref());
        let Some(tax_type) = of_item else { return self.settings().tax_class.clone() };
        // An export is a kind of sale, not of goods; purchases have classes of their own.
        let is_of_goods = |class: &str| class != EXPORT && !PURCHASES.contains(&class);
        let mut classes = rules.book().tax_types.iter().filter(|(class, _)| is_of_goods(class));
        let known = classes.find(|(_, own)| own.as_str() == tax_type);
        known.map_or(tax_type, |(class, _)| class).to_owned()
    }

    pub(crate) fn category(&self, sku: &str) -> &'a str {
        self.situation.rules.sku(sku).map_or("", |known| &known.category)
    }

    pub(crate) fn ledger_item(&self, sku: &str) -> Option<&'a LedgerItem> {
        self.situation.chart.item(&crate::orders::items::code(self.situation.rules, sku))
    }
}

/// On or before the close date nothing is dated, edited or voided.
pub(crate) fn must_be_open(situation: &Situation<'_>, day: Day, what: &str) -> Result<(), Stop> {
    let close = situation.chart.organisation.close_date();
    match close.max(situation.rules.settings().filed_until) {
        Some(close) if day <= close => {
            let detail = format!("{what} is dated {day}, and the books are closed to {close}");
            Err(Stop::new("period_locked", detail))
        }
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn zone(situation: &Situation<'_>) -> Result<Zone, Stop> {
    Zone::named(&situation.chart.organisation.time_zone)
        .map_err(|error| Stop::new("unknown_time_zone", error.to_string()))
}

fn active(account: &Account) -> Result<(), Stop> {
    if account.is_active {
        return Ok(());
    }
    Err(Stop::new("account_archived", format!("{} is archived in Xero", account.name)))
}

/// Xero takes payments on a bank account in the document's currency, or on an account that they
/// are enabled for.
pub(crate) fn takes_payments(account: &Account, currency: Currency) -> Result<(), Stop> {
    active(account)?;
    let takes = if account.is_bank() {
        account.currency.is_none_or(|own| own == currency)
    } else {
        account.payments_enabled
    };
    if takes {
        return Ok(());
    }
    let detail = format!("{} takes no payments in {currency}", account.name);
    Err(Stop::new("account_unusable", detail))
}

/// Xero refuses bank accounts and its own receivables, payables and tax accounts on lines.
pub(crate) fn usable_on_lines(account: &Account) -> Result<(), Stop> {
    active(account)?;
    if account.is_bank() || account.system.is_some() || account.code.is_none() {
        let detail = format!("{} cannot stand on a document's line", account.name);
        return Err(Stop::new("account_unusable", detail));
    }
    Ok(())
}
