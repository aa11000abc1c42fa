//! Workflows as we use them: a strict reader, which knows the words that both GitHub and Gitea understand, and no others.

use serde::Deserialize;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// A workflow.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Workflow {
    pub(crate) name: String,
    pub(crate) on: Triggers,
    pub(crate) permissions: Permissions,
    pub(crate) jobs: BTreeMap<String, Job>,
}

/// What starts it. Gitea has them all: `workflow_dispatch` since 1.23.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Triggers {
    #[serde(default)]
    pub(crate) schedule: Vec<Schedule>,
    pub(crate) push: Option<Branches>,
    pub(crate) pull_request: Option<Branches>,
    #[serde(default)]
    pub(crate) workflow_dispatch: Option<Dispatch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Schedule {
    pub(crate) cron: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Branches {
    pub(crate) branches: Vec<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Dispatch {
    #[serde(default)]
    pub(crate) inputs: BTreeMap<String, Input>,
}

/// An input. There is no `boolean` one: Gitea hands it over as a text, and "false" is a text that is true.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Input {
    pub(crate) description: String,
    #[serde(rename = "type")]
    pub(crate) kind: InputKind,
    #[serde(default)]
    pub(crate) options: Vec<String>,
    pub(crate) default: String,
}

#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum InputKind {
    String,
    Choice,
}

#[derive(Debug, Default, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Permissions {
    pub(crate) contents: Option<Access>,
    pub(crate) actions: Option<Access>,
    pub(crate) issues: Option<Access>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Access {
    Read,
    Write,
}

/// A job.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Job {
    #[serde(default)]
    pub(crate) needs: Needs,
    #[serde(rename = "if")]
    pub(crate) condition: Option<String>,
    /// One label: Gitea takes no groups.
    pub(crate) runs_on: String,
    pub(crate) timeout_minutes: u64,
    pub(crate) concurrency: Option<Concurrency>,
    pub(crate) permissions: Option<Permissions>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    #[serde(default)]
    pub(crate) outputs: BTreeMap<String, String>,
    pub(crate) steps: Vec<Step>,
}

/// The jobs that come before.
#[derive(Debug, Default, Deserialize)]
#[serde(untagged)]
pub(crate) enum Needs {
    #[default]
    None,
    One(String),
    Many(Vec<String>),
}

impl Needs {
    pub(crate) fn names(&self) -> Vec<&str> {
        match self {
            Self::None => Vec::new(),
            Self::One(name) => vec![name],
            Self::Many(names) => names.iter().map(String::as_str).collect(),
        }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Concurrency {
    pub(crate) group: String,
    pub(crate) cancel_in_progress: bool,
}

/// A step.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct Step {
    pub(crate) name: Option<String>,
    pub(crate) id: Option<String>,
    #[serde(rename = "if")]
    pub(crate) condition: Option<String>,
    #[serde(default)]
    pub(crate) continue_on_error: bool,
    pub(crate) uses: Option<String>,
    #[serde(default)]
    pub(crate) with: BTreeMap<String, Scalar>,
    #[serde(default)]
    pub(crate) env: BTreeMap<String, String>,
    pub(crate) run: Option<String>,
}

/// What an action takes.
#[derive(Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub(crate) enum Scalar {
    Bool(bool),
    Number(u64),
    Text(String),
}

impl Job {
    /// The step that runs this script, with its arguments.
    pub(crate) fn runs(&self, script: &str) -> Option<&Step> {
        let is_it =
            |step: &&Step| step.run.as_ref().is_some_and(|run| run.split_whitespace().next() == Some(script));
        self.steps.iter().find(is_it)
    }

    /// The lane that it runs against a live target, and the exit code that is good.
    pub(crate) fn lane(&self) -> Option<(&str, u8)> {
        let run = self.runs("ci/lane")?.run.as_ref()?;
        let mut words = run.split_whitespace().skip(1);
        let lane = words.next()?;
        Some((lane, words.next().map_or(0, |good| good.parse().expect("an exit code"))))
    }
}

/// Reads one workflow.
pub(crate) fn read(text: &str) -> Result<Workflow, String> {
    serde_saphyr::from_str(text).map_err(|error| error.to_string())
}

/// Every workflow of a dialect, `.github` or `.gitea`, by file name, with its text.
pub(crate) fn all(dialect: &str) -> Vec<(String, Workflow, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(dialect).join("workflows");
    let mut found: Vec<(String, Workflow, String)> = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let text = fs::read_to_string(entry.path()).expect("a workflow");
        let workflow = read(&text).unwrap_or_else(|error| panic!("{dialect}/workflows/{name}: {error}"));
        found.push((name, workflow, text));
    }
    found.sort_by(|one, other| one.0.cmp(&other.0));
    found
}
