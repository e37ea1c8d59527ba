//! The date-range report of Seller Central: comma-separated, in the seller's language, one
//! transaction a line with a column for each part of it.
//!
//! It names the buyer's city, state and postcode. They are never kept: what [`Row::raw`] holds of
//! a line is the line with every cell blanked that is not among our [`headings`](super::headings);
//! the commas stay. A proof that hashes it hashes that.
//!
//! The report declares no settlements. One is told of when its number is first seen: its start and
//! its end are then both the moment of that first line, it has no total and no deposit. Lines that
//! Amazon has not released yet have no number and go to a settlement called [`UNSETTLED`].

use std::io::Read;

use base::{Currency, Money, Timestamp};
use facts::settlement::{Row, Settlement};

use crate::spec::MARKETPLACES;

use super::amount::Decimals;
use super::cells::{Commas, NONE, blank, is_odd};
use super::headings::{self, Column};
use super::local;
use super::malformed::{Malformed, Place, quoted, refused};
use super::open::{Found, Open, Step};
use super::wording;

/// The settlement of the lines that Amazon still holds back.
pub const UNSETTLED: &str = "unsettled";

pub(super) struct Range {
    columns: Vec<Option<Column>>,
    amounts: Vec<(usize, Column)>,
    /// The line of headings, as it stands.
    names: Vec<u8>,
    currency: Option<Currency>,
    /// V2's word for tax that the marketplace keeps.
    withheld: &'static str,
    commas: Commas,
    /// The current line without what is not kept.
    kept: Vec<u8>,
    posted: Timestamp,
    /// The line's amounts that are not zero.
    values: Vec<(Column, Money)>,
    next: usize,
}

