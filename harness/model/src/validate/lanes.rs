//! `[lane.X]`: what it picks, and whether its policy can hold.
//!
//! Does not: choose one; whoever starts the run does.

use super::{alerts, arms, cases, demands, distinct, head, resources, words};
use crate::case::Case;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::exit::ExitCode;
use crate::gate::LiveRequirement;
use crate::layers::Overlay;
use crate::name::LaneName;
use crate::raw::{OneOrMany, RawLane, Spanned, Table, Text};
use crate::selection::{Asked, Selection, SelectionError};
use crate::source::Source;
use crate::suite::{Lane, Scenario, Suite};
use crate::units;
use std::collections::BTreeSet;

/// What `suite.toml` says of lanes.
pub(super) struct Written {
    /// `[lane.X]`.
    pub(super) lanes: Table<RawLane>,
    /// `lane` of `[suite]`.
    pub(super) default: Option<Text>,
}

/// Reads the lanes into the suite, whose scenarios are known by now.
pub(super) fn read(source: &Source, written: Written, suite: &mut Suite, findings: &mut Diagnostics) {
    check_names(source, &written, findings);
    for (name, mut raw) in written.lanes {
        let before = findings.errors();
        let demands = demands::read(source, &mut raw, findings);
        let location = source.at(name.span());
        let selection = select(source, raw.select, suite, findings);
        for binding in raw.bind.keys() {
            let at = source.spanned(binding.clone());
            let known = suite.bind.keys().map(String::as_str);
            findings.keep(words::declared(&at, "binding of the suite", "E0805", known));
        }
        let (bind, bind_at) = head::bind(source, &raw.bind, findings);
        let mut duration = |text: Option<Text>| findings.keep(words::duration(&source.spanned(text?)));
        let (timeout, case_timeout) = (duration(raw.timeout), duration(raw.case_timeout));
        let lane = Lane {
            summary: raw.summary.unwrap_or_default(),
            location,
            aliases: raw.aliases.into_iter().map(Text::into_inner).collect(),
            selection,
            bind,
            bind_at,
            timeout,
            case_timeout,
            flaky: raw.flaky.and_then(|word| findings.keep(head::flaky(source, &word))),
            live: if raw.require_live { LiveRequirement::Required } else { LiveRequirement::Optional },
            exclusive: raw.exclusive.and_then(|group| findings.keep(exclusive(source, group))),
            gate: raw.gate.and_then(|word| findings.keep(words::one_of(source, &word, &arms::GATES))),
            expects: raw.expect_exit.and_then(|code| findings.keep(exit(source, &code))),
            paths: alerts::patterns(source, raw.paths, findings),
            demands,
            alert: raw.alert.and_then(|raw| alerts::policy(source, raw, suite, findings)),
        };
        // What a lane picks is looked at only when all of it is right.
        if findings.errors() == before {
            suite.lanes.insert(LaneName::new(name.into_inner()), lane);
        }
    }
}

/// Every lane answers to names of its own, and the default one is there.
fn check_names(source: &Source, written: &Written, findings: &mut Diagnostics) {
    let names = || written.lanes.keys().map(|name| name.get_ref().as_str());
    let mut taken: BTreeSet<&str> = names().collect();
    for alias in written.lanes.values().flat_map(|lane| &lane.aliases) {
        if !taken.insert(alias.get_ref()) {
            let message = format!("two lanes answer to `{}`", alias.get_ref());
            let diagnostic = Diagnostic::error("E0807", message).at(&source.at(alias.span()), "the second");
            findings.push(diagnostic.help("whoever names it means one of them: call one of them apart"));
        }
    }
    if let Some(default) = &written.default {
        let at = source.spanned(default.clone());
        findings.keep(words::declared(&at, "lane", "E0808", names()));
    }
}

/// One of the exit codes that a run can have.
fn exit(source: &Source, code: &Spanned<u8>) -> Result<ExitCode, Diagnostic> {
    ExitCode::of(i64::from(*code.get_ref())).ok_or_else(|| {
        Diagnostic::error("E0809", format!("no run ends with exit code {}", code.get_ref()))
            .at(&source.at(code.span()), "here")
            .help(
                "0 green, 1 red, 2 usage, 3 never up, 4 leak, 5 live required, 70 internal, 130 interrupted",
            )
    })
}

