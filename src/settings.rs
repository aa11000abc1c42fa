//! Settings: arguments and environment variables, read once, each value with its origin.
//!
//! Does not: act on them. This is the only place that reads the process's environment.

#[cfg(feature = "platform")]
mod proving;
mod sharing;
pub(crate) mod variables;

pub(crate) use sharing::Sharing;

use crate::own::Environments;
use harness_runner::Process;
use harness_runner::identity::Label;
use harness_runner::model::keep::Keep;
use harness_runner::model::overrides::yes_or_no;
use harness_runner::model::selection::Asked;
use harness_runner::model::shard::ShardError;
use harness_runner::report::{View, ViewError};
use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

/// More repetitions of one send would only hide what is down.
const MOST_RETRIES: u32 = 20;

/// Where a value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Origin {
    /// Nobody said anything.
    Default,
    /// An environment variable.
    Variable(&'static str),
    /// An argument.
    Argument(&'static str),
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => formatter.write_str("by default"),
            Self::Variable(name) => write!(formatter, "{name} is set"),
            Self::Argument(name) => write!(formatter, "{name} was given"),
        }
    }
}

/// A value and where it comes from.
#[derive(Debug, Clone)]
pub(crate) struct Sourced<T> {
    /// The value.
    pub(crate) value: T,
    /// Where it comes from.
    pub(crate) origin: Origin,
}

/// An earlier run.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Earlier {
    /// The newest of its suite and environment.
    Newest,
    /// The one of this id, or the recording at this path.
    Run(String),
}

impl Earlier {
    /// The word for the newest, else the name of one.
    pub(crate) const NEWEST: &str = "newest";

    /// The run that somebody calls so.
    pub(crate) fn called(name: &str) -> Self {
        if name == Self::NEWEST { Self::Newest } else { Self::Run(name.to_owned()) }
    }
}

/// What somebody wants of a run.
#[derive(Debug, Clone)]
pub(crate) struct Settings {
    arguments: Vec<String>,
    /// The folder with `scenarios/` and `templates/`.
    pub(crate) root: PathBuf,
    /// Who named it, if anybody did.
    pub(crate) root_origin: Origin,
    /// The environment to run against, when somebody chose one.
    pub(crate) environment: Option<Sourced<String>>,
    /// The lane, when somebody chose one.
    pub(crate) lane: Option<Sourced<String>>,
    /// What arguments select, beside what variables do.
    pub(crate) selection: Vec<Asked>,
    /// What is left standing on purpose.
    pub(crate) keep: Sourced<Keep>,
    /// Whether what is missing is a failure.
    pub(crate) require_live: Sourced<bool>,
    /// Views that are written when a run is over.
    pub(crate) views: Vec<View>,
    /// What somebody calls the run.
    pub(crate) label: Option<Label>,
    /// How often a send that brought no reply is repeated, when somebody says so.
    pub(crate) retries: Option<u32>,
    /// `PATH` and `HOME`, for the programs of a suite.
    pub(crate) machine: Vec<(String, String)>,
    /// The run whose reds are run again, when somebody wants that.
    pub(crate) rerun: Option<Sourced<Earlier>>,
    /// Every environment variable.
    pub(crate) variables: BTreeMap<String, String>,
    /// Who else runs cases of the same run.
    pub(crate) process: Process,
    /// Which of several shards is to run, and what they are balanced by.
    pub(crate) sharing: Sharing,
    /// The environments that the program brings along.
    pub(crate) environments: Environments,
}

/// A setting that cannot be meant.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SettingsError {
    /// A yes or no that is neither.
    #[error("{name}={value} is neither yes nor no: say 1, true, yes, on or 0, false, no, off")]
    NotBoolean {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
    /// No folder with scenarios.
    #[error(
        "there is no folder `scenarios` in {start} or above it: `shakedown new suite NAME` begins one, and SHAKEDOWN_ROOT \
         (on the command line also --root) names the folder that has one",
        start = start.display()
    )]
    NoRoot {
        /// Where the search began.
        start: PathBuf,
    },
    /// A named root is none.
    #[error("there is no folder `scenarios` in {named}: `shakedown new suite NAME` with this root begins one", named = named.display())]
    NotRoot {
        /// The folder.
        named: PathBuf,
    },
    /// A view that is none.
    #[error("{name}: {source}", name = variables::E2E_REPORT)]
    View {
        /// What is wrong with it.
        source: ViewError,
    },
    /// A shard that is none.
    #[error("{name}: {source}", name = variables::E2E_SHARD)]
    Shard {
        /// What is wrong with it.
        source: ShardError,
    },
    /// The name of a run cannot be one.
    #[error("NEXTEST_RUN_ID={value:?} is not the name of a run: letters, digits and `-`")]
    NotRunId {
        /// What it holds.
        value: String,
    },
    /// Nothing of what a run is to be called can be in a name.
    #[error("E2E_RUN_ID={value:?} has no letter or digit: names of what the run creates have it in them")]
    NotLabel {
        /// What it holds.
        value: String,
    },
    /// A number that is none.
    #[error("{name}={value} is not a number from 0 to {MOST_RETRIES}")]
    NotNumber {
        /// The variable.
        name: &'static str,
        /// What it holds.
        value: String,
    },
    /// The working folder is gone.
    #[error("the working folder cannot be read")]
    NoFolder(#[source] std::io::Error),
}

