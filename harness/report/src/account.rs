//! A run that is over, as views take it: the report, and what a log tells beside it.
//!
//! Does not: decide anything; the report has decided.

use crate::Closing;
use harness_model::name::CaseId;
use harness_model::plan::{PlanDocument, PlannedCase};
use harness_model::report::RunReport;
use jiff::Timestamp;
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
}

impl<'a> Account<'a> {
    /// A run of which nothing is known but its report.
    pub fn new(report: &'a RunReport, closing: Closing<'a>) -> Self {
        Self { report, closing, began: None, planned: HashMap::new() }
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

    /// Axes and bundle keys of a case with their values, where the plan is known.
    pub(crate) fn axes(&self, case: &CaseId) -> impl Iterator<Item = (&'a String, &'a String)> {
        self.planned.get(case).copied().into_iter().flat_map(|case| &case.keys)
    }

    /// How the selection was written.
    pub(crate) fn selection(&self) -> &'a str {
        if self.report.selection.is_empty() { "everything" } else { &self.report.selection }
    }
}
