//! The flat files, V2 and V1: tab-separated, a line of names, for each settlement a line of its
//! own (the one with a total) and then its rows. V2 has one amount a line, V1 up to nine.

use std::io::Read;

use base::{Currency, Timestamp};
use facts::settlement::{Layout, Row, Settlement};

use super::cells::Tabs;
use super::columns::{Amount, Columns, Kind, Names};
use super::dates::Dates;
use super::known::Headed;
use super::malformed::{Malformed, Place, quoted, refused};
use super::open::{Found, Open, Step};
use super::v1;

pub(super) struct Flat {
    pub(super) layout: Layout,
    columns: Columns,
    /// The line of names, as it stands.
    names: Vec<u8>,
    tabs: Tabs,
    dates: Dates,
    /// How many cells the shortest whole line lacked.
    short_most: usize,
    /// The line that is being read: its settlement, its moment, and its next amount.
    settlement: usize,
    posted: Timestamp,
    next: usize,
}

impl Flat {
    pub(super) fn new(names: &Names, line: u64, raw: &[u8]) -> Result<Flat, Malformed> {
        let columns = names.columns(line)?;
        let layout = if names.is_v1() { Layout::FlatFileV1 } else { Layout::FlatFileV2 };
        Ok(Flat {
            layout,
            next: columns.amounts.len(),
            columns,
            names: raw.to_vec(),
            tabs: Tabs::default(),
            dates: Dates::default(),
            short_most: 0,
            settlement: 0,
            posted: Timestamp(0),
        })
    }

    pub(super) fn advance<R: Read>(&mut self, open: &mut Open<R>) -> Result<Step, Malformed> {
        loop {
            if let Some(found) = self.next_amount(open)? {
                return Ok(Step::Row(found));
            }
            if !open.lines.advance()? {
                open.finish()?;
                return Ok(Step::End);
            }
            if let Some(settlement) = self.take_line(open)? {
                return Ok(Step::Settlement(settlement));
            }
        }
    }

    /// Goes to the next line; a settlement if it is one's own line.
    fn take_line<R: Read>(&mut self, open: &mut Open<R>) -> Result<Option<Settlement>, Malformed> {
        let raw = open.lines.current();
        let line = open.lines.line();
        if raw.iter().all(u8::is_ascii_whitespace) {
            open.diagnostics.blank_lines += 1;
            return Ok(None);
        }
        open.encodings.take(raw, line)?;
        let text = open.encodings.text();
        self.tabs.cut(text);
        let lacking = self.columns.count.saturating_sub(self.tabs.count());
        self.check_width(text, lacking, line, open.lines.is_ended())?;
        if lacking > 0 {
            open.diagnostics.padded_rows += 1;
        }
        if !self.tabs.get(text, self.columns.total).is_empty() {
            let settlement = self.headed(open)?;
            let is_yen = settlement.as_ref().is_some_and(|new| new.currency == Currency::JPY);
            open.encodings.is_japan |= is_yen;
            return Ok(settlement);
        }
        self.take_row(open)?;
        Ok(None)
    }

    /// Amazon leaves out empty cells at the end of a line; a cut file does too, in its last line.
    fn check_width(
        &mut self,
        text: &str,
        lacking: usize,
        line: u64,
        is_ended: bool,
    ) -> Result<(), Malformed> {
        if !is_ended && lacking > self.short_most.max(1) {
            let detail = format!("the last line ends {lacking} cells before the last column");
            return Err(refused("settlement_file_truncated", Place::line(line), detail));
        }
        if !is_ended && self.ends_in_an_amount(text) {
            let detail = "the last line has no end, and its last amount may be cut";
            return Err(refused("settlement_file_truncated", Place::line(line), detail));
        }
        self.short_most = self.short_most.max(lacking);
        for index in self.columns.count..self.tabs.count() {
            let cell = self.tabs.get(text, index);
            if !cell.is_empty() {
                let detail = format!("there is no column for {}", quoted(cell));
                return Err(refused("settlement_cells_extra", Place::cell(line, index), detail));
            }
        }
        Ok(())
    }

    /// V1's last column is one of amounts.
    fn ends_in_an_amount(&self, text: &str) -> bool {
        let last = self.tabs.count().saturating_sub(1);
        let is_there = !self.tabs.get(text, last).is_empty();
        is_there && self.columns.amounts.iter().any(|amount| amount.index == last)
    }

