//! The command line. Every verb takes `--json` and `--home`; an error has a code, says what
//! happened, and names its page.

pub mod act;
pub mod alerts;
pub mod backfill;
pub mod books;
pub mod bridge;
pub mod close;
pub mod connect;
pub mod consent;
pub mod cutover;
pub mod demo;
pub mod doctor;
pub mod drift;
pub mod explain;
pub mod letters;
pub mod open;
pub mod proof;
pub mod rules;
pub mod run;
pub mod sandbox;
pub mod serve;
pub mod settled;
pub mod settlement;
pub mod statement;
pub mod status;
pub mod storage;

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::say;
use crate::telemetry::{Telemetry, Wanted};

/// Keeps an Amazon seller's books in Xero.
#[derive(Debug, Parser)]
#[command(name = "daybook", version, about)]
pub struct Args {
    /// The data folder.
    #[arg(long, global = true, env = "DAYBOOK_HOME", value_name = "DIR")]
    pub home: Option<PathBuf>,
    /// Print one JSON object instead of text.
    #[arg(long, global = true)]
    pub json: bool,
    /// Which book, where the store keeps several: its name, or how its id begins.
    #[arg(long, global = true, env = "DAYBOOK_BOOK", value_name = "BOOK")]
    pub book: Option<String>,
    /// How a line of the log looks, on standard error.
    #[arg(long, global = true, env = "DAYBOOK_LOG_FORMAT", value_enum, default_value_t)]
    pub log_format: crate::telemetry::LogFormat,
    #[command(subcommand)]
    pub verb: Verb,
}

#[derive(Debug, Subcommand)]
pub enum Verb {
    /// Show the whole product with simulated vendors: no account anywhere is needed.
    Demo(demo::DemoArgs),
    /// Serve the simulated vendors on loopback, for anyone's client.
    Sandbox(sandbox::SandboxArgs),
    /// Connect a book: a Xero organisation and the Amazon accounts that post into it.
    Connect(connect::ConnectArgs),
    /// Pull, decide, post and check.
    Run(run::RunArgs),
    /// Work every book, all the time: pull, decide, post, check; listen for what is pushed.
    Serve(serve::ServeArgs),
    /// How every book stands: what waits for you, lanes, budgets, connections.
    Status(status::StatusArgs),
    /// What a person was alerted of; try the channels.
    Alerts(alerts::AlertsArgs),
    /// Read what is from before the book was connected: a forecast, then how far it has got.
    Backfill(backfill::BackfillArgs),
    /// What the books hold on both sides, and whether they agree.
    Books(books::BooksArgs),
    /// An order's whole story: facts, rules, documents, attempts, Xero ids.
    Explain(explain::ExplainArgs),
    /// What a settlement report contains, whether it adds up, and what would be posted: no account needed.
    Settlement(settlement::SettlementArgs),
    /// The settlements of the book: what they come to, where they stand, what they wait for.
    Settlements(settled::SettlementsArgs),
    /// Write the proof of a posted settlement, with a page to read.
    Proof(settled::ProofArgs),
    /// Write a settlement's bank statement for a clearing account that is a bank account in Xero.
    Statement(statement::StatementArgs),
    /// From the books of a day to what Amazon says that it owes, item by item.
    Bridge(bridge::BridgeArgs),
    /// The month-end pack: every balance with Amazon against Xero's trial balance, tax, fees, gross sales.
    Close(close::CloseArgs),
    /// Propose opening balances for a book that begins on a day, and begin it there.
    Cutover(cutover::CutoverArgs),
    /// Take a posted settlement back.
    Reverse(settled::ReverseArgs),
    /// Post a settlement again that was taken back.
    Repost(settled::ReverseArgs),
    /// Check a settlement's proof, and Amazon's report against it.
    Verify(proof::VerifyArgs),
    /// Check config, store, credentials and clocks.
    Doctor(doctor::DoctorArgs),
    /// Move the books to another database.
    Store(storage::StoreArgs),
    /// Say what rules must not decide alone about a held order.
    Review(act::ReviewArgs),
    /// Posted documents that are not in Xero as they were posted: list, accept, repost, reverse.
    Drift(drift::DriftArgs),
    /// Dead letters: list them, look into one, replay them after a fix, or put them aside.
    Letters(letters::LettersArgs),
    /// Release held documents (approve), or replay dead letters.
    Release(act::ReleaseArgs),
    /// Look at the rule book, or publish another version of it.
    Rules(rules::RulesArgs),
    /// Import exchange rates into the rule book.
    Rates(rules::RatesArgs),
}

/// What a verb ends with when it fails.
#[derive(Debug)]
pub struct Failure {
    pub code: String,
    pub detail: String,
}

/// For a lane that kept no code.
const LANE_STOPPED_CODE: &str = "lane_stopped";

impl Failure {
    pub fn new(code: impl Into<String>, detail: impl Into<String>) -> Failure {
        Failure { code: code.into(), detail: detail.into() }
    }

    /// What stops a lane, as it keeps it: the code, a colon, the words.
    pub fn of_trouble(trouble: &str) -> Failure {
        let (code, detail) = trouble.split_once(": ").unwrap_or((LANE_STOPPED_CODE, trouble));
        Failure::new(code, detail)
    }
}

/// Everything with a code becomes a failure, its sources said with it.
macro_rules! failure_from {
    ($($error:ty),*) => {
        $(impl From<$error> for Failure {
            fn from(error: $error) -> Failure {
                Failure::new(error.code(), say(&error))
            }
        })*
    };
}

