//! Sinks: what people are told of a run, that they can trust it, and that no verdict depends on them.

use crate::support::heard::Heard;
use crate::support::receiver::{Answer, Receiver};
use crate::support::stub::Stub;
use crate::support::verdicts::{SCENARIO, SUITE};
use crate::support::{Ended, Root, signal};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::Value;
use sha2::Sha256;
use std::fs;
use tokio::net::TcpSocket;

const KEY: &str = "a-key-that-signs-what-is-told";
const TOKEN: &str = "a-token-of-the-tracker-0123456789";
const SINKS: &str = r#"
[secret.HUB_KEY]
[secret.HUB_TOKEN]
[sink.hub]
when       = "HUB_URL"
on         = ["start", "red", "end"]
to.webhook = { url = "{{ env.HUB_URL }}/progress?from=tests", body = "sinks/hub.json.j2", signed = "HUB_KEY", bearer = "{{ secret.HUB_TOKEN }}", within = "2s" }
"#;

/// A suite of verdicts that tells this hub, by the templates that we ship.
fn root(more: &str) -> Root {
    let root = Root::new(&[("suite.toml", &format!("{SUITE}{SINKS}{more}")), ("truth.toml", SCENARIO)]);
    root.write("gates.toml", "[[gate]]\narm = \"failed\"\ngate = \"required\"\n");
    let shipped = concat!(env!("CARGO_MANIFEST_DIR"), "/templates/sinks");
    for file in fs::read_dir(shipped).expect("templates").flatten() {
        let text = fs::read_to_string(file.path()).expect("a template");
        root.write(&format!("templates/sinks/{}", file.file_name().to_string_lossy()), &text);
    }
    root.write("templates/sinks/hub.json.j2", "{% include \"sinks/state-hub.json.j2\" %}");
    root
}

fn run(root: &Root, hub: &str, verdicts: &str) -> (Stub, Ended) {
    run_with(root, hub, verdicts, None)
}

fn run_with(root: &Root, hub: &str, verdicts: &str, more: Option<(&str, &str)>) -> (Stub, Ended) {
    let stub = Stub::start();
    let hub = format!("http://{hub}");
    let variables = [
        ("TRUTH_URL", stub.url.as_str()),
        ("E2E_VERDICT", verdicts),
        ("HUB_URL", hub.as_str()),
        ("HUB_KEY", KEY),
        ("HUB_TOKEN", TOKEN),
    ];
    let variables: Vec<_> = variables.into_iter().chain(more).collect();
    let ended = root.native(&variables, &[]);
    (stub, ended)
}

fn body(delivery: &Heard) -> Value {
    serde_json::from_str(&delivery.body).expect("JSON")
}

/// The signature that a body has at the time that its header tells.
fn expected(delivery: &Heard) -> String {
    let header = delivery.header("x-shakedown-signature");
    let time = header.strip_prefix("t=").and_then(|rest| rest.split(',').next()).expect("a time");
    let mut code = <Hmac<Sha256> as KeyInit>::new_from_slice(KEY.as_bytes()).expect("a key");
    code.update(format!("{time}.{}", delivery.body).as_bytes());
    let digest = code.finalize().into_bytes();
    let digest: String = digest.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    format!("t={time},v1={digest}")
}

/// The last lines, from the one about sinks on.
fn last(ended: &Ended) -> Vec<&str> {
    let lines: Vec<&str> = ended.stderr.trim_end().lines().collect();
    lines[lines.len() - 2..].to_vec()
}

#[test]
fn a_hub_is_told_of_the_start_the_first_red_and_the_end_and_can_check_who_says_so() {
    let (root, hub) = (root(""), Receiver::start(&[Answer::Status(202)]));
    let (_stub, ended) = run(&root, &hub.address, "passed,failed");
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let mut told = hub.seen();
    told.sort_by_key(|delivery| match body(delivery)["phase"].as_str() {
        Some("start") => 0,
        Some("red") => 1,
        _ => 2,
    });
    let shown = |name: &str| told.iter().map(|delivery| body(delivery)[name].clone()).collect::<Vec<_>>();
    assert_eq!(shown("phase"), ["start", "red", "end"]);
    assert_eq!(shown("status"), ["running", "failing", "failed"]);
    let summaries = [
        "staging on live: 2 cases begin",
        "staging on live: the first red is truth::failed",
        "staging on live: exit 1: a required case is red",
    ];
    assert_eq!(shown("summary"), summaries);
    let end = body(&told[2]);
    assert_eq!((&end["details"]["exit_code"], &end["details"]["verdicts"]["failed"]), (&1.into(), &1.into()));
    assert_eq!(end["details"]["reds"][0]["case"], "truth::failed");
    for delivery in &told {
        assert_eq!(delivery.request(), "POST /progress?from=tests");
        assert_eq!(delivery.header("x-shakedown-signature"), expected(delivery));
        assert_eq!(delivery.header("authorization"), format!("Bearer {TOKEN}"));
        assert_eq!(
            delivery.header("idempotency-key"),
            body(delivery)["idempotency_key"].as_str().expect("a key")
        );
    }
    assert_eq!(last(&ended)[0], format!("told      hub at start, red and end ({})", hub.address));
}

