//! A `PostgreSQL` that is reached by TLS, with a certificate of an authority of its own: what each
//! `sslmode` of the URL takes and refuses.

#![expect(clippy::unwrap_used, reason = "a test stops at the first surprise")]

#[cfg(test)]
#[path = "support/programs.rs"]
mod programs;

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use base::Secret;
use store::{Link, Store, StoreError, Vault};

use crate::programs::{as_server_user, server_programs};

/// A server that speaks TLS (`$3`: `on`) or does not (`off`). Its certificate names `localhost` and
/// nothing else. It ends with the test process, however that ends.
const START: &str = r#"
set -e
folder=$(mktemp -d "${TMPDIR:-/tmp}/daybook-tls.XXXXXX")
trap 'rm -rf "$folder"' EXIT
cd "$folder"
exec 3>&1 >"$folder/log" 2>&1
trap 'cat "$folder/log" >&2; rm -rf "$folder"' EXIT
curve="-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes"
openssl req -x509 $curve -keyout ca.key -out ca.pem -subj "/CN=An authority of one's own" -days 2
openssl req $curve -keyout server.key -out server.csr -subj /CN=localhost
printf 'subjectAltName=DNS:localhost\nbasicConstraints=CA:FALSE\n' >names
openssl x509 -req -in server.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 2 -extfile names -out server.pem
chmod 755 "$folder"
chmod 600 server.key
"$1/initdb" -D data -A trust -U daybook -E UTF8 --locale=C --no-sync
"$1/pg_ctl" -D data -l server.log -w -s \
    -o "-k $folder -p $2 -c listen_addresses=127.0.0.1 -c fsync=off -c ssl=$3 -c ssl_cert_file=$folder/server.pem -c ssl_key_file=$folder/server.key" start
echo "$folder" >&3
exec 3>&-
cat >/dev/null || true
"$1/pg_ctl" -D data -s -m immediate stop
trap 'rm -rf "$folder"' EXIT
"#;

struct Server {
    folder: String,
    port: u16,
    /// Waits for our end, then stops the server.
    _keeper: Child,
}

impl Server {
    fn start(ssl: &str) -> Option<Server> {
        let programs = server_programs()?;
        let port = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
        let mut keeper = as_server_user(START)
            .arg(&programs)
            .arg(port.to_string())
            .arg(ssl)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(keeper.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let folder = line.trim().to_owned();
        assert!(!folder.is_empty(), "PostgreSQL with TLS did not start: see above");
        Some(Server { folder, port, _keeper: keeper })
    }

    async fn open(&self, host: &str, way: &str) -> Result<Link, StoreError> {
        let (port, folder) = (self.port, &self.folder);
        let way = way.replace("CA", &format!("sslrootcert={folder}/ca.pem"));
        let url = format!("postgres://daybook@{host}:{port}/postgres?{way}");
        let vault = Vault::new(Secret::new("0123456789abcdef0123456789abcdef"));
        let store = Store::open(&url, vault).await?;
        let link = store.link().await;
        store.close().await;
        link
    }

    async fn refuses(&self, host: &str, way: &str) {
        let error = self.open(host, way).await.unwrap_err();
        assert_eq!(error.code(), "database_untrusted", "{host} {way}: {error:?}");
    }
}

#[tokio::test]
async fn the_way_to_the_database_is_as_safe_as_its_url_says() {
    let Some(server) = Server::start("on") else { return };
    let known = server.open("localhost", "sslmode=verify-full&CA").await;
    assert_eq!(known.unwrap(), Link::Verified);
    // Another name than the certificate's; and an authority that nobody here knows.
    server.refuses("127.0.0.1", "sslmode=verify-full&CA").await;
    server.refuses("localhost", "sslmode=verify-full").await;
    server.refuses("localhost", "sslmode=verify-ca").await;
    let other_name = server.open("127.0.0.1", "sslmode=verify-ca&CA").await;
    assert_eq!(other_name.unwrap(), Link::Verified);
    assert_eq!(server.open("localhost", "sslmode=require").await.unwrap(), Link::Encrypted);
    assert_eq!(server.open("localhost", "").await.unwrap(), Link::Encrypted);
    assert_eq!(server.open("localhost", "sslmode=disable").await.unwrap(), Link::Local);
}

#[tokio::test]
async fn a_server_without_tls_is_refused_where_tls_is_asked_for() {
    let Some(server) = Server::start("off") else { return };
    for way in ["sslmode=require", "sslmode=verify-ca&CA", "sslmode=verify-full&CA"] {
        server.refuses("localhost", way).await;
    }
    assert_eq!(server.open("localhost", "sslmode=prefer").await.unwrap(), Link::Local);
}
