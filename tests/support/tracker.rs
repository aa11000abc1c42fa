//! A tracker of issues on loopback: answers as it was told, and remembers what was sent.

use super::heard::{self, Heard};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

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
        let sent = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&sent);
        let address = heard::listen(move |stream, heard| answer(stream, &heard, &answers, &log));
        Self { url: format!("http://{address}"), sent }
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

fn answer(
    stream: &TcpStream,
    heard: &Heard,
    answers: &[(&'static str, String)],
    log: &Mutex<Vec<Sent>>,
) -> Option<()> {
    let what = format!("{} {}", heard.method, heard.path());
    log.lock().ok()?.push(Sent {
        what: what.clone(),
        query: heard.query().to_owned(),
        authorization: heard.header("authorization").to_owned(),
        body: serde_json::from_str(&heard.body).unwrap_or_default(),
    });
    let known = answers.iter().find(|(known, _)| *known == what).map(|(_, text)| text.as_str());
    let (status, text) = match (known, heard.method.as_str()) {
        (Some(text), _) => ("200 OK", text),
        (None, "GET") => ("404 Not Found", r#"{"message":"Not Found"}"#),
        (None, _) => ("201 Created", r#"{"number":7,"id":41,"name":"priority-high"}"#),
    };
    heard::reply(stream, status, "application/json", text)
}
