//! What the seller sells.

use serde::Serialize;

/// How a product is taxed where it is sold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TaxClass {
    Standard,
    /// Zero in the United Kingdom, reduced in the European Union.
    Book,
    /// Zero in the United Kingdom and Australia, reduced in Japan and the European Union.
    Food,
}

/// One listing. `price` is in pence; other marketplaces' prices follow from it.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct Product {
    pub sku: &'static str,
    pub asin: &'static str,
    pub title: &'static str,
    pub tax_class: TaxClass,
    pub price: i64,
}

const fn standard(
    sku: &'static str,
    asin: &'static str,
    price: i64,
    title: &'static str,
) -> Product {
    Product { sku, asin, title, tax_class: TaxClass::Standard, price }
}

const fn book(sku: &'static str, asin: &'static str, price: i64, title: &'static str) -> Product {
    Product { sku, asin, title, tax_class: TaxClass::Book, price }
}

const fn food(sku: &'static str, asin: &'static str, price: i64, title: &'static str) -> Product {
    Product { sku, asin, title, tax_class: TaxClass::Food, price }
}

/// Amazon allows 40 characters for a SKU, more than Xero's 30 for an item: some are longer, two of
/// them with the same first 30.
pub static CATALOGUE: [Product; 40] = [
    standard("MUG-BLUE-350", "B0SBX00001", 899, "Stoneware Mug, 350 ml, Blue"),
    standard("MUG-GREEN-350", "B0SBX00002", 899, "Stoneware Mug, 350 ml, Green"),
    standard("TEAPOT-1L", "B0SBX00003", 2450, "Glass Teapot with Infuser, 1 Litre"),
    standard("KETTLE-STEEL-17", "B0SBX00004", 3499, "Stove-top Kettle, Brushed Steel, 1.7 l"),
    standard("PAN-CAST-26", "B0SBX00005", 4299, "Cast Iron Frying Pan, 26 cm, Pre-seasoned"),
    standard("KNIFE-CHEF-20", "B0SBX00006", 3975, "Chef's Knife, 20 cm, German Steel"),
    standard("BOARD-OAK-L", "B0SBX00007", 2799, "Oak Chopping Board, Large, with Juice Groove"),
    standard("SCALE-KITCHEN-5KG", "B0SBX00008", 1649, "Digital Kitchen Scale, 5 kg / 1 g"),
    standard("TIMER-MAGNET", "B0SBX00009", 749, "Magnetic Kitchen Timer"),
    standard("APRON-LINEN", "B0SBX00010", 1999, "Linen Apron, Natural, One Size"),
    standard("TOWEL-TEA-3", "B0SBX00011", 1250, "Tea Towels, Organic Cotton (Pack of 3)"),
    standard("LAMP-DESK-LED", "B0SBX00012", 3299, "LED Desk Lamp, Dimmable, USB-C"),
    standard("LAMP-CLIP", "B0SBX00013", 1499, "Clip-on Reading Light, Rechargeable"),
    standard("CABLE-USBC-2M", "B0SBX00014", 799, "USB-C Cable, 2 m, Braided, 100 W"),
    standard("HUB-USBC-7IN1", "B0SBX00015", 2999, "USB-C Hub 7 in 1 (HDMI, Ethernet, SD)"),
    standard("STAND-LAPTOP-ALU", "B0SBX00016", 2649, "Laptop Stand, Aluminium, Foldable"),
    standard("PEN-GEL-BLK-12", "B0SBX00017", 945, "Gel Pens, Black, 0.5 mm (Pack of 12)"),
    standard("NOTEBOOK-A5-DOT", "B0SBX00018", 1195, "Dotted Notebook, A5, 192 Pages"),
    standard("BACKPACK-20L", "B0SBX00019", 4999, "Day Backpack, 20 l, Water-resistant"),
    standard("BOTTLE-STEEL-750", "B0SBX00020", 1849, "Insulated Bottle, 750 ml"),
    standard("YOGA-MAT-6MM", "B0SBX00021", 2199, "Yoga Mat, 6 mm, Non-slip"),
    standard("BAND-SET-5", "B0SBX00022", 1329, "Resistance Bands (Set of 5)"),
    standard("TORCH-LED-1000", "B0SBX00023", 1975, "LED Torch, 1000 lm, USB Rechargeable"),
    standard("GLOVES-GARDEN-M", "B0SBX00024", 1050, "Gardening Gloves, Medium"),
    standard("SECATEURS-PRO", "B0SBX00025", 2275, "Bypass Secateurs, Professional"),
    standard("PLANTER-CLAY-18", "B0SBX00026", 1599, "Terracotta Planter with Saucer, 18 cm"),
    standard("CANDLE-SOY-FIG", "B0SBX00027", 1425, "Soy Candle, Fig & Cassis, 40 h"),
    standard("PUZZLE-1000-MAP", "B0SBX00028", 1699, "Jigsaw Puzzle, 1000 Pieces, Old World Map"),
    standard("GAME-CARDS-CLASSIC", "B0SBX00029", 650, "Playing Cards, Linen Finish"),
    standard("KIT-REPAIR-38", "B0SBX00030", 2399, "Precision Screwdriver Kit, 38 Pieces"),
    standard(
        "BUNDLE-KITCHEN-STARTER-2026-BLUE-SET",
        "B0SBX00031",
        8999,
        "Kitchen Starter Set: Pan, Knife, Board and Scale, Blue Handles",
    ),
    standard(
        "BUNDLE-KITCHEN-STARTER-2026-BLACK-SET",
        "B0SBX00032",
        8999,
        "Kitchen Starter Set: Pan, Knife, Board and Scale, Black Handles",
    ),
    standard(
        "DESK-ORGANISER-BAMBOO-5-COMPARTMENTS-LG",
        "B0SBX00033",
        2849,
        "Bamboo Desk Organiser with Five Compartments, Large",
    ),
    standard(
        "LED-STRIP-LIGHT-10M-RGB-REMOTE-CTRL-UKEU",
        "B0SBX00034",
        2149,
        "LED Strip Light, 10 m, Colour Changing, with Remote Control and UK/EU Adapter",
    ),
    book("BOOK-BREAD", "B0SBX00035", 1899, "Slow Bread: Sixty Loaves for a Home Oven"),
    book("BOOK-KNOTS", "B0SBX00036", 1299, "The Pocket Book of Knots"),
    book("BOOK-LEDGER", "B0SBX00037", 2495, "Double Entry: A Plain History of Bookkeeping"),
    food("FOOD-TEA-ASSAM-250", "B0SBX00038", 749, "Assam Loose Leaf Tea, 250 g"),
    food("FOOD-HONEY-454", "B0SBX00039", 895, "Heather Honey, 454 g"),
    food(
        "FOOD-COFFEE-BEANS-ETHIOPIA-YIRGACHEFFE",
        "B0SBX00040",
        1525,
        "Coffee Beans, Ethiopia Yirgacheffe, 1 kg",
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn skus_are_unique_and_some_are_longer_than_xero_takes() {
        let skus: BTreeSet<&str> = CATALOGUE.iter().map(|product| product.sku).collect();
        assert_eq!(skus.len(), CATALOGUE.len());
        assert!(CATALOGUE.iter().all(|product| product.sku.len() <= 40));
        let long: Vec<&str> =
            CATALOGUE.iter().map(|product| product.sku).filter(|sku| sku.len() > 30).collect();
        let cut: BTreeSet<String> = long.iter().map(|sku| sku.chars().take(30).collect()).collect();
        assert!(cut.len() < long.len());
    }
}
