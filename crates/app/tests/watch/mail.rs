//! Letters by TLS, to a server whose certificate an authority of one's own signed.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use app::alerts::{Config, Email};
use base::Timestamp;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use sandbox::clock::WorldClock;

use crate::receivers::{Letters, Way};
use crate::{NOW, email, idle_books, open, watch};

/// An authority, and a certificate of its for `localhost`.
const MAKE: &str = r#"
set -e
cd "$1"
curve="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
openssl req -x509 $curve -keyout ca.key -out ca.pem -subj "/CN=An authority of one's own" -days 2
openssl req $curve -keyout server.key -out server.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
"#;

fn certified(folder: &Path) -> Arc<ServerConfig> {
    let made = Command::new("sh").args(["-c", MAKE, "sh"]).arg(folder).output().unwrap();
    assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
    let certificate = CertificateDer::from_pem_file(folder.join("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(folder.join("server.key")).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key);
    Arc::new(config.unwrap())
}

/// Alerts of one round that a server of that address took.
async fn taken(server: &str, ca: Option<&Path>) -> u64 {
    let folder = tempfile::tempdir().unwrap();
    let store = open(folder.path()).await;
    let mut channels = email(server);
    let one = channels.remove("finance").unwrap();
    channels.insert("finance".to_owned(), Email { ca: ca.map(Path::to_owned), ..one });
    let config = Config { email: channels, ..Config::default() };
    let clock = WorldClock::fixed(NOW);
    idle_books(&store, 1, NOW.after_ms(-Timestamp::HOUR)).await;
    watch(&store, &clock, &config).await.round().await.unwrap().delivered
}

#[tokio::test]
async fn a_letter_goes_by_tls_to_whom_a_known_authority_vouches_for() {
    let folder = tempfile::tempdir().unwrap();
    let config = certified(folder.path());
    let ca = folder.path().join("ca.pem");
    let (tls, start) =
        (Letters::start(Way::Tls(config.clone())), Letters::start(Way::StartTls(config)));
    let address = |name: &str, letters: &Letters, way: &str| match way {
        "tls" => format!("smtps://{name}:{}", letters.address.port()),
        _ => format!("smtp://{name}:{}?tls=required", letters.address.port()),
    };
    for (letters, way) in [(&tls, "tls"), (&start, "starttls")] {
        assert_eq!(taken(&address("localhost", letters, way), Some(&ca)).await, 1, "{way}");
        assert_eq!(letters.all().len(), 1);
        // An authority that nobody knows, and another name than the certificate's.
        assert_eq!(taken(&address("localhost", letters, way), None).await, 0, "{way}");
        assert_eq!(taken(&address("127.0.0.1", letters, way), Some(&ca)).await, 0, "{way}");
        assert_eq!(letters.all().len(), 1);
    }
    // A server that speaks no TLS gets nothing where TLS is asked for.
    let clear = Letters::start(Way::Clear);
    assert_eq!(taken(&address("localhost", &clear, "starttls"), Some(&ca)).await, 0);
    assert_eq!(clear.all(), Vec::<String>::new());
}
