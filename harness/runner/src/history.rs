//! What earlier runs tell: how long each case took, from the history, or else from the recordings that are still there.
//!
//! Does not: judge recordings. One that cannot be read tells nothing, and nothing depends on it.

use crate::archive::shelf::shelf;
use crate::past;
use harness_model::estimate::{Estimates, Recording};
use harness_model::name::EnvironmentName;
use harness_report::history::{Access, History, Wanted};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// How many runs count, the newest first: a target changes, and old times with it.
pub const RUNS: usize = 20;

/// How many runs are opened to find them: other suites and environments record in the same folder.
const OPENED: usize = 200;

/// How much of one recording is read.
const LONGEST: u64 = 64 * 1024 * 1024;

/// How long cases took in the newest runs of a suite on an environment.
pub fn estimates(recordings: &Path, suite: &str, environment: &EnvironmentName) -> Estimates {
    remembered(recordings, suite, environment).unwrap_or_else(|| recorded(recordings, suite, environment))
}

/// The same from the history; none when it has no such run.
fn remembered(recordings: &Path, suite: &str, environment: &EnvironmentName) -> Option<Estimates> {
    let history = History::open(&past::file(recordings), Access::Read).ok()?;
    let (suite, environment, limit) = (Some(suite), Some(environment.as_str()), Some(RUNS));
    let runs = history.runs(&Wanted { suite, environment, limit, ..Wanted::default() }).ok()?;
    let mut estimates = Estimates::default();
    for run in &runs {
        estimates.add_past(run);
    }
    (!runs.is_empty()).then_some(estimates)
}

fn recorded(recordings: &Path, suite: &str, environment: &EnvironmentName) -> Estimates {
    let mut estimates = Estimates::default();
    for run in shelf(recordings).into_iter().flatten().take(OPENED) {
        // Under nextest a run has a recording for each case.
        estimates.add_run(run.files().iter().filter_map(|file| read(file, suite, environment)));
        if estimates.runs() == RUNS {
            break;
        }
    }
    estimates
}

fn read(path: &Path, suite: &str, environment: &EnvironmentName) -> Option<Recording> {
    let mut lines = BufReader::new(File::open(path).ok()?.take(LONGEST));
    let mut line = String::new();
    lines.read_line(&mut line).ok()?;
    let mut recording = Recording::begin(&line, suite, environment)?;
    loop {
        line.clear();
        match lines.read_line(&mut line) {
            Ok(read) if read > 0 => recording.add(&line),
            Ok(_) | Err(_) => return Some(recording),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{RUNS, estimates};
    use harness_model::event::VERSION;
    use harness_model::name::{CaseId, EnvironmentName};
    use std::fs;
    use std::time::{Duration, SystemTime};
    use tempfile::TempDir;

    fn started(suite: &str, environment: &str) -> String {
        format!(
            "{{\"at\":\"2026-11-21T05:00:00Z\",\"event\":\"run-started\",\"version\":1,\"run\":\"r\",\"suite\":\"{suite}\",\
             \"environment\":\"{environment}\",\"because\":\"b\",\"selection\":\"\",\"policy\":{{\"skips\":\"tolerated\",\"flaky\":\"pass\"}}}}\n"
        )
    }

    fn ended(case: &str, seconds: u64) -> String {
        format!(
            "{{\"at\":\"2026-11-21T05:00:01Z\",\"event\":\"case-ended\",\"case\":\"{case}\",\"ending\":\
             {{\"verdict\":\"passed\",\"step\":null,\"place\":null,\"cause\":\"\",\"retries\":0}},\"elapsed\":{seconds}}}\n"
        )
    }

    /// A folder with recordings of runs, the first the oldest: for each its files.
    fn recorded(runs: &[Vec<String>]) -> TempDir {
        let folder = TempDir::new().expect("a temporary folder");
        for (position, files) in runs.iter().enumerate() {
            let run = folder.path().join(format!("run-{}", runs.len() - position));
            fs::create_dir(&run).expect("a folder");
            for (number, text) in files.iter().enumerate() {
                fs::write(run.join(format!("events-{number}.jsonl")), text).expect("a file");
            }
            let age = Duration::from_secs(60 * (runs.len() - position) as u64);
            let file = fs::File::open(&run).expect("a folder");
            file.set_modified(SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 30) - age).expect("a time");
        }
        folder
    }

    fn estimated(folder: &TempDir, case: &str) -> (usize, Option<u64>) {
        let found = estimates(folder.path(), "sample", &EnvironmentName::new("live"));
        (found.runs(), found.of(&CaseId::new(case)).map(|estimate| estimate.as_secs()))
    }

    #[test]
    fn the_median_of_earlier_runs_on_the_same_environment_is_the_estimate() {
        let run = |seconds| vec![started("sample", "live") + &ended("s::a", seconds)];
        let other = vec![started("sample", "embedded") + &ended("s::a", 900)];
        let suite = vec![started("other", "live") + &ended("s::a", 900)];
        let folder = recorded(&[run(3), other, run(7), suite, run(4)]);
        assert_eq!(estimated(&folder, "s::a"), (3, Some(4)));
        assert_eq!(estimated(&folder, "s::b"), (3, None));
    }

    #[test]
    fn the_files_of_one_run_count_once_and_what_is_torn_or_foreign_tells_nothing() {
        let start = started("sample", "live");
        let nextest = vec![start.clone() + &ended("s::a", 2), start.clone() + &ended("s::b", 5)];
        let torn = vec![start.clone() + &ended("s::a", 2) + "{\"at\":\"2026"];
        let next = format!("\"version\":{}", VERSION + 1);
        let newer = vec![start.replace("\"version\":1", &next) + &ended("s::a", 900)];
        let folder = recorded(&[nextest, torn, newer, vec!["no log\n".to_owned()], vec![String::new()]]);
        assert_eq!(estimated(&folder, "s::a"), (2, Some(2)));
        assert_eq!(estimated(&folder, "s::b"), (2, Some(5)));
        assert_eq!(estimated(&TempDir::new().expect("a temporary folder"), "s::a"), (0, None));
    }

    #[test]
    fn only_the_newest_runs_count() {
        let run = |seconds| vec![started("sample", "live") + &ended("s::a", seconds)];
        let mut runs = vec![run(900); RUNS];
        runs.extend(vec![run(1); RUNS]);
        assert_eq!(estimated(&recorded(&runs), "s::a"), (RUNS, Some(1)));
    }
}
