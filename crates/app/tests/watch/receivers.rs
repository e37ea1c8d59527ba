//! Real receivers on loopback: one takes HTTP, one takes mail.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use app::alerts::notice::Notice;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};

/// Headers and body of a request.
pub(crate) type Taken = (BTreeMap<String, String>, Vec<u8>);

/// Takes any request on any path, unless it is told to refuse.
pub(crate) struct Hook {
    pub(crate) url: String,
    kept: Arc<Kept>,
}

struct Kept {
    status: AtomicU16,
    taken: Mutex<Vec<Taken>>,
}

async fn take(State(kept): State<Arc<Kept>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let status = StatusCode::from_u16(kept.status.load(Ordering::SeqCst)).unwrap();
    if status.is_success() {
        let text = |value: &axum::http::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = headers.iter().map(|(name, value)| (name.to_string(), text(value)));
        kept.taken.lock().unwrap().push((headers.collect(), body.to_vec()));
    }
    status
}

impl Hook {
    pub(crate) async fn start() -> Hook {
        let kept = Arc::new(Kept { status: AtomicU16::new(200), taken: Mutex::default() });
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let router = Router::new().fallback(take).with_state(kept.clone());
        tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Hook { url, kept }
    }

    pub(crate) fn answer(&self, status: u16) {
        self.kept.status.store(status, Ordering::SeqCst);
    }

    pub(crate) fn requests(&self) -> Vec<Taken> {
        self.kept.taken.lock().unwrap().clone()
    }

    pub(crate) fn bodies(&self) -> Vec<String> {
        let text = |(_, body): Taken| String::from_utf8(body).unwrap();
        self.requests().into_iter().map(text).collect()
    }

    pub(crate) fn notices(&self) -> Vec<Notice> {
        self.bodies().iter().map(|body| serde_json::from_str(body).unwrap()).collect()
    }
}

/// A mail server that takes every letter.
pub(crate) struct Letters {
    pub(crate) url: String,
    taken: Arc<Mutex<Vec<String>>>,
}

impl Letters {
    pub(crate) fn start() -> Letters {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("smtp://{}", listener.local_addr().unwrap());
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        // Ends with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                kept.lock().unwrap().extend(converse(stream.unwrap()));
            }
        });
        Letters { url, taken }
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

/// One conversation of RFC 5321.
fn converse(stream: TcpStream) -> Vec<String> {
    let mut out = stream.try_clone().unwrap();
    let mut say = |words: &str| out.write_all(format!("{words}\r\n").as_bytes()).unwrap();
    let mut lines = BufReader::new(stream).lines();
    let mut letters = Vec::new();
    say("220 receiver");
    while let Some(Ok(line)) = lines.next() {
        match line.get(..4).unwrap_or_default() {
            "DATA" => {
                say("354 go on");
                let letter = lines.by_ref().map(Result::unwrap).take_while(|line| line != ".");
                letters.push(letter.collect::<Vec<String>>().join("\n"));
                say("250 taken");
            }
            "QUIT" => {
                say("221 bye");
                return letters;
            }
            _ => say("250 ok"),
        }
    }
    letters
}
