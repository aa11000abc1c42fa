//! Ownership: what was created, and its release, the last first, whatever happened.
//!
//! Does not: trust a release. Gone is what the authoritative read shows.

use crate::below;
use crate::net::wait::{self, Pace, Probe, WaitError};
use crate::run::RunContext;
use crate::walk::{Stop, Walk};
use futures_util::FutureExt;
use futures_util::future::join_all;
use harness_model::context::Bindings;
use harness_model::estate::Existence;
use harness_model::event::{Event, Scope};
use harness_model::name::ResourceKind;
use jiff::Timestamp;
use std::collections::BTreeSet;
use std::panic::AssertUnwindSafe;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// What one release may take: its flows' own deadlines are shorter.
const BUDGET: Duration = Duration::from_secs(10 * 60);

/// Something that was created, or may have been.
#[derive(Debug, Clone)]
pub(crate) struct Owned {
    /// Its kind.
    pub(crate) kind: ResourceKind,
    /// The key that we chose.
    pub(crate) key: String,
    /// What was bound when it was created.
    pub(crate) bindings: Bindings,
    /// Whether the reply said that it exists.
    pub(crate) existence: Existence,
    /// The step that creates it.
    pub(crate) step: Lineage,
}

/// What the step that creates something takes and gives, by name: what needs what is read off it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Lineage {
    /// What it captures.
    pub(crate) binds: BTreeSet<String>,
    /// What it reads.
    pub(crate) reads: BTreeSet<String>,
}

impl Lineage {
    /// Of something whose step nobody remembers: it may need everything, and everything may need it.
    pub(crate) fn unknown() -> Self {
        let everything = BTreeSet::from(["*".to_owned()]);
        Self { binds: everything.clone(), reads: everything }
    }
}

impl Owned {
    /// Whether it can be released at the same time as something that was created later.
    fn is_independent_of(&self, later: &Owned) -> bool {
        self.kind == later.kind && self.step.binds.is_disjoint(&later.step.reads)
    }
}

/// What a case or a run owns, in the order of creation.
#[derive(Debug, Default)]
pub(crate) struct OwnedStack(Mutex<Vec<Owned>>);

impl OwnedStack {
    pub(crate) fn push(&self, owned: Owned) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).push(owned);
    }

    /// It exists, and this is what the reply gave.
    pub(crate) fn confirm(&self, kind: &ResourceKind, key: &str, given: &Bindings) {
        let mut stack = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for owned in stack.iter_mut().filter(|owned| owned.kind == *kind && owned.key == key) {
            owned.existence = Existence::Confirmed;
            owned.bindings.extend(given);
        }
    }

    /// The reply said that nothing was created: what has this key, if anything, is somebody else's.
    pub(crate) fn forget(&self, kind: &ResourceKind, key: &str) {
        let mut stack = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        stack.retain(|owned| owned.kind != *kind || owned.key != key);
    }

    /// The newest of a kind with a key.
    fn newest(&self, kind: &ResourceKind, key: &str) -> Option<Owned> {
        self.snapshot().into_iter().rfind(|owned| owned.kind == *kind && owned.key == key)
    }

    pub(crate) fn snapshot(&self) -> Vec<Owned> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The last thing, and everything before it that needs nothing of what follows it.
    fn pop_wave(&self) -> Vec<Owned> {
        let mut stack = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut wave: Vec<Owned> = Vec::new();
        while let Some(next) = stack.pop_if(|next| wave.iter().all(|later| next.is_independent_of(later))) {
            wave.push(next);
        }
        wave
    }
}

/// Releases everything on a stack, the last first, side by side where nothing needs the other; what cannot be shown
/// gone is recorded as leaked.
pub(crate) async fn release(run: &RunContext, stack: &OwnedStack, scope: &Scope) {
    loop {
        let wave = stack.pop_wave();
        if wave.is_empty() {
            return;
        }
        join_all(wave.into_iter().map(|owned| settle(run, owned, scope))).await;
    }
}

