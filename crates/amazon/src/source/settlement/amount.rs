//! An amount's text to minor units, exactly. Whether a comma or a point is the decimal sign is a
//! matter of the file: the first amount that shows it decides, and one that contradicts it is
//! refused.

use base::{Currency, Money};

use super::malformed::{Malformed, Place, quoted, refused};

/// The sign before a file's decimals.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decimals {
    Point,
    Comma,
}

/// Why a text is no amount.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unread {
    Unreadable,
    TooLarge,
    /// More decimals than the currency has.
    Inexact,
    /// The file wrote decimals in the other way before.
    Mixed,
    /// `1,234` may be a thousand or one and a bit, and nothing has told which yet.
    Ambiguous,
}

/// Reads amounts and remembers how the file writes them.
#[derive(Debug, Default)]
pub(super) struct Amounts {
    pub(super) style: Option<Decimals>,
    /// What the file's language would write: used where an amount does not tell.
    pub(super) usual: Option<Decimals>,
}

/// What the characters of an amount are, once sign and spaces are off.
struct Digits<'a> {
    is_negative: bool,
    whole: &'a str,
    fraction: &'a str,
}

impl Decimals {
    const fn byte(self) -> u8 {
        match self {
            Decimals::Point => b'.',
            Decimals::Comma => b',',
        }
    }

    const fn other(self) -> Decimals {
        match self {
            Decimals::Point => Decimals::Comma,
            Decimals::Comma => Decimals::Point,
        }
    }
}

impl Amounts {
    /// The amount of a cell.
    pub(super) fn money(
        &mut self,
        text: &str,
        currency: Currency,
        place: Place,
    ) -> Result<Money, Malformed> {
        match self.read(text, currency.exponent()) {
            Ok(minor) => Ok(Money::from_minor(minor, currency)),
            Err(why) => Err(why.refusal(text, currency, place)),
        }
    }

    /// The amount in minor units of a currency with so many decimals.
    fn read(&mut self, text: &str, exponent: u32) -> Result<i64, Unread> {
        if let Some(minor) = self.style.and_then(|style| plain(text.as_bytes(), style, exponent)) {
            return Ok(minor);
        }
        let digits = self.digits(text, exponent)?;
        minor(&digits, exponent)
    }

    fn digits<'a>(&mut self, text: &'a str, exponent: u32) -> Result<Digits<'a>, Unread> {
        let (is_negative, body) = signed(text);
        let last = body.rfind(['.', ',']);
        let style = match last {
            None => self.style.or(self.usual).unwrap_or(Decimals::Point),
            Some(at) => self.style_of(body, at, exponent)?,
        };
        let (whole, fraction) = match body.rsplit_once(char::from(style.byte())) {
            None => (body, ""),
            Some((_, "")) => return Err(Unread::Unreadable),
            Some(parts) => parts,
        };
        let digits = Digits { is_negative, whole, fraction };
        if !digits.are_well_formed(style) {
            // Perhaps it is an amount, in the other way of writing.
            let other = Digits { is_negative, ..split(body, style.other()) };
            let is_mixed = self.style == Some(style) && other.are_well_formed(style.other());
            return Err(if is_mixed { Unread::Mixed } else { Unread::Unreadable });
        }
        // Only an amount with a separator tells how the file writes.
        if last.is_some() {
            self.style = Some(style);
        }
        Ok(digits)
    }

    /// Which sign is before the decimals of this amount. `at` is its last separator.
    fn style_of(&self, body: &str, at: usize, exponent: u32) -> Result<Decimals, Unread> {
        let is_comma = body.get(at..).is_some_and(|rest| rest.starts_with(','));
        let last = if is_comma { Decimals::Comma } else { Decimals::Point };
        let separators = body.bytes().filter(|byte| matches!(byte, b'.' | b',')).count();
        let alike = body.bytes().filter(|byte| *byte == last.byte()).count();
        let behind = body.get(at.saturating_add(1)..).unwrap_or_default();
        let is_group = behind.len() == 3 && behind.bytes().all(|byte| byte.is_ascii_digit());
        let told = if alike < separators && alike == 1 {
            // Both signs stand in it: the last one is before the decimals.
            Some(last)
        } else if alike > 1 && alike == separators {
            // One sign several times is between thousands.
            Some(last.other())
        } else if is_group {
            None
        } else {
            Some(last)
        };
        match (told, self.style.or(self.usual)) {
            (Some(told), _) if self.style.is_some_and(|style| style != told) => Err(Unread::Mixed),
            (Some(told), _) => Ok(told),
            (None, Some(style)) => Ok(style),
            // Yen have no decimals, and Japan separates thousands by commas.
            (None, None) if exponent == 0 && last == Decimals::Comma => Ok(Decimals::Point),
            (None, None) => Err(Unread::Ambiguous),
        }
    }
}

