//! Runs that say nothing of how arms stand: broken on purpose, or told of twice; and faults of which nothing came.

#[cfg(feature = "platform")]
use crate::history::{copies, recording};
use crate::support::stub::Stub;
use crate::support::verdicts::root;
use crate::support::{Ended, Root, shakedown};
use serde_json::Value;

fn call(root: &Root, arguments: &[&str]) -> Ended {
    shakedown().args(arguments).arg("--root").arg(root.path()).output().expect("it starts").into()
}

fn document(root: &Root) -> Value {
    let ended = call(root, &["history", "staging", "--json"]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    ended.document("history")
}

#[test]
fn a_merged_run_counts_once_beside_its_shards() {
    let (stub, root) = (Stub::start(), root("required"));
    for shard in ["1/2", "2/2"] {
        let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_SHARD", shard)], &[]);
        assert!(matches!(ended.code, Some(0 | 1)), "{}", ended.said());
    }
    let of = |document: &Value, name: &str| {
        let trends = document["trends"].as_array().expect("trends");
        let trend = trends.iter().find(|trend| trend["name"] == name).expect("a trend");
        (trend["executed"].clone(), trend["lights"].as_array().map(Vec::len))
    };
    let shards = document(&root);
    assert_eq!((of(&shards, "passed"), &shards["left-out"]["shards"]), ((1.into(), Some(2)), &0.into()));
    let runs = root.path().join(".shakedown/runs").display().to_string();
    let merged = call(&root, &["merge", &runs]);
    assert_eq!(merged.code, Some(1), "{}", merged.said());
    let whole = document(&root);
    assert_eq!((of(&whole, "passed"), &whole["left-out"]["shards"]), ((1.into(), Some(1)), &2.into()));
    let text = call(&root, &["history", "staging", "--limit", "1"]);
    assert!(text.stdout.starts_with("staging on live: 1 run, "), "{}", text.said());
    assert!(text.stdout.contains(", left out: 2 shards of merged runs\n"), "{}", text.said());
}

/// A case of our own suite that is quickly run, and a fault that it notices.
#[cfg(feature = "platform")]
const CASE: [&str; 2] = ["--exact", "dispatch::codex::default"];

/// So many that the first look into the history sees no other.
#[cfg(feature = "platform")]
const MORE: usize = 30;

#[cfg(feature = "platform")]
#[test]
fn what_was_broken_on_purpose_is_no_evidence_and_is_counted() {
    let root = Root::like_ours();
    let variables = [("GITHUB_SHA", "aaaa"), ("GITHUB_REF", "refs/heads/main")];
    let run = |more: &[&str]| root.native(&variables, &[&CASE[..], more].concat()).code;
    assert_eq!(
        (run(&[]), run(&["--fault", "a2a-echo"]), run(&["--fault", "a2a-echo"])),
        (Some(0), Some(1), Some(1))
    );
    let told = document(&root);
    assert_eq!(told["runs"].as_array().map(Vec::len), Some(1), "{told}");
    assert_eq!(told["left-out"]["broken-on-purpose"], 2);
    let trend = &told["trends"][0];
    assert_eq!(
        (&trend["flaky"], &trend["executed"], &trend["first-red"]),
        (&0.into(), &1.into(), &Value::Null)
    );
    // The newest run that counts is shown, however many do not.
    let more = root.path().join("more");
    copies(&recording(&root, "\"broken on purpose: a2a-echo\""), &more, MORE);
    assert_eq!(call(&root, &["history", "--import", &more.display().to_string()]).code, Some(0));
    let left = format!("left out: {} runs broken on purpose", 2 + MORE);
    let newest = call(&root, &["history", "staging", "--limit", "1"]);
    assert!(newest.stdout.contains("1 run, "), "{}", newest.said());
    assert!(newest.stdout.contains(&format!(", {left}\n")), "{}", newest.said());
    let page = call(&root, &["history", "--format", "html"]);
    assert!(page.stdout.contains(&left), "{}", page.said());
    // A case is taken for a suite: each is named once.
    let slip = call(&root, &["history", "codex"]);
    assert_eq!(slip.code, Some(2), "{}", slip.said());
    assert!(slip.stderr.contains("no run of suite `codex`: it has staging\n"), "{}", slip.said());
}

#[cfg(feature = "platform")]
#[test]
fn a_fault_that_never_bit_proves_nothing_and_the_last_lines_say_so() {
    let root = Root::like_ours();
    let ended =
        root.native(&[], &[&CASE[..], &["--fault", "a2a-echo:nth=99", "--fault", "a2a-echo"]].concat());
    let last = "exit 5: fault a2a-echo:nth=99 never bit: nothing was broken by it\n";
    assert_eq!(ended.code, Some(5), "{}", ended.said());
    assert!(
        ended.stderr.contains("never bit       a2a-echo:nth=99: nothing was broken by it\n"),
        "{}",
        ended.said()
    );
    assert!(ended.stderr.ends_with(last), "{}", ended.said());
    for arguments in [&["report"][..], &["replay"]] {
        let again = call(&root, arguments);
        assert!(again.stdout.ends_with(last), "{}", again.said());
    }
    for format in ["junit", "markdown", "annotations", "html"] {
        let view = call(&root, &["report", "--format", format]);
        let told = view.stdout.contains("never bit") && view.stdout.contains("nothing was broken by it");
        assert!(told, "{format} {}", view.said());
    }
    let bit = root.native(&[], &[&CASE[..], &["--fault", "a2a-echo"]].concat());
    assert!(bit.code == Some(1) && !bit.stderr.contains("never bit"), "{}", bit.said());
}
