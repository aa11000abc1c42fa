//! One case: fixtures → steps → trace → release, ending in exactly one verdict, released whatever happened.
//!
//! Does not: decide whether it runs, or what its verdict means for the exit code.

use crate::capability;
use crate::evidence;
use crate::fixture;
use crate::net::wait;
use crate::ownership::OwnedStack;
use crate::run::RunContext;
use crate::trace;
use crate::walk::{Stop, Walk};
use futures_util::FutureExt;
use harness_model::case;
use harness_model::choose::{self, Chosen};
use harness_model::context::Bindings;
use harness_model::event::{Event, Scope};
use harness_model::gate::Decision;
use harness_model::known::FailureClass;
use harness_model::name::{CaseId, FixtureName};
use harness_model::pass::{Pass, Standing, Tally};
use harness_model::plan::Planned;
use harness_model::signs::{Halt, Stage};
use harness_model::storm::End;
use harness_model::suite::{KnownRed, Scenario, Scope as FixtureScope};
use harness_model::units;
use harness_model::verdict::{Ending, Verdict, unmade};
use serde_json::Value;
use std::any::Any;
use std::collections::BTreeMap;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::panic::AssertUnwindSafe;
use std::pin::pin;
use std::sync::Arc;

/// Runs a case to its end, or says why it does not run.
pub async fn run(run: &Arc<RunContext>, planned: &Planned) -> Ending {
    let id = planned.case.id.clone();
    let started = wait::now();
    run.journal.record(Event::CaseStarted { case: id.clone() });
    let mut ending = match (&planned.decision, planned.pass) {
        (Decision::Run, Some(pass)) => attempts(run, planned, pass).await,
        (Decision::Run, None) => perform(run, planned, 1).await,
        (decision, _) => left_out(decision),
    };
    ending.cause = run.journal.scrub(&ending.cause);
    run.journal.record(Event::CaseEnded { case: id, ending: ending.clone(), elapsed: started.elapsed() });
    ending
}

/// The end of a case that does not run.
pub fn left_out(decision: &Decision) -> Ending {
    match decision {
        Decision::Run => Ending::new(Verdict::Errored, "it should have run and did not"),
        Decision::Skip { missing } => {
            Ending::new(Verdict::Skipped, format!("missing {}", missing.join(", ")))
        }
        Decision::Block { why } => Ending::new(Verdict::Blocked, why.clone()),
        Decision::Refuse { missing } => {
            Ending::new(Verdict::Refused, format!("live is required, missing {}", missing.join(", ")))
        }
    }
}

/// Tries a case until the rest of its attempts cannot change what comes of it. Each attempt is released before the next.
async fn attempts(run: &Arc<RunContext>, planned: &Planned, pass: Pass) -> Ending {
    let (mut tally, mut endings) = (Tally::default(), Vec::new());
    for number in 1..=pass.of {
        let started = wait::now();
        let mut ending = perform(run, planned, number).await;
        ending.cause = run.journal.scrub(&ending.cause);
        tally.add(ending.verdict);
        run.journal.record(Event::Attempted {
            case: planned.case.id.clone(),
            number,
            pass,
            ending: ending.clone(),
            elapsed: started.elapsed(),
        });
        let is_last = Pass::is_final(ending.verdict) || tally.standing(pass) != Standing::Open;
        endings.push(ending);
        if is_last {
            break;
        }
        if run.cancel.is_cancelled() {
            endings.push(run.watch.cut_short());
            break;
        }
    }
    pass.judge(&endings)
}

