//! The footing of what was added up.

use std::collections::BTreeMap;

use base::{Day, Money};

use crate::settlement::checks;
use crate::settlement::fold::cells::{Cell, CellKey, Said};
use crate::settlement::fold::join::{Grain, Joined, Known, join};
use crate::settlement::fold::{Fold, FoldError, add_to, alone, plus};
use crate::settlement::footing::{Claim, Claimed, Footing, Group, Links, Opening, Part, Untaxed};
use crate::settlement::words::{Category, Liable, LineKind};

/// Amazon's words that a group shows.
const WORDS_AT_MOST: usize = 20;

pub(super) fn footing(mut fold: Fold, grain: Grain) -> Result<Footing, FoldError> {
    let alone = std::mem::take(&mut fold.cells);
    let known = fold.known(grain);
    let joined = join(known, &fold.items, alone)?;
    let (orders, untaxed) = joined.untaxed(known, &fold.items)?;
    let mut footing = Footing {
        layout: fold.layout,
        rows: fold.rows,
        sum: fold.money(fold.sum),
        categories: fold.categories()?,
        parts: fold.parts(&joined)?,
        unknown: fold.lexicon.unknown(|minor| fold.money(minor)),
        checks: Vec::new(),
        links: fold.links()?,
        claims: fold.claims(&joined, grain),
        opening: fold.opened(),
        untaxed: Untaxed { orders, amount: fold.money(untaxed) },
        marketplace: fold.calendar.main_marketplace(),
        transfers: fold.money(fold.transfers),
        settlement: fold.settlement.clone(),
    };
    footing.checks = vec![
        checks::foots(&footing),
        checks::deposit_date(&footing),
        checks::nets(&footing),
        fold.watch.refund_commission(&fold.texts, fold.currency),
        fold.watch.retrocharge(&fold.texts, fold.currency),
        alone::withheld_tax(&joined.differing, fold.currency),
    ];
    footing.checks.extend(fold.posted.and_then(|both| checks::posted_within(&footing, both)));
    Ok(footing)
}

/// What rows of a group have in common. Names, not numbers: their order is the groups' order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct GroupKey {
    kind: LineKind,
    is_refund: bool,
    liable: Liable,
    marketplace: String,
    fulfilment: String,
    said: Said,
}

#[derive(Debug, Default)]
struct Sums {
    cell: Cell,
    words: BTreeMap<String, i64>,
}

