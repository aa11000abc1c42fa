//! Several runs of the same: what each came to, and how often each case was red.
//!
//! Does not: run anything, or keep what green cases did.

use crate::Paint;
use crate::shown::{one_line, shown, uncommanding};
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::report::RunReport;
use harness_model::units;
use harness_model::verdict::Ending;
use indexmap::IndexMap;
use std::time::Duration;

/// How many runs are told one by one; of more only those that did not end well are.
const TOLD: usize = 20;

/// Several runs of the same, as far as they have ended.
#[derive(Debug, Default)]
pub struct Repetitions {
    runs: Vec<Ended>,
    /// How often each case was red that was, and how it ended the first time.
    reds: IndexMap<CaseId, (usize, Ending)>,
}

/// One of the runs.
#[derive(Debug)]
struct Ended {
    run: String,
    exit: ExitCode,
    counts: String,
    is_red: bool,
    elapsed: Duration,
}

impl Repetitions {
    /// Takes in another run.
    pub fn add(&mut self, report: &RunReport, exit: ExitCode, elapsed: Duration) {
        let counts: Vec<String> =
            report.counts().into_iter().map(|(verdict, count)| format!("{count} {verdict}")).collect();
        let mut is_red = exit != ExitCode::Success;
        for (id, case) in report.cases.iter().filter(|(_, case)| case.ending.verdict.is_red()) {
            is_red = true;
            self.reds.entry(id.clone()).or_insert_with(|| (0, case.ending.clone())).0 += 1;
        }
        self.runs.push(Ended { run: report.run.clone(), exit, counts: counts.join(", "), is_red, elapsed });
    }

    /// Whether the last run had a red case, one that does not count among them, or did not end with 0.
    pub fn is_red(&self) -> bool {
        self.runs.last().is_some_and(|run| run.is_red)
    }

    /// The exit code of all of them: the worst.
    pub fn exit(&self) -> ExitCode {
        self.runs.iter().fold(ExitCode::Success, |exit, run| exit.merge(run.exit))
    }

    /// A line for each run, then each case that was red, how often it was, and the exit code.
    pub fn render(&self, exit: ExitCode, paint: Paint) -> String {
        let all = self.runs.len();
        let green = self.runs.iter().filter(|run| !run.is_red).count();
        let mut lines =
            vec![paint.strong(&format!("{}: {green} green, {} red", units::count(all, "run"), all - green))];
        let width = all.to_string().len();
        for (position, run) in self.runs.iter().enumerate() {
            if all <= TOLD || run.is_red {
                let line = format!(
                    "  {:>width$}  {}  exit {:<3} {:>7}  {}",
                    position + 1,
                    one_line(&run.run),
                    run.exit.code(),
                    units::display(run.elapsed),
                    run.counts
                );
                lines.push(if run.is_red { paint.alarm(&line) } else { line });
            }
        }
        for (id, (times, ending)) in &self.reds {
            let step = ending.step.as_ref().map(|step| format!(" in `{step}`")).unwrap_or_default();
            let place = ending.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
            let cause = one_line(ending.cause.lines().next().unwrap_or_default());
            lines.push(format!("{} {}: {times} of {all}", paint.alarm("red"), one_line(id.as_str())));
            lines.push(format!("  first   {}{}", ending.verdict, shown(&(step + &place))));
            if !cause.is_empty() {
                lines.push(format!("  {cause}"));
            }
        }
        if let Some(first) = self.runs.iter().position(|run| run.is_red) {
            lines.push(format!("the first red was run {} of {all}, after {first} green", first + 1));
        }
        let why = match exit {
            ExitCode::Success => "nothing that counts is red in any run",
            ExitCode::Interrupted => "interrupted",
            _ => "the worst of all runs",
        };
        lines.push(format!("exit {}: {why}", exit.code()));
        uncommanding(&lines.join("\n")).into_owned()
    }
}
