//! Somebody who gets webhooks: answers as it is told to, and remembers what came.

use super::heard::{self, Heard};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

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
    seen: Arc<Mutex<Vec<Heard>>>,
}

impl Receiver {
    /// Answers in this order, and the last one again and again.
    pub(crate) fn start(answers: &[Answer]) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answers) = (Arc::clone(&seen), answers.to_vec());
        let address = heard::listen(move |stream, heard| take(stream, heard, &log, &answers));
        Self { address: address.to_string(), seen }
    }

    /// Everything that came so far.
    pub(crate) fn seen(&self) -> Vec<Heard> {
        self.seen.lock().expect("a log").clone()
    }

    /// Everything that came, each key once: a receiver that knows the key has it already.
    pub(crate) fn once(&self) -> Vec<Heard> {
        let mut once: Vec<Heard> = Vec::new();
        for delivery in self.seen() {
            if once.iter().all(|known| known.header("idempotency-key") != delivery.header("idempotency-key"))
            {
                once.push(delivery);
            }
        }
        once
    }
}

fn take(stream: &TcpStream, heard: Heard, log: &Mutex<Vec<Heard>>, answers: &[Answer]) -> Option<()> {
    // What came is said again, as servers do that are in trouble.
    let said = format!("{} {}", heard.header("authorization"), heard.body);
    let number = {
        let mut log = log.lock().expect("a log");
        log.push(heard);
        log.len()
    };
    match answers.get(number - 1).or(answers.last())? {
        Answer::Status(status) => heard::reply(stream, &format!("{status} x"), "text/plain", &said),
        Answer::Never => heard::hold(stream),
    }
}
