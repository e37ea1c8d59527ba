//! From the file's bytes to text. Amounts and dates are ASCII in every encoding that Amazon uses;
//! only SKUs, promotions and descriptions depend on it.

use encoding_rs::{DecoderResult, Encoding, SHIFT_JIS, UTF_8, WINDOWS_1252};

use super::malformed::{Malformed, Place, quoted, refused};

/// The first line with a byte beyond ASCII decides for the file, by trying in order: what the
/// server said, UTF-8, for Japan cp932, Windows-1252. A later line that does not fit is refused.
pub(super) struct Encodings {
    hint: Option<&'static Encoding>,
    pub(super) is_japan: bool,
    fixed: Option<(&'static Encoding, u64)>,
    /// The text of the line that was taken last. A line is checked once and copied here: that is
    /// cheaper than to check it again wherever its text is asked for.
    text: String,
}

impl Encodings {
    pub(super) fn new(charset: Option<&str>, is_japan: bool) -> Encodings {
        let hint = charset.and_then(named).filter(|encoding| encoding.is_ascii_compatible());
        Encodings { hint, is_japan, fixed: None, text: String::new() }
    }

    /// Settles how the line is read; [`Encodings::text`] then gives its text.
    pub(super) fn take(&mut self, bytes: &[u8], line: u64) -> Result<(), Malformed> {
        if memchr::memchr(0, bytes).is_some() {
            let detail = "the line has a zero byte, which no text has";
            return Err(refused("settlement_file_is_binary", Place::line(line), detail));
        }
        if bytes.is_ascii() && self.decode(UTF_8, bytes) {
            return Ok(());
        }
        if let Some((encoding, since)) = self.fixed {
            if self.decode(encoding, bytes) {
                return Ok(());
            }
            let name = encoding.name();
            let detail = format!("the line is not {name}, as line {since} is");
            return Err(refused("settlement_encoding_unknown", Place::line(line), detail));
        }
        for encoding in self.candidates().into_iter().flatten() {
            if self.decode(encoding, bytes) {
                self.fixed = Some((encoding, line));
                return Ok(());
            }
        }
        let found = quoted(&String::from_utf8_lossy(bytes));
        let detail = format!("the line is in no encoding that Amazon uses: {found}");
        Err(refused("settlement_encoding_unknown", Place::line(line), detail))
    }

    /// The text of the line that was taken last.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// The line's text in each encoding that it may be in, for words that tell which one it is.
    pub(super) fn readings(&mut self, bytes: &[u8]) -> Vec<(&'static Encoding, String)> {
        let mut found = Vec::new();
        let candidates = [self.hint, Some(UTF_8), Some(SHIFT_JIS), Some(WINDOWS_1252)];
        for encoding in candidates.into_iter().flatten() {
            if self.decode(encoding, bytes) {
                found.push((encoding, self.text.clone()));
            }
        }
        found
    }

    pub(super) fn fix(&mut self, encoding: &'static Encoding, line: u64) {
        self.fixed = Some((encoding, line));
    }

    pub(super) fn name(&self) -> &'static str {
        self.fixed.map_or("", |(encoding, _)| encoding.name())
    }

    fn candidates(&self) -> [Option<&'static Encoding>; 4] {
        let japan = self.is_japan.then_some(SHIFT_JIS);
        [self.hint, Some(UTF_8), japan, Some(WINDOWS_1252)]
    }

    /// Strictly: a byte that the encoding does not have, or a control character that no text
    /// has, says that it is another encoding.
    fn decode(&mut self, encoding: &'static Encoding, bytes: &[u8]) -> bool {
        self.text.clear();
        if encoding == UTF_8 {
            let text = std::str::from_utf8(bytes);
            self.text.push_str(text.unwrap_or_default());
            return text.is_ok();
        }
        let mut decoder = encoding.new_decoder_without_bom_handling();
        let most = decoder.max_utf8_buffer_length_without_replacement(bytes.len());
        self.text.reserve(most.unwrap_or_default());
        let (result, _) = decoder.decode_to_string_without_replacement(bytes, &mut self.text, true);
        result == DecoderResult::InputEmpty
            && !self.text.contains(|c| matches!(c, '\u{80}'..='\u{9f}'))
    }
}

/// Java's names for Japan's encoding are not on the web's list.
fn named(charset: &str) -> Option<&'static Encoding> {
    match charset.trim().to_ascii_lowercase().as_str() {
        "cp932" | "windows-932" => Some(SHIFT_JIS),
        label => Encoding::for_label(label.as_bytes()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(encodings: &mut Encodings, bytes: &[u8], text: &str, name: &str) {
        encodings.take(bytes, 1).unwrap();
        assert_eq!((encodings.text(), encodings.name()), (text, name));
    }

    #[test]
    fn the_first_line_beyond_ascii_decides() {
        let mut encodings = Encodings::new(None, false);
        check(&mut encodings, b"abc", "abc", "");
        check(&mut encodings, "Größe".as_bytes(), "Größe", "UTF-8");
        assert_eq!(
            encodings.take(b"Gr\xf6\xdfe", 2).unwrap_err().code,
            "settlement_encoding_unknown"
        );
        check(&mut Encodings::new(None, false), b"Gr\xf6\xdfe", "Größe", "windows-1252");
    }

    #[test]
    fn japan_is_tried_in_cp932() {
        let bytes = b"\x8f\xa4\x95i";
        check(&mut Encodings::new(None, true), bytes, "商品", "Shift_JIS");
        check(&mut Encodings::new(Some("cp932"), false), bytes, "商品", "Shift_JIS");
    }

    #[test]
    fn a_hint_comes_first_and_gives_way_when_it_cannot_be() {
        check(&mut Encodings::new(Some("Cp1252"), false), b"\xe9", "é", "windows-1252");
        check(&mut Encodings::new(Some("UTF-8"), false), b"\xe9", "é", "windows-1252");
        check(&mut Encodings::new(Some("nonsense"), false), "é".as_bytes(), "é", "UTF-8");
    }

    #[test]
    fn bytes_of_no_encoding_are_refused() {
        let refused = Encodings::new(None, false).take(b"\x81\x8d", 7).unwrap_err();
        assert_eq!((refused.code, refused.line), ("settlement_encoding_unknown", 7));
    }
}
