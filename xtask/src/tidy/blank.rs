//! Rust's comments, strings and characters, blanked out so that what is left is code.

use super::rust::is_word;

/// The text with every comment, and the inside of every string and character, as spaces. Same
/// length, same lines.
pub(super) fn blank(text: &str) -> String {
    let mut blanker = Blanker { bytes: text.as_bytes(), out: Vec::with_capacity(text.len()) };
    while blanker.step() {}
    // Only whole characters were blanked, so this is text; were it not, nothing is code.
    String::from_utf8(blanker.out).unwrap_or_default()
}

/// Blanks what is not code, byte by byte, keeping every line end and every quote.
struct Blanker<'a> {
    bytes: &'a [u8],
    out: Vec<u8>,
}

impl Blanker<'_> {
    /// Takes one thing; false at the end.
    fn step(&mut self) -> bool {
        let Some(byte) = self.peek(0) else { return false };
        let begins_word = !self.out.last().is_some_and(|last| is_word(char::from(*last)));
        match byte {
            b'/' if self.peek(1) == Some(b'/') => self.hide_until(|rest| rest.starts_with(b"\n")),
            b'/' if self.peek(1) == Some(b'*') => self.block_comment(),
            b'r' if begins_word || self.follows_byte_mark() => self.raw_string(),
            b'"' => self.string(),
            b'\'' => self.character(),
            _ => self.keep(1),
        }
        true
    }

    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.out.len() + ahead).copied()
    }

    fn rest(&self) -> &[u8] {
        self.bytes.get(self.out.len()..).unwrap_or_default()
    }

    fn keep(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(byte) = self.peek(0) {
                self.out.push(byte);
            }
        }
    }

    fn hide(&mut self, count: usize) {
        for _ in 0..count {
            if let Some(byte) = self.peek(0) {
                self.out.push(if byte == b'\n' { b'\n' } else { b' ' });
            }
        }
    }

    fn hide_until(&mut self, ends: impl Fn(&[u8]) -> bool) {
        while !self.rest().is_empty() && !ends(self.rest()) {
            self.hide(1);
        }
    }

    fn block_comment(&mut self) {
        let mut depth: usize = 0;
        while !self.rest().is_empty() {
            if self.rest().starts_with(b"/*") {
                depth += 1;
                self.hide(2);
            } else if self.rest().starts_with(b"*/") {
                depth = depth.saturating_sub(1);
                self.hide(2);
            } else {
                self.hide(1);
            }
            if depth == 0 {
                return;
            }
        }
    }

    fn string(&mut self) {
        self.keep(1);
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' => return self.keep(1),
                b'\\' => self.hide(2),
                _ => self.hide(1),
            }
        }
    }

    /// `br"…"`: the `r` is not the first letter of a word, yet begins a raw string.
    fn follows_byte_mark(&self) -> bool {
        let mut before = self.out.iter().rev();
        before.next() == Some(&b'b') && !before.next().is_some_and(|b| is_word(char::from(*b)))
    }

    fn raw_string(&mut self) {
        let hashes = self.rest().iter().skip(1).take_while(|byte| **byte == b'#').count();
        if self.peek(1 + hashes) != Some(b'"') {
            return self.keep(1);
        }
        self.keep(2 + hashes);
        let mut end = vec![b'"'];
        end.resize(1 + hashes, b'#');
        self.hide_until(|rest| rest.starts_with(&end));
        self.keep(1 + hashes);
    }

    /// A character, or the mark of a lifetime.
    fn character(&mut self) {
        if self.peek(1) == Some(b'\\') {
            self.keep(1);
            self.hide(2);
            self.hide_until(|rest| rest.starts_with(b"'"));
            return self.keep(1);
        }
        let width = match self.peek(1) {
            Some(byte) if byte >= 0xf0 => 4,
            Some(byte) if byte >= 0xe0 => 3,
            Some(byte) if byte >= 0xc0 => 2,
            _ => 1,
        };
        self.keep(1);
        if self.peek(width) == Some(b'\'') {
            self.hide(width);
            self.keep(1);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_and_strings_are_blanked_and_nothing_moves() {
        let text = "let a = \"x // y\"; // z\nlet b = '\"'; /* c /* d */ e */ let c = r#\"q\"r\"#;";
        let blanked = blank(text);
        assert_eq!(blanked.len(), text.len());
        let code: Vec<&str> = blanked.split_whitespace().collect();
        let wanted = "let a = \" \"; let b = ' '; let c = r#\" \"#;";
        assert_eq!(code, wanted.split_whitespace().collect::<Vec<_>>());
    }
}
