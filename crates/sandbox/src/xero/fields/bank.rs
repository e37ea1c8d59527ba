//! Bank transactions, transfers, journals and notes.

use super::{ACCOUNT, CONTACT, LINE, LINE_TRACKING, Shape, VALIDATION};

pub(crate) const BANK_TRANSACTION: Shape = Shape {
    name: "BankTransaction",
    fields: &[
        "Type",
        "IsReconciled",
        "Date",
        "Reference",
        "CurrencyCode",
        "CurrencyRate",
        "Url",
        "Status",
        "LineAmountTypes",
        "SubTotal",
        "TotalTax",
        "Total",
        "BankTransactionID",
        "PrepaymentID",
        "OverpaymentID",
        "UpdatedDateUTC",
        "HasAttachments",
        "StatusAttributeString",
    ],
    nested: &[
        ("Contact", &CONTACT),
        ("LineItems", &LINE),
        ("BankAccount", &ACCOUNT),
        ("ValidationErrors", &VALIDATION),
    ],
};

/// `CurrencyRate` is read-only: a client that sends it is ignored.
pub(crate) const BANK_TRANSFER: Shape = Shape {
    name: "BankTransfer",
    fields: &[
        "Amount",
        "Date",
        "BankTransferID",
        "FromBankTransactionID",
        "ToBankTransactionID",
        "FromIsReconciled",
        "ToIsReconciled",
        "Reference",
        "HasAttachments",
        "CreatedDateUTC",
        "Status",
    ],
    nested: &[
        ("FromBankAccount", &ACCOUNT),
        ("ToBankAccount", &ACCOUNT),
        ("FromTracking", &LINE_TRACKING),
        ("ToTracking", &LINE_TRACKING),
        ("ValidationErrors", &VALIDATION),
    ],
};

const JOURNAL_LINE: Shape = Shape {
    name: "ManualJournalLine",
    fields: &[
        "LineAmount",
        "AccountCode",
        "AccountID",
        "Description",
        "TaxType",
        "TaxAmount",
        "IsBlank",
    ],
    nested: &[("Tracking", &LINE_TRACKING)],
};

pub(crate) const MANUAL_JOURNAL: Shape = Shape {
    name: "ManualJournal",
    fields: &[
        "Narration",
        "Date",
        "LineAmountTypes",
        "Status",
        "Url",
        "ShowOnCashBasisReports",
        "HasAttachments",
        "UpdatedDateUTC",
        "ManualJournalID",
        "StatusAttributeString",
        "Attachments",
    ],
    nested: &[
        ("JournalLines", &JOURNAL_LINE),
        ("Warnings", &VALIDATION),
        ("ValidationErrors", &VALIDATION),
    ],
};

pub(crate) const HISTORY_RECORD: Shape = Shape {
    name: "HistoryRecord",
    fields: &["Details", "Changes", "User", "DateUTC"],
    nested: &[],
};
