//! Values that must not be printed, stored in clear or left in memory.

use std::fmt;

use zeroize::{Zeroize, ZeroizeOnDrop};

/// A secret text. It has no `Debug` content and no `Serialize`; only a transport (or the vault
/// that encrypts it) calls [`Secret::expose`].
#[derive(Clone, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The secret itself. Every call of this is worth a look in review.
    pub fn expose(&self) -> &str {
        &self.0
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}
