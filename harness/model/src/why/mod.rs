//! Why: everything that is known about one case before anything runs.
//!
//! Does not: send anything, draw anything, or hold a secret's value.

mod bindings;
mod choices;
mod exec;
mod policy;
mod shown;
mod steps;
mod unknown;

pub use bindings::BindingShown;
pub use choices::ChoiceShown;
pub use policy::{ArmShown, GateSource, MarkShown, Means, Need, Needing, Presence, Says, Standing};
pub use shown::{
    BodyShown, Budget, ElapseShown, ExecShown, FixtureShown, Holds, OwnsShown, Payload, PollShown, Rendered,
    RunShown, StepShown, UploadShown,
};

use crate::choose;
use crate::gates::Gate;
use crate::name::{ArmName, CaseId, FixtureName};
use crate::pass::Pass;
use crate::plan::{Forecast, Plan, Planned};
use crate::suite::{Arm, Fixture};
use std::time::Duration;
use steps::Walk;

/// Everything that is known about a case before it runs.
#[derive(Debug, Clone)]
pub struct Explanation {
    /// The case.
    pub case: CaseId,
    /// What its scenario is for, in one sentence.
    pub summary: String,
    /// Where its scenario was written.
    pub place: String,
    /// What is expected of it.
    pub forecast: Forecast,
    /// Why, when it does not simply run.
    pub reason: Option<String>,
    /// What it cannot do without.
    pub needs: Vec<Need>,
    /// Whether a red counts.
    pub gate: Gate,
    /// Who says so.
    pub gate_sources: Vec<GateSource>,
    /// The arms that picked it.
    pub arms: Vec<ArmShown>,
    /// Their marks.
    pub marks: Vec<MarkShown>,
    /// How many of several attempts must pass, and the arm that says so.
    pub pass: Option<(Pass, ArmName)>,
    /// What its arms choose from.
    pub choices: Vec<ChoiceShown>,
    /// Its bindings, sorted by name.
    pub bindings: Vec<BindingShown>,
    /// Its fixtures.
    pub fixtures: Vec<FixtureShown>,
    /// Its steps.
    pub steps: Vec<StepShown>,
    /// How long the polls of its steps wait at most, in each attempt.
    pub waits: Duration,
    /// How long it may take with all of its attempts, release not counted.
    pub timeout: Duration,
}

/// Tells everything that is known about a case of a plan.
pub fn explain(plan: &Plan, planned: &Planned) -> Explanation {
    let scenario = plan.suite.scenario(&planned.case.scenario);
    let positions = planned.case.arms.iter();
    let arms: Vec<&Arm> =
        positions.filter_map(|position| scenario.and_then(|scenario| scenario.arms.get(*position))).collect();
    let mut scope = bindings::of_case(plan, planned);
    let bindings = bindings::of(plan, planned, &scope);
    let requires = scenario.map_or(&[][..], |scenario| &scenario.requires);
    let lacking = choose::lacking(&planned.case.chosen);
    let secrets = policy::secrets(plan, requires.iter().chain(&lacking), &arms);
    let mut walk = Walk { plan, chosen: &planned.case.chosen, secrets, waits: Duration::ZERO };
    let names = scenario.map_or_else(Vec::new, |scenario| scenario.fixtures.clone());
    let fixtures = names.iter().filter_map(|name| Some((name, plan.suite.fixtures.get(name)?)));
    let lives = |name: &FixtureName, fixture: &Fixture| {
        scenario.map_or(fixture.scope, |scenario| scenario.scope(name, fixture))
    };
    let fixtures = fixtures
        .map(|(name, fixture)| walk.fixture(name, (fixture, lives(name, fixture)), &mut scope))
        .collect();
    let steps = scenario.map_or_else(Vec::new, |scenario| walk.steps(&scenario.steps, &mut scope));
    Explanation {
        case: planned.case.id.clone(),
        summary: scenario.map_or_else(String::new, |scenario| scenario.summary.clone()),
        place: scenario.map_or_else(String::new, |scenario| scenario.location.to_string()),
        forecast: planned.forecast(),
        reason: planned.reason(),
        needs: policy::needs(plan, requires, &arms, &planned.case.chosen),
        gate: planned.gate,
        gate_sources: policy::gate_sources(plan, planned),
        arms: policy::arms(&arms),
        marks: policy::marks(plan, &arms),
        pass: arms.iter().find_map(|arm| Some((arm.pass?, arm.name.clone()))),
        choices: choices::of(plan, planned),
        bindings,
        fixtures,
        steps,
        waits: walk.waits,
        timeout: plan.case_timeout(planned),
    }
}
