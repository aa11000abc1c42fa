//! Somebody who gets webhooks: answers as it is told to, and remembers what came.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What came.
#[derive(Debug, Clone)]
pub(crate) struct Delivery {
    pub(crate) path: String,
    headers: Vec<(String, String)>,
    pub(crate) body: String,
}

impl Delivery {
    /// The value of a header, by its name in lowercase.
    pub(crate) fn header(&self, name: &str) -> &str {
        let found = self.headers.iter().find(|(known, _)| known == name);
        found.map_or("", |(_, value)| value.as_str())
    }
}

/// How it answers.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Answer {
    /// With this status; what came is in its body.
    Status(u16),
    /// Not at all.
    Never,
}

/// A server on a free port; it ends with the process.
pub(crate) struct Receiver {
    pub(crate) address: String,
    seen: Arc<Mutex<Vec<Delivery>>>,
}

impl Receiver {
    /// Answers in this order, and the last one again and again.
    pub(crate) fn start(answers: &[Answer]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answers) = (Arc::clone(&seen), answers.to_vec());
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (log, answers) = (Arc::clone(&log), answers.clone());
                thread::spawn(move || take(stream, &log, &answers));
            }
        });
        Self { address, seen }
    }

    /// Everything that came so far.
    pub(crate) fn seen(&self) -> Vec<Delivery> {
        self.seen.lock().expect("a log").clone()
    }

    /// Everything that came, each key once: a receiver that knows the key has it already.
    pub(crate) fn once(&self) -> Vec<Delivery> {
        let mut once: Vec<Delivery> = Vec::new();
        for delivery in self.seen() {
            if once.iter().all(|known| known.header("idempotency-key") != delivery.header("idempotency-key"))
            {
                once.push(delivery);
            }
        }
        once
    }
}

fn take(stream: TcpStream, log: &Mutex<Vec<Delivery>>, answers: &[Answer]) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut first = String::new();
    reader.read_line(&mut first).ok()?;
    let path = first.split_whitespace().nth(1)?.to_owned();
    let mut headers = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim().split_once(':') else { break };
        headers.push((name.to_lowercase(), value.trim().to_owned()));
    }
    let length = headers.iter().find(|(name, _)| name == "content-length").map(|(_, value)| value.parse());
    let mut body = vec![0; length?.ok()?];
    reader.read_exact(&mut body).ok()?;
    let body = String::from_utf8(body).ok()?;
    let authorization = headers.iter().find(|(name, _)| name == "authorization").cloned();
    let number = {
        let mut log = log.lock().expect("a log");
        log.push(Delivery { path, headers, body: body.clone() });
        log.len()
    };
    let mut stream = stream;
    match answers.get(number - 1).or(answers.last())? {
        Answer::Status(status) => {
            // What came is said again, as servers do that are in trouble.
            let said = format!("{} {body}", authorization.map(|(_, value)| value).unwrap_or_default());
            let length = said.len();
            write!(
                stream,
                "HTTP/1.1 {status} x\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{said}"
            )
            .ok()
        }
        Answer::Never => {
            // Reads until the other side gives up.
            stream.set_read_timeout(Some(Duration::from_secs(30))).ok()?;
            reader.read_to_end(&mut Vec::new()).ok().map(drop)
        }
    }
}
