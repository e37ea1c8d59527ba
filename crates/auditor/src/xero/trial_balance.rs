//! The trial balance: rows of texts, columns account, debit, credit, and both of the year to date.

use std::collections::BTreeMap;

use base::Decimal;

use super::wire::{Cell, Reports, Row};

/// What each account shows. In a book that balances, debits are as large as credits.
#[derive(Debug, Default)]
pub(crate) struct TrialBalance {
    /// Per account: debit, credit, debit of the year, credit of the year.
    accounts: BTreeMap<String, [Decimal; 4]>,
    /// Texts that are no numbers.
    pub(crate) unreadable: Vec<String>,
}

impl TrialBalance {
    pub(crate) fn of(reports: &Reports) -> TrialBalance {
        let mut balance = TrialBalance::default();
        for report in &reports.reports {
            balance.add(&report.rows);
        }
        balance
    }

    fn add(&mut self, rows: &[Row]) {
        for row in rows {
            match row.kind.as_str() {
                "Section" => self.add(row.rows.as_deref().unwrap_or_default()),
                "Row" => self.add_row(row.cells.as_deref().unwrap_or_default()),
                // Headers and the vendor's own sums.
                _ => {}
            }
        }
    }

    fn add_row(&mut self, cells: &[Cell]) {
        let Some((first, amounts)) = cells.split_first() else { return };
        let account = account_of(first).unwrap_or_default().to_owned();
        let mut figures = [Decimal::ZERO; 4];
        for (figure, cell) in figures.iter_mut().zip(amounts) {
            let text = cell.value.as_deref().unwrap_or_default().trim();
            match Decimal::from_str_exact(text) {
                Ok(amount) => *figure = amount,
                Err(_) if text.is_empty() => {}
                Err(_) => self.unreadable.push(text.to_owned()),
            }
        }
        let sums = self.accounts.entry(account).or_default();
        if !add(sums, figures) {
            self.unreadable.push("a sum beyond counting".to_owned());
        }
    }

    /// Sums of debits and credits, of the month and of the year.
    pub(crate) fn sums(&self) -> Option<[Decimal; 4]> {
        let mut sums = [Decimal::ZERO; 4];
        let all_added = self.accounts.values().all(|figures| add(&mut sums, *figures));
        all_added.then_some(sums)
    }

    pub(crate) fn balances(&self) -> bool {
        let even = |[debit, credit, year_debit, year_credit]: [Decimal; 4]| {
            debit == credit && year_debit == year_credit
        };
        self.unreadable.is_empty() && self.sums().is_some_and(even)
    }

    /// What stands on an account, debits less credits: its balance, of income and costs the year's.
    pub(crate) fn net(&self, account_id: &str) -> Option<Decimal> {
        let nothing = [Decimal::ZERO; 4];
        let [_, _, debit, credit] = self.accounts.get(account_id).copied().unwrap_or(nothing);
        debit.checked_sub(credit)
    }

    /// What is on an account, if anything: the first figure that is not nothing.
    pub(crate) fn movement(&self, account_id: &str) -> Option<Decimal> {
        let figures = self.accounts.get(account_id)?;
        figures.iter().find(|figure| !figure.is_zero()).copied()
    }
}

/// False when a sum is beyond counting.
fn add(sums: &mut [Decimal; 4], figures: [Decimal; 4]) -> bool {
    sums.iter_mut().zip(figures).all(|(sum, figure)| match sum.checked_add(figure) {
        Some(added) => {
            *sum = added;
            true
        }
        None => false,
    })
}

fn account_of(cell: &Cell) -> Option<&str> {
    let attributes = cell.attributes.iter().flatten();
    let mut accounts = attributes.filter(|attribute| attribute.id.as_deref() == Some("account"));
    accounts.next()?.value.as_deref()
}
