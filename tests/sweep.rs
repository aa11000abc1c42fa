//! What a run that was killed has left is released by a sweep, and its log tells the truth afterwards.

use crate::support::gatekeeper::{Gatekeeper, Hold};
use crate::support::served::Served;
use crate::support::{Ended, shakedown, signal};
use harness_runner::model::event::VERSION;
use std::fs;
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

const CODEX: &str = "steady::codex";
const CREATE: &str = "POST /cp/admin/orgs ";
const DELETE: &str = "DELETE /cp/admin/tenants/";

fn exit(ended: &Ended, code: i32, words: &[&str]) {
    assert_eq!(ended.code, Some(code), "{}", ended.said());
    for words in words {
        assert!(ended.said().contains(words), "{words}\n{}", ended.said());
    }
}

fn kill(mut run: Child) {
    signal(&run, "KILL");
    run.wait().expect("it ends");
}

/// The only run here: its name, and its log.
fn only_run(served: &Served) -> (String, PathBuf) {
    let runs = fs::read_dir(served.root.path().join(".shakedown/runs")).expect("recordings");
    let runs: Vec<PathBuf> = runs.flatten().map(|entry| entry.path()).collect();
    assert_eq!(runs.len(), 1, "{runs:?}");
    let name = runs[0].file_name().expect("a name").to_string_lossy().into_owned();
    (name, runs[0].join("events.jsonl"))
}

/// Waits until the log of the only run says this.
fn wait_for(served: &Served, words: &str) {
    let (_nobody, tick) = channel::<()>();
    let looks = 3000;
    let said = (0..looks).any(|_| {
        // Nobody ever sends: this is the interval of a poll, with an end.
        tick.recv_timeout(Duration::from_millis(10)).ok();
        served.root.log().contains(words)
    });
    assert!(said, "{words} is not in {}", served.root.log());
}

/// A run that was killed at one exchange of its control plane, and the gate that it was killed at.
fn killed_at(served: &Served, hold: Hold) -> Gatekeeper {
    let gate = Gatekeeper::before(served.variable("MOLECULE_CP_URL"), hold);
    let run = served.start_run(CODEX, &[("MOLECULE_CP_URL", &gate.url)]);
    gate.wait();
    kill(run);
    gate
}

