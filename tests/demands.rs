//! What lanes demand of whole runs: milestones, a ceiling on skips, floors; through both fronts, and from the recording.

use crate::support::stub::Stub;
use crate::support::verdicts::SUITE;
use crate::support::{Ended, Root, shakedown};
use std::fs;

const LANES: &str = r#"
[lane.reaching]
milestones = ["provisioned", "answered"]
gate       = "advisory"
[lane.strict]
max-skipped = 0
[lane.broad]
floor = { kind = 1 }

[fixture.org]
scope = "run"
use   = "flows/org"

[resource.thing]
key     = "name"
find    = "flows/find"
release = "flows/release"
gone    = "flows/gone"
"#;

/// One of its cases needs a key, and both own something whose release names a milestone of theirs.
const SCENARIO: &str = r#"
[scenario]
name     = "demanding"
fixtures = ["org"]

[matrix]
kind = ["free", "paid"]

[[arm]]
name  = "free"
match = { kind = "free" }
[[arm]]
name     = "paid"
match    = { kind = "paid" }
requires = { secret = "TRUTH_SECRET" }

[[step]]
name     = "made"
run.http = { on = "stub", method = "POST", path = "/ok" }
owns     = { thing = "{{ case.token }}" }
expect   = ["status == 200"]
[[step]]
name      = "answered"
milestone = "answered"
run.http  = { on = "stub", path = "ANSWER" }
expect    = ["status == 200"]
"#;

fn root(answer: &str) -> Root {
    let flow = |head: &str, step: &str| format!("[flow]\n{head}\n[[step]]\nname = \"x\"\n{step}\n");
    let ok = "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]";
    let key = "inputs = [\"key\"]";
    Root::new(&[
        ("suite.toml", &format!("{SUITE}{LANES}")),
        ("demanding.toml", &SCENARIO.replace("ANSWER", answer)),
        ("flows/org.toml", &flow("", &format!("milestone = \"provisioned\"\n{ok}"))),
        (
            "flows/find.toml",
            &flow(
                &format!("{key}\noutputs = [\"found\"]"),
                &format!("{ok}\ncapture = {{ found = \"true\" }}"),
            ),
        ),
        ("flows/release.toml", &flow(key, &format!("milestone = \"answered\"\n{ok}"))),
        (
            "flows/gone.toml",
            &flow(key, "run.http = { on = \"stub\", path = \"/refused\" }\nexpect = [\"status == 422\"]"),
        ),
    ])
}

