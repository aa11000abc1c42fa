//! How a case ends, without a poll.

use crate::support::{Answer, Quirk, RawStub, Stage, nobody};
use harness_engine::net::wait;
use harness_model::verdict::Verdict;
use std::time::Duration;

const GET: &str = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\n";
const POST: &str =
    "[[step]]\nname = \"make\"\nrun.http = { on = \"api\", method = \"POST\", path = \"/x\" }\n";
const ONLINE: &str = "expect = [\"body.status == 'online'\"]\n";
const OK: Quirk = Quirk::Says("HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}");

#[tokio::test]
async fn a_violated_expectation_shows_itself_the_actual_value_and_the_reply() {
    let stage = Stage::with(|_| Answer::new(200, "{\"status\": \"paused\", \"id\": 7}")).await;
    let played = stage.scenario(&format!("{GET}{ONLINE}")).play().await;
    played.assert_cause(
        Verdict::Failed,
        &["body.status == 'online'", "body.status = \"paused\"", "200 {\"status\": \"paused\", \"id\": 7}"],
    );
    assert_eq!(played.ending().place.as_deref(), Some("small.toml:4"));
}

#[tokio::test]
async fn a_missing_path_in_an_expectation_fails_even_where_the_comparison_would_hold() {
    let stage = Stage::with(|_| Answer::new(200, "{}")).await;
    let played = stage.scenario(&format!("{GET}expect = [\"body.status != 'removed'\"]")).play().await;
    played.assert_cause(Verdict::Failed, &["body.status = missing"]);
}

#[tokio::test]
async fn a_capture_of_what_is_not_there_fails() {
    let text = format!("{GET}expect = [\"status == 200\"]\ncapture = {{ thing = \"body.id\" }}");
    let played = Stage::with(|_| Answer::new(200, "{}")).await.scenario(&text).play().await;
    played.assert_cause(Verdict::Failed, &["nothing to capture as `thing`", "body.id is missing"]);
}

#[tokio::test]
async fn a_condition_that_is_not_boolean_is_an_error() {
    let stage = Stage::with(|_| Answer::new(200, "{\"status\": \"online\"}")).await;
    let played = stage.scenario(&format!("{GET}expect = [\"body.status\"]")).play().await;
    played.assert_cause(Verdict::Errored, &["`body.status`", "must be true or false"]);
}

#[tokio::test]
async fn html_where_json_is_expected_fails_and_shows_the_html() {
    let stage = Stage::with(|_| Answer::new(200, "<html>sign in</html>")).await;
    let played = stage.scenario(&format!("{GET}{ONLINE}")).play().await;
    played.assert_cause(Verdict::Failed, &["body.status = missing", "200 <html>sign in</html>"]);
}

#[tokio::test]
async fn a_refused_connection_is_an_error_that_names_the_endpoint() {
    let base = nobody().await;
    let played = Stage::at(&base).scenario(&format!("{POST}{ONLINE}")).play().await;
    let endpoint = base.trim_start_matches("http://");
    played.assert_cause(Verdict::Errored, &["could not connect to", endpoint]);
    assert_eq!(played.ending().retries, 2);
}

#[tokio::test]
async fn a_server_that_hangs_is_an_error_within_the_request_timeout() {
    let started = wait::now();
    let played = Stage::with(|_| Answer::Hang)
        .await
        .patience("500ms")
        .scenario(&format!("{POST}{ONLINE}"))
        .play()
        .await;
    played.assert_cause(Verdict::Errored, &["no complete reply", "0.5s"]);
    assert_eq!(played.chronicle.requests().len(), 1);
    assert!(started.elapsed() < Duration::from_secs(8), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_get_whose_first_connection_breaks_is_repeated_and_the_case_is_flaky() {
    let stub = RawStub::start(&[Quirk::HangsUp, OK]).await;
    let text = format!("{GET}expect = [\"status == 200\"]");
    let played = Stage::at(&stub.base).scenario(&text).play().await;
    played.assert(Verdict::Flaky);
    assert_eq!((played.ending().retries, stub.connections()), (1, 2));
}

#[tokio::test]
async fn a_post_is_not_repeated_after_bytes_were_sent() {
    let stub = RawStub::start(&[Quirk::HangsUp, OK]).await;
    let text = format!("{POST}expect = [\"status == 200\"]");
    let played = Stage::at(&stub.base).scenario(&text).play().await;
    played.assert_cause(Verdict::Errored, &["broke off"]);
    assert_eq!((played.ending().retries, stub.connections()), (0, 1));
}

#[tokio::test]
async fn a_reply_of_more_than_ten_megabytes_is_refused() {
    let stage = Stage::with(|_| Answer::new(200, vec![b'x'; 10 * 1024 * 1024 + 1])).await;
    let text = format!("{GET}expect = [\"status == 200\"]");
    let played = stage.patience("20s").scenario(&text).play().await;
    played.assert_cause(Verdict::Errored, &["longer than 10485760 bytes"]);
    assert_eq!(played.chronicle.requests().len(), 1);
}

#[tokio::test]
async fn bytes_that_are_not_utf8_survive_as_replacement_characters() {
    let stage = Stage::with(|_| Answer::new(200, b"a\xffb".to_vec())).await;
    let played = stage.scenario(&format!("{GET}expect = [\"text == 'a\u{fffd}b'\"]")).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(played.chronicle.exchanges()[0].response_body, "a\u{fffd}b");
}
