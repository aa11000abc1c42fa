//! The strength of a suite's assertions, for people: those whose absence no fault row notices.
//!
//! Does not: say how to mend one. A row that breaks what it reads does, or taking it out.

use crate::Paint;
use crate::shown::{cut, one_line, uncommanding};
use harness_model::exit::ExitCode;
use harness_model::units::{count, display};
use std::time::Duration;

/// How much of an assertion stands on a line.
const TEXT: usize = 120;

/// What came of taking every assertion out, one at a time.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Strength {
    /// The suite.
    pub suite: String,
    /// How many assertions were taken out.
    pub assertions: usize,
    /// How many there are.
    pub planned: usize,
    /// How many of flows and traces were left out, which rows of other scenarios may miss.
    pub shared: usize,
    /// Those that nobody missed, as they are written.
    pub unnoticed: Vec<Unmissed>,
    /// How many runs it took, those of the proof not counted.
    pub runs: usize,
    /// Whether somebody stopped it.
    pub interrupted: bool,
    /// How long it took.
    pub seconds: f64,
}

/// An assertion whose absence no fault row notices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmissed {
    /// Where it is written: `scenarios/staging/memory.toml:41`.
    pub place: String,
    /// Which part of its step it is: `expect`, `until`, `fail-if` or `trace`.
    pub part: String,
    /// As it is written.
    pub text: String,
    /// The step.
    pub step: String,
    /// The rows of which the same comes all the same.
    pub rows: Vec<String>,
}

impl Strength {
    /// The exit code.
    pub fn exit(&self) -> ExitCode {
        let exit = if self.unnoticed.is_empty() { ExitCode::Success } else { ExitCode::Failure };
        if self.interrupted { exit.merge(ExitCode::Interrupted) } else { exit }
    }

    /// It for people.
    pub fn text(&self, paint: Paint) -> String {
        let head = format!("assertions of {}", self.suite);
        let mut lines = vec![format!("{}: {}", paint.strong(&head), self.planned)];
        let width = self.unnoticed.iter().map(|one| one.place.len()).max().unwrap_or(0);
        for one in &self.unnoticed {
            let text = one_line(&one.text);
            let text = cut(&text, TEXT);
            lines.push(format!("✗ {:width$}  {:7}  {text}  in `{}`", one.place, one.part, one.step));
            if !one.rows.is_empty() {
                lines.push(format!("  {:width$}  as it must be without it: {}", "", one.rows.join(", ")));
            }
        }
        if self.shared > 0 {
            let left = count(self.shared, "assertion");
            lines.push(format!(
                "{left} of flows left out: other scenarios come to them, whose rows were not asked"
            ));
        }
        let exit = self.exit();
        let why = match exit {
            ExitCode::Success => "each of them is missed by a row".to_owned(),
            ExitCode::Interrupted => {
                format!("interrupted, {} of {} taken out", self.assertions, self.planned)
            }
            _ => format!("nobody would miss {}", count(self.unnoticed.len(), "assertion")),
        };
        let elapsed = display(Duration::try_from_secs_f64(self.seconds).unwrap_or_default());
        lines.push(format!(
            "{} taken out one at a time, {} missed, {}; {elapsed}",
            count(self.assertions, "assertion"),
            self.assertions.saturating_sub(self.unnoticed.len()),
            count(self.runs, "run")
        ));
        let last = format!("exit {}: {why}", exit.code());
        lines.push(if exit == ExitCode::Success { last } else { paint.alarm(&last) });
        uncommanding(&(lines.join("\n") + "\n")).into_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::{Strength, Unmissed};
    use crate::Paint;
    use harness_model::exit::ExitCode;

    #[test]
    fn what_nobody_misses_is_told_with_its_place_and_what_was_tried() {
        let one = Unmissed {
            place: "scenarios/staging/memory.toml:41".to_owned(),
            part: "expect".to_owned(),
            text: "status == 200".to_owned(),
            step: "key read".to_owned(),
            rows: vec!["memory-lost".to_owned()],
        };
        let mut strength = Strength {
            suite: "staging".to_owned(),
            assertions: 3,
            planned: 3,
            shared: 2,
            unnoticed: vec![one],
            runs: 2,
            interrupted: false,
            seconds: 1.5,
        };
        assert_eq!(strength.exit(), ExitCode::Failure);
        insta::assert_snapshot!(strength.text(Paint::Never));
        strength.unnoticed.clear();
        assert_eq!(strength.exit(), ExitCode::Success);
        strength.interrupted = true;
        assert_eq!(strength.exit(), ExitCode::Interrupted);
    }
}
