//! Fixtures: text with marked parts, the plan that comes of it, and that plan for people.

use harness_model::context::display;
use harness_model::diagnostic::{Diagnostic, Diagnostics};
use harness_model::gate::{Availability, Decision, LiveRequirement};
use harness_model::name::{EnvironmentName, LaneName, SecretName, ToolName};
use harness_model::plan::{Circumstances, Plan, Planned};
use harness_model::selection::Selection;
use harness_model::source::{Source, SuiteText};
use harness_model::suite::Suite;
use harness_model::validate::compile;
use miette::Diagnostic as _;
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const MARKER: &str = "#--- ";
const SUITE: &str = include_str!("default/suite.toml");
const SCENARIO: &str = include_str!("default/scenario.toml");

/// A suite as text, and what its plan is made with.
pub(crate) struct Fixture {
    pub(crate) suite: SuiteText,
    around: Around,
}

/// `#--- around.toml`: what a plan is made with, beside the suite.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
struct Around {
    environment: String,
    /// Whether `REQUIRE_LIVE` is set.
    live: Live,
    lacks_live: Vec<String>,
    /// Every secret of the suite when absent.
    secrets: Option<Vec<String>>,
    tools: Vec<String>,
    today: toml::value::Datetime,
    lane: Option<String>,
    variables: BTreeMap<String, String>,
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Live {
    Optional,
    Required,
}

impl Default for Around {
    fn default() -> Self {
        Self {
            environment: "embedded".to_owned(),
            live: Live::Optional,
            lacks_live: Vec::new(),
            secrets: None,
            tools: Vec::new(),
            today: "2026-11-21".parse().expect("a day"),
            lane: None,
            variables: BTreeMap::new(),
        }
    }
}

impl Fixture {
    pub(crate) fn read(path: &Path) -> Self {
        Self::parse(&text(path))
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut fixture = Self { suite: SuiteText::default(), around: Around::default() };
        for (name, part) in parts(text) {
            fixture.take(&name, part);
        }
        let suite = &mut fixture.suite;
        if suite.scenarios.is_empty() {
            suite.scenarios.push(Source::new("scenario.toml", SCENARIO));
        }
        suite.suite.get_or_insert_with(|| Source::new("suite.toml", SUITE));
        fixture
    }

