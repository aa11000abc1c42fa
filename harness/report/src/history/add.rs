//! Adding a run: whole and once, or case by case where each case is a process.
//!
//! Does not: take anything back. `forget` does, by the run's id.

use super::{History, HistoryError};
use harness_model::exit::ExitCode;
use harness_model::history::{Light, PastCase, PastRun, Weather};
use harness_model::storm;
use harness_model::verdict::Verdict;
use rusqlite::{OptionalExtension, Transaction, TransactionBehavior, params};
use std::time::Duration;

/// How much of a run is added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// All of it.
    Whole,
    /// What one of its processes did.
    Part,
}

/// What became of a run that was to be added.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Added {
    /// It is in the history now.
    New,
    /// It was there already, and nothing was changed.
    Known,
}

/// A duration as the file has it: rounded as a log is, so that a run and its recording give the same.
///
/// *Units*: microseconds.
fn micros(duration: Duration) -> i64 {
    i64::try_from((duration.as_nanos() + 500) / 1000).unwrap_or(i64::MAX)
}

/// The word that the file has for something that our written formats have a word for.
pub(super) fn word<T: serde::Serialize>(value: &T) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        Ok(other) => other.to_string(),
        Err(_unwritable) => String::new(),
    }
}

impl History {
    /// Adds a run. One that is there already is left as it is; of one that only some processes told of, the whole replaces
    /// what they told.
    ///
    /// *Errors*: the file cannot be written; then nothing of the run is in it.
    pub fn add(&mut self, run: &PastRun, extent: Extent) -> Result<Added, HistoryError> {
        let failed = self.failed("written");
        let writing =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        let added = put(&writing, run, extent).map_err(&failed)?;
        writing.commit().map_err(&failed)?;
        Ok(added)
    }

    /// Takes runs out again; gives how many there were.
    ///
    /// *Errors*: the file cannot be written; then all of them are still in it.
    pub fn forget(&mut self, runs: &[String]) -> Result<usize, HistoryError> {
        let failed = self.failed("written");
        let writing =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(&failed)?;
        let mut gone = 0;
        for run in runs {
            gone += writing.execute("DELETE FROM run WHERE id = ?1", [run]).map_err(&failed)?;
        }
        writing.commit().map_err(&failed)?;
        Ok(gone)
    }
}

fn put(writing: &Transaction<'_>, run: &PastRun, extent: Extent) -> rusqlite::Result<Added> {
    let known: Option<bool> =
        writing.query_row("SELECT whole FROM run WHERE id = ?1", [&run.id], |row| row.get(0)).optional()?;
    match (known, extent) {
        (Some(true), _) => return Ok(Added::Known),
        (Some(false), Extent::Whole) => {
            writing.execute("DELETE FROM run WHERE id = ?1", [&run.id])?;
            begin(writing, run, extent)?;
        }
        (None, _) => begin(writing, run, extent)?,
        (Some(false), Extent::Part) => go_on(writing, run)?,
    }
    for (position, case) in run.cases.iter().enumerate() {
        result(writing, &run.id, position, case)?;
    }
    if extent == Extent::Part {
        look_at_the_sky(writing, &run.id)?;
    }
    Ok(Added::New)
}

fn begin(writing: &Transaction<'_>, run: &PastRun, extent: Extent) -> rusqlite::Result<()> {
    let apart = serde_json::to_string(&run.provenance.apart).unwrap_or_default();
    writing
        .prepare_cached("INSERT INTO run VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12)")?
        .execute(params![
            run.id,
            run.suite,
            run.environment,
            run.lane,
            run.provenance.commit,
            run.provenance.branch,
            apart,
            run.began.as_microsecond(),
            micros(run.elapsed),
            run.exit.code(),
            run.weather == Weather::Storm,
            extent == Extent::Whole,
        ])?;
    Ok(())
}

/// Another process of a run that is there: it began when the first one did, and ended as badly as the worst.
fn go_on(writing: &Transaction<'_>, run: &PastRun) -> rusqlite::Result<()> {
    let (began, elapsed, exit): (i64, i64, i64) =
        writing.query_row("SELECT began, elapsed, exit FROM run WHERE id = ?1", [&run.id], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })?;
    let first = began.min(run.began.as_microsecond());
    let last = (began + elapsed).max(run.began.as_microsecond() + micros(run.elapsed));
    let exit = ExitCode::of(exit).unwrap_or(ExitCode::Internal).merge(run.exit);
    writing.execute(
        "UPDATE run SET began = ?2, elapsed = ?3, exit = ?4, storm = max(storm, ?5) WHERE id = ?1",
        params![run.id, first, last - first, exit.code(), run.weather == Weather::Storm],
    )?;
    Ok(())
}

/// One case. A process that was started again for a case tells of it again: a pass after a red is flaky then.
fn result(writing: &Transaction<'_>, run: &str, position: usize, case: &PastCase) -> rusqlite::Result<()> {
    let before: Option<(String, u32)> = writing
        .prepare_cached("SELECT verdict, attempts FROM result WHERE run = ?1 AND id = ?2")?
        .query_row([run, case.id.as_str()], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let (mut verdict, mut attempts) = (case.verdict, case.attempts);
    if let Some((earlier, tried)) = before {
        attempts += tried;
        let was_red = serde_json::from_value::<Verdict>(earlier.into())
            .is_ok_and(|earlier| Light::of(earlier) == Light::Red);
        if was_red && verdict == Verdict::Passed {
            verdict = Verdict::Flaky;
        }
    }
    writing
        .prepare_cached("INSERT OR REPLACE INTO result VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)")?
        .execute(params![
            run,
            i64::try_from(position).unwrap_or(i64::MAX),
            case.id.as_str(),
            serde_json::to_string(&case.arms).unwrap_or_default(),
            word(&case.gate),
            word(&verdict),
            case.step.as_ref().map(harness_model::name::StepName::as_str),
            case.cause,
            micros(case.elapsed),
            attempts,
        ])?;
    Ok(())
}

/// Of a run that is told of in parts, only all of them together can be a storm, and each part may end one.
fn look_at_the_sky(writing: &Transaction<'_>, run: &str) -> rusqlite::Result<()> {
    let mut asked = writing.prepare_cached("SELECT verdict FROM result WHERE run = ?1")?;
    let words = asked.query_map([run], |row| row.get::<_, String>(0))?;
    let (mut executed, mut reds) = (0, 0);
    for word in words {
        let Ok(verdict) = serde_json::from_value::<Verdict>(word?.into()) else { continue };
        executed += usize::from(verdict.is_executed());
        reds += usize::from(verdict.is_executed() && verdict.is_red());
    }
    writing
        .execute("UPDATE run SET storm = ?2 WHERE id = ?1", params![run, storm::is_mass(reds, executed)])?;
    Ok(())
}
