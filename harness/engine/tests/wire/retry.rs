//! What is sent again when no reply came, what is not, and how much of it a run may do.

use crate::support::{Answer, Played, Quirk, RawStub, Seen, Stage, Store, nobody};
use harness_engine::net::wait::now;
use harness_model::event::Event;
use harness_model::verdict::Verdict;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

const CREATE: &str = r#"
[[step]]
name     = "create"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
capture  = { number = "body.number" }
[[step]]
name     = "use"
run.http = { on = "api", path = "/use/{{ number }}" }
expect   = ["status == 200"]
"#;
const OK: Quirk = Quirk::Says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");

fn step(method: &str, seats: usize) -> String {
    let seats: Vec<String> = (0..seats).map(|seat| seat.to_string()).collect();
    format!(
        "[matrix]\nseat = [{}]\n[[step]]\nname = \"ask\"\n\
         run.http = {{ on = \"api\", method = \"{method}\", path = \"/x\" }}\nexpect = [\"status == 200\"]\n",
        seats.join(", ")
    )
}

/// The causes of every repetition, in their order.
fn retried(played: &Played) -> Vec<String> {
    let causes = played.chronicle.events().into_iter().filter_map(|event| match event {
        Event::Retried { cause, pause, .. } => {
            assert!(pause.as_millis() >= 200 && pause.as_millis() < 800, "{pause:?}");
            Some(cause)
        }
        _ => None,
    });
    causes.collect()
}

/// Creates at a store whose first replies to a create do not arrive; `late` says whether the thing is there at once.
async fn lossy(lost: usize, store: &Store, takes: impl Fn(usize) -> bool + Send + Sync + 'static) -> Played {
    let (shelf, posts) = (store.clone(), Arc::new(AtomicUsize::new(0)));
    let script = move |seen: &Seen| match seen.method.as_str() {
        "POST" => {
            let number = posts.fetch_add(1, Ordering::SeqCst);
            if takes(number) {
                shelf.answer(seen);
            }
            if number < lost { Answer::Hang } else { Answer::new(201, format!("{{\"number\": {number}}}")) }
        }
        _ => shelf.answer(seen),
    };
    Stage::with(script).await.things().patience("500ms").scenario(CREATE).play().await
}

#[tokio::test]
async fn only_what_does_nothing_twice_is_sent_again_after_its_bytes_left() {
    for (method, connections, verdict) in [
        ("GET", 2, Verdict::Flaky),
        ("PUT", 2, Verdict::Flaky),
        ("DELETE", 2, Verdict::Flaky),
        ("POST", 1, Verdict::Errored),
        ("PATCH", 1, Verdict::Errored),
    ] {
        let stub = RawStub::start(&[Quirk::HangsUp, OK]).await;
        let played = Stage::at(&stub.base).scenario(&step(method, 1)).play().await;
        played.assert(verdict);
        assert_eq!(stub.connections(), connections, "{method}");
        assert_eq!(retried(&played).len(), connections - 1, "{method}");
    }
}

