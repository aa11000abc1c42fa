//! The rows of the wire against a real target, through a proxy: what is noticed there, and what no proxy can do.

use crate::support::notes::{Notes, TOKEN};
use crate::support::served::Served;
use crate::support::tenant::Tenant;
use crate::support::{Ended, signal};
use harness_runner::report::proof_schema;
use serde_json::Value;
use std::fs;
use std::process::Stdio;
use tokio::net::TcpSocket;

/// A row about the one scenario.
fn row(fault: &str, step: &str, cause: &str) -> String {
    format!("[[fault]]\nfault = {fault:?}\nscenario = \"write\"\nstep = {step:?}\ncause = {cause:?}\n")
}

fn borne(fault: &str) -> String {
    format!("[[survives]]\nfault = {fault:?}\nscenario = \"write\"\n")
}

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
    assert!(!ended.said().contains(TOKEN), "{}", ended.said());
}

fn document(ended: &Ended) -> Value {
    let document = serde_json::from_str(&ended.stdout).unwrap_or_else(|_| panic!("{}", ended.said()));
    let schema = jsonschema::validator_for(&proof_schema()).unwrap_or_else(|error| panic!("{error}"));
    assert!(schema.is_valid(&document), "{document:#}");
    document
}

fn recordings(notes: &Notes) -> Vec<String> {
    let runs = fs::read_dir(notes.root().join(".shakedown/runs")).into_iter().flatten().flatten();
    runs.filter_map(|run| fs::read_to_string(run.path().join("events.jsonl")).ok()).collect()
}

#[test]
fn the_rows_of_the_wire_are_killed_in_their_steps_and_the_others_are_listed() {
    let notes = Notes::start(&[
        row("status:on=GET /notes/*,is=500", "read back", "assertion"),
        row("json:on=GET /notes/*,at=/text,to=\"another\"", "read back", "assertion"),
        row("without:on=GET /notes/*,at=/text", "read back", "assertion"),
        row("reset:on=GET /notes/*", "read back", "edge"),
        row("delay:on=GET /notes/*,by=20s", "read back", "edge"),
        row("a2a-echo", "read back", "model"),
        borne("header:on=GET /notes/*,name=x-new,to=1"),
    ]);
    let ended = notes.proved(&notes.url, &["--format", "json"], &[]);
    exit(&ended, 0, &[]);
    let proof = document(&ended);
    let rows = proof["rows"].as_array().expect("rows");
    let outcomes: Vec<&str> = rows.iter().filter_map(|row| row["outcome"].as_str()).collect();
    assert_eq!(outcomes, ["killed", "killed", "killed", "killed", "killed", "withstood"], "{proof:#}");
    assert_eq!(proof["through"], notes.url.as_str());
    assert_eq!(proof["inside"].as_array().map(Vec::len), Some(1), "{proof:#}");
    assert_eq!(proof["inside"][0]["faults"], serde_json::json!(["a2a-echo"]));
    assert_eq!((proof["planned"].as_u64(), &proof["gaps"]), (Some(6), &serde_json::json!([])));
    assert_eq!(notes.left(), 0);
    assert_eq!(recordings(&notes), Vec::<String>::new(), "what holds leaves no recording");
}

#[test]
fn what_does_not_hold_is_exit_1_with_the_line_that_shows_it_again_and_a_recording_apart() {
    let harmless = "header:on=GET /notes/*,name=x-new,to=1";
    let notes = Notes::start(&[
        row(harmless, "read back", "assertion"),
        borne("status:on=GET /elsewhere,is=500"),
        row("a2a-echo", "read back", "model"),
    ]);
    let ended = notes.proved(&notes.url, &[], &[]);
    let again = format!("again   {}", env!("CARGO_BIN_EXE_shakedown"));
    exit(
        &ended,
        1,
        &[
            "prove notes on live through a proxy in front of http://127.0.0.1:",
            "of write: survived (scenarios/notes/faults.toml:2)",
            "of write: never bit",
            "1 row, not run: the inside of a platform is needed\n  a2a-echo of write needs the inside\n",
            "exit 1: 2 rows do not hold\n",
            &again,
            &format!("--through {} --scenario write --fault '{harmless}'", notes.url),
        ],
    );
    let recorded = recordings(&notes);
    assert_eq!(recorded.len(), 2);
    let apart = format!("\"apart\":[\"through a proxy in front of {}\",\"broken on purpose: ", notes.url);
    assert!(recorded.iter().all(|log| log.contains(&apart)), "{recorded:?}");
    // A sweep would meet the target, and no proxy that is gone.
    let target = format!("\"variables\":{{\"NOTES_URL\":\"{}\"", notes.url);
    assert!(recorded.iter().all(|log| log.contains(&target)), "{recorded:?}");
    let history = notes.run(&["history", "notes"], &[]);
    exit(&history, 2, &["there is no history at "]);
    let page = notes.proved(&notes.url, &["--format", "markdown"], &[]);
    exit(&page, 1, &["### Rows that need the inside", "| <code>a2a-echo</code> | <code>write</code> |"]);
}

