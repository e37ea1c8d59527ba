//! What a file is: told from its first bytes and its first lines, never from its name.

use std::io::Read;

use super::cells::{Commas, Tabs};
use super::columns::Names;
use super::encoding::Encodings;
use super::flat::Flat;
use super::headings;
use super::input::Input;
use super::lines::Lines;
use super::malformed::{Malformed, Place, quoted, refused};
use super::open::Open;
use super::range::{self, Range};
use super::reports::{self, Sight};
use super::{Body, Hints};

/// How much of a file is looked at before its first line.
const AHEAD: usize = 4096;

/// Date-range reports have up to thirteen lines above the table.
const PREAMBLE_MAX: usize = 40;

const BOM: &[u8] = b"\xef\xbb\xbf";

pub(super) fn open<R: Read>(input: R, hints: &Hints) -> Result<(Open<R>, Body), Malformed> {
    let input = Input::open(input, hints.gzip)?;
    let is_gzip = input.is_gzip();
    let encodings = Encodings::new(hints.charset.as_deref(), hints.japan);
    let mut open = Open::new(Lines::new(input), encodings);
    open.diagnostics.is_gzip = is_gzip;
    let ahead = open.lines.ahead(AHEAD)?;
    if ahead.starts_with(BOM) {
        open.lines.skip(BOM.len());
        open.diagnostics.has_bom = true;
    }
    if let Some(sight) = reports::sight(open.lines.ahead(AHEAD)?) {
        return Err(not_a_table(&sight));
    }
    let body = body(&mut open)?;
    Ok((open, body))
}

/// Reads up to the line with the columns' names.
fn body<R: Read>(open: &mut Open<R>) -> Result<Body, Malformed> {
    let mut first = None;
    let mut currency = None;
    let mut seen = 0;
    while seen < PREAMBLE_MAX && open.lines.advance()? {
        let raw = open.lines.current();
        let line = open.lines.line();
        if raw.iter().all(u8::is_ascii_whitespace) {
            open.diagnostics.blank_lines += 1;
            continue;
        }
        seen += 1;
        let text = String::from_utf8_lossy(raw).into_owned();
        if let Some(flat) = flat(open, &text, line)? {
            return Ok(Body::Flat(Box::new(flat)));
        }
        if let Some(report) = reports::recognised(&text) {
            let detail = format!("this is {report}, not a settlement report");
            return Err(refused("settlement_wrong_report", Place::line(line), detail));
        }
        if let Some((commas, language)) = headed(open, line) {
            let range = Range::new(open, &commas, currency, language)?;
            return Ok(Body::Range(Box::new(range)));
        }
        currency = currency.or_else(|| range::currency(&text));
        first.get_or_insert((line, text));
    }
    let Some((line, text)) = first else {
        return Err(refused("settlement_file_empty", Place::FILE, "the file is empty"));
    };
    let detail = format!(
        "no line names a settlement report's columns; the file begins with {}",
        quoted(&text)
    );
    Err(refused("settlement_wrong_report", Place::line(line), detail))
}

/// The flat file that begins with these names, if they are a flat file's.
fn flat<R: Read>(open: &mut Open<R>, text: &str, line: u64) -> Result<Option<Flat>, Malformed> {
    let names = Names::of(text, &mut Tabs::default());
    let is_cut = !open.lines.is_ended() && text.starts_with("settlement-id\t");
    if !names.is_settlement() && !is_cut {
        return Ok(None);
    }
    let flat = Flat::new(&names, line, open.lines.current());
    if flat.is_err() && is_cut {
        let detail = "the file ends within the columns' names";
        return Err(refused("settlement_file_truncated", Place::line(line), detail));
    }
    open.diagnostics.columns_unknown = names.unknown();
    flat.map(Some)
}

/// The headings of a date-range report, in the encoding in which they are words.
fn headed<R: Read>(
    open: &mut Open<R>,
    line: u64,
) -> Option<(Commas, (&'static str, super::amount::Decimals))> {
    let raw = open.lines.current();
    let is_ascii = raw.is_ascii();
    for (encoding, text) in open.encodings.readings(raw) {
        let mut commas = Commas::default();
        commas.cut(&text);
        let language = headings::language((0..commas.count()).map(|index| commas.get(index)));
        if let Some(language) = language {
            if !is_ascii {
                open.encodings.fix(encoding, line);
            }
            return Some((commas, language));
        }
    }
    None
}

fn not_a_table(sight: &Sight) -> Malformed {
    let place = Place::line(1);
    match sight {
        Sight::Empty => refused("settlement_file_empty", Place::FILE, "the file is empty"),
        Sight::Html => refused("settlement_file_is_html", place, "this is a web page"),
        Sight::XmlError => {
            let detail = "this is the storage service's answer that the link has run out";
            refused("settlement_file_is_html", place, detail)
        }
        Sight::Report(report) => {
            refused("settlement_wrong_report", place, format!("this is {report}"))
        }
        Sight::Binary(what) => {
            refused("settlement_file_is_binary", place, format!("this is {what}"))
        }
        Sight::Utf16 => {
            let detail = "the file is in UTF-16, as spreadsheet programs save \"Unicode text\"";
            refused("settlement_encoding_unknown", place, detail)
        }
    }
}
