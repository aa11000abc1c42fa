//! A comparison for people: as lines, and as Markdown.
//!
//! Does not: leave out a red. What is only slower, or new, is counted where there is much of it.

use super::{Alone, Change, Comparison, End, Pace, Side, essence};
use crate::Paint;
use crate::shown::{one_line, shown, uncommanding};
use harness_model::gates::Gate;
use harness_model::units;
use std::time::Duration;

/// How many cases of a kind that is no red are named.
const NAMED: usize = 20;

/// A kind of difference: what it is called, and its lines.
struct Section {
    title: &'static str,
    alarms: Alarms,
    cases: usize,
    lines: Vec<String>,
}

/// Whether a kind of difference is a bad one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Alarms {
    Yes,
    No,
}

impl Comparison {
    /// As lines.
    pub fn text(&self, paint: Paint) -> String {
        let suite = paint.strong(&one_line(&format!("{}:", self.suite)));
        let mut lines = vec![format!("{suite} {}", one_line(&self.sides()))];
        lines.extend(self.unlike().map(|note| format!("{} {}", paint.alarm("note"), one_line(&note))));
        for section in self.sections() {
            let title = format!("{:<15} {}", section.title, section.cases);
            let title =
                if section.alarms == Alarms::Yes { paint.alarm(&title) } else { paint.strong(&title) };
            lines.push(title);
            lines.extend(section.lines.into_iter().map(|line| format!("  {}", one_line(&line))));
        }
        lines.push(self.verdict());
        uncommanding(&(lines.join("\n") + "\n")).into_owned()
    }

    /// As Markdown, for the summary of a step.
    pub fn markdown(&self) -> String {
        let mut text = vec![format!(
            "{}### {}: {}\n",
            Self::MARKDOWN_MARK,
            escaped(&self.suite),
            escaped(&self.sides())
        )];
        text.extend(self.unlike().map(|note| format!("> {}\n", escaped(&note))));
        for section in self.sections() {
            text.push(format!("#### {} ({})\n", section.title, section.cases));
            text.extend(section.lines.iter().map(|line| format!("- {}", escaped(line))));
            text.push(String::new());
        }
        text.push(escaped(&self.verdict()));
        uncommanding(&(text.join("\n") + "\n")).into_owned()
    }

    fn sides(&self) -> String {
        format!("{} → {}", side(&self.before), side(&self.after))
    }

    /// What the two runs do not have in common.
    fn unlike(&self) -> impl Iterator<Item = String> {
        let (before, after) = (&self.before, &self.after);
        let lane = |side: &Side| side.lane.clone().unwrap_or_else(|| "no lane".to_owned());
        let pairs = [
            ("environments", before.environment.clone(), after.environment.clone()),
            ("lanes", lane(before), lane(after)),
        ];
        let differ = pairs.into_iter().filter(|(_, before, after)| before != after);
        differ.map(|(what, before, after)| format!("the runs are of different {what}: {before} and {after}"))
    }

    fn sections(&self) -> Vec<Section> {
        let section = |title, alarms, cases, lines| Section { title, alarms, cases, lines };
        let was = |change: &Change| format!("{} (was {})", change.case, change.before.verdict);
        let case = |change: &Change| change.case.to_string();
        let counted = |changes: &[Change]| changes.len();
        let all = vec![
            section("new red", Alarms::Yes, counted(&self.new_reds), changes(&self.new_reds)),
            section(
                "cause changed",
                Alarms::Yes,
                counted(&self.cause_changed),
                self.cause_changed.iter().map(both).collect(),
            ),
            section("still red", Alarms::No, counted(&self.still_red), changes(&self.still_red)),
            section("fixed", Alarms::No, counted(&self.fixed), named(&self.fixed, was)),
            section("left out now", Alarms::Yes, counted(&self.left_out), changes(&self.left_out)),
            section("runs now", Alarms::No, counted(&self.runs_now), named(&self.runs_now, case)),
            section("slower", Alarms::No, self.slower.len(), named(&sorted(&self.slower), pace)),
            section("faster", Alarms::No, self.faster.len(), named(&sorted(&self.faster), pace)),
            section("appeared", Alarms::No, self.appeared.len(), named(&self.appeared, alone)),
            section("vanished", Alarms::No, self.vanished.len(), named(&self.vanished, alone)),
        ];
        all.into_iter().filter(|section| !section.lines.is_empty()).collect()
    }

