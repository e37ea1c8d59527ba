//! A call is a value: what to send, how to read the reply, and the vendor's limit. It sends
//! nothing itself.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// RFC 3986 unreserved characters stay as they are; everything else is escaped.
const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Put,
    Post,
    Delete,
}

impl Method {
    pub fn as_str(self) -> &'static str {
        match self {
            Method::Get => "GET",
            Method::Put => "PUT",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        }
    }
}

/// Which of a vendor's hosts a request goes to; a transport knows the addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Host {
    /// SP-API of a region, or Xero's `/api.xro/2.0`.
    Api,
    /// Where tokens are exchanged.
    Token,
    /// Xero's list of connections.
    Connections,
    /// Wherever the vendor put a document: the request's path is the whole address, signed for
    /// whoever has it. No token goes with it and no budget is kept.
    Presigned,
}

/// What to send. The transport adds the address and, for [`Host::Api`], the access token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    pub method: Method,
    pub host: Host,
    /// Begins with `/`; segments are already escaped. With [`Host::Presigned`] the whole address.
    pub path: String,
    pub query: Vec<(String, String)>,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Request {
    pub fn new(method: Method, host: Host, path: impl Into<String>) -> Self {
        let path = path.into();
        Self { method, host, path, query: Vec::new(), headers: Vec::new(), body: Vec::new() }
    }

    pub fn get(path: impl Into<String>) -> Self {
        Self::new(Method::Get, Host::Api, path)
    }

    pub fn query(mut self, name: &str, value: impl Into<String>) -> Self {
        self.query.push((name.to_owned(), value.into()));
        self
    }

    pub fn query_opt(self, name: &str, value: Option<&str>) -> Self {
        match value {
            Some(value) => self.query(name, value),
            None => self,
        }
    }

    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.headers.push((name.to_owned(), value.into()));
        self
    }

    pub fn json(self, body: Vec<u8>) -> Self {
        let mut request = self.header("content-type", "application/json");
        request.body = body;
        request
    }

    pub fn form(self, fields: &[(&str, &str)]) -> Self {
        let pairs: Vec<String> = fields
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        let mut request =
            self.header("content-type", "application/x-www-form-urlencoded;charset=UTF-8");
        request.body = pairs.join("&").into_bytes();
        request
    }

    /// Path and query as they go on the wire.
    pub fn target(&self) -> String {
        if self.query.is_empty() {
            return self.path.clone();
        }
        let pairs: Vec<String> = self
            .query
            .iter()
            .map(|(name, value)| format!("{}={}", escape(name), escape(value)))
            .collect();
        format!("{}?{}", self.path, pairs.join("&"))
    }
}

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub fn escape(text: &str) -> String {
    utf8_percent_encode(text, QUERY).to_string()
}

/// What came back, whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Response {
    pub status: u16,
    /// Lower-case names.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

impl Response {
    /// The first header of that lower-case name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}

/// A vendor's rate as data: so many calls at once, then one per period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limit {
    pub burst: u32,
    pub period_ms: i64,
}

impl Limit {
    /// One call per period in the long run, `burst` at once.
    pub const fn bucket(period_ms: i64, burst: u32) -> Limit {
        Limit { burst, period_ms }
    }
}

/// Why a reply could not be taken as an answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum CallError {
    #[error("the vendor answered {status}: {detail}")]
    Status { status: u16, detail: String },
    #[error("the reply could not be read: {detail}")]
    Unreadable { detail: String },
}

/// A request and how to read its reply.
pub trait Call {
    type Reply;
    /// Names the vendor's operation: the bucket that the call is counted in.
    const OPERATION: &'static str;
    const LIMIT: Limit;

    fn request(&self) -> Request;
    fn read(&self, response: &Response) -> Result<Self::Reply, CallError>;
}