/// Leaves everything on a stack standing, on purpose.
pub(crate) fn keep(run: &RunContext, stack: &OwnedStack, until: Timestamp) {
    for Owned { kind, key, .. } in stack.snapshot() {
        run.journal.record(Event::Kept { kind, key, until });
    }
}

/// Releases one thing within its budget, and writes down what came of it.
async fn settle(run: &RunContext, owned: Owned, scope: &Scope) {
    let release = AssertUnwindSafe(release_one(run, &owned, scope)).catch_unwind();
    let done = tokio::time::timeout(BUDGET, release).await;
    let (kind, key) = (owned.kind, owned.key);
    let cause = match done {
        Ok(Ok(Ok(()))) => return run.journal.record(Event::Released { kind, key }),
        Ok(Ok(Err(stop))) => format!("in step `{}`: {}", stop.step, stop.cause),
        Ok(Err(_panic)) => "the harness panicked while releasing it".to_owned(),
        Err(_elapsed) => format!("its release took longer than {}s", BUDGET.as_secs()),
    };
    run.journal.record(Event::Leaked { kind, key, cause });
}

/// Removes what a create whose reply was lost may have left, so that it can be created again. What cannot be removed
/// stays on the stack.
pub(crate) async fn reclaim(walk: &Walk<'_>, kind: &ResourceKind, key: &str) -> Result<(), Stop> {
    let Some(owned) = walk.owned.newest(kind, key) else { return Ok(()) };
    release_one(walk.run, &owned, &walk.scope).await?;
    walk.owned.forget(kind, key);
    walk.run.journal.record(Event::Released { kind: owned.kind, key: owned.key });
    Ok(())
}

/// Finds, releases, and shows gone. A release that fails does not spare the proof: what is gone is gone.
async fn release_one(run: &RunContext, owned: &Owned, scope: &Scope) -> Result<(), Stop> {
    let resource = &run.suite.resources[&owned.kind];
    // A release is not stopped by what stopped the run.
    let nested = OwnedStack::default();
    let walk = Walk::new(run, scope.clone(), &nested, CancellationToken::new());
    let bindings = owned.bindings.clone().with("key", &owned.key);
    let found = find(&walk, owned, &bindings).await?;
    let bindings = located(bindings, &found);
    let exists = is_found(&bindings);
    // What is not found was never created, or removed by somebody else, or is on no list: the proof below decides.
    let released =
        if exists { walk.flow(&resource.release.value, &bindings).await.map(drop) } else { Ok(()) };
    match walk.flow(&resource.gone.value, &bindings).await {
        Ok(_) => below::shown_gone(&walk, owned, &bindings).await,
        Err(alive) => Err(released.err().unwrap_or(alive)),
    }
}

/// Looks something up by its key. What nobody knows the fate of may appear late, so it is looked for as long as an
/// exchange may take.
async fn find(walk: &Walk<'_>, owned: &Owned, bindings: &Bindings) -> Result<Bindings, Stop> {
    let flow = &walk.run.suite.resources[&owned.kind].find.value;
    let (every, within) = walk.run.settling();
    let pace = Pace { every, within, at_most: None };
    let probe = async || match walk.flow(flow, bindings).await {
        Ok(outputs) if owned.existence == Existence::Confirmed || is_found(&outputs) => Probe::Ready(outputs),
        Ok(_) => Probe::NotYet { status: "not found".to_owned().into(), after: None },
        Err(stop) => Probe::Failed(stop),
    };
    match wait::until(pace, &walk.cancel, probe).await {
        Ok((outputs, _)) => Ok(outputs),
        Err(WaitError::Failed(stop)) => Err(stop),
        Err(WaitError::TimedOut { .. } | WaitError::Cancelled) => walk.flow(flow, bindings).await,
    }
}

