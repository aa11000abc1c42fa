//! Sweeping by label: what is on the target, whoever made it.
//!
//! Does not: touch what is young, held by a run here, or without a time of creation.

use super::{Arguments, exit, notes, told};
use crate::cli::print;
use crate::job;
use crate::settings::Settings;
use crate::start::StartError;
use harness_runner::model::exit::ExitCode;
use harness_runner::model::suite::{SecretSupply, Suite};
use harness_runner::model::units;
use harness_runner::sweep::{self, Errand, Found, Labelled, Labels, Refusal, Sorted, Target};
use std::sync::Arc;
use std::time::Duration;

/// Sweeps everything with our label that is older than this.
pub(super) fn sweep(
    arguments: &Arguments,
    older_than: Duration,
    settings: Settings,
) -> Result<ExitCode, StartError> {
    let settings = settings.with_environment(arguments.environment.clone());
    let Some(name) = &arguments.suite else {
        return Err(StartError::Usage("--older-than needs a suite: it says what our label is".to_owned()));
    };
    let suite = Arc::new(job::load_suite(name, &settings)?);
    refuse_unlabelled(&suite)?;
    let (environment, because) = job::choose(&suite, &settings)?;
    if suite.environments[&environment].secrets == SecretSupply::Minted {
        let message = format!(
            "nothing of the {environment} environment ({because}) outlives its run: nothing to sweep"
        );
        return Err(StartError::Usage(message));
    }
    let facts = job::target(&suite, &environment, &settings)?;
    let recordings = job::recordings(&settings);
    let logs = logs(&recordings)?;
    let because = format!("{because}; sweep --older-than {}", units::display(older_than));
    let machine = job::machine(&settings);
    let below = job::below_of(&suite, &environment, &settings)?;
    let target = Target { suite: &suite, facts: &facts, machine: &machine, below: &below };
    let errand = Errand { target, because };
    let labels = Labels::begin(&errand, &recordings)?;
    let sorted = sweep::sort(labels.list()?, older_than, &logs);
    print(&notes(&below));
    print(&spared(&sorted, older_than));
    let due = sorted.due.len();
    if due > arguments.cap {
        let message = format!("{due} would be swept, {} at most: nothing was touched (--cap)", arguments.cap);
        return Err(StartError::Usage(message));
    }
    if arguments.dry_run {
        let due: String = sorted.due.iter().map(|found| line("would release", found)).collect();
        print(if due.is_empty() { "nothing would be swept\n" } else { &due });
        return Ok(ExitCode::Success);
    }
    let outcome = labels.release(&sorted.due)?;
    print(&told(&outcome));
    print(&format!("{} shown gone, {} left\n", outcome.gone.len(), outcome.left.len()));
    Ok(exit(&outcome))
}

fn refuse_unlabelled(suite: &Suite) -> Result<(), StartError> {
    if suite.resources.values().any(|resource| resource.sweep.is_some()) {
        return Ok(());
    }
    let message = format!(
        "suite `{}` does not say how to find our label: give a [resource.X] a `sweep` flow with `keys` and `created`",
        suite.name
    );
    Err(StartError::Usage(message))
}

/// The logs here; one that cannot be read may be that of a run which lives.
fn logs(recordings: &std::path::Path) -> Result<Vec<Found>, StartError> {
    let logs = sweep::logs(recordings, None)
        .map_err(|error| StartError::Usage(format!("cannot read {}: {error}", recordings.display())))?;
    let unreadable = logs.iter().find_map(|found| match found {
        Found::Refused { refusal: refusal @ Refusal::Unreadable { .. }, .. } => Some(refusal),
        Found::Refused { .. } | Found::Over(_) => None,
    });
    match unreadable {
        Some(refusal) => {
            Err(StartError::Usage(format!("{refusal}; what that run owns cannot be told apart")))
        }
        None => Ok(logs),
    }
}

fn spared(sorted: &Sorted, older_than: Duration) -> String {
    let undated = sorted.undated.iter().map(|found| line("without a time of creation, not touched:", found));
    let held =
        sorted.held.iter().map(|found| line("of a run here that lives or keeps it, not touched:", found));
    let young = match sorted.young.len() {
        0 => String::new(),
        count => format!("  {count} younger than {}, not touched\n", units::display(older_than)),
    };
    undated.chain(held).collect::<String>() + &young
}

fn line(what: &str, found: &Labelled) -> String {
    let created = found.created.map(|created| format!(", created {created:.0}")).unwrap_or_default();
    format!("  {what} {} {}{created}\n", found.kind, found.key)
}
