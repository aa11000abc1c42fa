//! Pages to look at: one of several verdicts, one of hostile texts, and one that is large.

use crate::past;
use crate::support::{CLOSING, HOSTILE, LENIENT, plan, planned, started};
use harness_model::event::{Event, Exchange, Record, Scope, StepOutcome};
use harness_model::gates::Gate;
use harness_model::history::{Subject, Survey};
use harness_model::name::{ArmName, CaseId, ResourceKind, StepName};
use harness_model::report::RunReport;
use harness_model::signs::{Halt, Signs};
use harness_model::story::{Past, Stories};
use harness_model::trace::Budget;
use harness_model::verdict::{Ending, Verdict};
use harness_report::history::TrendFormat;
use harness_report::{Account, Format, Paint, Told};
use jiff::Timestamp;
use std::time::Duration;

/// The red with a dossier, which is the first in the list, and the red behind it.
pub(crate) const RED: &str = "provision::codex";
pub(crate) const SECOND: &str = "provision::hermes";
/// How many cases the mixed page has.
pub(crate) const MIXED: usize = 5;

fn said(case: &str, step: &str, status: Option<u16>, body: &str) -> Event {
    let exchange = Exchange {
        method: "POST".to_owned(),
        url: format!("http://tenant.example/{step}"),
        request_headers: vec![("authorization".to_owned(), "Bearer [secret]".to_owned())],
        request_body: Some("{\"name\": \"it's\"}".to_owned()),
        credential: Some("API_KEY".to_owned()),
        status,
        response_headers: vec![("content-type".to_owned(), "text/html".to_owned())],
        response_body: body.to_owned(),
        elapsed: Duration::from_millis(7),
    };
    let scope = Scope::Case(CaseId::new(case));
    Event::Exchange { scope, step: StepName::new(step), exchange: Box::new(exchange) }
}

fn step(case: &str, step: &str, millis: u64, outcome: StepOutcome) -> Event {
    let (scope, elapsed) = (Scope::Case(CaseId::new(case)), Duration::from_millis(millis));
    Event::StepEnded { scope, step: StepName::new(step), outcome, elapsed, attempts: 3 }
}

fn ended(case: &str, ending: Ending) -> Event {
    Event::CaseEnded { case: CaseId::new(case), ending, elapsed: Duration::from_secs(10) }
}

fn red(case: &str, halt: Halt, cause: &str) -> Event {
    let ending = Ending::new(Verdict::Failed, cause);
    ended(case, Ending { step: Some(StepName::new("online")), signs: Some(Signs::of(halt)), ..ending })
}

fn failed() -> StepOutcome {
    StepOutcome::Ended { verdict: Verdict::Failed, cause: "no".to_owned() }
}

fn stories(events: &[Event], opened: Vec<CaseId>) -> Stories {
    let mut stories = Stories::with(opened);
    let start: Timestamp = "2026-11-21T05:00:00Z".parse().expect("a time");
    for (number, event) in events.iter().enumerate() {
        let at = start + Duration::from_millis(number as u64 * 50);
        let line = serde_json::to_vec(&Record { at, event: event.clone() }).expect("a line");
        stories.line(&line).expect("a line of a log");
    }
    stories
}

fn page(events: &[Event], past: Option<Past>) -> String {
    let report = RunReport::fold(events);
    let opened = Format::Html.opened(&report).unwrap_or_default();
    let past = past.into_iter().map(|past| (CaseId::new(RED), past)).collect();
    let told = Told { stories: stories(events, opened), past };
    let plans = [plan(events)];
    Format::Html.render(&Account::new(&report, CLOSING).planned(&plans).told(Some(&told)))
}

/// What is told of the red.
fn story(online: u64, outcome: StepOutcome) -> Vec<Event> {
    let time = |text: &str| text.parse::<Timestamp>().expect("a time");
    let of_evidence = |event| match event {
        Event::Exchange { step, exchange, .. } => {
            Event::Exchange { scope: Scope::Evidence(CaseId::new(RED)), step, exchange }
        }
        other => other,
    };
    let (kind, key) = (ResourceKind::new("workspace"), "e2e-1".to_owned());
    let (from, to, within) = ("provisioning".to_owned(), "online".to_owned(), Duration::from_secs(5));
    vec![
        Event::CaseStarted { case: CaseId::new(RED) },
        said(RED, "create", Some(201), "{}"),
        step(RED, "create", 40, StepOutcome::Passed),
        step(RED, "seldom", 0, StepOutcome::NotApplicable),
        said(RED, "online", Some(200), "{\"status\": \"failed\"}"),
        step(RED, "online", online, outcome),
        of_evidence(said(RED, "row", Some(200), "{}")),
        Event::Traced {
            case: CaseId::new(RED),
            kind,
            states: vec![from.clone(), to.clone()],
            entered: vec![time("2026-11-21T05:00:00Z"), time("2026-11-21T05:00:09Z")],
            tolerated: Vec::new(),
            key,
            budgets: vec![Budget { from, to, within }],
        },
    ]
}