#[tokio::test]
async fn what_came_too_soon_is_sent_again_after_the_pause_that_was_asked_for_and_is_not_flaky() {
    const SOON: &[Quirk] = &[
        Quirk::Says("HTTP/1.1 429 \r\nRetry-After: 0\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        OK,
    ];
    const LATE: &[Quirk] = &[
        Quirk::Says("HTTP/1.1 429 \r\nRetry-After: 3600\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"),
        OK,
    ];
    for (quirks, method, expected, connections, verdict) in [
        (SOON, "GET", "200", 2, Verdict::Passed),
        (SOON, "POST", "200", 2, Verdict::Passed),
        (SOON, "GET", "429", 1, Verdict::Passed),
        (LATE, "GET", "200", 1, Verdict::Failed),
    ] {
        let stub = RawStub::start(quirks).await;
        let scenario = step(method, 1).replace("== 200", &format!("== {expected}"));
        let played = Stage::at(&stub.base).scenario(&scenario).play().await;
        played.assert(verdict);
        assert_eq!(stub.connections(), connections, "{method} {expected}");
    }
}

#[tokio::test]
async fn what_was_never_sent_is_sent_again_whatever_it_does() {
    let base = nobody().await;
    for method in ["GET", "POST", "PATCH"] {
        let played = Stage::at(&base).scenario(&step(method, 1)).play().await;
        played.assert_cause(Verdict::Errored, &["could not connect to", "nobody listens there"]);
        assert_eq!(played.ending().retries, 2, "{method}");
        let causes = retried(&played);
        assert_eq!(causes.len(), 2, "{method}");
        assert!(causes[0].contains("nobody listens there"), "{causes:?}");
    }
}

#[tokio::test]
async fn a_reply_is_final_whatever_its_status_unless_it_came_too_soon() {
    for status in [400, 404, 409, 500, 502, 503, 504] {
        let stage = Stage::with(move |_| Answer::new(status, "{}").with("retry-after", "0")).await;
        let played = stage.scenario(&step("GET", 1)).play().await;
        played.assert_cause(Verdict::Failed, &["status == 200", &format!("status = {status}")]);
        assert_eq!((played.chronicle.requests().len(), retried(&played).len()), (1, 0), "{status}");
    }
}

#[tokio::test]
async fn a_get_that_hangs_is_sent_again_only_within_twice_the_time_of_an_exchange() {
    let played = Stage::with(|_| Answer::Hang).await.patience("500ms").scenario(&step("GET", 1)).play().await;
    played.assert_cause(Verdict::Errored, &["no complete reply"]);
    assert_eq!(played.chronicle.requests().len(), 2);
}

#[tokio::test]
async fn what_a_lost_reply_created_is_removed_and_created_again() {
    let store = Store::default();
    let played = lossy(1, &store, |_| true).await;
    played.assert_cause(Verdict::Flaky, &["1 repeated send"]);
    let expected = [
        "POST /things/one",
        "GET /things",
        "DELETE /things/one",
        "GET /things",
        "POST /things/one",
        "GET /use/1",
        "GET /things",
        "DELETE /things/one",
        "GET /things",
    ];
    assert_eq!(played.chronicle.lines(), expected);
    assert_eq!(played.chronicle.released(), ["one", "one"]);
    assert_eq!((played.chronicle.leaked(), store.names()), (vec![], vec![]));
}

#[tokio::test]
async fn every_create_is_written_down_before_it_is_sent_also_the_second() {
    let played = lossy(1, &Store::default(), |_| true).await;
    let story = played.chronicle.story();
    let expected = [
        "intended one",
        "POST /things/one",
        "GET /things",
        "DELETE /things/one",
        "GET /things",
        "released one",
        "intended one",
        "POST /things/one",
        "confirmed one",
    ];
    assert_eq!(story[..expected.len()], expected);
}

#[tokio::test]
async fn a_create_whose_request_was_lost_too_is_looked_for_and_sent_again() {
    let store = Store::default();
    let played = lossy(1, &store, |number| number > 0).await;
    played.assert(Verdict::Flaky);
    let deletes = played.chronicle.lines().into_iter().filter(|line| line.starts_with("DELETE")).count();
    assert_eq!((deletes, store.names()), (1, vec![]));
}

#[tokio::test]
async fn a_refusal_after_a_lost_reply_does_not_tell_that_nothing_is_there() {
    let (store, posts) = (Store::default(), Arc::new(AtomicUsize::new(0)));
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.method.as_str() {
        // The first send arrives so late that it is not found, and is why the second is refused.
        "POST" if posts.fetch_add(1, Ordering::SeqCst) == 0 => Answer::Hang,
        "POST" => {
            shelf.answer(seen);
            Answer::new(409, "{}")
        }
        _ => shelf.answer(seen),
    };
    let played = Stage::with(script).await.things().patience("500ms").scenario(CREATE).play().await;
    played.assert_cause(Verdict::Failed, &["status = 409"]);
    assert_eq!(store.names(), Vec::<String>::new());
    assert_eq!(played.chronicle.released(), ["one", "one"]);
}

#[tokio::test]
async fn a_create_whose_remains_cannot_be_removed_is_not_sent_again() {
    let store = Store::default();
    let shelf = store.clone();
    let script = move |seen: &Seen| match seen.method.as_str() {
        "POST" => {
            shelf.answer(seen);
            Answer::Hang
        }
        "DELETE" => Answer::new(409, "{\"error\": \"it is in use\"}"),
        _ => shelf.answer(seen),
    };
    let played = Stage::with(script).await.things().patience("500ms").scenario(CREATE).play().await;
    let words = ["no complete reply", "could not be removed to create it again: in step `delete`", "in use"];
    played.assert_cause(Verdict::Errored, &words);
    let posts = played.chronicle.lines().into_iter().filter(|line| line.starts_with("POST")).count();
    assert_eq!((posts, played.chronicle.leaked().len()), (1, 1));
}

#[tokio::test]
async fn a_spent_budget_makes_errors_final_and_the_cause_says_so() {
    let base = nobody().await;
    let played = Stage::at(&base).scenario(&step("GET", 4)).play().await;
    assert_eq!(retried(&played).len(), 8);
    let many = Stage::at(&base).scenario(&step("GET", 40)).play().await;
    // Ten, and one more for every ten of the forty and of those that were repeated.
    let repeated = retried(&many).len();
    assert!((10..=15).contains(&repeated), "{repeated}");
    // Nobody listens to any of them, which is a storm; whoever had ended before it was called one says what is spent.
    let spent =
        many.endings.iter().filter(|ending| ending.cause.contains("not sent again: the retry budget"));
    assert!(spent.count() >= 15, "{:#?}", many.endings);
}

#[tokio::test]
async fn a_budget_of_nothing_repeats_nothing() {
    let base = nobody().await;
    let stage = Stage::at(&base).amend("request-timeout =", "retry-budget = 0\nrequest-timeout =");
    let played = stage.scenario(&step("GET", 1)).play().await;
    let words = ["nobody listens there", "not sent again: the retry budget of the run is spent (0 for its 1"];
    played.assert_cause(Verdict::Errored, &words);
    assert_eq!(played.chronicle.exchanges().len(), 1);
}

/// A create that is refused for coming too soon, with so many seconds to wait, in a run that is stopped at once.
async fn put_off(seconds: &'static str) -> Played {
    let stop = CancellationToken::new();
    let cancel = stop.clone();
    let script = move |seen: &Seen| match seen.method.as_str() {
        "POST" => {
            cancel.cancel();
            Answer::new(429, "{}").with("retry-after", seconds)
        }
        _ => Answer::new(200, "[]"),
    };
    let mut stage = Stage::with(script).await.things().scenario(CREATE);
    stage.cancel = stop;
    stage.play().await
}

#[tokio::test]
async fn a_limit_puts_a_step_off_for_two_minutes_at_most() {
    // What is put off is cut short by the end of the run, and what is not has failed by then.
    put_off("100").await.assert(Verdict::Cancelled);
    put_off("130").await.assert_cause(Verdict::Failed, &["status = 429"]);
}

#[tokio::test]
async fn who_is_refused_again_and_again_waits_longer_each_time_whatever_the_peer_says() {
    let asked = Arc::new(AtomicUsize::new(0));
    let script = move |_: &Seen| match asked.fetch_add(1, Ordering::SeqCst) {
        0..3 => Answer::new(429, "{}").with("retry-after", "0"),
        _ => Answer::new(200, "{}"),
    };
    let started = now();
    let played = Stage::with(script).await.scenario(&step("GET", 1)).play().await;
    played.assert(Verdict::Passed);
    // At least 200, 400 and 400 ms.
    assert!(started.elapsed() >= Duration::from_secs(1), "{:?}", started.elapsed());
}
