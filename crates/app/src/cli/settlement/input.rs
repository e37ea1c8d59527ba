//! Where a report comes from: a file or standard input, hashed and counted as it is read.

use std::cell::RefCell;
use std::fs::File;
use std::io::{self, IsTerminal as _, Read};
use std::path::Path;
use std::rc::Rc;

use indicatif::{ProgressBar, ProgressStyle};
use proof::Hash;
use sha2::{Digest as _, Sha256};

use crate::cli::Failure;

/// The name of standard input, as on other command lines.
const STDIN: &str = "-";
/// Below this a progress bar would only flicker.
const SHOWN_FROM_BYTES: u64 = 8 << 20;

/// A report that is being read. Copies of it read on from the same place, so that the hash is of
/// the whole file even where a reader stops early.
#[derive(Clone)]
pub(in crate::cli) struct Input(Rc<RefCell<Inner>>);

struct Inner {
    from: Box<dyn Read>,
    hasher: Sha256,
    bytes: u64,
    bar: ProgressBar,
}

impl Input {
    /// Opens what a person named.
    pub(in crate::cli) fn open(name: &str, is_quiet: bool) -> Result<Input, Failure> {
        if name == STDIN {
            return Ok(Input::of(Box::new(io::stdin()), ProgressBar::hidden()));
        }
        let path = Path::new(name);
        let unreadable = |error: io::Error| Failure::new("file_unreadable", error.to_string());
        let known = std::fs::metadata(path).map_err(unreadable)?;
        if known.is_dir() {
            let detail = "this is a folder: name the files in it".to_owned();
            return Err(Failure::new("file_is_directory", detail));
        }
        let file = File::open(path).map_err(unreadable)?;
        let bar = if is_quiet { ProgressBar::hidden() } else { bar(name, known.len()) };
        Ok(Input::of(Box::new(file), bar))
    }

    fn of(from: Box<dyn Read>, bar: ProgressBar) -> Input {
        let inner = Inner { from, hasher: Sha256::new(), bytes: 0, bar };
        Input(Rc::new(RefCell::new(inner)))
    }

    /// Reads what is left, and says how long the file is and what its hash is.
    pub(in crate::cli) fn finish(mut self) -> io::Result<(u64, Hash)> {
        io::copy(&mut self, &mut io::sink())?;
        let mut inner = self.0.borrow_mut();
        inner.bar.finish_and_clear();
        let hasher = std::mem::take(&mut inner.hasher);
        Ok((inner.bytes, Hash(hasher.finalize().into())))
    }
}

impl Read for Input {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let mut inner = self.0.borrow_mut();
        let count = inner.from.read(buffer)?;
        inner.hasher.update(buffer.get(..count).unwrap_or_default());
        inner.bytes = inner.bytes.saturating_add(count as u64);
        inner.bar.set_position(inner.bytes);
        Ok(count)
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}

/// On standard error, and only for someone who watches.
fn bar(name: &str, bytes: u64) -> ProgressBar {
    if bytes < SHOWN_FROM_BYTES || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(bytes);
    if let Ok(style) = ProgressStyle::with_template("{msg} {wide_bar} {bytes}/{total_bytes} {eta}")
    {
        bar.set_style(style);
    }
    bar.set_message(name.to_owned());
    bar
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_is_of_the_whole_file_though_a_reader_stops_early() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("report.txt");
        std::fs::write(&path, b"0123456789").unwrap();
        let input = Input::open(path.to_str().unwrap(), true).unwrap();
        let mut start = [0; 4];
        input.clone().read_exact(&mut start).unwrap();
        assert_eq!(input.finish().unwrap(), (10, Hash::of(b"0123456789")));
    }

    #[test]
    fn a_folder_and_a_missing_file_have_codes() {
        let dir = tempfile::tempdir().unwrap();
        let code = |path: &Path| Input::open(path.to_str().unwrap(), true).err().unwrap().code;
        assert_eq!(code(dir.path()), "file_is_directory");
        assert_eq!(code(&dir.path().join("none")), "file_unreadable");
    }
}
