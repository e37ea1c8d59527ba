//! The bytes of a file, unpacked if they are packed, and counted as they come.

use std::io::{self, Chain, Cursor, ErrorKind, Read};

use flate2::read::MultiGzDecoder;

use super::malformed::{Malformed, Place, refused};

const GZIP: [u8; 2] = [0x1f, 0x8b];

/// What was peeked at comes first, then the rest.
pub(super) type Whole<R> = Chain<Cursor<Vec<u8>>, Counted<R>>;

pub(super) struct Counted<R> {
    inner: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.inner.read(buffer)?;
        self.bytes = self.bytes.saturating_add(u64::try_from(count).unwrap_or(0));
        Ok(count)
    }
}

pub(super) enum Input<R> {
    Plain(Whole<R>),
    Gzip(Box<MultiGzDecoder<Whole<R>>>),
}

impl<R: Read> Input<R> {
    /// Looks at the first two bytes: no text begins as gzip does. `Some(false)` leaves packed
    /// bytes packed.
    pub(super) fn open(input: R, gzip: Option<bool>) -> Result<Input<R>, Malformed> {
        let mut counted = Counted { inner: input, bytes: 0 };
        let mut start = Vec::with_capacity(GZIP.len());
        let mut head = counted.by_ref().take(2);
        head.read_to_end(&mut start).map_err(|error| unreadable(&error, 0))?;
        let is_gzip = start == GZIP && gzip != Some(false);
        let whole = Cursor::new(start).chain(counted);
        Ok(if is_gzip {
            Input::Gzip(Box::new(MultiGzDecoder::new(whole)))
        } else {
            Input::Plain(whole)
        })
    }

    pub(super) fn is_gzip(&self) -> bool {
        matches!(self, Input::Gzip(_))
    }

    /// Of the file as it is stored.
    pub(super) fn bytes_read(&self) -> u64 {
        let whole = match self {
            Input::Plain(whole) => whole,
            Input::Gzip(packed) => packed.get_ref(),
        };
        whole.get_ref().1.bytes
    }

    pub(super) fn read(&mut self, buffer: &mut [u8], line: u64) -> Result<usize, Malformed> {
        loop {
            let read = match self {
                Input::Plain(whole) => {
                    whole.read(buffer).map_err(|e| (e.kind(), unreadable(&e, line)))
                }
                Input::Gzip(packed) => {
                    packed.read(buffer).map_err(|e| (e.kind(), packed_wrong(&e, line)))
                }
            };
            match read {
                Err((ErrorKind::Interrupted, _)) => {}
                Err((_, malformed)) => return Err(malformed),
                Ok(count) => return Ok(count),
            }
        }
    }
}

fn unreadable(error: &io::Error, line: u64) -> Malformed {
    refused("file_unreadable", Place::line(line), format!("the file could not be read: {error}"))
}

fn packed_wrong(error: &io::Error, line: u64) -> Malformed {
    let place = Place::line(line);
    if error.kind() == ErrorKind::UnexpectedEof {
        return refused("settlement_file_truncated", place, "the packed file ends in the middle");
    }
    if matches!(error.kind(), ErrorKind::InvalidInput | ErrorKind::InvalidData) {
        let detail = format!("the packed file cannot be unpacked: {error}");
        return refused("settlement_file_damaged", place, detail);
    }
    unreadable(error, line)
}
