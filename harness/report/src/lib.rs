//! The wing that talks to people: live reporters, and views of a finished run.
//!
//! Does not: decide anything. Every view is a function of the event log, as is the exit code.

mod account;
mod again;
mod compare;
mod fit;
mod format;
mod gates;
pub mod history;
mod live;
mod notice;
mod page;
mod paint;
mod plain;
mod proof;
mod red;
mod repeated;
mod retained;
mod screen;
mod screenful;
mod shown;
mod summary;
mod told;
mod trouble;
mod view;
mod why;
mod worst;

pub use account::{Account, Told};
pub use again::quoted;
pub use compare::{COMPARISON_VERSION, Comparison, Incomparable, comparison_schema};
pub use format::{Format, REPORT_VERSION, report_schema};
pub use gates::{GATE_VERSION, gate_schema, render_gates, render_gates_json};
pub use live::{Forecast, Screen, Size, Terminal};
pub use notice::{Delivered, notice};
pub use paint::Paint;
pub use plain::{Chatter, Plain};
pub use proof::{
    Baseline, Demanded, Inside, LeftOut, PROOF_VERSION, Proof, Row, Strength, Unmissed, Unnoticed,
    proof_schema,
};
pub use repeated::Repetitions;
pub use retained::Retained;
pub use screen::{size_of_stderr, size_of_stdout, width_of_stdout};
pub use shown::uncommanding;
pub use summary::{Closing, render as render_summary};
pub use view::{View, ViewError, Written};

use harness_model::event::Record;
use harness_model::report::RunReport;

/// Somebody who follows a run while it goes on.
pub trait Reporter: Send {
    /// Takes one event, with the time at which it was written down.
    fn event(&mut self, record: &Record);

    /// Takes a line that people should read now, though nothing of the run has happened.
    fn notice(&mut self, line: &str);

    /// Takes the end of the run.
    fn finished(&mut self, report: &RunReport, closing: Closing<'_>);
}
