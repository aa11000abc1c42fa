//! `shakedown history`: how arms and cases stood over many runs.
//!
//! Does not: run anything, or decide a gate.

mod upkeep;
mod view;

use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::history::{PastRun, Subject, Survey, asides};
use harness_runner::model::name::closest;
use harness_runner::model::units;
use harness_runner::past;
use harness_runner::report::history::{Access, History, Holding, TrendFormat, Wanted};
use std::collections::BTreeSet;

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Every run that ends is added to .shakedown/history.db. A row has a sign for each run, how many of its cases were flaky with
a bound that holds in 95 of 100 cases, how long they took, the last commit at which all of them passed, and the first of the
present streak of reds. Runs that were broken on purpose are left out and counted, as are shards beside their merged run.

Examples:
  shakedown history                                      # what the history has
  shakedown history staging                              # every arm, over the last 20 runs of each environment
  shakedown history staging --branch main --environment live --limit 50
  shakedown history staging --arm codex                  # one arm, and each of its cases
  shakedown history staging --case pause-resume          # every case with this in its id
  shakedown history staging --json | jq '.trends[] | select(.\"first-red\" != null) | .name'
  shakedown history --format html --output trends.html   # one page for a browser, of every suite and environment
  shakedown history --json --arm codex                   # that arm, of every suite and environment that has it
  shakedown history --import artifacts/                  # add recordings from elsewhere, each once
  shakedown history --prune --dry-run                    # what the [retention] of each suite would remove
  shakedown history --prune --older-than 90d             # whatever the suites say: everything that is older

Exit codes: 0 it was shown, or done · 2 there is no history, it cannot be read or written, or a recording cannot be imported.";

/// How many runs are shown when nobody says.
const RUNS: usize = 20;

/// What `history` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite [default: what the history has]
    suite: Option<String>,
    /// One arm, or a scenario without any, and each of its cases
    #[arg(long, conflicts_with = "case")]
    arm: Option<String>,
    /// Every case with this in its id
    #[arg(long)]
    case: Option<String>,
    /// Only runs against this environment
    #[arg(long)]
    environment: Option<String>,
    /// Only runs of this lane
    #[arg(long)]
    lane: Option<String>,
    /// Only runs of this branch
    #[arg(long)]
    branch: Option<String>,
    /// How many runs of each environment, the newest ones
    #[arg(long, value_name = "RUNS", default_value_t = RUNS)]
    limit: usize,
    #[command(flatten)]
    view: view::View,
    #[command(flatten)]
    upkeep: upkeep::Upkeep,
}

/// Shows the history, or looks after it.
pub(super) fn call(arguments: &Arguments, settings: &Settings) -> Result<ExitCode, StartError> {
    if let Some(done) = arguments.upkeep.call(settings) {
        return done;
    }
    let recordings = job::recordings(settings);
    let history = History::open(&past::file(&recordings), Access::Read)?;
    let holdings = history.holdings()?;
    let format = arguments.view.format();
    let suites = match &arguments.suite {
        None if format == TrendFormat::Text => {
            arguments.view.show(&told(&holdings))?;
            return Ok(ExitCode::Success);
        }
        None => suites(&holdings, arguments.environment.as_deref()),
        Some(suite) => vec![suite.clone()],
    };
    let (mut shown, mut known) = (Vec::new(), BTreeSet::new());
    for suite in &suites {
        for environment in environments(suite, &holdings, arguments)? {
            let runs = newest(&history, &wanted(suite, &environment, arguments), arguments.limit)?;
            if !runs.is_empty() {
                known.extend(Survey::names(&runs));
                shown.push(survey(runs, arguments));
            }
        }
    }
    if shown.is_empty() {
        let suite = arguments.suite.as_ref().map(|suite| format!(" of suite `{suite}`")).unwrap_or_default();
        return Err(StartError::Usage(format!("no run{suite} in the history is like that")));
    }
    if arguments.arm.is_some() || arguments.case.is_some() {
        shown.retain(|survey| !survey.trends.is_empty());
    }
    if shown.is_empty() {
        return Err(absent(arguments, &known));
    }
    arguments.view.draw(&shown)?;
    Ok(ExitCode::Success)
}

