//! Deadlines nest to the end: what kills a run from outside leaves it the time that its own deadlines and its release
//! need. The suite's own deadlines are checked when it is compiled.

use crate::support::workflow;
use shakedown::harness::load;
use shakedown::harness::model::suite::Suite;
use shakedown::harness::model::validate::compile;
use std::fs;
use std::path::Path;
use std::time::Duration;

const HERE: &str = env!("CARGO_MANIFEST_DIR");
/// What releasing everything may take, as `harness/engine/src/ownership.rs` has it.
const RELEASE: Duration = Duration::from_secs(10 * 60);
/// What a bare runner may take to check out, to get Rust and to build.
const BUILD: Duration = Duration::from_secs(10 * 60);

fn suite() -> Suite {
    let text = load::suite(Path::new(HERE), "staging").expect("it is there");
    compile(&text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

#[test]
fn a_job_outlives_the_lane_that_it_runs_its_release_a_sweep_and_the_build() {
    let suite = suite();
    for dialect in [".github", ".gitea"] {
        let mut lanes = Vec::new();
        for (file, workflow, _) in workflow::all(dialect) {
            for (name, job) in workflow.jobs {
                let Some((lane, _)) = job.lane() else { continue };
                let run = suite.lanes[lane].timeout.unwrap_or(suite.timeout);
                let limit = Duration::from_secs(60 * job.timeout_minutes);
                // What is killed releases nothing, and the sweep after it wants as long again.
                let needed = BUILD + run + RELEASE + RELEASE;
                assert!(limit >= needed, "{file} {name}: {limit:?}, and lane {lane} may need {needed:?}");
                lanes.push(lane.to_owned());
            }
        }
        lanes.sort();
        assert_eq!(lanes, ["canary", "external", "full", "sanity"], "{dialect}");
    }
}

#[test]
fn nextest_outlives_a_case_and_its_release() {
    let text = fs::read_to_string(Path::new(HERE).join(".config/nextest.toml")).expect("a file");
    let staging = text.split("[[profile.default.overrides]]").nth(1).expect("an override");
    let value = |key: &str| {
        let (_, rest) = staging.split_once(&format!("{key} = ")).expect("it is said");
        rest.trim_start_matches('"').split(['"', ',', ' ']).next().expect("a value").to_owned()
    };
    let period = shakedown::harness::model::units::duration(&value("period")).expect("a duration");
    let grace = shakedown::harness::model::units::duration(&value("grace-period")).expect("a duration");
    let periods: u32 = value("terminate-after").parse().expect("a number");
    let longest = suite().scenarios.iter().map(|scenario| scenario.timeout).max().expect("scenarios");
    assert!(period * periods > longest, "{:?} for a case of {longest:?}", period * periods);
    // A workspace is deleted and shown gone within two exchanges and two minutes.
    assert!(grace >= Duration::from_secs(180), "{grace:?}");
}