fn select(source: &Source, raw: Table<OneOrMany>, suite: &Suite, findings: &mut Diagnostics) -> Selection {
    let mut all = Selection::default();
    for (key, OneOrMany(values)) in raw {
        let asked = |values: &[&Text]| {
            let values: Vec<String> = values.iter().map(|value| value.get_ref().clone()).collect();
            let written = format!("{} = {}", key.get_ref(), values.join(","));
            Asked { written, key: key.get_ref().clone(), values }
        };
        let mut right = Vec::new();
        for value in &values {
            match Selection::new(suite, &[asked(&[value])]) {
                Ok(_) => right.push(value),
                Err(error) => findings.push(unknown(source, &key, value, &error)),
            }
        }
        if let Ok(selection) = Selection::new(suite, &[asked(&right)]) {
            all = all.and(selection);
        }
    }
    all
}

fn unknown(source: &Source, key: &Text, value: &Text, error: &SelectionError) -> Diagnostic {
    let diagnostic = match error {
        SelectionError::UnknownKey { key: name, .. } => {
            let message = format!("there is no axis, bundle key or facet `{name}`");
            Diagnostic::error("E0801", message).at(&source.at(key.span()), "not declared")
        }
        SelectionError::UnknownValue { key, value: name, .. } => {
            let message = format!("no scenario lists `{name}` as {key}");
            Diagnostic::error("E0802", message).at(&source.at(value.span()), "not declared")
        }
    };
    diagnostic.help(error.help())
}

/// A group is also the name of a file.
fn exclusive(source: &Source, group: Text) -> Result<String, Diagnostic> {
    let is_plain = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_');
    let at = source.spanned(group);
    if !at.value.is_empty() && at.value.chars().all(is_plain) {
        return Ok(at.value);
    }
    Err(Diagnostic::error("E0806", format!("`{}` cannot be a group", at.value))
        .at(&at.location, "here")
        .help("letters, digits, `-` and `_`: exclusive = \"staging-org\""))
}

/// A lane that picks nothing is green whatever happens, and one that is shorter than its cases cuts them off.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    for (name, lane) in &suite.lanes {
        if lane.bind.is_empty() && lane.case_timeout.is_none() {
            check_picked(suite, (name, lane), &picked(lane, expanded), findings);
            continue;
        }
        // What it binds and shortens is true of its own cases alone.
        let mut own = suite.clone();
        own.shorten_cases(name, lane);
        let overlay = Overlay { lane: Some(name.clone()), ..Overlay::default() };
        let again = picked(lane, &cases::expand(&own, &overlay, findings));
        let few = distinct::cases(&own, &again);
        resources::check_budgets(&own, &few, findings);
        cases::check_deadlines(&own, &few, findings);
        check_picked(&own, (name, lane), &again, findings);
    }
}

fn picked<'a>(lane: &Lane, expanded: &[(&'a Scenario, Vec<Case>)]) -> Vec<(&'a Scenario, Vec<Case>)> {
    let own = expanded.iter().map(|(scenario, cases)| {
        let cases = cases.iter().filter(|case| lane.selection.picks(scenario, case)).cloned();
        (*scenario, cases.collect::<Vec<Case>>())
    });
    own.filter(|(_, cases)| !cases.is_empty()).collect()
}

fn check_picked(
    suite: &Suite,
    (name, lane): (&LaneName, &Lane),
    picked: &[(&Scenario, Vec<Case>)],
    findings: &mut Diagnostics,
) {
    let timeout = lane.timeout.unwrap_or(suite.timeout);
    let shortened = lane.timeout.is_some() || lane.case_timeout.is_some();
    for (scenario, _) in picked.iter().filter(|(scenario, _)| shortened && scenario.longest() >= timeout) {
        let message = format!(
            "a case of `{}` may take {}, a run of lane `{name}` {}",
            scenario.name,
            scenario.told_longest(),
            units::display(timeout)
        );
        let diagnostic = Diagnostic::error("E0804", message).at(&lane.location, "this lane");
        findings.push(diagnostic.help("a lane's timeout is longer than that of every case that it picks"));
    }
    if picked.is_empty() {
        let message = format!("lane `{name}` picks no case");
        let diagnostic = Diagnostic::error("E0803", message).at(&lane.location, "green whatever happens");
        findings.push(diagnostic.help("all conditions of `select` must hold for one case at least"));
    } else {
        demands::check(suite, (name, lane), picked, findings);
    }
}
