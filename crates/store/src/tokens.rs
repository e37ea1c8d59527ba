//! Tokens: one row per vendor, application and user, refreshed by one at a time.

use base::{Secret, Timestamp};

use sqlx::AnyConnection;

use crate::vault::{Sealed, Slot};
use crate::{Store, StoreError};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    pub access: Option<Secret>,
    pub access_expires: Timestamp,
    pub refresh: Option<Secret>,
    /// When both were given to us.
    pub refreshed: Timestamp,
}

/// The right to refresh one row of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenLease {
    pub key: String,
    pub fence: i64,
}

const PUT: &str = "\
    INSERT INTO tokens (name, access, access_expires, refresh, refreshed, fence, lease_until)
    VALUES ($1, $2, $3, $4, $5, 1, 0)
    ON CONFLICT (name) DO UPDATE SET access = excluded.access,
        access_expires = excluded.access_expires, refresh = excluded.refresh,
        refreshed = excluded.refreshed, previous_refresh = NULL, previous_refreshed = NULL,
        fence = tokens.fence + 1, lease_until = 0";
const ONE: &str = "\
    SELECT access, access_expires, refresh, refreshed FROM tokens WHERE name = $1";
const PREVIOUS: &str = "\
    SELECT previous_refresh, previous_refreshed FROM tokens
    WHERE name = $1 AND previous_refresh IS NOT NULL";
const CLAIM: &str = "\
    UPDATE tokens SET fence = fence + 1, lease_until = $3 WHERE name = $1 AND lease_until <= $2
    RETURNING fence";
const OURS: &str = "\
    UPDATE tokens SET fence = fence WHERE name = $1 AND fence = $2 AND lease_until > 0
    RETURNING refresh, refreshed";
const SETTLE: &str = "\
    UPDATE tokens SET access = $2, access_expires = $3, refresh = $4, refreshed = $5,
        previous_refresh = $6, previous_refreshed = $7, lease_until = 0
    WHERE name = $1";
const DATE: &str = "\
    UPDATE tokens SET authorised = $2 WHERE name = $1 AND (authorised IS NULL OR $3 = 1)";
const RELEASE: &str = "UPDATE tokens SET lease_until = 0 WHERE name = $1 AND fence = $2";

type Row = (Option<Vec<u8>>, i64, Option<Vec<u8>>, i64);