/// One attempt, from its fixtures to its release.
async fn perform(run: &Arc<RunContext>, planned: &Planned, attempt: u32) -> Ending {
    let Some(scenario) = run.suite.scenario(&planned.case.scenario) else {
        return Ending::new(Verdict::Errored, format!("there is no scenario `{}`", planned.case.scenario));
    };
    let scope = Scope::Case(planned.case.id.clone());
    run.watch.began(&planned.case.id);
    let (owned, cancel) = (OwnedStack::default(), run.cancel.child_token());
    let walk = Walk::new(run, scope.clone(), &owned, cancel.clone()).of_case(planned).counted();
    let mut body = pin!(AssertUnwindSafe(body(run, (planned, attempt), scenario, &walk)).catch_unwind());
    // A body is never dropped half-way: a request that creates something is awaited, so that what it created is known.
    let (outcome, in_time) = tokio::select! {
        outcome = &mut body => (outcome, true),
        _ = wait::sleep(scenario.timeout, &cancel) => {
            let in_time = cancel.is_cancelled();
            cancel.cancel();
            (body.await, in_time)
        }
    };
    let mut ending = match outcome {
        Ok(Err(Early::Interrupted)) if !in_time => Ending::new(
            Verdict::Failed,
            format!("the case did not end within its timeout of {}", units::display(scenario.timeout)),
        )
        .stopped_by(Halt::CaseTimeout),
        // What an interruption cut short says nothing about the target.
        Ok(Err(Early::Stopped(stop))) if stop.verdict == Verdict::Errored && run.cancel.is_cancelled() => {
            run.watch.cut_short()
        }
        Ok(Err(Early::Interrupted)) => run.watch.cut_short(),
        Ok(Err(Early::LeftOut(ending))) => ending,
        Ok(Err(Early::Stopped(stop))) => judge(Err(stop), planned.known_red.as_ref(), walk.retries()),
        Ok(Ok(())) => judge(Ok(()), planned.known_red.as_ref(), walk.retries()),
        Err(panic) => {
            let cause = format!("the harness panicked: {}", message(&*panic));
            Ending::new(Verdict::Errored, cause).stopped_by(Halt::Panic)
        }
    };
    let is_red = matches!(ending.verdict, Verdict::Failed | Verdict::Errored | Verdict::Operator);
    if is_red && !run.cancel.is_cancelled() {
        ending.cause.push_str(&evidence::gather(run, &owned, &scope).await);
    }
    run.watch.ended(&planned.case.id, if is_red { End::Red } else { End::Green });
    run.part_with(&owned, &scope, ending.verdict).await;
    ending
}

/// Why a case ended early.
#[derive(Debug)]
pub(crate) enum Early {
    /// The run was interrupted.
    Interrupted,
    /// It never came to its first step, and ends so.
    LeftOut(Ending),
    /// A step, a fixture or a trace stopped it.
    Stopped(Stop),
}

/// Everything between the fixtures and the release.
async fn body(
    run: &Arc<RunContext>,
    (planned, attempt): (&Planned, u32),
    scenario: &Scenario,
    walk: &Walk<'_>,
) -> Result<(), Early> {
    let builtins = builtins(run, &planned.case.id, &planned.case.chosen, attempt);
    let mut bindings = case::open(planned.case.bindings.clone(), &builtins);
    for name in &scenario.fixtures {
        let outputs = make(run, (name, scenario), walk, &bindings).await?;
        bindings.set_value(name.as_str(), outputs.to_value());
    }
    capability::judge(run, planned, &walk.cancel).await?;
    let before = walk.taken();
    walk.steps(&scenario.steps, bindings).await.map_err(not_cancelled)?;
    if walk.taken() == before {
        let cause = "no step took place, so nothing was checked: the `when` of each was false";
        return Err(Early::LeftOut(Ending::new(Verdict::Errored, cause)));
    }
    trace::judge(walk, &walk.owned.snapshot(), &planned.case.bindings).await.map_err(not_cancelled)
}

fn not_cancelled(stop: Stop) -> Early {
    if stop.verdict == Verdict::Cancelled { Early::Interrupted } else { Early::Stopped(stop) }
}

