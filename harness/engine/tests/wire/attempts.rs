//! Several attempts at one case: as many as it takes to know, and no more.

use crate::support::{Answer, Played, Seen, Stage, Store};
use harness_model::event::Event;
use harness_model::verdict::Verdict;
use std::collections::BTreeSet;
use tokio_util::sync::CancellationToken;

const TRY: &str = r#"
timeout = "1m"
[matrix]
seat = [1]
[[arm]]
name  = "fickle"
match = { seat = 1 }
pass  = { of = 4, at-least = 2 }
[[step]]
name     = "try"
run.http = { on = "api", path = "/try/{{ case.attempt }}" }
expect   = ["status == 200"]
"#;
const KNOWN: &str =
    "[[failure]]\ncontains = \"insufficient_quota\"\nclass = \"operator\"\ncause = \"the quota is spent\"\n";

async fn stage(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Stage {
    Stage::with(script).await.known_failures(KNOWN).scenario(TRY)
}

/// What is answered to each attempt: one letter each.
async fn tried(answers: &'static str) -> Played {
    let script = |seen: &Seen| {
        let number: usize = seen.path.trim_start_matches("/try/").parse().expect("the number of the attempt");
        match answers.as_bytes()[number - 1] {
            b'+' => Answer::new(200, "{}"),
            b'-' => Answer::new(418, "{}"),
            _ => Answer::new(429, "insufficient_quota"),
        }
    };
    stage(script).await.play().await
}

/// The verdict of each attempt that was written down, by its number.
fn attempts(played: &Played) -> Vec<(u32, Verdict)> {
    let events = played.chronicle.events().into_iter();
    let attempts = events.filter_map(|event| match event {
        Event::Attempted { number, ending, .. } => Some((number, ending.verdict)),
        _ => None,
    });
    attempts.collect()
}

#[tokio::test]
async fn a_case_is_tried_until_the_rest_cannot_change_what_comes_of_it() {
    let table = [
        ("++  ", Verdict::Passed, 2),
        ("+-+ ", Verdict::Passed, 3),
        ("-++ ", Verdict::Passed, 3),
        ("--++", Verdict::Passed, 4),
        ("--- ", Verdict::Failed, 3),
        ("+---", Verdict::Failed, 4),
    ];
    for (answers, verdict, tries) in table {
        let played = tried(answers).await;
        assert_eq!((played.ending().verdict, attempts(&played).len()), (verdict, tries), "{answers:?}");
        let sent: Vec<String> = (1..=tries).map(|number| format!("GET /try/{number}")).collect();
        assert_eq!(played.chronicle.lines(), sent, "{answers:?}");
    }
}

#[tokio::test]
async fn what_an_attempt_names_is_named_by_no_other() {
    let named = TRY.replace("/try/{{ case.attempt }}", "/try/{{ case.token }}/{{ scope.name }}");
    let stage = Stage::with(|_| Answer::new(418, "{}")).await.scenario(&named.replace("of = 4", "of = 5"));
    let lines = stage.play().await.chronicle.lines();
    let names: BTreeSet<&str> = lines.iter().flat_map(|line| line.split('/').skip(2)).collect();
    assert_eq!((lines.len(), names.len()), (4, 8), "{lines:?}");
}

#[tokio::test]
async fn an_attempt_that_says_nothing_of_the_target_ends_the_case_as_it_is() {
    let played = tried("+q++").await;
    played.assert(Verdict::Operator);
    assert_eq!(attempts(&played), [(1, Verdict::Passed), (2, Verdict::Operator)]);
}

#[tokio::test]
async fn a_run_that_is_stopped_while_an_attempt_is_released_begins_no_other() {
    let (store, stop) = (Store::default(), CancellationToken::new());
    let (shelf, cancel) = (store.clone(), stop.clone());
    let script = move |seen: &Seen| {
        if seen.method == "DELETE" {
            cancel.cancel();
        }
        shelf.answer(seen)
    };
    let made = TRY.replace(
        "run.http = { on = \"api\", path = \"/try/{{ case.attempt }}\" }\nexpect   = [\"status == 200\"]",
        "run.http = { on = \"api\", method = \"POST\", path = \"/things/one\" }\nowns     = { thing = \"one\" }\nexpect   = [\"status == 201\"]",
    );
    let mut stage = Stage::with(script).await.things().scenario(&made);
    stage.cancel = stop;
    let played = stage.play().await;
    played.assert(Verdict::Cancelled);
    assert_eq!(attempts(&played), [(1, Verdict::Passed)]);
    assert_eq!((played.chronicle.released(), store.names()), (vec!["one".to_owned()], Vec::new()));
}
