//! Bank transactions in a reply, by our reference; of an undoing by id.

use intents::{Body, Direction, Receipt};

use super::{Element, Verdict, is_undone, of_document, undone};
use crate::api::{bank_transactions, dates};
use crate::sink::compare::{ReadBack, line_difference};
use crate::sink::known::{Known, is_same_id};
use crate::sink::paper;
use crate::sink::thing::Thing;

impl Element for bank_transactions::BankTransaction {
    fn verdict(&self) -> Verdict<'_> {
        let own = &self.validation_errors;
        let account = self.bank_account.iter().flat_map(|account| &account.validation_errors);
        let mut complaints = of_document(own, self.contact.as_ref(), &self.line_items);
        complaints.extend(account);
        Verdict {
            remote_id: self.bank_transaction_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints,
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        if let Body::Undo(_) = body {
            let id = self.bank_transaction_id.as_deref();
            return is_undone(body, Thing::BankTransaction, id, known);
        }
        let Body::BankTransaction(made) = body else { return false };
        self.reference.as_deref() == Some(made.reference.as_str())
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            return undone(self.bank_transaction_id.as_deref(), self.status.as_deref());
        }
        let Body::BankTransaction(made) = body else { return None };
        let (status, total) = (self.status.as_deref()?, self.total?.0);
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.bank_transaction_id.clone()?,
            number: None,
            status: status.to_owned(),
            total: Some(made.total),
            tax: None,
        });
        let kind = match made.direction {
            Direction::Receive => bank_transactions::RECEIVED,
            Direction::Spend => bank_transactions::SPENT,
        };
        back.check("type", kind, self.kind.as_deref()?);
        back.check("status", "AUTHORISED", status);
        let account = self.bank_account.as_ref()?.account_id.as_deref()?;
        if !is_same_id(Some(account), &made.bank_account_id) {
            back.differs("bank account", &made.bank_account_id, account);
        }
        let contact_id = self.contact.as_ref()?.contact_id.as_deref()?;
        let contact = known.contact(&made.contact).unwrap_or("a contact that has no receipt");
        if !is_same_id(Some(contact_id), contact) {
            back.differs("contact", contact, contact_id);
        }
        let date = dates::day_of(self.date_string.as_deref(), self.date.as_deref())?;
        back.check("date", made.date, date);
        let currency = paper::currency(self.currency_code.as_deref())?;
        back.check("currency", made.currency.code(), currency.code());
        if let Some(rate) = made.rate {
            back.check("rate", rate.0, self.currency_rate?.0);
        }
        back.check("total", made.total.amount(), total);
        let tax = made.lines.iter().map(|line| line.tax.amount()).sum();
        back.check("tax", tax, self.total_tax?.0);
        back.differences.extend(line_difference(&made.lines, &self.line_items));
        Some(back)
    }
}
