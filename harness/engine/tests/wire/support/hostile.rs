//! Peers that do what no HTTP library would let them do.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// How a peer treats every request.
#[derive(Debug, Clone)]
pub(crate) enum Hostility {
    /// It accepts, and never says a word.
    Silent,
    /// It sends these bytes and closes the connection.
    Says(Vec<u8>),
    /// It sends these bytes and leaves the connection open.
    Lingers(String),
    /// It sends the first bytes at once, and then the others over and over, one at a time.
    Drips(&'static str, &'static str),
    /// It sends the first bytes, and then the others over and over, as fast as they are taken.
    Floods(&'static str, Vec<u8>),
    /// It tears the connection down.
    Resets,
}

/// The peer; it ends with the runtime of its test.
#[derive(Debug)]
pub(crate) struct HostilePeer {
    /// `http://127.0.0.1:<port>`.
    pub(crate) base: String,
    written: Arc<AtomicU64>,
    connections: Arc<AtomicU64>,
}

impl HostilePeer {
    pub(crate) async fn start(hostility: Hostility) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let (written, connections) = (Arc::<AtomicU64>::default(), Arc::<AtomicU64>::default());
        let (bytes, count) = (Arc::clone(&written), Arc::clone(&connections));
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.fetch_add(1, Ordering::SeqCst);
                let (hostility, bytes) = (hostility.clone(), Arc::clone(&bytes));
                // A client that turns away is what the tests are about.
                tokio::spawn(async move { treat(stream, &hostility, &bytes).await.ok() });
            }
        });
        Self { base, written, connections }
    }

    /// How many bytes it got rid of.
    pub(crate) fn written(&self) -> u64 {
        self.written.load(Ordering::SeqCst)
    }

    /// Connections so far.
    pub(crate) fn connections(&self) -> u64 {
        self.connections.load(Ordering::SeqCst)
    }
}

async fn treat(mut stream: TcpStream, hostility: &Hostility, written: &AtomicU64) -> std::io::Result<()> {
    let (mut head, mut chunk) = (Vec::new(), [0; 4096]);
    while !head.windows(4).any(|end| end == b"\r\n\r\n") {
        match stream.read(&mut chunk).await? {
            0 => return Ok(()),
            count => head.extend_from_slice(&chunk[..count]),
        }
    }
    let count = |bytes: &[u8]| written.fetch_add(bytes.len() as u64, Ordering::SeqCst);
    match hostility {
        Hostility::Silent => std::future::pending().await,
        Hostility::Says(bytes) => {
            count(bytes);
            stream.write_all(bytes).await
        }
        Hostility::Lingers(bytes) => {
            stream.write_all(bytes.as_bytes()).await?;
            std::future::pending().await
        }
        Hostility::Drips(first, then) => {
            stream.write_all(first.as_bytes()).await?;
            let mut pace = tokio::time::interval(Duration::from_millis(2));
            for byte in then.as_bytes().chunks(1).cycle() {
                pace.tick().await;
                stream.write_all(byte).await?;
                count(byte);
            }
            Ok(())
        }
        Hostility::Floods(first, then) => {
            stream.write_all(first.as_bytes()).await?;
            loop {
                stream.write_all(then).await?;
                count(then);
            }
        }
        Hostility::Resets => stream.set_zero_linger(),
    }
}
