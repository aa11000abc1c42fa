//! Streams of server-sent events: that something happened, and never what.
//!
//! A stream is held to the limits of every reply, and read no faster than a poll may look. One that cannot be opened,
//! breaks off or is none is no failure of anything: who waits looks at its interval.
//!
//! Does not: believe it. A ring leads to a look, and the look decides.

use super::bell::{Bell, Rope};
use super::http::{HttpClient, HttpError, Progress, Request};
use super::limits::{LONGEST_LINE, LONGEST_REPLY, MOST_STRAY_LINES};
use super::request::bound_url;
use super::wait::{self, BREATH, Slept};
use harness_model::event::Exchange;
use reqwest::Response;
use reqwest::header::CONTENT_TYPE;
use tokio_util::sync::CancellationToken;

/// How a stream ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum StreamEnd {
    /// It broke off after it had brought an event.
    Lost,
    /// It could not be opened, or broke off before it brought anything.
    Vain,
    /// It is none, breaks its limits, or is refused: another would be no better.
    Useless,
    /// Somebody stopped the run.
    Cancelled,
}

impl HttpClient {
    /// Opens a stream, tells how that went, and rings at its first line and at each event until it ends. What happened
    /// before it was open is on no stream, so the first line rings too.
    pub(crate) async fn listen(
        &self,
        request: &Request,
        bell: &Bell,
        cancel: &CancellationToken,
        opened: impl FnOnce(Exchange),
    ) -> StreamEnd {
        let started = wait::now();
        let outcome = self.head(request).await;
        let status = outcome.as_ref().map(|response| response.status().as_u16());
        opened(self.log_head(request, status, started.elapsed()));
        let end = match outcome {
            Ok(response) if is_stream(&response) => follow(response, bell, cancel).await,
            Ok(response) if response.status().is_server_error() => StreamEnd::Vain,
            Err(error) if error.transport().is_some() => StreamEnd::Vain,
            Ok(_) | Err(_) => StreamEnd::Useless,
        };
        bell.hang(Rope::Loose);
        end
    }

    async fn head(&self, request: &Request) -> Result<Response, HttpError> {
        let url = bound_url(request)?;
        let endpoint = url.authority().to_owned();
        let progress = Progress::default();
        match tokio::time::timeout(self.timeout(), self.begin(request, url, &progress)).await {
            Ok(outcome) => outcome,
            Err(_elapsed) => {
                Err(HttpError::Timeout { endpoint, within: self.timeout(), progress: progress.words() })
            }
        }
    }
}

fn is_stream(response: &Response) -> bool {
    let kind = response.headers().get(CONTENT_TYPE).map(|kind| kind.as_bytes().to_ascii_lowercase());
    let kind = kind.unwrap_or_default();
    let is_events =
        kind.split(|byte| *byte == b';').next().map(<[u8]>::trim_ascii) == Some(b"text/event-stream");
    response.status().as_u16() == 200 && is_events && super::http::encoding(response).is_none()
}

async fn follow(mut response: Response, bell: &Bell, cancel: &CancellationToken) -> StreamEnd {
    let (mut lines, mut taken, mut end) = (Lines::default(), 0, StreamEnd::Vain);
    loop {
        let Ok(Some(chunk)) = response.chunk().await else { return end };
        taken += chunk.len();
        if taken > LONGEST_REPLY {
            return StreamEnd::Useless;
        }
        match lines.read(&chunk) {
            Heard::Nothing => {}
            Heard::Voice => {
                bell.hang(Rope::Held);
                bell.ring();
            }
            Heard::Event => {
                end = StreamEnd::Lost;
                bell.hang(Rope::Held);
                bell.ring();
            }
            Heard::Noise => return StreamEnd::Useless,
        }
        // A peer that never rests gets rid of little, and costs little.
        if wait::sleep(BREATH, cancel).await == Slept::Cancelled {
            return StreamEnd::Cancelled;
        }
    }
}

/// What a piece of a stream says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Heard {
    /// Nothing to wake anybody for.
    Nothing,
    /// Its first line: from here on it tells everything.
    Voice,
    /// An event, at least one.
    Event,
    /// It is no stream of events, whatever it calls itself.
    Noise,
}

/// The lines of a stream, as its pieces come in.
#[derive(Debug, Default)]
struct Lines {
    line: Vec<u8>,
    count: u64,
    stray: usize,
    has_data: bool,
}

impl Lines {
    /// Takes a piece; gives the most that it says. CR ends a line as LF does; the empty one between the two ends an event
    /// that would end one line later, which is early by nothing that matters.
    fn read(&mut self, chunk: &[u8]) -> Heard {
        let mut heard = Heard::Nothing;
        for byte in chunk {
            match byte {
                b'\n' | b'\r' => heard = heard.max(self.end_line()),
                _ if self.line.len() == LONGEST_LINE => return Heard::Noise,
                byte => self.line.push(*byte),
            }
        }
        heard
    }

    fn end_line(&mut self) -> Heard {
        let line = std::mem::take(&mut self.line);
        self.count += 1;
        if line.is_empty() && std::mem::take(&mut self.has_data) {
            return Heard::Event;
        }
        match line.split(|byte| *byte == b':').next() {
            Some(b"data") => self.has_data = true,
            Some(b"" | b"event" | b"id" | b"retry") | None => {}
            Some(_) => self.stray += 1,
        }
        if self.stray > MOST_STRAY_LINES {
            Heard::Noise
        } else if self.count == 1 {
            Heard::Voice
        } else {
            Heard::Nothing
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Heard, LONGEST_LINE, Lines, MOST_STRAY_LINES};

    fn heard(pieces: &[&str]) -> Vec<Heard> {
        let mut lines = Lines::default();
        pieces.iter().map(|piece| lines.read(piece.as_bytes())).collect()
    }

    #[test]
    fn the_first_line_and_each_event_are_heard_however_they_are_cut() {
        use Heard::{Event, Nothing, Voice};
        let table: [(&[&str], &[Heard]); 8] = [
            (&[": pi", "ng\n", "\n", ": ping\n\n"], &[Nothing, Voice, Nothing, Nothing]),
            (&[": ping\n\n", "data: {}\n", "\n"], &[Voice, Nothing, Event]),
            (&[": ping\n\ndata: {}\n\n"], &[Event]),
            (&[":\r\n\r\n", "data: 1\r\ndata: 2\r\n\r\n"], &[Voice, Event]),
            (&["\n", "data\n\n", "da", "ta:1\n\n"], &[Voice, Event, Nothing, Event]),
            (&[":\n", "event: x\n\n", "id: 3\n\n", "retry: 5\n\n"], &[Voice, Nothing, Nothing, Nothing]),
            (&[":\n", "database: x\n\n", "data"], &[Voice, Nothing, Nothing]),
            (&[":\n", "data: \u{0}\u{fffd}\n\n"], &[Voice, Event]),
        ];
        for (pieces, expected) in table {
            assert_eq!(heard(pieces), expected, "{pieces:?}");
        }
    }

    #[test]
    fn a_line_without_end_and_line_after_line_of_anything_else_are_noise() {
        let longest = "x".repeat(LONGEST_LINE);
        assert_eq!(
            heard(&[&longest, "\n", &longest, "x"]),
            [Heard::Nothing, Heard::Voice, Heard::Nothing, Heard::Noise]
        );
        let stray = "<p>\n".repeat(MOST_STRAY_LINES);
        assert_eq!(heard(&[&stray, "<p>\n"]), [Heard::Voice, Heard::Noise]);
    }
}
