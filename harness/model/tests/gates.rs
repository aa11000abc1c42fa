//! Gates: what runs show, what follows for an arm, and what is written of it.

#![expect(clippy::unwrap_used, reason = "what does not parse here fails its test")]

use harness_model::exit::ExitCode;
use harness_model::gates::{
    Decision, Failure, Gate, GatePolicy, GateRow, Gates, Review, Standing, Uncounted, Window, edited,
    evidence, review,
};
use harness_model::history::{PastCase, PastRun, Weather};
use harness_model::name::{ArmName, CaseId, LaneName, StepName};
use harness_model::provenance::Provenance;
use harness_model::source::Source;
use harness_model::verdict::Verdict;
use jiff::ToSpan;
use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

const TODAY: Date = date(2026, 11, 21);

fn arm() -> ArmName {
    ArmName::new("codex")
}

/// A run of a lane so many days ago.
fn run(lane: &str, days_ago: i64, verdicts: &[Verdict]) -> PastRun {
    let began = (TODAY - days_ago.days()).at(7, 0, 0, 0).to_zoned(TimeZone::UTC).unwrap().timestamp();
    let cases = verdicts.iter().enumerate().map(|(position, verdict)| PastCase {
        id: CaseId::new(format!("s::{position}")),
        arms: vec![arm()],
        gate: Gate::Advisory,
        verdict: *verdict,
        step: Some(StepName::new("online")),
        cause: "timed out".to_owned(),
        elapsed: Duration::from_secs(1),
        attempts: 1,
    });
    let mut run = PastRun {
        id: format!("{lane}-{days_ago}"),
        suite: "sample".to_owned(),
        environment: "live".to_owned(),
        lane: Some(lane.to_owned()),
        provenance: Provenance { branch: Some("main".to_owned()), ..Provenance::default() },
        began,
        elapsed: Duration::from_secs(60),
        exit: ExitCode::Success,
        weather: Weather::Calm,
        cases: cases.collect(),
    };
    run.look_at_the_sky();
    run
}

/// Runs of a lane, one a day up to today, each with one case.
fn nightly(lane: &str, verdicts: &[Verdict]) -> Vec<PastRun> {
    let days = i64::try_from(verdicts.len()).unwrap();
    (0..days).zip(verdicts).map(|(day, verdict)| run(lane, days - 1 - day, &[*verdict])).collect()
}

fn policy() -> GatePolicy {
    GatePolicy {
        lanes: vec![LaneName::new("full"), LaneName::new("external")],
        window: Window { greens: 3, days: 2, soft_passes: 0 },
        most: Some(1),
        ..GatePolicy::default()
    }
}

fn row(standing: Standing) -> GateRow {
    GateRow {
        standing,
        location: Source::new("gates.toml", "x").at(0..1),
        owner: Some("agents".to_owned()),
        reason: None,
        since: None,
        expires: None,
        window: None,
    }
}

fn gates(standing: Standing) -> Gates {
    Gates::new(policy(), BTreeMap::from([(arm(), row(standing))]))
}

fn jobs(lanes: &[&str]) -> BTreeMap<ArmName, BTreeSet<Option<LaneName>>> {
    BTreeMap::from([(arm(), lanes.iter().map(|lane| Some(LaneName::new(*lane))).collect())])
}

fn judged(standing: Standing, lanes: &[&str], runs: &[PastRun]) -> Decision {
    let mut runs = runs.to_vec();
    runs.sort_by_key(|run| run.began);
    review(&gates(standing), &jobs(lanes), &runs, TODAY).arms.remove(0).decision
}

fn held(decision: &Decision) -> String {
    match decision {
        Decision::Hold { because } => because.join("; "),
        other => format!("{other:?}"),
    }
}

const GREEN: Verdict = Verdict::Passed;

