//! The words that a settlement's rows use, each combination once.

use base::Money;
use facts::settlement::Row;

use crate::settlement::fold::index::{Index, mix_text};
use crate::settlement::fold::{FoldError, plus};
use crate::settlement::footing::Unknown;
use crate::settlement::taxonomy::{self, Overrides, Watched, similar};
use crate::settlement::words::{Category, Liable, LineKind, Nature};

/// Combinations that are kept apart. Real settlements have some hundreds; coupons' titles are free
/// text, so a file could have any number. What comes after is added up by kind alone.
const KEPT_AT_MOST: usize = 8_192;

/// Unknown combinations for which a proposal is looked for, largest amounts first.
const SUGGESTED_AT_MOST: usize = 100;

const UNKNOWN: Nature = Nature {
    category: Category::Suspense,
    kind: LineKind::Suspense,
    of: LineKind::Suspense,
    is_refund: false,
};

/// Where a row's amount goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Route {
    /// To its month at once.
    Alone,
    /// To its month at once, and a check looks at it.
    Watched,
    /// To its order's item, until it is known who owes the tax.
    Item,
    /// To the last month, whenever it was posted.
    Reserve,
    /// A payout: no part of the sum of a date-range report.
    Transfer,
}

/// One combination and what it came to.
#[derive(Debug)]
pub(super) struct Class {
    words: [Box<str>; 3],
    pub(super) word: Box<str>,
    pub(super) nature: Nature,
    is_known: bool,
    route: Route,
    watched: Watched,
    /// Documents of orders carry it.
    pub(super) belongs_to_an_order: bool,
    pub(super) amount: i64,
    rows: u64,
    first_line: u64,
}

#[derive(Debug)]
pub(super) struct Lexicon {
    overrides: Overrides,
    index: Index,
    pub(super) classes: Vec<Class>,
}

impl Lexicon {
    pub(super) fn new(overrides: Overrides) -> Lexicon {
        Lexicon { overrides, index: Index::default(), classes: Vec::new() }
    }

    /// The number of a row's combination.
    pub(super) fn class(&mut self, row: &Row<'_>) -> u16 {
        let words = [row.transaction_type, row.amount_type, row.amount_description];
        let hash = hash_of(words);
        let found = self.index.find(hash, |class| self.is(class, words));
        found.and_then(|class| u16::try_from(class).ok()).unwrap_or_else(|| self.add_class(words))
    }

    pub(super) fn add(&mut self, class: u16, amount: i64, line: u64) -> Result<(), FoldError> {
        if let Some(class) = self.classes.get_mut(usize::from(class)) {
            class.amount = plus(class.amount, amount)?;
            class.rows = class.rows.saturating_add(1);
            class.first_line = class.first_line.min(line);
        }
        Ok(())
    }

    pub(super) fn get(&self, class: u16) -> Option<&Class> {
        self.classes.get(usize::from(class))
    }

    /// Combinations with rows that count.
    pub(super) fn used(&self) -> impl Iterator<Item = &Class> {
        self.classes.iter().filter(|class| class.rows > 0)
    }

    pub(super) fn route(&self, class: u16) -> Route {
        self.get(class).map_or(Route::Alone, |class| class.route)
    }

    pub(super) fn watched(&self, class: u16) -> Watched {
        self.get(class).map_or(Watched::No, |class| class.watched)
    }

    pub(super) fn kind(&self, class: u16) -> LineKind {
        self.get(class).map_or(LineKind::Suspense, |class| class.nature.kind)
    }

    pub(super) fn is_refund(&self, class: u16) -> bool {
        self.get(class).is_some_and(|class| class.nature.is_refund)
    }

    /// Who owes the tax, of what belongs to no item.
    pub(super) fn liable(&self, class: u16) -> Liable {
        match self.watched(class) {
            Watched::Retrocharge => Liable::Amazon,
            Watched::No | Watched::Referral | Watched::RefundFee => Liable::Nobody,
        }
    }

    /// What nobody knew, largest amounts first.
    pub(super) fn unknown(&self, money: impl Fn(i64) -> Money) -> Vec<Unknown> {
        let mut unknown: Vec<&Class> = self.used().filter(|class| !class.is_known).collect();
        unknown.sort_by(|a, b| {
            let larger = b.amount.unsigned_abs().cmp(&a.amount.unsigned_abs());
            larger.then_with(|| a.words.cmp(&b.words))
        });
        let numbered = unknown.into_iter().enumerate();
        numbered.map(|(at, class)| class.unknown(at < SUGGESTED_AT_MOST, &money)).collect()
    }

