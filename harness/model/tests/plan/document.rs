//! The document: what is written stays as it is, and what a reader refuses.

use crate::sample::plan;
use harness_model::estimate::Estimates;
use harness_model::plan::{PLAN_VERSION, PlanError, Reasons, read};

fn written() -> String {
    let plan = plan("live", &["API_KEY"], &[("E2E_RUNTIME", "slow"), ("E2E_LANE", "quick")]);
    let reasons = Reasons { environment: "API_URL is set".to_owned(), ..Reasons::default() };
    let document = plan.document(&reasons, &Estimates::default());
    serde_json::to_string_pretty(&document).unwrap()
}

#[test]
fn the_written_format_stays_as_it_is() {
    insta::assert_snapshot!(written());
}

#[test]
fn what_is_written_is_read_again() {
    let text = written();
    let document = read(&text).unwrap();
    assert_eq!(document.cases[0].timeout.as_secs(), 30 * 60);
    assert_eq!(document.left_out.selection, 5);
    assert_eq!(serde_json::to_string_pretty(&document).unwrap(), text);
}

#[test]
fn a_newer_version_is_refused_by_name_also_when_it_has_another_shape() {
    let newer = format!("{{\"version\": {}, \"jobs\": []}}", PLAN_VERSION + 1);
    let error = read(&newer).unwrap_err();
    assert!(matches!(error, PlanError::Newer { found: 2 }));
    assert_eq!(error.to_string(), "the plan has version 2, this program reads up to 1");
}

#[test]
fn what_is_no_plan_is_refused() {
    for text in ["", "[]", "{\"version\": 1}", "{\"suite\": \"sample\"}"] {
        assert!(matches!(read(text), Err(PlanError::Shape(_))), "{text}");
    }
}

#[test]
fn every_case_is_counted_once_by_what_is_expected_of_it() {
    let counts = plan("live", &["API_KEY", "E2E_OTHER_KEY"], &[]).counts();
    assert_eq!(
        (counts.run, counts.known_red, counts.blocked, counts.skipped, counts.refused),
        (2, 1, 1, 2, 0)
    );
}
