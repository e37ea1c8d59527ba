//! Which Xero item a line names.

use base::Subject;
use facts::order::Item;
use intents::{Body, Intent, IntentId};

use crate::orders::because;
use crate::orders::case::Case;
use crate::orders::stop::Stop;
use crate::rulebook::{Compiled, TrackedItems, UnknownSku};

/// Xero's limits: <https://developer.xero.com/documentation/api/accounting/items>.
const CODE_MAX: usize = 30;
const NAME_MAX: usize = 50;
const DESCRIPTION_MAX: usize = 4000;

/// Of a code made from a longer SKU: so much of the SKU, a dash, and eight digits of its digest.
const CODE_HEAD: usize = 21;
const CODE_TAIL: usize = 8;

/// A line's item, and the intent that makes it where Xero has none.
#[derive(Debug, Clone, Default)]
pub(crate) struct Named {
    pub(crate) code: Option<String>,
    pub(crate) made_by: Option<Intent>,
}

/// The item's code in Xero: the owner's, else the SKU, else the SKU cut to Xero's length.
pub(crate) fn code(rules: &Compiled, sku: &str) -> String {
    match rules.sku(sku).and_then(|known| known.item_code.clone()) {
        Some(code) => code,
        None => code_of(sku),
    }
}

fn code_of(sku: &str) -> String {
    if sku.chars().count() <= CODE_MAX {
        return sku.to_owned();
    }
    let head: String = sku.chars().take(CODE_HEAD).collect();
    let tail: String = base::digest(&[sku]).chars().take(CODE_TAIL).collect();
    format!("{head}-{tail}")
}

/// What Xero tracks moves stock and cost of sales when it is sold; such a line goes without its
/// item unless the owner chose otherwise.
pub(crate) fn name(case: &Case<'_>, item: &Item) -> Result<Named, Stop> {
    let Some(sku) = item.sku.as_deref().filter(|sku| !sku.trim().is_empty()) else {
        let detail = format!("item {} has no SKU", item.item_id);
        return Err(Stop::new("missing_sku", detail));
    };
    let rules = case.situation.rules;
    let code = code(rules, sku);
    if let Some(known) = case.situation.chart.item(&code) {
        let without =
            known.is_tracked && case.settings().tracked_items == TrackedItems::WithoutItem;
        return Ok(Named { code: (!without).then_some(code), made_by: None });
    }
    if rules.sku(sku).is_none() && case.settings().unknown_sku == UnknownSku::Hold {
        let detail = format!("{sku} is neither in the SKU table nor an item in Xero");
        return Err(Stop::new("unknown_sku", detail));
    }
    let made_by = Some(make(case, item, &code, sku));
    Ok(Named { code: Some(code), made_by })
}

fn make(case: &Case<'_>, item: &Item, code: &str, sku: &str) -> Intent {
    let subject = Subject::item(code);
    let book = case.situation.book;
    let title = item.title.as_deref().map_or_else(|| sku.to_owned(), crate::orders::texts::clean);
    let body = intents::Item {
        code: code.to_owned(),
        name: title.chars().take(NAME_MAX).collect::<String>().trim_end().to_owned(),
        description: described(&title, sku).chars().take(DESCRIPTION_MAX).collect(),
    };
    let id: IntentId = Intent::id_of(book, &subject, "item", 1);
    Intent {
        id,
        book: book.clone(),
        subject,
        part: "item".to_owned(),
        revision: 1,
        body: Body::Item(body),
        needs: Vec::new(),
        supersedes: None,
        hold: None,
        because: because::shared(case),
    }
}

/// A product without a title is called by its SKU.
fn described(title: &str, sku: &str) -> String {
    if title == sku { sku.to_owned() } else { format!("{title} · {sku}") }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_sku_that_fits_is_its_own_code() {
        assert_eq!(code_of("ECHO-DOT-4-UK-CHARCOAL-SINGLE"), "ECHO-DOT-4-UK-CHARCOAL-SINGLE");
    }

    #[test]
    fn a_longer_sku_is_cut_and_stays_distinct() {
        let long = "WAREHOUSE-CLEARANCE-2026-BLUE-XXL-000001";
        let other = "WAREHOUSE-CLEARANCE-2026-BLUE-XXL-000002";
        assert_eq!(code_of(long).chars().count(), CODE_MAX);
        assert!(code_of(long).starts_with("WAREHOUSE-CLEARANCE-2-"));
        assert_ne!(code_of(long), code_of(other));
    }

    proptest! {
        #[test]
        fn a_code_never_exceeds_xeros_length(sku in ".{0,80}") {
            prop_assert!(code_of(&sku).chars().count() <= CODE_MAX);
        }
    }
}
