//! Fresh databases for tests: a file of `SQLite`, or a database on a `PostgreSQL` server.
//!
//! With `DAYBOOK_TEST_POSTGRES` set to a URL that server is used, and every test makes and drops
//! a database of its own on it. Without, the first test starts a server in a temporary folder,
//! on a socket only; it ends with the test process, however that ends. A machine without
//! `PostgreSQL` fails these tests, unless `DAYBOOK_WITHOUT_POSTGRES=1` says that this is known.
//!
//! This file names no crate, so that other crates' tests may include it by its path.

#[path = "programs.rs"]
mod programs;

use std::env;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio, id};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use programs::{as_server_user, server_programs};

/// A database of one's own; it is gone when this is dropped.
pub(crate) struct Fresh {
    /// For `Store::open`.
    pub(crate) url: String,
    kept: Kept,
}

enum Kept {
    Folder { _folder: tempfile::TempDir },
    Database { server: &'static Server, name: String },
}

/// A new file of `SQLite`.
pub(crate) fn sqlite() -> Fresh {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let url = format!("sqlite:{}", folder.path().join("day book.db").display());
    Fresh { url, kept: Kept::Folder { _folder: folder } }
}

/// A new database of `PostgreSQL`; `None` when there is none and that was said to be known.
pub(crate) fn postgres() -> Option<Fresh> {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    let server = server()?;
    let count = COUNT.fetch_add(1, Ordering::Relaxed);
    let name = format!("daybook_test_{}_{count}", id());
    server.say(&format!("CREATE DATABASE {name}"));
    Some(Fresh { url: server.url_of(&name), kept: Kept::Database { server, name } })
}

impl Drop for Fresh {
    fn drop(&mut self) {
        if let Kept::Database { server, name } = &self.kept {
            server.say(&format!("DROP DATABASE {name} WITH (FORCE)"));
        }
    }
}

struct Server {
    /// With `{}` where the name of the database stands.
    url: String,
    psql: PathBuf,
    /// Waits for our end, then stops the server.
    _keeper: Option<Child>,
}

impl Server {
    fn url_of(&self, database: &str) -> String {
        self.url.replace("{}", database)
    }

    fn say(&self, statement: &str) {
        let output = Command::new(&self.psql)
            .args(["-X", "-q", "-d", &self.url_of("postgres"), "-c", statement])
            .output()
            .expect("psql to run");
        let words = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{statement}: {words}");
    }
}

fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER
        .get_or_init(|| match env::var("DAYBOOK_TEST_POSTGRES") {
            Ok(url) if !url.is_empty() => Some(given(&url)),
            Ok(_) | Err(_) => started(),
        })
        .as_ref()
}

/// The server of a URL, whatever database the URL names.
fn given(url: &str) -> Server {
    let (address, query) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = address.split_once("://").expect("a URL with a scheme");
    let host = rest.split('/').next().unwrap_or_default();
    let psql =
        programs::programs().map_or_else(|| PathBuf::from("psql"), |folder| folder.join("psql"));
    Server { url: format!("{scheme}://{host}/{{}}?{query}"), psql, _keeper: None }
}

/// Starts a server whose data is forgotten with it: nothing is synced, nothing listens on a port.
const START: &str = r#"
set -e
folder=$(mktemp -d "${TMPDIR:-/tmp}/daybook-postgres.XXXXXX")
trap 'rm -rf "$folder"' EXIT
"$1/initdb" -D "$folder/data" -A trust -U daybook -E UTF8 --locale=C --no-sync >"$folder/log" 2>&1 \
    || { cat "$folder/log" >&2; exit 1; }
"$1/pg_ctl" -D "$folder/data" -l "$folder/log" -w -s \
    -o "-k $folder -c listen_addresses= -c fsync=off -c full_page_writes=off -c max_connections=400" start \
    || { cat "$folder/log" >&2; exit 1; }
echo "$folder"
cat >/dev/null || true
"$1/pg_ctl" -D "$folder/data" -s -m immediate stop
"#;

fn started() -> Option<Server> {
    let folder = server_programs()?;
    let mut keeper = as_server_user(START)
        .arg(&folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell to run");
    let mut line = String::new();
    let words = keeper.stdout.take().expect("the shell's words");
    BufReader::new(words).read_line(&mut line).expect("a line of the shell");
    let socket = line.trim();
    assert!(!socket.is_empty(), "PostgreSQL in {} did not start", folder.display());
    let url = format!("postgres://daybook@localhost/{{}}?host={socket}");
    Some(Server { url, psql: folder.join("psql"), _keeper: Some(keeper) })
}
