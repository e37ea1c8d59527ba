//! What was made or changed since anyone asked: webhooks tell of it.

/// A category of webhooks, as Xero calls it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Category {
    Invoice,
    CreditNote,
    Contact,
}

impl Category {
    pub(crate) fn word(self) -> &'static str {
        match self {
            Category::Invoice => "INVOICE",
            Category::CreditNote => "CREDITNOTE",
            Category::Contact => "CONTACT",
        }
    }

    /// The collection in its address.
    pub(crate) fn collection(self) -> &'static str {
        match self {
            Category::Invoice => "Invoices",
            Category::CreditNote => "CreditNotes",
            Category::Contact => "Contacts",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Touch {
    pub(crate) category: Category,
    pub(crate) id: String,
    pub(crate) is_new: bool,
}

/// Each thing once, new if it was made since.
#[derive(Debug, Clone, Default)]
pub(crate) struct Touched(Vec<Touch>);

/// Nobody asks where no webhook is registered.
const KEPT_MAX: usize = 10_000;

impl Touched {
    pub(crate) fn note(&mut self, category: Category, id: &str, is_new: bool) {
        if let Some(known) = self.0.iter_mut().find(|known| known.id == id) {
            known.is_new |= is_new;
            return;
        }
        if self.0.len() < KEPT_MAX {
            self.0.push(Touch { category, id: id.to_owned(), is_new });
        }
    }

    pub(crate) fn take(&mut self) -> Vec<Touch> {
        std::mem::take(&mut self.0)
    }
}
