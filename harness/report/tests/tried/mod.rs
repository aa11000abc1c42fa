//! Cases that were tried several times, in every view.

use crate::page::data;
use crate::support::{CLOSING, LENIENT, planned, started};
use harness_model::event::{Event, Record, Scope, StepOutcome};
use harness_model::gates::Gate;
use harness_model::history::PastRun;
use harness_model::name::{CaseId, StepName};
use harness_model::pass::Pass;
use harness_model::report::RunReport;
use harness_model::story::Stories;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Account, Chatter, Format, Paint, Plain, Reporter, Told};
use jiff::Timestamp;
use quick_junit::{NonSuccessKind, NonSuccessReruns, Report, TestCaseStatus};
use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

const PASS: Pass = Pass { of: 5, at_least: 4 };
const GREEN: &str = "ask::codex";
const RED: &str = "ask::hermes";
const FOUR: &str = "4 of 5 attempts passed: at least 37.6 % do, by 95 %; 4 of 5 must pass";
const NONE: &str = "1 of 3 attempts passed: at least 6.1 % do, by 95 %; 4 of 5 must pass";

/// A case that passed in four of five attempts, and one that passed in one of three; what could not be found out comes before
/// what failed.
fn tried() -> Vec<Event> {
    use Verdict::{Errored, Failed, Passed};
    let mut events = vec![started(LENIENT), planned(GREEN, Gate::Required), planned(RED, Gate::Required)];
    for (id, verdicts) in
        [(GREEN, &[Passed, Failed, Passed, Passed, Passed][..]), (RED, &[Passed, Errored, Failed])]
    {
        let case = CaseId::new(id);
        let mut endings = Vec::new();
        events.push(Event::CaseStarted { case: case.clone() });
        for (number, verdict) in (1..).zip(verdicts.iter().copied()) {
            let mut ending = Ending::new(verdict, "");
            let mut outcome = StepOutcome::Passed;
            if verdict != Passed {
                ending = Ending {
                    step: Some(StepName::new("sum")),
                    ..Ending::new(verdict, format!("wrong in attempt {number}"))
                };
                outcome = StepOutcome::Ended { verdict, cause: String::new() };
            }
            let (scope, step) = (Scope::Case(case.clone()), StepName::new("sum"));
            let elapsed = Duration::from_secs(1);
            events.push(Event::StepEnded { scope, step, outcome, elapsed, attempts: 1 });
            let (case, pass) = (case.clone(), PASS);
            events.push(Event::Attempted { case, number, pass, ending: ending.clone(), elapsed });
            endings.push(ending);
        }
        let (ending, elapsed) = (PASS.judge(&endings), Duration::from_secs(9));
        events.push(Event::CaseEnded { case, ending, elapsed });
    }
    events
}

fn rendered(format: Format) -> String {
    let (events, mut stories) = (tried(), Stories::default());
    let at: Timestamp = "2026-11-21T05:00:00Z".parse().unwrap();
    for event in &events {
        stories.line(&serde_json::to_vec(&Record { at, event: event.clone() }).unwrap()).unwrap();
    }
    let told = Told { stories, ..Told::default() };
    format.render(&Account::new(&RunReport::fold(&events), CLOSING).told(Some(&told)))
}

#[test]
fn every_view_for_people_tells_the_tally_and_its_bound() {
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Junit, Format::Json] {
        let text = rendered(format);
        assert!(text.contains(FOUR), "{format}: {text}");
        assert!(text.contains(NONE), "{format}: {text}");
    }
    let annotations = rendered(Format::Annotations);
    assert!(annotations.contains("1 of 3 attempts passed: at least 6.1 %25 do"), "{annotations}");
}

