//! A proof for people: the kill table, then every row that does not hold with what came instead.
//!
//! Does not: leave a row out, or say which faults are worth having.

use super::{Demanded, Proof, Row, Unnoticed};
use crate::Paint;
use crate::shown::{cut, one_line, uncommanding};
use harness_model::exit::ExitCode;
use harness_model::proof::Found;
use harness_model::units::{count, display};
use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// How much of a cause stands on a line.
const CAUSE: usize = 300;

/// How wide a column is at most; what is longer moves the rest of its line.
const WIDEST: usize = 46;

impl Proof {
    /// It for people.
    pub fn text(&self, paint: Paint) -> String {
        let mut lines = vec![self.heading(paint)];
        lines.extend(self.baseline_lines(paint));
        lines.extend(self.left_out_lines(paint));
        if !self.rows.is_empty() {
            lines.push(String::new());
            lines.extend(self.table(paint));
        }
        for row in self.broken() {
            lines.push(String::new());
            lines.extend(instead(row, paint));
        }
        lines.extend(self.inside_lines(paint));
        lines.extend(self.gap_lines(paint));
        lines.push(String::new());
        lines.push(self.closing(paint));
        uncommanding(&(lines.join("\n") + "\n")).into_owned()
    }

    /// Each reason once, with how many cases it left out.
    fn left_out_lines(&self, paint: Paint) -> Vec<String> {
        let mut reasons: BTreeMap<(bool, String), usize> = BTreeMap::new();
        for left in &self.left_out {
            *reasons.entry((left.refused, left.missing.join(", "))).or_default() += 1;
        }
        let line = |((refused, missing), cases)| {
            let text = format!("left out: {} that rows match: missing {missing}", count(cases, "case"));
            if refused { paint.alarm(&text) } else { text }
        };
        reasons.into_iter().map(line).collect()
    }

    fn heading(&self, paint: Paint) -> String {
        let of = if self.selection.is_empty() { String::new() } else { format!(" ({})", self.selection) };
        let what = format!("prove {} on {}{of}", self.suite, self.environment);
        let through =
            self.through.as_ref().map(|url| format!(" through a proxy in front of {}", one_line(url)));
        let what = what + &through.unwrap_or_default();
        format!("{}: {}", paint.strong(&what), count(self.planned, "row"))
    }

    fn baseline_lines(&self, paint: Paint) -> Vec<String> {
        let baseline = &self.baseline;
        let head = format!("{} in {}", count(baseline.cases, "case"), seconds(baseline.seconds));
        if self.has_baseline() {
            return vec![format!("baseline: {head}, nothing broken, all green")];
        }
        let mut lines = vec![format!(
            "{}: of {head} with nothing broken, {} not green: no row would prove anything",
            paint.alarm("baseline"),
            baseline.reds.len()
        )];
        lines.extend(
            baseline.never_up.iter().map(|why| format!("  never up: {}", cut(&one_line(why), CAUSE))),
        );
        lines.extend(baseline.contradictions.iter().map(|why| format!("  contradiction: {}", one_line(why))));
        lines.extend(baseline.reds.iter().map(|found| format!("  {}", ended(found))));
        lines.extend(baseline.leaks.iter().map(|leak| format!("  left behind: {}", one_line(leak))));
        lines.extend(baseline.recording.iter().map(|path| format!("  look    shakedown report {path}")));
        lines
    }

    fn table(&self, paint: Paint) -> Vec<String> {
        let cells = self.rows.iter().map(|row| [row.scenario.to_string(), row.fault(), row.must.to_string()]);
        let cells: Vec<[String; 3]> = cells.collect();
        let width = |column: usize| {
            let widths = cells.iter().map(|row| row[column].chars().count());
            widths.max().unwrap_or(0).min(WIDEST)
        };
        let (one, two, three) = (width(0), width(1), width(2));
        let line = |(row, [scenario, fault, must]): (&Row, &[String; 3])| {
            let text = format!("{scenario:one$}  {fault:two$}  {must:three$}  {}", row.outcome);
            if row.outcome.holds() { format!("  {text}") } else { paint.alarm(&format!("✗ {text}")) }
        };
        self.rows.iter().zip(&cells).map(line).collect()
    }

    fn inside_lines(&self, paint: Paint) -> Vec<String> {
        if self.inside.is_empty() {
            return Vec::new();
        }
        let head =
            format!("{}, not run: the inside of a platform is needed", count(self.inside.len(), "row"));
        let rows = self.inside.iter();
        let rows =
            rows.map(|row| format!("  {} of {} needs the inside", row.faults.join(" + "), row.scenario));
        [String::new(), paint.strong(&head)].into_iter().chain(rows).collect()
    }