#[test]
fn what_a_fault_leaves_on_the_target_is_a_leak_and_a_sweep_releases_it() {
    let notes = Notes::start(&[borne("answer:on=DELETE /notes/*,is=500")]);
    let ended = notes.proved(&notes.url, &[], &[]);
    let words = ["of write: leaked", "something is left on the target: `shakedown sweep notes` releases it"];
    exit(&ended, 1, &words);
    assert_eq!(notes.left(), 1);
    let url = notes.url.clone();
    exit(&notes.run(&["sweep", "notes"], &[("NOTES_URL", &url)]), 0, &["1 shown gone, 0 left"]);
    assert_eq!(notes.left(), 0);
}

#[test]
fn a_variable_that_leads_to_the_target_leads_to_the_proxy_and_what_leads_elsewhere_is_refused() {
    let notes = Notes::start(&[row("json:on=GET /notes/*,at=/text,to=1", "read back", "assertion")]);
    let set = |value: &str| notes.proved(&notes.url, &[], &[("NOTES_URL", value)]);
    exit(&set(&notes.url), 0, &["exit 0: every row holds"]);
    let asked = notes.asked().len();
    exit(
        &set("http://127.0.0.2:9"),
        2,
        &["no variable of suite `notes` leads to ", "NOTES_URL (http://127.0.0.2:9) leads elsewhere"],
    );
    let below = notes.proved(&format!("{}/api", notes.url), &[], &[("NOTES_URL", &notes.url)]);
    exit(&below, 2, &["NOTES_URL leads to http://127.0.0.1:", "say --through http://127.0.0.1:"]);
    exit(&notes.proved("127.0.0.1", &[], &[]), 2, &["--through: it is no url"]);
    let named = notes.proved("http://me:swordfish@127.0.0.1", &[], &[]);
    exit(&named, 2, &["--through: it names a user or password"]);
    assert!(!named.said().contains("swordfish"), "{}", named.said());
    let mut without = notes.command(&["prove", "notes", "--through", &notes.url]);
    let without: Ended = without.env_remove("NOTES_TOKEN").output().expect("it starts").into();
    exit(&without, 2, &["without its credential: set NOTES_TOKEN"]);
    // Two ways to be live, and nobody says which.
    notes.edit("suite.toml", "[service.notes]", "[environment.other]\nwhen = \"OTHER_URL\"\n[service.notes]");
    notes.edit("suite.toml", "[secret", "[service.other]\nbase = \"{{ env.OTHER_URL }}\"\n[secret");
    let ended = notes.proved(&notes.url, &[], &[]);
    exit(&ended, 2, &["several may be meant: set one of NOTES_URL, OTHER_URL to http://127.0.0.1:"]);
    assert_eq!(notes.asked().len(), asked, "nothing was asked for");
}

#[test]
fn a_suite_without_a_row_of_the_wire_or_without_a_live_environment_has_nothing_to_prove_there() {
    let notes = Notes::start(&[row("a2a-echo", "read back", "model")]);
    exit(&notes.proved(&notes.url, &[], &[]), 5, &["a2a-echo needs the inside of the embedded platform"]);
    notes.edit("faults.toml", "a2a-echo", "reset:on=GET /notes/*");
    notes.edit("suite.toml", "[service.notes]", "[environment.own]\nprovides = \"secrets\"\n[service.notes]");
    let ended = notes.proved(&notes.url, &[], &[("E2E_ENVIRONMENT", "own")]);
    exit(&ended, 2, &["the own environment comes and goes with a run, and is not at http://127.0.0.1:"]);
    assert_eq!(notes.asked(), Vec::<String>::new());
}

