//! Everything that is known about one case, as text.
//!
//! Does not: find it out. The model does.

use super::steps;
use super::table::gate;
use crate::cli::page::Page;
use harness_runner::model::name::ArmName;
use harness_runner::model::pass::Pass;
use harness_runner::model::plan::Forecast;
use harness_runner::model::suite::Scope;
use harness_runner::model::units;
use harness_runner::model::why::{
    BindingShown, ChoiceShown, Explanation, GateSource, MarkShown, Need, Needing, Presence, Rendered, Says,
    Standing,
};
use harness_runner::report::Paint;

/// Draws an explanation within so many columns, with when the case starts and where.
pub(super) fn render(
    told: &Explanation,
    schedule: Option<&str>,
    columns: Option<usize>,
    paint: Paint,
) -> String {
    let mut page = Page::new(columns, paint);
    page.heading(0, told.case.as_str(), "");
    page.labelled(0, "scenario", &scenario(told));
    page.labelled(0, "decision", &decision(told));
    page.list(0, "needs", or_none(told.needs.iter().map(need).collect()));
    page.list(0, "gate", gates(told));
    let arms = told.arms.iter().map(|arm| format!("{} ({}), matches {}", arm.name, arm.place, arm.matches));
    page.list(0, "arms", or_none(arms.collect()));
    if !told.choices.is_empty() {
        page.list(0, "choices", told.choices.iter().map(choice).collect::<Vec<_>>());
    }
    if let Some((pass, arm)) = &told.pass {
        page.list(0, "attempts", vec![attempts(*pass, arm)]);
    }
    page.list(0, "marks", or_none(told.marks.iter().map(mark).collect()));
    page.labelled(0, "deadline", &deadline(told));
    if let Some(schedule) = schedule {
        page.labelled(0, "schedule", schedule);
    }
    page.gap();
    page.heading(0, "bindings", "");
    let bindings = told.bindings.iter().map(|bound| (bound.name.as_str(), binding(bound)));
    page.aligned(2, &bindings.collect::<Vec<_>>());
    for fixture in &told.fixtures {
        let scope = match fixture.scope {
            Scope::Run => "once, for the whole run",
            Scope::Case => "for this case",
        };
        page.gap();
        page.heading(0, &format!("fixture {}", fixture.name), fixture.flow.as_str());
        if let Some((place, outputs)) = &fixture.given {
            page.labelled(
                2,
                "given",
                &format!("by the environment ({place}); nothing is created or released for it"),
            );
            let outputs: Vec<(&str, String)> =
                outputs.iter().map(|(name, value)| (name.as_str(), given(value))).collect();
            page.aligned(4, &outputs);
            continue;
        }
        let waits = units::display(fixture.waits);
        page.labelled(2, "made", &format!("{scope}; its polls wait {waits} at most"));
        steps::render(&mut page, 2, "", &fixture.steps);
    }
    page.gap();
    page.heading(0, "steps", "");
    steps::render(&mut page, 2, "", &told.steps);
    page.finished()
}

/// What an environment gives, or why it cannot be told yet.
fn given(value: &Rendered) -> String {
    match value {
        Rendered::Text(text) if text.is_empty() => "nothing".to_owned(),
        Rendered::Text(text) => text.clone(),
        Rendered::Source { source, why } => format!("{source} ({why})"),
    }
}

fn scenario(told: &Explanation) -> String {
    if told.summary.is_empty() {
        return told.place.clone();
    }
    format!("{} ({})", told.summary, told.place)
}

fn decision(told: &Explanation) -> String {
    let words = told.forecast.words();
    let reason = told.reason.as_ref().map_or_else(|| words.to_owned(), |reason| format!("{words}: {reason}"));
    match told.forecast {
        Forecast::Run | Forecast::KnownRed => reason,
        Forecast::Blocked | Forecast::Skipped | Forecast::Refused => {
            format!("{reason}; below, what it would do if it ran")
        }
    }
}

