//! One word for one idea: the list is `docs/words.md`, and its last column is what is refused in
//! the names of files, types and tables.

use super::rust::{identifier, words};
use super::{Finding, Tree};

const LIST: &str = "docs/words.md";

/// Names that say where a thing was put and not what it is.
const FILES: [&str; 14] = [
    "common", "commons", "handler", "handlers", "helper", "helpers", "manager", "misc", "mod",
    "service", "services", "types", "util", "utils",
];

/// The vendors' own words live here.
const VENDORS: [&str; 3] = ["crates/amazon/src/api", "crates/xero/src/api", "crates/sandbox/"];

/// A word that our names must not contain.
#[derive(Debug, PartialEq, Eq)]
struct Banned {
    word: String,
    /// The word to use.
    instead: String,
    /// Crates that mean something else by it.
    except: Vec<String>,
}

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let list = banned(tree.text(LIST).unwrap_or_default());
    let mut found = files(tree);
    for (path, source) in tree.sources() {
        if VENDORS.iter().any(|place| path.starts_with(place)) {
            continue;
        }
        for keyword in ["struct", "enum", "trait", "type"] {
            for at in words(source.code(), keyword) {
                let rest = source.code().get(at + keyword.len()..).unwrap_or_default();
                let name = identifier(rest.trim_start());
                let text = judge(&list, path, name, &camel(name));
                found.extend(text.map(|text| Finding::wrong(path, source.line_of(at), text)));
            }
        }
    }
    found.extend(tables(tree, &list));
    found
}

fn files(tree: &Tree) -> Vec<Finding> {
    let code = ["rs", "ts", "tsx"];
    let mut found = Vec::new();
    for path in tree.paths() {
        let name = path.rsplit('/').next().unwrap_or_default();
        let Some((stem, extension)) = name.rsplit_once('.') else { continue };
        if code.contains(&extension) && FILES.contains(&stem) {
            let text =
                format!("{name} says where it is, not what it is: name it after its subject");
            found.push(Finding::wrong(path, 1, text));
        }
    }
    found
}

/// Tables are named by the same words.
fn tables(tree: &Tree, list: &[Banned]) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files().iter().filter(|file| file.path.starts_with("crates/store/")) {
        for (line, text) in file.lines() {
            let Some((_, rest)) = text.split_once("CREATE TABLE ") else { continue };
            let name = identifier(rest.trim_start_matches("IF NOT EXISTS ").trim_start());
            let parts: Vec<String> = name.split('_').map(singular).collect();
            let text = judge(list, &file.path, name, &parts);
            found.extend(text.map(|text| Finding::wrong(&file.path, line, text)));
        }
    }
    found
}

fn judge(list: &[Banned], path: &str, name: &str, parts: &[String]) -> Option<String> {
    let home = path.strip_prefix("crates/").and_then(|rest| rest.split('/').next()).unwrap_or("");
    let hit = list
        .iter()
        .find(|banned| parts.contains(&banned.word) && !banned.except.iter().any(|e| e == home))?;
    Some(format!("{name}: our word is {}, not {} ({LIST})", hit.instead, hit.word))
}

/// Rows `| word | meaning | refused |`, refused words in back quotes, each perhaps followed by
/// `(except in a, b)`.
fn banned(list: &str) -> Vec<Banned> {
    let mut found = Vec::new();
    for row in list.lines().filter_map(|line| line.strip_prefix("| ")) {
        let cells: Vec<&str> = row.trim_end_matches(['|', ' ']).split(" | ").collect();
        let [word, _, refused] = cells.as_slice() else { continue };
        let mut parts = refused.split('`').skip(1);
        while let (Some(refused), after) = (parts.next(), parts.next().unwrap_or_default()) {
            let except = after.trim_start().strip_prefix("(except in ");
            let except = except.and_then(|rest| rest.split(')').next()).unwrap_or_default();
            found.push(Banned {
                word: singular(refused),
                instead: word.trim().trim_matches('*').to_owned(),
                except: except.split(", ").map(str::to_owned).collect(),
            });
        }
    }
    found
}

/// `IntentRecord` is made of `intent` and `record`.
fn camel(name: &str) -> Vec<String> {
    let mut parts: Vec<String> = Vec::new();
    for c in name.chars() {
        match parts.last_mut() {
            Some(part) if !c.is_uppercase() => part.push(c),
            _ => parts.push(c.to_lowercase().to_string()),
        }
    }
    parts.iter().map(|part| singular(part)).collect()
}

fn singular(word: &str) -> String {
    let word = word.to_lowercase();
    word.strip_suffix('s').map_or(word.clone(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    const WORDS: &str = "| word | meaning | refused in names |\n|---|---|---|\n| **fact** | what happened | `event` (except in intents, app), `record` |\n| **lane** | one at a time | `queue` |\n";

    #[test]
    fn the_list_is_read_from_the_glossary() {
        let list = banned(WORDS);
        assert_eq!(list.len(), 3);
        assert_eq!(list.first().unwrap().except, vec!["intents", "app"]);
        assert_eq!(list.first().unwrap().instead, "fact");
    }

    #[test]
    fn a_synonym_in_a_types_name_is_refused() {
        let tree = Tree::of(&[
            (LIST, WORDS),
            (
                "crates/store/src/a.rs",
                "pub struct OrderRecords;\nenum Event {}\nstruct Recorder;\n",
            ),
            ("crates/intents/src/a.rs", "pub enum Event {}\n"),
            ("crates/xero/src/api/a.rs", "pub struct Record {}\n"),
        ]);
        let found: Vec<String> = check(&tree).iter().map(ToString::to_string).collect();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.first().unwrap().contains("OrderRecords: our word is fact, not record"));
    }

    #[test]
    fn a_table_is_named_by_the_same_words() {
        let sql = "const SQL: &str = \"CREATE TABLE IF NOT EXISTS work_queue (id TEXT)\";";
        let tree = Tree::of(&[(LIST, WORDS), ("crates/store/src/a.rs", sql)]);
        assert_eq!(check(&tree).len(), 1);
    }

    #[test]
    fn a_file_is_named_after_its_subject() {
        let tree = Tree::of(&[("crates/base/src/utils.rs", ""), ("crates/base/src/money.rs", "")]);
        assert_eq!(check(&tree).len(), 1);
    }
}
