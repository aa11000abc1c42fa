//! What a target cannot do, and what it says of its red cases: on our platform, in a process of its own.

use crate::support::served::Served;
use crate::support::{Ended, Root};

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn cases_that_need_what_the_target_lacks_are_skipped_by_name_and_the_others_run() {
    let served = Served::start(&["no-poll-queue"]);
    let selected = [("E2E_SCENARIO", "external,provision"), ("E2E_RUNTIME", "external,kimi,kimi-cli,mock")];
    let ended = served.run(&["run", "staging"], &selected);
    let why = "skipped         the target lacks capability poll_queue (keeps messages for agents that ask for them)\n  external::external\n  external::kimi\n  external::kimi-cli\n";
    exit(&ended, 0, &["the target lacks capability poll_queue\n", why, "2 passed, 3 skipped; 0 leaked"]);
    served.stop();
}

/// What tells an older profile of the platform from the one of the contract, and needs no workspace to be asked.
#[test]
fn a_target_of_an_older_profile_is_spared_what_only_the_newer_one_has() {
    let served = Served::start(&["no-billing-mode"]);
    let selected = [("E2E_SCENARIO", "operations,provision"), ("E2E_MODEL", "moonshot/kimi-k2.6,canned")];
    let ended = served.run(&["run", "staging"], &selected);
    let why = "skipped         the target lacks capability billing_mode (says who pays for a model)\n  operations::claude-code::moonshot/kimi-k2.6\n";
    exit(&ended, 0, &[why, "1 skipped; 0 leaked"]);
    let ended = served.run(&["run", "staging", "operations"], &[("REQUIRE_LIVE", "1")]);
    exit(&ended, 5, &["live is required, and the target lacks capability billing_mode", "2 refused"]);
    served.stop();
}

#[test]
fn what_only_the_newer_profile_has_is_probed_on_the_older_one_and_its_defects_stay_red() {
    let served = Served::start_with(&["--profile", "s"]);
    let selected = [("E2E_SCENARIO", "operations,external"), ("E2E_RUNTIME", "external,claude-code")];
    let ended = served.run(&["run", "staging"], &selected);
    let words = ["the target lacks capability poll_queue (", "the target lacks capability billing_mode ("];
    exit(&ended, 0, &[words[0], words[1], "3 skipped; 0 leaked", "nothing was checked either"]);
    let ended = served.run(&["run", "staging", "hibernate-wake::claude-code::moonshot"], &[]);
    exit(
        &ended,
        0,
        &["failed          provision::hibernate-wake::", "step    hibernated (", "1 failed; 0 leaked"],
    );
    served.stop();
}

#[test]
fn when_live_is_required_what_the_target_lacks_is_refused() {
    let served = Served::start(&["no-provisioner"]);
    let ended = served.run(&["run", "staging", "steady::codex"], &[("REQUIRE_LIVE", "1")]);
    let why = "live is required, and the target lacks capability provisioner (boots workspaces, and boots them again)";
    exit(&ended, 5, &[why, "1 refused; 0 leaked of 1 created", "exit 5: live is required and not met"]);
    let ended = served.run(&["run", "staging", "steady::codex"], &[]);
    exit(&ended, 0, &["1 skipped", "nothing was checked either"]);
    // nextest shows a skip at run time as a pass, so a case that counts is refused there.
    served.root.write("gates.toml", "[[gate]]\narm = \"codex\"\ngate = \"required\"\n");
    let ended = served.run(&["run", "staging", "steady::codex"], &[("NEXTEST_RUN_ID", "alone")]);
    exit(&ended, 5, &["1 refused"]);
    served.stop();
}

#[test]
fn the_plan_says_which_capabilities_are_still_to_be_probed() {
    let root = Root::like_ours();
    let plan = |arguments: &[&str]| -> Ended {
        let mut command = crate::support::shakedown();
        command.args(["plan", "staging"]).args(arguments).arg("--root").arg(root.path());
        command.output().expect("it starts").into()
    };
    exit(
        &plan(&["--why", "external::kimi-cli"]),
        0,
        &[
            "needs capability poll_queue, probed at start",
            "poll_queue: a capability of the target, which `flows/has-poll-queue` asks at the start (every case of the scenario)",
        ],
    );
    let document: serde_json::Value = serde_json::from_str(&plan(&["--json"]).stdout).expect("JSON");
    let case =
        document["cases"].as_array().expect("cases").iter().find(|case| case["id"] == "external::kimi-cli");
    let case = case.expect("the case");
    assert_eq!(
        (&case["decision"], &case["reason"]),
        (&"run".into(), &"needs capability poll_queue, probed at start".into())
    );
}

#[test]
fn the_error_that_only_the_admin_may_read_reaches_the_red() {
    let served = Served::start(&["boot-fails"]);
    let budget = [("E2E_ONLINE_BUDGET", "1s")];
    let ended = served.run(&["run", "staging", "steady::codex"], &budget);
    let open = "last    body.status = \"failed\"";
    exit(
        &ended,
        0,
        &[
            "step    online (",
            open,
            ": last_error = the agent did not start\n",
            ": last_event = WORKSPACE_PROVISION_FAILED at 20",
        ],
    );
    assert!(served.root.recordings().contains(r#""scope":{"evidence":"provision::steady::codex"#));
    served.stop();
}
