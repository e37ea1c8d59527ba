//! Numbers of entries by their hash. The caller keeps the entries; four bytes an entry are kept
//! here. The order of anything that leaves the fold never depends on it.

/// An empty slot.
const NONE: u32 = u32::MAX;
const SLOTS_AT_FIRST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Index {
    /// A power of two of them, at most three quarters taken.
    slots: Vec<u32>,
    taken: usize,
}

impl Index {
    /// The entry with this hash that is the one looked for.
    pub(super) fn find(&self, hash: u64, is_it: impl Fn(u32) -> bool) -> Option<u32> {
        for slot in self.probe(hash) {
            match self.slots.get(slot) {
                Some(&NONE) | None => return None,
                Some(&entry) if is_it(entry) => return Some(entry),
                Some(_) => {}
            }
        }
        None
    }

    /// Keeps an entry that was not found. `hash_of` is asked when the table grows.
    pub(super) fn insert(&mut self, hash: u64, entry: u32, hash_of: impl Fn(u32) -> u64) {
        if self.taken.saturating_mul(4) >= self.slots.len().saturating_mul(3) {
            self.grow(hash_of);
        }
        self.put(hash, entry);
        self.taken = self.taken.saturating_add(1);
    }

    fn grow(&mut self, hash_of: impl Fn(u32) -> u64) {
        let larger = self.slots.len().saturating_mul(2).max(SLOTS_AT_FIRST);
        let old = std::mem::replace(&mut self.slots, vec![NONE; larger]);
        for entry in old.into_iter().filter(|entry| *entry != NONE) {
            self.put(hash_of(entry), entry);
        }
    }

    fn put(&mut self, hash: u64, entry: u32) {
        let free = self.probe(hash).find(|slot| self.slots.get(*slot) == Some(&NONE));
        if let Some(slot) = free.and_then(|slot| self.slots.get_mut(slot)) {
            *slot = entry;
        }
    }

    /// The slots to look at, one after the other.
    fn probe(&self, hash: u64) -> impl Iterator<Item = usize> + use<> {
        let mask = self.slots.len().wrapping_sub(1);
        let start = usize::try_from(hash ^ (hash >> 32)).unwrap_or(0);
        (0..self.slots.len()).map(move |step| start.wrapping_add(step) & mask)
    }
}

/// Mixes one more word into a hash.
pub(super) fn mix(hash: u64, word: u64) -> u64 {
    (hash.rotate_left(5) ^ word).wrapping_mul(0x517c_c1b7_2722_0a95)
}

/// Mixes a text into a hash.
pub(super) fn mix_text(hash: u64, text: &str) -> u64 {
    let (words, rest) = text.as_bytes().as_chunks::<8>();
    let mixed = words.iter().fold(hash, |hash, word| mix(hash, u64::from_le_bytes(*word)));
    let last = rest.iter().fold(0_u64, |word, byte| (word << 8) | u64::from(*byte));
    let length = u64::try_from(text.len()).unwrap_or(0);
    mix(mix(mixed, last), length)
}
