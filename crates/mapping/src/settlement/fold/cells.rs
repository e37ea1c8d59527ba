//! Amounts by everything that a group may differ in.

use std::collections::BTreeMap;

use crate::settlement::fold::{FoldError, plus};
use crate::settlement::words::{Liable, LineKind};

/// What the rows of a group have in common, and the words apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct CellKey {
    pub(super) place: u16,
    pub(super) class: u16,
    /// Where the amount is shown: the stated tax of goods is shown with the goods.
    pub(super) kind: LineKind,
    pub(super) liable: Liable,
    pub(super) said: Said,
}

/// What is said of an amount's tax.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Said {
    Nothing,
    /// Amazon states none, and the owner knows that the goods carry none at home.
    Untaxed,
    /// Amazon states it; a tax of nothing is not `taxed`.
    Stated {
        taxed: bool,
    },
}

#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Cell {
    pub(super) amount: i64,
    pub(super) tax: i64,
    pub(super) rows: u64,
}

#[derive(Debug, Default)]
pub(super) struct Cells(pub(super) BTreeMap<CellKey, Cell>);

impl CellKey {
    /// Of what belongs to no item.
    pub(super) fn alone(place: u16, class: u16, kind: LineKind, liable: Liable) -> CellKey {
        CellKey { place, class, kind, liable, said: Said::Nothing }
    }
}

impl Cells {
    pub(super) fn add(
        &mut self,
        key: CellKey,
        amount: i64,
        tax: i64,
        rows: u64,
    ) -> Result<(), FoldError> {
        let cell = self.0.entry(key).or_default();
        cell.amount = plus(cell.amount, amount)?;
        cell.tax = plus(cell.tax, tax)?;
        cell.rows = cell.rows.saturating_add(rows);
        Ok(())
    }
}
