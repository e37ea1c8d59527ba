//! A hash tree over rows, as RFC 6962 §2.1 draws it: <https://www.rfc-editor.org/rfc/rfc6962>.
//!
//! leaf = SHA-256(0x00 ‖ the row's bytes), node = SHA-256(0x01 ‖ left ‖ right). Nodes are paired from
//! the left; an odd one is taken up unchanged. The two first bytes keep a row from being passed
//! off as a node. The root of no rows is the SHA-256 of nothing.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// A SHA-256, written as 64 hex digits.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Hash(pub [u8; 32]);

/// A text that is not a hash.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not 64 hex digits")]
pub struct HashError(String);

impl Hash {
    /// The hash of plain bytes, without a leaf's mark.
    pub fn of(bytes: &[u8]) -> Hash {
        Hash(Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base::id::hex(&self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

impl FromStr for Hash {
    type Err = HashError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        from_hex(text).map(Hash).ok_or_else(|| HashError(text.to_owned()))
    }
}

impl Serialize for Hash {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.to_string())
    }
}

impl<'de> Deserialize<'de> for Hash {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Exactly `N` bytes of lower- or upper-case hex.
pub(crate) fn from_hex<const N: usize>(text: &str) -> Option<[u8; N]> {
    let mut bytes = [0_u8; N];
    let digits = text.as_bytes();
    if digits.len() != N.checked_mul(2)? || !digits.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    for (byte, pair) in bytes.iter_mut().zip(digits.chunks(2)) {
        *byte = u8::from_str_radix(std::str::from_utf8(pair).ok()?, 16).ok()?;
    }
    Some(bytes)
}

/// The hash of one row.
pub fn leaf(row: &[u8]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(LEAF);
    hasher.update(row);
    Hash(hasher.finalize().into())
}

/// The hash of two neighbours.
pub fn node(left: Hash, right: Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(NODE);
    hasher.update(left.0);
    hasher.update(right.0);
    Hash(hasher.finalize().into())
}

/// A tree that grows to the right. It keeps only the roots of its full subtrees: one for each bit
/// of the number of leaves.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// Height and root of full subtrees, from the largest to the smallest.
    peaks: Vec<(u32, Hash)>,
    leaves: u64,
}

impl Tree {
    pub fn new() -> Tree {
        Tree::default()
    }

    /// Appends what is already a hash: a leaf's, or a full subtree's among subtrees of one size.
    pub fn push(&mut self, hash: Hash) {
        let mut top = (0_u32, hash);
        while let Some(&(height, left)) = self.peaks.last() {
            if height != top.0 {
                break;
            }
            self.peaks.pop();
            top = (height.saturating_add(1), node(left, top.1));
        }
        self.peaks.push(top);
        self.leaves = self.leaves.saturating_add(1);
    }

    pub fn leaves(&self) -> u64 {
        self.leaves
    }

    pub fn root(&self) -> Hash {
        let mut peaks = self.peaks.iter().rev().map(|(_, hash)| *hash);
        match peaks.next() {
            Some(smallest) => peaks.fold(smallest, |right, left| node(left, right)),
            None => Hash::of(&[]),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, word for word: level by level, the odd one taken up.
    fn by_definition(mut level: Vec<Hash>) -> Hash {
        if level.is_empty() {
            return Hash::of(b"");
        }
        while level.len() > 1 {
            level = level
                .chunks(2)
                .map(|pair| match pair {
                    [left, right] => node(*left, *right),
                    one => one[0],
                })
                .collect();
        }
        level[0]
    }

    fn root_of(rows: &[Vec<u8>]) -> Hash {
        let mut tree = Tree::new();
        for row in rows {
            tree.push(leaf(row));
        }
        tree.root()
    }

    #[test]
    fn known_roots_of_certificate_transparency() {
        // The empty tree and the tree of one empty leaf, as every log's test data has them.
        let empty = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(root_of(&[]).to_string(), empty);
        let one = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d";
        assert_eq!(root_of(&[Vec::new()]).to_string(), one);
        let two = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125";
        assert_eq!(root_of(&[Vec::new(), vec![0]]).to_string(), two);
    }

    #[test]
    fn hex_is_read_strictly() {
        let hash = leaf(b"row");
        assert_eq!(hash.to_string().parse::<Hash>().unwrap(), hash);
        assert!("12".parse::<Hash>().is_err());
        assert!("+1".repeat(32).parse::<Hash>().is_err());
        assert!("ä".repeat(32).parse::<Hash>().is_err());
    }

    proptest! {
        #[test]
        fn growing_gives_the_tree_of_the_definition(rows in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 0..70)) {
            let leaves = rows.iter().map(|row| leaf(row)).collect();
            prop_assert_eq!(root_of(&rows), by_definition(leaves));
        }

        #[test]
        fn another_row_another_order_or_another_number_of_rows_is_another_root(
            mut rows in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..6), 1..40),
            at in any::<prop::sample::Index>(),
        ) {
            let before = root_of(&rows);
            let at = at.index(rows.len());
            rows[at].push(7);
            prop_assert_ne!(root_of(&rows), before);
            rows[at].pop();
            prop_assert_eq!(root_of(&rows), before);
            let taken = rows.remove(at);
            prop_assert_ne!(root_of(&rows), before);
            rows.insert(at, taken);
            rows.push(Vec::new());
            prop_assert_ne!(root_of(&rows), before);
        }
    }
}
