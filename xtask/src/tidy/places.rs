//! What must not be committed: paths of one machine, addresses of package registries, work left
//! for later, and names of documents that are not here.

use super::{Finding, Tree};

/// Written in pieces, so that this file may be committed.
const MACHINE: [&str; 3] = [concat!("/wo", "rk/"), concat!("/ro", "ot/"), concat!("/ho", "me/")];
const SCRATCH: &str = concat!("/tm", "p/t");
const NEIGHBOUR: &str = concat!("../sha", "red");
/// The one file that may look beside the repository, if something is there.
const MAY_LOOK_BESIDE: &str = ".ci/run";
const REGISTRIES: [&str; 7] = [
    concat!("npm", "js.org"),
    concat!("npm", "js.com"),
    concat!("yarnpkg", ".com"),
    concat!("pypi", ".org"),
    concat!("pythonhosted", ".org"),
    concat!("crates", ".io"),
    concat!("debian", ".org"),
];
const LATER: [&str; 4] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("to", "do!("),
    concat!("unimple", "mented!("),
];

pub(super) fn check(tree: &Tree) -> Vec<Finding> {
    let mut found = Vec::new();
    for file in tree.files() {
        for (line, text) in file.lines() {
            let mut say = |text: String| found.push(Finding::wrong(&file.path, line, text));
            for path in MACHINE.iter().filter(|path| text.contains(**path)) {
                say(format!("{path} is a path of one machine"));
            }
            if numbered(text, SCRATCH) {
                say("a scratch folder of one machine".to_owned());
            }
            if text.contains(NEIGHBOUR) && file.path != MAY_LOOK_BESIDE {
                say("a folder outside the repository".to_owned());
            }
            for host in hosts(text) {
                if REGISTRIES.iter().any(|registry| host.ends_with(registry)) {
                    say(format!("{host} is a package registry: its client knows the address"));
                }
            }
            for word in LATER.iter().filter(|word| text.contains(**word)) {
                say(format!("{word} leaves work behind: do it, or file an issue"));
            }
            // In code only a comment points a reader to a document.
            let is_prose = file.extension() != "rs" || text.trim_start().starts_with("//");
            for name in documents(text).filter(|_| is_prose) {
                let ends = |path: &String| path.rsplit('/').next() == Some(name);
                if !tree.paths().iter().any(ends) {
                    say(format!("{name} is not in this repository"));
                }
            }
        }
    }
    found
}

/// True when the text has the start followed by a digit.
fn numbered(text: &str, start: &str) -> bool {
    text.split(start).skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
}

/// The hosts of a line's web addresses.
fn hosts(text: &str) -> impl Iterator<Item = &str> {
    text.split("://").skip(1).filter_map(|rest| {
        rest.split(|c: char| !(c.is_alphanumeric() || c == '.' || c == '-')).next()
    })
}

/// The names of Markdown documents that a line mentions, outside web addresses.
fn documents(text: &str) -> impl Iterator<Item = &str> {
    let is_end = |c: char| !(c.is_alphanumeric() || "-_./:~%*{}<>…".contains(c));
    text.split(is_end)
        .map(|word| word.trim_end_matches(['.', ':']))
        .filter(|word| !word.contains("://"))
        .filter_map(|word| word.rsplit('/').next())
        .filter(|name| name.rsplit_once('.').is_some_and(|(_, extension)| extension == "md"))
        .filter(|name| name.starts_with(|c: char| c.is_alphanumeric()))
        .filter(|name| !name.contains(['*', '{', '<', '…']))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, text: &str) -> usize {
        check(&Tree::of(&[(path, text)])).len()
    }

    #[test]
    fn a_path_of_one_machine_is_refused() {
        assert_eq!(found("a.md", &format!("cd {}main", MACHINE[0])), 1);
        assert_eq!(found("a.md", &format!("{SCRATCH}7 {SCRATCH}est")), 1);
        assert_eq!(found("a.md", "the workshop is at work/here"), 0);
    }

    #[test]
    fn a_registrys_address_is_refused_and_a_documentation_page_is_not() {
        assert_eq!(found("a.json", &format!("https://registry.{}/x", REGISTRIES[0])), 1);
        assert_eq!(found("a.md", "https://docs.rs/serde and https://developer.xero.com/"), 0);
        // Cargo's own lock file names the index by its repository.
        let index = "registry+https://github.com/rust-lang/crates.io-index";
        assert_eq!(found("Cargo.lock", index), 0);
    }

    #[test]
    fn only_the_ci_script_looks_beside_the_repository() {
        assert_eq!(found("docs/a.md", NEIGHBOUR), 1);
        assert_eq!(found(".ci/run", NEIGHBOUR), 0);
    }

    #[test]
    fn work_is_not_left_behind() {
        assert_eq!(found("a.rs", &format!("// {}: later", LATER[0])), 1);
        assert_eq!(found("a.rs", "// a method of todos"), 0);
    }

    #[test]
    fn a_document_that_is_named_is_here() {
        assert_eq!(found("a.rs", "/// See `elsewhere.md`, section 3."), 1);
        assert_eq!(found("a.md", "a.md, `docs/a.md` and docs/errors/*.md"), 0);
        assert_eq!(found("a.md", "https://example.com/page.md"), 0);
    }
}
