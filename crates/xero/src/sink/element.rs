//! One element of a reply, whichever resource it is of: what it complains of, which intent it is
//! about, and what it shows.

use intents::{Body, Receipt};

use super::compare::{ReadBack, fresh};
use super::known::{Known, is_same_id};
use super::paper::{Meant, Paper};
use crate::api::{
    Complaint, allocations, contacts, credit_notes, dates, invoices, items, lines, payments,
};

pub(super) trait Element {
    fn remote_id(&self) -> Option<&str>;

    /// It says that it was not saved.
    fn says_error(&self) -> bool;

    /// Its own complaints and those of its parts.
    fn complaints(&self) -> Vec<String>;

    fn warnings(&self) -> Vec<String>;

    /// True when it is about this intent: by number or by what it pays, never by position.
    fn answers(&self, body: &Body, known: Known<'_>) -> bool;

    /// What it shows of this intent; nothing when it shows too little to tell.
    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack>;

    /// An element is refused by any sign of it: the three do not always come together.
    fn is_refused(&self) -> bool {
        self.says_error() || !self.complaints().is_empty()
    }
}

fn told<'a>(complaints: impl IntoIterator<Item = &'a Complaint>) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    for complaint in complaints {
        if !complaint.message.is_empty() && !words.contains(&complaint.message) {
            words.push(complaint.message.clone());
        }
    }
    words
}

fn is_error(status: Option<&str>) -> bool {
    status.is_some_and(|status| status.eq_ignore_ascii_case("ERROR"))
}

fn of_parts<'a>(
    own: &'a [Complaint],
    party: Option<&'a lines::Party>,
    lines: &'a [lines::Line],
) -> Vec<String> {
    let party = party.into_iter().flat_map(|party| &party.validation_errors);
    let lines = lines.iter().flat_map(|line| &line.validation_errors);
    told(own.iter().chain(party).chain(lines))
}

impl Element for invoices::Invoice {
    fn remote_id(&self) -> Option<&str> {
        self.invoice_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        of_parts(&self.validation_errors, self.contact.as_ref(), &self.line_items)
    }

    fn warnings(&self) -> Vec<String> {
        told(&self.warnings)
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        match body {
            // Bills may have any number, ours too.
            Body::Invoice(made) => {
                self.invoice_number.as_deref() == Some(made.number.as_str())
                    && self.kind.as_deref().is_none_or(|kind| kind == invoices::SALES)
            }
            Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => {
                known.id(of).is_some_and(|id| is_same_id(self.invoice_id.as_deref(), id))
            }
            Body::Contact(_)
            | Body::Item(_)
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Payment(_) => false,
        }
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let paper = Paper::from(self);
        match body {
            Body::Invoice(made) | Body::InvoiceEdit { invoice: made, .. } => {
                fresh(&paper, &Meant::invoice(made, known))
            }
            Body::InvoiceVoid { .. } => {
                let mut back = ReadBack::equal(paper.receipt()?);
                if !paper.is_ended() {
                    let status = &back.receipt.status;
                    let words = format!("status: VOIDED was meant, Xero has {status}");
                    back.differences.push(words);
                }
                Some(back)
            }
            Body::Contact(_)
            | Body::Item(_)
            | Body::CreditNote(_)
            | Body::Allocation(_)
            | Body::Payment(_) => None,
        }
    }
}

impl Element for credit_notes::CreditNote {
    fn remote_id(&self) -> Option<&str> {
        self.credit_note_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        of_parts(&self.validation_errors, self.contact.as_ref(), &self.line_items)
    }

    fn warnings(&self) -> Vec<String> {
        told(&self.warnings)
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::CreditNote(made) = body else { return false };
        self.credit_note_number.as_deref() == Some(made.number.as_str())
            && self.kind.as_deref().is_none_or(|kind| kind == credit_notes::SALES)
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let Body::CreditNote(made) = body else { return None };
        fresh(&Paper::from(self), &Meant::credit_note(made, known))
    }
}

impl Element for contacts::Contact {
    fn remote_id(&self) -> Option<&str> {
        self.contact_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_validation_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        told(&self.validation_errors)
    }

