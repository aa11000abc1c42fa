//! A run that is over, as views take it: the report, and what a log tells beside it.
//!
//! Does not: decide anything; the report has decided.

use crate::Closing;
use harness_model::name::CaseId;
use harness_model::plan::{PlanDocument, PlannedCase};
use harness_model::report::RunReport;
use harness_model::story::{Past, Stories, Story};
use jiff::Timestamp;
use std::borrow::Cow;
use std::collections::HashMap;

/// A run that is over, as views take it.
#[derive(Debug, Clone)]
pub struct Account<'a> {
    /// The report; whatever counts is in it.
    pub report: &'a RunReport,
    /// How long it took, and where its recording is.
    pub closing: Closing<'a>,
    pub(crate) began: Option<Timestamp>,
    planned: HashMap<&'a CaseId, &'a PlannedCase>,
    told: Option<&'a Told>,
}

/// What a recording tells beside the report, for formats that show it.
#[derive(Debug, Default)]
pub struct Told {
    /// The stories of its cases.
    pub stories: Stories,
    /// The last greens of those that are red, from earlier recordings.
    pub past: HashMap<CaseId, Past>,
}

impl<'a> Account<'a> {
    /// A run of which nothing is known but its report.
    pub fn new(report: &'a RunReport, closing: Closing<'a>) -> Self {
        Self { report, closing, began: None, planned: HashMap::new(), told: None }
    }

    /// The same, with the time of its beginning.
    #[must_use]
    pub fn began(self, began: Option<Timestamp>) -> Self {
        Self { began, ..self }
    }

    /// The same, with its plan: cases then have their axes.
    #[must_use]
    pub fn planned(mut self, plans: &'a [PlanDocument]) -> Self {
        self.planned.extend(plans.iter().flat_map(|plan| &plan.cases).map(|case| (&case.id, case)));
        self
    }

    /// The same with what its recording tells of single cases.
    #[must_use]
    pub fn told(self, told: Option<&'a Told>) -> Self {
        Self { told, ..self }
    }

    /// What is told of a case.
    pub(crate) fn story(&self, case: &CaseId) -> Option<&'a Story> {
        self.told?.stories.cases.get(case)
    }

    /// What is told of it when it was last green.
    pub(crate) fn past(&self, case: &CaseId) -> Option<&'a Past> {
        self.told?.past.get(case)
    }

    /// Axes and bundle keys of a case with their values, where the plan is known.
    pub(crate) fn axes(&self, case: &CaseId) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.planned.get(case).copied().into_iter().flat_map(|case| &case.keys)
    }

    /// How the selection was written, and what of it was a shard.
    pub(crate) fn selection(&self) -> Cow<'a, str> {
        let selection = if self.report.selection.is_empty() { "everything" } else { &self.report.selection };
        match &self.report.shard {
            Some(divided) => Cow::Owned(format!("{selection}, {}", divided.shard)),
            None => Cow::Borrowed(selection),
        }
    }
}
