//! The folder of stories.

use std::fs;
use std::path::{Path, PathBuf};

use crate::rules;
use crate::world::World;

#[derive(Debug)]
pub(crate) struct Story(PathBuf);

impl Story {
    /// Every story of an order, or the one that `DAYBOOK_STORY` names.
    pub(crate) fn all() -> Vec<Story> {
        Story::beginning_with("1-amazon.json")
    }

    /// Every story of settlements: Amazon speaks in a settlement file there.
    pub(crate) fn of_settlements() -> Vec<Story> {
        Story::beginning_with("1-amazon.txt")
    }

    fn beginning_with(file: &str) -> Vec<Story> {
        let named = std::env::var_os("DAYBOOK_STORY");
        let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
        let mut stories: Vec<PathBuf> = entries.filter(|path| path.join(file).is_file()).collect();
        stories.sort();
        assert!(!stories.is_empty(), "no stories");
        let is_wanted = |path: &PathBuf| named.is_none() || named.as_deref() == path.file_name();
        stories.into_iter().filter(is_wanted).map(Story).collect()
    }

    pub(crate) fn named(name: &str) -> Story {
        Story(folder().join(name))
    }

    pub(crate) fn world(&self) -> World {
        World::live(&self.read("1-amazon.json"), &rules::read(&self.read("3-rules.txt")))
    }

    pub(crate) fn read(&self, file: &str) -> String {
        fs::read_to_string(self.0.join(file)).unwrap()
    }

    /// A file that not every story has.
    pub(crate) fn find(&self, file: &str) -> Option<String> {
        self.0.join(file).is_file().then(|| self.read(file))
    }

    /// True if the file says what was told, or was rewritten to. Its comments stay.
    pub(crate) fn says(&self, file: &str, told: &str) -> bool {
        let path = self.0.join(file);
        if std::env::var_os("DAYBOOK_STORY").is_some() {
            println!("{file}\n{told}");
        }
        let written = fs::read_to_string(&path).unwrap_or_default();
        let comments = comments(&written);
        if written.strip_prefix(&comments) == Some(told) {
            return true;
        }
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, comments + told).unwrap();
            return true;
        }
        let name = path.display();
        println!("{name} differs. It says:\n{written}\nTold now:\n{comments}{told}");
        false
    }
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stories")
}

fn comments(text: &str) -> String {
    text.split_inclusive('\n').take_while(|line| line.starts_with('#')).collect()
}
