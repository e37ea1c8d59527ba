//! Everything about this repository that is not `cargo build`: each verb is one line of the
//! Makefile. Start at [`Verb`]; the rules that no lint can hold are in [`tidy`].
//!
//! This program never fetches anything but packages by their name and pinned version, and never
//! writes outside the target folder, except where `gen` renews a committed file.

mod bench;
mod check;
mod ensure;
mod generate;
mod shell;
mod suite;
mod tidy;

use std::process::ExitCode;

use anyhow::{Result, bail};
use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", about = "Runs, tests, checks and generates Daybook")]
struct Arguments {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Build Daybook and run its demo.
    Demo {
        /// Passed on to `daybook demo`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run every test, the contract run included, and sum them up in one line.
    Test {
        /// Passed on to `cargo test`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Run the store's tests on both engines; neither may be left out.
    TestPg,
    /// Run the contract tests: every request and reply through a validating proxy.
    Contract,
    /// Run the seeded simulation.
    Sim {
        /// Only this seed, printed by a run that failed.
        #[arg(long)]
        seed: Option<u64>,
        /// So many seeds.
        #[arg(long)]
        seeds: Option<u64>,
    },
    /// Play a week of trade of many books, with outages, and print the numbers.
    Week {
        #[arg(long, default_value_t = 50)]
        books: u32,
    },
    /// Tell the stories, or the one that is named.
    Story { name: Option<String> },
    /// Format, lints, documentation, tidy, and the proof that JSON numbers keep their text.
    Check,
    /// The house rules that no lint can hold.
    Tidy,
    /// Renew the files that are made from others.
    Gen,
    /// Measure Daybook beside the floor and beside a straightforward script.
    Bench {
        /// Passed on to the measuring script.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        rest: Vec<String>,
    },
    /// Install what the tests need and the machine lacks.
    Ensure,
}

fn main() -> ExitCode {
    match run(Arguments::parse().verb) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            shell::complain(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

fn run(verb: Verb) -> Result<()> {
    match verb {
        Verb::Demo { rest } => {
            shell::run(shell::cargo().args(["run", "--package", "app", "--", "demo"]).args(rest))
        }
        Verb::Test { rest } => suite::all(&rest),
        Verb::TestPg => suite::engines(),
        Verb::Contract => suite::contract(),
        Verb::Week { books } => suite::week(books),
        Verb::Sim { seed, seeds } => suite::simulation(seed, seeds),
        Verb::Story { name } => suite::story(name.as_deref()),
        Verb::Check => check::all(),
        Verb::Tidy => tidy_up(),
        Verb::Gen => generate::all(),
        Verb::Bench { rest } => bench::all(&rest),
        Verb::Ensure => ensure::everything(),
    }
}

/// Prints what is wrong and what comes near it; only what is wrong fails.
fn tidy_up() -> Result<()> {
    let findings = tidy::findings(&tidy::Tree::read(&shell::root()?)?);
    let wrong = findings.iter().filter(|finding| finding.is_wrong()).count();
    for finding in &findings {
        shell::say(&finding.to_string());
    }
    if wrong > 0 {
        bail!("{wrong} of the house rules are broken (STYLE.md says why they are there)");
    }
    shell::say("tidy");
    Ok(())
}