/// Five cases: two reds, one of them with everything that a dossier has, a skip, a known red, and a green.
pub(crate) fn mixed() -> String {
    let ids = [RED, SECOND, "provision::mock", "external::kimi", "external::green"];
    let mut events = vec![started(LENIENT)];
    events.extend(ids.map(|id| match planned(id, Gate::Required) {
        Event::CasePlanned { case, gate, decision, chosen, .. } => {
            let arms = vec![ArmName::new(id.rsplit("::").next().unwrap_or_default())];
            Event::CasePlanned { case, arms, gate, decision, chosen }
        }
        other => other,
    }));
    events.extend(story(9000, failed()));
    events.push(red(RED, Halt::RanOut, "not within 5s\n  until   body.status == 'online'"));
    events.push(red(SECOND, Halt::Unmet, "expect  status == 200"));
    events.push(ended(ids[2], Ending::new(Verdict::Skipped, "missing E2E_MOCK_KEY")));
    events.push(ended(ids[3], Ending::new(Verdict::KnownRed, "known red: codex timed out before")));
    events.push(ended(ids[4], Ending::new(Verdict::Passed, "")));
    let green = stories(&story(1000, StepOutcome::Passed), vec![CaseId::new(RED)]);
    let began = "2026-11-20T05:00:00Z".parse().expect("a time");
    let story = green.cases.get(&CaseId::new(RED)).cloned().unwrap_or_default();
    page(&events, Some(Past { run: "r0".to_owned(), began, story }))
}

/// A red whose every text wants to be markup, with a body of more than a megabyte.
pub(crate) fn hostile() -> String {
    let evil = format!("<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>{HOSTILE}");
    let id = format!("hostile::{}", evil.replace('\n', " "));
    let body = format!("{evil}{}", "<b>".repeat(400_000));
    let events = [
        started(LENIENT),
        planned(&id, Gate::Required),
        said(&id, &evil, Some(200), &body),
        step(&id, &evil, 10, failed()),
        red(&id, Halt::Unmet, &evil),
    ];
    page(&events, None)
}

/// So many cases of twenty steps each; one in ten is red, and has its exchanges.
pub(crate) fn many(count: usize) -> String {
    let ids: Vec<String> = (0..count).map(|number| format!("wide::n{number:05}")).collect();
    let mut events = vec![started(LENIENT)];
    events.extend(ids.iter().map(|id| planned(id, Gate::Required)));
    for (number, id) in ids.iter().enumerate() {
        for taken in 0..20 {
            let name = format!("step {taken}");
            if number % 10 == 0 {
                events.push(said(id, &name, Some(200), &"{\"status\": \"online\"} ".repeat(20)));
            }
            events.push(step(id, &name, 40, StepOutcome::Passed));
        }
        match number % 10 {
            0 => events.push(red(id, Halt::Unmet, "expect  body.status == 'paused'")),
            _ => events.push(ended(id, Ending::new(Verdict::Passed, ""))),
        }
    }
    page(&events, None)
}

/// The trends of twelve runs on two environments, one of which is the other's copy.
pub(crate) fn trends() -> String {
    let survey = Survey::new(past::sample(), Subject::Everything, Vec::new());
    let copy = Survey { environment: "embedded".to_owned(), ..survey.clone() };
    TrendFormat::Html.render(&[survey, copy], None, Paint::Never)
}

/// Trends whose every text wants to be markup.
pub(crate) fn hostile_trends() -> String {
    let evil = format!("<img src=x onerror=\"window.hacked=1\"><script>window.hacked=1</script>{HOSTILE}");
    let survey = Survey::new(past::hostile(&evil), Subject::Everything, vec![evil]);
    TrendFormat::Html.render(&[survey], None, Paint::Never)
}
