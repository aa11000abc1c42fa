//! What was chosen for one case, and why.
//!
//! Does not: choose again. It shows what the plan chose.

use crate::choose::Standing;
use crate::name::ChoiceName;
use crate::plan::{Plan, Planned};

/// A choice of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChoiceShown {
    /// Its name.
    pub name: ChoiceName,
    /// The alternative that was taken, and where it was written; none when none could be.
    pub taken: Option<(String, String)>,
    /// Why it was, or why none was.
    pub because: String,
}

/// The choices of a case, in order.
pub(super) fn of(plan: &Plan, planned: &Planned) -> Vec<ChoiceShown> {
    let shown = planned.case.chosen.iter().map(|chosen| {
        let is_taken = matches!(chosen.standing, Standing::Taken { .. });
        let taken = chosen.alternative(&plan.suite).filter(|_| is_taken);
        let taken = taken.map(|taken| (taken.name.value.clone(), taken.name.location.to_string()));
        ChoiceShown { name: chosen.choice.clone(), taken, because: chosen.because(&plan.suite) }
    });
    shown.collect()
}
