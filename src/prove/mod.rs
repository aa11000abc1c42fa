//! The proof: what a suite notices of a platform that is broken on purpose, row by row.
//!
//! Does not: judge which faults are worth having, `faults.toml` says; or what came of a row, the model does.

mod bench;
mod kept;
mod quiet;
mod side;
mod strength;
mod through;

use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
pub(crate) use strength::weaken;

use bench::Bench;
use harness_runner::engine::net::wait;
use harness_runner::front::Interruption;
use harness_runner::model::name::closest;
use harness_runner::model::suite::{FaultRow, Suite, fault_name};
use harness_runner::report::{PROOF_VERSION, Proof, Row, Unnoticed};
use kept::Kept;
use side::Side;
use std::convert::Infallible;
use std::num::NonZeroUsize;
use std::path::Path;
use through::Target;

/// How many rows run at once unless somebody says otherwise: they mostly wait for deadlines that a broken platform lets
/// run out.
pub const JOBS: NonZeroUsize = NonZeroUsize::MIN.saturating_add(7);

/// What somebody wants proved.
#[derive(Debug, Clone)]
pub struct Wanted {
    /// The suite.
    pub suite: String,
    /// Only the rows of this scenario.
    pub scenario: Option<String>,
    /// Only the rows with this fault: its name, or all of its text.
    pub fault: Option<String>,
    /// The real target to run against, through a proxy with the faults of the wire; none for platforms of their own.
    pub through: Option<String>,
    /// How many rows run at once, and how many cases of a run.
    pub jobs: NonZeroUsize,
}

/// How far a proof is.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// The cases of all rows run on a platform that is whole.
    Baseline {
        /// How many they are.
        cases: usize,
    },
    /// A row has ended.
    Row {
        /// What came of it.
        row: &'a Row,
        /// How many have ended.
        done: usize,
        /// How many there are.
        of: usize,
    },
    /// An assertion was taken out.
    Assertion {
        /// How many were.
        done: usize,
        /// How many there are.
        of: usize,
    },
}

/// Why a proof could not be made.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct ProofError(String);

impl Wanted {
    /// Every row of a suite.
    pub fn all(suite: &str) -> Self {
        Self { suite: suite.to_owned(), scenario: None, fault: None, through: None, jobs: JOBS }
    }

    /// What narrows it, as it was asked for; nothing when nothing does.
    fn words(&self) -> String {
        let scenario = self.scenario.as_ref().map(|name| format!("--scenario {name}"));
        let fault = self.fault.as_ref().map(|text| format!("--fault {text}"));
        scenario.into_iter().chain(fault).collect::<Vec<_>>().join(" ")
    }

    fn wants(&self, row: &FaultRow) -> bool {
        let is_of = self.scenario.as_ref().is_none_or(|name| row.scenario.as_str() == name);
        let has = |wanted: &String| {
            row.texts().any(|text| text == wanted || fault_name(text) == wanted) || row.fault() == *wanted
        };
        is_of && self.fault.as_ref().is_none_or(has)
    }
}

/// Proves a suite of the working folder's root, with recordings of what does not hold below `recordings`.
///
/// *Errors*: the suite is not right, or a run could not begin.
pub fn prove(wanted: &Wanted, recordings: &Path) -> Result<Proof, ProofError> {
    let failed = |error: StartError| ProofError(error.to_string());
    let settings = Settings::from_process(None).map_err(|error| failed(error.into()))?;
    run(wanted, &settings, recordings, &|_| {}).map_err(failed)
}

/// The same with settings, and with somebody who follows it.
pub(crate) fn run(
    wanted: &Wanted,
    settings: &Settings,
    recordings: &Path,
    observe: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<Proof, StartError> {
    let (suite, rows) = chosen(wanted, settings)?;
    let interruption = Interruption::listen()?;
    if let Some(url) = &wanted.through {
        let (target, settings) = Target::at(url, &suite, settings.clone())?;
        let (rows, inside) = through::divide(rows)?;
        let through = Some(target.url().to_owned());
        // On a real target they are runs like others, and a sweep reads what they left.
        let bench = Bench::through(target, suite, &settings, recordings)?;
        let work = Work { wanted, bench: &bench, rows: &rows, interruption: &interruption, observe };
        return Ok(Proof { through, inside, gaps: Vec::new(), ..work.proof()? });
    }
    let settings = settings.clone().bare();
    let kept = Kept::begin(recordings)?;
    let bench = Bench::new(suite, &settings, recordings, wanted.jobs)?;
    let work = Work { wanted, bench: &bench, rows: &rows, interruption: &interruption, observe };
    let proof = work.proof()?;
    kept.end();
    Ok(proof)
}

/// The suite, and the rows that somebody wants.
///
/// *Errors*: the suite is not right, or there is no such row.
fn chosen(wanted: &Wanted, settings: &Settings) -> Result<(Suite, Vec<FaultRow>), StartError> {
    let suite = crate::embedded::refuse_unknown(job::load_suite(&wanted.suite, settings)?)?;
    let rows = picked(wanted, &suite)?;
    Ok((suite, rows))
}

/// What a proof is made with.
struct Work<'a> {
    wanted: &'a Wanted,
    bench: &'a Bench<'a>,
    rows: &'a [FaultRow],
    interruption: &'a Interruption,
    observe: &'a (dyn Fn(Progress<'_>) + Sync),
}

