//! The version of the platform before its contract: what catches its defects, and that nothing else does.

use crate::support::Ended;
use crate::support::hosted::Hosted;
use shakedown_platform::{Options, Profile};

/// Three scenarios as against a live staging of this profile.
fn run(profile: Profile) -> Ended {
    let hosted = Hosted::start(Options { profile, ..Options::default() });
    let ended = hosted.run(&[("E2E_SCENARIO", "external,restart,busy")]);
    hosted.stop();
    ended
}

#[test]
fn the_defects_of_the_version_before_are_red_where_the_contract_is_green() {
    let contract = run(Profile::P);
    assert!(contract.said().contains("5 passed; 0 leaked"), "{}", contract.said());
    let before = run(Profile::S);
    assert!(before.said().contains("2 failed, 3 skipped; 0 leaked"), "{}", before.said());
    for (case, step) in [
        ("restart::claude-code::moonshot/kimi-k2.6", "booted twice"),
        ("busy::claude-code::moonshot/kimi-k2.6", "hibernated"),
    ] {
        let red = |line: &str| line.contains(&format!(" {case} ")) && line.contains(&format!("`{step}`"));
        assert!(before.said().lines().any(red), "{case} {step}\n{}", before.said());
    }
    assert!(before.said().contains("the target lacks capability poll_queue"), "{}", before.said());
}
