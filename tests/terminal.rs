//! What somebody sees who sits at a terminal: the real binaries in a pseudo-terminal, their bytes on the screen of one.

use crate::support::stub::Stub;
use crate::support::verdicts::SUITE;
use crate::support::{Root, shakedown, signal, staging};
use pty_process::Size;
use std::io::Read;
use std::num::NonZeroU16;
use std::process::{Child, Command};

const ROWS: u16 = 24;

/// A case that is waited for until it is red, and one that passes.
const SCENARIO: &str = r#"
[scenario]
name = "provision"

[matrix]
lifecycle = ["pause-resume-with-a-long-name", "steady"]
[[matrix.agent]]
runtime = "google-adk"
model   = "platform:gemini-2.5-pro-preview"

[[step]]
name     = "asked"
when     = "lifecycle == 'steady'"
run.http = { on = "stub", path = "/ok" }
expect   = ["status == 200"]
[[step]]
name     = "paused"
when     = "lifecycle != 'steady'"
run.http = { on = "stub", path = "/ok" }
[step.poll]
until  = "body.status == 'paused'"
every  = "50ms"
within = "900ms"
"#;

/// What was seen of a process.
struct Seen {
    code: Option<i32>,
    /// Every screen that differs from the one before.
    screens: Vec<String>,
    /// Everything that was written, as it was.
    raw: String,
}

impl Seen {
    fn last(&self) -> &str {
        self.screens.last().expect("a screen")
    }

    fn any(&self, words: &[&str]) -> bool {
        self.screens.iter().any(|screen| words.iter().all(|word| screen.contains(word)))
    }
}

/// What somebody does while they watch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Does {
    Nothing,
    /// Reads lines, which may be longer than the terminal is wide.
    Reads,
    /// Makes the window so many columns wide, as soon as there is a frame.
    Resizes(u16),
    /// Presses Ctrl-C, as soon as there is a frame.
    Interrupts,
}

/// Runs a command in a terminal of so many columns.
fn watch(command: &Command, columns: u16, does: Does) -> Seen {
    let (mut pty, pts) = pty_process::blocking::open().expect("a pseudo-terminal");
    pty.resize(Size::new(ROWS, columns)).expect("a size");
    let mut started =
        pty_process::blocking::Command::new(command.get_program()).args(command.get_args()).env_clear();
    for (name, value) in command.get_envs() {
        if let Some(value) = value {
            started = started.env(name, value);
        }
    }
    let mut child = started.spawn(pts).expect("it starts");
    let mut parser = vt100::Parser::new(count(ROWS), count(columns), 0);
    let mut seen = Seen { code: None, screens: Vec::new(), raw: String::new() };
    let (mut bytes, mut is_done) = (vec![0; 65_536], false);
    // A terminal that nobody writes to any more is an error to whoever reads.
    while let Ok(read @ 1..) = pty.read(&mut bytes) {
        parser.process(&bytes[..read]);
        seen.raw.push_str(&String::from_utf8_lossy(&bytes[..read]));
        let screen = parser.screen();
        let (rows, _) = screen.size();
        let wrapped: Vec<u16> = (0..rows.get()).filter(|row| screen.row_wrapped(*row)).collect();
        assert!(
            wrapped.is_empty() || does == Does::Reads,
            "rows that the terminal broke:\n{}",
            screen.contents()
        );
        let contents = screen.contents();
        if !is_done && contents.contains("/2 done") {
            is_done = true;
            act(does, &pty, &mut parser, &child);
        }
        if seen.screens.last() != Some(&contents) {
            seen.screens.push(contents);
        }
    }
    seen.code = child.wait().expect("it ends").code();
    seen
}

fn count(number: u16) -> NonZeroU16 {
    NonZeroU16::new(number).expect("some")
}

fn act(does: Does, pty: &pty_process::blocking::Pty, parser: &mut vt100::Parser, child: &Child) {
    match does {
        Does::Nothing | Does::Reads => {}
        Does::Resizes(columns) => {
            pty.resize(Size::new(ROWS, columns)).expect("a size");
            parser.screen_mut().set_size(count(ROWS), count(columns));
        }
        Does::Interrupts => signal(child, "INT"),
    }
}

fn waiting() -> Root {
    Root::new(&[("suite.toml", SUITE), ("provision.toml", SCENARIO)])
}

fn native(root: &Root, stub: &Stub) -> Command {
    let mut command = shakedown();
    command.args(["run", "staging", "--root"]).arg(root.path());
    command.env("TRUTH_URL", &stub.url).env("TERM", "xterm-256color");
    command
}

