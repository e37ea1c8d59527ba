//! `daybook`: keeps an Amazon seller's books in Xero.

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let args = app::cli::Args::parse();
    let runtime = match tokio::runtime::Runtime::new() {
        Ok(runtime) => runtime,
        Err(error) => return app::cli::fail("runtime_unusable", &error.to_string()),
    };
    let entered = runtime.enter();
    let telemetry = app::cli::start_logging(&args);
    drop(entered);
    let ended = runtime.block_on(app::cli::run(args));
    telemetry.end();
    ended
}
