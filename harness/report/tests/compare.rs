//! Two runs compared: of anything with itself nothing has changed, and backwards everything is mirrored.

#![expect(clippy::unwrap_used, reason = "what cannot be set up fails its test")]

use harness_model::event::Event;
use harness_model::gates::Gate;
use harness_model::name::{CaseId, StepName};
use harness_model::report::RunReport;
use harness_model::verdict::{Ending, Verdict};
use harness_report::{Comparison, Paint, comparison_schema};
use proptest::prelude::*;
use serde_json::Value;
use std::time::Duration;
use support::{LENIENT, planned, started};

#[path = "support/mod.rs"]
#[expect(dead_code, reason = "other tests use the rest")]
mod support;

fn ended(id: &str, ending: Ending, seconds: u64) -> Event {
    Event::CaseEnded { case: CaseId::new(id), ending, elapsed: Duration::from_millis(seconds * 100) }
}

fn failed(cause: &str) -> Ending {
    Ending {
        step: Some(StepName::new("paused")),
        place: Some("scenarios/staging/flows/pause-resume.toml:13".to_owned()),
        ..Ending::new(Verdict::Failed, cause)
    }
}

/// A run with these cases, each with its end and how many tenths of a second it took.
fn run(cases: &[(String, Ending, u64)]) -> RunReport {
    let mut events = vec![started(LENIENT)];
    events.extend(cases.iter().map(|(id, ..)| planned(id, Gate::Required)));
    events.extend(cases.iter().map(|(id, ending, tenths)| ended(id, ending.clone(), *tenths)));
    RunReport::fold(&events)
}

fn cases(cases: &[(&str, Ending, u64)]) -> RunReport {
    let cases: Vec<_> =
        cases.iter().map(|(id, ending, tenths)| ((*id).to_owned(), ending.clone(), *tenths)).collect();
    run(&cases)
}

fn passed() -> Ending {
    Ending::new(Verdict::Passed, "")
}

/// A run before and one after it, with every kind of difference.
fn pair() -> (RunReport, RunReport) {
    let looks = |count: u32, last: &str| {
        format!(
            "not within 10.0s, in {count} looks\n  until   body.status == 'paused'\n  last    body.status = \"{last}\"\n  reply   200 {{\"id\":\"{count}\"}}"
        )
    };
    let before = cases(&[
        ("p::breaks", passed(), 20),
        ("p::mended", failed("gone"), 20),
        ("p::same", failed(&looks(189, "online")), 20),
        ("p::other", failed(&looks(12, "online")), 20),
        ("p::slower", passed(), 20),
        ("p::a-little-slower", passed(), 20),
        ("p::short-and-slower", passed(), 1),
        ("p::faster", passed(), 80),
        ("p::left-out", passed(), 20),
        ("p::vanished", passed(), 20),
    ]);
    let after = cases(&[
        ("p::breaks", failed("expect  status == 201\n  actual  status = 500"), 20),
        ("p::mended", passed(), 20),
        ("p::same", failed(&looks(7, "online")), 20),
        ("p::other", failed(&looks(12, "failed")), 20),
        ("p::slower", passed(), 50),
        ("p::a-little-slower", passed(), 29),
        ("p::short-and-slower", passed(), 9),
        ("p::faster", passed(), 20),
        ("p::left-out", Ending::new(Verdict::Skipped, "missing KEY"), 0),
        ("p::new|<b>", failed("::error::x"), 20),
    ]);
    (before, RunReport { run: "r2".to_owned(), environment: "embedded".to_owned(), ..after })
}

#[test]
fn every_kind_of_difference_is_told_once_and_what_is_almost_the_same_is_not() {
    let (before, after) = pair();
    let found = Comparison::new(&before, &after).unwrap();
    insta::assert_snapshot!("comparison-text", found.text(Paint::Never));
    insta::assert_snapshot!("comparison-markdown", found.markdown());
    insta::assert_snapshot!("comparison-json", found.json());
    assert!(found.has_new_reds());
}

#[test]
fn a_comparison_is_right_by_its_schema() {
    let (before, after) = pair();
    let document: Value = serde_json::from_str(&Comparison::new(&before, &after).unwrap().json()).unwrap();
    let validator = jsonschema::validator_for(&comparison_schema()).unwrap();
    assert!(validator.is_valid(&document), "{document:#}");
    let mut wrong = document;
    wrong["new-reds"] = "none".into();
    assert!(!validator.is_valid(&wrong));
}

#[test]
fn runs_of_two_suites_have_nothing_in_common() {
    let (before, after) = pair();
    let after = RunReport { suite: "shop".to_owned(), ..after };
    let error = Comparison::new(&before, &after).unwrap_err().to_string();
    assert_eq!(error, "run r1 is one of suite `staging` and run r2 of `shop`: they have no case in common");
}

fn endings() -> impl Strategy<Value = Ending> {
    let causes = prop::sample::select(vec!["", "status = 500", "in 3 looks", "in 4 looks", "gone"]);
    (prop::sample::select(Verdict::ALL.to_vec()), causes)
        .prop_filter("what is lost has no end", |(verdict, _)| *verdict != Verdict::Lost)
        .prop_map(|(verdict, cause)| Ending::new(verdict, cause))
}

fn runs() -> impl Strategy<Value = RunReport> {
    let case = (0_u8..12, endings(), 0_u64..100);
    prop::collection::vec(case, 0..12).prop_map(|cases| {
        let mut known = std::collections::BTreeSet::new();
        let cases: Vec<_> = cases
            .into_iter()
            .filter(|(number, ..)| known.insert(*number))
            .map(|(number, ending, tenths)| (format!("s::n{number}"), ending, tenths))
            .collect();
        run(&cases)
    })
}

/// The ids of a part of a comparison, in no order.
fn ids(document: &Value, part: &str) -> Vec<String> {
    let cases = document[part].as_array().unwrap().iter();
    let mut ids: Vec<String> = cases.map(|case| case["case"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    ids
}

proptest! {
    #[test]
    fn a_run_has_not_changed_since_itself(run in runs()) {
        let found = Comparison::new(&run, &run).unwrap();
        prop_assert!(found.is_empty() && !found.has_new_reds());
        prop_assert!(found.text(Paint::Never).ends_with("nothing has changed\n"));
    }

    #[test]
    fn backwards_everything_is_the_other_way_round(before in runs(), after in runs()) {
        let json = |before, after| Comparison::new(before, after).unwrap().json();
        let there: Value = serde_json::from_str(&json(&before, &after)).unwrap();
        let back: Value = serde_json::from_str(&json(&after, &before)).unwrap();
        let pairs = [
            ("new-reds", "fixed"),
            ("left-out", "runs-now"),
            ("slower", "faster"),
            ("appeared", "vanished"),
            ("still-red", "still-red"),
            ("cause-changed", "cause-changed"),
        ];
        for (one, other) in pairs {
            prop_assert_eq!(ids(&there, one), ids(&back, other));
            prop_assert_eq!(ids(&there, other), ids(&back, one));
        }
    }
}