/// The same without the lane's gate, and with one case that is required and green.
fn standing(answer: &str) -> Root {
    let root = root(answer);
    root.write("suite.toml", &format!("{SUITE}{LANES}").replace("gate       = \"advisory\"\n", ""));
    let step = "[[step]]\nname = \"x\"\nrun.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]\n";
    root.write("standing.toml", &format!("[scenario]\nname = \"standing\"\n{step}"));
    root
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

/// The same run through both fronts: these variables, this exit code, these words.
fn both(root: &Root, stub: &Stub, variables: &[(&str, &str)], code: i32, words: &[&str]) {
    let mut all = vec![("TRUTH_URL", stub.url.as_str())];
    all.extend(variables);
    exit(&root.native(&all, &[]), code, words);
    exit(&root.libtest(&all, &[]), code, words);
}

const KEY: (&str, &str) = ("TRUTH_SECRET", "not-a-real-key");
const LIVE: (&str, &str) = ("REQUIRE_LIVE", "1");

#[test]
fn more_skips_than_a_lane_bears_are_5_and_so_is_a_value_that_never_ran() {
    let (stub, root) = (Stub::start(), root("/ok"));
    let strict = ("E2E_LANE", "strict");
    let skipped = [
        "demanded by lane strict: 1 of 2 cases skipped, 0 at most\n",
        "exit 5: lane strict demands more: 1 of 2 cases skipped, 0 at most\n",
    ];
    both(&root, &stub, &[strict], 5, &skipped);
    both(&root, &stub, &[strict, KEY], 0, &["2 passed", "exit 0: nothing is red\n"]);
    let broad = ("E2E_LANE", "broad");
    let words = ["exit 5: lane broad demands more: 0 cases of kind paid executed, 1 at least\n"];
    both(&root, &stub, &[broad], 5, &words);
    both(&root, &stub, &[broad, KEY], 0, &["2 passed"]);
    let red = self::root("/fails");
    both(&red, &stub, &[broad, KEY], 0, &["2 failed", "red and advisory"]);
}

#[test]
fn a_live_run_in_which_everything_is_red_and_advisory_reached_nothing() {
    let (stub, root) = (Stub::start(), standing("/fails"));
    let reaching = ("E2E_LANE", "reaching");
    // What made the fixture of the run reached its milestone; the release of a case reached none.
    let words = [
        "1 passed, 2 failed; 0 leaked of 2 created",
        "demanded by lane reaching: nobody reached milestone answered\n",
        "exit 5: lane reaching demands more: nobody reached milestone answered\n",
    ];
    both(&root, &stub, &[reaching, KEY, LIVE], 5, &words);
    let waived = "not demanded by lane reaching: provisioned, answered: live is not required\n";
    both(&root, &stub, &[reaching, KEY], 0, &[waived, "exit 0: red and advisory"]);
    both(&standing("/ok"), &stub, &[reaching, KEY, LIVE], 0, &["3 passed", "exit 0: nothing is red\n"]);
}

#[test]
fn where_live_is_required_and_nothing_else_every_red_counts() {
    let (stub, root) = (Stub::start(), root("/fails"));
    let (free, rule) = (("E2E_KIND", "free"), "nothing that is selected is required, so every red counts\n");
    both(&root, &stub, &[free], 0, &["(advisory: does not count)", "exit 0: red and advisory"]);
    let last = format!("exit 1: live is required, and {rule}");
    both(&root, &stub, &[free, LIVE], 1, &[&format!("note {rule}"), &last]);
    assert!(!root.native(&[("TRUTH_URL", &stub.url), free, LIVE], &[]).said().contains("does not count"));
    both(&self::root("/ok"), &stub, &[free, LIVE], 0, &[&format!("note {rule}"), "exit 0: nothing is red\n"]);
    // One that is required among them, and the others are what their arms say.
    let standing = standing("/fails");
    both(&standing, &stub, &[KEY, LIVE], 0, &["1 passed, 2 failed", "exit 0: red and advisory"]);
    assert!(!standing.native(&[("TRUTH_URL", &stub.url), KEY, LIVE], &[]).said().contains(rule));
}

#[test]
fn a_case_that_is_refused_counts_and_is_not_said_to_be_advisory() {
    let (stub, root) = (Stub::start(), root("/ok"));
    let ended = root.native(&[("TRUTH_URL", &stub.url), LIVE], &[]);
    exit(&ended, 5, &["1 refused", "exit 5: live is required and not met\n"]);
    assert!(!ended.said().contains("does not count"), "{}", ended.said());
}

#[test]
fn a_red_that_counts_says_more_than_the_milestone_that_it_did_not_reach() {
    let (stub, root) = (Stub::start(), root("/fails"));
    root.write("suite.toml", &format!("{SUITE}{LANES}").replace("\"advisory\"", "\"required\""));
    let words = ["nobody reached milestone answered\n", "exit 1: a required case is red\n"];
    both(&root, &stub, &[("E2E_LANE", "reaching"), KEY, LIVE], 1, &words);
}

#[test]
fn who_picks_some_cases_is_not_measured_and_is_told_so() {
    let (stub, root) = (Stub::start(), root("/ok"));
    let off = "not measured what lane strict demands of a whole run: 1 of its 2 cases is selected\n";
    both(&root, &stub, &[("E2E_LANE", "strict"), ("E2E_KIND", "paid")], 0, &[off, "1 skipped"]);
    let live = [("TRUTH_URL", stub.url.as_str()), ("E2E_LANE", "strict")];
    exit(&root.native(&live, &["paid"]), 0, &[off]);
    exit(&root.libtest(&live, &["--skip", "free"]), 0, &[off]);
    // Everything that there is, however it was asked for, is the whole.
    exit(&root.native(&live, &["--select", "kind=free,paid"]), 5, &["1 of 2 cases skipped"]);
    let nextest = [live[0], live[1], ("NEXTEST_RUN_ID", "a-run")];
    let off = "what lane strict demands of a whole run: nextest starts a process for each case\n";
    exit(&root.libtest(&nextest, &["--exact", "demanding::free"]), 0, &[off]);
}

#[test]
fn a_lane_that_a_run_has_by_default_is_measured_when_all_of_it_runs() {
    let (stub, root) = (Stub::start(), root("/ok"));
    root.write("suite.toml", &format!("{SUITE}{LANES}").replace("[suite]", "[suite]\nlane = \"strict\""));
    both(&root, &stub, &[], 5, &["1 of 2 cases skipped"]);
    let off = "not measured what lane strict demands of a whole run: 1 of its 2 cases is selected\n";
    both(&root, &stub, &[("E2E_KIND", "paid")], 0, &[off]);
}

#[test]
fn every_view_of_the_recording_says_the_same_and_a_milestone_that_was_put_in_later_is_noticed() {
    let (stub, root) = (Stub::start(), standing("/fails"));
    let live = [("TRUTH_URL", stub.url.as_str()), ("E2E_LANE", "reaching"), KEY, LIVE];
    exit(&root.native(&live, &[]), 5, &[]);
    let report = |format: &str| -> Ended {
        let mut report = shakedown();
        report.args(["report", "--exit-code", "--format", format, "--root"]).arg(root.path());
        report.output().expect("it starts").into()
    };
    let missed = "nobody reached milestone answered";
    exit(&report("text"), 5, &["exit 5: lane reaching demands more: nobody reached milestone answered\n"]);
    exit(&report("junit"), 5, &["name=\"demanded by the lane\"", missed]);
    exit(&report("markdown"), 5, &["- **demanded by lane <code>reaching</code>**", missed]);
    exit(&report("annotations"), 5, &["::error title=demanded by the lane::nobody reached"]);
    let json = report("json");
    exit(&json, 5, &[]);
    let document: serde_json::Value = serde_json::from_str(&json.stdout).expect("JSON");
    let demands = serde_json::json!({
        "lane": "reaching", "off": null, "milestones": { "provisioned": 1, "answered": 0 },
        "waived": {}, "unmet": [missed],
    });
    assert_eq!(document["demands"], demands);
    let log = fs::read_dir(root.path().join(".shakedown/runs")).expect("recordings").next().expect("one");
    let log = log.expect("an entry").path().join("events.jsonl");
    let text = fs::read_to_string(&log).expect("a log");
    let lie = text.replacen("\"milestone\":\"provisioned\"", "\"milestone\":\"answered\"", 1);
    assert_ne!(lie, text);
    fs::write(&log, &lie).expect("written");
    // What is missed instead comes to the same exit code; with another milestone in a line's place nothing is missed.
    exit(&report("text"), 5, &["nobody reached milestone provisioned"]);
    let line = text.lines().find(|line| line.contains("\"event\":\"reached\"")).expect("a milestone");
    let other = text.lines().find(|line| line.contains("\"event\":\"step-started\"")).expect("a step");
    let more = line.replace("\"provisioned\"", "\"answered\"");
    fs::write(&log, text.replacen(other, &more, 1)).expect("written");
    let said = "says that the run ended with exit 5, and the lines before it come to 0";
    exit(&report("text"), 2, &[said]);
}
