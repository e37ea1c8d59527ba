//! What can carry attachments and notes: any document, by its endpoint and id.

use super::ask::Ask;
use super::books::Books;
use super::reply::Reply;
use super::{attachments, history};

/// A document that exists.
pub(crate) struct Paper {
    pub(crate) endpoint: &'static str,
    pub(crate) id: String,
    /// A sales invoice or sales credit note: its files may show on the online invoice.
    pub(crate) is_sale: bool,
}

fn find(books: &Books, endpoint: &str, id: &str) -> Option<Paper> {
    let id = id.to_lowercase();
    let document = |is_credit: bool| {
        let found = books.documents.get(&id)?;
        (found.kind.is_credit() == is_credit).then(|| found.kind.is_sale())
    };
    let (endpoint, is_sale) = match endpoint {
        "invoices" => ("Invoices", document(false)?),
        "creditnotes" => ("CreditNotes", document(true)?),
        "banktransactions" => {
            books.bank_transactions.get(&id).map(|_| ("BankTransactions", false))?
        }
        "banktransfers" => books.bank_transfers.get(&id).map(|_| ("BankTransfers", false))?,
        "manualjournals" => books.journals.get(&id).map(|_| ("ManualJournals", false))?,
        _ => return None,
    };
    Some(Paper { endpoint, id, is_sale })
}

/// Whether the path leads to a document's attachments or notes.
pub(crate) fn is_meant(rest: &[&str]) -> bool {
    let words = ["attachments", "history"];
    rest.get(1).is_some_and(|word| words.iter().any(|it| it.eq_ignore_ascii_case(word)))
}

/// `/{Endpoint}/{id}/Attachments…` and `/{Endpoint}/{id}/History`; `None` if there is no such
/// path.
pub(crate) fn answer(
    books: &mut Books,
    ask: &Ask<'_>,
    endpoint: &str,
    rest: &[&str],
) -> Option<Result<Reply, Reply>> {
    let (id, word, last) = match rest {
        [id, word] => (*id, word.to_lowercase(), None),
        [id, word, last] => (*id, word.to_lowercase(), Some(*last)),
        _ => return None,
    };
    let Some(paper) = find(books, endpoint, id) else { return Some(Err(Reply::not_found())) };
    Some(match (ask.method.as_str(), word.as_str(), last) {
        ("GET", "attachments", None) => Ok(attachments::list(books, ask, &paper)),
        ("GET", "attachments", Some(key)) => attachments::content(books, ask, &paper, key),
        ("PUT" | "POST", "attachments", Some(name)) => attachments::put(books, ask, &paper, name),
        ("GET", "history", None) => Ok(history::list(books, ask, &paper)),
        ("PUT", "history", None) => history::put(books, ask, &paper),
        _ => return None,
    })
}
