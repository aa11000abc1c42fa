//! Known failures: what a red is recognised by, whose it is, and what never names one.

use crate::support::{Answer, Played, Seen, Stage};
use harness_model::event::Event;
use harness_model::verdict::Verdict;

const KNOWN: &str = r#"
[[failure]]
contains = "insufficient_quota"
class    = "operator"
cause    = "the quota is spent"
[[failure]]
contains = "could not connect"
cause    = "nobody listens"
[[failure]]
contains = "OUT OF ORDER"
letters  = "any-case"
match    = { kind = "http", arm = "new" }
cause    = "it is broken"
hint     = "mend it"
[[failure]]
when  = "status == 409"
cause = "it is there already"
"#;

const MATRIX: &str = "[matrix]\nkind = [\"new\"]\n";
const ARM: &str = "[[arm]]\nname  = \"new\"\nmatch = { kind = \"new\" }\n";
const ASK: &str = "[[step]]\nname = \"ask\"\nrun.http = { on = \"api\", method = \"POST\", path = \"/ask\", body = \"ask.txt.j2\" }\n";
const EXPECT: &str = "expect = [\"status == 200\"]\n";

async fn played(stage: Stage, rest: &str) -> Played {
    let scenario = format!("{MATRIX}{ARM}{ASK}{rest}");
    stage
        .known_failures(KNOWN)
        .template("ask.txt.j2", "what is an Overdraft?")
        .scenario(&scenario)
        .play()
        .await
}

async fn answered(status: u16, body: &'static str, rest: &str) -> Played {
    played(Stage::with(move |_: &Seen| Answer::new(status, body)).await, rest).await
}

fn known(played: &Played) -> Option<String> {
    played.ending().known.as_ref().map(ToString::to_string)
}

#[tokio::test]
async fn a_red_is_named_by_what_came_back_and_stays_red() {
    let played = answered(500, "{\"error\": \"out of order\"}", EXPECT).await;
    played.assert(Verdict::Failed);
    assert_eq!(known(&played).as_deref(), Some("it is broken: mend it"));
    let played = answered(409, "{}", EXPECT).await;
    assert_eq!(known(&played).as_deref(), Some("it is there already"));
    assert_eq!(known(&answered(404, "{}", EXPECT).await), None);
    let green = answered(200, "{\"note\": \"out of order\"}", EXPECT).await;
    green.assert(Verdict::Passed);
    assert_eq!(known(&green), None);
}

#[tokio::test]
async fn a_spent_quota_is_for_an_operator_also_when_a_poll_waits_it_out() {
    answered(429, "{\"code\": \"insufficient_quota\"}", EXPECT).await.assert(Verdict::Operator);
    let poll = "poll = { until = \"status == 200\", every = \"5ms\", within = \"30ms\" }\n";
    let played = answered(429, "{\"code\": \"insufficient_quota\"}", poll).await;
    played.assert_cause(Verdict::Operator, &["not within", "insufficient_quota"]);
    let recorded = played.chronicle.events().into_iter().any(|event| {
        matches!(event, Event::CaseEnded { ending, .. } if ending.known.as_ref().is_some_and(|known| known.cause == "the quota is spent"))
    });
    assert!(recorded, "the recording has the cause");
}

#[tokio::test]
async fn a_declared_red_is_known_before_it_is_anybody_elses() {
    let mark = "known-red = { step = \"ask\", when = \"status == 429\", until = \"it is paid\", expires = 2199-01-01 }\n";
    let stage = Stage::with(|_: &Seen| Answer::new(429, "{\"code\": \"insufficient_quota\"}")).await;
    let scenario = format!("{MATRIX}{ARM}{mark}{ASK}{EXPECT}");
    let played = stage.known_failures(KNOWN).template("ask.txt.j2", "?").scenario(&scenario).play().await;
    played.assert(Verdict::KnownRed);
}

#[tokio::test]
async fn our_own_words_that_come_back_name_nothing() {
    let echo = Stage::with(|seen: &Seen| Answer::new(429, seen.body.clone())).await;
    let scenario = format!("{MATRIX}{ARM}{ASK}{EXPECT}");
    let echo = echo.known_failures(KNOWN).template("ask.txt.j2", "what is insufficient_quota?");
    let played = echo.scenario(&scenario).play().await;
    played.assert(Verdict::Failed);
    assert_eq!(known(&played), None);
}

#[tokio::test]
async fn where_no_reply_came_the_cause_names_the_red() {
    let played = played(Stage::at("http://127.0.0.1:1"), EXPECT).await;
    played.assert(Verdict::Errored);
    assert_eq!(known(&played).as_deref(), Some("nobody listens"));
}
