//! Frames and summaries of one replay at a fixed time, at the widths that people have.

use super::frame::{Size, lines};
use super::state::{Forecast, Live};
use crate::fit::columns;
use crate::red::{self, Red};
use crate::{Closing, Paint, screenful};
use harness_model::cause::CauseClass;
use harness_model::estimate::{Estimates, Recording};
use harness_model::event::{Again, Event, Record, Scope, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::name::{CaseId, EnvironmentName, ResourceKind, StepName};
use harness_model::pass::Pass;
use harness_model::report::RunReport;
use harness_model::signs::Halt;
use harness_model::verdict::{Ending, Verdict};
use jiff::Timestamp;
use std::time::Duration;

const SIZES: [Size; 3] =
    [Size { columns: 60, rows: 24 }, Size { columns: 80, rows: 24 }, Size { columns: 200, rows: 50 }];

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_800_000_000 + seconds).unwrap()
}

fn started() -> Event {
    let one = "E2E_LANE=full cargo test --test staging -- --exact {case}".to_owned();
    let reds = "E2E_LANE=full E2E_RERUN_FAILED={run} cargo test --test staging".to_owned();
    Event::RunStarted {
        version: VERSION,
        run: "20261121-064206-581bb85d".to_owned(),
        suite: "staging".to_owned(),
        lane: None,
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("live"),
        because: "MOLECULE_CP_URL is set".to_owned(),
        selection: String::new(),
        policy: Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass },
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::new(Again { one: Some(one), reds: Some(reds), ..Again::default() }),
        shard: None,
    }
}

fn planned(id: &str, gate: Gate) -> Event {
    Event::CasePlanned {
        case: CaseId::new(id),
        arms: Vec::new(),
        gate,
        decision: Decision::Run,
        chosen: Vec::new(),
    }
}

fn step(id: &str, step: &str) -> Event {
    Event::StepStarted { scope: Scope::Case(CaseId::new(id)), step: StepName::new(step) }
}

/// The first of several attempts of a case ended.
fn attempted(id: &str) -> Event {
    let (pass, ending) = (Pass { of: 5, at_least: 4 }, Ending::new(Verdict::Failed, "no"));
    Event::Attempted { case: CaseId::new(id), number: 1, pass, ending, elapsed: Duration::from_secs(3) }
}

fn waiting(id: &str, step: &str, saw: &str) -> Event {
    let (scope, step) = (Scope::Case(CaseId::new(id)), StepName::new(step));
    Event::Waiting { scope, step, saw: saw.to_owned() }
}

fn ended(id: &str, ending: Ending) -> Event {
    Event::CaseEnded { case: CaseId::new(id), ending, elapsed: Duration::from_millis(83_250) }
}

const STEADY: &str = "provision::steady::claude-code::MiniMax-M2.7";
const LONG: &str = "provision::hibernate-wake::google-adk::platform:gemini-2.5-pro";
const SHORT: &str = "health::tenant";
const RED: &str = "provision::pause-resume::codex::gpt-5.4-mini";
const ADVISORY: &str = "external::kimi-cli";

fn failed() -> Ending {
    let cause = "not within 10.0s (poll-within of this environment; the step says 2m), in 189 looks\n  \
                 until   body.status == 'paused'\n  last    body.status = \"online\"\n  \
                 reply   200 {\"id\":\"ac86cf03\",\"name\":\"e2e-3765b7db-1ecc6272\",\"status\":\"online\"}";
    Ending {
        step: Some(StepName::new("paused")),
        place: Some("scenarios/staging/flows/pause-resume.toml:13".to_owned()),
        ..Ending::new(Verdict::Failed, cause).stopped_by(Halt::RanOut)
    }
}

