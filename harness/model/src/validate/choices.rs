//! `choices.toml`, and the arms that take choices from it.
//!
//! Does not: choose for a run. `choose` does, when it is known which secrets there are.

use super::{distinct, head, words};
use crate::case::Case;
use crate::choose::{AtHand, Standing};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::{EvaluationError, Expression};
use crate::layers::Overlay;
use crate::name::{ChoiceName, SecretName};
use crate::raw::{OneOrMany, RawAlternative, RawChoices, Text};
use crate::source::{At, Source};
use crate::suite::{Alternative, Choice, Pick, Scenario, Suite};
use crate::template::{Escape, Template};
use std::collections::BTreeSet;

/// Reads the choices into the suite, whose secrets are known by now.
pub(super) fn read(source: &Source, raw: RawChoices, suite: &mut Suite, findings: &mut Diagnostics) {
    for (name, alternatives) in raw.choice {
        let at = source.spanned(name);
        findings.keep(words::identifier(&at));
        let read = |raw| alternative(source, raw, suite, findings);
        let alternatives: Vec<Alternative> = alternatives.into_iter().map(read).collect();
        alike(&at, &alternatives, findings);
        reachable(&alternatives, findings);
        let conditions = alternatives.iter().filter_map(|found| found.when.as_ref());
        let decide = conditions.flat_map(Expression::reads).cloned();
        let made_of =
            alternatives.iter().flat_map(|found| found.bind.values()).filter_map(|value| value.as_str());
        let made_of = made_of.filter_map(|text| {
            Template::parse(At { value: text.to_owned(), location: at.location.clone() }, Escape::Plain).ok()
        });
        let paths: Vec<String> = decide.chain(made_of.flat_map(|text| text.reads().clone())).collect();
        let roots = paths.iter().filter_map(|path| path.split('.').next()).map(str::to_owned).collect();
        if !alternatives.is_empty() {
            suite
                .choices
                .insert(ChoiceName::new(at.value), Choice { location: at.location, alternatives, roots });
        }
    }
}

