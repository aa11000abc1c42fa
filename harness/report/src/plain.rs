//! The plain reporter: lines, one after the other, for logs and for everyone without a terminal.
//!
//! Does not: redraw.

use crate::shown::{one_line, shown, uncommanding};
use crate::{Closing, Paint, Reporter, render_summary, told};
use harness_model::cause::Evidence;
use harness_model::event::{Event, Record};
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::units;
use harness_model::verdict::Ending;
use std::io::Write;
use std::time::Duration;

/// How much a reporter says of single cases.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chatter {
    /// A line for each: nobody else prints one.
    EveryCase,
    /// None: libtest prints them.
    RunOnly,
}

/// The plain reporter.
pub struct Plain {
    out: Box<dyn Write + Send>,
    chatter: Chatter,
    paint: Paint,
    planned: usize,
    ended: usize,
    evidence: Evidence,
}

impl Plain {
    /// Reports to a stream, which people see and no program reads.
    pub fn new(out: Box<dyn Write + Send>, chatter: Chatter, paint: Paint) -> Self {
        Self { out, chatter, paint, planned: 0, ended: 0, evidence: Evidence::default() }
    }

    fn case_ended(&mut self, case: &CaseId, ending: &Ending, elapsed: Duration) {
        self.ended += 1;
        if self.chatter == Chatter::RunOnly {
            return;
        }
        let first = ending.cause.lines().next().unwrap_or_default();
        let cause = ending.known.as_ref().map_or(first, |known| known.cause.as_str());
        let class = self.evidence.cause(case, ending);
        let class = class.map(|cause| format!("  [{}]", cause.class)).unwrap_or_default();
        let step = ending.step.as_ref().filter(|_| ending.verdict.is_red());
        let step = step.map(|step| format!("  in `{}`", one_line(step.as_str()))).unwrap_or_default();
        let cause = if cause.is_empty() { String::new() } else { format!("  {}", shown(cause)) };
        let count =
            format!("[{:>width$}/{}]", self.ended, self.planned, width = self.planned.to_string().len());
        let (verdict, case) = (self.paint.verdict(ending.verdict), one_line(case.as_str()));
        self.say(&format!("{count} {verdict} {:>8} {case}{class}{step}{cause}", units::display(elapsed)));
    }

    /// A stream that is gone takes the lines with it, never the run: the log has them.
    fn say(&mut self, line: &str) {
        writeln!(self.out, "{}", uncommanding(line)).ok();
    }
}

impl Reporter for Plain {
    fn event(&mut self, record: &Record) {
        self.evidence.apply(&record.event);
        for line in told::lines(&record.event, self.paint) {
            self.say(&line);
        }
        if let Event::CasePlanned { .. } = &record.event {
            self.planned += 1;
        }
        if let Event::Attempted { case, number, pass, ending, .. } = &record.event
            && self.chatter == Chatter::EveryCase
        {
            let (case, cause) = (one_line(case.as_str()), ending.cause.lines().next().unwrap_or_default());
            let cause = shown(cause);
            let what = self.paint.faint(&format!("attempt {number} of {}", pass.of));
            let line = format!("{what} {} {case}  {cause}", self.paint.verdict(ending.verdict));
            self.say(line.trim_end());
        }
        if let Event::CaseEnded { case, ending, elapsed } = &record.event {
            self.case_ended(case, ending, *elapsed);
        }
    }

    fn notice(&mut self, line: &str) {
        self.say(&format!("\n{line}"));
    }

    fn finished(&mut self, report: &RunReport, closing: Closing<'_>) {
        let summary = render_summary(report, closing, self.paint);
        self.out.write_all(summary.as_bytes()).ok();
    }
}