/// A run that is under way, each event with the second in which it happened.
fn replay() -> Vec<(i64, Event)> {
    let mut events = vec![(0, started())];
    let ids =
        [(STEADY, Gate::Required), (LONG, Gate::Required), (SHORT, Gate::Required), (RED, Gate::Required)];
    events
        .extend(ids.into_iter().chain([(ADVISORY, Gate::Advisory)]).map(|(id, gate)| (0, planned(id, gate))));
    events.extend((0..15).map(|number| (0, planned(&format!("more::n{number}"), Gate::Required))));
    events.push((1, Event::StepStarted { scope: Scope::Run, step: StepName::new("org running") }));
    let saw = "status = 503".to_owned();
    events.push((3, Event::Waiting { scope: Scope::Run, step: StepName::new("org running"), saw }));
    for id in [STEADY, LONG, SHORT, RED] {
        events.push((5, Event::CaseStarted { case: CaseId::new(id) }));
    }
    events.push((9, step(STEADY, "online")));
    events.push((20, waiting(STEADY, "online", "provisioning")));
    events.push((30, step(LONG, "wakes up again from hibernation")));
    events.push((31, waiting(LONG, "wakes up again from hibernation", "no body.result.message.parts")));
    events.push((61, step(SHORT, "asked")));
    events.push((62, ended(RED, failed())));
    events
}

fn live(events: &[(i64, Event)]) -> Live {
    let mut estimates = Estimates::default();
    let earlier = |id: &str, seconds: u64| {
        let line = |event: Event| serde_json::to_string(&Record { at: at(0), event }).unwrap();
        let mut recording =
            Recording::begin(&line(started()), "staging", &EnvironmentName::new("live")).unwrap();
        let (case, ending) = (CaseId::new(id), Ending::new(Verdict::Passed, ""));
        let elapsed = Duration::from_secs(seconds);
        recording.add(&line(Event::CaseEnded { case, ending, elapsed }));
        recording
    };
    estimates.add_run([earlier(STEADY, 95), earlier(LONG, 130)]);
    let mut live = Live::new(Forecast { estimates, concurrency: 4 });
    for (second, event) in events {
        live.apply(&Record { at: at(*second), event: event.clone() });
    }
    live
}

#[test]
fn a_frame_shows_what_runs_and_what_it_waits_for_at_every_width() {
    let live = live(&replay());
    for size in SIZES {
        let shown = lines(&live, at(62), size, Paint::Never);
        assert!(shown.iter().all(|line| columns(line) < size.columns), "{shown:#?}");
        insta::assert_snapshot!(format!("frame-{}", size.columns), shown.join("\n"));
    }
}

#[test]
fn no_width_between_40_and_200_makes_a_line_too_long() {
    let live = live(&replay());
    for columns_ in 40..=200 {
        let size = Size { columns: columns_, rows: 24 };
        let shown = lines(&live, at(3_700), size, Paint::Never);
        assert!(shown.iter().all(|line| columns(line) < columns_), "{columns_}: {shown:#?}");
    }
}

#[test]
fn a_case_says_which_of_several_attempts_it_is_at() {
    let size = Size { columns: 80, rows: 24 };
    let mut events = replay();
    events.push((70, attempted(STEADY)));
    let between = lines(&live(&events), at(73), size, Paint::Never).join("\n");
    assert!(between.contains("attempt 2 of 5, no step for 3s"), "{between}");
    events.push((74, step(STEADY, "online")));
    let under_way = lines(&live(&events), at(79), size, Paint::Never).join("\n");
    assert!(under_way.contains("attempt 2 of 5, online for 5s"), "{under_way}");
}

#[test]
fn of_a_thousand_cases_that_wait_the_longest_are_shown_and_the_others_counted() {
    let mut events = vec![(0, started())];
    for number in 0..1000 {
        let id = format!("wide::n{number:04}");
        events.push((0, planned(&id, Gate::Required)));
        events.push((1000 - number, Event::CaseStarted { case: CaseId::new(&id) }));
    }
    let live = live(&events);
    let shown = lines(&live, at(1000), Size { columns: 80, rows: 24 }, Paint::Never);
    assert_eq!(shown.len(), 16, "{shown:#?}");
    assert!(shown[0].contains("wide::n0999  no step for 16m39s"), "{shown:#?}");
    assert_eq!(shown[14].trim(), "and 986 more");
    assert!(shown[15].contains("0/1000 done") && shown[15].contains("1000 running"), "{shown:#?}");
}

