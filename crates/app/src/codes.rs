//! Who acts upon an error, by its code.

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
