//! What was decided about an order before, and how far it has got.

use std::collections::BTreeSet;

use base::Money;
use intents::{Body, CreditNote, Decided, Intent, IntentId, Invoice, Payment, State};

use crate::orders::rest;
use crate::orders::stop::Stop;

/// The subject's intents, as the store has them.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Booked<'a>(pub(crate) &'a [Decided]);

/// Where the order's invoice stands.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Standing<'a> {
    /// There is none, and none is planned; or the last one is void.
    Nothing,
    /// Decided, not sent.
    Planned(&'a Decided),
    /// On the wire.
    InFlight(&'a Decided),
    /// It exists otherwise than intended, and a person must look.
    Differs(&'a Decided),
    Posted(&'a Decided),
    /// Posted, with an edit or a void decided and not sent.
    Amending {
        posted: &'a Decided,
        planned: &'a Decided,
    },
}

/// True for what can still be taken back: nothing of it exists in the ledger.
pub(crate) fn is_unsent(decided: &Decided) -> bool {
    match decided.progress.state {
        State::Held | State::Ready | State::Dead => decided.receipt.is_none(),
        State::Sending | State::Checking | State::Posted | State::Withdrawn | State::Reversed => {
            false
        }
    }
}

/// True for what exists in the ledger, or may.
pub(crate) fn is_sent(decided: &Decided) -> bool {
    match decided.progress.state {
        State::Sending | State::Checking | State::Posted => true,
        State::Held | State::Ready | State::Dead => decided.receipt.is_some(),
        State::Withdrawn | State::Reversed => false,
    }
}

pub(crate) fn content(decided: &Decided) -> Option<&Invoice> {
    if let Body::Invoice(invoice) | Body::InvoiceEdit { invoice, .. } = &decided.intent.body {
        Some(invoice)
    } else {
        None
    }
}

/// The intent that made the document which this one describes.
pub(crate) fn root(intent: &Intent) -> &IntentId {
    match &intent.body {
        Body::InvoiceEdit { of, .. } | Body::InvoiceVoid { of, .. } => of,
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransaction(_)
        | Body::BankTransfer(_)
        | Body::ManualJournal(_)
        | Body::Attachment(_)
        | Body::Undo(_) => &intent.id,
    }
}

/// The part name of the order's nth invoice.
pub(crate) fn invoice_part(nth: u32) -> String {
    if nth > 1 { format!("invoice:{nth}") } else { "invoice".to_owned() }
}

impl<'a> Booked<'a> {
    /// A part's intent that counts: the highest revision that was not withdrawn.
    pub(crate) fn newest(self, part: &str) -> Option<&'a Decided> {
        let live = self.0.iter().filter(|d| d.intent.part == part);
        live.filter(|d| d.progress.state != State::Withdrawn).max_by_key(|d| d.intent.revision)
    }

    pub(crate) fn next_revision(self, part: &str) -> u32 {
        let of_part = self.0.iter().filter(|d| d.intent.part == part);
        of_part.map(|d| d.intent.revision).max().unwrap_or(0).saturating_add(1)
    }

    /// Which of the order's invoices is the current one, or would be the next: one more after
    /// each void.
    pub(crate) fn nth(self) -> u32 {
        let mut nth = 1;
        while self.newest(&invoice_part(nth)).is_some_and(is_over) {
            nth = nth.saturating_add(1);
        }
        nth
    }

    pub(crate) fn standing(self) -> Standing<'a> {
        let part = invoice_part(self.nth());
        let Some(newest) = self.newest(&part) else { return Standing::Nothing };
        if newest.progress.state.is_in_flight() {
            return Standing::InFlight(newest);
        }
        if !is_unsent(newest) {
            let is_settled = newest.progress.state == State::Posted;
            return if is_settled { Standing::Posted(newest) } else { Standing::Differs(newest) };
        }
        let mut under: Vec<&Decided> =
            self.0.iter().filter(|d| d.intent.part == part && content(d).is_some()).collect();
        under.retain(|d| d.progress.state == State::Posted);
        match under.into_iter().max_by_key(|d| d.intent.revision) {
            Some(posted) => Standing::Amending { posted, planned: newest },
            None => Standing::Planned(newest),
        }
    }

    /// What was posted, ended in the ledger by someone else, and let go by a person: nothing of ours
    /// took it back or took its place.
    pub(crate) fn lost(self) -> Vec<&'a Decided> {
        let is_ours = |id: &IntentId| {
            let mut later = self.0.iter().filter(|d| d.intent.supersedes.as_ref() == Some(id));
            later.any(|d| matches!(d.progress.state, State::Posted | State::Reversed))
        };
        let reversed = self.0.iter().filter(|d| d.progress.state == State::Reversed);
        let newest = reversed
            .filter(|d| self.newest(&d.intent.part).is_some_and(|n| n.intent.id == d.intent.id));
        newest.filter(|d| !is_ours(&d.intent.id)).collect()
    }

    /// Which credit note of a later snapshot comes next: a number is used once and for ever, also
    /// that of one that is gone.
    pub(crate) fn next_credit_note(self) -> usize {
        let is_used = |d: &&Decided| is_sent(d) || d.progress.state == State::Reversed;
        let notes = self.0.iter().filter(|d| d.intent.part.starts_with("credit_note:"));
        let used: BTreeSet<&str> = notes.filter(is_used).map(|d| d.intent.part.as_str()).collect();
        used.len().saturating_add(1)
    }

    /// What hangs on the order's invoice and has not been sent: payments, credit notes, a held
    /// rest.
    pub(crate) fn unsent_followers(self) -> Vec<IntentId> {
        let payments = self.newest_of("payment:").into_iter();
        let followers = payments.chain(self.newest(rest::PART));
        let unsent = followers.filter(|d| is_unsent(d)).map(|d| d.intent.id.clone());
        unsent.chain(self.unsent_credits()).collect()
    }

    /// True when a person replayed the document or a credit note on it: its content is worked out
    /// again, under the rules now in force.
    pub(crate) fn is_deciding_again(self, document: &Decided) -> bool {
        let notes = self.credit_notes().into_iter();
        let mut replayed = std::iter::once(document).chain(notes.map(|(note, _)| note));
        replayed.any(|one| one.progress.is_deciding_again())
    }

    /// Credit notes that were not sent, with their allocations. An allocation whose credit note
    /// was sent stays: it has yet to be set against the invoice.
    pub(crate) fn unsent_credits(self) -> Vec<IntentId> {
        let notes = self.credit_notes().into_iter().filter(|(decided, _)| is_unsent(decided));
        let mut unsent = Vec::new();
        for (note, _) in notes {
            let allocation = format!("allocation:{}", ordinal(&note.intent.part));
            unsent.push(note.intent.id.clone());
            unsent.extend(self.newest(&allocation).map(|decided| decided.intent.id.clone()));
        }
        unsent
    }

    /// Payments of an invoice, newest per part.
    pub(crate) fn payments(self, root: &IntentId) -> Vec<(&'a Decided, &'a Payment)> {
        self.newest_of("payment:")
            .into_iter()
            .filter_map(|decided| match &decided.intent.body {
                Body::Payment(payment) if payment.invoice == *root => Some((decided, payment)),
                Body::Payment(_)
                | Body::Bill(_)
                | Body::SupplierCredit(_)
                | Body::Refund(_)
                | Body::BankTransaction(_)
                | Body::BankTransfer(_)
                | Body::ManualJournal(_)
                | Body::Attachment(_)
                | Body::Undo(_)
                | Body::Contact(_)
                | Body::Item(_)
                | Body::Invoice(_)
                | Body::InvoiceEdit { .. }
                | Body::InvoiceVoid { .. }
                | Body::CreditNote(_)
                | Body::Allocation(_) => None,
            })
            .collect()
    }

    /// Credit notes, first to last.
    pub(crate) fn credit_notes(self) -> Vec<(&'a Decided, &'a CreditNote)> {
        self.newest_of("credit_note:")
            .into_iter()
            .filter_map(|decided| {
                if let Body::CreditNote(note) = &decided.intent.body {
                    Some((decided, note))
                } else {
                    None
                }
            })
            .collect()
    }

    pub(crate) fn sent_credit_notes(self) -> Vec<&'a CreditNote> {
        let notes = self.credit_notes().into_iter();
        notes.filter(|(decided, _)| is_sent(decided)).map(|(_, note)| note).collect()
    }

    /// What was paid on an invoice, for certain or perhaps.
    pub(crate) fn paid(self, root: &IntentId, total: Money) -> Result<Money, Stop> {
        let sent = self.payments(root).into_iter().filter(|(decided, _)| is_sent(decided));
        Ok(Money::sum(sent.map(|(_, payment)| payment.amount), total.currency())?)
    }

    /// True while a payment, a credit note or an allocation is on the wire.
    pub(crate) fn is_money_in_flight(self) -> bool {
        let followers = self.0.iter().filter(|d| !d.intent.part.starts_with("invoice"));
        followers.into_iter().any(|d| d.progress.state.is_in_flight())
    }

    fn newest_of(self, prefix: &str) -> Vec<&'a Decided> {
        let parts: BTreeSet<&str> = self.0.iter().map(|d| d.intent.part.as_str()).collect();
        let mut newest: Vec<&Decided> = parts
            .into_iter()
            .filter(|part| part.starts_with(prefix))
            .filter_map(|part| self.newest(part))
            .filter(|d| d.progress.state != State::Reversed)
            .collect();
        newest.sort_by_key(|d| ordinal(&d.intent.part));
        newest
    }
}

/// The number in `payment:12:clearing` and `credit_note:2`.
pub(crate) fn ordinal(part: &str) -> u32 {
    part.split(':').nth(1).and_then(|number| number.parse().ok()).unwrap_or(0)
}

/// Voided by us, or ended by someone else and let go.
fn is_over(decided: &Decided) -> bool {
    match decided.progress.state {
        State::Posted => matches!(decided.intent.body, Body::InvoiceVoid { .. }),
        State::Reversed => content(decided).is_some(),
        State::Held
        | State::Ready
        | State::Sending
        | State::Checking
        | State::Dead
        | State::Withdrawn => false,
    }
}