    fn is(&self, class: u32, words: [&str; 3]) -> bool {
        let class = usize::try_from(class).ok().and_then(|at| self.classes.get(at));
        class.is_some_and(|class| class.words.iter().zip(words).all(|(a, b)| **a == *b))
    }

    fn add_class(&mut self, words: [&str; 3]) -> u16 {
        let [transaction_type, amount_type, description] = words;
        let confirmed = self.overrides.nature(transaction_type, amount_type, description);
        let nature =
            confirmed.or_else(|| taxonomy::classify(transaction_type, amount_type, description));
        let mut class = Class::new(words, nature);
        if self.classes.len() >= KEPT_AT_MOST {
            class.words = ["(other words)"; 3].map(Box::from);
            class.word = "(other words)".into();
            let mut others = self.classes.iter().enumerate().skip(KEPT_AT_MOST);
            if let Some((at, _)) = others.find(|(_, other)| other.is_like(&class)) {
                return u16::try_from(at).unwrap_or(u16::MAX);
            }
        }
        let number = u16::try_from(self.classes.len()).unwrap_or(u16::MAX);
        let hash = hash_of(class.words.each_ref().map(|word| &**word));
        self.classes.push(class);
        let classes = &self.classes;
        self.index.insert(hash, u32::from(number), |class| {
            let class = usize::try_from(class).ok().and_then(|at| classes.get(at));
            class.map_or(0, |class| hash_of(class.words.each_ref().map(|word| &**word)))
        });
        number
    }
}

impl Class {
    fn new(words: [&str; 3], known: Option<Nature>) -> Class {
        let nature = known.unwrap_or(UNKNOWN);
        let belongs_to_an_order = known.is_some() && taxonomy::belongs_to_an_order(words, nature);
        let watched = taxonomy::watched(words, nature);
        Class {
            words: words.map(Box::from),
            word: taxonomy::word(words).into(),
            nature,
            is_known: known.is_some(),
            route: route(nature, watched, belongs_to_an_order),
            watched,
            belongs_to_an_order,
            amount: 0,
            rows: 0,
            first_line: u64::MAX,
        }
    }

    pub(super) fn words(&self) -> &[Box<str>; 3] {
        &self.words
    }

    fn is_like(&self, other: &Class) -> bool {
        self.words == other.words
            && (self.nature, self.is_known, self.route)
                == (other.nature, other.is_known, other.route)
            && (self.watched, self.belongs_to_an_order)
                == (other.watched, other.belongs_to_an_order)
    }

    fn unknown(&self, suggested: bool, money: impl Fn(i64) -> Money) -> Unknown {
        let [transaction_type, amount_type, amount_description] =
            self.words.each_ref().map(ToString::to_string);
        let near = suggested
            .then(|| similar(&transaction_type, &amount_type, &amount_description))
            .flatten();
        Unknown {
            rows: self.rows,
            amount: money(self.amount),
            first_line: self.first_line,
            suggestion: near.as_ref().map(|near| near.nature.category),
            suggested_by: near.map(|near| near.words),
            transaction_type,
            amount_type,
            amount_description,
        }
    }
}

/// Whether the kind is part of what a buyer pays for an item: its tax is the item's tax.
pub(super) fn is_of_a_sale(kind: LineKind) -> bool {
    use LineKind as K;
    matches!(
        kind,
        K::Goods
            | K::Shipping
            | K::GiftWrap
            | K::Discount
            | K::ShippingDiscount
            | K::Points
            | K::CashOnDelivery
            | K::Liquidation
            | K::RestockingFee
    ) || matches!(kind, K::SaleTax | K::ShippingChargeback | K::GiftWrapChargeback)
}

fn route(nature: Nature, watched: Watched, belongs_to_an_order: bool) -> Route {
    if watched != Watched::No {
        return Route::Watched;
    }
    let is_of_an_item = is_of_a_sale(nature.kind) || nature.kind == LineKind::WithheldTax;
    if nature.kind == LineKind::CurrentReserve {
        return Route::Reserve;
    }
    if nature.kind == LineKind::Transfer {
        return Route::Transfer;
    }
    if is_of_an_item || belongs_to_an_order { Route::Item } else { Route::Alone }
}

fn hash_of(words: [&str; 3]) -> u64 {
    words.into_iter().fold(0, mix_text)
}
