//! Leak evidence below the platform: what the control plane has forgotten and the cloud has not is a leak.

use crate::support::cloud::Cloud;
use crate::support::served::Served;
use crate::support::{Ended, Root};

/// A served platform whose orgs end for the control plane alone, or a healthy one.
const LIE: &[&str] = &["instance-outlives-org"];

fn served(faults: &[&str]) -> (Served, Cloud) {
    let served = Served::start(faults);
    let suite = served.suite().replace("poll-within = \"5s\"", "poll-within = \"2s\"");
    served.root.write("suite.toml", &suite);
    let cloud = Cloud::of(&served);
    (served, cloud)
}

fn run(served: &Served, cloud: &Cloud, arguments: &[&str], more: &[(&str, &str)]) -> Ended {
    let mut command = served.command(arguments);
    command.envs(cloud.variables(more)).output().expect("it starts").into()
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

const MOCK: &[&str] = &["run", "staging", "provision::steady::mock"];

#[test]
fn a_machine_that_outlives_its_org_is_a_leak_that_only_the_cloud_shows() {
    let (served, cloud) = served(LIE);
    // The control plane's own evidence is clean: without the question the same run is green.
    let off = run(&served, &cloud, MOCK, &[("E2E_AWS_LEAK_CHECK", "off")]);
    exit(&off, 0, &["0 leaked of 2 created"]);
    assert_eq!(cloud.asked(), "", "off is off");
    assert!(!off.said().contains("nobody asks"), "{}", off.said());
    for check in ["auto", "required"] {
        let ended = run(&served, &cloud, MOCK, &[("E2E_AWS_LEAK_CHECK", check)]);
        let found = [
            "1 leaked of 2 created",
            "LEAKED org e2e-",
            "the target shows it gone, and below it",
            "json.instances = [\"i-",
            " running\"]",
        ];
        exit(&ended, 4, &found);
        assert!(!served.root.recordings().contains("the-secret-of-tests"));
    }
    assert!(cloud.asked().contains("eu-central-9 ec2 describe-instances"), "{}", cloud.asked());
    assert!(!cloud.asked().contains("terminate"), "nobody asked for that\n{}", cloud.asked());
}

#[test]
fn an_org_whose_machine_is_gone_is_gone() {
    let (served, cloud) = served(&[]);
    let ended = run(&served, &cloud, MOCK, &[("E2E_AWS_LEAK_CHECK", "required")]);
    exit(&ended, 0, &["0 leaked of 2 created"]);
    assert!(cloud.asked().contains("describe-instances"), "it was asked: {}", cloud.asked());
}

#[test]
fn a_cloud_that_cannot_be_asked_has_not_said_that_nothing_is_left() {
    let (served, cloud) = served(&[]);
    let wrong = [("AWS_ACCESS_KEY_ID", "another-key"), ("AWS_SECRET_ACCESS_KEY", "what-nobody-sees")];
    let ended = run(&served, &cloud, MOCK, &wrong);
    exit(&ended, 4, &["LEAKED org", "exit = 255", "AuthFailure"]);
    assert!(!ended.said().contains("what-nobody-sees"), "{}", ended.said());
    assert!(!served.root.recordings().contains("what-nobody-sees"));
}

#[test]
fn what_is_ended_on_demand_is_a_leak_all_the_same_and_a_sweep_asks_the_same_question() {
    let (served, cloud) = served(LIE);
    exit(&run(&served, &cloud, MOCK, &[]), 4, &["1 leaked of 2 created"]);
    exit(
        &run(&served, &cloud, &["sweep"], &[]),
        4,
        &["LEFT   org", "json.instances = [\"i-", "0 shown gone, 1 left"],
    );
    let ended = run(&served, &cloud, &["sweep"], &[("E2E_AWS_TERMINATE_LEAKS", "yes")]);
    exit(&ended, 4, &["LEFT   org", "removed [\"i-", "a leak all the same"]);
    exit(&run(&served, &cloud, &["sweep"], &[]), 0, &["gone   org", "1 shown gone, 0 left"]);
    let ended = run(&served, &cloud, MOCK, &[("E2E_AWS_TERMINATE_LEAKS", "1")]);
    exit(&ended, 4, &["1 leaked of 2 created", "removed [\"i-", "a leak all the same"]);
    exit(&run(&served, &cloud, MOCK, &[("E2E_AWS_TERMINATE_LEAKS", "0")]), 4, &["1 leaked of 2 created"]);
    let left = cloud.instances(&["list", "e2e-"]);
    assert_eq!(left.stdout.matches("i-").count(), 1, "the first two were ended\n{}", left.said());
}

#[test]
fn a_sanity_run_that_leaves_a_machine_behind_is_an_alarm() {
    let (served, cloud) = served(LIE);
    let ended = run(&served, &cloud, &["run", "staging", "--lane", "sanity"], &[]);
    let alarm = "ALARM: lane sanity expects exit 1: what was broken on purpose was not cleaned up after";
    exit(&ended, 4, &["1 leaked of 1 created", "json.instances = [\"i-", alarm]);
}

#[test]
fn where_nobody_can_ask_that_is_said_loudly_or_refused() {
    let (served, cloud) = served(LIE);
    let note = "note nobody asks below the target whether `org` is really gone: missing AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY (E2E_AWS_LEAK_CHECK is auto)";
    let no_keys = [("AWS_ACCESS_KEY_ID", ""), ("AWS_SECRET_ACCESS_KEY", "")];
    let ended = run(&served, &cloud, MOCK, &no_keys);
    exit(&ended, 0, &["0 leaked of 2 created"]);
    assert_eq!(ended.stderr.lines().nth(1), Some(note), "{}", ended.said());
    assert!(served.root.log().contains("nobody asks below the target"), "the recording knows");
    let before = served.root.log();
    let refused =
        "E2E_AWS_LEAK_CHECK=required, and nobody could ask below the target whether `org` is gone: missing";
    let refused = refused.trim_end_matches(" missing");
    let required = [no_keys[0], no_keys[1], ("E2E_AWS_LEAK_CHECK", "required")];
    exit(&run(&served, &cloud, MOCK, &required), 2, &[refused, "AWS_ACCESS_KEY_ID"]);
    // A machine without the tool, whatever this one has.
    let nowhere = [("PATH", "/nowhere"), ("E2E_AWS_LEAK_CHECK", "required")];
    exit(&run(&served, &cloud, MOCK, &nowhere), 2, &[refused, "tool aws"]);
    assert_eq!(served.root.log(), before, "nothing was started");
    assert_eq!(cloud.asked(), "");
}

#[test]
fn words_that_cannot_be_meant_and_a_platform_without_a_cloud_are_refused() {
    let root = Root::like_ours();
    for (name, value, words) in [
        ("E2E_AWS_LEAK_CHECK", "maybe", "E2E_AWS_LEAK_CHECK=maybe is none of auto, required, off"),
        ("E2E_AWS_TERMINATE_LEAKS", "perhaps", "E2E_AWS_TERMINATE_LEAKS=perhaps is neither yes nor no"),
        ("E2E_AWS_LEAK_CHECK", "required", "a cloud: the embedded environment ends with the run"),
    ] {
        exit(&root.native(&[(name, value)], &["steady::mock"]), 2, &[words]);
    }
    let auto = root.native(&[("E2E_AWS_LEAK_CHECK", "auto")], &["provision::steady::mock"]);
    exit(&auto, 0, &["0 leaked of 2 created"]);
    assert!(!auto.said().contains("nobody asks"), "nothing outlives it: {}", auto.said());
}

#[test]
fn a_name_that_stands_for_other_peoples_machines_is_no_question() {
    let (_served, cloud) = served(&[]);
    for name in ["e2e-*", "e2e-a,e2e-b", "--profile", "", "e2e-a b", "e2e-a\nx", "E2E-A", "$(id)"] {
        for verb in ["list", "terminate"] {
            let ended = cloud.instances(&[verb, name]);
            assert_eq!(
                (ended.code, ended.stdout.as_str()),
                (Some(64), ""),
                "{verb} {name:?} {}",
                ended.said()
            );
        }
    }
    assert_eq!(cloud.instances(&["terminate", "acme-production"]).code, Some(64), "it is none of ours");
    assert_eq!(cloud.instances(&["reboot", "e2e-a"]).code, Some(64));
    assert_eq!(cloud.instances(&["list", "e2e-a", "--all"]).code, Some(64));
    assert_eq!(cloud.asked(), "", "nobody was asked");
    assert_eq!(cloud.instances(&["list", "acme-production"]).stdout, "{\"instances\": []}\n");
}
