//! A send's request as a row: everything but the body as JSON, the body byte for byte.

use base::call::Host;
use base::call::Method;
use base::{Request, Timestamp};
use intents::{Kind, Send, SendId};
use serde::{Deserialize, Serialize};
use sqlx::any::AnyRow;
use sqlx::{FromRow, Row};

use crate::StoreError;
use crate::rows::Place;

#[derive(Serialize, Deserialize)]
pub(crate) struct StoredRequest {
    method: StoredMethod,
    host: StoredHost,
    path: String,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
enum StoredMethod {
    Get,
    Put,
    Post,
    Delete,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StoredHost {
    Api,
    Token,
    Connections,
    Presigned,
}

impl StoredRequest {
    pub(crate) fn of(request: &Request) -> StoredRequest {
        let method = match request.method {
            Method::Get => StoredMethod::Get,
            Method::Put => StoredMethod::Put,
            Method::Post => StoredMethod::Post,
            Method::Delete => StoredMethod::Delete,
        };
        let host = match request.host {
            Host::Api => StoredHost::Api,
            Host::Token => StoredHost::Token,
            Host::Connections => StoredHost::Connections,
            Host::Presigned => StoredHost::Presigned,
        };
        StoredRequest {
            method,
            host,
            path: request.path.clone(),
            query: request.query.clone(),
            headers: request.headers.clone(),
        }
    }

    fn with_body(self, body: Vec<u8>) -> Request {
        let method = match self.method {
            StoredMethod::Get => Method::Get,
            StoredMethod::Put => Method::Put,
            StoredMethod::Post => Method::Post,
            StoredMethod::Delete => Method::Delete,
        };
        let host = match self.host {
            StoredHost::Api => Host::Api,
            StoredHost::Token => Host::Token,
            StoredHost::Connections => Host::Connections,
            StoredHost::Presigned => Host::Presigned,
        };
        let StoredRequest { path, query, headers, .. } = self;
        Request { method, host, path, query, headers, body }
    }
}

/// A row of `sends`.
pub(crate) struct SendRow {
    id: String,
    kind: String,
    first_sent: i64,
    saw_server_error: i64,
    members: String,
    request: String,
    body: Vec<u8>,
}

impl FromRow<'_, AnyRow> for SendRow {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        Ok(SendRow {
            id: row.try_get("id")?,
            kind: row.try_get("kind")?,
            first_sent: row.try_get("first_sent")?,
            saw_server_error: row.try_get("saw_server_error")?,
            members: row.try_get("members")?,
            request: row.try_get("request")?,
            body: row.try_get("body")?,
        })
    }
}

impl SendRow {
    pub(crate) fn read(self) -> Result<Send, StoreError> {
        let place = |column| Place { table: "sends", column, row: &self.id };
        let request: StoredRequest = place("request").json(&self.request)?;
        Ok(Send {
            kind: place("kind").known(Kind::parse(&self.kind), &self.kind)?,
            members: place("members").json(&self.members)?,
            id: SendId::from_stored(self.id),
            request: request.with_body(self.body),
            first_sent: Some(Timestamp(self.first_sent)),
            saw_server_error: self.saw_server_error == 1,
        })
    }
}
