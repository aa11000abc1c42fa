//! The log of a merged run: the lines of all shards as they were written, in the order of time.
//!
//! Does not: hold more than a line of each shard in memory.

use super::{MergeError, Shard};
use crate::archive::ArchiveError;
use harness_model::event::{Event, Record};
use harness_model::reading::{Depth, Reading, head};
use jiff::Timestamp;
use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};

/// The lines of one shard that a merged log has as well.
struct Lines {
    path: PathBuf,
    reader: BufReader<File>,
    next: Option<Line>,
    over: bool,
}

struct Line {
    at: Timestamp,
    bytes: Vec<u8>,
    /// Whether a sweep wrote it when the run was over.
    late: bool,
}

/// Writes the log: what the run began with, what the shards tell, the end; and what sweeps added to them later.
pub(super) fn write(path: &Path, begins: &[Event], shards: &[Shard]) -> Result<(), MergeError> {
    let unwritable = |source| MergeError::Unwritable { folder: path.to_owned(), source };
    let mut log = Log {
        out: BufWriter::with_capacity(1 << 18, File::create_new(path).map_err(unwritable)?),
        reading: Reading::default(),
    };
    let began = shards.iter().filter_map(|shard| shard.archived.began).min().unwrap_or_default();
    for event in begins {
        log.event(began, event).map_err(unwritable)?;
    }
    let mut lines = Vec::new();
    for shard in shards {
        lines.push(Lines::open(&shard.file)?);
    }
    let mut last = began;
    while let Some(line) = earliest(&mut lines, false)? {
        last = last.max(line.at);
        log.line(&line.bytes).map_err(unwritable)?;
    }
    let ended =
        shards.iter().filter_map(|shard| shard.archived.began?.checked_add(shard.archived.elapsed).ok());
    let ended = ended.max().unwrap_or(last).max(last);
    let exit = log.reading.report().exit();
    let before = u64::try_from(log.reading.lines()).ok();
    log.event(ended, &Event::RunEnded { exit, lines: before }).map_err(unwritable)?;
    while let Some(line) = earliest(&mut lines, true)? {
        log.line(&line.bytes).map_err(unwritable)?;
    }
    log.out.flush().map_err(unwritable)
}

/// The earliest line that is left of all shards, of those before or after their ends.
fn earliest(lines: &mut [Lines], late: bool) -> Result<Option<Line>, MergeError> {
    let open = lines.iter().enumerate().filter_map(|(position, lines)| {
        let next = lines.next.as_ref().filter(|line| line.late == late)?;
        Some((next.at, position))
    });
    let Some((_, position)) = open.min() else { return Ok(None) };
    lines[position].take()
}

impl Lines {
    fn open(path: &Path) -> Result<Self, MergeError> {
        let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
        let reader = BufReader::with_capacity(1 << 18, File::open(path).map_err(unreadable)?);
        let mut lines = Self { path: path.to_owned(), reader, next: None, over: false };
        lines.take()?;
        Ok(lines)
    }

    /// Gives the next line and looks for the one after it.
    fn take(&mut self) -> Result<Option<Line>, MergeError> {
        let unreadable = |source| ArchiveError::Unreadable { path: self.path.clone(), source };
        let following = loop {
            let mut bytes = Vec::new();
            self.reader.read_until(b'\n', &mut bytes).map_err(unreadable)?;
            // What has no end was being written when somebody died.
            if bytes.last() != Some(&b'\n') {
                break None;
            }
            let (at, event) = head(&bytes).map_err(|error| unreadable(io::Error::from(error)))?;
            match event.as_ref() {
                // The merged run has its own.
                "run-started" | "case-planned" | "demanded" => {}
                "run-ended" => self.over = true,
                _ => break Some(Line { at, late: self.over, bytes }),
            }
        };
        Ok(std::mem::replace(&mut self.next, following))
    }
}

struct Log {
    out: BufWriter<File>,
    reading: Reading,
}

impl Log {
    fn event(&mut self, at: Timestamp, event: &Event) -> io::Result<()> {
        let mut line = serde_json::to_vec(&Record { at, event: event.clone() })?;
        line.push(b'\n');
        self.line(&line)
    }

    fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let whole = line.strip_suffix(b"\n").unwrap_or(line);
        self.reading.line(whole, Depth::Report).map_err(io::Error::other)?;
        self.out.write_all(line)
    }
}
