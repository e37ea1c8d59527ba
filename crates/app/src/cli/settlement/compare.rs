//! What several reports say together: the same settlement twice, neighbours in time, and a
//! date-range report beside the flat file.

use std::rc::Rc;

use facts::settlement::Layout;
use mapping::settlement::checks::{End, Issue, date_range, neighbours, reissue};
use mapping::settlement::{Check, Footing};
use proof::{Hash, Sealed};

use super::read::{Footed, ReadFile};
use super::rules::Chosen;

/// A settlement among the others.
pub(super) struct Settled {
    pub(super) footing: Footing,
    /// There wherever several files are read: only then is anything compared.
    pub(super) sealed: Option<Sealed>,
    pub(super) chosen: Option<Rc<Chosen>>,
    pub(super) file: String,
    pub(super) bytes: u64,
    pub(super) sha256: Hash,
    pub(super) also_in: Vec<String>,
    /// Checks that one report alone could not answer.
    pub(super) more: Vec<Check>,
    /// Another report of this settlement says what is posted.
    pub(super) is_second: bool,
}

/// All settlements, each once, with what they say of each other.
pub(super) fn together(files: Vec<ReadFile>) -> Vec<Settled> {
    let mut all: Vec<Settled> = Vec::new();
    for file in files {
        for footed in file.settlements {
            let next = settled(footed, &file.name, file.bytes, file.sha256);
            match all.iter_mut().find(|one| is_same_report(one, &next)) {
                Some(first) => first.also_in.push(next.file),
                None => all.push(next),
            }
        }
    }
    reissues(&mut all);
    date_ranges(&mut all);
    chain(&mut all);
    all
}

fn settled(footed: Footed, file: &str, bytes: u64, sha256: Hash) -> Settled {
    let Footed { footing, sealed, chosen } = footed;
    Settled {
        footing,
        sealed,
        chosen,
        file: file.to_owned(),
        bytes,
        sha256,
        also_in: Vec::new(),
        more: Vec::new(),
        is_second: false,
    }
}

fn is_same_settlement(one: &Settled, other: &Settled) -> bool {
    one.footing.settlement.settlement_id == other.footing.settlement.settlement_id
        && one.footing.settlement.currency == other.footing.settlement.currency
}

/// The same header and the same rows, byte for byte.
fn is_same_report(one: &Settled, other: &Settled) -> bool {
    one.footing.settlement == other.footing.settlement
        && one.footing.layout == other.footing.layout
        && matches!((&one.sealed, &other.sealed), (Some(a), Some(b)) if a.root == b.root)
}

/// I11: a settlement in two reports of one kind whose rows differ.
fn reissues(all: &mut [Settled]) {
    for (first, second) in pairs(all.len()) {
        let (Some(one), Some(other)) = (all.get(first), all.get(second)) else { continue };
        if !is_same_settlement(one, other) || one.footing.layout != other.footing.layout {
            continue;
        }
        let (Some(seal), Some(other_seal)) = (&one.sealed, &other.sealed) else { continue };
        let (root, other_root) = (seal.root.to_string(), other_seal.root.to_string());
        let check = reissue(&issue(one, seal, &root), &issue(other, other_seal, &other_root));
        for index in [first, second] {
            if let Some(one) = all.get_mut(index) {
                one.more.push(check.clone());
            }
        }
    }
}

fn issue<'a>(one: &'a Settled, sealed: &Sealed, root: &'a str) -> Issue<'a> {
    Issue {
        settlement_id: &one.footing.settlement.settlement_id,
        hash: root,
        rows: sealed.rows,
        sum: sealed.sum,
    }
}

/// I12: the date-range report of a settlement beside its flat file.
fn date_ranges(all: &mut [Settled]) {
    let mut found = Vec::new();
    for (first, second) in pairs(all.len()) {
        let (Some(one), Some(other)) = (all.get(first), all.get(second)) else { continue };
        let (flat, dated) = match (one.footing.layout, other.footing.layout) {
            (Layout::DateRange, Layout::FlatFileV2 | Layout::FlatFileV1) => (second, first),
            (Layout::FlatFileV2 | Layout::FlatFileV1, Layout::DateRange) => (first, second),
            (Layout::DateRange, Layout::DateRange)
            | (Layout::FlatFileV2 | Layout::FlatFileV1, Layout::FlatFileV2 | Layout::FlatFileV1) => {
                continue;
            }
        };
        if is_same_settlement(one, other) {
            found.push((flat, dated));
        }
    }
    for (flat, dated) in found {
        let (Some(one), Some(other)) = (all.get(flat), all.get(dated)) else { continue };
        let check = date_range(&one.footing, &other.footing);
        if let Some(one) = all.get_mut(flat) {
            one.more.push(check.clone());
        }
        if let Some(one) = all.get_mut(dated) {
            one.more.push(check);
            one.is_second = true;
        }
    }
}

/// I2, I4, I6: each settlement and the one before it in the same currency and marketplace.
fn chain(all: &mut [Settled]) {
    let mut found = Vec::new();
    for (index, after) in all.iter().enumerate() {
        let before = all.iter().filter(|one| is_before(one, after));
        // A marketplace may have several series of settlements (invoiced orders have their own):
        // the neighbour is the one that ends where this one starts, else the last to end before.
        let before = before.max_by_key(|one| one.footing.settlement.end);
        if let Some(before) = before {
            found.push((index, neighbours(&End::of(&before.footing), &after.footing)));
        }
    }
    for (index, checks) in found {
        if let Some(one) = all.get_mut(index) {
            one.more.extend(checks);
        }
    }
}

fn is_before(one: &Settled, after: &Settled) -> bool {
    let (before, next) = (&one.footing, &after.footing);
    before.layout != Layout::DateRange
        && next.layout != Layout::DateRange
        && before.settlement.settlement_id != next.settlement.settlement_id
        && before.settlement.currency == next.settlement.currency
        && is_alike(&before.marketplace, &next.marketplace)
        && before.settlement.end <= next.settlement.start
}

/// A settlement with account rows alone names no marketplace.
fn is_alike(one: &str, other: &str) -> bool {
    one == other || one.is_empty() || other.is_empty()
}

fn pairs(count: usize) -> impl Iterator<Item = (usize, usize)> {
    (0..count).flat_map(move |first| (first.saturating_add(1)..count).map(move |s| (first, s)))
}
