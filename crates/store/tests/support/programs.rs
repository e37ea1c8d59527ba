//! Where `PostgreSQL`'s server programs are, and who may run them. This file names no crate, so that
//! other crates' tests may include it by its path.

use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The folder of the programs; `None` when there are none and that was said to be known.
pub(crate) fn server_programs() -> Option<PathBuf> {
    let found = programs();
    if found.is_none() {
        let is_known = env::var("DAYBOOK_WITHOUT_POSTGRES").is_ok_and(|word| word == "1");
        assert!(
            is_known,
            "no PostgreSQL on this machine: install it, set DAYBOOK_TEST_POSTGRES to a server's \
             URL, or set DAYBOOK_WITHOUT_POSTGRES=1 to test without it"
        );
        eprintln!("skipped: no PostgreSQL here, and DAYBOOK_WITHOUT_POSTGRES=1");
    }
    found
}

/// A shell script, to be given arguments from `$1` on. `PostgreSQL` refuses to run as root: then it
/// runs as its own user, or as nobody.
pub(crate) fn as_server_user(script: &str) -> Command {
    let mut command = if let Some(user) = unprivileged() {
        let mut command = Command::new("runuser");
        command.args(["-u", user, "--", "sh", "-c", script, "sh"]);
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", script, "sh"]);
        command
    };
    command.current_dir("/").env_remove("TMPDIR");
    command
}

fn unprivileged() -> Option<&'static str> {
    if said("id", &["-u"]).as_deref() != Some("0") {
        return None;
    }
    let is_there = said("id", &["-u", "postgres"]).is_some();
    Some(if is_there { "postgres" } else { "nobody" })
}

fn said(program: &str, arguments: &[&str]) -> Option<String> {
    let output = Command::new(program).args(arguments).stderr(Stdio::null()).output().ok()?;
    let words = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(words)
}

/// The folder of `PostgreSQL`'s programs: where Debian keeps the newest, or on the path.
pub(crate) fn programs() -> Option<PathBuf> {
    let debian = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let newest = debian
        .filter_map(|entry| {
            let version: u32 = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, folder)| is_complete(folder))
        .max();
    let on_path = env::var_os("PATH");
    let on_path = on_path.iter().flat_map(env::split_paths).find(|folder| is_complete(folder));
    newest.map(|(_, folder)| folder).or(on_path)
}

fn is_complete(folder: &Path) -> bool {
    ["initdb", "pg_ctl", "psql"].iter().all(|program| folder.join(program).is_file())
}
