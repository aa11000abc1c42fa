//! A target that says 429: a run waits as long as it says, and nothing is red for it.

use crate::support::hosted::Hosted;
use shakedown_platform::{Options, RateLimit};
use std::time::Duration;

#[test]
fn a_run_under_a_rate_limit_waits_as_long_as_it_is_told_and_is_green() {
    // So few in so long that a machine under load meets the limit as well.
    let window = Duration::from_secs(3);
    let rate_limit = Some(RateLimit { requests: 6, window });
    let hosted = Hosted::start(Options { rate_limit, ..Options::default() });
    let ended = hosted.run(&[("E2E_ARM", "mock"), ("E2E_LIFECYCLE", "steady")]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(ended.stderr.contains("1 passed; 0 leaked of 2 created"), "{}", ended.said());
    let refused = hosted.root.recordings().matches("\"status\":429").count();
    assert!(refused > 0, "nothing was refused, so nothing was shown");
    hosted.stop();
}
