//! What a lane demands, against runs that want to look green.

use super::{Breach, Ceiling, Demands, Floor};
use crate::event::{Event, Scope};
use crate::exit::ExitCode;
use crate::gate::Decision;
use crate::gates::Gate;
use crate::name::{CaseId, LaneName, MilestoneName, StepName};
use crate::report::RunReport;
use crate::verdict::{Ending, Verdict};
use proptest::collection::vec;
use proptest::prelude::*;
use std::time::Duration;

/// The runtime of a case, how it ends, whether that counts, and the milestones that it reaches.
type Row = (&'static str, Verdict, Gate, Vec<&'static str>);

const LANE: &str = "full";

fn row(runtime: &'static str, verdict: Verdict) -> Row {
    (runtime, verdict, Gate::Required, Vec::new())
}

fn demands(milestones: &[&str], max_skipped: Option<Ceiling>, least: Option<usize>, rows: &[Row]) -> Demands {
    let mut floor = Floor {
        axis: "runtime".to_owned(),
        least: least.unwrap_or_default(),
        values: indexmap::IndexMap::new(),
    };
    for (number, (runtime, ..)) in rows.iter().enumerate() {
        floor.values.entry((*runtime).to_owned()).or_default().push(id(number, runtime));
    }
    Demands {
        lane: LaneName::new(LANE),
        milestones: milestones.iter().map(|name| MilestoneName::new(*name)).collect(),
        waived: indexmap::IndexMap::new(),
        max_skipped,
        floors: least.map(|_| floor).into_iter().collect(),
        off: None,
    }
}

fn id(number: usize, runtime: &str) -> CaseId {
    CaseId::new(format!("s::{runtime}::{number}"))
}

fn run(demands: Demands, rows: &[Row]) -> RunReport {
    let mut events = Vec::new();
    for (number, (runtime, _, gate, _)) in rows.iter().enumerate() {
        let (case, arms, decision) = (id(number, runtime), Vec::new(), Decision::Run);
        events.push(Event::CasePlanned { case, arms, gate: *gate, decision, chosen: Vec::new() });
    }
    events.push(Event::Demanded { demands: Box::new(demands) });
    for (number, (runtime, verdict, _, milestones)) in rows.iter().enumerate() {
        for milestone in milestones {
            let (scope, step) = (Scope::Case(id(number, runtime)), StepName::new("step"));
            events.push(Event::Reached { scope, step, milestone: MilestoneName::new(*milestone) });
        }
        let ending = Ending::new(*verdict, "");
        events.push(Event::CaseEnded { case: id(number, runtime), ending, elapsed: Duration::ZERO });
    }
    RunReport::fold(&events)
}

fn said(report: &RunReport) -> Vec<String> {
    report.breaches().iter().map(ToString::to_string).collect()
}

#[test]
fn a_run_that_skips_everything_is_not_green() {
    let rows = [row("codex", Verdict::Skipped), row("mock", Verdict::Skipped)];
    let report = run(demands(&["online"], Some(Ceiling::Percent(50)), Some(1), &rows), &rows);
    let expected = [
        "nobody reached milestone online",
        "2 of 2 cases skipped, 50% at most",
        "0 cases of runtime codex executed, 1 at least",
        "0 cases of runtime mock executed, 1 at least",
    ];
    assert_eq!((said(&report), report.exit()), (expected.map(str::to_owned).into(), ExitCode::LiveRequired));
}

#[test]
fn blocked_cases_dilute_no_ceiling_and_a_value_of_nothing_else_is_left_alone() {
    let mut rows = vec![row("adk", Verdict::Blocked); 8];
    rows.extend([row("codex", Verdict::Passed), row("codex", Verdict::Skipped)]);
    let report = run(demands(&[], Some(Ceiling::Percent(20)), Some(1), &rows), &rows);
    assert_eq!(said(&report), ["1 of 2 cases skipped, 20% at most"]);
    rows.push(row("adk", Verdict::Skipped));
    let report = run(demands(&[], None, Some(1), &rows), &rows);
    assert_eq!(said(&report), ["0 cases of runtime adk executed, 1 at least"]);
}

#[test]
fn a_runtime_that_never_ran_is_named_and_one_that_is_red_has_run() {
    let executed = [
        Verdict::Passed,
        Verdict::Flaky,
        Verdict::Failed,
        Verdict::Errored,
        Verdict::Operator,
        Verdict::KnownRed,
        Verdict::UnexpectedPass,
        Verdict::Blocked,
    ];
    for verdict in Verdict::ALL {
        let rows = [row("codex", Verdict::Passed), row("mock", verdict)];
        let report = run(demands(&[], None, Some(1), &rows), &rows);
        assert_eq!(report.breaches().is_empty(), executed.contains(&verdict), "{verdict}");
    }
}

