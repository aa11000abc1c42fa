//! A2A over the wire, in both dialects: sent once, followed, never answered by an echo.

use crate::support::{Answer, Played, Quirk, RawStub, Seen, Stage};
use harness_model::verdict::Verdict;
use std::sync::atomic::{AtomicUsize, Ordering};

const PROMPT: &str = "What is {{ challenge.left }} plus {{ challenge.right }}?";
const STEPS: &str = r#"
[[step]]
name    = "round trip"
run.a2a = { on = "api", path = "/w/a2a", prompt = "ask.txt.j2", dialect = "DIALECT" }
expect  = ["challenge.answer in text"]
[step.poll]
until  = "outcome == 'answer'"
every  = "5ms"
within = "WITHIN"
"#;
const DIALECTS: [&str; 2] = ["1.0", "0.3"];

/// Plays the step, which ends long before its deadline; the script also gets the number of the request.
async fn play(
    dialect: &'static str,
    script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static,
) -> Played {
    play_within("10s", dialect, script).await
}

async fn play_within(
    within: &str,
    dialect: &'static str,
    script: impl Fn(usize, &Seen) -> Answer + Send + Sync + 'static,
) -> Played {
    let count = AtomicUsize::new(0);
    let stage = Stage::with(move |seen| script(count.fetch_add(1, Ordering::SeqCst), seen)).await;
    let text = STEPS.replace("DIALECT", dialect).replace("WITHIN", within);
    stage.template("ask.txt.j2", PROMPT).scenario(&text).play().await
}

fn prompt(seen: &Seen) -> String {
    seen.json()["params"]["message"]["parts"][0]["text"].as_str().expect("a prompt").to_owned()
}

fn sum(prompt: &str) -> String {
    let numbers =
        prompt.split(|next: char| !next.is_ascii_digit()).filter_map(|word| word.parse::<u32>().ok());
    numbers.sum::<u32>().to_string()
}

