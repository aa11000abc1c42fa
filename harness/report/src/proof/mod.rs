//! A proof: every fault row of a suite with what came of it, for people and for programs.
//!
//! Does not: judge. The model has.

#![expect(clippy::disallowed_macros, reason = "the derive of `JsonSchema` expands to it")]

mod markdown;
mod strength;
mod text;

pub use strength::{Strength, Unmissed};

use harness_model::exit::ExitCode;
use harness_model::name::{CaseId, ScenarioName};
use harness_model::proof::{Found, Outcome};
use harness_model::suite::Must;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde::Serialize;
use serde_json::{Map, Value};

/// The version of the document: a reader refuses a newer one by name.
pub const PROOF_VERSION: u32 = 1;

/// The proof of a suite.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Proof {
    /// The version of this document.
    #[serde(rename = "shakedown-proof")]
    pub version: u32,
    /// The suite.
    pub suite: String,
    /// The environment whose platform was broken.
    pub environment: String,
    /// The real target behind a proxy that was broken; none where the platform was.
    pub through: Option<String>,
    /// What narrowed it; empty for every row.
    pub selection: String,
    /// The same cases on a platform that is whole.
    pub baseline: Baseline,
    /// The rows that were run, as they are written.
    pub rows: Vec<Row>,
    /// How many rows were to be run.
    pub planned: usize,
    /// Rows that were not, because they need the inside of a platform; none where the platform was broken.
    pub inside: Vec<Inside>,
    /// Cases that rows match and that did not run: of them, nothing is proved.
    pub left_out: Vec<LeftOut>,
    /// Faults of the catalogue that no row is about; none when something narrows the proof.
    pub gaps: Vec<Unnoticed>,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// How long it took.
    pub seconds: f64,
}

/// The cases of all rows on a platform that is whole.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Baseline {
    /// How many they are.
    pub cases: usize,
    /// Those that are not green: no row proves anything then.
    pub reds: Vec<Found>,
    /// What was left behind.
    pub leaks: Vec<String>,
    /// Why the target, or a fixture of the run, never came up.
    pub never_up: Vec<String>,
    /// What contradicts itself: nothing that is said of the cases can be trusted then.
    pub contradictions: Vec<String>,
    /// Where it is recorded; none when it is green.
    pub recording: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A row that was run.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Row {
    /// What was broken, all of it at once.
    pub faults: Vec<String>,
    /// The scenario.
    pub scenario: ScenarioName,
    /// Which of its cases.
    #[serde(rename = "match")]
    pub matches: Map<String, Value>,
    /// What must come of it.
    pub must: Demanded,
    /// Where the row is written.
    pub place: String,
    /// What came of it.
    pub outcome: Outcome,
    /// The first case that is not as it must be.
    pub offender: Option<CaseId>,
    /// How its cases ended.
    pub cases: Vec<Found>,
    /// What was left behind.
    pub leaks: Vec<String>,
    /// How to see the same again; none when the row holds.
    pub again: Option<String>,
    /// Where it is recorded; none when the row holds.
    pub recording: Option<String>,
    /// Why it could not be run.
    pub error: Option<String>,
    /// How long it took.
    pub seconds: f64,
}

/// A case that rows match and that did not run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct LeftOut {
    /// The case.
    pub case: CaseId,
    /// What is missing.
    pub missing: Vec<String>,
    /// Whether it had to run, because live is required.
    pub refused: bool,
}

/// A row that a proxy cannot run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Inside {
    /// What is to be broken, all of it at once.
    pub faults: Vec<String>,
    /// The scenario.
    pub scenario: ScenarioName,
    /// Where the row is written.
    pub place: String,
}

/// What must come of a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Demanded {
    /// Whether its cases turn red.
    pub red: bool,
    /// The step in which they do.
    pub step: Option<String>,
    /// What the red is about.
    pub cause: Option<String>,
    /// The kind of resource that is told as left behind.
    pub leaks: Option<String>,
}

/// A fault that no row is about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Unnoticed {
    /// The platform's name for it.
    pub fault: String,
    /// What is wrong then.
    pub meaning: String,
    /// Why nobody notices, where somebody has said so.
    pub why: Option<String>,
}

impl From<&Must> for Demanded {
    fn from(must: &Must) -> Self {
        let (red, step, cause, leaks) = match must {
            Must::TurnRed { step, cause } => (true, Some(step.to_string()), Some(cause.to_string()), None),
            Must::Leak(kind) => (false, None, None, Some(kind.to_string())),
            Must::Survive => (false, None, None, None),
        };
        Self { red, step, cause, leaks }
    }
}

impl Row {
    /// What was broken, as people read it.
    pub fn fault(&self) -> String {
        self.faults.join(" + ")
    }
}

impl Proof {
    /// Whether the platform that is whole is green.
    pub fn has_baseline(&self) -> bool {
        let baseline = &self.baseline;
        baseline.reds.is_empty() && baseline.leaks.is_empty() && baseline.contradictions.is_empty()
    }

    /// The rows that do not hold.
    pub fn broken(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().filter(|row| !row.outcome.holds())
    }

    /// The exit code.
    pub fn exit(&self) -> ExitCode {
        let holds = self.has_baseline() && self.broken().next().is_none();
        let exit = if holds { ExitCode::Success } else { ExitCode::Failure };
        let was_down = self.rows.iter().any(|row| row.outcome == Outcome::NeverUp);
        let is_up = self.baseline.never_up.is_empty() && !was_down;
        let exit = if is_up { exit } else { exit.merge(ExitCode::NeverUp) };
        let is_sound = self.baseline.contradictions.is_empty();
        let exit = if is_sound { exit } else { exit.merge(ExitCode::Internal) };
        let is_refused = self.left_out.iter().any(|left| left.refused);
        let exit = if is_refused { exit.merge(ExitCode::LiveRequired) } else { exit };
        if self.interrupted { exit.merge(ExitCode::Interrupted) } else { exit }
    }

    /// It as one JSON document.
    pub fn json(&self) -> String {
        // Nothing in it can fail to be written: every key is text, and no number is not one.
        serde_json::to_string_pretty(self).unwrap_or_default() + "\n"
    }

    /// Whether something was left behind on a real target, where it stays.
    fn leaves_something(&self) -> bool {
        let left = self.rows.iter().map(|row| &row.leaks).chain([&self.baseline.leaks]);
        self.through.is_some() && left.flatten().next().is_some()
    }

    /// How many rows came to each outcome, in words.
    fn counts(&self) -> String {
        let count = |outcome| self.rows.iter().filter(|row| row.outcome == outcome).count();
        let counts = Outcome::WORDS.into_iter().map(|(outcome, words)| (count(outcome), words));
        let told: Vec<String> =
            counts.filter(|(count, _)| *count > 0).map(|(count, words)| format!("{count} {words}")).collect();
        if told.is_empty() { "none was run".to_owned() } else { told.join(", ") }
    }
}

/// The JSON Schema of the document.
pub fn proof_schema() -> Value {
    let mut schema = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<Proof>();
    schema.insert("title".to_owned(), "The proof of a suite of Shakedown".into());
    schema.insert("x-version".to_owned(), PROOF_VERSION.into());
    schema.to_value()
}

#[cfg(test)]
#[path = "tests.rs"]
mod tests;