#[test]
fn a_terminal_shows_what_runs_and_what_it_waits_for_and_nothing_wraps() {
    let stub = Stub::start();
    for columns in [60, 80, 200] {
        let root = waiting();
        let seen = watch(&native(&root, &stub), columns, Does::Nothing);
        assert_eq!(seen.code, Some(1), "{}", seen.last());
        assert!(seen.any(&["paused: ok for 0s", "1/2 done"]), "{columns}: {:#?}", seen.screens);
        let last = seen.last();
        for words in [
            "✗ failed [provision]  provision::",
            "leaks     0 of 0",
            "recording ",
            "exit 1: a required case is red",
        ] {
            assert!(last.contains(words), "{columns}, {words}:\n{last}");
        }
        assert!(last.contains("provision.toml:17"), "{columns}:\n{last}");
        let at_once = |screen: &String| {
            screen.contains("✗ failed [provision]  provision::") && screen.contains("/2 done")
        };
        assert!(seen.screens.iter().any(at_once), "{columns}: {:#?}", seen.screens);
        assert!(!last.contains("2/2 done"), "the frame is gone:\n{last}");
    }
}

#[test]
fn under_cargo_a_terminal_shows_the_same_and_libtest_writes_into_the_folder_of_the_run() {
    let (stub, root) = (Stub::start(), waiting());
    let mut command = staging();
    command.env("SHAKEDOWN_ROOT", root.path()).env("TRUTH_URL", &stub.url).env("TERM", "xterm-256color");
    let seen = watch(&command, 80, Does::Nothing);
    assert_eq!(seen.code, Some(1), "{}", seen.last());
    assert!(seen.any(&["paused: ok for 0s"]), "{:#?}", seen.screens);
    assert!(!seen.raw.contains("running 2 tests"), "{}", seen.raw);
    assert!(root.file("libtest.log").contains("test result: FAILED. 1 passed; 1 failed"));
    assert!(seen.last().contains("cargo test --test") || seen.last().contains("--exact"), "{}", seen.last());
}

#[test]
fn without_a_live_terminal_there_are_lines_and_no_color_takes_the_colour_alone() {
    let (stub, root) = (Stub::start(), waiting());
    for (name, value) in [("TERM", "dumb"), ("CI", "true")] {
        let mut command = native(&root, &stub);
        command.env(name, value);
        let seen = watch(&command, 80, Does::Reads);
        assert!(
            seen.raw.contains("[1/2] ") && seen.raw.contains("  [provision]  in `paused`  "),
            "{name}: {}",
            seen.raw
        );
        assert!(!seen.raw.contains("\u{1b}[1A") && !seen.raw.contains(" done"), "{name}: {}", seen.raw);
    }
    let mut command = native(&root, &stub);
    command.env("NO_COLOR", "1");
    let seen = watch(&command, 80, Does::Nothing);
    assert!(seen.any(&["paused: ok for 0s"]), "{:#?}", seen.screens);
    let mut sequences = seen
        .raw
        .split('\u{1b}')
        .skip(1)
        .filter_map(|text| text.find(char::is_alphabetic).map(|end| &text[..=end]));
    assert_eq!(sequences.find(|sequence| sequence.ends_with('m')), None);
}

#[test]
fn a_window_that_becomes_another_size_shows_whole_frames_again() {
    let stub = Stub::start();
    for (from, to) in [(120, 60), (60, 120)] {
        let root = waiting();
        let seen = watch(&native(&root, &stub), from, Does::Resizes(to));
        assert_eq!(seen.code, Some(1), "{}", seen.last());
        let last = seen.last();
        assert!(last.contains("exit 1: a required case is red"), "{last}");
        assert_eq!(last.matches(" done").count(), 0, "nothing of a frame is left:\n{last}");
    }
}

#[test]
fn an_interruption_is_told_above_the_frame_and_ends_with_130() {
    let (stub, root) = (Stub::start(), waiting());
    let seen = watch(&native(&root, &stub), 80, Does::Interrupts);
    assert_eq!(seen.code, Some(130), "{}", seen.last());
    assert!(seen.last().contains("stopping: what was created is being released"), "{}", seen.last());
    assert!(seen.last().contains("exit 130: interrupted"), "{}", seen.last());
}

#[test]
fn a_replay_with_a_speed_draws_what_was_drawn() {
    let (stub, root) = (Stub::start(), waiting());
    let ended = root.native(&[("TRUTH_URL", &stub.url)], &[]);
    assert_eq!(ended.code, Some(1), "{}", ended.said());
    let mut command = shakedown();
    command.args(["replay", "--speed", "2", "--root"]).arg(root.path()).env("TERM", "xterm");
    let seen = watch(&command, 80, Does::Nothing);
    assert_eq!(seen.code, Some(0), "{}", seen.last());
    assert!(seen.any(&["paused: ok for 0s", "1/2 done"]), "{:#?}", seen.screens);
    assert!(seen.last().contains("exit 1: a required case is red"), "{}", seen.last());
}