impl Settings {
    /// Reads the process's arguments and environment; a root that was given comes before any other.
    ///
    /// *Errors*: [`SettingsError`].
    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    pub(crate) fn from_process(given: Option<&Path>) -> Result<Self, SettingsError> {
        // What is not UTF-8 cannot be a value of ours.
        let text = |(name, value): (std::ffi::OsString, std::ffi::OsString)| {
            Some((name.into_string().ok()?, value.into_string().ok()?))
        };
        let variables = std::env::vars_os().filter_map(text).collect();
        let arguments = std::env::args_os().map(|argument| argument.to_string_lossy().into_owned()).collect();
        let folder = std::env::current_dir().map_err(SettingsError::NoFolder)?;
        Self::resolve(arguments, variables, given, &folder)
    }

    fn resolve(
        arguments: Vec<String>,
        variables: BTreeMap<String, String>,
        given: Option<&Path>,
        folder: &Path,
    ) -> Result<Self, SettingsError> {
        let named = |variable: &'static str| {
            let value = variables.get(variable).filter(|name| !name.is_empty())?.clone();
            Some(Sourced { value, origin: Origin::Variable(variable) })
        };
        let environment = named(variables::E2E_ENVIRONMENT);
        let lane = named(variables::E2E_LANE).or_else(|| named(variables::E2E_MODE));
        let process = match variables.get(variables::NEXTEST_RUN_ID).filter(|run| !run.is_empty()) {
            None => Process::Whole,
            Some(run) if run.chars().all(|letter| letter.is_ascii_alphanumeric() || letter == '-') => {
                Process::Nextest { run: run.clone() }
            }
            Some(run) => return Err(SettingsError::NotRunId { value: run.clone() }),
        };
        Ok(Self {
            arguments,
            root: root(given, &variables, folder)?,
            root_origin: given.map_or(Origin::Default, |_| Origin::Argument("--root")),
            environment,
            lane,
            selection: Vec::new(),
            keep: keep(&variables)?,
            require_live: require_live(&variables)?,
            views: views(&variables)?,
            label: label(&variables)?,
            retries: retries(&variables)?,
            machine: machine(&variables),
            rerun: rerun(&variables),
            sharing: Sharing::read(&variables)?,
            variables,
            process,
            environments: Environments::default(),
        })
    }

    /// The process's arguments, its own name first.
    pub(crate) fn arguments(&self) -> &[String] {
        &self.arguments
    }

    /// The same root, without anything that selects, overrides or chooses an environment.
    #[cfg(feature = "platform")]
    pub(crate) fn bare(self) -> Self {
        // How people start us, and where.
        let where_from = [variables::CARGO_MANIFEST_DIR, variables::SHAKEDOWN_ROOT];
        Self {
            environment: None,
            lane: None,
            selection: Vec::new(),
            keep: Sourced { value: Keep::Never, origin: Origin::Default },
            require_live: Sourced { value: false, origin: Origin::Default },
            views: Vec::new(),
            label: None,
            retries: None,
            rerun: None,
            variables: variables::only(self.variables, &where_from),
            process: Process::Whole,
            sharing: Sharing::default(),
            ..self
        }
    }

    /// The same, with the environments that the program brings along.
    pub(crate) fn with_environments(mut self, own: Environments) -> Self {
        self.environments = own;
        self
    }

    /// The same, with an environment that was given.
    pub(crate) fn with_environment(mut self, given: Option<String>) -> Self {
        if let Some(value) = given {
            self.environment = Some(Sourced { value, origin: Origin::Argument("--environment") });
        }
        self
    }

    /// The same, with what was said about keeping.
    pub(crate) fn with_keep(mut self, given: Option<Keep>) -> Self {
        if let Some(value) = given {
            self.keep = Sourced { value, origin: Origin::Argument("--keep") };
        }
        self
    }

    /// The same, with views that were given.
    pub(crate) fn with_views(mut self, given: Vec<View>) -> Self {
        self.views.extend(given);
        self
    }

    /// The same, with the run whose reds are wanted again.
    pub(crate) fn with_rerun(mut self, given: Option<Earlier>) -> Self {
        if let Some(value) = given {
            self.rerun = Some(Sourced { value, origin: Origin::Argument("--rerun-failed") });
        }
        self
    }

    /// The same, with a lane that was given.
    pub(crate) fn with_lane(mut self, given: Option<String>) -> Self {
        if let Some(value) = given {
            self.lane = Some(Sourced { value, origin: Origin::Argument("--lane") });
        }
        self
    }

    /// The same, with what arguments select.
    pub(crate) fn with_selection(mut self, asked: Vec<Asked>) -> Self {
        self.selection.extend(asked);
        self
    }
}

