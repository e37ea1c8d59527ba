//! The granular scopes, and which one a path needs
//! (<https://developer.xero.com/documentation/guides/oauth2/scopes>). An app made since March 2026
//! cannot ask for the broad ones.

const KNOWN: &[&str] = &[
    "openid",
    "profile",
    "email",
    "offline_access",
    "accounting.invoices",
    "accounting.invoices.read",
    "accounting.payments",
    "accounting.payments.read",
    "accounting.banktransactions",
    "accounting.banktransactions.read",
    "accounting.manualjournals",
    "accounting.manualjournals.read",
    "accounting.contacts",
    "accounting.contacts.read",
    "accounting.settings",
    "accounting.settings.read",
    "accounting.attachments",
    "accounting.attachments.read",
    "accounting.reports.banksummary.read",
    "accounting.reports.trialbalance.read",
    "app.connections",
];

pub(crate) fn split(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

pub(crate) fn is_known(scope: &str) -> bool {
    KNOWN.contains(&scope)
}

/// All that a bookkeeping app asks for: everything that is not a weaker twin of another scope.
pub(crate) fn full() -> Vec<String> {
    let weaker =
        |scope: &str| scope.strip_suffix(".read").is_some_and(|stronger| KNOWN.contains(&stronger));
    let wanted = |scope: &&&str| !weaker(scope) && **scope != "app.connections";
    KNOWN.iter().filter(wanted).map(|scope| (*scope).to_owned()).collect()
}

/// What a path is about, in lower case: its first word, except for files and reports.
pub(crate) fn resource(segments: &[String]) -> String {
    let words: Vec<String> = segments.iter().map(|segment| segment.to_lowercase()).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    match words.as_slice() {
        [_, _, "attachments", ..] => "attachments".to_owned(),
        ["reports", report, ..] => format!("reports/{report}"),
        [first, ..] => (*first).to_owned(),
        [] => String::new(),
    }
}

/// Whether the scopes allow a call of that method on that resource.
pub(crate) fn allow(scopes: &[String], method: &str, resource: &str) -> bool {
    let needed: &[&str] = match resource {
        "invoices" | "creditnotes" => &["accounting.invoices"],
        "items" => &["accounting.invoices", "accounting.settings"],
        "payments" => &["accounting.payments"],
        "contacts" => &["accounting.contacts"],
        "banktransactions" | "banktransfers" => &["accounting.banktransactions"],
        "manualjournals" => &["accounting.manualjournals"],
        "attachments" => &["accounting.attachments"],
        "reports/trialbalance" => &["accounting.reports.trialbalance"],
        "reports/banksummary" => &["accounting.reports.banksummary"],
        "accounts" | "taxrates" | "trackingcategories" | "currencies" | "organisation" => {
            &["accounting.settings"]
        }
        _ => return true,
    };
    let has = |scope: &str| scopes.iter().any(|held| held == scope);
    needed.iter().any(|scope| has(scope) || (method == "GET" && has(&format!("{scope}.read"))))
}
