//! A bridge for an accountant to read.

use mapping::settlement::bridge::{Bridge, Item};
use serde::Serialize;

use super::OPEN_CODE;

/// For `--json`.
#[derive(Debug, Serialize)]
pub(super) struct Told<'a> {
    closes: bool,
    /// The page in `docs/errors`, where it does not.
    code: Option<&'static str>,
    #[serde(flatten)]
    bridge: &'a Bridge,
}

impl<'a> Told<'a> {
    pub(super) fn of(bridge: &'a Bridge) -> Told<'a> {
        let code = (!bridge.closes()).then_some(OPEN_CODE);
        Told { closes: bridge.closes(), code, bridge }
    }
}

pub(super) fn text(bridge: &Bridge) -> String {
    let mut out = vec![format!("Balance with Amazon on {}, in {}", bridge.date, bridge.currency)];
    side(&mut out, "In the books, with what they do not carry yet", &bridge.left);
    side(&mut out, "At Amazon, with what it has sent", &bridge.right);
    out.push(String::new());
    out.push(if bridge.closes() {
        "The bridge closes: both sides come to the same.".to_owned()
    } else {
        format!(
            "THE BRIDGE DOES NOT CLOSE: {} are not explained.\n  see docs/errors/{OPEN_CODE}.md",
            bridge.difference
        )
    });
    out.join("\n")
}

fn side(out: &mut Vec<String>, title: &str, items: &[Item]) {
    out.push(String::new());
    out.push(title.to_owned());
    for item in items {
        out.push(format!("  {:>14}  {}  {}", item.amount.amount().to_string(), item.id, item.text));
    }
    let sum: base::Decimal = items.iter().map(|item| item.amount.amount()).sum();
    out.push(format!("  {:>14}  in all", sum.to_string()));
}

#[cfg(test)]
mod tests {
    use base::{Currency, Day, Money};
    use mapping::settlement::bridge::ItemKind;

    use super::*;

    fn item(kind: ItemKind, id: &str, minor: i64) -> Item {
        let (id, text) = (id.to_owned(), "words".to_owned());
        Item { id, kind, text, amount: Money::from_minor(minor, Currency::GBP) }
    }

    #[test]
    fn both_sides_are_added_up_and_what_is_left_over_is_said() {
        let bridge = Bridge {
            date: Day::parse("2026-01-31").unwrap(),
            currency: Currency::GBP,
            left: vec![item(ItemKind::Account, "clearing:GBP", 8_100)],
            right: vec![
                item(ItemKind::Balance, "listBalances:2026-01-31", 8_000),
                item(ItemKind::Unexplained, "unexplained", 100),
            ],
            difference: Money::from_minor(100, Currency::GBP),
        };
        let said = text(&bridge);
        assert_eq!(said.matches("81.00  in all").count(), 2, "{said}");
        assert!(said.contains("DOES NOT CLOSE") && said.contains("bridge_open"), "{said}");
        let told = serde_json::to_string(&Told::of(&bridge)).unwrap();
        assert!(told.contains("\"code\":\"bridge_open\""), "{told}");
    }
}