impl Fold {
    fn known(&self, grain: Grain) -> Known<'_> {
        Known {
            lexicon: &self.lexicon,
            calendar: &self.calendar,
            texts: &self.texts,
            way: self.way,
            rest_is_sellers: self.rest_is_sellers,
            uncovered: &self.uncovered,
            grain,
            without_tax: &self.without_tax,
        }
    }

    fn categories(&self) -> Result<BTreeMap<Category, Money>, FoldError> {
        let mut sums = BTreeMap::new();
        for class in self.lexicon.used() {
            add_to(&mut sums, class.nature.category, class.amount)?;
        }
        Ok(sums.into_iter().map(|(category, sum)| (category, self.money(sum))).collect())
    }

    fn links(&self) -> Result<Links, FoldError> {
        let mut sums = BTreeMap::new();
        for class in self.lexicon.used() {
            add_to(&mut sums, class.nature.kind, class.amount)?;
        }
        let of = |kind| self.money(sums.get(&kind).copied().unwrap_or(0));
        Ok(Links {
            previous_reserve: of(LineKind::PreviousReserve),
            current_reserve: of(LineKind::CurrentReserve),
            payable_to_amazon: of(LineKind::PayableToAmazon),
            successful_charge: of(LineKind::SuccessfulCharge),
            failed_transfers: of(LineKind::FailedTransfer),
            debt_adjustments: of(LineKind::DebtAdjustment),
        })
    }

    fn claims(&self, joined: &Joined, grain: Grain) -> BTreeMap<Claim, Claimed> {
        let of = |(&(order, code, kind, is_refund), &(amount, rows)): (&_, &_)| {
            let (order_id, item_id) = match grain {
                Grain::ByItem => (self.texts.order_text(order), self.texts.code_text(code)),
                Grain::InSum => (String::new(), String::new()),
            };
            let claim = Claim { order_id, item_id, kind, is_refund };
            (claim, Claimed { amount: self.money(amount), rows })
        };
        joined.claims.iter().map(of).collect()
    }

    fn opened(&self) -> BTreeMap<Opening, Claimed> {
        let parts = self.opening.iter().flat_map(|part| part.named(&self.texts));
        let money = |(amount, rows)| Claimed { amount: self.money(amount), rows };
        parts.map(|(opening, sum)| (opening, money(sum))).collect()
    }

    /// Where every row is from before the cut-over, the opening balances still are taken over: on
    /// the first day that is the book's own, or when the settlement ends.
    fn opening_part(&self) -> Option<Part> {
        let opening = self.opening.as_ref().filter(|part| !part.sums.is_empty())?;
        let last = self.calendar.day(self.settlement.end).max(opening.day);
        let total = self.money(0);
        Some(Part { month: last.month_start(), last, total, groups: Vec::new() })
    }

    fn parts(&self, joined: &Joined) -> Result<Vec<Part>, FoldError> {
        let mut by_span: BTreeMap<Day, (u16, BTreeMap<GroupKey, Sums>)> = BTreeMap::new();
        // A part in which every row is covered by orders has no groups, and is still a part.
        for (span, number) in self.calendar.spans.iter().zip(0_u16..) {
            if span.last.is_some() {
                by_span.entry(span.period).or_insert_with(|| (number, BTreeMap::new()));
            }
        }
        for (key, cell) in &joined.cells.0 {
            let span = self.span(*key);
            let Some(period) = self.calendar.spans.get(usize::from(span)).map(|span| span.period)
            else {
                continue;
            };
            let (_, groups) = by_span.entry(period).or_insert_with(|| (span, BTreeMap::new()));
            self.add_cell(groups, *key, *cell)?;
        }
        let parts = by_span.into_values().filter_map(|(span, groups)| self.part(span, groups));
        let mut parts: Vec<Part> = parts.collect::<Result<_, _>>()?;
        if parts.is_empty() {
            parts.extend(self.opening_part());
        }
        Ok(parts)
    }

    /// The span in which a cell is booked: a reserve that is held back belongs to the end.
    fn span(&self, key: CellKey) -> u16 {
        let own = self.calendar.get(key.place).map_or(u16::MAX, |place| place.span);
        let waits = key.kind == LineKind::CurrentReserve;
        if waits { self.calendar.last_span().unwrap_or(own) } else { own }
    }

    fn add_cell(
        &self,
        groups: &mut BTreeMap<GroupKey, Sums>,
        key: CellKey,
        cell: Cell,
    ) -> Result<(), FoldError> {
        let (Some(place), Some(class)) =
            (self.calendar.get(key.place), self.lexicon.get(key.class))
        else {
            return Ok(());
        };
        let group = GroupKey {
            kind: key.kind,
            is_refund: class.nature.is_refund,
            liable: key.liable,
            marketplace: self.calendar.marketplace(place).to_owned(),
            fulfilment: self.calendar.fulfilment(place).to_owned(),
            said: key.said,
        };
        let sums = groups.entry(group).or_default();
        sums.cell.amount = plus(sums.cell.amount, cell.amount)?;
        sums.cell.tax = plus(sums.cell.tax, cell.tax)?;
        sums.cell.rows = sums.cell.rows.saturating_add(cell.rows);
        add_to(&mut sums.words, class.word.to_string(), cell.amount)
    }

    fn part(&self, span: u16, groups: BTreeMap<GroupKey, Sums>) -> Option<Result<Part, FoldError>> {
        let span = self.calendar.spans.get(usize::from(span))?;
        let mut total = 0;
        for sums in groups.values() {
            total = match plus(total, sums.cell.amount) {
                Ok(total) => total,
                Err(error) => return Some(Err(error)),
            };
        }
        let groups = groups.into_iter().map(|(key, sums)| self.group(span.period, key, sums));
        Some(Ok(Part {
            month: span.month,
            last: self.calendar.last_day(span),
            total: self.money(total),
            groups: groups.collect(),
        }))
    }

    fn group(&self, period: Day, key: GroupKey, sums: Sums) -> Group {
        let mut words: Vec<(String, i64)> = sums.words.into_iter().collect();
        words.sort_by(|a, b| {
            b.1.unsigned_abs().cmp(&a.1.unsigned_abs()).then_with(|| a.0.cmp(&b.0))
        });
        words.truncate(WORDS_AT_MOST);
        Group {
            kind: key.kind,
            is_refund: key.is_refund,
            liable: key.liable,
            marketplace: key.marketplace,
            fulfilment: key.fulfilment,
            period,
            stated: matches!(key.said, Said::Stated { .. }),
            untaxed: key.said == Said::Untaxed,
            amount: self.money(sums.cell.amount),
            tax: self.money(sums.cell.tax),
            rows: sums.cell.rows,
            words: words.into_iter().map(|(word, sum)| (word, self.money(sum))).collect(),
        }
    }
}
