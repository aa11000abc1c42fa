//! The log: what a reader takes and refuses, and the report and exit code that follow from what happened.

#![expect(clippy::unwrap_used, reason = "what does not parse here fails its test")]

use harness_model::estate::{Estate, Existence, Standing};
use harness_model::event::{Event, LogError, Record, Scope, StepOutcome, VERSION, Writer, read};
use harness_model::exit::{ExitCode, FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::known::{FailureClass, Known};
use harness_model::name::{ArmName, CaseId, EnvironmentName, FixtureName, ResourceKind, StepName};
use harness_model::pass::Pass;
use harness_model::report::{Ownership, RunReport};
use harness_model::verdict::{Ending, Verdict};
use jiff::Timestamp;
use serde_json::Map;
use std::collections::BTreeMap;
use std::error::Error as _;
use std::time::Duration;

fn started(version: u32) -> Event {
    Event::RunStarted {
        version,
        run: "r1".to_owned(),
        suite: "sample".to_owned(),
        lane: None,
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("embedded"),
        because: "nothing else was chosen".to_owned(),
        selection: "E2E_RUNTIME=codex".to_owned(),
        policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::default(),
        shard: None,
    }
}

fn planned(case: &str) -> Event {
    Event::CasePlanned {
        case: CaseId::new(case),
        arms: vec![ArmName::new("codex")],
        gate: Gate::Required,
        decision: Decision::Run,
        chosen: Vec::new(),
    }
}

fn ended(case: &str, verdict: Verdict) -> Event {
    let ending = Ending {
        step: Some(StepName::new("create")),
        place: Some("scenarios/sample/provision.toml:41".to_owned()),
        retries: 1,
        ..Ending::new(verdict, "status is 500")
    };
    Event::CaseEnded { case: CaseId::new(case), ending, elapsed: Duration::from_millis(1250) }
}

fn recognised(case: &str) -> Event {
    let known = Known {
        about: None,
        cause: "the provider's quota is spent".to_owned(),
        class: FailureClass::Operator,
        hint: Some("top up the account".to_owned()),
        owner: None,
    };
    let ending = Ending { known: Some(known), ..Ending::new(Verdict::Operator, "expect  status == 200") };
    Event::CaseEnded { case: CaseId::new(case), ending, elapsed: Duration::from_millis(10) }
}

fn intended(key: &str) -> Event {
    Event::OwnershipIntended {
        scope: Scope::Case(CaseId::new("s::a")),
        kind: ResourceKind::new("workspace"),
        key: key.to_owned(),
        bindings: Map::from_iter([("org_id".to_owned(), "o-1".into())]),
    }
}

fn released(key: &str) -> Event {
    Event::Released { kind: ResourceKind::new("workspace"), key: key.to_owned() }
}

fn leaked(key: &str) -> Event {
    let cause = "it answers 200 still".to_owned();
    Event::Leaked { kind: ResourceKind::new("workspace"), key: key.to_owned(), cause }
}

fn records(events: &[Event]) -> Vec<Record> {
    let at: Timestamp = "2026-11-21T05:00:00.25Z".parse().unwrap();
    events.iter().map(|event| Record { at, event: event.clone() }).collect()
}

fn log(events: &[Event]) -> String {
    records(events).iter().map(|record| serde_json::to_string(record).unwrap() + "\n").collect()
}

/// The report of a run in which one case passes and `more` happens.
fn after_a_pass(more: &[Event]) -> RunReport {
    let pass = [started(VERSION), planned("s::a"), ended("s::a", Verdict::Passed)];
    RunReport::fold(pass.iter().chain(more))
}

fn whole_run() -> Vec<Event> {
    vec![
        started(VERSION),
        planned("s::a"),
        Event::CaseStarted { case: CaseId::new("s::a") },
        intended("w-1"),
        Event::StepEnded {
            scope: Scope::Case(CaseId::new("s::a")),
            step: StepName::new("create"),
            outcome: StepOutcome::Ended { verdict: Verdict::Failed, cause: "status is 500".to_owned() },
            elapsed: Duration::from_micros(1_234_567),
            attempts: 3,
        },
        Event::StepEnded {
            scope: Scope::Run,
            step: StepName::new("pause"),
            outcome: StepOutcome::NotApplicable,
            elapsed: Duration::ZERO,
            attempts: 1,
        },
        released("w-1"),
        ended("s::a", Verdict::Failed),
        planned("s::b"),
        recognised("s::b"),
        Event::RunEnded { exit: ExitCode::Failure, lines: None },
    ]
}

#[test]
fn what_is_written_is_read_again() {
    assert_eq!(read(&log(&whole_run())).unwrap(), records(&whole_run()));
}

#[test]
fn the_written_format_stays_as_it_is() {
    // The shape of a new version has a snapshot of its own, in the tests of the root.
    let written = log(&whole_run());
    insta::assert_snapshot!(written.replace(&format!("\"version\":{VERSION}"), "\"version\":VERSION"));
}

#[test]
fn a_torn_last_line_is_dropped() {
    let whole = log(&whole_run());
    let torn = &whole[..whole.len() - 9];
    let expected = &whole_run()[..whole_run().len() - 1];
    assert_eq!(read(torn).unwrap(), records(expected));
    let without_its_newline = whole.trim_end();
    assert_eq!(read(without_its_newline).unwrap(), records(expected));
}

#[test]
fn a_newer_version_is_refused_by_name() {
    let error = read(&log(&[started(VERSION + 1), planned("s::a")])).unwrap_err();
    assert!(matches!(error, LogError::Newer { found } if found == VERSION + 1));
    assert_eq!(error.to_string(), newer());
}

/// What is said of a log that is one version too new.
fn newer() -> String {
    format!("the log has version {}, this program reads up to {VERSION}", VERSION + 1)
}

#[test]
fn a_newer_version_is_refused_by_name_also_when_its_first_line_has_another_shape() {
    let line = r#"{"at":"2026-11-21T05:00:00Z","event":"run-started","version":NEWER,"runs":["r1","r2"]}"#;
    let line = line.replace("NEWER", &(VERSION + 1).to_string());
    let error = read(&format!("{line}\n")).unwrap_err();
    assert_eq!(error.to_string(), newer());
}

#[test]
fn a_log_begins_with_a_run() {
    for text in [String::new(), "{\"at\":".to_owned(), log(&[planned("s::a"), started(VERSION)])] {
        let error = read(&text).unwrap_err();
        assert!(matches!(error, LogError::Headless), "{text:?} gives {error}");
        assert_eq!(error.to_string(), "the log does not begin with a run");
    }
}

#[test]
fn a_broken_line_is_named_by_its_number() {
    let mut lines: Vec<String> = log(&whole_run()).lines().map(str::to_owned).collect();
    lines[3] = "{\"at\":\"2026-11-21T05:00:00Z\",\"event\":\"case-jumped\"}".to_owned();
    let error = read(&(lines.join("\n") + "\n")).unwrap_err();
    assert!(matches!(error, LogError::Line { line: 4, .. }));
    assert_eq!(error.to_string(), "line 4 is not an event of this format");
    assert!(error.source().unwrap().to_string().contains("case-jumped"));
}

#[test]
fn the_report_tells_what_the_log_does() {
    let report = RunReport::fold(&whole_run());
    let case = &report.cases[&CaseId::new("s::a")];
    assert_eq!((report.run.as_str(), report.suite.as_str()), ("r1", "sample"));
    assert_eq!((report.environment.as_str(), report.selection.as_str()), ("embedded", "E2E_RUNTIME=codex"));
    assert_eq!((case.ending.verdict, case.ending.retries), (Verdict::Failed, 1));
    assert_eq!(case.ending.place.as_deref(), Some("scenarios/sample/provision.toml:41"));
    assert_eq!(case.elapsed, Duration::from_millis(1250));
    assert_eq!(report.counts(), [(Verdict::Failed, 1), (Verdict::Operator, 1)]);
    let known = report.cases[&CaseId::new("s::b")].ending.known.as_ref().map(ToString::to_string);
    assert_eq!(known.as_deref(), Some("the provider's quota is spent: top up the account"));
    assert_eq!(report.exit(), ExitCode::Failure);
}

#[test]
fn a_planned_case_without_an_end_is_lost_and_the_exit_is_70() {
    let report = after_a_pass(&[planned("s::b"), Event::CaseStarted { case: CaseId::new("s::b") }]);
    assert_eq!(report.cases[&CaseId::new("s::b")].ending.verdict, Verdict::Lost);
    assert_eq!(report.counts(), [(Verdict::Passed, 1), (Verdict::Lost, 1)]);
    assert_eq!(report.exit().code(), 70);
    assert_eq!(report.libtest_tally().values().sum::<u64>(), 1);
}

#[test]
fn a_case_that_ends_twice_is_a_contradiction_and_its_first_end_counts() {
    let report = after_a_pass(&[ended("s::a", Verdict::Failed)]);
    assert_eq!(report.contradictions, ["s::a ended twice"]);
    assert_eq!(report.cases[&CaseId::new("s::a")].ending.verdict, Verdict::Passed);
    assert_eq!(report.exit().code(), 70);
}

#[test]
fn a_case_that_ends_unplanned_is_a_contradiction() {
    let report = after_a_pass(&[ended("s::b", Verdict::Passed)]);
    assert_eq!(report.contradictions, ["s::b ended and was not planned"]);
    assert_eq!(report.cases.len(), 1);
    assert_eq!(report.exit().code(), 70);
}

#[test]
fn a_contradiction_of_the_harness_itself_is_70() {
    let report = after_a_pass(&[Event::Contradiction { cause: "two tallies disagree".to_owned() }]);
    assert_eq!(report.contradictions, ["two tallies disagree"]);
    assert_eq!(report.exit().code(), 70);
}

#[test]
fn what_is_held_at_the_end_is_a_leak_even_when_everything_passed() {
    let report = after_a_pass(&[intended("w-1")]);
    assert_eq!(report.leaks(), [(&ResourceKind::new("workspace"), "w-1", "nobody released it")]);
    assert_eq!(report.exit().code(), 4);
}

#[test]
fn a_confirmation_does_not_release() {
    let confirmed = Event::OwnershipConfirmed {
        kind: ResourceKind::new("workspace"),
        key: "w-1".to_owned(),
        bindings: Map::new(),
    };
    assert_eq!(after_a_pass(&[intended("w-1"), confirmed]).exit().code(), 4);
}

#[test]
fn what_is_released_is_no_leak_and_each_key_is_counted_alone() {
    assert_eq!(after_a_pass(&[intended("w-1"), released("w-1")]).exit(), ExitCode::Success);
    let report = after_a_pass(&[intended("w-1"), intended("w-2"), released("w-1")]);
    let left: Vec<&str> = report.leaks().into_iter().map(|(_, key, _)| key).collect();
    assert_eq!(left, ["w-2"]);
}

#[test]
fn what_is_released_after_a_leak_is_released() {
    let report = after_a_pass(&[intended("w-1"), leaked("w-1"), released("w-1")]);
    let owned: Vec<&Ownership> = report.owned.values().collect();
    assert_eq!(owned, [&Ownership::Released]);
    assert_eq!(report.exit(), ExitCode::Success);
}

#[test]
fn a_leak_is_stronger_than_a_failure_and_weaker_than_a_lost_case() {
    let failed = [planned("s::b"), ended("s::b", Verdict::Failed)];
    assert_eq!(after_a_pass(&failed).exit().code(), 1);
    let with_a_leak = [&failed[..], &[intended("w-1"), leaked("w-1")]].concat();
    let report = after_a_pass(&with_a_leak);
    assert_eq!(report.leaks(), [(&ResourceKind::new("workspace"), "w-1", "it answers 200 still")]);
    assert_eq!(report.exit().code(), 4);
    assert_eq!(after_a_pass(&[&with_a_leak[..], &[planned("s::c")]].concat()).exit().code(), 70);
}

#[test]
fn what_never_came_up_is_3_also_when_its_cases_are_errored() {
    let errored = [planned("s::b"), ended("s::b", Verdict::Errored)];
    let fixture = Event::FixtureFailed { fixture: FixtureName::new("org"), cause: "503".to_owned() };
    let report = after_a_pass(&[&errored[..], &[fixture]].concat());
    assert_eq!(report.never_up, ["fixture org: 503"]);
    assert_eq!(report.exit().code(), 3);
    let target = Event::NeverUp { cause: "no answer on /healthz".to_owned() };
    assert_eq!(after_a_pass(&[target]).exit().code(), 3);
}

#[test]
fn an_empty_run_is_5() {
    assert_eq!(RunReport::fold(&[started(VERSION)]).exit().code(), 5);
    assert_eq!(after_a_pass(&[]).exit().code(), 0);
}

fn named(event: fn(ResourceKind, String) -> Event, key: &str) -> Event {
    event(ResourceKind::new("workspace"), key.to_owned())
}

fn confirmed(key: &str) -> Event {
    named(|kind, key| Event::OwnershipConfirmed { kind, key, bindings: Map::new() }, key)
}

/// What is left of an estate: key, whether it is known to exist, and what became of it.
fn left(events: &[Event]) -> Vec<(String, Existence, Standing)> {
    let estate = Estate::fold(events);
    let left = estate
        .left()
        .map(|leftover| (leftover.key.to_owned(), leftover.holding.existence, leftover.holding.standing));
    left.collect()
}

#[test]
fn what_was_intended_and_never_shown_gone_is_left_in_the_order_of_its_creation() {
    let declined = named(|kind, key| Event::OwnershipDeclined { kind, key }, "refused");
    let until: Timestamp = "2026-11-21T13:00:00Z".parse().unwrap();
    let kept = Event::Kept { kind: ResourceKind::new("workspace"), key: "kept".to_owned(), until };
    let events = [
        started(VERSION),
        intended("again"),
        intended("gone"),
        intended("asked"),
        intended("there"),
        confirmed("there"),
        intended("refused"),
        declined,
        intended("kept"),
        kept,
        released("gone"),
        intended("leaked"),
        leaked("leaked"),
        released("again"),
        intended("again"),
    ];
    let expected = [
        ("asked", Existence::Intended, Standing::Held),
        ("there", Existence::Confirmed, Standing::Held),
        ("kept", Existence::Intended, Standing::Kept(until)),
        ("leaked", Existence::Intended, Standing::Held),
        ("again", Existence::Intended, Standing::Held),
    ];
    assert_eq!(
        left(&events),
        expected.map(|(key, existence, standing)| (key.to_owned(), existence, standing))
    );
}

#[test]
fn an_estate_knows_in_which_attempt_something_was_created() {
    let (pass, ending) = (Pass { of: 3, at_least: 2 }, Ending::new(Verdict::Failed, "no"));
    let (case, elapsed) = (CaseId::new("s::a"), Duration::ZERO);
    let attempted = Event::Attempted { case, number: 1, pass, ending, elapsed };
    let estate = Estate::fold(&[intended("first"), attempted, intended("second")]);
    let attempts: Vec<u32> = estate.left().map(|leftover| leftover.holding.attempt).collect();
    assert_eq!(attempts, [1, 2]);
}

#[test]
fn a_sweep_makes_the_log_of_a_run_tell_that_nothing_is_left() {
    let process = Writer { pid: 4711, started: Some(12) };
    let because = "its process is gone".to_owned();
    let swept = Event::Swept { version: VERSION, process: process.clone(), because };
    let torn = [started(VERSION), planned("s::a"), intended("w-1"), confirmed("w-1")];
    let events: Vec<Event> = torn.iter().cloned().chain([swept, leaked("w-1"), released("w-1")]).collect();
    assert_eq!(left(&torn).len(), 1);
    assert_eq!(left(&events), []);
    let report = RunReport::fold(&events);
    assert_eq!((report.leaks().len(), report.swept), (0, 1));
    assert_eq!(report.owned.values().collect::<Vec<_>>(), [&Ownership::Released]);
    assert_eq!(read(&log(&events)).unwrap(), records(&events));
}

#[test]
fn an_estate_knows_its_target_its_writer_and_the_home_of_what_it_holds() {
    let variables = BTreeMap::from([("API_URL".to_owned(), "http://127.0.0.1:1".to_owned())]);
    let org = Event::OwnershipIntended {
        scope: Scope::Run,
        kind: ResourceKind::new("org"),
        key: "o-1".to_owned(),
        bindings: Map::new(),
    };
    let up = Event::TargetUp { variables: variables.clone() };
    let estate = Estate::fold(&[started(VERSION), up, org, intended("w-1")]);
    assert_eq!((estate.run.as_str(), estate.suite.as_str(), &estate.target), ("r1", "sample", &variables));
    let home = |kind: &str, scope: &Scope| {
        estate.home(&ResourceKind::new(kind), scope).map(|home| home.key.to_owned())
    };
    let case = Scope::Case(CaseId::new("s::a"));
    assert_eq!(home("org", &Scope::Run).as_deref(), Some("o-1"));
    assert_eq!(home("org", &case), None);
    assert_eq!(home("workspace", &case).as_deref(), Some("w-1"));
}
