//! Every code that a person can meet has a page in `docs/errors`, and every page a code.

use std::collections::BTreeMap;

use super::rust::{Source, words};
use super::{Finding, Tree};

const PAGES: &str = "docs/errors/";
/// Made from the pages by `cargo xtask gen`.
const INDEX: &str = "docs/errors/README.md";
/// What a page tells, in this order.
const HEADINGS: [&str; 2] = ["## What it means", "## What to do"];

/// The crates whose errors reach a person. The sandbox speaks with the vendors' codes.
const CRATES: [&str; 7] = ["intents", "mapping", "amazon", "xero", "store", "proof", "app"];

/// A code stands right after one of these.
const BEFORE: [&str; 8] = [
    "Reason::new(",
    "Failure::new(",
    "Stop::new(",
    "stop(",
    "refused(",
    "alarm(",
    "code:",
    "hold: Some(",
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let codes = codes(tree);
    let tests = tests(tree);
    let is_tested = |code: &str| tests.iter().any(|text| !words(text, code).is_empty());
    let mut found = Vec::new();
    for (code, (path, line)) in &codes {
        if !tree.has(&format!("{PAGES}{code}.md")) {
            let text = format!("the code {code} has no page {PAGES}{code}.md");
            found.push(Finding::wrong(path, *line, text));
        } else if !is_tested(code) {
            found.push(Finding::near(path, *line, format!("no test names the code {code}")));
        }
    }
    for file in tree.files().iter().filter(|file| file.path.starts_with(PAGES)) {
        if file.path == INDEX {
            continue;
        }
        let code = page_of(&file.path);
        if !codes.contains_key(code) {
            found.push(Finding::wrong(&file.path, 1, format!("nothing has the code {code}")));
        }
        if !file.text.starts_with(&format!("# `{code}`: ")) {
            let text = format!("the page begins with \"# `{code}`: \" and one line of what it is");
            found.push(Finding::wrong(&file.path, 1, text));
        }
        for heading in HEADINGS {
            if !file.text.contains(heading) {
                found.push(Finding::wrong(&file.path, 1, format!("\"{heading}\" is missing")));
            }
        }
    }
    found
}

/// Every code in the product, with the first place that it stands in.
fn codes(tree: &Tree) -> BTreeMap<String, (String, usize)> {
    let mut found = BTreeMap::new();
    for (path, source) in tree.sources() {
        let inside = |name: &&str| path.starts_with(&format!("crates/{name}/src/"));
        if !CRATES.iter().any(inside) {
            continue;
        }
        for (at, code) in in_source(&source) {
            let place = (path.to_owned(), source.line_of(at));
            found.entry(code.to_owned()).or_insert(place);
        }
    }
    found
}

fn in_source<'a>(source: &Source<'a>) -> Vec<(usize, &'a str)> {
    let product = source.product();
    let mut found = Vec::new();
    for before in BEFORE {
        for (at, _) in product.match_indices(before) {
            let after = at + before.len();
            found.extend(source.string_at(after).map(|code| (after, code)));
        }
    }
    for at in words(product, "fn") {
        if gives_a_code(product, at)
            && let Some((open, close)) = source.body(at)
        {
            found.extend(source.strings(open, close));
        }
    }
    for at in words(product, "const") {
        let name = product.get(at..).and_then(|rest| rest.split(':').next()).unwrap_or_default();
        if name.ends_with("CODES") || name.ends_with("CODE") {
            found.extend(source.strings(at, source.statement_end(at)));
        }
    }
    found.retain(|(_, code)| is_code(code));
    found
}

/// A function named `code` or `…_code` that returns nothing but text of ours, or the one that says
/// why an intent is held.
fn gives_a_code(product: &str, at: usize) -> bool {
    let rest = product.get(at + 2..).unwrap_or_default().trim_start();
    let Some((name, after)) = rest.split_once('(') else { return false };
    let signature = after.split('{').next().unwrap_or_default();
    let is_named = name == "code" || name.ends_with("_code");
    (is_named && signature.contains("-> &'static str"))
        || (name == "hold" && signature.contains("-> Option<String>"))
}

fn is_code(text: &str) -> bool {
    let is_part = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_');
    // The databases' own codes, such as 53100, are looked at too and are none of ours.
    text.len() > 2
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(is_part)
}

/// The text of every test and every story: a code that stands nowhere in it is not tested.
fn tests(tree: &Tree) -> Vec<&str> {
    let is_test = |path: &str| {
        path.starts_with("stories/") || (path.starts_with("crates/") && path.contains("/tests/"))
    };
    let whole = tree.files().iter().filter(|file| is_test(&file.path));
    let parts = tree.sources().filter(|(path, _)| path.starts_with("crates/"));
    whole.map(|file| file.text.as_str()).chain(parts.map(|(_, source)| source.tests())).collect()
}

/// The code that a page is about.
fn page_of(path: &str) -> &str {
    path.strip_prefix(PAGES).and_then(|name| name.strip_suffix(".md")).unwrap_or(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = "
        fn a() -> Reason { Reason::new(\n    \"untied_total\", \"words\") }
        impl E { pub fn code(&self) -> &'static str { match self { E::A => \"disk_full\" } } }
        const REFUSAL_CODES: [(&str, &str); 1] = [(\"Some words\", \"period_locked\")];
        fn code(&self) -> &str { \"GBP\" }
        #[cfg(test)]
        mod tests { fn b() { Reason::new(\"made_up\", \"\"); let c = \"untied_total\"; } }";

    const PAGE: &str =
        "# `untied_total`: it does not add up\n\n## What it means\n\n## What to do\n";

    #[test]
    fn codes_are_found_where_they_are_written() {
        let tree = Tree::of(&[("crates/mapping/src/a.rs", SOURCE)]);
        let found: Vec<String> = codes(&tree).into_keys().collect();
        assert_eq!(found, vec!["disk_full", "period_locked", "untied_total"]);
    }

    #[test]
    fn a_code_without_a_page_and_a_page_without_a_code_are_refused() {
        let tree = Tree::of(&[
            ("crates/mapping/src/a.rs", SOURCE),
            ("docs/errors/untied_total.md", PAGE),
            ("docs/errors/forgotten.md", "# `forgotten`: x\n## What it means\n## What to do\n"),
            ("docs/errors/README.md", "an index"),
        ]);
        let wrong: Vec<String> =
            check(&tree).iter().filter(|f| f.is_wrong()).map(ToString::to_string).collect();
        assert_eq!(wrong.len(), 3, "{wrong:?}");
        assert!(wrong.iter().any(|text| text.contains("nothing has the code forgotten")));
    }

    #[test]
    fn a_page_says_what_it_means_and_what_to_do() {
        let tree = Tree::of(&[
            ("crates/mapping/src/a.rs", "fn a() { Reason::new(\"untied_total\", \"\"); }"),
            ("docs/errors/untied_total.md", "# untied\n"),
        ]);
        assert_eq!(check(&tree).iter().filter(|finding| finding.is_wrong()).count(), 3);
    }
}
