//! Polls: what is waited through, what ends them, and what they say at the deadline.

use crate::support::{Answer, Played, Quirk, RawStub, Stage, nobody};
use harness_engine::net::wait;
use harness_model::event::{Event, StepOutcome};
use harness_model::verdict::Verdict;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

const POLL: &str = r#"
[[step]]
name     = "online"
run.http = { on = "api", path = "/x" }
[step.poll]
until   = "body.status == 'online'"
fail-if = "body.status == 'removed'"
every   = "5ms"
within  = "WITHIN"
"#;
const ONLINE: &str = "{\"status\": \"online\"}";

/// Gives the answers in their order, the last one for ever.
fn in_order(answers: Vec<Answer>) -> impl Fn(&crate::support::Seen) -> Answer + Send + Sync + 'static {
    let looks = AtomicUsize::new(0);
    move |_| answers[looks.fetch_add(1, Ordering::SeqCst).min(answers.len() - 1)].clone()
}

/// The step with its deadline.
fn poll(within: &str) -> String {
    POLL.replace("WITHIN", within)
}

/// For what ends long before its deadline.
async fn polled(answers: Vec<Answer>) -> Played {
    Stage::with(in_order(answers)).await.scenario(&poll("10s")).play().await
}

/// For what runs into its deadline.
async fn polled_in_vain(answers: Vec<Answer>) -> Played {
    Stage::with(in_order(answers)).await.scenario(&poll("400ms")).play().await
}

#[tokio::test]
async fn a_500_in_a_poll_is_final() {
    let played = polled(vec![Answer::new(500, "{\"status\": \"oops\"}"), Answer::new(200, ONLINE)]).await;
    played.assert_cause(Verdict::Failed, &["500", "body.status = \"oops\""]);
    assert_eq!(played.chronicle.requests().len(), 1);
}

#[tokio::test]
async fn what_says_not_now_is_waited_through_and_counted() {
    let answers = vec![
        Answer::new(503, "busy"),
        Answer::new(429, "slow down").with("retry-after", "0"),
        Answer::new(502, "<html>"),
        Answer::new(504, ""),
        Answer::new(200, "{\"status\": \"provisioning\"}"),
        Answer::new(200, ONLINE),
    ];
    let played = polled(answers).await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.step("online"), Some((StepOutcome::Passed, 6)));
}

#[tokio::test]
async fn retry_after_is_honoured() {
    // It asks for more than is left, so there is one look; without it there would be many.
    let played = polled_in_vain(vec![Answer::new(429, "slow down").with("retry-after", "1")]).await;
    played.assert_cause(Verdict::Failed, &["429 slow down"]);
    assert_eq!(played.chronicle.requests().len(), 1);
}

#[tokio::test]
async fn retry_after_is_honoured_as_a_date_too() {
    let date = |second: u8| format!("Sat, 21 Nov 2026 07:00:{second:02} GMT");
    let answer = |after: u8| Answer::new(503, "busy").with("date", date(0)).with("retry-after", date(after));
    let played = polled_in_vain(vec![answer(1)]).await;
    played.assert_cause(Verdict::Failed, &["503 busy", "in 1 looks"]);
    assert_eq!(played.chronicle.requests().len(), 1);
    let played = polled(vec![answer(0), Answer::new(200, ONLINE)]).await;
    played.assert(Verdict::Passed);
}

#[tokio::test]
async fn a_peer_that_says_not_now_is_asked_less_and_less_often() {
    // At every 5 ms there would be eighty looks; the intervals grow to eight times that.
    let busy = polled_in_vain(vec![Answer::new(503, "busy")]).await;
    let looks = busy.chronicle.requests().len();
    assert!((2..=25).contains(&looks), "{looks}");
}

