//! Recordings of earlier runs: which there are, and one of them read back.
//!
//! Does not: write, or wait for a run to end.

pub(crate) mod shelf;

use self::shelf::{Planned, Shelved, shelf};
use crate::identity;
use crate::recording::{fingerprint, plan_file};
use crate::telling;
use harness_model::event::{Event, LogError, Record, Writer};
use harness_model::gate::Decision;
use harness_model::name::{EnvironmentName, closest};
use harness_model::plan::{self, PlanDocument, PlanError};
use harness_model::reading::{Depth, Reading};
use harness_model::report::RunReport;
use harness_model::shard::Divided;
use harness_report::{Account, Closing, Format, Told};
use jiff::Timestamp;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// From this version of the log on, every run has a plan.
const WITH_PLANS: u32 = 4;

/// No line of ours is longer: bodies are cut long before.
const LONGEST: u64 = 256 * 1024 * 1024;

/// A recording, read back.
#[derive(Debug)]
pub struct Archived {
    /// Where it is, for people.
    pub path: String,
    /// What its lines come to.
    pub report: RunReport,
    /// The plans of its processes, as far as they are there.
    pub plans: Vec<PlanDocument>,
    /// When it began.
    pub began: Option<Timestamp>,
    /// How long it took.
    pub elapsed: Duration,
    /// What it tells beside its report, where that was asked for.
    pub told: Option<Told>,
    /// Whether every process of it came to its end; one that was killed did not.
    pub over: bool,
}

/// Which run is meant when nobody names one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Newest {
    /// The newest of all.
    OfAll,
    /// The newest that nextest started.
    OfNextest,
}

/// Why a recording cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// There is none.
    #[error("there is no recording in {folder}", folder = folder.display())]
    None {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// There are some, and nextest started none of them.
    #[error(
        "no run in {folder} is one of nextest, whose cases are processes: without --nextest, the newest of all is shown",
        folder = folder.display()
    )]
    NoneOfNextest {
        /// Where it was looked for.
        folder: PathBuf,
    },
    /// There is none of this name.
    #[error("there is no run `{run}` in {folder}{hint}", folder = folder.display())]
    Unknown {
        /// What was asked for.
        run: String,
        /// Where it was looked for.
        folder: PathBuf,
        /// What may have been meant.
        hint: String,
    },
    /// A file cannot be read.
    #[error("{path} cannot be read", path = path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// A log is not one, or no longer what was written.
    #[error("{path}", path = path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What is wrong, and in which line.
        source: LogError,
    },
    /// A plan is not one.
    #[error("{path}", path = path.display())]
    Plan {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        source: PlanError,
    },
    /// A plan is not the one that the log names.
    #[error("{path} is not the plan that line 1 of the log names: it was changed after the run began", path = path.display())]
    PlanChanged {
        /// The file.
        path: PathBuf,
    },
    /// Line 1 of the log says another thing than the plan that it names.
    #[error("{path} was changed after the run began: its line 1 has the {what} {log}, and its plan has {plan}", path = path.display())]
    Differs {
        /// The log.
        path: PathBuf,
        /// What it says otherwise.
        what: &'static str,
        /// As the log has it.
        log: String,
        /// As the plan has it.
        plan: String,
    },
    /// It is still being written.
    #[error("the run is still under way (process {pid}): wait for its end")]
    Lives {
        /// Who writes it.
        pid: u32,
    },
}

/// The folder of a recording: of the run that was named, by its id or by a path, else of the newest.
///
/// *Errors*: there is none.
pub fn find(recordings: &Path, asked: Option<&str>, newest: Newest) -> Result<PathBuf, ArchiveError> {
    if let Some(run) = asked {
        return named(recordings, run);
    }
    let is_meant = |shelved: &Shelved| match newest {
        // A log that cannot be read is somebody's to explain.
        Newest::OfAll => {
            !shelved.files().is_empty() && shelved.first().is_none_or(|head| head.planned != Planned::No)
        }
        Newest::OfNextest => shelved.files().iter().any(|file| part(file).is_some()),
    };
    let folder = recordings.to_owned();
    let mut runs = shelf(recordings).into_iter().flatten().peekable();
    match (runs.peek().is_none(), runs.find(is_meant), newest) {
        (_, Some(found), _) => Ok(found.folder),
        (false, None, Newest::OfNextest) => Err(ArchiveError::NoneOfNextest { folder }),
        (_, None, Newest::OfAll | Newest::OfNextest) => Err(ArchiveError::None { folder }),
    }
}

