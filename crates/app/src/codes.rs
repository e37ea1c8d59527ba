//! Who acts upon an error, by its code, and when it is tried again.

use intents::retry::Class;

/// The class of a turn's error, by the code alone or before a colon. What nobody thought of may have
/// been carried out.
pub fn class_of(trouble: &str) -> Class {
    let code = trouble.split(':').next().unwrap_or(trouble);
    match code {
        "authorisation_gone" | "client_wrong" | "needs_consent" | "disconnected" => Class::Auth,
        "busy" | "token_busy" | "database_busy" => Class::Busy,
        "amazon_not_reached" | "xero_not_reached" | "token_no_answer" | "not_sent"
        | "no_network" => Class::Unsent,
        "amazon_refused" | "xero_refused" | "role_missing" | "page_token_refused"
        | "config_invalid" | "rule_failed" | "disk_full" | "database_read_only"
        | "row_unreadable" | "secret_unreadable" => Class::Refused,
        _ => Class::Unclear,
    }
}

/// True when the code, alone or before a colon, is one that only a person can mend.
pub fn is_for_a_person(trouble: &str) -> bool {
    let code = trouble.split(':').next().unwrap_or(trouble);
    [
        "authorisation_gone",
        "client_wrong",
        "needs_consent",
        "disconnected",
        "config_invalid",
        "rule_failed",
        "disk_full",
        "database_read_only",
        "row_unreadable",
        "secret_unreadable",
        "page_token_refused",
    ]
    .contains(&code)
}
