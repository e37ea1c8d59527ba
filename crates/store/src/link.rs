//! How the database is reached: by whom what goes over the wire can be read.

use std::net::IpAddr;

use base::Timestamp;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

use crate::{Store, StoreError};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Link {
    /// A file, a socket, or an address of this machine's own.
    Local,
    /// TLS, with a server whose certificate was checked.
    Verified,
    /// TLS, with whoever answered.
    Encrypted,
    /// In clear, as `sslmode=disable` asks.
    ClearAsAsked,
    /// In clear, to another machine, and nobody said that it may be.
    Clear,
}

/// What the URL says of the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Way {
    is_local: bool,
    /// The server's certificate must be one that a known authority signed.
    is_verified: bool,
    /// In clear, and meant so.
    is_clear: bool,
}

impl Way {
    pub(crate) const FILE: Way = Way { is_local: true, is_verified: false, is_clear: true };

    pub(crate) fn of_postgres(options: &PgConnectOptions) -> Way {
        let host = options.get_host();
        let is_loopback = host.parse().is_ok_and(|address: IpAddr| address.is_loopback());
        let mode = options.get_ssl_mode();
        Way {
            is_local: options.get_socket().is_some() || host == "localhost" || is_loopback,
            is_verified: matches!(mode, PgSslMode::VerifyCa | PgSslMode::VerifyFull),
            is_clear: matches!(mode, PgSslMode::Disable),
        }
    }

    fn link(self, is_encrypted: bool) -> Link {
        match self {
            Way { is_verified: true, .. } if is_encrypted => Link::Verified,
            Way { .. } if is_encrypted => Link::Encrypted,
            Way { is_local: true, .. } => Link::Local,
            Way { is_clear: true, .. } => Link::ClearAsAsked,
            Way { .. } => Link::Clear,
        }
    }
}

impl Store {
    /// How the database is reached: asked of the database itself, beside what the URL says.
    pub async fn link(&self) -> Result<Link, StoreError> {
        let tls = self.ask(self.dialect().tls).await?;
        Ok(self.way().link(!tls.is_empty()))
    }

    /// What the database's own clock says; `None` where it is this machine's.
    pub async fn database_time(&self) -> Result<Option<Timestamp>, StoreError> {
        let (now,): (Option<i64>,) = sqlx::query_as(self.dialect().now)
            .fetch_one(self.writer())
            .await
            .map_err(StoreError::on("store.clock"))?;
        Ok(now.map(Timestamp))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(url: &str, is_encrypted: bool) -> Link {
        Way::of_postgres(&url.parse().unwrap()).link(is_encrypted)
    }

    #[test]
    fn another_machine_in_clear_is_known_from_this_one() {
        for url in [
            "postgres://me@localhost/books",
            "postgres://me@127.0.0.1:5433/books",
            "postgres://me@db.example.org/books?host=/run/postgresql",
            "postgres://me@%2Frun%2Fpostgresql/books",
        ] {
            assert_eq!(link(url, false), Link::Local, "{url}");
        }
        assert_eq!(link("postgres://me@db.example.org/books", false), Link::Clear);
        assert_eq!(link("postgres://me@10.0.0.7/books?sslmode=prefer", false), Link::Clear);
        let asked = link("postgres://me@10.0.0.7/books?sslmode=disable", false);
        assert_eq!(asked, Link::ClearAsAsked);
    }

    #[test]
    fn tls_counts_as_verified_where_the_certificate_is_checked() {
        for (mode, expected) in [
            ("", Link::Encrypted),
            ("?sslmode=require", Link::Encrypted),
            ("?sslmode=verify-ca", Link::Verified),
            ("?sslmode=verify-full", Link::Verified),
        ] {
            assert_eq!(link(&format!("postgres://me@db.example.org/b{mode}"), true), expected);
        }
    }
}