    fn warnings(&self) -> Vec<String> {
        told(&self.warnings)
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::Contact(made) = body else { return false };
        match self.contact_number.as_deref() {
            Some(number) => number == made.number,
            None => self.name.as_deref() == Some(made.name.as_str()),
        }
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        let Body::Contact(made) = body else { return None };
        let number = self.contact_number.as_deref().unwrap_or_default();
        let mut back = ReadBack::equal(self.receipt(number)?);
        if number != made.number {
            let meant = &made.number;
            back.differences.push(format!("number: {meant} was meant, Xero has {number:?}"));
        }
        Some(back)
    }
}

impl contacts::Contact {
    /// Xero's word that it exists. A merged contact lives on as the one it was merged into.
    pub(super) fn receipt(&self, number: &str) -> Option<Receipt> {
        let id = self.merged_to.as_deref().or(self.contact_id.as_deref())?;
        Some(Receipt {
            remote_id: id.to_owned(),
            number: Some(number.to_owned()),
            status: self.contact_status.clone().unwrap_or_else(|| "ACTIVE".to_owned()),
            total: None,
            tax: None,
        })
    }
}

impl Element for items::Item {
    fn remote_id(&self) -> Option<&str> {
        self.item_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_validation_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        told(&self.validation_errors)
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::Item(made) = body else { return false };
        self.code.as_deref() == Some(made.code.as_str())
    }

    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        let Body::Item(_) = body else { return None };
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.item_id.clone()?,
            number: self.code.clone(),
            status: "ACTIVE".to_owned(),
            total: None,
            tax: None,
        });
        if self.is_tracked_as_inventory {
            let words = "stock: an untracked item was meant, Xero keeps the quantity of this one";
            back.differences.push(words.to_owned());
        }
        Some(back)
    }
}

impl Element for payments::Payment {
    fn remote_id(&self) -> Option<&str> {
        self.payment_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_validation_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        let invoice = self.invoice.iter().flat_map(|invoice| &invoice.validation_errors);
        let account = self.account.iter().flat_map(|account| &account.validation_errors);
        told(self.validation_errors.iter().chain(invoice).chain(account))
    }

    fn warnings(&self) -> Vec<String> {
        told(&self.warnings)
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
        if status != "AUTHORISED" {
            back.differences.push(format!("status: AUTHORISED was meant, Xero has {status}"));
        }
        let date = dates::day(self.date.as_deref()?)?;
        if date != made.date {
            back.differences.push(format!("date: {} was meant, Xero has {date}", made.date));
        }
        let currency = self.invoice.as_ref().and_then(|invoice| invoice.currency_code.as_deref());
        let meant = made.amount.currency();
        if let Some(theirs) = currency.filter(|theirs| *theirs != meant.code()) {
            back.differences.push(format!("currency: {meant} was meant, Xero has {theirs}"));
        }
        Some(back)
    }
}

impl Element for allocations::Allocation {
    fn remote_id(&self) -> Option<&str> {
        self.allocation_id.as_deref()
    }

    fn says_error(&self) -> bool {
        self.has_errors || is_error(self.status_attribute_string.as_deref())
    }

    fn complaints(&self) -> Vec<String> {
        let invoice = self.invoice.iter().flat_map(|invoice| &invoice.validation_errors);
        told(self.validation_errors.iter().chain(invoice))
    }

    fn warnings(&self) -> Vec<String> {
        Vec::new()
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        let Body::Allocation(made) = body else { return false };
        let invoice = self.invoice.as_ref().and_then(|invoice| invoice.invoice_id.as_deref());
        !self.is_deleted
            && known.id(&made.invoice).is_some_and(|id| is_same_id(invoice, id))
            && self.amount.is_some_and(|exact| exact.0 == made.amount.amount())
    }

    /// Older replies name no allocation; then the two documents that it joins name it.
    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let Body::Allocation(made) = body else { return None };
        let remote_id = match self.allocation_id.clone() {
            Some(id) => id,
            None => format!("{}:{}", known.id(&made.credit_note)?, known.id(&made.invoice)?),
        };
        Some(ReadBack::equal(Receipt {
            remote_id,
            number: None,
            status: "AUTHORISED".to_owned(),
            total: Some(made.amount),
            tax: None,
        }))
    }
}