/// A fixture that cannot be made says nothing about the case: it could not be found out.
async fn make(
    run: &Arc<RunContext>,
    (name, scenario): (&FixtureName, &Scenario),
    walk: &Walk<'_>,
    bindings: &Bindings,
) -> Result<Bindings, Early> {
    let fixture = &run.suite.fixtures[name];
    let made = match scenario.scope(name, fixture) {
        FixtureScope::Run => fixture::of_run(run, name, &walk.cancel).await,
        FixtureScope::Case => match fixture::given(run, name) {
            Some(given) => given,
            None => walk.flow(&fixture.flow.value, bindings).await,
        },
    };
    made.map_err(|stop| match not_cancelled(stop) {
        Early::Stopped(stop) => {
            let cause = unmade(name, &stop.cause);
            let signs = stop.signs.at(Stage::Fixture);
            Early::Stopped(Stop { verdict: Verdict::Errored, cause, signs, ..stop })
        }
        early @ (Early::Interrupted | Early::LeftOut(_)) => early,
    })
}

/// `run`, `env`, `case`, and the `scope` of what belongs to the case.
pub(crate) fn builtins(run: &RunContext, id: &CaseId, chosen: &[Chosen], attempt: u32) -> Bindings {
    let mut hasher = DefaultHasher::new();
    // Another attempt meets nothing that an earlier one has made.
    (&run.identity.token, id, attempt).hash(&mut hasher);
    let own = format!("{:08x}", hasher.finish() & 0xffff_ffff);
    let token = format!("{}-{own}", run.identity.token);
    // As long as that of the run, so that what is named with it is no longer either.
    let shared = run.identity.name.strip_suffix(&run.identity.token).unwrap_or_default();
    let name = format!("{shared}{own}");
    let case = BTreeMap::from([
        ("id", Value::from(id.as_str())),
        ("scenario", id.scenario().into()),
        ("token", token.into()),
        ("attempt", attempt.into()),
        ("sealed", choose::names(&run.suite, chosen).into()),
    ]);
    run.world.clone().with("case", case).with("scope", BTreeMap::from([("name", name)]))
}

/// The verdict of a body that came to its end, measured against the red that is expected of it.
fn judge(result: Result<(), Stop>, known_red: Option<&KnownRed>, retries: u32) -> Ending {
    match (result, known_red) {
        (Ok(()), Some(mark)) => Ending::new(
            Verdict::UnexpectedPass,
            format!("declared known red until {}, and it passed: take the mark off", mark.until),
        ),
        (Ok(()), None) if retries > 0 => {
            let cause = format!("passed after {}", units::count(retries as usize, "repeated send"));
            Ending { retries, ..Ending::new(Verdict::Flaky, cause) }
        }
        (Ok(()), None) => Ending::new(Verdict::Passed, ""),
        (Err(stop), Some(mark)) if is_declared(&stop, mark) => {
            let cause = format!("known red: until {} (expires {})", mark.until, mark.expires);
            Ending { cause, ..ending(stop, Verdict::KnownRed, retries) }
        }
        (Err(stop), _) => {
            let verdict = verdict(&stop);
            Ending { known: stop.known.as_deref().cloned(), ..ending(stop, verdict, retries) }
        }
    }
}

/// A red that only an operator can mend says nothing about the product.
fn verdict(stop: &Stop) -> Verdict {
    match &stop.known {
        Some(known) if known.class == FailureClass::Operator => Verdict::Operator,
        Some(_) | None => stop.verdict,
    }
}

/// Whether a red is the declared one: this step, in exactly this way.
fn is_declared(stop: &Stop, mark: &KnownRed) -> bool {
    stop.verdict == Verdict::Failed
        && stop.step.as_str() == mark.step.value
        && mark.when.holds(&stop.seen) == Ok(true)
}

fn ending(stop: Stop, verdict: Verdict, retries: u32) -> Ending {
    let place = Some(stop.place).filter(|place| !place.is_empty());
    let (step, signs) = (Some(stop.step), Some(stop.signs));
    Ending { verdict, step, place, cause: stop.cause, retries, known: None, signs }
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(ToString::to_string);
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "without a message".to_owned())
}
