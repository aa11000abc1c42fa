//! Signs: what the engine writes down of a red is enough for the rules that class its cause.

use crate::support::{Answer, Played, Seen, Stage, nobody};
use harness_model::cause::Cause;
use harness_model::event::Event;
use harness_model::verdict::Verdict;

const LOOK: &str = "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\n";
const EXPECT: &str = "expect = [\"status == 200 and body.ready\"]\n";
const POLL: &str =
    "[step.poll]\nuntil = \"status == 200 and body.ready\"\nevery = \"5ms\"\nwithin = \"40ms\"\n";
const MAKE: &str = r#"
[[step]]
name     = "make"
run.http = { on = "api", method = "POST", path = "/things/one" }
owns     = { thing = "one" }
expect   = ["status == 201"]
"#;
const ASK: &str = r#"
[[step]]
name    = "ask"
run.a2a = { on = "api", path = "/a2a", prompt = "ask.txt.j2" }
expect  = ["challenge.answer in text"]
[step.poll]
until  = "outcome == 'answer'"
every  = "5ms"
within = "40ms"
"#;
const KNOWN: &str =
    "[[failure]]\ncontains = \"no space left\"\nabout = \"quota\"\ncause = \"the disk is full\"\n";

/// The class of the one red, and its rule.
fn class(played: &Played) -> String {
    let known = played.chronicle.events().into_iter().find_map(|event| match event {
        Event::Evidence { known, .. } => known,
        _ => None,
    });
    let cause = Cause::of(played.ending(), known.as_ref());
    let verdict = played.ending().verdict;
    cause.map_or_else(String::new, |cause| format!("{verdict}: {} ({})", cause.class, cause.rule))
}

async fn played(stage: Stage, steps: &str) -> String {
    class(&stage.template("ask.txt.j2", "what is {{ challenge.left }}?").scenario(steps).play().await)
}

#[tokio::test]
async fn what_came_back_or_did_not_is_classed_by_the_rules() {
    let busy = r#"{"error": {"code": -32000, "message": "agent is busy"}}"#;
    let table = [
        (200, r#"{"ready": true}"#, format!("{LOOK}{EXPECT}"), ""),
        (200, r#"{"ready": false}"#, format!("{LOOK}{EXPECT}"), "failed: assertion (unmet)"),
        (401, "{}", format!("{LOOK}{EXPECT}"), "failed: secret (refused-credential)"),
        (402, "{}", format!("{LOOK}{EXPECT}"), "failed: quota (payment)"),
        (503, "{}", format!("{LOOK}{POLL}"), "failed: edge (not-now)"),
        (200, r#"{"ready": false}"#, format!("{LOOK}{POLL}"), "failed: provision (never-came)"),
        (422, "{}", MAKE.to_owned(), "failed: provision (not-made)"),
        (200, "{}", MAKE.to_owned(), "failed: assertion (unmet)"),
        (
            422,
            "{}",
            MAKE.replace("status == 201", "status == 422\", \"body.code == 'X'"),
            "failed: assertion (unmet)",
        ),
        (503, busy, ASK.to_owned(), "failed: agent (agent-silent)"),
        (500, "{}", ASK.to_owned(), "failed: agent (agent-error)"),
    ];
    for (status, body, steps, expected) in table {
        let stage = Stage::with(move |_: &Seen| Answer::new(status, body)).await.things();
        assert_eq!(played(stage, &steps).await, expected, "{status} {body} {steps}");
    }
}

#[tokio::test]
async fn a_service_that_is_not_there_is_a_matter_of_the_edge_whether_it_is_polled_or_not() {
    for (rest, expected) in [(EXPECT, "errored: edge (no-reply)"), (POLL, "failed: edge (no-reply)")] {
        let stage = Stage::at(&nobody().await);
        assert_eq!(played(stage, &format!("{LOOK}{rest}")).await, expected);
    }
}

#[tokio::test]
async fn what_the_evidence_is_known_as_is_the_class_of_a_red_that_is_not_known() {
    let flow = "[flow]\ninputs = [\"key\"]\noutputs = [\"last\"]\n[[step]]\nname = \"row\"\n\
                run.http = { on = \"api\", path = \"/rows/{{ key }}\" }\nexpect = [\"status == 200\"]\n\
                capture = { last = \"body.last\" }\n";
    let script = |seen: &Seen| match seen.path.as_str() {
        "/rows/one" => Answer::new(200, r#"{"last": "no space left on device"}"#),
        "/things/one" => Answer::new(201, "{}"),
        _ => Answer::new(200, r#"{"ready": false}"#),
    };
    let stage = Stage::with(script).await.things().flow("flows/evidence", flow).known_failures(KNOWN);
    let stage = stage.amend("key     = \"name\"", "key     = \"name\"\nevidence = \"flows/evidence\"");
    let played = stage.scenario(&format!("{MAKE}{LOOK}{POLL}")).play().await;
    assert_eq!(class(&played), "failed: quota (evidence)");
    assert_eq!(played.ending().verdict, Verdict::Failed);
    assert_eq!(played.ending().known, None, "a red is known by its reply alone");
}
