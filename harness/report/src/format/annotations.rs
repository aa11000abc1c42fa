//! Annotations of GitHub Actions: what is red, at the line of the scenario that turned it red.
//!
//! Does not: say more than ten things. GitHub shows no more of a step, so the tenth counts the rest.

use crate::shown::{cut, shown};
use crate::{Account, trouble, why, worst};
use harness_model::report::CaseReport;
use std::fmt::Write;

/// How many GitHub shows of a step.
const MOST: usize = 10;

/// As much of a text as is shown.
const LONGEST: usize = 4000;

/// One thing to look at.
struct Annotation {
    level: &'static str,
    place: Option<String>,
    title: String,
    message: String,
}

pub(super) fn render(account: &Account<'_>) -> String {
    let found = found(account);
    let (told, rest) = if found.len() > MOST { found.split_at(MOST - 1) } else { (&found[..], &[][..]) };
    let mut text: String = told.iter().map(Annotation::command).collect();
    if !rest.is_empty() {
        let level = if rest.iter().any(|one| one.level == "error") { "error" } else { "warning" };
        let title = format!("{} more", rest.len());
        let message = format!("{} more are red: see the report of run {}", rest.len(), account.report.run);
        text.push_str(&Annotation { level, place: None, title, message }.command());
    }
    text
}

/// Everything that is red, what counts most first. Where the exit code has another reason, that comes before all.
fn found(account: &Account<'_>) -> Vec<Annotation> {
    let report = account.report;
    let of_run = |title: String, message: &str| Annotation {
        level: "error",
        place: None,
        title,
        message: message.to_owned(),
    };
    let troubles = trouble::of(report);
    let mut found: Vec<Annotation> =
        troubles.iter().map(|trouble| of_run(trouble.title(), &trouble.why)).collect();
    for (id, case) in worst::first(report) {
        let counts = worst::counts(report, case);
        let note = if counts { "" } else { " (advisory: does not count)" };
        let ending = &case.ending;
        let step = ending.step.as_ref().map(|step| format!(" in step {step}")).unwrap_or_default();
        found.push(Annotation {
            level: if counts { "error" } else { "warning" },
            place: place(case),
            title: format!("{} {id}{note}", ending.verdict),
            message: format!("{}{step}: {}", ending.verdict, ending.cause.trim()),
        });
    }
    let exit = report.exit().code();
    if exit != 0 && found.iter().all(|one| one.level != "error") {
        found.insert(0, of_run(format!("exit {exit}"), &why::why(report)));
    }
    found
}

/// `scenarios/x.toml:41` as GitHub takes it.
fn place(case: &CaseReport) -> Option<String> {
    let (file, line) = case.ending.place.as_deref()?.rsplit_once(':')?;
    let line: u32 = line.parse().ok()?;
    Some(format!("file={},line={line},", property(file)))
}

impl Annotation {
    fn command(&self) -> String {
        let mut text = format!("::{} {}", self.level, self.place.as_deref().unwrap_or_default());
        let title = property(&cut(&self.title, LONGEST / 10));
        // Writing to a string cannot fail.
        writeln!(text, "title={title}::{}", data(&cut(&self.message, LONGEST))).ok();
        text
    }
}

/// What stands behind `::`.
fn data(text: &str) -> String {
    shown(text).replace('%', "%25").replace('\n', "%0A")
}

/// What stands before it.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
