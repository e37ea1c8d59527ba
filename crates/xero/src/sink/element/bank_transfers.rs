//! Transfers in a reply, by our reference; of an undoing by id.

use intents::{Body, Receipt};

use super::{Element, Verdict, is_undone, undone};
use crate::api::{bank_transfers, dates, payments};
use crate::sink::compare::ReadBack;
use crate::sink::known::{Known, is_same_id};
use crate::sink::thing::Thing;

impl Element for bank_transfers::BankTransfer {
    fn verdict(&self) -> Verdict<'_> {
        let accounts = self.from_bank_account.iter().chain(&self.to_bank_account);
        let of_accounts = accounts.flat_map(|account| &account.validation_errors);
        Verdict {
            remote_id: self.bank_transfer_id.as_deref(),
            // Transfers have no flag; their complaints tell.
            has_errors: false,
            status: self.status_attribute_string.as_deref(),
            complaints: self.validation_errors.iter().chain(of_accounts).collect(),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        if let Body::Undo(_) = body {
            let id = self.bank_transfer_id.as_deref();
            return is_undone(body, Thing::BankTransfer, id, known);
        }
        let Body::BankTransfer(made) = body else { return false };
        self.reference.as_deref() == Some(made.reference.as_str())
    }

    /// A transfer without a status is from before transfers had one, when none could be deleted.
    fn read_back(&self, body: &Body, _known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            return undone(self.bank_transfer_id.as_deref(), self.status.as_deref());
        }
        let Body::BankTransfer(made) = body else { return None };
        let status = self.status.as_deref().unwrap_or("AUTHORISED");
        let mut back = ReadBack::equal(Receipt {
            remote_id: self.bank_transfer_id.clone()?,
            number: None,
            status: status.to_owned(),
            total: Some(made.amount),
            tax: None,
        });
        back.check("status", "AUTHORISED", status);
        let sides = [
            ("from", &made.from_account_id, &self.from_bank_account),
            ("to", &made.to_account_id, &self.to_bank_account),
        ];
        for (side, meant, found) in sides {
            let found = account_id(found.as_ref())?;
            if !is_same_id(Some(found), meant) {
                back.differs(side, meant, found);
            }
        }
        back.check("amount", made.amount.amount(), self.amount?.0);
        let date = dates::day_of(self.date_string.as_deref(), self.date.as_deref())?;
        back.check("date", made.date, date);
        Some(back)
    }
}

fn account_id(account: Option<&payments::PaidTo>) -> Option<&str> {
    account?.account_id.as_deref()
}
