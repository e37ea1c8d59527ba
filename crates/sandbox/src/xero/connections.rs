//! `/connections`: which organisations a consent reaches
//! (<https://developer.xero.com/documentation/guides/oauth2/auth-flow>).

use base::Timestamp;

use super::json::Object;
use super::organisation;

/// The app's connection to the one organisation.
#[derive(Debug)]
pub(crate) struct Connection {
    pub(crate) id: String,
    pub(crate) tenant: String,
    /// The consent that made it.
    pub(crate) event: String,
    pub(crate) present: bool,
    pub(crate) created: Timestamp,
    pub(crate) updated: Timestamp,
}

impl Connection {
    pub(crate) fn render(&self) -> Object {
        Object::new()
            .with_text("id", &self.id)
            .with_text("authEventId", &self.event)
            .with_text("tenantId", &self.tenant)
            .with_text("tenantType", "ORGANISATION")
            .with_text("tenantName", organisation::NAME)
            .with_text("createdDateUtc", seven_decimals(self.created))
            .with_text("updatedDateUtc", seven_decimals(self.updated))
    }

    /// The user connects again: the same connection, with a later update.
    pub(crate) fn renew(&mut self, event: &str, now: Timestamp) {
        self.present = true;
        event.clone_into(&mut self.event);
        self.updated = now;
    }
}

/// `2019-07-09T23:40:30.1830000Z`.
fn seven_decimals(at: Timestamp) -> String {
    at.iso().replace('Z', "0000Z")
}