/// The folder of a run that was named, by its id or by a path.
///
/// *Errors*: there is none.
pub fn named(recordings: &Path, run: &str) -> Result<PathBuf, ArchiveError> {
    let named = [recordings.join(run), PathBuf::from(run)].into_iter().find(|path| path.exists());
    named.ok_or_else(|| unknown(run, recordings))
}

/// The folder of the newest run of a suite on an environment, one left out; sweeps are none.
pub fn newest_of(
    recordings: &Path,
    suite: &str,
    environment: &EnvironmentName,
    without: Option<&str>,
) -> Option<PathBuf> {
    let is_meant = |shelved: &Shelved| {
        shelved.head().is_some_and(|head| {
            let is_left_out = without.is_some_and(|run| shelved.folder.ends_with(run) || head.run == run);
            let is_like_it = head.suite == suite && head.environment == *environment;
            is_like_it && head.planned == Planned::Yes && !is_left_out
        })
    };
    shelf(recordings).into_iter().flatten().find(is_meant).map(|found| found.folder)
}

fn unknown(run: &str, recordings: &Path) -> ArchiveError {
    let entries = fs::read_dir(recordings).into_iter().flatten().flatten();
    let known: Vec<String> = entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    let meant = closest(run, known.iter().map(String::as_str));
    let hint = meant.map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
    ArchiveError::Unknown { run: run.to_owned(), folder: recordings.to_owned(), hint }
}

/// Reads a recording; its processes, where there are several, as one run.
///
/// *Errors*: it cannot be read, is not one, was changed, or is still being written.
pub fn open(path: &Path) -> Result<Archived, ArchiveError> {
    read(path, Depth::Report, &mut |_| {})
}

/// Reads a recording with everything that a format shows of it.
///
/// *Errors*: as for [`open`].
pub fn open_for(path: &Path, format: Format) -> Result<Archived, ArchiveError> {
    let archived = open(path)?;
    let told = telling::told(path, &archived.report, [format])?;
    Ok(Archived { told, ..archived })
}

/// Reads a recording and shows every event of it on the way.
///
/// *Errors*: as for [`open`]; what was read until then has been shown.
pub fn replay(path: &Path, show: &mut dyn FnMut(&Record)) -> Result<Archived, ArchiveError> {
    read(path, Depth::Events, show)
}

/// Reads a recording and shows the events of it that are read at that depth.
///
/// *Errors*: as for [`open`].
pub(crate) fn read(
    path: &Path,
    depth: Depth,
    show: &mut dyn FnMut(&Record),
) -> Result<Archived, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let files = if path.is_dir() { logs(path).map_err(unreadable)? } else { vec![path.to_owned()] };
    let mut parts = Vec::new();
    for file in files {
        parts.push(log(&file, depth, show)?);
    }
    parts.sort_by_key(|part| part.began);
    let mut parts = parts.into_iter();
    let mut whole = parts.next().ok_or_else(|| ArchiveError::None { folder: path.to_owned() })?;
    for part in parts {
        whole.elapsed = ended(&whole).max(ended(&part)).map_or(whole.elapsed, |end| {
            whole.began.map_or(Duration::ZERO, |began| {
                Duration::try_from(end.duration_since(began)).unwrap_or_default()
            })
        });
        whole.path = path.display().to_string();
        whole.over &= part.over;
        whole.report.join(part.report);
        whole.plans.extend(part.plans);
    }
    Ok(whole)
}

fn ended(part: &Archived) -> Option<Timestamp> {
    part.began?.checked_add(part.elapsed).ok()
}

/// Whether the recording in a folder is that of several processes, which share the name of the folder.
pub(crate) fn is_shared(folder: &Path) -> bool {
    logs(folder).unwrap_or_default().iter().any(|log| part(log).is_some())
}

/// The logs in the folder of a run.
pub(crate) fn logs(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if name.starts_with("events") && name.ends_with(".jsonl") {
            found.push(path.clone());
        }
    }
    found.sort();
    Ok(found)
}

/// Which of the processes of a run wrote a log; none when the run was one process.
fn part(log: &Path) -> Option<String> {
    let stem = log.file_stem()?.to_string_lossy();
    stem.strip_prefix("events-").map(str::to_owned)
}

