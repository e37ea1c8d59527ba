//! Bodies of facts as they were stored once must be read for ever. A file is never changed; a new
//! shape gets a new file.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use facts::Body;

#[track_caller]
fn check(text: &str) {
    let body: Body = serde_json::from_str(text).unwrap();
    let again: Body = serde_json::from_str(&serde_json::to_string(&body).unwrap()).unwrap();
    assert_eq!(body, again);
}

#[test]
fn every_stored_body_is_still_read() {
    check(include_str!("golden/order.json"));
    check(include_str!("golden/unreadable.json"));
    check(include_str!("golden/approval.json"));
}
