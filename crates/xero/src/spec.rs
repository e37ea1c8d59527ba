//! Xero as data: addresses, scopes, lifetimes, limits, and what a person must supply.

use base::{Limit, Timestamp};

/// The vendor as data. The connect screen, the docs page and `doctor` are made from it.
#[derive(Debug)]
pub struct Spec {
    /// Base address of the Accounting API: what `Host::Api` stands for.
    pub api_url: &'static str,
    /// The whole address of the token endpoint: what `Host::Token` stands for.
    pub token_url: &'static str,
    /// The whole address of the list of connections: what `Host::Connections` stands for.
    pub connections_url: &'static str,
    /// Where a person gives consent.
    pub authorise_url: &'static str,
    /// Scopes of a consent, in the granular form that applications made since March 2026 must use.
    pub scopes: &'static [&'static str],
    /// Scopes of a custom connection: it has no user to identify and no refresh token.
    pub custom_scopes: &'static [&'static str],
    pub code_ms: i64,
    pub access_token_ms: i64,
    pub refresh_token_ms: i64,
    /// How long a refresh token still works after its first use, for when the reply was lost.
    pub refresh_grace_ms: i64,
    pub calls_per_minute: u32,
    /// On Xero's Starter tier; larger tiers have 5,000.
    pub calls_per_day: u32,
    pub calls_at_once: u32,
    pub page_size: u32,
    /// Sent where it went over a limit: seconds to wait.
    pub retry_header: &'static str,
    /// How long to wait when it says no seconds (it says none for calls at once).
    pub retry_default_ms: i64,
    pub settings: &'static [Setting],
}

/// Something that a person supplies to connect.
#[derive(Debug)]
pub struct Setting {
    pub name: &'static str,
    pub label: &'static str,
    pub help: &'static str,
    pub is_secret: bool,
    /// May be left empty.
    pub is_optional: bool,
    pub example: &'static str,
}

/// Sources: <https://developer.xero.com/documentation/guides/oauth2/auth-flow/>,
/// <https://developer.xero.com/documentation/guides/oauth2/scopes/>,
/// <https://developer.xero.com/documentation/guides/oauth2/limits/>,
/// <https://developer.xero.com/documentation/guides/oauth2/token-types/>.
pub const SPEC: Spec = Spec {
    api_url: "https://api.xero.com/api.xro/2.0",
    token_url: "https://identity.xero.com/connect/token",
    connections_url: "https://api.xero.com/connections",
    authorise_url: "https://login.xero.com/identity/connect/authorize",
    scopes: &[
        "openid",
        "profile",
        "email",
        "offline_access",
        "accounting.invoices",
        "accounting.payments",
        "accounting.banktransactions",
        "accounting.manualjournals",
        "accounting.contacts",
        "accounting.settings",
        "accounting.attachments",
        "accounting.reports.trialbalance.read",
    ],
    custom_scopes: &[
        "accounting.invoices",
        "accounting.payments",
        "accounting.banktransactions",
        "accounting.manualjournals",
        "accounting.contacts",
        "accounting.settings",
        "accounting.attachments",
        "accounting.reports.trialbalance.read",
    ],
    code_ms: 5 * Timestamp::MINUTE,
    access_token_ms: 30 * Timestamp::MINUTE,
    refresh_token_ms: 60 * Timestamp::DAY,
    refresh_grace_ms: 30 * Timestamp::MINUTE,
    calls_per_minute: 60,
    calls_per_day: 1_000,
    calls_at_once: 5,
    page_size: PAGE_SIZE,
    retry_header: "retry-after",
    retry_default_ms: 5 * Timestamp::SECOND,
    settings: &[
        Setting {
            name: "client_id",
            label: "Client id",
            help: "From the app's Configuration page at developer.xero.com.",
            is_secret: false,
            is_optional: false,
            example: "0123456789ABCDEF0123456789ABCDEF",
        },
        Setting {
            name: "client_secret",
            label: "Client secret",
            help: "Of a web app or custom connection. A PKCE app has none.",
            is_secret: true,
            is_optional: true,
            example: "",
        },
    ],
};

/// Xero pages from 1 and gives at most a thousand elements a page.
/// <https://developer.xero.com/documentation/api/accounting/invoices>
pub const PAGE_SIZE: u32 = 1_000;

/// Sixty calls a minute and organisation. Xero's windows are fixed and of unknown phase, so the
/// lane keeps count by itself; this is the same limit as a bucket.
pub const LIMIT: Limit = Limit::bucket(Timestamp::SECOND, 60);
