//! Runs to show: one with every ending, one with hostile texts, and one that is far too long.

use harness_model::event::{Event, Scope, VERSION};
use harness_model::exit::{FlakyPolicy, Policy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::name::{ArmName, CaseId, EnvironmentName, FixtureName, LaneName, ResourceKind, StepName};
use harness_model::plan::{Counts, Forecast, LeftOut, PLAN_VERSION, PlanDocument, PlannedCase};
use harness_model::verdict::{Ending, Verdict};
use harness_report::Closing;
use indexmap::IndexMap;
use std::time::Duration;

pub(crate) const CLOSING: Closing<'static> = Closing {
    elapsed: Duration::from_secs(75),
    recording: ".shakedown/runs/r1/events.jsonl",
    views: &[],
    forgotten: None,
    retained: None,
    sinks: &[],
};

/// What replies hold that somebody wants to hurt a reader with.
pub(crate) const HOSTILE: &str = "expect  a | b ``` ]]> <script>alert(1)</script> &amp; \u{1b}[31m\u{0}\u{ffff}\u{202e}\n\
     @everyone #1 ![x](https://evil.example/x.png) [y](javascript:z) *bold* _low_ ~~gone~~ www.evil.example 100% \n\
     ::stop-commands::x\n| a | b |\n|---|---|\n````\n</code></details>größer 🦀";

pub(crate) fn started(policy: Policy) -> Event {
    Event::RunStarted {
        version: VERSION,
        run: "r1".to_owned(),
        suite: "staging".to_owned(),
        lane: Some(LaneName::new("full")),
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("live"),
        because: "MOLECULE_CP_URL is set".to_owned(),
        selection: "E2E_RUNTIME=codex".to_owned(),
        policy,
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::default(),
        shard: None,
    }
}

pub(crate) const LENIENT: Policy = Policy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass };

pub(crate) fn planned(id: &str, gate: Gate) -> Event {
    let arms = vec![ArmName::new("codex")];
    Event::CasePlanned { case: CaseId::new(id), arms, gate, decision: Decision::Run, chosen: Vec::new() }
}

pub(crate) fn ended(id: &str, ending: Ending) -> Event {
    Event::CaseEnded { case: CaseId::new(id), ending, elapsed: Duration::from_millis(1250) }
}

pub(crate) fn leaked(key: &str, cause: &str) -> Event {
    Event::Leaked { kind: ResourceKind::new("org"), key: key.to_owned(), cause: cause.to_owned() }
}

/// A case for each verdict in two scenarios, an advisory red, two skips of one reason, a leak, something kept.
pub(crate) fn rich() -> Vec<Event> {
    let mut events = vec![started(LENIENT)];
    let rows = Verdict::ALL.map(|verdict| (id(verdict), verdict, Gate::Required));
    let more = [
        ("external::advisory".to_owned(), Verdict::Failed, Gate::Advisory),
        ("external::skipped-too".to_owned(), Verdict::Skipped, Gate::Required),
    ];
    let rows: Vec<_> = rows.into_iter().chain(more).collect();
    events.extend(rows.iter().map(|(id, _, gate)| planned(id, *gate)));
    for (id, verdict, _) in rows.iter().filter(|(_, verdict, _)| *verdict != Verdict::Lost) {
        if *verdict == Verdict::Flaky {
            events.extend(["connection reset", "timed out"].map(|cause| Event::Retried {
                scope: Scope::Case(CaseId::new(id)),
                step: StepName::new("online"),
                cause: cause.to_owned(),
                pause: Duration::from_secs(1),
            }));
        }
        events.push(ended(id, ending(*verdict)));
    }
    let until = "2026-11-21T13:00:00Z".parse().unwrap();
    events.push(leaked("e2e-1", "in step `org gone`: still there"));
    events.push(Event::Kept { kind: ResourceKind::new("workspace"), key: "e2e-2".to_owned(), until });
    events
}

fn id(verdict: Verdict) -> String {
    format!("provision::{}", verdict.words().replace(' ', "-"))
}

