//! Query strings and forms, kept as pairs in the order in which they came.

use percent_encoding::percent_decode_str;

/// The pairs of `a=1&b=2`, decoded. A plus sign is a space.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    text.split('&').filter(|pair| !pair.is_empty()).map(pair).collect()
}

fn pair(text: &str) -> (String, String) {
    let (name, value) = text.split_once('=').unwrap_or((text, ""));
    (decoded(name), decoded(value))
}

fn decoded(text: &str) -> String {
    percent_decode_str(&text.replace('+', " ")).decode_utf8_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_read_in_order_and_decoded() {
        let expected = vec![
            ("a".to_owned(), "2026-01-01T00:00:00Z".to_owned()),
            ("b".to_owned(), "x y".to_owned()),
            ("c".to_owned(), String::new()),
        ];
        assert_eq!(pairs("a=2026-01-01T00%3A00%3A00Z&b=x+y&c"), expected);
    }
}
