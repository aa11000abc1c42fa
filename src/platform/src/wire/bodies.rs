//! Bodies that are not as they should be.
//!
//! A body that breaks off takes its connection with it; when that happens before its first byte, not even the head of
//! the reply is sent.
//!
//! Does not: touch a status or a header.

use std::io;
use std::time::Duration;

use axum::body::{Body, Bytes};
use futures_util::{StreamExt, stream};

use crate::clock;

/// What a gateway shows that has nothing to show.
pub(super) const GATEWAY: &str =
    "<html><head><title>Bad Gateway</title></head><body><h1>Bad Gateway</h1></body></html>";

/// In how many parts a slow body comes.
const PARTS: usize = 10;

/// How much filling is sent at once, in bytes.
const FILLING: &[u8] = &[b' '; 64 * 1024];

/// A body that breaks off before its first byte.
pub(crate) fn reset() -> Body {
    Body::from_stream(stream::once(async { Err::<Bytes, _>(gone()) }))
}

/// The first half of some bytes, then nothing more.
pub(super) fn half(bytes: &Bytes) -> Body {
    broken(bytes.slice(..bytes.len() / 2))
}

/// The beginning of another body: the first half of its first part.
pub(super) fn cut(body: Body) -> Body {
    Body::from_stream(body.into_data_stream().take(1).flat_map(|part| {
        let part = part.unwrap_or_default();
        broken(part.slice(..part.len().div_ceil(2))).into_data_stream()
    }))
}

fn broken(begun: Bytes) -> Body {
    let begun = stream::once(async { Ok(begun) });
    let end = stream::once(async {
        // What was begun is sent while this waits; a body that fails at once would take it along.
        tokio::task::yield_now().await;
        Err(gone())
    });
    Body::from_stream(begun.chain(end))
}

/// Some bytes, in parts, over so long a time.
pub(super) fn slow(bytes: &Bytes, by: Duration) -> Body {
    let size = bytes.len().div_ceil(PARTS).max(1);
    let parts: Vec<Bytes> =
        (0..bytes.len()).step_by(size).map(|from| bytes.slice(from..bytes.len().min(from + size))).collect();
    let pause = by / u32::try_from(parts.len()).unwrap_or(1).max(1);
    Body::from_stream(stream::iter(parts).then(move |part| async move {
        clock::wait(pause).await;
        Ok::<_, io::Error>(part)
    }))
}

/// Some bytes and then spaces, of this length at least; they are made as they are sent.
pub(super) fn filled(bytes: Bytes, length: u64) -> Body {
    let missing = length.saturating_sub(bytes.len() as u64);
    let fillings = stream::unfold(missing, |missing| async move {
        let now = usize::try_from(missing).unwrap_or(usize::MAX).min(FILLING.len());
        (now > 0).then(|| (Ok(Bytes::from_static(&FILLING[..now])), missing - now as u64))
    });
    Body::from_stream(stream::once(async { Ok::<_, io::Error>(bytes) }).chain(fillings))
}

fn gone() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}
