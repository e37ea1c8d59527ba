//! Who may see whom. Cargo enforces what a `Cargo.toml` says; this says what it may say, and
//! which lines run inside a crate.

use super::manifest::dependencies;
use super::rust::words;
use super::{Finding, Tree};

/// Our crates, and which of ours each may depend on.
const CRATES: [(&str, &[&str]); 11] = [
    ("base", &[]),
    ("facts", &["base"]),
    ("intents", &["base"]),
    ("mapping", &["base", "facts", "intents"]),
    ("amazon", &["base", "facts", "intents"]),
    ("xero", &["base", "facts", "intents"]),
    ("store", &["base", "facts", "intents"]),
    ("sandbox", &["base"]),
    ("auditor", &["base"]),
    ("proof", &["base"]),
    (
        "app",
        &[
            "base", "facts", "intents", "mapping", "amazon", "xero", "store", "sandbox", "auditor",
            "proof",
        ],
    ),
];

/// The stories read a vendor's words on one side and write them on the other.
const FOR_TESTS: [(&str, &str); 2] = [("mapping", "amazon"), ("mapping", "xero")];

/// What only one crate may depend on, and why.
const ALONE: [(&str, &str, &str); 3] = [
    ("reqwest", "app", "only app opens sockets to the vendors"),
    ("aws-sdk-sqs", "app", "only app opens sockets to the vendors"),
    ("sqlx", "store", "only store talks to the database"),
];

/// Paths, and words that no code below them may contain.
const WORDS: [(&[&str], &[&str], &str); 5] = [
    (
        &["crates/amazon/src/source", "crates/xero/src/source"],
        &["intents::"],
        "a source says how their words become facts; it knows no intent",
    ),
    (
        &["crates/amazon/src/sink", "crates/xero/src/sink"],
        &["facts::"],
        "a sink says how intents become their words; it knows no fact",
    ),
    (
        &["crates/amazon/src/api", "crates/xero/src/api", "crates/sandbox/src"],
        &["json!", "from_value", "to_value"],
        "numbers would pass through serde_json's Value: use plain structs with base::Exact",
    ),
    (
        &["crates/amazon/src/api", "crates/xero/src/api"],
        &["flatten", "untagged"],
        "serde buffers there and a number's text is lost",
    ),
    (
        &["crates/mapping/src", "crates/proof/src"],
        &["std::fs", "std::net", "std::env", "std::thread", "std::process", "SystemTime", "tokio"],
        "deciding is pure: no clock, no file, no socket",
    ),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = between_crates(tree);
    found.extend(inside_crates(tree));
    found
}

fn between_crates(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files() {
        let Some(name) = crate_of(&file.path) else { continue };
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            let text = format!("crate {name} has no place among the arrows: a decision is needed");
            found.push(Finding::wrong(&file.path, 1, text));
            continue;
        };
        for dependency in dependencies(&file.text) {
            let other = dependency.name;
            let is_ours = CRATES.iter().any(|(known, _)| *known == other);
            let in_tests = dependency.is_for_tests && FOR_TESTS.contains(&(name, other));
            if is_ours && !allowed.contains(&other) && !in_tests {
                let text = format!("{name} must not see {other}");
                found.push(Finding::wrong(&file.path, dependency.line, text));
            }
            for (library, owner, why) in ALONE {
                if library == other && owner != name {
                    let text = format!("{name} must not use {library}: {why}");
                    found.push(Finding::wrong(&file.path, dependency.line, text));
                }
            }
        }
    }
    found
}

/// The crate whose `Cargo.toml` this is; the workspace's own is no crate's.
fn crate_of(path: &str) -> Option<&str> {
    path.strip_prefix("crates/")?.strip_suffix("/Cargo.toml")
}

fn inside_crates(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for (path, source) in tree.sources() {
        for (places, banned, why) in WORDS {
            if !places.iter().any(|place| is_below(path, place)) {
                continue;
            }
            for word in banned {
                for at in words(source.code(), word) {
                    if is_method(source.code(), at) {
                        continue; // An iterator may be flattened; a wire struct may not.
                    }
                    let text = format!("`{word}` does not belong here: {why}");
                    found.push(Finding::wrong(path, source.line_of(at), text));
                }
            }
        }
    }
    found
}

fn is_method(code: &str, at: usize) -> bool {
    code.get(..at).is_some_and(|before| before.trim_end().ends_with('.'))
}

/// True for `place.rs` and everything in the folder `place`.
fn is_below(path: &str, place: &str) -> bool {
    path.strip_prefix(place).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(tree: &Tree) -> Vec<String> {
        check(tree).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_auditor_shares_nothing_with_the_rules() {
        let tree = Tree::of(&[(
            "crates/auditor/Cargo.toml",
            "[dependencies]\nbase.workspace = true\nmapping.workspace = true\n",
        )]);
        assert_eq!(
            texts(&tree),
            vec!["crates/auditor/Cargo.toml:3: wrong: auditor must not see mapping"]
        );
    }

    #[test]
    fn only_the_stories_see_a_vendor_from_the_rules() {
        let tests = "[dev-dependencies]\namazon.workspace = true\n";
        assert!(texts(&Tree::of(&[("crates/mapping/Cargo.toml", tests)])).is_empty());
        let product = "[dependencies]\namazon.workspace = true\n";
        assert_eq!(texts(&Tree::of(&[("crates/mapping/Cargo.toml", product)])).len(), 1);
    }

    #[test]
    fn sockets_and_databases_have_one_owner_each() {
        let text = "[dependencies]\nreqwest.workspace = true\nsqlx.workspace = true\n";
        assert_eq!(texts(&Tree::of(&[("crates/xero/Cargo.toml", text)])).len(), 2);
        assert_eq!(texts(&Tree::of(&[("crates/app/Cargo.toml", text)])).len(), 1);
    }

    #[test]
    fn a_source_does_not_name_an_intent() {
        let tree = Tree::of(&[
            ("crates/xero/src/source.rs", "// intents are for others\nuse intents::Intent;\n"),
            ("crates/xero/src/sink/build.rs", "use facts::Chart;\n"),
            ("crates/xero/src/lib.rs", "use facts::Chart;\nuse intents::Intent;\n"),
        ]);
        let found = texts(&tree);
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|text| text.starts_with("crates/xero/src/source.rs:2:")));
    }

    #[test]
    fn the_vendors_json_is_never_a_loose_value() {
        let tree = Tree::of(&[(
            "crates/sandbox/src/xero/json.rs",
            "let x = json!({\"a\": 1.10});\nlet y = serde_json::from_value(x);",
        )]);
        assert_eq!(texts(&tree).len(), 2);
    }

    #[test]
    fn an_iterator_may_be_flattened_and_a_wire_struct_may_not() {
        let path = "crates/xero/src/api/invoices.rs";
        assert!(texts(&Tree::of(&[(path, "lines.iter().flatten()")])).is_empty());
        assert_eq!(texts(&Tree::of(&[(path, "#[serde(default, flatten)]")])).len(), 1);
    }

    #[test]
    fn a_new_crate_needs_a_decision() {
        let tree = Tree::of(&[("crates/extra/Cargo.toml", "[dependencies]\n")]);
        assert_eq!(texts(&tree).len(), 1);
    }
}
