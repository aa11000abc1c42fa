//! The rows: what each script did, and what it comes to here.
//!
//! Does not: run them.

use crate::support::stub::Stub;
use crate::support::verdicts::{FAILURES, SUITE, root};
use crate::support::{Ended, Root, shakedown};
use Proof::{Broken, Faults, Holds, Run, Step};
use harness_runner::model::suite::Suite;
use std::time::Duration;

/// What makes the return of a false green impossible.
pub(super) enum Proof {
    /// A case with this step, which must end so, with these words.
    Step(&'static str, i32, &'static [&'static str]),
    /// A run of a suite in which something is wrong beyond a step.
    Run(fn(&Stub) -> Ended, i32, &'static [&'static str]),
    /// A run of our suite on an embedded platform that is broken in this way.
    Broken(&'static str, &'static [(&'static str, &'static str)], i32, &'static [&'static str]),
    /// Fault rows of the staging suite: fault, scenario and step.
    Faults(&'static [(&'static str, &'static str, &'static str)]),
    /// Something that is true of the staging suite.
    Holds(fn(&Suite) -> bool),
}

/// What lied; every one has rows.
pub(super) const SCRIPTS: [&str; 17] = [
    "full, step 9/10",
    "full, leak check",
    "full, teardown",
    "full, step 10",
    "keep-org",
    "full, peers",
    "full, provenance",
    "full, time-out",
    "exit code 3",
    "sweepers",
    "comprehensive",
    "activity",
    "canary-smoke",
    "canary-verify",
    "priority, chat",
    "replay",
    "documents",
];

