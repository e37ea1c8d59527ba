//! The validating proxy: one process for one of the vendor's files.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;

/// A proxy that listens. It ends when it is dropped.
pub(crate) struct Prism {
    pub(crate) url: String,
    _process: Process,
}

/// A proxy that reads its file, which takes some seconds if that is large.
pub(crate) struct Starting {
    spec: PathBuf,
    upstream: String,
    url: String,
    process: Process,
    listening: mpsc::Receiver<Result<(), String>>,
}

struct Process(Child);

impl Prism {
    /// Starts a proxy that checks against `spec` what it passes on to `upstream`: a request that
    /// breaks the file never gets there, a reply that breaks it never comes back.
    pub(crate) fn start(spec: &Path, upstream: &str) -> Starting {
        let program = program();
        let port = free_port();
        let mut child = Command::new(&program)
            .args(["proxy", "--errors", "--host", "127.0.0.1", "--port", &port.to_string()])
            .arg(spec)
            .arg(upstream)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::inherit())
            .spawn()
            .unwrap_or_else(|error| panic!("{} does not start: {error}", program.display()));
        let lines = BufReader::new(child.stdout.take().unwrap());
        let (sender, listening) = mpsc::channel();
        // It also keeps the pipe empty, on which the proxy would wait for us otherwise.
        std::thread::spawn(move || {
            let mut said = String::new();
            for line in lines.lines().map_while(Result::ok) {
                if line.contains("Prism is listening") {
                    drop(sender.send(Ok(())));
                }
                said = format!("{said}\n{line}");
            }
            drop(sender.send(Err(said)));
        });
        Starting {
            spec: spec.to_owned(),
            upstream: upstream.to_owned(),
            url: format!("http://127.0.0.1:{port}"),
            process: Process(child),
            listening,
        }
    }
}

/// Somebody else may take a port between our finding it free and the proxy's listening on it.
const STARTS_MAX: u32 = 5;

impl Starting {
    pub(crate) fn wait(self) -> Prism {
        let mut starting = self;
        let mut said = String::new();
        for _start in 0..STARTS_MAX {
            match starting.listening.recv().unwrap() {
                Ok(()) => return Prism { url: starting.url, _process: starting.process },
                Err(words) => said = words,
            }
            starting = Prism::start(&starting.spec, &starting.upstream);
        }
        panic!("the validating proxy ended {STARTS_MAX} times, at last: {said}");
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

/// From `DAYBOOK_PRISM`, or where `cargo xtask ensure` installs it.
fn program() -> PathBuf {
    let program = std::env::var_os("DAYBOOK_PRISM").map_or_else(installed, PathBuf::from);
    assert!(
        program.exists(),
        "the vendors' files are here, but the validating proxy is not at {}: run `cargo xtask \
         ensure`, or name it in DAYBOOK_PRISM",
        program.display()
    );
    program
}

fn installed() -> PathBuf {
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    target.join("tools/npm/node_modules/.bin/prism")
}

fn free_port() -> u16 {
    TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port()
}
