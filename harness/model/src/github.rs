//! A plan as GitHub's matrices: what `fromJSON` takes, one job a case.
//!
//! Does not: know workflows, or cases that would not run.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

use crate::gate::Decision;
use crate::gates::Gate;
use crate::name::{CaseId, ScenarioName};
use crate::plan::{Plan, Planned};
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::Serialize;

/// The most rows that GitHub takes in one matrix.
pub const MOST_ROWS: usize = 256;

/// The longest name of a job, in characters; GitHub cuts what is longer.
pub const LONGEST_NAME: usize = 100;

/// What stands in every row; an axis of such a name is found in the case's id alone.
const OWN: [&str; 5] = ["scenario", "case", "gate", "continue-on-error", "name"];

/// One matrix.
///
/// *Shape*: `{"include": [{"scenario": "provision", "case": "provision::…", "runtime": "codex", "gate": "required",
/// "continue-on-error": false, "name": "provision::…"}]}`
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Chunk {
    /// Its rows, 256 at most ([`MOST_ROWS`]).
    #[serde(rename = "include")]
    pub jobs: Vec<Job>,
}

/// One row of a matrix: a job that runs one case.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Job {
    /// The scenario.
    pub scenario: ScenarioName,
    /// The case, in full: what `--exact` takes.
    pub case: CaseId,
    /// The axes and bundle keys of the case, with their values as text.
    #[serde(flatten)]
    pub keys: IndexMap<String, String>,
    /// Whether a red counts.
    pub gate: Gate,
    /// The same for GitHub: an advisory job does not fail its workflow.
    pub continue_on_error: bool,
    /// The name of the job: the id of the case, cut to 100 characters ([`LONGEST_NAME`]).
    pub name: String,
}

/// The cases of a plan that would run, in their order, in matrices of [`MOST_ROWS`] rows at most; none for none,
/// because an empty matrix is an error there.
///
/// *Source*: the matrix of the actions runner; `strategy.matrix: ${{ fromJSON(…) }}`.
pub fn github(plan: &Plan) -> Vec<Chunk> {
    let running = plan.cases.iter().filter(|planned| planned.decision == Decision::Run);
    let jobs: Vec<Job> = running.map(job).collect();
    jobs.chunks(MOST_ROWS).map(|jobs| Chunk { jobs: jobs.to_vec() }).collect()
}

fn job(planned: &Planned) -> Job {
    let case = &planned.case;
    let keys = case.keys.iter().filter(|(key, _)| !OWN.contains(&key.as_ref()));
    Job {
        scenario: case.scenario.clone(),
        case: case.id.clone(),
        keys: keys.map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        gate: planned.gate,
        continue_on_error: planned.gate == Gate::Advisory,
        name: cut(case.id.as_str()),
    }
}

/// As GitHub does it: the beginning, and three dots.
fn cut(name: &str) -> String {
    if name.chars().count() <= LONGEST_NAME {
        return name.to_owned();
    }
    let beginning: String = name.chars().take(LONGEST_NAME - 3).collect();
    beginning + "..."
}
