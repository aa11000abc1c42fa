//! A server that does what no HTTP library does: it reads a request and hangs up.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};

/// What it does to a request.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Quirk {
    /// Reads it and hangs up.
    HangsUp,
    /// Answers these bytes and hangs up.
    Says(&'static str),
}

/// The server; connection *n* meets quirk *n*, the last one stays.
#[derive(Debug)]
pub(crate) struct RawStub {
    pub(crate) base: String,
    requests: Arc<AtomicUsize>,
}

impl RawStub {
    pub(crate) async fn start(quirks: &'static [Quirk]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let requests = Arc::new(AtomicUsize::new(0));
        let counter = Arc::clone(&requests);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let position = counter.fetch_add(1, Ordering::SeqCst).min(quirks.len() - 1);
                serve(stream, quirks[position]).await;
            }
        });
        Self { base, requests }
    }

    /// Connections so far; each carries one request.
    pub(crate) fn connections(&self) -> usize {
        self.requests.load(Ordering::SeqCst)
    }
}

/// A base where nobody listens, as long as these tests run: a port that is only let go is somebody else's a moment later.
pub(crate) async fn nobody() -> String {
    static HELD: Mutex<Vec<TcpSocket>> = Mutex::new(Vec::new());
    let held = TcpSocket::new_v4().expect("a socket");
    held.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let base = format!("http://{}", held.local_addr().expect("an address"));
    HELD.lock().expect("no panic").push(held);
    base
}

async fn serve(mut stream: TcpStream, quirk: Quirk) {
    let (mut head, mut chunk) = (Vec::new(), [0; 1024]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await {
            Ok(0) | Err(_) => return,
            Ok(count) => head.extend_from_slice(&chunk[..count]),
        }
    }
    if let Quirk::Says(reply) = quirk {
        stream.write_all(reply.as_bytes()).await.expect("the reply is sent");
    }
}
