//! The plan of a merged run: what all shards were divided from, and whether they come to it.
//!
//! Does not: read or write.

use super::{MergeError, Misfit, Shard};
use crate::shards;
use harness_model::event::{Event, VERSION};
use harness_model::name::CaseId;
use harness_model::plan::{PlanDocument, PlannedCase};
use harness_model::provenance::Provenance;
use harness_model::shard;
use std::collections::{BTreeSet, HashMap};

/// The plan that the shards were divided from.
///
/// *Errors*: they are not of one plan, do not come to it, or two of them created the same thing.
pub(super) fn plan(shards: &[Shard]) -> Result<PlanDocument, MergeError> {
    let Some(first) = shards.first() else {
        return Err(MergeError::Misfit(Misfit::default()));
    };
    for other in shards {
        if let Some(difference) = difference(first, other) {
            let run = |shard: &Shard| shard.archived.report.run.clone();
            return Err(MergeError::Foreign {
                shard: other.part.divided.shard,
                run: run(other),
                first: run(first),
                difference,
            });
        }
    }
    let misfit = misfit(first, shards);
    if !misfit.is_none() {
        return Err(MergeError::Misfit(misfit));
    }
    refuse_shared(shards)?;
    let mut cases: HashMap<&CaseId, &PlannedCase> =
        shards.iter().flat_map(|shard| &shard.plan.cases).map(|case| (&case.id, case)).collect();
    let cases: Vec<PlannedCase> =
        first.part.cases.iter().filter_map(|id| cases.remove(id)).cloned().collect();
    let counts = cases.iter().map(|case| case.decision).collect();
    let whole = PlanDocument { counts, cases, shard: None, ..first.plan.clone() };
    if shards::whole(&whole) != first.part.divided.plan {
        return Err(MergeError::Changed);
    }
    Ok(whole)
}

/// What two shards of one plan cannot differ in.
fn difference(first: &Shard, other: &Shard) -> Option<String> {
    let (one, two) = (&first.plan, &other.plan);
    let same = |what: &str, here: &dyn ToString, there: &dyn ToString| {
        let (here, there) = (here.to_string(), there.to_string());
        (here != there).then(|| format!("its {what} is {there}, and not {here}"))
    };
    let lane =
        |plan: &PlanDocument| plan.lane.as_ref().map_or_else(|| "none".to_owned(), ToString::to_string);
    let selection = |plan: &PlanDocument| {
        if plan.selection.is_empty() { "everything".to_owned() } else { plan.selection.clone() }
    };
    let commit = |shard: &Shard| {
        let commit = shard.archived.report.provenance.commit.clone();
        commit.unwrap_or_else(|| "unknown".to_owned())
    };
    let policy = |shard: &Shard| {
        let harness_model::exit::Policy { skips, flaky } = shard.archived.report.policy;
        format!("{skips:?} skips, flaky {flaky:?}").to_lowercase()
    };
    same("suite", &one.suite, &two.suite)
        .or_else(|| same("environment", &one.environment, &two.environment))
        .or_else(|| same("lane", &lane(one), &lane(two)))
        .or_else(|| same("selection", &selection(one), &selection(two)))
        .or_else(|| same("commit", &commit(first), &commit(other)))
        .or_else(|| same("policy", &policy(first), &policy(other)))
        .or_else(|| cases(first, other))
        .or_else(|| {
            (first.part.divided.plan != other.part.divided.plan).then(|| {
                "gates, decisions, deadlines or replaced bindings are different: another commit, or other variables"
                    .to_owned()
            })
        })
}

/// A case that only one of two plans has.
fn cases(first: &Shard, other: &Shard) -> Option<String> {
    let set = |shard: &Shard| shard.part.cases.iter().cloned().collect::<BTreeSet<CaseId>>();
    let (one, two) = (set(first), set(other));
    let more = two
        .difference(&one)
        .next()
        .map(|case| format!("its plan has {case}: another commit, or other variables"));
    let less = || {
        one.difference(&two)
            .next()
            .map(|case| format!("its plan lacks {case}: another commit, or other variables"))
    };
    more.or_else(less)
}

