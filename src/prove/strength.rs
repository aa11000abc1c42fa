//! Assertion strength: every assertion taken out in turn, and whether a row notices.
//!
//! A row stops at the first assertion that is violated, and the red names it; so only that one can be missed by the row, and
//! no other has to be tried with it. What is waited for is missed, too, where its scenario is not green without it, with nothing
//! broken or with what a row says that it survives.
//!
//! Does not: take anything out of a file. The suite in memory is changed.

use super::bench::Bench;
use super::kept::Kept;
use super::{Progress, Wanted, Work, chosen};
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::engine::net::wait;
use harness_runner::front::Interruption;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::name::ScenarioName;
use harness_runner::model::suite::{FaultRow, Must, Suite};
use harness_runner::model::weaken::{Assertion, Part, assertions};
use harness_runner::report::{Proof, Row, Strength, Unmissed};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many scenarios that come to a wait are tried without it: one that does not mind says little.
const TRIED: usize = 3;

/// Proves a suite, and then takes its assertions out one at a time; none of that when the proof does not hold.
///
/// *Errors*: those of a proof.
pub(crate) fn weaken(
    wanted: &Wanted,
    settings: &Settings,
    recordings: &Path,
    observe: &(dyn Fn(Progress<'_>) + Sync),
) -> Result<(Proof, Option<Strength>), StartError> {
    let settings = settings.clone().bare();
    let (suite, rows) = chosen(wanted, &settings)?;
    let interruption = Interruption::listen()?;
    let kept = Kept::begin(recordings)?;
    let bench = Bench::new(suite, &settings, recordings, wanted.jobs)?;
    let work = Work { wanted, bench: &bench, rows: &rows, interruption: &interruption, observe };
    let proof = work.proof()?;
    if proof.exit() != ExitCode::Success {
        kept.end();
        return Ok((proof, None));
    }
    let began = wait::now();
    let (all, shared) = asked(bench.suite(), wanted.scenario.as_deref());
    let weakening =
        Weakening { bench: &bench, rows: rows.iter().zip(&proof.rows).collect(), runs: AtomicUsize::new(0) };
    let follow = |_: &Came, done| observe(Progress::Assertion { done, of: all.len() });
    let judged = work.side().run(&all, |assertion| weakening.judge(assertion), follow)?;
    kept.end();
    let mut strength = Strength {
        suite: proof.suite.clone(),
        assertions: judged.len(),
        planned: all.len(),
        shared,
        unnoticed: judged.into_iter().filter_map(Came::unmissed).collect(),
        runs: weakening.runs.into_inner(),
        interrupted: interruption.is_raised(),
        seconds: began.elapsed().as_secs_f64(),
    };
    strength.unnoticed.sort_by(|one, other| one.place.cmp(&other.place));
    Ok((proof, Some(strength)))
}

/// The assertions of every scenario that has rows, or of the only one that somebody wants; and how many of its flows and
/// traces are left out, since rows of other scenarios, which are not asked, may miss them.
fn asked(suite: &Suite, only: Option<&str>) -> (Vec<Assertion>, usize) {
    let all = assertions(suite, |name| suite.faults.iter().any(|row| row.scenario == *name));
    let Some(only) = only else { return (all, 0) };
    let is_wanted = |name: &ScenarioName| name.as_str() == only;
    let of: Vec<Assertion> = all.into_iter().filter(|one| one.scenarios.iter().any(is_wanted)).collect();
    let (own, shared): (Vec<_>, Vec<_>) = of.into_iter().partition(|one| one.scenarios.iter().all(is_wanted));
    (own, shared.len())
}

impl Came {
    fn unmissed(self) -> Option<Unmissed> {
        match self {
            Self::Unmissed(unmissed) => Some(*unmissed),
            Self::Missed => None,
        }
    }
}

/// What assertions are taken out with.
struct Weakening<'a> {
    bench: &'a Bench<'a>,
    /// The rows with what came of them.
    rows: Vec<(&'a FaultRow, &'a Row)>,
    runs: AtomicUsize,
}

/// What came of an assertion that was taken out.
enum Came {
    /// Somebody missed it.
    Missed,
    /// Nobody did.
    Unmissed(Box<Unmissed>),
}

impl Weakening<'_> {
    /// Takes one out; none when it was interrupted.
    ///
    /// *Errors*: a run could not begin, or says nothing.
    fn judge(&self, assertion: &Assertion) -> Result<Option<Came>, StartError> {
        let Some(weaker) = assertion.taken_out_of(self.bench.suite()).map(Arc::new) else {
            let place = &assertion.location;
            return Err(StartError::Undecided(format!("{place}: there is no such assertion to take out")));
        };
        let mut tried = Vec::new();
        let of = self.rows.iter().filter(|(row, _)| assertion.scenarios.contains(&row.scenario));
        for (row, came) in of {
            let may_miss = match row.must {
                Must::TurnRed { ref step, .. } => {
                    *step == assertion.step && came.cases.iter().any(|found| assertion.may_say(&found.said))
                }
                // Only patience keeps green what is not right at once.
                Must::Survive => assertion.part == Part::Until,
                Must::Leak(_) => false,
            };
            if !may_miss {
                continue;
            }
            self.runs.fetch_add(1, Ordering::Relaxed);
            match self.bench.outcome(&weaker, row)? {
                None => return Ok(None),
                Some(outcome) if outcome.misses(&row.must) => return Ok(Some(Came::Missed)),
                Some(_) => tried.push(row.fault()),
            }
        }
        if assertion.part == Part::Until {
            let of = assertion.scenarios.iter().take(TRIED);
            let rows = of.flat_map(|name| self.rows.iter().filter(move |(row, _)| row.scenario == *name));
            let rows: Vec<FaultRow> = rows.map(|(row, _)| (*row).clone()).collect();
            self.runs.fetch_add(1, Ordering::Relaxed);
            match self.bench.is_green(&weaker, &self.bench.needed(&rows))? {
                None => return Ok(None),
                Some(false) => return Ok(Some(Came::Missed)),
                Some(true) => {}
            }
        }
        Ok(Some(Came::Unmissed(Box::new(Unmissed {
            place: assertion.location.to_string(),
            part: assertion.part.to_string(),
            text: assertion.text.clone(),
            step: assertion.step.to_string(),
            rows: tried,
        }))))
    }
}
