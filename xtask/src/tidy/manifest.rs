//! `Cargo.toml`, read line by line: every entry of ours stands on one line.

use super::{Finding, Tree};

/// One dependency of a crate.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Dependency<'a> {
    pub(super) name: &'a str,
    pub(super) line: usize,
    /// Only its tests need it.
    pub(super) is_for_tests: bool,
}

/// The dependencies that a crate's `Cargo.toml` names.
pub(super) fn dependencies(text: &str) -> Vec<Dependency<'_>> {
    entries(text)
        .filter_map(|(section, line, entry)| {
            let is_for_tests = match section {
                "dependencies" | "build-dependencies" => false,
                "dev-dependencies" => true,
                _ => return None,
            };
            let name = entry.split(['=', '.', ' ']).next()?;
            Some(Dependency { name, line, is_for_tests })
        })
        .collect()
}

/// Each third-party dependency is exact and says what it is for.
pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let path = "Cargo.toml";
    let text = tree.text(path).unwrap_or_default();
    let mut found = Vec::new();
    for (section, line, entry) in entries(text) {
        if section != "workspace.dependencies" || entry.contains("path = ") {
            continue;
        }
        let name = entry.split([' ', '=']).next().unwrap_or_default();
        if !entry.contains("\"=") {
            let text = format!("{name} has no exact version: an update is a change to review");
            found.push(Finding::wrong(path, line, text));
        }
        if entry.split_once('#').is_none_or(|(_, why)| why.trim().is_empty()) {
            found.push(Finding::wrong(path, line, format!("{name} does not say what it is for")));
        }
    }
    found
}

/// Entries with the section they stand in and their line.
fn entries(text: &str) -> impl Iterator<Item = (&str, usize, &str)> {
    let mut section = "";
    text.lines().enumerate().filter_map(move |(index, line)| {
        let line = line.trim();
        if let Some(name) = line.strip_prefix('[') {
            section = name.trim_end_matches(']');
            return None;
        }
        let is_entry = !line.is_empty() && !line.starts_with('#') && line.contains('=');
        is_entry.then_some((section, index + 1, line))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_read_with_their_lines() {
        let text = "[package]\nname = \"a\"\n[dependencies]\nbase.workspace = true\n\n[dev-dependencies]\nproptest = { workspace = true }\n";
        assert_eq!(
            dependencies(text),
            vec![
                Dependency { name: "base", line: 4, is_for_tests: false },
                Dependency { name: "proptest", line: 7, is_for_tests: true },
            ]
        );
    }

    #[test]
    fn a_dependency_says_what_it_is_for_and_which_it_is() {
        let text = "[workspace.dependencies]\nbase = { path = \"crates/base\" }\nserde = \"=1.0.229\" # wire shapes\njiff = \"=1.0.1\"\nbytes = \"1\" # bodies\n";
        let found = check(&Tree::of(&[("Cargo.toml", text)]));
        let lines: Vec<usize> = found.iter().map(|finding| finding.line).collect();
        assert_eq!(lines, vec![4, 5]);
    }
}
