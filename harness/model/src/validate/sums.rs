//! Waits that together are longer than the case that they are a part of. It may be meant: not every wait takes as long
//! as it may.
//!
//! Does not: look at a deadline alone; `cases` does.

use super::{cases, ways};
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::suite::{Scenario, Step, StepBody, Suite};
use crate::units;
use std::time::Duration;

/// Warns once for each scenario, of the case that may wait longest.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (scenario, cases) in expanded {
        let waits = cases.iter().map(|case| (sum(suite, &scenario.steps, case), case));
        let Some((sum, case)) = waits.max_by_key(|(sum, _)| *sum) else { continue };
        if sum > scenario.timeout {
            let message = format!(
                "the waits of {} add up to {}, a case of `{}` may take {}",
                case.id,
                units::display(sum),
                scenario.name,
                units::display(scenario.timeout)
            );
            findings.push(
                Diagnostic::warning("W0604", message)
                    .at(&scenario.location, "its last waits may be cut off")
                    .help("raise the case's timeout, or lower a deadline; this may be meant"),
            );
        }
    }
}

/// What the polls of a case may take together.
fn sum(suite: &Suite, steps: &[Step], case: &Case) -> Duration {
    let taken = steps.iter().filter(|step| !matches!(ways::turn(step, Some(case)), ways::Turn::Never));
    let waits = taken.map(|step| match &step.body {
        StepBody::Use(flow) => {
            suite.flows.get(&flow.value).map_or(Duration::ZERO, |flow| sum(suite, &flow.steps, case))
        }
        StepBody::Run(run) => {
            let within = run.poll.as_ref().map(|poll| &poll.within).or_else(|| run.action.within());
            let mut unheard = Diagnostics::default();
            within.and_then(|within| cases::rendered(within, case, &mut unheard)).unwrap_or_default()
        }
    });
    waits.fold(Duration::ZERO, Duration::saturating_add)
}
