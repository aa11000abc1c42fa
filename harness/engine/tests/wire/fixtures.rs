//! Fixtures of run scope: made once, shared, and blamed once.

use crate::support::{Answer, Played, Seen, Stage, Store, Trouble};
use harness_model::cause::Cause;
use harness_model::event::Event;
use harness_model::signs;
use harness_model::verdict::Verdict;

const FLOW: &str = r#"
[flow]
outputs = ["number"]
[[step]]
name     = "make"
run.http = { on = "api", method = "POST", path = "/things/shared" }
owns     = { thing = "shared" }
expect   = ["status == 201"]
capture  = { number = "status" }
"#;

const SCENARIO: &str = r#"
fixtures = ["shared"]
[matrix]
seat = [1, 2, 3, 4, 5, 6, 7, 8]
[[step]]
name     = "use it"
run.http = { on = "api", path = "/use/{{ seat }}/{{ shared.number }}" }
expect   = ["status == 200"]
"#;

async fn play(script: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> Played {
    let stage =
        Stage::with(script).await.things().patience("2s").scenario(SCENARIO).flow("flows/shared", FLOW);
    stage.declare("\n[fixture.shared]\nscope = \"run\"\nuse = \"flows/shared\"\n").play().await
}

fn count(played: &Played, line: &str) -> usize {
    played.chronicle.lines().iter().filter(|seen| *seen == line).count()
}

#[tokio::test]
async fn a_fixture_of_the_run_is_made_once_for_all_cases_and_released_after_the_last() {
    let store = Store::default();
    let shelf = store.clone();
    let played = play(move |seen| shelf.answer(seen)).await;
    let verdicts: Vec<Verdict> = played.endings.iter().map(|ending| ending.verdict).collect();
    assert_eq!(verdicts, [Verdict::Passed; 8]);
    assert_eq!(count(&played, "POST /things/shared"), 1);
    let lines = played.chronicle.lines();
    let last = lines.iter().rposition(|line| line.starts_with("GET /use/")).expect("it was used");
    let removed = lines.iter().position(|line| line == "DELETE /things/shared").expect("it was released");
    assert!(last < removed, "{lines:?}");
    assert_eq!(played.chronicle.released(), ["shared"]);
    assert_eq!(store.names(), Vec::<String>::new());
}

#[tokio::test]
async fn a_fixture_that_cannot_be_made_makes_every_case_an_error_and_is_blamed_once() {
    let played = play(|seen| match seen.method.as_str() {
        "POST" => Answer::new(507, "{\"error\": \"full\"}"),
        _ => Answer::new(200, "[]"),
    });
    let played = played.await;
    assert_eq!(played.endings.len(), 8);
    for ending in &played.endings {
        assert_eq!(ending.verdict, Verdict::Errored, "{}", ending.cause);
        assert!(ending.cause.contains("fixture `shared` could not be made"), "{}", ending.cause);
        assert!(ending.cause.contains("status = 507"), "{}", ending.cause);
        assert_eq!(ending.signs.map(|signs| signs.stage), Some(signs::Stage::Fixture));
    }
    let failures =
        played.chronicle.events().into_iter().filter(|event| matches!(event, Event::FixtureFailed { .. }));
    assert_eq!((failures.count(), count(&played, "POST /things/shared")), (1, 1));
}

/// Four seats that use a fixture which the environment gives, with this as its output.
async fn given(number: &str) -> Played {
    let scenario = SCENARIO.replace(", 5, 6, 7, 8", "");
    let given = format!("\n[environment.here.fixture.shared]\nnumber = \"{number}\"\n[variable.NOBODYS]\n");
    let stage = Stage::with(|_| Answer::new(200, "{}")).await.things().scenario(&scenario);
    let stage = stage.flow("flows/shared", FLOW).variable("NUMBER", "seven");
    stage
        .declare("\n[fixture.shared]\nscope = \"run\"\nuse = \"flows/shared\"\n")
        .declare(&given)
        .play()
        .await
}

#[tokio::test]
async fn a_fixture_that_the_environment_gives_is_neither_made_nor_released() {
    let played = given("{{ env.NUMBER }}").await;
    assert!(played.endings.iter().all(|ending| ending.verdict == Verdict::Passed), "{:?}", played.endings);
    let mut lines = played.chronicle.lines();
    lines.sort();
    assert_eq!(lines, ["GET /use/1/seven", "GET /use/2/seven", "GET /use/3/seven", "GET /use/4/seven"]);
}

#[tokio::test]
async fn a_given_fixture_without_its_value_makes_every_case_an_error_at_the_place_that_gives_it() {
    let played = given("{{ env.NOBODYS }}").await;
    assert_eq!((played.endings.len(), played.chronicle.lines().len()), (4, 0));
    for ending in &played.endings {
        assert_eq!(ending.verdict, Verdict::Errored, "{}", ending.cause);
        let place = ending.place.as_deref().unwrap_or_default();
        assert!(place.starts_with("suite.toml:"), "{place:?}: {}", ending.cause);
    }
}

#[tokio::test]
async fn a_panic_while_a_fixture_is_made_is_the_harness_s() {
    let store = Store::default();
    let stage = Stage::store(&store).await.scenario(SCENARIO).flow("flows/shared", FLOW);
    let stage = stage.declare("\n[fixture.shared]\nscope = \"run\"\nuse = \"flows/shared\"\n");
    let played = stage.trouble(Trouble::PanicsAt("make")).play().await;
    for ending in &played.endings {
        assert!(ending.cause.contains("the harness panicked while making it"), "{}", ending.cause);
        let class = Cause::of(ending, None).map(|cause| format!("{} ({})", cause.class, cause.rule));
        assert_eq!(class.as_deref(), Some("harness (panic)"));
    }
    assert_eq!((played.endings.len(), store.names()), (8, Vec::new()));
}
