//! Storms: the same failure in almost every case stops the run early, and says so.

use crate::support::{Answer, Played, Stage, nobody};
use harness_engine::net::wait;
use harness_model::event::Event;
use harness_model::verdict::Verdict;
use std::time::Duration;

const ASK: &str = r#"
[[step]]
name     = "ask"
run.http = { on = "api", path = "/x" }
expect   = ["status == 200"]
"#;
/// A case that would wait for half a minute.
const WAIT: &str = r#"
[[step]]
name     = "wait"
run.http = { on = "api", path = "/wait" }
[step.poll]
until  = "status == 200"
every  = "20ms"
within = "30s"
"#;

fn seats(count: usize, steps: &str) -> String {
    let seats: Vec<String> = (0..count).map(|seat| seat.to_string()).collect();
    format!("[matrix]\nseat = [{}]\n{steps}", seats.join(", "))
}

fn storms(played: &Played) -> Vec<String> {
    let causes = played.chronicle.events().into_iter().filter_map(|event| match event {
        Event::NeverUp { cause } => Some(cause),
        _ => None,
    });
    causes.collect()
}

fn verdicts(played: &Played, scenario: &str) -> Vec<Verdict> {
    let ours = played.chronicle.endings().into_iter().filter(|(case, _)| case.starts_with(scenario));
    ours.map(|(_, ending)| ending.verdict).collect()
}

#[tokio::test]
async fn a_run_whose_cases_all_meet_the_same_failure_stops_early_and_names_it() {
    let started = wait::now();
    let stage = Stage::with(|_| Answer::new(503, "{}")).await;
    let stage = stage.scenario(&seats(20, ASK)).another("patient", &seats(2, WAIT));
    let played = stage.play().await;
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    let storms = storms(&played);
    assert_eq!(storms.len(), 1, "{storms:?}");
    for words in ["service `api` (http://127.0.0.1:", "cases met the same failure there, 503: a storm"] {
        assert!(storms[0].contains(words), "{}", storms[0]);
    }
    assert_eq!(verdicts(&played, "patient::"), [Verdict::Errored; 2]);
    let cut = played.endings.iter().filter(|ending| ending.cause == storms[0]).count();
    assert!(cut >= 2, "{cut}");
}

#[tokio::test]
async fn a_service_where_nobody_listens_is_a_storm() {
    let stage = Stage::at(&nobody().await).scenario(&seats(20, ASK)).another("patient", &seats(2, WAIT));
    let played = stage.play().await;
    let storms = storms(&played);
    assert_eq!(storms.len(), 1, "{storms:?}");
    assert!(storms[0].contains("connection refused: a storm"), "{}", storms[0]);
}

#[tokio::test]
async fn four_cases_in_the_same_trouble_are_none() {
    let played = Stage::with(|_| Answer::new(503, "{}")).await.scenario(&seats(4, ASK)).play().await;
    assert_eq!(verdicts(&played, "small::"), [Verdict::Failed; 4]);
    assert_eq!(storms(&played), Vec::<String>::new());
}

#[tokio::test]
async fn a_failure_that_half_of_the_cases_do_not_meet_is_none() {
    let stage = Stage::with(|seen| match seen.path.as_str() {
        "/x" => Answer::new(503, "{}"),
        _ => Answer::new(200, "{}"),
    });
    let stage =
        stage.await.scenario(&seats(10, ASK)).another("healthy", &seats(10, &ASK.replace("/x", "/y")));
    let played = stage.play().await;
    assert_eq!(verdicts(&played, "small::"), [Verdict::Failed; 10]);
    assert_eq!(verdicts(&played, "healthy::"), [Verdict::Passed; 10]);
    assert_eq!(storms(&played), Vec::<String>::new());
}

#[tokio::test]
async fn a_failure_that_was_over_before_the_cases_failed_is_none() {
    let looks = std::sync::atomic::AtomicUsize::new(0);
    let stage = Stage::with(move |seen| match seen.path.as_str() {
        "/wait" if looks.fetch_add(1, std::sync::atomic::Ordering::SeqCst) < 10 => Answer::new(503, "{}"),
        "/wait" => Answer::new(200, "{}"),
        _ => Answer::new(404, "{}"),
    });
    let played = stage.await.scenario(&seats(10, &format!("{WAIT}{ASK}"))).play().await;
    assert_eq!(verdicts(&played, "small::"), [Verdict::Failed; 10]);
    assert_eq!(storms(&played), Vec::<String>::new());
}

#[tokio::test]
async fn a_known_red_is_none() {
    let arm = "[[arm]]\nname = \"all\"\nmatch = {}\nknown-red = { step = \"ask\", when = \"status == 503\", \
               until = \"there is room\", expires = 2027-03-31 }\n";
    let stage = Stage::with(|_| Answer::new(503, "{}")).await;
    let played = stage.scenario(&seats(20, &format!("{arm}{ASK}"))).play().await;
    assert_eq!(verdicts(&played, "small::"), [Verdict::KnownRed; 20]);
    assert_eq!(storms(&played), Vec::<String>::new());
}

#[tokio::test]
async fn an_expected_refusal_is_none() {
    let steps = ASK.replace("status == 200", "status == 429");
    let played = Stage::with(|_| Answer::new(429, "{}")).await.scenario(&seats(20, &steps)).play().await;
    assert_eq!(verdicts(&played, "small::"), [Verdict::Passed; 20]);
    assert_eq!(storms(&played), Vec::<String>::new());
}
