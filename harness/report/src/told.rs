//! What is told of a run as it happens, whoever prints the cases: where and why it runs, and what is wrong with it.
//!
//! Does not: tell of single cases.

use crate::Paint;
use crate::shown::one_line;
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
            let lane = lane.as_ref().map(|lane| one_line(&format!(", lane {lane}{why}"))).unwrap_or_default();
            let good = expects.map(|exit| format!(", exit {} is good", exit.code())).unwrap_or_default();
            let name = paint.strong(&one_line(&format!("{suite} on {environment}")));
            let selection = if selection.is_empty() { "everything" } else { &one_line(selection) };
            let (because, run) = (one_line(because), one_line(run));
            let which = again.repetition.map(|which| format!(", {which}")).unwrap_or_default();
            let header = format!("{name} ({because}){lane}{good}, selected {selection}, run {run}{which}");
            let notes = notes.iter().map(|note| format!("{} {}", paint.alarm("note"), one_line(note)));
            let shard =
                shard.iter().map(|divided| format!("{} ({})", divided.shard, one_line(&divided.because)));
            std::iter::once(header).chain(shard).chain(notes).collect()
        }
        Event::NeverUp { cause } => vec![format!("{} {}", paint.alarm("never came up"), one_line(cause))],
        Event::FixtureFailed { fixture, cause } => {
            let what = one_line(&format!("fixture {fixture}: {cause}"));
            vec![format!("{} {what}", paint.alarm("never came up"))]
        }
        Event::Probed { capability, ability: Ability::Unable } => {
            vec![format!("{} {capability}", paint.alarm("the target lacks capability"))]
        }
        Event::Probed { capability, ability: Ability::Unknown { cause } } => {
            let what = paint.alarm(&format!("capability {capability} could not be probed:"));
            vec![format!("{what} {}", one_line(cause))]
        }
        Event::Leaked { kind, key, cause } => {
            vec![format!("{} {}", paint.alarm("LEAKED"), one_line(&format!("{kind} {key}: {cause}")))]
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
        | Event::NeverBit { .. }
        | Event::Interrupted
        | Event::RunEnded { .. } => Vec::new(),
    }
}
