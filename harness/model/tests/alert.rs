//! What becomes of the issue of a lane, for every combination of what happened and what the tracker says.

use harness_model::alert::{Action, Conclusion, Happened, Policy, Recorded, Tracker, Watched, plan};
use harness_model::event::Event;
use harness_model::exit::{ExitCode, FlakyPolicy, Policy as RunPolicy, SkipPolicy};
use harness_model::gate::Decision;
use harness_model::gates::Gate;
use harness_model::name::{CaseId, EnvironmentName, LaneName, ResourceKind, StepName};
use harness_model::report::RunReport;
use harness_model::verdict::{Ending, Verdict};
use std::time::Duration;

const GREEN: Conclusion = Conclusion::Green;
const RED: Conclusion = Conclusion::Red;

/// A policy that opens after that many reds.
fn policy(open_after: u32) -> Policy {
    let label = "canary-staging".to_owned();
    let labels = vec!["priority-high".to_owned()];
    Policy { title: "The staging canary is red".to_owned(), label, labels, open_after }
}

/// The report of a run with these endings, and perhaps something left behind.
fn report(endings: &[(&str, Ending)], left: Option<&str>) -> RunReport {
    let policy = RunPolicy { skips: SkipPolicy::Tolerated, flaky: FlakyPolicy::Pass };
    let mut events = vec![Event::RunStarted {
        version: 1,
        run: "20261121-070000-9f86d081".to_owned(),
        suite: "staging".to_owned(),
        lane: Some(LaneName::new("canary")),
        lane_because: None,
        expects: None,
        notes: Vec::new(),
        environment: EnvironmentName::new("live"),
        because: "MOLECULE_CP_URL is set".to_owned(),
        selection: String::new(),
        policy,
        provenance: Box::default(),
        process: None,
        plan: None,
        again: Box::default(),
        shard: None,
    }];
    for (case, ending) in endings {
        let case = CaseId::new(*case);
        events.push(Event::CasePlanned {
            case: case.clone(),
            arms: Vec::new(),
            gate: Gate::Required,
            decision: Decision::Run,
            chosen: Vec::new(),
        });
        events.push(Event::CaseEnded { case, ending: ending.clone(), elapsed: Duration::from_secs(1) });
    }
    events.extend(left.map(|cause| Event::Leaked {
        kind: ResourceKind::new("org"),
        key: "e2e-1".to_owned(),
        cause: cause.to_owned(),
    }));
    RunReport::fold(&events)
}

fn passed() -> RunReport {
    report(&[("provision::steady", Ending::new(Verdict::Passed, ""))], None)
}

fn failed(cause: &str) -> Ending {
    let mut ending = Ending::new(Verdict::Failed, cause);
    ending.step = Some(StepName::new("online"));
    ending.place = Some("scenarios/staging/provision.toml:41".to_owned());
    ending
}

fn red() -> RunReport {
    report(&[("provision::steady", failed("not within 15m"))], None)
}

fn action(good: ExitCode, open_after: u32, happened: Happened<'_>, tracker: &Tracker) -> Action {
    let (lane, policy) = (LaneName::new("canary"), policy(open_after));
    plan(Watched { suite: "staging", lane: &lane, good, policy: &policy }, happened, tracker).action
}

fn exit(exit: i64) -> Happened<'static> {
    Happened { exit: Some(exit), ..Happened::default() }
}

fn recorded(exit: Option<i64>, report: &RunReport) -> Happened<'_> {
    Happened { exit, recorded: Some(Recorded::Report(report)), link: None }
}

#[test]
fn the_first_reds_are_counted_and_the_open_issue_is_commented_then_closed() {
    let histories: [(Option<Vec<Conclusion>>, [Action; 3]); 9] = [
        // What came before, newest first; what a red does when 1, 2 or 3 in a row open an issue.
        (Some(vec![]), [Action::Open, Action::Nothing, Action::Nothing]),
        (Some(vec![GREEN]), [Action::Open, Action::Nothing, Action::Nothing]),
        (Some(vec![RED]), [Action::Open, Action::Open, Action::Nothing]),
        (Some(vec![RED, GREEN]), [Action::Open, Action::Open, Action::Nothing]),
        (Some(vec![GREEN, RED, RED]), [Action::Open, Action::Nothing, Action::Nothing]),
        (Some(vec![RED, GREEN, RED]), [Action::Open, Action::Open, Action::Nothing]),
        (Some(vec![RED, RED]), [Action::Open, Action::Open, Action::Open]),
        (Some(vec![RED, RED, RED]), [Action::Open, Action::Open, Action::Open]),
        (None, [Action::Open, Action::Open, Action::Open]),
    ];
    let green = passed();
    for (conclusions, expected) in histories {
        for (open_after, expected) in (1..).zip(expected) {
            let none_open = Tracker { issue: None, conclusions: conclusions.clone() };
            let one_open = Tracker { issue: Some(12), conclusions: conclusions.clone() };
            let decide = |happened, tracker| action(ExitCode::Success, open_after, happened, tracker);
            assert_eq!(decide(exit(1), &none_open), expected, "{conclusions:?} {open_after}");
            assert_eq!(decide(exit(1), &one_open), Action::Comment, "{conclusions:?}");
            assert_eq!(decide(recorded(Some(0), &green), &none_open), Action::Nothing, "{conclusions:?}");
            assert_eq!(decide(recorded(Some(0), &green), &one_open), Action::Close, "{conclusions:?}");
        }
    }
}

