//! `run.exec`: what a program gets, what is made of what it says, and that it costs no more than it may.

use super::support::{Played, Stage, Trouble};
use harness_engine::net::wait::now;
use harness_model::event::{Event, ProgramRun};
use harness_model::verdict::Verdict;
use std::time::Duration;

/// The tail of a step that must end well.
const WELL: &str = "expect = [\"exit == 0\"]";

fn stage(run: &str, rest: &str) -> Stage {
    let step = format!("[[step]]\nname = \"ask\"\nrun.exec = {run}\n{rest}\n");
    Stage::at("http://127.0.0.1:1").scenario(&step)
}

fn runs(played: &Played) -> Vec<ProgramRun> {
    let events = played.chronicle.events().into_iter();
    let runs = events.filter_map(|event| match event {
        Event::Ran { program, .. } => Some(*program),
        _ => None,
    });
    runs.collect()
}

/// Whether there is a process of this number that has not ended.
#[expect(clippy::disallowed_methods, reason = "what the system says of a process stands in a file")]
fn lives(process: &str) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

#[tokio::test]
async fn a_program_gets_each_argument_as_one_and_no_variable_but_those_that_are_listed() {
    // Whatever is in them: options, spaces, line breaks, what a shell would run.
    let run = r#"{ program = "programs/say", args = ["--all", "a b", "one\ntwo", "$(id); `id` | x > y", "", "{{ case.scenario }}"], env = { OWN = "x", EMPTY = "" }, stdin = "asked.txt.j2" }"#;
    let played = stage(run, WELL).template("asked.txt.j2", "asked by {{ case.scenario }}\n").play().await;
    played.assert(Verdict::Passed);
    let ran = &runs(&played)[0];
    let said = "[--all]\n[a b]\n[one\ntwo]\n[$(id); `id` | x > y]\n[]\n[small]\nasked by smallHOME\nOWN\nPATH\nPWD\ntests\n";
    assert_eq!((ran.stdout.as_str(), ran.exit), (said, Some(0)));
    assert_eq!((ran.program.as_str(), ran.args.len()), ("programs/say", 6));
    assert_eq!(ran.env, ["PATH", "HOME", "OWN"], "names, and no value");
}

#[tokio::test]
async fn what_a_program_says_is_what_conditions_and_captures_read() {
    let run = r#"{ program = "programs/answer", args = ['{"found": ["i-1"]}', "careful", "3"] }"#;
    let rest = r#"expect = ["exit == 3", "json.found == ['i-1']", "stderr == 'careful'", "'i-1' in stdout", "elapsed < 60"]
capture = { first = "json.found | first" }
[[step]]
name = "again"
run.exec = { program = "programs/answer", args = ["{{ first }}"] }
expect = ["stdout == 'i-1'"]"#;
    stage(run, rest).play().await.assert(Verdict::Passed);
}

#[tokio::test]
async fn a_condition_that_does_not_hold_shows_what_was_said_and_why_there_is_no_json() {
    let run = r#"{ program = "programs/answer", args = ["oops", "no such region", "2"] }"#;
    let played = stage(run, "expect = [\"exit == 0\"]").play().await;
    let words = ["expect  exit == 0", "actual  exit = 2", "reply   exit 2, oops", "stderr  no such region"];
    played.assert_cause(Verdict::Failed, &words);
    let played = stage(run, "expect = [\"json.found\"]").play().await;
    played.assert_cause(Verdict::Failed, &["json.found", "reply   exit 2, oops"]);
}

