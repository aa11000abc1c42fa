//! Child processes: what they get, what is kept of what they say, and that nothing of them runs on.

use harness_engine::net::process::{Command, Finished, LONGEST_OUTPUT, ProcessError, run};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// Longer than any of these programs needs.
const LONG: Duration = Duration::from_secs(60);
/// As long as a program gets that never ends.
const SHORT: Duration = Duration::from_millis(200);

fn shell(script: &str) -> Command {
    Command {
        program: "sh".to_owned(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        environment: vec![("PATH".to_owned(), "/usr/bin:/bin".to_owned())],
        input: String::new(),
        folder: None,
    }
}

async fn ran(command: &Command) -> Finished {
    run(command, LONG, &CancellationToken::new()).await.expect("it ends")
}

#[tokio::test]
async fn a_program_gets_its_arguments_its_input_and_no_environment_but_its_own() {
    let mut command = shell("cat; echo \"$1\"; env | cut -d= -f1 | grep -v -x -e PWD -e SHLVL -e _; exit 3");
    command.arguments.extend(["sh".to_owned(), "one; echo two".to_owned()]);
    command.environment.push(("NAME".to_owned(), "e2e-1".to_owned()));
    command.input = "asked\n".to_owned();
    let finished = ran(&command).await;
    let mut lines: Vec<&str> = finished.output.text.lines().collect();
    lines.sort_unstable();
    assert_eq!(lines, ["NAME", "PATH", "asked", "one; echo two"]);
    assert_eq!((finished.code, finished.errors.text.as_str()), (Some(3), ""));
}

#[tokio::test]
async fn a_program_that_is_not_there_is_named() {
    let command = Command { program: "no-such-program".to_owned(), ..shell("") };
    let error = run(&command, LONG, &CancellationToken::new()).await.expect_err("no program");
    assert_eq!(error.to_string(), "there is no program `no-such-program`: install it, or say where it is");
}

#[tokio::test]
async fn a_program_that_ignores_everybody_is_killed_when_its_time_is_up() {
    let command = shell("trap '' TERM INT HUP; while :; do sleep 1000; done");
    let error = run(&command, SHORT, &CancellationToken::new()).await.expect_err("its time is up");
    assert_eq!(error.to_string(), "`sh` did not end within 200ms");
}

#[tokio::test]
async fn a_program_is_killed_with_the_run() {
    let cancel = CancellationToken::new();
    cancel.cancel();
    let error = run(&shell("sleep 1000"), LONG, &cancel).await.expect_err("it is stopped");
    assert!(matches!(error, ProcessError::Stopped { .. }), "{error}");
}

#[tokio::test]
async fn what_a_program_leaves_running_dies_with_it() {
    // The grandchild holds the stream open: its end is not seen before it is dead.
    let finished = ran(&shell("sleep 1000 & echo started")).await;
    assert_eq!((finished.code, finished.output.text.as_str()), (Some(0), "started\n"));
}

#[tokio::test]
async fn of_a_program_that_floods_the_beginning_is_kept() {
    let finished = ran(&shell("head -c 3000000 /dev/zero | tr '\\0' x; echo done >&2")).await;
    assert_eq!(
        (finished.output.text.len(), finished.output.dropped),
        (LONGEST_OUTPUT, 3_000_000 - 1_048_576)
    );
    assert_eq!((finished.code, finished.errors.text.as_str()), (Some(0), "done\n"));
}