#[test]
fn junit_has_what_did_not_pass_as_flaky_failures_of_a_pass_and_reruns_of_a_red() {
    let xml = rendered(Format::Junit);
    let report = Report::deserialize_from_str(&xml).unwrap();
    let [green, red] = &report.test_suites[0].test_cases[..] else { panic!("{xml}") };
    let TestCaseStatus::Success { flaky_runs } = &green.status else { panic!("{xml}") };
    let descriptions: Vec<&str> =
        flaky_runs.iter().map(|run| run.description.as_ref().unwrap().as_str()).collect();
    assert_eq!(descriptions, ["attempt 2: wrong in attempt 2"]);
    let TestCaseStatus::NonSuccess { kind, message, description, reruns, .. } = &red.status else {
        panic!("{xml}")
    };
    assert_eq!((*kind, message.as_ref().unwrap().as_str()), (NonSuccessKind::Failure, NONE));
    assert!(description.as_ref().unwrap().contains("wrong in attempt 3"), "what was seen decides: {xml}");
    let NonSuccessReruns { runs, .. } = reruns;
    let others: Vec<(NonSuccessKind, &str)> =
        runs.iter().map(|run| (run.kind, run.description.as_ref().unwrap().as_str())).collect();
    assert_eq!(others, [(NonSuccessKind::Error, "attempt 2: wrong in attempt 2")]);
    assert_eq!((report.failures, report.errors), (1, 0));
}

#[test]
fn programs_read_every_attempt_and_how_many_must_pass() {
    let document: serde_json::Value = serde_json::from_str(&rendered(Format::Json)).unwrap();
    let case = &document["cases"][1];
    assert_eq!(serde_json::from_value::<Pass>(case["pass"].clone()).unwrap(), PASS);
    let attempts = case["attempts"].as_array().unwrap();
    let verdicts: Vec<&str> = attempts.iter().map(|one| one["verdict"].as_str().unwrap()).collect();
    assert_eq!(verdicts, ["passed", "errored", "failed"]);
    assert_eq!((&attempts[2]["step"], &attempts[2]["elapsed"]), (&"sum".into(), &1.0.into()));
}

#[test]
fn a_page_knows_which_steps_an_attempt_took() {
    let page = data(&rendered(Format::Html));
    let tries = page["cases"][0]["tries"].as_array().unwrap();
    let told: Vec<(&str, u64)> = tries
        .iter()
        .map(|tried| (tried["verdict"].as_str().unwrap(), tried["steps"].as_u64().unwrap()))
        .collect();
    let expected = [("passed", 1), ("failed", 2), ("passed", 3), ("passed", 4), ("passed", 5)];
    assert_eq!(told, expected);
    assert_eq!(tries[1]["cause"], "wrong in attempt 2");
}

#[test]
fn a_history_knows_how_often_a_case_was_tried() {
    let began = "2026-11-21T05:00:00Z".parse().unwrap();
    let run = PastRun::of(&RunReport::fold(&tried()), began, Duration::from_secs(9));
    let kept: Vec<(Verdict, u32, &str)> =
        run.cases.iter().map(|case| (case.verdict, case.attempts, case.cause.as_str())).collect();
    let red = format!("{NONE}\nwrong in attempt 3");
    assert_eq!(kept, [(Verdict::Passed, 5, FOUR), (Verdict::Failed, 3, &red)]);
}

/// What was written.
#[derive(Clone, Default)]
struct Written(Arc<Mutex<Vec<u8>>>);

impl Write for Written {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[test]
fn each_attempt_is_told_as_soon_as_it_has_ended() {
    let written = Written::default();
    let mut plain = Plain::new(Box::new(written.clone()), Chatter::EveryCase, Paint::Never);
    let at = "2026-11-21T05:00:00Z".parse().unwrap();
    for event in tried() {
        plain.event(&Record { at, event });
    }
    let text = String::from_utf8(written.0.lock().unwrap().clone()).unwrap();
    let lines: Vec<&str> = text.lines().skip(6).collect();
    let expected = [
        "[1/2] passed              9.0s ask::codex  4 of 5 attempts passed: at least 37.6 % do, by 95 %; 4 of 5 must pass",
        "attempt 1 of 5 passed          ask::hermes",
        "attempt 2 of 5 errored         ask::hermes  wrong in attempt 2",
        "attempt 3 of 5 failed          ask::hermes  wrong in attempt 3",
        "[2/2] failed              9.0s ask::hermes  [assertion]  in `sum`  1 of 3 attempts passed: at least 6.1 % do, by 95 %; 4 of 5 must pass",
    ];
    assert_eq!(lines, expected);
}
