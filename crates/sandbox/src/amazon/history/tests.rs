//! Judges histories by reading their documents back, and by the identities that Amazon's own
//! documents keep.

mod balances;
mod documents;
mod files;
mod money;
mod shares;
mod vocabulary;

use base::Timestamp;

use super::{History, Options, Quirks, Setting};

/// When the tests' worlds are looked at: nine in the morning of a working day.
const NOW: Timestamp = Timestamp(1_794_819_600_000);

fn options(seed: u64, setting: Setting) -> Options {
    Options::before(seed, setting, 150, NOW)
}

fn tell(seed: u64, setting: Setting) -> History {
    History::tell(options(seed, setting))
}

fn quirky(setting: Setting, quirks: Quirks) -> History {
    History::tell(Options { quirks, ..options(5, setting) })
}

/// The end of all: no money is left on its way.
const LATER: Timestamp = Timestamp(i64::MAX);
