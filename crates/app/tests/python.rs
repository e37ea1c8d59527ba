//! The vendors' public Python clients, installed from `PyPI`, take the sandbox for the vendors: they
//! authenticate, list orders, create an invoice and a payment, and read them back.
//!
//! `DAYBOOK_WITHOUT_PYTHON=1` leaves the test out where Python cannot be installed.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test stops at the first surprise"
)]

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use app::cli::connect::lever;
use app::transport::Wire;
use serde::Deserialize;
use serde_json::Value;

const WITHOUT: &str = "DAYBOOK_WITHOUT_PYTHON";
const ORDERS: usize = 40;

/// What the clients found.
#[derive(Deserialize)]
struct Found {
    orders: usize,
    order_id: String,
    expected: String,
    invoice_number: String,
    invoice_status: String,
    invoice_total: String,
    amount_due: String,
    payment_amount: String,
    payment_date: String,
    invoice_date: String,
    paid_invoice_id_is_ours: bool,
}

/// A sandbox in another process. It ends when it is dropped.
struct Served {
    child: Child,
    connection: String,
}

impl Served {
    fn start() -> Served {
        let mut child = Command::new(env!("CARGO_BIN_EXE_daybook"))
            .args(["sandbox", "--json", "--no-limits", "--seed", "7"])
            .args(["--orders", &ORDERS.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut connection = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut connection).unwrap();
        Served { child, connection }
    }

    fn url(&self) -> String {
        let connection: Value = serde_json::from_str(&self.connection).unwrap();
        let api = connection["xero_api"].as_str().unwrap();
        api.strip_suffix("/xero/api.xro/2.0").unwrap().to_owned()
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn benches() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../benches").canonicalize().unwrap()
}

/// Runs a program; its output, or everything that it said.
fn output(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| {
        panic!("{} does not start ({error}); {WITHOUT}=1 leaves this out", program(command))
    });
    assert!(
        output.status.success(),
        "{} ended with {}; {WITHOUT}=1 leaves this out\n{}{}",
        program(command),
        output.status,
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

fn program(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

/// A Python of its own with the pinned packages, the same that the benches use; made once.
fn python() -> PathBuf {
    let list = benches().join("requirements.txt");
    let target = Path::new(env!("CARGO_TARGET_TMPDIR")).parent().unwrap();
    let folder = target.join("tools/peers");
    let python = folder.join("bin/python");
    // Written last: a folder without it is half made.
    let kept = folder.join("requirements.txt");
    let wanted = std::fs::read(&list).unwrap();
    if std::fs::read(&kept).is_ok_and(|kept| kept == wanted) {
        return python;
    }
    output(Command::new("python3").args(["-m", "venv", "--clear"]).arg(&folder));
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
    output(Command::new(&python).args(install).arg("--requirement").arg(&list));
    std::fs::write(&kept, &wanted).unwrap();
    python
}

#[tokio::test]
async fn the_public_python_clients_take_the_sandbox_for_the_vendors() {
    if std::env::var_os(WITHOUT).is_some() {
        let text = format!("python: skipped, because {WITHOUT} is set");
        drop(writeln!(std::io::stderr().lock(), "{text}"));
        return;
    }
    let python = python();
    let served = Served::start();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/python/peers.py");
    let printed = output(
        Command::new(python)
            .arg(script)
            .arg(benches())
            .arg(&served.connection)
            .env("PYTHONDONTWRITEBYTECODE", "1"),
    );
    let found: Found = serde_json::from_str(&printed).unwrap();
    assert_eq!(found.orders, ORDERS);
    assert_eq!(found.invoice_number, format!("AMZ-{}", found.order_id));
    assert_eq!(found.invoice_status, "PAID");
    assert_eq!(found.invoice_total, found.expected);
    assert_eq!(found.payment_amount, found.expected);
    assert_eq!(found.amount_due, "0.00");
    assert_eq!(found.payment_date, found.invoice_date);
    assert!(found.paid_invoice_id_is_ours);
    let wire = Wire::new().unwrap();
    let truth: Value = lever(&wire, &served.url(), "/_sandbox/truth").await.unwrap();
    assert_eq!(truth["posted_ids"], Value::Array(vec![Value::String(found.order_id)]));
    assert_eq!(truth["unknown_names"], Value::Array(vec![]), "both clients know their vendor");
}