impl Range {
    /// `commas` holds the headings; `currency` is what the lines above them named.
    pub(super) fn new<R: Read>(
        open: &mut Open<R>,
        commas: &Commas,
        currency: Option<Currency>,
        language: (&'static str, Decimals),
    ) -> Result<Range, Malformed> {
        let headed = |index| headings::column(commas.get(index));
        let columns: Vec<Option<Column>> = (0..commas.count()).map(headed).collect();
        check(&columns, open.lines.line())?;
        let (name, usual) = language;
        open.amounts.usual = Some(usual);
        open.diagnostics.language = name;
        let unknown = |index: &usize| columns.get(*index) == Some(&None);
        let unknown = (0..commas.count()).filter(unknown).map(|index| commas.get(index).to_owned());
        open.diagnostics.columns_unknown = unknown.filter(|name| !name.is_empty()).collect();
        let numbered = columns.iter().enumerate();
        let amounts = numbered.filter_map(|(index, column)| Some((index, (*column)?)));
        let currency = currency.or((name == "ja").then_some(Currency::JPY));
        open.encodings.is_japan |= currency == Some(Currency::JPY);
        Ok(Range {
            amounts: amounts.filter(|(_, column)| wording::is_amount(*column)).collect(),
            withheld: withheld(commas, name),
            columns,
            names: open.lines.current().to_vec(),
            currency,
            commas: Commas::default(),
            kept: Vec::new(),
            posted: Timestamp(0),
            values: Vec::new(),
            next: 0,
        })
    }

    pub(super) fn advance<R: Read>(&mut self, open: &mut Open<R>) -> Result<Step, Malformed> {
        loop {
            if let Some((_, money)) = self.values.get(self.next) {
                open.diagnostics.rows += 1;
                let found = Found { column: self.next, money: *money };
                self.next += 1;
                return Ok(Step::Row(found));
            }
            if !open.lines.advance()? {
                open.finish()?;
                return Ok(Step::End);
            }
            if let Some(settlement) = self.take_line(open)? {
                open.diagnostics.settlements += 1;
                return Ok(Step::Settlement(settlement));
            }
        }
    }

    fn take_line<R: Read>(&mut self, open: &mut Open<R>) -> Result<Option<Settlement>, Malformed> {
        self.values.clear();
        self.next = 0;
        whole(open)?;
        let line = open.lines.line();
        if open.lines.current() == self.names {
            open.diagnostics.repeated_names += 1;
            return Ok(None);
        }
        let columns = &self.columns;
        let is_kept = |index: usize| columns.get(index).is_some_and(Option::is_some);
        blank(open.lines.current(), is_kept, &mut self.kept);
        open.encodings.take(&self.kept, line)?;
        self.commas.cut(open.encodings.text());
        if (0..self.commas.count()).all(|index| self.commas.get(index).is_empty()) {
            open.diagnostics.blank_lines += 1;
            return Ok(None);
        }
        self.check_width(open, line)?;
        self.read(open, line)
    }

    fn check_width<R: Read>(&self, open: &mut Open<R>, line: u64) -> Result<(), Malformed> {
        let (cells, columns) = (self.commas.count(), self.columns.len());
        if cells < columns && !open.lines.is_ended() {
            let detail = format!("the last line has {cells} cells of {columns}");
            return Err(refused("settlement_file_truncated", Place::line(line), detail));
        }
        if cells > columns {
            let detail = format!("the line has {cells} cells, and there are {columns} columns");
            return Err(refused("settlement_cells_extra", Place::line(line), detail));
        }
        if cells < columns {
            open.diagnostics.padded_rows += 1;
        }
        Ok(())
    }

    fn read<R: Read>(
        &mut self,
        open: &mut Open<R>,
        line: u64,
    ) -> Result<Option<Settlement>, Malformed> {
        let posted = self.cell(Column::Moment);
        self.posted = local::moment(posted).ok_or_else(|| {
            let detail = format!("{} is not a date and time that we can read", quoted(posted));
            refused("settlement_date_unreadable", self.place(Column::Moment, line), detail)
        })?;
        let id = match self.cell(Column::Settlement) {
            "" => UNSETTLED,
            id => id,
        };
        let known = open.settlements.find(id).and_then(|at| open.settlements.get(at));
        let (currency, is_new) = match known {
            Some(known) => (known.currency, false),
            None => (self.currency_of(line)?, true),
        };
        let mut new = None;
        if is_new {
            open.settlements.head(id, currency, true, (b"", line))?;
            let (start, end, settlement_id) = (self.posted, self.posted, id.to_owned());
            new = Some(Settlement {
                settlement_id,
                start,
                end,
                deposit: None,
                total: None,
                currency,
            });
        }
        for (index, column) in &self.amounts {
            let text = self.commas.get(*index);
            if text.is_empty() {
                continue;
            }
            let money = open.amounts.money(text, currency, Place::cell(line, *index))?;
            if !money.is_zero() {
                self.values.push((*column, money));
            }
        }
        self.foot(open, currency, line)?;
        Ok(new)
    }

    /// The parts add up to the line's total, or a column was not understood.
    fn foot<R: Read>(
        &mut self,
        open: &mut Open<R>,
        currency: Currency,
        line: u64,
    ) -> Result<(), Malformed> {
        let place = self.place(Column::Total, line);
        let text = self.cell(Column::Total);
        if text.is_empty() {
            return Err(refused("settlement_amount_missing", place, "the line has no total"));
        }
        let total = open.amounts.money(text, currency, place)?;
        let parts = Money::sum(self.values.iter().map(|(_, money)| *money), currency);
        let parts = parts.map_err(|error| {
            refused("settlement_amount_unreadable", place, format!("the line's amounts: {error}"))
        })?;
        if parts != total {
            let detail = format!("the columns add up to {parts}, the line's total is {total}");
            return Err(refused("settlement_row_untied", place, detail));
        }
        if self.values.is_empty() {
            open.diagnostics.lines_without_amount += 1;
        }
        Ok(())
    }

    /// What the lines above the table said, or the currency of the marketplace.
    fn currency_of(&self, line: u64) -> Result<Currency, Malformed> {
        let of_marketplace = || {
            let name = self.cell(Column::Marketplace);
            let found = MARKETPLACES.iter().find(|market| market.name.eq_ignore_ascii_case(name));
            found.and_then(|market| market.currency().ok())
        };
        self.currency.or_else(of_marketplace).ok_or_else(|| {
            let detail =
                "neither the lines above the table nor the row's marketplace tell the currency";
            refused("settlement_currency_unknown", Place::line(line), detail)
        })
    }

    fn index(&self, column: Column) -> usize {
        self.columns.iter().position(|other| *other == Some(column)).unwrap_or(NONE)
    }

    fn cell(&self, column: Column) -> &str {
        self.commas.get(self.index(column))
    }

    fn place(&self, column: Column, line: u64) -> Place {
        Place::cell(line, self.index(column))
    }

    pub(super) fn row<R: Read>(&self, open: &Open<R>, found: &Found) -> Row<'_> {
        let column = self.values.get(found.column).map_or(Column::Other, |(column, _)| *column);
        let description = wording::description(self.cell(Column::Description));
        let kind = wording::kind(self.cell(Column::Type));
        let [transaction_type, amount_type, amount_description] =
            wording::words(kind, column, description, self.withheld);
        let marketplace = self.cell(Column::Marketplace);
        let named = MARKETPLACES.iter().find(|m| m.name.eq_ignore_ascii_case(marketplace));
        let id = self.cell(Column::Settlement);
        Row {
            line: open.lines.line(),
            settlement_id: if id.is_empty() { UNSETTLED } else { id },
            transaction_type,
            order_id: self.cell(Column::Order),
            merchant_order_id: "",
            adjustment_id: "",
            shipment_id: "",
            marketplace: named.map_or(marketplace, |market| market.name),
            amount_type,
            amount_description,
            amount: found.money,
            fulfilment: wording::fulfilment(self.cell(Column::Fulfilment)),
            posted: self.posted,
            order_item_code: "",
            sku: self.cell(Column::Sku),
            quantity: self.cell(Column::Quantity),
            promotion_id: "",
            raw: &self.kept,
        }
    }
}

