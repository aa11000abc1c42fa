//! Standard output: what cannot be written there is an error, and whoever has read enough is none.

use crate::support::stub::Stub;
use crate::support::verdicts::root;
use crate::support::{Ended, Root, shakedown};
use std::process::{Command, Stdio};

/// Every kind of view, and a help text.
const VIEWS: [&[&str]; 7] = [
    &["report"],
    &["report", "--format", "html"],
    &["replay"],
    &["history", "staging"],
    &["plan", "staging"],
    &["explain", "E0311"],
    &["report", "--help"],
];

/// A root with the recording of a run in which one case passed.
fn recorded() -> Root {
    let (stub, root) = (Stub::start(), root("required"));
    let ended = root.native(&[("TRUTH_URL", &stub.url), ("E2E_VERDICT", "passed")], &[]);
    assert_eq!(ended.code, Some(0), "{}", ended.said());
    root
}

fn view(root: &Root, arguments: &[&str]) -> Command {
    let mut command = shakedown();
    command.args(arguments).arg("--root").arg(root.path()).env("TRUTH_URL", "http://127.0.0.1:1");
    command
}

#[cfg(target_os = "linux")]
#[test]
fn a_view_that_cannot_be_written_is_an_error_that_names_it() {
    let root = recorded();
    for arguments in VIEWS {
        let full = std::fs::File::options().write(true).open("/dev/full").expect("a device without room");
        let ended: Ended = view(&root, arguments).stdout(full).output().expect("it starts").into();
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.said());
        let said =
            "error: standard output cannot be written: No space left on device (os error 28)\nexit 2\n";
        assert_eq!(ended.stderr, said, "{arguments:?}");
    }
}

#[test]
fn a_reader_that_has_enough_breaks_nothing() {
    let root = recorded();
    for arguments in VIEWS {
        let mut command = view(&root, arguments);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("it starts");
        // Nobody reads what comes.
        drop(child.stdout.take());
        let ended: Ended = child.wait_with_output().expect("it ends").into();
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{arguments:?}");
    }
}
