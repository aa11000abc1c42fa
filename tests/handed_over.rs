//! What a workflow hands over is what its lane may use: a secret that a scenario asks for and no workflow has would be a
//! case that is skipped, or a nightly run that is refused, for ever.

use crate::support::workflow::all;
use shakedown::harness::load;
use shakedown::harness::model::gate::{Availability, LiveRequirement};
use shakedown::harness::model::name::{EnvironmentName, LaneName};
use shakedown::harness::model::plan::{Circumstances, Plan};
use shakedown::harness::model::selection::Selection;
use shakedown::harness::model::suite::Suite;
use shakedown::harness::model::validate::compile;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

fn suite() -> Arc<Suite> {
    let text = load::suite(Path::new(env!("CARGO_MANIFEST_DIR")), "staging").expect("it is there");
    Arc::new(compile(&text).unwrap_or_else(|findings| panic!("{findings:?}")))
}

/// The decisions of a lane on the live environment, when these secrets are there.
fn decided(suite: &Arc<Suite>, lane: &str, is_there: impl Fn(&str) -> bool) -> Vec<String> {
    let secrets = suite.secrets.iter().filter(|secret| is_there(secret.as_str())).cloned().collect();
    let circumstances = Circumstances {
        environment: EnvironmentName::new("live"),
        lane: Some(LaneName::new(lane)),
        variables: BTreeMap::new(),
        available: Availability {
            secrets,
            tools: BTreeSet::new(),
            lacks_live: Vec::new(),
            live: LiveRequirement::Optional,
            today: "2026-11-21".parse().expect("a date"),
        },
    };
    let plan = Plan::new(Arc::clone(suite), &Selection::default(), &circumstances).expect("a plan");
    plan.cases.iter().map(|planned| format!("{}: {:?}", planned.case.id, planned.decision)).collect()
}

#[test]
fn every_secret_that_a_lane_can_use_is_handed_over_by_its_workflow() {
    let suite = suite();
    let mut lanes = 0;
    for (file, workflow, _) in [".github", ".gitea"].into_iter().flat_map(all) {
        for (name, job) in workflow.jobs {
            let Some((lane, _)) = job.lane() else { continue };
            let all = decided(&suite, lane, |_| true);
            let these = decided(&suite, lane, |secret| {
                job.env.get(secret).is_some_and(|value| value == &format!("${{{{ secrets.{secret} }}}}"))
            });
            let poorer: Vec<&String> = these.iter().filter(|decided| !all.contains(decided)).collect();
            assert!(poorer.is_empty(), "{file} {name}: a secret is missing from its `env`: {poorer:#?}");
            assert!(!all.is_empty(), "{file} {name}");
            lanes += 1;
        }
    }
    assert_eq!(lanes, 2 * suite.lanes.len());
}
