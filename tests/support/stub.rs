//! A server that misbehaves on demand.

use super::heard::{self, Heard, hold, reply};
use std::collections::HashMap;
use std::io::Write;
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

/// A server on a free port; it ends with the process.
pub(crate) struct Stub {
    pub(crate) url: String,
    requests: Receiver<String>,
    seen: Arc<Mutex<Vec<String>>>,
}

impl Stub {
    pub(crate) fn start() -> Self {
        let (sender, requests) = channel();
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, counts) = (Arc::clone(&seen), Arc::new(Mutex::new(HashMap::new())));
        let address = heard::listen(move |stream, heard| answer(stream, &heard, &sender, (&log, &counts)));
        Self { url: format!("http://{address}"), requests, seen }
    }

    /// Waits until somebody has asked for this: `GET /never`.
    pub(crate) fn wait_for(&self, request: &str) {
        while self.requests.recv_timeout(std::time::Duration::from_secs(20)).expect("a request") != request {}
    }

    /// Everything that was asked for so far.
    pub(crate) fn seen(&self) -> Vec<String> {
        self.seen.lock().expect("a log").clone()
    }
}

fn answer(
    stream: &TcpStream,
    heard: &Heard,
    requests: &Sender<String>,
    (seen, counts): (&Mutex<Vec<String>>, &Mutex<HashMap<String, u32>>),
) -> Option<()> {
    let request = heard.request();
    seen.lock().ok()?.push(request.clone());
    let visits = {
        let mut counts = counts.lock().ok()?;
        let count = counts.entry(request.clone()).or_insert(0_u32);
        *count += 1;
        *count
    };
    // Whoever listened may be gone already.
    requests.send(request).ok();
    match (heard.path(), visits) {
        ("/breaks-once", 1) => Some(()),
        // Green twice, and red from then on.
        ("/turns", 3..) => reply(stream, "500 Internal Server Error", "application/json", "{}"),
        ("/hangs", _) => hold(stream),
        ("/commands", _) => {
            let body = "::set-output name=exit::0\n  ::error::x\r::stop-commands::y\nsee ##[add-path]/x";
            reply(stream, "200 OK", "text/plain", body)
        }
        ("/html", _) => reply(stream, "200 OK", "text/html", "<html><body>Welcome</body></html>"),
        ("/escapes", _) => reply(stream, "200 OK", "text/plain", "\u{1b}[2J\u{1b}]0;owned\u{7}"),
        ("/task", _) => {
            let asked: serde_json::Value = serde_json::from_str(&heard.body).ok()?;
            let part = serde_json::json!({ "kind": "text", "text": "CHILD_PONG" });
            let task = serde_json::json!({
                "kind": "task", "id": "t", "contextId": "c", "status": { "state": "completed" },
                "artifacts": [{ "artifactId": "a", "parts": [part] }],
            });
            let answer = serde_json::json!({ "jsonrpc": "2.0", "id": asked["id"], "result": task });
            reply(stream, "200 OK", "application/json", &answer.to_string())
        }
        ("/refused", _) => {
            reply(stream, "422 Unprocessable", "application/json", r#"{"code":"REFUSED","error":"no"}"#)
        }
        ("/fails", _) => reply(stream, "500 Oops", "application/json", r#"{"error":"out of order"}"#),
        ("/unpaid", _) => {
            reply(stream, "429 Unpaid", "application/json", r#"{"error":{"code":"insufficient_quota"}}"#)
        }
        ("/busy", _) => reply(stream, "503 Busy", "application/json", r#"{"error":"later"}"#),
        ("/elsewhere", _) => write!(
            &*stream,
            "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.2:9/\r\ncontent-length: 0\r\n\r\n"
        )
        .ok(),
        _ => reply(stream, "200 OK", "application/json", r#"{"status":"ok"}"#),
    }
}
