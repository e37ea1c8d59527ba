//! `/ManualJournals`
//! (<https://developer.xero.com/documentation/api/accounting/manualjournals>): in base currency,
//! found again by their narration alone.

use base::{Day, Timestamp};

use super::ask::Ask;
use super::batch::{self, Refusal, Saved};
use super::books::Books;
use super::dates;
use super::document::Amounts;
use super::fields;
use super::filter::{self, Fields, Value};
use super::journal_reading;
use super::json::{Json, Object};
use super::ledger;
use super::lines::Line;
use super::reply::Reply;

const KIND: batch::Kind = batch::Kind {
    collection: "ManualJournals",
    id: "ManualJournalID",
    // The schema has no flag, only the list of errors.
    flag: "",
    elements_max: batch::ELEMENTS_MAX,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Status {
    Draft,
    Posted,
    Voided,
    Deleted,
}

#[derive(Debug, Clone)]
pub(crate) struct Journal {
    pub(crate) id: String,
    pub(crate) narration: String,
    pub(crate) date: Day,
    pub(crate) status: Status,
    pub(crate) amounts: Amounts,
    pub(crate) lines: Vec<Line>,
    pub(crate) url: String,
    pub(crate) on_cash_basis: bool,
    pub(crate) updated: Timestamp,
    pub(crate) sequence: u64,
}

impl Status {
    pub(crate) fn read(text: &str) -> Option<Status> {
        match text {
            "DRAFT" => Some(Status::Draft),
            "POSTED" => Some(Status::Posted),
            "VOIDED" => Some(Status::Voided),
            "DELETED" => Some(Status::Deleted),
            _ => None,
        }
    }

    pub(crate) fn word(self) -> &'static str {
        match self {
            Status::Draft => "DRAFT",
            Status::Posted => "POSTED",
            Status::Voided => "VOIDED",
            Status::Deleted => "DELETED",
        }
    }
}

impl Fields for Journal {
    fn field(&self, path: &str) -> Option<Value> {
        Some(match path {
            "manualjournalid" => Value::text(&self.id),
            "narration" => Value::text(&self.narration),
            "status" => Value::text(self.status.word()),
            "date" => Value::Moment(self.date.midnight_utc()),
            "showoncashbasisreports" => Value::Bool(self.on_cash_basis),
            "updateddateutc" => Value::Moment(self.updated),
            _ => return None,
        })
    }
}

/// `GET /ManualJournals`. Without a page there are no lines.
pub(crate) fn list(books: &Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["where", "order", "page", "pageSize"]);
    let mut found: Vec<&Journal> = books.journals.values().collect();
    found.sort_by_key(|journal| journal.sequence);
    let selected = filter::select(found, ask, |journal| journal.updated)?;
    let page = filter::page(selected, ask, false)?;
    let paged = page.pagination.is_some();
    let render = |journal: &&Journal| {
        let mut object = render(books, journal);
        if !paged {
            object.set("JournalLines", Json::List(Vec::new()));
        }
        object
    };
    let objects = page.items.iter().map(render).collect();
    Ok(books.reply(ask, filter::members(page.pagination, KIND.collection, objects)))
}

/// `GET /ManualJournals/{ManualJournalID}`.
pub(crate) fn one(books: &Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let journal = books.journals.get(&id.to_lowercase()).ok_or_else(Reply::not_found)?;
    let object = render(books, journal);
    Ok(books.reply(ask, Object::new().with_list(KIND.collection, vec![object])))
}

fn render(books: &Books, journal: &Journal) -> Object {
    let lines = journal.lines.iter().map(|line| render_line(books, line)).collect();
    Object::new()
        .with_text("Date", dates::day(journal.date))
        .with_text("Status", journal.status.word())
        .with_text("LineAmountTypes", journal.amounts.word())
        .with_text("UpdatedDateUTC", dates::moment(journal.updated))
        .with_text("ManualJournalID", &journal.id)
        .with_text("Narration", &journal.narration)
        .with_some("Url", Some(&journal.url))
        .with_list("JournalLines", lines)
        .with_bool("ShowOnCashBasisReports", journal.on_cash_basis)
        .with_bool("HasAttachments", books.attachments.has(&journal.id))
}

