//! The command line of `shakedown`: one file per subcommand.
//!
//! Does not: do the work; the runner does.

mod alert;
mod check;
mod compare;
mod completions;
mod detect;
mod doctor;
mod explain;
mod gate;
mod generate;
mod history;
mod man;
mod merge;
mod new;
mod out;
mod page;
mod picks;
mod plan;
#[cfg(feature = "platform")]
mod prove;
#[cfg(not(feature = "platform"))]
#[path = "unproved.rs"]
mod prove;
mod repeat;
mod replay;
mod report;
mod run;
#[cfg(feature = "platform")]
mod serve;
mod sharing;
mod sweep;

use crate::manner::Manner;
use crate::own::Environments;
use crate::settings::Settings;
use crate::start::StartError;
use clap::{CommandFactory, Parser, Subcommand};
use harness_runner::identity;
use harness_runner::model::exit::ExitCode;
use harness_runner::report::{Chatter, Forecast, Paint, Plain, Reporter, Screen, Terminal, size_of_stderr};
use out::{print, print_bytes};
use std::path::PathBuf;
use std::sync::Arc;

/// What `--help` says of environment variables.
const VARIABLES: &str = "\
Environment variables:
  E2E_<AXIS>=VALUES    only cases with one of these values of an axis or bundle key, as in E2E_RUNTIME=codex;
                       commas between several, `!` before those to leave out: E2E_LIFECYCLE=!steady
  E2E_TAG, E2E_ARM, E2E_SCENARIO    the same by tag, arm and scenario
  E2E_LANE             a lane of the suite, as --lane; E2E_MODE is its older name
  E2E_RUN_ID           what somebody calls the run: it is in the names of what the run creates
  E2E_<BINDING>=VALUE  another value for a binding that the suite declares, as in E2E_DIALECT=0.3
  E2E_ENVIRONMENT      the environment to run against, as --environment
  E2E_REPORT           views that are written when a run is over, as --report: junit=target/junit.xml,markdown=summary.md
  E2E_RERUN_FAILED=1   only what was red in the newest run, as --rerun-failed; or the id of a run
  E2E_KEEP_ORG=1       what is created is left standing, as --keep always; also never and on-failure
  REQUIRE_LIVE=1       what is missing is a failure: no live environment, no secret, no skipped case
  SHAKEDOWN_ROOT       the folder with scenarios/ and templates/, as --root
A suite declares more: what chooses its live environment (MOLECULE_CP_URL for staging) and its secrets.";

/// Scenario-driven end-to-end tests for AI-agent platforms.
///
/// Exit codes: 0 nothing that counts is red · 1 a required case is red · 2 usage or configuration · 3 the target never
/// came up · 4 something was left behind · 5 live is required and not met, nothing is selected, or a fault never bit · 70 the harness
/// contradicts itself · 130 interrupted.
#[derive(Debug, Parser)]
#[command(name = "shakedown", version, max_term_width = 110, after_long_help = VARIABLES)]
struct Arguments {
    /// The folder with `scenarios/` and `templates/` [default: the nearest one from here upwards]
    #[arg(long, global = true, value_name = "FOLDER")]
    root: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a suite; `E2E_<AXIS>` variables select, as in `E2E_RUNTIME=codex shakedown run staging`
    #[command(after_long_help = run::EXAMPLES)]
    Run(run::Arguments),
    /// Read a suite and say everything that is wrong with it; nothing is started
    #[command(after_long_help = check::EXAMPLES)]
    Check(check::Arguments),
    /// Show every case with its decision and gate; nothing is started
    Plan(plan::Arguments),
    /// Ask what a run needs: settings, target, credentials; nothing is created
    #[command(after_long_help = doctor::EXAMPLES)]
    Doctor(doctor::Arguments),
    /// Say what a code such as E0311 means, with an example and how to mend it
    #[command(after_long_help = explain::EXAMPLES)]
    Explain(explain::Arguments),
    /// Write a suite or a scenario that runs, to begin from
    #[command(after_long_help = new::EXAMPLES)]
    New(new::Arguments),
    /// Release what runs that are gone have left on their target
    #[command(after_long_help = sweep::EXAMPLES)]
    Sweep(sweep::Arguments),
    /// Print the lanes that a change calls for
    #[command(after_long_help = detect::EXAMPLES)]
    Detect(detect::Arguments),
    /// Plan what becomes of the issue that tells people of a red lane
    #[command(after_long_help = alert::EXAMPLES)]
    Alert(alert::Arguments),
    /// Show a view of a run that is over: for people, for programs, for CI systems
    #[command(after_long_help = report::EXAMPLES)]
    Report(report::Arguments),
    /// Show a run that is over once more, as it went
    #[command(after_long_help = replay::EXAMPLES)]
    Replay(replay::Arguments),
    /// Show how arms and cases stood over many runs, and look after what is remembered of them
    #[command(after_long_help = history::EXAMPLES)]
    History(history::Arguments),
    /// Say which arms are to be promoted or demoted, with the evidence of their runs
    #[command(after_long_help = gate::EXAMPLES)]
    Gate(gate::Arguments),
    /// Put the recordings of shards together, when nothing of their plan is missing
    #[command(after_long_help = merge::EXAMPLES)]
    Merge(merge::Arguments),
    /// Break the platform on purpose, row by row, and say what the scenarios notice
    #[command(after_long_help = prove::EXAMPLES)]
    Prove(prove::Arguments),
    /// Run the embedded platform alone
    #[cfg(feature = "platform")]
    #[command(after_long_help = serve::EXAMPLES)]
    Serve(serve::Arguments),
    /// Write the files that are derived from others: schema, reference, variables, workflows
    #[command(after_long_help = generate::EXAMPLES)]
    Generate(generate::Arguments),
    /// Print the completions of a shell
    #[command(after_long_help = completions::EXAMPLES)]
    Completions(completions::Arguments),
    /// Print the manual page, or write those of all subcommands
    #[command(after_long_help = man::EXAMPLES)]
    Man(man::Arguments),
}