#[test]
fn an_arm_is_promoted_when_every_job_that_runs_it_shows_the_window() {
    let full = nightly("full", &[GREEN; 4]);
    let external = nightly("external", &[Verdict::Failed, GREEN, GREEN]);
    let promoted = judged(Standing::Advisory, &["full"], &full);
    assert_eq!(promoted, Decision::Promote { because: "4 greens over 3 days in full".to_owned() });
    let both = [full.clone(), external].concat();
    assert_eq!(
        held(&judged(Standing::Advisory, &["full", "external"], &both)),
        "2 of 3 greens and 1 of 2 days in external"
    );
    assert_eq!(
        held(&judged(Standing::Quarantined, &["full", "external"], &full)),
        "no run counts in external"
    );
    // Whichever of them it is that has not.
    let short =
        [nightly("full", &[Verdict::Failed, GREEN, GREEN]), nightly("external", &[GREEN; 4])].concat();
    assert_eq!(
        held(&judged(Standing::Advisory, &["full", "external"], &short)),
        "2 of 3 greens and 1 of 2 days in full"
    );
    assert_eq!(held(&judged(Standing::Advisory, &[], &full)), "no lane that counts runs it");
}

#[test]
fn what_is_no_green_ends_a_streak_and_a_storm_is_passed_over() {
    for (verdict, expected) in [
        (Verdict::Failed, "1 of 3 greens and 0 of 2 days in full"),
        (Verdict::KnownRed, "1 of 3 greens and 0 of 2 days in full"),
        (Verdict::Skipped, "1 of 3 greens and 0 of 2 days in full"),
        (Verdict::Blocked, "1 of 3 greens and 0 of 2 days in full"),
        (Verdict::Operator, "1 of 3 greens and 0 of 2 days in full"),
        (Verdict::Flaky, "1 of 3 greens and 0 of 2 days in full"),
    ] {
        let runs = nightly("full", &[GREEN, GREEN, GREEN, verdict, GREEN]);
        assert_eq!(held(&judged(Standing::Advisory, &["full"], &runs)), expected, "{verdict}");
    }
    let mut runs = nightly("full", &[GREEN, GREEN, GREEN, GREEN]);
    runs[2] = run("full", 1, &[Verdict::Errored; 5]);
    assert_eq!(
        judged(Standing::Advisory, &["full"], &runs),
        Decision::Promote { because: "3 greens over 3 days in full".to_owned() }
    );
}

#[test]
fn soft_passes_count_as_green_up_to_the_number_that_is_allowed() {
    let soft = Verdict::Flaky;
    let runs = nightly("full", &[GREEN, soft, GREEN, soft, GREEN]);
    let seen: Vec<&PastRun> = runs.iter().collect();
    let greens = |soft_passes| {
        let window = Window { greens: 5, days: 0, soft_passes };
        let found = evidence(&seen, &arm(), Some(&LaneName::new("full")), window);
        (found.greens, found.soft, found.broken_by.map(|seen| seen.run))
    };
    assert_eq!(greens(0), (1, 0, Some("full-1".to_owned())));
    assert_eq!(greens(1), (3, 1, Some("full-3".to_owned())));
    assert_eq!(greens(2), (5, 2, None));
}

#[test]
fn old_greens_promote_nothing() {
    let runs: Vec<PastRun> = (4..8).rev().map(|day| run("full", day, &[GREEN])).collect();
    assert_eq!(held(&judged(Standing::Advisory, &["full"], &runs)), "the newest run is 4 days old in full");
}

#[test]
fn runs_that_say_nothing_of_the_branch_do_not_count_and_are_told() {
    let mut runs = nightly("full", &[GREEN; 8]);
    runs[0].provenance.branch = Some("side".to_owned());
    runs[1].provenance.branch = None;
    runs[2].provenance.apart = vec!["broken on purpose: E2E_INTENTIONAL_FAILURE".to_owned()];
    runs[3].lane = Some("canary".to_owned());
    runs[4].lane = None;
    runs[5].exit = ExitCode::Interrupted;
    let found = review(&gates(Standing::Advisory), &jobs(&["full"]), &runs, TODAY);
    let expected =
        [(Uncounted::Branch, 2), (Uncounted::Lane, 2), (Uncounted::Apart, 1), (Uncounted::Unfinished, 1)];
    assert_eq!((found.counted, found.uncounted), (2, BTreeMap::from(expected)));
}

