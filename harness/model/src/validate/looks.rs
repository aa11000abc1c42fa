//! Whether conditions look at what came back: one that reads nothing, or only what we know ourselves, or that every reply
//! fulfils, holds whatever the other side does.
//!
//! Does not: find out whether what they say of it is enough; the faults of a suite do.

use super::vacuous::holds_for_every_reply;
use crate::action::RESULT_WORDS;
use crate::diagnostic::{Diagnostic, Diagnostics};
use crate::expression::Expression;
use crate::source::Location;
use crate::suite::{KnownRed, Run};

/// Checks the conditions of a step.
pub(super) fn check(run: &Run, location: &Location, findings: &mut Diagnostics) {
    let poll = run.poll.iter().flat_map(|poll| std::iter::once(&poll.until).chain(&poll.fail_if));
    let mut is_constant = false;
    for condition in run.expect.iter().chain(poll).filter(|condition| condition.reads().is_empty()) {
        let message = format!("`{}` reads nothing", condition.text());
        let diagnostic = Diagnostic::error("E0380", message).at(&condition.at().location, "always the same");
        findings.push(
            diagnostic.help("say what must hold of the result: status == 200, body.status == 'online'"),
        );
        is_constant = true;
    }
    let poll = run.poll.iter().flat_map(|poll| std::iter::once(&poll.until).chain(&poll.fail_if));
    for condition in run.expect.iter().chain(poll).filter(|condition| holds_for_every_reply(condition)) {
        let message = format!("every reply fulfils `{}`", condition.text());
        let diagnostic = Diagnostic::error("E0382", message).at(&condition.at().location, "always true");
        findings.push(
            diagnostic
                .help("say what a wrong reply would not fulfil: status == 200, body.status == 'online'"),
        );
        is_constant = true;
    }
    let until = run.poll.iter().map(|poll| &poll.until);
    if !is_constant && !run.expect.iter().chain(until).any(looks) {
        let message = "no condition of this step looks at what came back";
        let diagnostic = Diagnostic::error("E0381", message).at(location, "it holds whatever comes");
        findings.push(diagnostic.help("let one read the result: status, headers, body, text or outcome"));
    }
}

/// Checks the condition of a mark.
pub(super) fn check_mark(mark: &KnownRed, findings: &mut Diagnostics) {
    let flaw = if looks(&mark.when) {
        holds_for_every_reply(&mark.when).then(|| format!("every reply fulfils `{}`", mark.when.text()))
    } else {
        Some(format!("`{}` does not look at what came back", mark.when.text()))
    };
    if let Some(message) = flaw {
        let diagnostic =
            Diagnostic::error("E0504", message).at(&mark.when.at().location, "any red is this one");
        findings.push(diagnostic.help("say how the red shows: status == 422 and body.code == 'UNSUPPORTED'"));
    }
}

fn looks(condition: &Expression) -> bool {
    let roots = condition.reads().iter().filter_map(|path| path.split(['.', '[']).next());
    roots.into_iter().any(|root| RESULT_WORDS.contains(&root))
}
