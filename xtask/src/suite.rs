//! The tests: what they need is installed, they run, and one line sums them up.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use crate::{ensure, shell};

/// Where the vendors' own files are: their example orders are parsed from there, and the contract
/// run checks against them.
const SPECS: &str = "DAYBOOK_SPECS";

/// Every test of the workspace. The contract run is one of its test binaries.
pub(crate) fn all(rest: &[String]) -> Result<()> {
    ensure::postgres()?;
    ensure::python()?;
    let mut command = tests(&["--workspace", "--no-fail-fast"]);
    if let Some(restate) = ensure::restate()? {
        command.env(RESTATE, restate);
    }
    if std::env::var_os(SPECS).is_some() {
        command.env(PRISM, ensure::prism()?);
    } else {
        shell::complain(&format!(
            "{SPECS} is not set: the contract run and the vendors' own examples are left out"
        ));
    }
    summed(command.args(rest))
}

/// How the tests with several nodes find the Restate server.
const RESTATE: &str = "DAYBOOK_RESTATE";
/// How the contract tests find the validating proxy.
const PRISM: &str = "DAYBOOK_PRISM";

pub(crate) fn contract() -> Result<()> {
    if std::env::var_os(SPECS).is_none() {
        bail!(
            "{SPECS} must name a folder with the vendors' OpenAPI files: amazon/*.json, xero/*.yaml"
        );
    }
    let prism = ensure::prism()?;
    summed(tests(&["--package", "app", "--test", "contract"]).env(PRISM, prism))
}

/// The store's tests, on both engines for certain.
pub(crate) fn engines() -> Result<()> {
    ensure::postgres()?;
    summed(tests(&["--package", "store"]).env_remove(ensure::WITHOUT_POSTGRES))
}

/// So many seeds take longer than building for speed.
const MANY_SEEDS: u64 = 200;

pub(crate) fn simulation(seed: Option<u64>, seeds: Option<u64>) -> Result<()> {
    let mut which = vec!["--package", "app", "--test", "simulation"];
    if seeds.is_some_and(|seeds| seeds >= MANY_SEEDS) {
        which.push("--release");
    }
    let mut command = tests(&which);
    if let Some(seed) = seed {
        command.env("DAYBOOK_SIM_SEED", seed.to_string());
    }
    if let Some(seeds) = seeds {
        command.env("DAYBOOK_SIM_SEEDS", seeds.to_string());
    }
    summed(command.args(["--", "--nocapture"]))
}

/// Many books through a week, built to be fast.
pub(crate) fn week(books: u32) -> Result<()> {
    let which = "a_week_of_many_books_ends_equal_on_both_sides";
    let mut command = tests(&["--release", "--package", "app", "--test", "simulation"]);
    command.env("DAYBOOK_WEEK", books.to_string());
    summed(command.args(["--", "--nocapture", which]))
}

pub(crate) fn story(name: Option<&str>) -> Result<()> {
    let mut command = tests(&["--package", "mapping", "--test", "stories"]);
    if let Some(name) = name {
        command.env("DAYBOOK_STORY", name);
    }
    summed(command.args(["--", "--nocapture"]))
}

/// Writes the stories' expectations anew; the diff is the review.
pub(crate) fn rewrite_stories() -> Result<()> {
    shell::run(tests(&["--quiet", "--package", "mapping", "--test", "stories"]).env("UPDATE", "1"))
}

fn tests(which: &[&str]) -> Command {
    let mut command = shell::cargo();
    command.arg("test").args(which);
    if let Some(specs) = std::env::var_os(SPECS) {
        // Tests run in their crate's folder: a path from here would be lost there.
        let path = PathBuf::from(&specs);
        command.env(SPECS, std::fs::canonicalize(&path).unwrap_or(path));
    }
    command
}

/// What every test binary said together.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Sum {
    passed: u64,
    failed: u64,
    skipped: u64,
}

impl Sum {
    /// Adds a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`, or nothing.
    fn add(&mut self, line: &str) {
        let Some(counts) = line.strip_prefix("test result: ") else { return };
        for part in counts.split([';', '.']) {
            let mut words = part.split_whitespace();
            let (Some(count), Some(what)) = (words.next(), words.next()) else { continue };
            let Ok(count) = count.parse::<u64>() else { continue };
            match what {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.skipped += count,
                _ => {}
            }
        }
    }
}

/// Runs the tests, passes their lines through, and closes with one line that adds them up.
fn summed(command: &mut Command) -> Result<()> {
    let mut sum = Sum::default();
    let ended_well = shell::stream(command, |line| sum.add(line))?;
    if !ended_well && sum.failed == 0 {
        // Something did not compile, or a test binary died before it could count.
        sum.failed = 1;
    }
    shell::say("");
    shell::say(&format!("{} passed, {} failed, {} skipped", sum.passed, sum.failed, sum.skipped));
    if sum.failed > 0 {
        bail!("tests failed");
    }
    if sum.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

#[cfg(test)]
mod tests_of_the_sum {
    use super::*;

    #[test]
    fn test_binaries_are_added_up() {
        let mut sum = Sum::default();
        sum.add("running 3 tests");
        sum.add(
            "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.31s",
        );
        sum.add(
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 4 filtered out; finished in 1.00s",
        );
        assert_eq!(sum, Sum { passed: 15, failed: 2, skipped: 1 });
    }
}
