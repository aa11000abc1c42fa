//! Measures what the recording costs: the log of a run, written again as the run wrote it.
//!
//! Does not: judge.

use crate::{Outcome, Run, usage};
use harness_runner::model::event::Record;
use harness_runner::model::report::RunReport;
use std::fs::{self, File};
use std::io::Write;
use std::path::Path;
use std::time::Duration;

/// So often the log is written, because the system counts in hundredths of a second.
const TIMES: u32 = 10;

/// The share of a run's CPU time that goes into its recording: serialising, writing, folding.
pub(crate) fn measure(root: &Path, run: &Run) -> Outcome<()> {
    let folder = fs::read_dir(root.join(".shakedown/runs"))?.next().ok_or("no run")??.path();
    let text = fs::read_to_string(folder.join("events.jsonl"))?;
    let records = text.lines().map(serde_json::from_str).collect::<Result<Vec<Record>, _>>()?;
    let mut file = File::create(folder.join("again.jsonl"))?;
    let before = own()?;
    for _ in 0..TIMES {
        let mut report = RunReport::default();
        for record in &records {
            let mut line = serde_json::to_vec(record)?;
            line.push(b'\n');
            file.write_all(&line)?;
            report.apply(&record.event);
        }
    }
    let share = own()?.saturating_sub(before) / TIMES;
    println!(
        "recording {} events, {:.1} MB: CPU {:.3} s of {:.2} s, {:.1} %",
        records.len(),
        crate::mb(text.len()),
        share.as_secs_f64(),
        run.cpu.as_secs_f64(),
        share.as_secs_f64() / run.cpu.as_secs_f64() * 100.0
    );
    Ok(())
}

fn own() -> Outcome<Duration> {
    Ok(usage(std::process::id()).ok_or("no times")?.0)
}
