//! The version of the platform before its contract: what catches its defects, and that nothing else does.

use crate::support::Ended;
use crate::support::served::suites;
use crate::support::shakedown;
use shakedown_platform::{Options, Platform, Profile};

/// Three scenarios as against a live staging of this profile.
fn run(profile: Profile) -> Ended {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let options = Options { profile, ..Options::default() };
    let platform = runtime.block_on(Platform::start(options)).expect("a platform");
    let root = suites();
    let mut run = shakedown();
    run.args(["run", "staging", "--root"]).arg(root.path()).env("E2E_SCENARIO", "external,restart,busy");
    run.env("MOLECULE_CP_URL", platform.url()).env("MOLECULE_ADMIN_TOKEN", platform.admin_token());
    let ended = run.env("MOLECULE_TENANT_DOMAIN", "127.0.0.1").output().expect("it starts").into();
    runtime.block_on(platform.stop());
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
