//! The data of a page: what its script shows, as one JSON document.
//!
//! Does not: escape anything; the page does, and its script shows every text as text.

use super::case::{Case, case};
use super::opened;
use crate::trouble::{self, Kind, Trouble};
use crate::{Account, why};
use harness_model::exit::ExitCode;
use harness_model::name::CaseId;
use harness_model::verdict::Verdict;
use serde::Serialize;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// The version of the data; page and script are written together, so only people look at it.
const VERSION: u32 = 1;

/// A run, as its page shows it.
#[derive(Serialize)]
struct Page<'a> {
    #[serde(rename = "shakedown-page")]
    version: u32,
    run: &'a str,
    suite: &'a str,
    lane: Option<&'a str>,
    environment: &'a str,
    because: &'a str,
    selection: std::borrow::Cow<'a, str>,
    began: Option<String>,
    elapsed: f64,
    recording: &'a str,
    exit: Exit,
    verdicts: Vec<Count>,
    created: usize,
    leaks: Vec<Thing<'a>>,
    kept: Vec<Thing<'a>>,
    notes: Vec<Note>,
    /// The names of steps, which the steps of cases are numbered by.
    steps: Vec<String>,
    cases: Vec<Case<'a>>,
}

#[derive(Serialize)]
struct Exit {
    code: u8,
    good: bool,
    why: String,
}

/// A verdict, its words, and how many cases ended in it.
#[derive(Serialize)]
struct Count {
    verdict: Verdict,
    words: &'static str,
    cases: usize,
}

/// Something that was left, and why or until when.
#[derive(Serialize)]
struct Thing<'a> {
    kind: &'a str,
    key: &'a str,
    why: String,
}

/// What is about no single case.
#[derive(Serialize)]
struct Note {
    what: &'static str,
    text: String,
}

/// The names of steps, each with a number.
#[derive(Default)]
pub(super) struct Names {
    names: Vec<Arc<str>>,
    numbers: HashMap<Arc<str>, usize>,
}

impl Names {
    pub(super) fn number(&mut self, name: &Arc<str>) -> usize {
        if let Some(number) = self.numbers.get(name) {
            return *number;
        }
        self.names.push(Arc::clone(name));
        self.numbers.insert(Arc::clone(name), self.names.len() - 1);
        self.names.len() - 1
    }
}

/// The document.
pub(super) fn json(account: &Account<'_>) -> String {
    crate::page::json(&page(account))
}

fn page<'a>(account: &Account<'a>) -> Page<'a> {
    let report = account.report;
    let exit = report.exit();
    let mut names = Names::default();
    let told: HashSet<CaseId> = opened(report).into_iter().collect();
    let cases = report.cases.iter();
    let cases = cases.map(|(id, of_case)| case(account, (id, of_case), &told, &mut names)).collect();
    let counts = report.counts().into_iter();
    let thing = |kind: &'a str, key: &'a str, why: String| Thing { kind, key, why };
    let leaks = report.leaks().into_iter();
    let kept = report.kept().into_iter();
    Page {
        version: VERSION,
        run: &report.run,
        suite: &report.suite,
        lane: report.lane.as_deref(),
        environment: &report.environment,
        because: &report.because,
        selection: account.selection(),
        began: account.began.map(|began| format!("{began:.0}")),
        elapsed: account.closing.elapsed.as_secs_f64(),
        recording: account.closing.recording,
        exit: Exit { code: exit.code(), good: exit == ExitCode::Success, why: why::why(report) },
        verdicts: counts.map(|(verdict, cases)| Count { verdict, words: verdict.words(), cases }).collect(),
        created: report.owned.len(),
        leaks: leaks.map(|(kind, key, cause)| thing(kind.as_str(), key, cause.to_owned())).collect(),
        kept: kept.map(|(kind, key, until)| thing(kind.as_str(), key, format!("until {until:.0}"))).collect(),
        notes: notes(account),
        steps: names.names.iter().map(ToString::to_string).collect(),
        cases,
    }
}

/// All that is wrong with the run and no case of it. What was left behind has a list of its own.
fn notes(account: &Account<'_>) -> Vec<Note> {
    let troubles = trouble::of(account.report).into_iter().filter(|trouble| trouble.kind != Kind::Leak);
    let notes = troubles.map(|Trouble { kind, about, why }| {
        let text = if about.is_empty() { why.into_owned() } else { format!("{about}: {why}") };
        Note { what: kind.words(), text }
    });
    notes.collect()
}
