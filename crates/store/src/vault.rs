//! Secrets at rest: XChaCha20-Poly1305, each bound to its table, row and field.

use base::Secret;
use base::id::{content_hash, hex};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use zeroize::Zeroizing;

/// Random for every sealing; so long that it never repeats by chance.
const NONCE_BYTES: usize = 24;

/// Encrypts and decrypts with the master key.
#[derive(Clone)]
pub struct Vault {
    cipher: XChaCha20Poly1305,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VaultError {
    #[error("the system gave no random bytes: {0}")]
    NoRandom(String),
    #[error("{table}.{field} of {key} could not be sealed")]
    NotSealed { table: &'static str, key: String, field: &'static str },
    #[error("{table}.{field} of {key} was not sealed with this key, or not for this place")]
    NotOurs { table: &'static str, key: String, field: &'static str },
}

/// Where a secret stands. What was sealed for one place opens in no other.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Slot<'a> {
    pub(crate) table: &'static str,
    pub(crate) key: &'a str,
    pub(crate) field: &'static str,
}

/// Nonce and ciphertext.
pub(crate) struct Sealed(pub(crate) Vec<u8>);

/// What is sealed here says whether the master key is the database's.
pub(crate) const KEY_CHECK: Slot<'static> =
    Slot { table: "marks", key: "key_check", field: "value" };

impl Vault {
    /// `master_key` is made by [`Vault::new_key`], or is as hard to guess: it is hashed to bring
    /// it to length, not to make it stronger.
    #[expect(clippy::needless_pass_by_value, reason = "the key is taken away from the caller")]
    pub fn new(master_key: Secret) -> Vault {
        let digest = Zeroizing::new(content_hash(master_key.expose().as_bytes()));
        let mut key = Zeroizing::new([0_u8; 32]);
        for (byte, pair) in key.iter_mut().zip(digest.as_bytes().chunks(2)) {
            let text = std::str::from_utf8(pair).unwrap_or_default();
            *byte = u8::from_str_radix(text, 16).unwrap_or_default();
        }
        Vault { cipher: XChaCha20Poly1305::new((&*key).into()) }
    }

    /// A fresh master key: 32 random bytes as 64 hex digits, for the key file.
    pub fn new_key() -> Result<Secret, VaultError> {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        random(&mut *bytes)?;
        Ok(Secret::new(hex(&*bytes)))
    }
}

impl Slot<'_> {
    pub(crate) fn seal(self, vault: &Vault, secret: &Secret) -> Result<Sealed, VaultError> {
        let mut bytes = [0_u8; NONCE_BYTES];
        random(&mut bytes)?;
        let bound_to = self.bound_to();
        let payload = Payload { msg: secret.expose().as_bytes(), aad: bound_to.as_bytes() };
        let cipher_text =
            vault.cipher.encrypt(&XNonce::from(bytes), payload).map_err(|_opaque| {
                VaultError::NotSealed {
                    table: self.table,
                    key: self.key.to_owned(),
                    field: self.field,
                }
            })?;
        let mut sealed = bytes.to_vec();
        sealed.extend(cipher_text);
        Ok(Sealed(sealed))
    }

    pub(crate) fn open(self, vault: &Vault, sealed: &Sealed) -> Result<Secret, VaultError> {
        self.opened(vault, sealed).ok_or_else(|| VaultError::NotOurs {
            table: self.table,
            key: self.key.to_owned(),
            field: self.field,
        })
    }

    fn opened(self, vault: &Vault, sealed: &Sealed) -> Option<Secret> {
        let (nonce, cipher_text) = sealed.0.split_first_chunk::<NONCE_BYTES>()?;
        let bound_to = self.bound_to();
        let payload = Payload { msg: cipher_text, aad: bound_to.as_bytes() };
        let plain = vault.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?;
        String::from_utf8(plain).ok().map(Secret::new)
    }

    /// Parts with their lengths, so that no two places read the same.
    fn bound_to(self) -> String {
        let parts = [self.table, self.key, self.field];
        parts.map(|part| format!("{}:{part},", part.len())).concat()
    }
}

fn random(bytes: &mut [u8]) -> Result<(), VaultError> {
    getrandom::fill(bytes).map_err(|error| VaultError::NoRandom(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SLOT: Slot<'static> = Slot { table: "tokens", key: "xero|app|me", field: "refresh" };

    fn vault() -> Vault {
        Vault::new(Secret::new("a key"))
    }

    #[test]
    fn what_was_sealed_opens_again() {
        let sealed = SLOT.seal(&vault(), &Secret::new("token")).unwrap();
        assert!(!sealed.0.windows(5).any(|bytes| bytes == b"token"));
        assert_eq!(SLOT.open(&vault(), &sealed).unwrap().expose(), "token");
    }

    #[test]
    fn the_same_secret_never_looks_the_same() {
        let first = SLOT.seal(&vault(), &Secret::new("token")).unwrap();
        let second = SLOT.seal(&vault(), &Secret::new("token")).unwrap();
        assert_ne!(first.0, second.0);
    }

    #[test]
    fn another_key_another_place_or_another_byte_does_not_open() {
        let mut sealed = SLOT.seal(&vault(), &Secret::new("token")).unwrap();
        assert!(SLOT.open(&Vault::new(Secret::new("another")), &sealed).is_err());
        assert!(Slot { field: "access", ..SLOT }.open(&vault(), &sealed).is_err());
        assert!(Slot { key: "xero|app|you", ..SLOT }.open(&vault(), &sealed).is_err());
        if let Some(byte) = sealed.0.last_mut() {
            *byte ^= 1;
        }
        assert!(SLOT.open(&vault(), &sealed).is_err());
        assert!(SLOT.open(&vault(), &Sealed(vec![1, 2, 3])).is_err());
    }

    #[test]
    fn a_new_key_is_long_and_new() {
        let (first, second) = (Vault::new_key().unwrap(), Vault::new_key().unwrap());
        assert_eq!(first.expose().len(), 64);
        assert_ne!(first, second);
    }
}