/// The whole run, with so many reds more.
fn over(reds: usize) -> RunReport {
    let mut events = replay();
    events.push((63, ended(STEADY, Ending::new(Verdict::Passed, ""))));
    events.push((
        64,
        ended(
            LONG,
            Ending::new(
                Verdict::KnownRed,
                "known red: until the manifest lists google-adk (expires 2027-03-31)",
            ),
        ),
    ));
    events.push((65, ended(SHORT, Ending::new(Verdict::Skipped, "missing E2E_GOOGLE_API_KEY"))));
    events.push((66, ended(ADVISORY, failed())));
    for number in 0..15 {
        let ending = if number < reds { failed() } else { Ending::new(Verdict::Passed, "") };
        events.push((67, ended(&format!("more::n{number}"), ending)));
    }
    let (kind, scope) = (ResourceKind::new("org"), Scope::Run);
    for key in ["e2e-1", "e2e-2"] {
        let (kind, key, scope) = (kind.clone(), key.to_owned(), scope.clone());
        let bindings = serde_json::Map::new();
        events.push((68, Event::OwnershipIntended { scope, kind, key, bindings }));
    }
    events.push((69, Event::Released { kind: kind.clone(), key: "e2e-1".to_owned() }));
    events.push((69, Event::Released { kind, key: "e2e-2".to_owned() }));
    RunReport::fold(events.iter().map(|(_, event)| event))
}

const CLOSING: Closing<'_> = Closing {
    elapsed: Duration::from_secs(75),
    recording: "/home/somebody/project/.shakedown/runs/20261121-064206-581bb85d/events.jsonl",
    views: &[],
    forgotten: None,
    retained: None,
    sinks: &[],
};

#[test]
fn a_summary_fits_the_screen_at_every_width() {
    for size in SIZES {
        let shown = screenful::rows(&over(1), CLOSING, size, Paint::Never);
        insta::assert_snapshot!(format!("summary-{}", size.columns), shown.join("\n"));
    }
}

#[test]
fn however_many_reds_there_are_a_summary_has_room_for_its_counts_and_its_exit_code() {
    for reds in [0, 1, 5, 15] {
        for columns_ in [40, 60, 80, 120, 200] {
            for rows in [20, 24, 50] {
                let size = Size { columns: columns_, rows };
                let shown = screenful::rows(&over(reds), CLOSING, size, Paint::Never);
                assert!(shown.len() < rows, "{reds} reds on {size:?}: {shown:#?}");
                assert!(shown.iter().all(|line| columns(line) < columns_), "{size:?}: {shown:#?}");
                assert!(shown.iter().any(|line| line.starts_with("leaks     0 of 2")), "{shown:#?}");
                assert!(shown.iter().any(|line| line.starts_with("exit 1: ")), "{shown:#?}");
            }
        }
    }
}

#[test]
fn a_class_gives_way_to_the_id_where_a_row_has_no_room_for_both() {
    let case = CaseId::new(RED);
    let told = |verdict, class, gate, columns_: usize| {
        let red = Red { case: &case, gate, verdict, class: Some(class) };
        let room = Size { columns: columns_, rows: 24 }.room();
        let row = red::head(red, "  1m 23s", room, Paint::Never);
        assert!(columns(&row) <= room, "{columns_}: {row}");
        row
    };
    let failed = |columns| told(Verdict::Failed, CauseClass::Provision, Gate::Required, columns);
    let rows = [60, 80, 200].map(failed);
    let expected = [
        "✗ failed [provision]  provision::pau…::gpt-5.4-mini  1m 23s",
        "✗ failed [provision]  provision::pause-resume::codex::gpt-5.4-mini  1m 23s",
        "✗ failed [provision]  provision::pause-resume::codex::gpt-5.4-mini  1m 23s",
    ];
    assert_eq!(rows, expected);
    assert!(!failed(40).contains("[provision]"), "{}", failed(40));
    for (verdict, class) in [
        (Verdict::UnexpectedPass, CauseClass::Assertion),
        (Verdict::Operator, CauseClass::Provision),
        (Verdict::Errored, CauseClass::Harness),
    ] {
        for columns in 45..=200 {
            assert!(told(verdict, class, Gate::Advisory, columns).contains("  1m 23s"), "{columns}");
        }
    }
}