#[tokio::test]
async fn an_environment_bounds_what_retry_after_may_ask_for() {
    let answers = vec![Answer::new(429, "slow down").with("retry-after", "60"), Answer::new(200, ONLINE)];
    let stage = Stage::with(in_order(answers)).await.scenario(&poll("10s"));
    let stage = stage.amend("[environment.here]", "[environment.here]\npoll-every = \"5ms\"");
    let played = stage.play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.requests().len(), 2);
}

#[tokio::test]
async fn a_refused_connection_is_waited_through_up_to_the_deadline() {
    let played = Stage::at(&nobody().await).scenario(&poll("400ms")).play().await;
    played.assert_cause(Verdict::Failed, &["not within 400ms", "last", "could not connect"]);
    assert!(played.chronicle.exchanges().len() > 1);
}

#[tokio::test]
async fn a_get_that_breaks_off_is_waited_through() {
    const UP: Quirk = Quirk::Says(
        "HTTP/1.1 200 OK\r\nContent-Length: 20\r\nConnection: close\r\n\r\n{\"status\": \"online\"}",
    );
    let stub = RawStub::start(&[Quirk::HangsUp, UP]).await;
    let played = Stage::at(&stub.base).scenario(&poll("10s")).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(stub.connections(), 2);
}

#[tokio::test]
async fn fail_if_ends_a_poll_at_once() {
    let answers = vec![
        Answer::new(200, "{\"status\": \"provisioning\"}"),
        Answer::new(200, "{\"status\": \"removed\"}"),
        Answer::new(200, ONLINE),
    ];
    let played = polled(answers).await;
    played.assert_cause(Verdict::Failed, &["must not", "body.status = \"removed\""]);
    assert_eq!(played.chronicle.requests().len(), 2);
}

#[tokio::test]
async fn a_poll_that_runs_out_names_the_last_status() {
    let started = wait::now();
    let played = polled_in_vain(vec![Answer::new(200, "{\"status\": \"provisioning\"}")]).await;
    played.assert_cause(
        Verdict::Failed,
        &["not within 400ms", "until   body.status == 'online'", "body.status = \"provisioning\""],
    );
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_poll_that_the_environment_cuts_short_says_so_and_no_other_does() {
    let cut = "poll-within of this environment";
    for (written, words) in [("10s", Some("the step says 10.0s")), ("400ms", None), ("300ms", None)] {
        let script = in_order(vec![Answer::new(200, "{\"status\": \"provisioning\"}")]);
        let stage = Stage::with(script).await.scenario(&poll(written));
        let stage = stage.amend("[environment.here]", "[environment.here]\npoll-within = \"400ms\"");
        let cause = stage.play().await.ending().cause.clone();
        assert_eq!(
            (cause.contains(cut), words.is_none_or(|words| cause.contains(words))),
            (words.is_some(), true),
            "{cause}"
        );
    }
}

/// What was written down of a step: that it began, what its poll saw, that it ended.
fn told(played: &Played) -> Vec<String> {
    let told = played.chronicle.events().into_iter().filter_map(|event| match event {
        Event::StepStarted { step, .. } => Some(format!("{step} begins")),
        Event::Waiting { step, saw, .. } => Some(format!("{step}: {saw}")),
        Event::StepEnded { step, .. } => Some(format!("{step} ends")),
        _ => None,
    });
    told.collect()
}

#[tokio::test]
async fn what_a_poll_sees_is_written_down_when_it_changes_and_not_at_every_look() {
    let provisioning = Answer::new(200, "{\"status\": \"provisioning\"}");
    let answers = vec![
        Answer::new(503, "busy"),
        provisioning.clone(),
        provisioning.clone(),
        provisioning,
        Answer::new(200, "{\"status\": 7}"),
        Answer::new(200, "{\"status\": \"\"}"),
        Answer::new(200, ONLINE),
    ];
    let played = polled(answers).await;
    let expected = [
        "online begins",
        "online: no body.status",
        "online: provisioning",
        "online: body.status = 7",
        "online: body.status = \"\"",
        "online ends",
    ];
    assert_eq!(told(&played), expected);
}
