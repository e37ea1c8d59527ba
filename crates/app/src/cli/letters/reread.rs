//! Reads again what could not be read: a newer Daybook may know what an older one did not. The bytes
//! are in the archive; what they say now is another fact, and the first one stays.

use amazon::source::Account;
use base::FactId;
use facts::{Body, Fact};
use intents::BookId;
use serde_json::value::RawValue;
use store::{Letter, What};

use crate::book::Settings;
use crate::cli::Failure;
use crate::cli::open::Opened;

/// Reads the orders among these letters again. Answers how many can be read now.
pub(super) async fn reread(
    opened: &Opened,
    (book, settings): (&BookId, &Settings),
    letters: &[Letter],
) -> Result<u64, Failure> {
    let mut read = 0_u64;
    for letter in letters.iter().filter(|letter| letter.what == What::Subject) {
        let row = opened.store.subject(book, &letter.subject).await?;
        let last = row.facts.iter().rfind(|fact| !fact.raw_hash.is_empty());
        let Some(fact) = last.filter(|fact| matches!(fact.body, Body::Unreadable { .. })) else {
            continue;
        };
        let Some(bytes) = opened.store.document(&fact.raw_hash).await? else { continue };
        let Some(again) = order(settings, fact, &bytes) else { continue };
        opened.store.record_said(book, &again, opened.clock.now()).await?;
        read = read.saturating_add(1);
    }
    Ok(read)
}

/// The order, if it is one and can be read now.
fn order(settings: &Settings, fact: &Fact, bytes: &[u8]) -> Option<Fact> {
    let region = fact.source.strip_prefix("amazon:")?.strip_suffix(":orders")?;
    let link = settings.link(region)?;
    let account = Account {
        region: amazon::spec::Region::parse(region)?,
        seller_id: link.seller_id.clone(),
        marketplaces: link.marketplaces.clone(),
        buyer_data: link.buyer_data,
    };
    let raw: Box<RawValue> = serde_json::from_slice(bytes).ok()?;
    let (again, _same_document) = amazon::source::read_order(&account, &raw, fact.occurred);
    let is_read = matches!(again.body, Body::Order(_)) && again.subject == fact.subject;
    // The bytes are the same, and so would be the id: what is read now is not what was read then.
    let id = FactId::derive(&["read again", fact.id.as_str()]);
    is_read.then_some(Fact { id, ..again })
}
