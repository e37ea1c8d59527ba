//! The rows of orders' items, kept apart until all of them are seen.

use crate::settlement::fold::index::{Index, mix};
use crate::settlement::fold::{FoldError, plus};

/// An order's item, its sale and its refunds apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ItemKey {
    pub(super) order: u64,
    pub(super) code: u64,
    pub(super) is_refund: bool,
}

/// Rows of an item with the same words in the same place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Component {
    pub(super) amount: i64,
    next: u32,
    pub(super) rows: u32,
    pub(super) class: u16,
    pub(super) place: u16,
}

#[derive(Debug, Clone, Copy)]
struct Item {
    order: u64,
    code: u64,
    first: u32,
    is_refund: bool,
}

#[derive(Debug, Default)]
pub(super) struct Items {
    index: Index,
    list: Arena<Item>,
    components: Arena<Component>,
    /// The last row's item: the next row mostly has the same.
    last: Option<(ItemKey, u32)>,
}

const NONE: u32 = u32::MAX;
/// An item has some ten combinations of words. Whatever has more is kept row by row, so that one
/// order with a million rows does not cost a million looks at a million rows.
const LOOKS_AT_MOST: usize = 48;

impl Items {
    pub(super) fn add(
        &mut self,
        key: ItemKey,
        class: u16,
        place: u16,
        amount: i64,
    ) -> Result<(), FoldError> {
        let number = self.item(key)?;
        let first = self.list.get(number).map_or(NONE, |item| item.first);
        if let Some(component) = self.component(first, class, place) {
            component.amount = plus(component.amount, amount)?;
            component.rows = component.rows.saturating_add(1);
            return Ok(());
        }
        let component = Component { amount, next: first, rows: 1, class, place };
        let added = self.components.push(component)?;
        if let Some(item) = self.list.get_mut(number) {
            item.first = added;
        }
        Ok(())
    }

    /// Each item with its components, sorted: what comes of it does not depend on the rows' order.
    pub(super) fn each(
        &self,
        mut with: impl FnMut(ItemKey, &[Component]) -> Result<(), FoldError>,
    ) -> Result<(), FoldError> {
        let mut components = Vec::new();
        for item in self.list.iter() {
            components.clear();
            let mut at = item.first;
            while let Some(component) = self.components.get(at) {
                components.push(*component);
                at = component.next;
            }
            with(item.key(), &components)?;
        }
        Ok(())
    }

    fn item(&mut self, key: ItemKey) -> Result<u32, FoldError> {
        if let Some((_, number)) = self.last.filter(|(last, _)| *last == key) {
            return Ok(number);
        }
        let hash = key.hash();
        let items = &self.list;
        let is_it = |number| items.get(number).is_some_and(|item| item.key() == key);
        let number = match self.index.find(hash, is_it) {
            Some(number) => number,
            None => self.add_item(key)?,
        };
        self.last = Some((key, number));
        Ok(number)
    }

    fn add_item(&mut self, key: ItemKey) -> Result<u32, FoldError> {
        let number = self.list.push(Item::new(key))?;
        let items = &self.list;
        self.index.insert(key.hash(), number, |number| {
            items.get(number).map_or(0, |item| item.key().hash())
        });
        Ok(number)
    }

    fn component(&mut self, first: u32, class: u16, place: u16) -> Option<&mut Component> {
        let mut at = first;
        for _look in 0..LOOKS_AT_MOST {
            let component = self.components.get(at)?;
            if component.class == class && component.place == place {
                return self.components.get_mut(at);
            }
            at = component.next;
        }
        None
    }
}

impl Item {
    fn new(key: ItemKey) -> Item {
        Item { order: key.order, code: key.code, first: NONE, is_refund: key.is_refund }
    }

    fn key(&self) -> ItemKey {
        ItemKey { order: self.order, code: self.code, is_refund: self.is_refund }
    }
}

impl ItemKey {
    fn hash(self) -> u64 {
        mix(mix(mix(0, self.order), self.code), u64::from(self.is_refund))
    }
}

/// A list that grows by whole blocks, so that growing never holds everything twice.
#[derive(Debug)]
struct Arena<T> {
    blocks: Vec<Vec<T>>,
}

const BLOCK: usize = 1 << 14;

impl<T> Default for Arena<T> {
    fn default() -> Arena<T> {
        Arena { blocks: Vec::new() }
    }
}

impl<T> Arena<T> {
    fn push(&mut self, value: T) -> Result<u32, FoldError> {
        if self.blocks.last().is_none_or(|block| block.len() == BLOCK) {
            self.blocks.push(Vec::with_capacity(BLOCK));
        }
        let full = self.blocks.len().saturating_sub(1).saturating_mul(BLOCK);
        let last = self.blocks.last_mut().ok_or(FoldError::Varied("items"))?;
        let number = u32::try_from(full.saturating_add(last.len())).ok();
        last.push(value);
        number.filter(|number| *number != NONE).ok_or(FoldError::Varied("items"))
    }

    fn get(&self, number: u32) -> Option<&T> {
        let at = usize::try_from(number).ok()?;
        self.blocks.get(at / BLOCK)?.get(at % BLOCK)
    }

    fn get_mut(&mut self, number: u32) -> Option<&mut T> {
        let at = usize::try_from(number).ok()?;
        self.blocks.get_mut(at / BLOCK)?.get_mut(at % BLOCK)
    }

    fn iter(&self) -> impl Iterator<Item = &T> {
        self.blocks.iter().flatten()
    }
}
