//! Invoices, bills and the two kinds of credit note: one shape, four types
//! (<https://developer.xero.com/documentation/api/accounting/invoices>,
//! <https://developer.xero.com/documentation/api/accounting/creditnotes>).

use base::{Currency, Day, Decimal, Timestamp};

use super::lines::Line;

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Invoice,
    Bill,
    SalesCredit,
    PurchaseCredit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Draft,
    Submitted,
    Authorised,
    Paid,
    Voided,
    Deleted,
}

/// Whether line amounts hold their tax, leave it out, or have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Amounts {
    Exclusive,
    Inclusive,
    NoTax,
}

#[derive(Debug, Clone)]
pub(crate) struct Document {
    pub(crate) id: String,
    pub(crate) kind: Kind,
    pub(crate) number: String,
    pub(crate) reference: String,
    pub(crate) contact: String,
    pub(crate) status: Status,
    pub(crate) date: Day,
    pub(crate) due: Option<Day>,
    pub(crate) currency: Currency,
    /// Foreign units for one unit of the base currency.
    pub(crate) rate: Decimal,
    pub(crate) amounts: Amounts,
    pub(crate) lines: Vec<Line>,
    pub(crate) url: String,
    pub(crate) sent: bool,
    pub(crate) totals: Totals,
    pub(crate) settled: Settled,
    pub(crate) made: Timestamp,
    pub(crate) updated: Timestamp,
    pub(crate) sequence: u64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Totals {
    pub(crate) net: Decimal,
    pub(crate) tax: Decimal,
    pub(crate) total: Decimal,
}

/// What has been paid or credited so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct Settled {
    pub(crate) paid: Decimal,
    pub(crate) credited: Decimal,
    /// How much of the document's total in base currency that took off the control account.
    pub(crate) released: Decimal,
    pub(crate) payments: Vec<String>,
    pub(crate) allocations: Vec<String>,
    pub(crate) fully_on: Option<Day>,
}

impl Kind {
    pub(crate) fn read(text: &str) -> Option<Kind> {
        match text {
            "ACCREC" => Some(Kind::Invoice),
            "ACCPAY" => Some(Kind::Bill),
            "ACCRECCREDIT" => Some(Kind::SalesCredit),
            "ACCPAYCREDIT" => Some(Kind::PurchaseCredit),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Kind::Invoice => "ACCREC",
            Kind::Bill => "ACCPAY",
            Kind::SalesCredit => "ACCRECCREDIT",
            Kind::PurchaseCredit => "ACCPAYCREDIT",
        }
    }

    pub(crate) fn is_credit(self) -> bool {
        matches!(self, Kind::SalesCredit | Kind::PurchaseCredit)
    }

    pub(crate) fn is_sale(self) -> bool {
        matches!(self, Kind::Invoice | Kind::SalesCredit)
    }

    /// +1 where the document debits its control account and money comes in, else -1.
    pub(crate) fn sign(self) -> Decimal {
        match self {
            Kind::Invoice | Kind::PurchaseCredit => Decimal::ONE,
            Kind::Bill | Kind::SalesCredit => Decimal::NEGATIVE_ONE,
        }
    }

    /// The system account that holds what is open.
    pub(crate) fn control(self) -> &'static str {
        if self.is_sale() { "DEBTORS" } else { "CREDITORS" }
    }

    pub(crate) fn noun(self) -> &'static str {
        if self.is_credit() { "Credit Note" } else { "Invoice" }
    }
}

impl Status {
    pub(crate) fn read(text: &str) -> Option<Status> {
        match text {
            "DRAFT" => Some(Status::Draft),
            "SUBMITTED" => Some(Status::Submitted),
            "AUTHORISED" => Some(Status::Authorised),
            "PAID" => Some(Status::Paid),
            "VOIDED" => Some(Status::Voided),
            "DELETED" => Some(Status::Deleted),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Draft => "DRAFT",
            Status::Submitted => "SUBMITTED",
            Status::Authorised => "AUTHORISED",
            Status::Paid => "PAID",
            Status::Voided => "VOIDED",
            Status::Deleted => "DELETED",
        }
    }

    /// Whether a document of this status is in the ledger.
    pub(crate) fn is_posted(self) -> bool {
        matches!(self, Status::Authorised | Status::Paid)
    }
}

impl Amounts {
    pub(crate) fn read(text: &str) -> Option<Amounts> {
        match text {
            "Exclusive" => Some(Amounts::Exclusive),
            "Inclusive" => Some(Amounts::Inclusive),
            "NoTax" => Some(Amounts::NoTax),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Amounts::Exclusive => "Exclusive",
            Amounts::Inclusive => "Inclusive",
            Amounts::NoTax => "NoTax",
        }
    }
}

impl Document {
    /// A draft with nothing on it yet.
    pub(crate) fn blank(kind: Kind, date: Day, currency: Currency, now: Timestamp) -> Document {
        Document {
            id: String::new(),
            kind,
            number: String::new(),
            reference: String::new(),
            contact: String::new(),
            status: Status::Draft,
            date,
            due: None,
            currency,
            rate: Decimal::ONE,
            amounts: Amounts::Exclusive,
            lines: Vec::new(),
            url: String::new(),
            sent: false,
            totals: Totals::default(),
            settled: Settled::default(),
            made: now,
            updated: now,
            sequence: 0,
        }
    }

    /// What can still be paid or allocated.
    pub(crate) fn outstanding(&self) -> Decimal {
        match self.status {
            Status::Voided | Status::Deleted => Decimal::ZERO,
            Status::Draft | Status::Submitted | Status::Authorised | Status::Paid => {
                self.totals.total - self.settled.paid - self.settled.credited
            }
        }
    }

    pub(crate) fn is_settled_in_part(&self) -> bool {
        !self.settled.payments.is_empty() || !self.settled.allocations.is_empty()
    }

    pub(crate) fn to_base(&self, amount: Decimal) -> Decimal {
        to_base(amount, self.rate)
    }

    /// What settling an amount takes off the control account, in base currency: the last
    /// settlement takes all that is left, so that the control account ends at zero.
    pub(crate) fn release(&self, amount: Decimal) -> Decimal {
        if amount == self.outstanding() {
            self.to_base(self.totals.total) - self.settled.released
        } else {
            self.to_base(amount)
        }
    }

    /// Brings the status in line with what is settled.
    pub(crate) fn restate(&mut self, on: Day, now: Timestamp) {
        let open = self.totals.total - self.settled.paid - self.settled.credited;
        if open.is_zero() {
            self.status = Status::Paid;
            self.settled.fully_on = Some(on);
        } else {
            self.status = Status::Authorised;
            self.settled.fully_on = None;
        }
        self.updated = now;
    }
}

/// An amount in base currency, to the penny, half to even. `rate` is never zero.
pub(crate) fn to_base(amount: Decimal, rate: Decimal) -> Decimal {
    amount.checked_div(rate).unwrap_or(amount).round_dp(2)
}