failure_from!(
    crate::drifts::ChoiceError,
    crate::home::HomeError,
    crate::engine::EngineError,
    crate::setup::SetupError,
    crate::stages::StageError,
    crate::proofs::SigningKeyError,
    store::StoreError
);

pub async fn run(args: Args) -> ExitCode {
    let common = Common { home: args.home, json: args.json, book: args.book };
    let result = match args.verb {
        Verb::Demo(args) => demo::demo(&common, args).await,
        Verb::Sandbox(args) => sandbox::sandbox(&common, args).await,
        Verb::Connect(args) => connect::connect(&common, args).await,
        Verb::Run(args) => run::run(&common, args).await,
        Verb::Serve(args) => Box::pin(serve::serve(&common, args)).await,
        Verb::Status(args) => status::run_status(&common, args).await,
        Verb::Alerts(args) => alerts::run_alerts(&common, args).await,
        Verb::Backfill(args) => backfill::run_backfill(&common, args).await,
        Verb::Books(args) => books::books(&common, args).await,
        Verb::Explain(args) => explain::explain(&common, args).await,
        Verb::Settlement(args) => settlement::settlement(&common, args).await,
        Verb::Settlements(args) => settled::settlements(&common, args).await,
        Verb::Proof(args) => settled::proof(&common, args).await,
        Verb::Statement(args) => statement::run_statement(&common, args).await,
        Verb::Bridge(args) => bridge::run_bridge(&common, args).await,
        Verb::Close(args) => close::run_close(&common, args).await,
        Verb::Cutover(args) => cutover::run_cutover(&common, args).await,
        Verb::Reverse(args) => settled::reverse(&common, args).await,
        Verb::Repost(args) => settled::repost(&common, args).await,
        Verb::Verify(args) => proof::run_verify(&common, &args),
        Verb::Doctor(args) => doctor::doctor(&common, args).await,
        Verb::Store(args) => storage::store(&common, args).await,
        Verb::Review(args) => act::review(&common, args).await,
        Verb::Drift(args) => drift::drift(&common, args).await,
        Verb::Letters(args) => letters::letters(&common, args).await,
        Verb::Release(args) => act::release(&common, args).await,
        Verb::Rules(args) => rules::rules(&common, args).await,
        Verb::Rates(args) => rules::rates(&common, args).await,
    };
    match result {
        Ok(code) => code,
        Err(failure) if common.json => {
            print(&json_error(&failure));
            ExitCode::FAILURE
        }
        Err(failure) => fail(&failure.code, &failure.detail),
    }
}

/// What every verb gets.
#[derive(Debug)]
pub struct Common {
    pub home: Option<PathBuf>,
    pub json: bool,
    pub book: Option<String>,
}

impl Common {
    /// The folder that was named, or `.daybook` below the user's home.
    pub fn dir(&self) -> PathBuf {
        self.home.clone().unwrap_or_else(|| {
            let user = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
            user.join(".daybook")
        })
    }
}

/// Says what happened and where more is written, on standard error.
pub fn fail(code: &str, detail: &str) -> ExitCode {
    note(&format!("error {code}: {detail}\n  see docs/errors/{code}.md"));
    ExitCode::FAILURE
}

fn json_error(failure: &Failure) -> String {
    #[derive(serde::Serialize)]
    struct Envelope<'a> {
        error: Inner<'a>,
    }
    #[derive(serde::Serialize)]
    struct Inner<'a> {
        code: &'a str,
        detail: &'a str,
        docs: String,
    }
    let docs = format!("docs/errors/{}.md", failure.code);
    let inner = Inner { code: &failure.code, detail: &failure.detail, docs };
    serde_json::to_string(&Envelope { error: inner }).unwrap_or_default()
}

/// A line of the result. A reader that has gone away is no error of ours.
pub fn print(text: &str) {
    let mut out = std::io::stdout().lock();
    drop(writeln!(out, "{text}").and_then(|()| out.flush()));
}

/// The end of a verb that changed something: in words, or as an object with how many.
pub fn done(common: &Common, words: &str, count: u64) -> Result<ExitCode, Failure> {
    #[derive(serde::Serialize)]
    struct Done<'a> {
        done: &'a str,
        count: u64,
    }
    if common.json {
        return print_json(&Done { done: words, count });
    }
    print(words);
    Ok(ExitCode::SUCCESS)
}

/// A line for people, beside the result.
pub fn note(text: &str) {
    drop(writeln!(std::io::stderr().lock(), "{text}"));
}

/// One object, indented only for people's eyes when it is long.
pub fn print_json(value: &impl serde::Serialize) -> Result<ExitCode, Failure> {
    let text = serde_json::to_string(value)
        .map_err(|error| Failure::new("unprintable", error.to_string()))?;
    print(&text);
    Ok(ExitCode::SUCCESS)
}

/// `DAYBOOK_LOG` (as `RUST_LOG`) chooses what is logged; warnings by default. To be called in the
/// runtime that traces are sent on.
pub fn start_logging(args: &Args) -> Telemetry {
    let default = if args.json { "error" } else { "warn" };
    let filter = std::env::var("DAYBOOK_LOG").unwrap_or_else(|_unset| default.to_owned());
    let common = Common { home: args.home.clone(), json: args.json, book: None };
    let config = crate::telemetry::config_of(&common.dir());
    // Restate's kit warns of what is its ordinary course.
    let filter = format!("restate_sdk=error,{filter}");
    crate::telemetry::start(&Wanted { format: args.log_format, filter, config })
}
