//! Comparing: what a red did otherwise than the last green of the same case.
//!
//! Does not: know which of the differences is the cause.

use super::{End, Story, Taken, Traced};
use std::collections::HashMap;
use std::time::Duration;

/// A step is slower when it takes half as long again,
const SLOWER: f64 = 1.5;
/// and this much longer at least.
const NOTICED: Duration = Duration::from_millis(100);

/// Something that is different.
#[derive(Debug, Clone, PartialEq)]
pub enum Difference {
    /// A step took longer.
    Slower {
        /// The step.
        step: String,
        /// How long it takes now, and how often it looks.
        now: (Duration, u32),
        /// How long it took, and how often it looked.
        before: (Duration, u32),
    },
    /// The last reply of a step has another status.
    Status {
        /// The step.
        step: String,
        /// Its status now; none without a reply.
        now: Option<u16>,
        /// Its status then.
        before: Option<u16>,
    },
    /// Steps were taken then, and were not now.
    Missing {
        /// The steps, in order.
        steps: Vec<String>,
    },
    /// A step was taken now, and was not then.
    New {
        /// The step.
        step: String,
    },
    /// A thing went through other states.
    States {
        /// Its kind.
        kind: String,
        /// What it went through now.
        now: Vec<String>,
        /// What it went through then.
        before: Vec<String>,
    },
}

/// What is different between a story and an earlier one of the same case, in the order of the steps. What came behind the
/// step that decided it is its release, and says nothing. Of several attempts the last is compared: a red case ends with a
/// red one, and a green case with a green one.
pub fn differences(now: &Story, before: &Story) -> Vec<Difference> {
    let ((steps, traces), (steps_before, traces_before)) = (now.last(), before.last());
    let decided = steps.iter().position(|taken| taken.end == End::Decided);
    let (own, release) = steps.split_at(decided.map_or(steps.len(), |decided| decided + 1));
    let (steps, earlier) = (numbered(own), numbered(steps_before));
    let known: HashMap<_, _> = earlier.iter().copied().collect();
    let mut found = Vec::new();
    for (name, taken) in &steps {
        let step = name.0.to_owned();
        match known.get(name) {
            None => found.push(Difference::New { step }),
            Some(then) => found.extend(of_step(taken, then)),
        }
    }
    let taken: HashMap<_, _> = steps.iter().copied().collect();
    let is_release = |step: &str| release.iter().any(|taken| &*taken.step == step);
    let missing = earlier.iter().filter(|(name, _)| !taken.contains_key(name) && !is_release(name.0));
    let missing: Vec<String> = missing.map(|(name, _)| name.0.to_owned()).collect();
    if !missing.is_empty() {
        found.push(Difference::Missing { steps: missing });
    }
    found.extend(of_states(traces, traces_before));
    found
}

/// The steps that were taken, each with how many of its name came before it.
fn numbered(steps: &[Taken]) -> Vec<((&str, usize), &Taken)> {
    let mut times: HashMap<&str, usize> = HashMap::new();
    let taken = steps.iter().filter(|taken| taken.end != End::NotApplicable);
    let numbered = taken.map(|taken| {
        let time = times.entry(&taken.step).or_default();
        *time += 1;
        ((&*taken.step, *time), taken)
    });
    numbered.collect()
}

fn of_step(now: &Taken, then: &Taken) -> Vec<Difference> {
    let step = || now.step.to_string();
    let mut found = Vec::new();
    if now.status != then.status {
        found.push(Difference::Status { step: step(), now: now.status, before: then.status });
    }
    let is_slower = now.elapsed > then.elapsed.mul_f64(SLOWER) && now.elapsed > then.elapsed + NOTICED;
    if is_slower {
        let (now, before) = ((now.elapsed, now.attempts), (then.elapsed, then.attempts));
        found.push(Difference::Slower { step: step(), now, before });
    }
    found
}

/// Of several things of one kind those that went through the same are no difference, whatever they are called.
fn of_states(now: &[Traced], before: &[Traced]) -> Vec<Difference> {
    let mut then: Vec<&Traced> = before.iter().collect();
    let mut others = Vec::new();
    for trace in now {
        let same = |then: &&Traced| then.kind == trace.kind && then.states == trace.states;
        match then.iter().position(same) {
            Some(position) => drop(then.remove(position)),
            None => others.push(trace),
        }
    }
    let mut found = Vec::new();
    for trace in others {
        let Some(position) = then.iter().position(|then| then.kind == trace.kind) else { continue };
        let before = then.remove(position).states.clone();
        found.push(Difference::States { kind: trace.kind.to_string(), now: trace.states.clone(), before });
    }
    found
}
