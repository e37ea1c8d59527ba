//! Xero's complaints → a stable code. Its words are kept for the person who has to act.

use intents::{Kind, Reason};

/// What a refusal is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Refusal {
    AccountRemoved,
    AccountArchived,
    AccountInvalid,
    ContactArchived,
    ContactNameTaken,
    NumberTaken,
    ItemInvalid,
    TrackingInvalid,
    TaxAmountInvalid,
    TaxTypeInvalid,
    PeriodLocked,
    CurrencyNotSubscribed,
    PaymentExceedsOutstanding,
    DocumentNotAuthorised,
    DocumentNotEditable,
    DocumentMissing,
    DocumentReconciled,
    HasPayments,
    JournalUnbalanced,
    QuantityNegative,
    TotalNegative,
    UrlInvalid,
    PlanLimitReached,
    PermissionMissing,
    Other,
}

impl Refusal {
    fn code(self) -> &'static str {
        match self {
            Refusal::AccountRemoved => "account_removed",
            Refusal::AccountArchived => "account_archived",
            Refusal::AccountInvalid => "account_invalid",
            Refusal::ContactArchived => "contact_archived",
            Refusal::ContactNameTaken => "contact_name_taken",
            Refusal::NumberTaken => "invoice_number_taken",
            Refusal::ItemInvalid => "item_invalid",
            Refusal::TrackingInvalid => "tracking_invalid",
            Refusal::TaxAmountInvalid => "tax_amount_invalid",
            Refusal::TaxTypeInvalid => "tax_type_invalid",
            Refusal::PeriodLocked => "period_locked",
            Refusal::CurrencyNotSubscribed => "currency_not_subscribed",
            Refusal::PaymentExceedsOutstanding => "payment_exceeds_outstanding",
            Refusal::DocumentNotAuthorised => "document_not_authorised",
            Refusal::DocumentNotEditable => "document_not_editable",
            Refusal::DocumentMissing => "document_missing",
            Refusal::DocumentReconciled => "document_reconciled",
            Refusal::HasPayments => "has_payments",
            Refusal::JournalUnbalanced => "unsendable",
            Refusal::QuantityNegative => "quantity_negative",
            Refusal::TotalNegative => "total_negative",
            Refusal::UrlInvalid => "url_invalid",
            Refusal::PlanLimitReached => "plan_limit_reached",
            Refusal::PermissionMissing => "permission_missing",
            Refusal::Other => "xero_refused",
        }
    }
}

/// Words that tell a complaint, in lower case; the first that stand in it decide. Xero documents no
/// codes for its complaints: these are its sentences as its `OpenAPI` file and its customers show them.
const WORDS: [(&str, Refusal); 42] = [
    ("has been removed as it does not match a recognised account", Refusal::AccountRemoved),
    ("lock date", Refusal::PeriodLocked),
    ("period is locked", Refusal::PeriodLocked),
    ("reconciled", Refusal::DocumentReconciled),
    ("must equal total credits", Refusal::JournalUnbalanced),
    ("is not subscribed to currency", Refusal::CurrencyNotSubscribed),
    ("exceeds the amount outstanding", Refusal::PaymentExceedsOutstanding),
    ("authorised documents", Refusal::DocumentNotAuthorised),
    ("not of valid status for modification", Refusal::DocumentNotEditable),
    ("cannot be edited as it has a payment", Refusal::DocumentNotEditable),
    ("because it has payments or credit notes", Refusal::DocumentNotEditable),
    ("is already assigned to another contact", Refusal::ContactNameTaken),
    ("contact has this contact number", Refusal::ContactNameTaken),
    ("archived contact", Refusal::ContactArchived),
    ("contact is archived", Refusal::ContactArchived),
    ("contact has been archived", Refusal::ContactArchived),
    ("has been archived", Refusal::AccountArchived),
    ("is archived", Refusal::AccountArchived),
    ("# must be unique", Refusal::NumberTaken),
    ("number must be unique", Refusal::NumberTaken),
    ("already exists", Refusal::NumberTaken),
    ("the taxtype code", Refusal::TaxTypeInvalid),
    ("the taxtype field", Refusal::TaxTypeInvalid),
    ("tax rate must be valid", Refusal::TaxTypeInvalid),
    ("the tax amount cannot be greater", Refusal::TaxAmountInvalid),
    ("taxamount", Refusal::TaxAmountInvalid),
    ("is not a valid code for this document", Refusal::AccountInvalid),
    ("account code must be specified", Refusal::AccountInvalid),
    ("account code or id must be specified", Refusal::AccountInvalid),
    ("you must specify an account code", Refusal::AccountInvalid),
    ("account must be valid", Refusal::AccountInvalid),
    ("account code", Refusal::AccountInvalid),
    ("item code", Refusal::ItemInvalid),
    ("price list item", Refusal::ItemInvalid),
    ("tracking", Refusal::TrackingInvalid),
    ("quantity must not be less than zero", Refusal::QuantityNegative),
    ("document must be greater than or equal to zero", Refusal::TotalNegative),
    ("limit of invoices you can approve", Refusal::PlanLimitReached),
    ("correct permissions", Refusal::PermissionMissing),
    ("could not be found", Refusal::DocumentMissing),
    ("cannot be found", Refusal::DocumentMissing),
    ("url", Refusal::UrlInvalid),
];

