//! `shakedown gate`: promote, hold or demote, for every arm, with the evidence.
//!
//! Does not: judge. The model does, from the history.

use super::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::gates::{self, Written};
use harness_runner::load;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::gates::{Review, jobs, review};
use harness_runner::model::history::PastRun;
use harness_runner::model::suite::{SecretSupply, Suite};
use harness_runner::report::history::{Access, History, HistoryError, Wanted};
use harness_runner::report::{Paint, render_gates, render_gates_json, uncommanding};
use harness_runner::{identity, past};
use jiff::civil::Date;
use jiff::tz::TimeZone;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
An arm is promoted when every lane that counts and runs it shows the window of gates.toml: so many greens in a row, over so many
days. Runs of the branch on live environments count, but for those that a fault, a filter or a variable sets apart. A run in
which more than 80 % was red is a storm: neither green nor red. A known red, a skip and a block are no greens.

Examples:
  shakedown gate staging                                 # every arm with its evidence
  shakedown gate staging --at 2026-11-20                 # as it was on the evening of that day
  shakedown gate staging --write                         # change gates.toml; comments and order stay
  shakedown gate staging --check                         # fail when a mark has expired, or too many arms are quarantined
  shakedown gate staging --json | jq '.arms[] | select(.decision == \"promote\") | .arm'

Exit codes: 0 it was shown, or written · 2 the suite is not right (a gate of an arm that is not there is E0701), or the history
or gates.toml cannot be used · 5 with --check: a mark has expired, or more arms are quarantined than may be.";

/// How many days of runs are looked at, unless windows are longer.
const DAYS: u32 = 90;

/// What `gate` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite [default: the only one]
    suite: Option<String>,
    /// As it was on the evening of this day, in UTC [default: now]
    #[arg(long, value_name = "DATE")]
    at: Option<Date>,
    /// Change gates.toml by what was decided
    #[arg(long, conflicts_with = "check")]
    write: bool,
    /// End with 5 when a mark has expired, or more arms are quarantined than may be
    #[arg(long)]
    check: bool,
    /// As one JSON document, with a version
    #[arg(long)]
    json: bool,
}

/// Shows the review, or writes what it decided.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    let name = suite(arguments.suite.as_deref(), settings)?;
    let file = gates::File::read(&settings.root, &name)?;
    let suite = job::load_suite(&name, settings)?;
    let at = arguments.at.unwrap_or_else(identity::today);
    let review = review(&suite.gates, &jobs(&suite), &runs(&suite, at, settings)?, at);
    let policy = &suite.gates.policy;
    let text = if arguments.json {
        render_gates_json(&suite.name, policy, &review)
    } else {
        render_gates(&suite.name, policy, &review, Paint::for_stdout())
    };
    print(&uncommanding(&text));
    if arguments.write {
        write(&file, &review)?;
    }
    let fails = arguments.check && !review.failures.is_empty();
    Ok(if fails { ExitCode::LiveRequired } else { ExitCode::Success })
}

/// The suite that was named, else the only one.
pub(super) fn suite(named: Option<&str>, settings: &Settings) -> Result<String, StartError> {
    if let Some(named) = named {
        return Ok(named.to_owned());
    }
    match load::suites(&settings.root).as_slice() {
        [only] => Ok(only.clone()),
        [] => Err(StartError::Usage("there is no suite here".to_owned())),
        several => Err(StartError::Usage(format!("say which suite: {}", several.join(", ")))),
    }
}

/// The runs of a suite on live environments, up to a day.
fn runs(suite: &Suite, at: Date, settings: &Settings) -> Result<Vec<PastRun>, StartError> {
    let history = match History::open(&past::file(&job::recordings(settings)), Access::Read) {
        Err(HistoryError::None { .. }) => return Ok(Vec::new()),
        opened => opened?,
    };
    let windows = suite.gates.rows().filter_map(|(_, row)| row.window).chain([suite.gates.policy.window]);
    let longest = windows.map(|window| window.days).max().unwrap_or_default();
    let back = jiff::Span::new().days(i64::from(DAYS.max(longest.saturating_mul(2)).min(36_500)));
    let beyond = |error: jiff::Error| StartError::Usage(format!("--at {at}: {error}"));
    let midnight = |day: Date| day.to_zoned(TimeZone::UTC).map(|at| at.timestamp()).map_err(beyond);
    let (since, before) = (midnight(at.saturating_sub(back))?, midnight(at.tomorrow().map_err(beyond)?)?);
    let is_live = |name: &str| {
        suite.environments.get(name).is_some_and(|environment| environment.secrets == SecretSupply::Settings)
    };
    let mut runs = Vec::new();
    for held in
        history.holdings()?.iter().filter(|held| held.suite == suite.name && is_live(&held.environment))
    {
        runs.extend(history.runs(&Wanted {
            suite: Some(&held.suite),
            environment: Some(&held.environment),
            since: Some(since),
            before: Some(before),
            ..Wanted::default()
        })?);
    }
    runs.sort_by(|one, other| (one.began, &one.id).cmp(&(other.began, &other.id)));
    Ok(runs)
}

fn write(file: &gates::File, review: &Review) -> Result<(), StartError> {
    match file.write(review)? {
        Written::Unchanged => print("gates.toml stays as it is\n"),
        Written::Changed => print("gates.toml is written: look at the change, and commit it\n"),
    }
    Ok(())
}
