//! A transaction's tree of amounts: what the buyer pays or gets back, and the tax that Amazon keeps
//! of it. Amazon publishes no list of the words in it; a leaf is known by those above it.

use base::{Currency, Money};

use super::wire::{Breakdown, Transaction};

/// What an amount is, by the words from the root down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Prices and their tax, less discounts.
    Bought,
    /// Tax of them that Amazon keeps, or gives back.
    Kept,
    Fee,
}

/// What was bought, and what Amazon keeps of its tax.
pub(super) fn of(transaction: &Transaction) -> Result<(Money, Money), String> {
    let total = transaction.total_amount.as_ref().ok_or("it has no total")?.money()?;
    let mut sums = Sums::nothing(total.currency());
    let whole = transaction.breakdowns.as_deref().unwrap_or_default();
    sums.add(whole, &[])?;
    if whole.is_empty() {
        for item in transaction.items.iter().flatten() {
            sums.add(item.breakdowns.as_deref().unwrap_or_default(), &[])?;
        }
    }
    let told = sum([sums.bought, sums.kept, sums.fees], total.currency())?;
    if told != total {
        return Err(format!("its amounts come to {told} and its total is {total}"));
    }
    Ok((sums.bought, sums.kept))
}

struct Sums {
    bought: Money,
    kept: Money,
    fees: Money,
}

impl Sums {
    fn nothing(currency: Currency) -> Sums {
        let zero = Money::zero(currency);
        Sums { bought: zero, kept: zero, fees: zero }
    }

    fn add(&mut self, trees: &[Breakdown], above: &[String]) -> Result<(), String> {
        for tree in trees {
            let mut path = above.to_vec();
            path.push(tree.kind.as_deref().unwrap_or_default().to_ascii_lowercase());
            let below = tree.breakdowns.as_deref().unwrap_or_default();
            if !below.is_empty() {
                self.add(below, &path)?;
                continue;
            }
            let Some(amount) = &tree.amount else { continue };
            let slot = match kind(&path) {
                Kind::Bought => &mut self.bought,
                Kind::Kept => &mut self.kept,
                Kind::Fee => &mut self.fees,
            };
            *slot = slot.plus(amount.money()?).map_err(|error| error.to_string())?;
        }
        Ok(())
    }
}

fn sum(amounts: [Money; 3], currency: Currency) -> Result<Money, String> {
    Money::sum(amounts, currency).map_err(|error| error.to_string())
}

fn kind(path: &[String]) -> Kind {
    let says = |words: &[&str]| path.iter().any(|one| words.iter().any(|word| one.contains(word)));
    let leaf = path.last().map(String::as_str).unwrap_or_default();
    // Withheld from the seller's income, and no tax of the sale.
    let is_income_tax = leaf.starts_with("tcs") || leaf.starts_with("tds");
    if says(&["withheld", "marketplacefacilitator", "lowvaluegoods"]) {
        return if is_income_tax { Kind::Fee } else { Kind::Kept };
    }
    let is_sales = path.first().is_some_and(|root| root == "sales");
    let is_fee = says(&["fee", "expense", "commission"]) && !leaf.contains("restocking");
    if is_sales || !is_fee { Kind::Bought } else { Kind::Fee }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn node(word: &str, minor: &str, below: &str) -> String {
        format!(
            r#"{{"breakdownType":"{word}","breakdownAmount":{{"currencyCode":"USD","currencyAmount":{minor}}},"breakdowns":[{below}]}}"#
        )
    }

    fn read(total: &str, trees: &[String]) -> Result<(Money, Money), String> {
        let text = format!(
            r#"{{"totalAmount":{{"currencyCode":"USD","currencyAmount":{total}}},"breakdowns":[{}]}}"#,
            trees.join(",")
        );
        of(&serde_json::from_str(&text).unwrap())
    }

    #[test]
    fn a_refund_is_told_from_the_fees_that_come_back_with_it() {
        let sales = node(
            "Sales",
            "-107",
            &[
                node("ProductCharges", "-100", &node("OurPricePrincipal", "-110", "")),
                node("Other", "10", &node("RestockingFee", "10", "")),
                node("Tax", "-7", &node("OurPriceTax", "-7", "")),
            ]
            .join(","),
        );
        let expenses = node(
            "Expenses",
            "19",
            &[
                node("TaxWithheld", "7", &node("MarketplaceFacilitatorTax-Principal", "7", "")),
                node("AmazonFees", "12", &node("Commission", "12", "")),
            ]
            .join(","),
        );
        let usd = |minor| Money::from_minor(minor, Currency::USD);
        let trees = [sales, expenses];
        assert_eq!(read("-88.00", &trees), Ok((usd(-10_700), usd(700))));
        assert!(read("-88.01", &trees).unwrap_err().contains("-88.00"));
    }

    #[test]
    fn income_tax_is_no_tax_of_the_sale() {
        let path = ["Expenses", "TaxWithheld", "TDS (Section 194-O)"];
        assert_eq!(kind(&path.map(str::to_lowercase)), Kind::Fee);
    }
}
