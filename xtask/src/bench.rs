//! `cargo xtask bench`: builds what is measured and installs what it is measured against.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use crate::{ensure, shell};

/// The first word that asks for the reading of a settlement instead of the orders.
const SETTLEMENT: &str = "settlement";

/// The first word that asks for the calls that settlements cost.
const SETTLEMENT_CALLS: &str = "settlement-calls";

/// The first word that asks for the service with many books.
const SERVICE: &str = "service";

/// The first word that asks for three nodes, one of which is killed.
const THREE_NODES: &str = "three-nodes";

/// Runs `benches/run.py`, or what the first word names, with the released binary and the peers'
/// packages at hand; or the example of `app` that counts calls, which needs neither.
pub(crate) fn all(rest: &[String]) -> Result<()> {
    if let Some((word, rest)) = rest.split_first()
        && word == SETTLEMENT_CALLS
    {
        let example = ["--package", "app", "--example", "settlement_calls", "--"];
        return shell::run(shell::cargo().args(["run", "--release"]).args(example).args(rest));
    }
    shell::run(shell::cargo().args(["build", "--release", "--package", "app"]))?;
    let released = shell::target()?.join("release");
    match rest.split_first() {
        Some((word, rest)) if word == SETTLEMENT => settlement(&released, rest),
        Some((word, rest)) if word == SERVICE => service(&released, rest),
        Some((word, rest)) if word == THREE_NODES => three_nodes(&released, rest),
        Some(_) | None => orders(&released, rest),
    }
}

fn orders(released: &Path, rest: &[String]) -> Result<()> {
    let python = peers("benches/requirements.txt", "peers")?;
    shell::run(
        Command::new(python)
            .arg(shell::root()?.join("benches").join("run.py"))
            .arg("--daybook")
            .arg(released.join("daybook"))
            .args(rest),
    )
}

fn settlement(released: &Path, rest: &[String]) -> Result<()> {
    let example = ["--package", "sandbox", "--example", "settlement_file"];
    shell::run(shell::cargo().args(["build", "--release"]).args(example))?;
    let python = peers("benches/settlement.txt", "readers")?;
    shell::run(
        Command::new(python)
            .arg(shell::root()?.join("benches").join("settlement.py"))
            .arg("--daybook")
            .arg(released.join("daybook"))
            .arg("--writer")
            .arg(released.join("examples").join("settlement_file"))
            .args(rest),
    )
}

/// With a server that speaks SQS, `PostgreSQL` and, where it can be had, Restate.
fn service(released: &Path, rest: &[String]) -> Result<()> {
    ensure::postgres()?;
    let python = peers("crates/app/tests/python/moto.txt", "queue")?;
    let mut command = Command::new(&python);
    command.arg(shell::root()?.join("benches").join("service.py"));
    command.arg("--daybook").arg(released.join("daybook"));
    command.arg("--moto").arg(python.with_file_name("moto_server"));
    if let Some(restate) = ensure::restate()? {
        command.arg("--restate").arg(restate);
    }
    shell::run(command.env("PYTHONDONTWRITEBYTECODE", "1").args(rest))
}

/// Kills one of three nodes under load.
fn three_nodes(released: &Path, rest: &[String]) -> Result<()> {
    ensure::postgres()?;
    let Some(restate) = ensure::restate()? else { bail!("there is no Restate server here") };
    let mut command = Command::new("python3");
    command.arg(shell::root()?.join("benches").join("three_nodes.py"));
    command.arg("--daybook").arg(released.join("daybook")).arg("--restate").arg(restate);
    shell::run(command.env("PYTHONDONTWRITEBYTECODE", "1").args(rest))
}

/// A Python of its own with the packages that a list pins.
fn peers(list: &str, name: &str) -> Result<PathBuf> {
    let list = shell::root()?.join(list);
    let folder = shell::target()?.join("tools").join(name);
    let python = folder.join("bin").join("python");
    let kept = folder.join("requirements.txt");
    let wanted = std::fs::read(&list)?;
    if python.exists() && std::fs::read(&kept).is_ok_and(|bytes| bytes == wanted) {
        return Ok(python);
    }
    shell::run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder))?;
    shell::run(
        Command::new(&python).args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(&list),
    )?;
    std::fs::write(&kept, &wanted)?;
    Ok(python)
}
