//! Which organisations a user connected to this app. Not part of the Accounting API.
//! <https://developer.xero.com/documentation/guides/oauth2/managing-connections/>

use base::{Call, CallError, Host, Limit, Method, Request, Response};
use serde::Deserialize;

use super::{blank, json};
use crate::spec;

/// The connections of the token's user; of one consent alone when its id is given.
pub struct List<'a> {
    /// The claim `authentication_event_id` of the access token.
    pub auth_event_id: Option<&'a str>,
}

impl Call for List<'_> {
    type Reply = Vec<Connection>;
    const OPERATION: &'static str = "GET /connections";
    const LIMIT: Limit = spec::LIMIT;

    /// The whole address is the host's: the path is empty.
    fn request(&self) -> Request {
        Request::new(Method::Get, Host::Connections, "")
            .query_opt("authEventId", self.auth_event_id)
            .header("accept", "application/json")
    }

    fn read(&self, response: &Response) -> Result<Vec<Connection>, CallError> {
        json(response)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Connection {
    /// Of the connection, not of the organisation.
    pub id: String,
    /// What goes into the header `xero-tenant-id`.
    pub tenant_id: String,
    #[serde(default, deserialize_with = "blank::text")]
    pub auth_event_id: Option<String>,
    /// `ORGANISATION` or `PRACTICE`.
    #[serde(default, deserialize_with = "blank::text")]
    pub tenant_type: Option<String>,
    #[serde(default, deserialize_with = "blank::text")]
    pub tenant_name: Option<String>,
}
