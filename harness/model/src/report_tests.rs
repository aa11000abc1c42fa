use super::RunReport;
use crate::event::{Event, Scope};
use crate::exit::SkipPolicy;
use crate::gate::Decision;
use crate::gates::Gate;
use crate::name::{CaseId, MilestoneName, ResourceKind, StepName};
use crate::pass::{Pass, Tally};
use crate::verdict::{Ending, Verdict};
use jiff::Timestamp;
use std::time::Duration;

fn case() -> CaseId {
    CaseId::new("sample::a")
}

fn planned(decision: Decision) -> Event {
    Event::CasePlanned { case: case(), arms: Vec::new(), gate: Gate::Advisory, decision, chosen: Vec::new() }
}

fn ended(verdict: Verdict) -> Event {
    Event::CaseEnded { case: case(), ending: Ending::new(verdict, ""), elapsed: Duration::ZERO }
}

/// Live is required.
fn live(events: &[Event]) -> RunReport {
    let mut report = RunReport::fold(events);
    report.policy.skips = SkipPolicy::Forbidden;
    report
}

#[test]
fn where_live_is_required_and_nothing_that_would_run_is_required_every_red_counts() {
    let red = [planned(Decision::Run), ended(Verdict::Failed)];
    assert_eq!((live(&red).every_red_counts(), live(&red).exit().code()), (true, 1));
    let tolerant = RunReport::fold(&red);
    assert_eq!((tolerant.every_red_counts(), tolerant.exit().code()), (false, 0));
    let skipped = [planned(Decision::Skip { missing: Vec::new() }), ended(Verdict::Skipped)];
    assert!(!live(&skipped).every_red_counts(), "it would not have run");
}

#[test]
fn a_target_was_checked_by_a_case_that_was_green_or_red_as_declared() {
    for verdict in Verdict::ALL {
        let known = matches!(verdict, Verdict::Passed | Verdict::Flaky | Verdict::KnownRed);
        let report = RunReport::fold(&[planned(Decision::Run), ended(verdict)]);
        assert_eq!(report.has_checked(), known, "{verdict}");
    }
}

#[test]
fn attempts_milestones_and_what_was_kept_are_counted() {
    let attempt = |number, verdict| Event::Attempted {
        case: case(),
        number,
        pass: Pass { of: 2, at_least: 1 },
        ending: Ending::new(verdict, ""),
        elapsed: Duration::ZERO,
    };
    let reached = || Event::Reached {
        scope: Scope::Case(case()),
        step: StepName::new("look"),
        milestone: MilestoneName::new("online"),
    };
    let (kind, until) = (ResourceKind::new("org"), Timestamp::UNIX_EPOCH);
    let before = RunReport::fold(&[planned(Decision::Run)]);
    assert_eq!((before.cases[&case()].tally(), before.kept()), (None, Vec::new()));
    let report = RunReport::fold(&[
        planned(Decision::Run),
        reached(),
        attempt(1, Verdict::Failed),
        reached(),
        attempt(2, Verdict::Passed),
        Event::Kept { kind: kind.clone(), key: "e2e-1".to_owned(), until },
    ]);
    assert_eq!(report.cases[&case()].tally(), Some(Tally { green: 1, red: 1 }));
    assert_eq!(report.reached[&MilestoneName::new("online")], 2);
    assert_eq!(report.kept(), [(&kind, "e2e-1", until)]);
}
