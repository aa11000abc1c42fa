//! A red on a terminal: a sign and a word, its id, where it stands in the TOML, and what was seen, in rows that fit.
//!
//! Does not: leave out the place. It is what people click on.

use crate::Paint;
use crate::fit::{columns, cut, rows, shortened};
use crate::shown::one_line;
use harness_model::cause::CauseClass;
use harness_model::gates::Gate;
use harness_model::name::CaseId;
use harness_model::units;
use harness_model::verdict::{Ending, LibtestLine, Verdict};
use std::time::Duration;

/// The rows of a cause that are told at once; the summary and the recording have all of them.
const AT_ONCE: usize = 6;

/// The columns of an id below which the class of its cause gives way: what stands there is still to be told apart.
const LEGIBLE: usize = 12;

/// The sign of a verdict, for whoever sees no colours.
pub(crate) fn sign(verdict: Verdict) -> &'static str {
    match verdict.libtest_line() {
        LibtestLine::Ok => "✓",
        LibtestLine::Ignored => "·",
        LibtestLine::Failed | LibtestLine::Absent => "✗",
    }
}

/// A red, as its first row tells it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Red<'a> {
    /// The case.
    pub(crate) case: &'a CaseId,
    /// Whether it counts.
    pub(crate) gate: Gate,
    /// How it ended.
    pub(crate) verdict: Verdict,
    /// What it is about; nothing where only the gate makes something bad of it.
    pub(crate) class: Option<CauseClass>,
}

/// What is told of a red as soon as there is one.
pub(crate) fn at_once(
    red: Red<'_>,
    ending: &Ending,
    elapsed: Duration,
    room: usize,
    paint: Paint,
) -> Vec<String> {
    let mut lines = vec![head(red, &format!("  {}", units::display(elapsed)), room, paint)];
    lines.extend(details(ending, room, AT_ONCE));
    lines
}

/// Sign, verdict, class, id and whether it counts, on one row.
pub(crate) fn head(
    Red { case, gate, verdict, class }: Red<'_>,
    end: &str,
    room: usize,
    paint: Paint,
) -> String {
    let mark = format!("{} {}", sign(verdict), verdict.words());
    let advisory = if gate == Gate::Advisory { " (advisory)" } else { "" };
    let end = format!("{advisory}{end}");
    let id = one_line(case.as_str());
    let left = room.saturating_sub(columns(&mark) + 2 + columns(&end));
    let class = class.map(|class| format!(" [{class}]")).unwrap_or_default();
    let has_room = left.saturating_sub(columns(&class)) >= columns(&id).min(LEGIBLE);
    let class = if has_room { class } else { String::new() };
    let id = shortened(&id, left.saturating_sub(columns(&class)));
    let mark = mark + &class;
    let mark = if gate == Gate::Advisory { paint.warning(&mark) } else { paint.alarm(&mark) };
    format!("{mark}  {}{end}", paint.strong(&id))
}

/// Where it stands and what was seen, in so many rows at most.
pub(crate) fn details(ending: &Ending, room: usize, most: usize) -> Vec<String> {
    const INDENT: &str = "    ";
    let room = room.saturating_sub(INDENT.len());
    let step = ending.step.as_ref().map(ToString::to_string);
    let mut lines = match (step, &ending.place) {
        (Some(step), Some(place)) if columns(&step) + columns(place) + 5 <= room => {
            vec![format!("{step} at {place}")]
        }
        (step, place) => {
            // A path is known by its end, where the line is.
            let place = place.iter().map(|place| format!("at {}", tail(place, room.saturating_sub(3))));
            step.iter().map(|step| cut(step, room)).chain(place).collect()
        }
    };
    if let Some(known) = &ending.known {
        lines.extend(rows(&format!("known as {}", one_line(&known.to_string())), room, "  "));
    }
    let cause = ending.cause.lines().map(one_line).filter(|line| !line.is_empty());
    lines.extend(cause.map(|line| cut(line.trim_start(), room)));
    lines.truncate(most);
    lines.into_iter().map(|line| format!("{INDENT}{line}")).collect()
}

/// The end of a text, in so many columns.
fn tail(text: &str, room: usize) -> String {
    if columns(text) <= room {
        return text.to_owned();
    }
    let skipped = text.chars().count().saturating_sub(room.saturating_sub(1));
    format!("…{}", text.chars().skip(skipped).collect::<String>())
}
