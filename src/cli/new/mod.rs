//! `shakedown new`: a suite or a scenario that runs, to begin from.
//!
//! Does not: overwrite anything.

mod example;
mod files;

use super::print;
use crate::settings::{Settings, SettingsError};
use crate::start::StartError;
use files::{Added, File};
use harness_runner::load::{self, LoadError};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::validate;
use std::path::{Path, PathBuf};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown new suite checkout                           # scenarios/checkout/, green on the embedded platform
  shakedown new suite shop --own                         # for a service of your own, wherever SHOP_URL says
  shakedown new scenario checkout refund                 # scenarios/checkout/refund.toml, and a fault row for it";

/// Names that stand for another file of a suite.
const TAKEN: [&str; 3] = ["suite", "gates", "faults"];

/// What `new` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, clap::Subcommand)]
enum What {
    /// Write a suite with one scenario, its flows, its templates and a fault row
    #[command(after_long_help = EXAMPLES)]
    Suite {
        /// Its name: a folder below `scenarios/`
        name: String,
        /// For a service of your own, wherever a variable says, without the embedded platform; a build that has none writes
        /// no other
        #[arg(long)]
        own: bool,
    },
    /// Write a scenario into a suite, and a fault row for it
    #[command(after_long_help = EXAMPLES)]
    Scenario {
        /// The suite
        suite: String,
        /// The scenario's name, also that of its file
        name: String,
    },
}

/// Writes the files and says what to do next.
pub(super) fn call(arguments: &Arguments, given: Option<&Path>) -> Result<ExitCode, StartError> {
    let (added, next) = match &arguments.what {
        What::Suite { name, own } => {
            refuse_name("suite", name)?;
            let is_own = *own || cfg!(not(feature = "platform"));
            let files = if is_own { example::own(name) } else { example::suite(name) };
            let next = if is_own { next_of_own(name) } else { next_of_suite(name) };
            (suite(&root(given)?, name, &files)?, next)
        }
        What::Scenario { suite, name } => {
            refuse_name("scenario", name)?;
            scenario(&Settings::from_process(given)?.root, suite, name)?
        }
    };
    let lines: Vec<String> = added.iter().map(ToString::to_string).collect();
    print(&format!("{}\n\nnext:\n{next}", lines.join("\n")));
    Ok(ExitCode::Success)
}

/// The root that everything else would take; a folder without scenarios is about to get some.
fn root(given: Option<&Path>) -> Result<PathBuf, StartError> {
    match (given, Settings::from_process(given)) {
        (_, Ok(settings)) => Ok(settings.root),
        (Some(named), Err(SettingsError::NotRoot { .. })) => Ok(named.to_owned()),
        (None, Err(SettingsError::NoRoot { start } | SettingsError::NotRoot { named: start })) => Ok(start),
        (_, Err(error)) => Err(error.into()),
    }
}

fn suite(root: &Path, name: &str, files: &[File]) -> Result<Vec<Added>, StartError> {
    let folder = root.join("scenarios").join(name);
    if folder.exists() {
        return Err(StartError::Usage(format!(
            "{} is there already, and nothing is overwritten: take another name, or `shakedown new scenario {name} NAME`",
            folder.display()
        )));
    }
    files::add(root, files)
}

fn scenario(root: &Path, suite: &str, name: &str) -> Result<(Vec<Added>, String), StartError> {
    let known = load::suites(root);
    if !known.iter().any(|known| known == suite) {
        let (suite, folder) = (suite.to_owned(), root.join("scenarios"));
        return Err(LoadError::NoSuite { suite, folder, known }.into());
    }
    let text = load::suite(root, suite)?;
    let compiled = validate::compile(&text).map_err(StartError::Suite)?;
    let path = root.join("scenarios").join(suite).join(format!("{name}.toml"));
    if path.exists() || compiled.scenarios.iter().any(|scenario| scenario.name.as_str() == name) {
        return Err(StartError::Usage(format!(
            "suite `{suite}` has a scenario `{name}` already, and nothing is overwritten: take another name"
        )));
    }
    if !example::fits(text, suite, name) {
        let added = files::add(root, &example::plain(&compiled, suite, name)?)?;
        return Ok((added, next_of_plain(suite, name)));
    }
    let mut added = files::add(root, &example::scenario(suite, name))?;
    added.push(files::append(root, &example::fault(suite, name))?);
    Ok((added, next_of_scenario(suite, name)))
}

/// A name becomes a folder or a file, a part of case ids, and a word of the command line.
fn refuse_name(what: &str, name: &str) -> Result<(), StartError> {
    let begins = name.starts_with(|letter: char| letter.is_ascii_lowercase());
    let plain = name.chars().all(|letter| {
        letter.is_ascii_lowercase() || letter.is_ascii_digit() || letter == '-' || letter == '_'
    });
    if TAKEN.contains(&name) {
        return Err(StartError::Usage(format!(
            "`{name}` is the name of another file of a suite: take another name"
        )));
    }
    if begins && plain {
        return Ok(());
    }
    Err(StartError::Usage(format!(
        "`{name}` cannot be the name of a {what}: small letters, digits, `-` and `_`, a letter first, as in `check-out2`"
    )))
}

fn next_of_suite(name: &str) -> String {
    format!(
        "  shakedown check {name}
  shakedown run {name}                      # green, on the embedded platform
  shakedown run {name} --fault a2a-echo     # a red, and how it names its cause
  shakedown prove {name}                    # every fault row at once
  shakedown new scenario {name} NAME        # another scenario
{}",
        target(name)
    )
}

fn next_of_own(name: &str) -> String {
    let variable = example::variable(name);
    format!(
        "  shakedown check {name}
  {variable}=http://127.0.0.1:8080 shakedown doctor {name}    # whether the service is there
  {variable}=http://127.0.0.1:8080 shakedown run {name}       # its first scenario: GET /health is 200
  shakedown new scenario {name} NAME        # another scenario
{}",
        target(name)
    )
}

/// How a suite becomes a target of `cargo test`.
fn target(name: &str) -> String {
    format!(
        "as a target of `cargo test`, tests/{name}.rs:
  fn main() -> std::process::ExitCode {{
      shakedown::suite(\"{name}\")
  }}
with, in Cargo.toml:
  [[test]]
  name    = \"{name}\"
  harness = false
"
    )
}

fn next_of_scenario(suite: &str, name: &str) -> String {
    format!(
        "  shakedown check {suite}
  shakedown run {suite} {name}::
  shakedown run {suite} {name}:: --fault a2a-echo    # the red of its fault row
"
    )
}

fn next_of_plain(suite: &str, name: &str) -> String {
    format!(
        "  shakedown check {suite}
  shakedown run {suite} {name}
  a [[fault]] in scenarios/{suite}/faults.toml: the proof that it can turn red
"
    )
}