    fn gap_lines(&self, paint: Paint) -> Vec<String> {
        let gap = |gap: &Unnoticed| match &gap.why {
            Some(why) => format!("  {}: {} [{why}]", gap.fault, gap.meaning),
            None => format!("  {}: {}", gap.fault, gap.meaning),
        };
        let mut lines = Vec::new();
        for (gaps, words) in [
            (self.gaps.iter().filter(|gap| gap.why.is_none()).collect::<Vec<_>>(), "that no row is about"),
            (
                self.gaps.iter().filter(|gap| gap.why.is_some()).collect(),
                "that no scenario notices, explained",
            ),
        ] {
            if !gaps.is_empty() {
                lines.push(String::new());
                lines.push(paint.strong(&format!("{} {words}", count(gaps.len(), "fault"))));
                lines.extend(gaps.into_iter().map(gap));
            }
        }
        lines
    }

    fn closing(&self, paint: Paint) -> String {
        let exit = self.exit();
        let broken = self.broken().count();
        let why = match exit {
            ExitCode::Success => "every row holds".to_owned(),
            ExitCode::Internal => "the harness contradicts itself: nothing above can be trusted".to_owned(),
            ExitCode::NeverUp if self.baseline.never_up.is_empty() => {
                "the target was down, so that not every row is proved".to_owned()
            }
            ExitCode::NeverUp => "the target never came up, so nothing is proved".to_owned(),
            ExitCode::LiveRequired => "live is required, and cases that rows match did not run".to_owned(),
            ExitCode::Interrupted => format!("interrupted, {} of {} run", self.rows.len(), self.planned),
            _ if !self.has_baseline() => "the suite is not green on a platform that is whole".to_owned(),
            _ => format!(
                "{} not hold",
                if broken == 1 { "1 row does".to_owned() } else { format!("{broken} rows do") }
            ),
        };
        let sum = format!("{}: {}; {}", count(self.rows.len(), "row"), self.counts(), seconds(self.seconds));
        let last = format!("exit {}: {why}", exit.code());
        let last = if exit == ExitCode::Success { last } else { paint.alarm(&last) };
        let left = if self.leaves_something() {
            format!("\nsomething is left on the target: `shakedown sweep {}` releases it", self.suite)
        } else {
            String::new()
        };
        format!("{sum}{left}\n{last}")
    }
}

/// What came of a row that does not hold, and how to see it.
fn instead(row: &Row, paint: Paint) -> Vec<String> {
    let head = format!("{} of {}: {}", row.fault(), row.scenario, row.outcome);
    let mut lines = vec![format!("{} ({})", paint.alarm(&head), row.place)];
    lines.push(format!("  must    {}", row.must));
    let offender = row.cases.iter().find(|found| Some(&found.case) == row.offender.as_ref());
    lines.extend(offender.map(|found| format!("  came    {}", ended(found))));
    lines.extend(row.leaks.iter().map(|leak| format!("  left    {}", cut(&one_line(leak), CAUSE))));
    lines.extend(row.error.iter().map(|error| format!("  error   {}", one_line(error))));
    lines.extend(row.again.iter().map(|again| format!("  again   {again}")));
    lines.extend(row.recording.iter().map(|path| format!("  look    shakedown report {path}")));
    lines
}

/// How a case ended, on a line.
fn ended(found: &Found) -> String {
    let step = found.step.as_ref().map(|step| format!(" in `{step}`")).unwrap_or_default();
    let rule = found.rule.as_ref().map(|rule| format!(" by rule {rule}")).unwrap_or_default();
    let cause = found.cause.map(|cause| format!(", cause {cause}{rule}")).unwrap_or_default();
    let said = if found.said.is_empty() { String::new() } else { format!(": {}", one_line(&found.said)) };
    cut(&format!("{} {}{step}{cause}{said}", found.case, found.verdict), CAUSE).into_owned()
}

fn seconds(seconds: f64) -> String {
    display(Duration::try_from_secs_f64(seconds).unwrap_or_default())
}

impl fmt::Display for Demanded {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.step, &self.cause, &self.leaks) {
            (Some(step), Some(cause), _) => write!(formatter, "red in `{step}`, {cause}"),
            (_, _, Some(kind)) => write!(formatter, "green, and tells of its {kind}"),
            _ => formatter.write_str("green"),
        }
    }
}