/// What is known of something after it was looked for. One that is not found says nothing that was not known better when
/// it was created: its id, above all.
pub(crate) fn located(mut bindings: Bindings, found: &Bindings) -> Bindings {
    let mut known = found.clone();
    if !is_found(found) {
        known.extend(&bindings);
        if let Some(answer) = found.get("found") {
            known.set_value("found", answer.clone());
        }
    }
    bindings.extend(&known);
    bindings
}

pub(crate) fn is_found(bindings: &Bindings) -> bool {
    bindings.get("found").is_some_and(minijinja::Value::is_true)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn thing(key: &str, binds: &str, reads: &str) -> Owned {
        let named = |name: &str| BTreeSet::from([name.to_owned()]);
        owned(key, Lineage { binds: named(binds), reads: named(reads) })
    }

    fn owned(key: &str, step: Lineage) -> Owned {
        let (key, bindings) = (key.to_owned(), Bindings::default());
        Owned { kind: ResourceKind::new("thing"), key, bindings, existence: Existence::Confirmed, step }
    }

    /// The keys of what is released, wave by wave.
    fn waves(all: impl IntoIterator<Item = Owned>) -> Vec<Vec<String>> {
        let stack = OwnedStack::default();
        all.into_iter().for_each(|owned| stack.push(owned));
        let waves = std::iter::from_fn(|| Some(stack.pop_wave()).filter(|wave| !wave.is_empty()));
        waves.map(|wave| wave.into_iter().map(|owned| owned.key).collect()).collect()
    }

    #[test]
    fn what_reads_nothing_of_what_came_before_it_goes_along_with_it() {
        let all = [thing("one", "id", ""), thing("two", "other", ""), thing("three", "", "other")];
        assert_eq!(waves(all), [vec!["three"], vec!["two", "one"]]);
    }

    #[test]
    fn what_nobody_remembers_the_step_of_is_released_one_by_one() {
        let all = ["one", "two", "three"].map(|key| owned(key, Lineage::unknown()));
        assert_eq!(waves(all), [["three"], ["two"], ["one"]]);
    }

    /// A stack with two things and a box, which may have a key of theirs.
    fn stack() -> OwnedStack {
        let stack = OwnedStack::default();
        for (kind, key) in [("thing", "one"), ("thing", "two"), ("box", "one")] {
            let existence = Existence::Intended;
            stack.push(Owned { kind: ResourceKind::new(kind), existence, ..thing(key, "", "") });
        }
        stack
    }

    /// The kinds and keys of what is so.
    fn those(stack: &OwnedStack, wanted: impl Fn(&Owned) -> bool) -> Vec<String> {
        let all = stack.snapshot().into_iter().filter(wanted);
        all.map(|owned| format!("{} {}", owned.kind, owned.key)).collect()
    }

    #[test]
    fn what_is_confirmed_or_forgotten_is_one_thing_by_its_kind_and_its_key() {
        let (stack, kind) = (stack(), ResourceKind::new("thing"));
        let given = Bindings::default().with("id", "7");
        stack.confirm(&kind, "one", &given);
        let confirmed = those(&stack, |owned| owned.existence == Existence::Confirmed);
        assert_eq!((confirmed, those(&stack, |owned| owned.bindings.get("id").is_some())), {
            (vec!["thing one".to_owned()], vec!["thing one".to_owned()])
        });
        let newest = stack.newest(&kind, "one").expect("it is there");
        assert_eq!((newest.kind, newest.key.as_str()), (kind.clone(), "one"));
        stack.forget(&kind, "one");
        assert_eq!(those(&stack, |_| true), ["thing two", "box one"]);
    }

    #[test]
    fn what_is_not_found_says_nothing_that_was_known_better() {
        let known = || Bindings::default().with("id", "7");
        let looked = |found: bool| Bindings::default().with("found", found).with("id", "8");
        let id = |bindings: &Bindings| bindings.get("id").map(ToString::to_string);
        assert_eq!(id(&located(known(), &looked(true))).as_deref(), Some("8"));
        let lost = located(known(), &looked(false));
        assert_eq!((id(&lost).as_deref(), is_found(&lost)), (Some("7"), false));
    }
}
