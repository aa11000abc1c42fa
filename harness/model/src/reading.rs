//! A recording read back, line after line, so that its length does not matter: what it tells, and whether it still is
//! what was written.
//!
//! Does not: open files. Whoever does hands the lines down.

use crate::event::{Event, LogError, Record, VERSION};
use crate::exit::ExitCode;
use crate::report::RunReport;
use jiff::Timestamp;
use serde::Deserialize;
use std::borrow::Cow;
use std::time::Duration;

/// Events that say nothing to the report. Where nobody else wants them, only their head is read: they are most of a log.
const SILENT: [&str; 8] = [
    "target-up",
    "case-started",
    "step-started",
    "waiting",
    "step-ended",
    "exchange",
    "ownership-confirmed",
    "traced",
];

/// What is read of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What the report is made of; of other events only that they are some.
    Report,
    /// Every event in full.
    Events,
}

/// A recording as far as it was read.
#[derive(Debug, Default)]
pub struct Reading {
    line: usize,
    report: RunReport,
    span: Option<(Timestamp, Timestamp)>,
    ended: Option<ExitCode>,
}

/// What every line begins with.
#[derive(Deserialize)]
struct Head<'a> {
    at: Timestamp,
    #[serde(borrow)]
    event: Cow<'a, str>,
    version: Option<serde_json::Number>,
}

/// When a line was written, and the word for what it tells.
///
/// *Errors*: it is no line of a log.
pub fn head(line: &[u8]) -> Result<(Timestamp, Cow<'_, str>), serde_json::Error> {
    serde_json::from_slice::<Head<'_>>(line).map(|head| (head.at, head.event))
}

/// Whether a run may be called so: it is the name of a folder, and stands on screens.
fn is_id(run: &str) -> bool {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
    !run.is_empty() && run.len() <= 200 && !run.starts_with('.') && run.chars().all(is_plain)
}

impl Reading {
    /// Takes one whole line in; gives its record, unless it is one that was not asked for.
    ///
    /// *Errors*: it is not an event of this version, or not one that can stand there.
    pub fn line(&mut self, line: &[u8], depth: Depth) -> Result<Option<Record>, LogError> {
        self.line += 1;
        let wrong = |source| LogError::Line { line: self.line, source };
        let is_first = self.line == 1;
        let head = match serde_json::from_slice::<Head<'_>>(line) {
            Ok(head) => head,
            Err(_) if is_first => return Err(LogError::Headless),
            Err(source) => return Err(wrong(source)),
        };
        let version = head.version.and_then(|version| version.as_u64());
        if let Some(found) = version.and_then(|version| u32::try_from(version).ok())
            && found > VERSION
        {
            return Err(LogError::Newer { found });
        }
        if is_first != (head.event == "run-started") {
            return Err(if is_first { LogError::Headless } else { LogError::Again { line: self.line } });
        }
        if self.ended.is_none() {
            self.span = Some((self.span.map_or(head.at, |(began, _)| began), head.at));
        }
        if depth == Depth::Report && SILENT.contains(&head.event.as_ref()) {
            return Ok(None);
        }
        let record: Record = serde_json::from_slice(line).map_err(wrong)?;
        self.check(&record.event)?;
        self.report.apply(&record.event);
        Ok(Some(record))
    }

    /// The run's own last line says what all lines before it come to; after it only a sweep may change anything.
    fn check(&mut self, event: &Event) -> Result<(), LogError> {
        let line = self.line;
        if let Event::RunStarted { run, .. } = event
            && !is_id(run)
        {
            return Err(LogError::Named { run: run.clone() });
        }
        let decides = matches!(
            event,
            Event::CasePlanned { .. }
                | Event::Demanded { .. }
                | Event::Reached { .. }
                | Event::Attempted { .. }
                | Event::CaseEnded { .. }
                | Event::RunEnded { .. }
        );
        if decides && self.ended.is_some() {
            return Err(LogError::AfterTheEnd { line });
        }
        if let Event::RunEnded { exit, lines } = event {
            let before = line as u64 - 1;
            if let Some(lines) = lines.filter(|lines| *lines != before) {
                return Err(LogError::Counted { line, lines, before });
            }
            let (said, gives) = (exit.code(), self.report.exit().code());
            if said != gives {
                return Err(LogError::Changed { line, said, gives });
            }
            self.ended = Some(*exit);
        }
        Ok(())
    }

    /// The report so far.
    pub fn report(&self) -> &RunReport {
        &self.report
    }

    /// The report.
    pub fn into_report(self) -> RunReport {
        self.report
    }

    /// How many lines were read.
    pub fn lines(&self) -> usize {
        self.line
    }

    /// When its first line was written.
    pub fn began(&self) -> Option<Timestamp> {
        self.span.map(|(began, _)| began)
    }

    /// How long it took, from its first line to its end; what a sweep wrote later does not count.
    pub fn elapsed(&self) -> Duration {
        let (began, last) = self.span.unwrap_or_default();
        Duration::try_from(last.duration_since(began)).unwrap_or_default()
    }

    /// Whether the run came to its end; one that was killed did not.
    pub fn is_over(&self) -> bool {
        self.ended.is_some()
    }
}
