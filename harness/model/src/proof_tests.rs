use super::{Bite, Judged, Outcome, judge};
use crate::cause::CauseClass;
use crate::event::{Event, Scope};
use crate::gate::Decision;
use crate::gates::Gate;
use crate::name::{CaseId, ResourceKind, StepName};
use crate::report::RunReport;
use crate::signs::{Halt, Signs};
use crate::suite::Must;
use crate::verdict::{Ending, Verdict};
use std::collections::BTreeMap;
use std::time::Duration;

fn red(step: &str, halt: Halt) -> Ending {
    let ending = Ending::new(Verdict::Failed, "expect  x\n  actual  y");
    Ending { step: Some(StepName::new(step)), signs: Some(Signs::of(halt)), ..ending }
}

fn green() -> Ending {
    Ending::new(Verdict::Passed, "")
}

/// A run of cases that ended so, with what was left behind.
fn run(endings: &[Ending], left: &[&str]) -> RunReport {
    let mut events = Vec::new();
    for (number, ending) in endings.iter().enumerate() {
        let case = CaseId::new(format!("sample::{number}"));
        events.push(Event::CasePlanned {
            case: case.clone(),
            arms: Vec::new(),
            gate: Gate::Required,
            decision: Decision::Run,
            chosen: Vec::new(),
        });
        events.push(Event::CaseEnded { case, ending: ending.clone(), elapsed: Duration::ZERO });
    }
    for kind in left {
        let (kind, key) = (ResourceKind::new(*kind), "e2e-1".to_owned());
        let (scope, bindings) = (Scope::Run, serde_json::Map::new());
        events.push(Event::OwnershipIntended { scope, kind: kind.clone(), key: key.clone(), bindings });
        events.push(Event::Leaked { kind, key, cause: "still there".to_owned() });
    }
    RunReport::fold(&events)
}

fn must_turn_red() -> Must {
    Must::TurnRed { step: StepName::new("look"), cause: CauseClass::Assertion }
}

fn judged(must: &Must, endings: &[Ending], left: &[&str]) -> Judged {
    judge(must, &run(endings, left), &BTreeMap::new(), Bite::Bit)
}

#[test]
fn a_kill_is_red_in_every_case_in_the_step_for_the_cause_and_leaves_nothing() {
    let look = || red("look", Halt::Unmet);
    let table = [
        (vec![look(), look()], vec![], Outcome::Killed, None),
        (vec![look(), green()], vec![], Outcome::Survived, Some("sample::1")),
        (vec![red("other", Halt::Unmet)], vec![], Outcome::WrongStep, Some("sample::0")),
        (vec![look(), red("look", Halt::RanOut)], vec![], Outcome::WrongCause, Some("sample::1")),
        (vec![look()], vec!["org"], Outcome::Leaked, None),
        (vec![], vec![], Outcome::NotRun, None),
        (vec![Ending::new(Verdict::Skipped, "missing X")], vec![], Outcome::Survived, Some("sample::0")),
    ];
    for (endings, left, outcome, offender) in table {
        let judged = judged(&must_turn_red(), &endings, &left);
        let offender = offender.map(CaseId::new);
        assert_eq!((judged.outcome, judged.offender), (outcome, offender), "{endings:?}");
    }
}

#[test]
fn what_must_be_survived_is_green_and_leaves_nothing() {
    let table = [
        (vec![green()], vec![], Outcome::Withstood),
        (vec![red("look", Halt::Unmet)], vec![], Outcome::NotWithstood),
        (vec![Ending::new(Verdict::Skipped, "the target lacks it")], vec![], Outcome::NotWithstood),
        (vec![green()], vec!["org"], Outcome::Leaked),
    ];
    for (endings, left, outcome) in table {
        assert_eq!(judged(&Must::Survive, &endings, &left).outcome, outcome, "{endings:?}");
    }
}

#[test]
fn what_must_be_told_as_left_behind_is_that_kind_alone_and_nothing_is_red() {
    let must = Must::Leak(ResourceKind::new("org"));
    let table = [
        (vec![green()], vec!["org"], Outcome::Killed),
        (vec![green()], vec![], Outcome::Survived),
        (vec![green()], vec!["org", "workspace"], Outcome::Leaked),
        (vec![red("look", Halt::Unmet)], vec!["org"], Outcome::NotWithstood),
    ];
    for (endings, left, outcome) in table {
        assert_eq!(judged(&must, &endings, &left).outcome, outcome, "{left:?}");
    }
}

#[test]
fn a_fault_that_never_bit_proves_nothing_whatever_came_of_its_row() {
    let bite = |must: &Must, ending| judge(must, &run(&[ending], &[]), &BTreeMap::new(), Bite::Never).outcome;
    assert_eq!(bite(&must_turn_red(), green()), Outcome::NeverBit);
    assert_eq!(bite(&Must::Survive, green()), Outcome::NeverBit);
    assert_eq!(
        bite(&must_turn_red(), red("look", Halt::Unmet)),
        Outcome::NeverBit,
        "something else is wrong"
    );
    let leak = Must::Leak(ResourceKind::new("org"));
    assert_eq!(
        judge(&leak, &run(&[green()], &["org"]), &BTreeMap::new(), Bite::Never).outcome,
        Outcome::NeverBit
    );
}

#[test]
fn a_marked_case_that_passed_is_red_in_the_step_of_its_mark() {
    let report = run(&[Ending::new(Verdict::UnexpectedPass, "it passed")], &[]);
    let marks = BTreeMap::from([(CaseId::new("sample::0"), StepName::new("look"))]);
    assert_eq!(judge(&must_turn_red(), &report, &marks, Bite::Bit).outcome, Outcome::Killed);
    assert_eq!(judge(&must_turn_red(), &report, &BTreeMap::new(), Bite::Bit).outcome, Outcome::WrongStep);
}

#[test]
fn a_run_that_contradicts_itself_proves_nothing() {
    let mut report = run(&[red("look", Halt::Unmet)], &[]);
    report.contradictions.push("sample::0 ended twice".to_owned());
    assert_eq!(judge(&must_turn_red(), &report, &BTreeMap::new(), Bite::Bit).outcome, Outcome::Undecided);
}

#[test]
fn a_target_that_never_came_up_says_nothing_of_a_row() {
    let mut report = run(&[red("look", Halt::Unmet)], &[]);
    report.apply(&Event::NeverUp { cause: "cannot connect".to_owned() });
    assert_eq!(judge(&must_turn_red(), &report, &BTreeMap::new(), Bite::Bit).outcome, Outcome::NeverUp);
}

#[test]
fn what_has_to_be_survived_and_never_bit_misses_no_assertion() {
    assert!(Outcome::NeverBit.misses(&must_turn_red()), "it would not come to the fault");
    assert!(!Outcome::NeverBit.misses(&Must::Survive) && Outcome::NotWithstood.misses(&Must::Survive));
    assert!(!Outcome::Killed.misses(&must_turn_red()) && Outcome::Survived.misses(&must_turn_red()));
}

#[test]
fn a_row_holds_when_it_is_killed_or_withstood_and_every_outcome_has_its_words() {
    let words = Outcome::WORDS.map(|(outcome, words)| (outcome.to_string(), words, outcome.holds()));
    assert!(words.iter().all(|(said, words, _)| said == words), "{words:?}");
    let holding: Vec<&str> =
        words.iter().filter(|(_, _, holds)| *holds).map(|(_, words, _)| *words).collect();
    assert_eq!(holding, ["killed", "withstood"]);
}
