//! What Xero says by webhook: whether it is Xero that speaks, and about what. A notice says that
//! something changed, and nothing of what it is now: whoever wants to know reads it again.
//! <https://developer.xero.com/documentation/guides/webhooks/overview/>

use base::{Secret, Timestamp};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use serde::Deserialize;
use sha2::Sha256;

use crate::api::dates;

/// The header in which Xero signs what it sends.
pub const SIGNATURE_HEADER: &str = "x-xero-signature";

/// Xero's answers are awaited for five seconds, in milliseconds.
/// <https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/>
pub const ANSWER_WITHIN_MS: i64 = 5 * Timestamp::SECOND;

/// Something of an organisation was made or changed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// The same each time Xero says it.
    pub key: String,
    pub tenant_id: String,
    /// `INVOICE` (sales invoices and bills), `CREDITNOTE`, `CONTACT`; Xero adds to them.
    pub category: String,
    /// `CREATE` or `UPDATE`.
    pub change: String,
    pub resource_id: String,
    /// None when Xero's text for it could not be read.
    pub occurred: Option<Timestamp>,
    /// Xero's own count of what it told this application.
    pub sequence: Option<u64>,
}

/// A body that is signed and cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("what Xero sent is not as it should be, line {line} column {column}")]
pub struct Unreadable {
    line: usize,
    column: usize,
}

/// True when the body is signed with this key: HMAC-SHA256 over the bytes as they came, compared
/// in constant time with the signature, which is base64.
/// <https://developer.xero.com/documentation/guides/webhooks/configuring-your-server/>
pub fn is_signed(key: &Secret, body: &[u8], signature: &str) -> bool {
    if key.is_empty() {
        return false;
    }
    let Ok(claimed) = STANDARD.decode(signature.trim()) else { return false };
    // A key of any length will do.
    let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(key.expose().as_bytes()) else {
        return false;
    };
    mac.update(body);
    mac.verify_slice(&claimed).is_ok()
}

/// What a signed body says about organisations. An intent to receive has no events; what names no
/// organisation or no resource is about neither and is left out.
pub fn read(body: &[u8]) -> Result<Vec<Notice>, Unreadable> {
    let payload: Payload = serde_json::from_slice(body)
        .map_err(|error| Unreadable { line: error.line(), column: error.column() })?;
    let first = payload.first_event_sequence;
    let counted = (0_u64..).zip(payload.events.iter().flatten());
    Ok(counted
        .filter_map(|(nth, told)| notice(told, first.and_then(|first| first.checked_add(nth))))
        .collect())
}

