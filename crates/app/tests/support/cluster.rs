//! Several nodes on one machine: a `PostgreSQL` that may be killed, a Restate that may be killed and
//! lose its data, a balancer, and `daybook serve` processes. Everything listens on loopback and ends
//! with the test.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a test stops at the first surprise, and says what it left out"
)]

use std::collections::BTreeMap;
use std::fs::OpenOptions;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde::Deserialize;

use crate::programs::{as_server_user, server_programs};
use crate::served::on_a_thread;

const DAYBOOK: &str = env!("CARGO_BIN_EXE_daybook");
const MASTER_KEY: &str = "0123456789abcdef0123456789abcdef";

/// A process that is killed when it is dropped.
pub(crate) struct Killed(pub(crate) Child);

impl Killed {
    /// `kill -9`.
    pub(crate) fn kill(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

impl Drop for Killed {
    fn drop(&mut self) {
        self.kill();
    }
}

/// A database server of one's own, that syncs what it commits.
pub(crate) struct Postgres {
    programs: PathBuf,
    folder: String,
}

const MAKE: &str = r#"
set -e
folder=$(mktemp -d /tmp/daybook-postgres.XXXXXX)
"$1/initdb" -D "$folder/data" -A trust -U daybook -E UTF8 --locale=C >"$folder/log" 2>&1
echo "$folder"
"#;
/// What was killed leaves its memory behind for a moment, and the server waits for that.
const RUN: &str = r#"
for _ in 1 2 3 4 5 6 7 8 9 10; do
    "$1/pg_ctl" -D "$2/data" -l "$2/log" -w -s \
        -o "-k $2 -c listen_addresses= -c max_connections=200" start 2>/dev/null && exit 0
    sleep 0.5
done
cat "$2/log" >&2
exit 1
"#;
const CREATE: &str = r#""$1/psql" -X -q -h "$2" -U daybook postgres -c 'CREATE DATABASE daybook'"#;
const KILL: &str =
    r#"main=$(head -1 "$2/data/postmaster.pid"); kill -9 "$main" $(pgrep -P "$main")"#;
const STOP: &str = r#""$1/pg_ctl" -D "$2/data" -s -m immediate stop; rm -rf "$2""#;

impl Postgres {
    /// `None` where it is known that there is none.
    pub(crate) fn start() -> Option<Postgres> {
        let programs = server_programs()?;
        let made = as_server_user(MAKE).arg(&programs).output().unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        let folder = String::from_utf8(made.stdout).unwrap().trim().to_owned();
        let postgres = Postgres { programs, folder };
        postgres.say(RUN);
        postgres.say(CREATE);
        Some(postgres)
    }

    fn say(&self, script: &str) {
        let mut command = as_server_user(script);
        command.arg(&self.programs).arg(&self.folder).stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "failed: {script}");
    }

    pub(crate) fn url(&self) -> String {
        format!("postgres://daybook@localhost/daybook?host={}", self.folder)
    }

    /// Kills the whole server without a word and starts it again.
    pub(crate) fn kill_and_restart(&self) {
        self.say(KILL);
        std::thread::sleep(Duration::from_millis(500));
        self.say(RUN);
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.say(STOP);
    }
}

/// A Restate server.
pub(crate) struct Restate {
    folder: tempfile::TempDir,
    program: PathBuf,
    ports: [u16; 3],
    process: Killed,
}

impl Restate {
    /// `None`: it was said that there is none here.
    pub(crate) fn start() -> Option<Restate> {
        let Some(program) = restate_program() else {
            println!("skipped: no Restate server here, and DAYBOOK_WITHOUT_RESTATE=1");
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let ports = [free_port(), free_port(), free_port()];
        let process = Restate::run(&program, folder.path(), ports);
        Some(Restate { folder, program, ports, process })
    }

    fn run(program: &Path, folder: &Path, [ingress, admin, node]: [u16; 3]) -> Killed {
        let config = format!(
            "roles = [\"worker\", \"admin\", \"metadata-server\", \"log-server\", \"http-ingress\"]\n\
             node-name = \"one\"\ncluster-name = \"daybook\"\nauto-provision = true\n\
             disable-telemetry = true\nlisten-mode = \"tcp\"\nbase-dir = \"{}\"\n\
             bind-address = \"127.0.0.1:{node}\"\nadvertised-address = \"http://127.0.0.1:{node}\"\n\
             rocksdb-total-memory-size = \"256MB\"\ndefault-num-partitions = 4\n\
             [ingress]\nbind-address = \"127.0.0.1:{ingress}\"\n\
             [admin]\nbind-address = \"127.0.0.1:{admin}\"\n",
            folder.join("data").display()
        );
        let file = folder.join("restate.toml");
        std::fs::write(&file, config).unwrap();
        let log = std::fs::File::create(folder.join("log")).unwrap();
        let started = Command::new(program)
            .args(["--no-logo", "--config-file"])
            .arg(&file)
            .env("DO_NOT_TRACK", "1")
            .stdout(log)
            .stderr(Stdio::null())
            .spawn();
        Killed(started.unwrap())
    }

    pub(crate) fn config(&self, listen: SocketAddr, advertise: SocketAddr) -> String {
        let [ingress, admin, _] = self.ports;
        format!(
            "[restate]\ningress = \"http://127.0.0.1:{ingress}\"\n\
             admin = \"http://127.0.0.1:{admin}\"\nlisten = \"{listen}\"\n\
             advertise = \"http://{advertise}\"\n"
        )
    }

    /// Kills it and starts it with what it has on disk.
    pub(crate) fn kill_and_restart(&mut self) {
        self.process.kill();
        self.process = Restate::run(&self.program, self.folder.path(), self.ports);
    }

    /// Kills it and starts it with nothing that it knew.
    pub(crate) fn kill_and_forget(&mut self) {
        self.process.kill();
        std::fs::remove_dir_all(self.folder.path().join("data")).unwrap();
        self.process = Restate::run(&self.program, self.folder.path(), self.ports);
    }
}

fn restate_program() -> Option<PathBuf> {
    if let Some(given) = std::env::var_os("DAYBOOK_RESTATE") {
        return Some(PathBuf::from(given));
    }
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let scope = target.join("tools/npm/node_modules/@restatedev");
    let installed = std::fs::read_dir(scope).into_iter().flatten().flatten();
    let mut programs = installed.map(|entry| entry.path().join("bin/restate-server"));
    let found = programs.find(|program| program.is_file());
    let is_known = std::env::var("DAYBOOK_WITHOUT_RESTATE").is_ok_and(|word| word == "1");
    assert!(
        found.is_some() || is_known,
        "no Restate server: run `cargo xtask ensure`, name one in DAYBOOK_RESTATE, or set \
         DAYBOOK_WITHOUT_RESTATE=1 to test without it"
    );
    found
}

/// Gives each connection to the next node that takes it, and counts.
pub(crate) struct Balancer {
    pub(crate) address: SocketAddr,
    pub(crate) taken: Arc<Mutex<BTreeMap<SocketAddr, u64>>>,
}

impl Balancer {
    pub(crate) fn start(nodes: Vec<SocketAddr>) -> Balancer {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(BTreeMap::new()));
        let counted = taken.clone();
        on_a_thread(async move {
            let listener = tokio::net::TcpListener::from_std(listener).unwrap();
            let mut turn = 0_usize;
            while let Ok((mut client, _)) = listener.accept().await {
                turn += 1;
                let (nodes, counted) = (nodes.clone(), counted.clone());
                tokio::spawn(async move {
                    for node in nodes.iter().cycle().skip(turn % nodes.len()).take(nodes.len()) {
                        let Ok(mut server) = tokio::net::TcpStream::connect(node).await else {
                            continue;
                        };
                        *counted.lock().unwrap().entry(*node).or_default() += 1;
                        drop(tokio::io::copy_bidirectional(&mut client, &mut server).await);
                        return;
                    }
                });
            }
        });
        Balancer { address, taken }
    }
}

/// What of `daybook status --json` is looked at.
#[derive(Debug, Deserialize)]
pub(crate) struct Status {
    pub(crate) books: Vec<BookStatus>,
    pub(crate) nodes: Vec<NodeStatus>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct NodeStatus {
    pub(crate) name: String,
    pub(crate) is_alive: bool,
    pub(crate) leads: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct BookStatus {
    id: String,
    open: BTreeMap<String, BTreeMap<String, u64>>,
    undecided: u64,
    pub(crate) dead: Vec<Coded>,
    pub(crate) alarms: Vec<Coded>,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
pub(crate) struct Coded {
    code: String,
}

impl BookStatus {
    /// Nothing is left to be decided, to be sent, on the wire or to be looked up.
    pub(crate) fn is_quiet(&self) -> bool {
        let under_way = ["ready", "sending", "checking"];
        self.undecided == 0 && !under_way.iter().any(|state| self.open.contains_key(*state))
    }
}

/// A node: its data folder, its database, its process.
pub(crate) struct Node {
    home: tempfile::TempDir,
    database: String,
    args: Vec<String>,
    process: Option<Killed>,
}

impl Node {
    pub(crate) fn new(database: &str, config: &str, args: &[&str]) -> Node {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("config.toml"), config).unwrap();
        let args = args.iter().map(|text| (*text).to_owned()).collect();
        Node { home, database: database.to_owned(), args, process: None }
    }

    fn command(&self) -> Command {
        let mut command = Command::new(DAYBOOK);
        command.env_remove("DAYBOOK_HOME").env_remove("DAYBOOK_BOOK");
        command.env("DAYBOOK_DATABASE", &self.database).env("DAYBOOK_MASTER_KEY", MASTER_KEY);
        command.arg("--home").arg(self.home.path());
        command
    }

    #[track_caller]
    pub(crate) fn connect(&self, url: &str) {
        let output = self.command().args(["connect", "--sandbox", url]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }

    pub(crate) fn serve(&mut self) {
        let mut command = self.command();
        let log = self.home.path().join("log");
        let log = OpenOptions::new().create(true).append(true).open(log).unwrap();
        command.args(["serve", "--listen", "127.0.0.1:0"]).args(&self.args);
        command.stdout(Stdio::null()).stderr(log).env("DAYBOOK_LOG", "info");
        self.process = Some(Killed(command.spawn().unwrap()));
    }

    pub(crate) fn kill(&mut self) {
        self.process = None;
    }

    /// It has not ended by itself.
    pub(crate) fn is_running(&mut self) -> bool {
        self.process.as_mut().is_some_and(|process| process.0.try_wait().unwrap().is_none())
    }

    /// What it is called in leases.
    pub(crate) fn name(&self) -> String {
        std::fs::read_to_string(self.home.path().join("node.id")).unwrap().trim().to_owned()
    }

    /// What `daybook status` says.
    #[track_caller]
    pub(crate) fn status(&self) -> Status {
        let output = self.command().args(["--json", "status"]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Both sides agree, says `daybook books`.
    #[track_caller]
    pub(crate) fn agrees(&self, book: &BookStatus) {
        let output = self.command().args(["books", "--book", &book.id]).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    }

    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.home.path().join("log")).unwrap()
    }
}

impl Drop for Node {
    /// A test that fails shows what the node said.
    fn drop(&mut self) {
        self.process = None;
        if std::thread::panicking() {
            let log = self.log();
            let last = log.lines().count().saturating_sub(30);
            let lines: Vec<&str> = log.lines().skip(last).collect();
            eprintln!("{}\n{}", self.home.path().display(), lines.join("\n"));
        }
    }
}

pub(crate) fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}

/// Waits until it is so. Says how long that took.
#[track_caller]
#[expect(clippy::disallowed_methods, reason = "processes of their own keep the real time")]
pub(crate) fn wait_for(what: &str, limit: Duration, is_so: impl Fn() -> bool) -> Duration {
    let began = Instant::now();
    while !is_so() {
        assert!(began.elapsed() < limit, "{what}: not within {limit:?}");
        std::thread::sleep(Duration::from_millis(50));
    }
    began.elapsed()
}
