//! What the servers of the tests have in common: a port, a request as it came, and an answer to it. Plain threads and
//! sockets, so that they can do what no server library would.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

/// For how long a server holds a connection that it does not answer.
const PATIENCE: Duration = Duration::from_secs(30);

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Heard {
    pub(crate) method: String,
    target: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Heard {
    fn read(stream: &TcpStream) -> Option<Self> {
        let mut reader = BufReader::new(stream);
        let mut first = String::new();
        reader.read_line(&mut first).ok()?;
        let (method, target) = first.split_once(' ')?;
        let target = target.split_once(' ')?.0;
        let mut headers = Vec::new();
        loop {
            let mut line = String::new();
            reader.read_line(&mut line).ok()?;
            let Some((name, value)) = line.trim().split_once(':') else { break };
            headers.push((name.to_lowercase(), value.trim().to_owned()));
        }
        let body = String::new();
        let mut heard = Self { method: method.to_owned(), target: target.to_owned(), headers, body };
        let length =
            if heard.header("content-length").is_empty() { "0" } else { heard.header("content-length") };
        let mut body = vec![0; length.parse().ok()?];
        reader.read_exact(&mut body).ok()?;
        heard.body = String::from_utf8(body).ok()?;
        Some(heard)
    }

    /// The value of a header, by its name in lowercase; nothing when there is none.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }

    /// What it asked for: `GET /notes?name=a`.
    pub(crate) fn request(&self) -> String {
        format!("{} {}", self.method, self.target)
    }

    pub(crate) fn path(&self) -> &str {
        self.target.split_once('?').map_or(self.target.as_str(), |(path, _)| path)
    }

    /// Behind the `?`.
    pub(crate) fn query(&self) -> &str {
        self.target.split_once('?').map_or("", |(_, query)| query)
    }
}

/// A server on a free port; it ends with the process. A connection is closed when its answer says nothing.
pub(crate) fn listen(answer: impl Fn(&TcpStream, Heard) -> Option<()> + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = listener.local_addr().expect("an address");
    let answer = Arc::new(answer);
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let answer = Arc::clone(&answer);
            thread::spawn(move || Heard::read(&stream).and_then(|heard| answer(&stream, heard)));
        }
    });
    address
}

/// Answers with a status, such as `404 Not Found`, and a body of this media type.
pub(crate) fn reply(mut stream: &TcpStream, status: &str, kind: &str, body: &str) -> Option<()> {
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
    .ok()
}

/// Answers nothing, until the other side gives up.
pub(crate) fn hold(mut stream: &TcpStream) -> Option<()> {
    stream.set_read_timeout(Some(PATIENCE)).ok()?;
    io::copy(&mut stream, &mut io::sink()).ok().map(drop)
}