fn alternative(
    source: &Source,
    raw: RawAlternative,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Alternative {
    let name = source.spanned(raw.name);
    let when = raw.when.and_then(|text| findings.keep(Expression::parse(source.spanned(text))));
    let secret = raw.secret.and_then(|name| {
        let at = source.spanned(name);
        let known = suite.secrets.iter().map(SecretName::as_str);
        findings.keep(words::declared(&at, "secret", "E0412", known))?;
        Some(SecretName::new(at.value))
    });
    let (bind, bind_at) = head::bind(source, &raw.bind, findings);
    let sealed = raw.sealed.into_iter().filter_map(|(key, text)| {
        let template = findings.keep(Template::parse(source.spanned(text), Escape::Plain))?;
        let own = secret.as_ref().map(|secret| format!("secret.{secret}"));
        let is_foreign =
            |path: &&String| *path == "secret" || path.starts_with("secret.") && Some(*path) != own.as_ref();
        if let Some(path) = template.reads().iter().find(is_foreign) {
            let message = format!("`{}` seals `{path}`, and can be taken without it", name.value);
            let diagnostic = Diagnostic::error("E0436", message).at(&template.text().location, "read here");
            let help = "an alternative hands over its own secret alone: secret = \"…\" beside its name";
            findings.push(diagnostic.help(help));
        }
        Some((key.into_inner(), template))
    });
    let sealed = sealed.collect();
    Alternative { name, when, secret, bind, bind_at, sealed }
}

/// Whatever is taken, the same names are bound, and each alternative can be told by its own.
fn alike(choice: &At<String>, alternatives: &[Alternative], findings: &mut Diagnostics) {
    let Some(first) = alternatives.first() else {
        let diagnostic = Diagnostic::error("E0431", format!("choice `{}` has no alternative", choice.value));
        let help = format!("write one: [[choice.{}]]", choice.value);
        return findings.push(diagnostic.at(&choice.location, "nothing to choose from").help(help));
    };
    let names: BTreeSet<&String> = first.bind.keys().collect();
    for (position, other) in alternatives.iter().enumerate() {
        let own: BTreeSet<&String> = other.bind.keys().collect();
        if let Some(name) = names.symmetric_difference(&own).next() {
            let (has, lacks) =
                if own.contains(name) { (&other.name, &first.name) } else { (&first.name, &other.name) };
            let message = format!("`{}` binds `{name}`, `{}` does not", has.value, lacks.value);
            let diagnostic = Diagnostic::error("E0431", message).at(&other.name.location, "unlike the first");
            findings.push(diagnostic.help("all alternatives of a choice bind the same names"));
        }
        if alternatives[..position].iter().any(|before| before.name.value == other.name.value) {
            let message = format!("two alternatives of `{}` are called `{}`", choice.value, other.name.value);
            let diagnostic = Diagnostic::error("E0432", message).at(&other.name.location, "the second");
            findings.push(diagnostic.help("an arm takes one by its name, and could not tell them apart"));
        }
    }
}

/// What follows an alternative that can always be taken never is.
fn reachable(alternatives: &[Alternative], findings: &mut Diagnostics) {
    let is_open = |found: &Alternative| found.when.is_none() && found.secret.is_none();
    let Some(last) = alternatives.iter().position(is_open) else { return };
    if let Some(never) = alternatives.get(last + 1) {
        let before = &alternatives[last].name.value;
        let message = format!("`{}` is never taken: `{before}` before it always can be", never.name.value);
        let diagnostic = Diagnostic::error("E0433", message).at(&never.name.location, "never reached");
        findings.push(diagnostic.help(format!("put it before `{before}`, or give that one a `when`")));
    }
}

/// Reads `choose` of an arm: choices, or one alternative of a choice.
pub(super) fn picks(
    source: &Source,
    raw: Option<OneOrMany>,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Vec<Pick> {
    let pick = |text: Text| {
        let At { value, location } = source.spanned(text);
        let (choice, only) =
            value.split_once('.').map_or((value.as_str(), None), |(choice, only)| (choice, Some(only)));
        let known = suite.choices.keys().map(ChoiceName::as_str);
        let at = At { value: choice.to_owned(), location: location.clone() };
        findings.keep(words::declared(&at, "choice", "E0430", known))?;
        let (choice, found) = suite.choices.get_key_value(choice)?;
        let names = found.alternatives.iter().map(|alternative| alternative.name.value.as_str());
        let only = match only {
            None => None,
            Some(only) => {
                let at = At { value: only.to_owned(), location: location.clone() };
                findings.keep(words::declared(&at, "alternative", "E0430", names.clone()))?;
                Some(names.clone().position(|name| name == only)?)
            }
        };
        Some(Pick { choice: choice.clone(), only, location })
    };
    raw.into_iter().flat_map(|OneOrMany(texts)| texts).filter_map(pick).collect()
}

/// Every case finds an alternative, and every condition can be decided for it.
pub(super) fn check(suite: &Suite, expanded: &[(&Scenario, Vec<Case>)], findings: &mut Diagnostics) {
    let mut told = BTreeSet::new();
    let is_bound = |path: &String| {
        let root = path.split('.').next().unwrap_or(path);
        let mut cases = expanded.iter().flat_map(|(_, cases)| cases);
        suite.bind.contains_key(root) || cases.any(|case| case.bindings.get(root).is_some())
    };
    for (scenario, cases) in expanded {
        for case in cases {
            let picks = case.arms.iter().flat_map(|arm| &scenario.arms[*arm].choose);
            for (pick, chosen) in picks.zip(&case.chosen) {
                let (diagnostic, place, help) = match &chosen.standing {
                    Standing::Taken { .. } | Standing::Lacking(_) => continue,
                    Standing::Unfit(of) => (
                        Diagnostic::error(
                            "E0434",
                            format!("no alternative of `{}` is for {}", chosen.choice, case.id),
                        ),
                        &pick.location,
                        format!("it has {of}; the last alternative may go without `when`"),
                    ),
                    // What no case binds is a slip, and told as one.
                    Standing::Undecided { why: EvaluationError::Missing { paths }, .. }
                        if !paths.iter().all(is_bound) =>
                    {
                        continue;
                    }
                    Standing::Undecided { why, place } => (
                        Diagnostic::error("E0435", format!("this cannot be decided for {}: {why}", case.id)),
                        place,
                        "it reads what is bound before anything runs, and what earlier choices bind"
                            .to_owned(),
                    ),
                };
                if told.insert((place.source.name().to_owned(), place.span.start)) {
                    findings.push(diagnostic.at(place, "here").help(help));
                }
            }
        }
    }
}

/// The cases, and what becomes of them with each secret alone, wherever a condition or a budget reads what is chosen.
pub(super) fn variants<'a>(
    suite: &'a Suite,
    mut few: Vec<(&'a Scenario, Vec<Case>)>,
) -> Vec<(&'a Scenario, Vec<Case>)> {
    let secrets = suite.choices.values().flat_map(|choice| &choice.alternatives);
    let secrets: BTreeSet<&SecretName> = secrets.filter_map(|found| found.secret.as_ref()).collect();
    for (scenario, cases) in &mut few {
        let read = distinct::roots(suite, scenario);
        let mut chosen = scenario.arms.iter().flat_map(|arm| suite.chosen_names(arm));
        if !chosen.any(|name| read.contains(name)) {
            continue;
        }
        for secret in &secrets {
            let at_hand = AtHand::These(BTreeSet::from([(*secret).clone()]));
            let overlay = Overlay { at_hand, ..Overlay::default() };
            // Conflicts of arms are the same whatever is there, and were told.
            let variants = crate::case::expand(suite, scenario, &overlay).unwrap_or_default();
            cases.extend(distinct::of_scenario(suite, scenario, &variants));
        }
    }
    few
}
