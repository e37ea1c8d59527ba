//! The names that Xero knows in each object it takes. Others it ignores in silence; the sandbox
//! ignores them too, and lists them.
//! Source: Xero's `OpenAPI` file 16.1.0, `components/schemas`.

mod bank;

use super::ask::Ask;
use super::json::{Json, Object};

pub(crate) use bank::{BANK_TRANSACTION, BANK_TRANSFER, HISTORY_RECORD, MANUAL_JOURNAL};

pub(crate) struct Shape {
    name: &'static str,
    fields: &'static [&'static str],
    nested: &'static [(&'static str, &'static Shape)],
}

impl Shape {
    /// Notes every name that this shape lacks, at any depth.
    pub(crate) fn walk(&self, ask: &Ask<'_>, object: &Object) {
        for (name, value) in &object.0 {
            let nested = self.nested.iter().find(|(key, _)| key == name).map(|(_, shape)| *shape);
            match nested {
                Some(shape) => shape.walk_value(ask, value),
                None if self.fields.contains(&name.as_ref()) => {}
                None => ask.unknown(&format!("field {}.{name} on {}", self.name, ask.operation)),
            }
        }
    }

    fn walk_value(&self, ask: &Ask<'_>, value: &Json) {
        if let Some(object) = value.as_object() {
            self.walk(ask, object);
        }
        for item in value.as_list().unwrap_or_default() {
            self.walk_value(ask, item);
        }
    }
}

/// What is allowed on an object that a client echoes.
const ECHOED: &[&str] = &["Message"];

const VALIDATION: Shape = Shape { name: "ValidationError", fields: ECHOED, nested: &[] };

pub(crate) const ACCOUNT: Shape = Shape {
    name: "Account",
    fields: &[
        "Code",
        "Name",
        "AccountID",
        "Type",
        "BankAccountNumber",
        "Status",
        "Description",
        "BankAccountType",
        "CurrencyCode",
        "TaxType",
        "EnablePaymentsToAccount",
        "ShowInExpenseClaims",
        "Class",
        "SystemAccount",
        "ReportingCode",
        "ReportingCodeName",
        "HasAttachments",
        "UpdatedDateUTC",
        "AddToWatchlist",
    ],
    nested: &[("ValidationErrors", &VALIDATION)],
};

pub(crate) const CURRENCY: Shape =
    Shape { name: "Currency", fields: &["Code", "Description"], nested: &[] };

pub(crate) const TRACKING_OPTION: Shape = Shape {
    name: "TrackingOption",
    fields: &["TrackingOptionID", "Name", "Status", "TrackingCategoryID"],
    nested: &[],
};

pub(crate) const TRACKING_CATEGORY: Shape = Shape {
    name: "TrackingCategory",
    fields: &["TrackingCategoryID", "TrackingOptionID", "Name", "Option", "Status"],
    nested: &[("Options", &TRACKING_OPTION)],
};

const ADDRESS: Shape = Shape {
    name: "Address",
    fields: &[
        "AddressType",
        "AddressLine1",
        "AddressLine2",
        "AddressLine3",
        "AddressLine4",
        "City",
        "Region",
        "PostalCode",
        "Country",
        "AttentionTo",
    ],
    nested: &[],
};

const PHONE: Shape = Shape {
    name: "Phone",
    fields: &["PhoneType", "PhoneNumber", "PhoneAreaCode", "PhoneCountryCode"],
    nested: &[],
};

const CONTACT_PERSON: Shape = Shape {
    name: "ContactPerson",
    fields: &["FirstName", "LastName", "EmailAddress", "IncludeInEmails"],
    nested: &[],
};

const SALES_TRACKING: Shape = Shape {
    name: "SalesTrackingCategory",
    fields: &["TrackingCategoryName", "TrackingOptionName"],
    nested: &[],
};

const TERMS: Shape = Shape { name: "Bill", fields: &["Day", "Type"], nested: &[] };

const PAYMENT_TERMS: Shape =
    Shape { name: "PaymentTerm", fields: &[], nested: &[("Bills", &TERMS), ("Sales", &TERMS)] };

pub(crate) const CONTACT: Shape = Shape {
    name: "Contact",
    fields: &[
        "ContactID",
        "MergedToContactID",
        "ContactNumber",
        "AccountNumber",
        "ContactStatus",
        "Name",
        "FirstName",
        "LastName",
        "CompanyNumber",
        "EmailAddress",
        "BankAccountDetails",
        "TaxNumber",
        "TaxNumberType",
        "AccountsReceivableTaxType",
        "AccountsPayableTaxType",
        "IsSupplier",
        "IsCustomer",
        "SalesDefaultLineAmountType",
        "PurchasesDefaultLineAmountType",
        "DefaultCurrency",
        "XeroNetworkKey",
        "SalesDefaultAccountCode",
        "PurchasesDefaultAccountCode",
        "TrackingCategoryName",
        "TrackingCategoryOption",
        "UpdatedDateUTC",
        "ContactGroups",
        "Website",
        "BrandingTheme",
        "BatchPayments",
        "Discount",
        "Balances",
        "Attachments",
        "HasAttachments",
        "HasValidationErrors",
        "StatusAttributeString",
    ],
    nested: &[
        ("ContactPersons", &CONTACT_PERSON),
        ("Addresses", &ADDRESS),
        ("Phones", &PHONE),
        ("SalesTrackingCategories", &SALES_TRACKING),
        ("PurchasesTrackingCategories", &SALES_TRACKING),
        ("PaymentTerms", &PAYMENT_TERMS),
        ("ValidationErrors", &VALIDATION),
    ],
};

