//! `known-failures.toml`: rows that name something, each of which can be the first.
//!
//! Does not: know what fails.

use super::words;
use crate::action::KINDS;
use crate::cause::CauseClass;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::known::{FailureClass, Known, KnownFailure, Letters};
use crate::name::ArmName;
use crate::raw::{OneOrMany, RawFailure, RawFailures, Text};
use crate::source::Source;
use crate::suite::Suite;

const CLASSES: [(&str, FailureClass); 3] = [
    ("product", FailureClass::Product),
    ("setup", FailureClass::Setup),
    ("operator", FailureClass::Operator),
];
const LETTERS: [(&str, Letters); 2] = [("exact", Letters::Exact), ("any-case", Letters::AnyCase)];

/// Reads the known failures into the suite, whose arms are known by now.
pub(super) fn read(source: &Source, raw: RawFailures, suite: &mut Suite, findings: &mut Diagnostics) {
    let mut failures: Vec<KnownFailure> = Vec::new();
    for row in raw.failure {
        let Some(failure) = failure(source, row, suite, findings) else { continue };
        if let Some(first) = failures.iter().find(|earlier| earlier.hides(&failure)) {
            let message = format!("`{}` is never named: an earlier row takes all of it", failure.cause.value);
            let diagnostic =
                Diagnostic::error("E0709", message).at(&failure.cause.location, "never the first");
            findings
                .push(diagnostic.help(format!("put it before `{}`, or narrow that one", first.cause.value)));
        }
        failures.push(failure);
    }
    suite.failures = failures;
}

fn failure(
    source: &Source,
    raw: RawFailure,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Option<KnownFailure> {
    let cause = source.spanned(raw.cause);
    let contains: Vec<String> = texts(raw.contains).map(Text::into_inner).collect();
    if contains.is_empty() && raw.when.is_none() || contains.iter().any(|text| text.trim().is_empty()) {
        let message = format!("`{}` would name every red", cause.value);
        let diagnostic = Diagnostic::error("E0708", message).at(&cause.location, "nothing shows it");
        findings.push(diagnostic.help("say what shows it: contains = \"insufficient_quota\""));
        return None;
    }
    let letters = raw
        .letters
        .map_or(Some(Letters::Exact), |word| findings.keep(words::one_of(source, &word, &LETTERS)));
    let class = raw
        .class
        .map_or(Some(FailureClass::Product), |word| findings.keep(words::one_of(source, &word, &CLASSES)));
    let about = raw.about.map(|word| findings.keep(words::one_of(source, &word, &CauseClass::WORDS)));
    let when = raw.when.map(|text| findings.keep(Expression::parse(source.spanned(text))));
    let (kind, arms) = raw.matches.map_or((None, None), |matches| (matches.kind, matches.arm));
    let kinds = KINDS.map(|(kind, _)| (kind, kind));
    let kind = kind.map(|word| findings.keep(words::one_of(source, &word, &kinds)));
    let arms = texts(arms).filter_map(|arm| {
        let at = source.spanned(arm);
        let known = suite.scenarios.iter().flat_map(|scenario| &scenario.arms).map(|arm| arm.name.as_str());
        findings.keep(words::declared(&at, "arm", "E0701", known))?;
        Some(ArmName::new(at.value))
    });
    let arms = arms.collect();
    let (class, letters, when) = (class?, letters?, when.map_or(Some(None), |when| when.map(Some))?);
    let kind = kind.map_or(Some(None), |kind| kind.map(Some))?;
    let about = about.map_or(Some(None), |about| about.map(Some))?;
    let known = Known { cause: cause.value.clone(), class, about, hint: raw.hint, owner: raw.owner };
    Some(KnownFailure { contains, letters, when, kind, arms, known, cause })
}

fn texts(texts: Option<OneOrMany>) -> impl Iterator<Item = Text> {
    texts.into_iter().flat_map(|OneOrMany(texts)| texts)
}
