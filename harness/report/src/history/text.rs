//! The trends of a history as text: a sign for each run, in a table where there is room and below each other where not.
//!
//! Does not: choose the runs.

use crate::Paint;
use crate::shown::{cut, one_line, shown};
use harness_model::history::{Light, Mark, RowKind, Survey, Trend};
use harness_model::share::percent;
use harness_model::units;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use std::fmt::Write;

/// How much of a commit people read.
const COMMIT: usize = 9;

/// How much of a cause stands on a line.
const CAUSE: usize = 200;

/// What stands between two columns.
const GAP: &str = "  ";

/// What stands where there is nothing to say.
const NOTHING: &str = "–";

/// The titles of the columns.
const TITLES: [&str; 6] = ["flaky", "p50", "p95", "last green", "red since", ""];

/// Draws a survey within so many columns; none when lines may be long.
pub fn render(survey: &Survey, columns: Option<usize>, paint: Paint) -> String {
    let mut text = heading(survey, paint);
    let columns = columns.unwrap_or(usize::MAX);
    text.push_str(&table(survey, columns, paint).unwrap_or_else(|| stacked(survey, columns, paint)));
    for trend in &survey.trends {
        if let Some(red) = &trend.first_red {
            let cause = one_line(red.cause.as_deref().unwrap_or("red"));
            let name = name(trend);
            let cause = cut(&cause, CAUSE);
            // Writing to a string cannot fail.
            writeln!(text, "{} {name} since run {}: {cause}", paint.alarm("red"), red.run).ok();
        }
    }
    text
}

fn heading(survey: &Survey, paint: Paint) -> String {
    let runs = units::count(survey.runs.len(), "run");
    let days = match (survey.runs.first(), survey.runs.last()) {
        (Some(first), Some(last)) => format!(", {} to {}", day(first.began), day(last.began)),
        (None, _) | (_, None) => String::new(),
    };
    let chosen = survey.chosen.iter().cloned().chain(survey.left_out.words());
    let chosen = chosen.fold(String::new(), |text, words| text + ", " + &words);
    let name = paint.strong(&format!("{} on {}", survey.suite, survey.environment));
    let signs = Light::ALL.map(|(light, _, words)| format!("{} {words}", paint.light(light)));
    format!(
        "{name}: {runs}{days}{chosen}\n{}{GAP}. not in it; the newest run is the last sign\n\n",
        signs.join(GAP)
    )
}

fn day(at: Timestamp) -> String {
    at.to_zoned(TimeZone::UTC).strftime("%Y-%m-%d").to_string()
}

fn name(trend: &Trend) -> String {
    let name = shown(&trend.row.name);
    match trend.row.kind {
        RowKind::Scenario => format!("({name})"),
        RowKind::Arm | RowKind::Case => name.into_owned(),
    }
}

fn signs(trend: &Trend, paint: Paint) -> String {
    trend
        .lights
        .iter()
        .map(|light| light.map_or_else(|| ".".to_owned(), |light| paint.light(light)))
        .collect()
}

/// Everything behind the signs.
fn cells(trend: &Trend) -> [String; 5] {
    let nothing = || NOTHING.to_owned();
    let flaky = trend
        .flaky
        .rate()
        .map_or_else(nothing, |rate| format!("{} ({})", percent(rate), trend.flaky.interval()));
    let (median, most) = trend.took.map_or_else(
        || (nothing(), nothing()),
        |(median, most)| (units::display(median), units::display(most)),
    );
    let mark = |mark: &Option<Mark>| mark.as_ref().map_or_else(nothing, marked);
    [flaky, median, most, mark(&trend.last_green), mark(&trend.first_red)]
}

/// A run by its commit and day.
fn marked(mark: &Mark) -> String {
    let commit = mark.commit.as_deref().unwrap_or("no commit");
    let commit: String = shown(commit).chars().take(COMMIT).collect();
    format!("{commit} {}", day(mark.at))
}

/// A row for each trend; none when they do not fit.
fn table(survey: &Survey, columns: usize, paint: Paint) -> Option<String> {
    let rows: Vec<(String, &Trend, [String; 5])> =
        survey.trends.iter().map(|trend| (name(trend), trend, cells(trend))).collect();
    let wide = |texts: &mut dyn Iterator<Item = &str>| texts.map(width).max().unwrap_or(0);
    let names = wide(&mut rows.iter().map(|row| row.0.as_str()));
    let lights = survey.runs.len().max("runs".len());
    let behind: Vec<usize> = (0..5)
        .map(|column| wide(&mut rows.iter().map(|row| row.2[column].as_str()).chain([TITLES[column]])))
        .collect();
    if names + GAP.len() + lights + behind.iter().map(|width| width + GAP.len()).sum::<usize>() > columns {
        return None;
    }
    let pad = |text: &str, to: usize| format!("{text}{}{GAP}", " ".repeat(to.saturating_sub(width(text))));
    let line = |name: &str, signs: &str, signs_width: usize, cells: &mut dyn Iterator<Item = &str>| {
        let behind: String = cells.zip(&behind).map(|(cell, to)| pad(cell, *to)).collect();
        let room = " ".repeat(lights.saturating_sub(signs_width));
        format!("{}{signs}{room}{GAP}{}\n", pad(name, names), behind.trim_end())
    };
    let mut text = paint.faint(line("", "runs", 4, &mut TITLES.into_iter().take(5)).trim_end()) + "\n";
    for (name, trend, cells) in &rows {
        let signs = signs(trend, paint);
        text.push_str(&line(name, &signs, trend.lights.len(), &mut cells.iter().map(String::as_str)));
    }
    Some(text)
}

/// Each trend on lines of its own.
fn stacked(survey: &Survey, columns: usize, paint: Paint) -> String {
    let mut text = String::new();
    for trend in &survey.trends {
        let [flaky, median, most, green, red] = cells(trend);
        // Of many runs the newest are the ones that matter.
        let room = columns.saturating_sub(GAP.len()).max(1);
        let newest = trend.lights.len().saturating_sub(room);
        let seen = Trend { lights: trend.lights[newest..].to_vec(), ..trend.clone() };
        let lines = [
            paint.strong(&name(trend)),
            format!("{GAP}{}", signs(&seen, paint)),
            format!("{GAP}flaky {flaky}, p50 {median}, p95 {most}"),
            format!("{GAP}last green {green}"),
        ];
        for line in lines {
            text.push_str(&line);
            text.push('\n');
        }
        if trend.first_red.is_some() {
            writeln!(text, "{GAP}red since  {red}").ok();
        }
    }
    text
}

/// The columns that a text takes; ours are letters of one.
fn width(text: &str) -> usize {
    text.chars().count()
}
