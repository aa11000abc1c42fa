//! A run that is stopped in its middle, with an org and workspaces on a platform that goes on without it.

use crate::support::gatekeeper::{Gatekeeper, Hold};
use crate::support::served::Served;
use crate::support::{Ended, signal};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

/// Starts a run whose case waits for a workspace that never comes up, and gives it back once it has one.
fn in_the_middle(served: &Served) -> Child {
    let mut run = served.command(&["run", "staging", "steady::codex"]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    wait_for(&mut child, served, "\"step\":\"create\"");
    child
}

/// Waits until the recording of a run says something; a run that ended without it never will.
fn wait_for(child: &mut Child, served: &Served, words: &str) {
    while !recorded(served.root.path()).contains(words) {
        assert!(matches!(child.try_wait(), Ok(None)), "{words}: {}", recorded(served.root.path()));
        std::thread::yield_now();
    }
}

fn recorded(root: &Path) -> String {
    let runs = std::fs::read_dir(root.join(".shakedown/runs")).into_iter().flatten().flatten();
    runs.map(|run| std::fs::read_to_string(run.path().join("events.jsonl")).unwrap_or_default()).collect()
}

fn ended(child: Child) -> Ended {
    child.wait_with_output().expect("it ends").into()
}

#[test]
fn what_a_stopped_run_has_created_is_released_before_it_ends() {
    for name in ["INT", "TERM", "HUP"] {
        let served = Served::start(&["stuck-provisioning"]);
        let child = in_the_middle(&served);
        signal(&child, name);
        let ended = ended(child);
        assert_eq!(ended.code, Some(130), "{name} {}", ended.said());
        assert!(ended.stderr.contains("1 cancelled; 0 leaked of 2 created"), "{name} {}", ended.said());
        served.stop();
    }
}

/// A case whose first attempt fails at once, and whose second waits for what never comes.
const TRIED: &str = r#"
[scenario]
name     = "tried"
fixtures = ["org"]

[matrix]
[[matrix.agent]]
runtime = "mock"
model   = "canned"

[[arm]]
name  = "tried"
match = { runtime = "mock" }
pass  = { of = 5, at-least = 2 }

[[step]]
name     = "not the first"
run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces" }
expect   = ["status == 200 and case.attempt > 1"]

[[step]]
use = "flows/workspace"

[[step]]
name     = "never"
run.http = { on = "tenant", as = "tenant_admin", path = "/workspaces/{{ workspace_id }}" }
[step.poll]
until  = "body.status == 'removed'"
within = "5m"
"#;

#[test]
fn a_signal_in_the_middle_of_attempts_ends_the_case_with_the_attempt_that_it_meets() {
    let served = Served::start(&[]);
    served.root.unproved();
    // Five attempts of the longest case take longer than a run otherwise may.
    let suite = served.suite().replace("timeout      = \"2h\"", "timeout      = \"12h\"");
    served.root.write("suite.toml", &suite);
    served.root.write("tried.toml", TRIED);
    let mut run = served.command(&["run", "staging", "tried"]);
    let mut child = run.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("it starts");
    wait_for(&mut child, &served, "\"step\":\"never\"");
    signal(&child, "INT");
    let ended = ended(child);
    assert_eq!(ended.code, Some(130), "{}", ended.said());
    assert!(ended.stderr.contains("1 cancelled; 0 leaked of 2 created"), "{}", ended.said());
    let log = recorded(served.root.path());
    let attempts: Vec<&str> = log.lines().filter(|line| line.contains("\"event\":\"attempted\"")).collect();
    assert_eq!(attempts.len(), 2, "{log}");
    let (failed, cancelled) = ("\"verdict\":\"failed\"", "\"verdict\":\"cancelled\"");
    assert!(attempts[0].contains(failed) && attempts[1].contains(cancelled), "{attempts:#?}");
    served.stop();
}

#[test]
fn a_closed_terminal_takes_the_words_with_it_and_nothing_else() {
    let served = Served::start(&["stuck-provisioning"]);
    let mut child = in_the_middle(&served);
    drop(child.stderr.take());
    signal(&child, "HUP");
    assert_eq!(child.wait().expect("it ends").code(), Some(130));
    let log = recorded(served.root.path());
    assert_eq!(log.matches("\"event\":\"released\"").count(), 2, "{log}");
    let last = log.lines().next_back().unwrap_or_default();
    assert!(last.contains("\"event\":\"run-ended\",\"exit\":\"interrupted\""), "{log}");
    served.stop();
}

#[test]
fn a_second_signal_leaves_at_once_and_the_recording_says_what_is_left() {
    let served = Served::start(&["stuck-provisioning", "workspace-delete-does-nothing"]);
    let mut child = in_the_middle(&served);
    signal(&child, "INT");
    // The release waits for a workspace that does not go.
    wait_for(&mut child, &served, "\"step\":\"workspace deleted\"");
    signal(&child, "INT");
    let ended = ended(child);
    assert_eq!(ended.code, Some(130), "{}", ended.said());
    assert!(ended.stderr.contains("left at once"), "{}", ended.said());
    let log = recorded(served.root.path());
    assert_eq!(log.matches("\"event\":\"ownership-intended\"").count(), 2, "{log}");
    assert_eq!(log.matches("\"event\":\"released\"").count(), 0, "{log}");
    served.stop();
}

#[test]
fn a_signal_that_comes_when_only_the_release_is_left_is_130_as_well() {
    let served = Served::start(&[]);
    let gate =
        Gatekeeper::before(served.variable("MOLECULE_CP_URL"), Hold::Request("DELETE /cp/admin/tenants/"));
    let mut run = served.command(&["run", "staging", "provision::steady::mock"]);
    run.env("MOLECULE_CP_URL", &gate.url).stdout(Stdio::null()).stderr(Stdio::piped());
    let mut child = run.spawn().expect("it starts");
    gate.wait();
    signal(&child, "INT");
    let mut said = BufReader::new(child.stderr.take().expect("a stream")).lines().map_while(Result::ok);
    assert!(said.any(|line| line.starts_with("stopping")), "it never said that it stops");
    gate.open();
    let rest: Vec<String> = said.collect();
    assert!(rest.iter().any(|line| line.contains("1 passed; 0 leaked of 2 created")), "{rest:#?}");
    assert_eq!(child.wait().expect("it ends").code(), Some(130), "{rest:#?}");
    served.stop();
}