/// The currency that a line above the table names: "All amounts in USD, unless specified".
pub(super) fn currency(line: &str) -> Option<Currency> {
    let words = line.split(|c: char| !c.is_ascii_alphanumeric());
    let is_known = |word: &&str| MARKETPLACES.iter().any(|m| m.currency_code == *word);
    words.filter(|word| word.len() == 3).find(is_known).and_then(|word| word.parse().ok())
}

/// Takes the lines over which quoted cells go on into one.
fn whole<R: Read>(open: &mut Open<R>) -> Result<(), Malformed> {
    let mut is_quoted = is_odd(open.lines.current());
    while is_quoted {
        let before = open.lines.current().len();
        if !open.lines.extend()? {
            let detail = "a quoted cell does not end before the file does";
            let place = Place::line(open.lines.line());
            return Err(refused("settlement_file_truncated", place, detail));
        }
        let more = open.lines.current().get(before..).unwrap_or_default();
        is_quoted ^= is_odd(more);
    }
    Ok(())
}

fn check(columns: &[Option<Column>], line: u64) -> Result<(), Malformed> {
    let has = |column: Column| columns.contains(&Some(column));
    let needed = [Column::Moment, Column::Settlement, Column::Type, Column::Total];
    let missing = needed.into_iter().filter(|column| !has(*column)).map(headings::english);
    let missing: Vec<&str> = missing.collect();
    if !missing.is_empty() {
        let detail = format!("columns are missing or have other names: {}", missing.join(", "));
        return Err(refused("settlement_columns_missing", Place::line(line), detail));
    }
    for (index, column) in columns.iter().enumerate() {
        let first = columns.iter().position(|other| other == column);
        if let Some(column) = column
            && first.is_some_and(|first| first < index)
        {
            let detail = format!("two columns are {}", headings::english(*column));
            return Err(refused("settlement_columns_doubled", Place::cell(line, index), detail));
        }
    }
    Ok(())
}

/// Australia has a column for low-value goods; Europe's facilitators owe VAT, America's sales tax.
fn withheld(commas: &Commas, language: &str) -> &'static str {
    let has = |heading: &str| {
        (0..commas.count()).any(|index| commas.get(index).eq_ignore_ascii_case(heading))
    };
    if has("low value goods") {
        return "LowValueGoodsTax-Principal";
    }
    let is_british = has("postage credits");
    match language {
        "en" if !is_british => "MarketplaceFacilitatorTax-Principal",
        "es-MX" | "ja" => "MarketplaceFacilitatorTax-Principal",
        _ => "MarketplaceFacilitatorVAT-Principal",
    }
}
