//! `cargo xtask gen`: the committed files that are made from others. Tidy refuses a stale one.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use anyhow::Result;

use crate::tidy::Tree;
use crate::{shell, suite};

/// Rewrites the stories' expectations, then every index.
pub(crate) fn all() -> Result<()> {
    let root = shell::root()?;
    if !stories(&Tree::read(&root)?).is_empty() {
        suite::rewrite_stories()?;
    }
    for (path, text) in made(&Tree::read(&root)?) {
        std::fs::write(root.join(path), text)?;
        shell::say(path);
    }
    Ok(())
}

/// Each made file with what it should hold.
pub(crate) fn made(tree: &Tree) -> Vec<(&'static str, String)> {
    let mut made = Vec::new();
    if tree.files().iter().any(|file| file.path.starts_with("docs/errors/")) {
        made.push(("docs/errors/README.md", errors(tree)));
    }
    if !stories(tree).is_empty() {
        made.push(("stories/README.md", specification(tree)));
    }
    made
}

/// The folders of stories, sorted.
pub(crate) fn stories(tree: &Tree) -> BTreeSet<&str> {
    tree.paths()
        .iter()
        .filter_map(|path| path.strip_prefix("stories/")?.split_once('/'))
        .map(|(folder, _)| folder)
        .collect()
}

fn errors(tree: &Tree) -> String {
    let mut text = String::from(
        "# Errors\n\nWhat each code means and what to do about it. Made by `cargo xtask gen` from \
         the pages' first lines.\n\n| code | what it is |\n|---|---|\n",
    );
    for file in tree.files() {
        let Some(page) = file.path.strip_prefix("docs/errors/") else { continue };
        let title = file.text.lines().next().unwrap_or_default();
        if let Some((code, what)) = title.trim_start_matches("# ").split_once(": ") {
            // Text only; writing it cannot fail.
            writeln!(text, "| [{code}]({page}) | {what} |").unwrap_or_default();
        }
    }
    text
}

/// The stories with what each says of itself: the first line of its intents.
fn specification(tree: &Tree) -> String {
    let mut text = String::from(
        "# Stories\n\nWhat Daybook does, one business situation at a time: what Amazon said, the \
         facts, the rules, the intents, and what Xero gets. Made by `cargo xtask gen`.\n\n\
         | story | what it shows |\n|---|---|\n",
    );
    for story in stories(tree) {
        let intents = tree.text(&format!("stories/{story}/4-intents.txt")).unwrap_or_default();
        let what = intents.lines().next().unwrap_or_default().trim_start_matches(['#', ' ']);
        let name = story.replace('_', " ");
        writeln!(text, "| [{name}]({story}/4-intents.txt) | {what} |").unwrap_or_default();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_index_of_errors_has_a_line_for_each_page() {
        let tree = Tree::of(&[
            ("docs/errors/README.md", "old"),
            ("docs/errors/disk_full.md", "# `disk_full`: the disk is full\n\nMore.\n"),
        ]);
        let text = errors(&tree);
        assert!(text.ends_with("|---|---|\n| [`disk_full`](disk_full.md) | the disk is full |\n"));
    }

    #[test]
    fn the_index_of_stories_has_the_first_line_of_each() {
        let tree = Tree::of(&[("stories/a_sale/4-intents.txt", "# One item, VAT inside.\nx\n")]);
        assert!(specification(&tree).contains("| [a sale](a_sale/4-intents.txt) | One item, VAT"));
    }
}
