//! Merging: the recordings of shards put together into the recording of one run, when nothing of its plan is missing.
//!
//! What comes of it is a recording as any other: every view derives from it, and it says of which shards it was made.
//!
//! Does not: judge. The report of the merged log does, as it does of any log.

mod error;
mod log;
mod whole;

pub use error::{MergeError, Misfit};

use crate::archive::{self, ArchiveError, Archived};
use crate::identity;
use crate::recording::{self, fingerprint_of};
use harness_model::demand::Demands;
use harness_model::event::Event;
use harness_model::plan::PlanDocument;
use harness_model::reading::Depth;
use harness_model::shard::{Merged, Part};
use std::fs;
use std::path::{Path, PathBuf};

/// How far below a folder recordings are looked for.
const DEPTH: usize = 3;

/// What becomes of a shard that ran more than once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// It is refused: nobody said which of them counts.
    Refused,
    /// The newest counts.
    Newest,
}

/// A shard, read back.
struct Shard {
    archived: Archived,
    file: PathBuf,
    plan: PlanDocument,
    part: Part,
    /// Its first line.
    started: Event,
    planned: Vec<Event>,
    demands: Option<Demands>,
}

/// Puts the recordings of shards together in a folder that is not there yet, and reads the result back.
///
/// A folder that is no recording stands for all recordings in it.
///
/// *Errors*: a recording cannot be read, is not over, or is no shard; the shards are not of one plan, or do not come to
/// exactly that plan; the folder is there, or cannot be written. Nothing is left behind then.
pub fn merge(paths: &[PathBuf], repeated: Repeated, folder: Folder<'_>) -> Result<Archived, MergeError> {
    let mut shards = Vec::new();
    for path in paths {
        for recording in recordings(path, DEPTH)? {
            shards.push(read(&recording)?);
        }
    }
    shards.sort_by_key(|shard| (shard.part.divided.shard.number, shard.archived.began));
    once(&mut shards, repeated)?;
    let plan = whole::plan(&shards)?;
    let identity = identity::new(None).map_err(MergeError::Identity)?;
    let folder = match folder {
        Folder::Named(folder) => folder.to_owned(),
        Folder::Below(recordings) => recordings.join(&identity.id),
    };
    if folder.exists() {
        return Err(MergeError::Occupied { folder });
    }
    let unwritable = |source| MergeError::Unwritable { folder: folder.clone(), source };
    // It is made beside its place and moved there: half a recording must not be taken for one.
    let mut beside = folder.file_name().unwrap_or_default().to_owned();
    beside.push(format!(".{}.new", std::process::id()));
    let beside = folder.with_file_name(beside);
    let written = write(&beside, &identity.id, &plan, &shards)
        .and_then(|()| fs::rename(&beside, &folder).map_err(unwritable));
    if written.is_err() {
        // What is told is why it could not be written.
        fs::remove_dir_all(&beside).ok();
    }
    written?;
    Ok(archive::open(&folder)?)
}

/// Where a merged recording goes.
#[derive(Debug, Clone, Copy)]
pub enum Folder<'a> {
    /// There.
    Named(&'a Path),
    /// Into a folder of its own below the one of all recordings.
    Below(&'a Path),
}

fn write(folder: &Path, run: &str, plan: &PlanDocument, shards: &[Shard]) -> Result<(), MergeError> {
    let fingerprint = recording::write_plan(folder, None, plan).map_err(MergeError::Plan)?;
    let mut merged = Vec::new();
    for shard in shards {
        let unreadable = |source| ArchiveError::Unreadable { path: shard.file.clone(), source };
        merged.push(Merged {
            run: shard.archived.report.run.clone(),
            shard: shard.part.divided.shard,
            cases: shard.planned.len(),
            log: fingerprint_of(&shard.file).map_err(unreadable)?,
        });
    }
    let mut events: Vec<Event> = whole::head(run, &fingerprint, shards).into_iter().collect();
    events.push(Event::Merged { shards: merged });
    events.extend(whole::planned(plan, shards));
    log::write(&folder.join(recording::events_file(None)), &events, shards)
}

/// The recordings that a path stands for.
fn recordings(path: &Path, depth: usize) -> Result<Vec<PathBuf>, MergeError> {
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    if !path.is_dir() || !archive::logs(path).map_err(unreadable)?.is_empty() {
        return Ok(vec![path.to_owned()]);
    }
    let mut found = Vec::new();
    if depth > 0 {
        let entries = fs::read_dir(path).map_err(unreadable)?;
        let mut folders: Vec<PathBuf> =
            entries.flatten().map(|entry| entry.path()).filter(|path| path.is_dir()).collect();
        folders.sort();
        for folder in folders {
            match recordings(&folder, depth - 1) {
                Ok(below) => found.extend(below),
                Err(MergeError::Archive(ArchiveError::None { .. })) => {}
                Err(error) => return Err(error),
            }
        }
    }
    if found.is_empty() {
        return Err(ArchiveError::None { folder: path.to_owned() }.into());
    }
    Ok(found)
}

fn read(path: &Path) -> Result<Shard, MergeError> {
    let files = if path.is_dir() {
        archive::logs(path).map_err(|source| ArchiveError::Unreadable { path: path.to_owned(), source })?
    } else {
        vec![path.to_owned()]
    };
    let [file] = files.as_slice() else {
        return Err(MergeError::Processes { path: path.to_owned() });
    };
    let (mut started, mut planned, mut demands) = (None, Vec::new(), None);
    let mut archived = archive::read(file, Depth::Report, &mut |record| match &record.event {
        Event::RunStarted { .. } => started = Some(record.event.clone()),
        Event::CasePlanned { .. } => planned.push(record.event.clone()),
        Event::Demanded { demands: found } => demands = Some((**found).clone()),
        _ => {}
    })?;
    let run = archived.report.run.clone();
    let no_shard = || MergeError::NoShard { run: run.clone(), path: path.to_owned() };
    if archived.report.shard.is_none() {
        return Err(no_shard());
    }
    let lost = || MergeError::PlanGone { run: run.clone(), path: path.to_owned() };
    let plan = archived.plans.pop().ok_or_else(lost)?;
    let part = plan.shard.clone().ok_or_else(no_shard)?;
    let started = started.ok_or_else(no_shard)?;
    Ok(Shard { archived, file: file.clone(), plan, part, started, planned, demands })
}

/// Leaves each shard once.
fn once(shards: &mut Vec<Shard>, repeated: Repeated) -> Result<(), MergeError> {
    let mut kept: Vec<Shard> = Vec::new();
    for shard in shards.drain(..) {
        let of = |shard: &Shard| (shard.part.divided.shard, shard.part.divided.plan.clone());
        match kept.last().filter(|before| of(before) == of(&shard)) {
            Some(before) if repeated == Repeated::Refused => {
                let run = |shard: &Shard| shard.archived.report.run.clone();
                let runs = [run(before), run(&shard)];
                return Err(MergeError::Repeated { shard: shard.part.divided.shard, runs });
            }
            Some(_) => {
                // They come in the order in which they began.
                kept.pop();
            }
            None => {}
        }
        kept.push(shard);
    }
    *shards = kept;
    match shards.iter().find(|shard| !shard.archived.over) {
        Some(torn) => Err(MergeError::Torn {
            shard: torn.part.divided.shard,
            run: torn.archived.report.run.clone(),
            path: torn.file.clone(),
        }),
        None => Ok(()),
    }
}
