//! Named secrets, such as the application's own client secrets.

use base::{Secret, Timestamp};

use crate::vault::{Sealed, Slot};
use crate::{Store, StoreError};

const PUT: &str = "\
    INSERT INTO secrets (name, sealed) VALUES ($1, $2)
    ON CONFLICT (name) DO UPDATE SET sealed = excluded.sealed";
const ONE: &str = "SELECT sealed FROM secrets WHERE name = $1";
const DATE: &str = "\
    UPDATE secrets SET given = $2 WHERE name = $1 AND (given IS NULL OR $3 = 1)";

impl Store {
    pub async fn put_secret(&self, name: &str, secret: &Secret) -> Result<(), StoreError> {
        let sealed = slot(name).seal(self.vault(), secret)?;
        sqlx::query(PUT)
            .bind(name)
            .bind(sealed.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("secrets.put"))?;
        Ok(())
    }

    /// When a secret came that has an end. One that is not new keeps the day that it has.
    pub async fn date_secret(
        &self,
        name: &str,
        is_new: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(DATE)
            .bind(name)
            .bind(now.0)
            .bind(i64::from(is_new))
            .execute(self.writer())
            .await
            .map_err(StoreError::on("secrets.date"))?;
        Ok(())
    }

    pub async fn secret(&self, name: &str) -> Result<Option<Secret>, StoreError> {
        let row: Option<(Vec<u8>,)> = sqlx::query_as(ONE)
            .bind(name)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("secrets.one"))?;
        Ok(row.map(|(sealed,)| slot(name).open(self.vault(), &Sealed(sealed))).transpose()?)
    }
}

fn slot(name: &str) -> Slot<'_> {
    Slot { table: "secrets", key: name, field: "sealed" }
}
