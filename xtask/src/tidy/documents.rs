//! Documents that are kept true: decisions have a state, stories are whole, what a page points to
//! exists, and what is made from other files is fresh.

use super::{Finding, Tree};
use crate::generate;

const DECISIONS: &str = "docs/decisions/";
const STORY: [&str; 5] =
    ["1-amazon.json", "2-facts.txt", "3-rules.txt", "4-intents.txt", "5-xero.txt"];

/// How a story of settlements begins: with a settlement file as Amazon writes it.
const SETTLEMENT_FILE: &str = "1-amazon.txt";

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = decisions(tree);
    found.extend(stories(tree));
    found.extend(paths_of_the_map(tree));
    found.extend(links(tree));
    found.extend(made(tree));
    found
}

/// A decision has a state and a date, and its number is the next one.
fn decisions(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let pages = tree.files().iter().filter(|file| file.path.starts_with(DECISIONS));
    for (index, file) in pages.enumerate() {
        let name = file.path.strip_prefix(DECISIONS).unwrap_or_default();
        if !name.starts_with(&format!("{:04}-", index + 1)) {
            let text = format!("the next decision's name begins with {:04}-", index + 1);
            found.push(Finding::wrong(&file.path, 1, text));
        }
        let has_line = |start: &str| file.lines().any(|(_, line)| line.starts_with(start));
        let states = ["accepted", "superseded by ", "rejected"];
        if !states.iter().any(|state| has_line(&format!("Status: {state}"))) {
            let text = "a decision has a line \"Status: accepted\", or superseded by which";
            found.push(Finding::wrong(&file.path, 1, text));
        }
        if !has_line("Date: 2") {
            found.push(Finding::wrong(&file.path, 1, "a decision has a line \"Date: YYYY-MM-DD\""));
        }
        for heading in ["## Context", "## Decision", "## Consequences"] {
            if !has_line(heading) {
                found.push(Finding::wrong(&file.path, 1, format!("\"{heading}\" is missing")));
            }
        }
    }
    found
}

/// Each story is told at all five stages.
fn stories(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for story in generate::stories(tree) {
        let is_of_settlements = tree.has(&format!("stories/{story}/{SETTLEMENT_FILE}"));
        for name in STORY {
            if is_of_settlements && name == STORY[0] {
                continue;
            }
            if !tree.has(&format!("stories/{story}/{name}")) {
                let text = format!("the story is not told whole: {name} is missing");
                found.push(Finding::wrong(&format!("stories/{story}"), 1, text));
            }
        }
    }
    found
}

/// Every path that ARCHITECTURE.md names in back quotes exists.
fn paths_of_the_map(tree: &Tree) -> Vec<Finding> {
    let path = "ARCHITECTURE.md";
    let Some(file) = tree.files().iter().find(|file| file.path == path) else {
        return vec![Finding::wrong(path, 1, "there is no map of the house")];
    };
    let mut found = Vec::new();
    for (line, text) in file.lines() {
        for word in text.split('`').skip(1).step_by(2) {
            let first = word.split('/').next().unwrap_or_default();
            let is_path = word.contains('/') && !word.contains([' ', '<', '{', '*']);
            if is_path && is_top(tree, first) && !tree.has(word) {
                found.push(Finding::wrong(path, line, format!("{word} does not exist")));
            }
        }
    }
    found
}

fn is_top(tree: &Tree, folder: &str) -> bool {
    let known = ["crates", "docs", "stories", "benches", "xtask", "web", ".ci"];
    known.contains(&folder) || tree.has(folder)
}

/// Every relative link of a document leads to a file.
fn links(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| file.extension() == "md") {
        let folder = file.path.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (line, text) in file.lines() {
            for rest in text.split("](").skip(1) {
                let target = rest.split([')', '#']).next().unwrap_or_default();
                if target.is_empty() || target.contains(':') || tree.has(&resolve(folder, target)) {
                    continue;
                }
                found.push(Finding::wrong(&file.path, line, format!("{target} does not exist")));
            }
        }
    }
    found
}

fn resolve(folder: &str, target: &str) -> String {
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in target.split('/') {
        match part {
            "." | "" => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    parts.join("/")
}

/// What `cargo xtask gen` would write is what is there.
fn made(tree: &Tree) -> Vec<Finding> {
    generate::made(tree)
        .into_iter()
        .filter(|(path, text)| tree.text(path) != Some(text.as_str()))
        .map(|(path, _)| Finding::wrong(path, 1, "is not fresh: run `cargo xtask gen`"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decision_has_a_state_a_date_and_the_next_number() {
        let good =
            "# 1\nStatus: accepted\nDate: 2026-11-24\n## Context\n## Decision\n## Consequences\n";
        let tree = Tree::of(&[("docs/decisions/0001-two-licences.md", good)]);
        assert!(decisions(&tree).is_empty());
        let tree = Tree::of(&[("docs/decisions/0003-ids.md", "# Ids\n")]);
        assert_eq!(decisions(&tree).len(), 6);
    }

    #[test]
    fn a_story_is_told_whole() {
        let tree = Tree::of(&[("stories/a_sale/1-amazon.json", "{}"), ("stories/README.md", "")]);
        assert_eq!(stories(&tree).len(), 4);
    }

    #[test]
    fn the_map_names_only_what_exists() {
        let map = "See `crates/base/src/money.rs`, `crates/gone/`, `a/b` and `PUT /Invoices`.\n";
        let tree = Tree::of(&[("ARCHITECTURE.md", map), ("crates/base/src/money.rs", "")]);
        let found: Vec<String> = paths_of_the_map(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found, vec!["ARCHITECTURE.md:1: wrong: crates/gone/ does not exist"]);
    }

    #[test]
    fn a_link_leads_somewhere() {
        let page = "[a](../words.md) [b](gone.md) [c](https://example.com) [d](#below)\n";
        let tree = Tree::of(&[("docs/errors/README.md", page), ("docs/words.md", "")]);
        assert_eq!(links(&tree).len(), 1);
    }
}
