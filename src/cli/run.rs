//! `shakedown run`: the native front.
//!
//! Does not: understand libtest's arguments; `cargo test --test staging` does.

use super::picks::Picks;
use super::repeat::Repeats;
use super::reporters;
use super::sharing::Sharing;
use crate::again;
use crate::job::{self, Reach};
use crate::manner::Manner;
use crate::settings::{Earlier, Settings};
use crate::share;
use crate::start::StartError;
use harness_runner::front;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::keep::Keep;
use harness_runner::model::plan::{Plan, Reasons};
use harness_runner::report::{Chatter, View};

/// Examples of `--help`.
pub(super) const EXAMPLES: &str = "\
Examples:
  shakedown run staging                                  # everything, on the environment that the first line names
  shakedown run staging steady::codex                    # cases whose id contains this
  E2E_RUNTIME=codex shakedown run staging                # one runtime
  shakedown run staging --select lifecycle=!steady       # every value of an axis but one; commas list several
  E2E_DIALECT=0.3 shakedown run staging                  # another value for a binding
  shakedown run staging --report junit=target/junit.xml  # and a view of it in a file
  shakedown run staging codex --fault pause-does-nothing # break the embedded platform and watch the red
  shakedown run staging --rerun-failed                   # what was red in the newest run, and nothing else
  shakedown run staging steady::codex --repeat 10        # the same ten times: how often is it red?
  shakedown run staging --until-red --for 30m            # look for what is red now and then";

/// What `run` takes.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// The suite: a folder below `scenarios/`
    suite: String,
    /// Only cases whose id contains this
    filter: Option<String>,
    /// Only the case whose id is this
    #[arg(long, value_name = "CASE", conflicts_with = "filter")]
    exact: Option<String>,
    /// Only cases that were red in an earlier run: by its id or by the path of its recording, else the newest of the suite
    /// and environment
    #[arg(long, value_name = "RUN", num_args = 0..=1, default_missing_value = Earlier::NEWEST, value_parser = earlier)]
    rerun_failed: Option<Earlier>,
    #[command(flatten)]
    repeats: Repeats,
    #[command(flatten)]
    picks: Picks,
    #[command(flatten)]
    sharing: Sharing,
    /// What to leave standing on purpose: never, on-failure or always
    #[arg(long, value_name = "WHEN", value_parser = keep)]
    keep: Option<Keep>,
    /// Write a view when the run is over, as junit=target/junit.xml: text, json, junit, markdown, annotations, html; may be
    /// repeated. One that cannot be written is named in the last lines and changes nothing else
    #[arg(long, value_name = "FORMAT=FILE")]
    report: Vec<View>,
    /// Break the embedded platform in this way; may be repeated. One that never bites is exit 5, whatever the cases say
    #[arg(long, value_name = "FAULT")]
    #[cfg_attr(feature = "platform", arg(value_parser = crate::embedded::FaultText, hide_possible_values = true))]
    fault: Vec<String>,
}

#[expect(clippy::unnecessary_wraps, reason = "clap asks for a result")]
fn earlier(name: &str) -> Result<Earlier, String> {
    Ok(Earlier::called(name))
}

fn keep(word: &str) -> Result<Keep, String> {
    let found = Keep::WORDS.iter().find(|(known, _)| *known == word).map(|(_, keep)| *keep);
    found.ok_or_else(|| "say never, on-failure or always".to_owned())
}

/// Runs a suite.
pub(super) fn call(arguments: Arguments, settings: Settings) -> Result<ExitCode, StartError> {
    let settings = arguments.sharing.apply(settings);
    let settings = arguments.picks.apply(settings)?.with_keep(arguments.keep).with_views(arguments.report);
    let settings = settings.with_rerun(arguments.rerun_failed);
    let reach = Reach::of(arguments.filter.as_ref().or(arguments.exact.as_ref()));
    let (mut plan, mut reasons) = job::plan(&arguments.suite, &settings, reach)?;
    if let Some(filter) = &arguments.filter {
        job::narrow(&mut plan, filter)?;
    }
    if let Some(id) = &arguments.exact {
        job::only(&mut plan, id)?;
    }
    share::keep_shard(&mut plan, &settings)?;
    if !arguments.fault.is_empty() {
        let faults = arguments.fault.join(", ");
        reasons.environment = format!("{}, broken on purpose with {faults}", reasons.environment);
    }
    again::by_hand(&mut reasons.again, &plan, &settings, &arguments.fault);
    let manner = Manner::of_native(&settings);
    let once = |plan: Plan, reasons: Reasons| {
        let job = job::assemble(plan, reasons, &settings, &arguments.fault)?;
        let reporters = reporters(Chatter::EveryCase, manner, || job::forecast(&job));
        Ok::<_, StartError>(front::run_native(job, reporters)?)
    };
    match arguments.repeats.bounds()? {
        None => once(plan, reasons).map(|(_, exit)| exit),
        Some(bounds) => bounds.run(|repetition| {
            let mut reasons = reasons.clone();
            reasons.again.repetition = Some(repetition);
            once(plan.clone(), reasons)
        }),
    }
}
