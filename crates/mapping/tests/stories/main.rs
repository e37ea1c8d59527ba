//! Each folder in `stories/` is one business situation told at every stage: what Amazon wrote, the
//! facts, the rules that differ from the first rule book, what was decided with its journals, and
//! the documents. A file is checked against the file before it; `UPDATE=1` rewrites the written
//! ones, keeping their comments, and the diff is the review.

mod facts_text;
mod properties;
mod rules;
mod tell;
mod world;

use std::fs;
use std::path::{Path, PathBuf};

use world::World;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../stories")
}

fn all() -> Vec<PathBuf> {
    let mut stories: Vec<PathBuf> = fs::read_dir(folder())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    stories.sort();
    stories
}

fn comments(text: &str) -> String {
    let lines = text.lines().take_while(|line| line.starts_with('#'));
    lines.map(|line| format!("{line}\n")).collect()
}

/// True if the file says what was told, or was rewritten to.
fn says(story: &Path, file: &str, told: &str) -> bool {
    let path = story.join(file);
    let written = fs::read_to_string(&path).unwrap_or_default();
    let comments = comments(&written);
    if written.strip_prefix(&comments) == Some(told) {
        return true;
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&path, format!("{comments}{told}")).unwrap();
        return true;
    }
    println!("{} differs. It says:\n{written}\nTold now:\n{told}", path.display());
    false
}

#[test]
fn every_story_is_told_as_it_is_written() {
    let mut differing = Vec::new();
    for story in all() {
        let read = |file: &str| fs::read_to_string(story.join(file)).unwrap();
        let rules = rules::read(&read("3-rules.txt"));
        let world = World::live(&read("1-amazon.json"), &rules);
        let told = [
            says(&story, "2-facts.txt", &facts_text::told(&world.facts)),
            says(&story, "4-intents.txt", &tell::journals(&world)),
            says(&story, "5-xero.txt", &tell::documents(&world)),
        ];
        if told.contains(&false) {
            differing.push(story);
        }
    }
    assert!(differing.is_empty(), "these stories are told otherwise: {differing:?}");
}

/// Deciding again after everything is written down changes nothing, at every step of every story.
#[test]
fn deciding_twice_is_deciding_once() {
    for story in all() {
        let read = |file: &str| fs::read_to_string(story.join(file)).unwrap();
        let world = World::live(&read("1-amazon.json"), &rules::read(&read("3-rules.txt")));
        for (step, again) in world.again.iter().enumerate() {
            assert!(again.intents.is_empty(), "{} step {step}: {again:?}", story.display());
            assert!(again.withdraw.is_empty(), "{} step {step}: {again:?}", story.display());
            assert!(again.shared.is_empty(), "{} step {step}: {again:?}", story.display());
        }
    }
}

/// Amazon's VAT calculation on or off gives the same document.
#[test]
fn the_vat_service_makes_no_difference() {
    let amounts = |story: &str| {
        let read = |file: &str| fs::read_to_string(folder().join(story).join(file)).unwrap();
        let world = World::live(&read("1-amazon.json"), &rules::read(&read("3-rules.txt")));
        let invoice = world.invoice().unwrap();
        let lines: Vec<_> = invoice
            .lines
            .iter()
            .map(|line| (line.amount, line.tax, line.tax_type.clone(), line.account_id.clone()))
            .collect();
        (invoice.total, invoice.tax, lines)
    };
    assert_eq!(amounts("uk_vat_service_on"), amounts("uk_vat_service_off"));
}
