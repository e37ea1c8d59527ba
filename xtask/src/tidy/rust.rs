//! Just enough of Rust's grammar to tell a test from the rest, and where a function ends.

use super::blank::blank;

/// One Rust file.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    /// The text with every comment, and the inside of every string and character, blanked out.
    /// Same length, same lines.
    code: String,
    /// Where the test module begins; the length of the file when there is none.
    tests_at: usize,
}

/// A function with the line it begins on and how many lines of code it has.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Function {
    pub(super) name: String,
    pub(super) line: usize,
    pub(super) lines: usize,
}

impl<'a> Source<'a> {
    pub(super) fn read(text: &'a str) -> Source<'a> {
        let code = blank(text);
        let tests_at = tests_at(&code);
        Source { text, code, tests_at }
    }

    /// Code without comments and strings, tests included.
    pub(super) fn code(&self) -> &str {
        &self.code
    }

    /// Code without comments, strings and the test module.
    pub(super) fn product(&self) -> &str {
        self.code.get(..self.tests_at).unwrap_or_default()
    }

    /// The test module as it is written.
    pub(super) fn tests(&self) -> &'a str {
        self.text.get(self.tests_at..).unwrap_or_default()
    }

    /// The number of the line that a byte is on.
    pub(super) fn line_of(&self, offset: usize) -> usize {
        let before = self.code.as_bytes().iter().take(offset);
        before.filter(|byte| **byte == b'\n').count() + 1
    }

    /// The string whose opening quote is the first thing at or after `offset`, if it is one.
    pub(super) fn string_at(&self, offset: usize) -> Option<&'a str> {
        let rest = self.code.get(offset..)?;
        let quote = offset + (rest.len() - rest.trim_start().len());
        self.code.get(quote..)?.strip_prefix('"')?;
        let inside = quote + 1;
        let length = self.code.get(inside..)?.find('"')?;
        self.text.get(inside..inside + length)
    }

    /// Every string that begins between two places, with the place of its opening quote.
    pub(super) fn strings(&self, from: usize, to: usize) -> Vec<(usize, &'a str)> {
        let mut found = Vec::new();
        let mut at = from;
        while let Some(next) = self.code.get(at..to).and_then(|rest| rest.find('"')) {
            let quote = at + next;
            let Some(string) = self.string_at(quote) else { break };
            found.push((quote, string));
            at = quote + string.len() + 2;
        }
        found
    }

    /// The functions outside the test module.
    pub(super) fn functions(&self) -> Vec<Function> {
        words(self.product(), "fn").into_iter().filter_map(|at| self.function(at)).collect()
    }

    fn function(&self, at: usize) -> Option<Function> {
        let name = identifier(self.code.get(at + 2..)?.trim_start());
        if name.is_empty() {
            return None; // A function's type: `fn(u8)`.
        }
        let (_, end) = self.body(at)?;
        let code = self.code.get(at..end)?.lines().filter(|line| !line.trim().is_empty());
        Some(Function { name: name.to_owned(), line: self.line_of(at), lines: code.count() })
    }

    /// Where the statement that begins at `at` ends: at the first `;` outside brackets.
    pub(super) fn statement_end(&self, at: usize) -> usize {
        let mut depth: usize = 0;
        for (offset, byte) in self.code.bytes().enumerate().skip(at) {
            match byte {
                b'(' | b'[' | b'{' => depth += 1,
                b')' | b']' | b'}' => depth = depth.saturating_sub(1),
                b';' if depth == 0 => return offset,
                _ => {}
            }
        }
        self.code.len()
    }

    /// Where the braces that follow `at` open and close; `None` when a `;` comes first.
    pub(super) fn body(&self, at: usize) -> Option<(usize, usize)> {
        let mut round: usize = 0;
        let mut curly: usize = 0;
        let mut open = None;
        for (offset, byte) in self.code.bytes().enumerate().skip(at) {
            match byte {
                b'(' | b'[' => round += 1,
                b')' | b']' => round = round.saturating_sub(1),
                b';' if round == 0 && curly == 0 => return None,
                b'{' => {
                    open.get_or_insert(offset);
                    curly += 1;
                }
                b'}' => {
                    curly = curly.saturating_sub(1);
                    if curly == 0 {
                        return open.map(|open| (open, offset + 1));
                    }
                }
                _ => {}
            }
        }
        None
    }
}

/// The identifier that a text begins with.
pub(super) fn identifier(text: &str) -> &str {
    let end = text.find(|c: char| !is_word(c)).unwrap_or(text.len());
    text.get(..end).unwrap_or_default()
}

/// The places of a word that is not part of a longer one. It may end in signs: `facts::`.
pub(super) fn words(text: &str, word: &str) -> Vec<usize> {
    let goes_on_before = |at: usize| {
        word.starts_with(is_word) && text.get(..at).is_some_and(|text| text.ends_with(is_word))
    };
    let goes_on_after = |at: usize| {
        let rest = text.get(at + word.len()..);
        word.ends_with(is_word) && rest.is_some_and(|text| text.starts_with(is_word))
    };
    text.match_indices(word)
        .map(|(at, _)| at)
        .filter(|at| !goes_on_before(*at) && !goes_on_after(*at))
        .collect()
}

pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where `#[cfg(test)]` with a module of its own begins.
fn tests_at(code: &str) -> usize {
    let mark = "#[cfg(test)]";
    code.match_indices(mark)
        .map(|(at, _)| at)
        .find(|at| {
            let rest = code.get(at + mark.len()..).unwrap_or_default().trim_start();
            rest.starts_with("mod ") && rest.find('{') < rest.find(';').or(Some(usize::MAX))
        })
        .unwrap_or(code.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lifetime_is_not_a_character() {
        let source =
            Source::read("fn f<'a>(x: &'a str, y: char) -> bool { y == 'é' || y == '\\'' }");
        assert!(source.code().contains("&'a str"));
        assert!(!source.code().contains('é'));
        assert_eq!(source.functions().len(), 1);
    }

    #[test]
    fn a_function_ends_where_its_braces_close() {
        let text = "fn long(a: [u8; 2]) -> u8 {\n    // why\n    if true {\n        1\n    } else { 2 }\n}\n\ntrait T { fn none(&self); }\n";
        let functions = Source::read(text).functions();
        assert_eq!(functions, vec![Function { name: "long".to_owned(), line: 1, lines: 5 }]);
    }

    #[test]
    fn the_test_module_is_no_part_of_the_product() {
        let text = "fn a() {}\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let source = Source::read(text);
        assert_eq!(source.functions().len(), 1);
        assert!(source.tests().contains("fn b"));
        // A test-only module in a file of its own is no end of this file.
        assert!(Source::read("#[cfg(test)]\nmod fixtures;\nfn a() {}").product().contains("fn a"));
    }

    #[test]
    fn a_string_is_found_where_it_stands() {
        let source = Source::read("Reason::new(\n    \"untied_total\", \"b\")");
        let at = source.code().find('(').unwrap() + 1;
        assert_eq!(source.string_at(at), Some("untied_total"));
        let all: Vec<&str> =
            source.strings(0, source.code().len()).into_iter().map(|s| s.1).collect();
        assert_eq!(all, vec!["untied_total", "b"]);
    }

    #[test]
    fn a_word_is_not_a_part_of_one() {
        assert_eq!(words("fn infn fn_ fn", "fn"), vec![0, 12]);
        assert_eq!(words("use facts::Chart; artefacts::x; facts: 1", "facts::"), vec![4]);
        assert_eq!(identifier("name(x)"), "name");
    }
}