#[tokio::test]
async fn a_program_is_asked_again_until_it_says_what_is_waited_for() {
    let folder = tempfile::TempDir::new().expect("a folder");
    let run = format!(r#"{{ program = "programs/counter", args = ["{}", "3"] }}"#, folder.path().display());
    let played =
        stage(&run, r#"poll = { until = "exit == 0", every = "10ms", within = "20s" }"#).play().await;
    played.assert(Verdict::Passed);
    assert_eq!(runs(&played).iter().map(|run| run.exit).collect::<Vec<_>>(), [Some(1), Some(1), Some(0)]);
}

#[tokio::test]
async fn a_poll_that_runs_out_says_what_the_program_said_last() {
    let run = r#"{ program = "programs/answer", args = ['{"instances": ["i-1"]}'] }"#;
    let rest = r#"poll = { until = "json.instances == []", every = "10ms", within = "300ms" }"#;
    let words = ["not within 300ms", "until   json.instances == []", "json.instances = [\"i-1\"]"];
    stage(run, rest).play().await.assert_cause(Verdict::Failed, &words);
    let rest =
        r#"poll = { until = "exit == 9", fail-if = "'i-1' in stdout", every = "10ms", within = "20s" }"#;
    stage(run, rest).play().await.assert_cause(Verdict::Failed, &["must not", "'i-1' in stdout"]);
}

#[tokio::test]
async fn a_program_that_cannot_be_run_is_an_error_with_its_name_and_never_a_verdict() {
    for (run, words) in [
        (r#"{ program = "programs/nowhere" }"#, "there is no program"),
        (r#"{ program = "no-such-tool" }"#, "there is no program `no-such-tool`"),
        (r#"{ program = "programs/plain" }"#, "cannot be run: Permission denied"),
    ] {
        let played = stage(run, WELL).play().await;
        played.assert_cause(Verdict::Errored, &[words]);
        assert_eq!(runs(&played)[0].exit, None);
        let polled = r#"poll = { until = "exit == 0", every = "10ms", within = "20s" }"#;
        stage(run, polled).play().await.assert_cause(Verdict::Errored, &[words]);
    }
}

#[tokio::test]
async fn an_argument_that_no_program_can_get_is_an_error_of_its_step() {
    let run = r#"{ program = "programs/answer", args = ['{"name": "a\u0000b"}'] }"#;
    let rest = r#"expect = ["exit == 0"]
capture = { name = "json.name" }
[[step]]
name = "hand on"
run.exec = { program = "programs/say", args = ["{{ name }}"] }
expect = ["exit == 0"]"#;
    stage(run, rest).play().await.assert_cause(Verdict::Errored, &["cannot be run: nul byte found"]);
}

#[tokio::test]
async fn a_program_that_ignores_everybody_is_killed_with_its_children_when_its_time_is_up() {
    let run = r#"{ program = "programs/stubborn", within = "300ms" }"#;
    let started = now();
    let played = stage(run, WELL).play().await;
    played.assert_cause(Verdict::Errored, &["did not end within 300ms"]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
    // As one look of many, it is waited through to the end of the poll.
    let rest = r#"poll = { until = "exit == 0", every = "10ms", within = "1s" }"#;
    stage(run, rest)
        .play()
        .await
        .assert_cause(Verdict::Failed, &["not within 1.0s", "did not end within 300ms"]);
}

#[tokio::test]
async fn a_run_that_is_stopped_kills_its_programs() {
    let stage = stage(r#"{ program = "programs/stubborn", within = "1m" }"#, WELL);
    let cancel = stage.cancel.clone();
    let (started, playing) = (now(), stage.play());
    let stopped = async {
        tokio::time::timeout(Duration::from_millis(200), std::future::pending::<()>()).await.ok();
        cancel.cancel();
    };
    let (played, ()) = tokio::join!(playing, stopped);
    played.assert(Verdict::Cancelled);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn what_a_program_leaves_running_is_killed_and_what_ran_away_is_not_waited_for() {
    let played = stage(r#"{ program = "programs/parent" }"#, "expect = [\"json.child > 0\"]").play().await;
    played.assert(Verdict::Passed);
    let child: serde_json::Value = serde_json::from_str(&runs(&played)[0].stdout).expect("JSON");
    let lives = || lives(&child["child"].to_string());
    let gone = async {
        while lives() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), gone).await.expect("it was killed");
    let started = now();
    let played = stage(r#"{ program = "programs/runaway" }"#, "expect = [\"exit == 5\"]").play().await;
    played.assert_cause(Verdict::Failed, &["something that it started lives on and still holds its output"]);
    assert!(started.elapsed() < Duration::from_secs(10), "{:?}", started.elapsed());
}

#[tokio::test]
async fn a_flood_is_read_to_its_end_and_not_kept() {
    let rest = "expect = [\"exit == 0\", \"stdout | length == 1048576\", \"json is undefined\"]";
    let played = stage(r#"{ program = "programs/flood" }"#, rest).play().await;
    played.assert(Verdict::Passed);
    let ran = &runs(&played)[0];
    assert_eq!(ran.dropped, 100_000_000 - 1_048_576);
    assert!(ran.stdout.len() < 20_000, "{}", ran.stdout.len());
    let played = stage(r#"{ program = "programs/flood" }"#, "expect = [\"exit == 1\"]").play().await;
    played.assert_cause(Verdict::Failed, &["but     98951424 bytes of its stdout were not kept"]);
    assert!(played.ending().cause.len() < 2000, "{}", played.ending().cause.len());
}

#[tokio::test]
async fn a_program_that_closes_everything_and_reads_nothing_still_ends() {
    let run = r#"{ program = "programs/mute", stdin = "long.txt.j2" }"#;
    let long = "x".repeat(300_000);
    let played = stage(run, "expect = [\"exit == 7\", \"stdout == ''\"]").template("long.txt.j2", &long);
    played.play().await.assert(Verdict::Passed);
}

#[tokio::test]
async fn secrets_that_a_program_repeats_and_escapes_that_it_sends_are_nowhere() {
    let run =
        r#"{ program = "programs/told", env = { TOLD = "{{ secret.TOKEN }}" }, stdin = "told.txt.j2" }"#;
    let rest = "secret = [\"json.token\"]\nexpect = [\"exit == 0\", \"json.told == 'x'\"]";
    let played = stage(run, rest)
        .secret("s3cret-of-the-suite")
        .template("told.txt.j2", "{{ secret.TOKEN }}")
        .play()
        .await;
    played.assert_cause(Verdict::Failed, &["json.told = "]);
    let everything = format!("{:?} {}", played.chronicle.events(), played.ending().cause);
    for hidden in ["s3cret-of-the-suite", "minted-for-nobody"] {
        assert!(!everything.contains(hidden), "{hidden}: {everything}");
    }
    assert!(!played.ending().cause.contains('\u{1b}'), "{:?}", played.ending().cause);
}

#[tokio::test]
async fn what_a_program_creates_is_written_down_before_it_starts_and_released_after() {
    let made = r#"{ program = "programs/answer", args = ['{"id": "i-7"}'] }"#;
    let rest = "owns = { instance = \"one\" }\nexpect = [\"exit == 0\"]\ncapture = { id = \"json.id\" }";
    let resource = "\n[resource.instance]\nkey = \"name\"\nfind = \"flows/find\"\nrelease = \"flows/drop\"\ngone = \"flows/gone\"\n";
    let flow = |head: &str, args: &str, rest: &str| {
        format!(
            "[flow]\n{head}\n[[step]]\nname = \"it\"\nrun.exec = {{ program = \"programs/answer\", args = {args} }}\n{rest}"
        )
    };
    let staged = |made: &str| {
        stage(made, rest)
            .declare(resource)
            .flow(
                "flows/find",
                &flow(
                    "inputs = [\"key\"]\noutputs = [\"found\", \"id\"]",
                    "['{\"found\": true, \"id\": \"i-7\"}', \"{{ key }}\"]",
                    "expect = [\"exit == 0\"]\ncapture = { found = \"json.found\", id = \"json.id\" }",
                ),
            )
            .flow(
                "flows/drop",
                &flow("inputs = [\"key\", \"id\"]", "[\"{{ id }}\"]", "expect = [\"stdout == 'i-7'\"]"),
            )
            .flow(
                "flows/gone",
                &flow("inputs = [\"key\"]", "[\"{{ key }}\"]", "expect = [\"stdout == 'one'\"]"),
            )
    };
    let played = staged(made).play().await;
    played.assert(Verdict::Passed);
    let events = played.chronicle.events();
    let at = |wanted: fn(&Event) -> bool| events.iter().position(wanted).expect("an event");
    let intended = at(|event| matches!(event, Event::OwnershipIntended { .. }));
    let ran = at(|event| matches!(event, Event::Ran { .. }));
    let confirmed =
        at(|event| matches!(event, Event::OwnershipConfirmed { bindings, .. } if bindings["id"] == "i-7"));
    let released = at(|event| matches!(event, Event::Released { key, .. } if key == "one"));
    assert!(
        intended < ran && ran < confirmed && confirmed < released,
        "{intended} {ran} {confirmed} {released}"
    );
    // What cannot be written down is not started.
    let played = staged(made).trouble(Trouble::DiskFull).play().await;
    assert!(runs(&played).is_empty(), "{:?}", runs(&played));
}