/// Complaints that say "it is there already": not a refusal but a sighting, to be looked up.
const SIGHTINGS: [&str; 5] = [
    "must be unique",
    "is already assigned to another contact",
    "already exists",
    "contact has this contact number",
    "please enter a unique",
];

/// The reason for a person: the code of the first complaint that is known, and all of Xero's words.
pub(super) fn reason(complaints: &[String]) -> Reason {
    let told = complaints.iter().map(|complaint| told(complaint));
    let refusal = told.into_iter().find(|refusal| *refusal != Refusal::Other);
    let words = complaints.join(" / ");
    let words = if words.is_empty() { "Xero gave no reason".to_owned() } else { words };
    Reason::new(refusal.unwrap_or(Refusal::Other).code(), words)
}

fn told(complaint: &str) -> Refusal {
    let complaint = complaint.to_lowercase();
    let found = WORDS.iter().find(|(words, _)| complaint.contains(words));
    found.map_or(Refusal::Other, |(_, refusal)| *refusal)
}

/// Money or credit stands against what was to be taken back, in the words of a void and of an edit.
const PAYMENTS: [&str; 4] =
    ["has a payment", "has payments", "payments or credit notes", "payment or credit note"];

/// Why something cannot be taken back: what stands in the way first.
pub(super) fn reason_of_undoing(complaints: &[String]) -> Reason {
    let reason = reason(complaints);
    let is_plain = [Refusal::Other, Refusal::DocumentNotEditable].map(Refusal::code);
    if is_plain.contains(&reason.code.as_str()) && complaints.iter().any(|one| is_paid(one)) {
        return Reason::new(Refusal::HasPayments.code(), reason.detail);
    }
    reason
}

fn is_paid(complaint: &str) -> bool {
    let complaint = complaint.to_lowercase();
    PAYMENTS.iter().any(|words| complaint.contains(words))
}

/// True when what was to be taken back seems to be gone: Xero does not change what is voided or
/// deleted. A look-up tells.
fn is_gone_already(complaints: &[String]) -> bool {
    let is_state = complaints.iter().any(|complaint| {
        let complaint = complaint.to_lowercase();
        complaint.contains("not of valid status")
            || complaint.contains("already been")
            || complaint.contains("is already")
    });
    let is_other = |one: &String| is_paid(one) || told(one) == Refusal::DocumentReconciled;
    is_state && !complaints.iter().any(is_other)
}

/// True when a create was refused because what it would make, or something in its place, is there.
pub(super) fn is_sighting(kind: Kind, complaints: &[String]) -> bool {
    let says_there = complaints.iter().any(|complaint| {
        let complaint = complaint.to_lowercase();
        SIGHTINGS.iter().any(|words| complaint.contains(words))
    });
    match kind {
        Kind::Contact
        | Kind::Item
        | Kind::Invoice
        | Kind::CreditNote
        | Kind::Bill
        | Kind::SupplierCredit => says_there,
        Kind::Undo | Kind::InvoiceVoid => is_gone_already(complaints),
        Kind::InvoiceEdit
        | Kind::Allocation
        | Kind::Payment
        | Kind::Refund
        | Kind::BankTransaction
        | Kind::BankTransfer
        | Kind::ManualJournal
        | Kind::Attachment => false,
    }
}

