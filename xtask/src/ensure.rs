//! Installs what a machine with Rust and Node lacks, by name and pinned version.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::shell;

/// A server that the tests may use instead of starting one.
const TEST_POSTGRES: &str = "DAYBOOK_TEST_POSTGRES";
/// Set by a person who cannot install the database server: its tests then say that they were skipped.
pub(crate) const WITHOUT_POSTGRES: &str = "DAYBOOK_WITHOUT_POSTGRES";

/// Set by a person who cannot have a Restate server.
pub(crate) const WITHOUT_RESTATE: &str = "DAYBOOK_WITHOUT_RESTATE";
/// Set by a person who cannot install Python.
const WITHOUT_PYTHON: &str = "DAYBOOK_WITHOUT_PYTHON";

pub(crate) fn everything() -> Result<()> {
    postgres()?;
    python()?;
    let prism = prism()?;
    restate()?;
    shell::say(&format!("PostgreSQL's server programs and {} are here", prism.display()));
    Ok(())
}

/// The database server's programs, with which the store's tests start a server of their own.
pub(crate) fn postgres() -> Result<()> {
    let is_set = |name| std::env::var_os(name).is_some();
    if is_set(TEST_POSTGRES) || is_set(WITHOUT_POSTGRES) {
        return Ok(());
    }
    if has_postgres() {
        return openssl();
    }
    if !shell::exists("apt-get", "--version") {
        bail!(
            "the tests start a PostgreSQL server and need its programs initdb and pg_ctl: install \
             PostgreSQL, or set {TEST_POSTGRES} to a server's URL, or {WITHOUT_POSTGRES}=1 to \
             leave those tests out"
        );
    }
    install("postgresql").with_context(|| {
        format!("PostgreSQL could not be installed; {WITHOUT_POSTGRES}=1 leaves its tests out")
    })?;
    if !has_postgres() {
        bail!("apt-get installed PostgreSQL, yet initdb and pg_ctl are not where they should be");
    }
    openssl()
}

/// Makes the certificates of the tests that reach PostgreSQL by TLS; Debian's PostgreSQL brings it.
fn openssl() -> Result<()> {
    if shell::exists("openssl", "version") {
        return Ok(());
    }
    install("openssl").context("openssl could not be installed, and certificates need it")
}

/// The interpreter of the peers that other people's clients are tested with.
pub(crate) fn python() -> Result<()> {
    let has_venv = || {
        let mut command = Command::new("python3");
        command.args(["-c", "import ensurepip"]);
        command.output().is_ok_and(|output| output.status.success())
    };
    if std::env::var_os(WITHOUT_PYTHON).is_some() || has_venv() {
        return Ok(());
    }
    if !shell::exists("apt-get", "--version") {
        bail!(
            "the tests with other clients need python3 with venv; {WITHOUT_PYTHON}=1 leaves them out"
        );
    }
    install("python3-venv").with_context(|| {
        format!("python3 could not be installed; {WITHOUT_PYTHON}=1 leaves its tests out")
    })
}

fn install(package: &str) -> Result<()> {
    shell::complain(&format!("{package} is missing: installing it with apt-get"));
    if let Err(error) = shell::run(apt().args(["update", "--quiet"])) {
        // The package may be found all the same.
        shell::complain(&format!("{error:#}"));
    }
    let options = ["--yes", "--quiet", "--no-install-recommends"];
    shell::run(apt().arg("install").args(options).arg(package))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn has_postgres() -> bool {
    has("initdb") && has("pg_ctl")
}

/// On `PATH`, or where Debian keeps each version's programs.
fn has(program: &str) -> bool {
    let installed = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    shell::find(program).is_some()
        || installed.into_iter().any(|version| version.path().join("bin").join(program).is_file())
}

/// The validating proxy of the contract run.
pub(crate) fn prism() -> Result<PathBuf> {
    Ok(node_modules()?.join(".bin").join("prism"))
}

/// The Restate server of the tests with several nodes: the program itself, not its launcher, so
/// that whoever kills it kills it. `None`: a person said that it cannot be had here.
pub(crate) fn restate() -> Result<Option<PathBuf>> {
    if std::env::var_os(WITHOUT_RESTATE).is_some() {
        return Ok(None);
    }
    let scope = node_modules()?.join("@restatedev");
    let found = std::fs::read_dir(&scope)?.flatten().find_map(|entry| {
        let program = entry.path().join("bin").join("restate-server");
        program.is_file().then_some(program)
    });
    if found.is_none() {
        bail!(
            "npm has no Restate server for this platform; {WITHOUT_RESTATE}=1 leaves its tests out"
        );
    }
    Ok(found)
}

/// What npm installs from the committed lock file into the target folder.
fn node_modules() -> Result<PathBuf> {
    let lists = shell::root()?.join("xtask").join("tools");
    let folder = shell::target()?.join("tools").join("npm");
    let modules = folder.join("node_modules");
    if modules.exists() && same(&lists, &folder, "package-lock.json") {
        return Ok(modules);
    }
    if !shell::exists("npm", "--version") {
        bail!("the tests' tools need Node.js 20 or later with npm, and npm was not found");
    }
    shell::complain("installing the validating proxy and the Restate server of the tests with npm");
    std::fs::create_dir_all(&folder)?;
    std::fs::copy(lists.join("package.json"), folder.join("package.json"))?;
    let lock = folder.join("package-lock.json");
    std::fs::copy(lists.join("package-lock.json"), &lock)?;
    let installed = shell::run(
        Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder),
    );
    if installed.is_err() {
        // The copied lock marks a finished installation: this one is not.
        std::fs::remove_file(&lock)?;
    }
    installed.context("the tests' tools could not be installed")?;
    Ok(modules)
}

fn same(left: &Path, right: &Path, name: &str) -> bool {
    let read = |folder: &Path| std::fs::read(folder.join(name)).ok();
    read(left).is_some_and(|bytes| read(right) == Some(bytes))
}