#[test]
fn what_is_said_of_a_day_does_not_change_with_later_runs() {
    let early = nightly("full", &[GREEN; 3]);
    let mut all = early.clone();
    let day = TODAY;
    all.extend((1..3).map(|later| run("full", -later, &[Verdict::Failed])));
    let said = |runs: &[PastRun]| review(&gates(Standing::Advisory), &jobs(&["full"]), runs, day);
    assert_eq!(said(&early), said(&all));
}

#[test]
fn a_required_arm_that_is_red_twice_is_taken_out_and_no_more_than_may_be() {
    let red = Verdict::Failed;
    let once = nightly("full", &[GREEN, GREEN, red]);
    assert_eq!(
        held(&judged(Standing::Required, &["full"], &once)),
        "1 red among its last runs, 2 in one job take it out"
    );
    let twice = nightly("full", &[GREEN, red, GREEN, red]);
    let because = "2 of its last 3 runs red in full, the first in run full-2".to_owned();
    let until = date(2026, 12, 5);
    assert_eq!(
        judged(Standing::Required, &["full"], &twice),
        Decision::Demote { because, owner: "agents".to_owned(), until }
    );
    let other = ArmName::new("other");
    let mut rows =
        BTreeMap::from([(arm(), row(Standing::Required)), (other.clone(), row(Standing::Quarantined))]);
    let crowded = review(&Gates::new(policy(), rows.clone()), &jobs(&["full"]), &twice, TODAY);
    assert_eq!(
        held(&crowded.arms[0].decision),
        "2 of its last 3 runs red in full, the first in run full-2; but 1 arm is out already, as many as may be: mend it"
    );
    assert_eq!(crowded.failures, []);
    rows.insert(arm(), GateRow { owner: None, ..row(Standing::Required) });
    rows.remove(&other);
    let unowned = review(&Gates::new(policy(), rows), &jobs(&["full"]), &twice, TODAY);
    assert!(
        held(&unowned.arms[0].decision)
            .ends_with("but nobody owns it, and a quarantine needs somebody who mends it")
    );
}

#[test]
fn a_mark_that_has_expired_and_a_crowd_fail_the_check() {
    let expired = date(2026, 11, 20);
    let mark = |standing, day| GateRow { expires: Some(day), ..row(standing) };
    let rows = BTreeMap::from([
        (arm(), mark(Standing::Quarantined, expired)),
        (ArmName::new("a"), mark(Standing::Quarantined, TODAY)),
        (ArmName::new("b"), mark(Standing::Advisory, expired)),
    ]);
    let found = review(&Gates::new(policy(), rows), &BTreeMap::new(), &[], TODAY).failures;
    let owner = Some("agents".to_owned());
    let failed = |arm, standing| Failure::Expired { arm, standing, expired, owner: owner.clone() };
    assert_eq!(
        found,
        [
            failed(ArmName::new("b"), Standing::Advisory),
            failed(arm(), Standing::Quarantined),
            Failure::Crowded { arms: vec![ArmName::new("a"), arm()], most: 1 },
        ]
    );
}

const FILE: &str = r#"#:schema ../../shakedown.schema.json

# What a live run requires.
[window]
greens = 3 # in a row

[[gate]] # the cheap one
arm    = "codex"    # by its name
gate   = "advisory" # not yet
owner  = "agents"
since  = 2026-11-01
expires = 2026-12-31 # look at it

# The end.
[[gate]]
gate = "required"
arm = "mock"
"#;

