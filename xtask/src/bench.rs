//! `cargo xtask bench`: builds what is measured and installs what it is measured against.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::shell;

/// Runs `benches/run.py` with the released binary and the peers' packages at hand.
pub(crate) fn all(rest: &[String]) -> Result<()> {
    shell::run(shell::cargo().args(["build", "--release", "--package", "app"]))?;
    let python = peers()?;
    let program = shell::target()?.join("release").join("daybook");
    shell::run(
        Command::new(python)
            .arg(shell::root()?.join("benches").join("run.py"))
            .arg("--daybook")
            .arg(program)
            .args(rest),
    )
}

/// A Python of its own with the packages that `benches/requirements.txt` pins.
fn peers() -> Result<PathBuf> {
    let list = shell::root()?.join("benches").join("requirements.txt");
    let folder = shell::target()?.join("tools").join("peers");
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
