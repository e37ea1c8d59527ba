//! What a person has confirmed that words stand for.

use serde::{Deserialize, Serialize};

use crate::settlement::taxonomy::twin::strict;
use crate::settlement::words::{Category, LineKind, Nature};

/// A person's own meanings, in the order in which they are asked. They win over what is known.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Overrides(pub Vec<Override>);

/// Words, each whole or with a `*` at the end, and what they stand for. Case does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Override {
    pub transaction_type: String,
    pub amount_type: String,
    pub amount_description: String,
    pub category: Category,
    pub kind: LineKind,
    /// Of a tax: the kind whose tax it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub of: Option<LineKind>,
    #[serde(default)]
    pub is_refund: bool,
}

impl Overrides {
    pub fn nature(
        &self,
        transaction_type: &str,
        amount_type: &str,
        description: &str,
    ) -> Option<Nature> {
        if self.0.is_empty() {
            return None;
        }
        let words = [transaction_type, amount_type, description].map(strict);
        self.0.iter().find(|meaning| meaning.fits(&words)).map(Override::nature)
    }
}

impl Override {
    pub fn nature(&self) -> Nature {
        Nature {
            category: self.category,
            kind: self.kind,
            of: self.of.unwrap_or(self.kind),
            is_refund: self.is_refund,
        }
    }

    fn fits(&self, words: &[String; 3]) -> bool {
        let patterns = [&self.transaction_type, &self.amount_type, &self.amount_description];
        patterns.into_iter().zip(words).all(|(pattern, word)| match pattern.strip_suffix('*') {
            Some(start) => word.starts_with(&strict(start)),
            None => *word == strict(pattern),
        })
    }
}
