use super::compare::{Difference, differences};
use super::{End, FIRST, LAST, Reached, Stories, Story, What};
use crate::event::{Event, Exchange, Record, Scope, StepOutcome};
use crate::name::{CaseId, ResourceKind, StepName};
use crate::pass::Pass;
use crate::verdict::{Ending, Verdict};
use jiff::Timestamp;
use std::time::Duration;

fn case() -> CaseId {
    CaseId::new("a::b")
}

fn said(scope: Scope, step: &str, status: Option<u16>) -> Event {
    let exchange = Exchange {
        method: "GET".to_owned(),
        url: "http://x/y".to_owned(),
        request_headers: Vec::new(),
        request_body: None,
        credential: None,
        status,
        response_headers: Vec::new(),
        response_body: String::new(),
        elapsed: Duration::ZERO,
    };
    Event::Exchange { scope, step: StepName::new(step), exchange: Box::new(exchange) }
}

fn ended(step: &str, millis: u64, outcome: StepOutcome) -> Event {
    let (scope, step) = (Scope::Case(case()), StepName::new(step));
    Event::StepEnded { scope, step, outcome, elapsed: Duration::from_millis(millis), attempts: 2 }
}

fn traced(states: &[&str]) -> Event {
    Event::Traced {
        case: case(),
        kind: ResourceKind::new("thing"),
        key: "k".to_owned(),
        states: states.iter().map(ToString::to_string).collect(),
        entered: Vec::new(),
        tolerated: Vec::new(),
        budgets: Vec::new(),
    }
}

fn stories(wanted: Option<CaseId>, events: &[Event]) -> Stories {
    let mut stories = Stories::with(wanted);
    let start: Timestamp = "2026-11-21T05:00:00Z".parse().unwrap();
    for (number, event) in events.iter().enumerate() {
        let at = start + Duration::from_millis(number as u64 * 100);
        let line = serde_json::to_vec(&Record { at, event: event.clone() }).unwrap();
        stories.line(&line).unwrap();
    }
    stories
}

fn story(events: &[Event]) -> Story {
    stories(Some(case()), events).cases.remove(&case()).unwrap()
}

fn of_case() -> Scope {
    Scope::Case(case())
}

#[test]
fn a_story_has_the_steps_of_its_case_and_when_they_were() {
    let red = StepOutcome::Ended { verdict: Verdict::Failed, cause: "no".to_owned() };
    let events = [
        Event::CaseStarted { case: case() },
        said(of_case(), "one", Some(201)),
        ended("one", 50, StepOutcome::Passed),
        ended("two", 0, StepOutcome::NotApplicable),
        said(Scope::Evidence(case()), "row", Some(500)),
        ended("three", 10, red),
        Event::StepEnded {
            scope: Scope::Evidence(case()),
            step: StepName::new("row"),
            outcome: StepOutcome::Passed,
            elapsed: Duration::ZERO,
            attempts: 1,
        },
    ];
    let story = story(&events);
    let steps: Vec<_> = story.steps.iter().map(|taken| (&*taken.step, taken.end, taken.status)).collect();
    let expected =
        [("one", End::Passed, Some(201)), ("two", End::NotApplicable, None), ("three", End::Decided, None)];
    assert_eq!(steps, expected);
    assert_eq!(story.steps[0].ended, Duration::from_millis(200));
    assert_eq!(story.said.iter().filter(|said| said.is_evidence).count(), 1);
}

#[test]
fn the_exchanges_of_a_case_that_nobody_asks_for_are_not_kept() {
    let events = [said(of_case(), "one", Some(200)), ended("one", 50, StepOutcome::Passed)];
    let stories = stories(None, &events);
    let story = &stories.cases[&case()];
    assert_eq!((story.said.len(), story.steps.len(), story.steps[0].status), (0, 1, None));
}

#[test]
fn of_many_looks_the_first_and_the_last_are_kept_and_the_others_counted() {
    let looks: Vec<Event> = (0..150).map(|number| said(of_case(), "poll", Some(200 + number))).collect();
    let story = story(&looks);
    let statuses: Vec<u16> = story
        .said
        .iter()
        .filter_map(|said| match &said.what {
            What::Exchange(exchange) => exchange.status,
            What::Program(_) => None,
        })
        .collect();
    assert_eq!(statuses, [200, 201, 347, 348, 349]);
    assert_eq!(story.said[FIRST].left_out, 150 - FIRST - LAST);
}

fn attempted(number: u32, verdict: Verdict) -> Event {
    let (case, pass, ending) = (case(), Pass { of: 3, at_least: 2 }, Ending::new(verdict, ""));
    Event::Attempted { case, number, pass, ending, elapsed: Duration::from_secs(1) }
}

#[test]
fn of_several_attempts_a_story_knows_which_did_what_and_the_last_is_compared() {
    let green = story(&[ended("ask", 10, StepOutcome::Passed), attempted(1, Verdict::Passed)]);
    let red = story(&[
        ended("ask", 10, StepOutcome::Passed),
        ended("once", 10, StepOutcome::Passed),
        traced(&["online"]),
        attempted(1, Verdict::Passed),
        ended("ask", 9000, StepOutcome::Ended { verdict: Verdict::Failed, cause: String::new() }),
        attempted(2, Verdict::Failed),
    ]);
    assert_eq!(red.attempts, [Reached { steps: 2, traces: 1 }, Reached { steps: 3, traces: 1 }]);
    let (now, before) = ((Duration::from_secs(9), 2), (Duration::from_millis(10), 2));
    assert_eq!(
        differences(&red, &green),
        [Difference::Slower { step: "ask".to_owned(), now, before }],
        "the first attempt, which passed, says nothing"
    );
}

#[test]
fn what_a_red_did_otherwise_than_a_green_is_told_in_order() {
    let green = story(&[
        said(of_case(), "create", Some(201)),
        ended("create", 100, StepOutcome::Passed),
        said(of_case(), "online", Some(200)),
        ended("online", 1000, StepOutcome::Passed),
        ended("ask", 10, StepOutcome::Passed),
        traced(&["provisioning", "online"]),
    ]);
    let red = story(&[
        said(of_case(), "create", Some(200)),
        ended("create", 120, StepOutcome::Passed),
        ended("again", 1, StepOutcome::Passed),
        said(of_case(), "online", Some(200)),
        ended("online", 9000, StepOutcome::Ended { verdict: Verdict::Failed, cause: String::new() }),
        traced(&["provisioning", "failed"]),
        traced(&["provisioning", "failed", "removed"]),
    ]);
    let step = |step: &str| step.to_owned();
    let states = |states: &[&str]| states.iter().map(ToString::to_string).collect();
    let expected = [
        Difference::Status { step: step("create"), now: Some(200), before: Some(201) },
        Difference::New { step: step("again") },
        Difference::Slower {
            step: step("online"),
            now: (Duration::from_secs(9), 2),
            before: (Duration::from_secs(1), 2),
        },
        Difference::Missing { steps: vec![step("ask")] },
        Difference::States {
            kind: "thing".to_owned(),
            now: states(&["provisioning", "failed", "removed"]),
            before: states(&["provisioning", "online"]),
        },
    ];
    assert_eq!(differences(&red, &green), expected);
    assert_eq!(differences(&green, &green), []);
}
