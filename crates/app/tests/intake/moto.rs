//! A server that speaks Amazon SQS: `moto` from `PyPI`, in a Python of its own, on loopback.
//!
//! `DAYBOOK_WITHOUT_PYTHON=1` leaves these tests out where Python cannot be installed.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test stops at the first surprise")]

use std::io::Write as _;
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::time::Duration;

use app::intake::Notifications;
use app::intake::sqs::Sqs;
use aws_config::{BehaviorVersion, Region};
use aws_sdk_sqs::Client;
use aws_sdk_sqs::config::{Builder, Credentials};
use aws_sdk_sqs::types::QueueAttributeName;

const WITHOUT: &str = "DAYBOOK_WITHOUT_PYTHON";
pub(crate) const REGION: &str = "eu-west-1";
/// Somebody else may take a port between our finding it free and the server's listening on it.
const STARTS_MAX: u32 = 5;

/// The server. It ends when it is dropped.
pub(crate) struct Moto {
    pub(crate) url: String,
    child: Child,
}

/// A queue of messages at it.
pub(crate) struct Line {
    client: Client,
    endpoint: String,
    pub(crate) url: String,
    pub(crate) arn: String,
}

impl Moto {
    /// `None` after saying that the test is left out.
    pub(crate) fn start() -> Option<Moto> {
        let program = program()?;
        for _start in 0..STARTS_MAX {
            let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
            let mut child = Command::new(&program)
                .args(["-H", "127.0.0.1", "-p", &port.to_string()])
                .env("PYTHONDONTWRITEBYTECODE", "1")
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .spawn()
                .unwrap();
            if listens(&mut child, port) {
                return Some(Moto { url: format!("http://127.0.0.1:{port}"), child });
            }
        }
        panic!("moto did not start");
    }

    /// A new queue that shows an undeleted message again after a second.
    pub(crate) async fn queue(&self, name: &str) -> Line {
        let client = Client::from_conf(config(&self.url).build());
        let call = client.create_queue().queue_name(name);
        let call = call.attributes(QueueAttributeName::VisibilityTimeout, "1");
        let url = call.send().await.unwrap().queue_url.unwrap();
        let arn = format!("arn:aws:sqs:{REGION}:123456789012:{name}");
        Line { client, endpoint: self.url.clone(), url, arn }
    }
}

impl Drop for Moto {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Line {
    pub(crate) fn notifications(&self) -> Notifications {
        Notifications::of(&self.url, &self.arn, Some(&self.endpoint))
    }

    pub(crate) fn mailbox(&self) -> Sqs {
        Sqs::with(config(&self.endpoint), &self.url)
    }

    /// The same server at another queue's address.
    pub(crate) fn mailbox_at(&self, url: &str) -> Sqs {
        Sqs::with(config(&self.endpoint), url)
    }

    /// Messages that wait, and those that were taken and are not deleted.
    pub(crate) async fn counts(&self) -> (String, String) {
        let (waiting, taken) = (
            QueueAttributeName::ApproximateNumberOfMessages,
            QueueAttributeName::ApproximateNumberOfMessagesNotVisible,
        );
        let call = self.client.get_queue_attributes().queue_url(&self.url);
        let call = call.attribute_names(waiting.clone()).attribute_names(taken.clone());
        let found = call.send().await.unwrap().attributes.unwrap();
        (found.get(&waiting).unwrap().clone(), found.get(&taken).unwrap().clone())
    }
}

fn config(endpoint: &str) -> Builder {
    Builder::new()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new(REGION))
        .endpoint_url(endpoint)
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
}

fn listens(child: &mut Child, port: u16) -> bool {
    for _look in 0..600 {
        if TcpStream::connect(("127.0.0.1", port)).is_ok() {
            return true;
        }
        if child.try_wait().unwrap().is_some() {
            return false;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    false
}

/// The server's program, in a Python of its own with pinned packages; made once.
fn program() -> Option<PathBuf> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(made).clone()
}

fn made() -> Option<PathBuf> {
    let has_python = Command::new("python3").arg("--version").output().is_ok();
    if std::env::var_os(WITHOUT).is_some() || !has_python {
        let why = if has_python { "DAYBOOK_WITHOUT_PYTHON is set" } else { "there is no python3" };
        drop(writeln!(std::io::stderr().lock(), "intake: skipped, because {why}"));
        return None;
    }
    let list = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/moto.txt");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("tools/moto");
    let program = folder.join("bin/moto_server");
    // Written last: a folder without it is half made.
    let kept = folder.join("moto.txt");
    let wanted = std::fs::read(&list).unwrap();
    if std::fs::read(&kept).is_ok_and(|kept| kept == wanted) {
        return Some(program);
    }
    run(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps"];
    run(Command::new(folder.join("bin/python")).args(install).arg("--requirement").arg(&list));
    std::fs::write(&kept, &wanted).unwrap();
    Some(program)
}

fn run(command: &mut Command) {
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}; {WITHOUT}=1 leaves this out\n{said}");
}
