//! Credit notes in a reply, by number.

use intents::Body;

use super::{Element, Verdict, of_document};
use crate::api::credit_notes;
use crate::sink::compare::{ReadBack, fresh};
use crate::sink::known::Known;
use crate::sink::paper::{Meant, Paper};

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

    fn answers(&self, body: &Body, _known: Known<'_>) -> bool {
        let Body::CreditNote(made) = body else { return false };
        self.credit_note_number.as_deref() == Some(made.number.as_str())
            && self.kind.as_deref().is_none_or(|kind| kind == credit_notes::SALES)
    }

    fn read_back(&self, body: &Body, known: Known<'_>) -> Option<ReadBack> {
        let Body::CreditNote(made) = body else { return None };
        fresh(&Paper::from(self), &Meant::credit_note(made, known))
    }
}
