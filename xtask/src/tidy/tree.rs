//! The files that are, or are about to be, committed.

use std::path::Path;
use std::process::Command;

use anyhow::Result;

use super::rust::Source;
use crate::shell;

pub(crate) struct Tree {
    /// By path, sorted; text files only.
    files: Vec<File>,
    /// Every path, pictures and other bytes included.
    paths: Vec<String>,
}

pub(crate) struct File {
    /// From the root, with `/`.
    pub(crate) path: String,
    pub(crate) text: String,
}

impl Tree {
    /// What git tracks and what it would add; what it ignores is none of ours.
    pub(crate) fn read(root: &Path) -> Result<Tree> {
        let listed = shell::output(
            Command::new("git")
                .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
                .current_dir(root),
        )?;
        let mut tree = Tree { files: Vec::new(), paths: Vec::new() };
        for path in listed.split('\0').filter(|path| !path.is_empty()) {
            // A file that was deleted and not yet committed is listed, and gone.
            let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
            tree.paths.push(path.to_owned());
            if let Ok(text) = String::from_utf8(bytes) {
                tree.files.push(File { path: path.to_owned(), text });
            }
        }
        tree.sort();
        Ok(tree)
    }

    #[cfg(test)]
    pub(crate) fn of(files: &[(&str, &str)]) -> Tree {
        let paths = files.iter().map(|(path, _)| (*path).to_owned()).collect();
        let files = files
            .iter()
            .map(|(path, text)| File { path: (*path).to_owned(), text: (*text).to_owned() })
            .collect();
        let mut tree = Tree { files, paths };
        tree.sort();
        tree
    }

    fn sort(&mut self) {
        self.files.sort_by(|a, b| a.path.cmp(&b.path));
        self.files.dedup_by(|a, b| a.path == b.path);
        self.paths.sort();
        self.paths.dedup();
    }

    pub(crate) fn files(&self) -> &[File] {
        &self.files
    }

    pub(crate) fn paths(&self) -> &[String] {
        &self.paths
    }

    pub(crate) fn text(&self, path: &str) -> Option<&str> {
        self.files.iter().find(|file| file.path == path).map(|file| file.text.as_str())
    }

    /// True for a file, and for a folder that has one.
    pub(super) fn has(&self, path: &str) -> bool {
        let path = path.trim_end_matches('/');
        self.paths.iter().any(|known| {
            known.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        })
    }

    /// The Rust files, read as code.
    pub(super) fn sources(&self) -> impl Iterator<Item = (&str, Source<'_>)> {
        self.files
            .iter()
            .filter(|file| file.extension() == "rs")
            .map(|file| (file.path.as_str(), Source::read(&file.text)))
    }
}

impl File {
    pub(super) fn extension(&self) -> &str {
        Path::new(&self.path).extension().and_then(|word| word.to_str()).unwrap_or_default()
    }

    /// The lines with their numbers, from 1.
    pub(super) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(index, line)| (index + 1, line))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_exists_when_a_file_is_in_it() {
        let tree = Tree::of(&[("crates/base/src/lib.rs", "")]);
        assert!(tree.has("crates/base/"));
        assert!(tree.has("crates/base/src/lib.rs"));
        assert!(!tree.has("crates/bas"));
    }
}