#[test]
fn a_red_that_counts_because_nothing_is_required_is_the_first_red_as_well() {
    let (root, hub) = (root(""), Receiver::start(&[Answer::Status(202)]));
    root.write("gates.toml", "[[gate]]\narm = \"failed\"\ngate = \"advisory\"\n");
    let (_stub, ended) = run_with(&root, &hub.address, "failed", Some(("REQUIRE_LIVE", "1")));
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    assert_eq!(last(&ended)[0], format!("told      hub at start, red and end ({})", hub.address));
}

#[test]
fn what_fails_for_now_is_sent_again_under_the_same_key_and_no_reply_brings_a_secret_anywhere() {
    let answers = [Answer::Status(500), Answer::Status(503), Answer::Status(200)];
    let (root, hub) = (root("").with_end_alone(), Receiver::start(&answers));
    let (_stub, ended) = run(&root, &hub.address, "passed");
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert_eq!((hub.seen().len(), hub.once().len()), (3, 1));
    let refusing = Receiver::start(&[Answer::Status(403)]);
    let (_stub, ended) = run(&root, &refusing.address, "passed");
    assert_eq!((ended.code, refusing.seen().len()), (Some(0), 1), "{}", ended.said());
    let refused = format!(
        "NOT TOLD  hub at end ({0}): 127.0.0.1 replied 403, sent once: Bearer [secret] {{",
        refusing.address
    );
    assert!(last(&ended)[0].starts_with(&refused), "{}", ended.said());
    assert_eq!(last(&ended)[1], "exit 0: nothing is red");
    let everything = root.recordings() + &ended.said();
    for secret in [KEY, TOKEN] {
        assert!(!everything.contains(secret), "{secret}");
    }
}

#[test]
fn a_hub_that_is_silent_gone_or_lacks_its_secret_changes_no_verdict_and_is_named_with_its_cause() {
    let root = root("").with_end_alone();
    let silent = Receiver::start(&[Answer::Never]);
    let (_stub, ended) = run(&root, &silent.address, "passed");
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    assert!(
        last(&ended)[0].contains(": time was up after 2s, sent twice: no complete reply from "),
        "{}",
        ended.said()
    );
    // It has the port for as long as the test lasts, and nobody listens there.
    let held = TcpSocket::new_v4().expect("a socket");
    held.bind("127.0.0.1:0".parse().expect("an address")).expect("a port");
    let gone = held.local_addr().expect("an address").to_string();
    let (_stub, ended) = run(&root, &gone, "passed");
    let told = last(&ended)[0];
    assert!(told.starts_with(&format!("NOT TOLD  hub at end ({gone}): ")), "{}", ended.said());
    assert!(told.contains("sent 4 times: could not connect to"), "{}", ended.said());
    assert_eq!((ended.code, last(&ended)[1]), (Some(0), "exit 0: nothing is red"));
    let stub = Stub::start();
    let variables =
        [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "passed"), ("HUB_URL", "http://127.0.0.1:1")];
    let ended = root.native(&[&variables[..], &[("HUB_TOKEN", TOKEN)]].concat(), &[]);
    assert_eq!(last(&ended)[0], "NOT TOLD  hub at end (127.0.0.1:1): HUB_KEY is not set", "{}", ended.said());
    let ended = root.native(&variables[..2], &[]);
    assert!(!ended.stderr.contains("hub"), "a sink that is off says nothing: {}", ended.said());
}

#[test]
fn files_are_written_when_a_run_is_over_and_metrics_replace_nothing_but_metrics() {
    let more = "[sink.issue]\nto.file = { path = \"out/{{ run.suite }}.json\", body = \"sinks/github-issue.json.j2\" }\n\
                [sink.slack]\nto.file = { path = \"out/slack.json\", body = \"sinks/slack.json.j2\" }\n\
                [sink.gitea]\nto.file = { path = \"out/gitea.json\", body = \"sinks/gitea-issue.json.j2\" }\n\
                [sink.metrics]\nto.prometheus = { path = \"out/shakedown.prom\" }\n";
    let root = root(more);
    let stub = Stub::start();
    let variables = [("TRUTH_URL", stub.url.as_str()), ("E2E_VERDICT", "passed,failed")];
    let ended = root.native(&variables, &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let read = |name: &str| fs::read_to_string(root.path().join("out").join(name)).expect(name);
    let json = |name: &str| serde_json::from_str::<Value>(&read(name)).expect("JSON");
    assert_eq!(json("staging.json")["title"], "staging on live: failed");
    assert!(json("staging.json")["body"].as_str().expect("Markdown").contains("truth::failed"));
    assert_eq!(json("gitea.json")["closed"], false);
    let red = json("slack.json")["blocks"][2]["text"]["text"].as_str().expect("a text").to_owned();
    assert!(red.starts_with("failed truth::failed (required)\n"), "{red}");
    assert!(
        read("shakedown.prom")
            .contains("shakedown_run_exit_code{suite=\"staging\",environment=\"live\",lane=\"\"} 1\n")
    );
    let path = root.path().join("out/shakedown.prom");
    fs::write(&path, "node_load1 0.5\n").expect("a file");
    let ended = root.native(&variables, &[]);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "node_load1 0.5\n");
    let taken = format!(
        "NOT TOLD  metrics at end ({}): it is there already and is no prometheus of ours",
        path.display()
    );
    assert!(ended.stderr.contains(&taken), "{}", ended.said());
    fs::remove_file(&path).expect("it goes");
    root.native(&variables, &[]);
    assert!(read("shakedown.prom").starts_with("# HELP shakedown_"));
}

