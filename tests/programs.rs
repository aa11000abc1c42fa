//! Programs of a suite: what is missing is told before anything starts, and what is there runs in the suite's root.

use crate::support::{Ended, Root};
use std::fs;
use std::os::unix::fs::PermissionsExt;

fn root(head: &str, program: &str) -> Root {
    let root = Root::like_ours();
    root.unproved();
    let step = format!("run.exec = {{ program = \"{program}\", args = [\"{{{{ case.scenario }}}}\"] }}");
    let scenario = format!(
        "[scenario]\nname = \"tooled\"\n{head}\n[[step]]\nname = \"ask\"\n{step}\nexpect = [\"exit == 0\", \"stdout == 'tooled suite.toml'\"]\n"
    );
    root.write("tooled.toml", &scenario);
    root
}

fn run(root: &Root) -> Ended {
    root.native(&[], &["--select", "scenario=tooled"])
}

fn refused(root: &Root, words: &str) {
    for ended in [run(root), root.libtest(&[("E2E_SCENARIO", "tooled")], &[])] {
        assert_eq!(ended.code, Some(2), "{}", ended.said());
        assert!(ended.stderr.contains(words), "{words}\n{}", ended.said());
    }
    assert_eq!(root.recordings(), "", "nothing was started");
    let others = root.native(&[], &["--select", "scenario=refusals", "no-json"]);
    assert_eq!(others.code, Some(0), "whoever does not run it is not kept from anything\n{}", others.said());
}

#[test]
fn a_program_that_is_not_there_is_an_error_before_anything_starts() {
    let root = root("", "ci/ask");
    refused(&root, "tooled.toml:6:");
    let missing = "step `ask` runs `ci/ask`, and there is no such file below";
    assert!(run(&root).stderr.contains(missing), "{}", run(&root).said());
}

#[test]
fn a_program_that_cannot_be_executed_and_a_tool_that_path_does_not_lead_to_are_errors_too() {
    let plain = root("", "ci/ask");
    plain.write("ci/ask", "#!/bin/sh\n");
    refused(&plain, "step `ask` runs `ci/ask`, which cannot be executed: chmod +x");
    let tool = root("", "no-such-tool");
    refused(&tool, "PATH leads to no such tool: install it, or say requires = { tool = \"no-such-tool\" }");
}

#[test]
fn a_case_that_requires_a_tool_is_skipped_without_it_and_refused_when_live_is_required() {
    let root = root("requires = { tool = \"no-such-tool\" }", "no-such-tool");
    let skipped = run(&root);
    assert_eq!(skipped.code, Some(0), "{}", skipped.said());
    assert!(skipped.said().contains("missing tool no-such-tool"), "{}", skipped.said());
    let required = root.native(&[("REQUIRE_LIVE", "1")], &["--select", "scenario=tooled"]);
    assert_eq!(required.code, Some(5), "{}", required.said());
    assert!(required.said().contains("tool no-such-tool"), "{}", required.said());
}

#[test]
fn a_program_runs_in_the_root_of_its_suite_and_says_what_it_said_in_the_recording() {
    let root = root("requires = { tool = \"sh\" }", "ci/ask");
    root.write("ci/ask", "#!/bin/sh\nprintf '%s %s' \"$1\" \"$(cd scenarios/staging && echo suite.toml)\"\n");
    let ask = root.path().join("ci/ask");
    fs::set_permissions(&ask, fs::Permissions::from_mode(0o755)).expect("a mode");
    let ended = run(&root);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    let log = root.log();
    assert!(log.contains("\"event\":\"ran\"") && log.contains("tooled suite.toml"), "{log}");
}
