//! A plan as GitHub's matrices.

#![expect(clippy::unwrap_used, reason = "a plan that cannot be made fails its test")]

use harness_model::case::Key;
use harness_model::diagnostic::Diagnostics;
use harness_model::gate::{Availability, LiveRequirement};
use harness_model::github::{LONGEST_NAME, MOST_ROWS, github};
use harness_model::name::EnvironmentName;
use harness_model::plan::{Circumstances, Plan};
use harness_model::selection::Selection;
use harness_model::source::{Source, SuiteText};
use harness_model::validate::compile;
use proptest::prelude::*;
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const STEP: &str =
    "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n";

const GATE: &str = "[[gate]]\narm = \"firm\"\ngate = \"required\"\n";

/// The plan of a scenario on a live environment where no secret is at hand.
fn plan(scenario: &str) -> Plan {
    plan_from(scenario, None).unwrap()
}

/// The plan of a scenario with the matrix of a file.
fn plan_of_file(json: &Value) -> Result<Plan, Diagnostics> {
    plan_from("[matrix]\nfrom = \"matrix.json\"\n", Some(json))
}

fn plan_from(scenario: &str, json: Option<&Value>) -> Result<Plan, Diagnostics> {
    let suite = "[suite]\nname = \"sample\"\n[environment.live]\n[service.api]\nbase = \"http://127.0.0.1:1\"\n[secret.KEY]\n";
    let text = SuiteText {
        suite: Some(Source::new("suite.toml", suite)),
        scenarios: vec![Source::new(
            "sample.toml",
            format!("[scenario]\nname = \"sample\"\n{scenario}{STEP}"),
        )],
        gates: scenario.contains("\"firm\"").then(|| Source::new("gates.toml", GATE)),
        matrices: json
            .map(|json| ("matrix.json".to_owned(), Source::new("matrix.json", json.to_string())))
            .into_iter()
            .collect(),
        ..SuiteText::default()
    };
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: None,
        variables: BTreeMap::new(),
        available: Availability {
            secrets: BTreeSet::new(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().unwrap(),
        },
    };
    Plan::new(Arc::new(compile(&text)?), &Selection::default(), &circumstances)
}

#[test]
fn a_row_has_the_case_its_axes_its_gate_and_a_name_and_what_would_not_run_has_none() {
    let plan = plan(
        "[matrix]\nlife = [\"on\"]\n[[matrix.agent]]\nruntime = \"codex\"\nn = 1\n[[matrix.agent]]\nruntime = \"mock\"\nn = 2\n\
         [[matrix.agent]]\nruntime = \"paid\"\nn = 3\n[[arm]]\nname = \"firm\"\nmatch = { runtime = \"codex\" }\n\
         [[arm]]\nname = \"loose\"\nmatch = { runtime = \"mock\" }\n[[arm]]\nname = \"paid\"\nmatch = { runtime = \"paid\" }\nrequires = { secret = \"KEY\" }\n",
    );
    let chunks = github(&plan);
    assert_eq!(chunks.len(), 1);
    let rows = [
        "{\"scenario\":\"sample\",\"case\":\"sample::on::codex::1\",\"life\":\"on\",\"runtime\":\"codex\",\"n\":\"1\",\
         \"gate\":\"required\",\"continue-on-error\":false,\"name\":\"sample::on::codex::1\"}",
        "{\"scenario\":\"sample\",\"case\":\"sample::on::mock::2\",\"life\":\"on\",\"runtime\":\"mock\",\"n\":\"2\",\
         \"gate\":\"advisory\",\"continue-on-error\":true,\"name\":\"sample::on::mock::2\"}",
    ];
    assert_eq!(serde_json::to_string(&chunks[0]).unwrap(), format!("{{\"include\":[{}]}}", rows.join(",")));
}

#[test]
fn a_matrix_has_256_rows_at_most_and_no_row_is_lost() {
    let values: Vec<String> = (0..600).map(|number| format!("\"n{number}\"")).collect();
    let plan = plan(&format!("[matrix]\nnumber = [{}]\n", values.join(", ")));
    let chunks = github(&plan);
    let sizes: Vec<usize> = chunks.iter().map(|chunk| chunk.jobs.len()).collect();
    assert_eq!(sizes, [MOST_ROWS, MOST_ROWS, 600 - 2 * MOST_ROWS]);
    let ids: Vec<&str> = chunks.iter().flat_map(|chunk| &chunk.jobs).map(|job| job.case.as_str()).collect();
    let planned: Vec<&str> = plan.cases.iter().map(|planned| planned.case.id.as_str()).collect();
    assert_eq!(ids, planned);
}

