//! The cases of a plan in columns, or on lines of their own.
//!
//! Columns of our own and not a table crate's: where a row does not fit, its cells go below its id and not into columns
//! of ten characters, and an id is never cut, because people copy it.
//!
//! Does not: choose between them. The table does.

use super::table::{Column, UNKNOWN};
use crate::cli::page::{GAP, options};
use harness_runner::model::plan::{PlanDocument, PlannedCase};
use harness_runner::report::Paint;
use std::borrow::Cow;
use textwrap::core::display_width;

/// A reason in fewer columns is not legible.
const NARROWEST_REASON: usize = 32;

/// Where the reasons of decisions stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reasons {
    /// Behind the decision, in the last column.
    Beside,
    /// Below the row.
    Below,
}

/// The cases of a plan, one row each.
pub(super) struct Grid<'a> {
    plan: &'a PlanDocument,
    columns: &'a [Column],
    within: usize,
    paint: Paint,
    widths: Vec<usize>,
}

impl<'a> Grid<'a> {
    /// A grid with these columns between the id and the decision, within so many columns of a terminal.
    pub(super) fn new(plan: &'a PlanDocument, columns: &'a [Column], within: usize, paint: Paint) -> Self {
        let widest = |title: &str, cells: &mut dyn Iterator<Item = String>| {
            cells.map(|cell| display_width(&cell)).chain([title.len()]).max().unwrap_or(0)
        };
        let ids = widest("case", &mut plan.cases.iter().map(|case| case.id.to_string()));
        let rest = columns
            .iter()
            .map(|column| widest(column.title(), &mut plan.cases.iter().map(|case| column.cell(case))));
        let widths = std::iter::once(ids).chain(rest).collect();
        Self { plan, columns, within, paint, widths }
    }

    /// The rows below their titles; none when they do not fit.
    pub(super) fn render(&self, reasons: Reasons) -> Option<Vec<String>> {
        let before = self.widths.iter().map(|width| width + GAP.len()).sum::<usize>();
        let room = self.within.saturating_sub(before);
        let longest = self.plan.cases.iter().map(|case| display_width(&decision(case, reasons))).max()?;
        let needed = match reasons {
            Reasons::Beside => longest.min(NARROWEST_REASON),
            Reasons::Below => longest,
        };
        if room < needed.max("decision".len()) {
            return None;
        }
        let titles = std::iter::once("case").chain(self.columns.iter().map(|column| column.title()));
        let titles = self.cells(titles.map(str::to_owned));
        let mut lines = vec![self.paint.faint(&format!("{titles}decision"))];
        for case in &self.plan.cases {
            let cells = self.columns.iter().map(|column| column.cell(case));
            let mut row = self.cells(std::iter::once(case.id.to_string()).chain(cells));
            for part in textwrap::wrap(&decision(case, reasons), options(room)) {
                lines.push(format!("{row}{}", self.paint.forecast(&part, case.decision)));
                row = " ".repeat(before);
            }
            if reasons == Reasons::Below {
                lines.extend(case.reason.iter().flat_map(|reason| self.below(reason)));
            }
        }
        Some(lines)
    }

    /// Every case on lines of its own: its id as it is, everything else below it.
    pub(super) fn stacked(&self) -> Vec<String> {
        self.plan.cases.iter().flat_map(|case| self.stack(case)).collect()
    }

    fn stack(&self, case: &PlannedCase) -> Vec<String> {
        let cells = self.columns.iter().map(|column| (column, column.cell(case)));
        let words = cells.filter(|(_, cell)| cell != UNKNOWN).map(|(column, cell)| match column {
            Column::Arms | Column::Gate => cell,
            Column::Deadline => format!("within {cell}"),
            Column::Estimate => format!("about {cell}"),
        });
        let decision = case.decision.words();
        let facts = std::iter::once(decision.to_owned()).chain(words).collect::<Vec<_>>().join(" · ");
        let mut lines = vec![case.id.to_string()];
        lines.extend(std::iter::once(&facts).chain(&case.reason).flat_map(|text| self.below(text)));
        lines[1] = lines[1].replacen(decision, &self.paint.forecast(decision, case.decision), 1);
        lines
    }

    fn below(&self, text: &str) -> Vec<String> {
        let options = options(self.within).initial_indent(GAP).subsequent_indent(GAP);
        textwrap::wrap(text, options).into_iter().map(Cow::into_owned).collect()
    }

    fn cells(&self, cells: impl Iterator<Item = String>) -> String {
        let padded = cells.zip(&self.widths).map(|(cell, width)| {
            let missing = width.saturating_sub(display_width(&cell));
            format!("{cell}{}{GAP}", " ".repeat(missing))
        });
        padded.collect()
    }
}

fn decision(case: &PlannedCase, reasons: Reasons) -> String {
    let words = case.decision.words();
    match (&case.reason, reasons) {
        (Some(reason), Reasons::Beside) => format!("{words}: {reason}"),
        (_, Reasons::Below) | (None, Reasons::Beside) => words.to_owned(),
    }
}
