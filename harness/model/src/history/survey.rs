//! A survey: the trends of a suite on an environment, as views of the history take it.
//!
//! Does not: render.

use super::{LeftOut, PastCase, PastRun, Row, Trend, asides, trends};

/// What a survey is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subject<'a> {
    /// Every arm.
    Arms,
    /// Every arm, and every case below it.
    Everything,
    /// One arm, or a scenario without any, and each of its cases.
    Arm(&'a str),
    /// Every case with this in its id.
    Cases(&'a str),
}

/// The trends of a suite on an environment.
#[derive(Debug, Clone, PartialEq)]
pub struct Survey {
    /// The suite.
    pub suite: String,
    /// The environment.
    pub environment: String,
    /// What else the runs were chosen by, for people: `branch main`.
    pub chosen: Vec<String>,
    /// The runs that count, the oldest first, each with the cases that the survey is about.
    pub runs: Vec<PastRun>,
    /// How many runs between them do not.
    pub left_out: LeftOut,
    /// The trends, arms before scenarios before cases.
    pub trends: Vec<Trend>,
}

impl Subject<'_> {
    fn rows(self, case: &PastCase) -> Vec<Row> {
        match self {
            Self::Arms => case.rows(),
            Self::Everything => case.rows().into_iter().chain([case.row()]).collect(),
            Self::Arm(arm) => {
                let of_arm = case.rows().into_iter().find(|row| row.name == arm);
                of_arm.map(|row| vec![row, case.row()]).unwrap_or_default()
            }
            Self::Cases(part) => {
                if case.id.as_str().contains(part) {
                    vec![case.row()]
                } else {
                    Vec::new()
                }
            }
        }
    }
}

impl Survey {
    /// Surveys runs of one suite on one environment, the oldest first. Runs that have nothing of the subject are no part of it;
    /// those that say nothing of it are counted.
    pub fn new(runs: Vec<PastRun>, subject: Subject<'_>, chosen: Vec<String>) -> Self {
        let (suite, environment) =
            runs.first().map(|run| (run.suite.clone(), run.environment.clone())).unwrap_or_default();
        let has_any = |run: &PastRun| run.cases.iter().any(|case| !subject.rows(case).is_empty());
        let asides = asides(&runs);
        let mut left_out = LeftOut::default();
        let about = runs.into_iter().zip(asides).filter(|(run, _)| has_any(run));
        let runs: Vec<PastRun> = about
            .filter_map(|(run, aside)| match aside {
                None => Some(run),
                Some(aside) => {
                    left_out.add(aside);
                    None
                }
            })
            .collect();
        let trends = trends(&runs, |case| subject.rows(case));
        Self { suite, environment, chosen, runs, left_out, trends }
    }

    /// Every row that runs could be asked for by name: arms and scenarios without any.
    pub fn names(runs: &[PastRun]) -> Vec<String> {
        let rows = runs.iter().flat_map(|run| &run.cases).flat_map(PastCase::rows);
        let names: std::collections::BTreeSet<String> = rows.map(|row| row.name).collect();
        names.into_iter().collect()
    }
}
