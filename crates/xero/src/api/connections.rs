//! Which organisations a user connected to this app. Not part of the Accounting API.
//! <https://developer.xero.com/documentation/guides/oauth2/managing-connections/>

use base::{Call, Host, Method, Request};
use serde::Deserialize;

use super::{blank, operation};

/// The connections of the token's user; of one consent alone when its id is given.
pub struct List<'a> {
    /// The claim `authentication_event_id` of the access token.
    pub auth_event_id: Option<&'a str>,
}

impl Call for List<'_> {
    operation!("GET /connections" => Vec<Connection>);

    /// The whole address is the host's: the path is empty.
    fn request(&self) -> Request {
        Request::new(Method::Get, Host::Connections, "")
            .query_opt("authEventId", self.auth_event_id)
            .header("accept", "application/json")
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
