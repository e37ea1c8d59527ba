//! Order numbers and item codes as numbers of eight bytes.
//!
//! Amazon's are digits and fit; what does not (another shop's order number, a SKU) is kept as text
//! once, and its number has the highest bit set.

use std::collections::BTreeMap;

const KEPT: u64 = 1 << 63;

#[derive(Debug, Default)]
pub(super) struct Texts {
    numbers: BTreeMap<Box<str>, u64>,
    kept: Vec<Box<str>>,
    last_order: Last,
    last_code: Last,
}

/// The last row's text and its number: the next row mostly has the same, and to compare texts is
/// cheaper than to read them.
#[derive(Debug, Default)]
struct Last {
    text: String,
    number: Option<u64>,
}

impl Last {
    fn number(&self, text: &str) -> Option<u64> {
        self.number.filter(|_| self.text == text)
    }

    fn keep(&mut self, text: &str, number: u64) -> u64 {
        self.text.clear();
        self.text.push_str(text);
        self.number = Some(number);
        number
    }
}

impl Texts {
    /// An order number, which is seventeen digits in groups of three, seven and seven.
    pub(super) fn order(&mut self, text: &str) -> u64 {
        if let Some(number) = self.last_order.number(text) {
            return number;
        }
        let number = packed_order(text).unwrap_or_else(|| self.text(text));
        self.last_order.keep(text, number)
    }

    /// An item's code, which is digits.
    pub(super) fn code(&mut self, text: &str) -> u64 {
        if let Some(number) = self.last_code.number(text) {
            return number;
        }
        let number = packed_code(text).unwrap_or_else(|| self.text(text));
        self.last_code.keep(text, number)
    }

    pub(super) fn text(&mut self, text: &str) -> u64 {
        if let Some(number) = self.numbers.get(text) {
            return *number;
        }
        let number = KEPT | u64::try_from(self.kept.len()).unwrap_or(0);
        self.kept.push(text.into());
        self.numbers.insert(text.into(), number);
        number
    }

    pub(super) fn order_text(&self, number: u64) -> String {
        if number & KEPT != 0 {
            return self.kept_text(number);
        }
        let digits = format!("{number:017}");
        let (first, rest) = digits.split_at_checked(3).unwrap_or((&digits, ""));
        let (second, third) = rest.split_at_checked(7).unwrap_or((rest, ""));
        format!("{first}-{second}-{third}")
    }

    pub(super) fn code_text(&self, number: u64) -> String {
        if number & KEPT != 0 {
            return self.kept_text(number);
        }
        // The first digit is the one that keeps leading zeros.
        number.to_string().get(1..).unwrap_or_default().to_owned()
    }

    /// Whether the number stands for an empty cell.
    pub(super) fn is_blank(&self, number: u64) -> bool {
        number & KEPT != 0 && self.kept_text(number).is_empty()
    }

    fn kept_text(&self, number: u64) -> String {
        let at = usize::try_from(number & !KEPT).unwrap_or(usize::MAX);
        self.kept.get(at).map(ToString::to_string).unwrap_or_default()
    }
}

/// Whether the number stands for an order of Amazon's own.
pub(super) fn is_amazons(order: u64) -> bool {
    order & KEPT == 0
}

fn packed_order(text: &str) -> Option<u64> {
    let bytes = text.as_bytes();
    if bytes.len() != 19 {
        return None;
    }
    let mut number = 0_u64;
    for (at, byte) in bytes.iter().enumerate() {
        if matches!(at, 3 | 11) {
            if *byte != b'-' {
                return None;
            }
        } else {
            number = with_digit(number, *byte)?;
        }
    }
    Some(number)
}

fn packed_code(text: &str) -> Option<u64> {
    if text.is_empty() || text.len() > 18 {
        return None;
    }
    text.bytes().try_fold(1_u64, with_digit)
}

fn with_digit(number: u64, byte: u8) -> Option<u64> {
    let digit = byte.checked_sub(b'0').filter(|digit| *digit < 10)?;
    number.checked_mul(10)?.checked_add(u64::from(digit))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_number_of_amazons_is_kept_as_text() {
        let mut texts = Texts::default();
        for text in ["S02-1234567-1234567", "#1095", "24111314VO", "1234567890123456789"] {
            let number = texts.order(text);
            assert!(!is_amazons(number));
            assert_eq!(texts.order_text(number), text);
            assert_eq!(texts.order(text), number);
        }
    }

    proptest! {
        #[test]
        fn numbers_read_back_as_they_were(order in "[0-9]{3}-[0-9]{7}-[0-9]{7}", code in "[0-9]{1,18}") {
            let mut texts = Texts::default();
            let (packed_order, packed_code) = (texts.order(&order), texts.code(&code));
            prop_assert!(is_amazons(packed_order));
            prop_assert_eq!(texts.order_text(packed_order), order);
            prop_assert_eq!(texts.code_text(packed_code), code);
        }
    }
}
