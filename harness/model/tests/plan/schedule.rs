//! Predictions and shards of a plan: what they rest on, and that a division depends on nothing else.

use crate::sample::{plan, plan_of, text};
use harness_model::estimate::Estimates;
use harness_model::name::CaseId;
use harness_model::pass::Pass;
use harness_model::plan::{Plan, PlanDocument, Reasons};
use harness_model::shard::{Basis, Divided, Predictions, Shard};
use harness_model::source::Source;
use std::time::Duration;

fn sample() -> Plan {
    plan("live", &["API_KEY", "E2E_OTHER_KEY"], &[])
}

fn document(plan: &Plan) -> PlanDocument {
    plan.document(&Reasons::default(), &Estimates::default())
}

/// What a plan says that some of its cases took, in seconds.
fn took(plan: &Plan, cases: &[(&str, u64)]) -> Estimates {
    let mut document = document(plan);
    for case in &mut document.cases {
        let known = cases.iter().find(|(id, _)| case.id.as_str() == *id);
        case.estimate = known.map(|(_, seconds)| Duration::from_secs(*seconds));
    }
    Estimates::of_plan(&document)
}

fn predicted(predictions: &Predictions, plan: &Plan) -> Vec<(String, Option<(u64, Basis)>)> {
    let cases = plan.cases.iter().map(|planned| &planned.case.id);
    let told = cases.map(|id| {
        let predicted = predictions.of(id);
        (id.to_string(), predicted.map(|predicted| (predicted.takes.as_secs(), predicted.basis)))
    });
    told.collect()
}

#[test]
fn a_case_that_never_ran_is_predicted_by_its_arm_then_its_scenario_then_what_that_declares() {
    let plan = sample();
    let known = took(&plan, &[("sample::steady::fast::one", 30), ("sample::steady::new::three", 90)]);
    let expected = [
        ("sample::steady::fast::one", 30, Basis::Case),
        ("sample::steady::slow::two/2", 90, Basis::Scenario),
        ("sample::steady::new::three", 90, Basis::Case),
        ("sample::restart::fast::one", 30, Basis::Arm),
        ("sample::restart::slow::two/2", 90, Basis::Scenario),
        ("sample::restart::new::three", 90, Basis::Scenario),
    ];
    let expected = expected.map(|(id, seconds, basis)| (id.to_owned(), Some((seconds, basis))));
    assert_eq!(predicted(&Predictions::new(&plan, &known), &plan), expected);
    let mut declaring = text();
    let scenario = declaring.scenarios[0].text().replacen("[scenario]", "[scenario]\ntakes = \"4m\"", 1);
    declaring.scenarios[0] = Source::new("sample.toml".to_owned(), scenario);
    let declared = plan_of(&declaring, "live", &["API_KEY"], &[]);
    let predictions = Predictions::new(&declared, &Estimates::default());
    let first = predicted(&predictions, &declared).remove(0).1;
    assert_eq!(first, Some((240, Basis::Declared)));
    assert_eq!(predictions.known(), (1, 1));
}

#[test]
fn a_case_that_is_tried_several_times_is_predicted_to_take_so_many_attempts_as_must_pass() {
    let mut plan = sample();
    plan.cases[1].pass = Some(Pass { of: 5, at_least: 4 });
    for (took_by, seconds, expected) in [
        ("sample::steady::fast::one", 30, (120, Basis::Scenario)),
        ("sample::steady::slow::two/2", 120, (120, Basis::Case)),
    ] {
        let predictions = Predictions::new(&plan, &took(&plan, &[(took_by, seconds)]));
        let predicted = predicted(&predictions, &plan);
        assert_eq!(predicted[1].1, Some(expected));
        assert_eq!(predicted[2].1, Some((30, Basis::Scenario)), "{predicted:?}");
    }
}

#[test]
fn a_division_is_named_after_its_plan_and_not_after_the_machine_that_made_it() {
    let common =
        |plan: &Plan, reasons: &Reasons, estimates: &Estimates| plan.document(reasons, estimates).common();
    let plan = sample();
    let bare = common(&plan, &Reasons::default(), &Estimates::default());
    let reasons = Reasons { environment: "E2E_ENVIRONMENT is set".to_owned(), ..Reasons::default() };
    let estimates = took(&plan, &[(plan.cases[0].case.id.as_str(), 30)]);
    assert_eq!(common(&plan, &reasons, &estimates), bare);
    // A secret that one machine lacks is another plan.
    let poorer = self::plan("live", &["API_KEY"], &[]);
    assert_ne!(common(&poorer, &Reasons::default(), &Estimates::default()), bare);
}

#[test]
fn a_shard_keeps_its_cases_and_remembers_the_plan_and_what_is_demanded_of_it() {
    let whole = sample();
    let mut seen: Vec<CaseId> = Vec::new();
    for number in 1..=2 {
        let mut plan = whole.clone();
        let shard: Shard = format!("{number}/2").parse().unwrap();
        let divided = Divided { shard, plan: "a-hash".to_owned(), because: "as it fell".to_owned() };
        plan.divide(divided, &Predictions::new(&whole, &Estimates::default())).unwrap();
        let (document, undivided) = (document(&plan), document(&whole));
        assert_eq!(document.left_out, undivided.left_out);
        let part = document.shard.unwrap();
        assert_eq!(part.cases, undivided.cases.iter().map(|case| case.id.clone()).collect::<Vec<_>>());
        assert_eq!((part.divided.shard, part.totals.len()), (shard, 0));
        assert_eq!(plan.demands(), whole.demands());
        seen.extend(document.cases.into_iter().map(|case| case.id));
    }
    let mut all: Vec<CaseId> = whole.cases.iter().map(|planned| planned.case.id.clone()).collect();
    seen.sort();
    all.sort();
    assert_eq!(seen, all);
}