#[test]
fn only_what_is_known_to_be_good_is_green() {
    let (passed, red) = (passed(), red());
    let leaked = report(&[("provision::steady", failed("no"))], Some("410 never came"));
    let idle =
        report(&[("provision::steady", Ending::new(Verdict::Skipped, "missing E2E_OPENAI_API_KEY"))], None);
    let none = Tracker { issue: Some(12), conclusions: Some(Vec::new()) };
    let unreadable = Happened { recorded: Some(Recorded::Unreadable("line 3")), ..exit(0) };
    let cases: [(&str, Happened<'_>, bool, bool); 15] = [
        // What is known; whether that is green for a lane where 0 is good, and for one where 1 is.
        ("nothing", Happened::default(), false, false),
        ("exit 0 without a recording", exit(0), false, false),
        ("a run that checked nothing", recorded(Some(0), &idle), false, false),
        ("exit 1 without a recording", exit(1), false, false),
        ("exit 2", exit(2), false, false),
        ("exit 4", exit(4), false, false),
        ("exit 101, cargo's", exit(101), false, false),
        ("killed", exit(137), false, false),
        ("negative", exit(-1), false, false),
        ("a green recording alone", recorded(None, &passed), true, false),
        ("both green", recorded(Some(0), &passed), true, false),
        ("both red", recorded(Some(1), &red), false, true),
        ("a process that says 0 of a red run", recorded(Some(0), &red), false, false),
        ("a process that says 1 of a run that leaked", recorded(Some(1), &leaked), false, false),
        ("a recording that cannot be read", unreadable, false, false),
    ];
    for (name, happened, zero_is_good, one_is_good) in cases {
        for (good, expected) in [(ExitCode::Success, zero_is_good), (ExitCode::Failure, one_is_good)] {
            let expected = if expected { Action::Close } else { Action::Comment };
            assert_eq!(action(good, 3, happened, &none), expected, "{name}, good is {good:?}");
        }
    }
}

#[test]
fn a_plan_is_keyed_by_title_and_label_and_says_why() {
    let (lane, policy) = (LaneName::new("canary"), policy(2));
    let watched = Watched { suite: "staging", lane: &lane, good: ExitCode::Success, policy: &policy };
    let tracker = Tracker { issue: None, conclusions: Some(vec![RED]) };
    let plan = plan(watched, exit(4), &tracker);
    assert_eq!(plan.title, "The staging canary is red");
    assert_eq!(plan.labels, ["canary-staging", "priority-high"]);
    assert_eq!(plan.because, "red 2 times in a row: exit 4 (something was left behind)");
    let written = serde_json::to_value(&plan).expect("JSON");
    assert_eq!((&written["version"], &written["action"]), (&1.into(), &"open".into()));
    assert_eq!(serde_json::from_value::<harness_model::alert::AlertPlan>(written).expect("a plan"), plan);
}

fn body(happened: Happened<'_>) -> String {
    let (lane, policy) = (LaneName::new("canary"), policy(1));
    let watched = Watched { suite: "staging", lane: &lane, good: ExitCode::Success, policy: &policy };
    plan(watched, happened, &Tracker { issue: None, conclusions: Some(Vec::new()) }).body
}

#[test]
fn the_body_tells_verdicts_reds_with_cause_and_place_the_run_and_how_to_repeat_it() {
    let cause = "not within 15m\nuntil   body.status == 'online'\nlast    body.status = \"failed\"";
    let endings = [
        ("provision::steady::codex", failed(cause)),
        ("provision::steady::mock", Ending::new(Verdict::Passed, "")),
    ];
    let report = report(&endings, Some("the probe failed: 500"));
    let link = Some("https://git.example/actions/runs/7");
    insta::assert_snapshot!(body(Happened { link, ..recorded(Some(4), &report) }));
}

#[test]
fn nothing_that_a_target_replied_leaves_the_fence_and_the_body_does_not_grow_with_the_run() {
    let hostile =
        "reply ```\n# heading\n@everyone <img src=x> ````\n\u{1b}[2J".to_owned() + &"x".repeat(100_000);
    let endings: Vec<(String, Ending)> =
        (0..500).map(|number| (format!("provision::{number}"), failed(&hostile))).collect();
    let endings: Vec<(&str, Ending)> =
        endings.iter().map(|(case, ending)| (case.as_str(), ending.clone())).collect();
    let body = body(recorded(Some(1), &report(&endings, None)));
    let fences: Vec<&str> = body.lines().filter(|line| line.starts_with("`````")).collect();
    assert_eq!(fences, ["`````text", "`````"]);
    let (before, inside) = body.split_once("`````text").expect("a fence");
    let (inside, after) = inside.split_once("\n`````\n").expect("its end");
    assert!(inside.contains("@everyone") && !before.contains("@everyone") && !after.contains("@everyone"));
    assert!(!body.contains('\u{1b}'));
    assert!(inside.ends_with("and 490 more reds"), "{inside}");
    assert!(body.len() < 30_000, "{}", body.len());
}
