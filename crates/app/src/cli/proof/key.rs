//! The key that signs proofs: one an installation, kept in the vault.

use proof::{Key, Proof};
use store::Store;

use crate::cli::open::Opened;
use crate::cli::{Common, Failure};
use crate::proofs::{kept_key, seed, signing_key};

/// A home has this file from its first use on.
const CONFIG_FILE: &str = "config.toml";

/// What signs, and whether it is an installation's.
pub(in crate::cli) struct Signer {
    key: Key,
    is_installation: bool,
}

impl Signer {
    /// The home's key where there is a home, else a key for this time alone.
    pub(in crate::cli) async fn of(common: &Common) -> Result<Signer, Failure> {
        if common.dir().join(CONFIG_FILE).exists() {
            let opened = Opened::to_read(common).await?;
            let key = signing_key(&opened.store).await?;
            return Ok(Signer { key, is_installation: true });
        }
        Ok(Signer { key: Key::from_seed(&seed()?), is_installation: false })
    }

    pub(in crate::cli) fn sign(&self, proof: Proof) -> Result<Proof, Failure> {
        let mut proof = Proof { installation: self.is_installation, ..proof };
        let signed = self.key.sign(&mut proof);
        signed.map_err(|error| Failure::new("unprintable", crate::say(&error)))?;
        Ok(proof)
    }
}

/// The key's public half, if it was ever needed.
pub(in crate::cli) async fn public_key(store: &Store) -> Result<Option<String>, Failure> {
    Ok(kept_key(store).await?.map(|key| key.public()))
}

#[cfg(test)]
mod tests {
    use base::Secret;
    use store::Vault;

    use super::*;

    #[tokio::test]
    async fn the_key_is_made_once_and_kept() {
        let dir = tempfile::tempdir().unwrap();
        let url = format!("sqlite:{}", dir.path().join("daybook.db").display());
        let store = Store::open(&url, Vault::new(Secret::new("a master key"))).await.unwrap();
        assert_eq!(public_key(&store).await.unwrap(), None);
        let made = signing_key(&store).await.unwrap().public();
        assert_eq!(signing_key(&store).await.unwrap().public(), made);
        assert_eq!(public_key(&store).await.unwrap(), Some(made));
    }
}
