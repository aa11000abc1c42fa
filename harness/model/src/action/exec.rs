//! `run.exec`: a program of the suite, or a tool of the machine.
//!
//! Does not: start it, or have a shell for it. The engine starts it, every argument as one.

use crate::context::Bindings;
use crate::name::TemplateName;
use crate::raw::{Table, Text, shape};
use crate::source::At;
use crate::template::{RenderError, Template, Templates};
use schemars::JsonSchema;
use serde::Deserialize;

/// The names that the result has.
pub(super) const WORDS: &[&str] = &["exit", "stdout", "stderr", "json", "elapsed"];

/// `run.exec = { … }`: a program is run to its end. There is no shell: every argument is one, whatever is in it. It gets
/// `PATH`, `HOME` and what `env` lists, and nothing else of anybody's environment; it runs in the suite's root. When its time
/// is up, or the run is stopped, it is killed with everything that it started.
///
/// ```toml
/// [[step]]
/// name     = "no instance"
/// run.exec = { program = "ci/cloud-instances", args = ["list", "{{ key }}"], env = { TOKEN = "{{ secret.TOKEN }}" } }
/// expect   = ["exit == 0", "json.instances == []"]
/// ```
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct RawExec {
    /// The program: a path below the suite's root, with a `/` in it, or the name of a tool that `PATH` leads to. One that is
    /// not there is an error before anything starts; `requires = { tool = "…" }` skips the cases that need a tool.
    ///
    /// *Shape*: `program = "ci/cloud-instances"`
    #[schemars(with = "shape::Program")]
    pub program: Text,
    /// Its arguments, templates; each is one argument. They are seen by everybody on the machine, so no secret is read here.
    ///
    /// *Default*: none. *Shape*: `args = ["list", "--name", "{{ key }}"]`
    #[serde(default)]
    #[schemars(with = "Vec<shape::Template>")]
    pub args: Vec<Text>,
    /// Variables that it gets beside `PATH` and `HOME`, templates, which may read secrets. One that renders to nothing is not
    /// set.
    ///
    /// *Default*: none. *Shape*: `env = { API_KEY = "{{ secret.API_KEY }}" }`
    #[serde(default)]
    #[schemars(with = "indexmap::IndexMap<shape::Identifier, shape::Template>")]
    pub env: Table<Text>,
    /// The template of what it can read: a file below `templates/`, which may read secrets.
    ///
    /// *Default*: nothing to read. *Shape*: `stdin = "cloud/question.json.j2"`
    pub stdin: Option<Text>,
    /// How long it may take, shorter than the case's timeout; when it polls, one look of many.
    ///
    /// *Default*: the suite's `request-timeout`. *Shape*: `within = "30s"`
    #[schemars(with = "Option<shape::LateDuration>")]
    pub within: Option<Text>,
}

/// A program to run, checked.
#[derive(Debug, Clone)]
pub struct ExecAction {
    /// The program: a path below the suite's root, or the name of a tool.
    pub program: At<String>,
    /// Its arguments.
    pub args: Vec<Template>,
    /// The variables that it gets.
    pub env: Vec<(String, Template)>,
    /// The template of what it can read.
    pub stdin: Option<At<TemplateName>>,
    /// How long it may take: rendered with plan-time bindings.
    pub within: Option<Template>,
}

/// A program to run, rendered.
#[derive(Debug, Clone)]
pub struct RenderedExec {
    /// The program: a path below the suite's root, or the name of a tool.
    pub program: String,
    /// Its arguments.
    pub args: Vec<String>,
    /// The variables that it gets; none is empty.
    pub env: Vec<(String, String)>,
    /// What it can read.
    pub stdin: String,
    /// How long it may take, as a duration with a unit.
    pub within: Option<String>,
}

impl ExecAction {
    /// Whether its program is a file below the suite's root, and not a tool of the machine.
    pub fn is_own(&self) -> bool {
        self.program.value.contains('/')
    }

    pub(super) fn render(
        &self,
        templates: &Templates,
        scope: &Bindings,
        authority: &Bindings,
    ) -> Result<RenderedExec, RenderError> {
        let env = self.env.iter().map(|(name, value)| Ok((name.clone(), value.render(authority)?)));
        let env = env.filter(|pair| !matches!(pair, Ok((_, value)) if value.is_empty()));
        let stdin = self.stdin.as_ref().map(|stdin| templates.render(&stdin.value, authority));
        Ok(RenderedExec {
            program: self.program.value.clone(),
            args: self.args.iter().map(|argument| argument.render(scope)).collect::<Result<_, _>>()?,
            env: env.collect::<Result<_, RenderError>>()?,
            stdin: stdin.transpose()?.unwrap_or_default(),
            within: self.within.as_ref().map(|within| within.render(scope)).transpose()?,
        })
    }
}