impl Unread {
    fn refusal(self, text: &str, currency: Currency, place: Place) -> Malformed {
        let found = quoted(text);
        match self {
            Unread::Unreadable => {
                refused("settlement_amount_unreadable", place, format!("{found} is not an amount"))
            }
            Unread::TooLarge => {
                let detail = format!("{found} is too large for an amount");
                refused("settlement_amount_unreadable", place, detail)
            }
            Unread::Inexact => {
                let detail = format!("{found} has more decimals than {currency} has");
                refused("settlement_amount_inexact", place, detail)
            }
            Unread::Mixed => {
                let detail = format!("{found} is not written as the amounts before it are");
                refused("settlement_decimals_mixed", place, detail)
            }
            Unread::Ambiguous => {
                let detail = format!("{found} may have thousands or decimals: nothing tells which");
                refused("settlement_amount_ambiguous", place, detail)
            }
        }
    }
}

impl Digits<'_> {
    /// Digits alone behind the decimal sign; before it digits, in groups of two or three (India)
    /// where they are separated, the last group of three.
    fn are_well_formed(&self, style: Decimals) -> bool {
        let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number(self.fraction) {
            return false;
        }
        let separator = char::from(style.other().byte());
        let is_group = |c: char| c == separator || is_blank(c) || matches!(c, '\'' | '’');
        let mut groups = self.whole.split(is_group);
        let first = groups.next().unwrap_or_default();
        let mut rest = groups.peekable();
        if rest.peek().is_none() {
            let is_there = !first.is_empty() || !self.fraction.is_empty();
            return is_number(first) && is_there;
        }
        let mut last = 0;
        for group in rest {
            if !is_number(group) || !(2..=3).contains(&group.len()) {
                return false;
            }
            last = group.len();
        }
        is_number(first) && (1..=3).contains(&first.len()) && last == 3
    }
}

fn split(body: &str, style: Decimals) -> Digits<'_> {
    let (whole, fraction) = body.rsplit_once(char::from(style.byte())).unwrap_or((body, ""));
    Digits { is_negative: false, whole, fraction }
}

fn is_blank(c: char) -> bool {
    matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\u{2009}')
}

/// Takes off the sign: a hyphen, or the true minus that some languages print.
fn signed(text: &str) -> (bool, &str) {
    let text = text.trim_matches(is_blank);
    for minus in ['-', '\u{2212}', '\u{ff0d}'] {
        if let Some(body) = text.strip_prefix(minus) {
            return (true, body.trim_start_matches(is_blank));
        }
    }
    (false, text.strip_prefix('+').unwrap_or(text))
}

/// What nearly every amount is: perhaps a minus, digits, perhaps a sign and as many decimals as
/// the currency has. Anything else is for the long way.
fn plain(text: &[u8], style: Decimals, exponent: u32) -> Option<i64> {
    const SAFE: usize = 17;
    let (is_negative, body) = match text.split_first() {
        Some((b'-', rest)) => (true, rest),
        _ => (false, text),
    };
    let mut value: i64 = 0;
    let mut decimals: Option<u32> = None;
    if body.len() > SAFE || !body.first()?.is_ascii_digit() {
        return None;
    }
    for byte in body {
        if byte.is_ascii_digit() {
            value = value.checked_mul(10)?.checked_add(i64::from(byte - b'0'))?;
            decimals = decimals.map(|count| count.saturating_add(1));
        } else if *byte == style.byte() && decimals.is_none() {
            decimals = Some(0);
        } else {
            return None;
        }
    }
    match decimals {
        Some(0) => return None,
        Some(count) if count > exponent => return None,
        count => {
            for _ in count.unwrap_or(0)..exponent {
                value = value.checked_mul(10)?;
            }
        }
    }
    Some(if is_negative { value.saturating_neg() } else { value })
}

