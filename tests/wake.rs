//! Streams of events, end to end: our own suite uses them, and does not need them.

use crate::support::Root;
use harness_runner::model::event::{Event, Exchange, read};

/// The streams that a run of the whole suite opened.
fn streams(arguments: &[&str]) -> Vec<Exchange> {
    let root = Root::like_ours();
    let ended = root.native(&[], arguments);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stderr.contains(" passed, 4 known red, 3 blocked; 0 leaked of "), "{}", ended.said());
    let events = read(&root.log()).expect("one log").into_iter().map(|record| record.event);
    let exchanges = events.filter_map(|event| match event {
        Event::Exchange { exchange, .. } => Some(*exchange),
        _ => None,
    });
    exchanges.filter(|exchange| exchange.url.ends_with("/events/stream")).collect()
}

#[test]
fn the_suite_is_green_with_streams_and_with_streams_that_say_nothing() {
    for arguments in [&[][..], &["--fault", "sse-silent"]] {
        let streams = streams(arguments);
        assert!(!streams.is_empty());
        assert!(streams.iter().all(|stream| stream.status == Some(200)), "{streams:#?}");
    }
}

/// No case needs a stream, so a target that has none leaves nobody out, and no probe asks for it.
#[test]
fn the_suite_is_green_on_a_target_without_streams_and_leaves_nobody_out() {
    let streams = streams(&["--fault", "no-event-stream"]);
    assert!(!streams.is_empty());
    assert!(streams.iter().all(|stream| stream.status == Some(404)), "{streams:#?}");
}
