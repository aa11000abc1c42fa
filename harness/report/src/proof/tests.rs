//! Proofs in every form, and what they exit with.
//!
//! Does not: run anything.

use super::{Baseline, Demanded, Inside, PROOF_VERSION, Proof, Row, Unnoticed, proof_schema};
use crate::Paint;
use harness_model::cause::CauseClass;
use harness_model::exit::ExitCode;
use harness_model::name::{CaseId, ResourceKind, ScenarioName, StepName};
use harness_model::proof::{Found, Outcome};
use harness_model::suite::Must;
use harness_model::verdict::Verdict;

fn found(case: &str, verdict: Verdict) -> Found {
    let is_red = verdict.is_red();
    Found {
        case: CaseId::new(case),
        verdict,
        step: is_red.then(|| StepName::new("hibernated")),
        cause: is_red.then_some(CauseClass::Provision),
        rule: is_red.then(|| "never-came".to_owned()),
        said: if is_red { "until   body.status == 'hibernated'".to_owned() } else { String::new() },
    }
}

fn row(faults: &[&str], must: &Must, outcome: Outcome, found: Found) -> Row {
    let again = "shakedown run staging --exact x --fault y";
    Row {
        faults: faults.iter().map(|fault| (*fault).to_owned()).collect(),
        scenario: ScenarioName::new("provision"),
        matches: serde_json::Map::new(),
        must: Demanded::from(must),
        place: "scenarios/staging/faults.toml:5".to_owned(),
        outcome,
        offender: (!outcome.holds()).then(|| found.case.clone()),
        cases: vec![found],
        leaks: Vec::new(),
        again: (!outcome.holds()).then(|| again.to_owned()),
        recording: (!outcome.holds()).then(|| ".shakedown/prove/1".to_owned()),
        error: None,
        seconds: 1.5,
    }
}

fn proof() -> Proof {
    let red = |step: &str| Must::TurnRed { step: StepName::new(step), cause: CauseClass::Provision };
    let rows = vec![
        row(
            &["hibernate-does-nothing"],
            &red("hibernated"),
            Outcome::Killed,
            found("provision::a", Verdict::Failed),
        ),
        row(
            &["a2a-echo", "sse-silent"],
            &red("round trip"),
            Outcome::Survived,
            found("provision::a", Verdict::Passed),
        ),
        row(
            &["pause-does-nothing"],
            &red("paused"),
            Outcome::WrongStep,
            found("provision::b", Verdict::Failed),
        ),
        row(&["sse-silent"], &Must::Survive, Outcome::Withstood, found("provision::a", Verdict::Passed)),
        row(
            &["org-stays"],
            &Must::Leak(ResourceKind::new("org")),
            Outcome::Killed,
            found("provision::a", Verdict::Passed),
        ),
    ];
    let gap = |fault: &str, why: Option<&str>| Unnoticed {
        fault: fault.to_owned(),
        meaning: "A boot never ends.".to_owned(),
        why: why.map(str::to_owned),
    };
    Proof {
        version: PROOF_VERSION,
        suite: "staging".to_owned(),
        environment: "embedded".to_owned(),
        through: None,
        inside: Vec::new(),
        left_out: Vec::new(),
        selection: String::new(),
        baseline: Baseline { cases: 2, seconds: 4.2, ..Baseline::default() },
        planned: rows.len(),
        rows,
        gaps: vec![gap("boot-never-ends", None), gap("no-provisioner", Some("it can do less"))],
        interrupted: false,
        seconds: 61.0,
    }
}

#[test]
fn a_proof_reads_as_a_table_then_what_came_instead_then_its_gaps() {
    insta::assert_snapshot!(proof().text(Paint::Never));
}

#[test]
fn a_proof_is_a_page_with_what_does_not_hold_first() {
    insta::assert_snapshot!(proof().markdown());
}