impl Store {
    /// Tokens of a fresh consent: they replace what was there, and fence out a refresh that is
    /// under way. `key` is `vendor|client id|user`.
    pub async fn put_tokens(&self, key: &str, tokens: &Tokens) -> Result<(), StoreError> {
        sqlx::query(PUT)
            .bind(key)
            .bind(self.sealed(key, "access", tokens.access.as_ref())?)
            .bind(tokens.access_expires.0)
            .bind(self.sealed(key, "refresh", tokens.refresh.as_ref())?)
            .bind(tokens.refreshed.0)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("tokens.put"))?;
        Ok(())
    }

    pub async fn tokens(&self, key: &str) -> Result<Option<Tokens>, StoreError> {
        let row: Option<Row> = sqlx::query_as(ONE)
            .bind(key)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("tokens.one"))?;
        let Some((access, access_expires, refresh, refreshed)) = row else { return Ok(None) };
        Ok(Some(Tokens {
            access: self.opened(key, "access", access)?,
            access_expires: Timestamp(access_expires),
            refresh: self.opened(key, "refresh", refresh)?,
            refreshed: Timestamp(refreshed),
        }))
    }

    /// The tokens before the last refresh: a vendor may honour them for a grace period when the
    /// answer to the refresh was lost.
    pub async fn previous_tokens(&self, key: &str) -> Result<Option<Tokens>, StoreError> {
        let row: Option<(Option<Vec<u8>>, Option<i64>)> = sqlx::query_as(PREVIOUS)
            .bind(key)
            .fetch_optional(self.reader())
            .await
            .map_err(StoreError::on("tokens.previous"))?;
        let Some((refresh, refreshed)) = row else { return Ok(None) };
        Ok(Some(Tokens {
            access: None,
            access_expires: Timestamp(0),
            refresh: self.opened(key, "previous_refresh", refresh)?,
            refreshed: Timestamp(refreshed.unwrap_or_default()),
        }))
    }

    /// `None`: someone else refreshes, or there is no such row.
    pub async fn claim_token(
        &self,
        key: &str,
        now: Timestamp,
        lease_ms: i64,
    ) -> Result<Option<TokenLease>, StoreError> {
        let row: Option<(i64,)> = sqlx::query_as(CLAIM)
            .bind(key)
            .bind(now.0)
            .bind(now.after_ms(lease_ms).0)
            .fetch_optional(self.writer())
            .await
            .map_err(StoreError::on("tokens.claim"))?;
        Ok(row.map(|(fence,)| TokenLease { key: key.to_owned(), fence }))
    }

    /// Stores what the refresh gave, before anyone uses it, and ends the lease. Fails with
    /// [`StoreError::FenceLost`] when the row was claimed or replaced since.
    pub async fn settle_token(
        &self,
        lease: &TokenLease,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let doing = "tokens.settle";
        let key = lease.key.as_str();
        let mut tx = self.begin(doing).await?;
        let (refresh, refreshed) = ours(&mut tx, lease).await?;
        // A refresh that gave no new refresh token leaves the old one in place.
        let old = self.opened(key, "refresh", refresh)?;
        let (refresh, previous) = match &tokens.refresh {
            Some(new) => (Some(new), old.as_ref()),
            None => (old.as_ref(), None),
        };
        sqlx::query(SETTLE)
            .bind(key)
            .bind(self.sealed(key, "access", tokens.access.as_ref())?)
            .bind(tokens.access_expires.0)
            .bind(self.sealed(key, "refresh", refresh)?)
            .bind(now.0)
            .bind(self.sealed(key, "previous_refresh", previous)?)
            .bind(refreshed)
            .execute(&mut *tx)
            .await
            .map_err(StoreError::on(doing))?;
        tx.commit().await.map_err(StoreError::on(doing))
    }

    /// When the consent was given that the tokens stand for. One that is not new keeps the day that
    /// it has.
    pub async fn date_tokens(
        &self,
        key: &str,
        is_new: bool,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        sqlx::query(DATE)
            .bind(key)
            .bind(now.0)
            .bind(i64::from(is_new))
            .execute(self.writer())
            .await
            .map_err(StoreError::on("tokens.date"))?;
        Ok(())
    }

    /// Ends the lease without new tokens. Nothing happens when it is someone else's by now.
    pub async fn release_token(&self, lease: &TokenLease) -> Result<(), StoreError> {
        sqlx::query(RELEASE)
            .bind(&lease.key)
            .bind(lease.fence)
            .execute(self.writer())
            .await
            .map_err(StoreError::on("tokens.release"))?;
        Ok(())
    }
}

impl Store {
    fn sealed(
        &self,
        key: &str,
        field: &'static str,
        secret: Option<&Secret>,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let slot = Slot { table: "tokens", key, field };
        let sealed = secret.map(|secret| slot.seal(self.vault(), secret)).transpose()?;
        Ok(sealed.map(|sealed| sealed.0))
    }

    fn opened(
        &self,
        key: &str,
        field: &'static str,
        sealed: Option<Vec<u8>>,
    ) -> Result<Option<Secret>, StoreError> {
        let slot = Slot { table: "tokens", key, field };
        Ok(sealed.map(|sealed| slot.open(self.vault(), &Sealed(sealed))).transpose()?)
    }
}

/// Locks the row if it is still ours, and gives its refresh token and when that was given.
async fn ours(
    conn: &mut AnyConnection,
    lease: &TokenLease,
) -> Result<(Option<Vec<u8>>, i64), StoreError> {
    sqlx::query_as(OURS)
        .bind(&lease.key)
        .bind(lease.fence)
        .fetch_optional(conn)
        .await
        .map_err(StoreError::on("tokens.ours"))?
        .ok_or_else(|| StoreError::FenceLost { name: lease.key.clone() })
}