/// What a history has.
fn told(holdings: &[Holding]) -> String {
    if holdings.is_empty() {
        return "the history is empty: a run is added when it ends\n".to_owned();
    }
    let rows = holdings.iter().map(|held| {
        let runs = units::count(held.runs, "run");
        format!(
            "{} on {}: {runs}, the newest of {}\n",
            held.suite,
            held.environment,
            held.newest.strftime("%Y-%m-%d")
        )
    });
    rows.collect::<String>() + "more: shakedown history SUITE\n"
}

/// Every suite that a history has, on an environment if one is asked for, the one with the newest run first.
fn suites(holdings: &[Holding], environment: Option<&str>) -> Vec<String> {
    let mut suites: Vec<String> = Vec::new();
    for held in holdings.iter().filter(|held| environment.is_none_or(|asked| held.environment == asked)) {
        if !suites.contains(&held.suite) {
            suites.push(held.suite.clone());
        }
    }
    suites
}

/// The environments of a suite that the history has, or the one that was asked for.
fn environments(suite: &str, holdings: &[Holding], arguments: &Arguments) -> Result<Vec<String>, StartError> {
    let of_suite: Vec<&Holding> = holdings.iter().filter(|held| held.suite == suite).collect();
    if of_suite.is_empty() {
        let known = holdings.iter().map(|held| held.suite.as_str());
        return Err(unknown("run of suite", suite, known));
    }
    let known = of_suite.iter().map(|held| held.environment.as_str());
    match &arguments.environment {
        Some(asked) if known.clone().all(|known| known != asked) => {
            Err(unknown(&format!("run of suite `{suite}` on environment"), asked, known))
        }
        Some(asked) => Ok(vec![asked.clone()]),
        None => Ok(known.map(str::to_owned).collect()),
    }
}

fn wanted<'a>(suite: &'a str, environment: &'a str, arguments: &'a Arguments) -> Wanted<'a> {
    Wanted {
        suite: Some(suite),
        environment: Some(environment),
        lane: arguments.lane.as_deref(),
        branch: arguments.branch.as_deref(),
        ..Wanted::default()
    }
}

/// The newest runs, so many that count, and those among them that do not.
fn newest(history: &History, wanted: &Wanted<'_>, limit: usize) -> Result<Vec<PastRun>, StartError> {
    // A merged run began when the first of its shards did, and so stands behind them.
    let mut asked = limit.saturating_mul(2).saturating_add(RUNS);
    loop {
        let mut runs = history.runs(&Wanted { limit: Some(asked), ..wanted.clone() })?;
        let asides = asides(&runs);
        let counting: Vec<usize> = (0..runs.len()).filter(|position| asides[*position].is_none()).collect();
        match counting.len().checked_sub(limit) {
            Some(more) => {
                let older = more.checked_sub(1).and_then(|last| counting.get(last));
                runs.drain(..older.map_or(0, |last| last + 1));
                return Ok(runs);
            }
            None if runs.len() < asked => return Ok(runs),
            None => asked = asked.saturating_mul(2),
        }
    }
}

fn survey(runs: Vec<PastRun>, arguments: &Arguments) -> Survey {
    let subject = match (&arguments.arm, &arguments.case) {
        (Some(arm), _) => Subject::Arm(arm),
        (None, Some(case)) => Subject::Cases(case),
        (None, None) if arguments.view.format() == TrendFormat::Html => Subject::Everything,
        (None, None) => Subject::Arms,
    };
    let words = [("lane", &arguments.lane), ("branch", &arguments.branch)];
    let chosen =
        words.iter().filter_map(|(word, value)| Some(format!("{word} {}", value.as_ref()?))).collect();
    Survey::new(runs, subject, chosen)
}

/// None of the runs has what was asked for.
fn absent(arguments: &Arguments, known: &BTreeSet<String>) -> StartError {
    if let Some(arm) = &arguments.arm {
        return unknown("run with arm", arm, known.iter().map(String::as_str));
    }
    let case = arguments.case.as_deref().unwrap_or_default();
    StartError::Usage(format!("the history has no case with `{case}` in its id in these runs"))
}

fn unknown<'a>(what: &str, asked: &str, known: impl Iterator<Item = &'a str>) -> StartError {
    // A suite has a holding for each environment.
    let known: BTreeSet<&str> = known.collect();
    let hint = match closest(asked, known.iter().copied()) {
        Some(meant) => format!("did you mean `{meant}`?"),
        None => format!("it has {}", known.into_iter().collect::<Vec<_>>().join(", ")),
    };
    StartError::Usage(format!("the history has no {what} `{asked}`: {hint}"))
}