#[test]
fn a_proof_through_a_proxy_names_the_target_what_needs_the_inside_and_what_is_left_there() {
    let mut proof = Proof { through: Some("https://a.example".to_owned()), gaps: Vec::new(), ..proof() };
    proof.rows.truncate(2);
    proof.rows[1].leaks = vec!["order e2e-1: it is still there".to_owned()];
    proof.inside = vec![Inside {
        faults: vec!["a2a-echo".to_owned()],
        scenario: ScenarioName::new("provision"),
        place: "scenarios/staging/faults.toml:9".to_owned(),
    }];
    let (text, page) = (proof.text(Paint::Never), proof.markdown());
    assert!(
        text.starts_with("prove staging on embedded through a proxy in front of https://a.example: 5 rows\n"),
        "{text}"
    );
    assert!(text.contains("\n  a2a-echo of provision needs the inside\n"), "{text}");
    assert!(
        text.contains("\nsomething is left on the target: `shakedown sweep staging` releases it\n"),
        "{text}"
    );
    assert!(
        page.contains("### Rows that need the inside")
            && page.contains("| <code>a2a-echo</code> | <code>provision</code> |"),
        "{page}"
    );
}

#[test]
fn a_target_that_never_came_up_is_exit_3_and_no_red_of_anybody() {
    let mut proof = Proof { rows: Vec::new(), gaps: Vec::new(), ..proof() };
    proof.baseline.reds = vec![found("provision::a", Verdict::Errored)];
    proof.baseline.never_up = vec!["cannot connect".to_owned()];
    assert_eq!(proof.exit(), ExitCode::NeverUp);
    let text = proof.text(Paint::Never);
    assert!(text.contains("  never up: cannot connect\n") && text.contains("exit 3: the target"), "{text}");
}

#[test]
fn a_target_that_goes_down_in_the_middle_is_exit_3_and_its_row_says_why() {
    let mut proof = proof();
    proof.rows[0].outcome = Outcome::NeverUp;
    proof.rows[0].error = Some("cannot connect".to_owned());
    assert_eq!(proof.exit(), ExitCode::NeverUp);
    let text = proof.text(Paint::Never);
    assert!(text.contains("never up") && text.contains("cannot connect"), "{text}");
    assert!(text.ends_with("exit 3: the target was down, so that not every row is proved\n"), "{text}");
}

#[test]
fn a_baseline_that_contradicts_itself_is_exit_70_however_green_it_is() {
    let mut proof = Proof { rows: Vec::new(), gaps: Vec::new(), ..proof() };
    proof.baseline.contradictions = vec!["the platform did not stop".to_owned()];
    assert_eq!((proof.exit(), proof.has_baseline()), (ExitCode::Internal, false));
    let text = proof.text(Paint::Never);
    assert!(text.contains("  contradiction: the platform did not stop\n"), "{text}");
    assert!(
        text.ends_with("exit 70: the harness contradicts itself: nothing above can be trusted\n"),
        "{text}"
    );
}

#[test]
fn a_red_baseline_is_named_and_fails_before_any_row() {
    let mut proof = Proof { rows: Vec::new(), gaps: Vec::new(), ..proof() };
    proof.baseline.reds = vec![found("provision::a", Verdict::Failed)];
    proof.baseline.recording = Some(".shakedown/prove/1".to_owned());
    assert_eq!(proof.exit(), ExitCode::Failure);
    insta::assert_snapshot!(proof.text(Paint::Never));
}

#[test]
fn a_proof_that_holds_ends_with_0_and_one_that_was_stopped_with_130() {
    let mut proof = proof();
    assert_eq!(proof.exit(), ExitCode::Failure);
    proof.rows.retain(|row| row.outcome.holds());
    assert_eq!(proof.exit(), ExitCode::Success, "gaps are no failure");
    proof.interrupted = true;
    assert_eq!(proof.exit(), ExitCode::Interrupted);
}

#[test]
fn the_document_is_as_its_schema_says() {
    let schema = jsonschema::validator_for(&proof_schema()).expect("a schema");
    let document: serde_json::Value = serde_json::from_str(&proof().json()).expect("JSON");
    let errors: Vec<String> = schema.iter_errors(&document).map(|error| error.to_string()).collect();
    assert_eq!((errors, &document["shakedown-proof"]), (Vec::new(), &PROOF_VERSION.into()));
}
