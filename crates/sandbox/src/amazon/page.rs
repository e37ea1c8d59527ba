//! Page tokens: opaque, good for a day, and bound to the request that they came from.

use base::{Timestamp, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::marketplaces::Region;
use super::reply::Refusal;

/// Amazon: "expires after 24 hours".
const TOKEN_MS: i64 = 24 * Timestamp::HOUR;

/// Where a page ended: orders come by time, then by id.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct PageKey {
    pub time: Timestamp,
    pub order_id: String,
}

/// What a token carries.
pub(crate) struct Page {
    pub before: Timestamp,
    pub key: PageKey,
}

/// Makes and opens tokens of one authorisation.
pub(crate) struct Cursor<'a> {
    pub secret: &'a str,
    pub region: Region,
    /// What the operation calls its token.
    pub name: &'static str,
}

impl Cursor<'_> {
    pub(crate) fn seal(&self, page: &Page, same: &str, now: Timestamp) -> String {
        let body = format!("{}.{}.{}.{}", now.0, page.before.0, page.key.time.0, page.key.order_id);
        let seal = self.seal_of(&body, same);
        URL_SAFE_NO_PAD.encode(format!("{seal}.{body}"))
    }

    pub(crate) fn open(&self, token: &str, same: &str, now: Timestamp) -> Result<Page, Refusal> {
        let refused =
            || Refusal::input(format!("{} is not valid for these parameters.", self.name));
        let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_reason| refused())?;
        let text = String::from_utf8(bytes).map_err(|_reason| refused())?;
        let (seal, body) = text.split_once('.').ok_or_else(refused)?;
        if seal != self.seal_of(body, same) {
            return Err(refused());
        }
        let (issued, page) = parts(body).ok_or_else(refused)?;
        if now.since(issued) > TOKEN_MS {
            return Err(Refusal::input(format!("{} has expired.", self.name)));
        }
        Ok(page)
    }

    fn seal_of(&self, body: &str, same: &str) -> String {
        let mut seal = digest(&[self.secret, self.region.code(), same, body]);
        seal.truncate(16);
        seal
    }
}

fn parts(body: &str) -> Option<(Timestamp, Page)> {
    let mut parts = body.splitn(4, '.');
    let mut moment = || parts.next()?.parse().ok().map(Timestamp);
    let (issued, before, time) = (moment()?, moment()?, moment()?);
    let key = PageKey { time, order_id: parts.next()?.to_owned() };
    Some((issued, Page { before, key }))
}
