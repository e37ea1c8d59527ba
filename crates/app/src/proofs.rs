//! What proofs of files and of books have in common: the key that signs them, and our checks in
//! their words.

use base::Secret;
use facts::settlement::Layout;
use mapping::settlement as ours;
use proof::{Check, Key, Verdict};
use store::{Store, StoreError};

/// The name under which the vault keeps the key's seed.
const SECRET: &str = "proof_signing_key";

#[derive(Debug, thiserror::Error)]
pub enum SigningKeyError {
    #[error("the store failed")]
    Store(#[from] StoreError),
    #[error("the key that signs proofs cannot be read: {0}")]
    Unreadable(String),
    #[error("the machine gives no random bytes: {0}")]
    NoRandom(String),
}

impl SigningKeyError {
    pub fn code(&self) -> &'static str {
        match self {
            SigningKeyError::Store(error) => error.code(),
            SigningKeyError::Unreadable(_) => "secret_unreadable",
            SigningKeyError::NoRandom(_) => "no_random",
        }
    }
}

/// The installation's key, made on first use.
pub async fn signing_key(store: &Store) -> Result<Key, SigningKeyError> {
    if let Some(key) = kept_key(store).await? {
        return Ok(key);
    }
    let text = base::id::hex(&seed()?);
    store.put_secret(SECRET, &Secret::new(text)).await?;
    // Two processes may have made one each: what is kept is what signs.
    let kept = kept_key(store).await?;
    kept.ok_or_else(|| SigningKeyError::Unreadable("it was not kept".to_owned()))
}

/// The key, if it was ever needed.
pub async fn kept_key(store: &Store) -> Result<Option<Key>, SigningKeyError> {
    let Some(secret) = store.secret(SECRET).await? else { return Ok(None) };
    let key = Key::from_text(secret.expose());
    key.map(Some).map_err(|error| SigningKeyError::Unreadable(error.to_string()))
}

/// Thirty-two random bytes.
pub fn seed() -> Result<[u8; 32], SigningKeyError> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes).map_err(|error| SigningKeyError::NoRandom(error.to_string()))?;
    Ok(bytes)
}

/// A check as a proof tells it.
pub fn check_of(check: &ours::Check) -> Check {
    Check {
        name: check.name.clone(),
        code: check.code.clone(),
        verdict: match check.verdict {
            ours::Verdict::Holds => Verdict::Holds,
            ours::Verdict::Fails => Verdict::Fails,
            ours::Verdict::Review => Verdict::Review,
            ours::Verdict::Missing => Verdict::Missing,
        },
        expected: check.expected,
        found: check.found,
        detail: check.detail.clone(),
    }
}

pub fn layout(layout: Layout) -> &'static str {
    match layout {
        Layout::FlatFileV2 => "flat_file_v2",
        Layout::FlatFileV1 => "flat_file_v1",
        Layout::DateRange => "date_range",
    }
}
