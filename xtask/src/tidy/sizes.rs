//! Files that can be read at one sitting, functions that can be read at one glance.

use super::{Finding, Tree};

/// Lines of a Rust file before its tests.
const FILE: Limit = Limit { near: 200, most: 400 };
/// Lines of code of a function.
const FUNCTION: Limit = Limit { near: 50, most: 70 };
/// Lines of the one document that is meant to be read at one sitting.
const ARCHITECTURE: Limit = Limit { near: 250, most: 400 };
/// Lines of one file of a story: one screen.
const STORY: usize = 60;
/// Lines of a crate before its tests; beyond it, split where the new line forbids something.
const CRATE: usize = 3000;

struct Limit {
    near: usize,
    most: usize,
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut crates = std::collections::BTreeMap::<String, usize>::new();
    for (path, source) in tree.sources() {
        for function in source.functions() {
            let what = format!("function {}", function.name);
            found.extend(FUNCTION.judge(path, function.line, &what, function.lines));
        }
        if path.split('/').any(|folder| folder == "tests") {
            continue;
        }
        let lines = source.product().lines().count();
        found.extend(FILE.judge(path, 1, "the file", lines));
        if let Some((folder, _)) = path.split_once("/src/") {
            *crates.entry(folder.to_owned()).or_default() += lines;
        }
    }
    for (folder, lines) in crates {
        if lines > CRATE {
            let text = format!("the crate has {lines} lines before its tests; {CRATE} is the aim");
            found.push(Finding::near(&format!("{folder}/src/lib.rs"), 1, text));
        }
    }
    found.extend(documents(tree));
    found
}

fn documents(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files() {
        let lines = file.text.lines().count();
        if file.path == "ARCHITECTURE.md" {
            found.extend(ARCHITECTURE.judge(&file.path, 1, "the document", lines));
        }
        let is_of_a_story = file.path.starts_with("stories/") && file.path != "stories/README.md";
        if is_of_a_story && lines > STORY {
            let text = format!("a story's file has {lines} lines; one screen, {STORY}, is the aim");
            found.push(Finding::near(&file.path, 1, text));
        }
    }
    found
}

impl Limit {
    fn judge(&self, path: &str, line: usize, what: &str, lines: usize) -> Option<Finding> {
        if lines > self.most {
            let text = format!("{what} has {lines} lines, more than {}", self.most);
            return Some(Finding::wrong(path, line, text));
        }
        let text = format!("{what} has {lines} lines; {} is the aim", self.near);
        (lines > self.near).then(|| Finding::near(path, line, text))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tests_do_not_count_towards_a_files_size() {
        let long = "fn a() {}\n".repeat(390);
        let tests = format!("#[cfg(test)]\nmod tests {{\n{}}}\n", "    fn b() {}\n".repeat(300));
        let file = format!("{long}{tests}");
        let tree = Tree::of(&[("crates/base/src/a.rs", &file)]);
        assert!(check(&tree).iter().all(|finding| !finding.is_wrong()));
        let longer = "fn a() {}\n".repeat(401);
        let tree = Tree::of(&[("crates/base/src/a.rs", &longer)]);
        assert_eq!(check(&tree).iter().filter(|finding| finding.is_wrong()).count(), 1);
    }

    #[test]
    fn a_long_function_is_named_with_its_line() {
        let body = "    x();\n".repeat(80);
        let file = format!("\nfn endless() {{\n{body}}}\n");
        let tree = Tree::of(&[("crates/base/src/a.rs", &file)]);
        let found = check(&tree);
        assert_eq!(
            found.first().unwrap().to_string(),
            "crates/base/src/a.rs:2: wrong: function endless has 82 lines, more than 70"
        );
    }
}
