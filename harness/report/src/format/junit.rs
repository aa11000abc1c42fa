//! `JUnit`: a test suite for each scenario, and one for the run, which is red for everything that is no case.
//!
//! A reader that only knows red and green comes to the same end as the exit code: what makes it is a failure or an error
//! here, and a red that does not count is one too, with the properties `gate` and `counts` that say so.
//!
//! Does not: hold the exchanges of a case.

use crate::shown::{cut, one_line, shown};
use crate::{Account, summary, trouble, why, worst};
use harness_model::cause::Cause;
use harness_model::exit::ExitCode;
use harness_model::name::{ArmName, CaseId};
use harness_model::pass::decisive;
use harness_model::report::CaseReport;
use harness_model::verdict::Verdict;
use indexmap::IndexMap;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestRerun, TestSuite};
use std::time::Duration;

/// With what every view of this format begins.
pub(super) const MARK: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"shakedown: ";

/// As much of a cause as stands in a line.
const MESSAGE: usize = 500;

pub(super) fn render(account: &Account<'_>) -> String {
    let run = account.report;
    let mut report = Report::new(line(&format!("shakedown: {} on {}", run.suite, run.environment)));
    report.set_time(account.closing.elapsed);
    let mut scenarios: IndexMap<&str, Vec<(&CaseId, &CaseReport)>> = IndexMap::new();
    for (id, case) in &run.cases {
        scenarios.entry(id.scenario()).or_default().push((id, case));
    }
    let is_told = run.cases.values().any(|case| {
        worst::counts(run, case) && matches!(kind(case.ending.verdict), Kind::Failure | Kind::Error)
    });
    for (scenario, cases) in scenarios {
        report.add_test_suite(suite(account, scenario, &cases));
    }
    report.add_test_suite(of_the_run(account, is_told));
    // Nothing but memory is written to.
    report.to_string().unwrap_or_else(|error| error.to_string())
}

/// What a verdict is in `JUnit`.
enum Kind {
    Success,
    Flaky,
    Failure,
    Error,
    Skipped,
}

fn kind(verdict: Verdict) -> Kind {
    match verdict {
        Verdict::Passed => Kind::Success,
        Verdict::Flaky => Kind::Flaky,
        Verdict::Failed | Verdict::UnexpectedPass => Kind::Failure,
        Verdict::Errored | Verdict::Operator | Verdict::Refused | Verdict::Cancelled | Verdict::Lost => {
            Kind::Error
        }
        Verdict::KnownRed | Verdict::Skipped | Verdict::Blocked => Kind::Skipped,
    }
}

fn suite(account: &Account<'_>, scenario: &str, cases: &[(&CaseId, &CaseReport)]) -> TestSuite {
    let mut suite = TestSuite::new(line(&format!("{}.{scenario}", account.report.suite)));
    suite.set_time(cases.iter().map(|(_, case)| case.elapsed).sum());
    describe(account, &mut suite);
    suite.add_test_cases(cases.iter().map(|(id, case)| test_case(account, id, case)));
    suite
}

/// What holds for the whole run.
fn describe(account: &Account<'_>, suite: &mut TestSuite) {
    let run = account.report;
    let exit = run.exit().code().to_string();
    let why = why::why(run);
    for (name, value) in [
        ("run", run.run.as_str()),
        ("environment", &run.environment),
        ("lane", run.lane.as_deref().unwrap_or_default()),
        ("selection", &account.selection()),
        ("exit", &exit),
        ("why", cut(&why, MESSAGE).as_ref()),
    ] {
        if !value.is_empty() {
            suite.add_property((name, line(value).as_str()));
        }
    }
    if let Some(began) = account.began {
        suite.extra.insert("timestamp".into(), began.to_string().into());
    }
}

fn test_case(account: &Account<'_>, id: &CaseId, case: &CaseReport) -> TestCase {
    let mut test = TestCase::new(line(id.as_str()), status(case));
    test.set_classname(line(&format!("{}.{}", account.report.suite, id.scenario())));
    test.set_time(case.elapsed);
    let arms: Vec<&str> = case.arms.iter().map(ArmName::as_str).collect();
    let gate = summary::gate_word(case.gate);
    let counts = if worst::counts(account.report, case) { "yes" } else { "no" };
    let verdict = case.ending.verdict.words();
    let mut properties = vec![("verdict", verdict), ("gate", gate), ("counts", counts)];
    let (arms, retries) = (line(&arms.join(", ")), case.ending.retries.to_string());
    if !arms.is_empty() {
        properties.push(("arm", &arms));
    }
    if case.ending.retries > 0 {
        properties.push(("retries", &retries));
    }
    let attempts = case.tally().map(|tally| tally.to_string());
    if let Some(attempts) = &attempts {
        properties.push(("attempts", attempts));
    }
    if let Some(Cause { class, rule, .. }) = case.cause() {
        properties.extend([("cause-class", class.word()), ("cause-rule", rule)]);
    }
    if let Some(step) = &case.ending.step {
        properties.push(("step", step.as_str()));
    }
    if let Some(place) = &case.ending.place {
        properties.push(("place", place));
    }
    test.add_properties(properties);
    for (axis, value) in account.axes(id) {
        test.add_property((format!("axis.{axis}").as_str(), line(value).as_str()));
    }
    if !case.ending.cause.is_empty() {
        test.set_system_out(shown(&case.ending.cause));
    }
    test
}