fn ending(verdict: Verdict) -> Ending {
    let cause = match verdict {
        Verdict::Passed => "",
        Verdict::Flaky => "passed after 2 repeated sends",
        Verdict::Failed => {
            "expect  body.status == 'paused'\n  actual  body.status = \"online\"\n  reply   200 {}"
        }
        Verdict::KnownRed => "known red: until the manifest lists it (expires 2027-03-31)",
        Verdict::Skipped => "missing E2E_GOOGLE_API_KEY",
        _ => "for a reason of its own",
    };
    let mut ending = Ending::new(verdict, cause);
    if matches!(verdict, Verdict::Failed | Verdict::Errored) {
        ending.step = Some(StepName::new("paused"));
        ending.place = Some("scenarios/staging/flows/pause-resume.toml:11".to_owned());
    }
    ending.retries = if verdict == Verdict::Flaky { 2 } else { 0 };
    ending
}

/// The plan of these events, with two axes for every case.
pub(crate) fn plan(events: &[Event]) -> PlanDocument {
    let cases = events.iter().filter_map(|event| match event {
        Event::CasePlanned { case, arms, gate, .. } => Some(PlannedCase {
            id: case.clone(),
            scenario: harness_model::name::ScenarioName::new(case.scenario()),
            keys: IndexMap::from([
                ("runtime".to_owned(), "codex".to_owned()),
                ("lifecycle".to_owned(), "steady".to_owned()),
            ]),
            tags: Vec::new(),
            arms: arms.clone(),
            gate: *gate,
            decision: Forecast::Run,
            chosen: Vec::new(),
            reason: None,
            pass: None,
            timeout: Duration::from_secs(900),
            estimate: None,
            predicted: None,
            starts: None,
        }),
        _ => None,
    });
    PlanDocument {
        version: PLAN_VERSION,
        suite: "staging".to_owned(),
        environment: EnvironmentName::new("live"),
        because: String::new(),
        lane: None,
        lane_because: None,
        lane_bindings: serde_json::Map::new(),
        expects: None,
        overrides: serde_json::Map::new(),
        notes: Vec::new(),
        timeout: None,
        retries: None,
        selection: String::new(),
        counts: Counts::default(),
        left_out: LeftOut::default(),
        demands: None,
        estimated_from: 0,
        estimate: None,
        shard: None,
        cases: cases.collect(),
    }
}

/// One red whose every text is hostile, and a leak of the same kind.
pub(crate) fn hostile() -> Vec<Event> {
    let id = format!("hostile::{}", HOSTILE.replace('\n', " "));
    let ending = Ending {
        step: Some(StepName::new("a|b`c")),
        place: Some("scenarios/a,b:c.toml:7".to_owned()),
        ..Ending::new(Verdict::Failed, HOSTILE)
    };
    vec![started(LENIENT), planned(&id, Gate::Required), ended(&id, ending), leaked("k|<b>\n- x", HOSTILE)]
}

/// So many reds, each with a cause that is long, and one that is lost.
pub(crate) fn many_reds(count: usize) -> Vec<Event> {
    let ids: Vec<String> = (0..count).map(|number| format!("wide::n{number:05}")).collect();
    let mut events = vec![started(LENIENT)];
    events.extend(ids.iter().map(|id| planned(id, Gate::Required)));
    events.push(planned("wide::lost", Gate::Required));
    let cause = format!("expect  body == 1\n{}", HOSTILE.repeat(20));
    events.extend(ids.iter().map(|id| ended(id, Ending::new(Verdict::Failed, &*cause))));
    events
}

/// Runs whose exit code comes from no red case.
pub(crate) fn red_without_a_red_case() -> Vec<Vec<Event>> {
    let strict = Policy { skips: SkipPolicy::Forbidden, flaky: FlakyPolicy::Fail };
    let green = |id: &str| ended(id, Ending::new(Verdict::Passed, ""));
    let (begun, case) = (started(LENIENT), planned("a::b", Gate::Required));
    let never_up = Event::FixtureFailed { fixture: FixtureName::new("org"), cause: "503".to_owned() };
    let skipped = ended("a::b", Ending::new(Verdict::Skipped, "missing KEY"));
    let flaky =
        ended("a::b", Ending { retries: 1, ..Ending::new(Verdict::Flaky, "passed after 1 repeated send") });
    vec![
        vec![begun.clone()],
        vec![begun.clone(), case.clone(), green("a::b"), leaked("e2e-1", "still there")],
        vec![begun.clone(), case.clone(), green("a::b"), never_up],
        vec![begun, case.clone(), green("a::b"), Event::Contradiction { cause: "two tallies".to_owned() }],
        vec![started(strict), case.clone(), skipped],
        vec![started(strict), case, flaky],
    ]
}