#[test]
fn a_job_name_is_cut_by_characters_and_the_case_is_not() {
    let long = "ü".repeat(120);
    let chunks = github(&plan(&format!("[matrix]\nword = [\"{long}\"]\n")));
    let job = &chunks[0].jobs[0];
    assert_eq!(job.name.chars().count(), LONGEST_NAME);
    assert!(job.name.starts_with("sample::ü") && job.name.ends_with("ü..."), "{}", job.name);
    assert_eq!(job.case.as_str(), format!("sample::{long}"));
}

#[test]
fn an_axis_with_a_name_of_ours_stays_in_the_id_alone() {
    let chunks = github(&plan("[matrix]\ngate = [\"open\"]\n"));
    let text = serde_json::to_string(&chunks[0]).unwrap();
    assert_eq!(text.matches("\"gate\"").count(), 1);
    assert!(text.contains("\"case\":\"sample::open\"") && text.contains("\"gate\":\"required\""), "{text}");
}

#[test]
fn nothing_that_runs_is_no_matrix() {
    let paid = "[[arm]]\nname = \"paid\"\nmatch = {}\nrequires = { secret = \"KEY\" }\n\
                [[arm]]\nname = \"firm\"\nmatch = {}\n";
    assert_eq!(github(&plan(paid)), []);
}

/// A matrix as JSON: axes `a0`, `a1`, … with values that are written once, rows that drop some and rows that add some.
fn any_json() -> impl Strategy<Value = Value> {
    let axis = prop::collection::btree_set("[a-z]{1,3}|[0-9]{1,2}", 1..5);
    let row = prop::collection::btree_map(0_usize..3, "[a-z]{1,3}", 1..3);
    let rows = prop::collection::vec(row, 0..3);
    (prop::collection::vec(axis, 1..4), rows.clone(), rows).prop_map(|(axes, exclude, include)| {
        let count = axes.len();
        let list = |rows: Vec<BTreeMap<usize, String>>| -> Value {
            let rows = rows.into_iter().map(|row| {
                let pairs = row.into_iter().map(|(axis, value)| (format!("a{}", axis % count), value.into()));
                Value::Object(pairs.collect())
            });
            rows.collect()
        };
        let named = axes.into_iter().enumerate();
        let mut json: Map<String, Value> =
            named.map(|(axis, values)| (format!("a{axis}"), values.into_iter().collect())).collect();
        json.insert("exclude".to_owned(), list(exclude));
        json.insert("include".to_owned(), list(include));
        Value::Object(json)
    })
}

/// What a plan gives to GitHub, as one matrix, without what stands in every row.
fn handed_over(plan: &Plan) -> Value {
    let mut rows = Vec::new();
    for chunk in github(plan) {
        let Value::Object(mut chunk) = serde_json::to_value(chunk).unwrap() else { panic!("an object") };
        rows.extend(chunk.remove("include").and_then(|rows| rows.as_array().cloned()).unwrap());
    }
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        for own in ["scenario", "case", "gate", "continue-on-error", "name"] {
            assert!(row.shift_remove(own).is_some(), "{own}");
        }
    }
    Value::Object(Map::from_iter([("include".to_owned(), Value::Array(rows))]))
}

fn cases(plan: &Plan) -> Vec<(String, Vec<Key>)> {
    plan.cases.iter().map(|planned| (planned.case.id.to_string(), planned.case.keys.clone())).collect()
}

proptest! {
    #[test]
    fn what_is_handed_over_is_read_back_as_the_same_cases(json in any_json()) {
        // A matrix without a row, or with a row twice, is an error that has its own test.
        let Ok(written) = plan_of_file(&json) else { return Ok(()) };
        let read = plan_of_file(&handed_over(&written));
        let read = read.map_err(|found| TestCaseError::fail(format!("{found:?}")))?;
        prop_assert_eq!(cases(&read), cases(&written));
    }

    #[test]
    fn ids_are_unique_whenever_rows_are(json in any_json()) {
        let Ok(plan) = plan_of_file(&json) else { return Ok(()) };
        let found = cases(&plan);
        let ids: BTreeSet<&str> = found.iter().map(|(id, _)| id.as_str()).collect();
        let rows: BTreeSet<&Vec<Key>> = found.iter().map(|(_, keys)| keys).collect();
        prop_assert_eq!((ids.len(), rows.len()), (found.len(), found.len()));
    }
}