/// A run that was killed after its workspace had been created.
fn killed_with_a_workspace(served: &Served) -> String {
    let run = served.start_run(CODEX, &[]);
    wait_for(served, r#""event":"ownership-confirmed","kind":"workspace""#);
    kill(run);
    only_run(served).0
}

#[test]
fn a_run_that_was_killed_at_any_instant_is_released_by_a_sweep() {
    for hold in [Hold::Reply(CREATE), Hold::Reply("/admin-token"), Hold::Reply(DELETE)] {
        let served = Served::start(&[]);
        let gate = killed_at(&served, hold);
        let variables = [("MOLECULE_CP_URL", gate.url.as_str())];
        let swept = served.run(&["sweep"], &variables);
        exit(&swept, 0, &["is gone\n", "  gone   org e2e-", " left\n"]);
        assert!(!swept.stdout.contains("LEFT"), "{hold:?} {}", swept.said());
        exit(&served.run(&["sweep"], &variables), 0, &["0 shown gone, 0 left"]);
        assert_eq!(served.listeners(), 1, "{hold:?}: a tenant or an agent is left");
        assert_eq!(served.census(), (0, 0), "{hold:?}");
    }
}

#[test]
fn a_create_that_arrives_after_its_sender_was_killed_is_waited_for() {
    let served = Served::start(&[]);
    let gate = killed_at(&served, Hold::Request(CREATE));
    let mut sweep = served.command(&["sweep"]);
    let sweep = sweep.env("MOLECULE_CP_URL", &gate.url).stdout(Stdio::piped()).spawn().expect("it starts");
    wait_for(&served, r#""step":"roster""#);
    gate.open();
    let ended: Ended = sweep.wait_with_output().expect("it ends").into();
    assert_eq!(ended.code, Some(0));
    assert!(served.root.recordings().contains(r#""step":"org deleted""#), "it was not waited for");
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn what_lives_in_a_fixture_is_released_with_credentials_that_no_log_has() {
    let served = Served::start(&["stuck-provisioning"]);
    killed_with_a_workspace(&served);
    exit(&served.run(&["sweep", "staging"], &[]), 0, &["2 shown gone, 0 left"]);
    let log = served.root.recordings();
    let place = |words: &str| log.find(words).unwrap_or_else(|| panic!("{words}\n{log}"));
    assert!(place(r#""event":"swept""#) < place(r#""event":"released","kind":"workspace""#));
    assert!(place(r#""event":"released","kind":"workspace""#) < place(r#""event":"released","kind":"org""#));
    assert!(!log.contains(served.variable("MOLECULE_ADMIN_TOKEN")), "a secret is in the log");
    assert_eq!(log.matches(r#""admin_token":"#).count(), log.matches(r#""admin_token":"[secret]""#).count());
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn what_lived_in_something_that_is_gone_went_along_with_it() {
    let served = Served::start(&["stuck-provisioning"]);
    killed_with_a_workspace(&served);
    // Somebody else sweeps the org by its label, from a place that has none of the logs.
    let elsewhere = served.root.path().join(".shakedown");
    fs::rename(&elsewhere, served.root.path().join("moved")).expect("a folder");
    exit(&served.run(&["sweep", "staging", "--older-than", "1ms"], &[]), 0, &["1 shown gone, 0 left"]);
    fs::remove_dir_all(&elsewhere).expect("a folder");
    fs::rename(served.root.path().join("moved"), &elsewhere).expect("a folder");
    exit(
        &served.run(&["sweep"], &[]),
        0,
        &["gone   workspace e2e-", "gone   org e2e-", "2 shown gone, 0 left"],
    );
    served.stop();
}

#[test]
fn what_cannot_be_reached_is_gone_only_when_what_it_lives_in_is_shown_gone() {
    for (faults, code, words) in [
        (&["stuck-provisioning"][..], 0, ["gone   org e2e-", "gone   workspace e2e-"]),
        (
            &["stuck-provisioning", "org-delete-leaves-instance"],
            4,
            ["LEFT   org e2e-", ": fixture `org` cannot be recovered: in step `admin token`"],
        ),
    ] {
        let served = Served::start(faults);
        served
            .root
            .write("suite.toml", &served.suite().replace("poll-within = \"5s\"", "poll-within = \"1s\""));
        killed_with_a_workspace(&served);
        let path = served.root.path().join("scenarios/staging/flows/org-access.toml");
        let access = fs::read_to_string(&path).expect("a flow");
        fs::write(&path, access.replace("\"status == 200\", ", "\"status == 418\", ")).expect("a flow");
        exit(&served.run(&["sweep"], &[]), code, &words);
        served.stop();
    }
}

#[test]
fn what_cannot_be_shown_gone_is_left_and_the_next_sweep_tries_again() {
    let served =
        Served::start(&["stuck-provisioning", "workspace-delete-does-nothing", "org-delete-leaves-instance"]);
    served.root.write("suite.toml", &served.suite().replace("poll-within = \"5s\"", "poll-within = \"1s\""));
    killed_with_a_workspace(&served);
    exit(
        &served.run(&["sweep"], &[]),
        4,
        &["LEFT   workspace e2e-", "LEFT   org e2e-", "0 shown gone, 2 left"],
    );
    exit(
        &served.run(&["sweep"], &[]),
        4,
        &["in step `workspace removed`", "in step `org gone`", "0 shown gone, 2 left"],
    );
    served.stop();
}

#[test]
fn a_run_that_lives_is_not_swept() {
    let served = Served::start(&[]);
    let gate = Gatekeeper::before(served.variable("MOLECULE_CP_URL"), Hold::Reply("/admin-token"));
    let run = served.start_run(CODEX, &[("MOLECULE_CP_URL", &gate.url)]);
    gate.wait();
    let (name, _) = only_run(&served);
    let lives = format!("it is still under way (process {})", run.id());
    exit(&served.run(&["sweep", &name], &[]), 2, &["cannot be swept", &lives]);
    exit(&served.run(&["sweep"], &[]), 0, &["is passed over", &lives, "0 shown gone, 0 left"]);
    let by_label = ["sweep", "staging", "--older-than", "1ms"];
    exit(&served.run(&by_label, &[]), 0, &["of a run here that lives or keeps it, not touched: org e2e-"]);
    kill(run);
    exit(&served.run(&["sweep", &name], &[("MOLECULE_CP_URL", &gate.url)]), 0, &["1 shown gone, 0 left"]);
    exit(&served.run(&["sweep", "staging", &name], &[]), 0, &["left nothing"]);
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn each_process_of_nextest_is_swept_by_the_log_that_it_wrote() {
    let served = Served::start(&["stuck-provisioning"]);
    let gate = Gatekeeper::before(served.variable("MOLECULE_CP_URL"), Hold::Reply("/admin-token"));
    let variables = [("MOLECULE_CP_URL", gate.url.as_str()), ("NEXTEST_RUN_ID", "a-run")];
    let lives = served.start_run(CODEX, &variables);
    gate.wait();
    let killed = served.start_run("steady::hermes", &variables);
    wait_for(&served, r#""event":"ownership-confirmed","kind":"workspace""#);
    kill(killed);
    let swept = served.run(&["sweep", "staging", "a-run"], &variables[..1]);
    exit(&swept, 2, &["it is still under way", "2 shown gone, 0 left"]);
    kill(lives);
    exit(&served.run(&["sweep", "a-run"], &variables[..1]), 0, &["1 shown gone, 0 left"]);
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn two_sweeps_of_one_run_exclude_each_other() {
    let served = Served::start(&[]);
    let gate = killed_at(&served, Hold::Reply("/admin-token"));
    gate.hold(Hold::Request(DELETE));
    let (name, _) = only_run(&served);
    let mut first = served.command(&["sweep", &name]);
    let first = first.env("MOLECULE_CP_URL", &gate.url).stdout(Stdio::piped()).spawn().expect("it starts");
    gate.wait();
    let second = served.run(&["sweep", &name], &[("MOLECULE_CP_URL", &gate.url)]);
    exit(&second, 2, &["cannot be swept: another sweep is at it"]);
    gate.open();
    let ended: Ended = first.wait_with_output().expect("it ends").into();
    assert_eq!(ended.code, Some(0));
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn a_dry_run_says_what_would_be_done_and_why_and_touches_nothing() {
    let served = Served::start(&["stuck-provisioning"]);
    killed_with_a_workspace(&served);
    let before = served.root.recordings();
    let words = ["would release workspace e2e-", "would release org e2e-", "created, and never shown gone"];
    exit(&served.run(&["sweep", "--dry-run"], &[]), 0, &words);
    assert_eq!(served.root.recordings(), before);
    assert_eq!(served.census(), (1, 1));
}

#[test]
fn what_a_log_hides_is_left_and_never_called_gone() {
    let served = Served::start(&["stuck-provisioning"]);
    killed_with_a_workspace(&served);
    let (_, path) = only_run(&served);
    let log = fs::read_to_string(&path).expect("a log");
    let before = r#""kind":"org","key":""#;
    let key = log.split(before).nth(1).and_then(|rest| rest.split('"').next()).expect("an org").to_owned();
    fs::write(&path, log.replace(&key, "[secret]-1")).expect("a log");
    let words = ["LEFT   org [secret]-1: its key is hidden in the log", "1 shown gone, 1 left"];
    exit(&served.run(&["sweep"], &[]), 4, &words);
    served.stop();
}

#[test]
fn a_dry_run_that_finds_nothing_says_so() {
    let served = Served::start(&[]);
    exit(&served.run(&["sweep", "--dry-run"], &[]), 0, &["nothing would be swept"]);
    let by_label = ["sweep", "staging", "--older-than", "1ms", "--dry-run"];
    exit(&served.run(&by_label, &[]), 0, &["nothing would be swept"]);
    served.stop();
}

#[test]
fn a_torn_last_line_is_cut_off_before_anything_is_written_after_it() {
    let served = Served::start(&["stuck-provisioning"]);
    let name = killed_with_a_workspace(&served);
    let (_, path) = only_run(&served);
    let mut log = fs::read(&path).expect("a log");
    log.extend_from_slice(b"{\"at\":\"2026-11-21T04:03:12Z\",\"event\":\"exch\xc3");
    fs::write(&path, log).expect("a log");
    exit(&served.run(&["sweep"], &[]), 0, &["2 shown gone, 0 left"]);
    exit(&served.run(&["sweep", &name], &[]), 0, &["left nothing"]);
    served.stop();
}

#[test]
fn what_was_kept_is_left_alone_until_somebody_names_the_run() {
    let served = Served::start(&[]);
    exit(&served.run(&["run", "staging", CODEX, "--keep", "always"], &[]), 0, &["2 kept of 2 created"]);
    let (name, _) = only_run(&served);
    exit(&served.run(&["sweep"], &[]), 0, &["keeps 2 until 20", "0 shown gone, 0 left"]);
    let by_label = ["sweep", "staging", "--older-than", "1ms"];
    exit(&served.run(&by_label, &[]), 0, &["of a run here that lives or keeps it", "0 shown gone, 0 left"]);
    exit(&served.run(&["sweep", "staging", &name], &[]), 0, &["2 shown gone, 0 left"]);
    assert_eq!(served.census(), (0, 0));
}

#[test]
fn a_sweep_is_refused_with_words_of_its_own() {
    let served = Served::start(&["stuck-provisioning"]);
    let name = killed_with_a_workspace(&served);
    let mistyped = format!("{}x", &name[..name.len() - 1]);
    let words = ["there is no run `", &format!("did you mean `{name}`?"), "--dry-run"];
    exit(&served.run(&["sweep", &mistyped], &[]), 2, &words);
    let without = served.run(&["sweep", &name], &[("MOLECULE_ADMIN_TOKEN", "")]);
    let unasked = ["not asked for: org e2e-", "0 shown gone, 0 left, 2 not asked for"];
    exit(&without, 2, &["without its credential: set MOLECULE_ADMIN_TOKEN", unasked[0], unasked[1]]);
    let elsewhere = served.run(&["sweep"], &[("MOLECULE_CP_URL", "http://127.0.0.1:1")]);
    exit(&elsewhere, 2, &["and now it is MOLECULE_CP_URL=http://127.0.0.1:1: sweep it where it was"]);
    exit(&served.run(&["sweep", "--cap", "5"], &[]), 2, &["--older-than"]);
    exit(&served.run(&["sweep", "--older-than", "2h"], &[]), 2, &["--older-than needs a suite"]);
    let (_, path) = only_run(&served);
    let newer = fs::read_to_string(&path).expect("a log").replacen(
        &format!("\"version\":{VERSION}"),
        "\"version\":999",
        1,
    );
    fs::write(&path, newer).expect("a log");
    for arguments in [&["sweep"][..], &["sweep", &name], &["sweep", "staging", "--older-than", "1ms"]] {
        exit(&served.run(arguments, &[]), 2, &["the log has version 999"]);
    }
    assert_eq!(served.census(), (1, 1));
}

#[test]
fn a_platform_that_ended_with_its_run_has_nothing_left() {
    let served = Served::start(&[]);
    let mut run = shakedown();
    run.args(["run", "staging", CODEX, "--root"]).arg(served.root.path());
    let run = run.stderr(Stdio::null()).spawn().expect("it starts");
    wait_for(&served, r#""event":"ownership-confirmed","kind":"org""#);
    kill(run);
    let ended = served.run(&["sweep", "--dry-run"], &[]);
    exit(&ended, 0, &["would mark as gone org e2e-", "its platform ended with the process"]);
    exit(&served.run(&["sweep"], &[]), 0, &["gone   org e2e-", " left\n"]);
    assert!(served.root.recordings().contains("and its platform ended with it"));
    exit(&served.run(&["sweep"], &[]), 0, &["0 shown gone, 0 left"]);
    served.stop();
}
