//! What may be kept of a message that could not be read: nothing that is named like a person's.

use super::parts::{Parts, elements};

/// A field whose name holds one of these is dropped, with all that is in it.
const PERSONAL: [&str; 16] = [
    "postal",
    "postcode",
    "zip",
    "address",
    "buyer",
    "recipient",
    "customer",
    "consignee",
    "phone",
    "email",
    "city",
    "street",
    "firstname",
    "lastname",
    "fullname",
    "giftmessage",
];

/// Amazon's notifications are six levels deep. What is deeper than this is not theirs.
const DEPTH_MAX: u8 = 16;

/// The message as it may be kept; `None` where it is no JSON object and no list, so that nobody can
/// tell what is in it.
pub fn redacted(body: &str) -> Option<String> {
    let text = body.trim();
    is_nested(text).then(|| kept(text, 0)).flatten()
}

/// `None`: nothing of it can be kept.
fn kept(text: &str, depth: u8) -> Option<String> {
    if depth > DEPTH_MAX {
        return None;
    }
    let inner = depth.saturating_add(1);
    if text.starts_with('[') {
        let elements = elements(text)?;
        let kept: Vec<String> = elements.iter().map(|one| part(one.get(), inner)).collect();
        return Some(format!("[{}]", kept.join(",")));
    }
    if text.starts_with('{') {
        let fields = Parts::of(text)?.0;
        let kept: Vec<String> = fields
            .iter()
            .filter(|(name, _)| !is_personal(name))
            .map(|(name, value)| format!("{}:{}", quoted(name), part(value.get(), inner)))
            .collect();
        return Some(format!("{{{}}}", kept.join(",")));
    }
    // A text may be JSON once more, as in the wrappers of message services.
    let Ok(inside) = serde_json::from_str::<String>(text) else { return Some(text.to_owned()) };
    let inside = inside.trim();
    if is_nested(inside) {
        return kept(inside, inner).map(|kept| quoted(&kept));
    }
    Some(text.to_owned())
}

fn part(text: &str, depth: u8) -> String {
    kept(text, depth).unwrap_or_else(|| "null".to_owned())
}

fn is_nested(text: &str) -> bool {
    text.starts_with(['{', '['])
}

fn is_personal(name: &str) -> bool {
    let plain: String = name
        .chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|letter| letter.to_ascii_lowercase())
        .collect();
    PERSONAL.iter().any(|word| plain.contains(word))
}

fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_else(|_not_text| "null".to_owned())
}
