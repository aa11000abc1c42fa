//! A frame: what somebody who watches a run sees at one moment, as lines that fit their terminal.
//!
//! Does not: write them, or take the time.

use super::state::{Live, Phase, Running, between};
use crate::Paint;
use crate::fit::{column, columns, cut};
use crate::shown::one_line;
use harness_model::name::CaseId;
use harness_model::units;
use jiff::Timestamp;
use std::time::Duration;

/// The columns of how long something takes: `12m03s`.
const TIME: usize = 6;

/// The columns from which on there is room for estimates.
const ESTIMATED: usize = 70;

/// The columns of a bar at most.
const BAR: usize = 30;

/// How large a terminal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Size {
    /// Its columns.
    pub columns: usize,
    /// Its rows.
    pub rows: usize,
}

impl Size {
    /// The columns that may be written to; where the last one is, some terminals begin a new row.
    pub(crate) fn room(self) -> usize {
        self.columns.saturating_sub(1).max(20)
    }

    /// The rows that a frame may have, so that something of what stands above it stays.
    fn frame(self) -> usize {
        (self.rows * 2 / 3).max(4)
    }
}

/// The lines of a frame; none is longer than the terminal is wide.
pub(crate) fn lines(live: &Live, now: Timestamp, size: Size, paint: Paint) -> Vec<String> {
    let room = size.room();
    let mut lines = Vec::new();
    if let Some(phase) = &live.run {
        let doing = doing(phase, now).in_columns(room - TIME - 4);
        lines.push(format!("{}  {doing}", column("the run", TIME + 2)));
    }
    let mut running: Vec<(&CaseId, &Running)> = live.running.iter().collect();
    running.sort_by_key(|(_, running)| running.waits_since());
    let rows = size.frame().saturating_sub(lines.len() + 1).max(1);
    let shown = if running.len() > rows { rows - 1 } else { running.len() };
    let (told, more) = running.split_at(shown);
    let doings: Vec<Doing> = told.iter().map(|(_, case)| case_doing(case, now)).collect();
    let estimate = |id| live.estimate(id).filter(|_| room >= ESTIMATED);
    let times: Vec<String> =
        told.iter().map(|(id, case)| time(between(case.began, now), estimate(id))).collect();
    let clock = times.iter().map(|time| columns(time)).max().unwrap_or_default();
    let (name, rest) = widths(told, &doings, room.saturating_sub(clock + 4));
    for (((id, _), doing), time) in told.iter().zip(doings).zip(times) {
        let time = column(&time, clock);
        let line =
            format!("{}  {}  {}", paint.faint(&time), column(id.as_str(), name), doing.in_columns(rest));
        lines.push(line.trim_end().to_owned());
    }
    if !more.is_empty() {
        lines.push(paint.faint(&format!("{}and {} more", " ".repeat(clock + 2), more.len())));
    }
    lines.push(overall(live, now, room, paint));
    lines
}

/// How many columns ids and what their cases do have; what is short leaves its room to the other.
fn widths(told: &[(&CaseId, &Running)], doings: &[Doing], room: usize) -> (usize, usize) {
    let id = told.iter().map(|(id, _)| columns(id.as_str())).max().unwrap_or_default();
    let doing = doings.iter().map(Doing::columns).max().unwrap_or_default();
    let fair = room * 9 / 20;
    let name = id.min(fair.max(room.saturating_sub(doing)));
    (name, room - name)
}

/// What something is at, and for how long: `online: provisioning`, `for 42s`.
struct Doing {
    what: String,
    waits: String,
}

impl Doing {
    fn new(what: String, waits: Duration) -> Self {
        Self { what, waits: format!(" for {}", coarse(waits)) }
    }

    fn columns(&self) -> usize {
        columns(&self.what) + columns(&self.waits)
    }

    /// In so many columns; how long it waits is said in any case.
    fn in_columns(&self, room: usize) -> String {
        cut(&format!("{}{}", cut(&self.what, room.saturating_sub(columns(&self.waits))), self.waits), room)
    }
}

fn case_doing(case: &Running, now: Timestamp) -> Doing {
    let begins = || Doing::new("no step".to_owned(), between(case.began, now));
    let doing = case.phase.as_ref().map_or_else(begins, |phase| doing(phase, now));
    match case.attempt {
        Some((number, of)) => Doing { what: format!("attempt {number} of {of}, {}", doing.what), ..doing },
        None => doing,
    }
}

fn doing(phase: &Phase, now: Timestamp) -> Doing {
    let what = match &phase.saw {
        Some((saw, _)) => format!("{}: {}", phase.step, one_line(saw)),
        None => phase.step.clone(),
    };
    Doing::new(what, between(phase.waits_since(), now))
}

/// How long something has taken, and how long it is expected to take.
fn time(elapsed: Duration, estimate: Option<Duration>) -> String {
    let estimate = estimate.map(|estimate| format!(" of ~{}", coarse(estimate))).unwrap_or_default();
    format!("{:>TIME$}{estimate}", coarse(elapsed))
}

/// A duration in whole seconds and few columns.
fn coarse(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds}s"),
        60..3600 => format!("{}m{:02}s", seconds / 60, seconds % 60),
        _ => format!("{}h{:02}m", seconds / 3600, seconds / 60 % 60),
    }
}

/// The last line: how far the whole run is.
fn overall(live: &Live, now: Timestamp, room: usize, paint: Paint) -> String {
    let done = format!("{}/{} done", live.ended, live.planned);
    let reds = if live.reds == 0 { String::new() } else { units::count(live.reds, "red") };
    let running = format!("{} running", live.running.len());
    let elapsed = coarse(live.began.map(|began| between(began, now)).unwrap_or_default());
    // What is overdue has no end that anybody could foresee.
    let left = live.left(now).filter(|left| *left >= Duration::from_secs(1));
    let left = left.map(|left| format!("about {} left", coarse(left))).unwrap_or_default();
    let out = if live.left_out == 0 { String::new() } else { format!("{} left out", live.left_out) };
    // What comes last is left out first where there is no room.
    let words = [done, reds, left, elapsed, running, out];
    let mut told: Vec<&String> = Vec::new();
    for word in words.iter().filter(|word| !word.is_empty()) {
        let taken: usize = told.iter().map(|word| columns(word) + 3).sum();
        if taken + columns(word) <= room {
            told.push(word);
        }
    }
    let text: usize = told.iter().map(|word| columns(word) + 3).sum();
    let bar = room.saturating_sub(text).min(BAR);
    let painted: Vec<String> = told
        .into_iter()
        .map(|word| if *word == words[1] { paint.alarm(word) } else { word.clone() })
        .collect();
    let bar = if bar < 8 { String::new() } else { format!("{} ", filled(live, bar - 1)) };
    format!("{bar}{}", painted.join(" · "))
}

fn filled(live: &Live, room: usize) -> String {
    let room = room.saturating_sub(2);
    let full = (room * live.ended).checked_div(live.planned).unwrap_or_default();
    format!("[{}{}]", "█".repeat(full), "░".repeat(room - full))
}
