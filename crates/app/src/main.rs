//! `daybook`: keeps an Amazon seller's books in Xero.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = app::cli::Args::parse();
    app::cli::start_logging(&args);
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return app::cli::fail("runtime_unusable", &error.to_string()),
    };
    runtime.block_on(app::cli::run(args))
}
