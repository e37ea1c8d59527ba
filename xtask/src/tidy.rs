//! The house rules that no lint can hold: sizes, arrows, words, pages, and what must not be
//! committed. Each check reads the tree and returns what it found; none of them changes a thing.

mod arrows;
mod blank;
mod codes;
mod documents;
mod manifest;
mod places;
mod rust;
mod sizes;
mod tree;
mod words;

use std::fmt;

pub(crate) use tree::Tree;

/// Something that a check has to say about a line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Finding {
    path: String,
    line: usize,
    weight: Weight,
    text: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Weight {
    /// It must be mended before it lands.
    Wrong,
    /// It comes near a limit.
    Near,
}

impl Finding {
    fn wrong(path: &str, line: usize, text: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line, weight: Weight::Wrong, text: text.into() }
    }

    fn near(path: &str, line: usize, text: impl Into<String>) -> Finding {
        Finding { path: path.to_owned(), line, weight: Weight::Near, text: text.into() }
    }

    pub(crate) fn is_wrong(&self) -> bool {
        self.weight == Weight::Wrong
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.weight {
            Weight::Wrong => "wrong",
            Weight::Near => "near",
        };
        write!(f, "{}:{}: {word}: {}", self.path, self.line, self.text)
    }
}

/// All checks over the tree, in the order of the files.
pub(crate) fn findings(tree: &Tree) -> Vec<Finding> {
    let checks: [fn(&Tree) -> Vec<Finding>; 7] = [
        sizes::check,
        arrows::check,
        words::check,
        codes::check,
        documents::check,
        manifest::check,
        places::check,
    ];
    let mut found: Vec<Finding> = checks.iter().flat_map(|check| check(tree)).collect();
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tree_is_tidy() {
        let tree = Tree::read(&crate::shell::root().unwrap()).unwrap();
        let wrong: Vec<String> = findings(&tree)
            .iter()
            .filter(|finding| finding.is_wrong())
            .map(ToString::to_string)
            .collect();
        assert!(wrong.is_empty(), "the house rules are broken:\n{}", wrong.join("\n"));
    }

    #[test]
    fn a_finding_reads_like_a_compilers() {
        let finding = Finding::wrong("crates/base/src/money.rs", 12, "too long");
        assert_eq!(finding.to_string(), "crates/base/src/money.rs:12: wrong: too long");
    }
}