    fn headed<R: Read>(&mut self, open: &mut Open<R>) -> Result<Option<Settlement>, Malformed> {
        let raw = open.lines.current();
        let line = open.lines.line();
        if raw == self.names {
            open.diagnostics.repeated_names += 1;
            return Ok(None);
        }
        let text = open.encodings.text();
        let columns = &self.columns;
        let cell = |index| self.tabs.get(text, index);
        if let Some(amount) = columns.amounts.iter().find(|amount| !cell(amount.index).is_empty()) {
            let detail =
                format!("the line has a total and the amount {} too", quoted(cell(amount.index)));
            return Err(refused(
                "settlement_header_unclear",
                Place::cell(line, amount.index),
                detail,
            ));
        }
        let id = cell(columns.id);
        if id.is_empty() {
            let detail = "a total stands on a line without a settlement id";
            return Err(refused(
                "settlement_header_missing",
                Place::cell(line, columns.id),
                detail,
            ));
        }
        let currency: Currency = cell(columns.currency).parse().map_err(|error| {
            let detail = format!("the settlement's currency: {error}");
            refused("settlement_currency_unknown", Place::cell(line, columns.currency), detail)
        })?;
        let place = Place::cell(line, columns.total);
        let total = open.amounts.money(cell(columns.total), currency, place)?;
        let mut moment = |index| self.dates.moment(cell(index), Place::cell(line, index));
        let (start, end) = (moment(columns.start)?, moment(columns.end)?);
        let deposit =
            if cell(columns.deposit).is_empty() { None } else { Some(moment(columns.deposit)?) };
        if start > end {
            let detail = format!("the settlement ends at {end}, before it starts at {start}");
            return Err(refused(
                "settlement_dates_disagree",
                Place::cell(line, columns.end),
                detail,
            ));
        }
        match open.settlements.head(id, currency, total.is_zero(), (raw, line))? {
            Headed::Again => {
                open.diagnostics.repeated_settlements += 1;
                Ok(None)
            }
            Headed::New => {
                open.diagnostics.settlements += 1;
                let settlement_id = id.to_owned();
                let total = Some(total);
                Ok(Some(Settlement { settlement_id, start, end, deposit, total, currency }))
            }
        }
    }

    /// Reads what a row's amounts share. A row of a settlement that is repeated is left out.
    fn take_row<R: Read>(&mut self, open: &mut Open<R>) -> Result<(), Malformed> {
        let raw = open.lines.current();
        let line = open.lines.line();
        let text = open.encodings.text();
        let cell = |index| self.tabs.get(text, index);
        let id = cell(self.columns.id);
        let Some(at) = open.settlements.find(id) else {
            let detail = format!("no line with a total for settlement {} stands above", quoted(id));
            return Err(refused(
                "settlement_header_missing",
                Place::cell(line, self.columns.id),
                detail,
            ));
        };
        if !open.settlements.row(at, raw) {
            open.diagnostics.repeated_rows += 1;
            return Ok(());
        }
        let own = open.settlements.get(at).map_or("", |known| known.currency.code());
        let currency = cell(self.columns.currency);
        if !currency.is_empty() && currency != own {
            let detail = format!("the row is in {}, its settlement in {own}", quoted(currency));
            let place = Place::cell(line, self.columns.currency);
            return Err(refused("settlement_two_currencies", place, detail));
        }
        if self.columns.amounts.iter().all(|amount| cell(amount.index).is_empty()) {
            return self.without_amount(open, line);
        }
        self.posted = self.dates.posted(cell, &self.columns, line)?;
        self.settlement = at;
        self.next = 0;
        Ok(())
    }

    /// V1 writes quantities on lines of their own; V2 has an amount on every row.
    fn without_amount<R: Read>(&self, open: &mut Open<R>, line: u64) -> Result<(), Malformed> {
        if let (Layout::FlatFileV2, [amount]) = (self.layout, self.columns.amounts.as_slice()) {
            let place = Place::cell(line, amount.index);
            return Err(refused("settlement_amount_missing", place, "the row has no amount"));
        }
        open.diagnostics.lines_without_amount += 1;
        Ok(())
    }

    fn next_amount<R: Read>(&mut self, open: &mut Open<R>) -> Result<Option<Found>, Malformed> {
        while let Some(amount) = self.columns.amounts.get(self.next) {
            self.next += 1;
            let text = open.encodings.text();
            let cell = self.tabs.get(text, amount.index);
            if cell.is_empty() {
                continue;
            }
            let Some(known) = open.settlements.get(self.settlement) else { continue };
            let place = Place::cell(open.lines.line(), amount.index);
            let money = open.amounts.money(cell, known.currency, place)?;
            open.diagnostics.rows += 1;
            return Ok(Some(Found { column: self.next - 1, money }));
        }
        Ok(None)
    }

    pub(super) fn row<'a, R: Read>(&'a self, open: &'a Open<R>, found: &Found) -> Row<'a> {
        let raw = open.lines.current();
        let text = open.encodings.text();
        let columns = &self.columns;
        let cell = |index| self.tabs.get(text, index);
        let transaction_type = cell(columns.transaction_type);
        let amount = columns.amounts.get(found.column);
        let [transaction_type, amount_type, amount_description] = amount
            .map_or([transaction_type, "", ""], |amount| words(amount, transaction_type, cell));
        Row {
            line: open.lines.line(),
            settlement_id: cell(columns.id),
            transaction_type,
            order_id: cell(columns.order_id),
            merchant_order_id: cell(columns.merchant_order_id),
            adjustment_id: cell(columns.adjustment_id),
            shipment_id: cell(columns.shipment_id),
            marketplace: cell(columns.marketplace),
            amount_type,
            amount_description,
            amount: found.money,
            fulfilment: cell(columns.fulfilment),
            posted: self.posted,
            order_item_code: cell(columns.order_item_code),
            sku: cell(columns.sku),
            quantity: cell(columns.quantity),
            promotion_id: cell(columns.promotion_id),
            raw,
        }
    }
}

fn words<'a>(
    amount: &'a Amount,
    transaction_type: &'a str,
    cell: impl Fn(usize) -> &'a str,
) -> [&'a str; 3] {
    let word = cell(amount.words);
    match &amount.kind {
        Kind::Cell(index) => [transaction_type, cell(*index), word],
        kind @ (Kind::Of(_) | Kind::ItemFees | Kind::Other | Kind::Unknown(_)) => {
            v1::words(kind, transaction_type, word)
        }
    }
}
