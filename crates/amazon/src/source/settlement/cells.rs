//! A line cut into cells. Only where they are is kept; the text is sliced when a cell is asked for.

/// An index that no line has: a column that the file does not have.
pub(super) const NONE: usize = usize::MAX;

/// The cells of a tab-separated line. Quotes mean nothing: a SKU may contain one.
#[derive(Debug, Default)]
pub(super) struct Tabs {
    /// Where each cell ends; behind `count` what an earlier line left.
    ends: Vec<usize>,
    count: usize,
}

impl Tabs {
    pub(super) fn cut(&mut self, text: &str) {
        let (chunks, rest) = text.as_bytes().as_chunks::<8>();
        let (mut base, mut count) = (0, 0);
        for chunk in chunks {
            let mut found = tabs_in(*chunk);
            while found != 0 {
                self.end(count, base + (found.trailing_zeros() / 8) as usize);
                count += 1;
                found &= found - 1;
            }
            base += 8;
        }
        for (at, _) in rest.iter().enumerate().filter(|(_, byte)| **byte == b'\t') {
            self.end(count, base + at);
            count += 1;
        }
        self.end(count, text.len());
        self.count = count + 1;
    }

    /// Writes over what the line before left there: lines have as many cells as each other, so
    /// that the list hardly ever grows.
    #[inline]
    fn end(&mut self, count: usize, at: usize) {
        match self.ends.get_mut(count) {
            Some(end) => *end = at,
            None => self.ends.push(at),
        }
    }

    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// The cell by its index, trimmed; empty where there is none.
    #[inline]
    pub(super) fn get<'a>(&self, text: &'a str, index: usize) -> &'a str {
        let Some(end) = self.ends.get(index).filter(|_| index < self.count) else { return "" };
        let before = index.checked_sub(1).and_then(|before| self.ends.get(before));
        let start = before.map_or(0, |before| before + 1);
        if start == *end {
            return "";
        }
        trimmed(text.get(start..*end).unwrap_or_default())
    }
}

/// The highest bit of each byte that is a tab, eight bytes at once. Cells are so short that looking
/// for one tab after the other costs twice as much.
fn tabs_in(chunk: [u8; 8]) -> u64 {
    const LOW: u64 = 0x7f7f_7f7f_7f7f_7f7f;
    const TABS: u64 = 0x0909_0909_0909_0909;
    let differs = u64::from_le_bytes(chunk) ^ TABS;
    // A byte's sum reaches its highest bit unless all its bits are zero; none carries over.
    !(((differs & LOW) + LOW) | differs | LOW)
}

/// Most cells need no trimming; looking at both ends is cheaper than to walk from them.
#[inline]
fn trimmed(cell: &str) -> &str {
    let bytes = cell.as_bytes();
    match (bytes.first(), bytes.last()) {
        (Some(b'!'..=b'~'), Some(b'!'..=b'~')) => cell,
        _ => cell.trim(),
    }
}

/// The cells of a comma-separated line, unquoted into one text that is used again.
#[derive(Debug, Default)]
pub(super) struct Commas {
    text: String,
    ends: Vec<usize>,
}

impl Commas {
    pub(super) fn cut(&mut self, line: &str) {
        self.text.clear();
        self.ends.clear();
        let mut is_quoted = false;
        let mut characters = line.chars().peekable();
        while let Some(c) = characters.next() {
            match c {
                '"' if is_quoted && characters.peek() == Some(&'"') => {
                    characters.next();
                    self.text.push('"');
                }
                '"' => is_quoted = !is_quoted,
                ',' if !is_quoted => self.ends.push(self.text.len()),
                other => self.text.push(other),
            }
        }
        self.ends.push(self.text.len());
    }

    pub(super) fn count(&self) -> usize {
        self.ends.len()
    }

    pub(super) fn get(&self, index: usize) -> &str {
        let Some(end) = self.ends.get(index) else { return "" };
        let before = index.checked_sub(1).and_then(|before| self.ends.get(before));
        self.text.get(before.copied().unwrap_or(0)..*end).unwrap_or_default().trim()
    }
}

/// True for an odd number of quotes: the cell that one of them opens goes on in the next line.
pub(super) fn is_odd(line: &[u8]) -> bool {
    memchr::memchr_iter(b'"', line).count() % 2 == 1
}

/// The line with only the cells that are kept: what stood in the others is left out, the commas
/// stay.
pub(super) fn blank(line: &[u8], is_kept: impl Fn(usize) -> bool, into: &mut Vec<u8>) {
    into.clear();
    let mut is_quoted = false;
    let mut index = 0;
    for byte in line {
        match byte {
            b',' if !is_quoted => {
                index += 1;
                into.push(b',');
                continue;
            }
            b'"' => is_quoted = !is_quoted,
            _ => {}
        }
        if is_kept(index) {
            into.push(*byte);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_tab_is_found(text in "[\\t\\x00-\\x0aä€a]{0,40}") {
            let mut tabs = Tabs::default();
            tabs.cut(&text);
            let cells: Vec<&str> = text.split('\t').map(str::trim).collect();
            let found: Vec<&str> = (0..tabs.count()).map(|index| tabs.get(&text, index)).collect();
            prop_assert_eq!(found, cells);
        }
    }

    #[test]
    fn tabs_separate_and_quotes_mean_nothing() {
        let mut tabs = Tabs::default();
        let text = "a\t \"b\" \t\tc ";
        tabs.cut(text);
        let cells: Vec<&str> = (0..tabs.count()).map(|index| tabs.get(text, index)).collect();
        assert_eq!(cells, ["a", "\"b\"", "", "c"]);
        assert_eq!((tabs.get(text, 9), tabs.get(text, NONE)), ("", ""));
    }

    #[test]
    fn a_shorter_line_has_no_cells_of_the_line_before() {
        let mut tabs = Tabs::default();
        tabs.cut("a\tb\tc\td");
        tabs.cut("x\ty");
        assert_eq!((tabs.count(), tabs.get("x\ty", 1), tabs.get("x\ty", 2)), (2, "y", ""));
    }

    #[test]
    fn commas_separate_outside_quotes() {
        let mut commas = Commas::default();
        commas.cut("\"1,234.56\",x,\"say \"\"hi\"\"\",");
        let cells: Vec<&str> = (0..commas.count()).map(|index| commas.get(index)).collect();
        assert_eq!(cells, ["1,234.56", "x", "say \"hi\"", ""]);
        assert!(is_odd(b"a,\"b") && !is_odd(b"a,\"b\""));
    }

    #[test]
    fn what_is_not_kept_leaves_its_commas() {
        let mut kept = Vec::new();
        blank(b"\"a\",\"Koeln, West\",c", |index| index != 1, &mut kept);
        assert_eq!(kept, b"\"a\",,c");
    }
}