fn need(need: &Need) -> String {
    let any = need.any.iter().map(|means| {
        let presence = match &means.presence {
            Presence::Set => "its variable is set".to_owned(),
            Presence::Minted(environment) => format!("minted by {environment}"),
            Presence::Probed(flow) => format!("a capability of the target, which `{flow}` asks at the start"),
            Presence::OnPath => "PATH leads to it".to_owned(),
            Presence::NotOnPath => "missing, PATH leads to none".to_owned(),
            Presence::Missing => "missing, its variable is not set".to_owned(),
        };
        format!("{}: {presence}", means.name)
    });
    let of = match &need.of {
        Needing::Arm(arm) => format!("arm {arm}"),
        Needing::Choice(choice) => format!("choice {choice}"),
        Needing::Scenario => "every case of the scenario".to_owned(),
        Needing::Live => "live is required".to_owned(),
    };
    format!("{} ({of})", any.collect::<Vec<_>>().join(", or "))
}

fn gates(told: &Explanation) -> Vec<String> {
    let sources = told.gate_sources.iter().map(|source| match source {
        GateSource::Ours(environment) => format!("on {environment} every red is ours"),
        GateSource::Lane { lane, gate: of_lane } => format!("lane {lane} says {}", gate(*of_lane)),
        GateSource::NoArm => "without an arm there is nothing to promote".to_owned(),
        GateSource::Line { arm, gate: row, place } => format!("{place} says {} for arm {arm}", gate(*row)),
        GateSource::Unnamed(arm) => format!("gates.toml does not name arm {arm}"),
    });
    vec![format!("{}: {}", gate(told.gate), sources.collect::<Vec<_>>().join("; "))]
}

fn mark(mark: &MarkShown) -> String {
    let says = match &mark.says {
        Says::KnownRed { step, when, until } => {
            format!("known red in step `{step}` when {when}, until {until}")
        }
        Says::Blocked { needs, owner, until } => {
            let until = until.as_ref().map(|until| format!(", until {until}")).unwrap_or_default();
            format!("blocked: needs {needs}{until}, owner {owner}")
        }
    };
    let standing = match mark.standing {
        Standing::Counts => format!("expires {}", mark.expires),
        Standing::Expired => format!("expired {}: it counts no more", mark.expires),
    };
    format!("{says} ({standing}; arm {})", mark.arm)
}

fn choice(choice: &ChoiceShown) -> String {
    match &choice.taken {
        Some((taken, place)) => format!("{} {taken} ({place}): {}", choice.name, choice.because),
        None => format!("{}: {}", choice.name, choice.because),
    }
}

fn deadline(told: &Explanation) -> String {
    let fixtures = told.fixtures.iter().map(|fixture| fixture.waits).sum();
    let all = told.waits + fixtures;
    let (case, waits) = (units::display(told.timeout), units::display(told.waits));
    let fixtures = if told.fixtures.is_empty() {
        String::new()
    } else {
        format!(", those of its fixtures {}", units::display(fixtures))
    };
    let tries = told.pass.as_ref().map_or(1, |(pass, _)| pass.of);
    let verdict = if all * tries > told.timeout { "; that is more than the case may take" } else { "" };
    let each = if tries == 1 { "" } else { " in each attempt" };
    format!("{case} for the case; the polls of its steps wait {waits} at most{each}{fixtures}{verdict}")
}

fn attempts(pass: Pass, arm: &ArmName) -> String {
    format!("{pass}, each anew; no more are made than decide it (arm {arm})")
}

fn binding(bound: &BindingShown) -> String {
    let over = bound.over.iter().map(|(value, origin)| format!(", over {value} of {origin}"));
    let rendered = bound.renders_to.as_ref().map(|text| format!(" → {text}")).unwrap_or_default();
    format!("= {}{rendered} ({}{})", bound.value, bound.origin, over.collect::<String>())
}

fn or_none(lines: Vec<String>) -> Vec<String> {
    if lines.is_empty() { vec!["none".to_owned()] } else { lines }
}
