//! Every scenario can turn red: each fault row of the suites does so, in the step that it names.

use shakedown::prove::{Proof, prove};

#[test]
fn every_fault_row_of_the_staging_suite_turns_its_cases_red_in_its_step() {
    let recordings = tempfile::TempDir::new().expect("a temporary folder");
    let proofs = prove("staging", recordings.path()).expect("the suite is right");
    assert!(proofs.len() >= 2, "one row for each scenario at least, {} found", proofs.len());
    let broken: Vec<&Proof> = proofs.iter().filter(|proof| !proof.holds()).collect();
    assert!(broken.is_empty(), "{broken:#?}");
}
