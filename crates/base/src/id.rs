//! Ids, typed and prefixed. What comes from outside or is decided is derived from what it names,
//! so that doing it twice is doing it once.

use sha2::{Digest, Sha256};

/// A SHA-256 over the parts, each written as a netstring so that `["ab", "c"]` and `["a", "bc"]`
/// differ. Forty hex digits.
pub fn digest(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part.len().to_string().as_bytes());
        hasher.update(b":");
        hasher.update(part.as_bytes());
        hasher.update(b",");
    }
    let mut text = hex(&hasher.finalize());
    text.truncate(40);
    text
}

/// Bytes as lower-case hex.
pub fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        if write!(text, "{byte:02x}").is_err() {
            text.clear();
        }
        text
    })
}

/// The whole SHA-256 of a document, in hex: how raw bytes are named in the archive.
pub fn content_hash(bytes: &[u8]) -> String {
    hex(&Sha256::digest(bytes))
}

/// Declares an id: typed, prefixed, and derived from what it names.
#[macro_export]
macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id of what these parts name.
            pub fn derive(parts: &[&str]) -> Self {
                Self(format!("{}_{}", $prefix, $crate::digest(parts)))
            }

            /// An id that was derived before and is read back.
            pub fn from_stored(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn where_a_part_ends_matters() {
        assert_ne!(digest(&["ab", "c"]), digest(&["a", "bc"]));
        assert_eq!(digest(&["a"]), digest(&["a"]));
        assert_eq!(digest(&[]).len(), 40);
    }
}
