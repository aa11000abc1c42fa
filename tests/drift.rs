//! What the suites say of the system under test, against the system itself.

use harness_runner::load;
use harness_runner::model::validate::compile;
use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_staging_suite_lists_what_the_embedded_platform_supports() {
    let text = load::suite(Path::new(env!("CARGO_MANIFEST_DIR")), "staging").expect("the suite");
    let suite = compile(&text).expect("the suite is right");
    let listed: Vec<&str> =
        suite.supported["runtime"].values.iter().map(|value| value.value.as_str()).collect();
    let offered: BTreeSet<&str> =
        shakedown_platform::runtimes().chain(shakedown_platform::templates()).collect();
    assert_eq!(listed.iter().copied().collect::<BTreeSet<_>>(), offered);
    assert_eq!(listed.len(), offered.len(), "a value is listed twice");
}
