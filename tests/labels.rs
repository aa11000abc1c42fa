//! Sweeping by label: what is touched, what is not, and when nothing is.

use crate::support::stub::Stub;
use crate::support::{Ended, Root, shakedown};

const SUITE: &str = r#"
[suite]
name = "staging"
[environment.embedded]
provides = "secrets"
[environment.live]
when = "LABELS_URL"
[service.stub]
base = "{{ env.LABELS_URL }}"
[resource.thing]
key     = "name"
find    = "flows/find"
release = "flows/release"
gone    = "flows/gone"
sweep   = "flows/list"
"#;

const SCENARIO: &str = r#"
[scenario]
name = "one"
[[step]]
name     = "create"
run.http = { on = "stub", method = "POST", path = "/things" }
owns     = { thing = "e2e-own" }
expect   = ["status == 200"]
"#;

/// A target that has these things, and a root whose suite knows how to list them.
struct Target {
    root: Root,
    stub: Stub,
}

impl Target {
    fn with(keys: &str, created: &str) -> Self {
        let root = Root::new(&[("suite.toml", SUITE), ("one.toml", SCENARIO)]);
        let flow = |inputs: &str, outputs: &str, step: &str| {
            format!(
                "[flow]\ninputs = [{inputs}]\noutputs = [{outputs}]\n[[step]]\nname = \"x\"\nexpect = [\"status == 200\"]\n{step}\n"
            )
        };
        let list = format!(
            "run.http = {{ on = \"stub\", path = \"/list\" }}\ncapture = {{ keys = \"{keys}\", created = \"{created}\" }}"
        );
        let of_key = |method: &str, rest: &str| {
            format!(
                "run.http = {{ on = \"stub\", method = \"{method}\", path = \"/things/{{{{ key }}}}\" }}\n{rest}"
            )
        };
        root.write("flows/list.toml", &flow("", "\"keys\", \"created\"", &list));
        root.write(
            "flows/find.toml",
            &flow("\"key\"", "\"found\"", &of_key("GET", "capture = { found = \"status == 200\" }")),
        );
        root.write("flows/release.toml", &flow("\"key\"", "", &of_key("DELETE", "")));
        root.write("flows/gone.toml", &flow("\"key\"", "", &of_key("GET", "")));
        Self { root, stub: Stub::start() }
    }

    fn sweep(&self, arguments: &[&str]) -> Ended {
        let mut sweep = shakedown();
        sweep.args(["sweep", "staging"]).args(arguments).arg("--root").arg(self.root.path());
        sweep.env("LABELS_URL", &self.stub.url).output().expect("it starts").into()
    }

    fn deleted(&self) -> Vec<String> {
        self.stub.seen().into_iter().filter(|request| request.starts_with("DELETE")).collect()
    }
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

#[test]
fn only_what_is_old_is_swept_and_what_has_no_time_of_creation_is_listed() {
    let target = Target::with(
        "['e2e-old', 'e2e-new', 'e2e-undated', 'e2e-nonsense', 'e2e-none']",
        "['2020-01-01T00:00:00Z', '2190-01-01T00:00:00+01:00', '', 'yesterday', none]",
    );
    let words = [
        "without a time of creation, not touched: thing e2e-undated\n",
        "without a time of creation, not touched: thing e2e-nonsense\n",
        "without a time of creation, not touched: thing e2e-none\n",
        "1 younger than 2h, not touched",
    ];
    let dry = target.sweep(&["--older-than", "120m", "--dry-run"]);
    exit(&dry, 0, &words);
    exit(&dry, 0, &["would release thing e2e-old, created 2020-01-01T00:00:00Z\n"]);
    assert_eq!(target.deleted(), Vec::<String>::new());
    let swept = target.sweep(&["--older-than", "120m"]);
    exit(&swept, 0, &words);
    exit(&swept, 0, &["gone   thing e2e-old\n", "1 shown gone, 0 left"]);
    assert_eq!(target.deleted(), ["DELETE /things/e2e-old"]);
}

#[test]
fn more_than_the_cap_is_a_mistake_and_nothing_is_touched() {
    let three = "['2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z', '2020-01-01T00:00:00Z']";
    let capped = Target::with("['a1', 'a2', 'a3']", three);
    let refused = capped.sweep(&["--older-than", "1h", "--cap", "2"]);
    exit(&refused, 2, &["3 would be swept, 2 at most: nothing was touched (--cap)"]);
    assert_eq!(capped.deleted(), Vec::<String>::new());
    exit(&capped.sweep(&["--older-than", "1h", "--cap", "3"]), 0, &["3 shown gone, 0 left"]);
}

#[test]
fn a_list_whose_keys_and_times_do_not_match_is_not_guessed_at() {
    let target = Target::with("['a1', 'a2']", "['2020-01-01T00:00:00Z']");
    exit(&target.sweep(&["--older-than", "1h"]), 3, &["`flows/list` gives 2 keys and 1 times"]);
    assert_eq!(target.deleted(), Vec::<String>::new());
}

#[test]
fn what_an_interrupted_sweep_took_over_is_finished_by_the_next_one() {
    let target = Target::with("['e2e-old']", "['2020-01-01T00:00:00Z']");
    target.root.write("flows/gone.toml", "[flow]\ninputs = [\"key\"]\n[[step]]\nname = \"still there\"\nrun.http = { on = \"stub\", path = \"/things/{{ key }}\" }\nexpect = [\"status == 404\"]\n");
    exit(&target.sweep(&["--older-than", "1h"]), 4, &["LEFT   thing e2e-old: in step `still there`"]);
    let gone = "[flow]\ninputs = [\"key\"]\n[[step]]\nname = \"gone\"\nrun.http = { on = \"stub\", path = \"/things/{{ key }}\" }\nexpect = [\"status == 200\"]\n";
    target.root.write("flows/gone.toml", gone);
    exit(&target.sweep(&[]), 0, &["gone   thing e2e-old\n", "1 shown gone, 0 left"]);
}

#[test]
fn a_suite_that_does_not_know_our_label_says_what_it_lacks() {
    let target = Target::with("[]", "[]");
    let without = SUITE.replace("sweep   = \"flows/list\"\n", "");
    target.root.write("suite.toml", &without);
    std::fs::remove_file(target.root.path().join("scenarios/staging/flows/list.toml")).expect("a file");
    exit(&target.sweep(&["--older-than", "1h"]), 2, &["give a [resource.X] a `sweep` flow"]);
    let mut embedded = shakedown();
    embedded.args(["sweep", "staging", "--older-than", "1h", "--root"]).arg(env!("CARGO_MANIFEST_DIR"));
    exit(
        &embedded.output().expect("it starts").into(),
        2,
        &["nothing of the embedded environment", "outlives its run"],
    );
}