/// A JSON-RPC response to this request, whose message says this.
fn message(dialect: &str, seen: &Seen, text: &str) -> String {
    let result = match dialect {
        "1.0" => {
            format!(r#"{{"message":{{"messageId":"m","role":"ROLE_AGENT","parts":[{{"text":"{text}"}}]}}}}"#)
        }
        _ => format!(
            r#"{{"kind":"message","role":"agent","messageId":"m","parts":[{{"kind":"text","text":"{text}"}}]}}"#
        ),
    };
    response(seen, &result)
}

fn response(seen: &Seen, result: &str) -> String {
    format!(r#"{{"jsonrpc":"2.0","id":{},"result":{result}}}"#, seen.json()["id"])
}

fn working(dialect: &str, seen: &Seen) -> String {
    let result = match dialect {
        "1.0" => r#"{"task":{"id":"t9","contextId":"c","status":{"state":"TASK_STATE_WORKING"}}}"#,
        _ => r#"{"kind":"task","id":"t9","contextId":"c","status":{"state":"working"}}"#,
    };
    response(seen, result)
}

fn sends(played: &Played) -> Vec<Seen> {
    let is_send = |seen: &Seen| {
        seen.method == "POST"
            && matches!(seen.json()["method"].as_str(), Some("SendMessage" | "message/send"))
    };
    played.chronicle.requests().into_iter().filter(is_send).collect()
}

#[tokio::test]
async fn a_message_keeps_its_id_while_the_agent_wakes_and_the_prompt_never_holds_the_answer() {
    for dialect in DIALECTS {
        let played = play(dialect, move |count, seen| match count {
            0 | 1 => Answer::new(503, "{\"error\": \"workspace is waking\", \"waking\": true}"),
            _ => Answer::new(200, message(dialect, seen, &sum(&prompt(seen)))),
        });
        let played = played.await;
        played.assert(Verdict::Passed);
        let sent = sends(&played);
        assert_eq!(sent.len(), 3);
        let id = |seen: &Seen| seen.json()["params"]["message"]["messageId"].clone();
        assert!(sent.iter().all(|seen| id(seen) == id(&sent[0]) && id(seen).is_string()));
        assert!(sent.iter().all(|seen| !seen.body.contains(&sum(&prompt(seen)))), "{dialect}");
        let version = sent[0].header("a2a-version");
        assert_eq!(version, (dialect == "1.0").then_some("1.0"));
    }
}

#[tokio::test]
async fn a_queued_message_is_followed_by_its_queue_item_and_never_sent_again() {
    for dialect in DIALECTS {
        let asked = std::sync::Mutex::new(None);
        let played = play(dialect, move |count, seen| match count {
            0 => {
                *asked.lock().expect("a lock") = Some(seen.clone());
                Answer::new(202, "{\"queued\": true, \"queue_id\": \"q1\"}")
            }
            1 => Answer::new(200, "{\"status\": \"queued\"}"),
            2 => Answer::new(503, "busy"),
            _ => {
                let asked = asked.lock().expect("a lock").clone().expect("it was asked");
                let reply = message(dialect, &asked, &sum(&prompt(&asked)));
                Answer::new(200, format!("{{\"status\": \"completed\", \"response_body\": {reply}}}"))
            }
        });
        let played = played.await;
        played.assert(Verdict::Passed);
        let item = "GET /w/a2a/queue/q1";
        assert_eq!(played.chronicle.lines(), ["POST /w/a2a", item, item, item]);
    }
}

#[tokio::test]
async fn a_working_task_is_asked_for_and_its_message_never_sent_again() {
    for (dialect, method) in [("1.0", "GetTask"), ("0.3", "tasks/get")] {
        let script = move |_, seen: &Seen| Answer::new(200, working(dialect, seen));
        let played = play_within("400ms", dialect, script).await;
        played.assert_cause(Verdict::Failed, &["not within 400ms", "working"]);
        assert_eq!(sends(&played).len(), 1);
        let later = &played.chronicle.requests()[1..];
        assert!(!later.is_empty());
        assert!(later.iter().all(|seen| seen.json()["method"] == method), "{later:?}");
        assert!(later.iter().all(|seen| seen.json()["params"]["id"] == "t9"), "{later:?}");
    }
}

#[tokio::test]
async fn an_echo_of_the_prompt_is_no_answer() {
    for dialect in DIALECTS {
        let played =
            play(dialect, move |_, seen| Answer::new(200, message(dialect, seen, &prompt(seen)))).await;
        played.assert_cause(Verdict::Failed, &["challenge.answer in text"]);
    }
}

#[tokio::test]
async fn what_is_not_the_response_to_this_very_request_is_no_answer() {
    let table = [
        (r#"{"jsonrpc":"2.0","id":"another","result":RESULT}"#, "its `id` is \"another\", and"),
        (r#"{"jsonrpc":"2.0","id":7,"result":RESULT}"#, "its `id` is 7, and"),
        (r#"{"jsonrpc":"2.0","id":null,"result":RESULT}"#, "its `id` is null, and"),
        (r#"{"jsonrpc":"2.0","result":RESULT}"#, "its `id` is nothing, and"),
        (r#"{"jsonrpc":"1.0","id":ID,"result":RESULT}"#, "its `jsonrpc` is \"1.0\""),
        (r#"{"id":ID,"result":RESULT}"#, "its `jsonrpc` is nothing"),
        (r#"[{"jsonrpc":"2.0","id":ID,"result":RESULT}]"#, "no JSON object, so no JSON-RPC response"),
        (r#"{"jsonrpc":"2.0","id":ID,"result":RESULT"#, "no JSON object, so no JSON-RPC response"),
        (r#"{"jsonrpc":"2.0","id":ID}"#, "neither a JSON-RPC result nor an error"),
    ];
    for (text, words) in table {
        let played = play("1.0", move |_, seen| {
            let answer = sum(&prompt(seen));
            let result = format!(
                r#"{{"message":{{"messageId":"m","role":"ROLE_AGENT","parts":[{{"text":"{answer}"}}]}}}}"#
            );
            let id = seen.json()["id"].to_string();
            Answer::new(200, text.replace("RESULT", &result).replace("ID", &id))
        });
        let played = played.await;
        played.assert_cause(Verdict::Failed, &["outcome = \"error\"", words]);
        assert_eq!(sends(&played).len(), 1, "{text}");
    }
}

#[tokio::test]
async fn a_prompt_that_gives_the_answer_away_is_not_sent() {
    let text = STEPS.replace("DIALECT", "1.0").replace("WITHIN", "10s");
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.scenario(&text);
    let played = stage.template("ask.txt.j2", "Say {{ challenge.answer }}.").play().await;
    played.assert_cause(Verdict::Errored, &["an echo would pass"]);
    assert_eq!(played.chronicle.lines(), Vec::<String>::new());
}

#[tokio::test]
async fn a_message_that_was_taken_without_a_queue_item_is_never_sent_again() {
    let played =
        play("1.0", |_, _| Answer::new(200, "{\"status\": \"queued\", \"delivery_mode\": \"poll\"}"));
    let played = played.await;
    played.assert(Verdict::Failed);
    assert_eq!(sends(&played).len(), 1);
}

#[tokio::test]
async fn a_message_whose_reply_was_lost_is_never_sent_again() {
    let stub = RawStub::start(&[Quirk::HangsUp]).await;
    let text = STEPS.replace("DIALECT", "1.0").replace("WITHIN", "10s");
    let played = Stage::at(&stub.base).template("ask.txt.j2", PROMPT).scenario(&text).play().await;
    assert_ne!(played.ending().verdict, Verdict::Passed);
    assert_eq!(stub.connections(), 1);
}