/// Parses and calls.
pub fn main() -> std::process::ExitCode {
    with(&Environments::default())
}

/// The same, with environments that the program brings along.
pub(crate) fn with(own: &Environments) -> std::process::ExitCode {
    let exit = out::closed(called(own).unwrap_or_else(|error| error.show()));
    std::process::ExitCode::from(exit.code())
}

fn called(own: &Environments) -> Result<ExitCode, StartError> {
    let Arguments { root, command } = match Arguments::try_parse() {
        Ok(arguments) => arguments,
        Err(error) => return Ok(clap_exit(&error)),
    };
    // What needs no suite works in any folder.
    let settings =
        || Ok::<_, StartError>(Settings::from_process(root.as_deref())?.with_environments(own.clone()));
    match command {
        Command::Run(run) => run::call(run, settings()?),
        Command::Check(check) => check::call(&check, &settings()?),
        Command::Plan(plan) => plan::call(plan, settings()?),
        Command::Doctor(doctor) => doctor::call(doctor, settings()?),
        Command::Explain(explain) => explain::call(&explain),
        Command::New(new) => new::call(&new, root.as_deref()),
        Command::Report(report) => report::call(&report, settings),
        Command::Replay(replay) => replay::call(&replay, settings),
        Command::Gate(gate) => gate::call(&gate, &settings()?),
        Command::History(history) => history::call(&history, &settings()?),
        Command::Sweep(sweep) => sweep::call(&sweep, settings()?),
        Command::Detect(detect) => detect::call(&detect, &settings()?),
        Command::Alert(alert) => alert::call(&alert, &settings()?),
        Command::Merge(merge) => merge::call(&merge, settings),
        Command::Prove(prove) => prove::call(&prove, &settings()?),
        #[cfg(feature = "platform")]
        Command::Serve(serve) => serve::call(serve),
        Command::Generate(generate) => generate::call(&generate, &settings()?),
        Command::Completions(completions) => Ok(completions::call(&completions, Arguments::command())),
        Command::Man(man) => man::call(&man, Arguments::command()),
    }
}

/// Shows what clap has to say: help on standard output, a usage error on the other.
pub(crate) fn clap_exit(error: &clap::Error) -> ExitCode {
    if error.use_stderr() {
        // A closed stream takes the text with it, never the exit code.
        error.print().ok();
        return ExitCode::Usage;
    }
    let text = error.render();
    print(&if Paint::for_stdout() == Paint::Always { text.ansi().to_string() } else { text.to_string() });
    ExitCode::Success
}

/// Who follows a run: people at standard error.
pub(crate) fn reporters(
    chatter: Chatter,
    manner: Manner,
    forecast: impl FnOnce() -> Forecast,
) -> Vec<Box<dyn Reporter>> {
    let (out, paint) = (Box::new(std::io::stderr()), Paint::for_stderr());
    match manner {
        Manner::Live => {
            let (size, clock) = (Arc::new(size_of_stderr), Arc::new(identity::now));
            vec![Box::new(Terminal::new(Screen { out, size, paint, clock }, forecast()))]
        }
        Manner::Lines => vec![Box::new(Plain::new(out, chatter, paint))],
    }
}

#[cfg(test)]
mod tests {
    use super::Arguments;
    use clap::{CommandFactory, Parser};

    /// The commands among the examples of a help text: without variables before and remarks behind them.
    fn commands(help: &str) -> Vec<Vec<String>> {
        let examples = help.lines().filter_map(|line| line.strip_prefix("  "));
        let commands = examples.map(|line| {
            let line = line.split(['#', '>', '<', '|']).next().unwrap_or_default();
            let line = line.split("  ").next().unwrap_or_default();
            let words = shlex::split(line).unwrap_or_default().into_iter();
            words.skip_while(|word| word.contains('=')).collect::<Vec<_>>()
        });
        commands.filter(|words| words.first().is_some_and(|word| word == "shakedown")).collect()
    }

    fn check_examples(command: &clap::Command) {
        for subcommand in command.get_subcommands() {
            let name = subcommand.get_name();
            let help = subcommand.get_after_long_help().map(ToString::to_string).unwrap_or_default();
            let commands = commands(&help);
            assert!(commands.iter().any(|words| words.iter().any(|word| word == name)), "{name}");
            for words in commands {
                assert!(Arguments::try_parse_from(&words).is_ok(), "{words:?}");
            }
            check_examples(subcommand);
        }
    }

    #[test]
    fn every_subcommand_shows_examples_that_it_takes() {
        check_examples(&Arguments::command());
    }

    #[test]
    fn the_command_line_is_in_order() {
        Arguments::command().debug_assert();
    }
}