/// Which cases are not exactly once in the shards.
fn misfit(first: &Shard, shards: &[Shard]) -> Misfit {
    let mut runs: HashMap<&CaseId, Vec<&str>> = HashMap::new();
    for shard in shards {
        for case in shard.archived.report.cases.keys() {
            runs.entry(case).or_default().push(&shard.archived.report.run);
        }
    }
    let mut misfit = Misfit::default();
    for case in &first.part.cases {
        match runs.remove(case).unwrap_or_default().as_slice() {
            [] => misfit.missing.push(case.clone()),
            [_] => {}
            several => {
                let several = several.iter().map(|run| (*run).to_owned()).collect();
                misfit.duplicate.push((case.clone(), several));
            }
        }
    }
    let mut foreign: Vec<(CaseId, String)> =
        runs.into_iter().map(|(case, runs)| (case.clone(), runs.concat())).collect();
    foreign.sort();
    misfit.foreign = foreign;
    let shard::Shard { of, by, .. } = first.part.divided.shard;
    let is_there = |number: &usize| {
        let wanted = shard::Shard { number: *number, of, by };
        shards.iter().any(|shard| shard.part.divided.shard == wanted)
    };
    let absent = (1..=of).filter(|number| !misfit.missing.is_empty() && !is_there(number));
    misfit.absent = absent.map(|number| shard::Shard { number, of, by }).collect();
    misfit
}

/// What a run creates has its name in it, so nothing can have been created by two.
fn refuse_shared(shards: &[Shard]) -> Result<(), MergeError> {
    let mut owners: HashMap<_, &str> = HashMap::new();
    for shard in shards {
        let run = shard.archived.report.run.as_str();
        for (kind, key) in shard.archived.report.owned.keys() {
            if let Some(other) = owners.insert((kind, key), run) {
                let runs = [other.to_owned(), run.to_owned()];
                return Err(MergeError::Shared { kind: kind.to_string(), key: key.clone(), runs });
            }
        }
    }
    Ok(())
}

/// The first line of the merged log: that of the first shard, under a name of its own.
pub(super) fn head(run: &str, fingerprint: &str, shards: &[Shard]) -> Option<Event> {
    let mut head = shards.first()?.started.clone();
    let mut all: Vec<String> = Vec::new();
    for shard in shards {
        if let Event::RunStarted { notes, .. } = &shard.started {
            all.extend(notes.iter().filter(|note| !all.contains(note)).cloned().collect::<Vec<_>>());
        }
    }
    if let Event::RunStarted { version, run: name, plan, shard, process, notes, provenance, .. } = &mut head {
        *version = VERSION;
        run.clone_into(name);
        *plan = Some(fingerprint.to_owned());
        (*shard, *process, *notes) = (None, None, all);
        let provenances =
            shards.iter().map(|shard| (&shard.archived.report.provenance, shard.part.divided.shard));
        **provenance = Provenance::of_shards(provenances);
    }
    Some(head)
}

/// What the run planned, in the order of the plan, and what its lane demands of all of it.
pub(super) fn planned(plan: &PlanDocument, shards: &[Shard]) -> Vec<Event> {
    let planned = shards.iter().flat_map(|shard| &shard.planned);
    let by_id = planned.filter_map(|event| match event {
        Event::CasePlanned { case, .. } => Some((case, event)),
        _ => None,
    });
    let mut by_id: HashMap<&CaseId, &Event> = by_id.collect();
    let cases = plan.cases.iter().filter_map(|case| by_id.remove(&case.id)).cloned();
    let demands = shards.first().and_then(|shard| shard.demands.clone());
    let demanded = demands.map(|demands| Event::Demanded { demands: Box::new(demands) });
    cases.chain(demanded).collect()
}
