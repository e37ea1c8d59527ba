//! `/{Endpoint}/{id}/Attachments`: files on a document
//! (<https://developer.xero.com/documentation/api/accounting/attachments>).

use std::collections::BTreeMap;

use bytes::Bytes;

use super::ask::Ask;
use super::books::Books;
use super::json::{Json, Object};
use super::papers::Paper;
use super::reply::{Content, Reply};

/// Xero takes ten files on a document, and 10 MB each.
const FILES_MAX: usize = 10;
const BYTES_MAX: usize = 10 * 1024 * 1024;

const NAME_MAX: usize = 255;

/// What a file's name may not hold. One of two sources has the space among them.
const FORBIDDEN: &[char] = &['<', '>', ':', '"', '/', '\\', '|', '?', '*', '\0', '+', ' '];

#[derive(Debug, Clone)]
struct Attachment {
    id: String,
    name: String,
    media: String,
    content: Bytes,
    online: bool,
}

/// The files of all documents, by the document's id.
#[derive(Debug, Clone, Default)]
pub(crate) struct Attachments {
    by_document: BTreeMap<String, Vec<Attachment>>,
}

impl Attachments {
    pub(crate) fn has(&self, document: &str) -> bool {
        self.by_document.get(document).is_some_and(|files| !files.is_empty())
    }

    fn of(&self, document: &str) -> &[Attachment] {
        self.by_document.get(document).map_or(&[], Vec::as_slice)
    }

    /// By id, or by name in any case.
    fn find(&self, document: &str, key: &str) -> Option<&Attachment> {
        let by_id = self.of(document).iter().find(|file| file.id.eq_ignore_ascii_case(key));
        by_id.or_else(|| self.of(document).iter().find(|file| is_named(file, key)))
    }
}

fn is_named(file: &Attachment, name: &str) -> bool {
    file.name.eq_ignore_ascii_case(name)
}

/// `GET …/Attachments`.
pub(crate) fn list(books: &Books, ask: &Ask<'_>, paper: &Paper) -> Reply {
    ask.knows(&[]);
    let files = books.attachments.of(&paper.id);
    let objects = files.iter().map(|file| render(paper, file)).collect();
    books.reply(ask, Object::new().with_list("Attachments", objects))
}

/// `GET …/Attachments/{FileName or AttachmentID}`: the file itself.
pub(crate) fn content(
    books: &Books,
    ask: &Ask<'_>,
    paper: &Paper,
    key: &str,
) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let file = books.attachments.find(&paper.id, key).ok_or_else(Reply::not_found)?;
    Ok(Reply::with(200, Content::File(file.content.clone(), file.media.clone())))
}

/// `PUT` and `POST …/Attachments/{FileName}` with the file as the body. A file of the same name is
/// replaced.
pub(crate) fn put(
    books: &mut Books,
    ask: &Ask<'_>,
    paper: &Paper,
    name: &str,
) -> Result<Reply, Reply> {
    ask.knows(if paper.is_sale { &["IncludeOnline"] } else { &[] });
    let refuse = |message: &str| Reply::refused(10, "ValidationException", message);
    if name.is_empty() || name.chars().count() > NAME_MAX || name.contains(FORBIDDEN) {
        return Err(refuse(&format!("The file name '{name}' is not valid")));
    }
    let Some(media) = ask.header("content-type").filter(|media| media.contains('/')) else {
        return Err(refuse("The Content-Type of the attachment must be specified"));
    };
    if ask.bytes.is_empty() {
        return Err(refuse("The attachment has no content"));
    }
    if ask.bytes.len() > BYTES_MAX {
        return Err(refuse("The attachment must not be larger than 10 MB"));
    }
    let replaced = books.attachments.find(&paper.id, name).map(|file| file.id.clone());
    if replaced.is_none() && books.attachments.of(&paper.id).len() >= FILES_MAX {
        return Err(refuse("A document can have at most 10 attachments"));
    }
    let file = Attachment {
        id: replaced.unwrap_or_else(|| books.new_id()),
        name: name.to_owned(),
        media: media.to_owned(),
        content: ask.bytes.clone(),
        online: paper.is_sale && ask.flag("IncludeOnline"),
    };
    let object = render(paper, &file);
    let files = books.attachments.by_document.entry(paper.id.clone()).or_default();
    files.retain(|old| old.id != file.id);
    files.push(file);
    Ok(books.reply(ask, Object::new().with_list("Attachments", vec![object])))
}

fn render(paper: &Paper, file: &Attachment) -> Object {
    let Paper { endpoint, id, .. } = paper;
    let name = &file.name;
    let url = format!("https://api.xero.com/api.xro/2.0/{endpoint}/{id}/Attachments/{name}");
    let length = file.content.len().to_string();
    let object = Object::new()
        .with_text("AttachmentID", &file.id)
        .with_text("FileName", name)
        .with_text("Url", url)
        .with_text("MimeType", &file.media)
        .with("ContentLength", Json::Number(length));
    if paper.is_sale { object.with_bool("IncludeOnline", file.online) } else { object }
}
