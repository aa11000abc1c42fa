//! A server on a free port that answers as a script says.

use super::chronicle::{Chronicle, Moment};
use axum::Router;
use axum::body::{Body, Bytes};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, Method, Response, Uri};
use futures_util::StreamExt;
use serde_json::Value;
use std::convert::Infallible;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;
use tokio::sync::broadcast;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    /// Path and query, as they were on the wire.
    pub(crate) path: String,
    pub(crate) headers: Vec<(String, String)>,
    /// As text.
    pub(crate) body: String,
    /// Byte for byte.
    pub(crate) bytes: Bytes,
}

impl Seen {
    pub(crate) fn line(&self) -> String {
        format!("{} {}", self.method, self.path)
    }

    pub(crate) fn header(&self, wanted: &str) -> Option<&str> {
        self.headers.iter().find(|(name, _)| name == wanted).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).expect("a JSON body")
    }
}

/// What the script says to a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Reply.
    Reply { status: u16, headers: Vec<(&'static str, String)>, body: Vec<u8> },
    /// A stream of events: a ping, and then what the tap gives, until it is closed.
    Events(Tap),
    /// Never reply.
    Hang,
}

/// What pours onto streams.
#[derive(Debug, Clone)]
pub(crate) struct Tap(Arc<Mutex<Option<broadcast::Sender<String>>>>);

impl Tap {
    pub(crate) fn open() -> Self {
        Self(Arc::new(Mutex::new(Some(broadcast::Sender::new(16)))))
    }

    /// Puts a text onto every stream that is open.
    pub(crate) fn pour(&self, text: &str) {
        if let Some(sender) = &*self.0.lock().expect("no panic") {
            sender.send(text.to_owned()).ok();
        }
    }

    /// Ends every stream, those that are opened later too.
    pub(crate) fn close(&self) {
        self.0.lock().expect("no panic").take();
    }

    fn body(&self) -> Body {
        let stream = self.0.lock().expect("no panic").as_ref().map(broadcast::Sender::subscribe);
        let poured = futures_util::stream::unfold(stream, async |stream| {
            let mut stream = stream?;
            let text = stream.recv().await.ok()?;
            Some((Ok::<_, Infallible>(text), Some(stream)))
        });
        let ping = futures_util::stream::iter([Ok(": ping\n\n".to_owned())]);
        Body::from_stream(ping.chain(poured))
    }
}

impl Answer {
    pub(crate) fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Reply { status, headers: Vec::new(), body: body.into() }
    }

    pub(crate) fn with(self, name: &'static str, value: impl Into<String>) -> Self {
        match self {
            Self::Reply { status, mut headers, body } => {
                headers.push((name, value.into()));
                Self::Reply { status, headers, body }
            }
            Self::Events(_) | Self::Hang => self,
        }
    }
}

type Script = Arc<dyn Fn(&Seen) -> Answer + Send + Sync>;

/// The server; it ends with the runtime of its test.
#[derive(Debug)]
pub(crate) struct Stub {
    /// `http://127.0.0.1:<port>`.
    pub(crate) base: String,
}

impl Stub {
    pub(crate) async fn start(
        chronicle: &Chronicle,
        script: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let base = format!("http://{}", listener.local_addr().expect("an address"));
        let script: Script = Arc::new(script);
        let router = Router::new()
            .fallback(reply)
            .layer(DefaultBodyLimit::disable())
            .with_state((chronicle.clone(), script));
        tokio::spawn(async move { axum::serve(listener, router).await.expect("the stub serves") });
        Self { base }
    }

    pub(crate) fn authority(&self) -> &str {
        self.base.trim_start_matches("http://")
    }
}

async fn reply(
    State((chronicle, script)): State<(Chronicle, Script)>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response<Body> {
    let headers = headers.iter().map(|(name, value)| {
        (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    let seen = Seen {
        method: method.to_string(),
        path: uri.to_string(),
        headers: headers.collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        bytes: body,
    };
    chronicle.note(Moment::Request(seen.clone()));
    match script(&seen) {
        Answer::Reply { status, headers, body } => {
            let builder = Response::builder().status(status);
            let builder =
                headers.into_iter().fold(builder, |builder, (name, value)| builder.header(name, value));
            builder.body(Body::from(body)).expect("a reply")
        }
        Answer::Events(tap) => {
            Response::builder().header("content-type", "text/event-stream").body(tap.body()).expect("a reply")
        }
        Answer::Hang => std::future::pending().await,
    }
}