    fn take(&mut self, name: &str, part: String) {
        let source = Source::new(name, part);
        match name.split_once('/') {
            Some(("flows", _)) => {
                self.suite.flows.insert(name.trim_end_matches(".toml").to_owned(), source);
            }
            Some(("templates", below)) => {
                self.suite.templates.insert(below.to_owned(), source);
            }
            _ => match name {
                "suite.toml" => self.suite.suite = Some(source),
                "gates.toml" => self.suite.gates = Some(source),
                "choices.toml" => self.suite.choices = Some(source),
                "known-failures.toml" => self.suite.failures = Some(source),
                "faults.toml" => self.suite.faults = Some(source),
                _ if name.strip_suffix(".json").is_some() => {
                    self.suite.matrices.insert(name.to_owned(), source);
                }
                "around.toml" => self.around = toml::from_str(source.text()).expect("around.toml is right"),
                _ => self.suite.scenarios.push(source),
            },
        }
    }
}

/// The parts of a fixture by name; what comes before the first marker is the scenario.
fn parts(text: &str) -> Vec<(String, String)> {
    let mut parts = vec![("scenario.toml".to_owned(), String::new())];
    for line in text.lines() {
        if let Some(name) = line.strip_prefix(MARKER) {
            parts.push((name.to_owned(), String::new()));
        } else if let Some((_, part)) = parts.last_mut() {
            part.push_str(line);
            part.push('\n');
        }
    }
    parts.retain(|(_, part)| !part.is_empty());
    parts
}

/// Compiles and plans.
pub(crate) fn plan(fixture: &Fixture) -> Result<Plan, Diagnostics> {
    let suite = Arc::new(compile(&fixture.suite)?);
    let around = &fixture.around;
    let circumstances = Circumstances {
        environment: EnvironmentName::new(around.environment.as_str()),
        lane: around.lane.as_deref().map(LaneName::new),
        variables: around.variables.clone(),
        available: available(&suite, around),
    };
    let asked = Selection::asked_by(&suite, &around.variables);
    let selection = Selection::new(&suite, &asked).expect("the selection is right");
    Plan::new(suite, &selection, &circumstances)
}

fn available(suite: &Suite, around: &Around) -> Availability {
    let secrets: BTreeSet<SecretName> = match &around.secrets {
        Some(names) => names.iter().map(|name| SecretName::new(name.as_str())).collect(),
        None => suite.secrets.iter().cloned().collect(),
    };
    Availability {
        secrets,
        tools: around.tools.iter().map(|name| ToolName::new(name.as_str())).collect(),
        lacks_live: around.lacks_live.clone(),
        live: match around.live {
            Live::Optional => LiveRequirement::Optional,
            Live::Required => LiveRequirement::Required,
        },
        today: around.today.to_string().parse().expect("a day"),
    }
}

/// A plan for people: every case with what is decided about it and what it can read.
pub(crate) fn show(plan: &Plan, warning: impl Fn(&Diagnostic) -> String) -> String {
    let mut text = format!("{} cases on {}", plan.cases.len(), plan.environment);
    if !plan.selection.is_empty() {
        write!(text, " with {}", plan.selection).expect("a text");
    }
    text.push('\n');
    for planned in &plan.cases {
        text.push_str(&show_case(plan, planned));
    }
    for scenario in &plan.suite.scenarios {
        for id in harness_model::case::left_out(scenario) {
            writeln!(text, "{id} is left out").expect("a text");
        }
    }
    // Nobody uses everything that the default suite has.
    let told = |finding: &&Diagnostic| {
        let place = finding.labels().and_then(|mut labels| labels.next());
        let text = finding.source_code().zip(place).and_then(|(text, label)| {
            let context = text.read_span(&(0, label.offset() + label.len()).into(), 0, 0).ok()?;
            Some(String::from_utf8_lossy(context.data()).into_owned())
        });
        text.is_none_or(|text| !SUITE.starts_with(&text))
    };
    for finding in plan.suite.warnings.iter().filter(told) {
        text.push_str(&(warning(finding) + "\n"));
    }
    text
}

fn show_case(plan: &Plan, planned: &Planned) -> String {
    let arms: Vec<&str> = planned.arms.iter().map(harness_model::name::ArmName::as_str).collect();
    let decision = match &planned.decision {
        Decision::Run => "run".to_owned(),
        Decision::Skip { missing } => format!("skip, missing {}", missing.join(" and ")),
        Decision::Block { why } => format!("block, {why}"),
        Decision::Refuse { missing } => format!("refuse, missing {}", missing.join(" and ")),
    };
    let bindings = &planned.case.bindings;
    let bound: Vec<String> = bindings
        .names()
        .filter_map(|name| Some(format!("{name}={}", display(bindings.get(name)?))))
        .collect();
    let mut lines = vec![
        planned.case.id.to_string(),
        format!("  decision  {decision}"),
        format!("  gate      {:?}", planned.gate).to_lowercase(),
    ];
    if let Some(reason) = planned.reason().filter(|_| !planned.probes.is_empty()) {
        lines.push(format!("  reason    {reason}"));
    }
    if !arms.is_empty() {
        lines.push(format!("  arms      {}", arms.join(", ")));
    }
    if !bound.is_empty() {
        lines.push(format!("  bindings  {}", bound.join(" ")));
    }
    for chosen in plan.chosen(planned) {
        let sealed = chosen.sealed.join(", ");
        let line =
            format!("  chosen    {} {}: {} [{sealed}]", chosen.choice, chosen.alternative, chosen.because);
        lines.push(line);
    }
    if let Some(mark) = &planned.known_red {
        lines.push(format!("  known red in {}: {}, until {}", mark.step.value, mark.when.text(), mark.until));
    }
    lines.join("\n") + "\n"
}

/// The files below a folder.
#[expect(clippy::disallowed_methods, reason = "fixtures are files; the ban is for the sources")]
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { files.extend(self::files(&path)) } else { files.push(path) }
    }
    files
}

/// The text of a file.
#[expect(clippy::disallowed_methods, reason = "fixtures are files; the ban is for the sources")]
pub(crate) fn text(path: &Path) -> String {
    std::fs::read_to_string(path).expect("a file")
}
