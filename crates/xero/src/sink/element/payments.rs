//! Payments in a reply, by what they pay, from where, and how much.

use intents::{Body, Receipt};

use super::{Element, Verdict};
use crate::api::{dates, payments};
use crate::sink::compare::ReadBack;
use crate::sink::known::{Known, is_same_id};

impl Element for payments::Payment {
    fn verdict(&self) -> Verdict<'_> {
        let invoice = self.invoice.iter().flat_map(|invoice| &invoice.validation_errors);
        let account = self.account.iter().flat_map(|account| &account.validation_errors);
        Verdict {
            remote_id: self.payment_id.as_deref(),
            has_errors: self.has_validation_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().chain(invoice).chain(account).collect(),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        let Body::Payment(made) = body else { return false };
        let is_invoice =
            self.invoice.as_ref().is_some_and(|invoice| match invoice.invoice_id.as_deref() {
                Some(id) => {
                    known.id(&made.invoice).is_some_and(|meant| is_same_id(Some(id), meant))
                }
                None => invoice.invoice_number.as_deref() == Some(made.invoice_number.as_str()),
            });
        let account = self.account.as_ref().and_then(|account| account.account_id.as_deref());
        is_invoice
            && is_same_id(account, &made.account_id)
            && self.amount.is_some_and(|exact| exact.0 == made.amount.amount())
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        let Body::Payment(made) = body else { return None };
        let status = self.status.as_deref()?;
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.payment_id.clone()?,
            number: None,
            status: status.to_owned(),
            total: Some(made.amount),
            tax: None,
        });
        back.check("status", "AUTHORISED", status);
        back.check("date", made.date, dates::day(self.date.as_deref()?)?);
        let meant = made.amount.currency();
        let currency = self.invoice.as_ref().and_then(|invoice| invoice.currency_code.as_deref());
        back.check("currency", meant.code(), currency.unwrap_or(meant.code()));
        Some(back)
    }
}
