//! The false greens of the scripts that this suite replaces, one row each: what the script did, done here, is red or
//! refused, with the exit code that says so. Rows about the platform's answers are fault rows, which tests/prove.rs runs.

mod rows;

use crate::support::Ended;
use crate::support::stub::Stub;
use harness_runner::load;
use harness_runner::model::suite::Suite;
use harness_runner::model::validate::compile;
use rows::Proof::{Broken, Faults, Holds, Run, Step};
use rows::{ROWS, SCRIPTS, broken, lie};
use std::collections::BTreeSet;
use std::path::Path;
use std::thread;

fn staging() -> Suite {
    let text = load::suite(Path::new(env!("CARGO_MANIFEST_DIR")), "staging").expect("the suite");
    compile(&text).expect("the suite is right")
}

#[test]
fn no_false_green_of_the_scripts_can_return() {
    let (stub, suite) = (Stub::start(), staging());
    let mut wrong = Vec::new();
    for (script, proof) in &ROWS {
        match proof {
            Step(step, code, words) => {
                let ended = lie(step).native(&[("TRUTH_URL", &stub.url)], &[]);
                wrong.extend(differs(script, &ended, *code, words));
            }
            Run(run, code, words) => wrong.extend(differs(script, &run(&stub), *code, words)),
            Holds(holds) => wrong.extend((!holds(&suite)).then(|| format!("{script}: it does not hold"))),
            Faults(rows) => wrong.extend(rows.iter().filter_map(|(fault, scenario, step)| {
                let proves = suite.faults.iter().any(|row| {
                    let is_red_there = row.step().is_some_and(|red| red.as_str() == *step);
                    (row.fault().as_str(), row.scenario.as_str()) == (*fault, *scenario) && is_red_there
                });
                (!proves)
                    .then(|| format!("{script}: faults.toml has no row {fault} for `{step}` of {scenario}"))
            })),
            Broken(..) => {}
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

/// These wait for deadlines that a broken platform lets run out, so they wait together.
#[test]
fn no_false_green_returns_on_a_platform_that_is_broken_on_purpose() {
    let wrong: Vec<String> = thread::scope(|scope| {
        let rows = ROWS.iter().filter_map(|(script, proof)| match proof {
            Broken(fault, variables, code, words) => {
                Some(scope.spawn(move || differs(script, &broken(fault, variables), *code, words)))
            }
            Step(..) | Run(..) | Faults(_) | Holds(_) => None,
        });
        let rows: Vec<_> = rows.collect();
        rows.into_iter().filter_map(|row| row.join().expect("it ends")).collect()
    });
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
}

#[test]
fn every_script_that_lied_has_a_row_of_its_own() {
    let scripts: BTreeSet<&str> = ROWS.iter().filter_map(|(row, _)| Some(row.split_once(": ")?.0)).collect();
    assert_eq!(scripts, BTreeSet::from(SCRIPTS));
}

fn differs(script: &str, ended: &Ended, code: i32, words: &[&str]) -> Option<String> {
    let said = ended.said();
    let missing: Vec<&&str> = words.iter().filter(|words| !said.contains(**words)).collect();
    let is_right = ended.code == Some(code) && missing.is_empty();
    (!is_right).then(|| format!("{script}: {code} expected, without {missing:?}\n{said}"))
}