    fn verdict(&self) -> String {
        let appeared = self.appeared.iter().filter(|case| case.end.verdict.is_red()).count();
        let new = self.new_reds.len() + appeared;
        match (self.is_empty(), new) {
            (true, _) => "nothing has changed".to_owned(),
            (false, 0) => "no new red".to_owned(),
            (false, new) => units::count(new, "new red"),
        }
    }
}

fn side(side: &Side) -> String {
    let reds = if side.reds == 0 { "no red".to_owned() } else { units::count(side.reds, "red") };
    format!("{} on {} ({reds} of {}, exit {})", side.run, side.environment, side.cases, side.exit)
}

fn changes(changes: &[Change]) -> Vec<String> {
    changes.iter().map(|change| format!("{}{}: {}", change.case, gate(change), told(&change.after))).collect()
}

fn gate(change: &Change) -> &'static str {
    if change.gate == Gate::Advisory { " (advisory)" } else { "" }
}

/// A red whose cause is another: both causes, from where they differ.
fn both(change: &Change) -> String {
    let Change { case, before, after, .. } = change;
    let lines = |end: &End| end.cause.lines().map(one_line).collect::<Vec<_>>();
    let (then, now) = (lines(before), lines(after));
    let is_other = |position: &usize| {
        let essence = |lines: &[String]| lines.get(*position).map(|line| essence(line));
        essence(&then) != essence(&now)
    };
    let at = (0..then.len().max(now.len())).find(is_other).unwrap_or_default();
    let line = |lines: &[String]| {
        let line = lines.get(at).map(String::as_str).unwrap_or_default();
        line.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let is_there = before.verdict == after.verdict && before.step == after.step;
    let then = if is_there { line(&then) } else { part(before, &line(&then)) };
    let now = part(after, &line(&now));
    format!("{case}{}: {now}; it was {then}", gate(change))
}

fn told(end: &End) -> String {
    part(end, &one_line(end.cause.lines().next().unwrap_or_default()))
}

/// How a case ended, with one line of its cause.
fn part(end: &End, cause: &str) -> String {
    let step = end.step.as_ref().map(|step| format!(" in `{step}`")).unwrap_or_default();
    let place = end.place.as_ref().map(|place| format!(" ({place})")).unwrap_or_default();
    let cause = if cause.is_empty() { String::new() } else { format!(": {cause}") };
    format!("{}{step}{place}{cause}", end.verdict)
}

fn named<T>(all: &[T], line: impl Fn(&T) -> String) -> Vec<String> {
    let mut lines: Vec<String> = all.iter().take(NAMED).map(line).collect();
    if all.len() > NAMED {
        lines.push(format!("… and {} more", all.len() - NAMED));
    }
    lines
}

/// What differs most comes first.
fn sorted(paces: &[Pace]) -> Vec<Pace> {
    let mut sorted = paces.to_vec();
    sorted.sort_by(|left, right| {
        let by = |pace: &Pace| (pace.after - pace.before).abs();
        by(right).total_cmp(&by(left))
    });
    sorted
}

fn pace(pace: &Pace) -> String {
    let shown = |seconds: f64| units::display(Duration::try_from_secs_f64(seconds).unwrap_or_default());
    let ratio =
        if pace.before > 0.0 { format!(" (×{:.1})", pace.after / pace.before) } else { String::new() };
    format!("{}: {} → {}{ratio}", pace.case, shown(pace.before), shown(pace.after))
}

fn alone(case: &Alone) -> String {
    format!("{}: {}", case.case, told(&case.end))
}

/// A text that Markdown shows as it is.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in shown(text).chars() {
        match letter {
            '<' => escaped.push_str("&lt;"),
            '&' => escaped.push_str("&amp;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '@' | '!' => {
                escaped.push('\\');
                escaped.push(letter);
            }
            _ => escaped.push(letter),
        }
    }
    escaped
}
