//! Measures what drawing costs: the same run told in lines and drawn on a terminal, 1,000 cases that wait.
//!
//! Does not: judge.

use crate::{CASES, Outcome, RUNS, recorded, usage};
use pty_process::Size;
use std::fs;
use std::io::Read;
use std::path::Path;
use std::time::Duration;

/// Measures each manner in turn, so that what else the machine does meets both.
pub(crate) fn measure(shakedown: &Path, root: &Path, url: &str) -> Outcome<()> {
    let (mut lines, mut drawn) = (Vec::new(), Vec::new());
    for _ in 0..RUNS {
        lines.push(run((shakedown, root, url), "dumb")?);
        drawn.push(run((shakedown, root, url), "xterm-256color")?);
    }
    let cpu = |runs: &mut Vec<(Duration, usize)>| {
        runs.sort();
        runs[runs.len() / 2]
    };
    let ((told, _), (shown, bytes)) = (cpu(&mut lines), cpu(&mut drawn));
    println!(
        "{CASES} cases, {RUNS} runs each: CPU {:.2} s in lines, {:.2} s drawn at 80 columns ({bytes} bytes): {:+.1} %",
        told.as_secs_f64(),
        shown.as_secs_f64(),
        (shown.as_secs_f64() / told.as_secs_f64() - 1.0) * 100.0
    );
    Ok(())
}

/// CPU time of one run in a pseudo-terminal of this kind, and how much it wrote there.
fn run((shakedown, root, url): (&Path, &Path, &str), terminal: &str) -> Outcome<(Duration, usize)> {
    fs::remove_dir_all(root.join(".shakedown")).or_else(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Ok(()),
        _ => Err(error),
    })?;
    let (mut pty, pts) = pty_process::blocking::open()?;
    pty.resize(Size::new(24, 80))?;
    let command = pty_process::blocking::Command::new(shakedown).args(["run", "scale", "--root"]).arg(root);
    let command = command.env("SCALE_URL", url).env("TERM", terminal).env_remove("CI");
    let mut child = command.spawn(pts)?;
    let reader = std::thread::spawn(move || {
        let (mut bytes, mut written) = (vec![0; 65_536], 0);
        while let Ok(read @ 1..) = pty.read(&mut bytes) {
            written += read;
        }
        written
    });
    let mut cpu = Duration::ZERO;
    while child.try_wait()?.is_none() {
        if let Some((used, _)) = usage(child.id()) {
            cpu = used;
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    recorded(root)?;
    Ok((cpu, reader.join().map_err(|_broken| "the reader broke down")?))
}