/// The script, the defect, and what it comes to here.
pub(super) const ROWS: [(&str, Proof); 41] = [
    (
        "full, step 9/10: a route that does not exist, its error swallowed",
        Step(
            "run.http = { on = \"stub\", path = \"/fails\" }\nexpect = [\"body | length == 0\"]",
            1,
            &["reply   500"],
        ),
    ),
    (
        "full, step 9/10: nothing is asserted",
        Step("run.http = { on = \"stub\", path = \"/fails\" }", 2, &["E0310", "expects nothing"]),
    ),
    (
        "full, step 9/10: whoever asks for the activity of nobody gets some",
        Faults(&[("activity-anywhere", "activity", "no activity of nobody")]),
    ),
    (
        "full, leak check: a probe that fails is 0 leaks",
        Run(|stub| leaky(stub, "/ok", "/fails"), 4, &["1 leaked of 1 created", "out of order"]),
    ),
    (
        "full, leak check: a row that is still there is not looked at",
        Run(|stub| leaky(stub, "/ok", "/ok"), 4, &["1 leaked of 1 created"]),
    ),
    (
        "full, teardown: the delete takes longer than the client waits, and may already be gone",
        Run(|stub| leaky(stub, "/hangs", "/ok"), 4, &["1 leaked of 1 created", "no complete reply"]),
    ),
    (
        "full, leak check: the instance of a purged org stays",
        Broken("org-delete-leaves-instance", &[], 4, &["LEAKED", "org e2e-", "exit 4"]),
    ),
    (
        "full, teardown: 30 s for a delete that takes 90",
        Holds(|suite| suite.request_timeout >= Duration::from_secs(120)),
    ),
    (
        "full, teardown: a delete that answers and deletes nothing",
        Broken("workspace-delete-does-nothing", &[], 4, &["LEAKED", "workspace e2e-", "exit 4"]),
    ),
    (
        "full, step 10: any text that is not empty",
        Faults(&[("a2a-echo", "provision", "round trip"), ("a2a-error-text", "provision", "round trip")]),
    ),
    (
        "full, step 10: an answer without the text is taken",
        Faults(&[("a2a-empty-reply", "provision", "round trip")]),
    ),
    ("full, step 10: an answer in the shape of a task reads as empty", Run(answered, 0, &["1 passed"])),
    (
        "full, step 10: the child is never asked by delegation",
        Faults(&[
            ("delegation-never-completes", "family", "delegation completed"),
            ("delegation-without-answer", "family", "delegation completed"),
        ]),
    ),
    (
        "keep-org: a code of curl escapes",
        Run(|_| verdict("errored", &["--keep", "on-failure"]), 1, &["could not connect", "exit 1"]),
    ),
    (
        "full, peers: anything but 404",
        Step(
            "run.http = { on = \"stub\", path = \"/refused\" }\nexpect = [\"status == 200\"]",
            1,
            &["actual  status = 422"],
        ),
    ),
    ("full, peers: a list without anybody", Faults(&[("peers-empty", "family", "peers of the parent")])),
    (
        "full, provenance: a miss is only logged",
        Step(
            "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"'@parent' in body.source\"]",
            1,
            &["body.source = missing"],
        ),
    ),
    (
        "full, provenance: whose activity it is",
        Faults(&[
            ("activity-misattributed", "activity", "attributed to the peer"),
            ("activity-misattributed", "family", "child knows who asked"),
            ("activity-lost", "family", "child knows who asked"),
        ]),
    ),
    (
        "full, time-out: the message reads a field that the reply lacks, and 20 min is 30",
        Step(
            "run.http = { on = \"stub\", path = \"/ok\" }\npoll = { until = \"body.status == 'online'\", every = \"10ms\", within = \"60ms\" }",
            1,
            &["not within 60ms", "last    body.status = \"ok\""],
        ),
    ),
    (
        "full, time-out: the error is in a reply that only the admin gets",
        Broken(
            "boot-fails",
            &[("E2E_WORKSPACE_ONLINE_TIMEOUT_SECS", "1")],
            1,
            &["not within 1.0s", "last_error = the agent did not start"],
        ),
    ),
    ("exit code 3: documented, never given", Run(never_up, 3, &["never came up", "exit 3"])),
    (
        "exit code 3: an org that never runs",
        Broken("org-never-runs", &[("E2E_PROVISION_TIMEOUT_SECS", "1")], 3, &["`org running`", "exit 3"]),
    ),
    (
        "sweepers: filter on a field that no row has",
        Step(
            "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]\ncapture = { purged = \"body.orgs | selectattr('status', 'equalto', 'purged') | list\" }",
            1,
            &["nothing to capture as `purged`", "body.orgs is missing"],
        ),
    ),
    (
        "comprehensive: a key that the reply lacks, so deciding never runs",
        Step(
            "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]\ncapture = { approval = \"body.id\" }",
            1,
            &["nothing to capture as `approval`"],
        ),
    ),
    (
        "comprehensive: a decision that decides nothing",
        Faults(&[("approval-decides-nothing", "approvals", "pending no more")]),
    ),
    (
        "activity: current_task after it was removed",
        Faults(&[("current-task-shown", "activity", "task hidden from strangers")]),
    ),
    (
        "canary-smoke: a memory that nobody keeps",
        Faults(&[("memory-lost", "memory", "recalled without its credential")]),
    ),
    (
        "canary-smoke: nobody names the organisation",
        Faults(&[
            ("tenant-guard-open", "isolation", "no organisation, no list"),
            ("tenant-guard-forbids", "isolation", "no organisation, no list"),
        ]),
    ),
    (
        "canary-smoke: the canary is skipped",
        Run(
            |stub| {
                let suite = format!(
                    "{SUITE}\n[lane.canary]\nselect = {{ verdict = \"skipped\" }}\nmax-skipped = 0\n"
                );
                let root = root("required");
                root.write("suite.toml", &suite);
                root.native(&[("TRUTH_URL", &stub.url), ("E2E_MODE", "canary")], &[])
            },
            5,
            &["lane canary demands more: 1 of 1 case skipped"],
        ),
    ),
    (
        "canary-smoke: nothing is left of the selection",
        Run(|_| native(&[("E2E_VERDICT", "passed flaky")], &[]), 5, &["lists `passed flaky` as verdict"]),
    ),
    (
        "canary-verify: waits for what never comes, and a skip is green",
        Run(
            |stub| {
                native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "skipped"), ("REQUIRE_LIVE", "1")], &[])
            },
            5,
            &["1 refused", "TRUTH_SECRET"],
        ),
    ),
    (
        "priority, chat: exit 0 when something is missing",
        Run(
            |_| root("required").libtest(&[("REQUIRE_LIVE", "1")], &[]),
            5,
            &["live is required", "TRUTH_URL"],
        ),
    ),
    (
        "priority, chat: a note counts as a pass",
        Step(
            "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"body.status\"]",
            1,
            &["must be true or false"],
        ),
    ),
    (
        "replay: exit 0 before the test body, called an expected failure",
        Run(|_| verdict("unexpected-pass", &[]), 1, &["1 unexpected pass"]),
    ),
    (
        "priority, chat: a reply without what was asked for",
        Faults(&[
            ("a2a-error-text", "provision", "round trip"),
            ("a2a-quota-text", "provision", "round trip"),
        ]),
    ),
    (
        "replay: nothing takes place",
        Step(
            "when = \"run.id == 'never'\"\nrun.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]",
            1,
            &["no step took place, so nothing was checked"],
        ),
    ),
    (
        "replay: a condition that holds whatever comes back",
        Step(
            "run.http = { on = \"stub\", path = \"/fails\" }\nexpect = [\"case.id == 'lie'\"]",
            2,
            &["E0381", "looks at what came back"],
        ),
    ),
    ("replay: a mark that nobody takes off", Run(|_| verdict("expired-red", &[]), 1, &["1 failed"])),
    (
        "replay: an expected failure that fails in another way",
        Run(|_| verdict("failed", &[]), 1, &["1 failed"]),
    ),
    ("documents: prefix and time-outs differ from the script", Run(stale, 1, &["docs/reference.md"])),
    ("documents: what a flow promises and never sets", Run(promised, 2, &["E0331"])),
];

