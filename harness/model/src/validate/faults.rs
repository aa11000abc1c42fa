//! Fault rows: what they name exists, and what must come of them is said once.
//!
//! Does not: know which faults there are. The platform does, and whoever has it asks.

use super::{arms, words};
use crate::case::Case;
use crate::cause::CauseClass;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::name::{ResourceKind, ScenarioName, StepName};
use crate::raw::{OneOrMany, RawFaultRow, RawFaults, RawGap, RawSurvivesRow, Table, Text};
use crate::source::{At, Source};
use crate::suite::{FaultRow, Gap, Must, Scenario, Suite, fault_name};

/// Reads `faults.toml`.
pub(super) fn read(source: &Source, raw: RawFaults, suite: &mut Suite, findings: &mut Diagnostics) {
    let reader = Reader {
        source,
        suite,
        // A step that is wrong has no name to look for.
        names_are_known: !findings.has_errors(),
    };
    let mut rows = Vec::new();
    for row in raw.fault {
        let RawFaultRow { fault, scenario, matches, step, cause, leaks } = row;
        rows.extend(reader.row((fault, scenario, &matches), findings, |scenario, at, findings| {
            reader.must(scenario, at, (step, cause, leaks), findings)
        }));
    }
    for row in raw.survives {
        let RawSurvivesRow { fault, scenario, matches } = row;
        rows.extend(reader.row((fault, scenario, &matches), findings, |_, _, _| Some(Must::Survive)));
    }
    let gaps = gaps(source, raw.gap, &rows, findings);
    for scenario in suite.scenarios.iter().filter(|_| suite.prove) {
        if !rows.iter().any(|row| row.scenario == scenario.name && row.is_noticed()) {
            let message = format!("no fault is known to turn scenario `{}` red", scenario.name);
            let diagnostic = Diagnostic::error("E0705", message).at(&scenario.location, "unproved");
            findings.push(diagnostic.help("add a [[fault]] to faults.toml"));
        }
    }
    (suite.faults, suite.gaps) = (rows, gaps);
}

/// What rows are read with.
struct Reader<'a> {
    source: &'a Source,
    suite: &'a Suite,
    names_are_known: bool,
}

impl Reader<'_> {
    fn row(
        &self,
        (fault, scenario, matches): (OneOrMany, Text, &Table<toml::Value>),
        findings: &mut Diagnostics,
        must: impl FnOnce(&Scenario, &At<String>, &mut Diagnostics) -> Option<Must>,
    ) -> Option<FaultRow> {
        let (source, suite) = (self.source, self.suite);
        let name = source.spanned(scenario);
        let faults: Vec<At<String>> = fault.0.into_iter().map(|text| source.spanned(text)).collect();
        let Some(first) = faults.first() else {
            let diagnostic = Diagnostic::error("E0714", "this row breaks nothing");
            findings.push(diagnostic.at(&name.location, "its `fault` is empty").help(ONE));
            return None;
        };
        let known = suite.scenarios.iter().map(|scenario| scenario.name.as_str());
        findings.keep(words::declared(&name, "scenario", "E0703", known))?;
        let scenario_name = ScenarioName::new(name.value);
        let scenario = suite.scenario(&scenario_name)?;
        let matches = arms::matches(source, matches, &scenario.matrix, findings);
        let must = must(scenario, first, findings)?;
        Some(FaultRow { faults, scenario: scenario_name, matches, must })
    }

    /// What must come of a `[[fault]]`: a red with its cause, or a leak.
    fn must(
        &self,
        scenario: &Scenario,
        at: &At<String>,
        (step, cause, leaks): (Option<Text>, Option<Text>, Option<Text>),
        findings: &mut Diagnostics,
    ) -> Option<Must> {
        let half = |message: &str, label: &str| {
            Diagnostic::error("E0714", message.to_owned()).at(&at.location, label).help(ONE)
        };
        match (step, cause, leaks) {
            (Some(step), Some(cause), None) => {
                let step = self.source.spanned(step);
                if self.names_are_known {
                    let names = self.suite.reds_of(scenario);
                    let names = names.iter().map(String::as_str);
                    findings.keep(words::declared(&step, "step", "E0704", names));
                }
                let cause = findings.keep(words::one_of(self.source, &cause, &CauseClass::WORDS))?;
                Some(Must::TurnRed { step: StepName::new(step.value), cause })
            }
            (None, None, Some(kind)) => {
                let kind = self.source.spanned(kind);
                let kinds = self.suite.resources.keys().map(ResourceKind::as_str);
                findings.keep(words::declared(&kind, "resource", "E0317", kinds))?;
                Some(Must::Leak(ResourceKind::new(kind.value)))
            }
            (Some(_), None, _) => {
                findings.push(half("this row does not say what its red is about", "no `cause`"));
                None
            }
            (None, Some(_), _) => {
                findings.push(half("this row does not say which step turns red", "no `step`"));
                None
            }
            (Some(_), Some(_), Some(_)) => {
                findings.push(half("this row is to be red and green at once", "a `step`, and `leaks`"));
                None
            }
            (None, None, None) => {
                findings.push(half("this row does not say what must come of it", "nothing must"));
                None
            }
        }
    }
}

