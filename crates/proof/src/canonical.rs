//! The bytes that are signed: one text for one proof, whoever writes it.
//!
//! The proof's JSON without its `signature`, UTF-8, object keys sorted by code point, no space
//! outside strings, whole numbers only, and in strings only what must be escaped (`\"`, `\\`, `\b`,
//! `\f`, `\n`, `\r`, `\t`, other control characters as `\u00xx` in lower case). Python writes the same
//! bytes with `json.dumps(proof, sort_keys=True, separators=(",", ":"), ensure_ascii=False)`.

use serde::Serialize;
use serde_json::Value;

/// The canonical text of anything that is JSON.
pub fn text(value: &impl Serialize) -> Result<String, serde_json::Error> {
    let mut out = String::new();
    write(&serde_json::to_value(value)?, &mut out)?;
    Ok(out)
}

fn write(value: &Value, out: &mut String) -> Result<(), serde_json::Error> {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort_unstable();
            let members = keys.into_iter().filter_map(|key| Some((key, map.get(key)?)));
            out.push('{');
            for (index, (key, member)) in members.enumerate() {
                comma(index, out);
                out.push_str(&serde_json::to_string(key)?);
                out.push(':');
                write(member, out)?;
            }
            out.push('}');
        }
        Value::Array(list) => {
            out.push('[');
            for (index, member) in list.iter().enumerate() {
                comma(index, out);
                write(member, out)?;
            }
            out.push(']');
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            out.push_str(&serde_json::to_string(value)?);
        }
    }
    Ok(())
}

fn comma(index: usize, out: &mut String) {
    if index > 0 {
        out.push(',');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Serialize)]
    struct Odd {
        zebra: Option<u64>,
        apple: &'static str,
        list: [bool; 2],
    }

    #[test]
    fn keys_are_sorted_and_nothing_is_spaced() {
        let odd = Odd { zebra: None, apple: "a\"\\\n\u{1}é\u{7f}", list: [true, false] };
        let expected =
            "{\"apple\":\"a\\\"\\\\\\n\\u0001é\u{7f}\",\"list\":[true,false],\"zebra\":null}";
        assert_eq!(text(&odd).unwrap(), expected);
    }
}