fn log(path: &Path, depth: Depth, show: &mut dyn FnMut(&Record)) -> Result<Archived, ArchiveError> {
    let unreadable = |source| ArchiveError::Unreadable { path: path.to_owned(), source };
    let wrong = |source| ArchiveError::Log { path: path.to_owned(), source };
    let mut lines = BufReader::with_capacity(1 << 18, File::open(path).map_err(unreadable)?);
    let (mut reading, mut line, mut head) = (Reading::default(), Vec::new(), None);
    loop {
        line.clear();
        (&mut lines).take(LONGEST).read_until(b'\n', &mut line).map_err(unreadable)?;
        // What has no end was being written when the process died, or nothing is left.
        let Some((b'\n', whole)) = line.split_last() else { break };
        if let Some(record) = reading.line(whole, depth).map_err(wrong)? {
            show(&record);
            if let Event::RunStarted { process, plan, .. } = record.event {
                head = Some((process, plan));
            }
        }
    }
    let Some((process, plan)) = head else { return Err(wrong(LogError::Headless)) };
    refuse_alive(&reading, process.as_ref())?;
    let plan = plan.map(|plan| read_plan(path, &plan)).transpose()?.flatten();
    let over = reading.is_over();
    let (began, elapsed, mut report) = (reading.began(), reading.elapsed(), reading.into_report());
    if !over {
        let cause = "the recording has no last line: its process was killed, or somebody cut it";
        report.apply(&Event::Contradiction { cause: cause.to_owned() });
    }
    if let Some(plan) = &plan {
        refuse_different(path, &report, plan)?;
        lose(&mut report, plan);
    }
    Ok(Archived {
        path: path.display().to_string(),
        report,
        plans: plan.into_iter().collect(),
        began,
        elapsed,
        told: None,
        over,
    })
}

/// What is still being written is no recording yet.
fn refuse_alive(reading: &Reading, process: Option<&Writer>) -> Result<(), ArchiveError> {
    match process {
        Some(writer) if !reading.is_over() && identity::is_alive(writer) => {
            Err(ArchiveError::Lives { pid: writer.pid })
        }
        Some(_) | None => Ok(()),
    }
}

/// The plan that a log names; none when somebody took the log along without it.
fn read_plan(log: &Path, named: &str) -> Result<Option<PlanDocument>, ArchiveError> {
    let path = log.with_file_name(plan_file(part(log).as_deref()));
    let text = match fs::read_to_string(&path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(ArchiveError::Unreadable { path, source }),
    };
    if fingerprint(text.as_bytes()) != named {
        return Err(ArchiveError::PlanChanged { path });
    }
    plan::read(&text).map(Some).map_err(|source| ArchiveError::Plan { path, source })
}

/// What the first line says of the run, its plan says as well.
fn refuse_different(path: &Path, report: &RunReport, plan: &PlanDocument) -> Result<(), ArchiveError> {
    let shard = |divided: Option<&Divided>| {
        divided.map_or_else(|| "none".to_owned(), |divided| format!("{} of {}", divided.shard, divided.plan))
    };
    let both = [
        ("suite", report.suite.clone(), plan.suite.clone()),
        ("environment", report.environment.clone(), plan.environment.to_string()),
        ("shard", shard(report.shard.as_ref()), shard(plan.shard.as_ref().map(|part| &part.divided))),
    ];
    match both.into_iter().find(|(_, log, plan)| log != plan) {
        Some((what, log, plan)) => Err(ArchiveError::Differs { path: path.to_owned(), what, log, plan }),
        None => Ok(()),
    }
}

/// A run that was killed while it wrote down its cases had planned them all the same: none of them may go missing.
fn lose(report: &mut RunReport, plan: &PlanDocument) {
    for planned in &plan.cases {
        if !report.cases.contains_key(&planned.id) {
            report.apply(&Event::CasePlanned {
                case: planned.id.clone(),
                arms: planned.arms.clone(),
                gate: planned.gate,
                decision: Decision::Run,
                chosen: planned.chosen.clone(),
            });
        }
    }
}

impl Archived {
    /// The run, as views take it.
    pub fn account(&self) -> Account<'_> {
        let closing = Closing {
            elapsed: self.elapsed,
            recording: &self.path,
            views: &[],
            forgotten: None,
            retained: None,
            sinks: &[],
        };
        Account::new(&self.report, closing).began(self.began).planned(&self.plans).told(self.told.as_ref())
    }
}
