//! The order of reds: what matters most comes first.
//!
//! Does not: leave any out.

use harness_model::exit::{ExitCode, of_case};
use harness_model::name::CaseId;
use harness_model::report::{CaseReport, RunReport};
use harness_model::verdict::Verdict;

/// Whether a case has a part in the exit code.
pub(crate) fn counts(report: &RunReport, case: &CaseReport) -> bool {
    of_case(case.ending.verdict, report.gate(case), report.policy) != ExitCode::Success
}

/// Everything that people have to look at: what counts before what does not, then by verdict, then in the order of the
/// run.
pub(crate) fn first(report: &RunReport) -> Vec<(&CaseId, &CaseReport)> {
    let bad = |case: &CaseReport| case.ending.verdict.is_red() || counts(report, case);
    let mut found: Vec<_> = report.cases.iter().filter(|(_, case)| bad(case)).collect();
    found.sort_by_key(|(_, case)| (!counts(report, case), rank(case.ending.verdict)));
    found
}

fn rank(verdict: Verdict) -> usize {
    const ORDER: [Verdict; 6] = [
        Verdict::Lost,
        Verdict::Refused,
        Verdict::Failed,
        Verdict::UnexpectedPass,
        Verdict::Errored,
        Verdict::Cancelled,
    ];
    ORDER.iter().position(|known| *known == verdict).unwrap_or(ORDER.len())
}
