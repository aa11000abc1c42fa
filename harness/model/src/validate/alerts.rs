//! `[lane.X]` in CI: the paths whose change calls for it, and the issue that tells people when it stays red.
//!
//! Does not: compare paths or plan alerts. `detect` and `alert` do.

use crate::alert::{OPEN_AFTER, Policy};
use crate::detect::{Pattern, PatternError};
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::raw::{OneOrMany, RawAlert, Text};
use crate::source::Source;
use crate::suite::Suite;

/// More reds in a row than anybody waits for.
const MOST_REDS: u32 = 50;
/// What trackers take as a title.
const LONGEST_TITLE: usize = 200;
/// What trackers take as a label.
const LONGEST_LABEL: usize = 50;

/// The globs of a lane.
pub(super) fn patterns(source: &Source, raw: Option<OneOrMany>, findings: &mut Diagnostics) -> Vec<Pattern> {
    let texts = raw.map(|OneOrMany(texts)| texts).unwrap_or_default();
    let patterns = texts.into_iter().filter_map(|text| findings.keep(pattern(source, &text)));
    patterns.collect()
}

fn pattern(source: &Source, text: &Text) -> Result<Pattern, Diagnostic> {
    Pattern::new(text.get_ref()).map_err(|error| {
        let label = match &error {
            PatternError::NeverMatches(_) => "never matches",
            PatternError::NoGlob { .. } => "here",
        };
        Diagnostic::error("E0821", error.to_string())
            .at(&source.at(text.span()), label)
            .help("a path from the top of the repository with `/` between folders: \"src/**\", \"**/*.toml\"")
    })
}

/// The policy of a lane's issue, unlike that of every lane before it.
pub(super) fn policy(
    source: &Source,
    raw: RawAlert,
    suite: &Suite,
    findings: &mut Diagnostics,
) -> Option<Policy> {
    let mut is_right = true;
    let labels = std::iter::once(&raw.label).chain(&raw.labels).map(|label| (label, LONGEST_LABEL));
    for (text, longest) in std::iter::once((&raw.title, LONGEST_TITLE)).chain(labels) {
        if is_line(text.get_ref(), longest) {
            continue;
        }
        is_right = false;
        let what = if longest == LONGEST_LABEL { "label" } else { "title" };
        let comma = if longest == LONGEST_LABEL { ", without a comma" } else { "" };
        let diagnostic = Diagnostic::error("E0822", format!("no tracker takes this {what} as it stands"));
        let help = format!("one line that is not empty, of {longest} characters at most{comma}");
        findings.push(diagnostic.at(&source.at(text.span()), "here").help(help));
    }
    let open_after = raw.open_after.map_or(Some(OPEN_AFTER), |reds| {
        let at = source.at(reds.span());
        let reds = reds.into_inner();
        if (1..=MOST_REDS).contains(&reds) {
            return Some(reds);
        }
        let diagnostic =
            Diagnostic::error("E0823", format!("an issue cannot open after {reds} reds in a row"));
        findings.push(
            diagnostic.at(&at, "here").help(format!("1 opens it at the first red, {MOST_REDS} is the most")),
        );
        None
    });
    let policy = Policy {
        title: raw.title.get_ref().clone(),
        label: raw.label.get_ref().clone(),
        labels: raw.labels.into_iter().map(Text::into_inner).collect(),
        open_after: open_after?,
    };
    let same = |other: &Policy| other.title == policy.title && other.label == policy.label;
    let lanes = suite.lanes.iter();
    let taken = lanes.filter(|(_, lane)| lane.alert.as_ref().is_some_and(same)).map(|(name, _)| name).next();
    if let Some(lane) = taken {
        let message = format!("lane `{lane}` has an issue with this title and label");
        let diagnostic =
            Diagnostic::error("E0824", message).at(&source.at(raw.title.span()), "the same issue");
        findings.push(
            diagnostic.help(
                "a green of one lane would close the issue of the other: another title, or another label",
            ),
        );
        return None;
    }
    is_right.then_some(policy)
}

/// Labels are listed with commas between them.
fn is_line(text: &str, longest: usize) -> bool {
    let is_label = longest == LONGEST_LABEL;
    let fits = text.chars().count() <= longest && text.trim() == text && !text.is_empty();
    fits && !text.chars().any(|letter| letter.is_control() || (is_label && letter == ','))
}
