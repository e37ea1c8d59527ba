//! Tax that the seller owes in the country of a sale, by the country and the rate.

use base::{Decimal, Money, MoneyError, Rate, Rounding};
use intents::document::Cover;

use crate::orders::components::Component;
use crate::rulebook::Marketplace;

/// Where rates differ by state and province: no line can name one.
const SALES_TAX: &[&str] = &["US", "CA"];

/// What is owed on one item: an item has one rate.
#[derive(Debug)]
pub(crate) struct Owed {
    pub(crate) cover: Cover,
    /// What the tax is in.
    gross: Money,
    class: String,
    units: u64,
    components: u64,
}

/// Adds what is owed on a component to what is owed on its item.
pub(crate) fn add(
    all: &mut Vec<Owed>,
    component: &Component<'_>,
    class: &str,
    cover: Cover,
) -> Result<(), MoneyError> {
    if let Some(known) = all.iter_mut().find(|known| known.cover.item_id == cover.item_id) {
        known.cover.amount = known.cover.amount.plus(cover.amount)?;
        known.gross = known.gross.plus(component.gross)?;
        known.components = known.components.saturating_add(1);
        return Ok(());
    }
    let units = component.item.map_or(1, facts::order::Item::live);
    let (gross, class) = (component.gross, class.to_owned());
    all.push(Owed { cover, gross, class, units, components: 1 });
    Ok(())
}

/// The lines' texts and what each covers: one line per rate.
pub(crate) fn by_rate(
    all: Vec<Owed>,
    place: &Marketplace,
) -> Result<Vec<(String, Vec<Cover>)>, MoneyError> {
    let mut lines: Vec<(String, Vec<Cover>)> = Vec::new();
    for owed in all {
        let text = owed.in_words(place)?;
        match lines.iter_mut().find(|(known, _)| *known == text) {
            Some((_, covers)) => covers.push(owed.cover),
            None => lines.push((text, vec![owed.cover])),
        }
    }
    Ok(lines)
}

impl Owed {
    fn in_words(&self, place: &Marketplace) -> Result<String, MoneyError> {
        let country = &place.country;
        let name = if SALES_TAX.contains(&country.as_str()) { "Sales tax" } else { "VAT" };
        Ok(match self.percent(place)? {
            Some(percent) => format!("{name} owed in {country}, {} %", percent.normalize()),
            None => format!("{name} owed in {country}"),
        })
    }

    /// The declared rate that gives the tax: of the SKU's class first, then of another.
    fn percent(&self, place: &Marketplace) -> Result<Option<Decimal>, MoneyError> {
        let own = place.tax.get(&self.class).into_iter();
        for percent in own.chain(place.tax.values()).filter(|percent| !percent.is_zero()) {
            if self.is_at(*percent)? {
                return Ok(Some(*percent));
            }
        }
        Ok(None)
    }

    /// Amazon rounds by unit, and we by component: so many cents may be off.
    fn is_at(&self, percent: Decimal) -> Result<bool, MoneyError> {
        let Some(rate) = Rate::percent(percent) else { return Ok(false) };
        let expected = rate.inside(self.gross, Rounding::HalfAwayFromZero)?;
        let off = expected.minus(self.cover.amount)?.minor().unsigned_abs();
        Ok(off <= self.units.max(self.components))
    }
}
