//! Below the target: what it has forgotten may still run, so somebody else is asked before a thing counts as gone.
//!
//! Does not: decide whether somebody is asked; the model does, before the run.

use crate::ownership::Owned;
use crate::walk::{Stop, Walk};
use harness_model::below::Removal;
use harness_model::context::{Bindings, display};

/// Shows that a thing which the target shows gone is gone below it, too. What is found there, and what cannot be found out,
/// is a leak; where that is wanted what is found is removed, and a leak all the same.
pub(crate) async fn shown_gone(walk: &Walk<'_>, owned: &Owned, bindings: &Bindings) -> Result<(), Stop> {
    let Some(removal) = walk.run.below.asked.get(&owned.kind) else { return Ok(()) };
    let Some(below) = &walk.run.suite.resources[&owned.kind].below else { return Ok(()) };
    let Err(stop) = walk.flow(&below.gone.value, bindings).await else { return Ok(()) };
    let removed = match (removal, &below.remove) {
        (Removal::OnLeak, Some(remove)) => match walk.flow(&remove.value, bindings).await {
            Ok(outputs) => {
                let removed = outputs.get("removed").map(display).unwrap_or_default();
                format!("\n  removed {removed}; a leak all the same")
            }
            Err(failed) => format!("\n  not removed either, in step `{}`: {}", failed.step, failed.cause),
        },
        (Removal::Never, _) | (_, None) => String::new(),
    };
    let cause = format!("the target shows it gone, and below it: {}{removed}", stop.cause);
    Err(Stop { cause, ..stop })
}
