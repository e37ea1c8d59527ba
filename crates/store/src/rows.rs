//! Rows in and out: lists as one JSON parameter, bodies as JSON text.

use intents::Reason;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::StoreError;

/// How many rows go into one statement: few round trips, and no statement grows without end.
pub(crate) const CHUNK: usize = 200;

/// Rows for `json_each`.
pub(crate) fn list<T: Serialize>(rows: &[T]) -> Result<String, StoreError> {
    json("rows", &rows)
}

/// Ids for `json_each`, each as `{"id": …}`.
pub(crate) fn ids<'a>(ids: impl IntoIterator<Item = &'a str>) -> Result<String, StoreError> {
    #[derive(Serialize)]
    struct Id<'a> {
        id: &'a str,
    }
    let rows: Vec<Id<'_>> = ids.into_iter().map(|id| Id { id }).collect();
    list(&rows)
}

pub(crate) fn json<T: Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|source| StoreError::Unwritable { what, source })
}

/// Where a stored text stands, for the error if it cannot be read.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) table: &'static str,
    pub(crate) column: &'static str,
    pub(crate) row: &'a str,
}

impl Place<'_> {
    pub(crate) fn json<T: DeserializeOwned>(self, text: &str) -> Result<T, StoreError> {
        serde_json::from_str(text).map_err(|error| self.unreadable(&error.to_string()))
    }

    /// A word or number that must be one of those we know.
    pub(crate) fn known<T>(self, value: Option<T>, text: &str) -> Result<T, StoreError> {
        value.ok_or_else(|| self.unreadable(text))
    }

    fn unreadable(self, reason: &str) -> StoreError {
        StoreError::Unreadable {
            table: self.table,
            column: self.column,
            row: self.row.to_owned(),
            reason: reason.to_owned(),
        }
    }
}

/// A reason from its two columns.
pub(crate) fn reason(code: Option<String>, detail: Option<String>) -> Option<Reason> {
    code.map(|code| Reason { code, detail: detail.unwrap_or_default() })
}