fn reviewed(arms: &[(&str, Decision)]) -> Review {
    let jobs = arms.iter().map(|(arm, _)| (ArmName::new(*arm), BTreeSet::new())).collect();
    let mut found = review(&gates(Standing::Advisory), &jobs, &[], TODAY);
    for (review, (_, decision)) in found.arms.iter_mut().zip(arms) {
        review.decision = decision.clone();
    }
    found
}

#[test]
fn an_edit_keeps_comments_and_order_and_changes_what_was_decided() {
    let promote = Decision::Promote { because: "3 greens over 2 days in full".to_owned() };
    let demote = Decision::Demote {
        because: "2 of 3 red".to_owned(),
        owner: "agents".to_owned(),
        until: date(2026, 12, 5),
    };
    let hold = Decision::Hold { because: vec!["none".to_owned()] };
    let new = edited(FILE, &reviewed(&[("codex", promote.clone()), ("mock", demote), ("new", promote)]))
        .unwrap()
        .unwrap();
    let expected = r#"#:schema ../../shakedown.schema.json

# What a live run requires.
[window]
greens = 3 # in a row

[[gate]] # the cheap one
arm    = "codex"    # by its name
gate   = "required" # not yet
owner  = "agents"
since  = 2026-11-21
reason = "3 greens over 2 days in full"

# The end.
[[gate]]
gate = "quarantined"
arm = "mock"
reason = "2 of 3 red"
owner = "agents"
since = 2026-11-21
expires = 2026-12-05

[[gate]]
arm = "new"
gate = "required"
reason = "3 greens over 2 days in full"
since = 2026-11-21
"#;
    assert_eq!(new, expected);
    assert_eq!(edited(FILE, &reviewed(&[("codex", hold)])).unwrap(), None);
    assert!(edited("gate = 3", &reviewed(&[("x", Decision::Promote { because: String::new() })])).is_err());
}

proptest! {
    #[test]
    fn a_streak_is_the_longest_end_without_a_red_and_with_few_soft_passes(
        verdicts in prop::collection::vec(0_u8..5, 0..30), soft_passes in 0_u32..4,
    ) {
        let verdicts: Vec<Verdict> = verdicts
            .iter()
            .map(|number| [GREEN, GREEN, Verdict::Flaky, Verdict::Failed, Verdict::Skipped][usize::from(*number)])
            .collect();
        let runs = nightly("full", &verdicts);
        let seen: Vec<&PastRun> = runs.iter().collect();
        let window = Window { greens: 3, days: 0, soft_passes };
        let found = evidence(&seen, &arm(), Some(&LaneName::new("full")), window);
        // The same by trying every end, the longest first.
        let is_streak = |end: &[Verdict]| {
            end.iter().all(|verdict| matches!(verdict, Verdict::Passed | Verdict::Flaky))
                && end.iter().filter(|verdict| **verdict == Verdict::Flaky).count() <= soft_passes as usize
        };
        let longest = (0..=verdicts.len()).find(|start| is_streak(&verdicts[*start..])).unwrap();
        let greens = verdicts.len() - longest;
        prop_assert_eq!(found.greens as usize, greens);
        prop_assert_eq!(found.days as usize, greens.saturating_sub(1));
        prop_assert_eq!(found.broken_by.is_some(), longest > 0);
    }

    #[test]
    fn one_more_green_never_takes_a_promotion_back(verdicts in prop::collection::vec(0_u8..5, 0..20)) {
        let verdicts: Vec<Verdict> =
            verdicts.iter().map(|number| if *number == 0 { Verdict::Failed } else { GREEN }).collect();
        let promoted = |verdicts: &[Verdict]| {
            matches!(judged(Standing::Advisory, &["full"], &nightly("full", verdicts)), Decision::Promote { .. })
        };
        if promoted(&verdicts) {
            prop_assert!(promoted(&[&verdicts[..], &[GREEN]].concat()));
        }
    }
}
