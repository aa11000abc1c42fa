//! Reading runs back.
//!
//! Does not: weigh them.

use super::{History, HistoryError};
use harness_model::exit::ExitCode;
use harness_model::history::{PastCase, PastRun, Weather};
use harness_model::name::{CaseId, StepName};
use harness_model::provenance::Provenance;
use jiff::Timestamp;
use rusqlite::{OptionalExtension, Row, params_from_iter};
use serde::de::DeserializeOwned;
use std::time::Duration;

/// Which runs are wanted; what is not said is not asked.
#[derive(Debug, Clone, Default)]
pub struct Wanted<'a> {
    /// Of this suite.
    pub suite: Option<&'a str>,
    /// On this environment.
    pub environment: Option<&'a str>,
    /// Of this lane.
    pub lane: Option<&'a str>,
    /// Of this branch.
    pub branch: Option<&'a str>,
    /// Not begun later.
    pub until: Option<Timestamp>,
    /// Not begun before.
    pub since: Option<Timestamp>,
    /// Begun before.
    pub before: Option<Timestamp>,
    /// So many at most, the newest ones.
    pub limit: Option<usize>,
}

/// What a history has of a suite on an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holding {
    /// The suite.
    pub suite: String,
    /// The environment.
    pub environment: String,
    /// How many runs.
    pub runs: usize,
    /// When the newest one began.
    pub newest: Timestamp,
}

const RUNS: &str =
    "SELECT id, suite, environment, lane, revision, branch, apart, began, elapsed, exit, storm FROM run";

const RESULTS: &str = "SELECT id, arms, gate, verdict, step, cause, elapsed, attempts FROM result WHERE run = ?1 ORDER BY position, id";

impl History {
    /// The runs that are wanted, the oldest first.
    ///
    /// *Errors*: the file cannot be read, or holds what no version of ours writes.
    pub fn runs(&self, wanted: &Wanted<'_>) -> Result<Vec<PastRun>, HistoryError> {
        let failed = self.failed("read");
        let mut runs = Vec::new();
        let (condition, values) = wanted.condition();
        let limit = wanted.limit.map_or_else(String::new, |limit| format!(" LIMIT {limit}"));
        let text = format!("{RUNS}{condition} ORDER BY began DESC, id DESC{limit}");
        let mut asked = self.connection.prepare(&text).map_err(&failed)?;
        let mut rows = asked.query(params_from_iter(values)).map_err(&failed)?;
        while let Some(row) = rows.next().map_err(&failed)? {
            let mut run = self.run(row)?;
            run.cases = self.cases(&run.id)?;
            runs.push(run);
        }
        runs.reverse();
        Ok(runs)
    }

