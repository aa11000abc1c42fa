//! What the target can do is asked once a run, and a case that needs more is left out by name.

use crate::support::{Answer, Seen, Stage};
use harness_engine::run::Unmet;
use harness_model::event::{Ability, Event};
use harness_model::verdict::Verdict;

const DECLARED: &str = r#"
[capability.queue]
summary = "keeps messages"
probe   = "flows/has-queue"
"#;

const PROBE: &str = r#"
[flow]
outputs = ["able"]
[[step]]
name     = "queue"
run.http = { on = "api", path = "/queue" }
expect   = ["status in [200, 404]"]
[step.capture]
able = "body.able"
"#;

const NEEDS: &str = r#"
requires = { capability = "queue" }
[matrix]
number = [1, 2, 3]
[[step]]
name     = "look"
run.http = { on = "api", path = "/things/{{ number }}" }
expect   = ["status == 200"]
"#;

const PLAIN: &str = r#"
[[step]]
name     = "look"
run.http = { on = "api", path = "/plain" }
expect   = ["status == 200"]
"#;

async fn stage(answer: Answer) -> Stage {
    let script = move |seen: &Seen| match seen.path.as_str() {
        "/queue" => answer.clone(),
        _ => Answer::new(200, "{}"),
    };
    let stage = Stage::with(script).await.declare(DECLARED).flow("flows/has-queue", PROBE);
    stage.scenario(NEEDS).another("plain", PLAIN)
}

fn abilities(events: Vec<Event>) -> Vec<Ability> {
    let probed = events.into_iter().filter_map(|event| match event {
        Event::Probed { ability, .. } => Some(ability),
        _ => None,
    });
    probed.collect()
}

#[tokio::test]
async fn a_target_is_asked_once_and_only_the_cases_that_need_what_it_lacks_are_skipped() {
    let played = stage(Answer::new(404, r#"{"able": false}"#)).await.play().await;
    let verdicts: Vec<Verdict> = played.endings.iter().map(|ending| ending.verdict).collect();
    assert_eq!(verdicts, [Verdict::Skipped, Verdict::Skipped, Verdict::Skipped, Verdict::Passed]);
    assert_eq!(played.endings[0].cause, "the target lacks capability queue (keeps messages)");
    let mut lines = played.chronicle.lines();
    lines.sort();
    assert_eq!(lines, ["GET /plain", "GET /queue"]);
    assert_eq!(abilities(played.chronicle.events()), [Ability::Unable]);
}

#[tokio::test]
async fn a_target_that_can_is_asked_once_and_every_case_runs() {
    let played = stage(Answer::new(200, r#"{"able": true}"#)).await.play().await;
    assert!(played.endings.iter().all(|ending| ending.verdict == Verdict::Passed));
    let asked = played.chronicle.lines().iter().filter(|line| *line == "GET /queue").count();
    assert_eq!((asked, abilities(played.chronicle.events())), (1, vec![Ability::Able]));
}

#[tokio::test]
async fn what_the_target_lacks_is_refused_when_live_is_required() {
    let played = stage(Answer::new(404, r#"{"able": false}"#)).await.unmet(Unmet::Refuses).play().await;
    assert_eq!(played.endings[0].verdict, Verdict::Refused);
    let cause = "live is required, and the target lacks capability queue (keeps messages)";
    assert_eq!(played.endings[0].cause, cause);
}

#[tokio::test]
async fn a_case_that_runs_alone_is_refused_when_it_counts() {
    let played =
        stage(Answer::new(404, r#"{"able": false}"#)).await.unmet(Unmet::RefusesRequired).play().await;
    assert_eq!(played.endings[0].verdict, Verdict::Refused, "a case without an arm counts");
}

#[tokio::test]
async fn a_probe_that_cannot_find_out_leaves_out_nobody() {
    for (answer, words) in [
        (Answer::new(500, r#"{"able": false}"#), "in step `queue` (flows/has-queue.toml:"),
        (Answer::new(200, r#"{"able": "yes"}"#), "`able` must be true or false, and is yes"),
        (Answer::new(200, "{}"), "nothing to capture as `able`"),
    ] {
        let played = stage(answer).await.play().await;
        assert!(
            played.endings.iter().all(|ending| ending.verdict == Verdict::Passed),
            "{:?}",
            played.endings
        );
        let [Ability::Unknown { cause }] = &abilities(played.chronicle.events())[..] else {
            panic!("{:?}", abilities(played.chronicle.events()))
        };
        assert!(cause.contains(words), "{cause}");
    }
}
