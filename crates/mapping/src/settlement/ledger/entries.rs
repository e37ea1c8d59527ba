//! What of a settlement stands on no invoice and no bill: money on clearing, and journals.

use base::{Day, Money, MoneyError};
use intents::{Body, Decided, Direction};

use super::Standing;
use crate::settlement::documents::carries_rows;
use crate::settlement::undo::reverses;

/// A bank transaction or a journal that carries rows of a settlement, or says the opposite of one
/// that did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry<'a> {
    pub number: &'a str,
    pub date: Day,
    pub lines: Vec<EntryLine<'a>>,
}

/// Without tax, as all lines of an entry are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EntryLine<'a> {
    pub account_id: &'a str,
    pub tax_type: &'a str,
    pub text: &'a str,
    /// Debits positive.
    pub amount: Money,
}

impl<'a> Standing<'a> {
    pub fn entries(&self) -> Result<Vec<Entry<'a>>, MoneyError> {
        let of_rows = self.live().filter(|one| {
            one.intent.subject.settlement_id().is_some()
                && (carries_rows(&one.intent) || reverses(&one.intent).is_some_and(is_document))
        });
        of_rows.filter_map(|one| entry(one).transpose()).collect()
    }
}

fn is_document(part: &str) -> bool {
    part.starts_with(crate::settlement::plan::DOCUMENT)
}

fn entry(one: &Decided) -> Result<Option<Entry<'_>>, MoneyError> {
    let (number, date, lines) = match &one.intent.body {
        Body::BankTransaction(moved) => {
            let lines = moved.lines.iter().map(|line| {
                let amount = match moved.direction {
                    Direction::Receive => line.amount.negated()?,
                    Direction::Spend => line.amount,
                };
                let (account_id, tax_type) = (line.account_id.as_str(), line.tax_type.as_str());
                Ok(EntryLine { account_id, tax_type, text: &line.description, amount })
            });
            (&moved.reference, moved.date, lines.collect::<Result<Vec<_>, MoneyError>>()?)
        }
        Body::ManualJournal(made) => {
            let lines = made.lines.iter().map(|line| EntryLine {
                account_id: &line.account_id,
                tax_type: &line.tax_type,
                text: &line.description,
                amount: line.amount,
            });
            return Ok(Some(Entry {
                number: made.number(),
                date: made.date,
                lines: lines.collect(),
            }));
        }
        Body::Contact(_)
        | Body::Item(_)
        | Body::Invoice(_)
        | Body::InvoiceEdit { .. }
        | Body::InvoiceVoid { .. }
        | Body::CreditNote(_)
        | Body::Allocation(_)
        | Body::Payment(_)
        | Body::Bill(_)
        | Body::SupplierCredit(_)
        | Body::Refund(_)
        | Body::BankTransfer(_)
        | Body::Attachment(_)
        | Body::Undo(_) => return Ok(None),
    };
    Ok(Some(Entry { number, date, lines }))
}