fn native(variables: &[(&str, &str)], arguments: &[&str]) -> Ended {
    root("required").native(variables, arguments)
}

/// A run of the suite of verdicts, against a stub of its own.
fn verdict(verdict: &str, arguments: &[&str]) -> Ended {
    let stub = Stub::start();
    native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", verdict)], arguments)
}

fn scenario(step: &str) -> String {
    format!("[scenario]\nname = \"lie\"\n[[step]]\nname = \"lies\"\n{step}\n")
}

pub(super) fn lie(step: &str) -> Root {
    Root::new(&[("suite.toml", SUITE), ("known-failures.toml", FAILURES), ("lie.toml", &scenario(step))])
}

/// A run whose only resource is released and shown gone by these paths.
fn leaky(stub: &Stub, release: &str, gone: &str) -> Ended {
    let root = lie(
        "run.http = { on = \"stub\", method = \"POST\", path = \"/ok\" }\nowns = { thing = \"{{ case.token }}\" }\nexpect = [\"status == 200\"]",
    );
    let resource = "[resource.thing]\nkey = \"name\"\nfind = \"flows/find\"\nrelease = \"flows/release\"\ngone = \"flows/gone\"\n";
    root.write("suite.toml", &format!("{SUITE}\n{resource}"));
    let flow = |head: &str, path: &str, rest: &str| {
        format!(
            "[flow]\ninputs = [\"key\"]\n{head}\n[[step]]\nname = \"x\"\nrun.http = {{ on = \"stub\", path = \"{path}\" }}\n{rest}\n"
        )
    };
    let found = "expect = [\"status == 200\"]\ncapture = { found = \"true\" }";
    root.write("flows/find.toml", &flow("outputs = [\"found\"]", "/ok", found));
    root.write("flows/release.toml", &flow("", release, "expect = [\"status == 200\"]"));
    root.write("flows/gone.toml", &flow("", gone, "expect = [\"status == 404\"]"));
    root.native(&[("TRUTH_URL", &stub.url)], &[])
}

/// A run whose fixture is never made.
fn never_up(stub: &Stub) -> Ended {
    let root = lie("run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]");
    root.write("suite.toml", &format!("{SUITE}\n[fixture.org]\nscope = \"run\"\nuse = \"flows/org\"\n"));
    let step = "run.http = { on = \"stub\", path = \"/fails\" }\nexpect = [\"status == 201\"]";
    root.write("flows/org.toml", &format!("[flow]\n[[step]]\nname = \"org\"\n{step}\n"));
    let scenario = scenario("run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]");
    root.write("lie.toml", &scenario.replace("name = \"lie\"", "name = \"lie\"\nfixtures = [\"org\"]"));
    root.native(&[("TRUTH_URL", &stub.url)], &[])
}

/// Documents that are not what the types say.
fn stale(_: &Stub) -> Ended {
    let root = Root::new(&[]);
    let mut check = shakedown();
    check.args(["generate", "--check", "--root"]).arg(root.path());
    check.output().expect("it starts").into()
}

/// A flow whose output is never set.
fn promised(stub: &Stub) -> Ended {
    let root = lie("use = \"flows/promises\"");
    let step = "run.http = { on = \"stub\", path = \"/ok\" }\nexpect = [\"status == 200\"]";
    root.write(
        "flows/promises.toml",
        &format!("[flow]\noutputs = [\"sha\"]\n[[step]]\nname = \"x\"\n{step}\n"),
    );
    root.native(&[("TRUTH_URL", &stub.url)], &[])
}

/// A run whose agent answers with a task, as some do.
fn answered(stub: &Stub) -> Ended {
    let step = "run.a2a = { on = \"stub\", path = \"/task\", prompt = \"a2a/ask.txt.j2\", dialect = \"0.3\" }\nexpect = [\"'CHILD_PONG' in text\"]";
    let root = lie(step);
    root.write("templates/a2a/ask.txt.j2", "Say pong.");
    root.native(&[("TRUTH_URL", &stub.url)], &[])
}

/// One case of our suite, on a platform that is broken in this way.
pub(super) fn broken(fault: &str, variables: &[(&str, &str)]) -> Ended {
    Root::like_ours().native(variables, &["provision::steady::codex", "--fault", fault])
}
