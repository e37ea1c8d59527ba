//! What Xero says when it says no.
//! <https://developer.xero.com/documentation/api/accounting/responsecodes>

use std::collections::BTreeSet;

use base::Response;
use serde_json::Value;

/// All complaints in a refusal's body: its own message unless that only says that there are
/// others, then those of every element, however deep they stand, each once.
pub(crate) fn complaints(response: &Response) -> Vec<String> {
    let Ok(body) = serde_json::from_slice::<Value>(&response.body) else { return Vec::new() };
    let mut found = Vec::new();
    gather(&body, &mut found);
    if found.is_empty() {
        found.extend(body.get("Message").and_then(Value::as_str).map(str::to_owned));
    }
    let mut seen = BTreeSet::new();
    found.retain(|complaint| !complaint.is_empty() && seen.insert(complaint.clone()));
    found
}

fn gather(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| gather(item, found)),
        Value::Object(fields) => {
            for (name, field) in fields {
                if name == "ValidationErrors" {
                    let messages = field.as_array().into_iter().flatten();
                    let messages = messages.filter_map(|one| one.get("Message")?.as_str());
                    found.extend(messages.map(str::to_owned));
                } else {
                    gather(field, found);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// Xero's words for a person.
pub(crate) fn words(response: &Response) -> String {
    let complaints = complaints(response);
    if complaints.is_empty() { problem(response) } else { complaints.join(" / ") }
}

/// The `Detail` (or `Title`) of a refusal that is not about content: 401, 403, 404.
pub(crate) fn problem(response: &Response) -> String {
    let body = serde_json::from_slice::<Value>(&response.body).unwrap_or(Value::Null);
    let field = |name: &str| body.get(name).and_then(Value::as_str).map(str::to_owned);
    field("Detail")
        .or_else(|| field("Title"))
        .or_else(|| field("Message"))
        .or_else(|| field("error"))
        .unwrap_or_else(|| "no reason given".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(body: &str) -> Response {
        Response { status: 400, headers: Vec::new(), body: body.as_bytes().to_vec() }
    }

    #[test]
    fn complaints_are_gathered_however_deep_and_told_once() {
        let body = r#"{"ErrorNumber":10,"Type":"ValidationException","Message":"A validation exception occurred",
            "Elements":[{"LineItems":[{"ValidationErrors":[{"Message":"Account must be valid."}]}],
            "ValidationErrors":[{"Message":"Account must be valid."},{"Message":"Due date cannot be empty."}]}]}"#;
        assert_eq!(words(&refusal(body)), "Account must be valid. / Due date cannot be empty.");
    }

    #[test]
    fn a_refusal_without_elements_speaks_for_itself() {
        let body = r#"{"ErrorNumber":16,"Type":"QueryParseException","Message":"No property or field 'X'"}"#;
        assert_eq!(words(&refusal(body)), "No property or field 'X'");
        assert_eq!(words(&refusal("<html>")), "no reason given");
        assert_eq!(words(&refusal(r#"{"error":"invalid_grant"}"#)), "invalid_grant");
    }
}