    /// When the runs of a suite began, each with its environment, the newest first.
    ///
    /// *Errors*: the file cannot be read.
    pub fn begun(&self, suite: &str) -> Result<Vec<(String, String, Timestamp)>, HistoryError> {
        let failed = self.failed("read");
        let text = "SELECT id, environment, began FROM run WHERE suite = ?1 ORDER BY began DESC, id DESC";
        let mut asked = self.connection.prepare(text).map_err(&failed)?;
        let mut rows = asked.query([suite]).map_err(&failed)?;
        let mut begun = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            let began = self.time("run.began", row.get(2).map_err(&failed)?)?;
            begun.push((row.get(0).map_err(&failed)?, row.get(1).map_err(&failed)?, began));
        }
        Ok(begun)
    }

    /// Suites and environments, the one with the newest run first.
    ///
    /// *Errors*: the file cannot be read.
    pub fn holdings(&self) -> Result<Vec<Holding>, HistoryError> {
        let failed = self.failed("read");
        let text =
            "SELECT suite, environment, count(*), max(began) FROM run GROUP BY 1, 2 ORDER BY 4 DESC, 1, 2";
        let mut asked = self.connection.prepare(text).map_err(&failed)?;
        let mut rows = asked.query([]).map_err(&failed)?;
        let mut holdings = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            let runs: i64 = row.get(2).map_err(&failed)?;
            holdings.push(Holding {
                suite: row.get(0).map_err(&failed)?,
                environment: row.get(1).map_err(&failed)?,
                runs: usize::try_from(runs).unwrap_or(usize::MAX),
                newest: self.time("run.began", row.get(3).map_err(&failed)?)?,
            });
        }
        Ok(holdings)
    }

    /// Whether a run is in it, as a whole or in parts.
    ///
    /// *Errors*: the file cannot be read.
    pub fn knows(&self, run: &str) -> Result<bool, HistoryError> {
        let asked = self.connection.query_row("SELECT 1 FROM run WHERE id = ?1", [run], |_| Ok(()));
        Ok(asked.optional().map_err(self.failed("read"))?.is_some())
    }

    fn run(&self, row: &Row<'_>) -> Result<PastRun, HistoryError> {
        let failed = self.failed("read");
        let text = |column| row.get::<_, String>(column).map_err(&failed);
        let exit: i64 = row.get(9).map_err(&failed)?;
        let storm: bool = row.get(10).map_err(&failed)?;
        Ok(PastRun {
            id: text(0)?,
            suite: text(1)?,
            environment: text(2)?,
            lane: row.get(3).map_err(&failed)?,
            provenance: Provenance {
                commit: row.get(4).map_err(&failed)?,
                branch: row.get(5).map_err(&failed)?,
                apart: self.json("run.apart", text(6)?)?,
            },
            began: self.time("run.began", row.get(7).map_err(&failed)?)?,
            elapsed: elapsed(row.get(8).map_err(&failed)?),
            exit: ExitCode::of(exit).ok_or_else(|| self.strange("run.exit", exit.to_string()))?,
            weather: if storm { Weather::Storm } else { Weather::Calm },
            cases: Vec::new(),
        })
    }

    fn cases(&self, run: &str) -> Result<Vec<PastCase>, HistoryError> {
        let failed = self.failed("read");
        let mut asked = self.connection.prepare_cached(RESULTS).map_err(&failed)?;
        let mut rows = asked.query([run]).map_err(&failed)?;
        let mut cases = Vec::new();
        while let Some(row) = rows.next().map_err(&failed)? {
            let text = |column| row.get::<_, String>(column).map_err(&failed);
            let step: Option<String> = row.get(4).map_err(&failed)?;
            cases.push(PastCase {
                id: CaseId::new(text(0)?),
                arms: self.json("result.arms", text(1)?)?,
                gate: self.word("result.gate", text(2)?)?,
                verdict: self.word("result.verdict", text(3)?)?,
                step: step.map(StepName::new),
                cause: text(5)?,
                elapsed: elapsed(row.get(6).map_err(&failed)?),
                attempts: row.get(7).map_err(&failed)?,
            });
        }
        Ok(cases)
    }

    fn time(&self, what: &str, micros: i64) -> Result<Timestamp, HistoryError> {
        Timestamp::from_microsecond(micros).map_err(|_beyond| self.strange(what, micros.to_string()))
    }

    fn word<T: DeserializeOwned>(&self, what: &str, word: String) -> Result<T, HistoryError> {
        let read = serde_json::from_value(serde_json::Value::String(word.clone()));
        read.map_err(|_unknown| self.strange(what, word))
    }

    fn json<T: DeserializeOwned>(&self, what: &str, text: String) -> Result<T, HistoryError> {
        serde_json::from_str(&text).map_err(|_unknown| self.strange(what, text))
    }

    fn strange(&self, what: &str, value: String) -> HistoryError {
        HistoryError::Row { path: self.path.clone(), what: what.to_owned(), value }
    }
}

fn elapsed(micros: i64) -> Duration {
    Duration::from_micros(u64::try_from(micros).unwrap_or_default())
}

impl Wanted<'_> {
    /// The condition, and the values that it speaks of.
    fn condition(&self) -> (String, Vec<rusqlite::types::Value>) {
        let text = |value: Option<&str>| value.map(|value| rusqlite::types::Value::from(value.to_owned()));
        let time =
            |time: Option<Timestamp>| time.map(|time| rusqlite::types::Value::from(time.as_microsecond()));
        let wishes = [
            ("suite = ?", text(self.suite)),
            ("environment = ?", text(self.environment)),
            ("lane = ?", text(self.lane)),
            ("branch = ?", text(self.branch)),
            ("began <= ?", time(self.until)),
            ("began >= ?", time(self.since)),
            ("began < ?", time(self.before)),
        ];
        let (words, values): (Vec<&str>, Vec<_>) =
            wishes.into_iter().filter_map(|(word, value)| Some((word, value?))).unzip();
        let condition =
            if words.is_empty() { String::new() } else { format!(" WHERE {}", words.join(" AND ")) };
        (condition, values)
    }
}