fn minor(digits: &Digits<'_>, exponent: u32) -> Result<i64, Unread> {
    let exponent = usize::try_from(exponent).unwrap_or_default();
    let more = digits.fraction.get(exponent..).unwrap_or_default();
    if more.bytes().any(|byte| byte != b'0') {
        return Err(Unread::Inexact);
    }
    let fraction = digits.fraction.bytes().chain(std::iter::repeat(b'0')).take(exponent);
    let whole = digits.whole.bytes().filter(u8::is_ascii_digit);
    let mut value: i64 = 0;
    for byte in whole.chain(fraction) {
        // Counted downwards: the least amount has no positive counterpart.
        let digit = i64::from(byte.saturating_sub(b'0'));
        let next = value.checked_mul(10).and_then(|value| value.checked_sub(digit));
        value = next.ok_or(Unread::TooLarge)?;
    }
    if digits.is_negative { Ok(value) } else { value.checked_neg().ok_or(Unread::TooLarge) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[track_caller]
    fn check(style: Option<Decimals>, text: &str, exponent: u32, expected: Result<i64, Unread>) {
        let mut amounts = Amounts { style, usual: None };
        assert_eq!(amounts.read(text, exponent), expected, "{text}");
    }

    #[test]
    fn amounts_are_read_as_they_are_written() {
        let point = Some(Decimals::Point);
        let comma = Some(Decimals::Comma);
        for (style, text, minor) in [
            (None, "0.00", 0),
            (None, "-0,25", -25),
            (None, "54,20", 5420),
            (None, "12", 1200),
            (None, "1.5", 150),
            (None, "\u{2212}1.234,56", -123_456),
            (None, "1,23,456.78", 12_345_678),
            (None, "1,234,567", 123_456_700),
            (None, "1 234,56", 123_456),
            (None, "1\u{202f}234,56", 123_456),
            (None, "+3.10", 310),
            (None, ".50", 50),
            (None, "12.3400", 1234),
            (None, "- 12.34", -1234),
            (None, "-92233720368547758.08", i64::MIN),
            (point, "1,234", 123_400),
            (comma, "1.234", 123_400),
            (comma, "1,230", 123),
        ] {
            check(style, text, 2, Ok(minor));
        }
    }

    #[test]
    fn yen_have_no_decimals_and_dinars_three() {
        check(None, "1980", 0, Ok(1980));
        check(None, "1,980", 0, Ok(1980));
        check(None, "1980.00", 0, Ok(1980));
        check(None, "1980.50", 0, Err(Unread::Inexact));
        check(Some(Decimals::Point), "1.234", 3, Ok(1234));
        check(Some(Decimals::Point), "1.2345", 3, Err(Unread::Inexact));
    }

    #[test]
    fn what_is_no_amount_is_refused_with_its_reason() {
        for text in [
            "",
            "-",
            "abc",
            "1.",
            "1,",
            ".",
            "--1",
            "1e5",
            "1 2",
            "12,34.56,78",
            "£1.00",
            "1..2",
            "(1.00)",
            "1.00-",
        ] {
            check(None, text, 2, Err(Unread::Unreadable));
        }
        check(None, "1.005", 2, Err(Unread::Ambiguous));
        check(Some(Decimals::Point), "1.005", 2, Err(Unread::Inexact));
        check(None, "1.2345", 2, Err(Unread::Inexact));
        check(None, "99999999999999999999", 2, Err(Unread::TooLarge));
    }

    #[test]
    fn a_file_writes_decimals_in_one_way() {
        let mut amounts = Amounts::default();
        assert_eq!(amounts.read("5", 2), Ok(500));
        assert_eq!(amounts.style, None);
        assert_eq!(amounts.read("5,00", 2), Ok(500));
        assert_eq!(amounts.read("5.00", 2), Err(Unread::Mixed));
        assert_eq!(amounts.read("5.000", 2), Ok(500_000));
        assert_eq!(amounts.read("1,234.56", 2), Err(Unread::Mixed));
    }

    #[test]
    fn the_language_settles_what_an_amount_leaves_open() {
        let mut amounts = Amounts { style: None, usual: Some(Decimals::Comma) };
        assert_eq!(amounts.read("1.234", 2), Ok(123_400));
        assert_eq!(amounts.read("5.20", 2), Err(Unread::Mixed));
    }

    proptest! {
        #[test]
        fn printing_and_reading_is_identity(minor in any::<i64>(), exponent in 0_u32..4, comma in any::<bool>()) {
            let places = usize::try_from(exponent).unwrap();
            let digits = format!("{:0>width$}", minor.unsigned_abs(), width = places + 1);
            let (whole, fraction) = digits.split_at(digits.len() - places);
            let sign = if minor < 0 { "-" } else { "" };
            let style = if comma { Decimals::Comma } else { Decimals::Point };
            let mark = if places == 0 { String::new() } else { char::from(style.byte()).to_string() };
            let text = format!("{sign}{whole}{mark}{fraction}");
            let mut amounts = Amounts { style: Some(style), usual: None };
            prop_assert_eq!(amounts.read(&text, exponent), Ok(minor));
        }

        #[test]
        fn no_text_is_a_panic(text in "\\PC{0,24}", exponent in 0_u32..4) {
            let mut amounts = Amounts::default();
            let first = amounts.read(&text, exponent);
            if let Some(style) = amounts.style && first.is_ok() {
                // The short way and the long way agree.
                let short = plain(text.as_bytes(), style, exponent);
                prop_assert!(short.is_none() || short == first.ok());
            }
        }
    }
}
