//! Real receivers on loopback: one takes HTTP, one takes mail.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, Mutex};

use app::alerts::notice::Notice;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use rustls::{ServerConfig, ServerConnection, StreamOwned};

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
    pub(crate) address: SocketAddr,
    taken: Arc<Mutex<Vec<String>>>,
}

/// How it is spoken to.
#[derive(Clone)]
pub(crate) enum Way {
    Clear,
    StartTls(Arc<ServerConfig>),
    Tls(Arc<ServerConfig>),
}

impl Letters {
    pub(crate) fn start(way: Way) -> Letters {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let taken = Arc::new(Mutex::new(Vec::new()));
        let kept = taken.clone();
        // Ends with the test process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                // Who does not believe our certificate hangs up.
                let letters = receive(stream.unwrap(), &way).unwrap_or_default();
                kept.lock().unwrap().extend(letters);
            }
        });
        Letters { address, taken }
    }

    pub(crate) fn all(&self) -> Vec<String> {
        self.taken.lock().unwrap().clone()
    }
}

fn receive(mut stream: TcpStream, way: &Way) -> std::io::Result<Vec<String>> {
    match way {
        Way::Clear => {
            stream.write_all(GREETING)?;
            converse(stream, "250 ok").map(|(letters, _)| letters)
        }
        Way::StartTls(config) => {
            stream.write_all(GREETING)?;
            // A letter that comes before TLS is none.
            let (_, upgraded) = converse(stream, "250-receiver\r\n250 STARTTLS")?;
            let Some(stream) = upgraded else { return Ok(Vec::new()) };
            converse(encrypted(config, stream), "250 ok").map(|(letters, _)| letters)
        }
        Way::Tls(config) => {
            let mut stream = encrypted(config, stream);
            stream.write_all(GREETING)?;
            converse(stream, "250 ok").map(|(letters, _)| letters)
        }
    }
}

fn encrypted(
    config: &Arc<ServerConfig>,
    stream: TcpStream,
) -> StreamOwned<ServerConnection, TcpStream> {
    StreamOwned::new(ServerConnection::new(config.clone()).unwrap(), stream)
}

const GREETING: &[u8] = b"220 receiver\r\n";

/// One conversation of RFC 5321: the letters, and the stream where the client asks for TLS.
fn converse<S: Read + Write>(
    stream: S,
    welcome: &str,
) -> std::io::Result<(Vec<String>, Option<S>)> {
    let mut stream = BufReader::new(stream);
    let mut letters = Vec::new();
    loop {
        let line = read_line(&mut stream)?;
        match line.get(..4).unwrap_or_default() {
            "EHLO" => say(&mut stream, welcome)?,
            "STAR" => {
                say(&mut stream, "220 go on")?;
                return Ok((letters, Some(stream.into_inner())));
            }
            "DATA" => {
                say(&mut stream, "354 go on")?;
                let mut letter = Vec::new();
                loop {
                    let line = read_line(&mut stream)?;
                    if line == "." {
                        break;
                    }
                    letter.push(line);
                }
                letters.push(letter.join("\n"));
                say(&mut stream, "250 taken")?;
            }
            "QUIT" | "" => {
                say(&mut stream, "221 bye")?;
                return Ok((letters, None));
            }
            _ => say(&mut stream, "250 ok")?,
        }
    }
}

fn say<S: Read + Write>(stream: &mut BufReader<S>, words: &str) -> std::io::Result<()> {
    stream.get_mut().write_all(format!("{words}\r\n").as_bytes())?;
    stream.get_mut().flush()
}

/// Empty at the end of the conversation.
fn read_line<S: Read>(stream: &mut BufReader<S>) -> std::io::Result<String> {
    let mut line = String::new();
    stream.read_line(&mut line)?;
    Ok(line.trim_end_matches(['\r', '\n']).to_owned())
}
