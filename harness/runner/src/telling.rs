//! What recordings tell of single cases: their stories, and of a red the last run before it in which it was green.
//!
//! Does not: judge. The recording itself was read, and refused where it is wrong; an earlier one that cannot be read tells
//! nothing.

use crate::archive::shelf::shelf;
use crate::archive::{ArchiveError, logs};
use harness_model::event::{Event, LogError, Record};
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::story::{Past, Stories};
use harness_model::verdict::Verdict;
use harness_report::{Format, Told};
use jiff::Timestamp;
use std::collections::{HashMap, HashSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;

/// How many earlier runs of a suite are looked through for a green.
const RUNS: usize = 20;
/// How many recordings are opened to find them.
const OPENED: usize = 100;
/// How much of one recording is read.
const LONGEST: u64 = 64 * 1024 * 1024;

/// What a recording tells beside its report, for the formats that show it; none where none of them does.
///
/// *Errors*: it cannot be read.
pub(crate) fn told(
    path: &Path,
    report: &RunReport,
    formats: impl IntoIterator<Item = Format>,
) -> Result<Option<Told>, ArchiveError> {
    let Some(opened) = formats.into_iter().find_map(|format| format.opened(report)) else { return Ok(None) };
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let files = if path.is_dir() { logs(path).map_err(unreadable)? } else { vec![path.to_owned()] };
    let is_red = |case: &&CaseId| report.cases.get(*case).is_some_and(|case| case.ending.verdict.is_red());
    let reds: HashSet<CaseId> = opened.iter().filter(is_red).cloned().collect();
    let mut stories = Stories::with(opened);
    for file in files {
        read(&file, &mut stories)?;
    }
    let past = stories.began.map(|began| past(path, report, began, reds)).unwrap_or_default();
    Ok(Some(Told { stories, past }))
}

fn read(path: &Path, stories: &mut Stories) -> Result<(), ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let file = File::open(path).map_err(unreadable)?;
    let (mut lines, mut line, mut number) = (BufReader::with_capacity(1 << 18, file), Vec::new(), 0);
    loop {
        line.clear();
        lines.read_until(b'\n', &mut line).map_err(unreadable)?;
        number += 1;
        let Some((b'\n', whole)) = line.split_last() else { return Ok(()) };
        let wrong = |source| LogError::Line { line: number, source };
        stories
            .line(whole)
            .map_err(|error| ArchiveError::Log { path: path.to_owned(), source: wrong(error) })?;
    }
}

/// The last greens of reds, in the recordings beside this one.
fn past(
    path: &Path,
    report: &RunReport,
    began: Timestamp,
    mut reds: HashSet<CaseId>,
) -> HashMap<CaseId, Past> {
    let mut found = HashMap::new();
    let own = if path.is_dir() { Some(path) } else { path.parent() };
    let Some(folder) = own.and_then(Path::parent) else { return found };
    let mut runs = 0;
    for run in shelf(folder).into_iter().flatten().take(OPENED) {
        if reds.is_empty() || runs == RUNS {
            break;
        }
        let mut is_one = false;
        for file in run.files() {
            let Some(greens) = greens(file, report, began, &reds) else { continue };
            is_one = true;
            reds.retain(|case| !greens.contains_key(case));
            found.extend(greens);
        }
        runs += usize::from(is_one);
    }
    found
}

/// The greens among these cases in an earlier recording; none when it is none of this suite and environment.
fn greens(
    path: &Path,
    report: &RunReport,
    before: Timestamp,
    cases: &HashSet<CaseId>,
) -> Option<HashMap<CaseId, Past>> {
    let mut lines = BufReader::new(File::open(path).ok()?.take(LONGEST));
    let mut line = Vec::new();
    lines.read_until(b'\n', &mut line).ok()?;
    let Record { at: began, event } = serde_json::from_slice(&line).ok()?;
    let Event::RunStarted { run, suite, environment, .. } = event else { return None };
    if began >= before || suite != report.suite || environment.as_str() != report.environment {
        return None;
    }
    let (mut stories, mut green) = (Stories::with(cases.iter().cloned()), HashSet::new());
    while let Some((b'\n', whole)) = line.split_last() {
        stories.line(whole).ok()?;
        if let Some(case) = passed(whole).filter(|case| cases.contains(case)) {
            green.insert(case);
        }
        line.clear();
        lines.read_until(b'\n', &mut line).ok()?;
    }
    let past = green.into_iter().filter_map(|case| {
        let mut story = stories.cases.remove(&case)?;
        // Its statuses stand with its steps, and nobody shows the rest.
        story.said.clear();
        Some((case, Past { run: run.clone(), began, story }))
    });
    Some(past.collect())
}