/// The folder that somebody named, else the nearest one with scenarios, from the package or from here upwards.
fn root(
    given: Option<&Path>,
    variables: &BTreeMap<String, String>,
    folder: &Path,
) -> Result<PathBuf, SettingsError> {
    let variable = |name: &str| variables.get(name).filter(|value| !value.is_empty()).map(Path::new);
    if let Some(named) = given.or_else(|| variable(variables::SHAKEDOWN_ROOT)) {
        let named = folder.join(named);
        return if named.join("scenarios").is_dir() {
            Ok(named)
        } else {
            Err(SettingsError::NotRoot { named })
        };
    }
    let start = variable(variables::CARGO_MANIFEST_DIR).unwrap_or(folder);
    let found = start.ancestors().find(|folder| folder.join("scenarios").is_dir());
    found.map(Path::to_owned).ok_or_else(|| SettingsError::NoRoot { start: start.to_owned() })
}

/// What every program needs to find others and its own settings.
fn machine(variables: &BTreeMap<String, String>) -> Vec<(String, String)> {
    let known = [variables::PATH, variables::HOME].into_iter();
    known.filter_map(|name| Some((name.to_owned(), variables.get(name)?.clone()))).collect()
}

fn require_live(variables: &BTreeMap<String, String>) -> Result<Sourced<bool>, SettingsError> {
    for name in [variables::REQUIRE_LIVE, variables::E2E_REQUIRE_LIVE] {
        if let Some(value) = variables.get(name).filter(|value| !value.is_empty()) {
            return Ok(Sourced { value: boolean(name, value)?, origin: Origin::Variable(name) });
        }
    }
    Ok(Sourced { value: false, origin: Origin::Default })
}

/// `E2E_KEEP_ORG=1`, as older workflows say it, or one of the words of `--keep`.
fn keep(variables: &BTreeMap<String, String>) -> Result<Sourced<Keep>, SettingsError> {
    let name = variables::E2E_KEEP_ORG;
    let Some(value) = variables.get(name).filter(|value| !value.is_empty()) else {
        return Ok(Sourced { value: Keep::Never, origin: Origin::Default });
    };
    let origin = Origin::Variable(name);
    if let Some((_, value)) = Keep::WORDS.iter().find(|(word, _)| word == value) {
        return Ok(Sourced { value: *value, origin });
    }
    let value = if boolean(name, value)? { Keep::Always } else { Keep::Never };
    Ok(Sourced { value, origin })
}

/// The views that a variable wants, in files below the working folder.
fn views(variables: &BTreeMap<String, String>) -> Result<Vec<View>, SettingsError> {
    let text = variables.get(variables::E2E_REPORT).map(String::as_str).unwrap_or_default();
    View::list(text).map_err(|source| SettingsError::View { source })
}

/// A yes is the newest run, a no is none, and everything else the name of one.
fn rerun(variables: &BTreeMap<String, String>) -> Option<Sourced<Earlier>> {
    let name = variables::E2E_RERUN_FAILED;
    let run = variables.get(name).filter(|run| !run.is_empty())?;
    let value = match yes_or_no(run) {
        Some(true) => Earlier::Newest,
        Some(false) => return None,
        None => Earlier::called(run),
    };
    Some(Sourced { value, origin: Origin::Variable(name) })
}

fn label(variables: &BTreeMap<String, String>) -> Result<Option<Label>, SettingsError> {
    let Some(value) = variables.get(variables::E2E_RUN_ID).filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    Label::new(value).map(Some).ok_or_else(|| SettingsError::NotLabel { value: value.clone() })
}

fn retries(variables: &BTreeMap<String, String>) -> Result<Option<u32>, SettingsError> {
    let name = variables::E2E_TRANSIENT_RETRIES;
    let Some(value) = variables.get(name).filter(|value| !value.is_empty()) else { return Ok(None) };
    let count = value.trim().parse().ok().filter(|count| *count <= MOST_RETRIES);
    count.map(Some).ok_or_else(|| SettingsError::NotNumber { name, value: value.clone() })
}

/// The one reader of yes and no: `REQUIRE_LIVE=0` is a no, and nonsense is an error.
fn boolean(name: &'static str, value: &str) -> Result<bool, SettingsError> {
    yes_or_no(value).ok_or_else(|| SettingsError::NotBoolean { name, value: value.to_owned() })
}

#[cfg(test)]
#[path = "settings_tests.rs"]
mod tests;
