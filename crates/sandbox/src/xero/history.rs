//! `/{Endpoint}/{id}/History`: notes on a document
//! (<https://developer.xero.com/documentation/api/accounting/historyandnotes>). Xero also writes
//! down what it saw itself; here there are only the notes.

use std::collections::BTreeMap;

use base::Timestamp;

use super::ask::Ask;
use super::batch::Refusal;
use super::books::Books;
use super::dates;
use super::fields;
use super::json::Object;
use super::papers::Paper;
use super::reply::Reply;

const DETAILS_MAX: usize = 2500;

#[derive(Debug, Clone)]
struct Note {
    details: String,
    at: Timestamp,
}

/// The notes of all documents, by the document's id.
#[derive(Debug, Clone, Default)]
pub(crate) struct History {
    by_document: BTreeMap<String, Vec<Note>>,
}

/// `GET …/History`, latest first.
pub(crate) fn list(books: &Books, ask: &Ask<'_>, paper: &Paper) -> Reply {
    ask.knows(&[]);
    let notes = books.history.by_document.get(&paper.id).map_or(&[][..], Vec::as_slice);
    let objects = notes.iter().rev().map(render).collect();
    books.reply(ask, Object::new().with_list("HistoryRecords", objects))
}

/// `PUT …/History` adds notes, all of them or none.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>, paper: &Paper) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let elements = ask.elements("HistoryRecords")?;
    let mut notes = Vec::new();
    for element in &elements {
        fields::HISTORY_RECORD.walk(ask, element);
        let details = element.text("Details").unwrap_or_default().to_owned();
        if details.is_empty() || details.chars().count() > DETAILS_MAX {
            let refusal = Refusal::of("Details must have between 1 and 2500 characters");
            return Err(Reply::invalid(vec![refusal.echo(element, "HistoryRecordID")]));
        }
        notes.push(Note { details, at: ask.now });
    }
    let objects = notes.iter().map(render).collect();
    books.history.by_document.entry(paper.id.clone()).or_default().extend(notes);
    Ok(books.reply(ask, Object::new().with_list("HistoryRecords", objects)))
}

fn render(note: &Note) -> Object {
    Object::new()
        .with_text("Changes", "Note")
        .with_text("DateUTCString", dates::moment_string(note.at))
        .with_text("DateUTC", dates::moment(note.at))
        .with_text("User", "Daybook")
        .with_text("Details", &note.details)
}
