//! Streams of events: they make a poll look at once, and nothing else, whatever is wrong with them.

use crate::support::{Answer, Seen, Stage, Tap};
use harness_engine::net::wait;
use harness_model::event::StepOutcome;
use harness_model::verdict::Verdict;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Without an event it looks once, and then at the last moment.
const LAZY: &str = r#"
[[step]]
name     = "online"
run.http = { on = "api", path = "/x" }
poll     = { until = "body.status == 'online'", every = "1h", within = "20s", wake = "/x/events" }
"#;
/// Without an event it looks all the time.
const EAGER: &str = r#"
[[step]]
name     = "online"
run.http = { on = "api", path = "/x" }
poll     = { until = "body.status == 'online'", every = "30ms", within = "20s", wake = "/x/events" }
"#;
const ONLINE: &str = "{\"status\": \"online\"}";
const BOOTING: &str = "{\"status\": \"provisioning\"}";

/// Online from a certain look on; before each look, and with every stream that is opened, something may happen.
fn online_after(
    looks: usize,
    before: impl Fn(usize) + Send + Sync + 'static,
    stream: impl Fn(usize) -> Answer + Send + Sync + 'static,
) -> impl Fn(&Seen) -> Answer + Send + Sync + 'static {
    let (looked, opened) = (AtomicUsize::new(0), AtomicUsize::new(0));
    move |seen| {
        if seen.path == "/x/events" {
            return stream(opened.fetch_add(1, Ordering::SeqCst) + 1);
        }
        let look = looked.fetch_add(1, Ordering::SeqCst) + 1;
        before(look);
        Answer::new(200, if look > looks { ONLINE } else { BOOTING })
    }
}

#[tokio::test]
async fn an_event_wakes_a_poll_and_a_fresh_look_decides() {
    let tap = Tap::open();
    let pouring = tap.clone();
    // Each look but the first, which is before the stream, brings about the next one; the events say nothing true.
    let pour = move |look| {
        if look > 1 {
            pouring.pour("data: {\"status\": \"gone-9f1c\"}\n\n");
        }
    };
    let script = online_after(3, pour, move |_| Answer::Events(tap.clone()));
    let stage = Stage::with(script).await.secret("a-token-of-ours");
    let scenario =
        LAZY.replace("path = \"/x\"", "as = \"key\", path = \"/x\", headers = { x-org = \"one\" }");
    let started = wait::now();
    let played = stage.scenario(&scenario).play().await;
    played.assert(Verdict::Passed);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    assert_eq!(played.chronicle.lines(), ["GET /x", "GET /x/events", "GET /x", "GET /x", "GET /x"]);
    assert_eq!(played.chronicle.step("online"), Some((StepOutcome::Passed, 4)));

    let sent = &played.chronicle.requests()[1];
    for (name, value) in
        [("authorization", "Bearer a-token-of-ours"), ("x-org", "one"), ("accept", "text/event-stream")]
    {
        assert_eq!(sent.header(name), Some(value));
    }
    // The log knows that there was a stream, and nothing of what was on it.
    let exchanges = played.chronicle.exchanges();
    let stream: Vec<_> = exchanges.iter().filter(|exchange| exchange.url.ends_with("/x/events")).collect();
    assert_eq!(stream.len(), 1);
    assert_eq!((stream[0].method.as_str(), stream[0].status), ("GET", Some(200)));
    assert!(stream[0].request_headers.is_empty() && stream[0].response_headers.is_empty());
    assert_eq!(stream[0].response_body, "");
    let log = format!("{:?}", played.chronicle.events());
    assert!(!log.contains("gone-9f1c") && !log.contains("a-token-of-ours"), "{log}");
}

#[tokio::test]
async fn a_poll_that_sees_at_once_what_it_waits_for_opens_no_stream() {
    let script = online_after(0, |_| (), |_| Answer::Events(Tap::open()));
    let played = Stage::with(script).await.scenario(LAZY).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.lines(), ["GET /x"]);
}

