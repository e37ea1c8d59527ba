//! Credit notes in a reply: of a create by number, of an undoing by id.

use intents::Body;

use super::{Element, Verdict, is_undone, of_document, undone};
use crate::api::credit_notes;
use crate::sink::compare::{ReadBack, fresh};
use crate::sink::known::Known;
use crate::sink::paper::{Meant, Paper};
use crate::sink::thing::Thing;

impl Element for credit_notes::CreditNote {
    fn verdict(&self) -> Verdict<'_> {
        Verdict {
            remote_id: self.credit_note_id.as_deref(),
            has_errors: self.has_errors,
            status: self.status_attribute_string.as_deref(),
            complaints: of_document(
                &self.validation_errors,
                self.contact.as_ref(),
                &self.line_items,
            ),
            warnings: &self.warnings,
        }
    }

    fn answers(&self, body: &Body, known: Known<'_>) -> bool {
        if let Body::Undo(_) = body {
            return is_undone(body, Thing::CreditNote, self.credit_note_id.as_deref(), known);
        }
        Meant::of(body, known).is_some_and(|meant| {
            self.credit_note_number.as_deref() == Some(meant.number)
                && self.kind.as_deref().is_none_or(|kind| kind == meant.kind)
        })
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        if let Body::Undo(_) = body {
            return undone(self.credit_note_id.as_deref(), self.status.as_deref());
        }
        fresh(&Paper::from(self), &Meant::of(body, known)?)
    }
}
