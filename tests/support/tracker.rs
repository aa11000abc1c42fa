//! A tracker of issues on loopback: answers as it was told, and remembers what was sent.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request, as it came.
#[derive(Debug, Clone)]
pub(crate) struct Sent {
    /// `POST /repos/a/b/issues`, without a query.
    pub(crate) what: String,
    /// Behind the `?`.
    pub(crate) query: String,
    pub(crate) authorization: String,
    pub(crate) body: serde_json::Value,
}

/// A tracker on a free port; it ends with the process.
pub(crate) struct Tracker {
    pub(crate) url: String,
    sent: Arc<Mutex<Vec<Sent>>>,
}

impl Tracker {
    /// One that has these answers, by method and path; everything else that changes something is taken, and what is not
    /// known is 404.
    pub(crate) fn start(answers: Vec<(&'static str, String)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&sent);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                answer(stream, &answers, &log);
            }
        });
        Self { url, sent }
    }

    /// Everything that was sent so far.
    pub(crate) fn sent(&self) -> Vec<Sent> {
        self.sent.lock().expect("a log").clone()
    }

    /// What was sent to change something: method, path and body.
    pub(crate) fn changes(&self) -> Vec<(String, serde_json::Value)> {
        let changes = self.sent().into_iter().filter(|sent| !sent.what.starts_with("GET "));
        changes.map(|sent| (sent.what, sent.body)).collect()
    }
}

fn answer(mut stream: TcpStream, answers: &[(&'static str, String)], log: &Mutex<Vec<Sent>>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut line = String::new();
    reader.read_line(&mut line).ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?, words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (what, query) = (format!("{method} {path}"), query.to_owned());
    let (mut length, mut authorization) = (0, String::new());
    loop {
        let mut header = String::new();
        reader.read_line(&mut header).ok()?;
        match header.trim().split_once(": ") {
            Some((name, value)) if name.eq_ignore_ascii_case("content-length") => {
                length = value.parse().ok()?;
            }
            Some((name, value)) if name.eq_ignore_ascii_case("authorization") => {
                value.clone_into(&mut authorization);
            }
            Some(_) => {}
            None => break,
        }
    }
    let mut body = String::new();
    reader.take(length).read_to_string(&mut body).ok()?;
    let body = serde_json::from_str(&body).unwrap_or_default();
    log.lock().ok()?.push(Sent { what: what.clone(), query, authorization, body });
    let known = answers.iter().find(|(known, _)| *known == what).map(|(_, text)| text.as_str());
    let (status, text) = match (known, method) {
        (Some(text), _) => ("200 OK", text),
        (None, "GET") => ("404 Not Found", r#"{"message":"Not Found"}"#),
        (None, _) => ("201 Created", r#"{"number":7,"id":41,"name":"priority-high"}"#),
    };
    let length = text.len();
    write!(stream, "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{text}").ok()
}