/// A line has an amount and an account, and none of a document's units or quantities.
fn render_line(books: &Books, line: &Line) -> Object {
    let mut object = line.render(books, 2);
    let foreign = ["LineItemID", "UnitAmount", "Quantity", "ValidationErrors"];
    object.0.retain(|(name, _)| !foreign.contains(&name.as_ref()));
    object.with_bool("IsBlank", false)
}

/// `PUT /ManualJournals`: creates.
pub(crate) fn put(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::MANUAL_JOURNAL.walk(ask, element);
        if element.get(KIND.id).is_some() {
            ask.unknown(&format!("field {} on {}", KIND.id, ask.operation));
        }
        create(books, ask, element)
    })
}

/// `POST /ManualJournals`: changes the one of that id, else creates.
pub(crate) fn post(books: &mut Books, ask: &Ask<'_>) -> Result<Reply, Reply> {
    ask.knows(&["summarizeErrors"]);
    batch::run(books, ask, &KIND, &mut |books, element| {
        fields::MANUAL_JOURNAL.walk(ask, element);
        let Some(id) = element.text(KIND.id) else { return create(books, ask, element) };
        let found = books.journals.get(&id.to_lowercase()).cloned();
        let message = "An existing Manual Journal with the specified ID could not be found";
        change(books, ask, found.ok_or_else(|| Refusal::of(message))?, element)
    })
}

/// `POST /ManualJournals/{ManualJournalID}`.
pub(crate) fn post_one(books: &mut Books, ask: &Ask<'_>, id: &str) -> Result<Reply, Reply> {
    ask.knows(&[]);
    let element = ask.element(KIND.collection)?;
    fields::MANUAL_JOURNAL.walk(ask, &element);
    let found = books.journals.get(&id.to_lowercase()).cloned().ok_or_else(Reply::not_found)?;
    let result = change(books, ask, found, &element);
    batch::alone(books, ask, (&KIND, &element), result)
}

fn create(books: &mut Books, ask: &Ask<'_>, element: &Object) -> Result<Saved, Refusal> {
    let blank = Journal {
        id: String::new(),
        narration: String::new(),
        date: ask.today(),
        status: Status::Draft,
        amounts: Amounts::NoTax,
        lines: Vec::new(),
        url: String::new(),
        on_cash_basis: true,
        updated: ask.now,
        sequence: 0,
    };
    let (journal, warnings) = journal_reading::read(books, blank, element, ask.now)?;
    Ok(save(books, journal, warnings))
}

/// Stores the journal and brings the ledger in line: a draft has no effect.
fn save(books: &mut Books, mut journal: Journal, warnings: Vec<String>) -> Saved {
    if journal.id.is_empty() {
        journal.id = books.new_id();
        journal.sequence = books.next_sequence();
    }
    books.ledger.reverse(&journal.id);
    if journal.status == Status::Posted {
        let legs = ledger::journal_legs(books, &journal.lines, journal.amounts);
        books.ledger.post(&journal.id, journal.date, legs);
    }
    let object = render(books, &journal);
    books.journals.insert(journal.id.clone(), journal);
    Saved { object, warnings }
}

/// A draft may change, be posted or be deleted; a posted journal can only be voided. (Whether Xero
/// takes other changes to a posted one is not published.)
fn change(
    books: &mut Books,
    ask: &Ask<'_>,
    journal: Journal,
    element: &Object,
) -> Result<Saved, Refusal> {
    let sent = element.text("Status").and_then(Status::read);
    if let Some(message) = books.organisation.lock_message(journal.date) {
        return Err(Refusal::of(&message));
    }
    let ended = match (journal.status, sent) {
        (Status::Posted, Some(Status::Voided)) => Some(Status::Voided),
        (Status::Draft, Some(Status::Deleted)) => Some(Status::Deleted),
        (Status::Draft, _) => None,
        (Status::Posted | Status::Voided | Status::Deleted, _) => {
            return Err(Refusal::of("Manual Journal not of valid status for modification"));
        }
    };
    if let Some(status) = ended {
        let journal = Journal { status, updated: ask.now, ..journal };
        return Ok(save(books, journal, Vec::new()));
    }
    let (journal, warnings) = journal_reading::read(books, journal, element, ask.now)?;
    Ok(save(books, journal, warnings))
}
