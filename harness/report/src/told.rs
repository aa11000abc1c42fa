//! What is told of a run as it happens, whoever prints the cases: where and why it runs, and what is wrong with it.
//!
//! Does not: tell of single cases.

use crate::Paint;
use harness_model::event::{Ability, Event};

/// The lines that an event is worth.
pub(crate) fn lines(event: &Event, paint: Paint) -> Vec<String> {
    match event {
        Event::RunStarted {
            run,
            suite,
            environment,
            because,
            selection,
            lane,
            lane_because,
            expects,
            notes,
            again,
            shard,
            ..
        } => {
            let why = lane_because.as_ref().map(|why| format!(" ({why})")).unwrap_or_default();
            let lane = lane.as_ref().map(|lane| format!(", lane {lane}{why}")).unwrap_or_default();
            let good = expects.map(|exit| format!(", exit {} is good", exit.code())).unwrap_or_default();
            let name = paint.strong(&format!("{suite} on {environment}"));
            let selection = if selection.is_empty() { "everything" } else { selection };
            let which = again.repetition.map(|which| format!(", {which}")).unwrap_or_default();
            let header = format!("{name} ({because}){lane}{good}, selected {selection}, run {run}{which}");
            let notes = notes.iter().map(|note| format!("{} {note}", paint.alarm("note")));
            let shard = shard.iter().map(|divided| format!("{} ({})", divided.shard, divided.because));
            std::iter::once(header).chain(shard).chain(notes).collect()
        }
        Event::NeverUp { cause } => vec![format!("{} {cause}", paint.alarm("never came up"))],
        Event::FixtureFailed { fixture, cause } => {
            vec![format!("{} fixture {fixture}: {cause}", paint.alarm("never came up"))]
        }
        Event::Probed { capability, ability: Ability::Unable } => {
            vec![format!("{} {capability}", paint.alarm("the target lacks capability"))]
        }
        Event::Probed { capability, ability: Ability::Unknown { cause } } => {
            let what = paint.alarm(&format!("capability {capability} could not be probed:"));
            vec![format!("{what} {cause}")]
        }
        Event::Leaked { kind, key, cause } => {
            vec![format!("{} {kind} {key}: {cause}", paint.alarm("LEAKED"))]
        }
        Event::CasePlanned { .. }
        | Event::Attempted { .. }
        | Event::CaseEnded { .. }
        | Event::TargetUp { .. }
        | Event::Merged { .. }
        | Event::Demanded { .. }
        | Event::Reached { .. }
        | Event::Swept { .. }
        | Event::CaseStarted { .. }
        | Event::StepStarted { .. }
        | Event::Waiting { .. }
        | Event::StepEnded { .. }
        | Event::Exchange { .. }
        | Event::Ran { .. }
        | Event::OwnershipIntended { .. }
        | Event::OwnershipConfirmed { .. }
        | Event::OwnershipDeclined { .. }
        | Event::Released { .. }
        | Event::Kept { .. }
        | Event::Retried { .. }
        | Event::Evidence { .. }
        | Event::Examined { .. }
        | Event::Probed { ability: Ability::Able, .. }
        | Event::Traced { .. }
        | Event::Contradiction { .. }
        | Event::Interrupted
        | Event::RunEnded { .. } => Vec::new(),
    }
}
