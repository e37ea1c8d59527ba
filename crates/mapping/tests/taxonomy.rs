//! The table of Amazon's words against a list of them that is kept elsewhere.

use std::path::PathBuf;

use mapping::settlement::{LineKind, classify};

/// The list of known combinations that the table was checked against is not part of this
/// repository. With `DAYBOOK_TAXONOMY` or `DAYBOOK_SPECS` set, every one of its settlement rows
/// must have the same category here.
#[test]
fn every_combination_of_the_reference_list_has_its_category() {
    let named = std::env::var_os("DAYBOOK_TAXONOMY").map(PathBuf::from);
    let beside = std::env::var_os("DAYBOOK_SPECS")
        .map(|specs| PathBuf::from(specs).join("../reference/settlement-taxonomy.tsv"));
    let Some(text) = named.or(beside).and_then(|path| std::fs::read_to_string(path).ok()) else {
        println!("skipped: neither DAYBOOK_TAXONOMY nor DAYBOOK_SPECS names a readable list");
        return;
    };
    let mut checked = 0;
    for line in text.lines().skip(1) {
        let cells: Vec<&str> = line.split('\t').collect();
        if cells[0].starts_with("finances-v0") || cells[0].starts_with("date-range") {
            continue;
        }
        let amount_type = cells[1].trim_end_matches(" (blank transaction-type)");
        for description in [cells[2], &cells[2].replace('*', "Any text")] {
            let found = classify(cells[0], amount_type, description)
                .unwrap_or_else(|| panic!("{line} is unknown"));
            assert_eq!(found.category.as_str(), cells[5], "{line}");
            assert_ne!(found.kind, LineKind::Suspense, "{line}");
        }
        checked += 1;
    }
    assert_eq!(checked, 404);
}