/// True of a warning after which the document is not what was sent: Xero takes out accounts that it
/// does not know and saves the rest.
pub(super) fn spoils(warning: &str) -> bool {
    match told(warning) {
        Refusal::AccountRemoved
        | Refusal::AccountArchived
        | Refusal::AccountInvalid
        | Refusal::ItemInvalid
        | Refusal::TrackingInvalid
        | Refusal::TaxTypeInvalid
        | Refusal::TaxAmountInvalid => true,
        Refusal::ContactArchived
        | Refusal::ContactNameTaken
        | Refusal::NumberTaken
        | Refusal::PeriodLocked
        | Refusal::CurrencyNotSubscribed
        | Refusal::PaymentExceedsOutstanding
        | Refusal::DocumentNotAuthorised
        | Refusal::DocumentNotEditable
        | Refusal::DocumentMissing
        | Refusal::DocumentReconciled
        | Refusal::HasPayments
        | Refusal::JournalUnbalanced
        | Refusal::QuantityNegative
        | Refusal::TotalNegative
        | Refusal::UrlInvalid
        | Refusal::PlanLimitReached
        | Refusal::PermissionMissing
        | Refusal::Other => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As Xero's file and its customers show them.
    const COMPLAINTS: [(&str, &str); 35] = [
        ("Invoice # must be unique.", "invoice_number_taken"),
        (
            "The contact name Buzz is already assigned to another contact. The contact name must be unique across all active contacts.",
            "contact_name_taken",
        ),
        (
            "Another contact has this contact number. Please enter a different contact number.",
            "contact_name_taken",
        ),
        (
            "Payment amount exceeds the amount outstanding on this document",
            "payment_exceeds_outstanding",
        ),
        ("Payments can only be made against Authorised documents", "document_not_authorised"),
        ("You must specify an Account code or Account ID for the payment.", "account_invalid"),
        (
            "Account code '476' has been removed as it does not match a recognised account.",
            "account_removed",
        ),
        ("Account code '200' is not a valid code for this document.", "account_invalid"),
        (
            "Account code '200' has been archived, or has been deleted. Each line item must reference a valid account.",
            "account_archived",
        ),
        ("Account code must be specified", "account_invalid"),
        ("The account code or ID must be specified", "account_invalid"),
        ("Account must be valid.", "account_invalid"),
        ("Tax rate must be valid.", "tax_type_invalid"),
        ("The TaxType code 'X' cannot be used with account code '200'.", "tax_type_invalid"),
        (
            "The TaxType code X does not exist or cannot be used for this type of transaction.",
            "tax_type_invalid",
        ),
        ("The TaxType field is mandatory", "tax_type_invalid"),
        ("Item code ABC is not valid", "item_invalid"),
        ("Item Code is invalid.", "item_invalid"),
        ("Price List Item with Code 'abc' already exists", "invoice_number_taken"),
        ("The tax amount cannot be greater than the line amount!", "tax_amount_invalid"),
        (
            "The quantity value '-1.0000' is invalid. Quantity must not be less than zero.",
            "quantity_negative",
        ),
        ("The Total for this document must be greater than or equal to zero.", "total_negative"),
        (
            "The document date cannot be before the period lock date, currently set at 31 Dec 2025",
            "period_locked",
        ),
        (
            "The document date cannot be before the end of year lock date, currently set at 31 Dec 2025",
            "period_locked",
        ),
        ("Invoice not of valid status for modification", "document_not_editable"),
        (
            "This document cannot be edited as it has a payment or credit note allocated to it.",
            "document_not_editable",
        ),
        (
            "The status VOIDED cannot be applied to the invoice because it has payments or credit notes allocated to it.",
            "document_not_editable",
        ),
        ("You have reached the limit of invoices you can approve.", "plan_limit_reached"),
        ("An existing Invoice with the specified ID could not be found", "document_missing"),
        ("Organisation is not subscribed to currency EUR", "currency_not_subscribed"),
        (
            "The User specified does not have the correct permissions to perform this action",
            "permission_missing",
        ),
        ("The Url must be absolute", "url_invalid"),
        ("The tracking option could not be found", "tracking_invalid"),
        ("The contact has been archived", "contact_archived"),
        ("Something that Xero never said before", "xero_refused"),
    ];

    #[test]
    fn every_known_complaint_has_its_code() {
        for (complaint, code) in COMPLAINTS {
            assert_eq!(reason(&[complaint.to_owned()]).code, code, "{complaint}");
        }
    }

    #[test]
    fn the_first_known_complaint_gives_the_code_and_all_words_are_kept() {
        let complaints = ["Strange.".to_owned(), "Account must be valid.".to_owned()];
        let reason = reason(&complaints);
        assert_eq!(reason.code, "account_invalid");
        assert_eq!(reason.detail, "Strange. / Account must be valid.");
    }

    #[test]
    fn it_is_there_already_is_a_sighting_of_a_create_alone() {
        let complaints = ["Invoice # must be unique.".to_owned()];
        assert!(is_sighting(Kind::Invoice, &complaints));
        assert!(!is_sighting(Kind::InvoiceEdit, &complaints));
        assert!(!is_sighting(Kind::Payment, &complaints));
        assert!(!is_sighting(Kind::Invoice, &["Account must be valid.".to_owned()]));
    }
}