/// The case that ended green in this line.
fn passed(line: &[u8]) -> Option<CaseId> {
    let head = &line[..line.len().min(100)];
    if !head.windows(12).any(|part| part == b"\"case-ended\"") {
        return None;
    }
    match serde_json::from_slice::<Record>(line).ok()?.event {
        Event::CaseEnded { case, ending, .. } if ending.verdict == Verdict::Passed => Some(case),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::told;
    use crate::archive;
    use harness_model::name::CaseId;
    use harness_report::Format;
    use std::fs;
    use std::path::{Path, PathBuf};
    use tempfile::TempDir;

    /// The recording of a run on this day, in which one case ended so after a step of so many seconds.
    fn recorded(folder: &Path, run: &str, (suite, day, verdict, seconds): (&str, u8, &str, u64)) -> PathBuf {
        let at = format!("{{\"at\":\"2026-11-{day:02}T05:00:00Z\",\"event\":");
        let case = "\"case\":\"a::b\"";
        let exit = if verdict == "passed" { "success" } else { "failure" };
        let lines = [
            format!(
                "{at}\"run-started\",\"version\":1,\"run\":\"{run}\",\"suite\":\"{suite}\",\"environment\":\"live\",\
                 \"because\":\"b\",\"selection\":\"\",\"policy\":{{\"skips\":\"tolerated\",\"flaky\":\"pass\"}}}}"
            ),
            format!("{at}\"case-planned\",{case},\"arms\":[],\"gate\":\"required\",\"decision\":\"run\"}}"),
            format!(
                "{at}\"step-ended\",\"scope\":{{{case}}},\"step\":\"online\",\"outcome\":\"passed\",\"elapsed\":{seconds}.0,\"attempts\":1}}"
            ),
            format!(
                "{at}\"case-ended\",{case},\"ending\":{{\"verdict\":\"{verdict}\",\"step\":null,\"place\":null,\"cause\":\"\",\"retries\":0}},\"elapsed\":1.0}}"
            ),
            format!("{at}\"run-ended\",\"exit\":\"{exit}\"}}"),
        ];
        let path = folder.join(run);
        fs::create_dir_all(&path).expect("a folder");
        fs::write(path.join("events.jsonl"), lines.join("\n") + "\n").expect("a log");
        path
    }

    #[test]
    fn a_red_knows_the_last_run_before_it_in_which_it_was_green() {
        let folder = TempDir::new().expect("a temporary folder");
        for (run, told) in [
            ("r1", ("sample", 1, "passed", 1)),
            ("r2", ("sample", 2, "passed", 2)),
            ("r3", ("sample", 3, "failed", 3)),
            ("r5", ("sample", 5, "passed", 5)),
            ("r6", ("other", 3, "passed", 6)),
        ] {
            recorded(folder.path(), run, told);
        }
        fs::create_dir(folder.path().join("r7")).expect("a folder");
        fs::write(folder.path().join("r7/events.jsonl"), "no log\n").expect("a log");
        let path = recorded(folder.path(), "r4", ("sample", 4, "failed", 4));
        let report = archive::open(&path).expect("a recording").report;
        let told =
            told(&path, &report, [Format::Json, Format::Html]).expect("a log").expect("it was asked for");
        let past = &told.past[&CaseId::new("a::b")];
        assert_eq!((past.run.as_str(), past.story.steps[0].elapsed.as_secs()), ("r2", 2));
        assert_eq!(told.stories.cases[&CaseId::new("a::b")].steps[0].elapsed.as_secs(), 4);
    }

    #[test]
    fn nothing_is_read_for_formats_that_show_the_report_alone() {
        let folder = TempDir::new().expect("a temporary folder");
        let path = recorded(folder.path(), "r1", ("sample", 1, "passed", 1));
        let report = archive::open(&path).expect("a recording").report;
        assert!(
            told(Path::new("/nowhere"), &report, [Format::Json, Format::Text]).expect("unread").is_none()
        );
    }
}
