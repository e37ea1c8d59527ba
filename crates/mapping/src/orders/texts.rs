//! Texts as Xero takes them.

/// Xero accepts 4,000 characters in a line's description.
const DESCRIPTION_MAX: usize = 4000;

/// Xero accepts 255 characters in a contact's name.
const NAME_MAX: usize = 255;

/// One line of text: control characters become spaces, doubled spaces one.
pub(crate) fn clean(text: &str) -> String {
    let spaced: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A line's description; never empty, since Xero wants one character at least.
pub(crate) fn description(text: &str) -> String {
    let text: String = clean(text).chars().take(DESCRIPTION_MAX).collect();
    if text.is_empty() { "-".to_owned() } else { text }
}

/// `1 unit`, `3 units`.
pub(crate) fn units(count: u64) -> String {
    if count == 1 { "1 unit".to_owned() } else { format!("{count} units") }
}

/// A contact's name: no angle brackets, no doubled or outer spaces.
pub(crate) fn contact_name(text: &str) -> String {
    let without: String = text.chars().filter(|c| !matches!(c, '<' | '>')).collect();
    clean(&without).chars().take(NAME_MAX).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contact_name_keeps_xeros_rules() {
        assert_eq!(contact_name("  Amazon <b>de</b>\t  GmbH "), "Amazon bde/b GmbH");
        assert_eq!(contact_name(&"x".repeat(300)).len(), 255);
    }

    #[test]
    fn a_description_is_one_line_and_never_empty() {
        assert_eq!(description("Two\nlines\u{7}"), "Two lines");
        assert_eq!(description("\n"), "-");
    }
}
