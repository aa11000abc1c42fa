//! Text: the summary as the run printed it, for a terminal or a mail.
//!
//! Does not: colour.

use crate::{Account, Paint, render_summary};
use std::fmt::Write;

/// With what every view of this format begins.
pub(super) const MARK: &str = "shakedown report of ";

pub(super) fn render(account: &Account<'_>) -> String {
    let report = account.report;
    let mut text = String::from(MARK);
    let lane = report.lane.as_ref().map(|lane| format!(", lane {lane}")).unwrap_or_default();
    // Writing to a string cannot fail.
    writeln!(
        text,
        "{} on {} ({}){lane}, selected {}, run {}",
        report.suite,
        report.environment,
        report.because,
        account.selection(),
        report.run
    )
    .ok();
    text.push_str(&render_summary(report, account.closing, Paint::Never));
    text
}
