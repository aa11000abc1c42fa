//! Fronts: how cases become tests. libtest's manners for cargo and nextest, our own for `shakedown run`.
//!
//! Does not: decide the exit code; the report does.

mod interruption;
mod libtest;
mod native;

pub use interruption::Interruption;
pub use libtest::{Lines, list, list_nothing, run as run_libtest, select};
pub use libtest_mimic::{Arguments, FormatSetting};
pub use native::run as run_native;

use harness_model::verdict::Ending;
use harness_report::uncommanding;

/// What a red case says: its verdict, its step with its place, its cause.
fn describe(ending: &Ending) -> String {
    let step = ending.step.as_ref().map(|step| format!(" in step `{step}`")).unwrap_or_default();
    let place = ending.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    let known = ending.known.as_ref().map(|known| format!("\n  known   as {known}")).unwrap_or_default();
    let said = format!("{}{step}{place}\n  {}{known}", ending.verdict, ending.cause);
    uncommanding(&said).into_owned()
}
