//! `cargo xtask check`: all that is checked without running the product.

use std::process::{Command, Stdio};

use anyhow::{Result, bail};

use crate::shell;

/// In the order in which a failure is cheapest to find.
pub(crate) fn all() -> Result<()> {
    step("format");
    shell::run(shell::cargo().args(["fmt", "--all", "--check"]))?;
    step("tidy");
    crate::tidy_up()?;
    step("numbers keep their text");
    numbers_keep_their_text()?;
    step("lints");
    shell::run(shell::cargo().args(["clippy", "--workspace", "--all-targets"]).args(DENY))?;
    step("documentation");
    shell::run(
        shell::cargo()
            .args(["doc", "--workspace", "--no-deps", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )?;
    step("dependencies");
    dependencies()
}

const DENY: [&str; 3] = ["--", "-D", "warnings"];

fn step(name: &str) {
    shell::complain(&format!("check: {name}"));
}

/// `arbitrary_precision` is one switch for the whole build, and any crate could turn it on. With
/// it serde's own numbers become objects inside `RawValue` and other crates' types break.
fn numbers_keep_their_text() -> Result<()> {
    let tree = shell::output(shell::cargo().args([
        "tree",
        "--workspace",
        "--edges",
        "features",
        "--target",
        "all",
        "--invert",
        "serde_json",
    ]))?;
    match turned_on(&tree) {
        None => Ok(()),
        Some(line) => bail!("serde_json's arbitrary_precision is on in this build: {line}"),
    }
}

fn turned_on(tree: &str) -> Option<&str> {
    tree.lines().find(|line| line.contains("serde_json feature \"arbitrary_precision\""))
}

/// Licences, advisories and bans, where cargo-deny is installed; building it here would take
/// longer than all the rest.
fn dependencies() -> Result<()> {
    let found = Command::new("cargo-deny")
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !found {
        shell::complain("check: cargo-deny is not installed: deny.toml was not checked");
        return Ok(());
    }
    shell::run(shell::cargo().args(["deny", "check"]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_feature_is_seen_in_cargos_tree() {
        let off = "serde_json v1.0.154\n├── serde_json feature \"raw_value\"\n";
        assert_eq!(turned_on(off), None);
        let on = "serde_json v1.0.154\n└── serde_json feature \"arbitrary_precision\"\n";
        assert!(turned_on(on).is_some());
    }
}
