//! The compiler under attack: no input makes it panic, hang, or eat memory.
//!
//! Every named attack runs in a process of its own, so that a stack that ends, a peak of memory and a hang are results
//! and not the end of the tests.

#![expect(clippy::expect_used, clippy::unwrap_used, reason = "what cannot be set up fails its test")]

#[path = "language/fixture.rs"]
#[expect(dead_code, reason = "only the texts of the fixtures are attacked")]
mod fixture;
#[path = "attack/mutated.rs"]
mod mutated;
#[path = "attack/properties.rs"]
mod properties;
#[path = "attack/suites.rs"]
mod suites;
#[path = "attack/texts.rs"]
mod texts;

use std::io::{Read, Write};
use std::process::{Command, Stdio};
use std::sync::mpsc::channel;
use std::time::Duration;

/// What one input may take of a processor, on a debug build.
const LONGEST_SECONDS: f64 = 2.0;
/// When to stop to wait.
const HOPELESS: Duration = Duration::from_secs(30);
/// What a process may hold at its peak, itself counted.
const MOST_MEGABYTES: u64 = 200;

/// An attack, and what comes of it.
struct Attack {
    name: &'static str,
    run: fn() -> String,
    outcome: &'static str,
}

const fn attack(name: &'static str, run: fn() -> String, outcome: &'static str) -> Attack {
    Attack { name, run, outcome }
}

fn attacks() -> impl Iterator<Item = &'static Attack> {
    texts::ATTACKS.iter().chain(suites::ATTACKS)
}

/// The other side: what it is to do stands on its standard input.
#[test]
#[ignore = "this is the process that an attack runs in"]
fn attacked() {
    let mut name = String::new();
    std::io::stdin().read_to_string(&mut name).unwrap();
    let Some(attack) = attacks().find(|attack| attack.name == name) else { return };
    let (outcome, results) = channel();
    // A thread has the stack that a case has.
    let thread = std::thread::spawn(move || outcome.send((attack.run)()));
    let outcome = results.recv_timeout(HOPELESS).unwrap_or_else(|_| "no end".to_owned());
    if thread.is_finished() {
        thread.join().unwrap().unwrap();
    }
    print(&format!("seconds {}\npeak {}\noutcome {outcome}\n", seconds(), peak()));
}

#[test]
fn no_attack_takes_more_than_its_share() {
    let mut offenders = Vec::new();
    for attack in attacks() {
        let output = alone(attack.name);
        let said = |word: &str| output.lines().find_map(|line| line.strip_prefix(word)).map(str::trim);
        let (Some(seconds), Some(peak), Some(outcome)) = (said("seconds"), said("peak"), said("outcome"))
        else {
            offenders.push(format!("{}: the process broke: {}", attack.name, output.trim()));
            continue;
        };
        let (seconds, peak): (f64, u64) = (seconds.parse().unwrap(), peak.parse().unwrap());
        if outcome != attack.outcome || seconds > LONGEST_SECONDS || peak > MOST_MEGABYTES * 1024 {
            offenders.push(format!("{}: {outcome}, {seconds:.1} s, {} MB", attack.name, peak / 1024));
        }
    }
    assert_eq!(offenders, Vec::<String>::new());
}

#[expect(
    clippy::disallowed_methods,
    reason = "the ban is for the sources; a broken stack needs a process of its own"
)]
fn alone(name: &str) -> String {
    let myself = std::env::current_exe().unwrap();
    let mut child = Command::new(myself)
        .args(["--exact", "attacked", "--ignored", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(name.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    format!("{}\n{}\n{}", text(&output.stdout), text(&output.stderr), output.status)
}

/// What this process made the processor do so far, in seconds, so that a busy machine fails no test; nothing where the
/// system does not tell.
#[expect(clippy::disallowed_methods, reason = "the ban is for the sources; this measures them")]
fn seconds() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // Behind the name, which is in brackets, the twelfth and the thirteenth are hundredths of seconds.
    let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace().skip(11).take(2);
    fields.filter_map(|field| field.parse::<f64>().ok()).sum::<f64>() / 100.0
}

/// The most memory that this process held so far, in kilobytes; nothing where the system does not tell.
#[expect(clippy::disallowed_methods, reason = "the ban is for the sources; this measures them")]
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or_default()
}

#[expect(clippy::print_stdout, reason = "this is how a process tells another one")]
fn print(text: &str) {
    print!("\n{text}");
}
