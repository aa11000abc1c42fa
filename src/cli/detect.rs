//! `shakedown detect`: the lanes that a change calls for.
//!
//! Does not: run git; it takes the list that `git diff --name-only` or `--name-status` prints.

use super::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::load;
use harness_runner::model::changes;
use harness_runner::model::detect::{Affected, Detection, affected};
use harness_runner::model::exit::ExitCode;
use harness_runner::model::units::count;
use std::fs;
use std::io::Read;
use std::path::Path;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
The lanes of a suite claim files with `paths`. What no lane claims affects nothing; `--strict` lists it. A list without a
single file is refused, because a git that failed gives one: say --allow-empty where a change may be empty. git must list
a renamed file under both of its names (--no-renames).

Examples:
  git diff --no-renames --name-only origin/main...HEAD > changed && shakedown detect --changed changed
  shakedown detect --changed changed --github >> $GITHUB_OUTPUT    # lanes=[\"full\",\"canary\"]
  shakedown detect --changed - --json < changed                    # for programs, with the reason for each lane";

/// What `detect` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The changed files, one a line, as git's --name-only or --name-status lists them (or each with a zero byte behind it, as -z gives them); `-` is standard input
    #[arg(long, value_name = "FILE")]
    changed: String,
    /// The suite [default: the only one below `scenarios/`]
    #[arg(long, value_name = "SUITE")]
    suite: Option<String>,
    /// A change without a single file is fine: nothing is affected
    #[arg(long)]
    allow_empty: bool,
    /// List the changed files that no lane claims
    #[arg(long)]
    strict: bool,
    #[command(flatten)]
    form: Form,
}

/// For whom.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Form {
    /// One JSON document
    #[arg(long)]
    json: bool,
    /// A line for the outputs of a workflow's step: `lanes=[…]`, which `fromJSON` takes
    #[arg(long)]
    github: bool,
}

/// Says which lanes are affected.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let name = suite(arguments, settings)?;
    let suite = job::load_suite(&name, settings)?;
    if suite.lanes.values().all(|lane| lane.paths.is_empty()) {
        let message = format!("no lane of suite `{name}` has `paths`: nothing could ever be affected");
        return Err(StartError::Usage(message));
    }
    let changed = changed(&arguments.changed, &settings.root)?;
    if changed.is_empty() && !arguments.allow_empty {
        let message = format!(
            "{}: not one changed file; a git that failed looks like that (--allow-empty when it may be so)",
            arguments.changed
        );
        return Err(StartError::Usage(message));
    }
    let detection = affected(&suite, &changed);
    if arguments.form.json {
        print(&(json(&detection)? + "\n"));
    } else if arguments.form.github {
        let lanes: Vec<&str> = detection.lanes.iter().map(|affected| affected.lane.as_str()).collect();
        print(&format!("lanes={}\n", json(&lanes)?));
        // The output goes into a file; people read the log of the step.
        crate::say(told(&detection, arguments.strict).trim_end());
    } else {
        print(&told(&detection, arguments.strict));
    }
    Ok(ExitCode::Success)
}

fn suite(arguments: &Arguments, settings: &Settings) -> Result<String, StartError> {
    if let Some(name) = &arguments.suite {
        return Ok(name.clone());
    }
    match load::suites(&settings.root).as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(StartError::Empty("there is no suite below scenarios/".to_owned())),
        several => Err(StartError::Usage(format!("say --suite: {}", several.join(", ")))),
    }
}

fn changed(given: &str, root: &Path) -> Result<Vec<String>, StartError> {
    let mut text = String::new();
    let read = match given {
        "-" => std::io::stdin().read_to_string(&mut text).map(|_| ()),
        path => fs::read_to_string(Path::new(path)).map(|read| text = read),
    };
    read.map_err(|error| StartError::Usage(format!("{given}: {error}")))?;
    let top = std::path::absolute(root).unwrap_or_else(|_unknown| root.to_owned());
    let files = changes::changed(&text, &top.to_string_lossy());
    files.map_err(|error| StartError::Usage(format!("{given}: {error}")))
}

fn json<T: serde::Serialize>(value: &T) -> Result<String, StartError> {
    serde_json::to_string(value).map_err(|error| StartError::Usage(error.to_string()))
}

fn told(detection: &Detection, strict: bool) -> String {
    let mut lines: Vec<String> = detection.lanes.iter().filter_map(line).collect();
    if detection.lanes.is_empty() {
        let changed = count(detection.changed, "changed file");
        lines.push(format!("no lane is affected by {changed}: nothing to run"));
    }
    let unclaimed = &detection.unclaimed;
    match (strict, unclaimed.len()) {
        (_, 0) => {}
        (true, _) => lines.extend(unclaimed.iter().map(|path| format!("unclaimed  {path}"))),
        (false, files) => lines.push(format!("{} that no lane claims (--strict)", count(files, "file"))),
    }
    lines.join("\n") + "\n"
}

fn line(affected: &Affected) -> Option<String> {
    let (first, others) = affected.because.split_first()?;
    let more = if others.is_empty() { String::new() } else { format!(", and {} more", others.len()) };
    Some(format!("{}  {} ({}){more}", affected.lane, first.path, first.pattern.as_str()))
}
