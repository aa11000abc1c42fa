//! Which model, which provider and which key: the suite's choices, row by row, through its own plan and on the wire.

use crate::support::served::Served;
use serde::Deserialize;
use shakedown::harness::load;
use shakedown::harness::model::gate::{Availability, Decision, LiveRequirement};
use shakedown::harness::model::name::{EnvironmentName, SecretName};
use shakedown::harness::model::plan::{Circumstances, Plan};
use shakedown::harness::model::selection::Selection;
use shakedown::harness::model::suite::Suite;
use shakedown::harness::model::validate::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

const ROWS: &str = include_str!("dispatch.toml");

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Table {
    case: Vec<Row>,
    several: Vec<Row>,
}

/// What is set, and what comes of it.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    runtime: String,
    #[serde(default)]
    variables: BTreeMap<String, String>,
    keys: Vec<String>,
    gives: Option<Gives>,
    skipped: Option<String>,
}

#[derive(Debug, Deserialize, PartialEq, Eq)]
#[serde(deny_unknown_fields)]
struct Gives {
    model_id: String,
    provider: String,
    sends: Vec<String>,
}

fn suite() -> Arc<Suite> {
    let text = load::suite(Path::new(env!("CARGO_MANIFEST_DIR")), "staging").expect("it is there");
    Arc::new(compile(&text).unwrap_or_else(|findings| panic!("{findings:?}")))
}

/// What the plan makes of a row on the live environment: what is sent, or why nothing is.
fn planned(suite: &Arc<Suite>, row: &Row) -> Result<Gives, String> {
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: None,
        variables: row.variables.clone(),
        available: Availability {
            secrets: row.keys.iter().map(|key| SecretName::new(format!("E2E_{key}"))).collect(),
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().expect("a date"),
        },
    };
    let plan = Plan::new(Arc::clone(suite), &Selection::default(), &circumstances).expect("a plan");
    let id = format!("dispatch::{}::default", row.runtime);
    let planned = plan.cases.iter().find(|planned| planned.case.id.as_str() == id).expect("its case");
    match &planned.decision {
        Decision::Run => {
            let bound = |name: &str| planned.case.bindings.get(name).expect("it is bound").to_string();
            let mut sends: Vec<String> =
                plan.chosen(planned).into_iter().flat_map(|chosen| chosen.sealed).collect();
            sends.sort();
            Ok(Gives { model_id: bound("model_id"), provider: bound("provider"), sends })
        }
        Decision::Skip { missing } => Err(format!("missing {}", missing.join(", "))),
        decision @ (Decision::Block { .. } | Decision::Refuse { .. }) => panic!("{id}: {decision:?}"),
    }
}

fn check(rows: Vec<Row>) {
    let suite = suite();
    for row in rows {
        let what = format!("{} {:?} {:?}", row.runtime, row.variables, row.keys);
        let expected = row.gives.ok_or(row.skipped.clone().unwrap_or_default());
        let row = Row { gives: None, ..row };
        assert_eq!(planned(&suite, &row), expected, "{what}");
    }
}

#[test]
fn the_21_cases_of_the_older_script_get_their_model_their_provider_and_their_key() {
    let table: Table = toml::from_str(ROWS).expect("it is a table");
    assert_eq!(table.case.len(), 21);
    check(table.case);
}

#[test]
fn which_key_is_sent_does_not_depend_on_what_other_keys_are_there() {
    let table: Table = toml::from_str(ROWS).expect("it is a table");
    assert!(table.several.iter().all(|row| row.keys.len() > 1));
    check(table.several);
}

#[test]
fn what_was_chosen_is_what_the_platform_gets_by_name_and_in_the_recording_with_its_reason() {
    let mut served = Served::start(&[]);
    served.variables.retain(|(name, _)| name != "E2E_MINIMAX_API_KEY");
    let ended = served.run(&["run", "staging", "dispatch", "--select", "model=default"], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    for words in [
        "dispatch::openclaw::default  missing E2E_MINIMAX_API_KEY or E2E_KIMI_API_KEY",
        "staging on live: 4 passed, 1 known red, 1 skipped",
    ] {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
    let recording = served.root.recordings();
    for words in [
        r#""choice":"model","alternative":"claude-code/anthropic","because":"E2E_ANTHROPIC_API_KEY is there, second of 3, without E2E_MINIMAX_API_KEY""#,
        r#""sealed":["ANTHROPIC_API_KEY"]"#,
        "ANTHROPIC_API_KEY",
        "HERMES_CUSTOM_BASE_URL",
        "openai:gpt-4o",
    ] {
        assert!(recording.contains(words), "{words}\n{recording}");
    }
    assert!(!recording.contains("not-a-real-key"));
    served.stop();
}
