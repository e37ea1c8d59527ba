//! Signing a proof: Ed25519 (RFC 8032) over the canonical text.

use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};

use crate::canonical;
use crate::statement::Proof;
use crate::tree::from_hex;

/// The one algorithm there is; written down so that there can be another.
pub const ALGORITHM: &str = "ed25519";

/// Who signed, and the signature, in hex.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    pub algorithm: String,
    pub public_key: String,
    pub signature: String,
}

/// A key that signs proofs. Its seed is a secret.
pub struct Key(SigningKey);

#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    #[error("a signing key is 64 hex digits")]
    Seed,
    #[error("the proof cannot be written down")]
    Text(#[from] serde_json::Error),
}

impl Key {
    /// From 32 random bytes.
    pub fn from_seed(seed: &[u8; 32]) -> Key {
        Key(SigningKey::from_bytes(seed))
    }

    /// From the seed as hex, as it is kept.
    pub fn from_text(text: &str) -> Result<Key, KeyError> {
        from_hex(text.trim()).map(|seed| Key::from_seed(&seed)).ok_or(KeyError::Seed)
    }

    /// What others verify with, in hex.
    pub fn public(&self) -> String {
        base::id::hex(self.0.verifying_key().as_bytes())
    }

    /// Signs the proof as it stands; a signature that it had is replaced.
    pub fn sign(&self, proof: &mut Proof) -> Result<(), KeyError> {
        let text = text(proof)?;
        proof.signature = Some(Signature {
            algorithm: ALGORITHM.to_owned(),
            public_key: self.public(),
            signature: base::id::hex(&self.0.sign(text.as_bytes()).to_bytes()),
        });
        Ok(())
    }
}

/// What is signed.
pub fn text(proof: &Proof) -> Result<String, serde_json::Error> {
    let bare = Proof { signature: None, ..proof.clone() };
    canonical::text(&bare)
}

/// True if the signature is of this text by the key that it names. Weak keys and malleable
/// signatures are refused.
pub(crate) fn is_valid(signature: &Signature, text: &str) -> bool {
    let key = from_hex(&signature.public_key).and_then(|key| VerifyingKey::from_bytes(&key).ok());
    let Some(bytes) = from_hex(&signature.signature) else { return false };
    let bytes = ed25519_dalek::Signature::from_bytes(&bytes);
    signature.algorithm == ALGORITHM
        && key.is_some_and(|key| key.verify_strict(text.as_bytes(), &bytes).is_ok())
}
