//! One request by hand: for what a test does to a platform itself, without the harness that it tests.

use serde_json::Value;
use std::io::{Read, Write};
use std::net::TcpStream;

/// Who asks, and for whom.
#[derive(Clone, Copy)]
pub(crate) struct Hand<'a> {
    /// The base URL, over plain HTTP.
    pub(crate) base: &'a str,
    /// The token.
    pub(crate) bearer: &'a str,
    /// The organisation that it names, if any.
    pub(crate) org: &'a str,
}

impl Hand<'_> {
    /// Asks, and gives the status with the body; null for one that is no JSON.
    pub(crate) fn ask(self, method: &str, path: &str, body: &str) -> (u16, Value) {
        let host = self.base.trim_start_matches("http://");
        let mut stream = TcpStream::connect(host).expect("a server");
        write!(
            stream,
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nauthorization: Bearer {}\r\nx-molecule-org-id: {}\r\n\
             content-type: application/json\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{body}",
            self.bearer,
            self.org,
            body.len()
        )
        .expect("a request");
        let mut reply = String::new();
        stream.read_to_string(&mut reply).expect("a reply");
        let (head, body) = reply.split_once("\r\n\r\n").expect("a head");
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        (status, serde_json::from_str(body).unwrap_or(Value::Null))
    }
}
