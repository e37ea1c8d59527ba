//! Payouts on their way to the bank: they have no account of their own while one currency is kept.

use base::{Currency, MoneyError};
use mapping::settlement::bridge::{Bridge, ItemKind};
use mapping::settlement::close::{Item, Section};

/// As the bridge of the day has them.
pub(super) fn section(bridge: Option<&Bridge>, currency: Currency) -> Result<Section, MoneyError> {
    let named = ("payouts_in_transit", "Payouts on their way");
    let moving = bridge.iter().flat_map(|bridge| &bridge.right);
    let moving = moving.filter(|item| item.kind == ItemKind::Payout);
    let items = moving.map(|item| Item::new(&item.id, &item.text, item.amount)).collect();
    let mut section = Section::listed(named, items, currency)?;
    section.notes.push(if bridge.is_some() {
        "They stand on no account of their own: until the bank has them they are in open receivables or \
         in clearing above, and on Amazon's side of the bridge below."
            .to_owned()
    } else {
        "There is no bridge of this day to tell them by.".to_owned()
    });
    Ok(section)
}