impl Work<'_> {
    /// Runs the cases of all rows with nothing broken and, when they are green, every row.
    ///
    /// *Errors*: the first run could not begin.
    fn proof(&self) -> Result<Proof, StartError> {
        let began = wait::now();
        let suite = self.bench.suite();
        let selection = self.wanted.words();
        let mut proof = Proof {
            version: PROOF_VERSION,
            suite: suite.name.clone(),
            environment: self.bench.environment(),
            planned: self.rows.len(),
            gaps: if selection.is_empty() { gaps(suite) } else { Vec::new() },
            selection,
            left_out: self.bench.left_out(self.rows),
            ..Proof::default()
        };
        let needed = self.bench.needed(self.rows);
        (self.observe)(Progress::Baseline { cases: needed.len() });
        proof.baseline = self.bench.baseline(&needed)?;
        if proof.has_baseline() {
            proof.rows = self.ran();
        }
        proof.interrupted = self.interruption.is_raised();
        proof.seconds = began.elapsed().as_secs_f64();
        Ok(proof)
    }

    /// What came of the rows, in the order in which they are written.
    fn ran(&self) -> Vec<Row> {
        let one = |row: &FaultRow| Ok::<_, Infallible>(self.bench.row(row));
        let of = self.rows.len();
        let follow = |row: &Row, done| (self.observe)(Progress::Row { row, done, of });
        let Ok(rows) = self.side().run(self.rows, one, follow);
        rows
    }

    /// So many at once as somebody wants.
    fn side(&self) -> Side<'_> {
        Side { jobs: self.wanted.jobs, interruption: self.interruption }
    }
}

/// The rows that somebody wants.
///
/// *Errors*: there is none.
fn picked(wanted: &Wanted, suite: &Suite) -> Result<Vec<FaultRow>, StartError> {
    if let Some(name) = &wanted.scenario
        && !suite.scenarios.iter().any(|scenario| scenario.name.as_str() == name)
    {
        let known = suite.scenarios.iter().map(|scenario| scenario.name.as_str());
        return Err(unknown(
            &format!("suite `{}` has no scenario `{name}`", suite.name),
            closest(name, known),
        ));
    }
    let rows: Vec<FaultRow> = suite.faults.iter().filter(|row| wanted.wants(row)).cloned().collect();
    match (&wanted.fault, rows.is_empty()) {
        (_, false) => Ok(rows),
        (Some(fault), true) => {
            let known = suite.faults.iter().flat_map(FaultRow::texts).map(fault_name);
            let of =
                wanted.scenario.as_ref().map(|name| format!(" for scenario `{name}`")).unwrap_or_default();
            let message = format!("faults.toml of suite `{}` has no row with `{fault}`{of}", suite.name);
            Err(unknown(&message, closest(fault_name(fault), known)))
        }
        (None, true) => {
            let of =
                wanted.scenario.as_ref().map(|name| format!(" for scenario `{name}`")).unwrap_or_default();
            let message =
                format!("suite `{}` has no fault row{of}: scenarios/{}/faults.toml", suite.name, suite.name);
            Err(StartError::Empty(message))
        }
    }
}

fn unknown(message: &str, meant: Option<&str>) -> StartError {
    let hint = meant.map(|meant| format!(": did you mean `{meant}`?")).unwrap_or_default();
    StartError::Usage(format!("{message}{hint}"))
}

/// The faults of the catalogue that no row is about.
fn gaps(suite: &Suite) -> Vec<Unnoticed> {
    let has_row =
        |name: &str| suite.faults.iter().flat_map(FaultRow::texts).any(|text| fault_name(text) == name);
    let why = |name: &str| suite.gaps.iter().find(|gap| gap.fault.value == name).map(|gap| gap.why.clone());
    let unnoticed = crate::embedded::known_faults().filter(|(name, _)| !has_row(name));
    unnoticed
        .map(|(name, meaning)| Unnoticed {
            fault: name.to_owned(),
            meaning: meaning.to_owned(),
            why: why(name),
        })
        .collect()
}