#[test]
fn a_target_that_is_down_is_exit_3_and_no_row_is_run() {
    let notes = Notes::start(&[row("reset:on=GET /notes/*", "read back", "edge")]);
    // It has the port for as long as the test lasts, and nobody listens there.
    let held = TcpSocket::new_v4().expect("a socket");
    held.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let nobody = format!("http://{}", held.local_addr().expect("an address"));
    let ended = notes.proved(&nobody, &[], &[]);
    let down = format!("  never up: the live environment did not start: cannot connect to {nobody}: ");
    exit(&ended, 3, &[&down, "0 rows: none was run", "exit 3: the target never came up"]);
}

/// Two cases, of which one takes a secret.
const KINDS: &str = r#"[matrix]
kind = ["plain", "sealed"]
[[arm]]
name     = "sealed"
match    = { kind = "sealed" }
requires = { secret = "SEAL" }
[[step]]
name     = "stored""#;

/// A proof of a row that hangs, interrupted there.
#[expect(clippy::expect_used, reason = "a proof that cannot be started fails its test")]
fn interrupted(notes: &Notes) -> Ended {
    notes.edit("suite.toml", "2s", "15s");
    let mut command = notes.command(&["prove", "notes", "--through", &notes.url]);
    let mut started = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
    // The note of the baseline is torn up; another one means that the row hangs in its second step.
    let hangs = || notes.left() == 1 && notes.asked().iter().any(|asked| asked.starts_with("DELETE"));
    while !hangs() {
        assert!(started.try_wait().expect("a process").is_none(), "it ended before anybody interrupted it");
        std::thread::yield_now();
    }
    signal(&started, "INT");
    started.wait_with_output().expect("it ends").into()
}

#[test]
fn an_interrupted_proof_ends_with_130_and_leaves_nothing_on_the_target() {
    let notes = Notes::start(&[row("hang:on=GET /notes/*", "read back", "edge")]);
    exit(&interrupted(&notes), 130, &["exit 130: interrupted, 0 of 1 run"]);
    assert_eq!(notes.left(), 0);
    assert_eq!(recordings(&notes), Vec::<String>::new());
}

#[test]
fn what_an_interrupted_row_leaves_on_the_target_is_told() {
    let faults = "[\"hang:on=GET /notes/*\", \"answer:on=DELETE /notes/*,is=500\"]";
    let notes = Notes::start(&[row("x", "read back", "edge").replace("\"x\"", faults)]);
    let left = "something is left on the target: `shakedown sweep notes` releases it";
    exit(&interrupted(&notes), 130, &["of write: leaked", left, "exit 130: interrupted"]);
    assert_eq!((notes.left(), recordings(&notes).len()), (1, 1));
}

#[test]
fn cases_that_lack_something_are_named_and_refused_when_live_is_required() {
    let notes = Notes::start(&[row("reset:on=GET /notes/*", "read back", "edge")]);
    notes.edit("suite.toml", "[credential", "[secret.SEAL]\n[credential");
    notes.edit("write.toml", "[[step]]\nname     = \"stored\"", KINDS);
    let left_out = "left out: 1 case that rows match: missing SEAL\n";
    exit(&notes.proved(&notes.url, &[], &[]), 0, &[left_out, "1 row: 1 killed", "exit 0: every row holds\n"]);
    let refused = notes.proved(&notes.url, &[], &[("REQUIRE_LIVE", "1")]);
    let last = "exit 5: live is required, and cases that rows match did not run\n";
    exit(&refused, 5, &[left_out, "1 row: 1 killed", last]);
    let page = notes.proved(&notes.url, &["--format", "markdown"], &[]);
    exit(&page, 0, &["### Cases that rows match and that did not run", "<code>SEAL</code>"]);
}

#[test]
fn rows_of_the_staging_suite_hold_on_a_tenant_behind_a_proxy() {
    let tenant = Tenant::of(Served::start(&[]));
    let ended = tenant.run(&[
        "prove",
        "staging",
        "--through",
        &tenant.url,
        "--scenario",
        "provision",
        "--fault",
        "json",
    ]);
    exit(&ended, 0, &["prove staging on self-hosted", "exit 0: every row holds"]);
    assert_eq!(tenant.workspaces(), 0);
}