fn status(case: &CaseReport) -> TestCaseStatus {
    let ending = &case.ending;
    let mut status = match kind(ending.verdict) {
        Kind::Success | Kind::Flaky if !case.attempts.is_empty() => {
            let mut status = TestCaseStatus::success();
            status.add_reruns(red_attempts(case).map(|(_, rerun)| rerun));
            return status;
        }
        Kind::Success => return TestCaseStatus::success(),
        Kind::Flaky => return flaky(case),
        Kind::Failure => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Kind::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
        Kind::Skipped => TestCaseStatus::skipped(),
    };
    status.set_type(ending.verdict.words()).set_message(message(&ending.cause));
    if ending.verdict.is_red() {
        status.set_description(description(case));
        let told = decisive(case.attempts.iter().map(|attempt| &attempt.ending));
        let others = red_attempts(case).filter(|(position, _)| Some(*position) != told);
        status.add_reruns(others.map(|(_, rerun)| rerun));
    }
    status
}

/// The attempts that did not pass, each with its position: beside a pass they are flaky failures, and beside a red failures of
/// reruns, but for the one that the red itself tells.
fn red_attempts(case: &CaseReport) -> impl Iterator<Item = (usize, TestRerun)> {
    let numbered = case.attempts.iter().enumerate().filter(|(_, attempt)| attempt.ending.verdict.is_red());
    numbered.map(|(position, attempt)| {
        let ending = &attempt.ending;
        let kind = match kind(ending.verdict) {
            Kind::Error => NonSuccessKind::Error,
            Kind::Success | Kind::Flaky | Kind::Failure | Kind::Skipped => NonSuccessKind::Failure,
        };
        let mut rerun = TestRerun::new(kind);
        rerun.set_type(ending.verdict.words()).set_message(message(&ending.cause));
        rerun
            .set_description(format!("attempt {}: {}", position + 1, shown(&ending.cause)))
            .set_time(attempt.elapsed);
        (position, rerun)
    })
}

/// A pass, with every send before it that got no reply.
fn flaky(case: &CaseReport) -> TestCaseStatus {
    let mut status = TestCaseStatus::success();
    let attempt = |text: &str, step: Option<&str>| {
        let mut attempt = TestRerun::new(NonSuccessKind::Failure);
        attempt.set_type(Verdict::Flaky.words()).set_message(message(text));
        if let Some(step) = step {
            attempt.set_description(format!("in step {}", line(step)));
        }
        attempt
    };
    if case.repeated.is_empty() {
        status.add_rerun(attempt(&case.ending.cause, None));
    }
    status.add_reruns(case.repeated.iter().map(|one| attempt(&one.cause, Some(one.step.as_str()))));
    status
}

/// The run itself: all that is wrong with it and no case of it, and an exit code that nothing tells.
fn of_the_run(account: &Account<'_>, is_told: bool) -> TestSuite {
    let run = account.report;
    let mut suite = TestSuite::new(line(&format!("{}: the run", run.suite)));
    suite.set_time(Duration::ZERO);
    describe(account, &mut suite);
    let troubles = trouble::of(run).into_iter();
    let mut findings: Vec<(String, String)> =
        troubles.map(|trouble| (trouble.title(), trouble.why.into_owned())).collect();
    let exit = run.exit();
    if findings.is_empty() && !is_told && exit != ExitCode::Success {
        findings.push((format!("exit {}", exit.code()), why::why(run)));
    }
    if findings.is_empty() {
        let mut test = TestCase::new("the run", TestCaseStatus::success());
        test.set_classname(line(&run.suite));
        suite.add_test_case(test);
    }
    for (name, cause) in findings {
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
        status.set_type("run").set_message(message(&cause)).set_description(shown(&cause));
        let mut test = TestCase::new(line(&name), status);
        test.set_classname(line(&run.suite)).add_property(("counts", "yes"));
        suite.add_test_case(test);
    }
    suite
}

fn description(case: &CaseReport) -> String {
    let ending = &case.ending;
    let step =
        ending.step.as_ref().map(|step| format!(" in step {}", line(step.as_str()))).unwrap_or_default();
    let place = ending.place.as_ref().map(|place| format!(" ({})", line(place))).unwrap_or_default();
    format!("{}{step}{place}\n{}", ending.verdict, shown(&ending.cause))
}

fn message(cause: &str) -> String {
    cut(&line(cause.lines().next().unwrap_or_default()), MESSAGE).into_owned()
}

/// A text as an attribute holds it: on one line, with every space that it has.
fn line(text: &str) -> String {
    one_line(text)
}
