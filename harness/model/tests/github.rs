//! A plan as GitHub's matrices.

#![expect(clippy::unwrap_used, reason = "a plan that cannot be made fails its test")]

use harness_model::gate::{Availability, LiveRequirement};
use harness_model::github::{LONGEST_NAME, MOST_ROWS, github};
use harness_model::name::EnvironmentName;
use harness_model::plan::{Circumstances, Plan};
use harness_model::selection::Selection;
use harness_model::source::{Source, SuiteText};
use harness_model::validate::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

const STEP: &str =
    "[[step]]\nname = \"look\"\nrun.http = { on = \"api\", path = \"/x\" }\nexpect = [\"status == 200\"]\n";

const GATE: &str = "[[gate]]\narm = \"firm\"\ngate = \"required\"\n";

/// The plan of a scenario on a live environment where no secret is at hand.
fn plan(scenario: &str) -> Plan {
    let suite = "[suite]\nname = \"sample\"\n[environment.live]\n[service.api]\nbase = \"http://127.0.0.1:1\"\n[secret.KEY]\n";
    let text = SuiteText {
        suite: Some(Source::new("suite.toml", suite)),
        scenarios: vec![Source::new(
            "sample.toml",
            format!("[scenario]\nname = \"sample\"\n{scenario}{STEP}"),
        )],
        gates: scenario.contains("\"firm\"").then(|| Source::new("gates.toml", GATE)),
        ..SuiteText::default()
    };
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: None,
        variables: BTreeMap::new(),
        available: Availability {
            secrets: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().unwrap(),
        },
    };
    Plan::new(Arc::new(compile(&text).unwrap()), &Selection::default(), &circumstances).unwrap()
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