fn notice(told: &Told, sequence: Option<u64>) -> Option<Notice> {
    let is_organisation = told.tenant_type.as_deref().is_none_or(|kind| kind == "ORGANISATION");
    let tenant_id = told.tenant_id.clone().filter(|_id| is_organisation)?;
    let resource_id = told.resource_id.clone()?;
    let category = told.event_category.clone().unwrap_or_default().to_uppercase();
    let change = told.event_type.clone().unwrap_or_default().to_uppercase();
    let occurred = told.event_date_utc.as_deref().unwrap_or_default();
    // Xero repeats an event that it got no answer to, perhaps among others and so with another
    // sequence: what is the same is what it is about, and when.
    let parts = [&tenant_id, &resource_id, occurred, &category, &change];
    let parts = parts.map(str::to_lowercase);
    let key = base::digest(&parts.each_ref().map(String::as_str));
    let occurred = dates::moment(occurred);
    Some(Notice { key, tenant_id, category, change, resource_id, occurred, sequence })
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Payload {
    events: Option<Vec<Told>>,
    first_event_sequence: Option<u64>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Told {
    resource_id: Option<String>,
    event_date_utc: Option<String>,
    event_type: Option<String>,
    event_category: Option<String>,
    tenant_id: Option<String>,
    tenant_type: Option<String>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sign(key: &str, body: &[u8]) -> String {
        let mut mac = Hmac::<Sha256>::new_from_slice(key.as_bytes()).unwrap();
        mac.update(body);
        STANDARD.encode(mac.finalize().into_bytes())
    }

    /// As Xero's documentation shows it, with an event of a category that we do not know.
    const BODY: &str = r#"{"events":[
        {"resourceUrl":"https://api.xero.com/api.xro/2.0/Invoices/717f2bfc-c6d4-41fd-b238-3f2f0c0cf777",
         "resourceId":"717f2bfc-c6d4-41fd-b238-3f2f0c0cf777","eventDateUtc":"2026-06-21T01:15:39.902",
         "eventType":"Update","eventCategory":"INVOICE","tenantId":"c2cc9b6e-9458-4c7d-93cc-f02b81b0594f","tenantType":"ORGANISATION"},
        {"resourceId":"x","eventDateUtc":"soon","eventType":"CREATE","eventCategory":"TOMORROW","tenantId":"t","tenantType":"ORGANISATION"},
        {"resourceId":"s","eventDateUtc":"2026-06-21T01:15:39.902","eventType":"CREATE","eventCategory":"SUBSCRIPTION","tenantId":"t","tenantType":"APPLICATION"}],
        "firstEventSequence":7,"lastEventSequence":9,"entropy":"S0m3r4Nd0mt3xt"}"#;

    #[test]
    fn a_body_that_xero_signed_is_xeros() {
        // printf '%s' "$BODY" | openssl dgst -sha256 -hmac key -binary | base64
        let body = b"The quick brown fox jumps over the lazy dog";
        let signature = "97yD9DBThCSxMpjmqm+xQ+9NWaFJRhdZl0edvC0aPNg=";
        assert!(is_signed(&Secret::new("key"), body, signature));
        assert!(!is_signed(&Secret::new("Key"), body, signature));
        assert!(is_signed(&Secret::new("key"), body, &sign("key", body)));
        assert!(is_signed(&Secret::new("key"), body, &format!(" {} ", sign("key", body))));
    }

    #[test]
    fn without_a_key_nothing_is_signed() {
        assert!(!is_signed(&Secret::new(""), b"x", &sign("", b"x")));
        assert!(!is_signed(&Secret::new("key"), b"x", ""));
        assert!(!is_signed(&Secret::new("key"), b"x", "not base64 at all"));
    }

    #[test]
    fn notices_are_read_and_what_is_of_no_organisation_is_left_out() {
        let notices = read(BODY.as_bytes()).unwrap();
        assert_eq!(notices.len(), 2);
        let first = &notices[0];
        assert_eq!((first.category.as_str(), first.change.as_str()), ("INVOICE", "UPDATE"));
        assert_eq!(first.occurred, Timestamp::parse("2026-06-21T01:15:39.902Z").ok());
        assert_eq!((first.sequence, notices[1].sequence), (Some(7), Some(8)));
        assert_eq!((notices[1].occurred, notices[1].category.as_str()), (None, "TOMORROW"));
        assert!(
            read(br#"{"events":[],"firstEventSequence":0,"lastEventSequence":0}"#)
                .unwrap()
                .is_empty()
        );
        assert!(read(b"{").is_err());
    }

    #[test]
    fn an_event_that_is_told_again_has_the_same_key() {
        let again = BODY.replace("\"firstEventSequence\":7", "\"firstEventSequence\":90");
        let keys = |body: &str| -> Vec<String> {
            read(body.as_bytes()).unwrap().into_iter().map(|one| one.key).collect()
        };
        assert_eq!(keys(BODY), keys(&again));
        assert_ne!(keys(BODY), keys(&BODY.replace("39.902", "39.903")));
    }

    proptest! {
        #[test]
        fn any_other_body_key_or_signature_is_refused(
            body in proptest::collection::vec(any::<u8>(), 1..200),
            key in "[A-Za-z0-9+/=]{1,60}",
            at in any::<prop::sample::Index>(),
            bit in 0_u8..8,
        ) {
            let signature = sign(&key, &body);
            let secret = Secret::new(key.clone());
            prop_assert!(is_signed(&secret, &body, &signature));
            let mut other = body.clone();
            other[at.index(body.len())] ^= 1 << bit;
            prop_assert!(!is_signed(&secret, &other, &signature));
            let longer = Secret::new([key.as_str(), "x"].concat());
            prop_assert!(!is_signed(&longer, &body, &signature));
            let mut bytes = STANDARD.decode(&signature).unwrap();
            let place = at.index(bytes.len());
            bytes[place] ^= 1 << bit;
            prop_assert!(!is_signed(&secret, &body, &STANDARD.encode(&bytes)));
            prop_assert!(!is_signed(&secret, &body, &STANDARD.encode(&bytes[..16])));
        }

        #[test]
        fn reading_never_panics(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(read(&body));
        }
    }
}
