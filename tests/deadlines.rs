//! Deadlines nest to the end: what kills a run from outside leaves it the time that its own deadlines and its release
//! need. The suite's own deadlines are checked when it is compiled.

use shakedown::harness::load;
use shakedown::harness::model::suite::Suite;
use shakedown::harness::model::validate::compile;
use std::fs;
use std::path::Path;
use std::time::Duration;

const HERE: &str = env!("CARGO_MANIFEST_DIR");
/// What releasing everything may take, as `harness/engine/src/ownership.rs` has it.
const RELEASE: Duration = Duration::from_secs(10 * 60);

fn suite() -> Suite {
    let text = load::suite(Path::new(HERE), "staging").expect("it is there");
    compile(&text).unwrap_or_else(|findings| panic!("{findings:?}"))
}

/// The jobs of a workflow: name, time limit, and everything that they say.
fn jobs(workflow: &str) -> Vec<(String, Duration, String)> {
    let (_, jobs) = workflow.split_once("\njobs:\n").expect("a workflow has jobs");
    let mut found: Vec<(String, Duration, String)> = Vec::new();
    for line in jobs.lines() {
        let text = line.trim_start();
        match (line.len() - text.len(), text.split_once(':')) {
            (2, Some((name, ""))) => found.push((name.to_owned(), Duration::MAX, String::new())),
            (4, Some(("timeout-minutes", minutes))) => {
                let minutes: u64 = minutes.trim().parse().expect("a number of minutes");
                found.last_mut().expect("a job").1 = Duration::from_secs(60 * minutes);
            }
            _ => found.iter_mut().last().into_iter().for_each(|job| job.2.push_str(text)),
        }
    }
    found
}

#[test]
fn a_job_outlives_the_suite_that_it_runs_and_its_release() {
    let suite = suite();
    let mut checked = Vec::new();
    for entry in fs::read_dir(Path::new(HERE).join("ci")).expect("a folder").flatten() {
        if entry.path().extension().is_none_or(|extension| extension != "yml") {
            continue;
        }
        for (name, limit, said) in jobs(&fs::read_to_string(entry.path()).expect("a workflow")) {
            assert_ne!(limit, Duration::MAX, "job `{name}` has no timeout-minutes");
            if said.contains("--test staging") {
                assert!(limit > suite.timeout + RELEASE, "job `{name}`: {limit:?}, run {:?}", suite.timeout);
                checked.push(name);
            }
        }
    }
    assert_eq!(checked, ["staging"]);
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
