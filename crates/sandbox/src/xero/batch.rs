//! What happens to the elements of one write: refused alone or together, cut short, echoed
//! (<https://developer.xero.com/documentation/api/accounting/requests-and-responses>).

use super::ask::Ask;
use super::books::Books;
use super::json::{Json, Object};
use super::reply::Reply;
use crate::Fault;

/// Xero's advice for most endpoints, which this organisation insists on.
pub(crate) const ELEMENTS_MAX: usize = 50;

const NO_ID: &str = "00000000-0000-0000-0000-000000000000";

/// Why an element was refused, in Xero's words.
#[derive(Debug, Clone, Default)]
pub(crate) struct Refusal {
    messages: Vec<String>,
}

/// An element that was saved, as it is answered.
pub(crate) struct Saved {
    pub(crate) object: Object,
    pub(crate) warnings: Vec<String>,
}

/// One kind of element and what its replies call things.
pub(crate) struct Kind {
    pub(crate) collection: &'static str,
    pub(crate) id: &'static str,
    /// `HasErrors` on documents, `HasValidationErrors` on contacts and payments, empty where the
    /// object has neither.
    pub(crate) flag: &'static str,
    pub(crate) elements_max: usize,
}

impl Refusal {
    pub(crate) fn of(message: &str) -> Refusal {
        Refusal { messages: vec![message.to_owned()] }
    }

    pub(crate) fn say(&mut self, message: &str) {
        if !self.messages.iter().any(|said| said == message) {
            self.messages.push(message.to_owned());
        }
    }

    /// Says the message unless the statement holds.
    pub(crate) fn check(&mut self, holds: bool, message: &str) {
        if !holds {
            self.say(message);
        }
    }

    /// The value, or what was wrong with it said.
    pub(crate) fn take<T: Default>(&mut self, value: Result<T, String>) -> T {
        value.unwrap_or_else(|message| {
            self.say(&message);
            T::default()
        })
    }

    /// `Err` with all that was said, if anything was.
    pub(crate) fn none(self) -> Result<(), Refusal> {
        if self.messages.is_empty() { Ok(()) } else { Err(self) }
    }

    /// What the client sent, with the messages.
    pub(crate) fn echo(&self, element: &Object, id: &'static str) -> Object {
        let mut object = element.clone();
        if object.get(id).is_none() {
            object.set(id, Json::text(NO_ID));
        }
        object.set("ValidationErrors", messages(&self.messages));
        object
    }
}

impl Saved {
    pub(crate) fn plain(object: Object) -> Saved {
        Saved { object, warnings: Vec::new() }
    }
}

fn messages(texts: &[String]) -> Json {
    let message = |text: &String| Json::Object(Object::new().with_text("Message", text));
    Json::List(texts.iter().map(message).collect())
}

/// Carries out each element of the body in turn. With `summarizeErrors=false` good elements are
/// saved and every element has its own status; otherwise one bad element saves nothing.
pub(crate) fn run(
    books: &mut Books,
    ask: &Ask<'_>,
    kind: &Kind,
    apply: &mut dyn FnMut(&mut Books, &Object) -> Result<Saved, Refusal>,
) -> Result<Reply, Reply> {
    let elements = ask.elements(kind.collection)?;
    if elements.len() > kind.elements_max {
        let message =
            format!("A request may hold at most {} {}", kind.elements_max, kind.collection);
        return Err(Reply::refused(10, "ValidationException", &message));
    }
    let together = ask.summarises_errors();
    // One element is all or nothing by itself.
    let before = (together && elements.len() > 1).then(|| books.clone());
    let results = carry_out(books, ask, &elements, apply);
    let cut = results.len() < elements.len() || matches!(ask.fault, Fault::CutAfter(_));
    let refused = results.iter().any(Result::is_err);
    if together
        && (cut || refused)
        && let Some(before) = before
    {
        *books = before;
    }
    if cut {
        return Err(Reply::server_error());
    }
    if together && refused {
        let echoes = elements.iter().zip(&results).filter_map(|(element, result)| {
            let refusal = result.as_ref().err()?;
            Some(with_flag(refusal.echo(element, kind.id), kind, true))
        });
        return Err(Reply::invalid(echoes.collect()));
    }
    let objects = elements.iter().zip(results).map(|(element, result)| match result {
        Ok(saved) => saved_object(saved, together),
        Err(refusal) => {
            let object = with_flag(refusal.echo(element, kind.id), kind, true);
            object.with_text("StatusAttributeString", "ERROR")
        }
    });
    let objects: Vec<Object> = objects.collect();
    Ok(books.reply(ask, Object::new().with_list(kind.collection, objects)))
}

fn carry_out(
    books: &mut Books,
    ask: &Ask<'_>,
    elements: &[Object],
    apply: &mut dyn FnMut(&mut Books, &Object) -> Result<Saved, Refusal>,
) -> Vec<Result<Saved, Refusal>> {
    let limit = match ask.fault {
        Fault::CutAfter(count) => usize::try_from(count).unwrap_or(usize::MAX),
        Fault::None
        | Fault::Latency(_)
        | Fault::TooMany
        | Fault::ErrorBefore
        | Fault::ErrorAfter
        | Fault::LostBefore
        | Fault::LostAfter
        | Fault::Truncated
        | Fault::Shuffled
        | Fault::Missing
        | Fault::Duplicated => elements.len(),
    };
    elements.iter().take(limit).map(|element| apply(books, element)).collect()
}

fn saved_object(saved: Saved, together: bool) -> Object {
    let mut object = saved.object;
    if !saved.warnings.is_empty() {
        object.set("Warnings", messages(&saved.warnings));
    }
    if !together {
        let status = if saved.warnings.is_empty() { "OK" } else { "WARNING" };
        object.set("StatusAttributeString", Json::text(status));
    }
    object
}

fn with_flag(mut object: Object, kind: &Kind, value: bool) -> Object {
    if !kind.flag.is_empty() {
        object.set(kind.flag, Json::Bool(value));
    }
    object
}

/// The reply to a write of one element by its id: always all or nothing.
pub(crate) fn alone(
    books: &Books,
    ask: &Ask<'_>,
    (kind, element): (&Kind, &Object),
    result: Result<Saved, Refusal>,
) -> Result<Reply, Reply> {
    match result {
        Ok(saved) => {
            let object = saved_object(saved, true);
            Ok(books.reply(ask, Object::new().with_list(kind.collection, vec![object])))
        }
        Err(refusal) => {
            Err(Reply::invalid(vec![with_flag(refusal.echo(element, kind.id), kind, true)]))
        }
    }
}
