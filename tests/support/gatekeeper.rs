//! A gate in front of a server: it lets everything through, until somebody wants to stop a run at one exchange.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// What is held: the start of a request, and which half of its exchange.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Hold {
    /// The server never sees it, until it is let through.
    Request(&'static str),
    /// The server has answered, and nobody gets to know.
    Reply(&'static str),
}

/// A gate on a free port; it ends with the process.
pub(crate) struct Gatekeeper {
    pub(crate) url: String,
    held: Arc<Mutex<Option<Hold>>>,
    reached: Receiver<()>,
    let_through: Sender<()>,
}

struct Pass {
    held: Arc<Mutex<Option<Hold>>>,
    reached: Sender<()>,
    go: Arc<Mutex<Receiver<()>>>,
}

impl Gatekeeper {
    /// Stands in front of a server.
    pub(crate) fn before(server: &str, hold: Hold) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let url = format!("http://{}", listener.local_addr().expect("an address"));
        let server = server.trim_start_matches("http://").to_owned();
        let held = Arc::new(Mutex::new(Some(hold)));
        let ((sender, reached), (let_through, go)) = (channel(), channel());
        let go = Arc::new(Mutex::new(go));
        let shared = Arc::clone(&held);
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let pass = Pass { held: Arc::clone(&shared), reached: sender.clone(), go: Arc::clone(&go) };
                let server = TcpStream::connect(&server).expect("the server");
                thread::spawn(move || pass.carry(client, &server));
            }
        });
        Self { url, held, reached, let_through }
    }

    /// Holds something else from now on, once.
    pub(crate) fn hold(&self, hold: Hold) {
        *self.held.lock().expect("a hold") = Some(hold);
    }

    /// Waits until what is held has come.
    pub(crate) fn wait(&self) {
        self.reached.recv_timeout(Duration::from_secs(30)).expect("it comes to the gate");
    }

    /// Lets a held request through.
    pub(crate) fn open(&self) {
        self.let_through.send(()).expect("somebody waits");
    }
}

impl Pass {
    fn carry(&self, client: TcpStream, server: &TcpStream) {
        let deaf = Arc::new(Mutex::new(false));
        let (mut from, mut to) =
            (server.try_clone().expect("a socket"), client.try_clone().expect("a socket"));
        let (ears, told) = (Arc::clone(&deaf), self.reached.clone());
        thread::spawn(move || {
            let mut bytes = vec![0; 64 * 1024];
            while let Ok(count @ 1..) = from.read(&mut bytes) {
                if *ears.lock().expect("a flag") {
                    told.send(()).ok();
                } else if to.write_all(&bytes[..count]).is_err() {
                    return;
                }
            }
        });
        let (mut from, mut to, mut bytes) = (client, server, vec![0; 64 * 1024]);
        while let Ok(count @ 1..) = from.read(&mut bytes) {
            match self.taken(&bytes[..count]) {
                Some(Hold::Reply(_)) => *deaf.lock().expect("a flag") = true,
                Some(Hold::Request(_)) => {
                    self.reached.send(()).ok();
                    self.go.lock().expect("a door").recv().ok();
                }
                None => {}
            }
            if to.write_all(&bytes[..count]).is_err() {
                return;
            }
        }
    }

    /// Whether these bytes are what is to be held; nothing is held twice.
    fn taken(&self, bytes: &[u8]) -> Option<Hold> {
        let mut held = self.held.lock().expect("a hold");
        let (Hold::Request(start) | Hold::Reply(start)) = (*held)?;
        let comes = bytes.windows(start.len()).any(|window| window == start.as_bytes());
        if comes { held.take() } else { None }
    }
}
