//! The country of a marketplace by the name that Amazon's rows give it.

use base::Currency;

/// Members of the European Union.
pub(crate) const EUROPEAN_UNION: [&str; 27] = [
    "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT",
    "LT", "LU", "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK",
];

/// `Amazon.co.uk` is `GB`; so are `Non-Amazon UK` and `SI UK Prod Marketplace`. None where a name
/// says no country.
pub fn country_of(marketplace: &str) -> Option<String> {
    let name = marketplace.trim().to_ascii_lowercase();
    let word = match name.strip_prefix("amazon.") {
        Some(domain) => domain.rsplit('.').next(),
        None => {
            name.strip_prefix("si ").or_else(|| name.strip_prefix("non-amazon")).map(first_word)
        }
    };
    match word? {
        "com" | "us" => Some("US".to_owned()),
        "uk" | "gb" => Some("GB".to_owned()),
        code if code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase()) => {
            Some(code.to_ascii_uppercase())
        }
        _ => None,
    }
}

fn first_word(text: &str) -> &str {
    text.split_whitespace().next().unwrap_or_default()
}

/// The currency of a member of the European Union.
pub(crate) fn currency_of(country: &str) -> Option<Currency> {
    let code = match country {
        "CZ" => "CZK",
        "DK" => "DKK",
        "HU" => "HUF",
        "PL" => "PLN",
        "RO" => "RON",
        "SE" => "SEK",
        _ => "EUR",
    };
    code.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marketplace_says_its_country() {
        let country = |name: &str| country_of(name).unwrap_or_default();
        assert_eq!(country("Amazon.co.uk"), "GB");
        assert_eq!(country("Amazon.com"), "US");
        assert_eq!(country("amazon.com.au"), "AU");
        assert_eq!(country("Amazon.de"), "DE");
        assert_eq!(country("Non-Amazon UK"), "GB");
        assert_eq!(country("SI CA Prod Marketplace"), "CA");
        assert_eq!(country("Non-Amazon"), "");
        assert_eq!(country(""), "");
    }
}