#[test]
#[expect(clippy::disallowed_methods, reason = "a program makes the pipe")]
fn no_sink_replaces_what_the_suite_or_its_recordings_are_made_of_or_waits_for_a_reader() {
    let more = "[sink.over]\nto.file = { path = \"{{ env.OVER }}\", body = \"sinks/slack.json.j2\" }\n[variable.OVER]\n";
    let root = root(more);
    let stub = Stub::start();
    let pipe = root.path().join("pipe");
    let made = std::process::Command::new("mkfifo").arg(&pipe).status().expect("mkfifo");
    assert!(made.success());
    let before = fs::read_to_string(root.path().join("scenarios/staging/suite.toml")).expect("a suite");
    for (path, why) in [
        ("scenarios/staging/suite.toml", "scenarios/ is read by us"),
        ("out/../scenarios/staging/new.json", "scenarios/ is read by us"),
        (".shakedown/history.db", ".shakedown/ is read by us"),
        ("pipe", "it is a pipe, which nobody may ever read: name a file"),
    ] {
        fs::create_dir_all(root.path().join("out")).expect("a folder");
        let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed"), ("OVER", path)], &[]);
        assert_eq!(ended.code, Some(0), "{}", ended.said());
        assert!(ended.stderr.contains(why), "{path}: {}", ended.said());
    }
    let after = fs::read_to_string(root.path().join("scenarios/staging/suite.toml")).expect("a suite");
    assert_eq!(after, before);
}

#[test]
fn a_run_that_is_interrupted_tells_its_hub_and_waits_for_nobody_longer_than_that_may_take() {
    let (root, hub) = (root(""), Receiver::start(&[Answer::Never]));
    let waits = "path = \"/never\" }\npoll = { until = \"body.status == 'never'\", every = \"20ms\", within = \"19s\" }";
    let scenario = SCENARIO.replacen("path = \"/ok\" }\nexpect   = [\"status == 200\"]", waits, 1);
    assert_ne!(scenario, SCENARIO);
    root.write("truth.toml", &scenario);
    let stub = Stub::start();
    let url = format!("http://{}", hub.address);
    let variables = [
        ("TRUTH_URL", stub.url.as_str()),
        ("E2E_VERDICT", "passed"),
        ("HUB_URL", &url),
        ("HUB_KEY", KEY),
        ("HUB_TOKEN", TOKEN),
    ];
    let child = root.start(&variables);
    stub.wait_for("GET /never");
    signal(&child, "INT");
    let ended: Ended = child.wait_with_output().expect("it ends").into();
    assert_eq!(ended.code, Some(130), "{}", ended.said());
    assert!(ended.stderr.contains("NOT TOLD  hub at end ("), "{}", ended.said());
    let phases: Vec<String> = hub.seen().iter().map(|told| body(told)["phase"].to_string()).collect();
    assert!(phases.contains(&"\"end\"".to_owned()), "{phases:?}");
}

#[test]
fn one_of_the_processes_of_nextest_tells_nobody() {
    let (root, hub) = (root(""), Receiver::start(&[Answer::Status(200)]));
    let stub = Stub::start();
    let url = format!("http://{}", hub.address);
    let variables =
        [("TRUTH_URL", stub.url.as_str()), ("HUB_URL", &url), ("HUB_KEY", KEY), ("HUB_TOKEN", TOKEN)];
    let ended = root
        .libtest(&[&variables[..], &[("NEXTEST_RUN_ID", "a-run")]].concat(), &["--exact", "truth::passed"]);
    assert_eq!((ended.code, hub.seen().len()), (Some(0), 0), "{}", ended.said());
    let ended = root.libtest(&variables, &["--exact", "truth::passed"]);
    assert_eq!((ended.code, hub.seen().len()), (Some(0), 2), "{}", ended.said());
}

/// What only one test needs of a root.
trait EndAlone {
    fn with_end_alone(self) -> Self;
}

impl EndAlone for Root {
    /// The hub is told of the end alone.
    fn with_end_alone(self) -> Self {
        let path = self.path().join("scenarios/staging/suite.toml");
        let suite = fs::read_to_string(&path).expect("a suite");
        fs::write(&path, suite.replace("[\"start\", \"red\", \"end\"]", "[\"end\"]")).expect("a file");
        self
    }
}