#[test]
fn reds_that_do_not_count_reach_no_milestone_by_being_advisory() {
    let rows = [("codex", Verdict::Failed, Gate::Advisory, vec!["provisioned"])];
    let report = run(demands(&["provisioned", "online"], None, None, &rows), &rows);
    assert_eq!(report.exit(), ExitCode::LiveRequired);
    let required = [("codex", Verdict::Failed, Gate::Required, vec!["provisioned"])];
    let report = run(demands(&["provisioned", "online"], None, None, &required), &required);
    // The red says more, and the milestone is told beside it.
    assert_eq!((report.exit(), said(&report).len()), (ExitCode::Failure, 1));
}

#[test]
fn a_ceiling_of_cases_and_of_a_share_bear_exactly_what_they_say() {
    for (ceiling, skipped, of, bears) in [
        (Ceiling::Cases(0), 0, 5, true),
        (Ceiling::Cases(0), 1, 5, false),
        (Ceiling::Cases(2), 2, 2, true),
        (Ceiling::Percent(20), 1, 5, true),
        (Ceiling::Percent(20), 2, 9, false),
        (Ceiling::Percent(20), 2, 10, true),
        (Ceiling::Percent(0), 0, 0, true),
        (Ceiling::Percent(99), 100, 100, false),
    ] {
        assert_eq!(ceiling.bears(skipped, of), bears, "{ceiling} of {of}: {skipped}");
    }
}

#[test]
fn what_is_off_breaks_nothing() {
    let rows = [row("codex", Verdict::Skipped)];
    let all = demands(&["online"], Some(Ceiling::Cases(0)), Some(1), &rows);
    let off = Demands { off: Some("1 of its 2 cases is selected".to_owned()), ..all };
    assert_eq!((said(&run(off.clone(), &rows)), run(off, &rows).exit()), (Vec::new(), ExitCode::Success));
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    let runtime = proptest::sample::select(vec!["codex", "mock", "hermes"]);
    let verdict = proptest::sample::select(Verdict::ALL.to_vec());
    let gate = prop_oneof![Just(Gate::Required), Just(Gate::Advisory)];
    let reached = proptest::sample::subsequence(vec!["provisioned", "online"], 0..=2);
    vec((runtime, verdict, gate, reached), 0..8)
}

fn ceiling() -> impl Strategy<Value = Option<Ceiling>> {
    prop_oneof![
        Just(None),
        (0_usize..4).prop_map(|most| Some(Ceiling::Cases(most))),
        (0_u8..100).prop_map(|most| Some(Ceiling::Percent(most)))
    ]
}

/// What a breach is about; how far it goes is another matter.
fn subjects(report: &RunReport) -> Vec<String> {
    let subject = |breach: &Breach<'_>| match breach {
        Breach::Missed { milestone } => milestone.to_string(),
        Breach::Skipped { .. } => "skips".to_owned(),
        Breach::Unexecuted { value, .. } => (*value).to_owned(),
    };
    report.breaches().iter().map(subject).collect()
}

proptest! {
    /// A floor above one asks more of a value that only the new case brings along; nothing else gets worse.
    #[test]
    fn one_more_case_that_passes_breaks_nothing_but_the_floor_of_a_value_that_it_brings_along(
        rows in rows(),
        ceiling in ceiling(),
        least in proptest::option::of(1_usize..3),
        runtime in proptest::sample::select(vec!["codex", "mock", "hermes"]),
    ) {
        let before = subjects(&run(demands(&["provisioned", "online"], ceiling, least, &rows), &rows));
        let mut more = rows.clone();
        more.push(row(runtime, Verdict::Passed));
        let after = subjects(&run(demands(&["provisioned", "online"], ceiling, least, &more), &more));
        let is_new = rows.iter().all(|(known, verdict, ..)| *known != runtime || *verdict == Verdict::Blocked);
        for subject in after {
            let is_excused = subject == runtime && is_new && least > Some(1);
            prop_assert!(is_excused || before.contains(&subject), "{subject} after {before:?}");
        }
    }

    /// Demands only ever make an exit code stronger, and a breach is never green.
    #[test]
    fn what_is_demanded_turns_nothing_green(rows in rows(), ceiling in ceiling(), least in proptest::option::of(1_usize..3)) {
        let without = run(Demands { off: Some(String::new()), ..demands(&[], None, None, &rows) }, &rows).exit();
        let report = run(demands(&["online"], ceiling, least, &rows), &rows);
        prop_assert_eq!(without.merge(report.exit()), report.exit());
        prop_assert!(report.breaches().is_empty() || report.exit() != ExitCode::Success);
        let has_floor = report.breaches().iter().any(|breach| !matches!(breach, Breach::Missed { .. }));
        prop_assert!(!has_floor || report.exit() == without.merge(ExitCode::LiveRequired));
    }
}