#[tokio::test]
async fn a_stream_that_is_none_changes_nothing() {
    let long = format!("data: {}", "x".repeat(100_000));
    let pages = "<p>\n".repeat(100);
    let stream = |body: &str| Answer::new(200, body).with("content-type", "text/event-stream");
    let table = [
        Answer::new(404, "{\"error\": \"no such route\"}"),
        Answer::new(200, "{}").with("content-type", "application/json"),
        Answer::new(302, "").with("location", "http://127.0.0.2/"),
        stream("data: 1\n\n").with("content-encoding", "gzip"),
        stream(&long),
        stream(&pages),
    ];
    for answer in table {
        let shown = format!("{answer:?}").chars().take(200).collect::<String>();
        let script = online_after(20, |_| (), move |_| answer.clone());
        let played = Stage::with(script).await.scenario(EAGER).play().await;
        played.assert(Verdict::Passed);
        let streams = played.chronicle.lines().iter().filter(|line| *line == "GET /x/events").count();
        // Another one would be no better.
        assert_eq!(streams, 1, "{shown}");
    }
}

#[tokio::test]
async fn a_stream_that_says_nothing_or_never_opens_changes_nothing() {
    let silent = || Answer::Events(Tap::open());
    for stream in [silent(), Answer::Hang] {
        let script = online_after(5, |_| (), move |_| stream.clone());
        let played = Stage::with(script).await.scenario(EAGER).play().await;
        played.assert(Verdict::Passed);
        let streams = played.chronicle.lines().iter().filter(|line| *line == "GET /x/events").count();
        assert_eq!(streams, 1);
    }
}

/// Every stream ends at once, or fails; the poll sees what it waits for at the look that the last one brings about.
async fn ending(stage: impl FnOnce(Stage) -> Stage, within: &str) -> (Verdict, usize, usize) {
    let tap = Tap::open();
    tap.close();
    let opened = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&opened);
    let script = move |seen: &Seen| {
        if seen.path == "/x/events" {
            return match counted.fetch_add(1, Ordering::SeqCst) {
                1 => Answer::new(503, "busy"),
                _ => Answer::Events(tap.clone()),
            };
        }
        Answer::new(200, if counted.load(Ordering::SeqCst) == 3 { ONLINE } else { BOOTING })
    };
    let scenario = LAZY.replace("20s", within);
    let played = stage(Stage::with(script).await).scenario(&scenario).play().await;
    let looks = played.chronicle.lines().iter().filter(|line| *line == "GET /x").count();
    (played.ending().verdict, opened.load(Ordering::SeqCst), looks)
}

#[tokio::test]
async fn a_stream_that_ends_is_opened_again_and_the_case_is_not_flaky_for_it() {
    assert_eq!(ending(|stage| stage, "20s").await, (Verdict::Passed, 3, 3));
}

#[tokio::test]
async fn a_run_that_repeats_nothing_opens_no_stream_twice() {
    let without = |stage: Stage| stage.amend("[suite]", "[suite]\nretry-budget = 0.0");
    assert_eq!(ending(without, "1s").await, (Verdict::Failed, 1, 3));
}

#[tokio::test]
async fn events_without_end_bring_about_no_more_looks_than_a_poll_may_have() {
    let flood = "data: x\n\n".repeat(100_000);
    let script = online_after(
        usize::MAX,
        |_| (),
        move |_| Answer::new(200, flood.clone()).with("content-type", "text/event-stream"),
    );
    let scenario = LAZY.replace("1h", "20s").replace("within = \"20s\"", "within = \"1s\"");
    let played = Stage::with(script).await.scenario(&scenario).play().await;
    played.assert_cause(Verdict::Failed, &["not within 1.0s"]);
    let looks = played.chronicle.lines().iter().filter(|line| *line == "GET /x").count();
    // Ten quick ones, one for each 400 ms, the first and the last.
    assert!((2..=15).contains(&looks), "{looks}");
}

#[tokio::test]
async fn an_interruption_ends_a_poll_with_its_stream() {
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let before = move |look| {
        if look > 1 {
            stop.cancel();
        }
    };
    let script = online_after(usize::MAX, before, |_| Answer::Events(Tap::open()));
    let mut stage = Stage::with(script).await.scenario(LAZY);
    stage.cancel = cancel;
    let started = wait::now();
    let played = stage.play().await;
    played.assert(Verdict::Cancelled);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}