const PURCHASE: Shape = Shape {
    name: "Purchase",
    fields: &["UnitPrice", "AccountCode", "COGSAccountCode", "TaxType"],
    nested: &[],
};

pub(crate) const ITEM: Shape = Shape {
    name: "Item",
    fields: &[
        "Code",
        "InventoryAssetAccountCode",
        "Name",
        "IsSold",
        "IsPurchased",
        "Description",
        "PurchaseDescription",
        "IsTrackedAsInventory",
        "TotalCostPool",
        "QuantityOnHand",
        "UpdatedDateUTC",
        "ItemID",
        "StatusAttributeString",
    ],
    nested: &[
        ("PurchaseDetails", &PURCHASE),
        ("SalesDetails", &PURCHASE),
        ("ValidationErrors", &VALIDATION),
    ],
};

const LINE_TRACKING: Shape = Shape {
    name: "LineItemTracking",
    fields: &["TrackingCategoryID", "TrackingOptionID", "Name", "Option"],
    nested: &[],
};

const LINE_ITEM_ITEM: Shape =
    Shape { name: "LineItemItem", fields: &["Code", "Name", "ItemID"], nested: &[] };

const LINE: Shape = Shape {
    name: "LineItem",
    fields: &[
        "LineItemID",
        "Description",
        "Quantity",
        "UnitAmount",
        "ItemCode",
        "AccountCode",
        "AccountID",
        "TaxType",
        "TaxAmount",
        "LineAmount",
        "DiscountRate",
        "DiscountAmount",
        "RepeatingInvoiceID",
        "Taxability",
        "SalesTaxCodeId",
        "TaxBreakdown",
    ],
    nested: &[
        ("Tracking", &LINE_TRACKING),
        ("Item", &LINE_ITEM_ITEM),
        ("ValidationErrors", &VALIDATION),
    ],
};

pub(crate) const INVOICE: Shape = Shape {
    name: "Invoice",
    fields: &[
        "Type",
        "Date",
        "DueDate",
        "LineAmountTypes",
        "InvoiceNumber",
        "Reference",
        "BrandingThemeID",
        "Url",
        "CurrencyCode",
        "CurrencyRate",
        "Status",
        "SentToContact",
        "ExpectedPaymentDate",
        "PlannedPaymentDate",
        "CISDeduction",
        "CISRate",
        "SubTotal",
        "TotalTax",
        "Total",
        "TotalDiscount",
        "InvoiceID",
        "RepeatingInvoiceID",
        "HasAttachments",
        "IsDiscounted",
        "Payments",
        "Prepayments",
        "Overpayments",
        "AmountDue",
        "AmountPaid",
        "FullyPaidOnDate",
        "AmountCredited",
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "CreditNotes",
        "Attachments",
        "HasErrors",
        "StatusAttributeString",
        "InvoiceAddresses",
    ],
    nested: &[
        ("Contact", &CONTACT),
        ("LineItems", &LINE),
        ("ValidationErrors", &VALIDATION),
        ("Warnings", &VALIDATION),
    ],
};

pub(crate) const CREDIT_NOTE: Shape = Shape {
    name: "CreditNote",
    fields: &[
        "Type",
        "Date",
        "DueDate",
        "Status",
        "LineAmountTypes",
        "SubTotal",
        "TotalTax",
        "Total",
        "CISDeduction",
        "CISRate",
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "CurrencyCode",
        "FullyPaidOnDate",
        "CreditNoteID",
        "CreditNoteNumber",
        "Reference",
        "SentToContact",
        "CurrencyRate",
        "RemainingCredit",
        "Allocations",
        "AppliedAmount",
        "Payments",
        "BrandingThemeID",
        "StatusAttributeString",
        "HasAttachments",
        "HasErrors",
        "InvoiceAddresses",
    ],
    nested: &[
        ("Contact", &CONTACT),
        ("LineItems", &LINE),
        ("ValidationErrors", &VALIDATION),
        ("Warnings", &VALIDATION),
    ],
};

pub(crate) const ALLOCATION: Shape = Shape {
    name: "Allocation",
    fields: &["AllocationID", "Amount", "Date", "IsDeleted", "StatusAttributeString"],
    nested: &[
        ("Invoice", &INVOICE),
        ("CreditNote", &CREDIT_NOTE),
        ("ValidationErrors", &VALIDATION),
    ],
};

pub(crate) const PAYMENT: Shape = Shape {
    name: "Payment",
    fields: &[
        "Prepayment",
        "Overpayment",
        "InvoiceNumber",
        "CreditNoteNumber",
        "BatchPayment",
        "Code",
        "Date",
        "CurrencyRate",
        "Amount",
        "BankAmount",
        "Reference",
        "IsReconciled",
        "Status",
        "PaymentType",
        "UpdatedDateUTC",
        "UpdatedDateUTCString",
        "PaymentID",
        "BatchPaymentID",
        "BankAccountNumber",
        "Particulars",
        "Details",
        "HasAccount",
        "HasValidationErrors",
        "StatusAttributeString",
    ],
    nested: &[
        ("Invoice", &INVOICE),
        ("CreditNote", &CREDIT_NOTE),
        ("Account", &ACCOUNT),
        ("ValidationErrors", &VALIDATION),
        ("Warnings", &VALIDATION),
    ],
};
