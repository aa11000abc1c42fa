//! Reading a log: its version first, then line by line, and whether its lines can be those of one run.
//!
//! Does not: open a file.

use super::{Event, Record, VERSION};
use serde_json::Value;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// A line is not an event.
    #[error("line {line} is not an event of this format")]
    Line {
        /// Counted from one.
        line: usize,
        /// What the reader says.
        source: serde_json::Error,
    },
    /// It was written by a newer version.
    #[error("the log has version {found}, this program reads up to {VERSION}")]
    Newer {
        /// Its version.
        found: u32,
    },
    /// It does not begin with the start of a run.
    #[error("the log does not begin with a run")]
    Headless,
    /// Its run has a name that no program of ours gives.
    #[error(
        "line 1 names the run {run:?}, which no run of ours is called: letters, digits, `-`, `_` and `.` alone"
    )]
    Named {
        /// The name.
        run: String,
    },
    /// A run starts in the middle of another.
    #[error("line {line} starts a run within a run: two logs were put together")]
    Again {
        /// Counted from one.
        line: usize,
    },
    /// Something that decides about cases stands behind the end of the run.
    #[error("line {line} plans or ends something after the run has ended: it was added later")]
    AfterTheEnd {
        /// Counted from one.
        line: usize,
    },
    /// Lines that the run wrote are missing, or somebody else wrote some.
    #[error(
        "line {line} says that {lines} lines stand before it, and there are {before}: some are missing, or were added"
    )]
    Counted {
        /// Counted from one.
        line: usize,
        /// How many it says there are.
        lines: u64,
        /// How many there are.
        before: u64,
    },
    /// The run ended in another way than its lines tell.
    #[error(
        "line {line} says that the run ended with exit {said}, and the lines before it come to {gives}: lines are \
         missing, or were changed"
    )]
    Changed {
        /// Counted from one.
        line: usize,
        /// The exit code of the line.
        said: u8,
        /// The exit code of the lines before it.
        gives: u8,
    },
}

/// Reads a log; a torn last line, as a killed process leaves it, is dropped.
///
/// *Errors*: [`LogError`].
pub fn read(text: &str) -> Result<Vec<Record>, LogError> {
    let complete = text.rfind('\n').map_or("", |end| &text[..end]);
    refuse_newer(complete)?;
    let mut records = Vec::new();
    for (position, line) in complete.lines().enumerate() {
        let record: Record =
            serde_json::from_str(line).map_err(|source| LogError::Line { line: position + 1, source })?;
        if position == 0 && !matches!(record.event, Event::RunStarted { .. }) {
            return Err(LogError::Headless);
        }
        records.push(record);
    }
    if records.is_empty() { Err(LogError::Headless) } else { Ok(records) }
}

/// A newer log may have another shape from its first line on, so its version is looked for before anything else.
fn refuse_newer(log: &str) -> Result<(), LogError> {
    let first: Option<Value> = log.lines().next().and_then(|line| serde_json::from_str(line).ok());
    let found = first
        .and_then(|first| first.get("version")?.as_u64())
        .and_then(|version| u32::try_from(version).ok());
    match found {
        Some(found) if found > VERSION => Err(LogError::Newer { found }),
        Some(_) | None => Ok(()),
    }
}
