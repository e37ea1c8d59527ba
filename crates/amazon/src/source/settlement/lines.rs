//! A file line by line through one buffer: a line is a slice of it, nothing is copied.

use std::io::Read;

use super::input::Input;
use super::malformed::{Malformed, Place, refused};

const CHUNK: usize = 256 * 1024;

/// Amazon's longest lines have a few hundred bytes. A line beyond this is no line of a report, and
/// keeping it would let a file decide how much memory we use.
const LINE_MAX: usize = 1024 * 1024;

pub(super) struct Lines<R> {
    input: Input<R>,
    buffer: Vec<u8>,
    /// Bytes of the buffer that hold the file.
    filled: usize,
    /// The current line, without its line feed.
    start: usize,
    stop: usize,
    /// Where the next line begins.
    next: usize,
    /// The number of the current line's first and last line feed in the file, from 1.
    line: u64,
    last: u64,
    is_ended: bool,
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: Input<R>) -> Lines<R> {
        let buffer = vec![0; CHUNK];
        Lines {
            input,
            buffer,
            filled: 0,
            start: 0,
            stop: 0,
            next: 0,
            line: 0,
            last: 0,
            is_ended: true,
        }
    }

    /// The first bytes of what has not been read as a line yet.
    pub(super) fn ahead(&mut self, wanted: usize) -> Result<&[u8], Malformed> {
        while self.filled.saturating_sub(self.next) < wanted && self.fill()? {}
        Ok(self.buffer.get(self.next..self.filled).unwrap_or_default())
    }

    /// Leaves out bytes that are no part of a line.
    pub(super) fn skip(&mut self, count: usize) {
        self.next = self.next.saturating_add(count).min(self.filled);
        self.start = self.next;
        self.stop = self.next;
    }

    /// Goes to the next line; false at the end of the file.
    pub(super) fn advance(&mut self) -> Result<bool, Malformed> {
        self.start = self.next;
        self.stop = self.next;
        self.line = self.last.saturating_add(1);
        self.extend()
    }

    /// Takes one more line of the file into the current one: a quoted cell goes on there.
    pub(super) fn extend(&mut self) -> Result<bool, Malformed> {
        let mut seen = self.next;
        loop {
            let rest = self.buffer.get(seen..self.filled).unwrap_or_default();
            if let Some(at) = memchr::memchr(b'\n', rest) {
                self.stop = seen.saturating_add(at);
                self.next = self.stop.saturating_add(1);
                self.is_ended = true;
                break;
            }
            let before = self.start;
            seen = self.filled;
            self.check_length(self.filled)?;
            if !self.fill()? {
                if self.next == self.filled {
                    return Ok(false);
                }
                self.stop = self.filled;
                self.next = self.filled;
                self.is_ended = false;
                break;
            }
            // Filling moves the line to the front of the buffer.
            seen = seen.saturating_sub(before.saturating_sub(self.start));
        }
        self.last = self.last.saturating_add(1);
        self.check_length(self.stop)
    }

    fn check_length(&self, stop: usize) -> Result<bool, Malformed> {
        if stop.saturating_sub(self.start) <= LINE_MAX {
            return Ok(true);
        }
        let detail = "the line is longer than 1 MiB";
        Err(refused("settlement_row_too_long", Place::line(self.last.max(self.line)), detail))
    }

    /// The current line without its end.
    pub(super) fn current(&self) -> &[u8] {
        let line = self.buffer.get(self.start..self.stop).unwrap_or_default();
        line.strip_suffix(b"\r").unwrap_or(line)
    }

    pub(super) fn line(&self) -> u64 {
        self.line
    }

    /// False for a last line that has no line feed: the file may have been cut there.
    pub(super) fn is_ended(&self) -> bool {
        self.is_ended
    }

    pub(super) fn bytes_read(&self) -> u64 {
        self.input.bytes_read()
    }

    /// Reads more behind what is there, after moving the current line to the front. False at the
    /// end of the file.
    fn fill(&mut self) -> Result<bool, Malformed> {
        if self.start > 0 {
            self.buffer.copy_within(self.start..self.filled, 0);
            self.filled = self.filled.saturating_sub(self.start);
            self.stop = self.stop.saturating_sub(self.start);
            self.next = self.next.saturating_sub(self.start);
            self.start = 0;
        }
        if self.filled == self.buffer.len() {
            let more = self.buffer.len().saturating_mul(2).min(LINE_MAX.saturating_add(CHUNK));
            self.buffer.resize(more.max(self.filled.saturating_add(1)), 0);
        }
        let room = self.buffer.get_mut(self.filled..).unwrap_or_default();
        let count = self.input.read(room, self.last)?;
        self.filled = self.filled.saturating_add(count);
        Ok(count > 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(bytes: &[u8]) -> Lines<&[u8]> {
        Lines::new(
            Input::open(bytes, None)
                .map_err(|e| e.to_string())
                .unwrap_or_else(|_never| std::process::abort()),
        )
    }

    #[test]
    fn lines_end_in_either_way_or_not_at_all() {
        let mut lines = lines(b"a\r\n\nb");
        assert!(lines.advance().unwrap());
        assert_eq!((lines.current(), lines.line(), lines.is_ended()), (&b"a"[..], 1, true));
        assert!(lines.advance().unwrap());
        assert_eq!((lines.current(), lines.line()), (&b""[..], 2));
        assert!(lines.advance().unwrap());
        assert_eq!((lines.current(), lines.line(), lines.is_ended()), (&b"b"[..], 3, false));
        assert!(!lines.advance().unwrap());
        assert!(!lines.advance().unwrap());
    }

    #[test]
    fn a_line_may_lie_across_the_buffers_end() {
        let long = "x".repeat(CHUNK - 3);
        let text = format!("{long}\nsecond line\n{}\nlast", "y".repeat(CHUNK * 2));
        let mut lines = lines(text.as_bytes());
        let mut found = Vec::new();
        while lines.advance().unwrap() {
            found.push(String::from_utf8(lines.current().to_vec()).unwrap());
        }
        assert_eq!(found.join("\n"), text);
    }

    #[test]
    fn a_line_without_an_end_is_refused_before_it_fills_the_memory() {
        let text = "x".repeat(LINE_MAX * 3);
        let mut lines = lines(text.as_bytes());
        assert_eq!(lines.advance().unwrap_err().code, "settlement_row_too_long");
        assert!(lines.buffer.len() <= LINE_MAX + CHUNK);
    }
}
