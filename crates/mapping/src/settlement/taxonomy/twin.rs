//! Spellings that differ and mean the same.

/// Small letters, one space where there are several.
pub(super) fn strict(text: &str) -> String {
    let mut whole = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if !whole.is_empty() {
            whole.push(' ');
        }
        whole.extend(word.chars().flat_map(char::to_lowercase));
    }
    whole
}

/// Small letters and digits alone: `Shipment-Fees` is `ShipmentFees`, `Digital Services Fee` is
/// `DigitalServicesFee`, fulfilment is fulfillment.
pub(super) fn loose(text: &str) -> String {
    let letters = text.chars().filter(|c| c.is_alphanumeric());
    let small: String = letters.flat_map(char::to_lowercase).collect();
    if small.contains("fulfilment") { small.replace("fulfilment", "fulfillment") } else { small }
}

/// A fee's description without the name of the Indian tax on it, which stands at the end, spaced or
/// glued: `Commission IGST`, `MFNPostagePurchaseCompleteCGST`.
pub(super) fn without_gst(strict: &str) -> Option<&str> {
    const NAMES: [&str; 4] = ["utgst", "igst", "cgst", "sgst"];
    let rest = NAMES.into_iter().find_map(|name| strict.strip_suffix(name))?.trim_end();
    (!rest.is_empty()).then_some(rest)
}

/// A fee's name without the product that it was charged for: `… for ASIN: B000000000`.
pub(super) fn without_product(strict: &str) -> Option<&str> {
    strict.split_once(" for asin:").map(|(name, _)| name.trim_end())
}