/// How a row says what must come of it.
const ONE: &str =
    "a [[fault]] has a `step` and a `cause`, or `leaks`; what must turn nothing red is [[survives]]";

fn gaps(source: &Source, raw: Vec<RawGap>, rows: &[FaultRow], findings: &mut Diagnostics) -> Vec<Gap> {
    let read = raw.into_iter().map(|gap| {
        let (fault, why) = (source.spanned(gap.fault), source.spanned(gap.why));
        let by = rows.iter().find(|row| row.texts().any(|text| fault_name(text) == fault.value));
        if let Some(row) = by {
            let message = format!("`{}` is no gap: `{}` has a row for it", fault.value, row.scenario);
            let diagnostic = Diagnostic::error("E0715", message).at(&fault.location, "this gap");
            findings.push(diagnostic.help("take the [[gap]] out"));
        }
        if why.value.trim().is_empty() {
            let diagnostic =
                Diagnostic::error("E0715", "a gap that nobody explains").at(&why.location, "here");
            findings.push(diagnostic.help("say why no scenario notices, or add a row that does"));
        }
        Gap { fault, why: why.value }
    });
    read.collect()
}

/// A row of which the match picks no case proves nothing.
pub(super) fn check_rows(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    let is_known = |row: &&FaultRow| {
        let scenario = suite.scenario(&row.scenario);
        let selectors = scenario.map(|scenario| arms::selectors(&scenario.matrix)).unwrap_or_default();
        row.matches.keys().all(|key| selectors.contains(key.as_str()))
    };
    for row in suite.faults.iter().filter(is_known) {
        let cases = expanded.iter().filter(|(scenario, _)| scenario.name == row.scenario);
        let Some(location) = row.location() else { continue };
        if !cases.into_iter().flat_map(|(_, cases)| cases).any(|case| case.is_picked_by(&row.matches)) {
            let message = format!("this row matches no case of `{}`", row.scenario);
            let diagnostic = Diagnostic::error("E0706", message).at(location, "it proves nothing");
            findings
                .push(diagnostic.help("its `match` must hold for a row of the matrix; look at the values"));
        }
    }
}

/// A fault that the platform does not know proves nothing either, nor does one that it cannot read.
///
/// `known` are its names; `read` says what is wrong with a whole text.
pub fn unknown_faults(
    suite: &Suite,
    known: &[&str],
    read: impl Fn(&str) -> Result<(), String>,
) -> Diagnostics {
    let mut findings = Diagnostics::default();
    let texts = suite.faults.iter().flat_map(|row| &row.faults);
    for text in texts.chain(suite.gaps.iter().map(|gap| &gap.fault)) {
        let name = At { value: fault_name(&text.value).to_owned(), location: text.location.clone() };
        let names = known.iter().copied();
        if findings.keep(words::declared(&name, "fault of the embedded platform", "E0707", names)).is_none() {
            continue;
        }
        if let Err(message) = read(&text.value) {
            let diagnostic = Diagnostic::error("E0716", message).at(&text.location, "here");
            findings.push(diagnostic.help("docs/reference.md lists what each fault takes"));
        }
    }
    findings
}
